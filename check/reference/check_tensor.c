#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/tensor.h"
#include "src/base/rng.h"

static bool is_integer(enum wck_dtype dtype)
{
    return wck_dtype_row(dtype)->code[0] == 'u' || wck_dtype_row(dtype)->code[0] == 'i';
}

static double round_half(double value)
{
    return wck_dtype_round(WCK_FLOAT16, value);
}

/* ---- the registry ---- */

START_TEST(every_dtype_is_found_by_its_name)
{
    enum wck_dtype found = WCK_DTYPE_COUNT;
    const struct wck_dtype_row *row = wck_dtype_row((enum wck_dtype)_i);

    ck_assert(wck_dtype_find(row->name, &found));
    ck_assert_int_eq(found, _i);
    ck_assert_uint_eq(row->size, (size_t)(row->code[1] - '0'));
}
END_TEST

START_TEST(an_unknown_dtype_is_not_found)
{
    enum wck_dtype found = WCK_INT16;

    ck_assert(!wck_dtype_find("float128", &found));
    ck_assert(!wck_dtype_find("float", &found));
    ck_assert(!wck_dtype_find("", &found));
    ck_assert_int_eq(found, WCK_INT16);
}
END_TEST

START_TEST(no_dtype_has_no_value)
{
    double cell = 7.0;
    struct wck_tensor tensor = {.data = &cell, .dtype = WCK_DTYPE_COUNT};

    wck_tensor_set(&tensor, 0, 3.0);
    ck_assert(isnan(wck_tensor_get(&tensor, 0)));
    ck_assert_double_eq(cell, 7.0);
}
END_TEST

/* ---- rounding ---- */

START_TEST(every_dtype_keeps_zero_and_one)
{
    enum wck_dtype dtype = (enum wck_dtype)_i;

    ck_assert_double_eq(wck_dtype_round(dtype, 0.0), 0.0);
    ck_assert_double_eq(wck_dtype_round(dtype, -0.0), 0.0);
    ck_assert_double_eq(wck_dtype_round(dtype, 1.0), 1.0);
}
END_TEST

START_TEST(the_roundoff_of_a_float_is_half_the_gap_above_one)
{
    enum wck_dtype dtype = (enum wck_dtype)_i;
    double u = wck_dtype_row(dtype)->roundoff;

    if (is_integer(dtype) || dtype == WCK_BOOL) {
        ck_assert_double_eq(u, 0.0);
        return;
    }
    ck_assert_double_eq(wck_dtype_round(dtype, 1.0 + 2.0 * u), 1.0 + 2.0 * u);
    ck_assert_double_eq(wck_dtype_round(dtype, 1.0 + u), 1.0);
    ck_assert_double_eq(wck_dtype_round(dtype, 1.0 + 3.0 * u), 1.0 + 4.0 * u);
}
END_TEST

START_TEST(tiny_is_the_smallest_positive_number_a_dtype_holds)
{
    enum wck_dtype dtype = (enum wck_dtype)_i;
    double tiny = wck_dtype_row(dtype)->tiny;

    ck_assert_double_eq(wck_dtype_round(dtype, tiny), tiny);
    if (dtype != WCK_BOOL)
        ck_assert_double_eq(wck_dtype_round(dtype, tiny / 2.0), 0.0);
}
END_TEST

START_TEST(floats_overflow_to_infinity_and_keep_nan)
{
    ck_assert_double_eq(wck_dtype_round(WCK_FLOAT32, 1e39), (double)INFINITY);
    ck_assert_double_eq(wck_dtype_round(WCK_FLOAT32, -1e39), -(double)INFINITY);
    ck_assert(isnan(wck_dtype_round(WCK_FLOAT64, (double)NAN)));
    ck_assert(isnan(wck_dtype_round(WCK_FLOAT32, (double)NAN)));
    ck_assert(isnan(round_half((double)NAN)));
    ck_assert_double_eq(round_half((double)INFINITY), (double)INFINITY);
    ck_assert_double_eq(round_half(-(double)INFINITY), -(double)INFINITY);
}
END_TEST

