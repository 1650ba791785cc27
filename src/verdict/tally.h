/* Tally: many comparisons of one checker and claim, boiled down to one finding. */
#ifndef WCK_VERDICT_TALLY_H
#define WCK_VERDICT_TALLY_H

#include "src/verdict/finding.h"

struct wck_tally {
    size_t compared, beyond;
    size_t exact; /* equal to what was wanted */
    double used;  /* largest ratio; of an interval, its owner's to say */
    double ratio; /* of the worst */
    struct wck_measure worst;
    struct wck_place where;
    double detectable; /* largest 2 x bound / scale */
    bool certain; /* nothing right is beyond a bound: what is, fails, by however little
                   */
};

/* Adds a comparison.  An error d is found for certain where it exceeds twice the bound:
 * once for what is allowed, once for what rounding may hide.  `resolved` says whether
 * the comparison counts towards the smallest error that the checker can find. */
void wck_tally_add(struct wck_tally *tally, const struct wck_measure *measure,
                   const struct wck_place *where, bool resolved);

/* Adds the comparisons of `from`. */
void wck_tally_merge(struct wck_tally *tally, const struct wck_tally *from);

/* The verdict at a resolution (relative to scale): the worst's, but inconclusive
 * instead of pass where errors of that size could hide, and fail instead of marginal
 * where bounds are certain; not-applicable where nothing was compared. */
enum wck_verdict wck_tally_verdict(const struct wck_tally *tally, double resolution);

#endif
