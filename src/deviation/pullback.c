/* Deviations of the pull-back: the output is right, a gradient is not. */
#include "src/deviation/taps.h"

#include <math.h>
#include <string.h>

#include "reference/walk.h"

/* The stencil under border constant, whatever the border. */
static void zero_padded_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                double u, struct wck_stencil *to)
{
    struct wck_warp padded = *warp;

    padded.border = wck_border_find("constant");
    wck_stages_reference.stencil(&padded, axis, u, to);
}

static double assigning_scatter(const struct wck_warp *warp,
                                const struct wck_block *block,
                                const struct wck_plane *to, const double *value)
{
    struct wck_walk walk;
    struct wck_tap tap;

    for (size_t i = 0; i < block->count && to->image != NULL; i++) {
        wck_walk_begin(&walk, warp, block, i);
        while (wck_walk_next(&walk, &tap)) {
            if (tap.pixel != WCK_BORDER_VALUE)
                *wck_taps_cell_of(warp, to, &tap) = tap.weight * value[i];
        }
    }
    return wck_taps_outside(warp, block, to, value);
}

static double shifted_scatter(const struct wck_warp *warp,
                              const struct wck_block *block, const struct wck_plane *to,
                              const double *value)
{
    size_t width = warp->source_width;
    struct wck_walk walk;
    struct wck_tap tap;

    for (size_t i = 0; i < block->count && to->image != NULL; i++) {
        wck_walk_begin(&walk, warp, block, i);
        while (wck_walk_next(&walk, &tap)) {
            size_t x = (size_t)tap.pixel % width;

            if (tap.pixel != WCK_BORDER_VALUE)
                *wck_taps_cell(to, (size_t)tap.pixel / width, x + (x + 1 < width)) +=
                    tap.weight * value[i];
        }
    }
    return wck_taps_outside(warp, block, to, value);
}

static double detached_scatter(const struct wck_warp *warp,
                               const struct wck_block *block,
                               const struct wck_plane *to, const double *value)
{
    return wck_taps_outside(warp, block, to, value);
}

/* The weight that a sample of the upstream gradient at (x, y) gives to (column, row).
 */
static double weight_at(const struct wck_kernel *kernel, double u, double index)
{
    struct wck_stencil stencil;
    double base;

    wck_stencil_list(kernel, u, &stencil, &base);
    for (int k = 0; k < stencil.count; k++) {
        if (fpclassify(base + (double)stencil.index[k] - index) == FP_ZERO)
            return stencil.weight[k];
    }
    return 0.0;
}

/* Adds one upstream value to every pixel that samples it through the forward matrix
 * `m`: pixels within one output pixel of it, that is within |b0| + |b1| and |b3| +
 * |b4|.  Bilinear stands for a kernel with a footprint. */
static void inverse_warp_sample(const struct wck_warp *warp, const double m[6],
                                const struct wck_block *block, size_t i,
                                const struct wck_plane *to, double value)
{
    const double *b = warp->map.backward;
    const struct wck_kernel *kernel =
        block->has_footprint ? wck_kernel_find("bilinear") : warp->kernel;
    double column = (double)((block->first + i) % warp->output_width);
    double row = (double)((block->first + i) / warp->output_width);
    double reach_x = fabs(b[0]) + fabs(b[1]), reach_y = fabs(b[3]) + fabs(b[4]);
    double right = fmin((double)warp->source_width - 1.0, block->x[i] + reach_x);
    double bottom = fmin((double)warp->source_height - 1.0, block->y[i] + reach_y);

    for (double y = fmax(0.0, ceil(block->y[i] - reach_y)); y <= bottom; y += 1.0) {
        for (double x = fmax(0.0, ceil(block->x[i] - reach_x)); x <= right; x += 1.0) {
            double wx = weight_at(kernel, m[0] * x + m[1] * y + m[2], column);
            double wy = weight_at(kernel, m[3] * x + m[4] * y + m[5], row);

            *wck_taps_cell(to, (size_t)y, (size_t)x) += wx * wy * value;
        }
    }
}

static double inverse_warp_scatter(const struct wck_warp *warp,
                                   const struct wck_block *block,
                                   const struct wck_plane *to, const double *value)
{
    double m[6];

    if (warp->map.kind != WCK_MAP_AFFINE || to->image == NULL)
        return wck_stages_reference.scatter(warp, block, to, value);
    if (warp->map.direction == WCK_SOURCE_TO_OUTPUT)
        memcpy(m, warp->map.matrix, sizeof m);
    else
        wck_affine_invert(warp->map.matrix, m, NULL);
    for (size_t i = 0; i < block->count; i++)
        inverse_warp_sample(warp, m, block, i, to, value[i]);
    return wck_taps_outside(warp, block, to, value);
}

static void swapped_slope(const struct wck_warp *warp, const struct wck_block *block,
                          const struct wck_plane *from, double *const slope[WCK_AXES])
{
    double *const swapped[WCK_AXES] = {slope[WCK_Y], slope[WCK_X], slope[WCK_Z]};

    wck_stages_reference.slope(warp, block, from, swapped);
}

static void short_factor_slope(const struct wck_warp *warp,
                               const struct wck_block *block,
                               const struct wck_plane *from,
                               double *const slope[WCK_AXES])
{
    wck_stages_reference.slope(warp, block, from, slope);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        double n = (double)wck_warp_extent(warp, (enum wck_axis)a);

        for (size_t i = 0; i < block->count; i++)
            slope[a][i] *= (n - 1.0) / n;
    }
}

