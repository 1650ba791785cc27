/* jacobian: the whole derivative of the output with respect to the image, at any size.
 *
 * 1. The subject's Jacobian is measured from its forward by colours of pixels, and
 * every tap compared with the reference's (src/checker/jacobian.h).
 * 2. A certificate that nothing else is read: for a truncated Gaussian image v, F(v)
 * must be b + J v within a bound tau.  If row o of what was measured is wrong by D_o,
 * then (F(v) - b - J v)_o is Gaussian with deviation ||D_o||, and lies within the
 * threshold with probability at most sqrt(2/pi) (tau + tau_e) / ||D_o||, tau_e <= tau
 * being the rounding error of the probe itself; PROBES independent ones to that power.
 * 3. The subject's backward pass on colours of outputs, where few colours do, shows
 * every analytic entry by itself; Gaussian upstream gradients certify the rest
 * likewise.
 * 4. Where a certificate fails, halving the probe finds the entry. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>

#include "src/base/rng.h"
#include "src/checker/bound.h"
#include "src/checker/pullback.h"

#define PROBES 2
/* Chance of missing what a pass claims to see. */
#define MISS 1e-6

/* The error that `probes` Gaussian probes miss with probability MISS at most, as a
 * multiple of tau + tau_e. */
static double misses(size_t probes)
{
    return sqrt(2.0 / 3.141592653589793) / pow(MISS, 1.0 / (double)probes);
}

struct job {
    struct wck_trial *trial;
    struct wck_jacobian jacobian;
    struct wck_image probe, response;
    struct wck_tally taps, certificate, analytic; /* conforms: steps 1, 2 and 3 */
    struct wck_tally self;
    struct wck_error refusal; /* why there are no steps 3 and 4 backward */
    ptrdiff_t tap_pixel; /* the input pixel of the worst tap, or of the stray one */
    size_t output_colours, backward_probes;
    double tau; /* largest bound of the forward certificate */
};

/* Gaussian numbers as the problem's type holds them. */
static void fill_gaussian(const struct wck_trial *trial, uint64_t stream,
                          const struct wck_image *image)
{
    struct wck_rng rng = wck_rng_start(trial->problem->seed, stream);

    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t i = 0; i < wck_image_pixels(image); i++)
            wck_plane_set(image, p, i, wck_rng_gaussian(&rng));
    }
}

/* Is the tap so small that it may be that beyond a knot, of which rounding leaves open
 * on which side the sample lies?  Then the colour does not say which pixel it reads. */
static bool is_beyond_knot(const struct wck_jacobian *j, size_t at, size_t sample)
{
    return j->uncertain[sample] &&
           fabs(j->weight[at]) <= j->slack[sample] + j->entry_error;
}

/* (b + J v) of one output, and the bound on how far F(v) may lie from it: v reaches 6,
 * a sum of terms of both signs may err twice. */
static double predict(const struct job *job, size_t plane, size_t sample, double *bound)
{
    const struct wck_jacobian *j = &job->jacobian;
    size_t row = plane * j->samples + sample;
    double u = wck_trial_roundoff(job->trial);
    double amplitude = fmax(6.0, wck_problem_border_amplitude(job->trial->problem));
    double sum = j->base[row];

    *bound = 3.0 * amplitude * wck_gamma(wck_trial_output_roundings(job->trial), u);
    for (size_t slot = 0; slot < j->slots; slot++) {
        size_t at = slot * j->planes * j->samples + row;
        double pixel;

        if (is_beyond_knot(j, at, sample)) {
            *bound += 6.0 * (fabs(j->weight[at]) + j->entry_error);
            continue;
        }
        if (j->pixel[at] == WCK_NO_PIXEL)
            continue;
        pixel = wck_plane_get(&job->probe, plane, (size_t)j->pixel[at]);
        sum += j->weight[at] * pixel;
        *bound += fabs(pixel) * j->entry_error;
    }
    return sum;
}

static enum wck_status certify_forward(struct job *job, struct wck_error *err)
{
    const struct wck_jacobian *j = &job->jacobian;

    for (uint64_t probe = 0; probe < PROBES; probe++) {
        enum wck_status status;

        fill_gaussian(job->trial, 20 + probe, &job->probe);
        status = wck_trial_forward(job->trial, &job->probe, &job->response, err);
        if (status != WCK_OK)
            return status;
        for (size_t row = 0; row < j->planes * j->samples; row++) {
            size_t p = row / j->samples, i = row % j->samples;
            struct wck_measure measure = {.got = wck_plane_get(&job->response, p, i),
                                          .scale = 1.0};
            struct wck_place place = wck_trial_output_place(job->trial, p, i);

            measure.want = predict(job, p, i, &measure.round);
            job->tau = fmax(job->tau, measure.round);
            wck_tally_add(&job->certificate, &measure, &place, false);
        }
    }
    return WCK_OK;
}

