#include "reference/warp.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static double *axis_of(const struct wck_block *block, int axis)
{
    return axis == WCK_X ? block->x : axis == WCK_Y ? block->y : block->z;
}

static const double *given_along(const struct wck_map *map, int axis)
{
    return axis == WCK_X ? map->x : axis == WCK_Y ? map->y : map->z;
}

/* ---- as the formulas stand, in double ---- */

static void by_matrix(const struct wck_warp *warp, struct wck_block *block)
{
    size_t output[WCK_AXES], extent[WCK_AXES];
    int axes = wck_warp_axes(warp);

    for (int a = 0; a < WCK_AXES; a++) {
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
        extent[a] = wck_warp_extent(warp, (enum wck_axis)a);
    }
    for (size_t i = 0; i < block->count; i++) {
        double at[WCK_AXES], coordinate[WCK_AXES];

        wck_warp_position(warp, block->first + i, at);
        wck_map_apply(&warp->map, at, output, extent, coordinate);
        for (int a = 0; a < axes; a++)
            axis_of(block, a)[i] = coordinate[a];
    }
}

static void by_samples(const struct wck_warp *warp, struct wck_block *block)
{
    const struct wck_map *map = &warp->map;
    const struct wck_units *units = map->source_units;
    double sign = map->sign < 0.0 ? -1.0 : 1.0;

    for (int a = 0; a < wck_warp_axes(warp); a++) {
        const double *given = given_along(map, a);
        size_t n = wck_warp_extent(warp, (enum wck_axis)a);
        double *to = axis_of(block, a);

        for (size_t i = 0; i < block->count; i++) {
            double at[WCK_AXES], q = given[block->first + i];

            if (map->kind == WCK_MAP_DISPLACEMENT) {
                wck_warp_position(warp, block->first + i, at);
                q = at[a] + sign * q;
            }
            to[i] = units != NULL ? units->to_pixel(q, n) : q;
        }
    }
}

static void in_double(const struct wck_warp *warp, struct wck_block *block)
{
    if (wck_map_has_matrix(&warp->map))
        by_matrix(warp, block);
    else
        by_samples(warp, block);
}

/* One coordinate, of an output position by its row of the matrix. */
typedef double row_function(const struct wck_warp *warp, const double *row, int axes,
                            const double at[WCK_AXES]);

/* Row by row of an affine map; another map is not this arithmetic's. */
static void by_rows(const struct wck_warp *warp, struct wck_block *block,
                    row_function *coordinate)
{
    int axes = wck_warp_axes(warp);

    if (warp->map.kind != WCK_MAP_AFFINE) {
        in_double(warp, block);
        return;
    }
    for (size_t i = 0; i < block->count; i++) {
        double at[WCK_AXES];

        wck_warp_position(warp, block->first + i, at);
        for (int a = 0; a < axes; a++)
            axis_of(block, a)[i] = coordinate(
                warp, warp->map.backward + (ptrdiff_t)a * (axes + 1), axes, at);
    }
}

/* SciPy sums the offset first, then axis by axis, slowest first: this decides ties. */
static double sum_offset_first(const struct wck_warp *warp, const double *row, int axes,
                               const double at[WCK_AXES])
{
    double sum = row[axes];

    (void)warp;
    for (int j = axes; j-- > 0;)
        sum += row[j] * at[j];
    return sum;
}

static void offset_first(const struct wck_warp *warp, struct wck_block *block)
{
    by_rows(warp, block, sum_offset_first);
}

/* ---- OpenCV 4: fixed point (NOTES, "opencv4") ---- */

/* cvRound: what does not fit an int becomes the least one, as x86 has it. */
static int32_t to_int(double value)
{
    value = nearbyint(value);
    return value >= (double)INT32_MIN && value <= (double)INT32_MAX ? (int32_t)value
                                                                    : INT32_MIN;
}

/* max(INT_MIN, min(INT_MAX, value)) in C++, which makes NaN the largest. */
static double clamp_to_int(double value)
{
    value = value < (double)INT32_MAX ? value : (double)INT32_MAX;
    return value > (double)INT32_MIN ? value : (double)INT32_MIN;
}

/* A coordinate in units of 2^-bits, its whole part saturated to 16 bits, in pixels. */
static double fixed_to_pixel(int32_t fixed, int bits)
{
    int32_t whole = fixed >> bits, steps = fixed & ((1 << bits) - 1);

    whole = whole < INT16_MIN ? INT16_MIN : whole > INT16_MAX ? INT16_MAX : whole;
    return (double)whole + ldexp((double)steps, -bits);
}

/* The sum wraps around as 32-bit integers do. */
static int32_t wrapping_sum(int32_t a, int32_t b)
{
    uint32_t sum = (uint32_t)a + (uint32_t)b;

    return sum <= INT32_MAX ? (int32_t)sum : (int32_t)(sum - 0x80000000u) + INT32_MIN;
}

