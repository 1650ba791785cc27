/* Fold: what happens to a coordinate that leaves the image, before its taps are listed.
 *
 * Most libraries leave the coordinate as it is and fold each tap (reference/border.h).
 * Others move the coordinate itself, or fill the whole sample. */
#ifndef WCK_REFERENCE_FOLD_H
#define WCK_REFERENCE_FOLD_H

#include <stdbool.h>
#include <stddef.h>

struct wck_folded {
    double u;       /* the coordinate to list taps at */
    double factor;  /* du / d(the coordinate given), by the rule's own side at a tie */
    bool filled;    /* the sample is the border value and nothing else */
    bool spoilt;    /* taps are listed, but weigh NaN */
    bool undecided; /* what is read hangs on the last digit of the library's u */
};

struct wck_fold {
    const char *name;
    bool
        rounds; /* subtracts periods: its result is rounded at the coordinate's scale */
    bool fills; /* all that it does is to fill samples: no coordinate moves */
    bool narrow; /* leaves what fits 32 bits, and taps are numbered in such integers,
                    which wrap around */
    /* Folds the coordinate u along an axis of n >= 1 pixels.  A sample has no taps
     * where what comes out is not finite. */
    struct wck_folded (*apply)(double u, size_t n);
    const char *summary;
    const char *source; /* section of reference/NOTES */
};

/* Rows 0 .. wck_fold_count()-1; NULL beyond.  Row 0 leaves coordinates alone. */
size_t wck_fold_count(void);
const struct wck_fold *wck_fold_row(size_t row);

/* By name; NULL where there is none. */
const struct wck_fold *wck_fold_find(const char *name);

#endif
