/* Maps of every kind and unit, and what is derived through them: the matrix gradient,
 * forward mode and double backward, against the oracle. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"

static const int value_order[WCK_AXES] = {0, 0, 0};

/* Output to source; well conditioned, entries multiples of 2^-20, none 0, 1 or alike.
 */
static const double affine[6] = {0.8125,  -0.34375, 1.296875,
                                 0.28125, 1.15625,  -0.703125};
static const double homography[9] = {0.8125,    -0.34375, 1.296875,  0.28125, 1.15625,
                                     -0.703125, 0.03125,  -0.015625, 0.953125};
static const double volume[12] = {0.8125,  -0.34375, 0.1875,  1.296875,
                                  0.28125, 1.15625,  -0.25,   -0.703125,
                                  -0.125,  0.21875,  0.90625, 0.421875};

static const struct {
    const char *kind;
    int axes;
    bool to_output, subtracted;
} maps[] = {
    {"affine", 2, false, false},       {"affine", 2, true, false},
    {"affine", 3, false, false},       {"affine", 3, true, false},
    {"homography", 2, false, false},   {"homography", 2, true, false},
    {"coordinates", 2, false, false},  {"coordinates", 3, false, false},
    {"displacement", 2, false, false}, {"displacement", 2, false, true},
    {"displacement", 3, false, true},
};
#define MAPS (sizeof maps / sizeof maps[0])

static void by_map(struct pair *pair, size_t map, struct wck_rng *rng)
{
    const int source[WCK_AXES] = {7, 5, 3}, output[WCK_AXES] = {3, 5, 2};
    struct oracle_warp *o = &pair->oracle;
    const double *matrix = maps[map].axes == 3                         ? volume
                           : strcmp(maps[map].kind, "homography") == 0 ? homography
                                                                       : affine;

    o->kind = maps[map].kind;
    o->axes = maps[map].axes;
    o->to_output = maps[map].to_output;
    o->subtracted = maps[map].subtracted;
    memcpy(o->source, source, sizeof source);
    memcpy(o->output, output, sizeof output);
    memcpy(pair->matrix, matrix,
           (size_t)(matrix == volume       ? 12
                    : matrix == homography ? 9
                                           : 6) *
               sizeof *matrix);
    for (int a = 0; a < o->axes; a++) {
        for (size_t i = 0; i < 30; i++)
            pair->given[a][i] = 3.0 * wck_rng_uniform(rng) - 0.75;
    }
}

/* The matrix without row r and column c. */
static void without(int side, const __float128 *m, int r, int c, __float128 *rest)
{
    for (int i = 0; i < side * side; i++) {
        if (i / side != r && i % side != c)
            *rest++ = m[i];
    }
}

/* The determinant, by its first row; or the sum of its terms' magnitudes. */
static __float128 determinant(int side, const __float128 *m, bool magnitudes)
{
    __float128 sum = 0, rest[9];

    if (side == 1)
        return magnitudes ? fabsq(m[0]) : m[0];
    for (int c = 0; c < side; c++) {
        __float128 term;

        without(side, m, 0, c, rest);
        term = m[c] * determinant(side - 1, rest, magnitudes);
        sum += magnitudes ? fabsq(term) : c % 2 == 0 ? term : -term;
    }
    return sum;
}

/* Row i of the backward matrix times the numbers p: the sum of the magnitudes of its
 * terms, and the error of the entries.  An entry of an inverse is a cofactor over the
 * determinant.  With P the cofactor's terms without signs over |det|, and k the
 * determinant's likewise, up to 4 roundings a product and sum each leave an error of at
 * most 8 P (1 + k) 2^-53. */
static void row_error(const struct pair *pair, int i, const __float128 p[4],
                      __float128 *magnitude, __float128 *error)
{
    __float128 forward[16], back[16], rest[9], det, k;
    struct oracle_warp given = pair->oracle;
    int side = oracle_backward(&pair->oracle, back);

    given.to_output = false;
    oracle_backward(&given, forward);
    det = fabsq(determinant(side, forward, false));
    k = determinant(side, forward, true) / det;
    *magnitude = *error = 0;
    for (int j = 0; j < side; j++) {
        *magnitude += fabsq(back[side * i + j] * p[j]);
        without(side, forward, j, i, rest);
        if (pair->oracle.to_output)
            *error +=
                8 * (1 + k) * determinant(side - 1, rest, true) / det * fabsq(p[j]);
    }
}

