#include <math.h>
#include <stdlib.h>

#include "reference/clip.h"
#include "reference/pass.h"
#include "src/checker/bound.h"
#include "src/checker/margins_work.h"
#include "src/checker/trial.h"

double wck_margins_outside(const struct wck_margins_work *work, size_t plane,
                           size_t index)
{
    const struct wck_warp *warp = &work->problem->warp;
    struct wck_plane from = wck_pass_plane(warp, &work->source, plane);

    return wck_plane_outside(warp, &from, index);
}

double wck_margins_pixel(const struct wck_margins_work *work,
                         const struct wck_sample_tap *tap, size_t plane, size_t index)
{
    if (tap->pixel == WCK_BORDER_VALUE)
        return wck_margins_outside(work, plane, index);
    return wck_plane_get(&work->source, plane, (size_t)tap->pixel);
}

bool wck_margins_have_own_sums(const struct wck_warp *warp)
{
    return warp->rounding != NULL && warp->rounding->gather != NULL;
}

/* What is taken off each pixel before it is weighed, and added to the sum: sums of
 * terms w (x - c) and c round at the scale of those, not of w x. */
static double pivot_of(const struct wck_margins_work *work,
                       const struct wck_sample *sample, size_t plane)
{
    const struct wck_warp *warp = &work->problem->warp;

    if (warp->rounding == NULL || !warp->rounding->pivots || !sample->crosses ||
        warp->kernel->support <= 2)
        return 0.0;
    return wck_warp_scalar(warp, plane % work->source.channels);
}

/* A kernel of steps copies a pixel: nothing is rounded.  (A border value may be, into
 * the image's type.) */
static bool is_copied(const struct wck_margins_work *work,
                      const struct wck_sample_tap *tap)
{
    return work->problem->warp.kernel->smoothness < 0 && tap->pixel != WCK_BORDER_VALUE;
}

/* Sums in single precision do not hold every integer beyond 1 / u: that is rounded as
 * it enters them, and a copied one too where the library weighs it by 1 (JAX). */
static double entry_error(const struct wck_margins_work *work, double x)
{
    bool whole = !(wck_dtype_row(work->problem->dtype)->roundoff > 0.0);

    return whole && fabs(x) * work->u > 1.0 ? work->u * fabs(x) : 0.0;
}

/* Is the border value's weight what the weights inside lack of 1? */
static bool has_remainder(const struct wck_margins_work *work,
                          const struct wck_sample *sample)
{
    const struct wck_warp *warp = &work->problem->warp;

    return warp->rounding != NULL && warp->rounding->remainder && !sample->copied &&
           warp->kernel->smoothness >= 0;
}

double wck_margins_remainder_error(const struct wck_margins_work *work,
                                   const struct wck_sample *sample, int axis)
{
    double sum = 1.0, off = 0.0;

    if (!has_remainder(work, sample))
        return 0.0;
    for (size_t t = 0; t < sample->count; t++) {
        const struct wck_sample_tap *tap = &sample->taps[t];

        if (tap->pixel == WCK_BORDER_VALUE)
            continue;
        sum += fabs(axis < 0 ? tap->weight : tap->slope[axis]);
        off += axis < 0 ? tap->uncertainty : tap->slope_uncertainty[axis];
    }
    return wck_gamma((double)work->samples.listed + 4.0, work->u) * sum + work->u * off;
}

/* sum over the taps of a variant of sample `index`: value, and the bound on its
 * rounding.  What the output held before is left as it was, to the bit. */
static void sum_output(const struct wck_margins_work *work,
                       const struct wck_sample *sample, size_t plane, size_t index,
                       struct wck_margin *margin)
{
    const struct wck_rounding *rounding = work->problem->warp.rounding;
    bool rim = rounding != NULL && rounding->rim && sample->crosses;
    double pivot = pivot_of(work, sample, plane);
    double value = 0.0, weighed = fabs(pivot), weights = 0.0, all = 0.0;
    double entering = 0.0, reach = 0.0;

    if (sample->copied && work->problem->warp.transparent) {
        wck_margin_widen(margin, wck_margins_outside(work, plane, index));
        return;
    }
    for (size_t t = 0; t < sample->count; t++) {
        const struct wck_sample_tap *tap = &sample->taps[t];
        double x = wck_margins_pixel(work, tap, plane, index);

        if (rim)
            x = trunc(x);
        value += tap->weight * x;
        weighed += is_copied(work, tap) ? 0.0 : fabs(tap->weight * (x - pivot));
        weights += is_copied(work, tap) ? 0.0 : tap->uncertainty * fabs(x);
        entering += is_copied(work, tap) ? 0.0 : work->least * (2.0 * fabs(x) + 3.0);
        entering += is_copied(work, tap) ? entry_error(work, x) : 0.0;
        reach += fabs(tap->weight * x);
        all += fabs(tap->weight);
    }
    margin->reach = fmax(margin->reach, reach);
    if (!sample->has_taps)
        value = (double)NAN;
    wck_margin_widen(margin, value);
    margin->bound =
        fmax(margin->bound,
             wck_gamma((double)work->samples.listed + 3.0, work->u) * weighed +
                 (wck_margins_have_own_sums(&work->problem->warp) ? 0.0 : work->u) *
                     weights +
                 wck_margins_remainder_error(work, sample, -1) *
                     fabs(wck_margins_outside(work, plane, index)) +
                 work->source_error * all + entering);
}

