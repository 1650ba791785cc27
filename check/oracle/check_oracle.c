/* The oracle itself: against numbers worked out by hand, and against difference
 * quotients of its own values, taken in 113-bit arithmetic. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/reference/scene.h"
#include "check/suites.h"

#define TINY 0x1p-90 /* far above 113-bit rounding, far below anything of interest */

static void assert_equal(oracle_real got, oracle_real want, const char *what)
{
    double difference = (double)(got - want);

    ck_assert_msg(fabs(difference) <= TINY * (1.0 + fabs((double)want)),
                  "%s: got %a, want %a", what, (double)got, (double)want);
}

/* 3 columns, 2 rows, one plane. */
static const double image[] = {10, 20, 40, 70, 110, 160};
static const double border_value = 8;

static struct oracle_scene scene_at(const char *kernel, const char *border,
                                    const double *x, const double *y)
{
    return (struct oracle_scene){
        .kernel = kernel,
        .border = border,
        .source_width = 3,
        .source_height = 2,
        .output_width = 1,
        .output_height = 1,
        .batch = 1,
        .channels = 1,
        .image = image,
        .border_value = &border_value,
        .x = x,
        .y = y,
    };
}

static oracle_real output_at(const char *kernel, const char *border, double x, double y)
{
    struct oracle_scene scene = scene_at(kernel, border, &x, &y);

    return oracle_output(&scene, 0, 0).value;
}

START_TEST(bilinear_values_are_those_worked_out_by_hand)
{
    /* Rows 0 and 1 at x = 1.25: 25 and 122.5; 3/4 of the way from one to the other. */
    assert_equal(output_at("bilinear", "constant", 1.25, 0.75), 98.125, "inside");
    assert_equal(output_at("bilinear", "constant", 2.0, 1.0), 160, "on a pixel");
    /* Half of column 0 (row 1: 70) and half of the border value. */
    assert_equal(output_at("bilinear", "constant", -0.5, 1.0), 39, "constant");
    assert_equal(output_at("bilinear", "replicate", -0.5, 1.0), 70, "replicate");
    assert_equal(output_at("bilinear", "reflect", -1.25, 1.0), 80, "reflect");
    assert_equal(output_at("bilinear", "reflect_101", -0.5, 1.0), 90, "reflect_101");
    assert_equal(output_at("bilinear", "wrap", -0.25, 1.0), 92.5, "wrap");
    assert_equal(output_at("bilinear", "wrap", 1.0, -0.25), 42.5, "wrap along y");
}
END_TEST

START_TEST(nearest_values_are_those_worked_out_by_hand)
{
    assert_equal(output_at("nearest", "constant", 0.5, 0.0), 20, "halfway, after");
    assert_equal(output_at("nearest", "constant", nextafter(0.5, 0.0), 0.0), 10,
                 "less");
    assert_equal(output_at("nearest", "constant", -0.5, 0.0), 10, "negative tie");
    assert_equal(output_at("nearest", "constant", nextafter(-0.5, -1.0), 0), 8, "out");
    assert_equal(output_at("nearest", "constant", 2.5, 0.0), 8, "the last tie");
    assert_equal(output_at("nearest", "reflect_101", 0.0, 1.5), 10, "mirrored row");
}
END_TEST

START_TEST(slopes_at_a_knot_are_those_of_the_right_cell)
{
    const double x = 1.0, y = 0.5;
    struct oracle_scene scene = scene_at("bilinear", "constant", &x, &y);

    /* Row 0: 40 - 20, row 1: 160 - 110. */
    assert_equal(oracle_slope(&scene, 0, 0, ORACLE_X).value, 35, "d/dx");
    assert_equal(oracle_slope(&scene, 0, 0, ORACLE_Y).value, 90, "d/dy");
}
END_TEST

