/* Tensors: numbers of every type, rounded, stored, read and copied. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/tensor.h"

static double magnitude_of_half(int bits)
{
    int exponent = bits >> 10, fraction = bits & 0x3ff;

    return exponent == 0 ? fraction * 0x1p-24
                         : (1024.0 + fraction) * ldexp(1.0, exponent - 25);
}

static uint16_t stored_half(double value)
{
    uint16_t bits = 0;
    struct wck_tensor one = {.data = &bits, .dtype = WCK_FLOAT16};

    wck_tensor_set(&one, 0, value);
    return bits;
}

START_TEST(every_finite_half_survives_the_round_trip)
{
    for (int bits = 0; bits < 0x7c00; bits++) {
        double value = magnitude_of_half(bits);

        ck_assert_uint_eq(stored_half(value), (unsigned)bits);
        ck_assert_uint_eq(stored_half(-value), (unsigned)bits | 0x8000u);
        ck_assert_double_le(fabs(wck_dtype_round(WCK_FLOAT16, value) - value), 0.0);
    }
}
END_TEST

/* Between two halves the tie goes to the even pattern, and a hair decides otherwise. */
START_TEST(halves_round_half_to_even)
{
    for (int bits = 0; bits < 0x7bff; bits++) {
        double tie = (magnitude_of_half(bits) + magnitude_of_half(bits + 1)) / 2.0;
        unsigned even = (unsigned)(bits % 2 == 0 ? bits : bits + 1);

        ck_assert_uint_eq(stored_half(tie), even);
        ck_assert_uint_eq(stored_half(nextafter(tie, 0.0)), (unsigned)bits);
        ck_assert_uint_eq(stored_half(nextafter(tie, INFINITY)), (unsigned)bits + 1);
    }
    ck_assert_uint_eq(stored_half(nextafter(65520.0, 0.0)), 0x7bff);
    ck_assert_uint_eq(stored_half(65520.0), 0x7c00);
    ck_assert_uint_eq(stored_half(-INFINITY), 0xfc00);
    ck_assert(isnan(wck_dtype_round(WCK_FLOAT16, NAN)));
    ck_assert(isinf(wck_dtype_round(WCK_FLOAT16, 1e300)));
    ck_assert_uint_eq(stored_half(-0x1p-30), 0x8000);
}
END_TEST

static const struct {
    enum wck_dtype dtype;
    double least, most;
} integers[] = {
    {WCK_UINT8, 0, 255},           {WCK_INT8, -128, 127},
    {WCK_UINT16, 0, 65535},        {WCK_INT16, -32768, 32767},
    {WCK_UINT32, 0, 4294967295.0}, {WCK_INT32, -2147483648.0, 2147483647.0},
    {WCK_UINT64, 0, 0x1p64},       {WCK_INT64, -0x1p63, 0x1p63},
};
#define INTEGERS ((int)(sizeof integers / sizeof integers[0]))

/* The largest 64-bit integers are read as the nearest double, 2^64 and 2^63. */
START_TEST(integers_saturate_and_round_half_to_even)
{
    enum wck_dtype dtype = integers[_i].dtype;
    const double values[][2] = {
        {1e30, integers[_i].most},
        {-1e30, integers[_i].least},
        {INFINITY, integers[_i].most},
        {-INFINITY, integers[_i].least},
        {NAN, 0},
        {integers[_i].least, integers[_i].least},
        {integers[_i].most, integers[_i].most},
        {2.5, 2},
        {3.5, 4},
        {0.5, 0},
        {2.5000000000000004, 3},
        {-2.5, fmax(integers[_i].least, -2)},
        {-3.5, fmax(integers[_i].least, -4)},
    };

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        ck_assert_msg(fabs(wck_dtype_round(dtype, values[i][0]) - values[i][1]) <= 0,
                      "%s of %g is %g, not %g", wck_dtype_row(dtype)->name,
                      values[i][0], wck_dtype_round(dtype, values[i][0]), values[i][1]);
}
END_TEST

START_TEST(bool_is_whatever_is_not_zero)
{
    ck_assert_double_le(fabs(wck_dtype_round(WCK_BOOL, 0.25) - 1.0), 0.0);
    ck_assert_double_le(fabs(wck_dtype_round(WCK_BOOL, NAN) - 1.0), 0.0);
    ck_assert_double_le(fabs(wck_dtype_round(WCK_BOOL, -0.0)), 0.0);
}
END_TEST

START_TEST(a_dtype_row_says_what_its_type_is)
{
    const struct wck_dtype_row *row = wck_dtype_row((enum wck_dtype)_i);
    enum wck_dtype found = WCK_DTYPE_COUNT;
    double next = 1.0 + 2.0 * row->roundoff;

    ck_assert(wck_dtype_find(row->name, &found));
    ck_assert_int_eq(found, _i);
    ck_assert_int_eq(row->code[1] - '0', (int)row->size);
    ck_assert_double_le(fabs(wck_dtype_round(found, row->tiny) - row->tiny), 0.0);
    if (row->roundoff > 0.0) {
        /* u is half the gap above 1: 1 + u is a tie, and goes to 1. */
        ck_assert_double_le(fabs(wck_dtype_round(found, next) - next), 0.0);
        ck_assert_double_le(fabs(wck_dtype_round(found, 1.0 + row->roundoff) - 1.0),
                            0.0);
    }
    ck_assert_double_le(fabs(wck_dtype_round(found, row->tiny * 0.49)),
                        found == WCK_BOOL                           ? 1.0
                        : row->roundoff > 0 && found == WCK_FLOAT64 ? row->tiny
                                                                    : 0.0);
}
END_TEST