START_TEST(halves_round_ties_to_even)
{
    ck_assert_double_eq(round_half(2049.0), 2048.0);
    ck_assert_double_eq(round_half(2051.0), 2052.0);
    ck_assert_double_eq(round_half(-2051.0), -2052.0);
    /* Just beside the tie, by less than a float32 could tell. */
    ck_assert_double_eq(round_half(2049.0 + 0x1p-30), 2050.0);
    ck_assert_double_eq(round_half(2051.0 - 0x1p-30), 2050.0);
    /* Up into the next binade. */
    ck_assert_double_eq(round_half(4095.0), 4096.0);
    ck_assert_double_eq(round_half(0x1.ffep-3), 0x1p-2);
}
END_TEST

START_TEST(halves_overflow_halfway_beyond_the_largest)
{
    ck_assert_double_eq(round_half(65504.0), 65504.0);
    ck_assert_double_eq(round_half(65519.999), 65504.0);
    ck_assert_double_eq(round_half(65520.0), (double)INFINITY);
    ck_assert_double_eq(round_half(-65520.0), -(double)INFINITY);
    ck_assert_double_eq(round_half(1e300), (double)INFINITY);
}
END_TEST

START_TEST(halves_pass_through_the_subnormals)
{
    ck_assert_double_eq(round_half(0x1p-24), 0x1p-24);
    ck_assert_double_eq(round_half(0x1p-25), 0.0);
    ck_assert_double_eq(round_half(0x1.8p-24), 0x1p-23);
    ck_assert_double_eq(round_half(0x1.4p-23), 0x1p-23);
    ck_assert_double_eq(round_half(-0x1.000001p-25), -0x1p-24);
    ck_assert_double_eq(round_half(0x3ffp-24), 0x3ffp-24);
    /* The largest subnormal and half a unit: a tie that becomes the least normal. */
    ck_assert_double_eq(round_half(0x7ffp-25), 0x1p-14);
    ck_assert_double_eq(round_half(5e-324), 0.0);
    ck_assert(signbit(round_half(-1e-300)));
}
END_TEST

/* A float of 16 bits, by its own definition: 2^f pieces a binade, exponents that begin
 * at `least` (the binade of the subnormals). */
struct small {
    enum wck_dtype dtype;
    int pieces, exponents, least;
};

static const struct small smalls[] = {{WCK_FLOAT16, 1024, 32, -14},
                                      {WCK_BFLOAT16, 128, 256, -126}};

/* +-(1 + fraction) 2^(e - 1 + least), or fraction 2^least for e = 0. */
static double decode_small(const struct small *kind, uint16_t bits)
{
    double sign = bits >= 0x8000 ? -1.0 : 1.0;
    double fraction = (double)(bits % kind->pieces) / kind->pieces;
    int exponent = bits / kind->pieces % kind->exponents;

    if (exponent == 0)
        return sign * ldexp(fraction, kind->least);
    return sign * ldexp(1.0 + fraction, exponent - 1 + kind->least);
}

START_TEST(every_small_float_is_read_and_written_back_and_its_neighbours_tie_to_even)
{
    const struct small *kind = &smalls[_i];

    for (uint32_t pattern = 0; pattern < 0x10000; pattern++) {
        uint16_t bits = (uint16_t)pattern, back = 0xffff;
        struct wck_tensor from = {.data = &bits, .dtype = kind->dtype};
        struct wck_tensor to = {.data = &back, .dtype = kind->dtype};
        double value = wck_tensor_get(&from, 0), next;

        if (bits / kind->pieces % kind->exponents == kind->exponents - 1) {
            ck_assert(bits % kind->pieces == 0 ? isinf(value) : isnan(value));
            wck_tensor_set(&to, 0, value);
            value = wck_tensor_get(&to, 0);
            ck_assert(bits % kind->pieces == 0 ? back == bits : isnan(value));
            continue;
        }
        ck_assert_double_eq(value, decode_small(kind, bits));
        wck_tensor_set(&to, 0, value);
        ck_assert_uint_eq(back, bits);
        /* Of the largest, the next is infinity, and the tie goes there. */
        next = decode_small(kind, (uint16_t)(bits + 1));
        wck_tensor_set(&to, 0, (value + next) / 2.0);
        ck_assert_uint_eq(back, bits % 2 == 0 ? bits : bits + 1u);
        wck_tensor_set(&to, 0, nextafter((value + next) / 2.0, value));
        ck_assert_uint_eq(back, bits);
    }
}
END_TEST

