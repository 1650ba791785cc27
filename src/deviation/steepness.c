/* Deviations of the gradients of coordinates and matrix alone: the output is right. */
#include <math.h>
#include <string.h>

#include "src/deviation/taps.h"

static void plain_slope(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *from, double *const slope[WCK_AXES])
{
    wck_stages_reference.slope(warp, block, from, slope);
}

typedef double factor(const struct wck_warp *warp, enum wck_axis axis, double u);

/* The reference's slopes, each times a factor. */
static void slope_by(const struct wck_warp *warp, const struct wck_block *block,
                     const struct wck_plane *from, double *const slope[WCK_AXES],
                     factor *of)
{
    const double *const u[WCK_AXES] = {block->x, block->y, block->z};

    plain_slope(warp, block, from, slope);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < block->count; i++)
            slope[a][i] *= of(warp, (enum wck_axis)a, u[a][i]);
    }
}

static double negative(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    (void)warp, (void)axis, (void)u;
    return -1.0;
}

static double only_x(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    (void)warp, (void)u;
    return axis == WCK_X ? 1.0 : 0.0;
}

static double by_width(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    (void)u;
    return (double)warp->source_width / (double)wck_warp_extent(warp, axis);
}

static double twofold(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    (void)warp, (void)axis, (void)u;
    return 2.0;
}

static double nothing(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    (void)warp, (void)axis, (void)u;
    return 0.0;
}

static double inside(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    return u >= 0.0 && u <= (double)wck_warp_extent(warp, axis) - 1.0 ? 1.0 : 0.0;
}

static bool is_odd(double whole)
{
    return fabs(fmod(whole, 2.0)) > 0.5;
}

/* -1 where the image is seen mirrored. */
static double unmirrored(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    double n = (double)wck_warp_extent(warp, axis);

    if (wck_border_is(warp, "reflect"))
        return is_odd(floor((u + 0.5) / n)) ? -1.0 : 1.0;
    if (wck_border_is(warp, "reflect_101") && n > 1.0)
        return is_odd(floor(u / (n - 1.0))) ? -1.0 : 1.0;
    return 1.0;
}

/* Slopes by each factor: a function of its own, as of a scatter (scattering.c). */
#define SLOPE(NAME, OF)                                                                \
    static void NAME##_slope(                                                          \
        const struct wck_warp *warp, const struct wck_block *block,                    \
        const struct wck_plane *from, double *const slope[WCK_AXES])                   \
    {                                                                                  \
        slope_by(warp, block, from, slope, OF);                                        \
    }

SLOPE(negated, negative)
SLOPE(rows_lost, only_x)
SLOPE(by_the_width, by_width)
SLOPE(doubled, twofold)
SLOPE(detached, nothing)
SLOPE(cut_outside, inside)
SLOPE(unsigned, unmirrored)

/* The slopes of one sample, its stencils replaced. */
static void slope_of(const struct wck_warp *warp, const struct wck_block *block,
                     size_t i, struct wck_stencil across, struct wck_stencil down,
                     const struct wck_plane *from, double to[WCK_AXES])
{
    double *const at[WCK_AXES] = {&to[WCK_X], &to[WCK_Y], &to[WCK_Z]};
    struct wck_block one = {.first = block->first + i,
                            .count = 1,
                            .x = &block->x[i],
                            .y = &block->y[i],
                            .across = &across,
                            .down = &down,
                            .filled = &block->filled[i]};

    plain_slope(warp, &one, from, at);
}

/* The first tap of a stencil, with weight 1. */
static struct wck_stencil first_alone(const struct wck_stencil *stencil)
{
    struct wck_stencil first = *stencil;

    if (first.count > 0) {
        first.count = 1;
        first.weight[0] = 1.0;
        first.slope[0] = 0.0;
    }
    return first;
}

/* Can the block's samples be taken apart by axis? */
static bool has_two(const struct wck_warp *warp, const struct wck_block *block)
{
    return !block->has_footprint && wck_warp_axes(warp) == 2;
}

