#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/suites.h"
#include "reference/convention.h"
#include "src/base/rng.h"
#include "src/coverage/frame.h"

static struct wck_warp warp_of(size_t source_width, size_t source_height,
                               size_t output_width, size_t output_height)
{
    return (struct wck_warp){
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find("constant"),
        .source_width = source_width,
        .source_height = source_height,
        .output_width = output_width,
        .output_height = output_height,
    };
}

static void set_matrix(struct wck_warp *warp, enum wck_direction direction, double a,
                       double b, double c, double d, double e, double f)
{
    const double m[6] = {a, b, c, d, e, f};

    ck_assert_int_eq(wck_map_affine(&warp->map, m, direction, NULL), WCK_OK);
}

static bool contains(const struct wck_warp *warp, size_t x, size_t y)
{
    struct wck_frame frame;
    bool inside;

    ck_assert_int_eq(wck_frame_init(&frame, warp, NULL), WCK_OK);
    inside = wck_frame_contains(&frame, x, y);
    wck_frame_release(&frame);
    return inside;
}

START_TEST(a_shift_moves_the_frame)
{
    struct wck_warp warp = warp_of(64, 60, 40, 30);

    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, 1, 0, -10, 0, 1, -20);
    ck_assert(contains(&warp, 10, 20));
    ck_assert(!contains(&warp, 9, 20));
    ck_assert(!contains(&warp, 10, 19));
    ck_assert(contains(&warp, 49, 49));
    ck_assert(!contains(&warp, 50, 49));
    ck_assert(!contains(&warp, 49, 50));
}
END_TEST

/* All samples on a line, which no library minds from output to source: the frame is
 * the segment from the pixel-edge rectangle's one corner to the opposite one. */
