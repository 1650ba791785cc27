#include "reference/map.h"

#include <math.h>
#include <string.h>

static bool all_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(values[i]))
            return false;
    }
    return true;
}

static enum wck_status say_singular(double determinant, struct wck_error *err)
{
    return wck_error_set(err, WCK_INVALID,
                         "the matrix is singular (determinant %g): it has no inverse",
                         determinant);
}

enum wck_status wck_affine_invert(const double matrix[6], double inverse[6],
                                  struct wck_error *err)
{
    const double *m = matrix;
    double determinant = m[0] * m[4] - m[1] * m[3];
    double d = 1.0 / determinant;
    double inverted[6] = {d * m[4], -d * m[1], 0.0, -d * m[3], d * m[0], 0.0};

    inverted[2] = -(inverted[0] * m[2] + inverted[1] * m[5]);
    inverted[5] = -(inverted[3] * m[2] + inverted[4] * m[5]);
    /* The determinant carries a rounding error of up to u (|ae| + |bd|), plus u times
     * itself: below twice that it cannot be told from 0. */
    if (isfinite(determinant) &&
        fabs(determinant) <= 0x1p-52 * (fabs(m[0] * m[4]) + fabs(m[1] * m[3])))
        return say_singular(determinant, err);
    if (!isfinite(determinant) || !all_finite(inverted, 6))
        return wck_error_set(
            err, WCK_INVALID,
            "the inverse of the matrix is beyond double precision (determinant %g)",
            determinant);
    memcpy(inverse, inverted, sizeof inverted);
    return WCK_OK;
}

/* Cofactor of entry (i, j) of a 3x3 matrix, and the sum of its terms' magnitudes. */
static double cofactor(const double m[9], int i, int j, double *magnitude)
{
    int r = (i + 1) % 3, s = (i + 2) % 3, p = (j + 1) % 3, q = (j + 2) % 3;
    double a = m[3 * r + p] * m[3 * s + q], b = m[3 * r + q] * m[3 * s + p];

    *magnitude = fabs(a) + fabs(b);
    return a - b;
}

/* Inverts a 3x3 matrix by its adjugate. */
static enum wck_status invert3(const double m[9], double inverse[9],
                               struct wck_error *err)
{
    double determinant = 0.0, magnitude = 0.0, of_cofactor, d;

    for (int j = 0; j < 3; j++) {
        double c = cofactor(m, 0, j, &of_cofactor);

        determinant += m[j] * c;
        magnitude += fabs(m[j]) * of_cofactor;
    }
    d = 1.0 / determinant; /* cv2.invert multiplies by it: that decides ties */
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            inverse[3 * j + i] = cofactor(m, i, j, &of_cofactor) * d;
    }
    /* Each of the sum's products carries up to 4 roundings. */
    if (fabs(determinant) <= 0x1p-51 * magnitude || !all_finite(inverse, 9))
        return say_singular(determinant, err);
    return WCK_OK;
}

int wck_map_axes(const struct wck_map *map)
{
    return map->axes > 0 ? map->axes : 2;
}

bool wck_map_has_matrix(const struct wck_map *map)
{
    return map->kind == WCK_MAP_AFFINE || map->kind == WCK_MAP_HOMOGRAPHY;
}

int wck_map_entries(const struct wck_map *map)
{
    int axes = wck_map_axes(map);

    if (map->kind == WCK_MAP_HOMOGRAPHY)
        return 9;
    return map->kind == WCK_MAP_AFFINE ? axes * (axes + 1) : 0;
}

/* Inverts an affine map of 3 axes: the linear part by its adjugate. */
static enum wck_status invert_volume(const double m[12], double inverse[12],
                                     struct wck_error *err)
{
    double linear[9], inverted[9];
    enum wck_status status;

    for (int i = 0; i < 9; i++)
        linear[i] = m[4 * (i / 3) + i % 3];
    status = invert3(linear, inverted, err);
    if (status != WCK_OK)
        return status;
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            inverse[4 * i + j] = inverted[3 * i + j];
        inverse[4 * i + 3] = -(inverted[3 * i] * m[3] + inverted[3 * i + 1] * m[7] +
                               inverted[3 * i + 2] * m[11]);
    }
    return WCK_OK;
}

