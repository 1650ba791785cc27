#include "reference/warp.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Enough samples to spread the cost of a block, few enough to stay in the cache. */
#define BLOCK_SAMPLES 1024

static const struct wck_stages *stages(const struct wck_warp *warp)
{
    return warp->stages != NULL ? warp->stages : &wck_stages_reference;
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
    if (warp->source_width > most / warp->source_height ||
        warp->output_width > most / warp->output_height)
        return wck_error_set(err, WCK_INVALID, "the image is too large to index");
    if (warp->map.kind == WCK_MAP_COORDINATES &&
        (warp->map.x == NULL || warp->map.y == NULL))
        return wck_error_set(err, WCK_INVALID, "a coordinate map needs x and y");
    if (warp->border_values > 0 && warp->border_value == NULL)
        return wck_error_set(err, WCK_INVALID, "the border value is missing");
    return WCK_OK;
}

size_t wck_warp_samples(const struct wck_warp *warp)
{
    return warp->output_width * warp->output_height;
}

size_t wck_warp_extent(const struct wck_warp *warp, enum wck_axis axis)
{
    return axis == WCK_X ? warp->source_width : warp->source_height;
}

double wck_warp_border_value(const struct wck_warp *warp, size_t channel)
{
    if (warp->border_values == 0)
        return 0.0;
    return warp->border_value[warp->border_values == 1 ? 0 : channel];
}

size_t wck_block_capacity(const struct wck_warp *warp)
{
    size_t width = warp->output_width, samples = wck_warp_samples(warp);

    if (samples <= BLOCK_SAMPLES)
        return samples;
    return width < BLOCK_SAMPLES ? BLOCK_SAMPLES / width * width : BLOCK_SAMPLES;
}

enum wck_status wck_block_init(struct wck_block *block, size_t capacity,
                               struct wck_error *err)
{
    *block = (struct wck_block){.capacity = capacity};
    block->x = calloc(2 * capacity, sizeof *block->x);
    block->across = calloc(2 * capacity, sizeof *block->across);
    if (block->x == NULL || block->across == NULL) {
        wck_block_release(block);
        return wck_error_no_memory(err);
    }
    block->y = block->x + capacity;
    block->down = block->across + capacity;
    return WCK_OK;
}

void wck_block_release(struct wck_block *block)
{
    free(block->x);
    free(block->across);
    *block = (struct wck_block){0};
}

void wck_block_fill(struct wck_block *block, const struct wck_warp *warp, size_t first,
                    size_t count)
{
    block->first = first;
    block->count = count;
    stages(warp)->coordinate(warp, first, count, block->x, block->y);
    for (size_t i = 0; i < count; i++) {
        stages(warp)->stencil(warp, WCK_X, block->x[i], &block->across[i]);
        stages(warp)->stencil(warp, WCK_Y, block->y[i], &block->down[i]);
    }
}

size_t wck_block_taps(const struct wck_block *block, size_t i, size_t source_width,
                      struct wck_tap taps[WCK_SAMPLE_TAPS])
{
    const struct wck_stencil *sx = &block->across[i], *sy = &block->down[i];
    size_t count = 0, border = WCK_SAMPLE_TAPS;

    for (int j = 0; j < sy->count; j++) {
        for (int k = 0; k < sx->count; k++) {
            struct wck_tap tap = {.weight = sx->weight[k] * sy->weight[j],
                                  .slope_x = sx->slope[k] * sy->weight[j],
                                  .slope_y = sx->weight[k] * sy->slope[j]};

            if (sx->index[k] != WCK_BORDER_VALUE && sy->index[j] != WCK_BORDER_VALUE) {
                tap.pixel = sy->index[j] * (ptrdiff_t)source_width + sx->index[k];
                taps[count++] = tap;
            } else if (border == WCK_SAMPLE_TAPS) {
                tap.pixel = WCK_BORDER_VALUE;
                border = count;
                taps[count++] = tap;
            } else {
                taps[border].weight += tap.weight;
                taps[border].slope_x += tap.slope_x;
                taps[border].slope_y += tap.slope_y;
            }
        }
    }
    return count;
}

/* The block and per-sample values that a pass works with. */
struct workspace {
    struct wck_block block;
    double *value, *dx, *dy, *gx, *gy;
};

static enum wck_status workspace_init(struct workspace *work,
                                      const struct wck_warp *warp,
                                      struct wck_error *err)
{
    size_t capacity = wck_block_capacity(warp);
    enum wck_status status = wck_block_init(&work->block, capacity, err);

    work->value = NULL;
    if (status != WCK_OK)
        return status;
    work->value = calloc(5 * capacity, sizeof *work->value);
    if (work->value == NULL)
        return wck_error_no_memory(err);
    work->dx = work->value + capacity;
    work->dy = work->dx + capacity;
    work->gx = work->dy + capacity;
    work->gy = work->gx + capacity;
    return WCK_OK;
}

static void workspace_release(struct workspace *work)
{
    wck_block_release(&work->block);
    free(work->value);
}

