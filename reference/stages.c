#include "reference/warp.h"

#include <math.h>

#include "reference/area.h"

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
    size_t n = wck_warp_extent(warp, axis);
    bool narrow = warp->fold != NULL && warp->fold->narrow;
    double base;

    if (warp->weights_only && !narrow) {
        wck_stencil_weigh(warp->kernel, warp->border, n, u, to);
        return;
    }
    wck_stencil_list(warp->kernel, u, to, &base);
    if (narrow)
        wck_stencil_fold_narrow(warp->border, n, base, to);
    else
        wck_stencil_fold(warp->border, n, base, to);
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

/* A plane, made ready to be read or added to pixel by pixel. */
struct view {
    double border_value;
    const struct wck_image *image; /* NULL: all zero */
    ptrdiff_t start;               /* offset of its first pixel */
    const double *wide;            /* that pixel, where the image is float64 */
    const float *narrow;           /* likewise of float32 */
};

static struct view view_of(const struct wck_plane *plane)
{
    const struct wck_image *image = plane->image;
    struct view view = {.border_value = plane->border_value, .image = image};

    if (image == NULL)
        return view;
    view.start = wck_image_offset(image, plane->plane, 0, 0);
    if (image->tensor.dtype == WCK_FLOAT64)
        view.wide = (const double *)image->tensor.data + view.start;
    if (image->tensor.dtype == WCK_FLOAT32)
        view.narrow = (const float *)image->tensor.data + view.start;
    return view;
}

/* One row of it: the offset of its column 0 from the first pixel. */
struct row {
    ptrdiff_t at;
    bool outside; /* it reads the border value */
};

static struct row row_of(const struct view *view, ptrdiff_t z, ptrdiff_t y)
{
    struct row row = {.outside = z == WCK_BORDER_VALUE || y == WCK_BORDER_VALUE};

    if (!row.outside && view->image != NULL)
        row.at = z * view->image->slice_stride + y * view->image->row_stride;
    return row;
}

/* The pixel in a column of a row, or the border value where either is outside. */
static double read(const struct view *view, const struct row *row, ptrdiff_t column)
{
    ptrdiff_t at;

    if (column == WCK_BORDER_VALUE || row->outside)
        return view->border_value;
    if (view->image == NULL)
        return 0.0;
    at = row->at + column * view->image->column_stride;
    if (view->wide != NULL)
        return view->wide[at];
    if (view->narrow != NULL)
        return (double)view->narrow[at];
    return wck_tensor_get(&view->image->tensor, view->start + at);
}

/* Does the whole window lie outside along some axis, its taps merged into one there?
 * Not where a fold has spoilt the weights. */
static bool is_border(const struct sample *s)
{
    const struct wck_stencil *const axes[] = {s->z, s->y, s->x};
    bool outside = false;

    for (int a = 0; a < 3; a++) {
        if (isnan(axes[a]->weight[0]))
            return false;
        outside |= axes[a]->count == 1 && axes[a]->index[0] == WCK_BORDER_VALUE;
    }
    return outside;
}

/* Sums in the widest type there is: what is left are the roundings of the weights, one
 * an axis, and the last one (NOTES, "rounding"). */
static void gather(const struct wck_warp *warp, const struct wck_block *block,
                   const struct wck_plane *from, double *value)
{
    bool truncates = warp->rounding != NULL && warp->rounding->rim;
    /* Whose weights add up to 1: another's stencils may lack some. */
    bool whole = wck_warp_stages(warp)->stencil == stencil;
    struct view view = view_of(from);

    if (block->has_footprint) {
        wck_area_gather(warp, block, from, value);
        return;
    }
    for (size_t i = 0; i < block->count; i++) {
        struct sample s = sample_of(block, i);
        bool rim = truncates && wck_block_crosses(block, warp, i);
        long double sum = 0.0L;

        view.border_value = wck_plane_outside(warp, from, block->first + i);
        /* All of it is the border value: that, to the bit. */
        if (whole && wck_block_has_taps(block, i) && is_border(&s)) {
            value[i] = rim ? trunc(view.border_value) : view.border_value;
            continue;
        }
        for (int l = 0; l < s.z->count; l++) {
            for (int j = 0; j < s.y->count; j++) {
                struct row row = row_of(&view, s.z->index[l], s.y->index[j]);
                long double along = 0.0L;

                for (int k = 0; k < s.x->count; k++) {
                    double pixel = read(&view, &row, s.x->index[k]);

                    along += (long double)s.x->weight[k] * (rim ? trunc(pixel) : pixel);
                }
                sum += along * s.y->weight[j] * s.z->weight[l];
            }
        }
        value[i] = wck_block_has_taps(block, i) ? (double)sum : (double)NAN;
    }
}

/* What fell on the border value of a sample goes to the destination where there is one;
 * else it is returned. */
static double put_outside(const struct wck_warp *warp, const struct wck_plane *to,
                          size_t sample, double fallen)
{
    const struct wck_image *image = to->destination;
    size_t width = warp->output_width;
    double *data;

    if (image == NULL)
        return fallen;
    data = image->tensor.data;
    sample = wck_warp_held(warp, sample);
    data[wck_image_offset(image, to->plane, sample / width, sample % width)] += fallen;
    return 0.0;
}

static double scatter(const struct wck_warp *warp, const struct wck_block *block,
                      const struct wck_plane *to, const double *value)
{
    double *data = to->image != NULL ? to->image->tensor.data : NULL;
    struct view view = view_of(to);
    double outside = 0.0;

    if (block->has_footprint)
        return wck_area_scatter(warp, block, to, value);
    for (size_t i = 0; i < block->count; i++) {
        struct sample s = sample_of(block, i);
        double fallen = 0.0;

        for (int l = 0; l < s.z->count; l++) {
            for (int j = 0; j < s.y->count; j++) {
                struct row row = row_of(&view, s.z->index[l], s.y->index[j]);
                double weight = s.z->weight[l] * s.y->weight[j];

                for (int k = 0; k < s.x->count; k++) {
                    double part = weight * s.x->weight[k] * value[i];

                    if (s.x->index[k] == WCK_BORDER_VALUE || row.outside)
                        fallen += part;
                    else if (data != NULL)
                        data[view.start + row.at +
                             s.x->index[k] * to->image->column_stride] += part;
                }
            }
        }
        outside += put_outside(warp, to, block->first + i, fallen);
    }
    return outside;
}

/* Sums of slope x weight x weight x pixel, the slope along each axis by turns. */
static void slope_of_sample(const struct view *view, const struct sample *s,
                            double sum[WCK_AXES])
{
    for (int l = 0; l < s->z->count; l++) {
        for (int j = 0; j < s->y->count; j++) {
            struct row row = row_of(view, s->z->index[l], s->y->index[j]);
            double weight = s->z->weight[l] * s->y->weight[j];
            double down = s->z->weight[l] * s->y->slope[j];
            double through = s->z->slope[l] * s->y->weight[j];

            for (int k = 0; k < s->x->count; k++) {
                double pixel = read(view, &row, s->x->index[k]);

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
    struct view view = view_of(from);

    if (block->has_footprint) {
        wck_area_slope(warp, block, from, slope);
        return;
    }
    for (size_t i = 0; i < block->count; i++) {
        struct sample s = sample_of(block, i);
        double sum[WCK_AXES] = {0.0, 0.0, 0.0};

        view.border_value = wck_plane_outside(warp, from, block->first + i);
        slope_of_sample(&view, &s, sum);
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
    .shape = wck_area_shape,
    .chain = chain,
};
