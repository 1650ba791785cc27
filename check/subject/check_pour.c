/* Pouring: every byte arrives, wherever it is poured to, and the pattern is found
 * wherever it is, and nowhere else. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/subject/pour.h"

#define PATTERN UINT64_C(0x7ff4a5a5a5a5a5a5)
#define PAGE ((size_t)4096)

/* Bytes: none, less than a line, some lines and a rest, and more than caches keep. */
static const size_t sizes[] = {0, 8, 56, 1000, 8 * 1237, ((size_t)1 << 21) + 888};

#define SIZES (sizeof sizes / sizeof *sizes)

static const size_t widths[] = {2, 4, 8};

/* Where the copy begins in its page: aligned or not, before and behind the source. */
static const size_t places[] = {0, 16, 64, 2064, 4088};

#define PLACES (sizeof places / sizeof *places)

/* Nothing of it is the pattern, but some of its 16-bit units are a part of it. */
static unsigned char *make(size_t size)
{
    unsigned char *bytes = malloc(size + 1);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 7 % 251 % 128);
    return bytes;
}

static void pour(unsigned char *from, size_t size, size_t width, size_t place,
                 bool expected)
{
    unsigned char *room = aligned_alloc(PAGE, (size / PAGE + 3) * PAGE);
    unsigned char *to = room + PAGE + place;

    to[-1] = to[size] = 0x55;
    ck_assert(wck_pour(to, from, size / width, width, PATTERN) == expected);
    ck_assert_int_eq(memcmp(to, from, size), 0);
    ck_assert_int_eq(to[-1], 0x55);
    ck_assert_int_eq(to[size], 0x55);
    free(room);
}

START_TEST(every_byte_arrives_and_the_pattern_is_found_where_it_is)
{
    size_t size = sizes[(size_t)_i / 3], width = widths[_i % 3], count = size / width;
    const size_t at[] = {0, count / 2, count > 0 ? count - 1 : 0};
    const uint64_t pattern = PATTERN, other = PATTERN ^ (UINT64_C(1) << 61);
    unsigned char *bytes = make(size);

    for (size_t p = 0; p < PLACES; p++) {
        pour(bytes, size, width, places[p], false);
        ck_assert_uint_eq(wck_pour_find(bytes, count, width, PATTERN), count);
        for (size_t k = 0; k < 3 && count > 0; k++) {
            unsigned char kept[8];

            memcpy(kept, bytes + at[k] * width, width);
            memcpy(bytes + at[k] * width, &pattern, width);
            pour(bytes, size, width, places[p], true);
            ck_assert_uint_eq(wck_pour_find(bytes, count, width, PATTERN), at[k]);
            /* Of 64 bits half are not enough. */
            if (width == 8) {
                memcpy(bytes + at[k] * width, &other, width);
                pour(bytes, size, width, places[p], false);
            }
            memcpy(bytes + at[k] * width, kept, width);
        }
    }
    free(bytes);
}
END_TEST

START_TEST(single_bytes_are_found_too)
{
    unsigned char bytes[300] = {0};

    ck_assert_uint_eq(wck_pour_find(bytes, 300, 1, PATTERN), 300);
    bytes[299] = 0xa5;
    ck_assert_uint_eq(wck_pour_find(bytes, 300, 1, PATTERN), 299);
    bytes[7] = 0xa5;
    ck_assert_uint_eq(wck_pour_find(bytes, 300, 1, PATTERN), 7);
}
END_TEST

Suite *wck_pour_suite(void)
{
    Suite *suite = suite_create("pour");
    TCase *tcase = tcase_create("pour");

    tcase_add_loop_test(tcase, every_byte_arrives_and_the_pattern_is_found_where_it_is,
                        0, (int)(SIZES * 3));
    tcase_add_test(tcase, single_bytes_are_found_too);
    suite_add_tcase(suite, tcase);
    return suite;
}
