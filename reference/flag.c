#include "reference/flag.h"

static bool takes_align_corners(const struct wck_convention *convention)
{
    return convention->has_flag;
}

static bool chose_align_corners(const struct wck_choices *choices)
{
    return choices->align_corners >= 0;
}

static bool is_align_corners(const struct wck_choices *choices)
{
    return choices->align_corners > 0;
}

static void choose_align_corners(struct wck_choices *choices, bool truth)
{
    choices->align_corners = truth ? 1 : 0;
}

static bool takes_inverse_map(const struct wck_convention *convention)
{
    return convention->has_inverse;
}

static bool chose_inverse_map(const struct wck_choices *choices)
{
    return choices->inverse_map;
}

static void choose_inverse_map(struct wck_choices *choices, bool truth)
{
    choices->inverse_map = truth;
}

static bool takes_prefilter(const struct wck_convention *convention)
{
    return convention->has_prefilter;
}

static bool chose_prefilter(const struct wck_choices *choices)
{
    return choices->unfiltered;
}

static bool is_prefilter(const struct wck_choices *choices)
{
    return !choices->unfiltered;
}

static void choose_prefilter(struct wck_choices *choices, bool truth)
{
    choices->unfiltered = !truth;
}

static bool takes_normalized(const struct wck_convention *convention)
{
    return convention->has_normalized;
}

static bool chose_normalized(const struct wck_choices *choices)
{
    return choices->normalized;
}

static void choose_normalized(struct wck_choices *choices, bool truth)
{
    choices->normalized = truth;
}

static bool takes_clip(const struct wck_convention *convention)
{
    return convention->has_clip;
}

static bool chose_clip(const struct wck_choices *choices)
{
    return choices->clip;
}

static void choose_clip(struct wck_choices *choices, bool truth)
{
    choices->clip = truth;
}

static bool takes_ipp(const struct wck_convention *convention)
{
    return convention->has_ipp;
}

static bool chose_ipp(const struct wck_choices *choices)
{
    return choices->ipp;
}

static void choose_ipp(struct wck_choices *choices, bool truth)
{
    choices->ipp = truth;
}

/* What is false unless it was chosen is true where it was. */
static const struct wck_flag flags[] = {
    {"align_corners", takes_align_corners, chose_align_corners, is_align_corners,
     choose_align_corners, "-1 and 1 are the outermost centres, not edges"},
    {"inverse_map", takes_inverse_map, chose_inverse_map, chose_inverse_map,
     choose_inverse_map, "the matrix goes from output to source"},
    {"prefilter", takes_prefilter, chose_prefilter, is_prefilter, choose_prefilter,
     "false: the image already holds B-spline coefficients"},
    {"normalized_coordinates", takes_normalized, chose_normalized, chose_normalized,
     choose_normalized, "the maps run from -1 to 1"},
    {"clip", takes_clip, chose_clip, chose_clip, choose_clip,
     "outputs are clamped to the image's range"},
    {"ipp", takes_ipp, chose_ipp, chose_ipp, choose_ipp,
     "Intel's library took the call"},
};

const struct wck_flag *wck_flag_row(size_t row)
{
    return row < sizeof flags / sizeof flags[0] ? &flags[row] : NULL;
}