static enum wck_status invert(const struct wck_map *map, double *inverse,
                              struct wck_error *err)
{
    if (map->kind == WCK_MAP_HOMOGRAPHY)
        return invert3(map->matrix, inverse, err);
    if (wck_map_axes(map) == 3)
        return invert_volume(map->matrix, inverse, err);
    return wck_affine_invert(map->matrix, inverse, err);
}

enum wck_status wck_map_matrix(struct wck_map *map, enum wck_map_kind kind, int axes,
                               const double *matrix, enum wck_direction direction,
                               struct wck_error *err)
{
    *map = (struct wck_map){.kind = kind, .axes = axes, .direction = direction};
    if (!all_finite(matrix, (size_t)wck_map_entries(map)))
        return wck_error_set(err, WCK_INVALID,
                             "the matrix has an entry that is not finite");
    memcpy(map->matrix, matrix, (size_t)wck_map_entries(map) * sizeof *matrix);
    if (direction == WCK_SOURCE_TO_OUTPUT)
        return invert(map, map->backward, err);
    memcpy(map->backward, map->matrix, sizeof map->backward);
    return WCK_OK;
}

enum wck_status wck_map_affine(struct wck_map *map, const double matrix[6],
                               enum wck_direction direction, struct wck_error *err)
{
    double inverse[6];
    enum wck_status status =
        wck_map_matrix(map, WCK_MAP_AFFINE, 2, matrix, direction, err);

    return status == WCK_OK ? wck_affine_invert(matrix, inverse, err) : status;
}

struct wck_map wck_map_coordinates(const double *x, const double *y)
{
    return (struct wck_map){.kind = WCK_MAP_COORDINATES, .x = x, .y = y};
}

/* The numbers that the matrix multiplies, with the 1 at the end. */
static int homogeneous(const struct wck_map *map, const double at[WCK_AXES],
                       const size_t output[WCK_AXES], double p[WCK_AXES + 1])
{
    int axes = wck_map_axes(map);

    for (int a = 0; a < axes; a++)
        p[a] = map->output_units != NULL ? map->output_units->of_pixel(at[a], output[a])
                                         : at[a];
    p[axes] = 1.0;
    return axes + 1;
}

/* Row i of the matrix times p, summed from the left. */
static double row_times(const double *row, const double *p, int count)
{
    double sum = row[0] * p[0];

    for (int j = 1; j < count; j++)
        sum += row[j] * p[j];
    return sum;
}

void wck_map_apply(const struct wck_map *map, const double at[WCK_AXES],
                   const size_t output[WCK_AXES], const size_t extent[WCK_AXES],
                   double coordinate[WCK_AXES])
{
    double p[WCK_AXES + 1], w = 1.0;
    int count = homogeneous(map, at, output, p);

    if (map->kind == WCK_MAP_HOMOGRAPHY)
        w = row_times(map->backward + (ptrdiff_t)2 * count, p, count);
    for (int a = 0; a < count - 1; a++) {
        double q = row_times(map->backward + (ptrdiff_t)a * count, p, count) / w;

        coordinate[a] =
            map->source_units != NULL ? map->source_units->to_pixel(q, extent[a]) : q;
    }
}

static double source_factor(const struct wck_map *map, size_t n)
{
    return map->source_units != NULL ? map->source_units->factor(n) : 1.0;
}

void wck_map_pull(const struct wck_map *map, const double at[WCK_AXES],
                  const size_t output[WCK_AXES], const size_t extent[WCK_AXES],
                  const double g[WCK_AXES], double backward[WCK_MATRIX])
{
    double p[WCK_AXES + 1], w = 1.0, of_w = 0.0;
    int count = homogeneous(map, at, output, p);

    if (map->kind == WCK_MAP_HOMOGRAPHY)
        w = row_times(map->backward + (ptrdiff_t)2 * count, p, count);
    for (int a = 0; a < count - 1; a++) {
        const double *row = map->backward + (ptrdiff_t)a * count;
        double of_row = g[a] * source_factor(map, extent[a]) / w;

        for (int j = 0; j < count; j++)
            backward[a * count + j] += of_row * p[j];
        of_w -= of_row * row_times(row, p, count) / w;
    }
    for (int j = 0; map->kind == WCK_MAP_HOMOGRAPHY && j < count; j++)
        backward[2 * count + j] += of_w * p[j];
}

