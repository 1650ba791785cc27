/* Pullback: one upstream gradient put through the subject's backward pass, against what
 * the measured Jacobian and the reference make of it. */
#ifndef WCK_CHECKER_PULLBACK_H
#define WCK_CHECKER_PULLBACK_H

#include "src/checker/jacobian.h"

/* Per input entry ([plane][pixel]), over the outputs that list it. */
struct wck_sums {
    double *value;     /* sum of weight x upstream */
    double *magnitude; /* sum of their magnitudes */
    double *slack;     /* sum of |upstream| x what is uncertain of the weight */
    double *reach;     /* sum of |upstream| */
    double *terms;     /* how many */
    double unread;     /* what an entry that no tap was found on may still be */
    double stray; /* sum of |upstream| x what may lie elsewhere, of rows that differ */
};

struct wck_pullback {
    struct wck_trial *trial;
    const struct wck_jacobian *jacobian;
    struct wck_image image, upstream, gradient;
    struct wck_sums measured, reference;
    bool certifies; /* the probes stand for single entries: an error counts as one of
                       weight, whatever the sum that it hides in */
    size_t single;  /* input entries that one output alone reached, over all probes */
};

enum wck_status wck_pullback_init(struct wck_pullback *pullback,
                                  struct wck_trial *trial,
                                  const struct wck_jacobian *jacobian,
                                  struct wck_error *err);
void wck_pullback_release(struct wck_pullback *pullback);

/* Pulls pullback->upstream back (the caller has filled it; outputs whose pixel a jump
 * makes uncertain are set to 0 here) and compares every input entry with the measured
 * Jacobian's sum and with the reference's:
 *
 *     |got - sum| <= slack + gamma_{m+2} sum|w g| + 2 K u sum|g|, m terms.
 *
 * What was too small to be located in a row that is not the reference's may lie at any
 * pixel: it adds to the slack of all.  A pixel without a measured tap may still be read
 * with weights below the error of one, by about as many outputs as read any: slots.
 *
 * `resolved`: the comparisons count towards the smallest error found. */
enum wck_status wck_pullback_compare(struct wck_pullback *pullback,
                                     struct wck_tally *self_consistent,
                                     struct wck_tally *conforms, bool resolved,
                                     struct wck_error *err);

#endif
