#include "check/oracle/oracle.h"

#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

static bool is(const char *name, const char *other)
{
    return strcmp(name, other) == 0;
}

static __float128 nothing(void)
{
    return nanq("");
}

/* ---- borders: step by step ---- */

/* The border repeats after so many pixels; 0: never. */
static int period(const char *border, int n)
{
    if (is(border, "reflect"))
        return 2 * n;
    if (is(border, "reflect_101"))
        return n > 1 ? 2 * n - 2 : 1;
    return is(border, "wrap") ? n : 0;
}

int oracle_border(const char *border, __float128 u, int k, int n)
{
    const __float128 far = 1000000;
    int repeat = period(border, n), i;

    /* So far out only the side counts, or where in its period u is. */
    if (repeat > 0)
        u = fmodq(floorq(u), repeat);
    i = (int)floorq(fminq(fmaxq(u, -far), far)) + k;
    while (i < 0 || i >= n) {
        if (is(border, "constant"))
            return -1;
        if (is(border, "replicate"))
            i = i < 0 ? 0 : n - 1;
        else if (is(border, "reflect")) /* the mirrors stand at -1/2 and n - 1/2 */
            i = i < 0 ? -1 - i : 2 * n - 1 - i;
        else if (is(border, "reflect_101") && n > 1) /* at 0 and n - 1 */
            i = i < 0 ? -i : 2 * n - 2 - i;
        else if (is(border, "reflect_101"))
            i = 0;
        else if (is(border, "wrap"))
            i += i < 0 ? n : -n;
        else
            return -2; /* not known here */
    }
    return i;
}

/* i less whole multiples of 2^32. */
static __float128 in_32_bits(__float128 i)
{
    const __float128 whole = 0x1p32;

    return i - whole * floorq(i / whole + (__float128)0.5);
}

int oracle_border_narrow(const char *border, __float128 u, int k, int n)
{
    __float128 i = in_32_bits(floorq(u) + k);

    if (is(border, "reflect")) /* by twice the distance from the first edge */
        i = (in_32_bits(in_32_bits(2 * i + 1) + 2 * n) - 2 * n - 1) / 2;
    else if (is(border, "reflect_101"))
        i = in_32_bits(i + n - 1) - (n - 1);
    return oracle_border(border, i, 0, n);
}

/* ---- folds of coordinates ---- */

/* Reflects u about low and about high, as often as it takes. */
static struct oracle_folded reflected(__float128 u, __float128 low, __float128 high)
{
    struct oracle_folded folded = {.u = u, .factor = 1};
    __float128 twice = 2 * (high - low);

    if (!(twice > 0))
        return (struct oracle_folded){.u = low, .factor = 0};
    if (fabsq(u) > 10 * twice + 10)
        folded.u -= twice * truncq(u / twice);
    while (folded.u < low || folded.u > high) {
        folded.u = (folded.u < low ? 2 * low : 2 * high) - folded.u;
        folded.factor = -folded.factor;
    }
    return folded;
}

/* Moves u by whole periods into [0, period), unless it lies in [0, last]. */
static struct oracle_folded repeated(__float128 u, __float128 last, __float128 period)
{
    struct oracle_folded folded = {.u = u, .factor = 1};

    if (!(last > 0))
        return (struct oracle_folded){.u = 0, .factor = 0};
    if (u < 0 || u > last)
        folded.u -= period * floorq(u / period);
    /* SciPy moves a negative whole number of periods onto the far end. */
    if (u < 0 && !(folded.u > 0))
        folded.u = period;
    return folded;
}

/* `open`: no slope on the ends themselves either. */
static struct oracle_folded clipped(struct oracle_folded from, int n, bool open)
{
    __float128 last = n - 1;

    if (open ? from.u <= 0 : from.u < 0)
        return (struct oracle_folded){.u = 0, .factor = 0};
    if (open ? from.u >= last : from.u > last)
        return (struct oracle_folded){.u = last, .factor = 0};
    return from;
}

/* SciPy's mirror, in exact arithmetic: whole periods 2n - 2 are taken off towards 0,
 * the fold below lies at 0, and the one above at n, not n - 1: between the two the taps
 * are mirrored instead. */
static struct oracle_folded scipy_mirrored(__float128 u, int n)
{
    int last = n - 1, whole = 2 * n - 2;
    __float128 rest;

    if (n <= 1)
        return (struct oracle_folded){.u = 0, .factor = 0};
    rest = fmodq(u, whole);
    if (u < 0 && rest <= -last)
        return (struct oracle_folded){.u = rest + whole, .factor = 1};
    if (u < 0)
        return (struct oracle_folded){.u = -rest, .factor = -1};
    if (u > last && rest >= n)
        return (struct oracle_folded){.u = whole - rest, .factor = -1};
    return (struct oracle_folded){.u = u > last ? rest : u, .factor = 1};
}

/* SciPy's reflect likewise: -1 - u below 0, which is kept off -1 by 1e-15. */
static struct oracle_folded scipy_reflected(__float128 u, int n)
{
    const __float128 guard = (__float128)1e-15;
    int whole = 2 * n;
    __float128 rest;

