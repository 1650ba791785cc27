/* Oracle: the warp once more, by direct formula, in quadruple precision.
 *
 * It shares nothing with reference/, and judges it.  A value is the sum, over the
 * pixels around the coordinate, of k(u - i) x[i]: no list of taps is made, merged or
 * kept.  Every derivative is that of the same sum; a gradient with respect to a pixel
 * or to the border value is the sum over an image that is 1 there and 0 elsewhere. Rows
 * of the reference's tables are named by strings; a name not known here makes NaN.
 *
 * Axes are x (columns), y (rows), z (slices); images are contiguous, x fastest. */
#ifndef CHECK_ORACLE_ORACLE_H
#define CHECK_ORACLE_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

#define ORACLE_AXES 3
#define ORACLE_REACH                                                                   \
    4 /* pixels floor(u) - 4 .. floor(u) + 4 are all a kernel reads                    \
       */

struct oracle_warp {
    const char *kernel, *border, *fold;           /* fold NULL: "none" */
    const char *prefilter;                        /* NULL: none */
    int axes;                                     /* 2 or 3 */
    int source[ORACLE_AXES], output[ORACLE_AXES]; /* sizes; of z 1 in 2-D */
    const char *kind; /* "affine", "homography", "coordinates", "displacement" */
    bool to_output;   /* the matrix leads from source to output */
    const double *matrix;
    const double *given[ORACLE_AXES];        /* one an output sample */
    bool subtracted;                         /* the displacement */
    const char *output_units, *source_units; /* NULL: "pixels" */
};

/* ---- one axis ---- */

/* Weight of pixel floor(u) + k for the coordinate u, or its first or second derivative
 * with respect to u, to the right where the two sides differ. */
__float128 oracle_weight(const char *kernel, __float128 u, int k, int derivative);

/* Where pixel floor(u) + k of an axis of n is read; -1: the border value. */
int oracle_border(const char *border, __float128 u, int k, int n);

/* The same where floor(u) + k is computed, and folded, in integers of 32 bits. */
int oracle_border_narrow(const char *border, __float128 u, int k, int n);

struct oracle_folded {
    __float128 u, factor; /* factor: du / d(the coordinate given) */
    bool filled;
    bool narrow; /* taps are numbered in integers of 32 bits that wrap around */
    bool spoilt; /* every weight is NaN, the derivatives are not */
};
struct oracle_folded oracle_fold(const char *fold, __float128 u, int n);

/* Between numbers and pixels. */
__float128 oracle_of_pixel(const char *units, __float128 i, int n);
__float128 oracle_to_pixel(const char *units, __float128 g, int n);

/* Replaces the n samples of each line by the coefficients of the B-spline of `order`
 * through them: sample i of line j is at data[i * count + j]. */
void oracle_coefficients(const char *prefilter, int order, int n, int count,
                         __float128 *data);

/* ---- the map ---- */

/* The matrix from output to source in square form, of side axes + 1. */
int oracle_backward(const struct oracle_warp *warp, __float128 square[16]);

/* The source coordinate, in pixels, of an output sample. */
void oracle_coordinate(const struct oracle_warp *warp, int sample,
                       __float128 u[ORACLE_AXES]);

/* ---- images and sums ---- */

/* What the sums run over: the image, or its coefficients, which lie `margin` pixels
 * further in. */
struct oracle_image {
    int size[ORACLE_AXES], margin;
    __float128 border_value; /* of a transparent warp, what the output held at the
                                sample that is asked for: set it anew for each */
    __float128 *pixel;       /* owned */
};

struct oracle_image oracle_image_new(const struct oracle_warp *warp,
                                     const double *pixel, double border_value);
void oracle_image_free(struct oracle_image *image);

/* ---- kernel "area" ---- */

/* F = U max(S, 1) V^T for A = U S V^T, both in row order. */
void oracle_footprint(const __float128 a[4], __float128 f[4]);

/* What each pixel, and at the end the border value, weighs where the footprint is the
 * parallelogram F [-1/2, 1/2]^2 around `centre`: weight[y * width + x]. */
void oracle_area(const struct oracle_warp *warp, const __float128 f[4],
                 const __float128 centre[2], __float128 *weight);

struct oracle_sum {
    __float128 value;
    __float128 magnitude; /* of the terms: sum of |w| |x| */
    __float128 exposure; /* to an error of 1 in each weight along an axis: |x| times the
                            other axes' |w|, summed over terms and axes */
};

/* The output at coordinate u (of the image given, before any fold), or its derivative
 * of order[a] along each axis a.  NaN where a coordinate is not finite. */
struct oracle_sum oracle_sum(const struct oracle_warp *warp,
                             const struct oracle_image *image,
                             const double u[ORACLE_AXES], const int order[ORACLE_AXES]);

#endif
