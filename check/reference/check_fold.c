/* Folds of coordinates: against the oracle, and what holds for all of them. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"

static const int sizes[] = {1, 2, 3, 5, 11};
#define SIZES (sizeof sizes / sizeof sizes[0])

static const struct wck_fold *row(int i)
{
    return wck_fold_row((size_t)i);
}

/* Exact on multiples of 2^-10 below 2^31: every operation of a fold is then exact, but
 * for SciPy's 1e-15, which no such multiple meets except where 0 takes its place. */
START_TEST(a_fold_is_exact_where_doubles_are)
{
    struct wck_rng rng = wck_rng_start(6001, (uint64_t)_i);

    for (size_t s = 0; s < SIZES; s++) {
        for (int i = 0; i < 400; i++) {
            double u = pair_draw_dyadic(&rng, sizes[s]);
            struct wck_folded got = row(_i)->apply(u, (size_t)sizes[s]);
            struct oracle_folded want = oracle_fold(row(_i)->name, u, sizes[s]);

            ck_assert_msg(fabsq(got.u - want.u) <= 0x1p-53 &&
                              fabsq(got.factor - want.factor) <= 0 &&
                              got.filled == want.filled,
                          "%s of %.17g, n %d: %.17g x %g, the oracle says %.17g x %g",
                          row(_i)->name, u, sizes[s], got.u, got.factor, (double)want.u,
                          (double)want.factor);
        }
    }
}
END_TEST

/* Elsewhere sums and products of a coordinate below 2^7 round a handful of times. */
START_TEST(a_fold_rounds_a_few_times_elsewhere)
{
    struct wck_rng rng = wck_rng_start(6002, (uint64_t)_i);

    for (size_t s = 0; s < SIZES; s++) {
        for (int i = 0; i < 400; i++) {
            double u = 100.0 * wck_rng_uniform(&rng) - 47.3;
            struct wck_folded got = row(_i)->apply(u, (size_t)sizes[s]);
            struct oracle_folded want = oracle_fold(row(_i)->name, u, sizes[s]);

            ck_assert_double_le((double)fabsq(got.u - want.u), 4 * 0x1p-53 * 0x1p7);
            ck_assert_double_le(fabs(got.factor - (double)want.factor), 0.0);
            ck_assert_int_eq(got.filled, want.filled);
        }
    }
}
END_TEST

START_TEST(the_image_itself_is_left_alone)
{
    for (size_t s = 0; s < SIZES; s++) {
        for (double u = 0.0; u <= sizes[s] - 1; u += 0.125) {
            struct wck_folded folded = row(_i)->apply(u, (size_t)sizes[s]);

            ck_assert_double_le(fabs(folded.u - u), 0.0);
            ck_assert(!folded.filled);
            if (u > 0.0 && u < sizes[s] - 1)
                ck_assert_double_le(fabs(folded.factor - 1.0), 0.0);
        }
    }
}
END_TEST

START_TEST(folding_twice_is_folding_once_inside_the_image)
{
    struct wck_rng rng = wck_rng_start(6003, (uint64_t)_i);

    for (size_t s = 0; s < SIZES; s++) {
        for (int i = 0; i < 400; i++) {
            size_t n = (size_t)sizes[s];
            double u = row(_i)->apply(pair_draw_dyadic(&rng, sizes[s]), n).u;

            if (u >= 0.0 && u <= sizes[s] - 1)
                ck_assert_double_le(fabs(row(_i)->apply(u, n).u - u), 0.0);
        }
    }
}
END_TEST

/* A fold's slope is 1, 0 or -1 and is that of the fold: along steps of 2^-10 that meet
 * no fold, the coordinate moves by exactly that. */
START_TEST(a_folds_factor_is_its_slope)
{
    for (size_t s = 0; s < SIZES; s++) {
        size_t n = (size_t)sizes[s];

        for (double u = -30.0 + 0x1p-9; u < 40.0; u += 0.25) {
            struct wck_folded left = row(_i)->apply(u, n);
            struct wck_folded right = row(_i)->apply(u + 0x1p-10, n);

            ck_assert_double_le(fabs(right.u - left.u - left.factor * 0x1p-10),
                                0x1p-50);
        }
    }
}
END_TEST

/* SciPy's folds are meant to change nothing: with the matching border the sample is
 * what it is without a fold. */
START_TEST(scipys_folds_agree_with_the_matching_border)
{
    static const struct {
        const char *fold, *border;
    } same[] = {{"scipy-mirror", "reflect_101"},
                {"scipy-reflect", "reflect"},
                {"scipy-grid-wrap", "wrap"}};
    static const double image[] = {1.375, -2.625, 0.875, 3.25, -0.5};
    const struct wck_fold *fold = wck_fold_find(same[_i].fold);
    const struct wck_border *border = wck_border_find(same[_i].border);
    struct wck_rng rng = wck_rng_start(6004, (uint64_t)_i);

    for (int i = 0; i < 500; i++) {
        double u = pair_draw_dyadic(&rng, 5), value[2] = {0.0, 0.0};

        for (int folded = 0; folded < 2; folded++) {
            struct wck_stencil taps;
            double base;

            wck_stencil_list(wck_kernel_find("cubic-0.5"),
                             folded ? fold->apply(u, 5).u : u, &taps, &base);
            wck_stencil_fold(border, 5, base, &taps);
            for (int k = 0; k < taps.count; k++)
                value[folded] += taps.weight[k] * image[taps.index[k]];
        }
        /* Weights of 12 roundings each on pixels of up to 3.25. */
        ck_assert_double_le(fabs(value[0] - value[1]), 2 * 4 * 16 * 0x1p-53 * 3.25);
    }
}
END_TEST

