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

/* The lines to filter: sample i of line j is at data[i * count + j]. */
struct lines {
    int n, count;
    __float128 *data;
};

static void swap_rows(__float128 *row, __float128 *other, int n)
{
    for (int j = 0; j < n; j++) {
        __float128 swap = row[j];

        row[j] = other[j];
        other[j] = swap;
    }
}

static void subtract_row(__float128 *row, __float128 factor, const __float128 *other,
                         int n)
{
    for (int j = 0; j < n; j++)
        row[j] -= factor * other[j];
}

/* Solves the n equations matrix x = line for every line by elimination with pivots; x
 * takes the place of the line, and the matrix is spoilt. */
static void solve(__float128 *matrix, const struct lines *lines)
{
    int n = lines->n, count = lines->count;
    __float128 *data = lines->data;

    for (int c = 0; c < n; c++) {
        int pivot = c;

        for (int r = c + 1; r < n; r++) {
            if (fabsq(matrix[r * n + c]) > fabsq(matrix[pivot * n + c]))
                pivot = r;
        }
        swap_rows(matrix + c * n, matrix + pivot * n, n);
        swap_rows(data + c * count, data + pivot * count, count);
        for (int r = 0; r < n; r++) {
            __float128 factor = matrix[r * n + c] / matrix[c * n + c];

            if (r == c || !(fabsq(factor) > 0))
                continue;
            subtract_row(matrix + r * n, factor, matrix + c * n, n);
            subtract_row(data + r * count, factor, data + c * count, count);
        }
    }
    for (int i = 0; i < n * count; i++)
        data[i] /= matrix[i / count * n + i / count];
}

/* Solves sum over k of tap[|k|] c[i - k] = line[i], |k| <= 2, c continued by a border.
 */
static void deconvolve(const char *border, const __float128 tap[3],
                       const struct lines *lines)
{
    int n = lines->n;
    __float128 *matrix = calloc((size_t)(n * n), sizeof *matrix);

    if (matrix == NULL)
        abort();
    for (int i = 0; i < n; i++) {
        for (int k = -2; k <= 2; k++)
            matrix[i * n + oracle_border(border, i, k, n)] += tap[abs(k)];
    }
    solve(matrix, lines);
    free(matrix);
}

/* The roots z, |z| < 1, of sum B_n(k) z^k: with y = z + 1/z that is linear or quadratic
 * in y.  The largest first, as SciPy takes them; returns how many. */
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

        y[0] = (-b1 + root) / (2 * b2);
        y[1] = (-b1 - root) / (2 * b2);
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
 * and the anticausal filter takes it back to the front.  `line` and `a` are line j. */
static void add_slip(__float128 z, const struct lines *a, const struct lines *line,
                     int j)
{
    int n = a->n, step = a->count;
    const __float128 *from = a->data + j;
    __float128 sum = from[0] + powq(z, n) * from[(n - 1) * step], excess, back;

    for (int i = 1; i < n - 1; i++)
        sum += powq(z, i) * (from[i * step] + powq(z, n) * from[(n - 1 - i) * step]);
    excess = z / (1 - powq(z, 2 * n)) * powq(z, 2 * n - 1) * (sum - from[0]);
    excess *= (1 - z) * (1 - 1 / z);
    back = z / (z - 1) * excess * powq(z, n - 1);
    line->data[(n - 1) * step + j] += back;
    for (int i = n - 2; i >= 0; i--) {
        back = z * (back - excess * powq(z, i));
        line->data[i * step + j] += back;
    }
}

/* What one root's step adds to a line beyond its equations, given the samples before.
 */
typedef void beyond(__float128 z, const struct lines *before, const struct lines *lines,
                    int j);

/* Root by root: (1 - z s)(1 - z / s) c = (1 - z)^2 a, s the shift by one pixel. */
static void by_roots(int order, const char *border, beyond *add,
                     const struct lines *lines)
{
    size_t all = (size_t)(lines->n * lines->count);
    struct lines before = {lines->n, lines->count, calloc(all, sizeof *lines->data)};
    __float128 z[2];
    int count = roots(order, z);

    if (before.data == NULL)
        abort();
    for (int k = 0; k < count; k++) {
        const __float128 tap[3] = {1 + z[k] * z[k], -z[k], 0};

        memcpy(before.data, lines->data, all * sizeof *lines->data);
        for (size_t i = 0; i < all; i++)
            lines->data[i] *= (1 - z[k]) * (1 - z[k]);
        deconvolve(border, tap, lines);
        for (int j = 0; j < lines->count; j++)
            add(z[k], &before, lines, j);
    }
    free(before.data);
}

/* What ITK's start leaves out for the root z: the mirrored samples that weigh less than
 * 1e-10, where the line is longer.  That much runs on as z^i, the last coefficient is z
 * / (z^2 - 1) (c[n-1] + z c[n-2]), and the anticausal filter takes it to the front. */
static void add_truncation(__float128 z, const struct lines *a,
                           const struct lines *line, int j)
{
    int n = a->n, step = a->count, terms = 0;
    __float128 excess = 0, back;

    while (powq(fabsq(z), terms) * 10000000000 > 1)
        terms++;
    if (terms >= n)
        return;
    for (int k = terms; k < terms + 80; k++) /* 1e-10 z^80 is below 1e-55 */
        excess -=
            powq(z, k) * a->data[oracle_border("reflect_101", k, 0, n) * step + j];
    excess *= (1 - z) * (1 - 1 / z);
    back = z / (z * z - 1) * excess * (powq(z, n - 1) + z * powq(z, n - 2));
    line->data[(n - 1) * step + j] += back;
    for (int i = n - 2; i >= 0; i--) {
        back = z * (back - excess * powq(z, i));
        line->data[i * step + j] += back;
    }
}

void oracle_coefficients(const char *prefilter, int order, int n, int count,
                         __float128 *data)
{
    const __float128 tap[3] = {sample(order, 0), sample(order, 1), sample(order, 2)};
    const char *name =
        strncmp(prefilter, "padded-", 7) == 0 ? prefilter + 7 : prefilter;
    const struct lines lines = {n, count, data};

    if (n < 2)
        return;
    if (strcmp(name, "mirror") == 0)
        deconvolve("reflect_101", tap, &lines);
    else if (strcmp(name, "mirror-truncated") == 0)
        by_roots(order, "reflect_101", add_truncation, &lines);
    else if (strcmp(name, "periodic") == 0)
        deconvolve("wrap", tap, &lines);
    else if (strcmp(name, "half-sample") == 0)
        by_roots(order, "reflect", add_slip, &lines);
    else
        data[0] = nanq("");
}
