/* Margin: what is allowed for one number: an interval, and a bound beyond its ends. */
#ifndef WCK_CHECKER_MARGIN_H
#define WCK_CHECKER_MARGIN_H

#include <stdbool.h>

#include "reference/tensor.h"

/* What is allowed for one number: low - bound .. high + bound.  Anything where low and
 * high are infinite; nothing but NaN where they are NaN.  `at`, between low and high,
 * is where the reference is.  `reach` is how large a number a right subject may come by
 * on the way, whatever the order of its sums; 0: not worked out.  Where the type does
 * not hold that, infinity is right, and so is NaN: infinity less infinity, or times a
 * derivative of 0. */
struct wck_margin {
    double low, high, bound, at, reach;
};

/* The number of low .. high nearest to `got`, so that a measure with this as what is
 * wanted, and the bound, judges the margin. */
double wck_margin_want(const struct wck_margin *margin, double got);

/* True where the margin allows anything, or `got` is the NaN that it wants. */
bool wck_margin_is_open(const struct wck_margin *margin, double got);

/* The part of what the margin allows on got's side of `at` that `got` uses: 0 where it
 * is `at`, 1 at the end. */
double wck_margin_used(const struct wck_margin *margin, double got);

/* A number whose sums were made at unit roundoff u may be kept in a coarser type: its
 * margin grows by that type's rounding. */
void wck_margin_store(struct wck_margin *margin, enum wck_dtype dtype, double u);

/* Anything; and nothing yet, for wck_margin_widen to begin with. */
extern const struct wck_margin wck_margin_anything, wck_margin_unknown;

/* Lets low .. high reach to `value`. */
void wck_margin_widen(struct wck_margin *margin, double value);

/* Adds c times what `part` allows. */
void wck_margin_add_scaled(struct wck_margin *sum, double c,
                           const struct wck_margin *part);

/* The larger of |low| and |high|. */
double wck_margin_magnitude(const struct wck_margin *margin);

#endif
