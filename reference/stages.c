#include "reference/warp.h"

#include <math.h>

static void coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    const struct wck_arithmetic *arithmetic = warp->arithmetic;

    if (arithmetic == NULL)
        arithmetic = wck_arithmetic_row(0);
    arithmetic->coordinate(warp, block);
}

static struct wck_folded fold(const struct wck_warp *warp, enum wck_axis axis, double u)
{
    const struct wck_fold *rule = warp->fold != NULL ? warp->fold : wck_fold_row(0);

    return rule->apply(u, wck_warp_extent(warp, axis));
}

static void stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                    struct wck_stencil *to)
{
    double base;

    wck_stencil_list(warp->kernel, u, to, &base);
    if (warp->fold != NULL && warp->fold->narrow)
        wck_stencil_fold_narrow(warp->border, wck_warp_extent(warp, axis), base, to);
    else
        wck_stencil_fold(warp->border, wck_warp_extent(warp, axis), base, to);
}

/* The stencils of one sample, slowest axis first. */
struct sample {
    const struct wck_stencil *z, *y, *x;
};

static struct sample sample_of(const struct wck_block *block, size_t i)
{
    return (struct sample){wck_block_stencil(block, i, WCK_Z), &block->down[i],
                           &block->across[i]};
}

/* One row of a plane. */
struct row {
    const struct wck_plane *of;
    ptrdiff_t start;    /* offset of its column 0 */
    const double *wide; /* its pixels, where they are float64 */
    bool outside;       /* it reads the border value */
};

/* The row of slice index z and row index y. */
static struct row row_of(const struct wck_warp *warp, const struct wck_plane *plane,
                         ptrdiff_t z, ptrdiff_t y)
{
    struct row row = {.of = plane,
                      .outside = z == WCK_BORDER_VALUE || y == WCK_BORDER_VALUE};

    if (row.outside || plane->image == NULL)
        return row;
    row.start = wck_image_offset(plane->image, plane->plane,
                                 (size_t)z * warp->source_height + (size_t)y, 0);
    if (plane->image->tensor.dtype == WCK_FLOAT64)
        row.wide = (const double *)plane->image->tensor.data + row.start;
    return row;
}

/* The pixel in a column of the row, or the plane's border value where either is
 * outside. */
static double read(const struct row *row, ptrdiff_t column)
{
    const struct wck_image *image = row->of->image;

    if (column == WCK_BORDER_VALUE || row->outside)
        return row->of->border_value;
    if (row->wide != NULL)
        return row->wide[column * image->column_stride];
    if (image == NULL)
        return 0.0;
    return wck_tensor_get(&image->tensor, row->start + column * image->column_stride);
}

static void gather(const struct wck_warp *warp, const struct wck_block *block,
                   const struct wck_plane *from, double *value)
{
    bool truncates = warp->rounding != NULL && warp->rounding->rim;

    for (size_t i = 0; i < block->count; i++) {
        struct sample s = sample_of(block, i);
        bool rim = truncates && wck_block_crosses(block, warp, i);
        double sum = 0.0;

        for (int l = 0; l < s.z->count; l++) {
            for (int j = 0; j < s.y->count; j++) {
                struct row row = row_of(warp, from, s.z->index[l], s.y->index[j]);
                double weight = s.z->weight[l] * s.y->weight[j];

                for (int k = 0; k < s.x->count; k++) {
                    double pixel = read(&row, s.x->index[k]);

                    sum += weight * s.x->weight[k] * (rim ? trunc(pixel) : pixel);
                }
            }
        }
        value[i] = wck_block_has_taps(block, i) ? sum : (double)NAN;
    }
}

static double scatter(const struct wck_warp *warp, const struct wck_block *block,
                      const struct wck_plane *to, const double *value)
{
    double *data = to->image != NULL ? to->image->tensor.data : NULL;
    double outside = 0.0;

    for (size_t i = 0; i < block->count; i++) {
        struct sample s = sample_of(block, i);

        for (int l = 0; l < s.z->count; l++) {
            for (int j = 0; j < s.y->count; j++) {
                struct row row = row_of(warp, to, s.z->index[l], s.y->index[j]);
                double weight = s.z->weight[l] * s.y->weight[j];

                for (int k = 0; k < s.x->count; k++) {
                    double part = weight * s.x->weight[k] * value[i];

                    if (s.x->index[k] == WCK_BORDER_VALUE || row.outside)
                        outside += part;
                    else if (data != NULL)
                        data[row.start + s.x->index[k] * to->image->column_stride] +=
                            part;
                }
            }
        }
    }
    return outside;
}

/* Sums of slope x weight x weight x pixel, the slope along each axis by turns. */
static void slope_of_sample(const struct wck_warp *warp, const struct sample *s,
                            const struct wck_plane *from, double sum[WCK_AXES])
{
    for (int l = 0; l < s->z->count; l++) {
        for (int j = 0; j < s->y->count; j++) {
            struct row row = row_of(warp, from, s->z->index[l], s->y->index[j]);
            double weight = s->z->weight[l] * s->y->weight[j];
            double down = s->z->weight[l] * s->y->slope[j];
            double through = s->z->slope[l] * s->y->weight[j];

            for (int k = 0; k < s->x->count; k++) {
                double pixel = read(&row, s->x->index[k]);

                sum[WCK_X] += weight * s->x->slope[k] * pixel;
                sum[WCK_Y] += down * s->x->weight[k] * pixel;
                sum[WCK_Z] += through * s->x->weight[k] * pixel;
            }
        }
    }
}

static void slope(const struct wck_warp *warp, const struct wck_block *block,
                  const struct wck_plane *from, double *const slope[WCK_AXES])
{
    int axes = wck_warp_axes(warp);

    for (size_t i = 0; i < block->count; i++) {
        struct sample s = sample_of(block, i);
        double sum[WCK_AXES] = {0.0, 0.0, 0.0};

        slope_of_sample(warp, &s, from, sum);
        for (int a = 0; a < axes; a++)
            slope[a][i] = wck_block_has_taps(block, i) ? sum[a] : (double)NAN;
    }
}

static void chain(const struct wck_warp *warp, const struct wck_block *block,
                  const double *const g[WCK_AXES], double backward[WCK_MATRIX])
{
    size_t output[WCK_AXES], extent[WCK_AXES];
    int axes = wck_warp_axes(warp);

    for (int a = 0; a < WCK_AXES; a++) {
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
        extent[a] = wck_warp_extent(warp, (enum wck_axis)a);
    }
    for (size_t i = 0; i < block->count; i++) {
        double at[WCK_AXES], of_coordinate[WCK_AXES] = {0.0, 0.0, 0.0};

        for (int a = 0; a < axes; a++)
            of_coordinate[a] = g[a][i];
        wck_warp_position(warp, block->first + i, at);
        wck_map_pull(&warp->map, at, output, extent, of_coordinate, backward);
    }
}

const struct wck_stages wck_stages_reference = {
    .coordinate = coordinate,
    .fold = fold,
    .stencil = stencil,
    .gather = gather,
    .scatter = scatter,
    .slope = slope,
    .chain = chain,
};
