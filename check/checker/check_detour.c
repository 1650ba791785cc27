/* The bound of coordinates that go through a normalised grid, against that chain in
 * single precision. */
#include <check.h>
#include <math.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/checker/detour.h"

#define OUT_W 17
#define OUT_H 9
#define IN_W 23
#define IN_H 14

typedef float matrix[3][3];

static void normaliser(matrix m, float w, float h, bool edges)
{
    const matrix centres = {{2.0f / (w - 1.0f), 0.0f, -1.0f},
                            {0.0f, 2.0f / (h - 1.0f), -1.0f},
                            {0.0f, 0.0f, 1.0f}};
    const matrix corners = {{2.0f / w, 0.0f, (1.0f - w) / w},
                            {0.0f, 2.0f / h, (1.0f - h) / h},
                            {0.0f, 0.0f, 1.0f}};

    for (int i = 0; i < 9; i++)
        m[i / 3][i % 3] = (edges ? corners : centres)[i / 3][i % 3];
}

static void multiply(matrix product, matrix a, matrix b)
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            product[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
    }
}

static void invert(matrix inverse, matrix m)
{
    float determinant = 0.0f;

    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            int r = (i + 1) % 3, s = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;

            inverse[j][i] = m[r][c] * m[s][d] - m[r][d] * m[s][c];
        }
    }
    for (int j = 0; j < 3; j++)
        determinant += m[0][j] * inverse[j][0];
    for (int i = 0; i < 9; i++)
        inverse[i / 3][i % 3] /= determinant;
}

/* kornia's own steps: check/vectors/RULES.md. */
static void by_grid(const double m[6], bool edges, matrix chain)
{
    matrix source, output, back, of = {{0}}, product, whole;

    of[2][2] = 1.0f;
    for (int i = 0; i < 6; i++)
        of[i / 3][i % 3] = (float)m[i];
    normaliser(source, IN_W, IN_H, edges);
    normaliser(output, OUT_W, OUT_H, edges);
    invert(back, source);
    multiply(product, of, back);
    multiply(whole, output, product);
    invert(chain, whole);
}

static float number(float i, float n, bool edges)
{
    return edges ? (2.0f * i + 1.0f) / n - 1.0f : (i / (n - 1.0f) - 0.5f) * 2.0f;
}

static float pixel(float g, float n, bool edges)
{
    return edges ? ((g + 1.0f) * n - 1.0f) / 2.0f : (g + 1.0f) / 2.0f * (n - 1.0f);
}

static struct wck_problem problem_of(const double m[6])
{
    struct wck_problem problem = {.dtype = WCK_FLOAT32};
    struct wck_error err = {0};

    problem.warp.kernel = wck_kernel_find("bilinear");
    problem.warp.border = wck_border_find("constant");
    problem.warp.arithmetic = wck_arithmetic_find("float32-normalised");
    problem.warp.source_width = IN_W;
    problem.warp.source_height = IN_H;
    problem.warp.source_depth = 1;
    problem.warp.output_width = OUT_W;
    problem.warp.output_height = OUT_H;
    problem.warp.output_depth = 1;
    ck_assert_int_eq(wck_map_affine(&problem.warp.map, m, WCK_SOURCE_TO_OUTPUT, &err),
                     WCK_OK);
    return problem;
}

/* Random matrices whose numbers are single precision's own: no coordinate is off by
 * more than its bound, and no bound by more than a hundred times what was seen.  */
START_TEST(the_bound_holds_and_is_no_wild_guess)
{
    const bool edges = _i == 1;
    struct wck_rng rng = wck_rng_start(11, (uint64_t)_i);
    double most = 0.0;

    for (int round = 0; round < 200; round++) {
        struct wck_problem problem;
        struct wck_detour *detour;
        double m[6], b[6];
        matrix chain;

        for (int i = 0; i < 6; i++)
            m[i] = (double)(float)((2.0 * wck_rng_uniform(&rng) - 1.0) *
                                       (i % 3 == 2 ? 9.0 : 0.7) +
                                   (i % 4 == 0 ? 1.0 : 0.0));
        problem = problem_of(m);
        for (int i = 0; i < 6; i++)
            b[i] = problem.warp.map.backward[i];
        by_grid(m, edges, chain);
        ck_assert_int_eq(wck_detour_new(&detour, &problem, NULL), WCK_OK);
        ck_assert_ptr_nonnull(detour);
        for (size_t s = 0; s < (size_t)OUT_W * OUT_H; s++) {
            float column = (float)(s % OUT_W), row = (float)(s / OUT_W);
            float x = number(column, OUT_W, edges), y = number(row, OUT_H, edges);
            float gx = chain[0][0] * x + chain[0][1] * y + chain[0][2];
            float gy = chain[1][0] * x + chain[1][1] * y + chain[1][2];
            struct wck_coordinate_error error = wck_detour_error(detour, s);
            double of_x = fabs((double)pixel(gx, IN_W, edges) -
                               (b[0] * (double)column + b[1] * (double)row + b[2]));
            double of_y = fabs((double)pixel(gy, IN_H, edges) -
                               (b[3] * (double)column + b[4] * (double)row + b[5]));

            ck_assert_double_le(of_x, error.x);
            ck_assert_double_le(of_y, error.y);
            if (error.x > 0.0 && isfinite(error.x))
                most = fmax(most, of_x / error.x);
        }
        wck_detour_free(detour);
    }
    ck_assert_double_ge(most, 0.01);
}
END_TEST

/* A determinant that rounding may make 0 leaves nothing to be said. */
START_TEST(a_matrix_that_is_all_but_singular_has_no_bound)
{
    const double m[6] = {1.0, 2.0, 1.0, 0.5, 1.0 + 0x1p-23, 2.0};
    struct wck_problem problem = problem_of(m);
    struct wck_detour *detour;

    ck_assert_int_eq(wck_detour_new(&detour, &problem, NULL), WCK_OK);
    ck_assert(isinf(wck_detour_error(detour, 5).x));
    wck_detour_free(detour);
}
END_TEST

START_TEST(other_coordinates_take_no_detour)
{
    const double m[6] = {1.0, 0.5, 1.0, 0.5, 1.0, 2.0};
    struct wck_problem problem = problem_of(m);
    struct wck_detour *detour;

    problem.warp.arithmetic = wck_arithmetic_find("float32");
    ck_assert_int_eq(wck_detour_new(&detour, &problem, NULL), WCK_OK);
    ck_assert_ptr_null(detour);
}
END_TEST

Suite *wck_detour_suite(void)
{
    Suite *suite = suite_create("detour");
    TCase *tcase = tcase_create("bound");

    tcase_add_loop_test(tcase, the_bound_holds_and_is_no_wild_guess, 0, 2);
    tcase_add_test(tcase, a_matrix_that_is_all_but_singular_has_no_bound);
    tcase_add_test(tcase, other_coordinates_take_no_detour);
    suite_add_tcase(suite, tcase);
    return suite;
}
