/* forward: every output of a random image against the reference's.
 *
 *     |F(x)_o - R(x)_o| <= gamma_n A + A sum|slope| du
 *
 * with A the largest pixel or border value, n the roundings of one output, du the
 * uncertainty of its coordinate (src/checker/trial.h). */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>

#include "src/checker/trial.h"

static void compare_block(const struct wck_trial *trial, const struct wck_block *block,
                          const struct wck_image *got, const struct wck_image *want,
                          struct wck_tally *tally, size_t *uncertain)
{
    double amplitude = fmax(1.0, wck_problem_border_amplitude(trial->problem));
    double rounding =
        wck_gamma(wck_trial_output_roundings(trial), wck_trial_roundoff(trial));

    for (size_t i = 0; i < block->count; i++) {
        size_t sample = block->first + i;

        if (wck_trial_uncertain(trial, block, i)) {
            ++*uncertain;
            continue;
        }
        for (size_t p = 0; p < wck_image_planes(got); p++) {
            struct wck_measure measure = {
                .got = wck_plane_get(got, p, sample),
                .want = wck_plane_get(want, p, sample),
                .round = rounding * amplitude +
                         wck_trial_coordinate_bound(trial, block, i, amplitude),
                .scale = amplitude,
            };
            struct wck_place place = wck_trial_output_place(trial, p, sample);

            wck_tally_add(tally, &measure, &place, true);
        }
    }
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_image image = {0}, got = {0}, want = {0};
    struct wck_block block = {0};
    struct wck_tally tally = {0};
    size_t uncertain = 0;
    enum wck_status status = wck_subject_source(trial->subject, problem, &image, err);

    if (status == WCK_OK)
        status = wck_problem_output(problem, &got, err);
    if (status == WCK_OK)
        status =
            wck_image_new(&want, WCK_FLOAT64, "NCHW", problem->batch, problem->channels,
                          problem->warp.output_height, problem->warp.output_width, err);
    if (status == WCK_OK)
        status = wck_block_init(&block, &problem->warp,
                                wck_block_capacity(&problem->warp), err);
    if (status != WCK_OK)
        goto done;
    wck_problem_random(problem, 1, &image);
    status = wck_trial_forward(trial, &image, &got, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&problem->warp, &image, &want, err);
    if (status != WCK_OK)
        goto done;
    for (size_t first = 0; first < wck_warp_samples(&problem->warp);
         first += block.count) {
        wck_trial_fill(trial, &block, first);
        compare_block(trial, &block, &got, &want, &tally, &uncertain);
    }
    status = wck_trial_report_take(
        trial, "forward", WCK_CONFORMS, &tally, wck_trial_resolution(trial),
        wck_trial_text(
            "%zu samples set aside: their coordinate is too uncertain to say "
            "which pixel is nearest",
            uncertain),
        wck_trial_text("the output is not that of the declared warp"), err);
done:
    wck_subject_free_image(trial->subject, &image);
    free(got.tensor.data);
    free(want.tensor.data);
    wck_block_release(&block);
    return status;
}

const struct wck_checker wck_checker_forward = {
    .id = "forward",
    .summary = "outputs of a random image against the reference's",
    .claims = {WCK_CONFORMS},
    .claim_count = 1,
    .run = run,
};