static void opencv4_affine(const struct wck_warp *warp, struct wck_block *block)
{
    bool nearest = warp->kernel->support == 1;
    int32_t delta = nearest ? 512 : 16;
    int shift = nearest ? 10 : 5;

    for (int a = 0; a < 2; a++) {
        const double *m = warp->map.backward + (ptrdiff_t)3 * a;

        for (size_t i = 0; i < block->count; i++) {
            double at[WCK_AXES];
            int32_t row, column;

            wck_warp_position(warp, block->first + i, at);
            row = wrapping_sum(to_int((m[1] * at[1] + m[2]) * 1024.0), delta);
            column = to_int(m[0] * at[0] * 1024.0);
            axis_of(block, a)[i] =
                fixed_to_pixel(wrapping_sum(row, column) >> shift, nearest ? 0 : 5);
        }
    }
}

/* Coordinates are made for tiles of up to 64 columns, each from its own origin. */
static void opencv4_perspective(const struct wck_warp *warp, struct wck_block *block)
{
    const double *m = warp->map.backward;
    bool nearest = warp->kernel->support == 1;
    double steps = nearest ? 1.0 : 32.0;
    size_t high = warp->output_height < 16 ? warp->output_height : 16;
    double wide = floor(1024.0 / (double)high);

    for (size_t i = 0; i < block->count; i++) {
        double at[WCK_AXES], origin, inner, sum[3];

        wck_warp_position(warp, block->first + i, at);
        origin = floor(at[0] / wide) * wide;
        inner = at[0] - origin;
        for (int k = 0; k < 3; k++)
            sum[k] = m[3 * k] * origin + m[3 * k + 1] * at[1] + m[3 * k + 2] +
                     m[3 * k] * inner;
        sum[2] = fpclassify(sum[2]) == FP_ZERO ? 0.0 : steps / sum[2];
        for (int a = 0; a < 2; a++)
            axis_of(block, a)[i] =
                fixed_to_pixel(to_int(clamp_to_int(sum[a] * sum[2])), nearest ? 0 : 5);
    }
}

static void opencv4_remap(const struct wck_warp *warp, struct wck_block *block)
{
    bool nearest = warp->kernel->support == 1;

    for (int a = 0; a < 2; a++) {
        const double *given = given_along(&warp->map, a);

        for (size_t i = 0; i < block->count; i++) {
            double u = given[block->first + i];

            axis_of(block, a)[i] = nearest ? fixed_to_pixel(to_int(u), 0)
                                           : fixed_to_pixel(to_int(32.0 * u), 5);
        }
    }
}

/* ---- XLA: what is below the least normal number of the type is 0 ---- */

static void flushed(const struct wck_warp *warp, struct wck_block *block, double least)
{
    in_double(warp, block);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < block->count; i++) {
            if (fabs(axis_of(block, a)[i]) < least)
                axis_of(block, a)[i] = 0.0;
        }
    }
}

static void flushed_double(const struct wck_warp *warp, struct wck_block *block)
{
    flushed(warp, block, DBL_MIN);
}

static void flushed_single(const struct wck_warp *warp, struct wck_block *block)
{
    flushed(warp, block, (double)FLT_MIN);
}

/* ---- single precision, step by step ---- */

/* m0 x + m1 y + m2 from left to right, each step rounded; divided by the third row
 * where that is not 0 0 1. */
static void stepwise(const struct wck_warp *warp, struct wck_block *block)
{
    const struct wck_map *map = &warp->map;
    bool divides = map->kind == WCK_MAP_HOMOGRAPHY &&
                   !(fpclassify(map->backward[6]) == FP_ZERO &&
                     fpclassify(map->backward[7]) == FP_ZERO &&
                     fpclassify(map->backward[8] - 1.0) == FP_ZERO);

    for (size_t i = 0; i < block->count; i++) {
        double at[WCK_AXES];
        float sum[3];

        wck_warp_position(warp, block->first + i, at);
        for (int k = 0; k < (divides ? 3 : 2); k++) {
            const double *m = map->backward + (ptrdiff_t)3 * k;
            float across = (float)m[0] * (float)at[0],
                  down = (float)m[1] * (float)at[1];

            sum[k] = across + down + (float)m[2];
        }
        for (int a = 0; a < 2; a++)
            axis_of(block, a)[i] = (double)(divides ? sum[a] / sum[2] : sum[a]);
    }
}

/* ---- ITK (NOTES, "float64-blended") ---- */

static double blend(const struct wck_warp *warp, const double *row, int axes,
                    const double at[WCK_AXES])
{
    double width = (double)warp->output_width, first = 0.0, last = row[0] * width;

    for (int j = 1; j < axes; j++) {
        first += row[j] * at[j];
        last += row[j] * at[j];
    }
    first += row[axes];
    last += row[axes];
    return first + at[WCK_X] / width * (last - first);
}

