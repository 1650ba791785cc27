#include "reference/area.h"
#include "reference/clip.h"
#include "reference/pass.h"

static const double *tangent_along(const struct wck_tangents *tangents, int axis)
{
    return axis == WCK_X ? tangents->x : axis == WCK_Y ? tangents->y : tangents->z;
}

/* The tangents of the block's coordinates in pixels, into pass->gradient. */
static void coordinate_tangents(struct wck_pass *pass, const struct wck_warp *warp,
                                const struct wck_tangents *tangents,
                                const double backward[WCK_MATRIX])
{
    bool by_matrix = wck_map_has_matrix(&warp->map);
    size_t output[WCK_AXES], extent[WCK_AXES];

    for (int a = 0; a < WCK_AXES; a++) {
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
        extent[a] = wck_warp_extent(warp, (enum wck_axis)a);
    }
    for (size_t i = 0; i < pass->block.count; i++) {
        size_t sample = pass->block.first + i;
        double at[WCK_AXES], tangent[WCK_AXES] = {0.0, 0.0, 0.0};

        wck_warp_position(warp, sample, at);
        if (tangents->matrix != NULL)
            wck_map_push(&warp->map, at, output, extent, backward, tangent);
        for (int a = 0; a < wck_warp_axes(warp); a++) {
            const double *given = tangent_along(tangents, a);
            double factor = by_matrix ? 1.0 : wck_map_factor(&warp->map, extent[a]);

            pass->gradient[a][i] =
                tangent[a] + (given != NULL ? factor * given[sample] : 0.0);
        }
    }
}

/* The warp whose border value and destination are the tangents. */
static struct wck_warp tangent_warp(const struct wck_warp *warp,
                                    const struct wck_tangents *tangents,
                                    size_t channels)
{
    struct wck_warp moved = *warp;

    moved.border_value = tangents->border_value;
    moved.border_values = tangents->border_value != NULL ? channels : 0;
    moved.destination =
        tangents->destination != NULL ? *tangents->destination : (struct wck_image){0};
    return moved;
}

static bool moves_coordinates(const struct wck_tangents *tangents)
{
    return tangents->matrix != NULL || tangents->x != NULL || tangents->y != NULL ||
           tangents->z != NULL;
}

/* The tangent of one plane of the block, into pass->value.  `source` is NULL where the
 * coordinates stay: an image that is not finite must not show then.  `shape` is the
 * tangent of the footprints. */
static void push_plane(struct wck_pass *pass, const struct wck_warp *warp,
                       const struct wck_image *source, const struct wck_plane *moved,
                       const double shape[WCK_LINEAR])
{
    struct wck_plane from;

    wck_warp_stages(warp)->gather(pass->warp, &pass->block, moved, pass->value);
    if (source == NULL)
        return;
    from = wck_pass_plane(warp, source, moved->plane);
    wck_warp_stages(warp)->slope(pass->warp, &pass->block, &from, pass->slope);
    for (int a = 0; a < wck_warp_axes(warp); a++) {
        for (size_t i = 0; i < pass->block.count; i++)
            pass->value[i] += pass->gradient[a][i] * pass->slope[a][i];
    }
    if (!pass->block.has_footprint)
        return;
    wck_warp_stages(warp)->shape(pass->warp, &pass->block, &from, pass->shape);
    for (int a = 0; a < WCK_LINEAR; a++) {
        for (size_t i = 0; i < pass->block.count; i++)
            pass->value[i] += shape[a] * pass->shape[a][i];
    }
}

/* An image of zeros, all of them `nothing`. */
static struct wck_image zero_like(const struct wck_image *image, double *nothing)
{
    struct wck_image zero = *image;

    zero.tensor = (struct wck_tensor){.data = nothing, .dtype = WCK_FLOAT64};
    zero.batch_stride = zero.channel_stride = 0;
    zero.slice_stride = zero.row_stride = zero.column_stride = 0;
    return zero;
}

static enum wck_status check_tangents(const struct wck_warp *warp,
                                      const struct wck_image *output,
                                      const struct wck_tangents *tangents,
                                      struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (tangents->destination != NULL)
        status = wck_pass_check_destination(warp, output, tangents->destination, err);
    if (status != WCK_OK)
        return status;
    if (tangents->matrix != NULL && !wck_map_has_matrix(&warp->map))
        return wck_error_set(err, WCK_INVALID,
                             "a coordinate map has no matrix tangent");
    return tangents->image != NULL ? wck_pass_check(warp, tangents->image, output, err)
                                   : WCK_OK;
}

enum wck_status wck_warp_jvp(const struct wck_warp *warp, const struct wck_image *image,
                             const struct wck_tangents *tangents,
                             const struct wck_image *output, struct wck_error *err)
{
    struct wck_warp moved = tangent_warp(warp, tangents, image->channels);
    bool moves = moves_coordinates(tangents);
    double nothing = 0.0;
    struct wck_image source = {0}, motion = {0}, still = zero_like(image, &nothing);
    double backward[WCK_MATRIX] = {0.0}, shape[WCK_LINEAR] = {0.0};
    struct wck_pass pass;
    enum wck_status status = wck_pass_check(warp, image, output, err);
    size_t count;

    if (status == WCK_OK)
        status = wck_clip_refuse(warp, err);
    if (status == WCK_OK)
        status = check_tangents(warp, output, tangents, err);
    if (status != WCK_OK)
        return status;
    status = wck_pass_init(&pass, warp, err);
    if (status == WCK_OK && moves)
        status = wck_pass_source(warp, image, &source, err);
    if (status == WCK_OK)
        status = wck_pass_source(
            &moved, tangents->image != NULL ? tangents->image : &still, &motion, err);
    if (status == WCK_OK && tangents->matrix != NULL)
        wck_map_matrix_tangent(&warp->map, tangents->matrix, backward);
    if (status == WCK_OK && warp->kernel->footprint)
        wck_area_push(warp, backward, shape);
    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&pass, first)) > 0;
         first += count) {
        coordinate_tangents(&pass, warp, tangents, backward);
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            struct wck_plane from = wck_pass_plane(&moved, &motion, p);

            push_plane(&pass, warp, moves ? &source : NULL, &from, shape);
            wck_pass_store(&pass, output, p);
        }
    }
    wck_pass_free(warp, &motion);
    wck_pass_free(warp, &source);
    wck_pass_release(&pass);
    return status;
}
