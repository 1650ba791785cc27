/* Prefilter: from an image to the coefficients of the B-spline that interpolates it.
 *
 * Along each axis the samples of a B-spline of order n are a convolution of its
 * coefficients; its inverse is a pair of recursive filters a pole (Unser, Aldroubi,
 * Eden 1993).  How the image goes on beyond its edges decides where they start. */
#ifndef WCK_REFERENCE_PREFILTER_H
#define WCK_REFERENCE_PREFILTER_H

#include "reference/image.h"

struct wck_prefilter {
    const char *name;
    size_t margin; /* pixels by which the border first continues the image all round */
    /* The causal filter's first coefficient, and the anticausal filter's last, for a
     * pole z and n >= 2 samples: sums of weight[i] c[i], c the samples, or the causal
     * coefficients. */
    void (*first)(long double *weight, size_t n, long double z);
    void (*last)(long double *weight, size_t n, long double z);
    const char *summary;
    const char *source; /* section of reference/NOTES */
};

/* Rows 0 .. wck_prefilter_count()-1; NULL beyond. */
size_t wck_prefilter_count(void);
const struct wck_prefilter *wck_prefilter_row(size_t row);
const struct wck_prefilter *wck_prefilter_find(const char *name);

/* The 1-norm of the filter of an order along one axis: no coefficient is larger than
 * this times the largest sample. */
double wck_prefilter_norm(int order);

/* Replaces a float64 image by the coefficients of the B-spline of order 2 .. 5, along
 * x, y, and along z where it has more than one slice.  An axis of one pixel is left
 * alone. */
enum wck_status wck_prefilter_apply(const struct wck_prefilter *prefilter, int order,
                                    const struct wck_image *image,
                                    struct wck_error *err);

/* Its transpose: replaces a gradient with respect to the coefficients by that with
 * respect to the image. */
enum wck_status wck_prefilter_transpose(const struct wck_prefilter *prefilter,
                                        int order, const struct wck_image *image,
                                        struct wck_error *err);

#endif
