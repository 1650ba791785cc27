#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/base/text.h"
#include "src/io/file.h"
#include "src/io/npy.h"
#include "src/io/npz.h"

static const char spec[] = "{\"convention\": \"some.warp\"}";

/* The .npy bytes of {first, 2, 3}. */
static struct wck_text array_bytes(double first)
{
    double values[] = {first, 2.0, 3.0};
    struct wck_tensor tensor =
        wck_tensor_contiguous(values, WCK_FLOAT64, 1, (const size_t[]){3});
    struct wck_text text = {0};

    ck_assert_int_eq(wck_npy_encode(&tensor, &text, NULL), WCK_OK);
    return text;
}

/* An archive of two arrays, `a` and `b`, and a text. */
static const char *good_archive(void)
{
    double values[] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
    struct wck_tensor tensor =
        wck_tensor_contiguous(values, WCK_FLOAT64, 2, (const size_t[]){2, 3});
    struct wck_npz npz = {0};
    const char *path = scratch_path("good.npz");

    ck_assert_int_eq(wck_npz_add_array(&npz, "a", &tensor, NULL), WCK_OK);
    tensor.stride[0] = 1; /* the transpose */
    tensor.stride[1] = 3;
    tensor.shape[0] = 3;
    tensor.shape[1] = 2;
    ck_assert_int_eq(wck_npz_add_array(&npz, "b", &tensor, NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_add_text(&npz, "spec.json", spec, NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_write(&npz, path, NULL), WCK_OK);
    wck_npz_release(&npz);
    return path;
}

static void expect_rejected(const char *path, const char *why)
{
    struct wck_npz npz;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_npz_read(path, &npz, &err), WCK_FORMAT);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0 &&
                      strstr(err.text, why) != NULL,
                  "'%s' does not say '%s'", err.text, why);
    wck_npz_release(&npz);
}

/* Writes an archive with one member as it is given, by libzip alone. */
static const char *archive_of(const char *name, const void *bytes, size_t size,
                              zip_int32_t method, zip_uint16_t encryption)
{
    const char *path = scratch_path("one.npz");
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    zip_int64_t index = zip_file_add(zip, name, zip_source_buffer(zip, bytes, size, 0),
                                     ZIP_FL_ENC_UTF_8);

    ck_assert_int_ge(index, 0);
    ck_assert_int_eq(zip_set_file_compression(zip, (zip_uint64_t)index, method, 0), 0);
    if (encryption != ZIP_EM_NONE)
        ck_assert_int_eq(
            zip_file_set_encryption(zip, (zip_uint64_t)index, encryption, "secret"), 0);
    ck_assert_int_eq(zip_close(zip), 0);
    return path;
}

/* The file as bytes to be tampered with. */
static unsigned char *load(const char *path, size_t *size)
{
    void *bytes;

    ck_assert_int_eq(wck_file_read(path, &bytes, size, NULL), WCK_OK);
    return bytes;
}

/* Where the archive has `bytes` for the n-th time. */
static unsigned char *locate(unsigned char *in, size_t size, const char *bytes,
                             size_t length, int n)
{
    unsigned char *at = in;

    for (;;) {
        at = memmem(at, size - (size_t)(at - in), bytes, length);
        ck_assert_ptr_nonnull(at);
        if (n-- == 0)
            return at;
        at++;
    }
}

static void put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

START_TEST(what_was_written_is_read)
{
    struct wck_npz npz;
    const struct wck_tensor *a, *b;
    struct wck_error err = {0};

    ck_assert_msg(wck_npz_read(good_archive(), &npz, &err) == WCK_OK, "%s", err.text);
    ck_assert_uint_eq(npz.count, 3);
    a = wck_npz_array(&npz, "a");
    b = wck_npz_array(&npz, "b");
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    for (ptrdiff_t i = 0; i < 6; i++) {
        ck_assert_double_eq(wck_tensor_get(a, i), (double)(i + 1));
        ck_assert_double_eq(wck_tensor_get(b, i % 3 * 2 + i / 3), (double)(i + 1));
    }
    ck_assert_str_eq(wck_npz_text(&npz, "spec.json"), spec);
    ck_assert_ptr_null(wck_npz_array(&npz, "spec.json"));
    ck_assert_ptr_null(wck_npz_array(&npz, "a.npy"));
    ck_assert_ptr_null(wck_npz_text(&npz, "a"));
    wck_npz_release(&npz);
}
END_TEST

