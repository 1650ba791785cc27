/* Problems: how far two careful evaluations of a map may lie apart, and how a problem
 * is put into words. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/subject/problem.h"

static const double border_value[3] = {0.4375, -0.8125, 0.625};

static struct wck_problem problem_of(const double matrix[6],
                                     enum wck_direction direction, enum wck_dtype dtype)
{
    struct wck_problem problem = {
        .dtype = dtype,
        .layout = "HWC",
        .batch = 1,
        .channels = 3,
        .seed = 11,
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("wrap"),
                 .border_value = border_value,
                 .border_values = 3,
                 .source_width = 17,
                 .source_height = 13,
                 .output_width = 19,
                 .output_height = 11},
    };

    ck_assert_int_eq(wck_map_affine(&problem.warp.map, matrix, direction, NULL),
                     WCK_OK);
    return problem;
}

/* ---- coordinates in single precision ---- */

/* Every operation rounded to float32: a sum or product of two such numbers, computed in
 * double, is rounded as if it were exact. */
static double f(double value)
{
    return wck_dtype_round(WCK_FLOAT32, value);
}

static void invert_single(const double m[6], double b[6])
{
    double d = f(1.0 / f(f(m[0] * m[4]) - f(m[1] * m[3])));

    b[0] = f(m[4] * d);
    b[1] = f(-m[1] * d);
    b[3] = f(-m[3] * d);
    b[4] = f(m[0] * d);
    b[2] = f(-f(b[0] * m[2]) - f(b[1] * m[5]));
    b[5] = f(-f(b[3] * m[2]) - f(b[4] * m[5]));
}

static void random_matrix(struct wck_rng *rng, double m[6])
{
    do {
        for (int i = 0; i < 6; i++)
            m[i] = (wck_rng_uniform(rng) - 0.5) * (i % 3 == 2 ? 60.0 : 4.0);
    } while (!(fabs(m[0] * m[4] - m[1] * m[3]) > 0.015625));
}

/* The largest error of a sample in float32, as a multiple of its bound. */
static double worst_ratio(const struct wck_problem *problem)
{
    const struct wck_map *map = &problem->warp.map;
    size_t samples = wck_warp_samples(&problem->warp);
    struct wck_block block;
    double single[6], b[6], worst = 0.0;

    for (int i = 0; i < 6; i++)
        single[i] = f(map->matrix[i]);
    memcpy(b, single, sizeof b);
    if (map->direction == WCK_SOURCE_TO_OUTPUT)
        invert_single(single, b);
    ck_assert_int_eq(wck_block_init(&block, &problem->warp, samples, NULL), WCK_OK);
    wck_block_fill(&block, &problem->warp, 0, samples);
    for (size_t i = 0; i < samples; i++) {
        struct wck_coordinate_error error = wck_problem_coordinate_error(problem, i);
        double column = (double)(i % problem->warp.output_width);
        double row = (double)(i / problem->warp.output_width);
        double x = f(f(f(b[0] * column) + f(b[1] * row)) + b[2]);
        double y = f(f(f(b[3] * column) + f(b[4] * row)) + b[5]);

        ck_assert(error.x > 0.0 && error.y > 0.0);
        worst = fmax(worst, fmax(fabs(x - block.x[i]) / error.x,
                                 fabs(y - block.y[i]) / error.y));
    }
    wck_block_release(&block);
    return worst;
}

START_TEST(single_precision_stays_within_the_coordinates_bound)
{
    struct wck_rng rng = wck_rng_start(41, (uint64_t)_i);
    double worst = 0.0;

    for (int turn = 0; turn < 1000; turn++) {
        double m[6];
        struct wck_problem problem;

        random_matrix(&rng, m);
        problem = problem_of(m, (enum wck_direction)_i, WCK_FLOAT32);
        worst = fmax(worst, worst_ratio(&problem));
    }
    ck_assert_double_le(worst, 1.0);
    /* A bound that is never nearly reached would hide errors. */
    ck_assert_double_ge(worst, 0.0625);
}
END_TEST