struct limits {
    enum wck_dtype dtype;
    double least, most;
};

static const struct limits limits[] = {
    {WCK_UINT64, 0, 0x1p64}, /* read as double, its largest is 2^64 */
    {WCK_INT64, -0x1p63, 0x1p63},
    {WCK_UINT8, 0, 255},
    {WCK_INT8, -128, 127},
    {WCK_UINT16, 0, 65535},
    {WCK_INT16, -32768, 32767},
    {WCK_UINT32, 0, 4294967295},
    {WCK_INT32, -2147483648, 2147483647},
};

START_TEST(integers_saturate_and_take_nan_for_zero)
{
    const struct limits *of = &limits[_i];

    ck_assert_double_eq(wck_dtype_round(of->dtype, of->most), of->most);
    ck_assert_double_eq(wck_dtype_round(of->dtype, of->least), of->least);
    ck_assert_double_eq(wck_dtype_round(of->dtype, of->most + 0.49), of->most);
    ck_assert_double_eq(wck_dtype_round(of->dtype, of->most + 1.0), of->most);
    ck_assert_double_eq(wck_dtype_round(of->dtype, of->least - 1.0), of->least);
    ck_assert_double_eq(wck_dtype_round(of->dtype, 1e300), of->most);
    ck_assert_double_eq(wck_dtype_round(of->dtype, -(double)INFINITY), of->least);
    ck_assert_double_eq(wck_dtype_round(of->dtype, (double)INFINITY), of->most);
    ck_assert_double_eq(wck_dtype_round(of->dtype, (double)NAN), 0.0);
}
END_TEST

START_TEST(integers_round_half_to_even)
{
    const struct limits *of = &limits[_i];

    ck_assert_double_eq(wck_dtype_round(of->dtype, 2.5), 2.0);
    ck_assert_double_eq(wck_dtype_round(of->dtype, 3.5), 4.0);
    ck_assert_double_eq(wck_dtype_round(of->dtype, nextafter(2.5, 3.0)), 3.0);
    ck_assert_double_eq(wck_dtype_round(of->dtype, 0.5), 0.0);
    ck_assert_double_eq(wck_dtype_round(of->dtype, of->least - 0.5), of->least);
    if (of->least < 0.0)
        ck_assert_double_eq(wck_dtype_round(of->dtype, -3.5), -4.0);
}
END_TEST

START_TEST(every_integer_dtype_is_among_the_limits)
{
    size_t integers = 0;

    for (int i = 0; i < WCK_DTYPE_COUNT; i++)
        integers += is_integer((enum wck_dtype)i);
    ck_assert_uint_eq(integers, sizeof limits / sizeof limits[0]);
}
END_TEST

START_TEST(bool_is_whether_a_value_is_not_zero)
{
    ck_assert_double_eq(wck_dtype_round(WCK_BOOL, 0.25), 1.0);
    ck_assert_double_eq(wck_dtype_round(WCK_BOOL, -5e-324), 1.0);
    ck_assert_double_eq(wck_dtype_round(WCK_BOOL, (double)NAN), 1.0);
    ck_assert_double_eq(wck_dtype_round(WCK_BOOL, -0.0), 0.0);
}
END_TEST

/* ---- views ---- */

START_TEST(a_contiguous_tensor_has_the_last_axis_innermost)
{
    const size_t shape[] = {2, 3, 5};
    float data[30];
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT32, 3, shape);

    ck_assert_int_eq(tensor.stride[0], 15);
    ck_assert_int_eq(tensor.stride[1], 5);
    ck_assert_int_eq(tensor.stride[2], 1);
    ck_assert_uint_eq(wck_tensor_count(&tensor), 30);
    ck_assert_ptr_eq(tensor.data, data);
}
END_TEST

