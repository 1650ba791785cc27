/* Margin: how far a recorded output or gradient may lie from the reference's, entry by
 * entry, when both are right.
 *
 * u is the sum of both sides' unit roundoffs, gamma_n = wck_gamma(n, u).  Per sample:
 *
 *     output      gamma_(T+k) sum |w||x|                summing T taps of k factors
 *               + K u sum |x| prod |other w|            a weight's own roundings, K
 *               + du_i |dw/du_i (x - c)| ...            where its coordinate lies
 *
 *               + e sum (2 |x| + 3)                     products that underflow
 *
 * e being half the type's least number, by which a rounding below the normal numbers is
 * off, whatever u: a product of k factors rounds k - 1 times, and each error is
 * multiplied by the factors that are left (weights up to 1, slopes up to 2, x, g); with
 * du_i the coordinate's error (src/subject/problem.h) and c the middle of the pixels
 * read, which drops out because slopes add up to 0.  Gradients likewise, one derivative
 * higher.  Where du_i reaches a knot of a kernel with kinks, or a jump, both sides are
 * evaluated, and everything between them is allowed. */
#ifndef WCK_CHECKER_MARGIN_H
#define WCK_CHECKER_MARGIN_H

#include "reference/warp.h"
#include "src/subject/problem.h"

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

/* The margins of one batch item. */
struct wck_margins {
    const struct wck_problem *problem; /* its warp, dtype; batch 1 */
    struct wck_margin *output;         /* planes x samples */
    struct wck_margin *image;          /* planes x pixels; 0 without an upstream */
    struct wck_margin *coordinate[WCK_AXES]; /* samples, in the map's own units */
    struct wck_margin matrix[WCK_MATRIX];
    struct wck_margin *border_value; /* channels */
    size_t uncertain;                /* samples whose coordinate reaches a jump */
    size_t lost;       /* samples whose coordinate's error is beyond a quarter pixel */
    size_t non_finite; /* samples without taps: what they send back is not judged */
};

/* Works out the margins of the warp of `image` and, where `upstream` is not NULL, of
 * its pull-back.  Release with wck_margins_release, whatever was returned. */
enum wck_status wck_margins_make(struct wck_margins *margins,
                                 const struct wck_problem *problem,
                                 const struct wck_image *image,
                                 const struct wck_image *upstream,
                                 struct wck_error *err);
void wck_margins_release(struct wck_margins *margins);

#endif
