#include "reference/poison.h"

#include <math.h>

/* Pixels from a knot within which taps on both sides of it count as listed: right ones
 * may list either, with a weight of next to 0.  It sets samples aside; it excuses no
 * error. */
#define AT_KNOT 0x1p-10

/* Doubt up to which the taps at its ends are all that there are in between. */
#define MOST_DOUBT 0.25

bool wck_poison_serves(const struct wck_warp *warp)
{
    return wck_warp_axes(warp) == 2 && warp->prefilter == NULL && warp->fold == NULL &&
           !warp->clips && !warp->transparent && !warp->kernel->footprint;
}

/* Widens the reach along an axis to the taps of a stencil; true where one lies in the
 * image. */
static bool widen(const struct wck_stencil *stencil, ptrdiff_t *low, ptrdiff_t *high)
{
    bool any = false;

    for (int k = 0; k < stencil->count; k++) {
        if (stencil->index[k] == WCK_BORDER_VALUE)
            continue;
        *low = stencil->index[k] < *low ? stencil->index[k] : *low;
        *high = stencil->index[k] > *high ? stencil->index[k] : *high;
        any = true;
    }
    return any;
}

struct wck_reach wck_poison_reach(const struct wck_warp *warp, struct wck_block *one,
                                  size_t sample, const double doubt[2])
{
    ptrdiff_t end[2] = {(ptrdiff_t)warp->source_width, (ptrdiff_t)warp->source_height};
    struct wck_reach all = {true, {0, 0}, {end[0] - 1, end[1] - 1}};
    struct wck_reach reach = {false, {end[0], end[1]}, {-1, -1}};
    bool any[2] = {false, false};
    double x, y;

    wck_block_fill(one, warp, sample, 1);
    if (!wck_block_has_taps(one, 0) ||
        !(doubt[0] <= MOST_DOUBT && doubt[1] <= MOST_DOUBT))
        return all;
    x = one->x[0];
    y = one->y[0];
    for (int side = -1; side <= 1; side++) {
        one->x[0] = x + side * fmax(doubt[0], AT_KNOT);
        one->y[0] = y + side * fmax(doubt[1], AT_KNOT);
        wck_block_place(one, warp, 0);
        any[0] |= widen(&one->across[0], &reach.low[0], &reach.high[0]);
        any[1] |= widen(&one->down[0], &reach.low[1], &reach.high[1]);
    }
    reach.any = any[0] && any[1];
    return reach;
}

bool wck_poison_is_read(const struct wck_warp *warp, enum wck_poison part,
                        const struct wck_reach *reach)
{
    const ptrdiff_t middle[2] = {(ptrdiff_t)warp->source_width / 2,
                                 (ptrdiff_t)warp->source_height / 2};

    if (!reach->any || part == WCK_POISON_ALL)
        return reach->any;
    switch (part) {
    case WCK_POISON_LEFT:
        return reach->low[0] < middle[0];
    case WCK_POISON_RIGHT:
        return reach->high[0] >= middle[0];
    case WCK_POISON_TOP:
        return reach->low[1] < middle[1];
    case WCK_POISON_BOTTOM:
        return reach->high[1] >= middle[1];
    case WCK_POISON_ALL:
    case WCK_POISON_COUNT:
        break;
    }
    return true;
}

static bool is_in(enum wck_poison part, const struct wck_image *image, size_t y,
                  size_t x)
{
    bool left = x < image->width / 2, top = y < image->height / 2;
    const bool in[WCK_POISON_COUNT] = {true, left, !left, top, !top};

    return in[part];
}

void wck_poison_plant(const struct wck_image *image, enum wck_poison part)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++) {
                if (is_in(part, image, y, x))
                    wck_image_set(image, p, y, x,
                                  (double)((x + y) % 2 == 0 ? NAN : INFINITY));
            }
        }
    }
}
