/* Deviations of the border: what taps outside the image read; forward and backward
 * alike. */
#include <math.h>

#include "src/deviation/taps.h"

static bool mirrors(const struct wck_warp *warp)
{
    return wck_border_is(warp, "reflect") || wck_border_is(warp, "reflect_101");
}

/* None of the rules here is asked beyond 2^53. */
static int64_t no_period(size_t n)
{
    (void)n;
    return 0;
}

/* The reference's stencil with taps folded by another rule, where the border is the
 * one of that name. */
static void folded_stencil(const struct wck_warp *warp, const char *border,
                           ptrdiff_t (*fold)(int64_t i, size_t n), enum wck_axis axis,
                           double u, struct wck_stencil *to)
{
    struct wck_border changed = *warp->border;

    if (wck_border_is(warp, border)) {
        changed.fold = fold;
        changed.period = no_period;
    }
    wck_taps_by(warp->kernel, &changed, wck_warp_extent(warp, axis), u, to);
}

static int64_t modulo(int64_t i, int64_t n)
{
    return (i % n + n) % n;
}

static ptrdiff_t long_period(int64_t i, size_t n)
{
    int64_t at = modulo(i, (int64_t)n + 1);

    return (ptrdiff_t)(at < (int64_t)n ? at : (int64_t)n - 1);
}

/* The far edge is repeated, the near one is not. */
static ptrdiff_t odd_period(int64_t i, size_t n)
{
    int64_t at = modulo(i, 2 * (int64_t)n - 1);

    return (ptrdiff_t)(at < (int64_t)n ? at : 2 * (int64_t)n - 1 - at);
}

static ptrdiff_t clamped(int64_t i, size_t n)
{
    return (ptrdiff_t)(i < 0 ? 0 : i < (int64_t)n ? i : (int64_t)n - 1);
}

static ptrdiff_t reflected_once(int64_t i, size_t n)
{
    return clamped(i < 0 ? -1 - i : i < (int64_t)n ? i : 2 * (int64_t)n - 1 - i, n);
}

static ptrdiff_t remainder_of(int64_t i, size_t n)
{
    return clamped(i % (int64_t)n, n);
}

static void long_period_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                double u, struct wck_stencil *to)
{
    folded_stencil(warp, "wrap", long_period, axis, u, to);
}

static void odd_period_stencil(const struct wck_warp *warp, enum wck_axis axis,
                               double u, struct wck_stencil *to)
{
    folded_stencil(warp, "reflect", odd_period, axis, u, to);
}

static void reflected_once_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                   double u, struct wck_stencil *to)
{
    folded_stencil(warp, "reflect", reflected_once, axis, u, to);
}

static void remainder_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              struct wck_stencil *to)
{
    folded_stencil(warp, "wrap", remainder_of, axis, u, to);
}

static void repeated_edge_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                  double u, struct wck_stencil *to)
{
    const struct wck_border *border =
        wck_border_is(warp, "reflect_101") ? wck_border_find("reflect") : warp->border;

    wck_taps_by(warp->kernel, border, wck_warp_extent(warp, axis), u, to);
}

static void lost_first_stencil(const struct wck_warp *warp, enum wck_axis axis,
                               double u, struct wck_stencil *to)
{
    wck_taps_reference(warp, axis, u, to);
    for (int k = 0; k < to->count; k++) {
        if (to->index[k] == 0)
            to->weight[k] = to->slope[k] = 0.0;
    }
}

/* The place of the border value in a stencil; its count where it is not in it. */
static int outside_of(const struct wck_stencil *stencil)
{
    int k = 0;

    while (k < stencil->count && stencil->index[k] != WCK_BORDER_VALUE)
        k++;
    return k;
}

static void filled_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                           struct wck_stencil *to)
{
    int k;

    wck_taps_reference(warp, axis, u, to);
    k = outside_of(to);
    if (k < to->count && fpclassify(to->weight[k]) != FP_ZERO)
        *to = wck_stencil_single(WCK_BORDER_VALUE);
}

/* Weights inside are divided by their sum; the slope is that of the quotient. */
static void renormalised_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                 double u, struct wck_stencil *to)
{
    double sum = 0.0, rate = 0.0;
    int out;

    wck_taps_reference(warp, axis, u, to);
    out = outside_of(to);
    if (out == to->count)
        return;
    for (int k = 0; k < to->count; k++) {
        sum += k == out ? 0.0 : to->weight[k];
        rate += k == out ? 0.0 : to->slope[k];
    }
    if (fabs(sum) < 0x1p-20)
        return;
    for (int k = 0; k < to->count; k++) {
        to->slope[k] =
            k == out ? 0.0 : (to->slope[k] - to->weight[k] * rate / sum) / sum;
        to->weight[k] = k == out ? 0.0 : to->weight[k] / sum;
    }
}

static struct wck_folded clipped_fold(const struct wck_warp *warp, enum wck_axis axis,
                                      double u)
{
    if (wck_border_is(warp, "replicate"))
        return wck_fold_find("clip")->apply(u, wck_warp_extent(warp, axis));
    return wck_stages_reference.fold(warp, axis, u);
}

