#include "src/coverage/projection.h"

#include <math.h>
#include <string.h>

#define U 0x1p-53 /* unit roundoff of double */

/* Roundings that a term of X, Y or W, and of its comparison with an edge, meets.
 *
 * A unit is two numbers, a scale and an offset, that err by at most 3 roundings each
 * (the functions of units.c and one difference).  An entry of the matrix between pixels
 * is a sum of products of a unit, an entry (a decimal, rounded once) and a unit: 3 + 1
 * + 3, two products and at most four sums, 13.  An entry of its adjugate is a
 * difference of products of two of them: 2 x 13 + 2 = 28.  Times x or y, two sums,
 * times an edge and a last sum: 5 more.  All relative to the terms' magnitudes, so that
 * 36 covers their products as well. */
#define RELATIVE (36.0 * U)

/* A 3x3 matrix and the magnitudes of its terms. */
struct sized {
    double value[9], size[9];
};

static struct sized multiply(const struct sized *a, const struct sized *b)
{
    struct sized to = {{0.0}, {0.0}};

    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            for (int j = 0; j < 3; j++) {
                to.value[3 * i + k] += a->value[3 * i + j] * b->value[3 * j + k];
                to.size[3 * i + k] += a->size[3 * i + j] * b->size[3 * j + k];
            }
        }
    }
    return to;
}

static void set(struct sized *to, int at, double value, double size)
{
    to->value[at] = value;
    to->size[at] = size;
}

/* From pixels to numbers in `units`, or back; both are a scale and an offset. */
static struct sized units_of(const struct wck_units *units, const size_t n[2],
                             bool to_pixels)
{
    struct sized to = {{1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0},
                       {1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0}};

    for (int axis = 0; axis < 2 && units != NULL; axis++) {
        double (*convert)(double, size_t) =
            to_pixels ? units->to_pixel : units->of_pixel;
        double zero = convert(0.0, n[axis]), one = convert(1.0, n[axis]);

        set(&to, 4 * axis, one - zero, fabs(one) + fabs(zero));
        set(&to, 3 * axis + 2, zero, fabs(zero) + (to_pixels ? (double)n[axis] : 1.0));
    }
    return to;
}

static struct sized matrix_of(const double *m, enum wck_map_kind kind)
{
    struct sized to = {{0.0}, {0.0}};
    int entries = kind == WCK_MAP_HOMOGRAPHY ? 9 : 6;

    for (int i = 0; i < entries; i++)
        set(&to, i, m[i], fabs(m[i]));
    if (entries == 6)
        set(&to, 8, 1.0, 1.0);
    return to;
}

/* The inverse, but for a factor, which a projection does not see. */
static struct sized adjugate(const struct sized *m)
{
    struct sized to;

    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++) {
            int a = 3 * ((k + 1) % 3), b = 3 * ((k + 2) % 3);
            int c = (i + 1) % 3, d = (i + 2) % 3;

            set(&to, 3 * i + k,
                m->value[a + c] * m->value[b + d] - m->value[a + d] * m->value[b + c],
                m->size[a + c] * m->size[b + d] + m->size[a + d] * m->size[b + c]);
        }
    }
    return to;
}

/* The determinant, by the first row and the adjugate's first column, is no larger than
 * its rounding error. */
static bool is_singular(const struct sized *m, const struct sized *inverse)
{
    double determinant = 0.0, size = 0.0;

    for (int k = 0; k < 3; k++) {
        determinant += m->value[k] * inverse->value[3 * k];
        size += m->size[k] * inverse->size[3 * k];
    }
    return !(fabs(determinant) > 2.0 * RELATIVE * size);
}

struct wck_projection wck_projection_of(const struct wck_warp *warp)
{
    const struct wck_map *map = &warp->map;
    const size_t source[2] = {warp->source_width, warp->source_height};
    const size_t output[2] = {warp->output_width, warp->output_height};
    bool forward = map->direction == WCK_SOURCE_TO_OUTPUT;
    struct sized before = units_of(forward ? map->source_units : map->output_units,
                                   forward ? source : output, false);
    struct sized after = units_of(forward ? map->output_units : map->source_units,
                                  forward ? output : source, true);
    struct sized given = matrix_of(forward ? map->matrix : map->backward, map->kind);
    struct sized through = multiply(&given, &before), pixels, inverse;
    struct wck_projection projection = {.unknown = false};

    pixels = multiply(&after, &through);
    if (!forward) {
        inverse = adjugate(&pixels);
        projection.unknown = is_singular(&pixels, &inverse);
        pixels = inverse;
    }
    memcpy(projection.forward, pixels.value, sizeof pixels.value);
    memcpy(projection.size, pixels.size, sizeof pixels.size);
    return projection;
}

/* A row times (x, y, 1): its value, and the bound on its error. */
static double project(const struct wck_projection *p, int row, double x, double y,
                      double *error)
{
    const double *f = p->forward + (ptrdiff_t)3 * row;
    const double *s = p->size + (ptrdiff_t)3 * row;

    *error = RELATIVE * (s[0] * x + s[1] * y + s[2]);
    return f[0] * x + f[1] * y + f[2];
}

bool wck_projection_holds(const struct wck_projection *projection,
                          const double output[2], double x, double y)
{
    double w_error, w = project(projection, 2, x, y, &w_error);

    if (projection->unknown)
        return true;
    if (fabs(w) <= w_error) /* its position is infinitely far away */
        return false;
    for (int axis = 0; axis < 2; axis++) {
        double error, at = project(projection, axis, x, y, &error);
        double edge = output[axis] - 0.5;

        at = w < 0.0 ? -at : at;
        if (at + 0.5 * fabs(w) < -(error + 0.5 * w_error) ||
            at - edge * fabs(w) > error + edge * w_error)
            return false;
    }
    return true;
}
