#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/io/npy.h"

/* The bytes of a file of the given version, header and data. */
static struct wck_text make(int version, const char *header, const void *data,
                            size_t size)
{
    size_t length = strlen(header);
    const char prefix[] = {(char)version,        0, (char)(length % 256),
                           (char)(length / 256), 0, 0};
    struct wck_text text = {0};

    wck_text_append(&text, "\x93NUMPY", 6);
    wck_text_append(&text, prefix, version == 1 ? 4 : 6);
    wck_text_append(&text, header, length);
    wck_text_append(&text, data, size);
    return text;
}

/* A header as NumPy writes it. */
static const char *header(const char *descr, const char *order, const char *shape)
{
    static char text[400];

    snprintf(text, sizeof text,
             "{'descr': %s, 'fortran_order': %s, 'shape': %s, }   \n", descr, order,
             shape);
    return text;
}

static void expect_rejected(struct wck_text *bytes, const char *why)
{
    struct wck_tensor tensor;
    struct wck_error err = {0};

    ck_assert_int_eq(
        wck_npy_decode("some.npy", bytes->data, bytes->size, &tensor, &err),
        WCK_FORMAT);
    ck_assert_ptr_null(tensor.data);
    ck_assert_msg(strncmp(err.text, "some.npy: ", 10) == 0 &&
                      strstr(err.text, why) != NULL,
                  "'%s' does not say '%s'", err.text, why);
    wck_text_release(bytes);
}

static struct wck_tensor decode(struct wck_text *bytes)
{
    struct wck_tensor tensor;
    struct wck_error err = {0};

    ck_assert_msg(wck_npy_decode("some.npy", bytes->data, bytes->size, &tensor, &err) ==
                      WCK_OK,
                  "%s", err.text);
    wck_text_release(bytes);
    return tensor;
}

static double at(const struct wck_tensor *tensor, size_t i, size_t j)
{
    return wck_tensor_get(tensor, (ptrdiff_t)i * tensor->stride[0] +
                                      (ptrdiff_t)j * tensor->stride[1]);
}

/* Values that every type can hold. */
static double sample(enum wck_dtype dtype, size_t i)
{
    static const double values[] = {1.0, 0.0, 2.0, 117.0, 64.0, 7.0};

    return dtype == WCK_BOOL ? (double)(i % 2) : values[i];
}

START_TEST(every_type_comes_back_as_it_was_encoded)
{
    const enum wck_dtype dtype = (enum wck_dtype)_i;
    const size_t shape[] = {2, 3};
    struct wck_tensor tensor, again;
    struct wck_text bytes = {0};

    ck_assert_int_eq(wck_tensor_new(&tensor, dtype, 2, shape, NULL), WCK_OK);
    for (size_t i = 0; i < 6; i++)
        wck_tensor_set(&tensor, (ptrdiff_t)i, sample(dtype, i));
    ck_assert_int_eq(wck_npy_encode(&tensor, &bytes, NULL), WCK_OK);
    ck_assert_uint_eq((bytes.size - 6 * wck_dtype_row(dtype)->size) % 64, 0);
    again = decode(&bytes);
    ck_assert_int_eq(again.dtype, dtype);
    ck_assert_int_eq(again.rank, 2);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(at(&again, i / 3, i % 3), sample(dtype, i));
    free(tensor.data);
    free(again.data);
}
END_TEST

START_TEST(every_type_is_read_from_a_big_endian_machine)
{
    const enum wck_dtype dtype = (enum wck_dtype)_i;
    const struct wck_dtype_row *row = wck_dtype_row(dtype);
    const size_t shape[] = {5};
    struct wck_tensor tensor, again;
    struct wck_text bytes = {0}, swapped;
    char type[8];

    if (row->size == 1)
        return;
    ck_assert_int_eq(wck_tensor_new(&tensor, dtype, 1, shape, NULL), WCK_OK);
    for (size_t i = 0; i < 5; i++)
        wck_tensor_set(&tensor, (ptrdiff_t)i, sample(dtype, i));
    ck_assert_int_eq(wck_npy_encode(&tensor, &bytes, NULL), WCK_OK);
    for (size_t i = 0; i < 5; i++) {
        char *one = bytes.data + bytes.size - (i + 1) * row->size;

        for (size_t k = 0; k < row->size / 2; k++) {
            char c = one[k];

            one[k] = one[row->size - 1 - k];
            one[row->size - 1 - k] = c;
        }
    }
    snprintf(type, sizeof type, "'>%s'", row->code);
    swapped = make(1, header(type, "False", "(5,)"),
                   bytes.data + bytes.size - 5 * row->size, 5 * row->size);
    again = decode(&swapped);
    for (size_t i = 0; i < 5; i++)
        ck_assert_double_eq(wck_tensor_get(&again, (ptrdiff_t)i), sample(dtype, i));
    wck_text_release(&bytes);
    free(tensor.data);
    free(again.data);
}
END_TEST

