#include <check.h>
#include <math.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/run/matrices.h"

static const struct wck_warp sizes = {
    .source_width = 9, .source_height = 8, .output_width = 7, .output_height = 5};

static struct wck_matrices opened(const char *bytes, enum wck_direction direction)
{
    struct wck_matrices matrices;

    ck_assert_int_eq(wck_matrices_open(&matrices,
                                       scratch_file("a", bytes, strlen(bytes)), &sizes,
                                       direction, NULL),
                     WCK_OK);
    return matrices;
}

static bool next(struct wck_matrices *matrices, struct wck_map *map)
{
    struct wck_error err = {0};
    bool more = false;

    ck_assert_msg(wck_matrices_next(matrices, map, &more, &err) == WCK_OK, "%s",
                  err.text);
    return more;
}

START_TEST(a_line_is_a_matrix_and_the_rest_is_comment)
{
    struct wck_matrices matrices =
        opened("# all\n\n 1, 0.25 -3; 0 2 7 # first\n \t# none\n1 0 0 0 1 0\r\n",
               WCK_SOURCE_TO_OUTPUT);
    const double want[6] = {1, 0.25, -3, 0, 2, 7};
    struct wck_map map;

    ck_assert(next(&matrices, &map));
    ck_assert_int_eq(map.kind, WCK_MAP_AFFINE);
    ck_assert_int_eq(map.direction, WCK_SOURCE_TO_OUTPUT);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(map.matrix[i], want[i]);
    ck_assert(next(&matrices, &map));
    ck_assert(!next(&matrices, &map));
    wck_matrices_close(&matrices);
}
END_TEST

START_TEST(nine_numbers_with_a_last_row_of_0_0_w_are_six)
{
    struct wck_matrices matrices =
        opened("2 1 -6; 0 4 14; 0 0 2", WCK_OUTPUT_TO_SOURCE);
    const double want[6] = {1, 0.5, -3, 0, 2, 7};
    struct wck_map map;

    ck_assert(next(&matrices, &map));
    ck_assert_int_eq(map.kind, WCK_MAP_AFFINE);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(map.backward[i], want[i]);
    wck_matrices_close(&matrices);
}
END_TEST

/* By the definition: (x, y, 1) times the matrix, divided. */
START_TEST(a_homography_is_computed_sample_by_sample)
{
    struct wck_matrices matrices = opened("1 0.5 -3 0.25 2 1 0.03125 -0.0625 1\n"
                                          "1 0.5 -3 0.25 2 2 0.03125 -0.0625 1\n",
                                          WCK_OUTPUT_TO_SOURCE);
    struct wck_map map;

    for (double shift = 1.0; shift < 3.0; shift += 1.0) {
        ck_assert(next(&matrices, &map));
        ck_assert_int_eq(map.kind, WCK_MAP_COORDINATES);
        for (int s = 0; s < 7 * 5; s++) {
            double x = s % 7, y = s / 7;
            double w = 0.03125 * x - 0.0625 * y + 1.0;

            /* The terms are exact; one division is rounded on either side. */
            ck_assert_double_eq(map.x[s], (x + 0.5 * y - 3.0) / w);
            ck_assert_double_eq(map.y[s], (0.25 * x + 2.0 * y + shift) / w);
        }
    }
    wck_matrices_close(&matrices);
}
END_TEST

static const struct {
    const char *bytes, *part;
} hostile[] = {
    {"\n1 0 0 0 1", "line 2: not a matrix"},
    {"\n1 0 0 0 1 0 1", "line 2: not a matrix"},
    {"\n1 0 0 0 1 0 0 0 1 5", "line 2: not a matrix"},
    {"\none two", "line 2: not a matrix"},
    {"\n1 0 0 0 nan 0", "line 2: not a matrix"},
    {"\n1 0 0 0 1e999 0", "line 2: not a matrix"},
    {"\n1 2 0 2 4 0", "line 2: "},
    {"\n1 0 0 0 1 0 0 0 0", "line 2: "},
    {"\n1 0 0 0 1 0 1 0 -3", "line 2: the horizon"},
    {"\n1 0 0 0 1 0 0.1 0.1 1", "line 2: the horizon"},
    {"\n1 0 0 0 1 0 0 0.2223 -1", "line 2: the horizon"},
    {"\n1e300 0 0 0 1e300 0 0 0 1e-300", "line 2: "},
    {"\n1 1 1 1 1 1 1 1 1", "line 2: "},
};

START_TEST(a_line_of_no_use_is_named_with_the_reason)
{
    struct wck_matrices matrices = opened(hostile[_i].bytes, WCK_SOURCE_TO_OUTPUT);
    struct wck_error err = {0};
    struct wck_map map;
    bool more;

    ck_assert_int_eq(wck_matrices_next(&matrices, &map, &more, &err), WCK_FORMAT);
    ck_assert_msg(strstr(err.text, hostile[_i].part) != NULL, "%s", err.text);
    wck_matrices_close(&matrices);
}
END_TEST

Suite *wck_matrices_suite(void)
{
    Suite *suite = suite_create("matrices");
    TCase *tcase = tcase_create("matrices");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, a_line_is_a_matrix_and_the_rest_is_comment);
    tcase_add_test(tcase, nine_numbers_with_a_last_row_of_0_0_w_are_six);
    tcase_add_test(tcase, a_homography_is_computed_sample_by_sample);
    tcase_add_loop_test(tcase, a_line_of_no_use_is_named_with_the_reason, 0,
                        (int)(sizeof hostile / sizeof hostile[0]));
    suite_add_tcase(suite, tcase);
    return suite;
}
