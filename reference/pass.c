#include "reference/pass.h"

#include <stdlib.h>

#include "reference/coefficients.h"

enum wck_status wck_pass_init(struct wck_pass *pass, const struct wck_warp *warp,
                              struct wck_error *err)
{
    size_t capacity = wck_block_capacity(warp);
    enum wck_status status;

    *pass = (struct wck_pass){.inner = *warp};
    if (warp->prefilter != NULL)
        pass->inner = wck_coefficients_warp(warp);
    pass->warp = &pass->inner;
    status = wck_block_init(&pass->block, warp, capacity, err);
    if (status != WCK_OK)
        return status;
    pass->data = calloc((1 + 2 * WCK_AXES + WCK_LINEAR) * capacity, sizeof *pass->data);
    if (pass->data == NULL)
        return wck_error_no_memory(err);
    pass->value = pass->data;
    for (size_t a = 0; a < WCK_AXES; a++) {
        pass->slope[a] = pass->data + (1 + a) * capacity;
        pass->gradient[a] = pass->data + (1 + WCK_AXES + a) * capacity;
    }
    for (size_t a = 0; a < WCK_LINEAR; a++)
        pass->shape[a] = pass->data + (1 + 2 * WCK_AXES + a) * capacity;
    return WCK_OK;
}

void wck_pass_release(struct wck_pass *pass)
{
    wck_block_release(&pass->block);
    free(pass->data);
}

size_t wck_pass_fill(struct wck_pass *pass, size_t first)
{
    size_t left = wck_warp_samples(pass->warp) - first;
    size_t count = left < pass->block.capacity ? left : pass->block.capacity;

    if (count > 0)
        wck_block_fill(&pass->block, pass->warp, first, count);
    return count;
}

enum wck_status wck_pass_source(const struct wck_warp *warp,
                                const struct wck_image *image, struct wck_image *source,
                                struct wck_error *err)
{
    *source = *image;
    if (warp->prefilter == NULL)
        return WCK_OK;
    *source = (struct wck_image){0};
    return wck_coefficients_new(source, warp, image, err);
}

void wck_pass_free(const struct wck_warp *warp, struct wck_image *source)
{
    if (warp->prefilter != NULL)
        free(source->tensor.data);
}

struct wck_plane wck_pass_plane(const struct wck_warp *warp,
                                const struct wck_image *image, size_t plane)
{
    return (struct wck_plane){
        .image = image,
        .plane = plane,
        .border_value = wck_warp_border_value(warp, plane % image->channels),
        .destination =
            warp->destination.tensor.data != NULL ? &warp->destination : NULL,
    };
}

void wck_pass_load(const struct wck_pass *pass, const struct wck_image *output,
                   size_t plane, double *value)
{
    for (size_t i = 0; i < pass->block.count; i++) {
        size_t sample = pass->block.first + i;

        value[i] = wck_image_get(output, plane, sample / output->width,
                                 sample % output->width);
    }
}

static enum wck_status
check_shape(const struct wck_warp *warp, const struct wck_image *image,
            const char *what, size_t (*extent)(const struct wck_warp *, enum wck_axis),
            struct wck_error *err)
{
    size_t width = extent(warp, WCK_X), height = extent(warp, WCK_Y);
    size_t depth = extent(warp, WCK_Z);

    if (image->width == width && image->height == height && image->depth == depth)
        return WCK_OK;
    if (depth > 1 || image->depth > 1)
        return wck_error_set(
            err, WCK_INVALID, "the %s is %zux%zux%zu, the warp says %zux%zux%zu", what,
            image->depth, image->height, image->width, depth, height, width);
    return wck_error_set(err, WCK_INVALID, "the %s is %zux%zu, the warp says %zux%zu",
                         what, image->height, image->width, height, width);
}

static enum wck_status check_planes(const struct wck_image *source,
                                    const struct wck_image *image, const char *what,
                                    struct wck_error *err)
{
    if (source->batch == image->batch && source->channels == image->channels)
        return WCK_OK;
    return wck_error_set(
        err, WCK_INVALID,
        "image and %s differ in batch or channels: %zu and %zu, %zu and %zu", what,
        source->batch, image->batch, source->channels, image->channels);
}

enum wck_status wck_pass_check_destination(const struct wck_warp *warp,
                                           const struct wck_image *source,
                                           const struct wck_image *destination,
                                           struct wck_error *err)
{
    enum wck_status status;

    if (!warp->transparent)
        return wck_error_set(err, WCK_INVALID,
                             "a warp that is not transparent has no destination");
    status = check_shape(warp, destination, "destination", wck_warp_output_extent, err);
    return status == WCK_OK ? check_planes(source, destination, "destination", err)
                            : status;
}

enum wck_status wck_pass_check(const struct wck_warp *warp,
                               const struct wck_image *source,
                               const struct wck_image *output, struct wck_error *err)
{
    enum wck_status status = wck_warp_check(warp, err);

    if (status == WCK_OK)
        status = check_shape(warp, source, "image", wck_warp_extent, err);
    if (status == WCK_OK)
        status = check_shape(warp, output, "output", wck_warp_output_extent, err);
    if (status != WCK_OK)
        return status;
    status = check_planes(source, output, "output", err);
    if (status == WCK_OK && warp->transparent)
        status = wck_pass_check_destination(warp, source, &warp->destination, err);
    if (status != WCK_OK)
        return status;
    if (warp->border_values > 1 && warp->border_values != source->channels)
        return wck_error_set(err, WCK_INVALID, "%zu border values for %zu channels",
                             warp->border_values, source->channels);
    return WCK_OK;
}

void wck_pass_store(const struct wck_pass *pass, const struct wck_image *output,
                    size_t plane)
{
    const struct wck_rounding *rounding = pass->warp->rounding;
    bool whole = !(wck_dtype_row(output->tensor.dtype)->roundoff > 0.0);

    for (size_t i = 0; i < pass->block.count; i++) {
        size_t sample = pass->block.first + i;
        double value = pass->value[i];

        if (whole && rounding != NULL)
            value = rounding->round(value);
        wck_image_set(output, plane, sample / output->width, sample % output->width,
                      value);
    }
}