START_TEST(exact_coordinates_are_known_and_claimed_of_no_others)
{
    static const struct {
        double matrix[6];
        bool from_output, from_source; /* exact as given, exact when inverted */
    } rows[] = {
        {{1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5}, true, true}, /* determinant 1 */
        {{2.0, 0.25, -23.0, 0.0, 2.0, -5.0}, true, true},
        {{1.5, 0.0, 0.25, 0.0, 1.0, 3.0}, true, false},
        {{1.0, 0.1, 0.25, 0.0, 1.0, 3.0}, false, false},
        {{1.0, 0.0, 0x1p-9, 0.0, 1.0, 3.0}, false, false},
        {{1.0, 0.0, 300.0, 0.0, 1.0, 3.0}, false, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wck_problem given =
            problem_of(rows[i].matrix, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);
        struct wck_problem inverted =
            problem_of(rows[i].matrix, WCK_SOURCE_TO_OUTPUT, WCK_FLOAT32);

        ck_assert_msg(wck_problem_exact(&given) == rows[i].from_output, "row %zu", i);
        ck_assert_msg(wck_problem_exact(&inverted) == rows[i].from_source, "row %zu",
                      i);
        ck_assert((wck_problem_coordinate_error(&given, 5).x > 0.0) ==
                  !rows[i].from_output);
    }
}
END_TEST

START_TEST(exact_coordinates_are_so_in_single_precision)
{
    static const double m[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};
    struct wck_problem problem = problem_of(m, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, &problem.warp, 209, NULL), WCK_OK);
    wck_block_fill(&block, &problem.warp, 0, 209);
    for (size_t i = 0; i < 209; i++) {
        double column = (double)(i % 19), row = (double)(i / 19);

        ck_assert_double_eq(f(f(f(m[0] * column) + f(m[1] * row)) + m[2]), block.x[i]);
        ck_assert_double_eq(f(f(f(m[3] * column) + f(m[4] * row)) + m[5]), block.y[i]);
    }
    wck_block_release(&block);
}
END_TEST

START_TEST(double_precision_is_off_by_less_than_single)
{
    static const double m[6] = {0.87, 0.31, -2.4, -0.29, 0.91, 1.7};
    struct wck_problem wide = problem_of(m, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT64);
    struct wck_problem narrow = problem_of(m, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);
    struct wck_coordinate_error a = wck_problem_coordinate_error(&wide, 100);
    struct wck_coordinate_error b = wck_problem_coordinate_error(&narrow, 100);

    ck_assert(a.x > 0.0 && a.x < 1e-13 && a.y > 0.0 && a.y < 1e-13);
    ck_assert(b.x > 1e-7 && b.x < 1e-4 && b.y > 1e-7 && b.y < 1e-4);
}
END_TEST

static double in_single(double value)
{
    return (double)(float)value;
}

/* Normalised as torch does: ((g + 1) n - 1) / 2 and (g + 1) / 2 (n - 1).  A product
 * with n = 16 is exact, one with n - 1 is not. */
START_TEST(the_bound_holds_for_normalised_grids_in_single_precision)
{
    const bool edges = _i == 1;
    const double identity[6] = {1, 0, 0, 0, 1, 0};
    struct wck_problem problem =
        problem_of(identity, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);
    struct wck_rng rng = wck_rng_start(47, (uint64_t)_i);
    double x[19 * 11], y[19 * 11] = {0};

    for (size_t s = 0; s < 19 * 11; s++)
        x[s] = in_single(3.0 * (2.0 * wck_rng_uniform(&rng) - 1.0));
    problem.warp.map = wck_map_coordinates(x, y);
    problem.warp.map.source_units = wck_units_find(edges ? "edges" : "centres");
    for (size_t n = 13; n <= 16; n += 3) {
        problem.warp.source_width = n;
        for (size_t s = 0; s < 19 * 11; s++) {
            double bound = wck_problem_coordinate_error(&problem, s).x;
            double sum = in_single(x[s] + 1.0), width = (double)n;
            double got = edges
                             ? in_single(in_single(in_single(sum * width) - 1.0) / 2.0)
                             : in_single(in_single(sum / 2.0) * (width - 1.0));
            double exact = problem.warp.map.source_units->to_pixel(x[s], n);

            ck_assert_double_le(fabs(got - exact), bound);
            ck_assert_double_le(bound, 1e-4);
        }
    }
}
END_TEST

/* ---- images ---- */

static const double plain[6] = {1.0, 0.25, -2.5, 0.0, 1.0, 3.0};

