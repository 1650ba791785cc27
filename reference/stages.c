/* The stages of the reference: what a deviation replaces. */
#include "reference/warp.h"

#include <math.h>

static void coordinate(const struct wck_warp *warp, size_t first, size_t count,
                       double *x, double *y)
{
    const double *m = warp->map.backward;

    if (warp->map.kind == WCK_MAP_COORDINATES) {
        for (size_t i = 0; i < count; i++) {
            x[i] = warp->map.x[first + i];
            y[i] = warp->map.y[first + i];
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        double column = (double)((first + i) % warp->output_width);
        double row = (double)((first + i) / warp->output_width);

        x[i] = m[0] * column + m[1] * row + m[2];
        y[i] = m[3] * column + m[4] * row + m[5];
    }
}

static void stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                    struct wck_stencil *to)
{
    double base;

    wck_stencil_list(warp->kernel, u, to, &base);
    wck_stencil_fold(warp->border, wck_warp_extent(warp, axis), base, to);
}

/* The pixel at (x, y) of the plane, or its border value where either index is outside.
 */
static double read(const struct wck_plane *from, ptrdiff_t y, ptrdiff_t x)
{
    if (x == WCK_BORDER_VALUE || y == WCK_BORDER_VALUE)
        return from->border_value;
    if (from->image == NULL)
        return 0.0;
    return wck_image_get(from->image, from->plane, (size_t)y, (size_t)x);
}

static bool has_taps(const struct wck_block *block, size_t i)
{
    return block->across[i].count > 0 && block->down[i].count > 0;
}

static void gather(const struct wck_warp *warp, const struct wck_block *block,
                   const struct wck_plane *from, double *value)
{
    (void)warp;
    for (size_t i = 0; i < block->count; i++) {
        const struct wck_stencil *sx = &block->across[i], *sy = &block->down[i];
        double sum = 0.0;

        for (int j = 0; j < sy->count; j++) {
            for (int k = 0; k < sx->count; k++)
                sum += sy->weight[j] * sx->weight[k] *
                       read(from, sy->index[j], sx->index[k]);
        }
        value[i] = has_taps(block, i) ? sum : (double)NAN;
    }
}

static double scatter(const struct wck_warp *warp, const struct wck_block *block,
                      const struct wck_plane *to, const double *value)
{
    double *data = to->image != NULL ? to->image->tensor.data : NULL;
    double outside = 0.0;

    (void)warp;
    for (size_t i = 0; i < block->count; i++) {
        const struct wck_stencil *sx = &block->across[i], *sy = &block->down[i];

        for (int j = 0; j < sy->count; j++) {
            for (int k = 0; k < sx->count; k++) {
                double part = sy->weight[j] * sx->weight[k] * value[i];

                if (sx->index[k] == WCK_BORDER_VALUE ||
                    sy->index[j] == WCK_BORDER_VALUE)
                    outside += part;
                else if (data != NULL)
                    data[wck_image_offset(to->image, to->plane, (size_t)sy->index[j],
                                          (size_t)sx->index[k])] += part;
            }
        }
    }
    return outside;
}

static void slope(const struct wck_warp *warp, const struct wck_block *block,
                  const struct wck_plane *from, double *dx, double *dy)
{
    (void)warp;
    for (size_t i = 0; i < block->count; i++) {
        const struct wck_stencil *sx = &block->across[i], *sy = &block->down[i];
        double sum_x = 0.0, sum_y = 0.0;

        for (int j = 0; j < sy->count; j++) {
            for (int k = 0; k < sx->count; k++) {
                double pixel = read(from, sy->index[j], sx->index[k]);

                sum_x += sy->weight[j] * sx->slope[k] * pixel;
                sum_y += sy->slope[j] * sx->weight[k] * pixel;
            }
        }
        dx[i] = has_taps(block, i) ? sum_x : (double)NAN;
        dy[i] = has_taps(block, i) ? sum_y : (double)NAN;
    }
}

static void chain(const struct wck_warp *warp, const struct wck_block *block,
                  const double *gx, const double *gy, double backward[6])
{
    for (size_t i = 0; i < block->count; i++) {
        double column = (double)((block->first + i) % warp->output_width);
        double row = (double)((block->first + i) / warp->output_width);

        backward[0] += gx[i] * column;
        backward[1] += gx[i] * row;
        backward[2] += gx[i];
        backward[3] += gy[i] * column;
        backward[4] += gy[i] * row;
        backward[5] += gy[i];
    }
}

const struct wck_stages wck_stages_reference = {
    .coordinate = coordinate,
    .stencil = stencil,
    .gather = gather,
    .scatter = scatter,
    .slope = slope,
    .chain = chain,
};
