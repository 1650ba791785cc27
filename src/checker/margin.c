#include "src/checker/margin.h"

#include <math.h>

const struct wck_margin wck_margin_anything = {.low = -(double)INFINITY,
                                               .high = (double)INFINITY};
const struct wck_margin wck_margin_unknown = {.low = (double)NAN, .high = (double)NAN};

double wck_margin_want(const struct wck_margin *margin, double got)
{
    if (!(got >= margin->low)) /* NaN too: it is judged against one end */
        return margin->low;
    return got > margin->high ? margin->high : got;
}

bool wck_margin_is_open(const struct wck_margin *margin, double got)
{
    return (isinf(margin->low) && isinf(margin->high)) ||
           (isnan(margin->low) && isnan(got));
}

double wck_margin_used(const struct wck_margin *margin, double got)
{
    double off = got - margin->at;
    double room = off > 0.0 ? margin->high - margin->at : margin->at - margin->low;

    /* The reference rounds its sums better than the ends of margins are. */
    return fpclassify(off) == FP_ZERO ? 0.0
                                      : fabs(off) / (fmax(room, 0.0) + margin->bound);
}

void wck_margin_store(struct wck_margin *margin, enum wck_dtype dtype, double u)
{
    double kept = wck_dtype_row(dtype)->roundoff;

    if (kept > u)
        margin->bound += kept * (wck_margin_magnitude(margin) + margin->bound);
}

void wck_margin_widen(struct wck_margin *margin, double value)
{
    margin->low = fmin(margin->low, value);
    margin->high = fmax(margin->high, value);
}

void wck_margin_add_scaled(struct wck_margin *sum, double c,
                           const struct wck_margin *part)
{
    double a = c * part->low, b = c * part->high;

    sum->low += fmin(a, b);
    sum->high += fmax(a, b);
    sum->at += c * part->at;
    sum->bound += fabs(c) * part->bound;
    sum->reach += fabs(c) * part->reach;
}

double wck_margin_magnitude(const struct wck_margin *margin)
{
    return fmax(fabs(margin->low), fabs(margin->high));
}
