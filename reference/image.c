#include "reference/image.h"

#include <stdlib.h>
#include <string.h>

static const char letters[] = "NCHW";

bool wck_layout_valid(const char *layout)
{
    size_t length = strlen(layout);

    if (length == 0 || strspn(layout, letters) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (strchr(layout + i + 1, layout[i]) != NULL)
            return false;
    }
    return strchr(layout, 'H') != NULL && strchr(layout, 'W') != NULL;
}

/* Size and stride of the axis named `letter`; 1 and 0 where the layout lacks it. */
static size_t axis(const struct wck_tensor *tensor, const char *layout, char letter,
                   ptrdiff_t *stride)
{
    const char *at = strchr(layout, letter);

    *stride = 0;
    if (at == NULL)
        return 1;
    *stride = tensor->stride[at - layout];
    return tensor->shape[at - layout];
}

enum wck_status wck_image_view(struct wck_image *image, const struct wck_tensor *tensor,
                               const char *layout, struct wck_error *err)
{
    if (!wck_layout_valid(layout))
        return wck_error_set(err, WCK_INVALID,
                             "'%s' is not a layout: N, C, H and W, each at most once, "
                             "H and W present",
                             layout);
    if (tensor->rank != (int)strlen(layout))
        return wck_error_set(err, WCK_INVALID,
                             "layout %s has %d axes, the array has %d", layout,
                             (int)strlen(layout), tensor->rank);
    image->tensor = *tensor;
    image->batch = axis(tensor, layout, 'N', &image->batch_stride);
    image->channels = axis(tensor, layout, 'C', &image->channel_stride);
    image->height = axis(tensor, layout, 'H', &image->row_stride);
    image->width = axis(tensor, layout, 'W', &image->column_stride);
    if (wck_tensor_count(tensor) == 0)
        return wck_error_set(err, WCK_INVALID, "the image is empty: %zux%zux%zu",
                             image->height, image->width, image->channels);
    return WCK_OK;
}

int wck_layout_shape(const char *layout, size_t batch, size_t channels, size_t height,
                     size_t width, size_t *shape)
{
    const size_t sizes[] = {batch, channels, height, width};
    int rank = (int)strlen(layout);

    for (int i = 0; i < rank; i++)
        shape[i] = sizes[strchr(letters, layout[i]) - letters];
    return rank;
}

enum wck_status wck_image_new(struct wck_image *image, enum wck_dtype dtype,
                              const char *layout, size_t batch, size_t channels,
                              size_t height, size_t width, struct wck_error *err)
{
    struct wck_tensor tensor;
    size_t shape[WCK_TENSOR_RANK];
    enum wck_status status;

    *image = (struct wck_image){0};
    if (!wck_layout_valid(layout))
        return wck_image_view(image, &image->tensor, layout, err);
    status = wck_tensor_new(
        &tensor, dtype, wck_layout_shape(layout, batch, channels, height, width, shape),
        shape, err);
    if (status != WCK_OK)
        return status;
    status = wck_image_view(image, &tensor, layout, err);
    if (status != WCK_OK) {
        free(tensor.data);
        *image = (struct wck_image){0};
    }
    return status;
}

ptrdiff_t wck_image_offset(const struct wck_image *image, size_t plane, size_t y,
                           size_t x)
{
    return (ptrdiff_t)(plane / image->channels) * image->batch_stride +
           (ptrdiff_t)(plane % image->channels) * image->channel_stride +
           (ptrdiff_t)y * image->row_stride + (ptrdiff_t)x * image->column_stride;
}

size_t wck_image_planes(const struct wck_image *image)
{
    return image->batch * image->channels;
}

size_t wck_image_pixels(const struct wck_image *image)
{
    return image->height * image->width;
}

double wck_image_get(const struct wck_image *image, size_t plane, size_t y, size_t x)
{
    return wck_tensor_get(&image->tensor, wck_image_offset(image, plane, y, x));
}

void wck_image_set(const struct wck_image *image, size_t plane, size_t y, size_t x,
                   double value)
{
    wck_tensor_set(&image->tensor, wck_image_offset(image, plane, y, x), value);
}
