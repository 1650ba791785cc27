/* Tensor: a view of numbers in memory, with any strides.
 *
 * A tensor never owns its data.  Strides count elements, not bytes, and may be zero
 * (expanded) or negative (flipped); `data` points at the element with all indices 0. */
#ifndef WCK_REFERENCE_TENSOR_H
#define WCK_REFERENCE_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

#define WCK_TENSOR_RANK 6

/* ROW(enumerator, name, .npy type code, bytes, unit roundoff u, smallest subnormal).
 * u is half the gap above 1: a correctly rounded result differs from the exact one by
 * at most u times its magnitude.  Integers have u = 0 here; storing into one rounds
 * half to even and saturates.  NumPy has no bfloat16 of its own: ml_dtypes', which JAX
 * and others use, is written as two bytes without a type.  Everything is computed in
 * double, so 64-bit integers beyond 2^53 are read as the nearest double. */
#define WCK_DTYPES(ROW)                                                                \
    ROW(WCK_FLOAT64, "float64", "f8", 8, 0x1p-53, 0x1p-1074)                           \
    ROW(WCK_FLOAT32, "float32", "f4", 4, 0x1p-24, 0x1p-149)                            \
    ROW(WCK_FLOAT16, "float16", "f2", 2, 0x1p-11, 0x1p-24)                             \
    ROW(WCK_BFLOAT16, "bfloat16", "V2", 2, 0x1p-8, 0x1p-133)                           \
    ROW(WCK_UINT8, "uint8", "u1", 1, 0.0, 1.0)                                         \
    ROW(WCK_INT8, "int8", "i1", 1, 0.0, 1.0)                                           \
    ROW(WCK_UINT16, "uint16", "u2", 2, 0.0, 1.0)                                       \
    ROW(WCK_INT16, "int16", "i2", 2, 0.0, 1.0)                                         \
    ROW(WCK_UINT32, "uint32", "u4", 4, 0.0, 1.0)                                       \
    ROW(WCK_INT32, "int32", "i4", 4, 0.0, 1.0)                                         \
    ROW(WCK_UINT64, "uint64", "u8", 8, 0.0, 1.0)                                       \
    ROW(WCK_INT64, "int64", "i8", 8, 0.0, 1.0)                                         \
    ROW(WCK_BOOL, "bool", "b1", 1, 0.0, 1.0)

#define WCK_DTYPE_ENUM(id, name, code, size, roundoff, tiny) id,
enum wck_dtype { WCK_DTYPES(WCK_DTYPE_ENUM) WCK_DTYPE_COUNT };
#undef WCK_DTYPE_ENUM

struct wck_dtype_row {
    const char *name; /* as NumPy says it */
    const char *code; /* .npy type code without its byte order */
    size_t size;      /* bytes an element */
    double roundoff;  /* u, 0 for integers */
    double tiny;      /* smallest positive number it holds */
};

/* The row of `dtype`; never NULL for a valid enumerator. */
const struct wck_dtype_row *wck_dtype_row(enum wck_dtype dtype);

/* Finds a dtype by its NumPy name; false where there is none. */
bool wck_dtype_find(const char *name, enum wck_dtype *dtype);

/* `value` as `dtype` stores it, back in double: floats round half to even (overflow to
 * infinity, underflow to zero through the subnormals); integers round half to even and
 * saturate, NaN becomes 0; bool is value != 0. */
double wck_dtype_round(enum wck_dtype dtype, double value);

struct wck_tensor {
    void *data;
    enum wck_dtype dtype;
    int rank; /* 0 .. WCK_TENSOR_RANK */
    size_t shape[WCK_TENSOR_RANK];
    ptrdiff_t stride[WCK_TENSOR_RANK]; /* in elements */
};

/* A C-contiguous tensor over `data` with the given shape (`rank` sizes). */
struct wck_tensor wck_tensor_contiguous(void *data, enum wck_dtype dtype, int rank,
                                        const size_t *shape);

/* Number of elements; 1 for rank 0.  SIZE_MAX where the product overflows. */
size_t wck_tensor_count(const struct wck_tensor *tensor);

/* The element at `offset` elements from data, converted to double / from double as
 * wck_dtype_round says. */
double wck_tensor_get(const struct wck_tensor *tensor, ptrdiff_t offset);
void wck_tensor_set(const struct wck_tensor *tensor, ptrdiff_t offset, double value);

/* Allocates zeroed contiguous memory (malloc'ed; the caller frees tensor->data). */
enum wck_status wck_tensor_new(struct wck_tensor *tensor, enum wck_dtype dtype,
                               int rank, const size_t *shape, struct wck_error *err);

/* Copies element by element, converting; shapes must be equal (WCK_INVALID if not). */
enum wck_status wck_tensor_copy(const struct wck_tensor *from,
                                const struct wck_tensor *to, struct wck_error *err);

#endif
