#include "reference/flag.h"

static bool takes_align_corners(const struct wck_convention *convention)
{
    return convention->has_flag;
}

static bool chose_align_corners(const struct wck_choices *choices)
{
    return choices->align_corners >= 0;
}

static bool takes_inverse_map(const struct wck_convention *convention)
{
    return convention->has_inverse;
}

static bool chose_inverse_map(const struct wck_choices *choices)
{
    return choices->inverse_map;
}

static bool takes_prefilter(const struct wck_convention *convention)
{
    return convention->has_prefilter;
}

static bool chose_prefilter(const struct wck_choices *choices)
{
    return choices->unfiltered;
}

static bool takes_normalized(const struct wck_convention *convention)
{
    return convention->has_normalized;
}

static bool chose_normalized(const struct wck_choices *choices)
{
    return choices->normalized;
}

static bool takes_clip(const struct wck_convention *convention)
{
    return convention->has_clip;
}

static bool chose_clip(const struct wck_choices *choices)
{
    return choices->clip;
}

static bool takes_ipp(const struct wck_convention *convention)
{
    return convention->has_ipp;
}

static bool chose_ipp(const struct wck_choices *choices)
{
    return choices->ipp;
}

static const struct wck_flag flags[] = {
    {"align_corners", takes_align_corners, chose_align_corners,
     "-1 and 1 are the outermost centres, not edges"},
    {"inverse_map", takes_inverse_map, chose_inverse_map,
     "the matrix goes from output to source"},
    {"prefilter", takes_prefilter, chose_prefilter,
     "false: the image already holds B-spline coefficients"},
    {"normalized_coordinates", takes_normalized, chose_normalized,
     "the maps run from -1 to 1"},
    {"clip", takes_clip, chose_clip, "outputs are clamped to the image's range"},
    {"ipp", takes_ipp, chose_ipp, "Intel's library took the call"},
};

const struct wck_flag *wck_flag_row(size_t row)
{
    return row < sizeof flags / sizeof flags[0] ? &flags[row] : NULL;
}
