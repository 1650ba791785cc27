/* Deviations of the image gradient alone: the output is right. */
#include <math.h>
#include <stdlib.h>

#include "reference/walk.h"
#include "src/deviation/taps.h"

#define SEAM ((size_t)16) /* columns of a tile */

/* What a tap adds to the image gradient; it may move the tap, or put it outside. */
typedef double contribution(const struct wck_warp *warp, const struct wck_plane *to,
                            size_t sample, struct wck_tap *tap, double value);

/* Scatters what `of` makes of each tap in the image instead of weight x value. */
static double scatter_by(const struct wck_warp *warp, const struct wck_block *block,
                         const struct wck_plane *to, const double *value,
                         contribution *of)
{
    struct wck_walk walk;
    struct wck_tap tap;

    for (size_t i = 0; i < block->count && to->image != NULL; i++) {
        wck_walk_begin(&walk, warp, block, i);
        while (wck_walk_next(&walk, &tap)) {
            double part;

            if (tap.pixel == WCK_BORDER_VALUE)
                continue;
            part = of(warp, to, block->first + i, &tap, value[i]);
            if (tap.pixel != WCK_BORDER_VALUE)
                *wck_taps_cell_of(warp, to, &tap) += part;
        }
    }
    return wck_taps_outside(warp, block, to, value);
}

/* A scatter by each contribution: a function of its own, as rows are told apart, and
 * put together, by the functions of their stages. */
#define SCATTER(NAME, OF)                                                              \
    static double NAME##_scatter(const struct wck_warp *warp,                          \
                                 const struct wck_block *block,                        \
                                 const struct wck_plane *to, const double *value)      \
    {                                                                                  \
        return scatter_by(warp, block, to, value, OF);                                 \
    }

static size_t column_of(const struct wck_warp *warp, const struct wck_tap *tap)
{
    return (size_t)tap->pixel % warp->source_width;
}

static size_t row_of(const struct wck_warp *warp, const struct wck_tap *tap)
{
    return (size_t)tap->pixel / warp->source_width;
}

static double ignoring(const struct wck_warp *warp, const struct wck_plane *to,
                       size_t sample, struct wck_tap *tap, double value)
{
    (void)warp, (void)to, (void)sample, (void)value;
    return tap->weight;
}

static double clipping(const struct wck_warp *warp, const struct wck_plane *to,
                       size_t sample, struct wck_tap *tap, double value)
{
    (void)warp, (void)to, (void)sample;
    return fmax(-0.5, fmin(0.5, tap->weight * value));
}

static double halving(const struct wck_warp *warp, const struct wck_plane *to,
                      size_t sample, struct wck_tap *tap, double value)
{
    (void)warp, (void)to, (void)sample;
    return wck_dtype_round(WCK_FLOAT16, tap->weight * value);
}

static double dropping(const struct wck_warp *warp, const struct wck_plane *to,
                       size_t sample, struct wck_tap *tap, double value)
{
    (void)warp, (void)to, (void)sample;
    return fabs(tap->weight) < 0x1p-6 ? 0.0 : tap->weight * value;
}

static double doubling_edges(const struct wck_warp *warp, const struct wck_plane *to,
                             size_t sample, struct wck_tap *tap, double value)
{
    size_t x = column_of(warp, tap), y = row_of(warp, tap);
    bool edge =
        x == 0 || y == 0 || x == warp->source_width - 1 || y == warp->source_height - 1;

    (void)to, (void)sample;
    return (edge ? 2.0 : 1.0) * tap->weight * value;
}

static double doubling_seams(const struct wck_warp *warp, const struct wck_plane *to,
                             size_t sample, struct wck_tap *tap, double value)
{
    size_t column = sample % warp->output_width;

    (void)to;
    return (column > 0 && column % SEAM == 0 ? 2.0 : 1.0) * tap->weight * value;
}

static double ending_early(const struct wck_warp *warp, const struct wck_plane *to,
                           size_t sample, struct wck_tap *tap, double value)
{
    (void)to;
    return sample == wck_warp_samples(warp) - 1 ? 0.0 : tap->weight * value;
}

static double losing_odd_rows(const struct wck_warp *warp, const struct wck_plane *to,
                              size_t sample, struct wck_tap *tap, double value)
{
    size_t height = warp->source_height;

    (void)to, (void)sample;
    return height % 2 == 1 && row_of(warp, tap) == height - 1 ? 0.0
                                                              : tap->weight * value;
}

/* Of one input pixel in the middle, which every map of use reads. */
static double losing_one(const struct wck_warp *warp, const struct wck_plane *to,
                         size_t sample, struct wck_tap *tap, double value)
{
    bool middle = column_of(warp, tap) == warp->source_width / 2 &&
                  row_of(warp, tap) == warp->source_height / 2;

    (void)to, (void)sample;
    return middle ? 0.0 : tap->weight * value;
}

