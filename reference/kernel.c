#include "reference/kernel.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846264338327950288L
#define HALF_ROOT 0.70710678118654752440084436210484904L /* of 2 */

/* ---- bases: which whole number a coordinate belongs to ---- */

/* The fraction is compared, not u + 1/2 floored: that sum rounds up for the double just
 * below 1/2. */
static double half_up(double u)
{
    double below = floor(u);

    return u - below >= 0.5 ? below + 1.0 : below;
}

/* Its mirror image: u - floor(u) itself would round down to 1/2 just above -1/2. */
static double half_down(double u)
{
    return -half_up(-u);
}

/* ---- weights ----
 *
 * Worked out in the widest type there is and rounded once, when they are kept: their
 * formulas cancel, and an oracle's weights should not be what a comparison shows. */

static void one_eval(const struct wck_kernel *kernel, long double fraction,
                     struct wck_weights *to)
{
    (void)kernel;
    (void)fraction;
    to->weight[0] = 1.0;
    to->slope[0] = to->curvature[0] = 0.0;
}

static void linear_eval(const struct wck_kernel *kernel, long double fraction,
                        struct wck_weights *to)
{
    bool whole = kernel->ceiling && fpclassify(fraction) == FP_ZERO;

    to->weight[0] = (double)(1.0L - fraction);
    to->weight[1] = (double)fraction;
    to->slope[0] = whole ? 0.0 : -1.0;
    to->slope[1] = whole ? 0.0 : 1.0;
    to->curvature[0] = to->curvature[1] = 0.0;
}

/* Keys' cubic at distances 1+t, t, 1-t, 2-t: NOTES, "cubic". */
static void cubic_eval(const struct wck_kernel *kernel, long double fraction,
                       struct wck_weights *to)
{
    const long double a = kernel->a;

    for (int side = 0; side < 2; side++) {
        long double t = side == 0 ? fraction : 1.0L - fraction;
        long double sign = side == 0 ? 1.0L : -1.0L;
        int outer = side == 0 ? 0 : 3, inner = side == 0 ? 1 : 2;

        to->weight[outer] = (double)(a * t * (1.0L - t) * (1.0L - t));
        to->weight[inner] = (double)(((a + 2.0L) * t - (a + 3.0L)) * t * t + 1.0L);
        to->slope[outer] = (double)(sign * a * (1.0L - t) * (1.0L - 3.0L * t));
        to->slope[inner] =
            (double)(sign * (3.0L * (a + 2.0L) * t - 2.0L * (a + 3.0L)) * t);
        to->curvature[outer] = (double)(a * (6.0L * t - 4.0L));
        to->curvature[inner] = (double)(6.0L * (a + 2.0L) * t - 2.0L * (a + 3.0L));
    }
}

static bool is_even(long double whole)
{
    return fpclassify(fmodl(whole, 2.0L)) == FP_ZERO;
}

/* Sine and cosine of pi q d. */
struct turn {
    long double sine, cosine;
};

/* Of pi t; the sine is exactly 0 at whole t. */
static struct turn turn_of(long double t)
{
    long double whole = nearbyintl(t);
    struct turn turn;

    sincosl(PI * (t - whole), &turn.sine, &turn.cosine);
    if (is_even(whole))
        return turn;
    return (struct turn){-turn.sine, -turn.cosine};
}

/* (-1)^k / (2k + 1)!: at |z| < 1 the tenth term is below 2^-65. */
static const long double sine_series[] = {
    1.0L,
    -1.0L / 6.0L,
    1.0L / 120.0L,
    -1.0L / 5040.0L,
    1.0L / 362880.0L,
    -1.0L / 39916800.0L,
    1.0L / 6227020800.0L,
    -1.0L / 1307674368000.0L,
    1.0L / 355687428096000.0L,
    -1.0L / 121645100408832000.0L,
};

/* sin(pi q d) / d, for the turn pi q d, and its first two derivatives with respect to d
 * where they are wanted.  Near 0 the closed forms cancel: there the power series rate
 * sum c_k z^2k. */
static inline void sine_quotient(long double q, long double d, struct turn turn,
                                 bool derivatives, long double value[3])
{
    long double rate = PI * q, z = rate * d, power = rate;

    if (fabsl(z) >= 1.0L) {
        long double by_d = 1.0L / d;

        value[0] = turn.sine * by_d;
        if (!derivatives)
            return;
        value[1] = (rate * turn.cosine - value[0]) * by_d;
        value[2] = (-rate * rate * turn.sine - 2.0L * value[1]) * by_d;
        return;
    }
    value[0] = rate;
    value[1] = value[2] = 0.0L;
    for (int k = 1; k < 10; k++) {
        long double m = 2.0L * k, term = sine_series[k] * power;

        value[0] += term * z * z;
        if (derivatives) {
            value[1] += m * term * z * rate;
            value[2] += m * (m - 1.0L) * term * rate * rate;
        }
        power *= z * z;
    }
}

