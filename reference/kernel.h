/* Kernel: the weights that a sample gives to the pixels around it, along one axis.
 *
 * A kernel splits a coordinate u into an integer base and a fraction u - base, by its
 * own tie rule, and lists `support` taps base + first, base + first + 1, ...  A listed
 * tap may have weight exactly 0; it is still listed (coverage tells the two apart). */
#ifndef WCK_REFERENCE_KERNEL_H
#define WCK_REFERENCE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#define WCK_TAPS 8 /* most taps an axis */

/* What the taps weigh at one fraction, and the first two derivatives of that with
 * respect to the coordinate, at the side that the kernel's tie rule chooses. */
struct wck_weights {
    double weight[WCK_TAPS], slope[WCK_TAPS], curvature[WCK_TAPS];
};

struct wck_kernel {
    const char *name;
    const char
        *family;    /* rows that differ in a tie rule or a parameter only share it */
    int support;    /* taps listed an axis, at most WCK_TAPS; 0: see `footprint` */
    int first;      /* index of the first tap relative to the base */
    double knot;    /* knots (where the formula changes) lie at integers + knot */
    int smoothness; /* continuous derivatives at a knot: -1 jump, 0 kink, 1 C1, ... */
    int degree;     /* of the piece between knots, along one axis; -1: no polynomial */
    int order;      /* of the B-spline that needs a prefilter; else 0 */
    double a;       /* the parameter of a cubic */
    bool ceiling;   /* taps are floor and ceil: at a whole coordinate one is listed */
    /* Not separable: the taps are those of reference/area.h.  There is no stencil, base
     * or eval, and how many taps an axis are listed is the map's: wck_warp_support. */
    bool footprint;
    double (*base)(double u);
    /* Fills `support` entries of each member, at fraction u - base: a double that is
     * negative and near 0 has more digits than its distance from -1 has in double. */
    void (*eval)(const struct wck_kernel *kernel, long double fraction,
                 struct wck_weights *weights);
    /* The same weights bit for bit without their derivatives, where these cost time;
     * NULL: there is only `eval`. */
    void (*weigh)(const struct wck_kernel *kernel, long double fraction,
                  struct wck_weights *weights);
    const char *summary;
    const char *source; /* section of reference/NOTES */
};

/* Rows 0 .. wck_kernel_count()-1; NULL beyond. */
size_t wck_kernel_count(void);
const struct wck_kernel *wck_kernel_row(size_t row);

/* By name; NULL where there is none. */
const struct wck_kernel *wck_kernel_find(const char *name);

/* Roundings that a weight of this kernel costs in any sensible evaluation, as a
 * multiple of the unit roundoff (an absolute error: weights are at most about 1). */
double wck_kernel_roundings(const struct wck_kernel *kernel);

/* The same of tap `k` alone, and of its slope: NOTES, "weight-rounding". */
double wck_kernel_tap_roundings(const struct wck_kernel *kernel, int k);
double wck_kernel_slope_roundings(const struct wck_kernel *kernel, int k);

#endif
