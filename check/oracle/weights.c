/* The oracle's kernels: each weight as a function of the coordinate and the pixel. */
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/oracle/oracle.h"

static __float128 nothing(void)
{
    return nanq("");
}

/* ---- nearest: which pixel is taken ---- */

static __float128 taken(const char *kernel, __float128 u)
{
    const __float128 half = 0.5;

    if (strcmp(kernel, "nearest") == 0)
        return floorq(u + half);
    if (strcmp(kernel, "nearest-half-even") == 0)
        return rintq(u);
    if (strcmp(kernel, "nearest-half-away") == 0)
        return roundq(u);
    if (strcmp(kernel, "nearest-half-down") == 0)
        return ceilq(u - half);
    if (strcmp(kernel, "nearest-floor") == 0)
        return floorq(u);
    if (strcmp(kernel, "nearest-truncate") == 0)
        return truncq(u);
    return nothing();
}

static __float128 nearest(const char *kernel, __float128 u, int k, int derivative)
{
    __float128 distance = taken(kernel, u) - floorq(u) - k;

    if (isnanq(distance) || derivative > 0)
        return isnanq(distance) ? distance : 0;
    return fabsq(distance) < (__float128)0.5 ? 1 : 0;
}

/* ---- bilinear: the tent 1 - |d| ---- */

static __float128 tent(__float128 d, int derivative)
{
    if (d < -1 || d >= 1 || derivative > 1)
        return 0;
    if (derivative == 0)
        return 1 - fabsq(d);
    return d < 0 ? 1 : -1;
}

/* With floor and ceil as its taps the tent has no slope where the two are one. */
static __float128 floor_and_ceil(__float128 t, int k, int derivative)
{
    return !(t > 0) && derivative > 0 ? 0 : tent(t - k, derivative);
}

/* ---- Keys' cubic ---- */

static __float128 cubic(__float128 a, __float128 d, int derivative)
{
    __float128 x = fabsq(d), sign = d < 0 ? -1 : 1;
    /* At a knot the piece to the right: outwards for d > 0, inwards for d < 0. */
    bool inner = d < 0 ? x <= 1 : x < 1;

    if (d < -2 || d >= 2)
        return 0;
    if (derivative == 0)
        return inner ? (a + 2) * x * x * x - (a + 3) * x * x + 1
                     : a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a;
    if (derivative == 1)
        return sign * (inner ? 3 * (a + 2) * x * x - 2 * (a + 3) * x
                             : 3 * a * x * x - 10 * a * x + 8 * a);
    return inner ? 6 * (a + 2) * x - 2 * (a + 3) : 6 * a * x - 10 * a;
}

/* ---- Lanczos over 8 pixels ---- */

/* sin(pi d) sin(pi d / 4) / d^2; the limit at 0 is pi pi / 4. */
static __float128 windowed(__float128 d)
{
    const __float128 pi = acosq(-1);

    if (!(fabsq(d) > 0))
        return pi * pi / 4;
    return sinq(pi * d) * sinq(pi * d / 4) / (d * d);
}

/* Pixels -3 .. 4 from floor(u), at fraction t, made to add up to 1. */
static __float128 lanczos(__float128 t, int k)
{
    __float128 sum = 0;

    if (k < -3 || k > 4)
        return 0;
    for (int i = -3; i <= 4; i++)
        sum += windowed(t - i);
    return windowed(t - k) / sum;
}

/* The formula goes on smoothly beyond 0 <= t < 1, so central differences of order 6 do:
 * with h = 2^-12 they err by h^6 = 2^-72 times a 7th or 8th derivative (below 2^16),
 * and the sines' 2^-112 make 2^-88. */
static __float128 lanczos_derivative(__float128 t, int k, int derivative)
{
    const __float128 h = ldexpq(1, -12);
    __float128 d[4], mean[4];

    for (int j = 1; j <= 3; j++) {
        d[j] = lanczos(t + j * h, k) - lanczos(t - j * h, k);
        mean[j] = lanczos(t + j * h, k) + lanczos(t - j * h, k);
    }
    if (derivative == 1)
        return (45 * d[1] - 9 * d[2] + d[3]) / (60 * h);
    return (2 * mean[3] - 27 * mean[2] + 270 * mean[1] - 490 * lanczos(t, k)) /
           (180 * h * h);
}

/* ---- B-splines, by the recurrence of de Boor and Cox ---- */

static __float128 bspline(int n, __float128 x, int derivative)
{
    const __float128 half = 0.5;
    __float128 edge = half * (n + 1);

    if (derivative > 0)
        return bspline(n - 1, x + half, derivative - 1) -
               bspline(n - 1, x - half, derivative - 1);
    if (n == 0)
        return -half <= x && x < half ? 1 : 0;
    return ((x + edge) * bspline(n - 1, x + half, 0) +
            (edge - x) * bspline(n - 1, x - half, 0)) /
           n;
}

__float128 oracle_weight(const char *kernel, __float128 u, int k, int derivative)
{
    __float128 t = u - floorq(u), d = t - k;

    if (strncmp(kernel, "nearest", 7) == 0)
        return nearest(kernel, u, k, derivative);
    if (strcmp(kernel, "bilinear") == 0)
        return tent(d, derivative);
    if (strcmp(kernel, "bilinear-floor-ceil") == 0)
        return floor_and_ceil(t, k, derivative);
    if (strcmp(kernel, "cubic-0.5") == 0)
        return cubic((__float128)-0.5, d, derivative);
    if (strcmp(kernel, "cubic-0.75") == 0)
        return cubic((__float128)-0.75, d, derivative);
    if (strcmp(kernel, "cubic-1") == 0)
        return cubic(-1, d, derivative);
    if (strcmp(kernel, "lanczos4") == 0)
        return derivative == 0 ? lanczos(t, k) : lanczos_derivative(t, k, derivative);
    for (int n = 2; n <= 5; n++) {
        const char name[] = {'s', 'p', 'l', 'i', 'n', 'e', (char)('0' + n), '\0'};

        if (strcmp(kernel, name) == 0)
            return bspline(n, d, derivative);
    }
    return nothing();
}
