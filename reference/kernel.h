/* Kernel: the weights that a sample gives to the pixels around it, along one axis.
 *
 * A kernel splits a coordinate u into an integer base and a fraction u - base, by its
 * own tie rule, and lists `support` taps base + first, base + first + 1, ...  A listed
 * tap may have weight exactly 0; it is still listed (coverage tells the two apart). */
#ifndef WCK_REFERENCE_KERNEL_H
#define WCK_REFERENCE_KERNEL_H

#include <stddef.h>

#define WCK_TAPS 8 /* most taps an axis */

struct wck_kernel {
    const char *name;
    int support;    /* taps listed an axis, at most WCK_TAPS */
    int first;      /* index of the first tap relative to the base */
    double knot;    /* knots (where the formula changes) lie at integers + knot */
    int smoothness; /* continuous derivatives at a knot: -1 jump, 0 kink, 1 C1, ... */
    int degree;     /* of the piece between knots, along one axis */
    double (*base)(double u);
    /* Weights and their slopes dw/du at fraction u - base; `support` values each. */
    void (*eval)(double fraction, double *weight, double *slope);
    const char *summary;
    const char *source; /* section of reference/NOTES */
};

/* Rows 0 .. wck_kernel_count()-1; NULL beyond. */
size_t wck_kernel_count(void);
const struct wck_kernel *wck_kernel_row(size_t row);

/* By name; NULL where there is none. */
const struct wck_kernel *wck_kernel_find(const char *name);

#endif
