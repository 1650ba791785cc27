#include "reference/area.h"

#include <math.h>

/* ---- the map's linear part, in pixels ---- */

/* d(pixel coordinate a) / d(output pixel k) for an entry 1 of the matrix. */
static double scale(const struct wck_warp *warp, int a, int k)
{
    const struct wck_map *map = &warp->map;
    size_t to = wck_warp_extent(warp, (enum wck_axis)a);
    size_t from = wck_warp_output_extent(warp, (enum wck_axis)k);
    double source = map->source_units != NULL ? map->source_units->factor(to) : 1.0;
    double output = map->output_units != NULL ? map->output_units->factor(from) : 1.0;

    /* Where all pixels have one number the map is singular. */
    return output > 0.0 ? source / output : 0.0;
}

/* Entry (a, k) of the linear part in a 2x3 matrix. */
static int entry(int a, int k)
{
    return 3 * a + k;
}

static void linear_of(const struct wck_warp *warp, const double backward[WCK_MATRIX],
                      double linear[WCK_LINEAR])
{
    for (int a = 0; a < 2; a++) {
        for (int k = 0; k < 2; k++)
            linear[2 * a + k] = scale(warp, a, k) * backward[entry(a, k)];
    }
}

enum wck_status wck_area_check(const struct wck_warp *warp, struct wck_error *err)
{
    double linear[WCK_LINEAR], inverse[6];
    bool folds = warp->fold != NULL && warp->fold != wck_fold_row(0);
    bool fixed = warp->rounding != NULL &&
                 (warp->rounding->gather != NULL || warp->rounding->rim);

    if (warp->map.kind != WCK_MAP_AFFINE || wck_map_axes(&warp->map) != 2)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "kernel area is served for affine maps of two axes: not "
                             "for homographies, grids, flows or volumes");
    if (folds || fixed)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "kernel area is not served where coordinates are folded "
                             "or sums made in fixed point");
    linear_of(warp, warp->map.backward, linear);
    return wck_affine_invert(
        (double[6]){linear[0], linear[1], 0.0, linear[2], linear[3], 0.0}, inverse,
        err);
}

void wck_area_footprint(const struct wck_warp *warp, struct wck_footprint *footprint)
{
    double linear[WCK_LINEAR];

    linear_of(warp, warp->map.backward, linear);
    wck_footprint_init(footprint, linear);
}

double wck_area_roundings(const struct wck_warp *warp)
{
    struct wck_footprint footprint;
    double reach, side = 1.0;

    wck_area_footprint(warp, &footprint);
    reach = fmax(footprint.reach[0], footprint.reach[1]);
    /* Beyond an edge squares may fold onto one pixel, as many as there are. */
    if (warp->border->fold(-1, 1) != WCK_BORDER_VALUE)
        side = 2.0 * reach + 1.0;
    return (108.0 * reach + 36.0) * side / footprint.area;
}

void wck_area_pull(const struct wck_warp *warp, const double shape[WCK_LINEAR],
                   double backward[WCK_MATRIX])
{
    double linear[WCK_LINEAR] = {0.0, 0.0, 0.0, 0.0};
    struct wck_footprint footprint;

    wck_area_footprint(warp, &footprint);
    wck_footprint_pull(&footprint, shape, linear);
    for (int a = 0; a < 2; a++) {
        for (int k = 0; k < 2; k++)
            backward[entry(a, k)] += scale(warp, a, k) * linear[2 * a + k];
    }
}

void wck_area_push(const struct wck_warp *warp, const double backward[WCK_MATRIX],
                   double shape[WCK_LINEAR])
{
    double linear[WCK_LINEAR];
    struct wck_footprint footprint;

    wck_area_footprint(warp, &footprint);
    linear_of(warp, backward, linear);
    wck_footprint_push(&footprint, linear, shape);
}

/* ---- the squares that fold onto a pixel, along one axis ---- */

/* They lie at first[0], first[0] + period, ... and at first[1], first[1] + period, ...;
 * a period of 0 stands for one alone. */
struct lines {
    int count;
    int64_t first[2], period;
};

static int64_t modulo(int64_t i, int64_t period)
{
    int64_t remainder = i % period;

    return remainder < 0 ? remainder + period : remainder;
}

/* Those from `low` on that fold onto pixel i.  A border that repeats maps one or two
 * indices of a period there: i, and its mirror image about one end or the other. */