START_TEST(sixty_four_bit_integers_keep_every_bit)
{
    static const int64_t values[] = {INT64_MAX, INT64_MIN, -9007199254740993};
    struct wck_text bytes =
        make(1, header("'<i8'", "False", "(3,)"), values, sizeof values);
    struct wck_text again = {0};
    struct wck_tensor tensor = decode(&bytes);

    ck_assert_mem_eq(tensor.data, values, sizeof values);
    ck_assert_int_eq(wck_npy_encode(&tensor, &again, NULL), WCK_OK);
    ck_assert_mem_eq(again.data + again.size - sizeof values, values, sizeof values);
    wck_text_release(&again);
    free(tensor.data);
}
END_TEST

START_TEST(a_fortran_ordered_array_keeps_its_order_by_strides)
{
    static const float columns[] = {1, 4, 2, 5, 3, 6};
    struct wck_text bytes =
        make(1, header("'<f4'", "True", "(2, 3)"), columns, sizeof columns);
    struct wck_tensor tensor = decode(&bytes);

    ck_assert_int_eq(tensor.stride[0], 1);
    ck_assert_int_eq(tensor.stride[1], 2);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(at(&tensor, i / 3, i % 3), (double)(i + 1));
    free(tensor.data);
}
END_TEST

START_TEST(any_strides_are_encoded_in_c_order)
{
    double values[] = {9, 1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6};
    struct wck_tensor tensor = {.data = values + 11, .dtype = WCK_FLOAT64, .rank = 2};
    struct wck_text bytes = {0};
    struct wck_tensor again;

    tensor.shape[0] = 2;
    tensor.shape[1] = 3;
    tensor.stride[0] = -2;
    tensor.stride[1] = -4;
    ck_assert_int_eq(wck_npy_encode(&tensor, &bytes, NULL), WCK_OK);
    again = decode(&bytes);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(at(&again, i / 3, i % 3), at(&tensor, i / 3, i % 3));
    ck_assert_double_eq(at(&again, 0, 1), 4.0);
    free(again.data);
}
END_TEST

START_TEST(versions_1_to_3_are_read)
{
    static const double value = 2.385;
    struct wck_text bytes = make(_i, header("'<f8'", "False", "()"), &value, 8);
    struct wck_tensor tensor = decode(&bytes);

    ck_assert_int_eq(tensor.rank, 0);
    ck_assert_double_eq(wck_tensor_get(&tensor, 0), value);
    free(tensor.data);
}
END_TEST

START_TEST(an_empty_array_is_an_array)
{
    struct wck_text bytes = make(1, header("'<f4'", "False", "(3, 0, 5)"), "", 0);
    struct wck_text again = {0};
    struct wck_tensor tensor = decode(&bytes);

    ck_assert_uint_eq(wck_tensor_count(&tensor), 0);
    ck_assert_uint_eq(tensor.shape[2], 5);
    ck_assert_ptr_nonnull(tensor.data);
    ck_assert_int_eq(wck_npy_encode(&tensor, &again, NULL), WCK_OK);
    wck_text_release(&again);
    free(tensor.data);
}
END_TEST

START_TEST(headers_of_other_writers_are_read)
{
    static const char *const headers[] = {
        "{\"shape\":(2L,1L),\"descr\":\"|i1\",\"fortran_order\":False}",
        "  { 'fortran_order' : False ,\n'descr':'|i1','shape' : ( 2 , 1 , ) , } \n\n",
    };
    struct wck_text bytes = make(1, headers[_i], "\x05\xfe", 2);
    struct wck_tensor tensor = decode(&bytes);

    ck_assert_int_eq(tensor.rank, 2);
    ck_assert_double_eq(wck_tensor_get(&tensor, 1), -2.0);
    free(tensor.data);
}
END_TEST