START_TEST(huge_coordinates_are_folded_exactly)
{
    /* 2^60 = 1 (mod 3), 2^61 = 2 (mod 3) and even; 10^20 = 1 (mod 3). */
    assert_equal(output_at("bilinear", "wrap", 0x1p60, 0.0), 20, "2^60");
    assert_equal(output_at("bilinear", "wrap", -0x1p61, 0.0), 20, "-2^61");
    assert_equal(output_at("nearest", "wrap", 1e20, 1.0), 110, "1e20");
    /* Period 6: 2^61 = 2, -2^61 = 4, which is mirrored to 1; period 4: 0. */
    assert_equal(output_at("bilinear", "reflect", 0x1p61, 0.0), 40, "reflect");
    assert_equal(output_at("bilinear", "reflect", -0x1p61, 0.0), 20, "reflect back");
    assert_equal(output_at("bilinear", "reflect_101", 0x1p61, 1.0), 70, "101");
    assert_equal(output_at("bilinear", "replicate", -1e300, 1.0), 70, "replicate");
    assert_equal(output_at("bilinear", "constant", 1e300, 1.0), 8, "constant");
    /* 2^1000 = 1 (mod 3). */
    assert_equal(output_at("bilinear", "wrap", 0x1p1000, 0.0), 20, "2^1000");
}
END_TEST

START_TEST(a_coordinate_that_is_not_finite_has_no_value_and_no_weight)
{
    const double y = 0.5, bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};

    for (int k = 0; k < 3; k++) {
        struct oracle_scene scene = scene_at("bilinear", "wrap", &bad[k], &y);

        ck_assert(isnan((double)oracle_output(&scene, 0, 0).value));
        ck_assert(isnan((double)oracle_slope(&scene, 0, 0, ORACLE_Y).value));
        assert_equal(oracle_weight(&scene, 0, 1, 1).value, 0, "weight");
        assert_equal(oracle_border_weight(&scene, 0).value, 0, "border weight");
        assert_equal(oracle_move(&scene, 0, 0, 1, 1), 0, "move");
    }
}
END_TEST

START_TEST(an_output_moves_by_no_more_than_is_said)
{
    double x = 1.5, y = 0.25;
    struct oracle_scene scene = scene_at("bilinear", "constant", &x, &y);
    oracle_real before, bound, most = 0.25 * (160 - 8);

    assert_equal(oracle_move(&scene, 0, 0, 0.125, 0.125), most, "two axes");
    before = oracle_output(&scene, 0, 0).value;
    bound = oracle_move(&scene, 0, 0, 0.75, 0.0);
    x = 2.25;
    ck_assert_double_gt(fabs((double)(oracle_output(&scene, 0, 0).value - before)), 0);
    ck_assert_double_le(fabs((double)(oracle_output(&scene, 0, 0).value - before)),
                        (double)bound);
    scene.kernel = "nearest";
    assert_equal(oracle_move(&scene, 0, 0, 0.2, 0.2), 0, "no tie near");
    assert_equal(oracle_move(&scene, 0, 0, 0.25, 0.0), 160 - 8, "a tie along x");
    assert_equal(oracle_move(&scene, 0, 0, 0.0, 0.25), 160 - 8, "a tie along y");
}
END_TEST

/* A scene of which the oracle takes the coordinates from the matrix. */
static void init_exact(struct scene *scene, const char *kernel, const char *border,
                       enum scene_map map)
{
    const struct scene_choice choice = {
        .kernel = kernel,
        .border = border,
        .map = map,
        .dtype = WCK_FLOAT64,
        .layout = "NHWC",
        .source_width = 5,
        .source_height = 3,
        .output_width = 3,
        .output_height = 7,
        .batch = 2,
        .channels = 2,
        .seed = 20260401,
    };

    scene_init(scene, &choice);
    if (map != SCENE_COORDINATES)
        scene->oracle.x = scene->oracle.y = NULL;
}

