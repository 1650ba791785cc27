/* PyTorch, what is built on it, and its kin.  NOTES, "normalised", "reflection". */
#include "reference/conventions.h"

/* Bilinear and nearest move the coordinate ... */
static const struct wck_binding coordinate_borders[] = {
    {.word = "zeros", .border = "constant"},
    {.word = "fill", .border = "constant"},
    {.word = "border", .border = "constant", .fold = "clip"},
    {.word = "reflection", .border = "constant"},
    {.word = NULL},
};

/* ... bicubic folds each tap. */
static const struct wck_binding tap_borders[] = {
    {.word = "zeros", .border = "constant"},
    {.word = "fill", .border = "constant"},
    {.word = "border", .border = "replicate"},
    {.word = "reflection", .border = "reflect"},
    {.word = NULL},
};

static const struct wck_binding interps[] = {
    {.word = "bilinear", .kernel = "bilinear"},
    {.word = "nearest", .kernel = "nearest-half-even"},
    {.word = "bicubic", .kernel = "cubic-0.75"},
    {.word = NULL},
};

/* Kernel and border of a sampler in which the reflecting edges depend on the flag. */
static enum wck_status bind_sampler(const struct wck_choices *choices, bool aligned,
                                    bool by_tap, struct wck_warp *warp,
                                    struct wck_error *err)
{
    bool reflects = strcmp(choices->border, "reflection") == 0;
    enum wck_status status = wck_bind_word(interps, choices->interp, warp, err);

    if (status == WCK_OK)
        status = wck_bind_word(by_tap ? tap_borders : coordinate_borders,
                               choices->border, warp, err);
    if (warp->fold == NULL && warp->kernel->support == 1)
        warp->fold = wck_fold_find("int32"); /* an index of something else */
    if (reflects && by_tap && aligned)
        warp->border = wck_border_find("reflect_101");
    if (reflects && !by_tap)
        warp->fold = wck_fold_find(aligned ? "reflect-centres" : "reflect-edges");
    return status;
}

static const char *precision(const struct wck_choices *choices)
{
    if (choices->dtype == WCK_FLOAT16)
        return "float16";
    if (choices->dtype == WCK_BFLOAT16)
        return "bfloat16";
    return choices->dtype == WCK_FLOAT64 ? "float64" : "float32";
}

static enum wck_status bind_torch(const struct wck_convention *convention,
                                  const struct wck_choices *choices,
                                  struct wck_warp *warp, struct wck_error *err)
{
    bool aligned = choices->align_corners == 1;
    const struct wck_units *units = wck_units_find(aligned ? "centres" : "edges");

    warp->arithmetic = wck_arithmetic_find(precision(choices));
    warp->map.source_units = units;
    if (convention->carrier == WCK_CARRIER_MATRIX)
        warp->map.output_units = units;
    return bind_sampler(choices, aligned, strcmp(choices->interp, "bicubic") == 0, warp,
                        err);
}

/* The matrix is in pixels, and is taken to a normalised grid and back on the way. */
static enum wck_status bind_kornia(const struct wck_convention *convention,
                                   const struct wck_choices *choices,
                                   struct wck_warp *warp, struct wck_error *err)
{
    bool wide = choices->dtype == WCK_FLOAT64, aligned = choices->align_corners != 0;
    enum wck_status status;

    (void)convention;
    warp->arithmetic =
        wck_arithmetic_find(wide ? "float64-normalised" : "float32-normalised");
    if (strcmp(choices->border, "fill") == 0)
        warp->rounding = wck_rounding_find("remainder");
    else
        warp->border_values = 0;
    status = bind_sampler(choices, aligned, strcmp(choices->interp, "bicubic") == 0,
                          warp, err);
    /* Where it reflects or clips, the fold does that already. */
    if (aligned && (warp->source_width == 1 || warp->source_height == 1) &&
        (warp->fold == NULL || warp->fold == wck_fold_find("int32")))
        warp->fold = wck_fold_find("unit-axis");
    return status;
}

/* Maps in pixels become a grid by the centres, whatever the flag, which is not set
 * unless asked for. */
static enum wck_status bind_kornia_remap(const struct wck_convention *convention,
                                         const struct wck_choices *choices,
                                         struct wck_warp *warp, struct wck_error *err)
{
    bool aligned = choices->align_corners == 1;
    const char *pixels = aligned ? "kornia-centres" : "kornia-edges";
    const char *numbers = aligned ? "centres" : "edges";
    bool wide = choices->map_dtype == WCK_FLOAT64;
    bool detour = !choices->normalized;

    (void)convention;
    warp->arithmetic = wck_arithmetic_find(wide && detour ? "float64-normalised"
                                           : detour       ? "float32-normalised"
                                           : wide         ? "float64"
                                                          : "float32");
    warp->map.source_units = wck_units_find(detour ? pixels : numbers);
    return bind_sampler(choices, aligned, strcmp(choices->interp, "bicubic") == 0, warp,
                        err);
}

/* onnxruntime folds taps in every mode; what is far out or not finite it moves first.
 */