static size_t middle_sample(const struct wck_warp *warp)
{
    return wck_warp_samples(warp) / 2 + warp->output_width / 2;
}

/* Of the taps of one sample in the middle. */
static double missing_a_little(const struct wck_warp *warp, const struct wck_plane *to,
                               size_t sample, struct wck_tap *tap, double value)
{
    (void)to;
    return (sample == middle_sample(warp) ? 1.0 - 1e-6 : 1.0) * tap->weight * value;
}

static double feeding_one_channel(const struct wck_warp *warp,
                                  const struct wck_plane *to, size_t sample,
                                  struct wck_tap *tap, double value)
{
    (void)warp, (void)sample;
    return to->plane % to->image->channels == 0 ? tap->weight * value : 0.0;
}

static double transposing(const struct wck_warp *warp, const struct wck_plane *to,
                          size_t sample, struct wck_tap *tap, double value)
{
    size_t y = column_of(warp, tap), x = row_of(warp, tap);

    (void)to, (void)sample;
    tap->pixel = x < warp->source_width && y < warp->source_height
                     ? (ptrdiff_t)(y * warp->source_width + x)
                     : WCK_BORDER_VALUE;
    return tap->weight * value;
}

static double counting_in_16_bits(const struct wck_warp *warp,
                                  const struct wck_plane *to, size_t sample,
                                  struct wck_tap *tap, double value)
{
    (void)warp, (void)to, (void)sample;
    tap->pixel %= (ptrdiff_t)WCK_TAPS_MOST;
    return tap->weight * value;
}

SCATTER(upstream_ignored, ignoring)
SCATTER(contributions_clipped, clipping)
SCATTER(half_contributions, halving)
SCATTER(small_weights_dropped, dropping)
SCATTER(edges_doubled, doubling_edges)
SCATTER(seams_doubled, doubling_seams)
SCATTER(last_sample_lost, ending_early)
SCATTER(odd_last_row_lost, losing_odd_rows)
SCATTER(one_pixel_lost, losing_one)
SCATTER(one_sample_off, missing_a_little)
SCATTER(one_channel_fed, feeding_one_channel)
SCATTER(transposed, transposing)
SCATTER(narrow, counting_in_16_bits)

/* The tap of sample first+i with the largest weight; outside where there is none. */
static struct wck_tap heaviest(const struct wck_warp *warp,
                               const struct wck_block *block, size_t i)
{
    struct wck_tap tap, best = {.pixel = WCK_BORDER_VALUE};
    struct wck_walk walk;

    wck_walk_begin(&walk, warp, block, i);
    while (wck_walk_next(&walk, &tap)) {
        if (fabs(tap.weight) > fabs(best.weight))
            best = tap;
    }
    return best;
}

/* The whole upstream goes to the tap of the largest weight. */
static double nearest_scatter(const struct wck_warp *warp,
                              const struct wck_block *block, const struct wck_plane *to,
                              const double *value)
{
    for (size_t i = 0; i < block->count && to->image != NULL; i++) {
        struct wck_tap best = heaviest(warp, block, i);

        if (best.pixel != WCK_BORDER_VALUE)
            *wck_taps_cell_of(warp, to, &best) += value[i];
    }
    return wck_taps_outside(warp, block, to, value);
}

/* One entry of the Jacobian: the heaviest tap of one sample in the middle. */
static double one_entry_scatter(const struct wck_warp *warp,
                                const struct wck_block *block,
                                const struct wck_plane *to, const double *value)
{
    size_t sample = middle_sample(warp);
    double outside = wck_stages_reference.scatter(warp, block, to, value);
    struct wck_tap best;

    if (to->image == NULL || sample < block->first ||
        sample >= block->first + block->count)
        return outside;
    best = heaviest(warp, block, sample - block->first);
    if (best.pixel != WCK_BORDER_VALUE)
        *wck_taps_cell_of(warp, to, &best) -=
            1e-6 * best.weight * value[sample - block->first];
    return outside;
}

static double summed_scatter(const struct wck_warp *warp, const struct wck_block *block,
                             const struct wck_plane *to, const double *value)
{
    struct wck_plane first = *to;

    if (to->image != NULL)
        first.plane = to->plane % to->image->channels;
    return wck_stages_reference.scatter(warp, block, &first, value);
}

static double outside_lost_scatter(const struct wck_warp *warp,
                                   const struct wck_block *block,
                                   const struct wck_plane *to, const double *value)
{
    wck_stages_reference.scatter(warp, block, to, value);
    return 0.0;
}

/* Every sample gets the upstream of the first of its row, as a tensor whose stride is
 * taken for 0 would give it. */