START_TEST(weights_of_a_sample_add_up_to_one)
{
    const char *kernel = wck_kernel_row((size_t)_i / wck_border_count())->name;
    const char *border = wck_border_row((size_t)_i % wck_border_count())->name;
    struct scene scene;

    init_exact(&scene, kernel, border, SCENE_COORDINATES);
    for (size_t s = 0; s < wck_warp_samples(&scene.warp); s++) {
        oracle_real sum = oracle_border_weight(&scene.oracle, s).value;

        for (size_t p = 0; p < wck_image_pixels(&scene.image); p++)
            sum += oracle_weight(&scene.oracle, s, p / 5, p % 5).value;
        assert_equal(sum, 1, "sum of weights");
    }
    scene_release(&scene);
}
END_TEST

START_TEST(source_coordinates_solve_the_matrix_equation)
{
    struct scene scene;
    const double *m = scene.matrix;

    init_exact(&scene, "bilinear", "wrap", SCENE_SOURCE_TO_OUTPUT);
    for (size_t s = 0; s < wck_warp_samples(&scene.warp); s++) {
        struct oracle_point p = oracle_source(&scene.oracle, s);

        assert_equal(m[0] * p.x.value + m[1] * p.y.value + m[2], (oracle_real)(s % 3),
                     "X");
        assert_equal(m[3] * p.x.value + m[4] * p.y.value + m[5], (oracle_real)(s / 3),
                     "Y");
    }
    scene_release(&scene);
}
END_TEST

static oracle_real loss(const struct scene *scene)
{
    size_t samples = wck_warp_samples(&scene->warp);
    oracle_real sum = 0;

    for (size_t i = 0; i < samples * wck_image_planes(&scene->image); i++)
        sum += scene->cotangent[i] *
               oracle_output(&scene->oracle, i / samples, i % samples).value;
    return sum;
}

/* The loss is linear in the image and the border value: any step is exact. */
START_TEST(image_and_border_gradients_are_differences_of_the_loss)
{
    const char *kernel = wck_kernel_row((size_t)_i / wck_border_count())->name;
    const char *border = wck_border_row((size_t)_i % wck_border_count())->name;
    struct scene scene;
    oracle_real before;

    init_exact(&scene, kernel, border, SCENE_OUTPUT_TO_SOURCE);
    before = loss(&scene);
    for (size_t i = 0; i < 4 * 15; i += 7) {
        double old = scene.pixels[i];
        volatile double moved = old + 1.5;

        scene.pixels[i] = moved;
        assert_equal((loss(&scene) - before) / ((oracle_real)moved - old),
                     oracle_image_gradient(&scene.oracle, scene.cotangent, i / 15,
                                           i % 15 / 5, i % 5)
                         .value,
                     "image");
        scene.pixels[i] = old;
    }
    for (size_t c = 0; c < 2; c++) {
        double old = scene.border_value[c];
        volatile double moved = old + 1.5;

        scene.border_value[c] = moved;
        assert_equal((loss(&scene) - before) / ((oracle_real)moved - old),
                     oracle_border_gradient(&scene.oracle, scene.cotangent, c).value,
                     "border value");
        scene.border_value[c] = old;
    }
    scene_release(&scene);
}
END_TEST

/* A step of h = 2^-40 keeps all samples in their cells (were a knot that near, the
 * difference would be off by far more).  There each of 84 terms is a cotangent (below
 * 2^5) times, at worst, a second difference of pixels (below 2^7) times a product of
 * two coordinates (below 2^5).  A change of one entry multiplies a coordinate by 1 / (1
 * + alpha h) at most, alpha an entry of the inverse, below 2; so the third-order
 * coefficient of the product is below 4 (2^5)^2 2^3, that of the loss below 2^34, and
 * the central difference is off by less than 2^34 h^2 = 2^-46.  113-bit rounding over h
 * is nothing to that. */
START_TEST(matrix_gradients_are_differences_of_the_loss)
{
    struct scene scene;
    struct oracle_sum gradient[6];

    init_exact(&scene, "bilinear", "reflect", (enum scene_map)_i);
    oracle_matrix_gradient(&scene.oracle, scene.cotangent, gradient);
    for (int k = 0; k < 6; k++) {
        double old = scene.matrix[k];
        volatile double above = old + 0x1p-40, below = old - 0x1p-40;
        oracle_real difference;

        scene.matrix[k] = above;
        difference = loss(&scene);
        scene.matrix[k] = below;
        difference -= loss(&scene);
        difference /= (oracle_real)above - below;
        scene.matrix[k] = old;
        ck_assert_msg(fabs((double)(difference - gradient[k].value)) <= 0x1p-46,
                      "entry %d: %a, quotient %a", k, (double)gradient[k].value,
                      (double)difference);
        ck_assert_double_gt(fabs((double)difference), 0.01);
    }
    scene_release(&scene);
}
END_TEST

