#include "reference/fold.h"

#include <math.h>
#include <string.h>

static struct wck_folded stay(double u, size_t n)
{
    (void)n;
    return (struct wck_folded){.u = u, .factor = 1.0};
}

/* (g + 1)/2 times n - 1 = 0. */
static struct wck_folded unit_axis(double u, size_t n)
{
    return n == 1 ? (struct wck_folded){.u = 0.0}
                  : (struct wck_folded){.u = u, .factor = 1.0};
}

/* What becomes of a coordinate that is converted to a 32-bit integer: on x86 what does
 * not fit is the least one. */
static struct wck_folded int32(double u, size_t n)
{
    (void)n;
    return (struct wck_folded){.u = fabs(u) < 0x1p31 ? u : -0x1p31, .factor = 1.0};
}

/* The same where the fraction is taken too, which NaN and infinity spoil. */
static struct wck_folded int32_finite(double u, size_t n)
{
    return isfinite(u) ? int32(u, n) : (struct wck_folded){.u = (double)NAN};
}

/* XLA's conversion to a 32-bit integer clamps, and makes NaN 0. */
static double xla_whole(double u)
{
    if (isnan(u))
        return 0.0;
    return fmin(fmax(u, -0x1p31), 0x1p31 - 1.0);
}

static struct wck_folded xla_int32(double u, size_t n)
{
    (void)n;
    return (struct wck_folded){.u = xla_whole(u), .factor = 1.0};
}

/* The same of the whole part only: the fraction stays what it is, NaN of infinities. */
static struct wck_folded xla_int32_fraction(double u, size_t n)
{
    (void)n;
    if (!isfinite(u))
        return (struct wck_folded){.u = xla_whole(u), .factor = 1.0, .spoilt = true};
    if (fabs(u) < 0x1p31) /* where u - floor(u) may round to 1 */
        return (struct wck_folded){.u = u, .factor = 1.0};
    return (struct wck_folded){.u = xla_whole(floor(u)) + (u - floor(u)),
                               .factor = 1.0};
}

/* OpenCV 5's bicubic keeps coordinates within -L .. 2L, L = max(n, 16), and takes NaN
 * for the lower end. */
static struct wck_folded opencv5_clamp(double u, size_t n)
{
    double l = n > 16 ? (double)n : 16.0;

    if (!(u > -l))
        return (struct wck_folded){.u = -l};
    return u > 2.0 * l ? (struct wck_folded){.u = 2.0 * l}
                       : (struct wck_folded){.u = u, .factor = 1.0};
}

/* torch's clip: the slope is 0 on the first and last centre as well as beyond; NaN
 * becomes 0. */
static struct wck_folded clip(double u, size_t n)
{
    double last = (double)n - 1.0;

    if (!(u > 0.0))
        return (struct wck_folded){.u = 0.0};
    if (u >= last)
        return (struct wck_folded){.u = last};
    return (struct wck_folded){.u = u, .factor = 1.0};
}

/* A clip whose slope is 0 beyond the first and last centre only. */
static struct wck_folded nearest(double u, size_t n)
{
    double last = (double)n - 1.0;

    if (u < 0.0)
        return (struct wck_folded){.u = 0.0};
    if (u > last)
        return (struct wck_folded){.u = last};
    return (struct wck_folded){.u = u, .factor = 1.0};
}

/* torch's reflection about low and low + span, then its clip: NOTES, "reflection". */
static struct wck_folded reflect_and_clip(double u, size_t n, double low, double span)
{
    double sign = u < low ? -1.0 : 1.0, t = fabs(u - low), rest;
    struct wck_folded clipped;
    bool odd;

    if (!(span > 0.0))
        return (struct wck_folded){.u = 0.0};
    rest = fmod(t, span);
    odd = fmod(floor(t / span), 2.0) > 0.0;
    clipped = clip(odd ? span - rest + low : rest + low, n);
    clipped.factor *= odd ? -sign : sign;
    return clipped;
}

static struct wck_folded reflect_centres(double u, size_t n)
{
    return reflect_and_clip(u, n, 0.0, (double)n - 1.0);
}

static struct wck_folded reflect_edges(double u, size_t n)
{
    return reflect_and_clip(u, n, -0.5, (double)n);
}

/* SciPy's folds, as its map_coordinate has them: the image's own range first, so that
 * nothing is rounded there. */

static struct wck_folded scipy_mirror(double u, size_t n)
{
    double last = (double)n - 1.0, period = 2.0 * last;