/* Unit roundoffs that a coordinate may be off: of a quotient X / W with up to 4 terms
 * each, and of the units, whose numbers p are off by 3 at most themselves. */
static double coordinate_bound(const struct pair *pair, size_t sample, int axis)
{
    const struct oracle_warp *o = &pair->oracle;
    int at[WCK_AXES] = {(int)sample % o->output[0],
                        (int)sample / o->output[0] % o->output[1],
                        (int)sample / o->output[0] / o->output[1]};
    __float128 p[4] = {1, 1, 1, 1}, u[ORACLE_AXES], x, dx, w = 1, dw = 0, back[16],
               exact = 1;
    int n = o->source[axis];

    oracle_coordinate(o, (int)sample, u);
    x = 4 * ((__float128)fabs(pair->given[axis][sample]) + at[axis] + 1);
    dx = x;
    if (wck_map_has_matrix(&pair->warp.map)) {
        int side = oracle_backward(o, back);

        for (int a = 0; a < o->axes; a++)
            p[a] = 1 + fabsq(oracle_of_pixel(o->output_units, at[a], o->output[a]));
        row_error(pair, axis, p, &x, &dx);
        dx += 8 * x;
        if (side == 3 && strcmp(o->kind, "homography") == 0) {
            row_error(pair, 2, p, &w, &dw);
            dw += 8 * w;
            exact = 0;
            for (int j = 0; j < 3; j++)
                exact +=
                    back[6 + j] *
                    (j < 2 ? oracle_of_pixel(o->output_units, at[j], o->output[j]) : 1);
            exact = fabsq(exact);
        }
    }
    /* d(X/W) = dX/W + |X| dW/W^2; to_pixel multiplies by n/2 at most, after adding 1.
     */
    return (double)((dx / exact + x * dw / (exact * exact) + 4) * n + fabsq(u[axis])) *
           0x1p-53;
}

/* The units of output and source; the reference applies the former to matrices only. */
static void with_units(struct pair *pair, size_t units)
{
    bool by_matrix = strcmp(pair->oracle.kind, "affine") == 0 ||
                     strcmp(pair->oracle.kind, "homography") == 0;

    pair->oracle.source_units = wck_units_row(units)->name;
    if (by_matrix)
        pair->oracle.output_units =
            wck_units_row((units + 1) % wck_units_count())->name;
}

START_TEST(every_map_leads_where_its_formula_says)
{
    struct wck_rng rng = wck_rng_start(2001, (uint64_t)_i);

    for (size_t map = 0; map < MAPS; map++) {
        struct pair pair = {.oracle = {.kernel = "bilinear", .border = "wrap"}};
        double u[PAIR_SAMPLES][WCK_AXES];

        by_map(&pair, map, &rng);
        with_units(&pair, (size_t)_i);
        pair_bind(&pair, &rng);
        pair_coordinates(&pair, u);
        for (size_t i = 0; i < pair.samples; i++) {
            __float128 exact[ORACLE_AXES];

            oracle_coordinate(&pair.oracle, (int)i, exact);
            for (int a = 0; a < pair.oracle.axes; a++) {
                double error = (double)fabsq(u[i][a] - exact[a]);
                double bound = coordinate_bound(&pair, i, a);

                ck_assert_msg(error <= bound, "map %zu sample %zu axis %d: %g > %g",
                              map, i, a, error, bound);
                ck_assert_double_le(bound, 1e-12);
            }
        }
    }
}
END_TEST

/* d coordinate / d (entry of the matrix): central differences of order 6 with the step
 * h = 2^-16, exact on these entries.  They err by h^6/140 times the 7th derivative, for
 * 1/W below 7! (h |p| / |W|)^6 / 140 of the first: 2^-69 at |p| / |W| < 12. */
static void by_entry(const struct pair *pair, size_t sample, int entry,
                     __float128 du[ORACLE_AXES])
{
    static const int weight[] = {0, 45, -9, 1};
    struct pair moved = *pair;

    moved.oracle.matrix = moved.matrix;
    for (int a = 0; a < ORACLE_AXES; a++)
        du[a] = 0;
    for (int j = 1; j <= 3; j++) {
        __float128 u[2][ORACLE_AXES];

        for (int side = 0; side < 2; side++) {
            moved.matrix[entry] = pair->matrix[entry] + ldexp(side ? -j : j, -16);
            oracle_coordinate(&moved.oracle, (int)sample, u[side]);
        }
        for (int a = 0; a < pair->oracle.axes; a++)
            du[a] += weight[j] * (u[0][a] - u[1][a]) / 60 * 65536;
    }
}

