/* OpenCV 4 and 5.  NOTES, "opencv4"; check/vectors/RULES.md. */
#include "reference/conventions.h"

#include <stdlib.h>

static const struct wck_binding interps[] = {
    {.word = "nearest", .kernel = "nearest-half-even"},
    {.word = "bilinear", .kernel = "bilinear"},
    {.word = "area", .kernel = "bilinear"},
    {.word = "bicubic", .kernel = "cubic-0.75"},
    {.word = "lanczos4", .kernel = "lanczos4"},
    {.word = NULL},
};

static const struct wck_binding borders[] = {
    {.word = "constant", .border = "constant"},
    {.word = "replicate", .border = "replicate"},
    {.word = "reflect", .border = "reflect"},
    {.word = "reflect_101", .border = "reflect_101"},
    {.word = "wrap", .border = "wrap"},
    {.word = "transparent", .border = "constant"},
    {.word = NULL},
};

static bool is_nearest(const struct wck_choices *choices)
{
    return strcmp(choices->interp, "nearest") == 0;
}

static bool is_transparent(const struct wck_choices *choices)
{
    return strcmp(choices->border, "transparent") == 0;
}

/* Does version 5 have vector loops for it? */
static bool is_common(const struct wck_choices *choices)
{
    size_t channels = choices->channels;

    return (choices->dtype == WCK_UINT8 || choices->dtype == WCK_UINT16 ||
            choices->dtype == WCK_FLOAT32) &&
           (channels == 1 || channels == 3 || channels == 4);
}

/* Is this one of version 5's own kernels, with coordinates in single precision? */
static bool is_rewritten(const struct wck_choices *choices)
{
    if (choices->version != NULL && atoi(choices->version) < 5)
        return false;
    if (strcmp(choices->interp, "bicubic") == 0)
        return true;
    return strcmp(choices->interp, "lanczos4") != 0 && is_common(choices);
}

static void bind_rewritten(const struct wck_choices *choices, struct wck_warp *warp)
{
    bool bicubic = strcmp(choices->interp, "bicubic") == 0;
    /* NaN has no fraction, but its whole part lies outside, where this border fills. */
    bool whole = is_nearest(choices) || is_transparent(choices) ||
                 strcmp(choices->border, "constant") == 0;

    warp->fold = wck_fold_find(bicubic ? "opencv5-clamp"
                               : whole ? "int32"
                                       : "int32-finite");
    if (bicubic && choices->dtype == WCK_FLOAT64)
        warp->rounding = wck_rounding_find("opencv5-64f");
    else if (bicubic && is_transparent(choices) && is_common(choices))
        warp->rounding = wck_rounding_find("opencv5-octets");
}

/* Version 4: NOTES, "transparent". */
static void bind_transparent(const struct wck_choices *choices, struct wck_warp *warp)
{
    if (is_nearest(choices))
        return;
    warp->fold = wck_fold_find("fill-floor");
    warp->border =
        wck_border_find(warp->kernel->support == 2 ? "replicate" : "reflect_101");
}

/* Intel's library takes coordinates as they are. */
static enum wck_status bind_ipp(const struct wck_choices *choices,
                                struct wck_warp *warp, struct wck_error *err)
{
    bool constant = strcmp(choices->border, "constant") == 0;

    warp->arithmetic = wck_arithmetic_find("float64");
    if (!is_nearest(choices) && is_transparent(choices))
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "what IPP makes of border transparent is known of "
                             "nearest only");
    if (!is_nearest(choices))
        return WCK_OK;
    warp->kernel = wck_kernel_find("nearest");
    if (constant || is_transparent(choices)) {
        warp->fold = wck_fold_find(constant ? "fill-beyond-edges" : "fill");
        warp->border = wck_border_find("replicate");
    }
    return WCK_OK;
}

static enum wck_status bind(const struct wck_convention *convention,
                            const struct wck_choices *choices, struct wck_warp *warp,
                            struct wck_error *err)
{
    enum wck_status status = wck_bind_word(interps, choices->interp, warp, err);
    const char *chain = convention->carrier == WCK_CARRIER_MAPS ? "opencv4-remap"
                        : convention->projective                ? "opencv4-perspective"
                                                                : "opencv4-affine";
    bool rewritten = is_rewritten(choices);

    if (status == WCK_OK)
        status = wck_bind_word(borders, choices->border, warp, err);
    warp->transparent = is_transparent(choices);
    if (status == WCK_OK && choices->ipp)
        return bind_ipp(choices, warp, err);
    warp->arithmetic = wck_arithmetic_find(rewritten ? "float32-wide-inverse" : chain);
    if (rewritten)
        bind_rewritten(choices, warp);
    else if (!is_nearest(choices))
        warp->rounding =
            wck_rounding_find(choices->dtype == WCK_UINT8 ? "opencv4-8u" : "opencv4");
    if (status == WCK_OK && warp->transparent && !rewritten)
        bind_transparent(choices, warp);
    return status;
}

#define INTERPS "bilinear nearest bicubic lanczos4 area"
#define BORDERS "constant replicate reflect reflect_101 wrap transparent"

const struct wck_convention wck_conventions_opencv[] = {
    {
        .name = "opencv.warpAffine",
        .summary = "cv2.warpAffine, versions 4 and 5",
        .carrier = WCK_CARRIER_MATRIX,
        .zero_singular = true,
        .direction = WCK_SOURCE_TO_OUTPUT,
        .has_inverse = true,
        .has_fill = true,
        .has_scalar = true,
        .has_ipp = true,
        .interps = INTERPS,
        .borders = BORDERS,
        .versions = "4 5",
        .proven = true,
        .bind = bind,
    },
    {
        .name = "opencv.warpPerspective",
        .summary = "cv2.warpPerspective, versions 4 and 5",
        .carrier = WCK_CARRIER_MATRIX,
        .projective = true,
        .zero_singular = true,
        .direction = WCK_SOURCE_TO_OUTPUT,
        .has_inverse = true,
        .has_fill = true,
        .has_scalar = true,
        .has_ipp = true,
        .interps = INTERPS,
        .borders = BORDERS,
        .versions = "4 5",
        .proven = true,
        .bind = bind,
    },
    {
        .name = "opencv.remap",
        .summary = "cv2.remap with two float maps, versions 4 and 5",
        .carrier = WCK_CARRIER_MAPS,
        .has_fill = true,
        .single_maps = true,
        .has_scalar = true,
        .has_ipp = true,
        .interps = INTERPS,
        .borders = BORDERS,
        .versions = "4 5",
        .proven = true,
        .bind = bind,
    },
    {.name = NULL},
};