static void one_line_slope(const struct wck_warp *warp, const struct wck_block *block,
                           const struct wck_plane *from, double *const slope[WCK_AXES])
{
    plain_slope(warp, block, from, slope);
    for (size_t i = 0; i < block->count && has_two(warp, block); i++) {
        double to[WCK_AXES] = {0.0, 0.0, 0.0};

        slope_of(warp, block, i, block->across[i], first_alone(&block->down[i]), from,
                 to);
        slope[WCK_X][i] = to[WCK_X];
        slope_of(warp, block, i, first_alone(&block->across[i]), block->down[i], from,
                 to);
        slope[WCK_Y][i] = to[WCK_Y];
    }
}

/* The stencil at the nearest coordinate inside, of whose slope a clamp leaves nothing;
 * at the far edge that of the cell before it. */
static struct wck_stencil edge_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                       double u)
{
    double last = (double)wck_warp_extent(warp, axis) - 1.0;
    struct wck_stencil stencil;

    wck_taps_reference(warp, axis,
                       u < 0.0    ? 0.0
                       : u > last ? nextafter(last, 0.0)
                                  : u,
                       &stencil);
    return stencil;
}

static void kept_slope(const struct wck_warp *warp, const struct wck_block *block,
                       const struct wck_plane *from, double *const slope[WCK_AXES])
{
    plain_slope(warp, block, from, slope);
    for (size_t i = 0; i < block->count && has_two(warp, block); i++) {
        double to[WCK_AXES] = {0.0, 0.0, 0.0};

        if (!wck_border_is(warp, "replicate") || !wck_block_has_taps(block, i))
            continue;
        slope_of(warp, block, i, edge_stencil(warp, WCK_X, block->x[i]),
                 edge_stencil(warp, WCK_Y, block->y[i]), from, to);
        slope[WCK_X][i] = to[WCK_X];
        slope[WCK_Y][i] = to[WCK_Y];
    }
}

/* ---- the chain from coordinates to the matrix ---- */

static void plain_chain(const struct wck_warp *warp, const struct wck_block *block,
                        const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    wck_stages_reference.chain(warp, block, g, backward);
}

/* Entry k of the gradient goes where `place` says, times `times`. */
static void chain_moved(const struct wck_warp *warp, const struct wck_block *block,
                        const double *const g[WCK_AXES], const int place[6],
                        double times, double backward[WCK_MATRIX])
{
    double plain[WCK_MATRIX] = {0.0};
    int entries = wck_map_entries(&warp->map);

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < entries; k++)
        backward[entries == 6 ? place[k] : k] += times * plain[k];
}

static void transposed_chain(const struct wck_warp *warp, const struct wck_block *block,
                             const double *const g[WCK_AXES],
                             double backward[WCK_MATRIX])
{
    chain_moved(warp, block, g, (const int[]){0, 3, 2, 1, 4, 5}, 1.0, backward);
}

/* u for v in what each entry is multiplied by. */
static void turned_chain(const struct wck_warp *warp, const struct wck_block *block,
                         const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    chain_moved(warp, block, g, (const int[]){1, 0, 2, 4, 3, 5}, 1.0, backward);
}

static void averaged_chain(const struct wck_warp *warp, const struct wck_block *block,
                           const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    chain_moved(warp, block, g, (const int[]){0, 1, 2, 3, 4, 5},
                1.0 / (double)wck_warp_samples(warp), backward);
}

static void corner_chain(const struct wck_warp *warp, const struct wck_block *block,
                         const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    double plain[WCK_MATRIX] = {0.0};
    int entries = wck_map_entries(&warp->map);

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < entries; k++)
        backward[k] +=
            plain[k] + (entries == 6 && k % 3 < 2 ? 0.5 * plain[k / 3 * 3 + 2] : 0.0);
}

/* The first row of the matrix alone. */
static void first_row_chain(const struct wck_warp *warp, const struct wck_block *block,
                            const double *const g[WCK_AXES],
                            double backward[WCK_MATRIX])
{
    double plain[WCK_MATRIX] = {0.0};

    plain_chain(warp, block, g, plain);
    for (int k = 0; k < wck_map_entries(&warp->map) / 2; k++)
        backward[k] += plain[k];
}

