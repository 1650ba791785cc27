#include "reference/warp.h"

#include <math.h>
#include <string.h>

static double half_even(double value)
{
    return nearbyint(value);
}

/* ---- OpenCV 4: tables of weights in single precision (NOTES, "opencv4") ---- */

#define TABLE (WCK_TAPS * WCK_TAPS) /* most weights of two axes */

static void cubic_table(double a, float t, float w[WCK_TAPS])
{
    float s = t + 1.0f, u = 1.0f - t, b = (float)a;

    w[0] = ((b * s - 5.0f * b) * s + 8.0f * b) * s - 4.0f * b;
    w[1] = ((b + 2.0f) * t - (b + 3.0f)) * t * t + 1.0f;
    w[2] = ((b + 2.0f) * u - (b + 3.0f)) * u * u + 1.0f;
    w[3] = 1.0f - w[0] - w[1] - w[2];
}

/* sin(y + 5 pi/4 i) by the sum of angles, over y_i^2. */
static void lanczos_table(float t, float w[WCK_TAPS])
{
    static const double root = 0.70710678118654752440;
    const double of_sine[] = {1, -root, 0, root, -1, root, 0, -root};
    const double of_cosine[] = {0, -root, 1, -root, 0, root, -1, root};
    const double quarter = 3.14159265358979323846 * 0.25;
    double y = -((double)t + 3.0) * quarter;
    float sum = 0.0f;

    memset(w, 0, WCK_TAPS * sizeof *w);
    if (t < 0x1p-23f) {
        w[3] = 1.0f;
        return;
    }
    for (int i = 0; i < WCK_TAPS; i++) {
        double yi = -((double)t + 3.0 - i) * quarter;

        w[i] = (float)((of_sine[i] * sin(y) + of_cosine[i] * cos(y)) / (yi * yi));
        sum += w[i];
    }
    for (int i = 0; i < WCK_TAPS; i++)
        w[i] *= 1.0f / sum;
}

static void table(const struct wck_kernel *kernel, double fraction, float w[WCK_TAPS])
{
    float t = (float)fraction;

    if (kernel->support == 8) {
        lanczos_table(t, w);
    } else if (kernel->support == 4) {
        cubic_table(kernel->a, t, w);
    } else {
        w[0] = 1.0f - t;
        w[1] = t;
    }
}

/* The integer weights of one fraction, in 32768ths.  Where they do not add up, the
 * difference goes to the largest (too few) or smallest (too many) of the four in the
 * middle; of bilinear's only the last is looked at. */
static void make_whole(int n, double *weight)
{
    int middle = n / 2, most = middle * n + middle, least = most;
    double sum = 0.0;

    for (int i = 0; i < n * n; i++) {
        weight[i] = fmin(nearbyint(weight[i] * 32768.0), 32767.0);
        sum += weight[i];
    }
    for (int j = middle; j < middle + 2 && j < n; j++) {
        for (int k = middle; k < middle + 2 && k < n; k++) {
            int at = j * n + k;

            if (weight[at] < weight[least])
                least = at;
            else if (weight[at] > weight[most])
                most = at;
        }
    }
    weight[sum < 32768.0 ? most : least] += 32768.0 - sum;
}

/* The products of two tables, rounded to single precision. */
static void tabulate(const struct wck_kernel *kernel, double x, double y, bool whole,
                     double weight[TABLE])
{
    int n = kernel->support;
    float wx[WCK_TAPS], wy[WCK_TAPS];

    table(kernel, x - floor(x), wx);
    table(kernel, y - floor(y), wy);
    for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++)
            weight[j * n + k] = (double)(wy[j] * wx[k]);
    }
    if (whole)
        make_whole(n, weight);
}

/* Where tap k of a base is read. */
static ptrdiff_t tap_index(const struct wck_warp *warp, enum wck_axis axis, double base,
                           int k)
{
    return warp->border->fold((int64_t)base + warp->kernel->first + k,
                              wck_warp_extent(warp, axis));
}

/* Is any tap of a base outside the image along an axis? */
static bool crosses(const struct wck_warp *warp, enum wck_axis axis, double base)
{
    double first = base + (double)warp->kernel->first;

    return first < 0.0 ||
           first + (double)warp->kernel->support > (double)wck_warp_extent(warp, axis);
}

/* sum of weight x pixel over the taps of a sample at (x, y).  Where a window beyond 2x2
 * crosses the edge, the border value is taken off every pixel and added at the end,
 * under every border: the weights do not add up to 1 exactly. */
