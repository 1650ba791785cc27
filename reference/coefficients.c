#include "reference/coefficients.h"

#include <math.h>
#include <stdlib.h>

#include "reference/channel_axis.h"

struct wck_warp wck_coefficients_warp(const struct wck_warp *warp)
{
    size_t margin = warp->prefilter->margin;
    struct wck_warp inner = *warp;

    inner.prefilter = NULL;
    inner.margin = margin;
    inner.source_width += 2 * margin;
    inner.source_height += 2 * margin;
    if (wck_warp_axes(warp) == 3)
        inner.source_depth = wck_warp_extent(warp, WCK_Z) + 2 * margin;
    return inner;
}

enum wck_status wck_coefficients_zero(struct wck_image *coefficients,
                                      const struct wck_warp *warp,
                                      const struct wck_image *like,
                                      struct wck_error *err)
{
    struct wck_warp inner = wck_coefficients_warp(warp);
    struct wck_image shape = *like;

    shape.depth = wck_warp_extent(&inner, WCK_Z);
    shape.height = inner.source_height;
    shape.width = inner.source_width;
    return wck_image_new_like(coefficients, WCK_FLOAT64, &shape, err);
}

/* Where pixel i of the continued axis comes from. */
static ptrdiff_t origin(const struct wck_warp *warp, enum wck_axis axis, size_t i)
{
    int64_t margin = axis == WCK_Z && wck_warp_axes(warp) == 2
                         ? 0
                         : (int64_t)warp->prefilter->margin;

    return warp->border->fold((int64_t)i - margin, wck_warp_extent(warp, axis));
}

/* Row of the image given that row y of the coefficients continues. */
static ptrdiff_t origin_row(const struct wck_warp *warp,
                            const struct wck_image *coefficients, size_t y)
{
    ptrdiff_t slice = origin(warp, WCK_Z, y / coefficients->height);
    ptrdiff_t row = origin(warp, WCK_Y, y % coefficients->height);

    if (slice == WCK_BORDER_VALUE || row == WCK_BORDER_VALUE)
        return WCK_BORDER_VALUE;
    return slice * (ptrdiff_t)warp->source_height + row;
}

/* SciPy pads an array of the image's own type, into which NumPy casts the value; beyond
 * the padding it is what the caller gave. */
static double padded(const struct wck_image *image, double value)
{
    enum wck_dtype dtype = image->tensor.dtype;

    return wck_dtype_round(dtype,
                           wck_dtype_row(dtype)->roundoff > 0.0 ? value : trunc(value));
}

static double continued(const struct wck_warp *warp, const struct wck_image *image,
                        size_t plane, ptrdiff_t row, ptrdiff_t column)
{
    if (row == WCK_BORDER_VALUE || column == WCK_BORDER_VALUE)
        return padded(image, wck_warp_border_value(warp, plane % image->channels));
    return wck_image_get(image, plane, (size_t)row, (size_t)column);
}

enum wck_status wck_coefficients_new(struct wck_image *coefficients,
                                     const struct wck_warp *warp,
                                     const struct wck_image *image,
                                     struct wck_error *err)
{
    enum wck_status status = wck_coefficients_zero(coefficients, warp, image, err);

    if (status != WCK_OK)
        return status;
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < wck_image_rows(coefficients); y++) {
            ptrdiff_t row = origin_row(warp, coefficients, y);

            for (size_t x = 0; x < coefficients->width; x++)
                wck_image_set(coefficients, p, y, x,
                              continued(warp, image, p, row, origin(warp, WCK_X, x)));
        }
    }
    status =
        wck_prefilter_apply(warp->prefilter, warp->kernel->order, coefficients, err);
    if (status == WCK_OK && warp->channel_axis)
        status = wck_channel_axis_apply(warp, false, coefficients, err);
    if (status != WCK_OK) {
        free(coefficients->tensor.data);
        *coefficients = (struct wck_image){0};
    }
    return status;
}

enum wck_status wck_coefficients_pull(const struct wck_warp *warp,
                                      const struct wck_image *coefficients,
                                      const struct wck_image *gradient,
                                      double *border_value, struct wck_error *err)
{
    enum wck_status status = wck_prefilter_transpose(
        warp->prefilter, warp->kernel->order, coefficients, err);

    if (status == WCK_OK && warp->channel_axis)
        status = wck_channel_axis_apply(warp, true, coefficients, err);
    for (size_t p = 0; status == WCK_OK && p < wck_image_planes(coefficients); p++) {
        for (size_t y = 0; y < wck_image_rows(coefficients); y++) {
            ptrdiff_t row = origin_row(warp, coefficients, y);

            for (size_t x = 0; x < coefficients->width; x++) {
                double part = wck_image_get(coefficients, p, y, x);
                ptrdiff_t column = origin(warp, WCK_X, x);

                if (row != WCK_BORDER_VALUE && column != WCK_BORDER_VALUE) {
                    if (gradient != NULL)
                        wck_image_set(gradient, p, (size_t)row, (size_t)column,
                                      part + wck_image_get(gradient, p, (size_t)row,
                                                           (size_t)column));
                } else if (border_value != NULL) {
                    border_value[p % coefficients->channels] += part;
                }
            }
        }
    }
    return status;
}
