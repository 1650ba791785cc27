/* Spots: a fault of few numbers, as a single wrong entry of a Jacobian is, and not of a
 * rule. */
#ifndef WCK_DIAGNOSE_SPOTS_H
#define WCK_DIAGNOSE_SPOTS_H

#include "src/diagnose/hypothesis.h"

struct wck_spots {
    size_t count;  /* numbers in which the suspect is not the reference */
    size_t of;     /* that were compared */
    size_t beside; /* numbers of the first one's section */
    size_t first;  /* the first of them, in its trace */
    enum wck_section section;
    double got, want;
};

/* Where a suspect differs from the reference by more than what holds. */
enum wck_status wck_spots_find(const struct wck_suspect *suspect,
                               struct wck_spots *spots, struct wck_error *err);

/* So few of so many that no rule is behind them. */
bool wck_spots_are_few(const struct wck_spots *spots);

/* "the gradient of the image at plane 0, row 3, column 5, is 0.25 instead of 0.5" */
void wck_spots_describe(const struct wck_spots *spots,
                        const struct wck_suspect *suspect, struct wck_text *text);

#endif
