/* Matrices of every kind: inverses, and the derivatives between a matrix and its
 * inverse. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/suites.h"
#include "reference/map.h"
#include "src/base/rng.h"

static const struct {
    enum wck_map_kind kind;
    int axes, entries, side;
} kinds[] = {{WCK_MAP_AFFINE, 2, 6, 3},
             {WCK_MAP_HOMOGRAPHY, 2, 9, 3},
             {WCK_MAP_AFFINE, 3, 12, 4}};

/* Near the identity, so that an inverse magnifies errors little: entries of at most 2,
 * and determinants above 1/4. */
static void draw_matrix(int i, struct wck_rng *rng, double matrix[WCK_MATRIX])
{
    for (int e = 0; e < kinds[i].entries; e++)
        matrix[e] = (e / kinds[i].side == e % kinds[i].side ? 1.125 : 0.0) +
                    0.25 * (wck_rng_uniform(rng) - 0.4);
}

static struct wck_map map_of(int i, const double *matrix, enum wck_direction direction)
{
    struct wck_map map;

    ck_assert_int_eq(
        wck_map_matrix(&map, kinds[i].kind, kinds[i].axes, matrix, direction, NULL),
        WCK_OK);
    ck_assert_int_eq(wck_map_entries(&map), kinds[i].entries);
    ck_assert_int_eq(wck_map_axes(&map), kinds[i].axes);
    ck_assert(wck_map_has_matrix(&map));
    return map;
}

START_TEST(an_inverse_leads_back)
{
    struct wck_rng rng = wck_rng_start(9001, (uint64_t)_i);
    const size_t size[WCK_AXES] = {7, 5, 3};

    for (int k = 0; k < 50; k++) {
        double matrix[WCK_MATRIX], at[WCK_AXES] = {2.375, -1.625, 0.8125};
        double there[WCK_AXES], back[WCK_AXES];
        struct wck_map map;

        draw_matrix(_i, &rng, matrix);
        map = map_of(_i, matrix, WCK_OUTPUT_TO_SOURCE);
        wck_map_apply(&map, at, size, size, there);
        map = map_of(_i, matrix, WCK_SOURCE_TO_OUTPUT);
        wck_map_apply(&map, there, size, size, back);
        /* Some 40 roundings of numbers of up to 16, through an inverse of up to 4. */
        for (int a = 0; a < kinds[_i].axes; a++)
            ck_assert_double_le(fabs(back[a] - at[a]), 40 * 64 * 0x1p-53);
    }
}
END_TEST

/* <G, tangent of the inverse> = <gradient of the matrix, tangent>, both ways. */
START_TEST(the_matrix_gradient_and_tangent_are_adjoint)
{
    static const enum wck_direction directions[] = {WCK_SOURCE_TO_OUTPUT,
                                                    WCK_OUTPUT_TO_SOURCE};
    struct wck_rng rng = wck_rng_start(9002, (uint64_t)_i);

    for (int k = 0; k < 2; k++) {
        double matrix[WCK_MATRIX], g[WCK_MATRIX], t[WCK_MATRIX];
        double gradient[WCK_MATRIX], tangent[WCK_MATRIX], left = 0.0, right = 0.0;
        struct wck_map map;

        draw_matrix(_i, &rng, matrix);
        map = map_of(_i, matrix, directions[k]);
        for (int e = 0; e < kinds[_i].entries; e++) {
            g[e] = wck_rng_gaussian(&rng);
            t[e] = wck_rng_gaussian(&rng);
        }
        wck_map_matrix_gradient(&map, g, gradient);
        wck_map_matrix_tangent(&map, t, tangent);
        for (int e = 0; e < kinds[_i].entries; e++) {
            left += g[e] * tangent[e];
            right += gradient[e] * t[e];
        }
        /* 12 terms of 4 x 4 x 6 x 6 at most, 12 roundings each. */
        ck_assert_double_le(fabs(left - right), 12 * 12 * 576 * 0x1p-53);
        ck_assert_double_gt(fabs(left), 1e-3);
    }
}
END_TEST

