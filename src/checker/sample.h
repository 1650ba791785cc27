/* Sample: the taps of one output sample, wherever its coordinate may lie within its
 * error. */
#ifndef WCK_CHECKER_SAMPLE_H
#define WCK_CHECKER_SAMPLE_H

#include "src/checker/detour.h"

struct wck_sample_tap {
    ptrdiff_t pixel; /* row * width + column of the taps' image, or WCK_BORDER_VALUE */
    double weight, slope[WCK_AXES];
    /* How far they may be off, in roundings, as the weights and slopes along the axes
     * are.  To the last order: near a knot two of them may be tiny at once. */
    double uncertainty, slope_uncertainty[WCK_AXES];
    double sent; /* the magnitude of the terms that its weight may be summed of */
};

/* One place where the coordinate may lie. */
struct wck_sample {
    struct wck_sample_tap *taps;
    size_t count;
    bool has_taps;
    bool crosses; /* a tap was outside the image */
    bool copied;  /* the border value as it is: filled, or no more than copied */
};

/* What the weight of one pixel may be. */
struct wck_sample_weight {
    ptrdiff_t pixel;
    double low, high, uncertainty;
    double sent;   /* the magnitude of what is sent to the pixel: |weight| or more */
    double at;     /* where the coordinate has no error, or at the knot near it */
    size_t listed; /* times listed, at most, by one variant */
};

#define WCK_SAMPLE_VARIANTS 27 /* -, 0 and + the error along three axes */

struct wck_samples {
    const struct wck_problem *problem;
    struct wck_warp warp; /* that takes the taps: over coefficients with a prefilter */
    struct wck_block one, block;
    struct wck_sample variants[WCK_SAMPLE_VARIANTS];
    size_t variant_count;
    size_t nominal; /* the variant without any error, or at the knots near it */
    struct wck_sample_weight *weights;
    size_t weight_count;
    size_t listed;             /* most taps of one sample, before any are merged */
    double u;                  /* roundoff of the weights */
    struct wck_detour *detour; /* or NULL; owned */
    double unit;               /* how far a weight along one axis may be off */
    bool jumps; /* somewhere a weight jumps within the coordinate's error */
    bool lost;  /* the error is beyond a quarter of a pixel, or the fold undecided:
                   anything may be read */
    struct wck_sample_tap *data; /* of all variants; owned */
};

/* Release with wck_samples_release, whatever was returned. */
enum wck_status wck_samples_init(struct wck_samples *samples,
                                 const struct wck_problem *problem,
                                 struct wck_error *err);
void wck_samples_release(struct wck_samples *samples);

/* Works out the variants of sample `index`, and what the weights may be. */
void wck_samples_visit(struct wck_samples *samples, size_t index);

#endif
