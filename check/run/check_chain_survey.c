#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/run/chain_survey.h"

static struct wck_warp warp_of(const size_t source[2], const size_t output[2],
                               const double m[6], enum wck_direction direction)
{
    struct wck_warp warp = {
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find("constant"),
        .source_height = source[0],
        .source_width = source[1],
        .output_height = output[0],
        .output_width = output[1],
    };

    ck_assert_int_eq(wck_map_affine(&warp.map, m, direction, NULL), WCK_OK);
    return warp;
}

static struct wck_chain_survey_request request_of(const struct wck_warp *links,
                                                  size_t count)
{
    return (struct wck_chain_survey_request){
        .survey = {.warp = links,
                   .layout = "HWC",
                   .channels = 3,
                   .dtype = WCK_FLOAT32,
                   .uniform = 0.125},
        .links = links,
        .count = count,
    };
}

static struct wck_chain_survey run(const struct wck_chain_survey_request *request)
{
    struct wck_chain_survey survey;

    ck_assert_int_eq(wck_chain_survey_run(&survey, request, NULL), WCK_OK);
    return survey;
}

/* The warp that the row's options make of the first of the chain. */
static struct wck_warp obey(const struct wck_what_if *row, const struct wck_warp *first)
{
    struct wck_warp warp = *first;
    double m[6];

    ck_assert_int_eq(sscanf(row->options,
                            "--matrix '%lf %lf %lf; %lf %lf %lf' --output %zux%zu",
                            &m[0], &m[1], &m[2], &m[3], &m[4], &m[5],
                            &warp.output_height, &warp.output_width),
                     8);
    ck_assert_int_eq(wck_map_affine(&warp.map, m, first->map.direction, NULL), WCK_OK);
    return warp;
}

static void apply(const double backward[6], double at[2])
{
    double x = backward[0] * at[0] + backward[1] * at[1] + backward[2];

    at[1] = backward[3] * at[0] + backward[4] * at[1] + backward[5];
    at[0] = x;
}

/* Entries and coordinates are below 30, a product of three matrices and their inverses
 * (of determinants above 1/4) costs fewer than 100 roundings at 30^3. */
static void assert_goes_through_all(const struct wck_warp *once,
                                    const struct wck_warp *links, size_t count)
{
    double at[2] = {2.375, 4.625}, chain[2] = {2.375, 4.625};

    apply(once->map.backward, at);
    for (size_t k = count; k-- > 0;)
        apply(links[k].map.backward, chain);
    ck_assert_double_eq_tol(at[0], chain[0], 100.0 * 0x1p-53 * 27000.0);
    ck_assert_double_eq_tol(at[1], chain[1], 100.0 * 0x1p-53 * 27000.0);
}

static const double turn[6] = {0.8625, -0.5125, 4.375, 0.4875, 0.9125, -1.625};
static const double half[6] = {0.4875, 0.0625, 1.875, -0.0875, 0.6125, 0.625};
static const double move[6] = {1.0, 0.0, -2.375, 0.0, 1.0, 1.875};

START_TEST(the_count_of_resampling_once_is_that_of_a_run_of_its_options)
{
    enum wck_direction direction =
        _i % 2 == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE;
    size_t count = 2 + (size_t)_i / 2;
    const size_t size[4][2] = {{13, 17}, {11, 9}, {7, 10}, {8, 6}};
    const struct wck_warp links[3] = {warp_of(size[0], size[1], turn, direction),
                                      warp_of(size[1], size[2], half, direction),
                                      warp_of(size[2], size[3], move, direction)};
    struct wck_chain_survey_request request = request_of(links, count);
    struct wck_chain_survey survey = run(&request);
    struct wck_warp once;
    struct wck_coverage_request one = {
        .warp = &once, .channels = 3, .dtype = WCK_FLOAT32, .uniform = 0.125};
    struct wck_coverage coverage;

    ck_assert_uint_eq(survey.survey.what_ifs, 1);
    once = obey(survey.survey.what_if, &links[0]);
    ck_assert_uint_eq(once.output_height, size[count][0]);
    ck_assert_uint_eq(once.output_width, size[count][1]);
    assert_goes_through_all(&once, links, count);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &one, NULL), WCK_OK);
    ck_assert_uint_gt(coverage.pixels_covered, 0);
    ck_assert_uint_eq(survey.survey.what_if->pixels_covered, coverage.pixels_covered);
    ck_assert_uint_eq(survey.survey.what_if->entries_covered, coverage.entries_covered);
    for (size_t p = 0; p < coverage.pixels_total; p++)
        ck_assert_uint_eq(survey.survey.revived[p], coverage.pixel_reason[p] == 0);
    ck_assert_ptr_nonnull(strstr(survey.survey.notes[0], "Resampled once"));
    wck_coverage_release(&coverage);
    wck_chain_survey_release(&survey);
}
END_TEST