/* d output / d coordinate along an axis. */
static struct oracle_sum slope_of(const struct pair *pair,
                                  const struct oracle_image *image,
                                  const double u[WCK_AXES], int axis)
{
    int order[WCK_AXES] = {0, 0, 0};

    order[axis] = 1;
    return oracle_sum(&pair->oracle, image, u, order);
}

/* What any term of a sample's part in the matrix gradient is at most, as a multiple of
 * its slope: (1 + |u|) |p| / |W|, and twice the inverse matrix where that is behind. */
static double chain_most(const struct pair *pair, const double u[WCK_AXES])
{
    __float128 back[16], most = 1, row, sum = 0;
    int side = 0;

    if (wck_map_has_matrix(&pair->warp.map))
        side = oracle_backward(&pair->oracle, back);

    for (int i = 0; i < side * side; i += side) {
        row = 0;
        for (int j = i; j < i + side; j++)
            row += fabsq(back[j]);
        most = row > most ? row : most;
    }
    for (int a = 0; a < pair->oracle.axes; a++)
        sum += fabs(u[a]) * pair->oracle.source[a];
    /* |p| <= 6 and |W| >= 1/2 for the maps above, in all units. */
    return (double)((1 + sum) * 6 * 2 * most * most);
}

START_TEST(the_matrix_gradient_is_the_chain_rule)
{
    struct wck_rng rng = wck_rng_start(2002, (uint64_t)_i);

    for (size_t map = 0; map < 6; map++) {
        struct pair pair = {.oracle = {.kernel = "cubic-0.75", .border = "wrap"}};
        double gradient[WCK_MATRIX], u[PAIR_SAMPLES][WCK_AXES], most = 0.0;
        struct wck_gradients wanted = {.matrix = gradient};
        struct wck_image from, upstream;
        struct oracle_image image;
        struct oracle_sum slope[PAIR_SAMPLES][WCK_AXES];

        by_map(&pair, map, &rng);
        with_units(&pair, (size_t)_i);
        pair_bind(&pair, &rng);
        pair_coordinates(&pair, u);
        from = pair_source(&pair, pair.image);
        upstream = pair_output(&pair, pair.upstream);
        image = oracle_image_new(&pair.oracle, pair.image, pair.border_value);
        ck_assert_int_eq(wck_warp_vjp(&pair.warp, &from, &upstream, &wanted, NULL),
                         WCK_OK);
        for (size_t i = 0; i < pair.samples; i++) {
            for (int a = 0; a < pair.oracle.axes; a++) {
                slope[i][a] = slope_of(&pair, &image, u[i], a);
                most += fabs(pair.upstream[i]) * chain_most(&pair, u[i]) *
                        (double)(slope[i][a].magnitude + slope[i][a].exposure);
            }
        }
        for (int e = 0; e < wck_map_entries(&pair.warp.map); e++) {
            __float128 want = 0;

            for (size_t i = 0; i < pair.samples; i++) {
                __float128 du[ORACLE_AXES];

                by_entry(&pair, i, e, du);
                for (int a = 0; a < pair.oracle.axes; a++)
                    want += pair.upstream[i] * slope[i][a].value * du[a];
            }
            /* Weights 60, the sum over the samples, and a dozen products each way. */
            ck_assert_msg(fabsq(gradient[e] - want) <=
                              0x1p-53 * (90.0 + (double)pair.samples) * most,
                          "map %zu entry %d: %.17g, the oracle says %.17g", map, e,
                          gradient[e], (double)want);
            ck_assert_double_le(most, 1e8);
        }
        oracle_image_free(&image);
    }
}
END_TEST

/* The tangents of every input, and of the coordinates that they move. */
struct motion {
    double image[PAIR_PIXELS], given[WCK_AXES][PAIR_SAMPLES], matrix[WCK_MATRIX];
    double border_value;
};

static void draw_motion(struct motion *motion, struct wck_rng *rng)
{
    motion->border_value = wck_rng_gaussian(rng);
    for (size_t i = 0; i < PAIR_PIXELS; i++)
        motion->image[i] = wck_rng_gaussian(rng);
    for (size_t i = 0; i < WCK_MATRIX; i++)
        motion->matrix[i] = wck_rng_gaussian(rng);
    for (size_t a = 0; a < WCK_AXES; a++) {
        for (size_t i = 0; i < PAIR_SAMPLES; i++)
            motion->given[a][i] = wck_rng_gaussian(rng);
    }
}