void wck_map_push(const struct wck_map *map, const double at[WCK_AXES],
                  const size_t output[WCK_AXES], const size_t extent[WCK_AXES],
                  const double backward[WCK_MATRIX], double tangent[WCK_AXES])
{
    double p[WCK_AXES + 1], w = 1.0, of_w = 0.0;
    int count = homogeneous(map, at, output, p);

    if (map->kind == WCK_MAP_HOMOGRAPHY) {
        w = row_times(map->backward + (ptrdiff_t)2 * count, p, count);
        of_w = row_times(backward + (ptrdiff_t)2 * count, p, count);
    }
    for (int a = 0; a < count - 1; a++) {
        double q = row_times(map->backward + (ptrdiff_t)a * count, p, count) / w;
        double dq = row_times(backward + (ptrdiff_t)a * count, p, count) - q * of_w;

        tangent[a] = dq / w * source_factor(map, extent[a]);
    }
}

/* ---- between the matrix given and its inverse ---- */

/* The square form, of side `side`, of a matrix with that many columns; the last row of
 * an affine one is 0 but for `corner`. */
static int square(const struct wck_map *map, const double *matrix, double corner,
                  double result[16])
{
    int side = wck_map_axes(map) + 1, entries = wck_map_entries(map);

    memset(result, 0, 16 * sizeof *result);
    memcpy(result, matrix, (size_t)entries * sizeof *matrix);
    if (entries < side * side)
        result[side * side - 1] = corner;
    return side;
}

static void multiply(int side, const double *left, const double *right, double *result)
{
    for (int i = 0; i < side; i++) {
        for (int j = 0; j < side; j++) {
            double sum = left[side * i] * right[j];

            for (int k = 1; k < side; k++)
                sum += left[side * i + k] * right[side * k + j];
            result[side * i + j] = sum;
        }
    }
}

static void transpose(int side, double *matrix)
{
    for (int i = 0; i < side; i++) {
        for (int j = 0; j < i; j++) {
            double swap = matrix[side * i + j];

            matrix[side * i + j] = matrix[side * j + i];
            matrix[side * j + i] = swap;
        }
    }
}

/* -B X B or, transposed, -B^T X B^T. */
static void sandwich(const struct wck_map *map, bool transposed, const double *inner,
                     double *result)
{
    double b[16], x[16], left[16], product[16];
    int side = square(map, map->backward, 1.0, b);

    square(map, inner, 0.0, x);
    if (transposed)
        transpose(side, b);
    multiply(side, b, x, left);
    multiply(side, left, b, product);
    for (int i = 0; i < wck_map_entries(map); i++)
        result[i] = -product[i];
}

void wck_map_matrix_gradient(const struct wck_map *map, const double *backward,
                             double *gradient)
{
    if (map->direction == WCK_OUTPUT_TO_SOURCE)
        memcpy(gradient, backward, (size_t)wck_map_entries(map) * sizeof *gradient);
    else
        sandwich(map, true, backward, gradient);
}

void wck_map_matrix_tangent(const struct wck_map *map, const double *tangent,
                            double *backward)
{
    if (map->direction == WCK_OUTPUT_TO_SOURCE)
        memcpy(backward, tangent, (size_t)wck_map_entries(map) * sizeof *backward);
    else
        sandwich(map, false, tangent, backward);
}

double wck_map_factor(const struct wck_map *map, size_t n)
{
    double sign = map->kind == WCK_MAP_DISPLACEMENT && map->sign < 0.0 ? -1.0 : 1.0;

    return sign * source_factor(map, n);
}
