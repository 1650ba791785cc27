/* Every reason has a witness: a scene in which one chosen pixel has exactly it. */
#include <check.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/coverage/coverage.h"

#define WIDTH 5
#define HEIGHT 4
#define PIXELS (WIDTH * HEIGHT)

/* A 4x5 image under a 4x5 output, one plane, border constant, with a pixel of interest.
 * The scene as it stands, a shift by a quarter of a pixel, covers every pixel. */
struct scene {
    double matrix[6]; /* output to source */
    double upstream[PIXELS], gradient[PIXELS], numeric[PIXELS], response[PIXELS];
    bool with_upstream, with_gradient, with_numeric, with_response, unknown;
    enum wck_dtype dtype;
    bool fills; /* beyond the outermost centres a sample is the border value */
    size_t x, y;
};

static struct scene plain_scene(void)
{
    struct scene scene = {.matrix = {1, 0, 0.25, 0, 1, 0.25},
                          .dtype = WCK_FLOAT32,
                          .with_upstream = true,
                          .x = 2,
                          .y = 1};

    for (size_t p = 0; p < PIXELS; p++) {
        scene.upstream[p] = 1.375;
        scene.gradient[p] = 1.125;
        scene.numeric[p] = 1.125;
        scene.response[p] = 1.125;
    }
    return scene;
}

static void see_elsewhere(struct scene *scene)
{
    scene->matrix[2] = 3.25;
}

/* Columns 0 to 3 are read at 1/2 and 2 1/2; what would read column 4 lies at 4 1/2. */
static void look_beyond_the_rim(struct scene *scene)
{
    scene->matrix[0] = 2.0;
    scene->matrix[2] = 0.5;
    scene->fills = true;
    scene->x = 4;
}

static void see_every_third(struct scene *scene)
{
    scene->matrix[0] = 3.0;
    scene->matrix[2] = 0.0;
    scene->x = 2;
}

static void shift_by_whole_pixels(struct scene *scene)
{
    scene->matrix[2] = -2.0;
    scene->x = 3;
}

static void mask_the_upstream(struct scene *scene)
{
    memset(scene->upstream, 0, sizeof scene->upstream);
}

/* Column 2 is read by outputs 1 and 2 of each row, with weights 1/4 and 3/4. */
static void oppose_neighbours(struct scene *scene)
{
    for (size_t p = 0; p < PIXELS; p++)
        scene->upstream[p] = p % WIDTH == 1 ? 3.0 : -1.0;
}

static void scale_the_loss_down(struct scene *scene)
{
    for (size_t p = 0; p < PIXELS; p++)
        scene->upstream[p] = 0x1p-152;
}

static void lose_the_gradient(struct scene *scene)
{
    scene->with_gradient = true;
    memset(scene->gradient, 0, sizeof scene->gradient);
}

static void round_the_output(struct scene *scene)
{
    lose_the_gradient(scene);
    scene->with_numeric = scene->with_response = true;
    memset(scene->numeric, 0, sizeof scene->numeric);
}

static void forget_the_upstream(struct scene *scene)
{
    lose_the_gradient(scene);
    scene->with_upstream = false;
    scene->unknown = true;
}

static void never_read_the_pixel(struct scene *scene)
{
    round_the_output(scene);
    memset(scene->response, 0, sizeof scene->response);
}

static void spoil_the_upstream(struct scene *scene)
{
    scene->upstream[1 * WIDTH + 2] = (double)NAN;
}

static const struct {
    const char *id;
    void (*arrange)(struct scene *scene);
} witnesses[] = {
    {"out-of-view", see_elsewhere},          {"skipped", see_every_third},
    {"filled", look_beyond_the_rim},         {"zero-weight", shift_by_whole_pixels},
    {"upstream-zero", mask_the_upstream},    {"cancelled", oppose_neighbours},
    {"underflow", scale_the_loss_down},      {"plateau", round_the_output},
    {"lost-in-backward", lose_the_gradient}, {"undetermined", forget_the_upstream},
    {"unexplained", never_read_the_pixel},   {"non-finite", spoil_the_upstream},
};

