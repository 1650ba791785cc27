#include "src/coverage/derivative.h"

#include <math.h>

#include "src/coverage/standstill.h"
#include "src/coverage/sum.h"

double wck_derivation_roundoff(const struct wck_map_coverage_request *request,
                               bool given)
{
    return given ? wck_dtype_row(request->dtype)->roundoff : 0x1p-53;
}

double wck_gamma_of(double n, double u)
{
    return n * u < 1.0 / 3.0 ? n * u / (1.0 - n * u) : 0.5;
}

static double upstream_at(const struct wck_derivation *work, size_t plane,
                          size_t sample)
{
    const struct wck_map_coverage_request *request = work->request;
    size_t width = work->warp->output_width;

    if (request->upstream_unknown)
        return 1.0;
    if (request->upstream == NULL)
        return request->uniform;
    return wck_image_get(request->upstream, plane, sample / width, sample % width);
}

/* Slope of one plane along an axis: `sum`, its terms' magnitudes, and how far rounding
 * may put it off.
 *
 * A tap's slope is a product of the kernel's slope along the axis and its weight along
 * the other, both at most about 1.8: it errs by u times (the roundings of the one)
 * times 1.8 and (those of the other and of the product) times 1.8.  Then the taps are
 * summed: gamma_n of the magnitudes. */
struct slope {
    double sum, magnitude, error;
};

static struct slope slope_of(const struct wck_derivation *work,
                             const struct wck_tap *taps, size_t count, size_t plane,
                             enum wck_axis axis, double u, size_t sample)
{
    const struct wck_warp *warp = work->pass->warp;
    struct wck_plane from = wck_pass_plane(work->warp, &work->source, plane);
    size_t width = warp->source_width;
    double roundings = wck_kernel_roundings(warp->kernel) + 1.0, values = 0.0;
    struct slope slope = {0.0, 0.0, 0.0};

    for (int k = 0; k < warp->kernel->support; k++)
        roundings = fmax(roundings, wck_kernel_slope_roundings(warp->kernel, k));
    for (size_t k = 0; k < count; k++) {
        double value =
            taps[k].pixel == WCK_BORDER_VALUE
                ? wck_plane_outside(warp, &from, sample)
                : wck_image_get(&work->source, plane, (size_t)taps[k].pixel / width,
                                (size_t)taps[k].pixel % width);

        slope.sum += taps[k].slope[axis] * value;
        slope.magnitude += fabs(taps[k].slope[axis] * value);
        values += fabs(value);
    }
    slope.error = wck_gamma_of((double)count + 1.0, u) * slope.magnitude +
                  3.6 * roundings * u * values;
    return slope;
}

/* Sums over the planes, and finds the first reason that holds. */
static struct wck_derivative sum_planes(const struct wck_derivation *work,
                                        const struct wck_tap *taps, size_t count,
                                        size_t sample, enum wck_axis axis, bool given)
{
    double u = wck_derivation_roundoff(work->request, given);
    struct wck_derivative d = {WCK_MAP_REASON_COUNT, 0.0, 0.0, 0.0};
    size_t steep = 0, terms = 0;

    for (size_t p = work->first_plane; p < work->first_plane + work->planes; p++) {
        struct slope slope = slope_of(work, taps, count, p, axis, u, sample);
        double g = upstream_at(work, p, sample);

        if (!isfinite(slope.sum) || !isfinite(g)) {
            d.reason = WCK_MAP_NON_FINITE;
            return d;
        }
        d.error += fabs(g) * slope.error;
        if (fabs(slope.sum) <= slope.error)
            continue;
        steep++;
        if (wck_is_exactly_zero(g))
            continue;
        terms++;
        d.sum += g * slope.sum;
        d.magnitude += fabs(g) * slope.magnitude;
    }
    if (steep == 0)
        d.reason = WCK_MAP_FLAT;
    else if (work->warp->arithmetic != NULL && work->warp->arithmetic->quantum > 0.0)
        d.reason = WCK_MAP_QUANTISED;
    else if (terms == 0)
        d.reason = WCK_MAP_UPSTREAM_ZERO;
    else if (!work->request->upstream_unknown && terms > 1 &&
             fabs(d.sum) <=
                 wck_gamma_of((double)(terms + count) + 4.0, u) * d.magnitude + d.error)
        d.reason = WCK_MAP_CANCELLED;
    return d;
}

/* d(pixel coordinate)/d(what the map holds), by which a given gradient is scaled. */
static double factor_of(const struct wck_warp *warp, enum wck_axis axis)
{
    return wck_map_has_matrix(&warp->map)
               ? 1.0
               : wck_map_factor(&warp->map, wck_warp_extent(warp, axis));
}

struct wck_derivative wck_derivative_of(const struct wck_derivation *work,
                                        const struct wck_tap *taps, size_t count,
                                        size_t i, enum wck_axis axis, bool given)
{
    const struct wck_block *block = &work->pass->block;
    struct wck_derivative d = {wck_standstill(work->pass->warp, block, i, axis), 0.0,
                               0.0, 0.0};

    if (d.reason != WCK_MAP_REASON_COUNT)
        return d;
    if (work->source.tensor.data == NULL) {
        d.reason = WCK_MAP_UNDETERMINED;
        return d;
    }
    d = sum_planes(work, taps, count, block->first + i, axis, given);
    if (d.reason == WCK_MAP_REASON_COUNT &&
        wck_is_exactly_zero(
            wck_dtype_round(work->request->dtype, factor_of(work->warp, axis) * d.sum)))
        d.reason = WCK_MAP_UNDERFLOW;
    return d;
}