    if (n <= 1)
        return (struct wck_folded){.u = 0.0};
    if (u < 0.0) {
        u = period * trunc(-u / period) + u;
        return u <= -last ? (struct wck_folded){.u = u + period, .factor = 1.0}
                          : (struct wck_folded){.u = -u, .factor = -1.0};
    }
    if (u > last) {
        u -= period * trunc(u / period);
        if (u >= last + 1.0)
            return (struct wck_folded){.u = period - u, .factor = -1.0};
    }
    return (struct wck_folded){.u = u, .factor = 1.0};
}

static struct wck_folded scipy_reflect(double u, size_t n)
{
    double size = (double)n, period = 2.0 * size;

    if (n <= 1)
        return (struct wck_folded){.u = 0.0};
    if (u < 0.0) {
        if (u < -period)
            u = period * trunc(-u / period) + u;
        if (u < -size)
            return (struct wck_folded){.u = u + period, .factor = 1.0};
        /* SciPy's own guard: -u - 1 must not be -1. */
        return (struct wck_folded){.u = (u > -1e-15 ? 1e-15 : -u) - 1.0,
                                   .factor = -1.0};
    }
    if (u > size - 1.0) {
        u -= period * trunc(u / period);
        if (u >= size)
            return (struct wck_folded){.u = period - u - 1.0, .factor = -1.0};
    }
    return (struct wck_folded){.u = u, .factor = 1.0};
}

static struct wck_folded repeat(double u, size_t n, double period)
{
    if (n <= 1)
        return (struct wck_folded){.u = 0.0};
    if (u < 0.0)
        u += period * (trunc(-u / period) + 1.0);
    else if (u > (double)n - 1.0)
        u -= period * trunc(u / period);
    return (struct wck_folded){.u = u, .factor = 1.0};
}

static struct wck_folded scipy_wrap(double u, size_t n)
{
    return repeat(u, n, (double)n - 1.0);
}

static struct wck_folded scipy_grid_wrap(double u, size_t n)
{
    return repeat(u, n, (double)n);
}

static struct wck_folded fill(double u, size_t n)
{
    return (struct wck_folded){
        .u = u, .factor = 1.0, .filled = u < 0.0 || u > (double)n - 1.0};
}

static struct wck_folded fill_edges(double u, size_t n)
{
    return (struct wck_folded){
        .u = u, .factor = 1.0, .filled = u < -0.5 || u >= (double)n - 0.5};
}

/* Intel's: the last edge is the image's. */
static struct wck_folded fill_beyond_edges(double u, size_t n)
{
    return (struct wck_folded){
        .u = u, .factor = 1.0, .filled = u < -0.5 || u > (double)n - 0.5};
}

/* OpenCV 4's, by the pixel that the kernel's weights are counted from. */
static struct wck_folded fill_floor(double u, size_t n)
{
    return (struct wck_folded){
        .u = u, .factor = 1.0, .filled = u < 0.0 || u >= (double)n};
}

/* onnxruntime: what does not fit its 64-bit indices, and NaN, is the low edge. */
static struct wck_folded within_62_bits(double u, double low)
{
    return fabs(u) < 0x1p62 ? (struct wck_folded){.u = u, .factor = 1.0}
                            : (struct wck_folded){.u = low};
}

static struct wck_folded onnx_centres(double u, size_t n)
{
    (void)n;
    return within_62_bits(u, 0.0);
}

static struct wck_folded onnx_edges(double u, size_t n)
{
    (void)n;
    return within_62_bits(u, -0.5);
}

/* Both weights of a bilinear sample are differences in single precision, and so 0 where
 * u + 1 rounds to u; before that by turns. */
static struct wck_folded without_fraction(struct wck_folded folded)
{
    folded.filled = fabs(folded.u) >= 0x1p25;
    folded.undecided = !folded.filled && fabs(folded.u) >= 0x1p24;
    return folded;
}

static struct wck_folded onnx_linear_centres(double u, size_t n)
{
    return without_fraction(onnx_centres(u, n));
}

static struct wck_folded onnx_linear_edges(double u, size_t n)
{
    return without_fraction(onnx_edges(u, n));
}

