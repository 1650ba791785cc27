/* Call: one call of a library's warp, with arrays as that library takes them.
 *
 * A call is turned into warps of the reference, one a batch item: the batch is an outer
 * loop.  Arrays may have any strides and any type; they are borrowed. */
#ifndef WCK_REFERENCE_CALL_H
#define WCK_REFERENCE_CALL_H

#include "reference/convention.h"

#define WCK_CALL_ARRAYS 2 /* map_x and map_y; one for every other carrier */

struct wck_call {
    const struct wck_convention *convention;
    struct wck_choices choices; /* dtype, map_dtype, channels and axes are set by
                                   wck_call_check */
    struct wck_image image;
    /* What carries the map, the data of the second NULL but for map_x, map_y:
     *     matrix   rows x columns, or batch x rows x columns
     *     grid     [batch x] [depth x] height x width x axes
     *     maps     [batch x] height x width each
     *     coords   axes x [depth x] height x width
     *     flow     [batch x] axes x [depth x] height x width, axes last where the
     *              convention has them so */
    struct wck_tensor array[WCK_CALL_ARRAYS];
    struct wck_image destination; /* what the output held before, shaped as it; read by
                                     border transparent, which needs it */
    const double *border_value; /* 1 for all channels, or one each, or as the convention
                                   has it; read where the library has one */
    size_t border_values;
    size_t output_depth, output_height, output_width; /* by a matrix: as given, 0 for
                                                         the image's; else set here */
};

/* Checks that the arrays fit the convention and each other, and completes the call.
 * WCK_INVALID, naming the array. */
enum wck_status wck_call_check(struct wck_call *call, struct wck_error *err);

/* One batch item as a warp. */
struct wck_call_item {
    struct wck_warp warp;
    double *data; /* coordinates; owned */
    double *fill; /* border values, one a channel; owned */
};

/* Release with wck_call_item_release, whatever was returned. */
enum wck_status wck_call_item_init(struct wck_call_item *item,
                                   const struct wck_call *call, size_t index,
                                   struct wck_error *err);
void wck_call_item_release(struct wck_call_item *item);

/* The name of array `i` in a recording: "matrix", "grid", "map_x", ...; NULL where the
 * convention has none. */
const char *wck_call_array_name(const struct wck_convention *convention, size_t i);

/* True where all batch items have one map.  The call has been checked. */
bool wck_call_shares_map(const struct wck_call *call);

/* Views coordinates of a volume that lie in a plane as a stack of one slice: where
 * `layout`, the image's, has a D and `coords` has three dimensions. */
void wck_call_deepen(const char *layout, struct wck_tensor *coords);

/* The layout of an output: the image's, but without the D where coordinates of a volume
 * lie in a plane, as `coords` (NULL: there are none) says.  `layout` itself, or in
 * `flat`. */
const char *wck_call_output_layout(const char *layout, const struct wck_tensor *coords,
                                   char flat[WCK_TENSOR_RANK + 1]);

/* Is a border value given, and one that is read?  Border zeros reads 0 whatever is. */
bool wck_call_reads_fill(const struct wck_call *call);

/* The number among `values` border values that fills a channel of the output; `values`
 * where it is one of a cv::Scalar's that are missing. */
size_t wck_call_border_entry(size_t values, size_t channels, size_t channel);

/* Where the gradient of batch item `index` with respect to the map lies in arrays like
 * call->array: calls `visit` for each element of array `array` with its index into x, y
 * or z (axis) of the item's gradients, or, by a matrix, into its entries (axis 0).
 * `offset` counts elements in a contiguous array of the same shape. */
typedef void wck_call_visit(void *state, size_t array, size_t offset, int axis,
                            size_t index);
void wck_call_each(const struct wck_call *call, const struct wck_call_item *item,
                   size_t index, wck_call_visit *visit, void *state);

/* Adds an item's gradients, with respect to coordinates or to the matrix, to arrays
 * like call->array, contiguous, of doubles; NULL for one that is not wanted. */
void wck_call_add(const struct wck_call *call, const struct wck_call_item *item,
                  size_t index, const struct wck_gradients *gradients,
                  double *const array[WCK_CALL_ARRAYS]);

#endif