START_TEST(a_count_is_one_for_a_scalar_and_stops_at_the_most)
{
    struct wck_tensor tensor = {.rank = 0};

    ck_assert_uint_eq(wck_tensor_count(&tensor), 1);
    tensor = (struct wck_tensor){.rank = 2, .shape = {SIZE_MAX / 2, 3}};
    ck_assert_uint_eq(wck_tensor_count(&tensor), SIZE_MAX);
    tensor = (struct wck_tensor){.rank = 3, .shape = {SIZE_MAX, 3, 0}};
    ck_assert_uint_eq(wck_tensor_count(&tensor), 0);
}
END_TEST

START_TEST(an_empty_tensor_may_have_any_other_sizes)
{
    const size_t shape[] = {0, (size_t)1 << 40, (size_t)1 << 40};
    struct wck_tensor tensor;

    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_UINT8, 3, shape, NULL), WCK_OK);
    ck_assert_uint_eq(wck_tensor_count(&tensor), 0);
    ck_assert_ptr_nonnull(tensor.data);
    free(tensor.data);
}
END_TEST

START_TEST(a_new_tensor_is_zero_and_one_too_large_is_refused)
{
    const size_t shape[] = {7, 3}, vast[] = {(size_t)1 << 31, (size_t)1 << 31};
    const size_t too_vast[] = {SIZE_MAX, SIZE_MAX};
    struct wck_error err = {0};
    struct wck_tensor tensor;

    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_INT16, 2, shape, &err), WCK_OK);
    for (ptrdiff_t i = 0; i < 21; i++)
        ck_assert_double_eq(wck_tensor_get(&tensor, i), 0.0);
    free(tensor.data);
    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_FLOAT64, 2, vast, &err),
                     WCK_NO_MEMORY);
    ck_assert_ptr_null(tensor.data);
    ck_assert_int_eq(err.status, WCK_NO_MEMORY);
    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_BOOL, 2, too_vast, NULL),
                     WCK_NO_MEMORY);
}
END_TEST

START_TEST(copying_follows_negative_and_zero_strides)
{
    double data[] = {11, 13, 17, 19, 23, 29}, got[12];
    const size_t shape[] = {2, 3, 2};
    /* Rows last to first, columns likewise, and a third axis that repeats. */
    struct wck_tensor from = {.data = &data[5],
                              .dtype = WCK_FLOAT64,
                              .rank = 3,
                              .shape = {2, 3, 2},
                              .stride = {-3, -1, 0}};
    struct wck_tensor to = wck_tensor_contiguous(got, WCK_FLOAT64, 3, shape);
    const double want[] = {29, 29, 23, 23, 19, 19, 17, 17, 13, 13, 11, 11};

    ck_assert_int_eq(wck_tensor_copy(&from, &to, NULL), WCK_OK);
    for (int i = 0; i < 12; i++)
        ck_assert_double_eq(got[i], want[i]);
}
END_TEST

START_TEST(copying_converts_between_any_two_dtypes)
{
    struct wck_rng rng = wck_rng_start(20260403, 0);
    const size_t shape[] = {3, 5};

    for (int other = 0; other < WCK_DTYPE_COUNT; other++) {
        struct wck_tensor from, to;

        ck_assert_int_eq(wck_tensor_new(&from, (enum wck_dtype)_i, 2, shape, NULL),
                         WCK_OK);
        ck_assert_int_eq(wck_tensor_new(&to, (enum wck_dtype)other, 2, shape, NULL),
                         WCK_OK);
        for (ptrdiff_t i = 0; i < 15; i++)
            wck_tensor_set(&from, i, 300.0 * wck_rng_gaussian(&rng));
        ck_assert_int_eq(wck_tensor_copy(&from, &to, NULL), WCK_OK);
        for (ptrdiff_t i = 0; i < 15; i++)
            ck_assert_double_eq(
                wck_tensor_get(&to, i),
                wck_dtype_round((enum wck_dtype)other, wck_tensor_get(&from, i)));
        free(from.data);
        free(to.data);
    }
}
END_TEST