/* g . J t is computed sample by sample, J^T g input by input. */
START_TEST(tangents_and_gradients_are_adjoint)
{
    struct wck_rng rng = wck_rng_start(20260402, 0);
    struct scene scene;
    double *image_rate, *rates, *matrix_rate;
    struct oracle_tangents tangents;
    struct oracle_sum matrix[6];
    oracle_real forward = 0, backward = 0;

    init_exact(&scene, "bilinear", "constant", (enum scene_map)_i);
    image_rate = scene_values(&rng, 4 * 15);
    rates = scene_values(&rng, 2 + 2 * 21);
    matrix_rate = scene_values(&rng, 6);
    tangents = (struct oracle_tangents){image_rate, rates, NULL, rates + 2, rates + 23};
    if (scene.oracle.matrix != NULL) {
        tangents.matrix = matrix_rate;
        oracle_matrix_gradient(&scene.oracle, scene.cotangent, matrix);
        for (int k = 0; k < 6; k++)
            backward += matrix[k].value * matrix_rate[k];
    }
    for (size_t i = 0; i < 4 * 21; i++)
        forward += scene.cotangent[i] *
                   oracle_tangent(&scene.oracle, &tangents, i / 21, i % 21).value;
    for (size_t i = 0; i < 4 * 15; i++)
        backward +=
            image_rate[i] * oracle_image_gradient(&scene.oracle, scene.cotangent,
                                                  i / 15, i % 15 / 5, i % 5)
                                .value;
    for (size_t c = 0; c < 2; c++)
        backward +=
            rates[c] * oracle_border_gradient(&scene.oracle, scene.cotangent, c).value;
    for (size_t i = 0; i < 2 * 21; i++)
        backward += rates[2 + i] *
                    oracle_coordinate_gradient(&scene.oracle, scene.cotangent, i % 21,
                                               i < 21 ? ORACLE_X : ORACLE_Y)
                        .value;
    assert_equal(forward, backward, "g . J t and J^T g . t");
    ck_assert_double_gt(fabs((double)forward), 1.0);
    free(image_rate);
    free(rates);
    free(matrix_rate);
    scene_release(&scene);
}
END_TEST

Suite *wck_oracle_suite(void)
{
    int pairs = (int)(wck_kernel_count() * wck_border_count());
    Suite *suite = suite_create("oracle");
    TCase *tcase = tcase_create("oracle");

    tcase_add_test(tcase, bilinear_values_are_those_worked_out_by_hand);
    tcase_add_test(tcase, nearest_values_are_those_worked_out_by_hand);
    tcase_add_test(tcase, slopes_at_a_knot_are_those_of_the_right_cell);
    tcase_add_test(tcase, huge_coordinates_are_folded_exactly);
    tcase_add_test(tcase, a_coordinate_that_is_not_finite_has_no_value_and_no_weight);
    tcase_add_test(tcase, an_output_moves_by_no_more_than_is_said);
    tcase_add_loop_test(tcase, weights_of_a_sample_add_up_to_one, 0, pairs);
    tcase_add_test(tcase, source_coordinates_solve_the_matrix_equation);
    tcase_add_loop_test(tcase, image_and_border_gradients_are_differences_of_the_loss,
                        0, pairs);
    tcase_add_loop_test(tcase, matrix_gradients_are_differences_of_the_loss, 0,
                        SCENE_COORDINATES);
    tcase_add_loop_test(tcase, tangents_and_gradients_are_adjoint, 0, SCENE_MAPS);
    suite_add_tcase(suite, tcase);
    return suite;
}
