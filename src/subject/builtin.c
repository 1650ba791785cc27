#include "src/subject/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "src/deviation/deviation.h"
#include "src/subject/evaluation.h"

static enum wck_status open_behaviour(const struct wck_behaviour *behaviour,
                                      void **state, struct wck_error *err)
{
    struct wck_behaviour *copy = malloc(sizeof *copy);

    if (copy == NULL)
        return wck_error_no_memory(err);
    *copy = *behaviour;
    *state = copy;
    return WCK_OK;
}

static enum wck_status open_builtin(const char *name,
                                    const struct wck_subject_options *options,
                                    void **state, struct wck_error *err)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();

    (void)options;
    if (strcmp(name, "reference") != 0)
        return wck_error_set(err, WCK_INVALID,
                             "there is no builtin:%s; there is builtin:reference",
                             name);
    return open_behaviour(&behaviour, state, err);
}

static enum wck_status open_deviation(const char *name,
                                      const struct wck_subject_options *options,
                                      void **state, struct wck_error *err)
{
    const struct wck_deviation *row = wck_deviation_find(name);
    struct wck_behaviour behaviour = wck_behaviour_reference();

    (void)options;
    if (row == NULL)
        return wck_error_set(
            err, WCK_INVALID,
            "there is no deviation '%s'; see 'warpcheck list deviations'", name);
    row->apply(&behaviour);
    return open_behaviour(&behaviour, state, err);
}

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    return wck_behaviour_forward(state, &problem->warp, image, output, err);
}

/* The reference keeps gradients in float64; the subject answers in the image's type. */
static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    struct wck_gradients wide = *gradients;
    struct wck_image scratch;
    enum wck_status status;

    if (gradients->image == NULL || gradients->image->tensor.dtype == WCK_FLOAT64)
        return wck_behaviour_vjp(state, &problem->warp, image, upstream, gradients,
                                 err);
    status = wck_image_new(&scratch, WCK_FLOAT64, "NCHW", image->batch, image->channels,
                           image->height, image->width, err);
    if (status != WCK_OK)
        return status;
    wide.image = &scratch;
    status = wck_behaviour_vjp(state, &problem->warp, image, upstream, &wide, err);
    for (size_t p = 0; status == WCK_OK && p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(gradients->image, p, y, x,
                              wck_image_get(&scratch, p, y, x));
        }
    }
    free(scratch.tensor.data);
    return status;
}

static enum wck_status jvp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_tangents *tangents,
                           const struct wck_image *output, struct wck_error *err)
{
    return wck_behaviour_jvp(state, &problem->warp, image, tangents, output, err);
}

static enum wck_status second(void *state, const struct wck_problem *problem,
                              const struct wck_image *image,
                              const struct wck_image *upstream,
                              const struct wck_tangents *along,
                              const struct wck_second *second, struct wck_error *err)
{
    return wck_behaviour_second(state, &problem->warp, image, upstream, along, second,
                                err);
}

static enum wck_status answer(void *state, const struct wck_recorded *asked,
                              struct wck_npz *answers, struct wck_error *err)
{
    struct wck_evaluation evaluation;
    enum wck_status status = wck_evaluation_run(&evaluation, asked, state, err);

    if (status == WCK_OK)
        status = wck_evaluation_pack(&evaluation, asked, answers, err);
    wck_evaluation_release(&evaluation);
    return status;
}

const struct wck_subject_kind wck_subject_builtin = {
    .prefix = "builtin",
    .summary = "builtin:reference, the reference warp itself",
    .open = open_builtin,
    .close = free,
    .forward = forward,
    .vjp = vjp,
    .jvp = jvp,
    .second = second,
    .answer = answer,
};

const struct wck_subject_kind wck_subject_deviation = {
    .prefix = "deviation",
    .summary = "deviation:NAME, the reference with a known bug (see list deviations)",
    .open = open_deviation,
    .close = free,
    .forward = forward,
    .vjp = vjp,
    .jvp = jvp,
    .second = second,
    .answer = answer,
};