/* Finds a pixel that the output at `where` reads and the measured Jacobian lacks: keeps
 * the half of the last probe whose residual is beyond the bound. */
static enum wck_status find_stray(struct job *job, struct wck_place where,
                                  struct wck_error *err)
{
    size_t plane = (size_t)where.plane;
    size_t sample = (size_t)where.y * job->response.width + (size_t)where.x;
    size_t low = 0, high = wck_image_pixels(&job->probe);

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        double bound, want, got;
        enum wck_status status;

        fill_gaussian(job->trial, 20 + PROBES - 1, &job->probe);
        for (size_t p = 0; p < wck_image_planes(&job->probe); p++) {
            for (size_t i = 0; i < wck_image_pixels(&job->probe); i++) {
                if (i < low || i >= middle)
                    wck_plane_set(&job->probe, p, i, 0.0);
            }
        }
        status = wck_trial_forward(job->trial, &job->probe, &job->response, err);
        if (status != WCK_OK)
            return status;
        want = predict(job, plane, sample, &bound);
        got = wck_plane_get(&job->response, plane, sample);
        if (fabs(got - want) > bound)
            high = middle;
        else
            low = middle;
    }
    job->tap_pixel = (ptrdiff_t)low;
    return WCK_OK;
}

/* Marks the outputs of one colour of the lattice. */
static void fill_lattice(const struct wck_image *upstream, size_t a, size_t b,
                         size_t colour)
{
    for (size_t p = 0; p < wck_image_planes(upstream); p++) {
        for (size_t y = 0; y < upstream->height; y++) {
            for (size_t x = 0; x < upstream->width; x++)
                wck_image_set(upstream, p, y, x,
                              y % b * a + x % a == colour ? wck_jacobian_step(p) : 0.0);
        }
    }
}

/* As many backward images as a lattice and the probes may take: 16 for two taps an
 * axis, and about as many as there are forward images for more. */
static size_t most_backward(const struct job *job)
{
    return 3 * (size_t)wck_trial_taps(job->trial) + 4;
}

/* The lattice, and Gaussian probes to certify the rest.  Where no lattice will do, as
 * many probes as images are left: the more, the smaller the errors that none misses. */
static enum wck_status check_backward(struct job *job, struct wck_pullback *pullback,
                                      struct wck_error *err)
{
    struct wck_tally gauss_self = {0}, gauss_conforms = {0};
    size_t a = 1, b = 1, most = most_backward(job);
    enum wck_status status = WCK_OK;

    job->backward_probes = most;
    if (wck_colouring_of_outputs(&job->trial->problem->warp, most - PROBES, &a, &b)) {
        job->output_colours = a * b;
        job->backward_probes = PROBES;
    }
    for (size_t c = 0; c < job->output_colours && status == WCK_OK; c++) {
        fill_lattice(&pullback->upstream, a, b, c);
        status = wck_pullback_compare(pullback, &job->self, &job->analytic, true, err);
    }
    pullback->certifies = job->output_colours == 0;
    for (size_t probe = 0; probe < job->backward_probes && status == WCK_OK; probe++) {
        fill_gaussian(job->trial, 30 + probe, &pullback->upstream);
        status = wck_pullback_compare(pullback, &gauss_self, &gauss_conforms,
                                      job->output_colours == 0, err);
    }
    /* Only the certificate: what it misses with probability MISS at most. */
    if (job->output_colours == 0) {
        gauss_self.detectable *= misses(job->backward_probes);
        gauss_conforms.detectable *= misses(job->backward_probes);
    }
    wck_tally_merge(&job->self, &gauss_self);
    wck_tally_merge(&job->analytic, &gauss_conforms);
    return status;
}

static char *describe(const struct job *job, size_t forward, size_t backward,
                      size_t single)
{
    struct wck_text text = {0};

    wck_text_printf(
        &text,
        "%zu forward and %zu backward images; %zu taps measured; %zu analytic "
        "entries seen one by one",
        forward, backward,
        job->jacobian.slots * job->jacobian.planes * job->jacobian.samples, single);
    if (job->output_colours == 0)
        wck_text_printf(&text, " (magnification would need more than %zu colours)",
                        most_backward(job) - PROBES);
    if (job->jacobian.set_aside > 0)
        wck_text_printf(
            &text,
            "; %zu samples set aside: rounding leaves open on which side of "
            "a knot they lie",
            job->jacobian.set_aside);
    wck_text_printf(
        &text,
        "; a tap beyond them of weight %.2g or more is missed with probability "
        "%.0e at most",
        misses(PROBES) * 2.0 * job->tau, MISS);
    return text.data;
}

