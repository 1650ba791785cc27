/* The reference itself as a library: its own kernels and borders, by their own names.
 */
#include "reference/conventions.h"

static enum wck_status bind(const struct wck_convention *convention,
                            const struct wck_choices *choices, struct wck_warp *warp,
                            struct wck_error *err)
{
    (void)convention;
    (void)err;
    warp->kernel = wck_kernel_find(choices->interp);
    warp->border = wck_border_find(choices->border);
    return WCK_OK;
}

/* A test holds these against the registries. */
#define KERNELS                                                                        \
    "bilinear nearest nearest-half-even nearest-half-away nearest-half-down "          \
    "nearest-floor nearest-truncate bilinear-floor-ceil cubic-0.5 cubic-0.75 cubic-1 " \
    "lanczos4 spline2 spline3 spline4 spline5 area"
#define BORDERS "constant replicate reflect reflect_101 wrap"

const struct wck_convention wck_conventions_own[] = {
    {
        .name = "reference.matrix",
        .summary = "the reference's own kernels and borders, exact coordinates",
        .carrier = WCK_CARRIER_MATRIX,
        .projective = true,
        .direction = WCK_SOURCE_TO_OUTPUT,
        .has_inverse = true,
        .has_fill = true,
        .has_volumes = true,
        .layouts = "HW HWC NHWC NCDHW",
        .strict = true,
        .interps = KERNELS,
        .borders = BORDERS,
        .proven = true,
        .bind = bind,
    },
    {
        .name = "reference.maps",
        .summary = "the same, by absolute coordinates in pixels",
        .carrier = WCK_CARRIER_MAPS,
        .has_fill = true,
        .strict = true,
        .anyones = true,
        .interps = KERNELS,
        .borders = BORDERS,
        .proven = true,
        .bind = bind,
    },
    {.name = NULL},
};
