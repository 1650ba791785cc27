#include "reference/warp.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reference/area.h"

/* Enough samples to spread the cost of a block, few enough to stay in the cache. */
#define BLOCK_SAMPLES 1024

static size_t depth(const struct wck_warp *warp)
{
    return warp->source_depth > 0 ? warp->source_depth : 1;
}

static size_t slices(const struct wck_warp *warp)
{
    return warp->output_depth > 0 ? warp->output_depth : 1;
}

enum wck_status wck_warp_check(const struct wck_warp *warp, struct wck_error *err)
{
    /* Pixels are indexed by ptrdiff_t and held as doubles. */
    const size_t most = PTRDIFF_MAX / sizeof(double);

    if (warp->kernel == NULL || warp->border == NULL)
        return wck_error_set(err, WCK_INVALID, "a warp needs a kernel and a border");
    if (warp->source_width == 0 || warp->source_height == 0)
        return wck_error_set(err, WCK_INVALID, "the source is empty: %zux%zu",
                             warp->source_height, warp->source_width);
    if (warp->output_width == 0 || warp->output_height == 0)
        return wck_error_set(err, WCK_INVALID, "the output is empty: %zux%zu",
                             warp->output_height, warp->output_width);
    if (warp->source_width > most / warp->source_height / depth(warp) ||
        warp->output_width > most / warp->output_height / slices(warp))
        return wck_error_set(err, WCK_INVALID, "the image is too large to index");
    if (!wck_map_has_matrix(&warp->map) &&
        (warp->map.x == NULL || warp->map.y == NULL ||
         (wck_map_axes(&warp->map) == 3 && warp->map.z == NULL)))
        return wck_error_set(err, WCK_INVALID,
                             "a coordinate map needs x and y, and z for a volume");
    if (wck_map_axes(&warp->map) == 2 && (depth(warp) > 1 || slices(warp) > 1))
        return wck_error_set(err, WCK_INVALID, "a volume needs a map of three axes");
    if (warp->prefilter != NULL && warp->kernel->order == 0)
        return wck_error_set(err, WCK_INVALID, "kernel %s takes no prefilter",
                             warp->kernel->name);
    if (warp->rounding != NULL && warp->rounding->gather != NULL &&
        (warp->arithmetic == NULL || !(warp->arithmetic->quantum > 0.0) ||
         (warp->fold != NULL && !warp->fold->fills) || warp->prefilter != NULL ||
         wck_map_axes(&warp->map) == 3))
        return wck_error_set(err, WCK_INVALID,
                             "rounding %s needs coordinates in fixed point, of two "
                             "axes, not moved by a fold, not prefiltered",
                             warp->rounding->name);
    if (warp->transparent && warp->destination.tensor.data == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "a transparent warp needs what the output held before");
    if (warp->transparent &&
        (warp->prefilter != NULL || warp->clips || wck_map_axes(&warp->map) == 3))
        return wck_error_set(err, WCK_INVALID,
                             "a transparent warp has two axes, no prefilter, no clip");
    if (warp->border_values > 0 && warp->border_value == NULL)
        return wck_error_set(err, WCK_INVALID, "the border value is missing");
    return warp->kernel->footprint ? wck_area_check(warp, err) : WCK_OK;
}

const struct wck_stages *wck_warp_stages(const struct wck_warp *warp)
{
    return warp->stages != NULL ? warp->stages : &wck_stages_reference;
}

size_t wck_warp_samples(const struct wck_warp *warp)
{
    return warp->output_width * warp->output_height * slices(warp);
}

int wck_warp_axes(const struct wck_warp *warp)
{
    return wck_map_axes(&warp->map);
}

size_t wck_warp_extent(const struct wck_warp *warp, enum wck_axis axis)
{
    return axis == WCK_X   ? warp->source_width
           : axis == WCK_Y ? warp->source_height
                           : depth(warp);
}

size_t wck_warp_output_extent(const struct wck_warp *warp, enum wck_axis axis)
{
    return axis == WCK_X   ? warp->output_width
           : axis == WCK_Y ? warp->output_height
                           : slices(warp);
}

void wck_warp_position(const struct wck_warp *warp, size_t sample, double at[WCK_AXES])
{
    size_t row = sample / warp->output_width;

    at[WCK_X] = (double)(sample % warp->output_width);
    at[WCK_Y] = (double)(row % warp->output_height);
    at[WCK_Z] = (double)(row / warp->output_height);
}

size_t wck_warp_support(const struct wck_warp *warp, enum wck_axis axis)
{
    struct wck_footprint footprint;

    if (!warp->kernel->footprint)
        return (size_t)warp->kernel->support;
    /* From edge to edge, 2 reach long, lie at most ceil(2 reach) squares and a part of
     * another; a hair more, for the roundings of what is a whole number of pixels. */
    wck_area_footprint(warp, &footprint);
    return (size_t)ceil(2.0 * footprint.reach[axis] * (1.0 + 0x1p-40)) + 1;
}