static struct wck_folded reflected_fold(const struct wck_warp *warp, enum wck_axis axis,
                                        double u)
{
    if (wck_border_is(warp, "reflect_101"))
        return wck_fold_find("reflect-centres")->apply(u, wck_warp_extent(warp, axis));
    return wck_stages_reference.fold(warp, axis, u);
}

static void replicating_stencil(const struct wck_warp *warp, enum wck_axis axis,
                                double u, struct wck_stencil *to)
{
    const struct wck_border *border = wck_border_is(warp, "reflect_101")
                                          ? wck_border_find("replicate")
                                          : warp->border;

    wck_taps_by(warp->kernel, border, wck_warp_extent(warp, axis), u, to);
}

/* Of one tap only: wider ones differ by their roundings alone. */
static struct wck_folded tie_fold(const struct wck_warp *warp, enum wck_axis axis,
                                  double u)
{
    if (warp->kernel->support == 1 && mirrors(warp))
        return wck_fold_find(wck_border_is(warp, "reflect") ? "reflect-edges"
                                                            : "reflect-centres")
            ->apply(u, wck_warp_extent(warp, axis));
    return wck_stages_reference.fold(warp, axis, u);
}

/* The border of the taps on one side of one axis, replicate in place of the warp's. */
static void one_sided_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              bool low, struct wck_stencil *to)
{
    size_t extent = wck_warp_extent(warp, axis);
    struct wck_border changed = *warp->border;
    double last = (double)extent - 1.0;

    /* All taps are on one side of the middle: a warp's kernel is narrower than half of
     * what shows this. */
    if (low ? u < 0.0 : u > last)
        changed.fold = clamped;
    wck_taps_by(warp->kernel, &changed, extent, u, to);
}

static void top_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                        struct wck_stencil *to)
{
    if (axis == WCK_Y)
        one_sided_stencil(warp, axis, u, true, to);
    else
        wck_taps_reference(warp, axis, u, to);
}

static void right_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                          struct wck_stencil *to)
{
    if (axis == WCK_X)
        one_sided_stencil(warp, axis, u, false, to);
    else
        wck_taps_reference(warp, axis, u, to);
}

/* ---- the border value of another channel ---- */

static size_t channels_of(const struct wck_plane *plane)
{
    return plane->image != NULL ? plane->image->channels : 1;
}

static struct wck_plane with_value_of(const struct wck_warp *warp,
                                      const struct wck_plane *from, size_t channel)
{
    struct wck_plane changed = *from;

    changed.border_value = wck_warp_border_value(warp, channel);
    return changed;
}

static void first_value_gather(const struct wck_warp *warp,
                               const struct wck_block *block,
                               const struct wck_plane *from, double *value)
{
    struct wck_plane changed = with_value_of(warp, from, 0);

    wck_stages_reference.gather(warp, block, &changed, value);
}

static void first_value_slope(const struct wck_warp *warp,
                              const struct wck_block *block,
                              const struct wck_plane *from,
                              double *const slope[WCK_AXES])
{
    struct wck_plane changed = with_value_of(warp, from, 0);

    wck_stages_reference.slope(warp, block, &changed, slope);
}

static size_t opposite(const struct wck_plane *from)
{
    size_t channels = channels_of(from);

    return channels - 1 - from->plane % channels;
}

static void reversed_value_gather(const struct wck_warp *warp,
                                  const struct wck_block *block,
                                  const struct wck_plane *from, double *value)
{
    struct wck_plane changed = with_value_of(warp, from, opposite(from));

    wck_stages_reference.gather(warp, block, &changed, value);
}

static void reversed_value_slope(const struct wck_warp *warp,
                                 const struct wck_block *block,
                                 const struct wck_plane *from,
                                 double *const slope[WCK_AXES])
{
    struct wck_plane changed = with_value_of(warp, from, opposite(from));

    wck_stages_reference.slope(warp, block, &changed, slope);
}

static void long_wrap_period(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = long_period_stencil;
}

static void odd_reflect_period(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = odd_period_stencil;
}

static void reflects_once(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = reflected_once_stencil;
}

static void wrap_by_remainder(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = remainder_stencil;
}

static void mirror_as_reflect(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = repeated_edge_stencil;
}

static void first_row_lost(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = lost_first_stencil;
}

static void whole_sample_filled(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = filled_stencil;
}

static void rim_renormalised(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = renormalised_stencil;
}

static void point_clamped(struct wck_behaviour *b)
{
    b->forward.fold = b->backward.fold = clipped_fold;
}

static void folded_before_rounding(struct wck_behaviour *b)
{
    b->forward.fold = b->backward.fold = tie_fold;
}

static void top_clamped(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = top_stencil;
}

static void right_clamped(struct wck_behaviour *b)
{
    b->forward.stencil = b->backward.stencil = right_stencil;
}

static void neighbours_clamped(struct wck_behaviour *b)
{
    b->forward.fold = b->backward.fold = reflected_fold;
    b->forward.stencil = b->backward.stencil = replicating_stencil;
}