static double tabulated_sum(const struct wck_warp *warp, const struct wck_plane *from,
                            const double *weight, double x, double y, double scale)
{
    int n = warp->kernel->support;
    bool pivots =
        n > 2 && (crosses(warp, WCK_X, floor(x)) || crosses(warp, WCK_Y, floor(y)));
    double base = pivots ? wck_warp_scalar(warp, from->plane % from->image->channels)
                         : 0.0,
           sum = base * scale;

    for (int j = 0; j < n; j++) {
        ptrdiff_t row = tap_index(warp, WCK_Y, floor(y), j);

        for (int k = 0; k < n; k++) {
            ptrdiff_t column = tap_index(warp, WCK_X, floor(x), k);
            bool outside = row == WCK_BORDER_VALUE || column == WCK_BORDER_VALUE;
            double pixel = outside ? from->border_value
                                   : wck_image_get(from->image, from->plane,
                                                   (size_t)row, (size_t)column);

            sum += weight[j * n + k] * (pixel - base);
        }
    }
    return sum;
}

/* `whole`: in 32768ths. */
static void tabulated_gather(const struct wck_warp *warp, const struct wck_block *block,
                             const struct wck_plane *from, bool whole, double *value)
{
    double weight[TABLE], scale = whole ? 32768.0 : 1.0;

    for (size_t i = 0; i < block->count; i++) {
        struct wck_plane own = *from;

        own.border_value = wck_plane_outside(warp, from, block->first + i);
        value[i] = own.border_value;
        if (block->filled[i])
            continue;
        tabulate(warp->kernel, block->x[i], block->y[i], whole, weight);
        value[i] = tabulated_sum(warp, &own, weight, block->x[i], block->y[i], scale);
        if (whole)
            value[i] = floor((value[i] + 16384.0) / 32768.0);
    }
}

static void opencv4_gather(const struct wck_warp *warp, const struct wck_block *block,
                           const struct wck_plane *from, double *value)
{
    tabulated_gather(warp, block, from, false, value);
}

static void opencv4_8u_gather(const struct wck_warp *warp,
                              const struct wck_block *block,
                              const struct wck_plane *from, double *value)
{
    tabulated_gather(warp, block, from, true, value);
}

/* Weights in 256ths of whole numbers: no digit of the sum is lost, so none is left
 * open (NOTES, "leptonica"). */
static void leptonica_gather(const struct wck_warp *warp, const struct wck_block *block,
                             const struct wck_plane *from, double *value)
{
    wck_warp_stages(warp)->gather(warp, block, from, value);
    for (size_t i = 0; i < block->count; i++)
        value[i] = trunc(value[i]);
}

static const struct wck_rounding roundings[] = {
    {
        .name = "half-even",
        .round = half_even,
        .summary = "to the nearest whole number, halfway to the even one",
        .source = "NOTES:rounding",
    },
    {
        .name = "half-away",
        .round = round,
        .wide = true,
        .summary =
            "sums in double precision, to the nearest whole number, halfway away "
            "from 0",
        .source = "NOTES:rounding",
    },
    {
        .name = "single",
        .round = half_even,
        .single = true,
        .summary = "sums in single precision, to the nearest whole number, halfway to "
                   "the even one",
        .source = "NOTES:rounding",
    },
    {
        .name = "truncate",
        .round = trunc,
        .summary = "towards 0",
        .source = "NOTES:rounding",
    },
    {
        .name = "truncate-wide",
        .round = trunc,
        .wide = true,
        .summary = "sums in double precision, towards 0",
        .source = "NOTES:rounding",
    },
    {
        .name = "leptonica",
        .round = trunc,
        .whole = true,
        .gather = leptonica_gather,
        .summary = "Leptonica on 8 bits: sums in 256ths, towards 0",
        .source = "NOTES:leptonica",
    },
    {
        .name = "opencv4",
        .round = half_even,
        .pivots = true,
        .gather = opencv4_gather,
        .summary = "OpenCV 4: products of tabulated weights, in single precision",
        .source = "NOTES:opencv4",
    },
    {
        .name = "opencv5-64f",
        .round = half_even,
        .single = true,
        .rim = true,
        .summary = "OpenCV 5 bicubic on float64: single precision, whole pixels at the "
                   "rim",
        .source = "NOTES:opencv5",
    },
    {
        .name = "opencv5-octets",
        .round = half_even,
        .octets = true,
        .summary = "OpenCV 5 bicubic by eights: outside they read what the first held",
        .source = "NOTES:transparent",
    },
    {
        .name = "remainder",
        .round = half_even,
        .remainder = true,
        .summary = "kornia's fill: it weighs what the weights inside lack of 1",
        .source = "NOTES:remainder",
    },
    {
        .name = "opencv4-8u",
        .round = half_even,
        .whole = true,
        .gather = opencv4_8u_gather,
        .summary = "OpenCV 4 on 8 bits: weights in 32768ths, sums rounded half up",
        .source = "NOTES:opencv4-8u",
    },
};

size_t wck_rounding_count(void)
{
    return sizeof roundings / sizeof roundings[0];
}

const struct wck_rounding *wck_rounding_row(size_t row)
{
    return row < wck_rounding_count() ? &roundings[row] : NULL;
}

const struct wck_rounding *wck_rounding_find(const char *name)
{
    for (size_t i = 0; i < wck_rounding_count(); i++) {
        if (strcmp(name, roundings[i].name) == 0)
            return &roundings[i];
    }
    return NULL;
}