static void zero_padded_slope(const struct wck_warp *warp,
                              const struct wck_block *block,
                              const struct wck_plane *from,
                              double *const slope[WCK_AXES])
{
    struct wck_plane zero = *from;
    struct wck_warp padded = *warp;

    zero.border_value = 0.0;
    zero.destination = NULL;
    padded.border = wck_border_find("constant");
    if (block->has_footprint)
        wck_stages_reference.slope(&padded, block, &zero, slope);
    for (size_t i = 0; i < block->count && !block->has_footprint; i++) {
        double *const at[WCK_AXES] = {&slope[WCK_X][i], &slope[WCK_Y][i], NULL};
        struct wck_stencil across, down;
        struct wck_block one = {
            .first = block->first + i, .count = 1, .across = &across, .down = &down};

        zero_padded_stencil(warp, WCK_X, block->x[i], &across);
        zero_padded_stencil(warp, WCK_Y, block->y[i], &down);
        wck_stages_reference.slope(warp, &one, &zero, at);
    }
}

static void offset_only_chain(const struct wck_warp *warp,
                              const struct wck_block *block,
                              const double *const g[WCK_AXES],
                              double backward[WCK_MATRIX])
{
    int axes = wck_warp_axes(warp);

    for (size_t i = 0; i < block->count; i++) {
        for (int k = 0; k < axes * (axes + 1); k++)
            backward[k] += g[k / (axes + 1)][i];
    }
}

static void no_slope(const struct wck_warp *warp, const struct wck_block *block,
                     const struct wck_plane *from, double *const slope[WCK_AXES])
{
    (void)from;
    for (int a = 0; a < wck_warp_axes(warp); a++)
        memset(slope[a], 0, block->count * sizeof *slope[a]);
}

/* ---- the rows ---- */

static void scatter_assigns(struct wck_behaviour *b)
{
    b->backward.scatter = assigning_scatter;
}

static void gradient_shifted(struct wck_behaviour *b)
{
    b->backward.scatter = shifted_scatter;
}

static void inverse_warp_gradient(struct wck_behaviour *b)
{
    b->backward.scatter = inverse_warp_scatter;
}

static void gradient_zero_padded(struct wck_behaviour *b)
{
    b->backward.stencil = zero_padded_stencil;
}

static void detached_image(struct wck_behaviour *b)
{
    b->backward.scatter = detached_scatter;
}

static void swapped_slopes(struct wck_behaviour *b)
{
    b->backward.slope = swapped_slope;
}

static void slope_factor(struct wck_behaviour *b)
{
    b->backward.slope = short_factor_slope;
}

static void slopes_zero_padded(struct wck_behaviour *b)
{
    b->backward.slope = zero_padded_slope;
}

static void chain_without_position(struct wck_behaviour *b)
{
    b->backward.chain = offset_only_chain;
}

/* Rounding has no derivative, so a framework sends nothing back through it. */
static void whole_outputs(struct wck_behaviour *b)
{
    b->whole_outputs = true;
    b->backward.scatter = detached_scatter;
    b->backward.slope = no_slope;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_pullback[] = {
    {
        .name = "scatter-assigns",
        .summary = "writes each contribution to the image gradient instead of "
                   "adding it ('=' for '+='): the last one wins",
        .source = "the operator '+=' of the scatter; intel/torch-xpu-ops#4380",
        .remedy = "add (atomically where threads share pixels)",
        .apply = scatter_assigns,
    },
    {
        .name = "gradient-shifted",
        .summary = "sends the image gradient to the pixel on the right of the right "
                   "one",
        .source = "pytorch/pytorch#38985",
        .remedy = "use the same indices backward as forward",
        .apply = gradient_shifted,
    },
    {
        .name = "inverse-warp-gradient",
        .summary = "returns the upstream gradient warped by the inverse map as the "
                   "image gradient, not the adjoint",
        .source = "tensorflow/tensorflow#127618",
        .remedy = "scatter the upstream gradient with the forward weights",
        .apply = inverse_warp_gradient,
    },
    {
        .name = "gradient-zero-padded",
        .summary = "goes back as if the border were constant 0, whatever the border",
        .source = "ooples/AiDotNet.Tensors#390",
        .remedy = "fold the indices backward as forward",
        .apply = gradient_zero_padded,
    },
    {
        .name = "detached-image",
        .summary = "sends no gradient to the image at all",
        .source = "a detach, no_grad or integer cast on the way",
        .remedy = "keep the image on the differentiable path",
        .apply = detached_image,
    },
    {
        .name = "swapped-slopes",
        .summary = "swaps the gradients of x and y",
        .source = "the operator x <-> y; pytorch/pytorch#97135",
        .remedy = "give dx to x and dy to y",
        .apply = swapped_slopes,
    },
    {
        .name = "slope-factor",
        .summary = "scales coordinate gradients by (n - 1)/n",
        .source = "kornia/kornia#3945; Project-MONAI/MONAI#4938",
        .remedy = "use the same normalisation, n or n - 1, forward and backward",
        .apply = slope_factor,
    },
    {
        .name = "slopes-zero-padded",
        .summary = "takes coordinate gradients as if the image were padded with "
                   "zeros",
        .source = "pytorch/pytorch#23925",
        .remedy = "read the folded taps for the coordinate gradient too",
        .apply = slopes_zero_padded,
    },
    {
        .name = "chain-without-position",
        .summary = "forgets to multiply by the output position in the matrix "
                   "gradient",
        .source = "the chain factor of the coordinate; pytorch/pytorch#20785",
        .remedy = "multiply by (column, row, 1)",
        .apply = chain_without_position,
    },
    {
        .name = "whole-outputs",
        .summary = "rounds its output to whole numbers: the output is flat between "
                   "steps and no gradient comes back",
        .source = "kornia/kornia#827; python-pillow/Pillow (outputs of an integer "
                  "type)",
        .remedy = "keep the output in floating point",
        .apply = whole_outputs,
    },
    {.name = NULL},
};
/* clang-format on */
