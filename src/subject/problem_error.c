/* How far rounding moves coordinates, and what is derived from them. */
#include <math.h>

#include "src/subject/problem.h"

/* Are all entries multiples of 2^-8 of magnitude below `limit`?  Asked for every
 * sample, so that it is products and no scalbn. */
static bool all_dyadic(const double matrix[6], double limit)
{
    for (int i = 0; i < 6; i++) {
        double scaled = matrix[i] * 0x1p8;

        if (fpclassify(scaled - nearbyint(scaled)) != FP_ZERO ||
            !(fabs(matrix[i]) < limit))
            return false;
    }
    return true;
}

/* Is the map affine, if only in that the last row of a 3x3 matrix from output to source
 * is 0 0 1 exactly, and its units such that nothing is rounded on the way? */
static bool is_plain(const struct wck_map *map)
{
    const double *last = map->backward + 6;
    bool units = (map->output_units == NULL || map->output_units->dyadic) &&
                 (map->source_units == NULL || map->source_units->dyadic);

    if (!units || wck_map_axes(map) != 2)
        return false;
    if (map->kind == WCK_MAP_HOMOGRAPHY)
        return map->direction == WCK_OUTPUT_TO_SOURCE &&
               fpclassify(last[0]) == FP_ZERO && fpclassify(last[1]) == FP_ZERO &&
               fpclassify(last[2] - 1.0) == FP_ZERO;
    return map->kind == WCK_MAP_AFFINE;
}

enum wck_dtype wck_problem_coordinate_dtype(const struct wck_problem *problem)
{
    return wck_dtype_row(problem->dtype)->roundoff >
                   wck_dtype_row(WCK_FLOAT32)->roundoff
               ? WCK_FLOAT32
               : problem->dtype;
}

/* The unit roundoff that coordinates are computed with on the other side. */
static double coordinate_roundoff(const struct wck_problem *problem)
{
    const struct wck_arithmetic *arithmetic = problem->warp.arithmetic;

    return arithmetic != NULL
               ? arithmetic->roundoff
               : wck_dtype_row(wck_problem_coordinate_dtype(problem))->roundoff;
}

/* Products and sums of multiples of 2^-8 are multiples of 2^-16: exact while below
 * 2^(digits - 16).  Digits are single precision's where coordinates are integers, or
 * have a chain of their own. */
static double exact_limit(const struct wck_problem *problem)
{
    double u = coordinate_roundoff(problem);

    return u > 0.0 && u <= wck_dtype_row(WCK_FLOAT64)->roundoff ? 0x1p37 : 0x1p8;
}

bool wck_problem_exact(const struct wck_problem *problem)
{
    const struct wck_map *map = &problem->warp.map;
    const double *m = map->matrix, *b = map->backward;
    double columns = (double)problem->warp.output_width;
    double rows = (double)problem->warp.output_height;
    double limit = exact_limit(problem);
    int exponent;

    if (!wck_map_has_matrix(map))
        return true;
    if (!is_plain(map) ||
        (problem->warp.arithmetic != NULL && problem->warp.arithmetic->detour))
        return false;
    if (!all_dyadic(b, limit))
        return false;
    for (int i = 0; i < 6; i += 3) {
        if (fabs(b[i]) * columns + fabs(b[i + 1]) * rows + fabs(b[i + 2]) >= limit)
            return false;
    }
    if (map->direction == WCK_OUTPUT_TO_SOURCE)
        return true;
    /* The inverse is exact where the determinant is a power of two. */
    return all_dyadic(m, limit) &&
           fpclassify(fabs(frexp(m[0] * m[4] - m[1] * m[3], &exponent)) - 0.5) ==
               FP_ZERO;
}

/* There and back between pixels and a normalised grid: 2u/(n - 1) - 1, through two
 * matrices, and back: a dozen roundings of up to |u| + n. */
#define DETOUR_ROUNDINGS 12.0

/* Number i of output pixel `at`, and how far units of it may be off in roundings: (2i +
 * 1)/n - 1 and its like take three, of terms up to |p| + 2. */
static double number_of(const struct wck_map *map, double at, size_t n, double *error)
{
    const struct wck_units *units = map->output_units;
    double p = units != NULL ? units->of_pixel(at, n) : at;

    *error = units != NULL ? 3.0 * (fabs(p) + 2.0) : 0.0;
    return p;
}