static const struct wck_fold folds[] = {
    {
        .name = "none",
        .apply = stay,
        .summary = "the coordinate stays; the border folds each tap",
        .source = "NOTES:none",
    },
    {
        .name = "unit-axis",
        .apply = unit_axis,
        .summary = "along an axis of one pixel every coordinate lies on it",
        .source = "NOTES:unit-axis",
    },
    {
        .name = "int32",
        .apply = int32,
        .summary = "what does not fit 32 bits, or is NaN, lies at -2^31",
        .source = "NOTES:int32",
    },
    {
        .name = "int32-finite",
        .apply = int32_finite,
        .summary = "what is finite and does not fit 32 bits lies at -2^31",
        .source = "NOTES:int32",
    },
    {
        .name = "xla-int32",
        .narrow = true,
        .apply = xla_int32,
        .summary = "clamped to 32-bit integers, which wrap around; NaN lies at 0",
        .source = "NOTES:xla-int32",
    },
    {
        .name = "xla-int32-fraction",
        .narrow = true,
        .apply = xla_int32_fraction,
        .summary = "the whole part clamped to 32-bit integers, the fraction kept",
        .source = "NOTES:xla-int32",
    },
    {
        .name = "opencv5-clamp",
        .apply = opencv5_clamp,
        .summary = "OpenCV 5's bicubic: kept within -L .. 2L, L = max(n, 16)",
        .source = "NOTES:opencv5",
    },
    {
        .name = "clip",
        .apply = clip,
        .summary = "clipped to the centres; no slope on the first and last, and beyond",
        .source = "NOTES:clip",
    },
    {
        .name = "nearest",
        .apply = nearest,
        .summary = "clipped to the centres; no slope beyond the first and last",
        .source = "NOTES:clip",
    },
    {
        .name = "reflect-centres",
        .rounds = true,
        .apply = reflect_centres,
        .summary = "reflected about the first and last centre, then clipped",
        .source = "NOTES:reflection",
    },
    {
        .name = "reflect-edges",
        .rounds = true,
        .apply = reflect_edges,
        .summary = "reflected about the outer edges, then clipped to the centres",
        .source = "NOTES:reflection",
    },
    {
        .name = "scipy-mirror",
        .apply = scipy_mirror,
        .summary = "SciPy's mirror: reflected about the centres, period 2n - 2",
        .source = "NOTES:scipy-folds",
    },
    {
        .name = "scipy-reflect",
        .apply = scipy_reflect,
        .summary = "SciPy's reflect: reflected about the edges, period 2n",
        .source = "NOTES:scipy-folds",
    },
    {
        .name = "scipy-wrap",
        .apply = scipy_wrap,
        .summary = "SciPy's wrap: repeated with period n - 1",
        .source = "NOTES:scipy-folds",
    },
    {
        .name = "scipy-grid-wrap",
        .apply = scipy_grid_wrap,
        .summary = "SciPy's grid-wrap: repeated with period n",
        .source = "NOTES:scipy-folds",
    },
    {
        .name = "fill",
        .fills = true,
        .apply = fill,
        .summary = "beyond the first and last centre the sample is the border value",
        .source = "NOTES:fill",
    },
    {
        .name = "fill-edges",
        .fills = true,
        .apply = fill_edges,
        .summary = "beyond the outer edges the sample is the border value",
        .source = "NOTES:fill",
    },
    {
        .name = "fill-beyond-edges",
        .fills = true,
        .apply = fill_beyond_edges,
        .summary = "the same, but the last edge itself is the image's",
        .source = "NOTES:fill",
    },
    {
        .name = "fill-floor",
        .fills = true,
        .apply = fill_floor,
        .summary = "where floor(u) is no pixel the sample is the border value",
        .source = "NOTES:fill",
    },
    {
        .name = "onnx-centres",
        .apply = onnx_centres,
        .summary = "what does not fit 62 bits lies on the first centre",
        .source = "NOTES:onnxruntime",
    },
    {
        .name = "onnx-edges",
        .apply = onnx_edges,
        .summary = "what does not fit 62 bits lies on the first edge",
        .source = "NOTES:onnxruntime",
    },
    {
        .name = "onnx-linear-centres",
        .apply = onnx_linear_centres,
        .summary = "the same, and from 2^25 on the sample is the border value",
        .source = "NOTES:onnxruntime",
    },
    {
        .name = "onnx-linear-edges",
        .apply = onnx_linear_edges,
        .summary = "the same, and from 2^25 on the sample is the border value",
        .source = "NOTES:onnxruntime",
    },
};

size_t wck_fold_count(void)
{
    return sizeof folds / sizeof folds[0];
}

const struct wck_fold *wck_fold_row(size_t row)
{
    return row < wck_fold_count() ? &folds[row] : NULL;
}

const struct wck_fold *wck_fold_find(const char *name)
{
    for (size_t i = 0; i < wck_fold_count(); i++) {
        if (strcmp(name, folds[i].name) == 0)
            return &folds[i];
    }
    return NULL;
}
