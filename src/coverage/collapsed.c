#include "src/coverage/collapsed.h"

#include <math.h>

#define U 0x1p-53 /* unit roundoff of double */

/* As wck_affine_invert has it. */
static bool is_singular(const double *m)
{
    return fabs(m[0] * m[4] - m[1] * m[3]) <=
           2.0 * U * (fabs(m[0] * m[4]) + fabs(m[1] * m[3]));
}

/* All corners of the outline lie on one line, and so do those of its two halves: the
 * ends are the corners that are furthest apart, which are opposite ones. */
static void set_ends(struct wck_collapsed *to, double corner[4][2])
{
    double most = -1.0;

    for (int k = 0; k < 2; k++) {
        const double *a = corner[k], *b = corner[k + 2];
        double apart = fabs(b[0] - a[0]) + fabs(b[1] - a[1]);

        if (apart <= most)
            continue;
        most = apart;
        for (int axis = 0; axis < 2; axis++) {
            to->a[axis] = a[axis];
            to->b[axis] = b[axis];
        }
    }
}

/* A corner's coordinate meets four roundings (the entry, a product, two sums) at up to
 * `size`.  A determinant that only cannot be told from 0, at most 4 u |(a, d)| |(b,
 * e)|, leaves a parallelogram of width area/diagonal, at most 4 u times its shorter
 * side and so 4 u `size` again.  Dropping a perpendicular takes three differences, two
 * products, a sum, a quotient and a product, 8 roundings at up to `size` and the
 * image's own: 16 u in all. */
struct wck_collapsed wck_collapsed_of(const struct wck_warp *warp)
{
    const double *m = warp->map.backward;
    double right = (double)warp->output_width - 0.5;
    double bottom = (double)warp->output_height - 0.5;
    const double outline[4][2] = {
        {-0.5, -0.5}, {right, -0.5}, {right, bottom}, {-0.5, bottom}};
    struct wck_collapsed to = {.is_one = is_singular(m)};
    double corner[4][2], size;

    for (int k = 0; k < 4; k++) {
        for (int axis = 0; axis < 2; axis++) {
            const double *row = m + (ptrdiff_t)3 * axis;

            corner[k][axis] = row[0] * outline[k][0] + row[1] * outline[k][1] + row[2];
        }
    }
    set_ends(&to, corner);
    size = (fabs(m[0]) + fabs(m[3])) * (double)warp->output_width +
           (fabs(m[1]) + fabs(m[4])) * (double)warp->output_height + fabs(m[2]) +
           fabs(m[5]) + (double)warp->source_width + (double)warp->source_height;
    to.slack = 16.0 * U * size;
    return to;
}

bool wck_collapsed_holds(const struct wck_collapsed *collapsed, double x, double y)
{
    const double *a = collapsed->a, *b = collapsed->b;
    double along[2] = {b[0] - a[0], b[1] - a[1]};
    double square = along[0] * along[0] + along[1] * along[1], t = 0.0;

    if (square > 0.0)
        t = ((x - a[0]) * along[0] + (y - a[1]) * along[1]) / square;
    t = fmin(fmax(t, 0.0), 1.0);
    return fabs(a[0] + t * along[0] - x) <= collapsed->slack &&
           fabs(a[1] + t * along[1] - y) <= collapsed->slack;
}
