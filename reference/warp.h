/* Warp: the reference itself.  output = sum of weight x pixel over the taps of a
 * sample.
 *
 * Everything follows from one list of taps, made for a block of output samples at a
 * time by the stages: coordinate -> fold -> stencil -> gather / scatter / slope.
 * Memory never grows with the image (a B-spline's prefilter apart).  Arithmetic is
 * double throughout; images of any dtype and any strides are read, outputs are rounded
 * once when stored.
 *
 * Samples are numbered row by row, and slice by slice in a volume: sample s of a W-wide
 * output is pixel s % W of row s / W.  A sample whose coordinate is NaN or infinite has
 * no taps: its output is NaN, it sends no gradient to the image, and its own coordinate
 * gradient is NaN. */
#ifndef WCK_REFERENCE_WARP_H
#define WCK_REFERENCE_WARP_H

#include "reference/fold.h"
#include "reference/footprint.h"
#include "reference/image.h"
#include "reference/map.h"
#include "reference/prefilter.h"
#include "reference/stencil.h"

struct wck_stages;
struct wck_warp;
struct wck_block;
struct wck_plane;

/* How coordinates are computed; a row of a registry (reference/arithmetic.c). */
struct wck_arithmetic {
    const char *name;
    double roundoff;   /* unit roundoff of the coordinates; 0: exact, or a chain of its
                          own that is reproduced bit by bit */
    bool wide_inverse; /* a matrix is inverted in double precision, then rounded to that
                          of the coordinates */
    bool detour; /* through a normalised grid: rounded at the scale of the image */
    bool blends; /* between the ends of each row: likewise, but bit by bit where these
                    are exact */
    double quantum; /* coordinates are multiples of this many pixels; 0: of nothing */
    void (*coordinate)(const struct wck_warp *warp, struct wck_block *block);
    const char *summary;
    const char *source; /* section of reference/NOTES */
};

size_t wck_arithmetic_count(void);
const struct wck_arithmetic *wck_arithmetic_row(size_t row);
const struct wck_arithmetic *wck_arithmetic_find(const char *name);

/* How sums become stored values of an integer type; a row (reference/rounding.c). */
struct wck_rounding {
    const char *name;
    double (*round)(double value); /* to a whole number, before saturation */
    bool whole;                    /* `gather` works in integers, exactly */
    bool single;    /* sums are made in single precision, whatever the type */
    bool wide;      /* sums are made in double precision, whatever the type, and rounded
                       once */
    bool pivots;    /* where a window beyond 2x2 crosses the edge, the border value is
                       taken off each pixel and added at the end, under every border */
    bool rim;       /* where a tap is outside, pixels are truncated to whole numbers */
    bool octets;    /* samples are made by eights: NOTES, "transparent" */
    bool remainder; /* the border value weighs 1 less the sum of the weights inside */
    /* Sums by weights of its own; NULL: the stages' gather. */
    void (*gather)(const struct wck_warp *warp, const struct wck_block *block,
                   const struct wck_plane *from, double *value);
    const char *summary;
    const char *source;
};

size_t wck_rounding_count(void);
const struct wck_rounding *wck_rounding_row(size_t row);
const struct wck_rounding *wck_rounding_find(const char *name);

struct wck_warp {
    const struct wck_kernel *kernel;
    const struct wck_border *border;
    const double *border_value; /* read by border "constant" and by fills; borrowed */
    size_t border_values; /* 0: the value is 0; 1: for all channels; else one each */
    /* In place of the border value, whatever reads it reads what the output held before
     * at that sample: a border value for each. */
    bool transparent;
    struct wck_image destination; /* the output as it was; read where transparent */
    struct wck_map map;
    size_t source_width, source_height, source_depth; /* a depth of 0 means 1 */
    size_t output_width, output_height, output_depth;
    const struct wck_arithmetic *arithmetic; /* NULL: float64 */
    const struct wck_fold *fold;             /* NULL: none */
    const struct wck_prefilter *prefilter;   /* NULL: none */
    size_t margin; /* pixels by which the source given has been continued all round: a
                      prefilter's own; 0 in what callers give */
    const struct wck_rounding *rounding; /* NULL: half to even */
    bool channel_axis;                   /* the prefilter runs along the channels too:
                                            reference/channel_axis.h */
    bool clips;        /* outputs are clamped to the image's range: reference/clip.h */
    bool weights_only; /* only indices and weights of the reference's stencils are read,
                          which saves time; the border is a row of its table */
    const struct wck_stages *stages; /* NULL: wck_stages_reference */
};

