/* Pillow, ITK, Leptonica, TensorFlow, DALI and others.  NOTES, "corners", "fill". */
#include "reference/conventions.h"

#include <string.h>

static const struct wck_binding pil_interps[] = {
    {.word = "nearest", .kernel = "nearest"},
    {.word = "bilinear", .kernel = "bilinear"},
    {.word = "bicubic", .kernel = "cubic-1"},
    {.word = NULL},
};

/* Outside the image's edges the sample is filled; inside, taps keep to the edge. */
static void fill_outside(struct wck_warp *warp)
{
    warp->border = wck_border_find("replicate");
    warp->fold = wck_fold_find("fill-edges");
}

/* Two or four bands of 8 bits.  Four may be CMYK too, which an array does not tell. */
static bool has_alpha(const struct wck_choices *choices)
{
    return choices->dtype == WCK_UINT8 &&
           (choices->channels == 2 || choices->channels == 4);
}

static enum wck_status bind_pil(const struct wck_convention *convention,
                                const struct wck_choices *choices,
                                struct wck_warp *warp, struct wck_error *err)
{
    fill_outside(warp);
    /* Of floats the difference of two pixels is a float. */
    warp->rounding =
        wck_rounding_find(choices->dtype == WCK_FLOAT32 ? "truncate" : "truncate-wide");
    warp->arithmetic = wck_arithmetic_find("float64");
    warp->map.output_units = warp->map.source_units = wck_units_find("corners");
    if (strcmp(choices->interp, "nearest") != 0 && has_alpha(choices))
        return wck_error_set(
            err, WCK_UNSUPPORTED,
            "%s of RGBA and LA multiplies colours by alpha, rounds, and "
            "divides again: no linear map; record the bands one by one",
            convention->name);
    if (strcmp(choices->interp, "nearest") == 0)
        warp->arithmetic = wck_arithmetic_find("pillow-nearest");
    return wck_bind_word(pil_interps, choices->interp, warp, err);
}

static const struct wck_binding itk_interps[] = {
    {.word = "bilinear", .kernel = "bilinear"},
    {.word = "nearest", .kernel = "nearest"},
    {"spline3", "spline3", "reflect_101", NULL, "mirror-truncated"},
    {.word = NULL},
};

static enum wck_status bind_itk(const struct wck_convention *convention,
                                const struct wck_choices *choices,
                                struct wck_warp *warp, struct wck_error *err)
{
    (void)convention;
    fill_outside(warp);
    warp->rounding = wck_rounding_find("truncate-wide");
    warp->arithmetic = wck_arithmetic_find("float64-blended");
    return wck_bind_word(itk_interps, choices->interp, warp, err);
}

static const struct wck_binding leptonica_interps[] = {
    {.word = "bilinear", .kernel = "bilinear"},
    {.word = "nearest", .kernel = "nearest"},
    {.word = NULL},
};

/* pixAffineGray and pixAffineColor; nearest is pixAffineSampled. */
static enum wck_status bind_leptonica(const struct wck_convention *convention,
                                      const struct wck_choices *choices,
                                      struct wck_warp *warp, struct wck_error *err)
{
    bool nearest = strcmp(choices->interp, "nearest") == 0;

    (void)convention;
    warp->border = wck_border_find("replicate");
    warp->fold = wck_fold_find("fill-floor");
    if (!nearest && choices->dtype == WCK_UINT8)
        warp->rounding = wck_rounding_find("leptonica");
    warp->arithmetic = wck_arithmetic_find(nearest ? "leptonica-sampled" : "leptonica");
    return wck_bind_word(leptonica_interps, choices->interp, warp, err);
}

static const struct wck_binding tf_interps[] = {
    {.word = "nearest", .kernel = "nearest-half-away"},
    {.word = "bilinear", .kernel = "bilinear"},
    {.word = NULL},
};

static const struct wck_binding tf_borders[] = {
    {.word = "constant", .border = "constant", .fold = "fill"},
    {.word = "nearest", .border = "constant", .fold = "nearest"},
    {.word = NULL},
};

static enum wck_status bind_tf(const struct wck_convention *convention,
                               const struct wck_choices *choices, struct wck_warp *warp,
                               struct wck_error *err)
{
    enum wck_status status = wck_bind_word(tf_interps, choices->interp, warp, err);

