/* Margins: how far a recorded output or gradient may lie from the reference's, entry by
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
#ifndef WCK_CHECKER_MARGINS_H
#define WCK_CHECKER_MARGINS_H

#include "reference/warp.h"
#include "src/checker/margin.h"
#include "src/subject/problem.h"

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
