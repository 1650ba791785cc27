/* SciPy, scikit-image and JAX: array axis order.  NOTES, "scipy-folds", "prefilter". */
#include "reference/conventions.h"

static const struct wck_binding orders[] = {
    {.word = "nearest", .kernel = "nearest"},
    {.word = "spline0", .kernel = "nearest"},
    {.word = "bilinear", .kernel = "bilinear"},
    {.word = "spline1", .kernel = "bilinear"},
    {.word = "spline2", .kernel = "spline2"},
    {.word = "spline3", .kernel = "spline3"},
    {.word = "spline4", .kernel = "spline4"},
    {.word = "spline5", .kernel = "spline5"},
    {.word = NULL},
};

static const struct wck_binding modes[] = {
    {"constant", NULL, "reflect_101", "fill", "mirror"},
    {"grid-constant", NULL, "constant", "none", "padded-mirror"},
    {"nearest", NULL, "replicate", "none", "padded-half-sample"},
    {"mirror", NULL, "reflect_101", "scipy-mirror", "mirror"},
    {"reflect", NULL, "reflect", "scipy-reflect", "half-sample"},
    {"grid-mirror", NULL, "reflect", "scipy-reflect", "half-sample"},
    {"wrap", NULL, "reflect_101", "scipy-wrap", "mirror"},
    {"grid-wrap", NULL, "wrap", "scipy-grid-wrap", "periodic"},
    {.word = NULL},
};

static enum wck_status bind_mode(const struct wck_choices *choices, const char *mode,
                                 struct wck_warp *warp, struct wck_error *err)
{
    enum wck_status status = wck_bind_word(orders, choices->interp, warp, err);

    if (status == WCK_OK)
        status = wck_bind_word(modes, mode, warp, err);
    if (status == WCK_OK && (warp->kernel->order == 0 || choices->unfiltered))
        warp->prefilter = NULL;
    warp->rounding = wck_rounding_find("half-away");
    return status;
}

static enum wck_status bind_scipy(const struct wck_convention *convention,
                                  const struct wck_choices *choices,
                                  struct wck_warp *warp, struct wck_error *err)
{
    (void)convention;
    warp->arithmetic = wck_arithmetic_find("scipy");
    return bind_mode(choices, choices->border, warp, err);
}

/* ---- scikit-image ---- */

/* NumPy's names of the modes. */
static const char *ndimage_mode(const char *border, bool blended)
{
    if (strcmp(border, "symmetric") == 0)
        return "reflect";
    if (strcmp(border, "reflect") == 0)
        return "mirror";
    if (strcmp(border, "edge") == 0)
        return "nearest";
    if (strcmp(border, "wrap") == 0)
        return "grid-wrap";
    return blended ? "grid-constant" : "constant";
}

static const struct wck_binding fast_borders[] = {
    {.word = "constant", .border = "constant"},
    {.word = "edge", .border = "replicate"},
    {.word = "symmetric", .border = "reflect"},
    {.word = "reflect", .border = "reflect_101"},
    {.word = "wrap", .border = "wrap"},
    {.word = NULL},
};

static const struct wck_binding fast_orders[] = {
    {.word = "spline1", .kernel = "bilinear-floor-ceil"},
    {.word = "bilinear", .kernel = "bilinear-floor-ceil"},
    {.word = "spline3", .kernel = "cubic-0.5"},
    {.word = "bicubic", .kernel = "cubic-0.5"},
    {.word = NULL},
};

static bool is_fast(const struct wck_choices *choices)
{
    for (const struct wck_binding *row = fast_orders; row->word != NULL; row++) {
        if (strcmp(row->word, choices->interp) == 0)
            return true;
    }
    return false;
}

/* SciPy is given the channels as a third axis.  To filter along it and to read whole
 * positions undo each other, but not with SciPy's reflect: its filter starts inexactly,
 * by up to 8e-3 of a pixel's value on an axis as short as channels are. */
static enum wck_status through_scipy(const struct wck_choices *choices,
                                     struct wck_warp *warp, struct wck_error *err)
{
    const char *mode = ndimage_mode(choices->border, true);
    enum wck_status status = bind_mode(choices, mode, warp, err);

    if (status == WCK_OK && warp->prefilter != NULL && choices->channels > 1 &&
        strcmp(mode, "reflect") == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "skimage.warp with mode symmetric and %s mixes the "
                               "channels of an image, which the reference does not",
                               choices->interp);
    return status;
}

/* By a matrix orders 1 and 3 are its own; all else goes through SciPy. */
static enum wck_status bind_skimage(const struct wck_convention *convention,
                                    const struct wck_choices *choices,
                                    struct wck_warp *warp, struct wck_error *err)
{
    enum wck_status status;

