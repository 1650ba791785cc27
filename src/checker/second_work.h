/* Second work: what the checker second-order holds while it judges; the formulas are at
 * the top of second_order.c. */
#ifndef WCK_CHECKER_SECOND_WORK_H
#define WCK_CHECKER_SECOND_WORK_H

#include "src/checker/mapped.h"
#include "src/checker/second_bound.h"

/* What S is differentiated by. */
enum wck_second_by {
    WCK_BY_UPSTREAM,
    WCK_BY_IMAGE,
    WCK_BY_COORDINATES,
    WCK_SECOND_BYS
};

struct wck_second_answer {
    struct wck_image upstream, image;
    double *u[2];
};

struct wck_second_work {
    struct wck_trial *trial; /* borrowed */
    struct wck_mapped mapped;
    struct wck_problem problem; /* that by coordinates, or the trial's own */
    bool maps, by_image;        /* along the image, else the coordinates */
    struct wck_second_bound bound;
    struct wck_image image, other, a, g, h, sent, gradient;
    struct wck_second_answer got, want;
    double *b[2], *d[2], *slope[2], *moved, *owned;
    struct wck_cell *cell;       /* of each sample along an axis */
    bool *aside;                 /* rounding leaves open which pixels it reads */
    size_t count, planes;        /* samples; of the output */
    size_t aside_count, shifted; /* samples; the latter moved off a knot */
    struct wck_tally tally[WCK_CLAIM_COUNT];
    bool said[WCK_CLAIM_COUNT][WCK_SECOND_BYS]; /* in the cause, of this direction */
    struct wck_text detail, cause[WCK_CLAIM_COUNT];
    size_t pulled; /* numeric derivatives that there are */
    struct wck_error refusal;
};

/* Adds a comparison, and says what it is of where it is beyond its bound. */
void wck_second_add(struct wck_second_work *work, enum wck_claim claim,
                    enum wck_second_by by, const struct wck_measure *measure,
                    const struct wck_place *place);

/* Each entry of the answer against the reference's. */
enum wck_status wck_second_compare(struct wck_second_work *work, struct wck_error *err);

/* The answer along random directions against the subject's own pull-back; where that
 * gives no such gradient the refusal is kept. */
enum wck_status wck_second_pull(struct wck_second_work *work, struct wck_error *err);

#endif
