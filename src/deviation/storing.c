/* Deviations of the output alone: the pull-back is the reference's. */
#include <math.h>
#include <stdint.h>

#include "reference/walk.h"
#include "src/deviation/taps.h"

#define LANES ((size_t)8) /* samples of a vector */
#define LEAK 0x1p-10      /* of a channel, into the one before */

static void plain_gather(const struct wck_warp *warp, const struct wck_block *block,
                         const struct wck_plane *from, double *value)
{
    wck_stages_reference.gather(warp, block, from, value);
}

static void clipped_gather(const struct wck_warp *warp, const struct wck_block *block,
                           const struct wck_plane *from, double *value)
{
    plain_gather(warp, block, from, value);
    for (size_t i = 0; i < block->count; i++)
        value[i] = value[i] < 0.0 ? 0.0 : value[i] > 1.0 ? 1.0 : value[i];
}

static void stored_gather(const struct wck_warp *warp, const struct wck_block *block,
                          const struct wck_plane *from, enum wck_dtype dtype,
                          double *value)
{
    plain_gather(warp, block, from, value);
    for (size_t i = 0; i < block->count; i++)
        value[i] = wck_dtype_round(dtype, value[i]);
}

static void single_gather(const struct wck_warp *warp, const struct wck_block *block,
                          const struct wck_plane *from, double *value)
{
    stored_gather(warp, block, from, WCK_FLOAT32, value);
}

static void half_gather(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *from, double *value)
{
    stored_gather(warp, block, from, WCK_FLOAT16, value);
}

static void unpaired_gather(const struct wck_warp *warp, const struct wck_block *block,
                            const struct wck_plane *from, double *value)
{
    size_t width = warp->output_width;

    plain_gather(warp, block, from, value);
    for (size_t i = 0; i < block->count; i++) {
        if (width % 2 == 1 && (block->first + i) % width == width - 1)
            value[i] = 0.0;
    }
}

static void tail_gather(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *from, double *value)
{
    size_t width = warp->output_width, whole = width / LANES * LANES;

    plain_gather(warp, block, from, value);
    for (size_t i = 1; i < block->count && whole > 0; i++) {
        if ((block->first + i) % width >= whole)
            value[i] = value[i - 1];
    }
}

static void short_gather(const struct wck_warp *warp, const struct wck_block *block,
                         const struct wck_plane *from, double *value)
{
    plain_gather(warp, block, from, value);
    for (size_t i = 0; i < block->count; i++) {
        if ((block->first + i) / warp->output_width == warp->output_height - 1)
            value[i] = 0.0;
    }
}

static void late_gather(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *from, double *value)
{
    plain_gather(warp, block, from, value);
    if (block->first == 0)
        value[0] = 0.0;
}

static void first_item_gather(const struct wck_warp *warp,
                              const struct wck_block *block,
                              const struct wck_plane *from, double *value)
{
    struct wck_plane first = *from;

    if (from->image != NULL)
        first.plane = from->plane % from->image->channels;
    plain_gather(warp, block, &first, value);
}

static void repeated_channel_gather(const struct wck_warp *warp,
                                    const struct wck_block *block,
                                    const struct wck_plane *from, double *value)
{
    struct wck_plane other = *from;
    size_t channels = from->image != NULL ? from->image->channels : 1;

    if (channels > 1 && from->plane % channels == channels - 1)
        other.plane--;
    plain_gather(warp, block, &other, value);
}

static void narrow_gather(const struct wck_warp *warp, const struct wck_block *block,
                          const struct wck_plane *from, double *value)
{
    struct wck_walk walk;
    struct wck_tap tap;

    plain_gather(warp, block, from, value);
    if (warp->source_width * warp->source_height <= WCK_TAPS_MOST ||
        from->image == NULL)
        return;
    for (size_t i = 0; i < block->count; i++) {
        double sum = 0.0;

        wck_walk_begin(&walk, warp, block, i);
        while (wck_walk_next(&walk, &tap)) {
            size_t pixel = (size_t)tap.pixel % WCK_TAPS_MOST,
                   width = warp->source_width;

            sum += tap.weight * (tap.pixel == WCK_BORDER_VALUE
                                     ? from->border_value
                                     : wck_image_get(from->image, from->plane,
                                                     pixel / width, pixel % width));
        }
        value[i] = sum;
    }
}

static bool has_tap_outside(const struct wck_stencil *stencil)
{
    for (int k = 0; k < stencil->count; k++) {
        if (stencil->index[k] == WCK_BORDER_VALUE)
            return true;
    }
    return false;
}

/* The pixel of an axis nearest to a coordinate. */
static size_t nearest_pixel(double u, size_t extent)
{
    return (size_t)fmin(fmax(nearbyint(u), 0.0), (double)extent - 1.0);
}

static void masked_gather(const struct wck_warp *warp, const struct wck_block *block,
                          const struct wck_plane *from, double *value)
{
    plain_gather(warp, block, from, value);
    for (size_t i = 0; i < block->count && from->image != NULL; i++) {
        if (!block->has_footprint && wck_block_has_taps(block, i) &&
            (has_tap_outside(&block->across[i]) || has_tap_outside(&block->down[i])))
            value[i] +=
                0.0 * wck_image_get(from->image, from->plane,
                                    nearest_pixel(block->y[i], warp->source_height),
                                    nearest_pixel(block->x[i], warp->source_width));
    }
}

static void clipped_outputs(struct wck_behaviour *b)
{
    b->forward.gather = clipped_gather;
}

static void single_outputs(struct wck_behaviour *b)
{
    b->forward.gather = single_gather;
}

static void half_outputs(struct wck_behaviour *b)
{
    b->forward.gather = half_gather;
}