/* A run of samples with what the stages made of them. */
struct wck_block {
    size_t first, count, capacity;
    double *x, *y, *z;                 /* source coordinates; z NULL in 2-D */
    struct wck_stencil *across, *down; /* stencils along x and along y */
    struct wck_stencil *through;       /* along z; NULL in 2-D */
    unsigned char *filled;             /* the sample was filled whole */
    /* Of every sample, where the kernel has one; its stencils have no taps then. */
    bool has_footprint;
    struct wck_footprint footprint;
};

/* One plane (batch item and channel) seen by gather, scatter and slope. */
struct wck_plane {
    const struct wck_image *image; /* gather, slope: read; scatter: added to (float64).
                                      NULL: all zero; nowhere to add to */
    size_t plane;
    double border_value;
    const struct wck_image *destination; /* gather, slope: read in place of the border
                                            value; scatter: what falls on it is added
                                            here (float64).  NULL: there is none */
};

/* The stages, a table of functions.  A deviation (src/deviation) copies the reference's
 * and replaces entries. */
struct wck_stages {
    /* Source coordinates of the block's samples, into its x, y and z. */
    void (*coordinate)(const struct wck_warp *warp, struct wck_block *block);
    /* What becomes of a coordinate that leaves the image, or is not finite. */
    struct wck_folded (*fold)(const struct wck_warp *warp, enum wck_axis axis,
                              double u);
    /* Stencil of the folded coordinate u along an axis, its taps folded too. */
    void (*stencil)(const struct wck_warp *warp, enum wck_axis axis, double u,
                    struct wck_stencil *stencil);
    /* value[i] = output of sample first+i. */
    void (*gather)(const struct wck_warp *warp, const struct wck_block *block,
                   const struct wck_plane *from, double *value);
    /* Adds value[i] times the taps of sample first+i to the plane; returns the sum that
     * fell on the border value. */
    double (*scatter)(const struct wck_warp *warp, const struct wck_block *block,
                      const struct wck_plane *to, const double *value);
    /* d output / d x, d y (and d z) of sample first+i. */
    void (*slope)(const struct wck_warp *warp, const struct wck_block *block,
                  const struct wck_plane *from, double *const slope[WCK_AXES]);
    /* Of a kernel with a footprint: d output / d(entries of F) of sample first+i, its
     * centre held.  Other kernels do not call it. */
    void (*shape)(const struct wck_warp *warp, const struct wck_block *block,
                  const struct wck_plane *from, double *const shape[WCK_LINEAR]);
    /* Adds to `backward` what the gradients g of the block's coordinates make of the
     * matrix from output to source. */
    void (*chain)(const struct wck_warp *warp, const struct wck_block *block,
                  const double *const g[WCK_AXES], double backward[WCK_MATRIX]);
    double amount; /* of a replaced entry that has one; the reference's read none */
};

extern const struct wck_stages wck_stages_reference;

/* The warp's stages: its own, or the reference's. */
const struct wck_stages *wck_warp_stages(const struct wck_warp *warp);

/* Checks sizes, rows and pointers: WCK_INVALID with the reason. */
enum wck_status wck_warp_check(const struct wck_warp *warp, struct wck_error *err);

size_t wck_warp_samples(const struct wck_warp *warp);

/* Axes of the warp, 2 or 3: those of its map. */
int wck_warp_axes(const struct wck_warp *warp);

/* Pixels of the source, or of the output, along an axis. */
size_t wck_warp_extent(const struct wck_warp *warp, enum wck_axis axis);
size_t wck_warp_output_extent(const struct wck_warp *warp, enum wck_axis axis);

/* Most pixels along an axis that the taps of one sample lie on, side by side before
 * they are folded: the kernel's support, or the footprint's extent and one more. */
size_t wck_warp_support(const struct wck_warp *warp, enum wck_axis axis);

/* Column, row and slice of a sample. */
void wck_warp_position(const struct wck_warp *warp, size_t sample, double at[WCK_AXES]);

/* The border value of a channel: 0 unless the warp says otherwise. */
double wck_warp_border_value(const struct wck_warp *warp, size_t channel);

/* The same, given along with a border that does not read it as well. */
double wck_warp_scalar(const struct wck_warp *warp, size_t channel);

/* The sample of the destination that stands for the border value of `sample`: itself,
 * unless samples are made by eights. */
size_t wck_warp_held(const struct wck_warp *warp, size_t sample);

