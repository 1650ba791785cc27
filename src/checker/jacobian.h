/* Jacobian: the subject's image Jacobian as measured from its forward, tap by tap.
 *
 * For each colour of pixels three images are put through: 1 at its pixels, their x, and
 * their y.  Since no output reads two pixels of one colour, the response to the first
 * is the weight of one tap, and the quotients of the others say where it lies: the
 * pattern is measured, not assumed.  Weights come without cancellation: all other
 * pixels are 0. */
#ifndef WCK_CHECKER_JACOBIAN_H
#define WCK_CHECKER_JACOBIAN_H

#include "src/checker/colouring.h"
#include "src/checker/trial.h"

#define WCK_NO_PIXEL ((ptrdiff_t)-1)

/* The tap that the reference lists in one colour for one sample. */
struct wck_expected {
    ptrdiff_t pixel; /* WCK_NO_PIXEL where there is none */
    double weight;
};

struct wck_jacobian {
    size_t samples, planes;
    size_t slots;     /* taps kept an output: one a colour */
    double *weight;   /* [slot][plane][sample] */
    ptrdiff_t *pixel; /* likewise: y * width + x, or WCK_NO_PIXEL */
    double *base;     /* [plane][sample]: the output of a black image */
    bool *differs;    /* [plane][sample]: some tap is not the reference's */
    double *stray;    /* likewise: what may lie at other pixels than were found */
    struct wck_expected *expected; /* [slot][sample]: all the reference's taps */
    double *slack;    /* [sample]: what its coordinate's error may change in a weight */
    bool *uncertain;  /* [sample]: a knot so near that other pixels may be right */
    size_t set_aside; /* samples that are uncertain */
    double entry_error; /* bound on the error of a weight */
    size_t unresolved;  /* taps that lie nowhere: two pixels of one colour were read */
    size_t elsewhere;   /* taps found at another pixel than the reference's */
};

/* The 1st to 4th plane are probed with different powers of two, so that a subject that
 * mixes planes shows. */
double wck_jacobian_step(size_t plane);

/* Measures the subject's Jacobian with 1 + 3 colours forward images, comparing every
 * tap with the reference's in `conforms`; `pixel` receives the input pixel of its
 * worst. Release whatever was returned. */
enum wck_status wck_jacobian_measure(struct wck_jacobian *jacobian,
                                     struct wck_trial *trial,
                                     struct wck_tally *conforms, ptrdiff_t *pixel,
                                     struct wck_error *err);
void wck_jacobian_release(struct wck_jacobian *jacobian);

#endif
