#include "reference/tensor.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DTYPE_ROW(id, text, type, bytes, u, least)                                     \
    {.name = (text), .code = (type), .size = (bytes), .roundoff = (u), .tiny = (least)},
static const struct wck_dtype_row dtypes[] = {WCK_DTYPES(DTYPE_ROW)};

const struct wck_dtype_row *wck_dtype_row(enum wck_dtype dtype)
{
    return &dtypes[dtype];
}

bool wck_dtype_find(const char *name, enum wck_dtype *dtype)
{
    for (int i = 0; i < WCK_DTYPE_COUNT; i++) {
        if (strcmp(name, dtypes[i].name) == 0) {
            *dtype = (enum wck_dtype)i;
            return true;
        }
    }
    return false;
}

/* Floats of 16 bits: a sign, an exponent and a fraction, as IEEE 754 has them. */
struct small_float {
    int fraction; /* bits of it */
    int bias;     /* of the exponent, whose largest field is 2 bias + 1 */
};

static const struct small_float binary16 = {.fraction = 10, .bias = 15};
static const struct small_float bfloat16 = {.fraction = 7, .bias = 127};

static double small_to_double(const struct small_float *kind, uint16_t bits)
{
    int hidden = 1 << kind->fraction;
    int exponent = (bits & 0x7fff) >> kind->fraction;
    int fraction = bits & (hidden - 1);
    double magnitude;

    if (exponent == 2 * kind->bias + 1)
        magnitude = fraction > 0 ? (double)NAN : (double)INFINITY;
    else if (exponent == 0)
        magnitude = ldexp(fraction, 1 - kind->bias - kind->fraction);
    else
        magnitude = ldexp(hidden + fraction, exponent - kind->bias - kind->fraction);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/* Rounds once, from double: by way of float it would round twice. */
static uint16_t double_to_small(const struct small_float *kind, double value)
{
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    long infinity = (2L * kind->bias + 1) << kind->fraction;
    double magnitude = fabs(value);
    int exponent;
    long fraction;

    if (isnan(value))
        return (uint16_t)(sign | infinity | (1L << (kind->fraction - 1)));
    /* Halfway between the largest finite number and the next power of two. */
    if (magnitude >= ldexp(2.0 - ldexp(1.0, -kind->fraction - 1), kind->bias))
        return (uint16_t)(sign | infinity);
    if (magnitude < ldexp(1.0, 1 - kind->bias)) /* subnormal or 0: count in units */
        return (uint16_t)(sign |
                          lrint(ldexp(magnitude, kind->bias - 1 + kind->fraction)));
    frexp(magnitude, &exponent);
    /* A carry out of the fraction runs into the exponent field, as it should. */
    fraction = lrint(ldexp(magnitude, kind->fraction + 1 - exponent));
    return (uint16_t)(sign | (fraction +
                              ((long)(exponent + kind->bias - 2) << kind->fraction)));
}

static double to_integer(double value, double least, double most)
{
    if (isnan(value))
        return 0.0;
    value = nearbyint(value);
    return value < least ? least : value > most ? most : value;
}

/* The largest 64-bit integers are no doubles: the nearest is one too large to cast. */
static uint64_t to_uint64(double value)
{
    value = to_integer(value, 0.0, 0x1p64);
    return value < 0x1p64 ? (uint64_t)value : UINT64_MAX;
}

static int64_t to_int64(double value)
{
    value = to_integer(value, -0x1p63, 0x1p63);
    return value < 0x1p63 ? (int64_t)value : INT64_MAX;
}

/* Every case names its C type once, for reading, writing and rounding alike. */
double wck_tensor_get(const struct wck_tensor *tensor, ptrdiff_t offset)
{
    switch (tensor->dtype) {
    case WCK_FLOAT64:
        return ((const double *)tensor->data)[offset];
    case WCK_FLOAT32:
        return (double)((const float *)tensor->data)[offset];
    case WCK_FLOAT16:
        return small_to_double(&binary16, ((const uint16_t *)tensor->data)[offset]);
    case WCK_BFLOAT16:
        return small_to_double(&bfloat16, ((const uint16_t *)tensor->data)[offset]);
    case WCK_UINT8:
        return ((const uint8_t *)tensor->data)[offset];
    case WCK_INT8:
        return ((const int8_t *)tensor->data)[offset];
    case WCK_UINT16:
        return ((const uint16_t *)tensor->data)[offset];
    case WCK_INT16:
        return ((const int16_t *)tensor->data)[offset];
    case WCK_UINT32:
        return ((const uint32_t *)tensor->data)[offset];
    case WCK_INT32:
        return ((const int32_t *)tensor->data)[offset];
    case WCK_UINT64:
        return (double)((const uint64_t *)tensor->data)[offset];
    case WCK_INT64:
        return (double)((const int64_t *)tensor->data)[offset];
    case WCK_BOOL:
        return ((const uint8_t *)tensor->data)[offset] != 0 ? 1.0 : 0.0;
    case WCK_DTYPE_COUNT:
        break;
    }
    return (double)NAN;
}

void wck_tensor_set(const struct wck_tensor *tensor, ptrdiff_t offset, double value)
{
    switch (tensor->dtype) {
    case WCK_FLOAT64:
        ((double *)tensor->data)[offset] = value;
        break;
    case WCK_FLOAT32:
        ((float *)tensor->data)[offset] = (float)value;
        break;
    case WCK_FLOAT16:
        ((uint16_t *)tensor->data)[offset] = double_to_small(&binary16, value);
        break;
    case WCK_BFLOAT16:
        ((uint16_t *)tensor->data)[offset] = double_to_small(&bfloat16, value);
        break;
    case WCK_UINT8:
        ((uint8_t *)tensor->data)[offset] = (uint8_t)to_integer(value, 0, UINT8_MAX);
        break;
    case WCK_INT8:
        ((int8_t *)tensor->data)[offset] =
            (int8_t)to_integer(value, INT8_MIN, INT8_MAX);
        break;
    case WCK_UINT16:
        ((uint16_t *)tensor->data)[offset] = (uint16_t)to_integer(value, 0, UINT16_MAX);
        break;
    case WCK_INT16:
        ((int16_t *)tensor->data)[offset] =
            (int16_t)to_integer(value, INT16_MIN, INT16_MAX);
        break;
    case WCK_UINT32:
        ((uint32_t *)tensor->data)[offset] = (uint32_t)to_integer(value, 0, UINT32_MAX);
        break;
    case WCK_INT32:
        ((int32_t *)tensor->data)[offset] =
            (int32_t)to_integer(value, INT32_MIN, INT32_MAX);
        break;
    case WCK_UINT64:
        ((uint64_t *)tensor->data)[offset] = to_uint64(value);
        break;
    case WCK_INT64:
        ((int64_t *)tensor->data)[offset] = to_int64(value);
        break;
    case WCK_BOOL:
        /* NaN is not 0, as in C and NumPy. */
        ((uint8_t *)tensor->data)[offset] = fpclassify(value) != FP_ZERO;
        break;
    case WCK_DTYPE_COUNT:
        break;
    }
}

double wck_dtype_round(enum wck_dtype dtype, double value)
{
    uint64_t cell = 0;
    struct wck_tensor one = {.data = &cell, .dtype = dtype};

    wck_tensor_set(&one, 0, value);
    return wck_tensor_get(&one, 0);
}

struct wck_tensor wck_tensor_contiguous(void *data, enum wck_dtype dtype, int rank,
                                        const size_t *shape)
{
    struct wck_tensor tensor = {.data = data, .dtype = dtype, .rank = rank};
    size_t stride = 1; /* may wrap around, but only where there is no element */

    for (int i = rank; i-- > 0;) {
        tensor.shape[i] = shape[i];
        tensor.stride[i] = (ptrdiff_t)stride;
        stride *= shape[i];
    }
    return tensor;
}

size_t wck_tensor_count(const struct wck_tensor *tensor)
{
    size_t count = 1;

    for (int i = 0; i < tensor->rank; i++) {
        if (tensor->shape[i] == 0)
            return 0;
    }
    for (int i = 0; i < tensor->rank; i++) {
        if (__builtin_mul_overflow(count, tensor->shape[i], &count))
            return SIZE_MAX;
    }
    return count;
}

enum wck_status wck_tensor_new(struct wck_tensor *tensor, enum wck_dtype dtype,
                               int rank, const size_t *shape, struct wck_error *err)
{
    struct wck_tensor sizes = {.dtype = dtype, .rank = rank};
    size_t count;
    void *data = NULL;

    *tensor = (struct wck_tensor){0};
    memcpy(sizes.shape, shape, (size_t)rank * sizeof *shape);
    count = wck_tensor_count(&sizes);
    if (count <= PTRDIFF_MAX / sizeof(double))
        data = calloc(count > 0 ? count : 1, dtypes[dtype].size);
    if (data == NULL)
        return wck_error_no_memory(err);
    *tensor = wck_tensor_contiguous(data, dtype, rank, shape);
    return WCK_OK;
}

enum wck_status wck_tensor_copy(const struct wck_tensor *from,
                                const struct wck_tensor *to, struct wck_error *err)
{
    size_t index[WCK_TENSOR_RANK] = {0};
    ptrdiff_t at = 0, put = 0;
    size_t count = wck_tensor_count(from);

    if (from->rank != to->rank ||
        memcmp(from->shape, to->shape, (size_t)from->rank * sizeof *from->shape) != 0)
        return wck_error_set(err, WCK_INVALID, "tensors of different shapes");
    for (size_t n = 0; n < count; n++) {
        wck_tensor_set(to, put, wck_tensor_get(from, at));
        for (int i = from->rank; i-- > 0;) {
            at += from->stride[i];
            put += to->stride[i];
            if (++index[i] < from->shape[i])
                break;
            at -= (ptrdiff_t)index[i] * from->stride[i];
            put -= (ptrdiff_t)index[i] * to->stride[i];
            index[i] = 0;
        }
    }
    return WCK_OK;
}