START_TEST(a_chain_of_one_has_nothing_to_put_together)
{
    const size_t size[2] = {7, 9};
    struct wck_warp warp = warp_of(size, size, turn, WCK_SOURCE_TO_OUTPUT);
    struct wck_chain_survey_request request = request_of(&warp, 1);
    struct wck_chain_survey survey = run(&request);
    struct wck_coverage_report report = wck_chain_survey_report(&survey, &request);

    ck_assert_uint_eq(survey.survey.what_ifs, 0);
    ck_assert_uint_eq(survey.survey.note_count, 0);
    ck_assert_ptr_eq(report.coverage, &survey.chain.coverage);
    ck_assert_uint_gt(report.coverage->pixels_covered, 0);
    wck_chain_survey_release(&survey);
}
END_TEST

/* 1e-150 and its square have determinants of 1e-300 and of 0. */
START_TEST(a_product_without_an_inverse_is_no_remedy)
{
    const double tiny[6] = {1e-150, 0.0, 1.0, 0.0, 1e-150, 1.0};
    const size_t size[2] = {7, 9};
    struct wck_warp warp = warp_of(size, size, tiny, WCK_SOURCE_TO_OUTPUT);
    struct wck_warp links[2] = {warp, warp};
    struct wck_chain_survey_request request = request_of(links, 2);
    struct wck_chain_survey survey = run(&request);

    ck_assert_uint_eq(survey.survey.what_ifs, 0);
    wck_chain_survey_release(&survey);
}
END_TEST

START_TEST(kernels_and_borders_are_said_of_each_warp_where_they_differ)
{
    const size_t size[2] = {7, 9};
    struct wck_warp warp = warp_of(size, size, turn, WCK_OUTPUT_TO_SOURCE);
    struct wck_warp links[2] = {warp, warp};
    struct wck_chain_survey_request request = request_of(links, 2);
    struct wck_chain_survey survey = run(&request);

    ck_assert_ptr_nonnull(strstr(survey.survey.convention,
                                 "7x9 -> 7x9, kernel bilinear, border constant"));
    wck_chain_survey_release(&survey);
    links[1].kernel = wck_kernel_find("nearest");
    survey = run(&request);
    ck_assert_ptr_nonnull(
        strstr(survey.survey.convention,
               "7x9 (bilinear, constant) -> 7x9 (nearest, constant)"));
    wck_chain_survey_release(&survey);
}
END_TEST

START_TEST(a_chain_that_does_not_fit_is_refused)
{
    const size_t size[2] = {7, 9}, other[2] = {9, 7};
    struct wck_warp links[2] = {warp_of(size, size, turn, WCK_OUTPUT_TO_SOURCE),
                                warp_of(other, size, turn, WCK_OUTPUT_TO_SOURCE)};
    struct wck_chain_survey_request request = request_of(links, 2);
    struct wck_chain_survey survey;

    ck_assert_int_eq(wck_chain_survey_run(&survey, &request, NULL), WCK_INVALID);
    wck_chain_survey_release(&survey);
}
END_TEST

Suite *wck_chain_survey_suite(void)
{
    Suite *suite = suite_create("chain_survey");
    TCase *tcase = tcase_create("chain_survey");

    tcase_add_loop_test(
        tcase, the_count_of_resampling_once_is_that_of_a_run_of_its_options, 0, 4);
    tcase_add_test(tcase, a_chain_of_one_has_nothing_to_put_together);
    tcase_add_test(tcase, a_product_without_an_inverse_is_no_remedy);
    tcase_add_test(tcase, kernels_and_borders_are_said_of_each_warp_where_they_differ);
    tcase_add_test(tcase, a_chain_that_does_not_fit_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
