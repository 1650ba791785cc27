/* Channel axis (NOTES, "channel-axis"): scikit-image hands an image with channels to
 * SciPy as one of three axes, and takes whole positions along the third.  A B-spline
 * goes through its samples, so that changes nothing - unless the prefilter's start is
 * inexact, as SciPy's half-sample one is: then the channels of a pixel mix. */
#ifndef WCK_REFERENCE_CHANNEL_AXIS_H
#define WCK_REFERENCE_CHANNEL_AXIS_H

#include "reference/warp.h"

/* Replaces the channels of every pixel of a float64 image by what a warp with a
 * prefilter makes of them along their own axis; or by the transpose of that. */
enum wck_status wck_channel_axis_apply(const struct wck_warp *warp, bool transpose,
                                       const struct wck_image *image,
                                       struct wck_error *err);

#endif