double wck_problem_position_error(const struct wck_problem *problem, size_t sample,
                                  int axis)
{
    const struct wck_warp *warp = &problem->warp;
    size_t n = wck_warp_output_extent(warp, (enum wck_axis)axis);
    double at[WCK_AXES], error;

    wck_warp_position(warp, sample, at);
    number_of(&warp->map, at[axis], n, &error);
    /* By way of p = 2i/(n - 1) - 1: three roundings of up to 2 there, three in the
     * transpose of that on the way back, and (n - 1)/2 pixels a unit; likewise on the
     * source's side. */
    if (warp->arithmetic != NULL && warp->arithmetic->detour)
        error += 6.0 * ((double)n + (double)wck_warp_extent(warp, (enum wck_axis)axis));
    return (coordinate_roundoff(problem) + 0x1p-53) * error;
}

/* An entry of an inverse is off by up to this many roundings of the matching entry of
 * |B| |M| |B| (Higham, Accuracy and Stability, section 14.1, to first order): the
 * adjugate's products, their difference, the determinant's five, and the reciprocal
 * with its product. */
#define INVERSE_ROUNDINGS 9.0

/* The same as a multiple of the coordinates' roundoff. */
static double inverse_roundings(const struct wck_problem *problem)
{
    const struct wck_arithmetic *arithmetic = problem->warp.arithmetic;

    return arithmetic != NULL && arithmetic->wide_inverse
               ? INVERSE_ROUNDINGS * 0x1p-53 / arithmetic->roundoff
               : INVERSE_ROUNDINGS;
}

/* sum over k, l of |B_ik| |M_kl| |B_lj|, for the square forms. */
static double inverse_condition(const struct wck_map *map, int i, int j)
{
    int side = wck_map_axes(map) + 1, rows = wck_map_entries(map) / side;
    double sum = 0.0;

    for (int k = 0; k < side; k++) {
        for (int l = 0; l < side; l++) {
            double b = k == i || i < rows ? fabs(map->backward[i * side + k]) : 0.0;
            double m = k < rows ? fabs(map->matrix[k * side + l]) : k == l ? 1.0 : 0.0;
            double c = l < rows ? fabs(map->backward[l * side + j])
                       : l == j ? 1.0
                                : 0.0;

            sum += b * m * c;
        }
    }
    return sum;
}

double wck_problem_roundoff(const struct wck_problem *problem)
{
    const struct wck_rounding *rounding = problem->warp.rounding;
    double u = wck_dtype_row(problem->dtype)->roundoff;
    bool single = rounding != NULL && rounding->single;

    if (rounding != NULL && rounding->wide)
        return wck_dtype_row(WCK_FLOAT64)->roundoff;
    return u > 0.0 && !single ? u : wck_dtype_row(WCK_FLOAT32)->roundoff;
}

/* |B|^T X |B|^T, with |B| and X of the map's square side; `b` holds |B|. */
static void wide_sandwich(int side, const double b[16], const double x[16],
                          double result[16])
{
    for (int i = 0; i < side; i++) {
        for (int j = 0; j < side; j++) {
            double sum = 0.0;

            for (int k = 0; k < side; k++) {
                for (int l = 0; l < side; l++)
                    sum += b[k * side + i] * x[k * side + l] * b[j * side + l];
            }
            result[i * side + j] = sum;
        }
    }
}

/* What of |B|^T |G| |B|^T an inverse by the adjugate rounds: backwards, the adjugate's
 * part and the determinant's cancel to it, (B_kl B_ji - B_ki B_jl) G_kl and sum(B G)
 * B_ji. */
static void adjugate_sandwich(int side, const double b[16], const double g[16],
                              double result[16])
{
    double sum = 0.0;

    for (int i = 0; i < side * side; i++)
        sum += b[i] * g[i];
    wide_sandwich(side, b, g, result);
    for (int i = 0; i < side; i++) {
        for (int j = 0; j < side; j++)
            result[i * side + j] += 2.0 * sum * b[j * side + i];
    }
}