/* Headers that no array of numbers has, and what is said of each. */
static const struct {
    const char *descr, *order, *shape, *why;
} bad_headers[] = {
    {"'|O'", "False", "(2,)", "object"},
    {"[('x', '<f4')]", "False", "(2,)", "records"},
    {"'<c8'", "False", "(2,)", "'<c8'"},
    {"'<U5'", "False", "(2,)", "'<U5'"},
    {"'<M8[ns]'", "False", "(2,)", "'<M8[ns]'"},
    {"'<f16'", "False", "(2,)", "'<f16'"},
    {"'|f4'", "False", "(2,)", "'|f4'"},
    {"'f4'", "False", "(2,)", "'f4'"},
    {"''", "False", "(2,)", "type ''"},
    {"'<f4", "False", "(2,)", "type '<f4, '"},
    {"'<f4444444444444444444444'", "False", "(2,)", "no type"},
    {"'\033[31m'", "False", "(2,)", "no type"},
    {"<f4", "False", "(2,)", "no type"},
    {"'<f4'", "Falsely", "(2,)", "truth value"},
    {"'<f4'", "0", "(2,)", "truth value"},
    {"'<f4'", "False", "2", "no tuple"},
    {"'<f4'", "False", "[2]", "no tuple"},
    {"'<f4'", "False", "(2.0,)", "no size"},
    {"'<f4'", "False", "(-2,)", "no size"},
    {"'<f4'", "False", "(2 3)", "no size"},
    {"'<f4'", "False", "(,)", "no size"},
    {"'<f4'", "False", "('2',)", "no size"},
    {"'<f4'", "False", "(0x2,)", "no size"},
    {"'<f4'", "False", "(99999999999999999999,)", "no size"},
    {"'<f4'", "False", "(2,", "no size"},
    {"'<f4'", "False", "(1,1,1,1,1,1,2)", "more than 6 axes"},
    {"'<f4'", "False", "(9000000000000000000,)", "cut short"},
    {"'<f4'", "False", "(4294967296, 4294967296)", "cut short"},
    {"'<f8'", "False", "(2147483648, 2147483648, 2)", "cut short"},
    {"'<f4'", "False", "(0, 4294967296, 4294967296)", "cut short"},
    {"'<f4'", "False", "(3,)", "cut short"},
    {"'<f4'", "False", "(1,)", "asks for 4"},
    {"'<f4'", "False", "(0,)", "asks for 0"},
    {"'<f4', 'descr': '<f4'", "False", "(2,)", "or one twice"},
    {"'<f4', 'more': 1", "False", "(2,)", "unknown key"},
    {"'<f4', 'descrdescrdescrdescr': 1", "False", "(2,)", "no dict"},
    {"'<f4' 'x'", "False", "(2,)", "no dict"},
    {"'<f4'", "False", "(2,)} + {", "goes on"},
};

START_TEST(a_header_that_no_array_of_numbers_has_is_rejected)
{
    static const float data[] = {1, 2};
    struct wck_text bytes = make(
        1, header(bad_headers[_i].descr, bad_headers[_i].order, bad_headers[_i].shape),
        data, sizeof data);

    expect_rejected(&bytes, bad_headers[_i].why);
}
END_TEST

START_TEST(a_header_without_one_of_its_keys_is_rejected)
{
    struct wck_text bytes =
        make(1, "{'descr': '<f4', 'fortran_order': False}", "1234", 4);

    expect_rejected(&bytes, "no 'shape'");
    bytes = make(1, "[]", "1234", 4);
    expect_rejected(&bytes, "no dict");
    bytes = make(1, "", "1234", 4);
    expect_rejected(&bytes, "no dict");
}
END_TEST

START_TEST(a_version_from_the_future_is_rejected)
{
    struct wck_text bytes = make(4, header("'<f4'", "False", "(1,)"), "1234", 4);

    expect_rejected(&bytes, "version 4.0");
}
END_TEST

START_TEST(a_file_cut_short_anywhere_is_rejected)
{
    static const double data[] = {1, 2, 3};

    for (int version = 1; version <= 2; version++) {
        struct wck_text whole =
            make(version, header("'<f8'", "False", "(3,)"), data, sizeof data);

        for (size_t size = 0; size < whole.size; size++) {
            struct wck_text part = {0};

            wck_text_append(&part, whole.data, size);
            expect_rejected(&part, size < 6 ? "no .npy" : "cut short");
        }
        wck_text_release(&whole);
    }
}
END_TEST

