#include "src/coverage/region.h"

#include <stdlib.h>
#include <string.h>

#include "src/coverage/fill.h"

/* What pixel p shows: WCK_COVERED, or 1 + enum wck_reason. */
static unsigned char code_of(const struct wck_coverage *coverage, size_t p)
{
    unsigned char fault = 0;

    for (size_t plane = 0; plane < coverage->planes; plane++) {
        unsigned char code = coverage->reason[plane * coverage->pixels_total + p];

        if (code != WCK_COVERED && wck_reason_row((enum wck_reason)(code - 1))->fault &&
            (fault == 0 || code < fault))
            fault = code;
    }
    return fault > 0 ? fault : coverage->pixel_reason[p];
}

static void widen(struct wck_region *region, size_t x, size_t y)
{
    region->left = x < region->left ? x : region->left;
    region->right = x > region->right ? x : region->right;
    region->top = y < region->top ? y : region->top;
    region->bottom = y > region->bottom ? y : region->bottom;
}

static double distance(const struct wck_region *region, size_t x, size_t y)
{
    double dx = (double)x - 0.5 * (double)(region->left + region->right);
    double dy = (double)y - 0.5 * (double)(region->top + region->bottom);

    return dx * dx + dy * dy;
}

/* Chooses the pixel that stands for it, out of those in the queue. */
static void choose(struct wck_region *region, const struct wck_fill *fill)
{
    for (size_t i = 0; i < region->pixels; i++) {
        size_t x = fill->queue[i] % fill->width, y = fill->queue[i] / fill->width;
        double off = distance(region, x, y);
        double best = distance(region, region->x, region->y);
        bool before = y < region->y || (y == region->y && x < region->x);

        if (off < best || (off <= best && before)) {
            region->x = x;
            region->y = y;
        }
    }
}

/* Takes the region of pixel p, the first of it. */
static struct wck_region take(struct wck_fill *fill, size_t p)
{
    unsigned char code = fill->code[p];
    size_t x = p % fill->width, y = p / fill->width;
    struct wck_region region = {.reason = (enum wck_reason)(code - 1),
                                .left = x,
                                .right = x,
                                .top = y,
                                .bottom = y,
                                .x = x,
                                .y = y};

    region.pixels = wck_fill_take(fill, p);
    for (size_t i = 0; i < region.pixels; i++)
        widen(&region, fill->queue[i] % fill->width, fill->queue[i] / fill->width);
    choose(&region, fill);
    return region;
}

static bool comes_before(const struct wck_region *a, const struct wck_region *b)
{
    bool a_fault = wck_reason_row(a->reason)->fault;
    bool b_fault = wck_reason_row(b->reason)->fault;

    return a_fault != b_fault ? a_fault : a->pixels > b->pixels;
}

/* Puts the region behind all that do not come after it; the list holds `most`. */
static void insert(struct wck_regions *regions, const struct wck_region *region,
                   size_t most)
{
    size_t at = regions->count;

    regions->total++;
    while (at > 0 && comes_before(region, &regions->items[at - 1]))
        at--;
    if (at == most)
        return;
    regions->count += regions->count < most;
    memmove(&regions->items[at + 1], &regions->items[at],
            (regions->count - 1 - at) * sizeof *region);
    regions->items[at] = *region;
}

enum wck_status wck_regions_find(struct wck_regions *regions,
                                 const struct wck_coverage *coverage, size_t most,
                                 struct wck_error *err)
{
    size_t pixels = coverage->pixels_total;
    struct wck_fill fill;
    enum wck_status status =
        wck_fill_init(&fill, coverage->width, coverage->height, err);

    *regions = (struct wck_regions){.items = calloc(most + 1, sizeof *regions->items)};
    if (status == WCK_OK && regions->items == NULL)
        status = wck_error_no_memory(err);
    for (size_t p = 0; status == WCK_OK && p < pixels; p++)
        fill.code[p] = code_of(coverage, p);
    for (size_t p = 0; status == WCK_OK && p < pixels; p++) {
        if (fill.code[p] != WCK_COVERED) {
            struct wck_region region = take(&fill, p);

            insert(regions, &region, most);
        }
    }
    wck_fill_release(&fill);
    return status;
}

void wck_regions_release(struct wck_regions *regions)
{
    free(regions->items);
    *regions = (struct wck_regions){0};
}