    if (n <= 1)
        return (struct oracle_folded){.u = 0, .factor = 0};
    rest = u < -whole || u > n - 1 ? fmodq(u, whole) : u;
    if (u < 0 && rest < -n)
        return (struct oracle_folded){.u = rest + whole, .factor = 1};
    if (u < 0)
        return (struct oracle_folded){.u = (rest > -guard ? guard : -rest) - 1,
                                      .factor = -1};
    return rest >= n ? (struct oracle_folded){.u = whole - 1 - rest, .factor = -1}
                     : (struct oracle_folded){.u = rest, .factor = 1};
}

/* Where 32-bit integers end; the slope stays, as only the whole part is converted. */
static struct oracle_folded fitting(__float128 u, bool even_nan)
{
    const __float128 end = 0x1p31;

    if (!even_nan && !finiteq(u))
        return (struct oracle_folded){.u = nothing(), .factor = 1};
    return (struct oracle_folded){.u = u > -end && u < end ? u : -end, .factor = 1};
}

/* Likewise, but clamped; `whole`: of all of u, else of its whole part only. */
static struct oracle_folded xla_clamped(__float128 u, bool whole)
{
    const __float128 end = 0x1p31;
    struct oracle_folded folded = {.factor = 1, .narrow = true};
    __float128 rest = whole || !finiteq(u) ? 0 : u - floorq(u);

    if (!isnanq(u))
        folded.u = fmaxq(-end, fminq(u - rest, end - 1)) + rest;
    folded.spoilt = !whole && !finiteq(u);
    return folded;
}

static struct oracle_folded opencv5_clamped(__float128 u, int n)
{
    int size = n < 16 ? 16 : n;

    if (u > -size && u <= 2 * size)
        return (struct oracle_folded){.u = u, .factor = 1};
    return (struct oracle_folded){.u = u > 0 ? 2 * size : -size, .factor = 0};
}

/* The index is an integer of 63 bits, and the weights of bilinear are differences of
 * numbers of 24 bits. */
static struct oracle_folded onnx_moved(__float128 u, __float128 low, bool linear)
{
    const __float128 end = 0x1p62;

    if (!(u > -end && u < end))
        return (struct oracle_folded){.u = low};
    return (struct oracle_folded){.u = u,
                                  .factor = 1,
                                  .filled = linear &&
                                            !(fabsq(u) < 2 * (__float128)(1 << 24))};
}

struct oracle_folded oracle_fold(const char *fold, __float128 u, int n)
{
    const __float128 half = 0.5;
    struct oracle_folded stay = {.u = u, .factor = 1};

    if (fold == NULL || is(fold, "none"))
        return stay;
    if (is(fold, "unit-axis"))
        return (struct oracle_folded){.u = n > 1 ? u : 0, .factor = n > 1 ? 1 : 0};
    if (is(fold, "int32") || is(fold, "int32-finite"))
        return fitting(u, is(fold, "int32"));
    if (is(fold, "xla-int32") || is(fold, "xla-int32-fraction"))
        return xla_clamped(u, is(fold, "xla-int32"));
    if (is(fold, "opencv5-clamp"))
        return opencv5_clamped(u, n);
    if (is(fold, "onnx-centres") || is(fold, "onnx-linear-centres"))
        return onnx_moved(u, 0, is(fold, "onnx-linear-centres"));
    if (is(fold, "onnx-edges") || is(fold, "onnx-linear-edges"))
        return onnx_moved(u, -half, is(fold, "onnx-linear-edges"));
    if (is(fold, "fill-beyond-edges")) /* |u - middle| <= n / 2 is the image */
        return (struct oracle_folded){
            .u = u, .factor = 1, .filled = fabsq(2 * u - (n - 1)) > n};
    if (is(fold, "fill-floor")) /* the pixel below u is one of the image's */
        return (struct oracle_folded){
            .u = u, .factor = 1, .filled = floorq(u) < 0 || floorq(u) > n - 1};
    if (is(fold, "clip"))
        return clipped(stay, n, true);
    if (is(fold, "nearest"))
        return clipped(stay, n, false);
    if (is(fold, "reflect-centres"))
        return clipped(reflected(u, 0, n - 1), n, true);
    if (is(fold, "reflect-edges"))
        return clipped(reflected(u, -half, n - half), n, true);
    if (is(fold, "scipy-mirror"))
        return scipy_mirrored(u, n);
    if (is(fold, "scipy-reflect"))
        return scipy_reflected(u, n);
    if (is(fold, "scipy-wrap"))
        return repeated(u, n - 1, n - 1);
    if (is(fold, "scipy-grid-wrap"))
        return repeated(u, n - 1, n);
    stay.filled = is(fold, "fill") ? u < 0 || u > n - 1 : u < -half || u >= n - half;
    if (!is(fold, "fill") && !is(fold, "fill-edges"))
        stay.u = nothing();
    return stay;
}

/* ---- units ---- */