static double expanded_scatter(const struct wck_warp *warp,
                               const struct wck_block *block,
                               const struct wck_plane *to, const double *value)
{
    double *expanded = malloc(block->count * sizeof *expanded), outside = 0.0;
    size_t width = warp->output_width;

    for (size_t i = 0; i < block->count && expanded != NULL; i++) {
        size_t column = (block->first + i) % width;

        expanded[i] = value[column < i ? i - column : 0];
    }
    if (expanded != NULL)
        outside = wck_stages_reference.scatter(warp, block, to, expanded);
    free(expanded);
    return outside;
}

/* Taps left of the image read the border value, whatever the border. */
static ptrdiff_t nothing_low(int64_t i, size_t n)
{
    return i < 0 || i >= (int64_t)n ? WCK_BORDER_VALUE : (ptrdiff_t)i;
}

static void left_lost_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                              struct wck_stencil *to)
{
    struct wck_border changed = *warp->border;

    if (axis == WCK_X && u < 0.0)
        changed.fold = nothing_low;
    wck_taps_by(warp->kernel, &changed, wck_warp_extent(warp, axis), u, to);
}

static void swapped_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                            struct wck_stencil *to)
{
    double weight;

    wck_taps_reference(warp, axis, u, to);
    if (to->count != 2)
        return;
    weight = to->weight[0];
    to->weight[0] = to->weight[1];
    to->weight[1] = weight;
}

static void upstream_ignored(struct wck_behaviour *b)
{
    b->backward.scatter = upstream_ignored_scatter;
}

static void contributions_clipped(struct wck_behaviour *b)
{
    b->backward.scatter = contributions_clipped_scatter;
}

static void half_contributions(struct wck_behaviour *b)
{
    b->backward.scatter = half_contributions_scatter;
}

static void small_weights_dropped(struct wck_behaviour *b)
{
    b->backward.scatter = small_weights_dropped_scatter;
}

static void edges_doubled(struct wck_behaviour *b)
{
    b->backward.scatter = edges_doubled_scatter;
}

static void seams_doubled(struct wck_behaviour *b)
{
    b->backward.scatter = seams_doubled_scatter;
}

static void last_sample_lost(struct wck_behaviour *b)
{
    b->backward.scatter = last_sample_lost_scatter;
}

static void odd_last_row_lost(struct wck_behaviour *b)
{
    b->backward.scatter = odd_last_row_lost_scatter;
}

static void one_pixel_lost(struct wck_behaviour *b)
{
    b->backward.scatter = one_pixel_lost_scatter;
}

static void one_sample_off(struct wck_behaviour *b)
{
    b->backward.scatter = one_sample_off_scatter;
}

static void one_channel_fed(struct wck_behaviour *b)
{
    b->backward.scatter = one_channel_fed_scatter;
}

static void nearest_only(struct wck_behaviour *b)
{
    b->backward.scatter = nearest_scatter;
}

static void one_entry_off(struct wck_behaviour *b)
{
    b->backward.scatter = one_entry_scatter;
}

static void batch_summed(struct wck_behaviour *b)
{
    b->backward.scatter = summed_scatter;
}

static void gradient_transposed(struct wck_behaviour *b)
{
    b->backward.scatter = transposed_scatter;
}

static void gradient_in_16_bits(struct wck_behaviour *b)
{
    b->backward.scatter = narrow_scatter;
}

static void border_value_detached(struct wck_behaviour *b)
{
    b->backward.scatter = outside_lost_scatter;
}

static void upstream_expanded(struct wck_behaviour *b)
{
    b->backward.scatter = expanded_scatter;
}

static void left_edge_lost(struct wck_behaviour *b)
{
    b->backward.stencil = left_lost_stencil;
}

