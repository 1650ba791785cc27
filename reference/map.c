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
     * itself: below twice that it cannot be told from 0.  One lost to underflow shows
     * as an infinite inverse. */
    if (fabs(determinant) <= 0x1p-52 * (fabs(m[0] * m[4]) + fabs(m[1] * m[3])) ||
        !all_finite(inverted, 6))
        return wck_error_set(
            err, WCK_INVALID,
            "the matrix is singular (determinant %g): it has no inverse", determinant);
    memcpy(inverse, inverted, sizeof inverted);
    return WCK_OK;
}

enum wck_status wck_map_affine(struct wck_map *map, const double matrix[6],
                               enum wck_direction direction, struct wck_error *err)
{
    double inverse[6];
    enum wck_status status;

    *map = (struct wck_map){.kind = WCK_MAP_AFFINE, .direction = direction};
    if (!all_finite(matrix, 6))
        return wck_error_set(err, WCK_INVALID,
                             "the matrix has an entry that is not finite");
    status = wck_affine_invert(matrix, inverse, err);
    if (status != WCK_OK)
        return status;
    memcpy(map->matrix, matrix, sizeof map->matrix);
    memcpy(map->backward, direction == WCK_SOURCE_TO_OUTPUT ? inverse : matrix,
           sizeof map->backward);
    return WCK_OK;
}

struct wck_map wck_map_coordinates(const double *x, const double *y)
{
    return (struct wck_map){.kind = WCK_MAP_COORDINATES, .x = x, .y = y};
}

/* result = left x right, all 3x3 in row order. */
static void multiply(const double left[9], const double right[9], double result[9])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            result[3 * i + j] = left[3 * i] * right[j] +
                                left[3 * i + 1] * right[3 + j] +
                                left[3 * i + 2] * right[6 + j];
    }
}

static void transpose(const double matrix[9], double result[9])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            result[3 * j + i] = matrix[3 * i + j];
    }
}

/* The 3x3 form of a 2x3 matrix with the given last row. */
static void extend(const double matrix[6], double corner, double result[9])
{
    memcpy(result, matrix, 6 * sizeof *matrix);
    result[6] = result[7] = 0.0;
    result[8] = corner;
}

void wck_map_matrix_gradient(const struct wck_map *map, const double backward[6],
                             double gradient[6])
{
    double b[9], bt[9], g[9], left[9], result[9];

    if (map->direction == WCK_OUTPUT_TO_SOURCE) {
        memcpy(gradient, backward, 6 * sizeof *gradient);
        return;
    }
    extend(map->backward, 1.0, b);
    extend(backward, 0.0, g);
    transpose(b, bt);
    multiply(bt, g, left);
    multiply(left, bt, result);
    for (int i = 0; i < 6; i++)
        gradient[i] = -result[i];
}

void wck_map_matrix_tangent(const struct wck_map *map, const double tangent[6],
                            double backward[6])
{
    double b[9], t[9], left[9], result[9];

    if (map->direction == WCK_OUTPUT_TO_SOURCE) {
        memcpy(backward, tangent, 6 * sizeof *backward);
        return;
    }
    extend(map->backward, 1.0, b);
    extend(tangent, 0.0, t);
    multiply(b, t, left);
    multiply(left, b, result);
    for (int i = 0; i < 6; i++)
        backward[i] = -result[i];
}
