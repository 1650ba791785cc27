/* linearity: a warp is affine in the image.  With b = F(0), the constant part:
 *
 *     superposition   F(x + y) + b = F(x) + F(y)
 *     scaling         F(4 x) - b = 4 (F(x) - b)
 *
 * x, y and x + y are exact in every type, so only the subject's own roundings differ:
 * gamma_n times the largest value of each image, added up as the identity has them.  No
 * coordinate error enters: all calls use the same coordinates. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/trial.h"

enum { AT_ZERO, AT_X, AT_Y, AT_SUM, AT_FOUR, IMAGES };

/* The image that each output is of, as multiples of x and y. */
static const double parts[IMAGES][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {4, 0}};

static void set_image(const struct wck_problem *problem, const struct wck_image *x,
                      const struct wck_image *y, const double part[2],
                      const struct wck_image *to)
{
    for (size_t p = 0; p < problem->batch * problem->channels; p++) {
        for (size_t i = 0; i < wck_image_pixels(to); i++)
            wck_plane_set(to, p, i,
                          part[0] * wck_plane_get(x, p, i) +
                              part[1] * wck_plane_get(y, p, i));
    }
}

static void compare(const struct wck_trial *trial, const struct wck_image out[IMAGES],
                    struct wck_tally *tally)
{
    double border = wck_problem_border_amplitude(trial->problem);
    double rounding = wck_gamma(wck_trial_output_roundings(trial),
                                wck_dtype_row(trial->problem->dtype)->roundoff);
    /* Amplitudes 0, 1, 1, 2 and 4, and the border value's. */
    double one = rounding * fmax(1.0, border), two = rounding * fmax(2.0, border);
    double four = rounding * fmax(4.0, border), zero = rounding * border;

    for (size_t p = 0; p < wck_image_planes(&out[0]); p++) {
        for (size_t i = 0; i < wck_image_pixels(&out[0]); i++) {
            double b = wck_plane_get(&out[AT_ZERO], p, i);
            double x = wck_plane_get(&out[AT_X], p, i);
            struct wck_measure sum = {.got = wck_plane_get(&out[AT_SUM], p, i) + b,
                                      .want = x + wck_plane_get(&out[AT_Y], p, i),
                                      .round = two + zero + 2.0 * one,
                                      .scale = 2.0};
            struct wck_measure scaled = {.got = wck_plane_get(&out[AT_FOUR], p, i) - b,
                                         .want = 4.0 * (x - b),
                                         .round = four + 4.0 * one + 5.0 * zero,
                                         .scale = 4.0};
            struct wck_place place = wck_trial_output_place(trial, p, i);

            wck_tally_add(tally, &sum, &place, true);
            wck_tally_add(tally, &scaled, &place, true);
        }
    }
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_image x = {0}, y = {0}, image = {0}, out[IMAGES];
    struct wck_tally tally = {0};
    enum wck_status status = wck_problem_source(problem, &x, err);

    memset(out, 0, sizeof out);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &y, err);
    if (status == WCK_OK)
        status = wck_subject_source(trial->subject, problem, &image, err);
    if (status != WCK_OK)
        goto done;
    wck_problem_random(problem, 4, &x);
    wck_problem_random(problem, 5, &y);
    for (int k = 0; k < IMAGES; k++) {
        status = wck_problem_output(problem, &out[k], err);
        if (status != WCK_OK)
            goto done;
        set_image(problem, &x, &y, parts[k], &image);
        status = wck_trial_forward(trial, &image, &out[k], err);
        if (status != WCK_OK)
            goto done;
    }
    compare(trial, out, &tally);
    trial->not_linear = tally.beyond > 0;
    /* Four outputs are added up, each with the resolution of one. */
    status = wck_trial_report_take(
        trial, "linearity", WCK_SELF_CONSISTENT, &tally,
        4.0 * wck_trial_resolution(trial), NULL,
        wck_trial_text("the output is not linear in the image: rounded or clipped "
                       "outputs, or a cast of the input"),
        err);
done:
    for (int k = 0; k < IMAGES; k++)
        free(out[k].tensor.data);
    free(x.tensor.data);
    free(y.tensor.data);
    wck_subject_free_image(trial->subject, &image);
    return status;
}

const struct wck_checker wck_checker_linearity = {
    .id = "linearity",
    .summary = "superposition and scaling: the premise of every image derivative",
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