__float128 oracle_of_pixel(const char *units, __float128 i, int n)
{
    const __float128 half = 0.5;

    if (units == NULL || is(units, "pixels"))
        return i;
    if (is(units, "corners"))
        return i + half;
    if (is(units, "centres")) /* -1 at pixel 0, 1 at pixel n - 1 */
        return n > 1 ? -1 + i * 2 / (n - 1) : 0;
    if (is(units, "edges")) /* -1 at -1/2, 1 at n - 1/2 */
        return -1 + (i + half) * 2 / n;
    if (is(units, "kornia-centres")) /* u with 2u / (n - 1) - 1 = the number of i */
        return n > 1 ? (oracle_of_pixel("centres", i, n) + 1) * (n - 1) / 2 : 0;
    if (is(units, "kornia-edges"))
        return n > 1 ? (oracle_of_pixel("edges", i, n) + 1) * (n - 1) / 2
                     : oracle_of_pixel("edges", i, n);
    return nothing();
}

__float128 oracle_to_pixel(const char *units, __float128 g, int n)
{
    const __float128 half = 0.5;

    if (units == NULL || is(units, "pixels"))
        return g;
    if (is(units, "corners"))
        return g - half;
    if (is(units, "centres"))
        return (g + 1) * (n - 1) / 2;
    if (is(units, "edges"))
        return (g + 1) * n / 2 - half;
    if (is(units, "kornia-centres"))
        return oracle_to_pixel("centres", n > 1 ? 2 * g / (n - 1) - 1 : g, n);
    if (is(units, "kornia-edges"))
        return oracle_to_pixel("edges", n > 1 ? 2 * g / (n - 1) - 1 : g, n);
    return nothing();
}

/* ---- the map ---- */

/* Inverts a square matrix by Gauss and Jordan's elimination with pivots. */
static void invert(int side, __float128 *matrix)
{
    __float128 work[4][8];

    for (int i = 0; i < side; i++) {
        for (int j = 0; j < side; j++) {
            work[i][j] = matrix[side * i + j];
            work[i][side + j] = i == j ? 1 : 0;
        }
    }
    for (int c = 0; c < side; c++) {
        int pivot = c;

        for (int r = c + 1; r < side; r++) {
            if (fabsq(work[r][c]) > fabsq(work[pivot][c]))
                pivot = r;
        }
        for (int j = 0; j < 2 * side; j++) {
            __float128 swap = work[c][j];

            work[c][j] = work[pivot][j];
            work[pivot][j] = swap;
        }
        for (int j = 2 * side - 1; j >= c; j--)
            work[c][j] /= work[c][c];
        for (int r = 0; r < side; r++) {
            for (int j = 2 * side - 1; r != c && j >= c; j--)
                work[r][j] -= work[r][c] * work[c][j];
        }
    }
    for (int i = 0; i < side * side; i++)
        matrix[i] = work[i / side][side + i % side];
}

int oracle_backward(const struct oracle_warp *warp, __float128 square[16])
{
    int side = warp->axes + 1, rows = is(warp->kind, "homography") ? 3 : warp->axes;

    for (int i = 0; i < side * side; i++) {
        if (i < rows * side)
            square[i] = warp->matrix[i];
        else /* the last row of an affine matrix */
            square[i] = i == side * side - 1 ? 1 : 0;
    }
    if (warp->to_output)
        invert(side, square);
    return side;
}

static void output_pixel(const struct oracle_warp *warp, int sample,
                         int pixel[ORACLE_AXES])
{
    pixel[0] = sample % warp->output[0];
    pixel[1] = sample / warp->output[0] % warp->output[1];
    pixel[2] = sample / warp->output[0] / warp->output[1];
}

static void by_matrix(const struct oracle_warp *warp, const int pixel[ORACLE_AXES],
                      __float128 number[ORACLE_AXES])
{
    __float128 square[16], result[4];
    int side = oracle_backward(warp, square);

    for (int i = 0; i < side; i++) {
        result[i] = square[side * i + side - 1];
        for (int a = 0; a < warp->axes; a++)
            result[i] += square[side * i + a] *
                         oracle_of_pixel(warp->output_units, pixel[a], warp->output[a]);
    }
    for (int a = 0; a < warp->axes; a++)
        number[a] = result[a] / result[side - 1];
}

void oracle_coordinate(const struct oracle_warp *warp, int sample,
                       __float128 u[ORACLE_AXES])
{
    __float128 number[ORACLE_AXES] = {0, 0, 0};
    int pixel[ORACLE_AXES];

    output_pixel(warp, sample, pixel);
    if (is(warp->kind, "affine") || is(warp->kind, "homography"))
        by_matrix(warp, pixel, number);
    for (int a = 0; a < warp->axes; a++) {
        if (is(warp->kind, "coordinates"))
            number[a] = warp->given[a][sample];
        else if (is(warp->kind, "displacement"))
            number[a] = pixel[a] + (warp->subtracted ? -1 : 1) *
                                       (__float128)warp->given[a][sample];
        u[a] = oracle_to_pixel(warp->source_units, number[a], warp->source[a]);
    }
}
