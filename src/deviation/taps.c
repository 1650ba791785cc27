#include "src/deviation/taps.h"

#include <string.h>

bool wck_border_is(const struct wck_warp *warp, const char *name)
{
    return strcmp(warp->border->name, name) == 0;
}

void wck_taps_reference(const struct wck_warp *warp, enum wck_axis axis, double u,
                        struct wck_stencil *to)
{
    wck_stages_reference.stencil(warp, axis, u, to);
}

void wck_taps_by(const struct wck_kernel *kernel, const struct wck_border *border,
                 size_t extent, double u, struct wck_stencil *to)
{
    double base;

    wck_stencil_list(kernel, u, to, &base);
    wck_stencil_fold(border, extent, base, to);
}

double *wck_taps_cell(const struct wck_plane *to, size_t y, size_t x)
{
    double *data = to->image->tensor.data;

    return data + wck_image_offset(to->image, to->plane, y, x);
}

double *wck_taps_cell_of(const struct wck_warp *warp, const struct wck_plane *to,
                         const struct wck_tap *tap)
{
    size_t pixel = (size_t)tap->pixel;

    return wck_taps_cell(to, pixel / warp->source_width, pixel % warp->source_width);
}

double wck_taps_outside(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *to, const double *value)
{
    struct wck_plane nowhere = *to;

    nowhere.image = NULL;
    return wck_stages_reference.scatter(warp, block, &nowhere, value);
}
