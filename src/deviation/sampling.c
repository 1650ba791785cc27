/* Deviations of the sampling: which pixels a sample reads, with what weights; forward
 * and backward alike. */
#include "src/deviation/taps.h"

#include <math.h>
#include <string.h>

/* ---- stencils: which pixels a sample reads, with what weights ---- */

static void truncated_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    kernel.base = trunc;
    wck_taps_by(&kernel, warp->border, wck_warp_extent(warp, axis), u, to);
}

/* Clamps the taps into the image, then weighs by the distance to the clamped base.
 * Where both taps of two are clamped their weights add up to 1, whatever that distance.
 * Wider kernels are no functions of a distance beyond a cell: their taps alone are
 * clamped. */
static void clamp_taps(const struct wck_kernel *kernel, size_t extent, double u,
                       struct wck_stencil *to)
{
    const double last = (double)extent - 1.0;
    struct wck_weights weights = {0};
    double base;

    wck_stencil_list(kernel, u, to, &base);
    if (kernel->support <= 2 && to->count == kernel->support) {
        kernel->eval(kernel, u - fmax(0.0, fmin(last, base)), &weights);
        memcpy(to->weight, weights.weight, sizeof to->weight);
        memcpy(to->slope, weights.slope, sizeof to->slope);
    }
    wck_stencil_fold(wck_border_find("replicate"), extent, base, to);
}

static void clamped_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                            struct wck_stencil *to)
{
    clamp_taps(warp->kernel, wck_warp_extent(warp, axis), u, to);
}

static void truncated_clamped_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                      double u, struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    kernel.base = trunc;
    clamp_taps(&kernel, wck_warp_extent(warp, axis), u, to);
}

/* At a knot of a kernel with kinks floor and ceil coincide: one tap, and no slope. */
static void floor_ceil_stencil(const struct wck_warp *warp, enum wck_axis axis,
                               double u, struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    wck_taps_reference(warp, axis, u, to);
    if (kernel.smoothness == 0 && fpclassify(to->knot) == FP_ZERO && to->count > 0) {
        kernel.support = 1;
        wck_taps_by(&kernel, warp->border, wck_warp_extent(warp, axis), u, to);
        memset(to->slope, 0, sizeof to->slope);
    }
}

static void half_even_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;

    if (kernel.support == 1)
        kernel.base = nearbyint;
    wck_taps_by(&kernel, warp->border, wck_warp_extent(warp, axis), u, to);
}

static void short_period_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                 double u, struct wck_stencil *to)
{
    size_t extent = wck_warp_extent(warp, axis);

    if (wck_border_is(warp, "wrap") && extent > 1)
        extent--;
    wck_taps_by(warp->kernel, warp->border, extent, u, to);
}

static void mirror_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                           struct wck_stencil *to)
{
    const struct wck_border *border =
        wck_border_is(warp, "reflect") ? wck_border_find("reflect_101") : warp->border;

    wck_taps_by(warp->kernel, border, wck_warp_extent(warp, axis), u, to);
}

static void lost_last_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              struct wck_stencil *to)
{
    ptrdiff_t last = (ptrdiff_t)wck_warp_extent(warp, axis) - 1;

    wck_taps_reference(warp, axis, u, to);
    for (int k = 0; k < to->count; k++) {
        if (to->index[k] == last)
            to->weight[k] = to->slope[k] = 0.0;
    }
}

/* Never beyond the image, so that only landscape images show it. */
static void height_for_width_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                     double u, struct wck_stencil *to)
{
    size_t extent = wck_warp_extent(warp, axis);

    if (warp->source_height < extent)
        extent = warp->source_height;
    wck_taps_by(warp->kernel, warp->border, extent, u, to);
}

static void fourfold_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                             struct wck_stencil *to)
{
    wck_taps_reference(warp, axis, u, to);
    if (warp->kernel->smoothness != 0 || fpclassify(to->knot) != FP_ZERO)
        return;
    for (int k = 0; k < to->count; k++) {
        to->weight[k] *= 2.0;
        to->slope[k] *= 2.0;
    }
}

/* ---- the border value ---- */

static void zero_border_gather(const struct wck_warp *warp,
                               const struct wck_block *block,
                               const struct wck_plane *from, double *value)
{
    struct wck_plane zero = *from;

    zero.border_value = 0.0;
    zero.destination = NULL;
    wck_stages_reference.gather(warp, block, &zero, value);
}

static double zero_border_scatter(const struct wck_warp *warp,
                                  const struct wck_block *block,
                                  const struct wck_plane *to, const double *value)
{
    wck_stages_reference.scatter(warp, block, to, value);
    return 0.0;
}

static void zero_border_slope(const struct wck_warp *warp,
                              const struct wck_block *block,
                              const struct wck_plane *from,
                              double *const slope[WCK_AXES])
{
    struct wck_plane zero = *from;

    zero.border_value = 0.0;
    zero.destination = NULL;
    wck_stages_reference.slope(warp, block, &zero, slope);
}

