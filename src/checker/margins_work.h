/* Margins' work: what the making of margins shares among its parts: outputs
 * (margins_output.c), gradients (margins_gradient.c), and the whole (margins.c). */
#ifndef WCK_CHECKER_MARGINS_WORK_H
#define WCK_CHECKER_MARGINS_WORK_H

#include "src/checker/margins.h"
#include "src/checker/sample.h"

struct wck_margins_work {
    struct wck_margins *margins;
    const struct wck_problem *problem;
    struct wck_samples samples;
    struct wck_image source; /* of the taps */
    const struct wck_image *upstream;
    double u;            /* roundoff */
    bool filled;         /* an output is the border value, to the bit */
    double least;        /* half the least number of the type; 0 of integers */
    double source_error; /* of a coefficient of a prefilter */
    size_t planes, count, pixels;
    struct wck_margin *image; /* of what is tapped: the image, or its coefficients */
    double *sent;             /* an entry: the sum of |g w| */
    double *terms;            /* a pixel: how many that are */
    double *adrift;           /* a plane: what lost samples may send anywhere */
};

/* The border value, or what the output held before, of sample `index`. */
double wck_margins_outside(const struct wck_margins_work *work, size_t plane,
                           size_t index);

/* What a tap of sample `index` reads. */
double wck_margins_pixel(const struct wck_margins_work *work,
                         const struct wck_sample_tap *tap, size_t plane, size_t index);

/* Does the convention sum by weights of its own? */
bool wck_margins_have_own_sums(const struct wck_warp *warp);

/* Where the border value's weight is what the weights inside lack of 1: how far that
 * may be off, or (axis >= 0) its slope; else 0. */
double wck_margins_remainder_error(const struct wck_margins_work *work,
                                   const struct wck_sample *sample, int axis);

/* The margins of the outputs of a sample that was visited. */
void wck_margins_judge_outputs(struct wck_margins_work *work, size_t index);

/* Those of outputs summed by weights of the convention's own. */
enum wck_status wck_margins_own_outputs(struct wck_margins_work *work,
                                        const struct wck_image *image,
                                        struct wck_error *err);

/* Clamps the outputs' margins as the convention clamps outputs. */
void wck_margins_clip_outputs(struct wck_margins_work *work,
                              const struct wck_image *image);

double wck_margins_upstream(const struct wck_margins_work *work, size_t plane,
                            size_t sample);

/* A visited sample's part in all gradients. */
void wck_margins_judge_gradients(struct wck_margins_work *work, size_t index);

/* What is known of gradients once every sample had its part: sums are rounded, the
 * matrix and a prefilter are gone through. */
enum wck_status wck_margins_finish_gradients(struct wck_margins_work *work,
                                             const struct wck_image *image,
                                             struct wck_error *err);

#endif