START_TEST(one_damaged_byte_never_does_more_than_fail)
{
    static const double data[] = {1, 2, 3};
    struct wck_text whole = make(1, header("'<f8'", "False", "(3,)"), data, 24);

    for (size_t i = 0; i < whole.size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            struct wck_tensor tensor;

            whole.data[i] = (char)(whole.data[i] ^ 1 << bit);
            if (wck_npy_decode("x", whole.data, whole.size, &tensor, NULL) == WCK_OK)
                ck_assert_uint_le(wck_tensor_count(&tensor) *
                                      wck_dtype_row(tensor.dtype)->size,
                                  whole.size);
            free(tensor.data);
            whole.data[i] = (char)(whole.data[i] ^ 1 << bit);
        }
    }
    wck_text_release(&whole);
}
END_TEST

START_TEST(a_file_is_read_by_its_path)
{
    struct wck_text bytes = make(1, header("'|u1'", "False", "(2,)"), "\x07\xff", 2);
    const char *path = scratch_file("a.npy", bytes.data, bytes.size);
    struct wck_tensor tensor;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_npy_read(path, &tensor, NULL), WCK_OK);
    ck_assert_double_eq(wck_tensor_get(&tensor, 1), 255.0);
    free(tensor.data);
    ck_assert_int_eq(wck_npy_read(scratch_path("none.npy"), &tensor, &err), WCK_IO);
    ck_assert_ptr_null(tensor.data);
    ck_assert_ptr_nonnull(strstr(err.text, "none.npy: No such file"));
    wck_text_release(&bytes);
}
END_TEST

START_TEST(a_text_that_failed_stays_failed)
{
    struct wck_text text = {.failed = true};
    const double value = 2.385;
    struct wck_tensor tensor = {.data = (void *)(uintptr_t)&value};

    ck_assert_int_eq(wck_npy_encode(&tensor, &text, NULL), WCK_NO_MEMORY);
}
END_TEST

START_TEST(sixty_four_bit_integers_saturate_and_round_half_to_even)
{
    ck_assert_double_eq(wck_dtype_round(WCK_INT64, 1e30), 0x1p63);
    ck_assert_double_eq(wck_dtype_round(WCK_INT64, -1e30), -0x1p63);
    ck_assert_double_eq(wck_dtype_round(WCK_UINT64, 1e30), 0x1p64);
    ck_assert_double_eq(wck_dtype_round(WCK_UINT64, -3.0), 0.0);
    ck_assert_double_eq(wck_dtype_round(WCK_UINT64, 2.5), 2.0);
    ck_assert_double_eq(wck_dtype_round(WCK_INT64, -3.5), -4.0);
    ck_assert_double_eq(wck_dtype_round(WCK_INT64, (double)NAN), 0.0);
    ck_assert_double_eq(wck_dtype_round(WCK_UINT64, 0x1p64 - 2048.0), 0x1p64 - 2048.0);
    ck_assert_double_eq(wck_dtype_round(WCK_INT64, 0x1p63 - 1024.0), 0x1p63 - 1024.0);
}
END_TEST

Suite *wck_npy_suite(void)
{
    Suite *suite = suite_create("npy");
    TCase *tests = tcase_create("npy");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_loop_test(tests, every_type_comes_back_as_it_was_encoded, 0,
                        WCK_DTYPE_COUNT);
    tcase_add_loop_test(tests, every_type_is_read_from_a_big_endian_machine, 0,
                        WCK_DTYPE_COUNT);
    tcase_add_test(tests, sixty_four_bit_integers_keep_every_bit);
    tcase_add_test(tests, a_fortran_ordered_array_keeps_its_order_by_strides);
    tcase_add_test(tests, any_strides_are_encoded_in_c_order);
    tcase_add_loop_test(tests, versions_1_to_3_are_read, 1, 4);
    tcase_add_test(tests, an_empty_array_is_an_array);
    tcase_add_loop_test(tests, headers_of_other_writers_are_read, 0, 2);
    tcase_add_loop_test(tests, a_header_that_no_array_of_numbers_has_is_rejected, 0,
                        sizeof bad_headers / sizeof bad_headers[0]);
    tcase_add_test(tests, a_header_without_one_of_its_keys_is_rejected);
    tcase_add_test(tests, a_version_from_the_future_is_rejected);
    tcase_add_test(tests, a_file_cut_short_anywhere_is_rejected);
    tcase_add_test(tests, one_damaged_byte_never_does_more_than_fail);
    tcase_add_test(tests, a_file_is_read_by_its_path);
    tcase_add_test(tests, a_text_that_failed_stays_failed);
    tcase_add_test(tests, sixty_four_bit_integers_saturate_and_round_half_to_even);
    suite_add_tcase(suite, tests);
    return suite;
}