START_TEST(an_archive_is_the_same_bytes_each_time)
{
    size_t size, again;
    unsigned char *first = load(good_archive(), &size);
    unsigned char *second = load(good_archive(), &again);

    ck_assert_uint_eq(size, again);
    ck_assert_mem_eq(first, second, size);
    free(first);
    free(second);
}
END_TEST

START_TEST(an_empty_text_is_a_text)
{
    struct wck_npz npz;

    ck_assert_int_eq(
        wck_npz_read(archive_of("e.json", "", 0, ZIP_CM_STORE, 0), &npz, NULL), WCK_OK);
    ck_assert_str_eq(wck_npz_text(&npz, "e.json"), "");
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_name_can_be_added_once)
{
    double value = 2.385;
    struct wck_tensor tensor = wck_tensor_contiguous(&value, WCK_FLOAT64, 0, NULL);
    struct wck_npz npz = {0};

    ck_assert_int_eq(wck_npz_add_array(&npz, "a", &tensor, NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_add_array(&npz, "a", &tensor, NULL), WCK_INVALID);
    ck_assert_int_eq(wck_npz_add_text(&npz, "a.json", "1", NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_add_text(&npz, "a.json", "2", NULL), WCK_INVALID);
    ck_assert_uint_eq(npz.count, 2);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(an_archive_that_cannot_be_written_says_so)
{
    struct wck_npz npz = {0};
    struct wck_error err = {0};

    ck_assert_int_eq(wck_npz_add_text(&npz, "a.json", "1", NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_write(&npz, scratch_path("no/such.npz"), &err), WCK_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "no/such.npz: No such file"));
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_missing_archive_or_a_folder_is_an_error_of_input)
{
    struct wck_npz npz;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_npz_read(scratch_path("none.npz"), &npz, &err), WCK_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "none.npz: No such file"));
    ck_assert_int_eq(wck_npz_read(scratch_path(""), &npz, NULL), WCK_IO);
}
END_TEST

START_TEST(what_is_no_zip_is_rejected)
{
    expect_rejected(scratch_file("text.npz", "hello", 5), "no .npz archive");
    expect_rejected(scratch_file("empty.npz", "", 0), "no .npz archive");
}
END_TEST

START_TEST(an_archive_cut_short_anywhere_is_rejected)
{
    size_t size;
    unsigned char *whole = load(good_archive(), &size);

    for (size_t part = 0; part < size; part++)
        expect_rejected(scratch_file("part.npz", whole, part), ": ");
    free(whole);
}
END_TEST

START_TEST(one_damaged_byte_never_does_more_than_fail)
{
    size_t size;
    unsigned char *whole = load(good_archive(), &size);

    for (size_t i = 0; i < size; i++) {
        struct wck_npz npz;
        unsigned char was = whole[i];

        whole[i] = (unsigned char)(was ^ (1 << i % 8));
        wck_npz_read(scratch_file("bad.npz", whole, size), &npz, NULL);
        wck_npz_release(&npz);
        whole[i] = was;
    }
    free(whole);
}
END_TEST

START_TEST(other_members_are_rejected)
{
    expect_rejected(archive_of("a.txt", "x", 1, ZIP_CM_STORE, 0), "'a.txt' is neither");
    expect_rejected(archive_of("folder/", "", 0, ZIP_CM_STORE, 0), "is neither");
    expect_rejected(archive_of(".npy", "", 0, ZIP_CM_STORE, 0), "is neither");
    expect_rejected(archive_of("a\nb.npy", "", 0, ZIP_CM_STORE, 0), "without a name");
}
END_TEST

START_TEST(an_array_that_is_none_is_named)
{
    expect_rejected(archive_of("a.npy", "hello", 5, ZIP_CM_STORE, 0),
                    ": a.npy: is no .npy");
}
END_TEST

START_TEST(a_text_with_a_zero_byte_is_rejected)
{
    expect_rejected(archive_of("a.json", "{\0}", 3, ZIP_CM_STORE, 0), "zero byte");
}
END_TEST

START_TEST(an_encrypted_member_is_rejected)
{
    struct wck_text bytes = array_bytes(1.0);

    expect_rejected(
        archive_of("a.npy", bytes.data, bytes.size, ZIP_CM_STORE, ZIP_EM_TRAD_PKWARE),
        "'a.npy' is encrypted");
    wck_text_release(&bytes);
}
END_TEST

START_TEST(a_checksum_that_disagrees_is_rejected)
{
    struct wck_text bytes = array_bytes(1.0);
    size_t size;
    unsigned char *whole =
        load(archive_of("a.npy", bytes.data, bytes.size, ZIP_CM_STORE, 0), &size);

    /* The first value's last byte. */
    locate(whole, size, "\0\0\0\0\0\0\xf0\x3f", 8, 0)[7] = 0x40;
    expect_rejected(scratch_file("crc.npz", whole, size), "'a.npy' is damaged (CRC");
    wck_text_release(&bytes);
    free(whole);
}
END_TEST

START_TEST(a_name_that_occurs_twice_is_rejected)
{
    size_t size;
    unsigned char *whole = load(good_archive(), &size);

    /* In the local header and in the directory. */
    locate(whole, size, "b.npy", 5, 0)[0] = 'a';
    locate(whole, size, "b.npy", 5, 0)[0] = 'a';
    expect_rejected(scratch_file("twice.npz", whole, size), "'a.npy' is there twice");
    free(whole);
}
END_TEST

/* An archive whose directory says that its only member unpacks to `said` bytes. */
static const char *archive_lying(uint32_t said)
{
    struct wck_text bytes = array_bytes(1.0);
    size_t size;
    unsigned char *whole =
        load(archive_of("a.npy", bytes.data, bytes.size, ZIP_CM_DEFLATE, 0), &size);
    const char *path;

    put32(locate(whole, size, "PK\1\2", 4, 0) + 24, said);
    put32(locate(whole, size, "PK\3\4", 4, 0) + 22, said);
    path = scratch_file("liar.npz", whole, size);
    wck_text_release(&bytes);
    free(whole);
    return path;
}

START_TEST(a_member_that_lies_about_its_size_is_rejected)
{
    expect_rejected(archive_lying(10), "longer than");
    expect_rejected(archive_lying(1000000000), "shorter than");
    expect_rejected(archive_lying(2000000000), "more than 1 GiB");
}
END_TEST

START_TEST(an_unknown_compression_is_rejected)
{
    struct wck_text bytes = array_bytes(1.0);
    size_t size;
    unsigned char *whole =
        load(archive_of("a.npy", bytes.data, bytes.size, ZIP_CM_DEFLATE, 0), &size);

    locate(whole, size, "PK\1\2", 4, 0)[10] = 77;
    locate(whole, size, "PK\3\4", 4, 0)[8] = 77;
    expect_rejected(scratch_file("method.npz", whole, size), "'a.npy' is damaged");
    wck_text_release(&bytes);
    free(whole);
}
END_TEST

START_TEST(more_members_than_any_recording_has_are_rejected)
{
    const char *path = scratch_path("many.npz");
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);

    for (int i = 0; i < 1001; i++) {
        char name[32];

        snprintf(name, sizeof name, "%d.json", i);
        ck_assert_int_ge(zip_file_add(zip, name, zip_source_buffer(zip, "1", 1, 0), 0),
                         0);
    }
    ck_assert_int_eq(zip_close(zip), 0);
    expect_rejected(path, "more than 1000 members");
}
END_TEST