/* Through normalised grids B is N^-1 (N B M^-1) M, with N and M those of the source's
 * and the output's sizes; rounded, its terms count as |N^-1| |N| |B| |M^-1| |M|, and
 * the gradient's as |N|^T |N^-1|^T |G| |M^-1|^T |M|^T.  |N^-1| |N| is 1 and, from an
 * axis to the last column, n - 1. */
static void widen_by_grids(const struct wck_problem *problem, int side, double b[16],
                           double g[16])
{
    int last = side - 1;

    for (int a = 0; a < last; a++) {
        double n = (double)wck_warp_extent(&problem->warp, (enum wck_axis)a) - 1.0;

        for (int j = 0; j < side; j++) {
            b[a * side + j] += n * b[last * side + j];
            g[last * side + j] += n * g[a * side + j];
        }
    }
    for (int a = 0; a < last; a++) {
        double n =
            (double)wck_warp_output_extent(&problem->warp, (enum wck_axis)a) - 1.0;

        for (int i = 0; i < side; i++) {
            b[i * side + last] += n * b[i * side + a];
            g[i * side + a] += n * g[i * side + last];
        }
    }
}

void wck_problem_matrix_spread(const struct wck_problem *problem, const double *middle,
                               double *radius)
{
    const struct wck_map *map = &problem->warp.map;
    int side = wck_map_axes(map) + 1, entries = wck_map_entries(map);
    double u = coordinate_roundoff(problem) + 0x1p-53;
    double b[16] = {0.0}, error[16] = {0.0}, g[16] = {0.0}, of_g[16], of_b[16] = {0.0};
    const struct wck_arithmetic *arithmetic = problem->warp.arithmetic;
    double turned[16], rounded[16];

    b[side * side - 1] = 1.0;
    for (int i = 0; i < entries; i++) {
        b[i] = fabs(map->backward[i]);
        error[i] =
            u * inverse_roundings(problem) * inverse_condition(map, i / side, i % side);
        g[i] = fabs(middle[i]);
    }
    /* First order in the errors of G and of both factors B; and 2 side + 2 roundings of
     * the two products.  |B| + |error| in place of B takes both factors at once. */
    wide_sandwich(side, b, g, turned);
    for (int i = 0; i < side * side; i++)
        of_b[i] = b[i] + error[i];
    wide_sandwich(side, of_b, g, of_g);
    for (int i = 0; i < side * side; i++)
        g[i] = i < entries ? radius[i] : 0.0;
    wide_sandwich(side, of_b, g, error);
    for (int i = 0; i < entries; i++)
        g[i] = fabs(middle[i]);
    if (arithmetic != NULL && arithmetic->detour)
        widen_by_grids(problem, side, b, g);
    adjugate_sandwich(side, b, g, rounded);
    for (int i = 0; i < entries; i++)
        radius[i] =
            error[i] + (of_g[i] - turned[i]) + u * (2.0 * side + 2.0) * rounded[i];
}

/* Row `row` of the matrix times p: value, and its error in roundings: side + 1 a
 * product (entry, product, the sums), those of p, and of an inverse. */
static double row_error(const struct wck_problem *problem, int row, const double *p,
                        const double *p_error, double *value)
{
    const struct wck_map *map = &problem->warp.map;
    int side = wck_map_axes(map) + 1;
    double error = 0.0;

    *value = 0.0;
    for (int j = 0; j < side; j++) {
        double entry = map->backward[row * side + j];

        *value += entry * p[j];
        error += (side + 1.0) * fabs(entry * p[j]) + fabs(entry) * p_error[j];
        if (map->direction == WCK_SOURCE_TO_OUTPUT)
            error += inverse_roundings(problem) * inverse_condition(map, row, j) *
                     fabs(p[j]);
    }
    return error;
}

/* Roundings of coordinate `axis` before units, from the matrix. */
static double matrix_error(const struct wck_problem *problem, size_t sample, int axis,
                           double *value)
{
    const struct wck_warp *warp = &problem->warp;
    int axes = wck_warp_axes(warp);
    double at[WCK_AXES], p[WCK_AXES + 1], p_error[WCK_AXES + 1], w, error;

    wck_warp_position(warp, sample, at);
    for (int a = 0; a < axes; a++)
        p[a] = number_of(&warp->map, at[a],
                         wck_warp_output_extent(warp, (enum wck_axis)a), &p_error[a]);
    p[axes] = 1.0;
    p_error[axes] = 0.0;
    error = row_error(problem, axis, p, p_error, value);
    if (warp->map.kind == WCK_MAP_HOMOGRAPHY) {
        double w_error = row_error(problem, 2, p, p_error, &w);

        *value /= w;
        error = (error + fabs(*value) * w_error) / fabs(w) + fabs(*value);
    }
    return error;
}

