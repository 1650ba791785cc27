#include "reference/image.h"

#include <stdlib.h>
#include <string.h>

static const char letters[] = "NCDHW";

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
                             "'%s' is not a layout: N, C, D, H and W, each at most "
                             "once, H and W present",
                             layout);
    if (tensor->rank != (int)strlen(layout))
        return wck_error_set(err, WCK_INVALID,
                             "layout %s has %d axes, the array has %d", layout,
                             (int)strlen(layout), tensor->rank);
    image->tensor = *tensor;
    image->batch = axis(tensor, layout, 'N', &image->batch_stride);
    image->channels = axis(tensor, layout, 'C', &image->channel_stride);
    image->depth = axis(tensor, layout, 'D', &image->slice_stride);
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
    const size_t sizes[] = {batch, channels, 1, height, width};
    int rank = (int)strlen(layout);

    for (int i = 0; i < rank; i++)
        shape[i] = sizes[strchr(letters, layout[i]) - letters];
    return rank;
}

/* Views the tensor, or frees its data. */
static enum wck_status view_take(struct wck_image *image,
                                 const struct wck_tensor *tensor, const char *layout,
                                 struct wck_error *err)
{
    enum wck_status status = wck_image_view(image, tensor, layout, err);

    if (status != WCK_OK) {
        free(tensor->data);
        *image = (struct wck_image){0};
    }
    return status;
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
    return view_take(image, &tensor, layout, err);
}

enum wck_status wck_image_new_like(struct wck_image *image, enum wck_dtype dtype,
                                   const struct wck_image *like, struct wck_error *err)
{
    const size_t shape[] = {like->batch, like->channels, like->depth, like->height,
                            like->width};
    struct wck_tensor tensor;
    enum wck_status status = wck_tensor_new(&tensor, dtype, 5, shape, err);

    *image = (struct wck_image){0};
    return status == WCK_OK ? view_take(image, &tensor, letters, err) : status;
}

struct wck_image wck_image_item(const struct wck_image *image, size_t item)
{
    size_t size = wck_dtype_row(image->tensor.dtype)->size;
    ptrdiff_t skipped = (ptrdiff_t)item * image->batch_stride * (ptrdiff_t)size;
    struct wck_image one = *image;

    one.batch = 1;
    one.tensor = (struct wck_tensor){
        .data = (char *)image->tensor.data + skipped,
        .dtype = image->tensor.dtype,
        .rank = 4,
        .shape = {image->channels, image->depth, image->height, image->width},
        .stride = {image->channel_stride, image->slice_stride, image->row_stride,
                   image->column_stride}};
    return one;
}

ptrdiff_t wck_image_offset(const struct wck_image *image, size_t plane, size_t y,
                           size_t x)
{
    ptrdiff_t offset = (ptrdiff_t)(plane / image->channels) * image->batch_stride +
                       (ptrdiff_t)(plane % image->channels) * image->channel_stride +
                       (ptrdiff_t)x * image->column_stride;

    if (image->depth == 1)
        return offset + (ptrdiff_t)y * image->row_stride;
    return offset + (ptrdiff_t)(y / image->height) * image->slice_stride +
           (ptrdiff_t)(y % image->height) * image->row_stride;
}

size_t wck_image_planes(const struct wck_image *image)
{
    return image->batch * image->channels;
}

size_t wck_image_rows(const struct wck_image *image)
{
    return image->depth * image->height;
}

size_t wck_image_pixels(const struct wck_image *image)
{
    return wck_image_rows(image) * image->width;
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