double wck_warp_scalar(const struct wck_warp *warp, size_t channel)
{
    if (warp->border_values == 0)
        return 0.0;
    return warp->border_value[warp->border_values == 1 ? 0 : channel];
}

double wck_warp_border_value(const struct wck_warp *warp, size_t channel)
{
    return warp->transparent ? 0.0 : wck_warp_scalar(warp, channel);
}

size_t wck_block_capacity(const struct wck_warp *warp)
{
    size_t width = warp->output_width, samples = wck_warp_samples(warp);

    if (samples <= BLOCK_SAMPLES)
        return samples;
    return width < BLOCK_SAMPLES ? BLOCK_SAMPLES / width * width : BLOCK_SAMPLES;
}

enum wck_status wck_block_init(struct wck_block *block, const struct wck_warp *warp,
                               size_t capacity, struct wck_error *err)
{
    size_t axes = (size_t)wck_warp_axes(warp);

    *block = (struct wck_block){.capacity = capacity,
                                .has_footprint = warp->kernel->footprint};
    if (block->has_footprint)
        wck_area_footprint(warp, &block->footprint);
    block->x = calloc(axes * capacity, sizeof *block->x);
    block->across = calloc(axes * capacity, sizeof *block->across);
    block->filled = calloc(capacity, 1);
    if (block->x == NULL || block->across == NULL || block->filled == NULL) {
        wck_block_release(block);
        return wck_error_no_memory(err);
    }
    block->y = block->x + capacity;
    block->down = block->across + capacity;
    if (axes == 3) {
        block->z = block->y + capacity;
        block->through = block->down + capacity;
    }
    return WCK_OK;
}

void wck_block_release(struct wck_block *block)
{
    free(block->x);
    free(block->across);
    free(block->filled);
    *block = (struct wck_block){0};
}

/* Where the stencils and the coordinates of one axis lie. */
struct along {
    double *u;
    struct wck_stencil *stencil;
};

static struct along along(const struct wck_block *block, enum wck_axis axis)
{
    if (axis == WCK_X)
        return (struct along){block->x, block->across};
    return axis == WCK_Y ? (struct along){block->y, block->down}
                         : (struct along){block->z, block->through};
}

/* Stencil of sample i along an axis; true where the sample is filled instead. */
static bool place_axis(const struct wck_block *block, const struct wck_warp *warp,
                       enum wck_axis axis, size_t i)
{
    struct along to = along(block, axis);
    struct wck_folded folded = wck_warp_stages(warp)->fold(warp, axis, to.u[i]);

    if (folded.filled) {
        to.stencil[i] = wck_stencil_single(WCK_BORDER_VALUE);
        return true;
    }
    if (!isfinite(folded.u)) {
        to.stencil[i] = (struct wck_stencil){0};
        return false;
    }
    wck_warp_stages(warp)->stencil(warp, axis, folded.u, &to.stencil[i]);
    wck_stencil_chain(&to.stencil[i], folded.factor);
    if (folded.spoilt)
        wck_stencil_spoil(&to.stencil[i]);
    return false;
}

void wck_block_place(struct wck_block *block, const struct wck_warp *warp, size_t i)
{
    int axes = wck_warp_axes(warp);

    block->filled[i] = 0;
    if (block->has_footprint) /* its taps are made where they are used */
        return;
    for (int a = 0; a < axes; a++)
        block->filled[i] |= place_axis(block, warp, (enum wck_axis)a, i);
    for (int a = 0; a < axes && block->filled[i] && wck_block_has_taps(block, i); a++)
        along(block, (enum wck_axis)a).stencil[i] =
            wck_stencil_single(WCK_BORDER_VALUE);
}

void wck_block_fill(struct wck_block *block, const struct wck_warp *warp, size_t first,
                    size_t count)
{
    block->first = first;
    block->count = count;
    wck_warp_stages(warp)->coordinate(warp, block);
    for (size_t i = 0; i < count; i++) {
        for (int a = 0; a < wck_warp_axes(warp); a++)
            along(block, (enum wck_axis)a).u[i] += (double)warp->margin;
        wck_block_place(block, warp, i);
    }
}

const struct wck_stencil *wck_block_stencil(const struct wck_block *block, size_t i,
                                            enum wck_axis axis)
{
    static const struct wck_stencil flat = {
        .count = 1, .index = {0}, .weight = {1.0}, .knot = 0.5};

    if (axis == WCK_Z && block->through == NULL)
        return &flat;
    return along(block, axis).stencil + i;
}

bool wck_block_has_taps(const struct wck_block *block, size_t i)
{
    if (block->has_footprint)
        return isfinite(block->x[i]) && isfinite(block->y[i]);
    return block->across[i].count > 0 && block->down[i].count > 0 &&
           (block->through == NULL || block->through[i].count > 0);
}

