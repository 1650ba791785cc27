#include "reference/span.h"

#include <stdlib.h>

struct wck_span wck_span_of(const struct wck_tensor *tensor)
{
    ptrdiff_t low = 0, high = 0;

    for (int d = 0; d < tensor->rank; d++) {
        ptrdiff_t last = tensor->shape[d] > 0 ? (ptrdiff_t)tensor->shape[d] - 1 : 0;
        ptrdiff_t reach = last * tensor->stride[d];

        low += reach < 0 ? reach : 0;
        high += reach > 0 ? reach : 0;
    }
    return (struct wck_span){
        .data = tensor->data != NULL
                    ? (unsigned char *)tensor->data +
                          low * (ptrdiff_t)wck_dtype_row(tensor->dtype)->size
                    : NULL,
        .origin = (size_t)-low,
        .count = (size_t)(high - low) + 1,
    };
}

bool wck_span_is_plain(const struct wck_tensor *tensor)
{
    struct wck_tensor like =
        wck_tensor_contiguous(NULL, tensor->dtype, tensor->rank, tensor->shape);

    for (int d = 0; d < tensor->rank; d++) {
        if (tensor->shape[d] > 1 && tensor->stride[d] != like.stride[d])
            return false;
    }
    return true;
}

bool *wck_span_marks(const struct wck_tensor *tensor)
{
    struct wck_span span = wck_span_of(tensor);
    size_t index[WCK_TENSOR_RANK] = {0};
    ptrdiff_t at = (ptrdiff_t)span.origin;
    bool *marks = calloc(span.count, sizeof *marks);

    for (size_t i = 0; marks != NULL && i < wck_tensor_count(tensor); i++) {
        marks[at] = true;
        for (int d = tensor->rank; d-- > 0;) {
            at += tensor->stride[d];
            if (++index[d] < tensor->shape[d])
                break;
            at -= (ptrdiff_t)index[d] * tensor->stride[d];
            index[d] = 0;
        }
    }
    return marks;
}

static ptrdiff_t step_of(const struct wck_tensor *tensor, int axis)
{
    ptrdiff_t stride = tensor->shape[axis] > 1 ? tensor->stride[axis] : 0;

    return stride < 0 ? -stride : stride;
}

/* Elements between the end of one index of an axis and the next: those that the axes
 * with shorter steps do not reach. */
static ptrdiff_t gap_of(const struct wck_tensor *tensor, int axis)
{
    ptrdiff_t step = step_of(tensor, axis), gap = step - 1;

    for (int d = 0; d < tensor->rank; d++) {
        ptrdiff_t inner = step_of(tensor, d);

        if (inner > 0 && inner < step)
            gap -= ((ptrdiff_t)tensor->shape[d] - 1) * inner;
    }
    return gap;
}

/* The axis with the widest gaps, where they are that wide; -1 where none are. */
static int far_axis(const struct wck_tensor *tensor)
{
    ptrdiff_t widest = WCK_SPAN_FAR - 1;
    int found = -1;

    for (int d = 0; d < tensor->rank; d++) {
        ptrdiff_t gap = gap_of(tensor, d);

        if (gap > widest) {
            widest = gap;
            found = d;
        }
    }
    return found;
}

bool wck_span_is_far(const struct wck_tensor *tensor)
{
    return far_axis(tensor) >= 0;
}

bool wck_span_piece(const struct wck_tensor *tensor, size_t k, struct wck_tensor *piece)
{
    int axis = far_axis(tensor);
    size_t width = wck_dtype_row(tensor->dtype)->size;

    if (k >= (axis >= 0 ? tensor->shape[axis] : 1))
        return false;
    *piece = *tensor;
    if (axis < 0)
        return true;
    piece->shape[axis] = 1;
    if (tensor->data != NULL)
        piece->data = (unsigned char *)tensor->data +
                      (ptrdiff_t)k * tensor->stride[axis] * (ptrdiff_t)width;
    return true;
}
