#include <check.h>
#include <math.h>
#include <string.h>

#include "check/suites.h"
#include "reference/map.h"
#include "src/base/rng.h"

/* High entropy, far from singular: k = (|ae| + |bd|) / |ae - bd| = 1.26. */
static const double matrix[6] = {1.385, -0.647, 11.23, 0.319, 1.813, -7.91};

/* The 2x3 product left x right, both extended by a row 0 0 1. */
static void compose(const double left[6], const double right[6], double product[6])
{
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++)
            product[3 * i + j] = left[3 * i] * right[j] +
                                 left[3 * i + 1] * right[3 + j] +
                                 (j == 2 ? left[3 * i + 2] : 0.0);
    }
}

static void assert_singular(double a, double b, double d, double e)
{
    const double m[6] = {a, b, 0.3, d, e, -0.7};
    double inverse[6] = {9, 9, 9, 9, 9, 9};
    struct wck_error err = {0};

    ck_assert_int_eq(wck_affine_invert(m, inverse, &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "singular"));
    ck_assert_double_eq(inverse[0], 9.0);
}

/* An entry of the inverse is off by 4 + 3 k = 8 roundings, one of the product by 3
 * more; they are relative to the sum of the products' magnitudes, below 40. */
START_TEST(a_matrix_times_its_inverse_is_the_identity)
{
    const double identity[6] = {1, 0, 0, 0, 1, 0};
    double inverse[6], product[6];

    ck_assert_int_eq(wck_affine_invert(matrix, inverse, NULL), WCK_OK);
    compose(matrix, inverse, product);
    for (int k = 0; k < 6; k++)
        ck_assert_double_eq_tol(product[k], identity[k], 11 * 0x1p-53 * 40);
    compose(inverse, matrix, product);
    for (int k = 0; k < 6; k++)
        ck_assert_double_eq_tol(product[k], identity[k], 11 * 0x1p-53 * 40);
}
END_TEST

START_TEST(powers_of_two_are_inverted_exactly)
{
    const double m[6] = {2, 0.5, -3, 0, -0.25, 5};
    const double want[6] = {0.5, 1, -3.5, 0, -4, 20};
    double inverse[6];

    ck_assert_int_eq(wck_affine_invert(m, inverse, NULL), WCK_OK);
    for (int k = 0; k < 6; k++)
        ck_assert_double_eq(inverse[k], want[k]);
}
END_TEST

START_TEST(a_matrix_may_be_inverted_in_place)
{
    double m[6], inverse[6];

    memcpy(m, matrix, sizeof m);
    ck_assert_int_eq(wck_affine_invert(m, inverse, NULL), WCK_OK);
    ck_assert_int_eq(wck_affine_invert(m, m, NULL), WCK_OK);
    ck_assert_mem_eq(m, inverse, sizeof m);
}
END_TEST

START_TEST(a_singular_matrix_has_no_inverse)
{
    assert_singular(0, 0, 0, 0);
    assert_singular(1.5, 3.0, 2.5, 5.0);
    /* In exact arithmetic 0; in rounded arithmetic not. */
    assert_singular(0.1, 0.3, 0.7, 0.1 * 7 * 3);
    /* The determinant is lost to underflow. */
    assert_singular(1e-200, 0, 0, 1e-200);
}
END_TEST

START_TEST(an_inverse_that_overflows_is_refused_as_that)
{
    /* The determinant overflows; so does its inverse. */
    static const double scales[] = {1e200, 1e-160};

    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        const double m[6] = {scales[i], 0, 0, 0, scales[i], 0};
        struct wck_error err = {WCK_OK, ""};
        double inverse[6];

        ck_assert_int_eq(wck_affine_invert(m, inverse, &err), WCK_INVALID);
        ck_assert_ptr_nonnull(strstr(err.text, "beyond double precision"));
    }
}
END_TEST

START_TEST(a_matrix_close_to_singular_still_has_an_inverse)
{
    const double m[6] = {1, 1, 0, 1, 1 + 0x1p-40, 0};
    double inverse[6];

    ck_assert_int_eq(wck_affine_invert(m, inverse, NULL), WCK_OK);
    ck_assert_double_eq(inverse[0], 0x1p40 + 1);
    ck_assert_double_eq(inverse[1], -0x1p40);
}
END_TEST

