#include "reference/stencil.h"

#include <math.h>

/* u minus the nearest of the integers + knot.  u - rint(u), in -1/2 .. 1/2, is exact;
 * so is the smaller of its two differences to the knots around it, which u - knot alone
 * would not be (NOTES:stencil). */
static double knot_distance(double knot, double u)
{
    double rest = u - nearbyint(u);
    double above = rest + (1.0 - knot), below = rest - knot;

    return fabs(below) <= fabs(above) ? below : above;
}

void wck_stencil_list(const struct wck_kernel *kernel, double u,
                      struct wck_stencil *stencil, double *base)
{
    struct wck_weights weights;

    /* What lies beyond `count` is left as it is: this is done twice a sample. */
    stencil->count = 0;
    stencil->knot = 0.0;
    stencil->fold = 1.0;
    *base = 0.0;
    if (!isfinite(u))
        return;
    *base = kernel->base(u);
    kernel->eval(kernel, (long double)u - *base, &weights);
    stencil->count = kernel->support;
    if (kernel->ceiling && fpclassify(u - *base) == FP_ZERO)
        stencil->count = 1;
    for (int k = 0; k < stencil->count; k++) {
        stencil->index[k] = kernel->first + k;
        stencil->weight[k] = weights.weight[k];
        stencil->slope[k] = weights.slope[k];
        stencil->curvature[k] = weights.curvature[k];
    }
    stencil->knot = knot_distance(kernel->knot, u);
}

/* From 2^53 on every double is an integer and neighbours are not representable; so far
 * out only the fold's period, or which side it is, matters. */
static int64_t reduce(const struct wck_border *border, size_t n, double base)
{
    const double limit = 0x1p53;
    int64_t period = border->period(n);

    if (fabs(base) < limit)
        return (int64_t)base;
    if (period > 0)
        return (int64_t)fmod(base, (double)period);
    return (int64_t)copysign(limit, base);
}

/* Taps that fold onto one pixel are merged; of their sum only the last rounding counts.
 */
static void fold_taps(const struct wck_border *border, size_t n, int64_t first,
                      bool narrow, struct wck_stencil *stencil)
{
    long double weight[WCK_TAPS];
    int count = 0;

    for (int k = 0; k < stencil->count; k++) {
        int64_t i = first + stencil->index[k];
        ptrdiff_t index = border->fold(narrow ? border->narrow(i, n) : i, n);
        int same = 0;

        while (same < count && stencil->index[same] != index)
            same++;
        if (same < count) {
            weight[same] += stencil->weight[k];
            stencil->slope[same] += stencil->slope[k];
            stencil->curvature[same] += stencil->curvature[k];
            continue;
        }
        weight[count] = stencil->weight[k];
        stencil->index[count] = index;
        stencil->slope[count] = stencil->slope[k];
        stencil->curvature[count] = stencil->curvature[k];
        count++;
    }
    for (int k = 0; k < count; k++)
        stencil->weight[k] = (double)weight[k];
    /* All weights of a kernel add up to 1, whatever rounding makes of them. */
    if (count == 1) {
        stencil->weight[0] = 1.0;
        stencil->slope[0] = stencil->curvature[0] = 0.0;
    }
    stencil->count = count;
}

void wck_stencil_fold(const struct wck_border *border, size_t n, double base,
                      struct wck_stencil *stencil)
{
    fold_taps(border, n, reduce(border, n, base), false, stencil);
}

void wck_stencil_fold_narrow(const struct wck_border *border, size_t n, double base,
                             struct wck_stencil *stencil)
{
    fold_taps(border, n, (int64_t)base, true, stencil);
}

static void list_inside(const struct wck_kernel *kernel, double u, double base,
                        struct wck_stencil *stencil)
{
    ptrdiff_t first = (ptrdiff_t)base + kernel->first;
    struct wck_weights weights;

    (kernel->weigh != NULL ? kernel->weigh
                           : kernel->eval)(kernel, (long double)u - base, &weights);
    for (int k = 0; k < stencil->count; k++) {
        stencil->index[k] = first + k;
        stencil->weight[k] = stencil->count == 1 ? 1.0 : weights.weight[k];
        stencil->slope[k] = stencil->curvature[k] = 0.0;
    }
}

void wck_stencil_weigh(const struct wck_kernel *kernel, const struct wck_border *border,
                       size_t n, double u, struct wck_stencil *stencil)
{
    double base = kernel->base(u), low = base + kernel->first, high;

    stencil->count = kernel->support;
    if (kernel->ceiling && fpclassify(u - base) == FP_ZERO)
        stencil->count = 1;
    high = low + stencil->count - 1.0;
    if (low >= 0.0 && high < (double)n) {
        list_inside(kernel, u, base, stencil);
    } else if (border->fills && (high < 0.0 || low >= (double)n)) {
        *stencil = wck_stencil_single(WCK_BORDER_VALUE);
    } else {
        wck_stencil_list(kernel, u, stencil, &base);
        wck_stencil_fold(border, n, base, stencil);
    }
}

void wck_stencil_spoil(struct wck_stencil *stencil)
{
    for (int k = 0; k < stencil->count; k++)
        stencil->weight[k] = (double)NAN;
}

struct wck_stencil wck_stencil_single(ptrdiff_t index)
{
    return (struct wck_stencil){
        .count = 1, .index = {index}, .weight = {1.0}, .knot = 0.5, .fold = 1.0};
}

void wck_stencil_chain(struct wck_stencil *stencil, double factor)
{
    if (fpclassify(factor - 1.0) == FP_ZERO) /* nearly always */
        return;
    stencil->fold *= factor;
    for (int k = 0; k < stencil->count; k++) {
        stencil->slope[k] *= factor;
        stencil->curvature[k] *= factor * factor;
    }
}
