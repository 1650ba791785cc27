#include "src/checker/judged.h"

#include <math.h>

static bool is_integer(const struct wck_trial *trial)
{
    return !(wck_dtype_row(trial->problem->dtype)->roundoff > 0.0);
}

/* Values in double precision: the type is, and nothing sums them in less. */
static bool is_double(const struct wck_trial *trial)
{
    return wck_problem_roundoff(trial->problem) <= wck_dtype_row(WCK_FLOAT64)->roundoff;
}

double wck_judged_resolution(const struct wck_trial *trial, double scale)
{
    if (trial->resolution > 0.0 || is_double(trial))
        return wck_trial_resolution(trial);
    return fmax(2e-4, is_integer(trial) && scale > 0.0 ? 2.5 / scale : 0.0);
}

void wck_judged_add(const struct wck_trial *trial, const struct wck_margin *margin,
                    double got, const struct wck_place *place, double scale,
                    bool kinked, struct wck_judged *judged)
{
    double width = margin->high - margin->low + (is_integer(trial) ? 1.0 : 0.0);
    struct wck_measure measure = {.got = got,
                                  .want = wck_margin_want(margin, got),
                                  .round = margin->bound,
                                  .scale = scale,
                                  .width = margin->high - margin->low};

    if (wck_margin_is_open(margin, got)) {
        judged->tally.compared++;
        judged->open += isnan(margin->low) ? 0 : 1;
        judged->tally.exact += isnan(margin->low) ? 1 : 0;
        return;
    }
    wck_tally_add(&judged->tally, &measure, place, false);
    if (kinked && width > wck_judged_resolution(trial, scale) * scale)
        judged->open++;
    else if (scale > 0.0 && isfinite(width))
        judged->tally.detectable =
            fmax(judged->tally.detectable, (2.0 * margin->bound + width) / scale);
}
