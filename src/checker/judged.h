/* Judged: a tally of what was recorded against margins. */
#ifndef WCK_CHECKER_JUDGED_H
#define WCK_CHECKER_JUDGED_H

#include "src/checker/margin.h"
#include "src/checker/trial.h"

struct wck_judged {
    struct wck_tally tally;
    size_t open; /* entries that a knot or a jump leaves open */
};

/* What a pass must be able to find, relative to `scale`: the trial's, or 1e-6 in
 * float64.  The sizes of a recording are what they are: in single precision some tens
 * of pixels leave coordinates uncertain by 1e-5, and so do sums of some hundred terms:
 * 2e-4 up to 64
 * pixels (16 where a matrix is inverted and normalised in that precision), and beyond
 * in proportion to the size, as the numbers that coordinates are computed from; no less
 * than 64 unit roundoffs, in float16. In whole numbers the
 * finest error is of 1, and margins of two neighbours are usual. */
double wck_judged_resolution(const struct wck_trial *trial, double scale);

/* Adds an entry.  `kinked`: its margin may be as wide as a knot or a jump makes it;
 * such an entry is open, and says nothing of what could have been found. */
void wck_judged_add(const struct wck_trial *trial, const struct wck_margin *margin,
                    double got, const struct wck_place *place, double scale,
                    bool kinked, struct wck_judged *judged);

#endif