/* The sample at (u, 1/4) of an image of 4 rows and 5 columns that is 2.5 throughout. */
static double sample_at(double u, const char *fold)
{
    const double v = 0.25, fill = -1.75;
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("replicate"),
                            .border_value = &fill,
                            .border_values = 1,
                            .fold = wck_fold_find(fold),
                            .map = {.kind = WCK_MAP_COORDINATES, .x = &u, .y = &v},
                            .source_width = 5,
                            .source_height = 4,
                            .output_width = 1,
                            .output_height = 1};
    struct wck_image image, output;
    double value;

    ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT64, "HW", 1, 1, 4, 5, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_image_new(&output, WCK_FLOAT64, "HW", 1, 1, 1, 1, NULL),
                     WCK_OK);
    for (size_t i = 0; i < 20; i++)
        wck_image_set(&image, 0, i / 5, i % 5, 2.5);
    ck_assert_int_eq(wck_warp_forward(&warp, &image, &output, NULL), WCK_OK);
    value = wck_image_get(&output, 0, 0, 0);
    free(image.tensor.data);
    free(output.tensor.data);
    return value;
}

START_TEST(an_infinity_is_filled_and_nan_is_not)
{
    static const char *const fills[] = {"fill", "fill-edges", "fill-beyond-edges",
                                        "fill-floor"};

    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(sample_at((double)INFINITY, fills[i]), -1.75);
        ck_assert_double_eq(sample_at(-(double)INFINITY, fills[i]), -1.75);
        ck_assert(isnan(sample_at((double)NAN, fills[i])));
        ck_assert_double_eq(sample_at(1.5, fills[i]), 2.5);
    }
    ck_assert(isnan(sample_at((double)INFINITY, "none")));
}
END_TEST

/* Of 5 columns. */
START_TEST(the_floor_of_a_sample_decides_whether_it_is_filled)
{
    ck_assert_double_eq(sample_at(0.0, "fill-floor"), 2.5);
    ck_assert_double_eq(sample_at(-0x1p-40, "fill-floor"), -1.75);
    ck_assert_double_eq(sample_at(nextafter(5.0, 0.0), "fill-floor"), 2.5);
    ck_assert_double_eq(sample_at(5.0, "fill-floor"), -1.75);
}
END_TEST

START_TEST(weights_in_single_precision_fade_out_far_away)
{
    const struct wck_fold *fold = wck_fold_find("onnx-linear-edges");

    for (int sign = -1; sign < 2; sign += 2) {
        ck_assert(!fold->apply(sign * 16777215.0, 7).undecided);
        ck_assert(fold->apply(sign * 16777216.0, 7).undecided);
        ck_assert(!fold->apply(sign * 33554432.0, 7).undecided);
        ck_assert(fold->apply(sign * 33554432.0, 7).filled);
        ck_assert_double_eq(fold->apply(sign * (double)INFINITY, 7).u, -0.5);
    }
    ck_assert_double_eq(fold->apply((double)NAN, 7).u, -0.5);
    ck_assert(!fold->apply((double)NAN, 7).filled);
}
END_TEST

START_TEST(a_fold_that_only_fills_moves_no_coordinate)
{
    struct wck_rng rng = wck_rng_start(6005, (uint64_t)_i);
    bool moved = false, filled = false;

    for (int i = 0; i < 500; i++) {
        double u = pair_draw(&rng, 5);
        struct wck_folded folded = row(_i)->apply(u, 5);

        moved |= fabs(folded.u - u) > 0.0 || isnan(folded.u) != isnan(u) ||
                 !(folded.factor > 0.0);
        filled |= folded.filled;
    }
    ck_assert_msg(row(_i)->fills == (filled && !moved), "%s", row(_i)->name);
}
END_TEST

START_TEST(fold_rows_are_found_by_name)
{
    ck_assert_ptr_eq(wck_fold_find(row(_i)->name), row(_i));
    ck_assert_uint_gt(strlen(row(_i)->summary), 0);
    ck_assert_int_eq(strncmp(row(_i)->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_is_no_fold_beyond_the_table)
{
    ck_assert_ptr_null(wck_fold_row(wck_fold_count()));
    ck_assert_ptr_null(wck_fold_find("mirror"));
    ck_assert_str_eq(wck_fold_row(0)->name, "none");
}
END_TEST

Suite *wck_fold_suite(void)
{
    Suite *suite = suite_create("fold");
    TCase *rows = tcase_create("rows");
    int count = (int)wck_fold_count();

    tcase_add_loop_test(rows, a_fold_is_exact_where_doubles_are, 0, count);
    tcase_add_loop_test(rows, a_fold_rounds_a_few_times_elsewhere, 0, count);
    tcase_add_loop_test(rows, the_image_itself_is_left_alone, 0, count);
    tcase_add_loop_test(rows, folding_twice_is_folding_once_inside_the_image, 0, count);
    tcase_add_loop_test(rows, a_folds_factor_is_its_slope, 0, count);
    tcase_add_loop_test(rows, scipys_folds_agree_with_the_matching_border, 0, 3);
    tcase_add_test(rows, an_infinity_is_filled_and_nan_is_not);
    tcase_add_test(rows, the_floor_of_a_sample_decides_whether_it_is_filled);
    tcase_add_test(rows, weights_in_single_precision_fade_out_far_away);
    tcase_add_loop_test(rows, a_fold_that_only_fills_moves_no_coordinate, 0, count);
    tcase_add_loop_test(rows, fold_rows_are_found_by_name, 0, count);
    tcase_add_test(rows, there_is_no_fold_beyond_the_table);
    suite_add_tcase(suite, rows);
    return suite;
}