static enum wck_status bind_onnx(const struct wck_convention *convention,
                                 const struct wck_choices *choices,
                                 struct wck_warp *warp, struct wck_error *err)
{
    bool aligned = choices->align_corners == 1;
    bool wide = choices->map_dtype == WCK_FLOAT64;
    bool single = !wide && strcmp(choices->interp, "bilinear") == 0;

    (void)convention;
    warp->arithmetic = wck_arithmetic_find(wide ? "float64" : "float32");
    warp->map.source_units = wck_units_find(aligned ? "centres" : "edges");
    warp->fold =
        wck_fold_find(single    ? aligned ? "onnx-linear-centres" : "onnx-linear-edges"
                      : aligned ? "onnx-centres"
                                : "onnx-edges");
    return bind_sampler(choices, aligned, true, warp, err);
}

/* Displacements on a normalised grid whose ends are the first and last centre. */
static enum wck_status bind_monai(const struct wck_convention *convention,
                                  const struct wck_choices *choices,
                                  struct wck_warp *warp, struct wck_error *err)
{
    bool wide = choices->dtype == WCK_FLOAT64;

    (void)convention;
    warp->arithmetic =
        wck_arithmetic_find(wide ? "float64-normalised" : "float32-normalised");
    warp->map.source_units = wck_units_find("kornia-centres"); /* one pixel's are 0 */
    return bind_sampler(choices, true, strcmp(choices->interp, "bicubic") == 0, warp,
                        err);
}

static enum wck_status bind_stn(const struct wck_convention *convention,
                                const struct wck_choices *choices,
                                struct wck_warp *warp, struct wck_error *err)
{
    (void)convention;
    warp->arithmetic = wck_arithmetic_find(precision(choices));
    warp->map.source_units = wck_units_find("centres");
    return bind_sampler(choices, true, false, warp, err);
}

#define INTERPS "bilinear nearest bicubic"
#define BORDERS "zeros border reflection"

const struct wck_convention wck_conventions_torch[] = {
    {
        .name = "torch.grid_sample",
        .summary = "torch.nn.functional.grid_sample, images and volumes",
        .carrier = WCK_CARRIER_GRID,
        .has_flag = true,
        .has_volumes = true,
        .layouts = WCK_CHANNELS_FIRST,
        .interps = INTERPS,
        .borders = BORDERS,
        .proven = true,
        .bind = bind_torch,
    },
    {
        .name = "torch.affine_grid",
        .summary = "torch.nn.functional.affine_grid, and grid_sample with it",
        .carrier = WCK_CARRIER_MATRIX,
        .direction = WCK_OUTPUT_TO_SOURCE,
        .has_flag = true,
        .has_volumes = true,
        .layouts = WCK_CHANNELS_FIRST,
        .interps = INTERPS,
        .borders = BORDERS,
        .proven = true,
        .bind = bind_torch,
    },
    {
        .name = "kornia.warp_affine",
        .summary = "kornia.geometry.warp_affine",
        .carrier = WCK_CARRIER_MATRIX,
        .direction = WCK_SOURCE_TO_OUTPUT,
        .has_flag = true,
        .has_fill = true,
        .layouts = WCK_CHANNELS_FIRST,
        .interps = INTERPS,
        .borders = BORDERS " fill",
        .proven = true,
        .bind = bind_kornia,
    },
    {
        .name = "kornia.warp_perspective",
        .summary = "kornia.geometry.warp_perspective",
        .carrier = WCK_CARRIER_MATRIX,
        .projective = true,
        .direction = WCK_SOURCE_TO_OUTPUT,
        .has_flag = true,
        .has_fill = true,
        .layouts = WCK_CHANNELS_FIRST,
        .interps = INTERPS,
        .borders = BORDERS " fill",
        .proven = true,
        .bind = bind_kornia,
    },
    {
        .name = "kornia.remap",
        .summary = "kornia.geometry.remap, maps in pixels or normalised",
        .carrier = WCK_CARRIER_MAPS,
        .has_flag = true,
        .has_normalized = true,
        .layouts = WCK_CHANNELS_FIRST,
        .interps = INTERPS,
        .borders = BORDERS,
        .proven = true,
        .bind = bind_kornia_remap,
    },
    {
        .name = "onnx.GridSample",
        .summary = "ONNX GridSample as onnxruntime has it",
        .carrier = WCK_CARRIER_GRID,
        .has_flag = true,
        .has_volumes = true,
        .layouts = WCK_CHANNELS_FIRST,
        .interps = INTERPS,
        .borders = BORDERS,
        .proven = true,
        .bind = bind_onnx,
    },
    {
        .name = "monai.warp",
        .summary = "monai.networks.blocks.Warp, native backend",
        .carrier = WCK_CARRIER_FLOW,
        .reversed = true,
        .has_volumes = true,
        .layouts = WCK_CHANNELS_FIRST,
        .interps = INTERPS,
        .borders = "border zeros reflection",
        .bind = bind_monai,
    },
    {
        .name = "stn.bilinear",
        .summary = "the original spatial transformer's sampler, grid order y, x",
        .carrier = WCK_CARRIER_GRID,
        .reversed = true,
        .interps = "bilinear",
        .borders = "zeros",
        .bind = bind_stn,
    },
    {.name = NULL},
};