static struct lines lines_of(const struct wck_border *border, size_t n, int64_t i,
                             int64_t low)
{
    const int64_t tried[] = {i, -1 - i, -i};
    struct lines lines = {.period = border->period(n)};

    if (lines.period == 0)
        return (struct lines){.count = 1, .first = {i}};
    for (int t = 0; t < 3; t++) {
        int64_t first = low + modulo(tried[t] - low, lines.period);

        if (border->fold(tried[t], n) != i ||
            (lines.count == 1 && lines.first[0] == first) || lines.count == 2)
            continue;
        lines.first[lines.count++] = first;
    }
    return lines;
}

/* The sides of square k along an axis, relative to the centre.  Beyond the ends of a
 * border that repeats nothing and folds all indices to pixels, the last one goes on. */
static void set_sides(const struct wck_area_walk *walk, int axis, int64_t k,
                      struct wck_box *box)
{
    size_t n = walk->extent[axis];
    bool goes_on =
        walk->border->period(n) == 0 && walk->border->fold(-1, n) != WCK_BORDER_VALUE;

    box->low[axis] = ((double)k - 0.5) - walk->centre[axis];
    box->high[axis] = ((double)k + 0.5) - walk->centre[axis];
    if (goes_on && k == 0)
        box->low[axis] = -(double)INFINITY;
    if (goes_on && k == (int64_t)n - 1)
        box->high[axis] = (double)INFINITY;
}

/* Adds what the squares of a pixel take; false where it is not listed. */
static bool add_squares(const struct wck_area_walk *walk, const struct lines *down,
                        const struct lines *across, struct wck_share *share)
{
    bool listed = false;
    struct wck_box box;

    for (int j = 0; j < down->count; j++) {
        for (int64_t y = down->first[j]; y <= walk->high[1]; y += down->period) {
            set_sides(walk, 1, y, &box);
            for (int k = 0; k < across->count; k++) {
                for (int64_t x = across->first[k]; x <= walk->high[0];
                     x += across->period) {
                    set_sides(walk, 0, x, &box);
                    if (wck_footprint_meets(walk->footprint, &box)) {
                        listed = true;
                        wck_footprint_add(walk->footprint, &box, share);
                    }
                    if (across->period == 0)
                        break;
                }
            }
            if (down->period == 0)
                break;
        }
    }
    return listed;
}

/* The same for all that is not the image. */
static bool add_outside(const struct wck_area_walk *walk, struct wck_share *share)
{
    const double all = (double)INFINITY;
    double low[2], high[2];
    bool listed = false;

    for (int a = 0; a < 2; a++) {
        low[a] = -0.5 - walk->centre[a];
        high[a] = ((double)walk->extent[a] - 0.5) - walk->centre[a];
    }
    const struct wck_box around[] = {{{-all, -all}, {all, low[1]}},
                                     {{-all, high[1]}, {all, all}},
                                     {{-all, low[1]}, {low[0], high[1]}},
                                     {{high[0], low[1]}, {all, high[1]}}};
    for (int b = 0; b < 4; b++) {
        if (!wck_footprint_meets(walk->footprint, &around[b]))
            continue;
        listed = true;
        wck_footprint_add(walk->footprint, &around[b], share);
    }
    return listed;
}

/* ---- the walk ---- */

static double limited(double value, double low, double high)
{
    return fmax(low, fmin(high, value));
}

/* The squares that the footprint may meet along an axis, and one more on either side:
 * which of them it does meet is decided from their sides, whose roundings are those of
 * the squares next to them. */
static void set_range(struct wck_area_walk *walk, int axis)
{
    size_t n = walk->extent[axis];
    int64_t period = walk->border->period(n);
    double reach = walk->footprint->reach[axis], last = (double)n - 1.0;
    double low, high;

    if (period > 0)
        walk->centre[axis] = fmod(walk->centre[axis], (double)period);
    low = floor(walk->centre[axis] - reach + 0.5) - 1.0;
    high = floor(walk->centre[axis] + reach + 0.5) + 1.0;
    if (walk->outside) {
        low = limited(low, 0.0, last + 1.0);
        high = limited(high, -1.0, last);
    } else if (period == 0) {
        low = limited(low, 0.0, last);
        high = limited(high, 0.0, last);
    }
    walk->low[axis] = walk->at[axis] = (int64_t)low;
    walk->high[axis] = (int64_t)high;
}

void wck_area_begin(struct wck_area_walk *walk, const struct wck_warp *warp,
                    const struct wck_block *block, size_t i)
{
    *walk = (struct wck_area_walk){
        .footprint = &block->footprint,
        .border = warp->border,
        .centre = {block->x[i], block->y[i]},
        .extent = {warp->source_width, warp->source_height},
        .outside = warp->border->fold(-1, 1) == WCK_BORDER_VALUE,
    };
    if (!wck_block_has_taps(block, i)) {
        walk->outside = false;
        walk->high[0] = walk->high[1] = -1;
        return;
    }
    for (int a = 0; a < 2; a++)
        set_range(walk, a);
    if (walk->low[0] > walk->high[0])
        walk->at[1] = walk->high[1] + 1;
}