/* Weights s_i / sum s with s_i = sin(pi d) sin(pi d / 4) / d^2, d = t + 3 - i: NOTES,
 * "lanczos4".  s[k] are the s_i and their first two derivatives, sum[k] their sums. */
static inline void lanczos_sums(long double fraction, bool derivatives,
                                long double s[3][WCK_TAPS], long double sum[3])
{
    /* Of pi (3 - i) / 4. */
    static const struct turn eighth[WCK_TAPS] = {
        {HALF_ROOT, -HALF_ROOT}, {1.0L, 0.0L},  {HALF_ROOT, HALF_ROOT},   {0.0L, 1.0L},
        {-HALF_ROOT, HALF_ROOT}, {-1.0L, 0.0L}, {-HALF_ROOT, -HALF_ROOT}, {0.0L, -1.0L},
    };
    const struct turn whole = turn_of(fraction), part = turn_of(fraction / 4.0L);

    sum[0] = sum[1] = sum[2] = 0.0L;
    for (int i = 0; i < WCK_TAPS; i++) {
        long double d = fraction + 3.0L - i, sign = i % 2 == 1 ? 1.0L : -1.0L, f[3],
                    g[3];
        struct turn by_one = {sign * whole.sine, sign * whole.cosine};
        struct turn by_quarter = {
            part.sine * eighth[i].cosine + part.cosine * eighth[i].sine,
            part.cosine * eighth[i].cosine - part.sine * eighth[i].sine};

        sine_quotient(1.0L, d, by_one, derivatives, f);
        sine_quotient(0.25L, d, by_quarter, derivatives, g);
        s[0][i] = f[0] * g[0];
        sum[0] += s[0][i];
        if (!derivatives)
            continue;
        s[1][i] = f[1] * g[0] + f[0] * g[1];
        s[2][i] = f[2] * g[0] + 2.0L * f[1] * g[1] + f[0] * g[2];
        sum[1] += s[1][i];
        sum[2] += s[2][i];
    }
}

static void lanczos_eval(const struct wck_kernel *kernel, long double fraction,
                         struct wck_weights *to)
{
    long double s[3][WCK_TAPS], sum[3], by_sum;

    (void)kernel;
    lanczos_sums(fraction, true, s, sum);
    by_sum = 1.0L / sum[0];
    for (int i = 0; i < WCK_TAPS; i++) {
        long double w = s[0][i] * by_sum, w1 = (s[1][i] - w * sum[1]) * by_sum;

        to->weight[i] = (double)w;
        to->slope[i] = (double)w1;
        to->curvature[i] =
            (double)((s[2][i] - 2.0L * w1 * sum[1] - w * sum[2]) * by_sum);
    }
}

static void lanczos_weigh(const struct wck_kernel *kernel, long double fraction,
                          struct wck_weights *to)
{
    long double s[3][WCK_TAPS], sum[3], by_sum;

    (void)kernel;
    lanczos_sums(fraction, false, s, sum);
    by_sum = 1.0L / sum[0];
    for (int i = 0; i < WCK_TAPS; i++)
        to->weight[i] = (double)(s[0][i] * by_sum);
}

/* B_n(x) = sum_{k=0}^{n+1} (-1)^k C(n+1, k) max(x + (n+1)/2 - k, 0)^n / n! and, where
 * they are wanted, its first two derivatives, n >= 2, at x = fraction + shift,
 * evaluated from the nearer end, where few terms are left: NOTES, "spline".  Whole
 * numbers are added up before the fraction, so that each term's sign is exact.  Of a
 * derivative that jumps (power 0) the side of larger x is taken: the truncated 0th
 * power is 1 at 0, but not mirrored. */
static inline void bspline(int n, long double fraction, int shift, bool derivatives,
                           long double value[3])
{
    bool mirrored = fraction + shift > 0.0L;
    long double binomial = 1.0L, factorial = 1.0L;
    long double edge = (n + 1) / 2.0L + (mirrored ? -shift : shift);

    value[0] = value[1] = value[2] = 0.0L;
    for (int k = 2; k <= n - 2; k++)
        factorial *= k;
    for (int k = 0; k <= n + 1; k++) {
        long double from = edge - k + (mirrored ? -fraction : fraction);
        long double term = k % 2 == 0 ? binomial : -binomial;

        if (mirrored ? from <= 0.0L : from < 0.0L)
            break;
        for (int i = 0; i < n - 2; i++)
            term *= from;
        for (int derivative = 2; derivative >= 0; derivative--) {
            if (derivatives || derivative == 0)
                value[derivative] += term;
            term *= from;
        }
        binomial *= (long double)(n + 1 - k) / (k + 1);
    }
    value[2] /= factorial;
    value[1] /= (mirrored ? -1.0L : 1.0L) * factorial * (n - 1);
    value[0] /= factorial * (n - 1) * n;
}