/* The inverse's tangent is its derivative: differences of order 2 with h = 2^-17, which
 * err by h^2/6 times a third derivative of 6 |B|^4 |T|^3 < 6 x 2^10. */
START_TEST(the_tangent_is_the_derivative_of_the_inverse)
{
    const double h = 0x1p-17;
    struct wck_rng rng = wck_rng_start(9003, (uint64_t)_i);
    double matrix[WCK_MATRIX], t[WCK_MATRIX], moved[WCK_MATRIX], tangent[WCK_MATRIX];
    struct wck_map map, left, right;

    draw_matrix(_i, &rng, matrix);
    for (int e = 0; e < kinds[_i].entries; e++)
        t[e] = wck_rng_uniform(&rng) - 0.4;
    map = map_of(_i, matrix, WCK_SOURCE_TO_OUTPUT);
    wck_map_matrix_tangent(&map, t, tangent);
    for (int e = 0; e < kinds[_i].entries; e++)
        moved[e] = matrix[e] + h * t[e];
    right = map_of(_i, moved, WCK_SOURCE_TO_OUTPUT);
    for (int e = 0; e < kinds[_i].entries; e++)
        moved[e] = matrix[e] - h * t[e];
    left = map_of(_i, moved, WCK_SOURCE_TO_OUTPUT);
    for (int e = 0; e < kinds[_i].entries; e++) {
        double slope = (right.backward[e] - left.backward[e]) / (2.0 * h);

        ck_assert_double_le(fabs(slope - tangent[e]), 0x1p-24 + 64 * 0x1p-53 / h);
    }
}
END_TEST

/* <pull of g, a matrix> = <g, push of it>, with units on both sides. */
START_TEST(pull_and_push_are_adjoint)
{
    struct wck_rng rng = wck_rng_start(9004, (uint64_t)_i);
    const size_t output[WCK_AXES] = {7, 5, 3}, extent[WCK_AXES] = {4, 11, 2};
    const double at[WCK_AXES] = {5, 2, 1};
    double matrix[WCK_MATRIX], t[WCK_MATRIX], g[WCK_AXES], tangent[WCK_AXES];
    double pulled[WCK_MATRIX] = {0.0}, left = 0.0, right = 0.0;
    struct wck_map map;

    draw_matrix(_i, &rng, matrix);
    map = map_of(_i, matrix, WCK_OUTPUT_TO_SOURCE);
    map.output_units = wck_units_find("centres");
    map.source_units = wck_units_find("edges");
    for (int e = 0; e < kinds[_i].entries; e++)
        t[e] = wck_rng_gaussian(&rng);
    for (int a = 0; a < WCK_AXES; a++)
        g[a] = wck_rng_gaussian(&rng);
    wck_map_pull(&map, at, output, extent, g, pulled);
    wck_map_push(&map, at, output, extent, t, tangent);
    for (int e = 0; e < kinds[_i].entries; e++)
        left += pulled[e] * t[e];
    for (int a = 0; a < kinds[_i].axes; a++)
        right += g[a] * tangent[a];
    /* 12 terms of up to 6 x 6 x 6 x 8 (|W| > 1/2, squared, and n/2), 12 roundings. */
    ck_assert_double_le(fabs(left - right), 12 * 12 * 1728 * 0x1p-53);
    ck_assert_double_gt(fabs(left), 1e-3);
}
END_TEST

static const struct {
    int kind;
    double matrix[WCK_MATRIX];
    const char *says;
} bad[] = {
    {0, {1.5, 2.5, 0, 3, 5, 7}, "singular"},
    {0, {0, 0, 1, 0, 0, 2}, "singular"},
    {0, {1e-200, 0, 1, 0, 1e-200, 2}, "singular"},
    {0, {1.5, NAN, 0, 3, 5, 7}, "not finite"},
    {0, {1.5, 2, INFINITY, 3, 5, 7}, "not finite"},
    {1, {1, 2, 3, 4, 5, 6, 7, 8, 9}, "singular"},
    {1, {1, 2, 3, 4, 5, 6, 7, 8, -INFINITY}, "not finite"},
    {2, {1, 2, 3, 0.5, 4, 5, 6, 0.25, 7, 8, 9, 0.125}, "singular"},
};