static void blended(const struct wck_warp *warp, struct wck_block *block)
{
    by_rows(warp, block, blend);
}

/* ---- Pillow's nearest (NOTES, "pillow-nearest") ---- */

/* Do positions at the corners of the output fit 16.16 fixed point? */
static bool fits_fixed(const struct wck_warp *warp)
{
    const double *m = warp->map.backward;
    double w = (double)warp->output_width, h = (double)warp->output_height, most = 0.0;

    for (int a = 0; a < 2; a++) {
        for (int corner = 0; corner < 4; corner++)
            most =
                fmax(most, fabs(m[3 * a] * (corner & 1 ? w : 0.0) +
                                m[3 * a + 1] * (corner & 2 ? h : 0.0) + m[3 * a + 2]));
    }
    return most < 32768.0;
}

static int64_t to_fixed(double value)
{
    return (int64_t)floor(value * 65536.0 + 0.5);
}

/* first + step + step ..., as a loop adds it up. */
static double added(double first, double step, double times)
{
    for (double i = 0.0; i < times; i += 1.0)
        first += step;
    return first;
}

/* Corner coordinates along one axis, by adding; from the left again in each row. */
static void add_along(const struct wck_warp *warp, struct wck_block *block, int axis,
                      bool scales)
{
    const double *m = warp->map.backward + (ptrdiff_t)3 * axis;
    double step = scales && axis == WCK_Y ? 0.0 : m[0], value = 0.0;

    for (size_t i = 0; i < block->count; i++) {
        double at[WCK_AXES];

        wck_warp_position(warp, block->first + i, at);
        if (i > 0 && at[WCK_X] > 0.0)
            value += step;
        else if (!scales)
            value = added(added(m[2] + m[1] * 0.5 + m[0] * 0.5, m[1], at[WCK_Y]), step,
                          at[WCK_X]);
        else
            value = added(m[2] + m[axis] * 0.5, m[axis], at[axis]);
        axis_of(block, axis)[i] = value < 0.0 ? -1.0 : trunc(value);
    }
}

static void pillow_nearest(const struct wck_warp *warp, struct wck_block *block)
{
    const double *m = warp->map.backward;
    bool scales = fpclassify(m[1]) == FP_ZERO && fpclassify(m[3]) == FP_ZERO;
    bool fixed = !scales && fits_fixed(warp);

    if (warp->map.kind != WCK_MAP_AFFINE) {
        in_double(warp, block);
        return;
    }
    for (int a = 0; a < 2; a++, m += 3) {
        if (!fixed)
            add_along(warp, block, a, scales);
        for (size_t i = 0; fixed && i < block->count; i++) {
            double at[WCK_AXES];
            int64_t sum;

            wck_warp_position(warp, block->first + i, at);
            sum = to_fixed(m[2] + m[0] * 0.5 + m[1] * 0.5) +
                  to_fixed(m[1]) * (int64_t)at[WCK_Y] +
                  to_fixed(m[0]) * (int64_t)at[WCK_X];
            axis_of(block, a)[i] = floor((double)sum / 65536.0);
        }
    }
}

/* ---- Leptonica (NOTES, "leptonica") ---- */

/* What is no number lies outside, as its comparisons have it. */
static double or_outside(double value)
{
    return isfinite(value) ? value : -1.0;
}

static void leptonica(const struct wck_warp *warp, struct wck_block *block)
{
    double last = (double)warp->source_height - 1.0;

    stepwise(warp, block);
    for (size_t i = 0; i < block->count; i++) {
        double y = floor(16.0 * or_outside(block->y[i])) / 16.0;

        block->x[i] = floor(16.0 * or_outside(block->x[i])) / 16.0;
        block->y[i] = y >= last && y < last + 1.0 ? 0.0 : y;
    }
}

static void leptonica_sampled(const struct wck_warp *warp, struct wck_block *block)
{
    stepwise(warp, block);
    for (size_t i = 0; i < block->count; i++) {
        block->x[i] = or_outside(trunc(block->x[i] + 0.5));
        block->y[i] = or_outside(trunc(block->y[i] + 0.5));
    }
}

/* ---- textures ---- */

static void in_256ths(const struct wck_warp *warp, struct wck_block *block)
{
    in_double(warp, block);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < block->count; i++)
            axis_of(block, a)[i] = nearbyint(256.0 * axis_of(block, a)[i]) / 256.0;
    }
}

