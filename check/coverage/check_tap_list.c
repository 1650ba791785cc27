#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/suites.h"
#include "src/coverage/coverage.h"
#include "src/coverage/tap_list.h"

static const double turned[6] = {0.83, 0.31, -1.7, -0.27, 1.21, 0.6};

static struct wck_warp warp_of(const char *kernel)
{
    struct wck_warp warp = {.kernel = wck_kernel_find(kernel),
                            .border = wck_border_find("constant"),
                            .source_height = 9,
                            .source_width = 11,
                            .output_height = 7,
                            .output_width = 8};

    ck_assert_int_eq(wck_map_affine(&warp.map, turned, WCK_SOURCE_TO_OUTPUT, NULL),
                     WCK_OK);
    return warp;
}

static const char *const kernels[] = {"nearest", "bilinear", "lanczos4", "area"};

/* The list is what coverage counts: how many outputs list a pixel, with what weight in
 * all.  A sum of so few weights, each at most 2, rounds to within their number of
 * units. */
START_TEST(the_list_has_the_taps_that_coverage_counts)
{
    struct wck_warp warp = warp_of(kernels[_i]);
    struct wck_coverage_request request = {
        .warp = &warp, .dtype = WCK_FLOAT64, .uniform = 1.0};
    struct wck_coverage coverage;
    struct wck_tap_list list;
    uint32_t reads[99] = {0};
    double weight[99] = {0};

    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_int_eq(wck_tap_list_make(&list, &warp, 100000, NULL), WCK_OK);
    ck_assert_uint_eq(list.samples, 56);
    ck_assert_uint_eq(list.start[0], 0);
    ck_assert_uint_eq(list.start[56], list.count);
    for (size_t s = 0; s < 56; s++) {
        for (size_t t = list.start[s]; t < list.start[s + 1]; t++) {
            ck_assert_uint_lt(list.pixel[t], 99);
            reads[list.pixel[t]]++;
            weight[list.pixel[t]] += fabs(list.weight[t]);
        }
    }
    for (size_t p = 0; p < 99; p++) {
        ck_assert_uint_eq(reads[p], coverage.reads[p]);
        ck_assert_double_le(fabs(weight[p] - coverage.weight[p]),
                            0x1p-52 * (double)(reads[p] * reads[p]));
    }
    wck_tap_list_release(&list);
    wck_coverage_release(&coverage);
}
END_TEST

START_TEST(a_list_that_would_be_too_long_stays_empty)
{
    struct wck_warp warp = warp_of("bilinear");
    struct wck_tap_list list;
    size_t count;

    ck_assert_int_eq(wck_tap_list_make(&list, &warp, 1000, NULL), WCK_OK);
    count = list.count;
    wck_tap_list_release(&list);
    ck_assert_uint_gt(count, 100);
    ck_assert_int_eq(wck_tap_list_make(&list, &warp, count, NULL), WCK_OK);
    ck_assert_uint_eq(list.count, count);
    wck_tap_list_release(&list);
    ck_assert_int_eq(wck_tap_list_make(&list, &warp, count - 1, NULL), WCK_OK);
    ck_assert_uint_eq(list.samples, 0);
    ck_assert_ptr_null(list.start);
    ck_assert_int_eq(wck_tap_list_make(&list, &warp, 55, NULL), WCK_OK);
    ck_assert_uint_eq(list.samples, 0);
}
END_TEST

START_TEST(a_prefilter_has_no_taps_to_list)
{
    struct wck_warp warp = warp_of("bilinear");
    struct wck_tap_list list;

    warp.prefilter = wck_prefilter_row(0);
    ck_assert_ptr_nonnull(warp.prefilter);
    ck_assert_int_eq(wck_tap_list_make(&list, &warp, 1000, NULL), WCK_OK);
    ck_assert_uint_eq(list.samples, 0);
    ck_assert_ptr_null(list.pixel);
}
END_TEST

Suite *wck_tap_list_suite(void)
{
    Suite *suite = suite_create("tap_list");
    TCase *tcase = tcase_create("tap_list");

    tcase_add_loop_test(tcase, the_list_has_the_taps_that_coverage_counts, 0,
                        sizeof kernels / sizeof *kernels);
    tcase_add_test(tcase, a_list_that_would_be_too_long_stays_empty);
    tcase_add_test(tcase, a_prefilter_has_no_taps_to_list);
    suite_add_tcase(suite, tcase);
    return suite;
}