/* The last column of the output left out, sample by sample. */
static void short_chain(const struct wck_warp *warp, const struct wck_block *block,
                        const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    for (size_t i = 0; i < block->count; i++) {
        const double *const one[WCK_AXES] = {&g[WCK_X][i], &g[WCK_Y][i],
                                             g[WCK_Z] != NULL ? &g[WCK_Z][i] : NULL};
        struct wck_block sample = *block;

        sample.first = block->first + i;
        sample.count = 1;
        if (sample.first % warp->output_width != warp->output_width - 1)
            plain_chain(warp, &sample, one, backward);
    }
}

/* What wck_map_matrix_gradient will make of it, undone: the gradient with respect to
 * the inverse is returned as that of the matrix. */
static void uninverted_chain(const struct wck_warp *warp, const struct wck_block *block,
                             const double *const g[WCK_AXES],
                             double backward[WCK_MATRIX])
{
    double plain[WCK_MATRIX] = {0.0}, undone[WCK_MATRIX] = {0.0};
    struct wck_map turned = warp->map;

    plain_chain(warp, block, g, plain);
    if (warp->map.kind == WCK_MAP_AFFINE &&
        warp->map.direction == WCK_SOURCE_TO_OUTPUT) {
        memcpy(turned.backward, warp->map.matrix, sizeof turned.backward);
        wck_map_matrix_gradient(&turned, plain, undone);
        memcpy(plain, undone, sizeof plain);
    }
    for (int k = 0; k < wck_map_entries(&warp->map); k++)
        backward[k] += plain[k];
}

static void slopes_negated(struct wck_behaviour *b)
{
    b->backward.slope = negated_slope;
}

static void row_slopes_lost(struct wck_behaviour *b)
{
    b->backward.slope = rows_lost_slope;
}

static void slopes_by_width(struct wck_behaviour *b)
{
    b->backward.slope = by_the_width_slope;
}

static void slopes_doubled(struct wck_behaviour *b)
{
    b->backward.slope = doubled_slope;
}

static void detached_coordinates(struct wck_behaviour *b)
{
    b->backward.slope = detached_slope;
}

static void slopes_cut_outside(struct wck_behaviour *b)
{
    b->backward.slope = cut_outside_slope;
}

static void mirrored_slopes(struct wck_behaviour *b)
{
    b->backward.slope = unsigned_slope;
}

static void one_line_slopes(struct wck_behaviour *b)
{
    b->backward.slope = one_line_slope;
}

static void clamped_slopes_kept(struct wck_behaviour *b)
{
    b->backward.slope = kept_slope;
}

static void chain_transposed(struct wck_behaviour *b)
{
    b->backward.chain = transposed_chain;
}

static void chain_turned(struct wck_behaviour *b)
{
    b->backward.chain = turned_chain;
}

static void chain_averaged(struct wck_behaviour *b)
{
    b->backward.chain = averaged_chain;
}

static void chain_from_corners(struct wck_behaviour *b)
{
    b->backward.chain = corner_chain;
}

static void chain_first_row(struct wck_behaviour *b)
{
    b->backward.chain = first_row_chain;
}

static void chain_last_column_lost(struct wck_behaviour *b)
{
    b->backward.chain = short_chain;
}