START_TEST(an_unknown_dtype_is_not_found)
{
    enum wck_dtype dtype = WCK_INT8;

    ck_assert(!wck_dtype_find("float", &dtype));
    ck_assert_int_eq(dtype, WCK_INT8);
}
END_TEST

/* A transposed, flipped view copied into a padded one, and a row repeated. */
START_TEST(a_copy_follows_the_strides_of_both)
{
    double from[6] = {1.5, 2.25, -3.0, 4.75, 5.0, -6.5};
    int16_t to[10] = {0};
    struct wck_tensor source = {.data = from + 2,
                                .dtype = WCK_FLOAT64,
                                .rank = 2,
                                .shape = {3, 2},
                                .stride = {-1, 3}};
    struct wck_tensor target = {
        .data = to, .dtype = WCK_INT16, .rank = 2, .shape = {3, 2}, .stride = {3, 1}};
    const int16_t expected[10] = {-3, -6, 0, 2, 5, 0, 2, 5, 0, 0};

    ck_assert_int_eq(wck_tensor_copy(&source, &target, NULL), WCK_OK);
    ck_assert_mem_eq(to, expected, sizeof to);
    source.stride[0] = 0;
    ck_assert_int_eq(wck_tensor_copy(&source, &target, NULL), WCK_OK);
    ck_assert_int_eq(to[6], -3);
    ck_assert_int_eq(to[7], -6);
}
END_TEST

START_TEST(a_copy_needs_equal_shapes)
{
    double data[6];
    const size_t two[] = {2, 3}, other[] = {3, 2};
    struct wck_tensor a = wck_tensor_contiguous(data, WCK_FLOAT64, 2, two);
    struct wck_tensor b = wck_tensor_contiguous(data, WCK_FLOAT64, 2, other);
    struct wck_error err = {0};

    ck_assert_int_eq(wck_tensor_copy(&a, &b, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "tensors of different shapes");
    b = wck_tensor_contiguous(data, WCK_FLOAT64, 1, two);
    ck_assert_int_eq(wck_tensor_copy(&a, &b, NULL), WCK_INVALID);
}
END_TEST

START_TEST(a_count_that_overflows_is_no_count)
{
    const size_t huge[] = {SIZE_MAX / 2, 3}, none[] = {SIZE_MAX, SIZE_MAX, 0};
    struct wck_tensor tensor = wck_tensor_contiguous(NULL, WCK_UINT8, 2, huge);
    struct wck_error err = {0};

    ck_assert_uint_eq(wck_tensor_count(&tensor), SIZE_MAX);
    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_UINT8, 2, huge, &err), WCK_NO_MEMORY);
    ck_assert_ptr_null(tensor.data);
    tensor = (struct wck_tensor){.rank = 3};
    memcpy(tensor.shape, none, sizeof none);
    ck_assert_uint_eq(wck_tensor_count(&tensor), 0);
    tensor.rank = 0;
    ck_assert_uint_eq(wck_tensor_count(&tensor), 1);
}
END_TEST

START_TEST(a_new_tensor_is_zero_and_contiguous)
{
    const size_t shape[] = {2, 3, 5};
    struct wck_tensor tensor;

    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_INT32, 3, shape, NULL), WCK_OK);
    ck_assert_int_eq(tensor.stride[0], 15);
    ck_assert_int_eq(tensor.stride[1], 5);
    ck_assert_int_eq(tensor.stride[2], 1);
    for (ptrdiff_t i = 0; i < 30; i++)
        ck_assert_double_le(fabs(wck_tensor_get(&tensor, i)), 0.0);
    free(tensor.data);
}
END_TEST

Suite *wck_tensor_suite(void)
{
    Suite *suite = suite_create("tensor");
    TCase *types = tcase_create("types"), *views = tcase_create("views");

    tcase_add_test(types, every_finite_half_survives_the_round_trip);
    tcase_add_test(types, halves_round_half_to_even);
    tcase_add_loop_test(types, integers_saturate_and_round_half_to_even, 0, INTEGERS);
    tcase_add_test(types, bool_is_whatever_is_not_zero);
    tcase_add_loop_test(types, a_dtype_row_says_what_its_type_is, 0, WCK_DTYPE_COUNT);
    tcase_add_test(types, an_unknown_dtype_is_not_found);
    tcase_add_test(views, a_copy_follows_the_strides_of_both);
    tcase_add_test(views, a_copy_needs_equal_shapes);
    tcase_add_test(views, a_count_that_overflows_is_no_count);
    tcase_add_test(views, a_new_tensor_is_zero_and_contiguous);
    suite_add_tcase(suite, types);
    suite_add_tcase(suite, views);
    return suite;
}