static struct wck_image view(double *data)
{
    struct wck_tensor tensor =
        wck_tensor_contiguous(data, WCK_FLOAT64, 2, (size_t[]){HEIGHT, WIDTH});
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "HW", NULL), WCK_OK);
    return image;
}

/* 0 for a covered pixel, else 1 + its reason. */
static int explain(struct scene *scene)
{
    struct wck_warp warp = {
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find("constant"),
        .source_width = WIDTH,
        .source_height = HEIGHT,
        .output_width = WIDTH,
        .output_height = HEIGHT,
        .fold = scene->fills ? wck_fold_find("fill") : NULL,
    };
    struct wck_image upstream = view(scene->upstream), gradient = view(scene->gradient);
    struct wck_image numeric = view(scene->numeric), response = view(scene->response);
    struct wck_coverage_request request = {
        .warp = &warp,
        .dtype = scene->dtype,
        .upstream = scene->with_upstream ? &upstream : NULL,
        .upstream_unknown = scene->unknown,
        .gradient = scene->with_gradient ? &gradient : NULL,
        .numeric = scene->with_numeric ? &numeric : NULL,
        .response = scene->with_response ? &response : NULL,
    };
    struct wck_coverage coverage;
    int reason;

    ck_assert_int_eq(
        wck_map_affine(&warp.map, scene->matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    reason = coverage.reason[scene->y * WIDTH + scene->x];
    ck_assert_int_eq(coverage.pixel_reason[scene->y * WIDTH + scene->x], reason);
    wck_coverage_release(&coverage);
    return reason;
}

START_TEST(every_reason_has_a_witness_that_gives_exactly_it)
{
    const struct wck_reason_row *row = wck_reason_row((enum wck_reason)_i);
    struct scene scene = plain_scene();
    bool found = false;

    for (size_t i = 0; i < sizeof witnesses / sizeof witnesses[0]; i++) {
        if (strcmp(witnesses[i].id, row->id) != 0)
            continue;
        found = true;
        witnesses[i].arrange(&scene);
        ck_assert_msg(explain(&scene) == 1 + _i, "no %s but reason %d", row->id,
                      explain(&scene) - 1);
    }
    ck_assert_msg(found, "no witness of %s", row->id);
}
END_TEST

START_TEST(every_reason_is_described_and_has_a_letter_of_its_own)
{
    const struct wck_reason_row *row = wck_reason_row((enum wck_reason)_i);

    ck_assert_uint_gt(strlen(row->id), 0);
    ck_assert_uint_gt(strlen(row->definition), 0);
    ck_assert_uint_gt(strlen(row->remedy), 0);
    ck_assert(isgraph((unsigned char)row->letter));
    for (int other = 0; other < _i; other++)
        ck_assert_int_ne(wck_reason_row((enum wck_reason)other)->letter, row->letter);
}
END_TEST

START_TEST(beyond_the_last_reason_there_is_no_row)
{
    ck_assert_ptr_null(wck_reason_row(WCK_REASON_COUNT));
}
END_TEST

START_TEST(the_plain_scene_covers_its_pixel)
{
    struct scene scene = plain_scene();

    ck_assert_int_eq(explain(&scene), WCK_COVERED);
}
END_TEST

START_TEST(a_nan_upstream_behind_a_weight_of_exactly_zero_does_not_spread)
{
    struct scene scene = plain_scene();

    /* The output in column 4 lists columns 2 (weight 1) and 3 (weight 0). */
    scene.matrix[2] = -2.0;
    for (size_t y = 0; y < HEIGHT; y++)
        scene.upstream[y * WIDTH + 4] = (double)NAN;
    scene.x = 3;
    ck_assert_int_eq(explain(&scene), 1 + WCK_ZERO_WEIGHT);
    scene.x = 2;
    ck_assert_int_eq(explain(&scene), 1 + WCK_NON_FINITE);
}
END_TEST

START_TEST(a_nan_in_the_given_gradient_is_non_finite_wherever_it_lies)
{
    struct scene scene = plain_scene();

    scene.with_gradient = true;
    scene.gradient[1 * WIDTH + 2] = (double)NAN;
    ck_assert_int_eq(explain(&scene), 1 + WCK_NON_FINITE);
    see_elsewhere(&scene);
    ck_assert_int_eq(explain(&scene), 1 + WCK_NON_FINITE);
}
END_TEST

START_TEST(a_given_zero_behind_a_nan_upstream_is_non_finite_and_not_lost)
{
    struct scene scene = plain_scene();

    lose_the_gradient(&scene);
    spoil_the_upstream(&scene);
    ck_assert_int_eq(explain(&scene), 1 + WCK_NON_FINITE);
}
END_TEST

START_TEST(overflow_of_the_gradients_type_is_non_finite)
{
    struct scene scene = plain_scene();

    for (size_t p = 0; p < PIXELS; p++)
        scene.upstream[p] = 0x1p200;
    ck_assert_int_eq(explain(&scene), 1 + WCK_NON_FINITE);
    scene.dtype = WCK_FLOAT64;
    ck_assert_int_eq(explain(&scene), WCK_COVERED);
}
END_TEST

START_TEST(products_lost_to_underflow_in_double_are_underflow)
{
    struct scene scene = plain_scene();

    scene.dtype = WCK_FLOAT64;
    for (size_t p = 0; p < PIXELS; p++)
        scene.upstream[p] = 0x1p-1074;
    scene.matrix[2] = scene.matrix[5] = 0.4375; /* weights well below 1/2 */
    ck_assert_int_eq(explain(&scene), 1 + WCK_UNDERFLOW);
}
END_TEST

START_TEST(a_given_zero_keeps_its_geometric_reason)
{
    struct scene scene = plain_scene();

    lose_the_gradient(&scene);
    see_elsewhere(&scene);
    ck_assert_int_eq(explain(&scene), 1 + WCK_OUT_OF_VIEW);
    scene = plain_scene();
    lose_the_gradient(&scene);
    oppose_neighbours(&scene);
    ck_assert_int_eq(explain(&scene), 1 + WCK_CANCELLED);
    scene = plain_scene();
    lose_the_gradient(&scene);
    scale_the_loss_down(&scene);
    ck_assert_int_eq(explain(&scene), 1 + WCK_UNDERFLOW);
}
END_TEST

/* Each of the four products is at most 9/16 of half the smallest number of float32 and
 * is lost; their sum, in float64, would have rounded to that number. */
START_TEST(a_given_zero_whose_products_are_each_lost_to_the_type_is_underflow)
{
    struct scene scene = plain_scene();

    lose_the_gradient(&scene);
    for (size_t p = 0; p < PIXELS; p++)
        scene.upstream[p] = 0x1p-150;
    scene.upstream[1 * WIDTH + 2] = 0x1.8p-150;
    ck_assert_int_eq(explain(&scene), 1 + WCK_UNDERFLOW);
    scene.with_gradient = false;
    ck_assert_int_eq(explain(&scene), WCK_COVERED);
    scene.with_gradient = true;
    for (size_t p = 0; p < PIXELS; p++)
        scene.upstream[p] = 0x1p-140;
    ck_assert_int_eq(explain(&scene), 1 + WCK_LOST_IN_BACKWARD);
}
END_TEST

START_TEST(a_given_zero_at_a_weight_within_the_rounding_of_a_coordinate_is_zero_weight)
{
    struct scene scene = plain_scene();

    lose_the_gradient(&scene);
    shift_by_whole_pixels(&scene);
    scene.matrix[2] += 1e-9;
    ck_assert_int_eq(explain(&scene), 1 + WCK_ZERO_WEIGHT);
    scene.matrix[2] += 1e-3;
    ck_assert_int_eq(explain(&scene), 1 + WCK_LOST_IN_BACKWARD);
}
END_TEST

/* A weight of 1e-6 that is the product of two of 1e-3: no coordinate that is off by its
 * rounding makes it 0. */
START_TEST(a_given_zero_at_a_small_weight_that_no_rounding_makes_zero_is_lost)
{
    struct scene scene = plain_scene();

    lose_the_gradient(&scene);
    scene.matrix[2] = scene.matrix[5] = -2.0 + 1e-3;
    scene.x = 3;
    scene.y = 2;
    ck_assert_int_eq(explain(&scene), 1 + WCK_LOST_IN_BACKWARD);
    scene.matrix[5] = -2.0 + 1e-9;
    ck_assert_int_eq(explain(&scene), 1 + WCK_ZERO_WEIGHT);
}
END_TEST

START_TEST(an_inconclusive_numeric_derivative_leaves_a_zero_unexplained)
{
    struct scene scene = plain_scene();

    round_the_output(&scene);
    for (size_t p = 0; p < PIXELS; p++)
        scene.numeric[p] = (double)NAN;
    ck_assert_int_eq(explain(&scene), 1 + WCK_UNEXPLAINED);
}
END_TEST

START_TEST(a_numeric_zero_without_a_response_is_a_plateau)
{
    struct scene scene = plain_scene();

    round_the_output(&scene);
    scene.with_response = false;
    ck_assert_int_eq(explain(&scene), 1 + WCK_PLATEAU);
}
END_TEST

START_TEST(a_numeric_derivative_that_is_there_means_lost_in_backward)
{
    struct scene scene = plain_scene();

    lose_the_gradient(&scene);
    scene.with_numeric = true;
    ck_assert_int_eq(explain(&scene), 1 + WCK_LOST_IN_BACKWARD);
}
END_TEST

Suite *wck_reason_suite(void)
{
    Suite *suite = suite_create("reason");
    TCase *tcase = tcase_create("reason");

    tcase_add_loop_test(tcase, every_reason_has_a_witness_that_gives_exactly_it, 0,
                        WCK_REASON_COUNT);
    tcase_add_loop_test(tcase, every_reason_is_described_and_has_a_letter_of_its_own, 0,
                        WCK_REASON_COUNT);
    tcase_add_test(tcase, beyond_the_last_reason_there_is_no_row);
    tcase_add_test(tcase, the_plain_scene_covers_its_pixel);
    tcase_add_test(tcase,
                   a_nan_upstream_behind_a_weight_of_exactly_zero_does_not_spread);
    tcase_add_test(tcase, a_nan_in_the_given_gradient_is_non_finite_wherever_it_lies);
    tcase_add_test(tcase,
                   a_given_zero_behind_a_nan_upstream_is_non_finite_and_not_lost);
    tcase_add_test(tcase, overflow_of_the_gradients_type_is_non_finite);
    tcase_add_test(tcase, products_lost_to_underflow_in_double_are_underflow);
    tcase_add_test(tcase, a_given_zero_keeps_its_geometric_reason);
    tcase_add_test(tcase,
                   a_given_zero_whose_products_are_each_lost_to_the_type_is_underflow);
    tcase_add_test(
        tcase,
        a_given_zero_at_a_weight_within_the_rounding_of_a_coordinate_is_zero_weight);
    tcase_add_test(tcase,
                   a_given_zero_at_a_small_weight_that_no_rounding_makes_zero_is_lost);
    tcase_add_test(tcase, an_inconclusive_numeric_derivative_leaves_a_zero_unexplained);
    tcase_add_test(tcase, a_numeric_zero_without_a_response_is_a_plateau);
    tcase_add_test(tcase, a_numeric_derivative_that_is_there_means_lost_in_backward);
    suite_add_tcase(suite, tcase);
    return suite;
}
