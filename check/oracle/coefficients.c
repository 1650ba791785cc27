/* The oracle's prefilter: the linear equations that the coefficients have to meet,
 * solved by elimination. */
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "check/oracle/oracle.h"

/* B_n(k), the spline's weight k pixels from its centre. */
static __float128 sample(int order, int k)
{
    char kernel[] = "spline?";

    kernel[6] = (char)('0' + order);
    return oracle_weight(kernel, 0, k, 0);
}

/* Solves the n equations matrix x = line by Gaussian elimination with pivots; x takes
 * the place of line, and the matrix is spoilt. */
static void solve(int n, __float128 *matrix, __float128 *line)
{
    for (int c = 0; c < n; c++) {
        int pivot = c;

        for (int r = c + 1; r < n; r++) {
            if (fabsq(matrix[r * n + c]) > fabsq(matrix[pivot * n + c]))
                pivot = r;
        }
        for (int j = 0; j < n; j++) {
            __float128 swap = matrix[c * n + j];

            matrix[c * n + j] = matrix[pivot * n + j];
            matrix[pivot * n + j] = swap;
        }
        __float128 swap = line[c];

        line[c] = line[pivot];
        line[pivot] = swap;
        for (int r = 0; r < n; r++) {
            __float128 factor = matrix[r * n + c] / matrix[c * n + c];

            if (r == c || !(fabsq(factor) > 0))
                continue;
            for (int j = c; j < n; j++)
                matrix[r * n + j] -= factor * matrix[c * n + j];
            line[r] -= factor * line[c];
        }
    }
    for (int c = 0; c < n; c++)
        line[c] /= matrix[c * n + c];
}

/* Solves sum over k of tap[|k|] c[i - k] = line[i], |k| <= 2, c continued by a border.
 */
static void deconvolve(const char *border, int n, const __float128 tap[3],
                       __float128 *line)
{
    __float128 *matrix = calloc((size_t)(n * n), sizeof *matrix);

    if (matrix == NULL)
        abort();
    for (int i = 0; i < n; i++) {
        for (int k = -2; k <= 2; k++)
            matrix[i * n + oracle_border(border, i, k, n)] += tap[abs(k)];
    }
    solve(n, matrix, line);
    free(matrix);
}

/* The roots z, |z| < 1, of sum B_n(k) z^k: with y = z + 1/z that is linear or quadratic
 * in y.  Returns how many. */
static int roots(int order, __float128 z[2])
{
    __float128 b0 = sample(order, 0), b1 = sample(order, 1), b2 = sample(order, 2);
    __float128 y[2];
    int count = order < 4 ? 1 : 2;

    if (count == 1) {
        y[0] = -b0 / b1;
    } else {
        /* b2 (y^2 - 2) + b1 y + b0 = 0 */
        __float128 root = sqrtq(b1 * b1 - 4 * b2 * (b0 - 2 * b2));

        y[0] = (-b1 - root) / (2 * b2);
        y[1] = (-b1 + root) / (2 * b2);
    }
    for (int k = 0; k < count; k++)
        z[k] = (y[k] + sqrtq(y[k] * y[k] - 4)) / 2;
    return count;
}

/* What SciPy's slip adds for the root z, given the samples a before the step: its
 * causal filter starts too high by
 *
 *     z / (1 - z^2n) z^(2n-1) (S - a[0]),
 *     S = a[0] + z^n a[n-1] + sum over 0 < i < n-1 of z^i (a[i] + z^n a[n-1-i]),
 *
 * because S stands where its last term should read a[0].  The excess runs on as z^i,
 * and the anticausal filter takes it back to the front. */
static void add_slip(__float128 z, int n, const __float128 *a, __float128 *line)
{
    __float128 sum = a[0] + powq(z, n) * a[n - 1], excess, back;

    for (int i = 1; i < n - 1; i++)
        sum += powq(z, i) * (a[i] + powq(z, n) * a[n - 1 - i]);
    excess = z / (1 - powq(z, 2 * n)) * powq(z, 2 * n - 1) * (sum - a[0]);
    excess *= (1 - z) * (1 - 1 / z);
    back = z / (z - 1) * excess * powq(z, n - 1);
    line[n - 1] += back;
    for (int i = n - 2; i >= 0; i--) {
        back = z * (back - excess * powq(z, i));
        line[i] += back;
    }
}

/* Root by root: (1 - z s)(1 - z / s) c = (1 - z)^2 a, s the shift by one pixel. */
static void half_sample(int order, int n, __float128 *line)
{
    __float128 z[2], *before = calloc((size_t)n, sizeof *before);
    int count = roots(order, z);

    if (before == NULL)
        abort();
    for (int k = 0; k < count; k++) {
        const __float128 tap[3] = {1 + z[k] * z[k], -z[k], 0};

        memcpy(before, line, (size_t)n * sizeof *line);
        for (int i = 0; i < n; i++)
            line[i] *= (1 - z[k]) * (1 - z[k]);
        deconvolve("reflect", n, tap, line);
        add_slip(z[k], n, before, line);
    }
    free(before);
}

void oracle_coefficients(const char *prefilter, int order, int n, __float128 *line)
{
    const __float128 tap[3] = {sample(order, 0), sample(order, 1), sample(order, 2)};
    const char *name =
        strncmp(prefilter, "padded-", 7) == 0 ? prefilter + 7 : prefilter;

    if (n < 2)
        return;
    if (strcmp(name, "mirror") == 0)
        deconvolve("reflect_101", n, tap, line);
    else if (strcmp(name, "periodic") == 0)
        deconvolve("wrap", n, tap, line);
    else if (strcmp(name, "half-sample") == 0)
        half_sample(order, n, line);
    else
        line[0] = nanq("");
}