START_TEST(random_pixels_are_exact_in_every_type_and_differ_by_stream_and_seed)
{
    struct wck_problem problem = problem_of(plain, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);
    struct wck_problem other = problem;
    struct wck_image a, b, c;
    size_t same_stream = 0, same_seed = 0;

    other.seed = 12;
    ck_assert_int_eq(wck_problem_source(&problem, &a, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_source(&problem, &b, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_source(&problem, &c, NULL), WCK_OK);
    wck_problem_random(&problem, 1, &a);
    wck_problem_random(&problem, 2, &b);
    wck_problem_random(&other, 1, &c);
    for (size_t p = 0; p < 3; p++) {
        for (size_t i = 0; i < 13 * 17; i++) {
            double value = wck_image_get(&a, p, i / 17, i % 17);

            ck_assert(value > 0.0 && value < 1.0);
            ck_assert_double_eq(value * 256.0, nearbyint(value * 256.0));
            same_stream += !(fabs(value - wck_image_get(&b, p, i / 17, i % 17)) > 0.0);
            same_seed += !(fabs(value - wck_image_get(&c, p, i / 17, i % 17)) > 0.0);
        }
    }
    /* 663 draws among 255 agree about 3 times by chance. */
    ck_assert_uint_lt(same_stream, 20);
    ck_assert_uint_lt(same_seed, 20);
    free(a.tensor.data);
    free(b.tensor.data);
    free(c.tensor.data);
}
END_TEST

START_TEST(images_have_the_problems_type_layout_and_sizes)
{
    struct wck_problem problem = problem_of(plain, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);
    struct wck_image source, output;

    ck_assert_int_eq(wck_problem_source(&problem, &source, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_output(&problem, &output, NULL), WCK_OK);
    ck_assert_int_eq(source.tensor.dtype, WCK_FLOAT32);
    ck_assert_int_eq(source.tensor.rank, 3);
    ck_assert_uint_eq(source.tensor.shape[0], 13);
    ck_assert_uint_eq(source.tensor.shape[2], 3);
    ck_assert_uint_eq(output.width, 19);
    ck_assert_uint_eq(output.height, 11);
    free(source.tensor.data);
    free(output.tensor.data);
    problem.layout = "HWQ";
    ck_assert_int_eq(wck_problem_source(&problem, &source, NULL), WCK_INVALID);
}
END_TEST

START_TEST(the_border_amplitude_is_that_of_the_largest_value)
{
    struct wck_problem problem = problem_of(plain, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);

    ck_assert_double_eq(wck_problem_border_amplitude(&problem), 0.8125);
    problem.warp.border_values = 1;
    ck_assert_double_eq(wck_problem_border_amplitude(&problem), 0.4375);
    problem.warp.border_values = 0;
    ck_assert_double_eq(wck_problem_border_amplitude(&problem), 0.0);
}
END_TEST

/* ---- words ---- */

START_TEST(a_problem_is_described_in_one_line)
{
    struct wck_problem problem = problem_of(plain, WCK_SOURCE_TO_OUTPUT, WCK_FLOAT32);
    struct wck_text text = {0};

    wck_problem_describe(&problem, &text);
    ck_assert_str_eq(text.data, "bilinear, border wrap, HWC float32, 13x17x3 to 11x19, "
                                "matrix '1 0.25 -2.5; 0 1 3' source to output");
    wck_text_release(&text);
}
END_TEST

START_TEST(the_options_put_this_very_problem)
{
    struct wck_problem problem = problem_of(plain, WCK_OUTPUT_TO_SOURCE, WCK_FLOAT64);
    struct wck_text text = {0};

    problem.warp.border = wck_border_find("constant");
    wck_problem_options(&problem, &text);
    ck_assert_str_eq(text.data,
                     "--kernel bilinear --border constant --border-value "
                     "0.4375,-0.8125,0.625 --layout HWC --dtype float64 --size 13x17 "
                     "--channels 3 --output 11x19 --matrix '1 0.25 -2.5; 0 1 3' "
                     "--inverse-map --seed 11");
    wck_text_release(&text);
}
END_TEST

Suite *wck_problem_suite(void)
{
    Suite *suite = suite_create("problem");
    TCase *tcase = tcase_create("problem");

    tcase_add_loop_test(tcase, single_precision_stays_within_the_coordinates_bound, 0,
                        2);
    tcase_add_test(tcase, exact_coordinates_are_known_and_claimed_of_no_others);
    tcase_add_test(tcase, exact_coordinates_are_so_in_single_precision);
    tcase_add_test(tcase, double_precision_is_off_by_less_than_single);
    tcase_add_loop_test(tcase, the_bound_holds_for_normalised_grids_in_single_precision,
                        0, 2);
    tcase_add_test(tcase,
                   random_pixels_are_exact_in_every_type_and_differ_by_stream_and_seed);
    tcase_add_test(tcase, images_have_the_problems_type_layout_and_sizes);
    tcase_add_test(tcase, the_border_amplitude_is_that_of_the_largest_value);
    tcase_add_test(tcase, a_problem_is_described_in_one_line);
    tcase_add_test(tcase, the_options_put_this_very_problem);
    suite_add_tcase(suite, tcase);
    return suite;
}