/* Taps at base + first + i, so at distance fraction - first - i. */
static void spline_eval(const struct wck_kernel *kernel, long double fraction,
                        struct wck_weights *to)
{
    for (int i = 0; i < kernel->support; i++) {
        long double at[3];

        bspline(kernel->order, fraction, -kernel->first - i, true, at);
        to->weight[i] = (double)at[0];
        to->slope[i] = (double)at[1];
        to->curvature[i] = (double)at[2];
    }
}

static void spline_weigh(const struct wck_kernel *kernel, long double fraction,
                         struct wck_weights *to)
{
    for (int i = 0; i < kernel->support; i++) {
        long double at[3];

        bspline(kernel->order, fraction, -kernel->first - i, false, at);
        to->weight[i] = (double)at[0];
    }
}

/* clang-format off: rows, one field a line */
static const struct wck_kernel kernels[] = {
    {
        .name = "nearest",
        .family = "nearest",
        .support = 1,
        .knot = 0.5,
        .smoothness = -1,
        .base = half_up,
        .eval = one_eval,
        .summary = "the nearest pixel; halfway, the one after (half up)",
        .source = "NOTES:nearest",
    },
    {
        .name = "nearest-half-even",
        .family = "nearest",
        .support = 1,
        .knot = 0.5,
        .smoothness = -1,
        .base = nearbyint,
        .eval = one_eval,
        .summary = "the nearest pixel; halfway, the even one",
        .source = "NOTES:nearest",
    },
    {
        .name = "nearest-half-away",
        .family = "nearest",
        .support = 1,
        .knot = 0.5,
        .smoothness = -1,
        .base = round,
        .eval = one_eval,
        .summary = "the nearest pixel; halfway, the one further from 0",
        .source = "NOTES:nearest",
    },
    {
        .name = "nearest-half-down",
        .family = "nearest",
        .support = 1,
        .knot = 0.5,
        .smoothness = -1,
        .base = half_down,
        .eval = one_eval,
        .summary = "the nearest pixel; halfway, the one before",
        .source = "NOTES:nearest",
    },
    {
        .name = "nearest-floor",
        .family = "nearest",
        .support = 1,
        .knot = 0.0,
        .smoothness = -1,
        .base = floor,
        .eval = one_eval,
        .summary = "the pixel at or before the coordinate",
        .source = "NOTES:nearest",
    },
    {
        .name = "nearest-truncate",
        .family = "nearest",
        .support = 1,
        .knot = 0.0,
        .smoothness = -1,
        .base = trunc,
        .eval = one_eval,
        .summary = "the coordinate truncated towards 0",
        .source = "NOTES:nearest",
    },
    {
        .name = "bilinear",
        .family = "bilinear",
        .support = 2,
        .knot = 0.0,
        .smoothness = 0,
        .degree = 1,
        .base = floor,
        .eval = linear_eval,
        .summary =
            "floor(u) and the pixel after, by distance; slopes of the right cell",
        .source = "NOTES:bilinear",
    },
    {
        .name = "bilinear-floor-ceil",
        .family = "bilinear",
        .support = 2,
        .knot = 0.0,
        .smoothness = 0,
        .degree = 1,
        .ceiling = true,
        .base = floor,
        .eval = linear_eval,
        .summary =
            "floor(u) and ceil(u), by distance; one pixel and no slope where they "
            "coincide",
        .source = "NOTES:bilinear-floor-ceil",
    },
    {
        .name = "cubic-0.5",
        .family = "cubic",
        .support = 4,
        .first = -1,
        .smoothness = 1,
        .degree = 3,
        .a = -0.5,
        .base = floor,
        .eval = cubic_eval,
        .summary = "Keys' cubic convolution with a = -1/2 (Catmull-Rom)",
        .source = "NOTES:cubic",
    },
    {
        .name = "cubic-0.75",
        .family = "cubic",
        .support = 4,
        .first = -1,
        .smoothness = 1,
        .degree = 3,
        .a = -0.75,
        .base = floor,
        .eval = cubic_eval,
        .summary = "Keys' cubic convolution with a = -3/4",
        .source = "NOTES:cubic",
    },
    {
        .name = "cubic-1",
        .family = "cubic",
        .support = 4,
        .first = -1,
        .smoothness = 1,
        .degree = 3,
        .a = -1.0,
        .base = floor,
        .eval = cubic_eval,
        .summary = "Keys' cubic convolution with a = -1",
        .source = "NOTES:cubic",
    },
    {
        .name = "lanczos4",
        .family = "lanczos",
        .support = 8,
        .first = -3,
        .smoothness = 1,
        .degree = -1,
        .base = floor,
        .eval = lanczos_eval,
        .weigh = lanczos_weigh,
        .summary = "Lanczos over 8 pixels, the weights made to add up to 1",
        .source = "NOTES:lanczos4",
    },
    {
        .name = "spline2",
        .family = "spline",
        .support = 3,
        .first = -1,
        .knot = 0.5,
        .smoothness = 1,
        .degree = 2,
        .order = 2,
        .base = half_up,
        .eval = spline_eval,
        .weigh = spline_weigh,
        .summary = "the quadratic B-spline, of prefiltered coefficients",
        .source = "NOTES:spline",
    },
    {
        .name = "spline3",
        .family = "spline",
        .support = 4,
        .first = -1,
        .smoothness = 2,
        .degree = 3,
        .order = 3,
        .base = floor,
        .eval = spline_eval,
        .weigh = spline_weigh,
        .summary = "the cubic B-spline, of prefiltered coefficients",
        .source = "NOTES:spline",
    },
    {
        .name = "spline4",
        .family = "spline",
        .support = 5,
        .first = -2,
        .knot = 0.5,
        .smoothness = 3,
        .degree = 4,
        .order = 4,
        .base = half_up,
        .eval = spline_eval,
        .weigh = spline_weigh,
        .summary = "the quartic B-spline, of prefiltered coefficients",
        .source = "NOTES:spline",
    },
    {
        .name = "spline5",
        .family = "spline",
        .support = 6,
        .first = -2,
        .smoothness = 4,
        .degree = 5,
        .order = 5,
        .base = floor,
        .eval = spline_eval,
        .weigh = spline_weigh,
        .summary = "the quintic B-spline, of prefiltered coefficients",
        .source = "NOTES:spline",
    },
    {
        .name = "area",
        .family = "area",
        .footprint = true,
        .degree = -1,
        .summary = "pixels by their share of the output pixel's footprint: antialiased "
                   "minification, bilinear where the map is a shift",
        .source = "NOTES:area",
    },
};
/* clang-format on */