START_TEST(a_matrix_without_inverse_is_refused)
{
    struct wck_map map;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_map_matrix(&map, kinds[bad[_i].kind].kind,
                                    kinds[bad[_i].kind].axes, bad[_i].matrix,
                                    WCK_SOURCE_TO_OUTPUT, &err),
                     WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, bad[_i].says));
    if (bad[_i].kind == 0)
        ck_assert_int_eq(
            wck_map_affine(&map, bad[_i].matrix, WCK_OUTPUT_TO_SOURCE, NULL),
            WCK_INVALID);
}
END_TEST

/* Neither a ratio of 1e24 nor a determinant of 4 roundings is an error. */
START_TEST(a_badly_scaled_matrix_is_not_singular)
{
    const double wide[6] = {1e12, 0.25, 3, -0.5, 1e-12, 7};
    const double near[6] = {1.0, 1.0, 0.0, 1.0, 1.0 + 0x1p-50, 0.0};
    double inverse[6];

    ck_assert_int_eq(wck_affine_invert(wide, inverse, NULL), WCK_OK);
    ck_assert_double_le(fabs(inverse[1] * (1.0 + 0.125) + 0.25), 1e-15);
    ck_assert_int_eq(wck_affine_invert(near, inverse, NULL), WCK_OK);
}
END_TEST

START_TEST(a_horizon_has_no_finite_coordinate)
{
    const double matrix[9] = {1.25, 0, 0.5, 0, 0.75, 0.25, 0.25, 0, -0.5};
    const double at[WCK_AXES] = {2, 3, 0};
    const size_t size[WCK_AXES] = {7, 5, 1};
    double u[WCK_AXES];
    struct wck_map map = map_of(1, matrix, WCK_OUTPUT_TO_SOURCE);

    wck_map_apply(&map, at, size, size, u);
    ck_assert(!isfinite(u[0]) && !isfinite(u[1]));
}
END_TEST

START_TEST(the_factor_of_given_coordinates_has_the_displacements_sign)
{
    double x[1] = {0.0}, y[1] = {0.0};
    struct wck_map map = wck_map_coordinates(x, y);

    ck_assert(!wck_map_has_matrix(&map));
    ck_assert_int_eq(wck_map_entries(&map), 0);
    ck_assert_int_eq(wck_map_axes(&map), 2);
    map.source_units = wck_units_find("edges");
    ck_assert_double_le(fabs(wck_map_factor(&map, 7) - 3.5), 0.0);
    map.kind = WCK_MAP_DISPLACEMENT;
    ck_assert_double_le(fabs(wck_map_factor(&map, 7) - 3.5), 0.0);
    map.sign = -1.0;
    ck_assert_double_le(fabs(wck_map_factor(&map, 7) + 3.5), 0.0);
}
END_TEST

Suite *wck_matrix_suite(void)
{
    Suite *suite = suite_create("matrix");
    TCase *matrices = tcase_create("matrices"), *edges = tcase_create("edges");

    tcase_add_loop_test(matrices, an_inverse_leads_back, 0, 3);
    tcase_add_loop_test(matrices, the_matrix_gradient_and_tangent_are_adjoint, 0, 3);
    tcase_add_loop_test(matrices, the_tangent_is_the_derivative_of_the_inverse, 0, 3);
    tcase_add_loop_test(matrices, pull_and_push_are_adjoint, 0, 3);
    tcase_add_loop_test(edges, a_matrix_without_inverse_is_refused, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(edges, a_badly_scaled_matrix_is_not_singular);
    tcase_add_test(edges, a_horizon_has_no_finite_coordinate);
    tcase_add_test(edges, the_factor_of_given_coordinates_has_the_displacements_sign);
    suite_add_tcase(suite, matrices);
    suite_add_tcase(suite, edges);
    return suite;
}