/* ---- the rows ---- */

static void truncated_base(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = truncated_stencil;
}

static void clamped_indices(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = clamped_stencil;
}

static void truncated_and_clamped(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = truncated_clamped_stencil;
}

static void floor_ceil_taps(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = floor_ceil_stencil;
}

static void half_even_ties(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = half_even_stencil;
}

static void short_wrap_period(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = short_period_stencil;
}

static void reflect_as_mirror(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = mirror_stencil;
}

static void last_row_lost(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = lost_last_stencil;
}

static void height_for_width(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = height_for_width_stencil;
}

static void integer_counted_fourfold(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = fourfold_stencil;
}

static void border_value_ignored(struct wck_behaviour *b)
{
    b->forward.gather = b->backward.gather = zero_border_gather;
    b->forward.scatter = b->backward.scatter = zero_border_scatter;
    b->forward.slope = b->backward.slope = zero_border_slope;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_sampling[] = {
    {
        .name = "truncated-base",
        .summary = "truncates coordinates towards zero instead of taking their "
                   "floor, so it extrapolates at negative coordinates",
        .source = "the story (doc/story.md) (.long()); opencv/opencv#17991",
        .remedy = "take floor(x) before converting to an integer",
        .own_gradient = true,
        .apply = truncated_base,
    },
    {
        .name = "clamped-indices",
        .summary = "clamps the tap indices before it takes the weights, so it "
                   "ignores the border asked for and extends the edge",
        .equivalent = "border replicate",
        .source = "the story (doc/story.md); "
                  "kevinzakka/spatial-transformer-network#13",
        .remedy = "take the weights from the unclamped floor, and mask taps outside",
        .own_gradient = true,
        .apply = clamped_indices,
    },
    {
        .name = "truncated-and-clamped",
        .summary = "truncates coordinates towards zero and clamps the tap indices "
                   "before it takes the weights: it ignores the border asked for, "
                   "extends the edge, and extrapolates in the band -1 < x < 0",
        .source = "the story (doc/story.md)",
        .remedy = "take floor(x), and the weights from the unclamped floor",
        .own_gradient = true,
        .apply = truncated_and_clamped,
    },
    {
        .name = "floor-ceil-taps",
        .summary = "takes floor and ceil as its two taps: at whole coordinates they "
                   "coincide and the coordinate gets no gradient",
        .source = "jax-ml/jax#3024; google-deepmind/dm_pix#126",
        .remedy = "take floor(x) and floor(x) + 1",
        .apply = floor_ceil_taps,
    },
    {
        .name = "half-even-ties",
        .summary = "rounds coordinates halfway between two pixels to the even one",
        .source = "jax-ml/jax#3165; cupy/cupy#4550",
        .remedy = "take floor(x + 1/2)",
        .kernel = "nearest",
        .own_gradient = true,
        .apply = half_even_ties,
    },
    {
        .name = "short-wrap-period",
        .summary = "repeats the image with period n - 1 under border wrap",
        .source = "scipy/scipy#2640",
        .remedy = "fold with period n",
        .own_gradient = true,
        .apply = short_wrap_period,
    },
    {
        .name = "reflect-as-mirror",
        .summary = "does not repeat the edge pixel under border reflect",
        .equivalent = "border reflect_101 where reflect is asked for",
        .source = "scipy/scipy#8465",
        .remedy = "fold with period 2n, not 2n - 2",
        .own_gradient = true,
        .apply = reflect_as_mirror,
    },
    {
        .name = "last-row-lost",
        .summary = "drops the taps on the last row and the last column",
        .source = "tensorflow/models#2016; kornia/kornia#862",
        .remedy = "compare with <= n - 1, not < n - 1",
        .own_gradient = true,
        .apply = last_row_lost,
    },
    {
        .name = "height-for-width",
        .summary = "bounds the column by the height: landscape images lose their "
                   "right",
        .source = "intel/torch-xpu-ops#4380",
        .remedy = "bound the column by the width",
        .own_gradient = true,
        .apply = height_for_width,
    },
    {
        .name = "integer-counted-fourfold",
        .summary = "counts a sample at a whole coordinate twice an axis",
        .source = "Ignotus/theano-roi-align#2",
        .remedy = "take floor(x) and floor(x) + 1 with weights 1 - f and f",
        .apply = integer_counted_fourfold,
    },
    {
        .name = "border-value-ignored",
        .summary = "reads 0 where the border value is asked for",
        .source = "scikit-image/scikit-image#6305",
        .remedy = "pass the border value on to forward and backward",
        .own_gradient = true,
        .apply = border_value_ignored,
    },
    {.name = NULL},
};
/* clang-format on */