static void odd_column_lost(struct wck_behaviour *b)
{
    b->forward.gather = unpaired_gather;
}

static void vector_tail(struct wck_behaviour *b)
{
    b->forward.gather = tail_gather;
}

static void last_output_row_lost(struct wck_behaviour *b)
{
    b->forward.gather = short_gather;
}

static void first_output_lost(struct wck_behaviour *b)
{
    b->forward.gather = late_gather;
}

static void first_item_for_all(struct wck_behaviour *b)
{
    b->forward.gather = first_item_gather;
}

static void last_channel_repeats(struct wck_behaviour *b)
{
    b->forward.gather = repeated_channel_gather;
}

static void index_in_16_bits(struct wck_behaviour *b)
{
    b->forward.gather = narrow_gather;
}

/* ... and a little of the next channel; of the last, of the first. */
static void leaking_gather(const struct wck_warp *warp, const struct wck_block *block,
                           const struct wck_plane *from, double *value)
{
    size_t channels = from->image != NULL ? from->image->channels : 1;
    size_t channel = from->plane % channels, width = warp->source_width;
    size_t other = from->plane - channel + (channel + 1) % channels;
    struct wck_walk walk;
    struct wck_tap tap;

    plain_gather(warp, block, from, value);
    for (size_t i = 0; i < block->count && channels > 1; i++) {
        wck_walk_begin(&walk, warp, block, i);
        while (wck_walk_next(&walk, &tap)) {
            if (tap.pixel != WCK_BORDER_VALUE)
                value[i] += LEAK * tap.weight *
                            wck_image_get(from->image, other, (size_t)tap.pixel / width,
                                          (size_t)tap.pixel % width);
        }
    }
}

static void channel_leaks(struct wck_behaviour *b)
{
    b->forward.gather = leaking_gather;
}

static void output_added(struct wck_behaviour *b)
{
    b->adds_outputs = true;
}

static void masked_taps_read(struct wck_behaviour *b)
{
    b->forward.gather = masked_gather;
}

/* clang-format off: rows, one field a line */
const struct wck_deviation wck_deviations_storing[] = {
    {
        .name = "clipped-outputs",
        .summary = "clips outputs to [0, 1]",
        .source = "scikit-image/scikit-image#6305",
        .remedy = "do not clip, or clip in the pull-back as well",
        .kernel = "cubic-0.75",
        .apply = clipped_outputs,
    },
    {
        .name = "single-outputs",
        .summary = "rounds outputs to float32 in a float64 warp",
        .source = "pytorch/pytorch#96429 (a type narrower than the image's)",
        .remedy = "keep the sums in the image's type",
        .wide = true,
        .apply = single_outputs,
    },
    {
        .name = "half-outputs",
        .summary = "rounds outputs to float16",
        .source = "pytorch/pytorch#89836; pytorch/pytorch#96429",
        .remedy = "keep the sums in float32 at least",
        .apply = half_outputs,
    },
    {
        .name = "odd-column-lost",
        .summary = "leaves the last column of an output of odd width at 0: it works in "
                   "pairs",
        .source = "kornia/kornia#862; opencv/opencv#29412",
        .remedy = "do the odd one by itself",
        .apply = odd_column_lost,
    },
    {
        .name = "vector-tail",
        .summary = "repeats the sample before in the columns that do not fill a vector "
                   "of 8",
        .source = "opencv/opencv#29412; alibaba/MNN#3026",
        .remedy = "do the rest of each row one by one",
        .side = 9,
        .apply = vector_tail,
    },
    {
        .name = "last-output-row-lost",
        .summary = "leaves the last row of the output at 0",
        .source = "opencv/opencv#23562",
        .remedy = "loop up to and with the last row",
        .apply = last_output_row_lost,
    },
    {
        .name = "first-output-lost",
        .summary = "leaves the first pixel of the output at 0",
        .source = "the operator for (i = 0 ...) -> for (i = 1 ...)",
        .remedy = "begin with sample 0",
        .apply = first_output_lost,
    },
    {
        .name = "first-item-for-all",
        .summary = "gives all items of a batch the output of the first",
        .source = "open-mmlab/mmcv#565",
        .remedy = "advance the image by the batch's stride",
        .apply = first_item_for_all,
    },
    {
        .name = "last-channel-repeats",
        .summary = "gives the last channel the output of the one before",
        .source = "alibaba/MNN#3026",
        .remedy = "round the number of packs of channels up",
        .apply = last_channel_repeats,
    },
    {
        .name = "index-in-16-bits",
        .summary = "counts the image's pixels in 16 bits: beyond 65,536 of them it "
                   "begins again",
        .source = "pytorch/pytorch#41656; pytorch/pytorch#117011 (an index too "
                  "narrow)",
        .remedy = "index in size_t",
        .side = 257,
        .apply = index_in_16_bits,
    },
    {
        .name = "masked-taps-read",
        .summary =
            "multiplies what a tap outside would read at the edge by 0, so that NaN "
            "gets out",
        .source = "pytorch/pytorch#194787",
        .remedy = "leave a masked tap out, or choose 0 in place of what it reads",
        .unrecorded = true,
        .apply = masked_taps_read,
    },
    {
        .name = "output-added",
        .summary = "adds to what the output held before instead of replacing it",
        .source = "the operator output = sum -> output += sum",
        .remedy = "write the sum, or clear the output first",
        .unrecorded = true,
        .apply = output_added,
    },
    {
        .name = "channel-leaks",
        .summary = "adds 1/1024 of the next channel to each",
        .source = "alibaba/MNN#3026 (packs of channels miscounted)",
        .remedy = "read no more channels of a pack than there are",
        .apply = channel_leaks,
    },
    {.name = NULL},
};
/* clang-format on */
