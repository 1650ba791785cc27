/* adjoint: the dot-product test.  With b = F(0), random x and upstream g:
 *
 *     <F(x) - b, g> = <x, J^T g>
 *
 * Both sides are summed in double.  The left one errs by gamma_n A sum|g| (twice: F(x)
 * and b), the right one by as much again for its weights, and by gamma of its terms
 * times sum|x||J|^T|g|, which is at most A sum|g| times the sum of |weights| of one
 * output, N^2; every pixel adds up at most all outputs.  Our own sums add gamma_N each
 * in double. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>

#include "src/checker/trial.h"

static double dot(const struct wck_image *a, const struct wck_image *b)
{
    double sum = 0.0;

    for (size_t p = 0; p < wck_image_planes(a); p++) {
        for (size_t i = 0; i < wck_image_pixels(a); i++)
            sum += wck_plane_get(a, p, i) * wck_plane_get(b, p, i);
    }
    return sum;
}

/* Sum of |g|, all of it positive here. */
static double total(const struct wck_image *g)
{
    double sum = 0.0;

    for (size_t p = 0; p < wck_image_planes(g); p++) {
        for (size_t i = 0; i < wck_image_pixels(g); i++)
            sum += fabs(wck_plane_get(g, p, i));
    }
    return sum;
}

static struct wck_measure compare(const struct wck_trial *trial, double got,
                                  double want, const struct wck_image *image,
                                  const struct wck_image *upstream)
{
    double u = wck_dtype_row(trial->problem->dtype)->roundoff;
    double outputs = (double)wck_image_pixels(upstream);
    double terms = outputs * (double)wck_image_planes(upstream) +
                   (double)(wck_image_pixels(image) * wck_image_planes(image));
    double amplitude = fmax(1.0, wck_problem_border_amplitude(trial->problem));
    double sum = total(upstream) * amplitude;

    return (struct wck_measure){
        .got = got,
        .want = want,
        .round = sum * (3.0 * wck_gamma(wck_trial_output_roundings(trial), u) +
                        wck_trial_norm(trial) *
                            (wck_gamma(wck_trial_term_roundings(trial) + outputs, u) +
                             2.0 * wck_gamma(terms, 0x1p-53))),
        /* A sum of m terms is known to m roundoffs; it is held to as many times the
         * resolution of one value. */
        .scale = sum * fmax(1.0, outputs / 4.0),
    };
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_image x = {0}, zero = {0}, gradient = {0};
    struct wck_image out = {0}, base = {0}, upstream = {0};
    struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};
    struct wck_tally tally = {0};
    struct wck_measure measure;
    enum wck_status status = wck_subject_source(trial->subject, problem, &x, err);

    if (status == WCK_OK)
        status = wck_subject_source(trial->subject, problem, &zero, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &upstream, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &gradient, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &out, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &base, err);
    if (status != WCK_OK)
        goto done;
    wck_problem_random(problem, 6, &x);
    wck_problem_random(problem, 7, &upstream);
    status = wck_trial_forward(trial, &x, &out, err);
    if (status == WCK_OK)
        status = wck_trial_forward(trial, &zero, &base, err);
    if (status == WCK_OK)
        status = wck_trial_vjp(trial, &x, &upstream,
                               &(struct wck_gradients){.image = &gradient}, err);
    if (status != WCK_OK)
        goto done;
    measure = compare(trial, dot(&x, &gradient),
                      dot(&out, &upstream) - dot(&base, &upstream), &x, &upstream);
    wck_tally_add(&tally, &measure, &nowhere, true);
    status = wck_trial_report_take(
        trial, "adjoint", WCK_SELF_CONSISTENT, &tally, wck_trial_resolution(trial),
        NULL,
        wck_trial_text("the image gradient is not the adjoint of the subject's own "
                       "forward: <x, J^T g> is %.9g, <J x, g> is %.9g",
                       measure.got, measure.want),
        err);
done:
    wck_subject_free_image(trial->subject, &x);
    wck_subject_free_image(trial->subject, &zero);
    wck_subject_free_image(trial->subject, &upstream);
    free(gradient.tensor.data);
    free(out.tensor.data);
    free(base.tensor.data);
    return status;
}

const struct wck_checker wck_checker_adjoint = {
    .id = "adjoint",
    .summary = "dot-product test of the image gradient against the subject's forward",
    .needs_linear = true,
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
