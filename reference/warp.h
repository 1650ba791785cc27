/* Warp: the reference itself.  output = sum of weight x pixel over the taps of a
 * sample.
 *
 * Everything follows from one list of taps, made for a block of output samples at a
 * time by four stages: coordinate -> stencil -> gather / scatter / slope.  Memory never
 * grows with the image.  Arithmetic is double throughout; images of any dtype and any
 * strides are read, outputs are rounded once when stored.
 *
 * Samples are numbered row by row: sample s of a W-wide output is pixel (s % W, s / W).
 * A sample whose coordinate is NaN or infinite has no taps: its output is NaN, it sends
 * no gradient to the image, and its own coordinate gradient is NaN. */
#ifndef WCK_REFERENCE_WARP_H
#define WCK_REFERENCE_WARP_H

#include "reference/map.h"
#include "reference/stencil.h"

struct wck_stages;

struct wck_warp {
    const struct wck_kernel *kernel;
    const struct wck_border *border;
    const double *border_value; /* read by border "constant"; borrowed */
    size_t border_values; /* 0: the value is 0; 1: for all channels; else one each */
    struct wck_map map;
    size_t source_width, source_height;
    size_t output_width, output_height;
    const struct wck_stages *stages; /* NULL: wck_stages_reference */
};

/* A run of samples with what the stages made of them. */
struct wck_block {
    size_t first, count, capacity;
    double *x, *y;                     /* source coordinates */
    struct wck_stencil *across, *down; /* stencils along x and along y */
};

/* One plane (batch item and channel) seen by gather, scatter and slope. */
struct wck_plane {
    const struct wck_image *image; /* gather, slope: read; scatter: added to (float64).
                                      NULL: all zero; nowhere to add to */
    size_t plane;
    double border_value;
};

enum wck_axis { WCK_X, WCK_Y };

/* The stages, a table of functions.  A deviation (src/deviation) copies the reference's
 * and replaces entries. */
struct wck_stages {
    /* Source coordinates of samples first .. first+count-1. */
    void (*coordinate)(const struct wck_warp *warp, size_t first, size_t count,
                       double *x, double *y);
    /* Folded stencil of coordinate u along x or along y. */
    void (*stencil)(const struct wck_warp *warp, enum wck_axis axis, double u,
                    struct wck_stencil *stencil);
    /* value[i] = output of sample first+i. */
    void (*gather)(const struct wck_warp *warp, const struct wck_block *block,
                   const struct wck_plane *from, double *value);
    /* Adds value[i] times the taps of sample first+i to the plane; returns the sum that
     * fell on the border value. */
    double (*scatter)(const struct wck_warp *warp, const struct wck_block *block,
                      const struct wck_plane *to, const double *value);
    /* d output / d x and d y of sample first+i. */
    void (*slope)(const struct wck_warp *warp, const struct wck_block *block,
                  const struct wck_plane *from, double *dx, double *dy);
    /* Adds to `backward` (2x3) the sum over the block of gx, gy (the gradients of its
     * coordinates) times (column, row, 1) of the sample. */
    void (*chain)(const struct wck_warp *warp, const struct wck_block *block,
                  const double *gx, const double *gy, double backward[6]);
};

extern const struct wck_stages wck_stages_reference;

/* Checks sizes, rows and pointers: WCK_INVALID with the reason. */
enum wck_status wck_warp_check(const struct wck_warp *warp, struct wck_error *err);

size_t wck_warp_samples(const struct wck_warp *warp);

/* Pixels of the source along an axis. */
size_t wck_warp_extent(const struct wck_warp *warp, enum wck_axis axis);

/* The border value of a channel: 0 unless the warp says otherwise. */
double wck_warp_border_value(const struct wck_warp *warp, size_t channel);

/* Blocks.  `wck_block_capacity` is a whole number of output rows, or a part of one
 * where rows are long. */
size_t wck_block_capacity(const struct wck_warp *warp);
enum wck_status wck_block_init(struct wck_block *block, size_t capacity,
                               struct wck_error *err);
void wck_block_release(struct wck_block *block);

/* Fills the block with samples first .. first+count-1, count <= capacity. */
void wck_block_fill(struct wck_block *block, const struct wck_warp *warp, size_t first,
                    size_t count);

/* One tap of a 2-D sample. */
struct wck_tap {
    ptrdiff_t pixel;                 /* y * source_width + x, or WCK_BORDER_VALUE */
    double weight, slope_x, slope_y; /* w, dw/dx, dw/dy */
};

#define WCK_SAMPLE_TAPS (WCK_TAPS * WCK_TAPS)

/* The taps of sample first+i of the block, each pixel and the border value at most
 * once; returns how many (0 for a non-finite coordinate). */
size_t wck_block_taps(const struct wck_block *block, size_t i, size_t source_width,
                      struct wck_tap taps[WCK_SAMPLE_TAPS]);

/* output = warp(image).  Batch and channels of both must agree, sizes be the warp's. */
enum wck_status wck_warp_forward(const struct wck_warp *warp,
                                 const struct wck_image *image,
                                 const struct wck_image *output, struct wck_error *err);

/* The gradients that a pull-back may be asked for; NULL members are not wanted.  All
 * are float64 and are overwritten. */
struct wck_gradients {
    const struct wck_image *image; /* the source's shape */
    double *x, *y;                 /* one an output sample, summed over the planes */
    double *matrix;       /* 6, with respect to map.matrix (affine maps only) */
    double *border_value; /* one a channel, summed over the batch */
};

/* Reverse mode: for the upstream gradient (the shape of the output), gradient = J^T
 * upstream for each input that is wanted. */
enum wck_status wck_warp_vjp(const struct wck_warp *warp, const struct wck_image *image,
                             const struct wck_image *upstream,
                             const struct wck_gradients *gradients,
                             struct wck_error *err);

/* The tangents of the inputs; NULL members are zero. */
struct wck_tangents {
    const struct wck_image *image;
    const double *x, *y;
    const double *matrix;       /* 6, of map.matrix */
    const double *border_value; /* one a channel */
};

/* Forward mode: tangent of the output = J tangents, rounded when stored. */
enum wck_status wck_warp_jvp(const struct wck_warp *warp, const struct wck_image *image,
                             const struct wck_tangents *tangents,
                             const struct wck_image *output, struct wck_error *err);

#endif
