/* The oracle's kernel "area": a polygon clipped side by side. */
#include <quadmath.h>
#include <string.h>

#include "check/oracle/oracle.h"

/* A convex polygon; four sides cut off a parallelogram leave at most eight corners. */
struct polygon {
    int count;
    __float128 at[16][2];
};

/* What of the polygon has sign (u_axis - limit) >= 0. */
static void cut(struct polygon *polygon, int axis, __float128 limit, int sign)
{
    struct polygon kept = {.count = 0};

    for (int i = 0; i < polygon->count; i++) {
        const __float128 *p = polygon->at[i],
                         *q = polygon->at[(i + 1) % polygon->count];
        __float128 dp = sign * (p[axis] - limit), dq = sign * (q[axis] - limit);

        if (dp >= 0)
            memcpy(kept.at[kept.count++], p, sizeof kept.at[0]);
        if ((dp > 0 && dq < 0) || (dp < 0 && dq > 0)) {
            for (int a = 0; a < 2; a++)
                kept.at[kept.count][a] = p[a] + dp / (dp - dq) * (q[a] - p[a]);
            kept.count++;
        }
    }
    *polygon = kept;
}

static __float128 area_of(const struct polygon *polygon)
{
    __float128 twice = 0;

    for (int i = 0; i < polygon->count; i++) {
        const __float128 *p = polygon->at[i],
                         *q = polygon->at[(i + 1) % polygon->count];

        twice += p[0] * q[1] - q[0] * p[1];
    }
    return fabsq(twice) / 2;
}

void oracle_footprint(const __float128 a[4], __float128 f[4])
{
    /* Eigenvectors v of A^T A, at right angles; A v is s u. */
    __float128 angle = atan2q(2 * (a[0] * a[1] + a[2] * a[3]),
                              a[0] * a[0] + a[2] * a[2] - a[1] * a[1] - a[3] * a[3]) /
                       2;

    __float128 right = acosq(0);

    memset(f, 0, 4 * sizeof *f);
    for (int i = 0; i < 2; i++) {
        __float128 v[2] = {cosq(angle + i * right), sinq(angle + i * right)};
        __float128 to[2] = {a[0] * v[0] + a[1] * v[1], a[2] * v[0] + a[3] * v[1]};
        __float128 s = hypotq(to[0], to[1]), factor = s < 1 ? 1 / s : 1;

        for (int j = 0; j < 4; j++)
            f[j] += factor * to[j / 2] * v[j % 2];
    }
}

void oracle_area(const struct oracle_warp *warp, const __float128 f[4],
                 const __float128 centre[2], __float128 *weight)
{
    static const int corner[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    int w = warp->source[0], h = warp->source[1], low[2], high[2];
    const __float128 half = (__float128)1 / 2;
    struct polygon whole = {.count = 4};

    for (int i = 0; i < 4; i++) {
        for (int a = 0; a < 2; a++)
            whole.at[i][a] =
                centre[a] + (f[2 * a] * corner[i][0] + f[2 * a + 1] * corner[i][1]) / 2;
    }
    for (int a = 0; a < 2; a++) {
        __float128 reach = (fabsq(f[2 * a]) + fabsq(f[2 * a + 1])) / 2;

        low[a] = (int)floorq(centre[a] - reach);
        high[a] = (int)ceilq(centre[a] + reach);
    }
    for (int i = 0; i <= w * h; i++)
        weight[i] = 0;
    for (int y = low[1]; y <= high[1]; y++) {
        for (int x = low[0]; x <= high[0]; x++) {
            int column = oracle_border(warp->border, 0, x, w);
            int row = oracle_border(warp->border, 0, y, h);
            struct polygon part = whole;

            cut(&part, 0, x - half, 1);
            cut(&part, 0, x + half, -1);
            cut(&part, 1, y - half, 1);
            cut(&part, 1, y + half, -1);
            weight[column < 0 || row < 0 ? w * h : row * w + column] +=
                area_of(&part) / area_of(&whole);
        }
    }
}