size_t wck_kernel_count(void)
{
    return sizeof kernels / sizeof kernels[0];
}

const struct wck_kernel *wck_kernel_row(size_t row)
{
    return row < wck_kernel_count() ? &kernels[row] : NULL;
}

const struct wck_kernel *wck_kernel_find(const char *name)
{
    for (size_t i = 0; i < wck_kernel_count(); i++) {
        if (strcmp(name, kernels[i].name) == 0)
            return &kernels[i];
    }
    return NULL;
}

double wck_kernel_roundings(const struct wck_kernel *kernel)
{
    /* 0 and 1 for nearest and linear.  OpenCV's form of a cubic, ((a x - 5a) x + 8a) x
     * - 4a at x up to 2, passes through terms of 12 |a|: 40 roundings of 1.  A B-spline
     * of degree d by Horner's rule takes 2d + 2 of terms up to 1.  Lanczos takes two
     * sines, a square and two quotients, and the sum of eight. */
    /* (108 R + 36)/B of NOTES, "area-rounding", where R < 0.708 B and B >= 1. */
    if (kernel->footprint)
        return 113.0;
    if (kernel->support <= 2)
        return kernel->support - 1;
    if (kernel->order > 0)
        return 2.0 * kernel->degree + 2.0;
    return kernel->degree == 3 ? 40.0 : 24.0;
}

static bool is_cubic(const struct wck_kernel *kernel)
{
    return !kernel->footprint && kernel->support == 4 && kernel->order == 0;
}

static bool is_outer(int k)
{
    return k == 0 || k == 3;
}

double wck_kernel_tap_roundings(const struct wck_kernel *kernel, int k)
{
    if (!is_cubic(kernel))
        return wck_kernel_roundings(kernel);
    return is_outer(k) ? fmax(20.0, 40.0 * fabs(kernel->a)) : 12.0;
}

double wck_kernel_slope_roundings(const struct wck_kernel *kernel, int k)
{
    if (!kernel->footprint && kernel->support <= 2)
        return 0.0;
    if (!is_cubic(kernel))
        return 4.0 * wck_kernel_roundings(kernel);
    return is_outer(k) ? fmax(24.0, 48.0 * fabs(kernel->a)) : 20.0;
}