    warp->arithmetic = wck_arithmetic_find("float64");
    warp->clips = choices->clip;
    if (convention->carrier != WCK_CARRIER_MATRIX || !is_fast(choices))
        return through_scipy(choices, warp, err);
    if (choices->dtype == WCK_FLOAT32)
        warp->arithmetic = wck_arithmetic_find("float32-stepwise");
    status = wck_bind_word(fast_orders, choices->interp, warp, err);
    return status == WCK_OK ? wck_bind_word(fast_borders, choices->border, warp, err)
                            : status;
}

/* ---- JAX ---- */

static const struct wck_binding jax_orders[] = {
    {.word = "spline1", .kernel = "bilinear", .fold = "xla-int32-fraction"},
    {.word = "bilinear", .kernel = "bilinear", .fold = "xla-int32-fraction"},
    {.word = "spline0", .kernel = "nearest-half-away", .fold = "xla-int32"},
    {.word = "nearest", .kernel = "nearest-half-away", .fold = "xla-int32"},
    {.word = NULL},
};

static const struct wck_binding jax_modes[] = {
    {.word = "constant", .border = "constant"},
    {.word = "nearest", .border = "replicate"},
    {.word = "reflect", .border = "reflect"},
    {.word = "mirror", .border = "reflect_101"},
    {.word = "wrap", .border = "wrap"},
    {.word = NULL},
};

static enum wck_status bind_jax(const struct wck_convention *convention,
                                const struct wck_choices *choices,
                                struct wck_warp *warp, struct wck_error *err)
{
    enum wck_status status = wck_bind_word(jax_orders, choices->interp, warp, err);

    (void)convention;
    if (status == WCK_OK)
        status = wck_bind_word(jax_modes, choices->border, warp, err);
    warp->arithmetic = wck_arithmetic_find(
        choices->map_dtype == WCK_FLOAT64 ? "float64-flushed" : "float32-flushed");
    return status;
}

#define SCIPY_ORDERS "spline3 spline0 spline1 spline2 spline4 spline5 nearest bilinear"
#define SCIPY_MODES                                                                    \
    "constant reflect grid-constant nearest mirror wrap grid-mirror grid-wrap"
#define SKIMAGE_ORDERS                                                                 \
    "spline1 spline0 spline2 spline3 spline4 spline5 nearest bilinear bicubic"
#define SKIMAGE_MODES "constant edge symmetric reflect wrap"

const struct wck_convention wck_conventions_scipy[] = {
    {
        .name = "scipy.affine_transform",
        .summary = "scipy.ndimage.affine_transform",
        .carrier = WCK_CARRIER_MATRIX,
        .reversed = true,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_fill = true,
        .has_volumes = true,
        .layouts = "HW DHW",
        .has_prefilter = true,
        .interps = SCIPY_ORDERS,
        .borders = SCIPY_MODES,
        .proven = true,
        .bind = bind_scipy,
    },
    {
        .name = "scipy.map_coordinates",
        .summary = "scipy.ndimage.map_coordinates",
        .carrier = WCK_CARRIER_COORDS,
        .reversed = true,
        .has_fill = true,
        .has_volumes = true,
        .layouts = "HW DHW",
        .has_prefilter = true,
        .interps = SCIPY_ORDERS,
        .borders = SCIPY_MODES,
        .proven = true,
        .bind = bind_scipy,
    },
    {
        .name = "jax.map_coordinates",
        .summary = "jax.scipy.ndimage.map_coordinates, orders 0 and 1",
        .carrier = WCK_CARRIER_COORDS,
        .reversed = true,
        .has_fill = true,
        .has_volumes = true,
        .layouts = "HW DHW",
        .interps = "spline1 spline0 nearest bilinear",
        .borders = "constant nearest reflect mirror wrap",
        .proven = true,
        .bind = bind_jax,
    },
    {
        .name = "skimage.warp",
        .summary = "skimage.transform.warp by a matrix, output to source",
        .carrier = WCK_CARRIER_MATRIX,
        .projective = true,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_fill = true,
        .has_clip = true,
        .scales = true,
        .interps = SKIMAGE_ORDERS,
        .borders = SKIMAGE_MODES,
        .proven = true,
        .bind = bind_skimage,
    },
    {
        .name = "skimage.warp.coords",
        .summary = "skimage.transform.warp by coordinates, row before column",
        .carrier = WCK_CARRIER_COORDS,
        .reversed = true,
        .has_fill = true,
        .has_clip = true,
        .scales = true,
        .interps = SKIMAGE_ORDERS,
        .borders = SKIMAGE_MODES,
        .proven = true,
        .bind = bind_skimage,
    },
    {.name = NULL},
};