static void gradient_weights_swapped(struct wck_behaviour *b)
{
    b->backward.stencil = swapped_stencil;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_scattering[] = {
    {
        .name = "upstream-ignored",
        .summary = "takes every upstream gradient for 1",
        .source = "the operator w g -> w (the gradient of a sum, whatever the loss)",
        .remedy = "multiply each weight by the upstream gradient",
        .apply = upstream_ignored,
    },
    {
        .name = "contributions-clipped",
        .summary = "clips each contribution to the image gradient to [-1/2, 1/2]",
        .source = "the operator w g -> clip(w g)",
        .remedy = "clip, if at all, after the gradient is complete, and say so",
        .apply = contributions_clipped,
    },
    {
        .name = "half-contributions",
        .summary = "rounds each contribution to the image gradient to float16",
        .source = "pytorch/pytorch#96429",
        .remedy = "add in float32 at least",
        .apply = half_contributions,
    },
    {
        .name = "small-weights-dropped",
        .summary = "sends nothing back through weights below 1/64",
        .source = "the operator w -> w > eps ? w : 0",
        .remedy = "scatter every weight that is not 0",
        .apply = small_weights_dropped,
    },
    {
        .name = "edges-doubled",
        .summary = "counts the gradient of pixels at the edge twice",
        .source = "pytorch/pytorch#23925; ooples/AiDotNet.Tensors#390",
        .remedy = "scatter each tap once, wherever it was folded to",
        .apply = edges_doubled,
    },
    {
        .name = "seams-doubled",
        .summary = "scatters output columns at the seams of tiles of 16 twice",
        .source = "pytorch/pytorch#65200; the operator < -> <= at a tile's end",
        .remedy = "let tiles end before the next begins",
        .side = 17,
        .apply = seams_doubled,
    },
    {
        .name = "last-sample-lost",
        .summary = "does not scatter the last output sample",
        .source = "the operator i < n -> i < n - 1",
        .remedy = "loop over all samples",
        .apply = last_sample_lost,
    },
    {
        .name = "odd-last-row-lost",
        .summary = "sends no gradient to the last row of an image of odd height",
        .source = "intel/torch-xpu-ops#4380; kornia/kornia#862",
        .remedy = "do the odd row by itself",
        .apply = odd_last_row_lost,
    },
    {
        .name = "one-pixel-lost",
        .summary = "sends no gradient to one pixel in the middle of the image",
        .source = "what torch.autograd.gradcheck's fast mode misses (design 8)",
        .remedy = "look after that pixel",
        .apply = one_pixel_lost,
    },
    {
        .name = "one-sample-off",
        .summary = "scatters one sample in the middle of the output with weights too "
                   "small by 1e-6 of themselves",
        .source = "pytorch/pytorch#175047 (jitter below any usual tolerance)",
        .remedy = "look after that sample",
        .wide = true,
        .apply = one_sample_off,
    },
    {
        .name = "one-entry-off",
        .summary = "scatters one tap of one sample in the middle of the output with a "
                   "weight too small by 1e-6 of itself",
        .source = "pytorch/pytorch#175047 (jitter below any usual tolerance); what "
                  "torch.autograd.gradcheck's fast mode misses (design 8)",
        .remedy = "look after that sample and that pixel",
        .wide = true,
        .apply = one_entry_off,
    },
    {
        .name = "one-channel-fed",
        .summary = "sends a gradient to the first channel only",
        .source = "the operator for (c ...) -> c = 0",
        .remedy = "loop over all channels",
        .apply = one_channel_fed,
    },
    {
        .name = "nearest-only",
        .summary = "sends all of a sample's gradient to the pixel of the largest "
                   "weight",
        .source = "the operator bilinear -> nearest in the pull-back",
        .remedy = "scatter with the forward weights",
        .apply = nearest_only,
    },
    {
        .name = "batch-summed",
        .summary = "adds the gradients of all items of a batch to the first",
        .source = "open-mmlab/mmcv#565; pytorch/pytorch#65200",
        .remedy = "advance the gradient by the batch's stride",
        .apply = batch_summed,
    },
    {
        .name = "gradient-transposed",
        .summary = "sends the gradient of pixel (x, y) to (y, x)",
        .source = "pytorch/pytorch#38985; intel/torch-xpu-ops#4380",
        .remedy = "use the same indices backward as forward",
        .apply = gradient_transposed,
    },
    {
        .name = "gradient-in-16-bits",
        .summary = "counts the gradient's pixels in 16 bits: beyond 65,536 of them it "
                   "begins again",
        .source = "pytorch/pytorch#117011 (zero gradients)",
        .remedy = "index in size_t",
        .side = 257,
        .apply = gradient_in_16_bits,
    },
    {
        .name = "border-value-detached",
        .summary = "returns no gradient of the border value",
        .source = "scikit-image/scikit-image#6305; the operator of a detached input",
        .remedy = "sum the upstream times the weights outside",
        .apply = border_value_detached,
    },
    {
        .name = "upstream-expanded",
        .summary = "reads the upstream gradient with stride 0 along rows",
        .source = "pytorch/pytorch#2993; open-mmlab/mmcv#737; pytorch/pytorch#117373",
        .remedy = "read the upstream gradient by its strides, or make it contiguous",
        .apply = upstream_expanded,
    },
    {
        .name = "left-edge-lost",
        .summary = "sends no gradient through taps left of the image, whatever the "
                   "border",
        .source = "pytorch/pytorch#23925; ooples/AiDotNet.Tensors#390",
        .remedy = "fold taps backward as forward, at all four edges",
        .apply = left_edge_lost,
    },
    {
        .name = "gradient-weights-swapped",
        .summary = "scatters with f and 1 - f the wrong way round",
        .source = "the operator f <-> 1 - f in the pull-back",
        .remedy = "scatter with the forward weights",
        .apply = gradient_weights_swapped,
    },
    {.name = NULL},
};
/* clang-format on */