static void chain_not_inverted(struct wck_behaviour *b)
{
    b->backward.chain = uninverted_chain;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_steepness[] = {
    {
        .name = "slopes-negated",
        .summary = "has the gradient of the coordinates with the wrong sign",
        .source = "pytorch/pytorch#23925",
        .remedy = "differentiate the weights: -1 for 1 - f, 1 for f",
        .apply = slopes_negated,
    },
    {
        .name = "row-slopes-lost",
        .summary = "has no gradient of y, only that of x",
        .source = "the operator for (axis ...) -> axis = x; pytorch/pytorch#97135",
        .remedy = "differentiate along both axes",
        .apply = row_slopes_lost,
    },
    {
        .name = "slopes-by-width",
        .summary = "scales the gradient of y by the width",
        .source = "pytorch/pytorch#20785; intel/torch-xpu-ops#4380",
        .remedy = "scale the gradient of each axis by its own size",
        .apply = slopes_by_width,
    },
    {
        .name = "slopes-doubled",
        .summary = "has twice the gradient of the coordinates",
        .source = "pytorch/pytorch#15386; the chain factor n/2 taken for n",
        .remedy = "multiply by n/2 where coordinates run from -1 to 1",
        .apply = slopes_doubled,
    },
    {
        .name = "detached-coordinates",
        .summary = "has no gradient of the coordinates: they are detached, or only "
                   "whole numbers made of them are used",
        .source = "jax-ml/jax#8684; 4rtemi5/imax#5",
        .remedy = "leave the coordinates attached, and compute the fraction from them "
                  "before they are cast to integers",
        .apply = detached_coordinates,
    },
    {
        .name = "slopes-cut-outside",
        .summary = "has no gradient of coordinates outside the image",
        .source = "kevinzakka/spatial-transformer-network#13; pytorch/vision#6885",
        .remedy = "let the taps' own border decide",
        .apply = slopes_cut_outside,
    },
    {
        .name = "mirrored-slopes",
        .summary = "forgets that the sign of the gradient changes where the image is "
                   "seen mirrored",
        .source = "pytorch/pytorch#23925",
        .remedy = "multiply by the slope of the fold, -1 in each odd reflection",
        .apply = mirrored_slopes,
    },
    {
        .name = "one-line-slopes",
        .summary = "takes the gradient of x from one row of taps, and that of y from "
                   "one column",
        .source = "the operator wy d wx -> d wx",
        .remedy = "weigh the differences along the other axis",
        .apply = one_line_slopes,
    },
    {
        .name = "clamped-slopes-kept",
        .summary = "keeps the edge's slope outside the image under border replicate, "
                   "where nothing changes",
        .source = "pytorch/vision#6885; apache/tvm#7397",
        .remedy = "multiply by 0 where the clamp holds",
        .apply = clamped_slopes_kept,
    },
    {
        .name = "chain-transposed",
        .summary = "returns the gradient of the matrix's linear part transposed",
        .source = "the operator G -> G^T; tensorflow/addons#1786",
        .remedy = "entry (i, j) gets the gradient of coordinate i times position j",
        .apply = chain_transposed,
    },
    {
        .name = "chain-turned",
        .summary = "multiplies the gradient of x and y by the row where the column is "
                   "meant",
        .source = "the operator u <-> v in the chain rule",
        .remedy = "multiply the first column's gradient by the column",
        .apply = chain_turned,
    },
    {
        .name = "chain-averaged",
        .summary = "averages the gradient of the matrix over the samples",
        .source = "the operator sum -> mean",
        .remedy = "sum over all samples",
        .apply = chain_averaged,
    },
    {
        .name = "chain-from-corners",
        .summary = "multiplies by positions half a pixel off in the gradient of the "
                   "matrix",
        .source = "NVIDIA/TensorRT#4646; python-pillow/Pillow#2022",
        .remedy = "use the same positions backward as forward",
        .apply = chain_from_corners,
    },
    {
        .name = "chain-first-row",
        .summary = "returns the gradient of the matrix's first row only",
        .source = "the operator for (row ...) -> row = 0",
        .remedy = "fill both rows",
        .apply = chain_first_row,
    },
    {
        .name = "chain-last-column-lost",
        .summary = "leaves the last column of the output out of the gradient of the "
                   "matrix",
        .source = "tensorflow/models#2016; the operator i < n -> i < n - 1",
        .remedy = "sum over all samples",
        .apply = chain_last_column_lost,
    },
    {
        .name = "chain-not-inverted",
        .summary = "returns the gradient of the inverse as that of the matrix",
        .source = "opencv/opencv#11784; the chain factor of the inverse dropped",
        .remedy = "multiply by -B^T on both sides, B the inverse",
        .apply = chain_not_inverted,
    },
    {.name = NULL},
};
/* clang-format on */