static void coordinate_motion(const struct pair *pair, const struct motion *motion,
                              size_t sample, __float128 du[ORACLE_AXES])
{
    const struct oracle_warp *o = &pair->oracle;

    for (int a = 0; a < o->axes; a++) {
        du[a] = (oracle_to_pixel(o->source_units, 1, o->source[a]) -
                 oracle_to_pixel(o->source_units, 0, o->source[a])) *
                (o->subtracted ? -1 : 1) * motion->given[a][sample];
    }
    if (!wck_map_has_matrix(&pair->warp.map))
        return;
    for (int a = 0; a < o->axes; a++)
        du[a] = motion->given[a][sample];
    for (int e = 0; e < wck_map_entries(&pair->warp.map); e++) {
        __float128 of_entry[ORACLE_AXES];

        by_entry(pair, sample, e, of_entry);
        for (int a = 0; a < o->axes; a++)
            du[a] += of_entry[a] * motion->matrix[e];
    }
}

static void expect_tangent(const struct pair *pair, const struct motion *motion,
                           const double *got)
{
    double u[PAIR_SAMPLES][WCK_AXES];
    struct oracle_image image =
        oracle_image_new(&pair->oracle, pair->image, pair->border_value);
    struct oracle_image moved =
        oracle_image_new(&pair->oracle, motion->image, motion->border_value);

    pair_coordinates(pair, u);
    for (size_t i = 0; i < pair->samples; i++) {
        struct oracle_sum sum = oracle_sum(&pair->oracle, &moved, u[i], value_order);
        double bound = pair_bound(pair, &sum, value_order);
        __float128 du[ORACLE_AXES];

        coordinate_motion(pair, motion, i, du);
        for (int a = 0; a < pair->oracle.axes; a++) {
            struct oracle_sum slope = slope_of(pair, &image, u[i], a);

            sum.value += du[a] * slope.value;
            bound += 0x1p-53 * 150.0 * chain_most(pair, u[i]) *
                     (double)(slope.magnitude + slope.exposure) *
                     (1.0 + fabs((double)du[a]));
        }
        ck_assert_msg(fabsq(got[i] - sum.value) <= bound,
                      "%s sample %zu: %.17g, the oracle says %.17g (bound %g)",
                      pair->oracle.kind, i, got[i], (double)sum.value, bound);
        ck_assert_double_le(bound, 1e-6);
    }
    oracle_image_free(&image);
    oracle_image_free(&moved);
}

START_TEST(forward_mode_pushes_every_tangent)
{
    static const char *const prefilters[] = {NULL, "mirror"};
    struct wck_rng rng = wck_rng_start(2003, (uint64_t)_i);

    for (size_t map = 0; map < 2 * MAPS; map++) {
        struct pair pair = {.oracle = {.kernel = "spline3",
                                       .border = "constant",
                                       .prefilter = prefilters[map % 2]}};
        double output[PAIR_SAMPLES];
        struct motion motion;
        struct wck_image from, to, image;
        struct wck_tangents tangents = {.image = &image,
                                        .x = motion.given[0],
                                        .y = motion.given[1],
                                        .z = motion.given[2],
                                        .border_value = &motion.border_value};

        by_map(&pair, map / 2, &rng);
        with_units(&pair, (size_t)_i);
        pair_bind(&pair, &rng);
        draw_motion(&motion, &rng);
        from = pair_source(&pair, pair.image);
        image = pair_source(&pair, motion.image);
        to = pair_output(&pair, output);
        if (wck_map_has_matrix(&pair.warp.map))
            tangents.matrix = motion.matrix;
        ck_assert_int_eq(wck_warp_jvp(&pair.warp, &from, &tangents, &to, NULL), WCK_OK);
        expect_tangent(&pair, &motion, output);
    }
}
END_TEST

Suite *wck_derivative_suite(void)
{
    Suite *suite = suite_create("derivative");
    TCase *maps_case = tcase_create("maps");

    tcase_set_timeout(maps_case, 120);
    tcase_add_loop_test(maps_case, every_map_leads_where_its_formula_says, 0,
                        (int)wck_units_count());
    tcase_add_loop_test(maps_case, the_matrix_gradient_is_the_chain_rule, 0,
                        (int)wck_units_count());
    tcase_add_loop_test(maps_case, forward_mode_pushes_every_tangent, 0,
                        (int)wck_units_count());
    suite_add_tcase(suite, maps_case);
    return suite;
}
