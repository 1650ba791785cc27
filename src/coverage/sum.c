#include "src/coverage/sum.h"

#include <float.h>
#include <math.h>

bool wck_is_exactly_zero(double value)
{
    return fpclassify(value) == FP_ZERO;
}

double wck_sum_rounding(double roundings, double u, double magnitude)
{
    double mu = u * roundings;
    double bound = mu < 0.25 ? mu / (1.0 - 2.0 * mu) : 0.5;

    return bound * fmin(magnitude, DBL_MAX);
}