static const struct wck_arithmetic arithmetics[] = {
    {
        .name = "float64",
        .roundoff = 0x1p-53,
        .coordinate = in_double,
        .summary = "coordinates in double precision",
        .source = "NOTES:float64",
    },
    {
        .name = "float32",
        .roundoff = 0x1p-24,
        .coordinate = in_double,
        .summary = "coordinates in single precision; compared within its rounding",
        .source = "NOTES:float32",
    },
    {
        .name = "float16",
        .roundoff = 0x1p-11,
        .coordinate = in_double,
        .summary = "coordinates in half precision; compared within its rounding",
        .source = "NOTES:float32",
    },
    {
        .name = "bfloat16",
        .roundoff = 0x1p-8,
        .coordinate = in_double,
        .summary = "coordinates in bfloat16; compared within its rounding",
        .source = "NOTES:float32",
    },
    {
        .name = "float32-wide-inverse",
        .roundoff = 0x1p-24,
        .wide_inverse = true,
        .coordinate = in_double,
        .summary = "the same, the matrix inverted in double precision before",
        .source = "NOTES:float32",
    },
    {
        .name = "float64-normalised",
        .roundoff = 0x1p-53,
        .detour = true,
        .coordinate = in_double,
        .summary = "pixels that go through a normalised grid, in double precision",
        .source = "NOTES:float32",
    },
    {
        .name = "float32-normalised",
        .roundoff = 0x1p-24,
        .detour = true,
        .coordinate = in_double,
        .summary = "pixels that go through a normalised grid, in single precision",
        .source = "NOTES:float32",
    },
    {
        .name = "float64-blended",
        .roundoff = 0x1p-53,
        .blends = true,
        .coordinate = blended,
        .summary = "double precision, by shares between the ends of each row",
        .source = "NOTES:float64-blended",
    },
    {
        .name = "scipy",
        .roundoff = 0x1p-53,
        .coordinate = offset_first,
        .summary = "double precision; a matrix's offset first, then the slowest axis",
        .source = "NOTES:float64",
    },
    {
        .name = "float64-flushed",
        .roundoff = 0x1p-53,
        .coordinate = flushed_double,
        .summary = "double precision without denormal numbers",
        .source = "NOTES:flushed",
    },
    {
        .name = "float32-flushed",
        .roundoff = 0x1p-24,
        .coordinate = flushed_single,
        .summary = "single precision without denormal numbers",
        .source = "NOTES:flushed",
    },
    {
        .name = "float32-stepwise",
        .coordinate = stepwise,
        .summary = "a matrix in single precision: products left to right, each rounded",
        .source = "NOTES:float32-stepwise",
    },
    {
        .name = "opencv4-affine",
        .quantum = 0x1p-5,
        .coordinate = opencv4_affine,
        .summary = "OpenCV 4 warpAffine: 10 fixed-point bits an axis, then 1/32 pixel",
        .source = "NOTES:opencv4",
    },
    {
        .name = "opencv4-perspective",
        .quantum = 0x1p-5,
        .coordinate = opencv4_perspective,
        .summary = "OpenCV 4 warpPerspective: rounded to 1/32 pixel",
        .source = "NOTES:opencv4",
    },
    {
        .name = "opencv4-remap",
        .quantum = 0x1p-5,
        .coordinate = opencv4_remap,
        .summary = "OpenCV 4 remap: rounded to 1/32 pixel",
        .source = "NOTES:opencv4",
    },
    {
        .name = "pillow-nearest",
        .roundoff = 0x1p-53,
        .coordinate = pillow_nearest,
        .quantum = 1.0,
        .summary = "Pillow's nearest: 16.16 fixed point, or by adding; whole pixels",
        .source = "NOTES:pillow-nearest",
    },
    {
        .name = "leptonica",
        .quantum = 0x1p-4,
        .coordinate = leptonica,
        .summary = "Leptonica: float32-stepwise, cut to 1/16 pixel; the last row is "
                   "the first",
        .source = "NOTES:leptonica",
    },
    {
        .name = "leptonica-sampled",
        .quantum = 1.0,
        .coordinate = leptonica_sampled,
        .summary = "Leptonica's sampling: float32-stepwise, and a half, cut towards 0",
        .source = "NOTES:leptonica",
    },
    {
        .name = "texture",
        .quantum = 0x1p-8,
        .coordinate = in_256ths,
        .summary = "texture units: rounded to 1/256 pixel",
        .source = "NOTES:texture",
    },
};

size_t wck_arithmetic_count(void)
{
    return sizeof arithmetics / sizeof arithmetics[0];
}

const struct wck_arithmetic *wck_arithmetic_row(size_t row)
{
    return row < wck_arithmetic_count() ? &arithmetics[row] : NULL;
}

const struct wck_arithmetic *wck_arithmetic_find(const char *name)
{
    for (size_t i = 0; i < wck_arithmetic_count(); i++) {
        if (strcmp(name, arithmetics[i].name) == 0)
            return &arithmetics[i];
    }
    return NULL;
}