Suite *wck_npz_suite(void)
{
    Suite *suite = suite_create("npz");
    TCase *tests = tcase_create("npz");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, what_was_written_is_read);
    tcase_add_test(tests, an_archive_is_the_same_bytes_each_time);
    tcase_add_test(tests, an_empty_text_is_a_text);
    tcase_add_test(tests, a_name_can_be_added_once);
    tcase_add_test(tests, an_archive_that_cannot_be_written_says_so);
    tcase_add_test(tests, a_missing_archive_or_a_folder_is_an_error_of_input);
    tcase_add_test(tests, what_is_no_zip_is_rejected);
    tcase_add_test(tests, an_archive_cut_short_anywhere_is_rejected);
    tcase_add_test(tests, one_damaged_byte_never_does_more_than_fail);
    tcase_add_test(tests, other_members_are_rejected);
    tcase_add_test(tests, an_array_that_is_none_is_named);
    tcase_add_test(tests, a_text_with_a_zero_byte_is_rejected);
    tcase_add_test(tests, an_encrypted_member_is_rejected);
    tcase_add_test(tests, a_checksum_that_disagrees_is_rejected);
    tcase_add_test(tests, a_name_that_occurs_twice_is_rejected);
    tcase_add_test(tests, a_member_that_lies_about_its_size_is_rejected);
    tcase_add_test(tests, an_unknown_compression_is_rejected);
    tcase_add_test(tests, more_members_than_any_recording_has_are_rejected);
    suite_add_tcase(suite, tests);
    return suite;
}
