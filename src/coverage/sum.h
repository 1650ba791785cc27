/* Sum: when a sum of products is 0, and how far rounding may put it off. */
#ifndef WCK_COVERAGE_SUM_H
#define WCK_COVERAGE_SUM_H

#include <stdbool.h>

bool wck_is_exactly_zero(double value);

/* How far a sum may be off by `roundings` roundings of unit roundoff u in each of its
 * terms, whose computed magnitudes add up to `magnitude`.
 *
 * A product g w is rounded once and then meets at most m-1 additions (adding to 0 is
 * exact), so the computed sum of m terms differs from the exact one by at most gamma_m
 * M, with gamma_m = m u/(1 - m u) and M the exact sum of magnitudes.  The computed M
 * may be short by gamma_m M itself; gamma_m/(1 - gamma_m) = m u/(1 - 2 m u) makes up
 * for it.  Magnitudes may overflow where the sum does not. */
double wck_sum_rounding(double roundings, double u, double magnitude);

#endif
