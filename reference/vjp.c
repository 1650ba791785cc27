#include "reference/area.h"
#include "reference/clip.h"
#include "reference/pass.h"

#include <stdlib.h>
#include <string.h>

#include "reference/coefficients.h"

static enum wck_status check_gradients(const struct wck_warp *warp,
                                       const struct wck_image *image,
                                       const struct wck_gradients *gradients,
                                       struct wck_error *err)
{
    const struct wck_image *to = gradients->image, *held = gradients->destination;
    enum wck_status status = WCK_OK;

    if (held != NULL)
        status = wck_pass_check_destination(warp, image, held, err);
    if (status != WCK_OK)
        return status;
    if ((to != NULL && to->tensor.dtype != WCK_FLOAT64) ||
        (held != NULL && held->tensor.dtype != WCK_FLOAT64))
        return wck_error_set(err, WCK_INVALID, "gradients are kept in float64");
    if (gradients->matrix != NULL && !wck_map_has_matrix(&warp->map))
        return wck_error_set(err, WCK_INVALID,
                             "a coordinate map has no matrix gradient");
    if (to == NULL)
        return WCK_OK;
    if (to->width != image->width || to->height != image->height ||
        to->depth != image->depth || to->channels != image->channels ||
        to->batch != image->batch)
        return wck_error_set(err, WCK_INVALID,
                             "the image gradient is not shaped as the "
                             "image");
    return WCK_OK;
}

static double *gradient_along(const struct wck_gradients *gradients, int axis)
{
    return axis == WCK_X ? gradients->x : axis == WCK_Y ? gradients->y : gradients->z;
}

static bool wants_coordinates(const struct wck_gradients *gradients)
{
    return gradients->matrix != NULL || gradients->x != NULL || gradients->y != NULL ||
           gradients->z != NULL;
}

static void clear_image(const struct wck_image *image)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < wck_image_rows(image); y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(image, p, y, x, 0.0);
        }
    }
}

/* What a pull-back adds to, block by block. */
struct pull {
    struct wck_pass pass;
    const struct wck_gradients *wanted;
    struct wck_image source;    /* of the taps; no pixels where slopes are not wanted */
    const struct wck_image *to; /* where taps scatter to; NULL: nowhere */
    struct wck_image coefficients;
    double backward[WCK_MATRIX];
    double shape[WCK_LINEAR]; /* dL/dF, of a kernel with a footprint */
};

static enum wck_status pull_init(struct pull *pull, const struct wck_warp *warp,
                                 const struct wck_image *image,
                                 const struct wck_gradients *gradients,
                                 struct wck_error *err)
{
    enum wck_status status = wck_pass_init(&pull->pass, warp, err);

    pull->wanted = gradients;
    pull->to = gradients->image;
    if (gradients->image != NULL)
        clear_image(gradients->image);
    if (gradients->destination != NULL)
        clear_image(gradients->destination);
    if (gradients->border_value != NULL)
        memset(gradients->border_value, 0,
               image->channels * sizeof *gradients->border_value);
    if (status == WCK_OK && wants_coordinates(gradients))
        status = wck_pass_source(warp, image, &pull->source, err);
    if (status == WCK_OK && warp->prefilter != NULL &&
        (gradients->image != NULL || gradients->border_value != NULL)) {
        status = wck_coefficients_zero(&pull->coefficients, warp, image, err);
        pull->to = &pull->coefficients;
    }
    return status;
}

/* ... and what the footprints' shape adds to the gradient. */
static void pull_shape(struct pull *pull, const struct wck_stages *stages,
                       const struct wck_plane *from)
{
    struct wck_pass *pass = &pull->pass;

    stages->shape(pass->warp, &pass->block, from, pass->shape);
    for (int a = 0; a < WCK_LINEAR; a++) {
        for (size_t i = 0; i < pass->block.count; i++)
            pull->shape[a] += pass->value[i] * pass->shape[a][i];
    }
}