/* What a tap of `sample` reads outside the image. */
double wck_plane_outside(const struct wck_warp *warp, const struct wck_plane *from,
                         size_t sample);

/* Blocks.  `wck_block_capacity` is a whole number of output rows, or a part of one
 * where rows are long. */
size_t wck_block_capacity(const struct wck_warp *warp);
enum wck_status wck_block_init(struct wck_block *block, const struct wck_warp *warp,
                               size_t capacity, struct wck_error *err);
void wck_block_release(struct wck_block *block);

/* Fills the block with samples first .. first+count-1, count <= capacity. */
void wck_block_fill(struct wck_block *block, const struct wck_warp *warp, size_t first,
                    size_t count);

/* Makes the stencils of sample first+i anew from the coordinates that the block holds.
 */
void wck_block_place(struct wck_block *block, const struct wck_warp *warp, size_t i);

/* The stencil of sample first+i along an axis; of z in 2-D, a single tap of weight 1.
 */
const struct wck_stencil *wck_block_stencil(const struct wck_block *block, size_t i,
                                            enum wck_axis axis);

/* False where a coordinate of sample first+i is NaN or infinite. */
bool wck_block_has_taps(const struct wck_block *block, size_t i);

/* Is any tap of sample first+i outside the image, before taps were folded?  Not where
 * the whole window lies so far out that a constant border fills it outright.  Always
 * false for a kernel with a footprint. */
bool wck_block_crosses(const struct wck_block *block, const struct wck_warp *warp,
                       size_t i);

/* One tap of a sample. */
struct wck_tap {
    ptrdiff_t pixel; /* (z * source_height + y) * source_width + x, or WCK_BORDER_VALUE
                      */
    double weight;
    double slope[WCK_AXES]; /* dw/dx, dw/dy and dw/dz; the last 0 in 2-D */
};

#define WCK_SAMPLE_TAPS (WCK_TAPS * WCK_TAPS * WCK_TAPS)

/* The taps of sample first+i of a block of stencils, each pixel and the border value at
 * most once; returns how many (0 for a non-finite coordinate).  For any kernel:
 * reference/walk.h. */
size_t wck_block_taps(const struct wck_block *block, size_t i,
                      const struct wck_warp *warp,
                      struct wck_tap taps[WCK_SAMPLE_TAPS]);

/* output = warp(image).  Batch and channels of both must agree, sizes be the warp's. */
enum wck_status wck_warp_forward(const struct wck_warp *warp,
                                 const struct wck_image *image,
                                 const struct wck_image *output, struct wck_error *err);

/* The gradients that a pull-back may be asked for; NULL members are not wanted.  All
 * are float64 and are overwritten. */
struct wck_gradients {
    const struct wck_image *image; /* the source's shape */
    /* One an output sample, summed over the planes: with respect to what the map's x, y
     * and z hold where it is given by them, else to the coordinates in pixels. */
    double *x, *y, *z;
    double *matrix;       /* with respect to map.matrix, wck_map_entries of them */
    double *border_value; /* one a channel, summed over the batch */
    const struct wck_image *destination; /* the output's shape; of a transparent warp */
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
    const double *x, *y, *z;    /* as in struct wck_gradients */
    const double *matrix;       /* of map.matrix */
    const double *border_value; /* one a channel */
    const struct wck_image *destination;
};

/* Forward mode: tangent of the output = J tangents, rounded when stored. */
enum wck_status wck_warp_jvp(const struct wck_warp *warp, const struct wck_image *image,
                             const struct wck_tangents *tangents,
                             const struct wck_image *output, struct wck_error *err);

/* Double backward: with S = <a, image gradient> + sum over the axes of <b, coordinate
 * gradient>, for the pull-back of `upstream`, the derivatives of S with respect to
 * upstream, image and coordinates.  `a` is `along->image`, `b` are `along->x`, y, z (in
 * the map's own units); the other members of `along` are not read.  WCK_UNSUPPORTED for
 * a kernel with a footprint.  Members that are NULL are not wanted; images are rounded
 * when stored. */
struct wck_second {
    const struct wck_image *upstream; /* the output's shape */
    const struct wck_image *image;    /* the source's shape; float64 where there is a
                                         prefilter */
    double *x, *y, *z;                /* one an output sample, in the map's own units */
};

enum wck_status wck_warp_second(const struct wck_warp *warp,
                                const struct wck_image *image,
                                const struct wck_image *upstream,
                                const struct wck_tangents *along,
                                const struct wck_second *second, struct wck_error *err);

#endif
