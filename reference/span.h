/* Span: the elements of memory from the lowest to the highest of an array, gaps between
 * them included: what has to travel where its strides do. */
#ifndef WCK_REFERENCE_SPAN_H
#define WCK_REFERENCE_SPAN_H

#include "reference/tensor.h"

struct wck_span {
    void *data;    /* the lowest element */
    size_t origin; /* number of the element with all indices 0, from there */
    size_t count;  /* elements, those in gaps as well */
};

/* Of an array with at least one element. */
struct wck_span wck_span_of(const struct wck_tensor *tensor);

/* Is it C-contiguous?  Strides of axes of one element do not count. */
bool wck_span_is_plain(const struct wck_tensor *tensor);

/* For each element of the span whether it is one of the array; the caller frees, NULL
 * where memory is out. */
bool *wck_span_marks(const struct wck_tensor *tensor);

/* Where between the end of one index of an axis and the beginning of the next there are
 * that many elements or more, they are none of the array's business: it consists of
 * pieces, one an index of that axis.  One without gaps does not, however large. */
#define WCK_SPAN_FAR ((ptrdiff_t)1 << 24)

/* Does it lie in pieces? */
bool wck_span_is_far(const struct wck_tensor *tensor);

/* Piece k of it, a view; an array that does not lie in pieces is one.  False beyond the
 * last. */
bool wck_span_piece(const struct wck_tensor *tensor, size_t k,
                    struct wck_tensor *piece);

#endif