/* Does the whole window lie so far out that a constant border fills the sample? */
static bool lies_beyond(const struct wck_block *block, const struct wck_warp *warp,
                        size_t i)
{
    const struct wck_kernel *kernel = warp->kernel;
    bool beyond = false;

    if (block->has_footprint)
        return false;
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        enum wck_axis axis = (enum wck_axis)a;
        struct wck_folded folded =
            wck_warp_stages(warp)->fold(warp, axis, along(block, axis).u[i]);
        double first = kernel->base(folded.u) + kernel->first;

        beyond |= first < -(double)kernel->support ||
                  first >= (double)wck_warp_extent(warp, axis);
    }
    return beyond;
}

bool wck_block_crosses(const struct wck_block *block, const struct wck_warp *warp,
                       size_t i)
{
    const struct wck_kernel *kernel = warp->kernel;
    bool crosses = false;

    for (int a = 0; a < wck_warp_axes(warp); a++) {
        enum wck_axis axis = (enum wck_axis)a;
        struct wck_folded folded =
            wck_warp_stages(warp)->fold(warp, axis, along(block, axis).u[i]);
        double first = kernel->base(folded.u) + kernel->first;

        crosses |= first < 0.0 ||
                   first + kernel->support > (double)wck_warp_extent(warp, axis);
    }
    return crosses && !(warp->border->fold(-1, 1) == WCK_BORDER_VALUE &&
                        lies_beyond(block, warp, i));
}

#define OCTET ((size_t)8)

/* NOTES, "transparent": the first of the eight, unless all of them lie beyond. */
size_t wck_warp_held(const struct wck_warp *warp, size_t sample)
{
    size_t width = warp->output_width, first = sample - sample % width % OCTET;
    double x[OCTET], y[OCTET];
    struct wck_block octet = {
        .first = first, .count = OCTET, .capacity = OCTET, .x = x, .y = y};

    if (warp->rounding == NULL || !warp->rounding->octets)
        return sample;
    if (first % width + OCTET > width)
        return first;
    wck_warp_stages(warp)->coordinate(warp, &octet);
    for (size_t i = 0; i < OCTET; i++) {
        if (!lies_beyond(&octet, warp, i))
            return first;
    }
    return sample;
}

double wck_plane_outside(const struct wck_warp *warp, const struct wck_plane *from,
                         size_t sample)
{
    size_t width = warp->output_width;

    if (from->destination == NULL)
        return from->border_value;
    sample = wck_warp_held(warp, sample);
    return wck_image_get(from->destination, from->plane, sample / width,
                         sample % width);
}

/* A tap so far, times tap k of the stencil along a faster axis of n pixels. */
static inline struct wck_tap multiply(const struct wck_tap *so_far, enum wck_axis axis,
                                      const struct wck_stencil *s, int k, ptrdiff_t n)
{
    struct wck_tap tap = {.pixel = WCK_BORDER_VALUE,
                          .weight = so_far->weight * s->weight[k]};

    for (int b = 0; b < WCK_AXES; b++)
        tap.slope[b] = so_far->slope[b] * (b == (int)axis ? s->slope[k] : s->weight[k]);
    if (so_far->pixel != WCK_BORDER_VALUE && s->index[k] != WCK_BORDER_VALUE)
        tap.pixel = so_far->pixel * n + s->index[k];
    return tap;
}

/* Adds a tap to the list; those of the border value are one. */
static size_t list_tap(const struct wck_tap *tap, size_t *border, size_t count,
                       struct wck_tap taps[WCK_SAMPLE_TAPS])
{
    struct wck_tap *sum = taps + *border;

    if (tap->pixel != WCK_BORDER_VALUE || *border == WCK_SAMPLE_TAPS) {
        if (tap->pixel == WCK_BORDER_VALUE)
            *border = count;
        taps[count] = *tap;
        return count + 1;
    }
    sum->weight += tap->weight;
    for (int a = 0; a < WCK_AXES; a++)
        sum->slope[a] += tap->slope[a];
    return count;
}

size_t wck_block_taps(const struct wck_block *block, size_t i,
                      const struct wck_warp *warp, struct wck_tap taps[WCK_SAMPLE_TAPS])
{
    static const struct wck_tap one = {.weight = 1.0, .slope = {1.0, 1.0, 1.0}};
    const struct wck_stencil *x = wck_block_stencil(block, i, WCK_X);
    const struct wck_stencil *y = wck_block_stencil(block, i, WCK_Y);
    const struct wck_stencil *z = wck_block_stencil(block, i, WCK_Z);
    ptrdiff_t width = (ptrdiff_t)warp->source_width;
    ptrdiff_t height = (ptrdiff_t)warp->source_height;
    size_t count = 0, border = WCK_SAMPLE_TAPS;

    for (int k = 0; k < z->count; k++) {
        struct wck_tap slice = multiply(&one, WCK_Z, z, k, 1);

        for (int j = 0; j < y->count; j++) {
            struct wck_tap row = multiply(&slice, WCK_Y, y, j, height);

            for (int h = 0; h < x->count; h++) {
                struct wck_tap tap = multiply(&row, WCK_X, x, h, width);

                count = list_tap(&tap, &border, count, taps);
            }
        }
    }
    return count;
}