static void first_border_value(struct wck_behaviour *b)
{
    b->forward.gather = b->backward.gather = first_value_gather;
    b->forward.slope = b->backward.slope = first_value_slope;
}

static void reversed_border_values(struct wck_behaviour *b)
{
    b->forward.gather = b->backward.gather = reversed_value_gather;
    b->forward.slope = b->backward.slope = reversed_value_slope;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_rim[] = {
    {
        .name = "long-wrap-period",
        .summary = "repeats the image with period n + 1 under border wrap",
        .source = "scikit-image/scikit-image#1583; the operator period n -> n + 1",
        .remedy = "fold with period n",
        .own_gradient = true,
        .apply = long_wrap_period,
    },
    {
        .name = "odd-reflect-period",
        .summary = "repeats the far edge but not the near one under border reflect",
        .source = "scikit-image/scikit-image#1583",
        .remedy = "fold with period 2n, and repeat both edges",
        .own_gradient = true,
        .apply = odd_reflect_period,
    },
    {
        .name = "reflects-once",
        .summary = "reflects at most once under border reflect, then extends the edge",
        .source = "pytorch/pytorch#42616; jax-ml/jax#11097",
        .remedy = "take the remainder by 2n before reflecting",
        .own_gradient = true,
        .apply = reflects_once,
    },
    {
        .name = "wrap-by-remainder",
        .summary = "wraps by C's remainder, which is negative left of the image",
        .source = "scikit-image/scikit-image#1583; the operator mod -> %",
        .remedy = "add n to a remainder below 0",
        .own_gradient = true,
        .apply = wrap_by_remainder,
    },
    {
        .name = "mirror-as-reflect",
        .summary = "repeats the edge pixel under border reflect_101",
        .equivalent = "border reflect where reflect_101 is asked for",
        .source = "jax-ml/jax#11097; scipy/scipy#8465",
        .remedy = "fold with period 2n - 2, not 2n",
        .own_gradient = true,
        .apply = mirror_as_reflect,
    },
    {
        .name = "first-row-lost",
        .summary = "drops the taps on the first row and the first column",
        .source = "kornia/kornia#862; the operator >= -> >",
        .remedy = "compare with >= 0, not > 0",
        .own_gradient = true,
        .apply = first_row_lost,
    },
    {
        .name = "whole-sample-filled",
        .summary = "fills a sample whole where any of its taps lies outside",
        .source = "pytorch/vision#6885; tensorflow/tensorflow#26278",
        .remedy = "blend: give each tap outside the border value by its weight",
        .apply = whole_sample_filled,
    },
    {
        .name = "rim-renormalised",
        .summary = "divides by the weights inside where taps lie outside",
        .source = "the operator sum(w x) -> sum(w x) / sum(w)",
        .remedy = "let taps outside read the border value",
        .apply = rim_renormalised,
    },
    {
        .name = "point-clamped",
        .summary = "clamps the coordinate under border replicate, not each tap",
        .source = "microsoft/onnxruntime#10607; microsoft/onnxruntime#28090",
        .remedy = "clamp the index of each tap",
        .kernel = "cubic-0.75",
        .own_gradient = true,
        .apply = point_clamped,
    },
    {
        .name = "neighbours-clamped",
        .summary = "reflects the coordinate but clamps its neighbours under border "
                   "reflect_101",
        .source = "antimora/burn-flex#29; Tencent/ncnn#4288",
        .remedy = "reflect the index of each tap",
        .kernel = "cubic-0.75",
        .own_gradient = true,
        .apply = neighbours_clamped,
    },
    {
        .name = "folded-before-rounding",
        .summary = "reflects the coordinate before it rounds to a pixel: ties go the "
                   "other way in a mirrored image",
        .source = "scipy/scipy#24985",
        .remedy = "round first, then reflect the index",
        .kernel = "nearest",
        .own_gradient = true,
        .apply = folded_before_rounding,
    },
    {
        .name = "top-clamped",
        .summary = "extends the edge above the image, whatever the border",
        .source = "apache/tvm#7397; the operator border -> replicate at one edge",
        .remedy = "fold all four edges alike",
        .own_gradient = true,
        .apply = top_clamped,
    },
    {
        .name = "right-clamped",
        .summary = "extends the edge on the right of the image, whatever the border",
        .source = "apache/tvm#7397; the operator border -> replicate at one edge",
        .remedy = "fold all four edges alike",
        .apply = right_clamped,
    },
    {
        .name = "first-border-value",
        .summary = "uses the first channel's border value for all channels",
        .source = "the operator value[c] -> value[0]; scikit-image/scikit-image#6305",
        .remedy = "index the border value by channel",
        .own_gradient = true,
        .apply = first_border_value,
    },
    {
        .name = "reversed-border-values",
        .summary = "uses the border values in the reverse order of the channels (BGR "
                   "for RGB)",
        .source = "the operator value[c] -> value[C - 1 - c]",
        .remedy = "give border values in the order of the channels",
        .own_gradient = true,
        .apply = reversed_border_values,
    },
    {.name = NULL},
};
/* clang-format on */
