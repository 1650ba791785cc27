/* Clip (NOTES, "clip-range"): outputs clamped to the range of the image, as
 * scikit-image does where it is asked to.  It is a rule of whole images: what one
 * output becomes depends on all. */
#ifndef WCK_REFERENCE_CLIP_H
#define WCK_REFERENCE_CLIP_H

#include "reference/warp.h"

struct wck_range {
    double low, high; /* NaN, both, of nothing */
};

/* Widens the range to hold `value`; NaN changes nothing. */
void wck_range_widen(struct wck_range *range, double value);

/* The range that outputs are clamped to: the image's, widened to the border value where
 * the border is constant and `outputs`, the range of the unclamped ones, holds it. */
struct wck_range wck_clip_range(const struct wck_warp *warp,
                                const struct wck_image *image,
                                const struct wck_range *outputs);

/* Could these be outputs that were clamped?  None lies beyond the range. */
bool wck_clip_is_within(const struct wck_warp *warp, const struct wck_image *image,
                        const struct wck_image *output);

double wck_clip(const struct wck_range *range, double value);

/* Clamps a warp's outputs where the warp says so; else they stay. */
void wck_clip_output(const struct wck_warp *warp, const struct wck_image *image,
                     const struct wck_image *output);

/* WCK_UNSUPPORTED for a warp that clips: derivatives through it are not served. */
enum wck_status wck_clip_refuse(const struct wck_warp *warp, struct wck_error *err);

#endif
