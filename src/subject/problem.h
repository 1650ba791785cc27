/* Problem: one warp put to a subject, with the arrays' type and layout. */
#ifndef WCK_SUBJECT_PROBLEM_H
#define WCK_SUBJECT_PROBLEM_H

#include <stdint.h>

#include "reference/convention.h"
#include "src/base/text.h"

#define WCK_PROBLEM_CHANNELS 16 /* most border values that a problem holds */

struct wck_problem {
    struct wck_warp warp;
    enum wck_dtype dtype; /* of image, output and upstream gradient: float64, float32 */
    const char *layout;   /* static or outliving the problem */
    size_t batch, channels;
    uint64_t seed;                           /* of the random images */
    const struct wck_convention *convention; /* whose call it is; NULL: nobody's */
    struct wck_choices choices; /* what its caller chose, where there is a convention */
};

/* Bounds on the distance between the coordinates that two careful evaluations of the
 * map may compute for one sample. */
struct wck_coordinate_error {
    double x, y, z;
};

/* One of the evaluations is the reference's; the other computes in the warp's
 * arithmetic, or in the problem's type where the warp names none.  0 where every step
 * is exact in that type, or the arithmetic is reproduced bit by bit (a roundoff of 0).
 * The derivation is in problem_error.c. */
struct wck_coordinate_error
wck_problem_coordinate_error(const struct wck_problem *problem, size_t sample);

/* The type that coordinates are computed and stored in: single precision where the
 * arrays are of 16 bits, whose numbers are pixels apart from 2048 (or 256) on. */
enum wck_dtype wck_problem_coordinate_dtype(const struct wck_problem *problem);

/* How far the number that a matrix multiplies for output position `axis` of a sample
 * may be off, by its units and by what its arithmetic does with it on the way. */
double wck_problem_position_error(const struct wck_problem *problem, size_t sample,
                                  int axis);

/* Unit roundoff that sums are made with: the type's, or, for an integer type, that of
 * single precision; or that of the convention's own rounding. */
double wck_problem_roundoff(const struct wck_problem *problem);

/* For a matrix given from source to output: turns `radius`, the error of a gradient
 * with respect to its inverse B around `middle`, into the error of -B^T G B^T, with B
 * itself in error. */
void wck_problem_matrix_spread(const struct wck_problem *problem, const double *middle,
                               double *radius);

/* True where wck_problem_coordinate_error is 0 for all samples of a matrix map of two
 * axes in pixels, or in units that add halves. */
bool wck_problem_exact(const struct wck_problem *problem);

/* New zeroed image in the problem's type and layout, with the source's (or the
 * output's) size; the caller frees tensor.data. */
enum wck_status wck_problem_source(const struct wck_problem *problem,
                                   struct wck_image *image, struct wck_error *err);
enum wck_status wck_problem_output(const struct wck_problem *problem,
                                   struct wck_image *image, struct wck_error *err);

/* Fills with random multiples of 2^-8 in (0, 1): exact in every type, and sums of two
 * are too.  Streams of one seed differ. */
void wck_problem_random(const struct wck_problem *problem, uint64_t stream,
                        const struct wck_image *image);

/* The largest |border value|, or |number| that the output held before. */
double wck_problem_border_amplitude(const struct wck_problem *problem);

/* "bilinear, border wrap, HWC float32 17x13x3 to 11x15, matrix [...] source to output"
 */
void wck_problem_describe(const struct wck_problem *problem, struct wck_text *text);

/* What kind of problem it is, whatever its numbers: whose call, kernel, border. */
void wck_problem_class(const struct wck_problem *problem, struct wck_text *text);

/* The options of `warpcheck verify` that put this very problem. */
void wck_problem_options(const struct wck_problem *problem, struct wck_text *text);

#endif
