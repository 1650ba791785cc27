#include "check/checker/stand_in.h"

#include <check.h>
#include <stdlib.h>

#include "src/subject/builtin.h"

static enum wck_status refuse(enum wck_status status, size_t calls, size_t good,
                              struct wck_error *err)
{
    if (status == WCK_OK || calls < good)
        return WCK_OK;
    return wck_error_set(err, status, "the stand-in will not");
}

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    struct stand_in *in = state;
    enum wck_status status =
        refuse(in->forward_status, in->forward_calls, in->good_calls, err);

    if (status == WCK_OK)
        status =
            wck_subject_builtin.forward(&in->behaviour, problem, image, output, err);
    if (status == WCK_OK && in->after_forward != NULL)
        in->after_forward(&problem->warp, image, output, in->forward_calls);
    in->forward_calls++;
    return status;
}

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    struct stand_in *in = state;
    enum wck_status status = refuse(in->vjp_status, in->vjp_calls, in->good_calls, err);

    if (status == WCK_OK)
        status = wck_subject_builtin.vjp(&in->behaviour, problem, image, upstream,
                                         gradients, err);
    if (status == WCK_OK && in->after_vjp != NULL)
        in->after_vjp(&problem->warp, upstream, gradients, in->vjp_calls);
    in->vjp_calls++;
    return status;
}

/* Counts as a forward call. */
static enum wck_status jvp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_tangents *tangents,
                           const struct wck_image *output, struct wck_error *err)
{
    struct stand_in *in = state;
    enum wck_status status =
        refuse(in->forward_status, in->forward_calls++, in->good_calls, err);

    return status == WCK_OK ? wck_subject_builtin.jvp(&in->behaviour, problem, image,
                                                      tangents, output, err)
                            : status;
}

/* Counts as a call of vjp. */
static enum wck_status second(void *state, const struct wck_problem *problem,
                              const struct wck_image *image,
                              const struct wck_image *upstream,
                              const struct wck_tangents *along,
                              const struct wck_second *wanted, struct wck_error *err)
{
    struct stand_in *in = state;
    enum wck_status status =
        refuse(in->vjp_status, in->vjp_calls++, in->good_calls, err);

    return status == WCK_OK ? wck_subject_builtin.second(&in->behaviour, problem, image,
                                                         upstream, along, wanted, err)
                            : status;
}

struct stand_in stand_in_reference(void)
{
    return (struct stand_in){.behaviour = wck_behaviour_reference()};
}

struct wck_subject *stand_in_new(const struct stand_in *like)
{
    static const struct wck_subject_kind kind = {
        .prefix = "stand-in",
        .summary = "a behaviour, spoiled",
        .close = free,
        .forward = forward,
        .vjp = vjp,
        .jvp = jvp,
        .second = second,
    };
    struct stand_in *state = malloc(sizeof *state);
    struct wck_subject *subject;

    ck_assert_ptr_nonnull(state);
    *state = *like;
    ck_assert_int_eq(wck_subject_of_kind_take(&subject, &kind, "stand-in", state, NULL),
                     WCK_OK);
    return subject;
}

const double sheared_matrix[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};

struct wck_problem sheared_problem(void)
{
    static const double border_value[3] = {0.4375, -0.3125, 0.625};
    struct wck_problem problem = {
        .dtype = WCK_FLOAT64,
        .layout = "HWC",
        .batch = 1,
        .channels = 3,
        .seed = 5,
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("constant"),
                 .border_value = border_value,
                 .border_values = 3,
                 .source_width = 11,
                 .source_height = 7,
                 .output_width = 8,
                 .output_height = 9},
    };

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, sheared_matrix, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    return problem;
}