    (void)convention;
    warp->arithmetic = wck_arithmetic_find("float32");
    return status == WCK_OK ? wck_bind_word(tf_borders, choices->border, warp, err)
                            : status;
}

static const char *precision(const struct wck_choices *choices)
{
    return choices->dtype == WCK_FLOAT64 ? "float64" : "float32";
}

/* Query points are the grid minus the flow; the slope's value at ties is not modelled.
 */
static enum wck_status bind_dense(const struct wck_convention *convention,
                                  const struct wck_choices *choices,
                                  struct wck_warp *warp, struct wck_error *err)
{
    (void)convention;
    (void)err;
    warp->kernel = wck_kernel_find("bilinear");
    warp->border = wck_border_find("replicate");
    warp->fold = wck_fold_find("clip");
    warp->arithmetic = wck_arithmetic_find(precision(choices));
    warp->map.sign = -1.0;
    return WCK_OK;
}

static enum wck_status bind_blended(const struct wck_convention *convention,
                                    const struct wck_choices *choices,
                                    struct wck_warp *warp, struct wck_error *err)
{
    (void)convention;
    warp->border = wck_border_find("constant");
    warp->arithmetic = wck_arithmetic_find("float32");
    return wck_bind_word(tf_interps, choices->interp, warp, err);
}

static enum wck_status bind_dali(const struct wck_convention *convention,
                                 const struct wck_choices *choices,
                                 struct wck_warp *warp, struct wck_error *err)
{
    warp->map.output_units = warp->map.source_units = wck_units_find("corners");
    return bind_blended(convention, choices, warp, err);
}

const struct wck_convention wck_conventions_other[] = {
    {
        .name = "pil.transform",
        .summary = "PIL.Image.transform, AFFINE and PERSPECTIVE",
        .carrier = WCK_CARRIER_MATRIX,
        .projective = true,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_fill = true,
        .interps = "nearest bilinear bicubic",
        .borders = "fill",
        .proven = true,
        .bind = bind_pil,
    },
    {
        .name = "itk.resample",
        .summary = "itk::ResampleImageFilter (SimpleITK Resample), unit spacing",
        .carrier = WCK_CARRIER_MATRIX,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_fill = true,
        .has_volumes = true,
        .layouts = "HW DHW",
        .interps = "bilinear nearest spline3",
        .borders = "fill",
        .proven = true,
        .bind = bind_itk,
    },
    {
        .name = "leptonica.pixAffine",
        .summary = "Leptonica's pixAffineGray, pixAffineColor and pixAffineSampled, 8 "
                   "bits",
        .carrier = WCK_CARRIER_MATRIX,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_fill = true,
        .same_size = true,
        .interps = "bilinear nearest",
        .borders = "fill",
        .proven = true,
        .bind = bind_leptonica,
    },
    {
        .name = "tf.ImageProjectiveTransformV3",
        .summary = "tf.raw_ops.ImageProjectiveTransformV3",
        .carrier = WCK_CARRIER_MATRIX,
        .projective = true,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_fill = true,
        .interps = "nearest bilinear",
        .borders = "constant nearest",
        .bind = bind_tf,
    },
    {
        .name = "tfa.dense_image_warp",
        .summary = "tfa.image.dense_image_warp, flow in (row, column)",
        .carrier = WCK_CARRIER_FLOW,
        .reversed = true,
        .axis_last = true,
        .interps = "bilinear",
        .borders = "edge",
        .bind = bind_dense,
    },
    {
        .name = "tfa.resampler",
        .summary = "tfa.image.resampler, absolute (x, y)",
        .carrier = WCK_CARRIER_COORDS,
        .interps = "bilinear",
        .borders = "zeros",
        .bind = bind_blended,
    },
    {
        .name = "dali.warp_affine",
        .summary = "nvidia.dali.fn.warp_affine, output to source, corner coordinates",
        .carrier = WCK_CARRIER_MATRIX,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_fill = true,
        .has_volumes = true,
        .interps = "bilinear nearest",
        .borders = "constant",
        .bind = bind_dali,
    },
    {.name = NULL},
};