/* Pulls back one plane of the block. */
static void pull_plane(struct pull *pull, const struct wck_warp *warp,
                       const struct wck_image *image, size_t plane)
{
    const struct wck_stages *stages = wck_warp_stages(warp);
    const struct wck_gradients *wanted = pull->wanted;
    struct wck_pass *pass = &pull->pass;

    if (pull->to != NULL || wanted->border_value != NULL ||
        wanted->destination != NULL) {
        struct wck_plane to = {
            .image = pull->to, .plane = plane, .destination = wanted->destination};
        double outside = stages->scatter(pass->warp, &pass->block, &to, pass->value);

        if (wanted->border_value != NULL && !warp->transparent)
            wanted->border_value[plane % image->channels] += outside;
    }
    if (wants_coordinates(wanted)) {
        struct wck_plane from = wck_pass_plane(warp, &pull->source, plane);

        stages->slope(pass->warp, &pass->block, &from, pass->slope);
        for (int a = 0; a < wck_warp_axes(warp); a++) {
            for (size_t i = 0; i < pass->block.count; i++)
                pass->gradient[a][i] += pass->value[i] * pass->slope[a][i];
        }
        if (pass->block.has_footprint && wanted->matrix != NULL)
            pull_shape(pull, stages, &from);
    }
}

/* Keeps the gradients of the block's coordinates, in the map's own units. */
static void keep_coordinates(struct pull *pull, const struct wck_warp *warp)
{
    struct wck_pass *pass = &pull->pass;
    const double *const g[WCK_AXES] = {pass->gradient[0], pass->gradient[1],
                                       pass->gradient[2]};

    for (int a = 0; a < wck_warp_axes(warp); a++) {
        double *to = gradient_along(pull->wanted, a), factor = 1.0;

        if (!wck_map_has_matrix(&warp->map))
            factor =
                wck_map_factor(&warp->map, wck_warp_extent(warp, (enum wck_axis)a));
        for (size_t i = 0; to != NULL && i < pass->block.count; i++)
            to[pass->block.first + i] = factor * g[a][i];
    }
    if (pull->wanted->matrix != NULL)
        wck_warp_stages(warp)->chain(warp, &pass->block, g, pull->backward);
}

static void pull_release(struct pull *pull, const struct wck_warp *warp)
{
    wck_pass_free(warp, &pull->source);
    free(pull->coefficients.tensor.data);
    wck_pass_release(&pull->pass);
}

enum wck_status wck_warp_vjp(const struct wck_warp *warp, const struct wck_image *image,
                             const struct wck_image *upstream,
                             const struct wck_gradients *gradients,
                             struct wck_error *err)
{
    struct pull pull = {.wanted = gradients};
    enum wck_status status = wck_pass_check(warp, image, upstream, err);
    size_t count;

    if (status == WCK_OK)
        status = wck_clip_refuse(warp, err);
    if (status == WCK_OK)
        status = check_gradients(warp, image, gradients, err);
    if (status != WCK_OK)
        return status;
    status = pull_init(&pull, warp, image, gradients, err);
    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&pull.pass, first)) > 0;
         first += count) {
        for (int a = 0; a < WCK_AXES; a++)
            memset(pull.pass.gradient[a], 0, count * sizeof *pull.pass.gradient[a]);
        for (size_t p = 0; p < wck_image_planes(image); p++) {
            wck_pass_load(&pull.pass, upstream, p, pull.pass.value);
            pull_plane(&pull, warp, image, p);
        }
        keep_coordinates(&pull, warp);
    }
    if (status == WCK_OK && pull.to == &pull.coefficients)
        status = wck_coefficients_pull(warp, &pull.coefficients, gradients->image,
                                       gradients->border_value, err);
    if (status == WCK_OK && gradients->matrix != NULL && warp->kernel->footprint)
        wck_area_pull(warp, pull.shape, pull.backward);
    if (status == WCK_OK && gradients->matrix != NULL)
        wck_map_matrix_gradient(&warp->map, pull.backward, gradients->matrix);
    pull_release(&pull, warp);
    return status;
}
