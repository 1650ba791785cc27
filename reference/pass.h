/* Pass: what forward, reverse and forward mode and double backward share: a walk over
 * the outputs by blocks. */
#ifndef WCK_REFERENCE_PASS_H
#define WCK_REFERENCE_PASS_H

#include "reference/warp.h"

/* A block and what a pass works with, one a sample: values, two per axis, and
 * how they move with the footprint. */
struct wck_pass {
    const struct wck_warp *warp; /* over coefficients where there is a prefilter */
    struct wck_warp inner;
    struct wck_block block;
    double *value;
    double *slope[WCK_AXES], *gradient[WCK_AXES];
    double *shape[WCK_LINEAR]; /* of a kernel with a footprint */
    double *data;              /* of the above; owned */
};

/* Release with wck_pass_release, whatever was returned. */
enum wck_status wck_pass_init(struct wck_pass *pass, const struct wck_warp *warp,
                              struct wck_error *err);
void wck_pass_release(struct wck_pass *pass);

/* Fills the block with the samples from `first` on; returns how many, 0 at the end. */
size_t wck_pass_fill(struct wck_pass *pass, size_t first);

/* The image that taps are taken of: `image` itself, or new coefficients of it (then the
 * caller frees source->tensor.data).  `warp` is the one given to the pass, with the
 * border value to continue the image by. */
enum wck_status wck_pass_source(const struct wck_warp *warp,
                                const struct wck_image *image, struct wck_image *source,
                                struct wck_error *err);
void wck_pass_free(const struct wck_warp *warp, struct wck_image *source);

/* One plane of an image (NULL: all zero), with the warp's border value or destination.
 */
struct wck_plane wck_pass_plane(const struct wck_warp *warp,
                                const struct wck_image *image, size_t plane);

/* Values of a plane of the output at the block's samples. */
void wck_pass_load(const struct wck_pass *pass, const struct wck_image *output,
                   size_t plane, double *value);

/* Stores pass->value in a plane of the output: rounded by the warp's rule where that is
 * of an integer type. */
void wck_pass_store(const struct wck_pass *pass, const struct wck_image *output,
                    size_t plane);

/* Checks that image and output fit the warp and each other. */
enum wck_status wck_pass_check(const struct wck_warp *warp,
                               const struct wck_image *source,
                               const struct wck_image *output, struct wck_error *err);

/* Checks that the warp is transparent, and that a destination, or a tangent or gradient
 * of one, fits it and the image. */
enum wck_status wck_pass_check_destination(const struct wck_warp *warp,
                                           const struct wck_image *source,
                                           const struct wck_image *destination,
                                           struct wck_error *err);

#endif
