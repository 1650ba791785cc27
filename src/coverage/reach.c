#include "src/coverage/reach.h"

#include <math.h>

/* Along an axis of a window of 2 WCK_REACH_BOUND pixels: a place each quarter, and what
 * the ends are cut to. */
#define PLACES (4 * 8 + 3)

/* The pixels along an axis, each once. */
struct line {
    size_t count;
    ptrdiff_t pixel[PLACES * WCK_TAPS];
};

bool wck_reach_settled(double u, double bound)
{
    return ceil(2.0 * (u - bound)) > 2.0 * (u + bound);
}

static void list_pixel(struct line *line, ptrdiff_t pixel)
{
    if (pixel == WCK_BORDER_VALUE)
        return;
    for (size_t k = 0; k < line->count; k++) {
        if (line->pixel[k] == pixel)
            return;
    }
    line->pixel[line->count++] = pixel;
}

/* What is listed is the same throughout between two multiples of 1/2, so that these,
 * the middles between them and the ends see all of it. */
static void list_axis(struct line *line, const struct wck_warp *warp,
                      enum wck_axis axis, double u, double bound)
{
    const struct wck_stages *stages = wck_warp_stages(warp);
    double first = floor(4.0 * (u - bound)), last = ceil(4.0 * (u + bound));
    int places = (int)fmin(last - first, PLACES - 1.0);

    line->count = 0;
    /* Counted in whole numbers: far out the next quarter is the same number. */
    for (int k = 0; k <= places; k++) {
        double at = fmin(fmax((first + k) / 4.0, u - bound), u + bound);
        struct wck_folded folded = stages->fold(warp, axis, at);
        struct wck_stencil stencil;

        if (folded.filled)
            continue;
        stages->stencil(warp, axis, folded.u, &stencil);
        for (int t = 0; t < stencil.count; t++)
            list_pixel(line, stencil.index[t]);
    }
}

static void add_lines(const struct wck_warp *warp, const struct line line[2],
                      double amount, double *sums)
{
    for (size_t j = 0; j < line[WCK_Y].count; j++) {
        double *row = sums + (size_t)line[WCK_Y].pixel[j] * warp->source_width;

        for (size_t k = 0; k < line[WCK_X].count; k++)
            row[line[WCK_X].pixel[k]] += amount;
    }
}

/* A footprint touches the squares whose centres are nearer than its reach and half a
 * pixel. */
static void add_box(const struct wck_warp *warp, const struct wck_block *block,
                    size_t i, const double bound[2], double amount, double *sums)
{
    const double u[2] = {block->x[i], block->y[i]};
    int64_t low[2], high[2];

    for (int a = 0; a < 2; a++) {
        double half = block->footprint.reach[a] + 0.5 + bound[a];

        low[a] = (int64_t)ceil(u[a] - half);
        high[a] = (int64_t)floor(u[a] + half);
    }
    for (int64_t y = low[WCK_Y]; y <= high[WCK_Y]; y++) {
        ptrdiff_t row = warp->border->fold(y, warp->source_height);

        for (int64_t x = low[WCK_X]; row >= 0 && x <= high[WCK_X]; x++) {
            ptrdiff_t column = warp->border->fold(x, warp->source_width);

            if (column >= 0)
                sums[(size_t)row * warp->source_width + (size_t)column] += amount;
        }
    }
}

bool wck_reach_add(const struct wck_warp *warp, const struct wck_block *block, size_t i,
                   const double bound[2], double amount, double *sums)
{
    struct line line[2];

    if (!(bound[WCK_X] <= WCK_REACH_BOUND && bound[WCK_Y] <= WCK_REACH_BOUND))
        return false;
    if (block->has_footprint) {
        add_box(warp, block, i, bound, amount, sums);
        return true;
    }
    list_axis(&line[WCK_X], warp, WCK_X, block->x[i], bound[WCK_X]);
    list_axis(&line[WCK_Y], warp, WCK_Y, block->y[i], bound[WCK_Y]);
    add_lines(warp, line, amount, sums);
    return true;
}
