/* Coefficients: the image whose taps a warp with a prefilter takes, instead of the
 * image given. */
#ifndef WCK_REFERENCE_COEFFICIENTS_H
#define WCK_REFERENCE_COEFFICIENTS_H

#include "reference/warp.h"

/* A new float64 image (the caller frees tensor.data): `image` continued by the warp's
 * border for the prefilter's margin, then filtered. */
enum wck_status wck_coefficients_new(struct wck_image *coefficients,
                                     const struct wck_warp *warp,
                                     const struct wck_image *image,
                                     struct wck_error *err);

/* A new zeroed image of the same shape for an image like `like`. */
enum wck_status wck_coefficients_zero(struct wck_image *coefficients,
                                      const struct wck_warp *warp,
                                      const struct wck_image *like,
                                      struct wck_error *err);

/* The warp that takes taps of the coefficients. */
struct wck_warp wck_coefficients_warp(const struct wck_warp *warp);

/* From a gradient with respect to the coefficients, which is overwritten: adds to the
 * gradients of the image and of the border value (one a channel), NULL where not
 * wanted. */
enum wck_status wck_coefficients_pull(const struct wck_warp *warp,
                                      const struct wck_image *coefficients,
                                      const struct wck_image *gradient,
                                      double *border_value, struct wck_error *err);

#endif
