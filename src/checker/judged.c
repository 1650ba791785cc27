#include "src/checker/judged.h"

#include <math.h>

static bool is_integer(const struct wck_trial *trial)
{
    return !(wck_dtype_row(trial->problem->dtype)->roundoff > 0.0);
}

/* Values in double precision: the type is, and nothing sums them in less. */
static bool is_double(const struct wck_trial *trial)
{
    return trial->problem->dtype == WCK_FLOAT64 &&
           wck_problem_roundoff(trial->problem) <= wck_dtype_row(WCK_FLOAT64)->roundoff;
}

static double largest_extent(const struct wck_trial *trial)
{
    double most = 1.0;

    for (int a = 0; a < wck_warp_axes(&trial->problem->warp); a++) {
        size_t from = wck_warp_extent(&trial->problem->warp, (enum wck_axis)a);
        size_t to = wck_warp_output_extent(&trial->problem->warp, (enum wck_axis)a);

        most = fmax(most, (double)(from > to ? from : to));
    }
    return most;
}

/* As a part of the scale; see the header. */
static double single_resolution(const struct wck_trial *trial)
{
    const struct wck_arithmetic *arithmetic = trial->problem->warp.arithmetic;
    bool detour = arithmetic != NULL && arithmetic->detour;
    double pixels = largest_extent(trial);

    return fmax(2e-4 * fmax(1.0, pixels / (detour ? 16.0 : 64.0)),
                64.0 * wck_dtype_row(trial->problem->dtype)->roundoff);
}

double wck_judged_resolution(const struct wck_trial *trial, double scale)
{
    if (trial->resolution > 0.0 || is_double(trial))
        return wck_trial_resolution(trial);
    return fmax(single_resolution(trial),
                is_integer(trial) && scale > 0.0 ? 2.5 / scale : 0.0);
}

/* Below the normal numbers a type's steps no longer shrink with the value: storing it
 * is off by half of the least at most. */
static double least_step(const struct wck_trial *trial)
{
    if (is_integer(trial))
        return 0.0;
    return wck_dtype_row(trial->problem->dtype)->tiny / 2.0;
}

/* Is it what the reference has, in the type of the recording? */
static bool is_equal(const struct wck_trial *trial, const struct wck_margin *margin,
                     double got)
{
    double at = wck_dtype_round(trial->problem->dtype, margin->at);

    return fpclassify(got - at) == FP_ZERO;
}

void wck_judged_add(const struct wck_trial *trial, const struct wck_margin *margin,
                    double got, const struct wck_place *place, double scale,
                    bool kinked, struct wck_judged *judged)
{
    double width = margin->high - margin->low + (is_integer(trial) ? 1.0 : 0.0);
    bool open = kinked && width > wck_judged_resolution(trial, scale) * scale;
    struct wck_measure measure = {.got = got,
                                  .want = wck_margin_want(margin, got),
                                  .round = margin->bound + least_step(trial),
                                  .scale = scale};
    struct wck_tally *tally = &judged->tally;
    double used = open || is_integer(trial)
                      ? tally->used
                      : fmax(tally->used, wck_margin_used(margin, got));
    size_t exact = tally->exact;

    if (wck_margin_is_open(margin, got)) {
        tally->compared++;
        tally->exact += isnan(margin->low) ? 1 : 0;
        judged->open += isnan(margin->low) ? 0 : 1;
        return;
    }
    if (!isfinite(got) &&
        isinf(wck_dtype_round(trial->problem->dtype, margin->reach))) {
        tally->compared++;
        judged->open++;
        return;
    }
    /* Beyond its largest number a type stores infinity. */
    if (isinf(got) && isfinite(measure.want) && got * measure.want > 0.0 &&
        isinf(wck_dtype_round(trial->problem->dtype, measure.want)))
        measure.got = measure.want;
    wck_tally_add(tally, &measure, place, false);
    /* The tally takes all of an interval for equal. */
    tally->exact = exact + (is_equal(trial, margin, got) ? 1 : 0);
    tally->used = used;
    if (open)
        judged->open++;
    else if (scale > 0.0 && isfinite(width))
        tally->detectable =
            fmax(tally->detectable, (2.0 * margin->bound + width) / scale);
}