START_TEST(the_direction_decides_what_is_inverted)
{
    struct wck_map map;
    double inverse[6];

    ck_assert_int_eq(wck_affine_invert(matrix, inverse, NULL), WCK_OK);
    ck_assert_int_eq(wck_map_affine(&map, matrix, WCK_SOURCE_TO_OUTPUT, NULL), WCK_OK);
    ck_assert_int_eq(map.kind, WCK_MAP_AFFINE);
    ck_assert_int_eq(map.direction, WCK_SOURCE_TO_OUTPUT);
    ck_assert_mem_eq(map.matrix, matrix, sizeof matrix);
    ck_assert_mem_eq(map.backward, inverse, sizeof inverse);
    ck_assert_int_eq(wck_map_affine(&map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    ck_assert_int_eq(map.direction, WCK_OUTPUT_TO_SOURCE);
    ck_assert_mem_eq(map.matrix, matrix, sizeof matrix);
    ck_assert_mem_eq(map.backward, matrix, sizeof matrix);
}
END_TEST

START_TEST(a_map_refuses_singular_and_non_finite_matrices_in_both_directions)
{
    const double singular[6] = {1.5, 3.0, 1, 2.5, 5.0, 1};
    struct wck_map map;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_map_affine(&map, singular, (enum wck_direction)_i, NULL),
                     WCK_INVALID);
    for (int k = 0; k < 6; k++) {
        double m[6];

        memcpy(m, matrix, sizeof m);
        m[k] = k % 2 == 0 ? (double)NAN : -(double)INFINITY;
        err = (struct wck_error){0};
        ck_assert_int_eq(wck_map_affine(&map, m, (enum wck_direction)_i, &err),
                         WCK_INVALID);
        ck_assert_str_eq(err.text, "the matrix has an entry that is not finite");
    }
}
END_TEST

START_TEST(a_coordinate_map_borrows_its_arrays)
{
    const double x[] = {1.5}, y[] = {-2.25};
    struct wck_map map = wck_map_coordinates(x, y);

    ck_assert_int_eq(map.kind, WCK_MAP_COORDINATES);
    ck_assert_ptr_eq(map.x, x);
    ck_assert_ptr_eq(map.y, y);
}
END_TEST

START_TEST(output_to_source_needs_no_chain)
{
    const double g[6] = {2.385, -1.17, 0.61, 3.7, -0.83, 1.9};
    double result[6];
    struct wck_map map;

    ck_assert_int_eq(wck_map_affine(&map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    wck_map_matrix_gradient(&map, g, result);
    ck_assert_mem_eq(result, g, sizeof g);
    wck_map_matrix_tangent(&map, g, result);
    ck_assert_mem_eq(result, g, sizeof g);
}
END_TEST

/* <G, B'(T)> = <B'^T(G), T>.  Entries of B carry no error here (both sides use the same
 * B); each product has 2 (2 + 1) roundings, the dot product 6: 12, relative to the same
 * sum with magnitudes, below 6^2 |G| |B|^2 |T| < 36 * 4 * 10^2 * 4. */
START_TEST(gradient_and_tangent_of_the_inverse_are_adjoint)
{
    struct wck_rng rng = wck_rng_start(20260404, (uint64_t)_i);
    double g[6], t[6], pulled[6], pushed[6], left = 0.0, right = 0.0;
    struct wck_map map;

    ck_assert_int_eq(wck_map_affine(&map, matrix, WCK_SOURCE_TO_OUTPUT, NULL), WCK_OK);
    for (int k = 0; k < 6; k++) {
        g[k] = 4.0 * wck_rng_uniform(&rng) - 2.0;
        t[k] = 4.0 * wck_rng_uniform(&rng) - 2.0;
    }
    wck_map_matrix_gradient(&map, g, pulled);
    wck_map_matrix_tangent(&map, t, pushed);
    for (int k = 0; k < 6; k++) {
        left += g[k] * pushed[k];
        right += pulled[k] * t[k];
    }
    ck_assert_double_eq_tol(left, right, 2 * 12 * 0x1p-53 * 36 * 4 * 100 * 4);
}
END_TEST

/* Central differences of the inverse, h = 2^-18.  The k-th order of B's change is B (-T
 * B)^k; B's rows sum to less than 13 and B T B to less than 13^2, so the third order is
 * below 13^4 h^2 < 2^15 2^-36 (only one entry of T is not 0), and the inverses' own
 * errors are 8 u 13 / h < 2^-27 at most. */
START_TEST(tangent_of_the_inverse_is_its_difference_quotient)
{
    const double h = 0x1p-18;
    double above[6], below[6], tangent[6] = {0}, got[6];
    struct wck_map map;

    ck_assert_int_eq(wck_map_affine(&map, matrix, WCK_SOURCE_TO_OUTPUT, NULL), WCK_OK);
    memcpy(above, matrix, sizeof above);
    memcpy(below, matrix, sizeof below);
    above[_i] += h;
    below[_i] -= h;
    tangent[_i] = above[_i] - below[_i];
    ck_assert_int_eq(wck_affine_invert(above, above, NULL), WCK_OK);
    ck_assert_int_eq(wck_affine_invert(below, below, NULL), WCK_OK);
    wck_map_matrix_tangent(&map, tangent, got);
    for (int k = 0; k < 6; k++)
        ck_assert_double_eq_tol(got[k] / tangent[_i],
                                (above[k] - below[k]) / tangent[_i], 0x1p-21 + 0x1p-27);
}
END_TEST

Suite *wck_map_suite(void)
{
    Suite *suite = suite_create("map");
    TCase *tcase = tcase_create("map");

    tcase_add_test(tcase, a_matrix_times_its_inverse_is_the_identity);
    tcase_add_test(tcase, powers_of_two_are_inverted_exactly);
    tcase_add_test(tcase, a_matrix_may_be_inverted_in_place);
    tcase_add_test(tcase, a_singular_matrix_has_no_inverse);
    tcase_add_test(tcase, an_inverse_that_overflows_is_refused_as_that);
    tcase_add_test(tcase, a_matrix_close_to_singular_still_has_an_inverse);
    tcase_add_test(tcase, the_direction_decides_what_is_inverted);
    tcase_add_loop_test(
        tcase, a_map_refuses_singular_and_non_finite_matrices_in_both_directions,
        WCK_SOURCE_TO_OUTPUT, WCK_OUTPUT_TO_SOURCE + 1);
    tcase_add_test(tcase, a_coordinate_map_borrows_its_arrays);
    tcase_add_test(tcase, output_to_source_needs_no_chain);
    tcase_add_loop_test(tcase, gradient_and_tangent_of_the_inverse_are_adjoint, 0, 5);
    tcase_add_loop_test(tcase, tangent_of_the_inverse_is_its_difference_quotient, 0, 6);
    suite_add_tcase(suite, tcase);
    return suite;
}