START_TEST(the_frame_of_a_singular_matrix_is_the_segment_that_its_samples_lie_on)
{
    static const double m[6] = {0.5, 1.0, 3.25, 0.25, 0.5, 10.125};
    struct wck_warp warp = warp_of(64, 60, 8, 6);

    ck_assert_int_eq(
        wck_map_matrix(&warp.map, WCK_MAP_AFFINE, 2, m, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    /* From (2.5, 9.75) to (12.5, 14.75). */
    ck_assert(contains(&warp, 3, 10));
    ck_assert(contains(&warp, 11, 14));
    ck_assert(!contains(&warp, 1, 9));
    ck_assert(!contains(&warp, 13, 15));
    ck_assert(!contains(&warp, 3, 11));
    ck_assert(!contains(&warp, 0, 0));
    ck_assert(!contains(&warp, 63, 59));
}
END_TEST

/* OpenCV lets every sample read (0, 0) there, so that the output looks at nothing else.
 */
START_TEST(the_frame_of_a_singular_matrix_by_opencvs_rule_is_one_point)
{
    static const double m[6] = {1.0, 2.0, 3.0, 2.0, 4.0, 6.0};
    const struct wck_choices choices = {.align_corners = -1, .axes = 2};
    struct wck_warp warp = warp_of(64, 60, 32, 30);

    ck_assert_int_eq(wck_convention_matrix(wck_convention_find("opencv.warpAffine"),
                                           &choices, m, 2, 3, &warp, NULL),
                     WCK_OK);
    ck_assert(contains(&warp, 0, 0));
    ck_assert(!contains(&warp, 1, 0));
    ck_assert(!contains(&warp, 2, 3));
}
END_TEST

START_TEST(the_frame_is_closed_in_both_directions)
{
    struct wck_warp warp = warp_of(64, 60, 32, 30);

    /* Output x = x/2 + 1/2: source column 62 lies at 31 1/2, the right edge. */
    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, 0.5, 0, 0.5, 0, 0.5, 0.5);
    ck_assert(contains(&warp, 62, 58));
    ck_assert(!contains(&warp, 63, 58));
    ck_assert(!contains(&warp, 62, 59));
    set_matrix(&warp, WCK_OUTPUT_TO_SOURCE, 2, 0, -1, 0, 2, -1);
    ck_assert(contains(&warp, 62, 58));
    ck_assert(!contains(&warp, 63, 58));
    ck_assert(!contains(&warp, 62, 59));
}
END_TEST

START_TEST(an_edge_that_decimals_only_nearly_hit_counts_as_inside)
{
    struct wck_warp warp = warp_of(400, 400, 30, 7);

    /* 0.1 x + 0.3 = 29.5 at x = 292; 0.7 y + 0.9 = 6.5 at y = 8. */
    set_matrix(&warp, WCK_SOURCE_TO_OUTPUT, 0.1, 0, 0.3, 0, 0.7, 0.9);
    ck_assert(contains(&warp, 292, 8));
    ck_assert(!contains(&warp, 293, 8));
    ck_assert(!contains(&warp, 292, 9));
    /* x = 3.3 X - 0.35 meets 97 at X = 29.5; y = 1.1 Y - 0.15 meets 7 at Y = 6.5. */
    set_matrix(&warp, WCK_OUTPUT_TO_SOURCE, 3.3, 0, -0.35, 0, 1.1, -0.15);
    ck_assert(contains(&warp, 97, 7));
    ck_assert(!contains(&warp, 98, 7));
    ck_assert(!contains(&warp, 97, 8));
}
END_TEST

/* Samples of an affine map as a coordinate map have the same frame.  The matrices have
 * many digits, so that no centre lies near an edge. */
static void compare_random_frames(int i)
{
    struct wck_rng rng = wck_rng_start(20260301, (uint64_t)i);
    struct wck_warp warp = warp_of(23, 17, 2 + (size_t)wck_rng_below(&rng, 7),
                                   2 + (size_t)wck_rng_below(&rng, 7));
    struct wck_warp same = warp;
    double x[64], y[64], m[6];
    struct wck_frame affine, cells;

    for (int k = 0; k < 6; k++)
        m[k] = 3.0 * wck_rng_gaussian(&rng);
    m[2] += 11.0;
    m[5] += 8.0;
    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    for (size_t s = 0; s < wck_warp_samples(&warp); s++) {
        double column = (double)(s % warp.output_width);
        double row = (double)(s / warp.output_width);

        x[s] = m[0] * column + m[1] * row + m[2];
        y[s] = m[3] * column + m[4] * row + m[5];
    }
    same.map = wck_map_coordinates(x, y);
    ck_assert_int_eq(wck_frame_init(&affine, &warp, NULL), WCK_OK);
    ck_assert_int_eq(wck_frame_init(&cells, &same, NULL), WCK_OK);
    for (size_t p = 0; p < 23 * 17; p++)
        ck_assert_msg(wck_frame_contains(&affine, p % 23, p / 23) ==
                          wck_frame_contains(&cells, p % 23, p / 23),
                      "pixel (%zu, %zu)", p % 23, p / 23);
    wck_frame_release(&affine);
    wck_frame_release(&cells);
}

START_TEST(a_coordinate_map_of_affine_samples_has_the_affine_frame)
{
    for (int i = 0; i < 200; i++)
        compare_random_frames(i);
}
END_TEST

START_TEST(half_a_cell_more_all_round_belongs_to_the_frame)
{
    const double x[] = {4, 8, 4, 8}, y[] = {3, 3, 9, 9};
    struct wck_warp warp = warp_of(20, 20, 2, 2);

    warp.map = wck_map_coordinates(x, y);
    ck_assert(contains(&warp, 2, 0));
    ck_assert(contains(&warp, 10, 12));
    ck_assert(contains(&warp, 6, 5));
    ck_assert(!contains(&warp, 1, 5));
    ck_assert(!contains(&warp, 11, 5));
    ck_assert(!contains(&warp, 6, 13));
}
END_TEST

START_TEST(a_single_sample_has_a_frame_of_one_source_pixel)
{
    const double x = 4.25, y = 7.75;
    struct wck_warp warp = warp_of(20, 20, 1, 1);

    warp.map = wck_map_coordinates(&x, &y);
    ck_assert(contains(&warp, 4, 8));
    ck_assert(!contains(&warp, 5, 8));
    ck_assert(!contains(&warp, 4, 7));
}
END_TEST

START_TEST(a_cell_with_a_corner_that_is_not_finite_is_left_out)
{
    double x[] = {2, 6, 10, 2, 6, 10}, y[] = {3, 3, 3, 9, 9, 9};
    struct wck_warp warp = warp_of(20, 20, 3, 2);

    x[5] = (double)NAN;
    warp.map = wck_map_coordinates(x, y);
    ck_assert(contains(&warp, 4, 5));
    ck_assert(!contains(&warp, 8, 5));
    y[0] = (double)INFINITY;
    ck_assert(!contains(&warp, 4, 5));
}
END_TEST

START_TEST(cells_far_outside_the_image_are_no_part_of_it)
{
    const double x[] = {-1e18, -9e17, 1e300, 1e301}, y[] = {-40, 1e12, -1e300, 70};
    struct wck_warp warp = warp_of(6, 5, 2, 2);
    struct wck_frame frame;

    warp.map = wck_map_coordinates(x, y);
    ck_assert_int_eq(wck_frame_init(&frame, &warp, NULL), WCK_OK);
    wck_frame_release(&frame);
    ck_assert_ptr_null(frame.inside);
}
END_TEST

START_TEST(samples_all_on_one_line_frame_the_pixels_on_it)
{
    const double x[] = {1, 3, 5, 7, 9, 11}, y[] = {4, 4, 4, 4, 4, 4};
    struct wck_warp warp = warp_of(20, 20, 3, 2);

    warp.map = wck_map_coordinates(x, y);
    ck_assert(contains(&warp, 6, 4));
    ck_assert(!contains(&warp, 6, 5));
    ck_assert(!contains(&warp, 6, 3));
}
END_TEST

Suite *wck_frame_suite(void)
{
    Suite *suite = suite_create("frame");
    TCase *tcase = tcase_create("frame");

    tcase_add_test(tcase, a_shift_moves_the_frame);
    tcase_add_test(
        tcase, the_frame_of_a_singular_matrix_is_the_segment_that_its_samples_lie_on);
    tcase_add_test(tcase, the_frame_of_a_singular_matrix_by_opencvs_rule_is_one_point);
    tcase_add_test(tcase, the_frame_is_closed_in_both_directions);
    tcase_add_test(tcase, an_edge_that_decimals_only_nearly_hit_counts_as_inside);
    tcase_add_test(tcase, a_coordinate_map_of_affine_samples_has_the_affine_frame);
    tcase_add_test(tcase, half_a_cell_more_all_round_belongs_to_the_frame);
    tcase_add_test(tcase, a_single_sample_has_a_frame_of_one_source_pixel);
    tcase_add_test(tcase, a_cell_with_a_corner_that_is_not_finite_is_left_out);
    tcase_add_test(tcase, cells_far_outside_the_image_are_no_part_of_it);
    tcase_add_test(tcase, samples_all_on_one_line_frame_the_pixels_on_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