/* The same from arrays: a displacement is added with one rounding. */
static double sample_error(const struct wck_problem *problem, size_t sample, int axis,
                           double *value)
{
    const struct wck_map *map = &problem->warp.map;
    const double *given[WCK_AXES] = {map->x, map->y, map->z};
    double at[WCK_AXES];

    *value = given[axis][sample];
    if (map->kind != WCK_MAP_DISPLACEMENT)
        return 0.0;
    wck_warp_position(&problem->warp, sample, at);
    *value = at[axis] + (map->sign < 0.0 ? -*value : *value);
    return fabs(*value);
}

/* Is the number the type's own? */
static bool is_of(enum wck_dtype dtype, double value)
{
    return fpclassify(wck_dtype_round(dtype, value) - value) == FP_ZERO;
}

/* ((g + 1) n - 1) / 2 and (g + 1) / 2 (n - 1): exact in the coordinates' arithmetic, or
 * in single precision where that is wider, where each step is; twice the factor is n or
 * n - 1. */
static bool is_unit_exact(const struct wck_problem *problem, double g, size_t n)
{
    const struct wck_units *units = problem->warp.map.source_units;
    double sum = g + 1.0, product = sum * 2.0 * units->factor(n), less = product - 1.0;
    double u = coordinate_roundoff(problem);
    enum wck_dtype dtype = u > wck_dtype_row(WCK_FLOAT16)->roundoff   ? WCK_BFLOAT16
                           : u > wck_dtype_row(WCK_FLOAT32)->roundoff ? WCK_FLOAT16
                                                                      : WCK_FLOAT32;

    return is_of(dtype, g) && is_of(dtype, sum) && is_of(dtype, product) &&
           is_of(dtype, less) && fpclassify(sum - g - 1.0) == FP_ZERO &&
           n < ((size_t)1 << 20);
}

static double axis_error(const struct wck_problem *problem, size_t sample, int axis)
{
    const struct wck_map *map = &problem->warp.map;
    const struct wck_arithmetic *arithmetic = problem->warp.arithmetic;
    size_t n = wck_warp_extent(&problem->warp, (enum wck_axis)axis);
    double u = coordinate_roundoff(problem), value, error;

    if (!(u > 0.0))
        return 0.0;
    error = wck_map_has_matrix(map) ? matrix_error(problem, sample, axis, &value)
                                    : sample_error(problem, sample, axis, &value);
    if (map->source_units != NULL) {
        double factor = fabs(map->source_units->factor(n));

        /* (g + 1), the product with n, - 1 and the half: four roundings of what is at
         * most (|g| + 1) n / 2. */
        if (error > 0.0 || !is_unit_exact(problem, value, n))
            error = factor * error + 4.0 * (fabs(value) + 1.0) * (double)n / 2.0;
        value = map->source_units->to_pixel(value, n);
    }
    if (arithmetic != NULL && (arithmetic->detour || arithmetic->blends))
        error += DETOUR_ROUNDINGS * (fabs(value) + (double)n);
    /* A fold subtracts, divides and subtracts again at the scale of u and n. */
    if (problem->warp.fold != NULL && problem->warp.fold->rounds &&
        (value < 0.0 || value > (double)n - 1.0))
        error += 4.0 * (fabs(value) + (double)n);
    return (u + 0x1p-53) * error / (1.0 - 64.0 * u);
}

struct wck_coordinate_error
wck_problem_coordinate_error(const struct wck_problem *problem, size_t sample)
{
    struct wck_coordinate_error error = {0};

    if (wck_map_has_matrix(&problem->warp.map) && wck_problem_exact(problem))
        return error;
    error.x = axis_error(problem, sample, WCK_X);
    error.y = axis_error(problem, sample, WCK_Y);
    if (wck_warp_axes(&problem->warp) == 3)
        error.z = axis_error(problem, sample, WCK_Z);
    return error;
}