/* Says what the worst comparison of the conforming claim was. */
static char *explain(const struct job *job)
{
    long width = (long)job->trial->problem->warp.source_width;
    long y = (long)job->tap_pixel / width, x = (long)job->tap_pixel % width;

    if (job->analytic.ratio > job->taps.ratio &&
        job->analytic.ratio > job->certificate.ratio)
        return wck_trial_text("the image gradient is not that of the declared warp");
    if (job->certificate.ratio > job->taps.ratio)
        return wck_trial_text(
            "the output at (%ld, %ld) reads pixel (%ld, %ld), which the "
            "declared warp does not",
            job->certificate.where.y, job->certificate.where.x, y, x);
    if (job->tap_pixel == WCK_NO_PIXEL)
        return wck_trial_text("the output at (%ld, %ld) reads pixels that the declared "
                              "warp does not",
                              job->taps.where.y, job->taps.where.x);
    return wck_trial_text(
        "the output at (%ld, %ld) has another weight on pixel (%ld, %ld) "
        "than the declared warp",
        job->taps.where.y, job->taps.where.x, y, x);
}

/* The claim that the gradient is that of the subject's own output; takes the detail. */
static enum wck_status report_self_take(struct job *job, char *detail_take,
                                        struct wck_error *err)
{
    struct wck_trial *trial = job->trial;
    bool measured = job->certificate.beyond == 0 && job->jacobian.unresolved == 0;

    if (measured && job->refusal.status == WCK_OK)
        return wck_trial_report_take(
            trial, "jacobian", WCK_SELF_CONSISTENT, &job->self,
            wck_trial_resolution(trial), detail_take,
            wck_trial_text(
                "the image gradient is not the derivative of the subject's own "
                "output"),
            err);
    free(detail_take);
    if (job->refusal.status != WCK_OK)
        return wck_trial_say(trial, "jacobian", WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE,
                             job->refusal.text, err);
    return wck_trial_say(trial, "jacobian", WCK_SELF_CONSISTENT, WCK_INCONCLUSIVE,
                         "outputs read more pixels than the kernel lists, so the "
                         "Jacobian could not be measured tap by tap; the adjoint test "
                         "judges the gradient",
                         err);
}

static enum wck_status report(struct job *job, char *detail_take, struct wck_error *err)
{
    struct wck_trial *trial = job->trial;
    struct wck_tally conforms = job->taps;
    char *copy = detail_take != NULL ? wck_trial_text("%s", detail_take) : NULL;
    enum wck_status status;

    wck_tally_merge(&conforms, &job->certificate);
    wck_tally_merge(&conforms, &job->analytic);
    status = wck_trial_report_take(trial, "jacobian", WCK_CONFORMS, &conforms,
                                   wck_trial_resolution(trial), detail_take,
                                   explain(job), err);
    if (status == WCK_OK)
        return report_self_take(job, copy, err);
    free(copy);
    return status;
}

/* The backward side; without a gradient the forward is judged alone. */
static enum wck_status pull_back(struct job *job, size_t *single, struct wck_error *err)
{
    struct wck_pullback pullback;
    enum wck_status status =
        wck_pullback_init(&pullback, job->trial, &job->jacobian, err);

    if (status == WCK_OK) {
        status = check_backward(job, &pullback, &job->refusal);
        if (status == WCK_UNSUPPORTED)
            status = WCK_OK;
        else if (status != WCK_OK)
            wck_error_set(err, status, "%s", job->refusal.text);
    }
    *single = pullback.single;
    wck_pullback_release(&pullback);
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    struct job job = {.trial = trial};
    size_t forward = wck_subject_forward_images(trial->subject), single = 0;
    size_t backward = wck_subject_backward_images(trial->subject);
    enum wck_status status =
        wck_jacobian_measure(&job.jacobian, trial, &job.taps, &job.tap_pixel, err);

    if (status == WCK_OK)
        status = wck_subject_source(trial->subject, trial->problem, &job.probe, err);
    if (status == WCK_OK)
        status = wck_problem_output(trial->problem, &job.response, err);
    if (status == WCK_OK)
        status = certify_forward(&job, err);
    if (status == WCK_OK && job.certificate.ratio > fmax(4.0, job.taps.ratio))
        status = find_stray(&job, job.certificate.where, err);
    if (status == WCK_OK)
        status = pull_back(&job, &single, err);
    if (status == WCK_OK)
        status = report(
            &job,
            describe(&job, wck_subject_forward_images(trial->subject) - forward,
                     wck_subject_backward_images(trial->subject) - backward, single),
            err);
    wck_subject_free_image(trial->subject, &job.probe);
    free(job.response.tensor.data);
    wck_jacobian_release(&job.jacobian);
    return status;
}

const struct wck_checker wck_checker_jacobian = {
    .id = "jacobian",
    .summary = "the whole image Jacobian, forward and backward, by colouring",
    .needs_linear = true,
    .needs_deterministic = true,
    .claims = {WCK_CONFORMS, WCK_SELF_CONSISTENT},
    .claim_count = 2,
    .run = run,
};