/* The pixel that square `at` folds onto and all squares that do; false where one before
 * it did. */
static bool first_of(const struct wck_area_walk *walk, int axis, struct lines *lines,
                     ptrdiff_t *pixel)
{
    size_t n = walk->extent[axis];
    int64_t at = walk->at[axis];

    *pixel = walk->border->fold(at, n);
    *lines = lines_of(walk->border, n, *pixel, walk->low[axis]);
    return (lines->period == 0 || lines->first[0] >= at) &&
           (lines->count < 2 || lines->first[1] >= at);
}

bool wck_area_next(struct wck_area_walk *walk, struct wck_area_tap *tap)
{
    struct lines down, across;

    *tap = (struct wck_area_tap){.x = WCK_BORDER_VALUE, .y = WCK_BORDER_VALUE};
    if (walk->outside) {
        walk->outside = false;
        if (add_outside(walk, &tap->share))
            return true;
    }
    while (walk->at[1] <= walk->high[1]) {
        bool whole = first_of(walk, 1, &down, &tap->y);

        while (whole && walk->at[0] <= walk->high[0]) {
            bool first = first_of(walk, 0, &across, &tap->x);

            walk->at[0]++;
            if (first && add_squares(walk, &down, &across, &tap->share))
                return true;
        }
        walk->at[0] = walk->low[0];
        walk->at[1]++;
    }
    return false;
}

/* ---- the stages ---- */

static double read(const struct wck_plane *from, const struct wck_area_tap *tap)
{
    if (tap->x == WCK_BORDER_VALUE)
        return from->border_value;
    return from->image != NULL
               ? wck_image_get(from->image, from->plane, (size_t)tap->y, (size_t)tap->x)
               : 0.0;
}

void wck_area_gather(const struct wck_warp *warp, const struct wck_block *block,
                     const struct wck_plane *from, double *value)
{
    for (size_t i = 0; i < block->count; i++) {
        struct wck_area_walk walk;
        struct wck_area_tap tap;

        value[i] = wck_block_has_taps(block, i) ? 0.0 : (double)NAN;
        wck_area_begin(&walk, warp, block, i);
        while (wck_area_next(&walk, &tap))
            value[i] += tap.share.weight * read(from, &tap);
    }
}

double wck_area_scatter(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *to, const double *value)
{
    double outside = 0.0;

    for (size_t i = 0; i < block->count; i++) {
        struct wck_area_walk walk;
        struct wck_area_tap tap;

        wck_area_begin(&walk, warp, block, i);
        while (wck_area_next(&walk, &tap)) {
            double part = tap.share.weight * value[i];

            if (tap.x == WCK_BORDER_VALUE)
                outside += part;
            else if (to->image != NULL)
                ((double *)to->image->tensor.data)[wck_image_offset(
                    to->image, to->plane, (size_t)tap.y, (size_t)tap.x)] += part;
        }
    }
    return outside;
}

void wck_area_slope(const struct wck_warp *warp, const struct wck_block *block,
                    const struct wck_plane *from, double *const slope[WCK_AXES])
{
    for (size_t i = 0; i < block->count; i++) {
        struct wck_area_walk walk;
        struct wck_area_tap tap;

        for (int a = 0; a < 2; a++)
            slope[a][i] = wck_block_has_taps(block, i) ? 0.0 : (double)NAN;
        wck_area_begin(&walk, warp, block, i);
        while (wck_area_next(&walk, &tap)) {
            for (int a = 0; a < 2; a++)
                slope[a][i] += tap.share.slope[a] * read(from, &tap);
        }
    }
}

void wck_area_shape(const struct wck_warp *warp, const struct wck_block *block,
                    const struct wck_plane *from, double *const shape[WCK_LINEAR])
{
    for (size_t i = 0; i < block->count; i++) {
        struct wck_area_walk walk;
        struct wck_area_tap tap;

        for (int a = 0; a < WCK_LINEAR; a++)
            shape[a][i] = wck_block_has_taps(block, i) ? 0.0 : (double)NAN;
        wck_area_begin(&walk, warp, block, i);
        while (wck_area_next(&walk, &tap)) {
            for (int a = 0; a < WCK_LINEAR; a++)
                shape[a][i] += tap.share.shape[a] * read(from, &tap);
        }
    }
}