/* What an output may be stored as.  An integer: everything between the rounded ends.  A
 * number of a narrower type than its sum: that, off by half a unit in its last place,
 * or in that of the smallest normal number (2^-149 in float32). */
static void round_output(const struct wck_warp *warp, enum wck_dtype dtype,
                         struct wck_margin *margin)
{
    const struct wck_rounding *rounding =
        warp->rounding != NULL ? warp->rounding : wck_rounding_row(0);
    double u = wck_dtype_row(dtype)->roundoff;

    if (u > 0.0) {
        if (rounding->wide && dtype != WCK_FLOAT64)
            margin->bound +=
                u * (wck_margin_magnitude(margin) + margin->bound) + 0x1p-149;
        return;
    }
    margin->low = wck_dtype_round(dtype, rounding->round(margin->low - margin->bound));
    margin->high =
        wck_dtype_round(dtype, rounding->round(margin->high + margin->bound));
    margin->bound = 0.0;
}

/* Outputs summed by weights of the convention's own: those, and the rounding of their
 * sum (none, in integers). */
enum wck_status wck_margins_own_outputs(struct wck_margins_work *work,
                                        const struct wck_image *image,
                                        struct wck_error *err)
{
    const struct wck_problem *problem = work->problem;
    struct wck_problem wide = *problem;
    struct wck_image output;
    enum wck_status status;

    if (!problem->warp.rounding->whole)
        wide.dtype = WCK_FLOAT64;
    status = wck_problem_output(&wide, &output, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&problem->warp, image, &output, err);
    for (size_t row = 0; status == WCK_OK && row < work->planes * work->count; row++) {
        struct wck_margin *margin = &work->margins->output[row];

        margin->low = margin->high =
            wck_plane_get(&output, row / work->count, row % work->count);
        if (problem->warp.rounding->whole)
            margin->bound = 0.0;
        else
            round_output(&problem->warp, problem->dtype, margin);
    }
    free(output.tensor.data);
    return status;
}

void wck_margins_judge_outputs(struct wck_margins_work *work, size_t index)
{
    for (size_t p = 0; p < work->planes; p++) {
        struct wck_margin *output = &work->margins->output[p * work->count + index];

        bool filled = true;

        *output = wck_margin_unknown;
        for (size_t v = 0; v < work->samples.variant_count; v++) {
            sum_output(work, &work->samples.variants[v], p, index, output);
            filled &= work->samples.variants[v].copied;
        }
        work->filled |= filled;
        if (!wck_margins_have_own_sums(&work->problem->warp))
            round_output(&work->problem->warp, work->problem->dtype, output);
    }
}

/* Between which numbers the outputs' smallest and largest lie: the range that they have
 * at most, and the one that they have at least. */
static void bound_outputs(const struct wck_margins_work *work, struct wck_range *most,
                          struct wck_range *least)
{
    *most = *least =
        (struct wck_range){.low = (double)INFINITY, .high = -(double)INFINITY};
    for (size_t i = 0; i < work->planes * work->count; i++) {
        const struct wck_margin *m = &work->margins->output[i];

        most->low = fmin(most->low, m->low - m->bound);
        most->high = fmax(most->high, m->high + m->bound);
        least->low = fmin(least->low, m->high + m->bound);
        least->high = fmax(least->high, m->low - m->bound);
    }
}

/* Clamping is monotone: both ends of what is allowed are clamped; to both ranges, where
 * rounding decides whether the border value is among the outputs.  An integer cuts the
 * border value off as it stores it. */
void wck_margins_clip_outputs(struct wck_margins_work *work,
                              const struct wck_image *image)
{
    bool whole = !(wck_dtype_row(work->problem->dtype)->roundoff > 0.0);
    struct wck_range outputs[2], range[2];
    struct wck_margin *output = work->margins->output;

    bound_outputs(work, &outputs[0], &outputs[1]);
    if (work->filled)
        outputs[1] = outputs[0];
    for (int k = 0; k < 2; k++)
        range[k] = wck_clip_range(&work->problem->warp, image, &outputs[k]);
    for (size_t i = 0; i < work->planes * work->count; i++) {
        double low = output[i].low, high = output[i].high;

        output[i].low = fmin(wck_clip(&range[0], low), wck_clip(&range[1], low));
        output[i].high = fmax(wck_clip(&range[0], high), wck_clip(&range[1], high));
        output[i].low = whole ? trunc(output[i].low) : output[i].low;
        output[i].high = whole ? trunc(output[i].high) : output[i].high;
    }
}