/* Fills the workspace's block with the samples from `first` on; returns how many. */
static size_t workspace_fill(struct workspace *work, const struct wck_warp *warp,
                             size_t first)
{
    size_t left = wck_warp_samples(warp) - first;
    size_t count = left < work->block.capacity ? left : work->block.capacity;

    wck_block_fill(&work->block, warp, first, count);
    return count;
}

static enum wck_status check_shape(const struct wck_image *image, const char *what,
                                   size_t width, size_t height, struct wck_error *err)
{
    if (image->width == width && image->height == height)
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID, "the %s is %zux%zu, the warp says %zux%zu",
                         what, image->height, image->width, height, width);
}

static enum wck_status check_images(const struct wck_warp *warp,
                                    const struct wck_image *source,
                                    const struct wck_image *output,
                                    struct wck_error *err)
{
    enum wck_status status = wck_warp_check(warp, err);

    if (status == WCK_OK)
        status =
            check_shape(source, "image", warp->source_width, warp->source_height, err);
    if (status == WCK_OK)
        status =
            check_shape(output, "output", warp->output_width, warp->output_height, err);
    if (status != WCK_OK)
        return status;
    if (source->batch != output->batch || source->channels != output->channels)
        return wck_error_set(
            err, WCK_INVALID,
            "image and output differ in batch or channels: %zu and %zu, "
            "%zu and %zu",
            source->batch, output->batch, source->channels, output->channels);
    if (warp->border_values > 1 && warp->border_values != source->channels)
        return wck_error_set(err, WCK_INVALID, "%zu border values for %zu channels",
                             warp->border_values, source->channels);
    return WCK_OK;
}

static struct wck_plane plane_of(const struct wck_warp *warp,
                                 const struct wck_image *image, size_t plane)
{
    return (struct wck_plane){
        .image = image,
        .plane = plane,
        .border_value = wck_warp_border_value(warp, plane % image->channels),
    };
}

static void store(const struct wck_image *output, size_t plane, size_t first,
                  size_t count, const double *value)
{
    for (size_t i = 0; i < count; i++)
        wck_image_set(output, plane, (first + i) / output->width,
                      (first + i) % output->width, value[i]);
}

static void load(const struct wck_image *image, size_t plane, size_t first,
                 size_t count, double *value)
{
    for (size_t i = 0; i < count; i++)
        value[i] = wck_image_get(image, plane, (first + i) / image->width,
                                 (first + i) % image->width);
}

enum wck_status wck_warp_forward(const struct wck_warp *warp,
                                 const struct wck_image *image,
                                 const struct wck_image *output, struct wck_error *err)
{
    struct workspace work;
    enum wck_status status = check_images(warp, image, output, err);
    size_t count;

    if (status != WCK_OK)
        return status;
    status = workspace_init(&work, warp, err);
    if (status != WCK_OK)
        goto done;
    for (size_t first = 0; first < wck_warp_samples(warp); first += count) {
        count = workspace_fill(&work, warp, first);
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            struct wck_plane from = plane_of(warp, image, p);

            stages(warp)->gather(warp, &work.block, &from, work.value);
            store(output, p, first, count, work.value);
        }
    }
done:
    workspace_release(&work);
    return status;
}

static enum wck_status check_gradients(const struct wck_warp *warp,
                                       const struct wck_image *image,
                                       const struct wck_gradients *gradients,
                                       struct wck_error *err)
{
    const struct wck_image *to = gradients->image;

    if (gradients->matrix != NULL && warp->map.kind != WCK_MAP_AFFINE)
        return wck_error_set(err, WCK_INVALID,
                             "a coordinate map has no matrix gradient");
    if (to == NULL)
        return WCK_OK;
    if (to->tensor.dtype != WCK_FLOAT64)
        return wck_error_set(err, WCK_INVALID, "gradients are kept in float64");
    if (to->width != image->width || to->height != image->height ||
        to->channels != image->channels || to->batch != image->batch)
        return wck_error_set(err, WCK_INVALID,
                             "the image gradient is not shaped as the "
                             "image");
    return WCK_OK;
}

static void clear_gradients(const struct wck_warp *warp, const struct wck_image *image,
                            const struct wck_gradients *gradients)
{
    size_t samples = wck_warp_samples(warp);

    if (gradients->matrix != NULL)
        memset(gradients->matrix, 0, 6 * sizeof *gradients->matrix);
    if (gradients->border_value != NULL)
        memset(gradients->border_value, 0,
               image->channels * sizeof *gradients->border_value);
    if (gradients->x != NULL)
        memset(gradients->x, 0, samples * sizeof *gradients->x);
    if (gradients->y != NULL)
        memset(gradients->y, 0, samples * sizeof *gradients->y);
    if (gradients->image == NULL)
        return;
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(gradients->image, p, y, x, 0.0);
        }
    }
}

/* Pulls back one plane of the block in `work`, adding its coordinates' gradient to gx
 * and gy. */
