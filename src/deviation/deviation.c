#include "src/deviation/deviation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct wck_deviation *const tables[] = {
    wck_deviations_sampling, wck_deviations_weights,    wck_deviations_rim,
    wck_deviations_placing,  wck_deviations_moving,     wck_deviations_storing,
    wck_deviations_pullback, wck_deviations_scattering, wck_deviations_steepness};

const struct wck_deviation *wck_deviation_row(size_t row)
{
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct wck_deviation *at = tables[i]; at->name != NULL; at++) {
            if (row-- == 0)
                return at;
        }
    }
    return NULL;
}

size_t wck_deviation_count(void)
{
    size_t count = 0;

    while (wck_deviation_row(count) != NULL)
        count++;
    return count;
}

const struct wck_deviation *wck_deviation_find(const char *name)
{
    const struct wck_deviation *row;

    for (size_t i = 0; (row = wck_deviation_row(i)) != NULL; i++) {
        if (strcmp(name, row->name) == 0)
            return row;
    }
    return NULL;
}

struct wck_behaviour wck_behaviour_reference(void)
{
    return (struct wck_behaviour){.forward = wck_stages_reference,
                                  .backward = wck_stages_reference};
}

static bool same_stages(const struct wck_stages *a, const struct wck_stages *b)
{
    return a->coordinate == b->coordinate && a->fold == b->fold &&
           a->stencil == b->stencil && a->gather == b->gather &&
           a->scatter == b->scatter && a->slope == b->slope && a->shape == b->shape &&
           a->chain == b->chain;
}

enum wck_scope wck_deviation_scope(const struct wck_deviation *row)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();

    row->apply(&behaviour);
    if (same_stages(&behaviour.forward, &wck_stages_reference) &&
        !behaviour.whole_outputs && !behaviour.adds_outputs)
        return WCK_SCOPE_BACKWARD;
    return same_stages(&behaviour.backward, &wck_stages_reference) ? WCK_SCOPE_FORWARD
                                                                   : WCK_SCOPE_BOTH;
}

static bool changes_stencils(const struct wck_stages *stages)
{
    return stages->fold != wck_stages_reference.fold ||
           stages->stencil != wck_stages_reference.stencil;
}

bool wck_behaviour_serves(const struct wck_behaviour *behaviour,
                          const struct wck_warp *warp)
{
    return warp->kernel == NULL || !warp->kernel->footprint ||
           !(changes_stencils(&behaviour->forward) ||
             changes_stencils(&behaviour->backward));
}

static enum wck_status check(const struct wck_behaviour *behaviour,
                             const struct wck_warp *warp, struct wck_error *err)
{
    if (wck_behaviour_serves(behaviour, warp))
        return WCK_OK;
    return wck_error_set(err, WCK_UNSUPPORTED,
                         "this deviation is one of taps along an axis, and kernel %s "
                         "has none",
                         warp->kernel->name);
}

/* Element by element: to[i] += held[i]; held is as wck_image_new_like makes it. */
static void add_image(const struct wck_image *held, const struct wck_image *to)
{
    for (size_t p = 0; p < wck_image_planes(to); p++) {
        for (size_t y = 0; y < wck_image_rows(to); y++) {
            for (size_t x = 0; x < to->width; x++)
                wck_image_set(to, p, y, x,
                              wck_image_get(to, p, y, x) +
                                  wck_image_get(held, p, y, x));
        }
    }
}

/* The warp, added to what the output held before. */
static enum wck_status forward_added(const struct wck_warp *warp,
                                     const struct wck_image *image,
                                     const struct wck_image *output,
                                     struct wck_error *err)
{
    struct wck_image held;
    enum wck_status status = wck_image_new_like(&held, WCK_FLOAT64, output, err);

    if (status != WCK_OK)
        return status;
    add_image(output, &held);
    status = wck_warp_forward(warp, image, output, err);
    if (status == WCK_OK)
        add_image(&held, output);
    free(held.tensor.data);
    return status;
}

enum wck_status wck_behaviour_forward(const struct wck_behaviour *behaviour,
                                      const struct wck_warp *warp,
                                      const struct wck_image *image,
                                      const struct wck_image *output,
                                      struct wck_error *err)
{
    struct wck_warp changed = *warp;
    enum wck_status status = check(behaviour, warp, err);

    if (status != WCK_OK)
        return status;
    changed.stages = &behaviour->forward;
    status = behaviour->adds_outputs ? forward_added(&changed, image, output, err)
                                     : wck_warp_forward(&changed, image, output, err);
    if (status != WCK_OK || !behaviour->whole_outputs)
        return status;
    for (size_t p = 0; p < wck_image_planes(output); p++) {
        for (size_t y = 0; y < wck_image_rows(output); y++) {
            for (size_t x = 0; x < output->width; x++)
                wck_image_set(output, p, y, x,
                              nearbyint(wck_image_get(output, p, y, x)));
        }
    }
    return WCK_OK;
}

enum wck_status
wck_behaviour_vjp(const struct wck_behaviour *behaviour, const struct wck_warp *warp,
                  const struct wck_image *image, const struct wck_image *upstream,
                  const struct wck_gradients *gradients, struct wck_error *err)
{
    struct wck_warp changed = *warp;
    enum wck_status status = check(behaviour, warp, err);

    if (status != WCK_OK)
        return status;
    changed.stages = &behaviour->backward;
    return wck_warp_vjp(&changed, image, upstream, gradients, err);
}

enum wck_status wck_behaviour_jvp(const struct wck_behaviour *behaviour,
                                  const struct wck_warp *warp,
                                  const struct wck_image *image,
                                  const struct wck_tangents *tangents,
                                  const struct wck_image *output, struct wck_error *err)
{
    struct wck_warp changed = *warp;
    enum wck_status status = check(behaviour, warp, err);

    if (status == WCK_OK && behaviour->whole_outputs)
        status =
            wck_error_set(err, WCK_UNSUPPORTED, "whole outputs have no tangent but 0");
    if (status != WCK_OK)
        return status;
    /* What replaces these stages says nothing of their derivatives. */
    if (tangents->matrix != NULL &&
        behaviour->forward.coordinate != wck_stages_reference.coordinate)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "its coordinates have no tangent of the matrix");
    if (behaviour->forward.gather != wck_stages_reference.gather)
        return wck_error_set(err, WCK_UNSUPPORTED, "its sums have no tangent");
    changed.stages = &behaviour->forward;
    return wck_warp_jvp(&changed, image, tangents, output, err);
}

enum wck_status
wck_behaviour_second(const struct wck_behaviour *behaviour, const struct wck_warp *warp,
                     const struct wck_image *image, const struct wck_image *upstream,
                     const struct wck_tangents *along, const struct wck_second *second,
                     struct wck_error *err)
{
    if (!same_stages(&behaviour->backward, &wck_stages_reference))
        return wck_error_set(err, WCK_UNSUPPORTED, "its pull-back has no derivative");
    return wck_warp_second(warp, image, upstream, along, second, err);
}
