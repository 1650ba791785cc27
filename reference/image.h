/* Image: a tensor, and which of its axes are batch, channel, slice, row and column.
 *
 * Pixel (x, y) is column x of row y; its centre lies at the integer coordinate (x, y),
 * so the image covers [-1/2, width-1/2] x [-1/2, height-1/2].  A volume is a stack of
 * `depth` such slices, and its rows are counted through: row z * height + y.  Every
 * image warp of this library treats the batch x channel pairs as independent planes. */
#ifndef WCK_REFERENCE_IMAGE_H
#define WCK_REFERENCE_IMAGE_H

#include "reference/tensor.h"

struct wck_image {
    struct wck_tensor tensor;
    size_t batch, channels, depth, height, width; /* 1 where the layout lacks it */
    /* in elements */
    ptrdiff_t batch_stride, channel_stride, slice_stride, row_stride, column_stride;
};

/* Views `tensor` under `layout`, a string of the letters N, C, D, H, W, each at most
 * once, H and W required, as many as the tensor's rank ("HWC", "CHW", "NHWC", "NCHW",
 * "HW", "NCDHW", ...).  WCK_INVALID where they do not fit or the image has no pixel. */
enum wck_status wck_image_view(struct wck_image *image, const struct wck_tensor *tensor,
                               const char *layout, struct wck_error *err);

/* True where `layout` is a string wck_image_view could take for some tensor. */
bool wck_layout_valid(const char *layout);

/* The shape that `layout` gives to these sizes; returns the rank.  Sizes that the
 * layout does not name are dropped; a depth that it does name is 1. */
int wck_layout_shape(const char *layout, size_t batch, size_t channels, size_t height,
                     size_t width, size_t *shape);

/* A new zeroed image; the caller frees image->tensor.data, which is NULL on failure. */
enum wck_status wck_image_new(struct wck_image *image, enum wck_dtype dtype,
                              const char *layout, size_t batch, size_t channels,
                              size_t height, size_t width, struct wck_error *err);

/* Like another image in sizes, but of its own dtype and contiguous as NCDHW. */
enum wck_status wck_image_new_like(struct wck_image *image, enum wck_dtype dtype,
                                   const struct wck_image *like, struct wck_error *err);

/* The image's batch item `item` alone, as a view. */
struct wck_image wck_image_item(const struct wck_image *image, size_t item);

/* Element offset of column x of row y in plane `plane` = batch * channels + channel. */
ptrdiff_t wck_image_offset(const struct wck_image *image, size_t plane, size_t y,
                           size_t x);

size_t wck_image_planes(const struct wck_image *image);
size_t wck_image_rows(const struct wck_image *image); /* depth x height */
size_t wck_image_pixels(const struct wck_image *image);

double wck_image_get(const struct wck_image *image, size_t plane, size_t y, size_t x);
void wck_image_set(const struct wck_image *image, size_t plane, size_t y, size_t x,
                   double value);

#endif
