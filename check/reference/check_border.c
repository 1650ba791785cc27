/* Every row of the border registry: against the picture of it, and against the oracle's
 * explicit reflections. */
#include <check.h>
#include <string.h>

#include "check/oracle/oracle.h"
#include "check/suites.h"
#include "reference/border.h"

static const struct wck_border *row(int i)
{
    const struct wck_border *border = wck_border_row((size_t)i);

    ck_assert_ptr_nonnull(border);
    return border;
}

/* Indices -8 .. 11 of an axis of four pixels a b c d; '.' is the border value. */
static const struct {
    const char *name, *picture;
} pictures[] = {
    {"constant", "........abcd........"}, {"replicate", "aaaaaaaaabcddddddddd"},
    {"reflect", "abcddcbaabcddcbaabcd"},  {"reflect_101", "cbabcdcbabcdcbabcdcb"},
    {"wrap", "abcdabcdabcdabcdabcd"},
};

static const char *picture_of(const char *name)
{
    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        if (strcmp(pictures[i].name, name) == 0)
            return pictures[i].picture;
    }
    return "no picture";
}

START_TEST(a_row_is_complete_and_found_by_its_name)
{
    const struct wck_border *border = row(_i);

    ck_assert_ptr_eq(wck_border_find(border->name), border);
    ck_assert_uint_gt(strlen(border->summary), 0);
    ck_assert_int_eq(strncmp(border->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_is_no_row_beyond_the_last_and_no_unknown_name)
{
    ck_assert_ptr_null(wck_border_row(wck_border_count()));
    ck_assert_ptr_null(wck_border_find("transparent"));
    ck_assert_ptr_null(wck_border_find(""));
}
END_TEST

START_TEST(four_pixels_are_continued_as_in_the_picture)
{
    const struct wck_border *border = row(_i);
    char got[21] = "";

    for (int i = -8; i < 12; i++) {
        ptrdiff_t at = border->fold(i, 4);

        got[i + 8] = at == WCK_BORDER_VALUE ? '.' : (char)('a' + at);
    }
    ck_assert_str_eq(got, picture_of(border->name));
}
END_TEST

START_TEST(indices_inside_stay)
{
    for (size_t n = 1; n <= 7; n++) {
        for (size_t i = 0; i < n; i++)
            ck_assert_int_eq(row(_i)->fold((int64_t)i, n), (ptrdiff_t)i);
    }
}
END_TEST

START_TEST(a_fold_lands_inside_and_folding_again_changes_nothing)
{
    const struct wck_border *border = row(_i);

    for (size_t n = 1; n <= 7; n++) {
        for (int64_t i = -40; i <= 40; i++) {
            ptrdiff_t at = border->fold(i, n);

            if (at == WCK_BORDER_VALUE) {
                ck_assert(i < 0 || i >= (int64_t)n);
                continue;
            }
            ck_assert(at >= 0 && at < (ptrdiff_t)n);
            ck_assert_int_eq(border->fold(at, n), at);
        }
    }
}
END_TEST

START_TEST(a_fold_repeats_with_its_period_and_not_before)
{
    const struct wck_border *border = row(_i);

    for (size_t n = 1; n <= 7; n++) {
        int64_t period = border->period(n);

        for (int64_t i = -40; i <= 40 && period > 0; i++) {
            ck_assert_int_eq(border->fold(i + period, n), border->fold(i, n));
            ck_assert_int_eq(border->fold(i - 1000003 * period, n), border->fold(i, n));
        }
        for (int64_t less = 1; less < (period > 0 ? period : 40); less++) {
            bool same = true;

            for (int64_t i = -40; i <= 40; i++)
                same = same && border->fold(i + less, n) == border->fold(i, n);
            ck_assert_msg(!same || (period == 0 && n == 1) ||
                              (strcmp(border->name, "reflect") == 0 && n == 1),
                          "%s repeats with %d for n = %zu", border->name, (int)less, n);
        }
    }
}
END_TEST

START_TEST(a_single_pixel_is_all_there_is_to_read)
{
    const struct wck_border *border = row(_i);

    for (int64_t i = -9; i <= 9; i++) {
        if (strcmp(border->name, "constant") == 0 && i != 0)
            ck_assert_int_eq(border->fold(i, 1), WCK_BORDER_VALUE);
        else
            ck_assert_int_eq(border->fold(i, 1), 0);
    }
}
END_TEST

static void compare_with_oracle(const struct wck_border *border, int64_t i, size_t n)
{
    int want = oracle_border(border->name, (__float128)i, 0, (int)n);

    ck_assert_msg(border->fold(i, n) == want, "%s: %lld of %zu: %td, want %d",
                  border->name, (long long)i, n, border->fold(i, n), want);
}

START_TEST(folds_are_those_of_explicit_reflections)
{
    static const int64_t far[] = {INT64_C(0x7fffffff), INT64_C(0x100000000),
                                  INT64_C(1) << 53, INT64_C(3) << 60,
                                  INT64_C(1000000000000000000)};

    for (size_t n = 1; n <= 11; n++) {
        for (int64_t i = -70; i <= 70; i++) {
            compare_with_oracle(row(_i), i, n);
            for (size_t k = 0; k < sizeof far / sizeof far[0]; k++) {
                compare_with_oracle(row(_i), far[k] + i, n);
                compare_with_oracle(row(_i), -far[k] + i, n);
            }
        }
    }
}
END_TEST

/* What an int32_t on the machine holds of i. */
static int64_t in_32_bits(int64_t i)
{
    uint32_t bits = (uint32_t)(uint64_t)i;

    return bits < 0x80000000u ? (int64_t)bits : (int64_t)bits - INT64_C(0x100000000);
}

/* |w(i + s) mod 2s - s|, s = n - 1; 0 where that is none. */
static int64_t mirrored(int64_t i, int64_t n)
{
    int64_t s = n - 1, rest;

    if (s == 0)
        return 0;
    rest = in_32_bits(i + s) % (2 * s);
    rest = (rest < 0 ? rest + 2 * s : rest) - s;
    return rest < 0 ? -rest : rest;
}

static int64_t narrow_want(const char *border, int64_t i, int64_t n)
{
    i = in_32_bits(i);
    if (strcmp(border, "reflect_101") == 0)
        return mirrored(i, n);
    if (strcmp(border, "reflect") == 0)
        return (mirrored(in_32_bits(2 * i + 1), 2 * n + 1) - 1) / 2;
    if (strcmp(border, "wrap") == 0)
        return (i % n + n) % n;
    if (strcmp(border, "replicate") == 0)
        return i < 0 ? 0 : i < n ? i : n - 1;
    return i < 0 || i >= n ? WCK_BORDER_VALUE : i;
}

START_TEST(narrow_indices_wrap_around_as_machine_integers_do)
{
    static const int64_t around[] = {0, INT64_C(1) << 30, -(INT64_C(1) << 30),
                                     INT64_C(1) << 31, -(INT64_C(1) << 31)};
    const struct wck_border *border = row(_i);

    for (size_t n = 1; n <= 11; n++) {
        for (size_t k = 0; k < sizeof around / sizeof around[0]; k++) {
            for (int64_t i = around[k] - 40; i <= around[k] + 40; i++)
                ck_assert_int_eq(border->fold(border->narrow(i, n), n),
                                 narrow_want(border->name, i, (int64_t)n));
        }
        for (int64_t i = -70; i <= 70; i++)
            ck_assert_int_eq(border->narrow(i, n), i);
    }
}
END_TEST

Suite *wck_border_suite(void)
{
    int rows = (int)wck_border_count();
    Suite *suite = suite_create("border");
    TCase *tcase = tcase_create("border");

    tcase_add_loop_test(tcase, a_row_is_complete_and_found_by_its_name, 0, rows);
    tcase_add_test(tcase, there_is_no_row_beyond_the_last_and_no_unknown_name);
    tcase_add_loop_test(tcase, four_pixels_are_continued_as_in_the_picture, 0, rows);
    tcase_add_loop_test(tcase, indices_inside_stay, 0, rows);
    tcase_add_loop_test(tcase, a_fold_lands_inside_and_folding_again_changes_nothing, 0,
                        rows);
    tcase_add_loop_test(tcase, a_fold_repeats_with_its_period_and_not_before, 0, rows);
    tcase_add_loop_test(tcase, a_single_pixel_is_all_there_is_to_read, 0, rows);
    tcase_add_loop_test(tcase, folds_are_those_of_explicit_reflections, 0, rows);
    tcase_add_loop_test(tcase, narrow_indices_wrap_around_as_machine_integers_do, 0,
                        rows);
    suite_add_tcase(suite, tcase);
    return suite;
}
