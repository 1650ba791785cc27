#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/report/reader.h"
#include "check/report/scene.h"
#include "check/suites.h"
#include "src/report/page_numbers.h"

START_TEST(the_numbers_are_those_of_the_coverage_to_the_last_bit)
{
    static const char *const names[] = {"state", "magnitude", "weight", "reads",
                                        "revived"};
    struct scene scene;
    struct wck_text page;
    const struct wck_coverage *c = &scene.survey.coverage;
    uint64_t *read[5];

    scene_story(&scene);
    page = scene_write(&scene, "html");
    for (size_t i = 0; i < 5; i++)
        read[i] = reader_numbers(&page, names[i], c->pixels_total);
    for (size_t p = 0; p < c->pixels_total; p++) {
        ck_assert_uint_eq(read[0][p], c->pixel_reason[p]);
        ck_assert_double_eq(reader_double(read[1][p]), c->magnitude[p]);
        ck_assert_double_eq(reader_double(read[2][p]), c->weight[p]);
        ck_assert_uint_eq(read[3][p], c->reads[p]);
        ck_assert_uint_eq(read[4][p], scene.survey.revived[p]);
    }
    for (size_t i = 0; i < 5; i++)
        free(read[i]);
    ck_assert_uint_eq(reader_count(&page, "data-name=\"error\""), 0);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(a_recorded_gradient_has_its_error_in_the_page)
{
    struct scene scene;
    struct wck_text page;
    uint64_t *error;

    scene_faults(&scene);
    page = scene_write(&scene, "html");
    error = reader_numbers(&page, "error", 63);
    ck_assert(isinf(reader_double(error[4 * 7 + 3])));
    ck_assert_double_eq(reader_double(error[8 * 7]), 2.5);
    for (size_t p = 0; p < 63; p++)
        ck_assert_double_eq(reader_double(error[p]), scene.survey.coverage.error[p]);
    free(error);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

/* Output (3, 4) of the story reads pixel (3, 0) of the image's first row under border
 * replicate, and the weights of each output add up to 1. */
START_TEST(the_taps_are_in_the_page)
{
    struct scene scene;
    struct wck_text page;
    uint64_t *start, *pixel, *weight;
    size_t count;

    scene_story(&scene);
    page = scene_write(&scene, "html");
    start = reader_numbers(&page, "start", 4097);
    count = (size_t)start[4096];
    pixel = reader_numbers(&page, "pixel", count);
    weight = reader_numbers(&page, "tap", count);
    for (size_t s = 0; s < 4096; s++) {
        double sum = 0.0;

        for (uint64_t t = start[s]; t < start[s + 1]; t++) {
            ck_assert_uint_lt(pixel[t], 4096);
            sum += reader_double(weight[t]);
        }
        ck_assert_double_eq(sum, 1.0);
    }
    /* The frame's corners: the output's, moved by (-10, -20). */
    reader_assert_says(&page,
                       "data-frame=\"-10.5 -20.5 53.5 -20.5 53.5 43.5 -10.5 43.5\"");
    free(start);
    free(pixel);
    free(weight);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

/* The page takes the frame of the report, which has none in numbers that are no pixels.
 */
START_TEST(a_matrix_in_the_librarys_own_units_has_no_frame)
{
    const double half[6] = {0.5, 0, 0, 0, 0.5, 0};
    struct scene scene;
    struct wck_text page;

    scene_story(&scene);
    wck_survey_release(&scene.survey);
    ck_assert_int_eq(wck_map_affine(&scene.warp.map, half, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    scene.warp.map.output_units = wck_units_row(1);
    scene.warp.map.source_units = wck_units_row(1);
    ck_assert_ptr_nonnull(scene.warp.map.source_units);
    scene.request.what_if = false;
    ck_assert_int_eq(wck_survey_run(&scene.survey, &scene.request, NULL), WCK_OK);
    scene.report = wck_survey_report(&scene.survey, &scene.request);
    scene.report.image_name = "64x64x3";
    scene.report.command = "again";
    page = scene_write(&scene, "html");
    ck_assert_uint_eq(reader_count(&page, "data-frame"), 0);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(a_batch_of_matrices_has_neither_frame_nor_taps)
{
    const double other[6] = {1, 0, -3, 0, 1, 5};
    struct scene scene;
    struct wck_text page;
    struct wck_warp items[2];

    scene_story(&scene);
    wck_survey_release(&scene.survey);
    items[0] = items[1] = scene.warp;
    ck_assert_int_eq(wck_map_affine(&items[1].map, other, WCK_SOURCE_TO_OUTPUT, NULL),
                     WCK_OK);
    scene.request.items = items;
    scene.request.batch = 2;
    scene.request.layout = "NHWC";
    scene.request.what_if = false;
    ck_assert_int_eq(wck_survey_run(&scene.survey, &scene.request, NULL), WCK_OK);
    scene.report = wck_survey_report(&scene.survey, &scene.request);
    scene.report.image_name = "2x64x64x3";
    scene.report.command = "again";
    page = scene_write(&scene, "html");
    ck_assert_uint_eq(reader_count(&page, "data-frame"), 0);
    ck_assert_uint_eq(reader_count(&page, "data-name=\"start\""), 0);
    ck_assert_uint_eq(reader_count(&page, "data-name=\"state\""), 1);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(numbers_that_are_too_many_come_in_larger_blocks)
{
    struct scene scene;
    struct wck_page_numbers whole, less, least;

    scene_story(&scene);
    ck_assert_int_eq(wck_page_numbers_make(&whole, &scene.report, 1000000, NULL),
                     WCK_OK);
    ck_assert_uint_eq(whole.cells.block, 1);
    ck_assert(whole.taps);
    scene.report.warp = NULL;
    ck_assert_int_eq(wck_page_numbers_make(&less, &scene.report, 900, NULL), WCK_OK);
    ck_assert_uint_gt(less.cells.block, 1);
    ck_assert_uint_le(less.text.size, 900);
    ck_assert(!less.taps);
    ck_assert_int_eq(wck_page_numbers_make(&least, &scene.report, 1, NULL), WCK_OK);
    ck_assert_uint_eq(least.cells.block, 64);
    ck_assert_uint_eq(least.cells.revived[0],
                      (UINT32_C(1) << scene.report.what_ifs) - 1);
    wck_page_numbers_release(&whole);
    wck_page_numbers_release(&less);
    wck_page_numbers_release(&least);
    scene_release(&scene);
}
END_TEST

START_TEST(a_large_image_is_shown_in_blocks_and_says_so)
{
    struct scene scene;
    struct wck_text page;
    uint64_t *state;
    size_t covered = 0;

    scene_large(&scene, 3, 4500);
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "a block of 2x2 pixels");
    reader_assert_says(&page, "data-width=\"2250\" data-height=\"2\" data-block=\"2\"");
    reader_assert_says(&page, "For the numbers of every pixel add");
    state = reader_numbers(&page, "state", 4500);
    for (size_t i = 0; i < 4500; i++)
        covered += state[i] == WCK_COVERED;
    ck_assert_uint_eq(covered, 1);
    free(state);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(the_page_of_a_megapixel_stays_within_a_few_megabytes)
{
    struct scene scene;
    struct wck_text page;

    scene_large(&scene, 1024, 1024);
    page = scene_write(&scene, "html");
    ck_assert_uint_lt(page.size, 4000000);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

Suite *wck_page_numbers_suite(void)
{
    Suite *suite = suite_create("page_numbers");
    TCase *tcase = tcase_create("page_numbers");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, the_numbers_are_those_of_the_coverage_to_the_last_bit);
    tcase_add_test(tcase, a_recorded_gradient_has_its_error_in_the_page);
    tcase_add_test(tcase, the_taps_are_in_the_page);
    tcase_add_test(tcase, a_matrix_in_the_librarys_own_units_has_no_frame);
    tcase_add_test(tcase, a_batch_of_matrices_has_neither_frame_nor_taps);
    tcase_add_test(tcase, numbers_that_are_too_many_come_in_larger_blocks);
    tcase_add_test(tcase, a_large_image_is_shown_in_blocks_and_says_so);
    tcase_add_test(tcase, the_page_of_a_megapixel_stays_within_a_few_megabytes);
    suite_add_tcase(suite, tcase);
    return suite;
}