static void pull_plane(const struct wck_warp *warp, const struct wck_image *image,
                       const struct wck_gradients *gradients, size_t plane,
                       struct workspace *work)
{
    if (gradients->image != NULL || gradients->border_value != NULL) {
        struct wck_plane to = {.image = gradients->image, .plane = plane};
        double outside = stages(warp)->scatter(warp, &work->block, &to, work->value);

        if (gradients->border_value != NULL)
            gradients->border_value[plane % image->channels] += outside;
    }
    if (gradients->matrix != NULL || gradients->x != NULL || gradients->y != NULL) {
        struct wck_plane from = plane_of(warp, image, plane);

        stages(warp)->slope(warp, &work->block, &from, work->dx, work->dy);
        for (size_t i = 0; i < work->block.count; i++) {
            work->gx[i] += work->value[i] * work->dx[i];
            work->gy[i] += work->value[i] * work->dy[i];
        }
    }
}

enum wck_status wck_warp_vjp(const struct wck_warp *warp, const struct wck_image *image,
                             const struct wck_image *upstream,
                             const struct wck_gradients *gradients,
                             struct wck_error *err)
{
    double backward[6] = {0.0};
    struct workspace work;
    enum wck_status status = check_images(warp, image, upstream, err);
    size_t count;

    if (status == WCK_OK)
        status = check_gradients(warp, image, gradients, err);
    if (status != WCK_OK)
        return status;
    status = workspace_init(&work, warp, err);
    if (status != WCK_OK)
        goto done;
    clear_gradients(warp, image, gradients);
    for (size_t first = 0; first < wck_warp_samples(warp); first += count) {
        count = workspace_fill(&work, warp, first);
        memset(work.gx, 0, count * sizeof *work.gx);
        memset(work.gy, 0, count * sizeof *work.gy);
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            load(upstream, p, first, count, work.value);
            pull_plane(warp, image, gradients, p, &work);
        }
        if (gradients->x != NULL)
            memcpy(gradients->x + first, work.gx, count * sizeof *work.gx);
        if (gradients->y != NULL)
            memcpy(gradients->y + first, work.gy, count * sizeof *work.gy);
        if (gradients->matrix != NULL)
            stages(warp)->chain(warp, &work.block, work.gx, work.gy, backward);
    }
    if (gradients->matrix != NULL)
        wck_map_matrix_gradient(&warp->map, backward, gradients->matrix);
done:
    workspace_release(&work);
    return status;
}

/* The tangents of the block's coordinates, into gx and gy. */
static void coordinate_tangents(const struct wck_warp *warp,
                                const struct wck_tangents *tangents,
                                const double backward[6], struct workspace *work)
{
    for (size_t i = 0; i < work->block.count; i++) {
        size_t sample = work->block.first + i;
        double column = (double)(sample % warp->output_width);
        double row = (double)(sample / warp->output_width);

        work->gx[i] = backward[0] * column + backward[1] * row + backward[2];
        work->gy[i] = backward[3] * column + backward[4] * row + backward[5];
        work->gx[i] += tangents->x != NULL ? tangents->x[sample] : 0.0;
        work->gy[i] += tangents->y != NULL ? tangents->y[sample] : 0.0;
    }
}

enum wck_status wck_warp_jvp(const struct wck_warp *warp, const struct wck_image *image,
                             const struct wck_tangents *tangents,
                             const struct wck_image *output, struct wck_error *err)
{
    double backward[6] = {0.0};
    struct workspace work;
    enum wck_status status = check_images(warp, image, output, err);
    size_t count;

    if (status == WCK_OK && tangents->image != NULL)
        status = check_images(warp, tangents->image, output, err);
    if (status == WCK_OK && tangents->matrix != NULL &&
        warp->map.kind != WCK_MAP_AFFINE)
        status =
            wck_error_set(err, WCK_INVALID, "a coordinate map has no matrix tangent");
    if (status != WCK_OK)
        return status;
    status = workspace_init(&work, warp, err);
    if (status != WCK_OK)
        goto done;
    if (tangents->matrix != NULL)
        wck_map_matrix_tangent(&warp->map, tangents->matrix, backward);
    for (size_t first = 0; first < wck_warp_samples(warp); first += count) {
        count = workspace_fill(&work, warp, first);
        coordinate_tangents(warp, tangents, backward, &work);
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            struct wck_plane from = plane_of(warp, image, p);
            struct wck_plane moved = {.image = tangents->image, .plane = p};

            if (tangents->border_value != NULL)
                moved.border_value = tangents->border_value[p % image->channels];
            stages(warp)->gather(warp, &work.block, &moved, work.value);
            stages(warp)->slope(warp, &work.block, &from, work.dx, work.dy);
            for (size_t i = 0; i < count; i++)
                work.value[i] += work.gx[i] * work.dx[i] + work.gy[i] * work.dy[i];
            store(output, p, first, count, work.value);
        }
    }
done:
    workspace_release(&work);
    return status;
}
