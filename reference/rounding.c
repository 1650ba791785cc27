#include "reference/warp.h"

#include <math.h>
#include <string.h>

static double half_even(double value)
{
    return nearbyint(value);
}

/* ---- OpenCV 4 on 8 bits (NOTES, "opencv4-8u") ---- */

/* The library's tables are in single precision. */
static double in_single(double value)
{
    return wck_dtype_round(WCK_FLOAT32, value);
}

/* Its bilinear and bicubic weights in single precision, operation by operation; those
 * of Lanczos to one rounding. */
static void single_weights(const struct wck_kernel *kernel, double fraction,
                           double *weight)
{
    struct wck_weights weights;
    float t = (float)fraction, a = (float)kernel->a;
    float w[4];

    if (kernel->degree != 3) {
        kernel->eval(kernel, fraction, &weights);
        for (int k = 0; k < kernel->support; k++)
            weight[k] = in_single(weights.weight[k]);
        return;
    }
    w[0] =
        ((a * (t + 1.0f) - 5.0f * a) * (t + 1.0f) + 8.0f * a) * (t + 1.0f) - 4.0f * a;
    w[1] = ((a + 2.0f) * t - (a + 3.0f)) * t * t + 1.0f;
    w[2] = ((a + 2.0f) * (1.0f - t) - (a + 3.0f)) * (1.0f - t) * (1.0f - t) + 1.0f;
    w[3] = 1.0f - w[0] - w[1] - w[2];
    for (int k = 0; k < 4; k++)
        weight[k] = (double)w[k];
}

/* The integer weights of one fraction, in 32768ths.  Where they do not add up, the
 * difference goes to the largest (too few) or smallest (too many) of the four in the
 * middle; of bilinear's only the last is looked at. */
static void integer_weights(const struct wck_kernel *kernel, const double *wx,
                            const double *wy, int *weight)
{
    int n = kernel->support, sum = 0, middle = n / 2, most, least;

    for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
            double w = nearbyint(in_single(wy[j] * wx[k]) * 32768.0);

            weight[j * n + k] = (int)fmin(w, 32767.0);
            sum += weight[j * n + k];
        }
    }
    most = least = middle * n + middle;
    for (int j = middle; j < middle + 2 && j < n; j++) {
        for (int k = middle; k < middle + 2 && k < n; k++) {
            int at = j * n + k;

            if (weight[at] < weight[least])
                least = at;
            else if (weight[at] > weight[most])
                most = at;
        }
    }
    weight[sum < 32768 ? most : least] += 32768 - sum;
}

/* Where tap k of a base is read. */
static ptrdiff_t tap_index(const struct wck_warp *warp, enum wck_axis axis, double base,
                           int k)
{
    return warp->border->fold((int64_t)base + warp->kernel->first + k,
                              wck_warp_extent(warp, axis));
}

static double integer_sum(const struct wck_warp *warp, const struct wck_plane *from,
                          double x, double y)
{
    const struct wck_kernel *kernel = warp->kernel;
    int weight[WCK_SAMPLE_TAPS], n = kernel->support;
    double wx[WCK_TAPS], wy[WCK_TAPS], sum = 0.0;

    single_weights(kernel, x - floor(x), wx);
    single_weights(kernel, y - floor(y), wy);
    integer_weights(kernel, wx, wy, weight);
    for (int j = 0; j < n; j++) {
        ptrdiff_t row = tap_index(warp, WCK_Y, floor(y), j);

        for (int k = 0; k < n; k++) {
            ptrdiff_t column = tap_index(warp, WCK_X, floor(x), k);
            bool outside = row == WCK_BORDER_VALUE || column == WCK_BORDER_VALUE;

            sum += weight[j * n + k] *
                   (outside ? from->border_value
                            : wck_image_get(from->image, from->plane, (size_t)row,
                                            (size_t)column));
        }
    }
    return floor((sum + 16384.0) / 32768.0);
}

static void opencv4_8u(const struct wck_warp *warp, const struct wck_block *block,
                       const struct wck_plane *from, double *value)
{
    if (warp->kernel->support == 1) {
        wck_warp_stages(warp)->gather(warp, block, from, value);
        return;
    }
    for (size_t i = 0; i < block->count; i++)
        value[i] = integer_sum(warp, from, block->x[i], block->y[i]);
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
        .summary = "to the nearest whole number, halfway away from 0",
        .source = "NOTES:rounding",
    },
    {
        .name = "truncate",
        .round = trunc,
        .summary = "towards 0",
        .source = "NOTES:rounding",
    },
    {
        .name = "opencv4-8u",
        .round = half_even,
        .gather = opencv4_8u,
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