START_TEST(copying_a_scalar_and_an_empty_tensor)
{
    float from_data = 2.385F, to_data = 0.0F;
    struct wck_tensor from = {.data = &from_data, .dtype = WCK_FLOAT32};
    struct wck_tensor to = {.data = &to_data, .dtype = WCK_FLOAT32};

    from.rank = to.rank = 1; /* of size 0 */
    ck_assert_int_eq(wck_tensor_copy(&from, &to, NULL), WCK_OK);
    ck_assert_double_eq((double)to_data, 0.0);
    from.rank = to.rank = 0;
    ck_assert_int_eq(wck_tensor_copy(&from, &to, NULL), WCK_OK);
    ck_assert_double_eq((double)to_data, (double)2.385F);
}
END_TEST

START_TEST(copying_between_shapes_is_refused)
{
    double data[6] = {0};
    const size_t wide[] = {2, 3}, tall[] = {3, 2};
    struct wck_tensor from = wck_tensor_contiguous(data, WCK_FLOAT64, 2, wide);
    struct wck_tensor to = wck_tensor_contiguous(data, WCK_FLOAT64, 2, tall);
    struct wck_error err = {0};

    ck_assert_int_eq(wck_tensor_copy(&from, &to, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "tensors of different shapes");
    to = wck_tensor_contiguous(data, WCK_FLOAT64, 1, wide);
    ck_assert_int_eq(wck_tensor_copy(&from, &to, NULL), WCK_INVALID);
}
END_TEST

static void add_views(Suite *suite)
{
    TCase *tcase = tcase_create("views");

    tcase_add_test(tcase, a_contiguous_tensor_has_the_last_axis_innermost);
    tcase_add_test(tcase, a_count_is_one_for_a_scalar_and_stops_at_the_most);
    tcase_add_test(tcase, an_empty_tensor_may_have_any_other_sizes);
    tcase_add_test(tcase, a_new_tensor_is_zero_and_one_too_large_is_refused);
    tcase_add_test(tcase, copying_follows_negative_and_zero_strides);
    tcase_add_loop_test(tcase, copying_converts_between_any_two_dtypes, 0,
                        WCK_DTYPE_COUNT);
    tcase_add_test(tcase, copying_a_scalar_and_an_empty_tensor);
    tcase_add_test(tcase, copying_between_shapes_is_refused);
    suite_add_tcase(suite, tcase);
}

Suite *wck_tensor_suite(void)
{
    int integers = (int)(sizeof limits / sizeof limits[0]);
    Suite *suite = suite_create("tensor");
    TCase *tcase = tcase_create("dtypes");

    tcase_add_loop_test(tcase, every_dtype_is_found_by_its_name, 0, WCK_DTYPE_COUNT);
    tcase_add_test(tcase, an_unknown_dtype_is_not_found);
    tcase_add_test(tcase, no_dtype_has_no_value);
    tcase_add_loop_test(tcase, every_dtype_keeps_zero_and_one, 0, WCK_DTYPE_COUNT);
    tcase_add_loop_test(tcase, the_roundoff_of_a_float_is_half_the_gap_above_one, 0,
                        WCK_DTYPE_COUNT);
    tcase_add_loop_test(tcase, tiny_is_the_smallest_positive_number_a_dtype_holds, 0,
                        WCK_DTYPE_COUNT);
    tcase_add_test(tcase, floats_overflow_to_infinity_and_keep_nan);
    tcase_add_test(tcase, halves_round_ties_to_even);
    tcase_add_test(tcase, halves_overflow_halfway_beyond_the_largest);
    tcase_add_test(tcase, halves_pass_through_the_subnormals);
    tcase_add_loop_test(
        tcase,
        every_small_float_is_read_and_written_back_and_its_neighbours_tie_to_even, 0,
        sizeof smalls / sizeof *smalls);
    tcase_add_loop_test(tcase, integers_saturate_and_take_nan_for_zero, 0, integers);
    tcase_add_loop_test(tcase, integers_round_half_to_even, 0, integers);
    tcase_add_test(tcase, every_integer_dtype_is_among_the_limits);
    tcase_add_test(tcase, bool_is_whether_a_value_is_not_zero);
    suite_add_tcase(suite, tcase);
    add_views(suite);
    return suite;
}
