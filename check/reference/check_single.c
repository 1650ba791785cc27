/* Arithmetics that are done bit by bit. */
#include <check.h>
#include <math.h>

#include "check/suites.h"
#include "reference/warp.h"

/* The coordinate (x) of the last sample of a row of `width`. */
static double last_x(const char *arithmetic, const struct wck_map *map, size_t width)
{
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("wrap"),
                            .map = *map,
                            .source_width = 7,
                            .source_height = 4,
                            .output_width = width,
                            .output_height = 1};
    struct wck_block block;
    double x;

    warp.arithmetic = wck_arithmetic_find(arithmetic);
    ck_assert_ptr_nonnull(warp.arithmetic);
    ck_assert_int_eq(wck_block_init(&block, &warp, width, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, width);
    x = block.x[width - 1];
    wck_block_release(&block);
    return x;
}

/* 1 + 2^-23 times 3 is 3 + 2^-23 + 2^-22, between two floats 2^-22 apart: half to even
 * gives 3 + 2^-21.  Adding 2^-24 to that changes nothing. */
START_TEST(stepwise_rounds_each_product_and_sum)
{
    const double matrix[6] = {1.0 + 0x1p-23, 0.0, 0x1p-24, 0.0, 1.0, 0.0};
    struct wck_map map;

    ck_assert_int_eq(wck_map_affine(&map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    ck_assert_double_eq(last_x("float32-stepwise", &map, 4), 3.0 + 0x1p-21);
    ck_assert_double_eq(last_x("float64", &map, 4), 3.0 + 3 * 0x1p-23 + 0x1p-24);
}
END_TEST

START_TEST(stepwise_divides_in_single_precision)
{
    const double matrix[9] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 3.0};
    struct wck_map map;

    ck_assert_int_eq(
        wck_map_matrix(&map, WCK_MAP_HOMOGRAPHY, 2, matrix, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    ck_assert_double_eq(last_x("float32-stepwise", &map, 2), (double)(1.0f / 3.0f));
}
END_TEST

START_TEST(denormals_are_flushed_and_what_is_normal_is_not)
{
    const double small = -0x1p-127, normal = -0x1p-126, zero = 0.0;
    struct wck_map map = wck_map_coordinates(&small, &zero);

    ck_assert_double_eq(last_x("float32-flushed", &map, 1), 0.0);
    ck_assert_double_eq(last_x("float64-flushed", &map, 1), small);
    map = wck_map_coordinates(&normal, &zero);
    ck_assert_double_eq(last_x("float32-flushed", &map, 1), normal);
}
END_TEST

Suite *wck_single_suite(void)
{
    Suite *suite = suite_create("single");
    TCase *tests = tcase_create("arithmetic");

    tcase_add_test(tests, stepwise_rounds_each_product_and_sum);
    tcase_add_test(tests, stepwise_divides_in_single_precision);
    tcase_add_test(tests, denormals_are_flushed_and_what_is_normal_is_not);
    suite_add_tcase(suite, tests);
    return suite;
}
