/* recording: the arrays of a recording against what the reference allows for the
 * recorded inputs, entry by entry (src/checker/margins.h has the derivation).
 *
 * The function is known, and with it the order that it evaluates in: its bounds count
 * each rounding, so that no right number is beyond one, and what is beyond one fails.
 * There is nothing marginal in a recording.
 *
 * Self-consistency is judged by the adjoint identity where a black image gives a black
 * output: <grad_output, output> = <grad_image, image>.  Both sides use the subject's
 * own coordinates, so that only roundings count: each output and each entry of the
 * gradient errs by its margin's bound, and our own sums of n terms by gamma_n in
 * double. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/carried.h"
#include "src/checker/judged.h"
#include "src/checker/trial.h"

static const char id[] = "recording";

struct job {
    struct wck_trial *trial;
    const struct wck_recording *of;
    struct wck_carried carried;
    struct wck_margin *border; /* one a border value, over the batch and channels */
    double amplitude; /* largest difference of two numbers read, 0 among them */
    double upstream;  /* largest |upstream| */
    double reach;     /* sum of |upstream| */
    const struct wck_arithmetic *grid; /* of coordinates that may round; or NULL */
    struct wck_judged output, image;
    struct wck_measure adjoint;
    bool black;  /* a black image gives a black output */
    bool finite; /* all recorded outputs are */
};

static bool has_jumps(const struct job *job)
{
    return job->of->problem.warp.kernel->smoothness < 0 ||
           job->of->problem.warp.fold != NULL;
}

/* ---- one batch item ---- */

static void judge_outputs(struct job *job, const struct wck_margins *margins,
                          size_t item)
{
    size_t channels = job->of->problem.channels;
    size_t samples = wck_warp_samples(&job->of->problem.warp);

    for (size_t i = 0; i < channels * samples; i++) {
        size_t plane = item * channels + i / samples, sample = i % samples;
        struct wck_place place = wck_trial_output_place(job->trial, plane, sample);
        double got = wck_plane_get(&job->of->output, plane, sample);

        job->finite &= isfinite(got);
        if (job->of->has_output)
            wck_judged_add(job->trial, &margins->output[i], got, &place, job->amplitude,
                           has_jumps(job), &job->output);
        if (job->of->has_output && job->of->grad_output.tensor.data != NULL) {
            double g = wck_plane_get(&job->of->grad_output, plane, sample);

            job->reach += fabs(g);
            job->adjoint.want += g * got;
            job->adjoint.round += fabs(g) * margins->output[i].bound;
            job->adjoint.trunc += fabs(g * got);
        }
    }
}

static void judge_image(struct job *job, const struct wck_margins *margins, size_t item)
{
    size_t channels = job->of->problem.channels;
    size_t pixels = wck_image_pixels(&job->of->call.image);

    for (size_t i = 0; i < channels * pixels; i++) {
        size_t plane = item * channels + i / pixels, pixel = i % pixels;
        struct wck_place place = wck_trial_input_place(job->trial, plane, pixel);
        double got = wck_plane_get(&job->of->grad_image, plane, pixel);
        double x = wck_plane_get(&job->of->call.image, plane, pixel);

        /* NaN weights send NaN to pixels of the library's choice. */
        if (isnan(got) && margins->non_finite > 0)
            job->image.open++;
        else
            wck_judged_add(job->trial, &margins->image[i], got, &place, job->upstream,
                           has_jumps(job), &job->image);
        job->finite &= isfinite(got);
        job->adjoint.got += x * got;
        job->adjoint.round += fabs(x) * margins->image[i].bound;
        job->adjoint.trunc += fabs(x * got);
    }
}

/* Would this item's output be black if its image were? */
static enum wck_status check_black(struct job *job, const struct wck_problem *problem,
                                   const struct wck_image *image, struct wck_error *err)
{
    struct wck_image black = {0}, output = {0};
    enum wck_status status;

    if (!(wck_problem_border_amplitude(problem) > 0.0))
        return WCK_OK;
    status = wck_image_new_like(&black, WCK_FLOAT64, image, err);
    if (status == WCK_OK)
        status = wck_image_new_like(&output, WCK_FLOAT64, &job->of->output, err);
    if (status == WCK_OK) {
        struct wck_image first = wck_image_item(&output, 0);

        status = wck_warp_forward(&problem->warp, &black, &first, err);
        for (size_t p = 0; p < wck_image_planes(&first); p++) {
            for (size_t i = 0; i < wck_image_pixels(&first); i++)
                job->black &= !(fabs(wck_plane_get(&first, p, i)) > 0.0);
        }
    }
    free(black.tensor.data);
    free(output.tensor.data);
    return status;
}

/* A value that several channels are filled with has the sum of their gradients. */
static void add_border_value(struct job *job, const struct wck_margins *margins)
{
    size_t values = job->of->call.border_values, channels = job->of->problem.channels;

    if (!wck_call_reads_fill(&job->of->call))
        return;
    for (size_t c = 0; c < channels; c++) {
        size_t entry = wck_call_border_entry(values, channels, c);

        job->border[entry].low += margins->border_value[c].low;
        job->border[entry].high += margins->border_value[c].high;
        job->border[entry].bound += margins->border_value[c].bound;
        job->border[entry].at += margins->border_value[c].at;
    }
}

static enum wck_status judge_item(struct job *job, size_t item, struct wck_error *err)
{
    struct wck_problem problem = wck_recording_problem(job->of, item);
    struct wck_image image = wck_image_item(&job->of->call.image, item), upstream;
    bool pulled = job->of->grad_output.tensor.data != NULL;
    struct wck_margins margins;
    enum wck_status status;

    if (job->grid != NULL)
        problem.warp.arithmetic = job->grid;
    if (pulled)
        upstream = wck_image_item(&job->of->grad_output, item);
    status =
        wck_margins_make(&margins, &problem, &image, pulled ? &upstream : NULL, err);
    if (status == WCK_OK) {
        judge_outputs(job, &margins, item);
        if (job->of->grad_image.tensor.data != NULL)
            judge_image(job, &margins, item);
        status = check_black(job, &problem, &image, err);
    }
    if (status == WCK_OK && pulled) {
        wck_carried_add(&job->carried, &margins, item);
        add_border_value(job, &margins);
    }
    wck_margins_release(&margins);
    return status;
}

/* ---- findings ---- */

static enum wck_status report(struct job *job, const char *name, double resolution,
                              struct wck_judged *judged, const char *missing,
                              struct wck_error *err)
{
    char *detail, *cause;

    judged->tally.certain = true;
    /* Where most entries are open nothing much could have been found. */
    if (2 * judged->open > judged->tally.compared)
        judged->tally.detectable = 1.0;
    detail =
        judged->open > 0
            ? wck_trial_text("%s; %zu entries at a knot or a jump: either side will "
                             "do%s",
                             name, judged->open, missing)
            : wck_trial_text("%s%s", name, missing);
    cause = wck_trial_text("the recorded %s is not that of %s", name,
                           job->of->call.convention->name);
    return wck_trial_report_take(job->trial, id, WCK_CONFORMS, &judged->tally,
                                 resolution, detail, cause, err);
}

static void say_missing(const struct job *job, struct wck_text *text)
{
    const struct wck_recording *of = job->of;
    const char *link = "; not recorded: ";

    if (of->unread != NULL)
        wck_text_printf(text, "; not read: %s", of->unread);
    if (of->grad_output.tensor.data == NULL) {
        wck_text_printf(text, "%sgrad_output", link);
        link = ", ";
    }
    if (of->grad_image.tensor.data == NULL) {
        wck_text_printf(text, "%sgrad_image", link);
        link = ", ";
    }
    for (size_t i = 0; wck_call_array_name(of->call.convention, i) != NULL; i++) {
        if (of->grad_array[i].data == NULL) {
            wck_text_printf(text, "%sgrad_%s", link,
                            wck_call_array_name(of->call.convention, i));
            link = ", ";
        }
    }
    if (of->grad_border_value.data == NULL && of->call.border_values > 0)
        wck_text_printf(text, "%sgrad_border_value", link);
}

static enum wck_status report_output(struct job *job, struct wck_error *err)
{
    struct wck_text missing = {0};
    enum wck_status status;

    if (!job->of->has_output)
        wck_text_printf(&missing, "no output was recorded");
    if (job->grid != NULL)
        wck_text_printf(&missing, "; coordinates may round as by a normalised grid");
    say_missing(job, &missing);
    if (!job->of->has_output)
        status = wck_trial_say(job->trial, id, WCK_CONFORMS, WCK_NOT_APPLICABLE,
                               wck_text_string(&missing), err);
    else
        status =
            report(job, "output", wck_judged_resolution(job->trial, job->amplitude),
                   &job->output, wck_text_string(&missing), err);
    wck_text_release(&missing);
    return status;
}

/* The largest number that margins allow, for scale. */
static double largest(const struct wck_margin *margins, size_t count)
{
    double most = 0.0;

    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fabs(margins[i].low));
        most = fmax(most, fabs(margins[i].high));
    }
    return most;
}

/* Where element i of an array that carries the map is: its output sample, or its own
 * row and column of a matrix. */
static struct wck_place place_carried(const struct job *job, size_t array, size_t i)
{
    const struct wck_tensor *matrix = &job->of->call.array[0];
    size_t at = job->carried.sample[array][i];
    struct wck_place place = wck_trial_output_place(job->trial, 0, at);

    if (job->of->call.convention->carrier == WCK_CARRIER_MATRIX) {
        size_t rows = matrix->shape[matrix->rank - 2];
        size_t columns = matrix->shape[matrix->rank - 1];

        place.y = (long)(at / columns % rows);
        place.x = (long)(at % columns);
        place.input = true;
    }
    place.plane = -1;
    return place;
}

/* The resolution asked for; by itself none finer than `least` but in float64. */
static double coarse_resolution(const struct job *job, double scale, double least)
{
    double resolution = wck_judged_resolution(job->trial, scale);

    if (job->trial->resolution > 0.0 || job->of->problem.dtype == WCK_FLOAT64)
        return resolution;
    return fmax(resolution, least);
}

/* In single precision: slopes are differences of pixels, times the pixels that a unit
 * of the map is; and the gradient of a matrix adds up all outputs, where positions
 * times slopes cancel. */
static double carried_resolution(const struct job *job, double scale)
{
    bool matrix = job->of->call.convention->carrier == WCK_CARRIER_MATRIX;

    return coarse_resolution(job, scale, matrix ? 1e-2 : 1e-3);
}

/* Sums of no known order, in single precision, may be off by more than those of one. */
static double image_resolution(const struct job *job)
{
    return coarse_resolution(job, job->upstream,
                             job->of->call.convention->anyones ? 2e-3 : 0.0);
}

static enum wck_status report_carried(struct job *job, size_t array,
                                      struct wck_error *err)
{
    const struct wck_margin *margins = job->carried.margin[array];
    size_t count = job->carried.count[array];
    double scale = largest(margins, count);
    struct wck_judged judged = {0};
    struct wck_tensor got;
    char *name;
    enum wck_status status;

    if (job->of->grad_array[array].data == NULL)
        return WCK_OK;
    status = wck_tensor_new(&got, WCK_FLOAT64, job->of->grad_array[array].rank,
                            job->of->grad_array[array].shape, err);
    if (status == WCK_OK)
        status = wck_tensor_copy(&job->of->grad_array[array], &got, err);
    for (size_t i = 0; i < count && status == WCK_OK; i++) {
        struct wck_place place = place_carried(job, array, i);
        struct wck_margin margin = margins[i];

        wck_margin_store(&margin, job->of->grad_array[array].dtype,
                         wck_problem_roundoff(&job->of->problem));
        wck_judged_add(job->trial, &margin, wck_tensor_get(&got, (ptrdiff_t)i), &place,
                       scale, true, &judged);
    }
    free(got.data);
    name =
        wck_trial_text("grad_%s", wck_call_array_name(job->of->call.convention, array));
    if (status == WCK_OK)
        status = report(job, name != NULL ? name : "gradient",
                        carried_resolution(job, scale), &judged, "", err);
    free(name);
    return status;
}

static enum wck_status report_border_value(struct job *job, struct wck_error *err)
{
    const struct wck_tensor *gradient = &job->of->grad_border_value;
    size_t count = wck_tensor_count(gradient);
    struct wck_judged judged = {0};
    double scale;

    if (gradient->data == NULL)
        return WCK_OK;
    scale = largest(job->border, count);
    for (size_t c = 0; c < count; c++) {
        struct wck_place place = {.plane = (long)c, .y = -1, .x = -1, .input = true};

        wck_judged_add(
            job->trial, &job->border[c],
            wck_tensor_get(gradient,
                           (ptrdiff_t)c * (count > 1 ? gradient->stride[0] : 0)),
            &place, scale, has_jumps(job), &judged);
    }
    return report(job, "grad_border_value", wck_judged_resolution(job->trial, scale),
                  &judged, "", err);
}

static enum wck_status report_adjoint(struct job *job, struct wck_error *err)
{
    struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};
    double outputs = (double)wck_tensor_count(&job->of->output.tensor);
    double inputs = (double)wck_tensor_count(&job->of->call.image.tensor);
    const struct wck_rounding *rounding = job->of->problem.warp.rounding;
    struct wck_tally tally = {0};
    const char *why = NULL;

    if (job->of->grad_image.tensor.data == NULL)
        why = "no grad_image was recorded";
    else if (!job->of->has_output)
        why = "no output was recorded";
    else if (!job->black)
        why = "the border value is read: the output is not linear in the image alone";
    else if (!job->finite)
        why = "an output is not finite";
    else if (rounding != NULL && (rounding->gather != NULL || rounding->rim))
        why = "the library rounds weights or pixels, which no gradient does";
    if (why != NULL)
        return wck_trial_say(job->trial, id, WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE,
                             why, err);
    /* The margins' roundings are those of the declared warp's weights.  Where outputs
     * are not its own, the subject's may be of any size, and cancel: what is left is to
     * see what is larger than any rounding, by the resolution asked for. */
    if (job->output.tally.beyond > 0)
        job->adjoint.round =
            fmax(job->adjoint.round, wck_judged_resolution(job->trial, job->amplitude) *
                                         job->adjoint.trunc);
    /* `trunc` has held the magnitude of all terms until here. */
    job->adjoint.round += wck_gamma(outputs + inputs, 0x1p-53) * job->adjoint.trunc;
    job->adjoint.trunc = 0.0;
    job->adjoint.scale = job->reach * job->amplitude * fmax(1.0, outputs / 4.0);
    wck_tally_add(&tally, &job->adjoint, &nowhere, true);
    tally.certain = true;
    return wck_trial_report_take(
        job->trial, id, WCK_SELF_CONSISTENT, &tally,
        wck_judged_resolution(job->trial, job->adjoint.scale),
        wck_trial_text("adjoint identity of output and grad_image"),
        wck_trial_text("the recorded grad_image is not the adjoint of the recorded "
                       "output: <grad_image, image> is %.9g, <grad_output, output> is "
                       "%.9g",
                       job->adjoint.got, job->adjoint.want),
        err);
}

/* ---- the job ---- */

/* Largest less smallest number of an image, 0 among them. */
static double spread(const struct wck_image *image)
{
    double most = 0.0, least = 0.0;

    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t i = 0; i < wck_image_pixels(image); i++) {
            most = fmax(most, wck_plane_get(image, p, i));
            least = fmin(least, wck_plane_get(image, p, i));
        }
    }
    return most - least;
}

static enum wck_status job_init(struct job *job, struct wck_trial *trial,
                                const struct wck_arithmetic *grid,
                                struct wck_error *err)
{
    const struct wck_recording *of = wck_subject_recording(trial->subject);

    *job = (struct job){
        .trial = trial, .of = of, .grid = grid, .black = true, .finite = true};
    job->border = calloc(of->call.border_values + 1, sizeof *job->border);
    if (job->border == NULL)
        return wck_error_no_memory(err);
    job->amplitude =
        fmax(spread(&of->call.image), wck_problem_border_amplitude(&of->problem));
    if (of->grad_output.tensor.data != NULL)
        job->upstream = spread(&of->grad_output);
    return wck_carried_init(&job->carried, of, err);
}

static enum wck_status judge(struct wck_trial *trial, const struct wck_arithmetic *grid,
                             struct wck_error *err)
{
    struct job job;
    enum wck_status status = job_init(&job, trial, grid, err);

    for (size_t i = 0; i < job.of->call.image.batch && status == WCK_OK; i++)
        status = judge_item(&job, i, err);
    if (status == WCK_OK)
        status = report_output(&job, err);
    if (status == WCK_OK && job.of->grad_image.tensor.data != NULL)
        status =
            report(&job, "grad_image", image_resolution(&job), &job.image, "", err);
    for (size_t i = 0; i < WCK_CALL_ARRAYS && status == WCK_OK; i++)
        status = report_carried(&job, i, err);
    if (status == WCK_OK)
        status = report_border_value(&job, err);
    if (status == WCK_OK)
        status = report_adjoint(&job, err);
    wck_carried_release(&job.carried);
    free(job.border);
    return status;
}

/* What fails under a convention that is no library's is judged again, its coordinates
 * let round as by a normalised grid, by way of which many a right function goes.  Not
 * where a kernel jumps: which pixel it chooses at a tie is no rounding. */
static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = &wck_subject_recording(trial->subject)->problem;
    struct wck_findings *findings = trial->findings;
    size_t before = findings->count, exact;
    enum wck_status status = judge(trial, NULL, err);

    if (status != WCK_OK || !wck_findings_any_failed(findings, before) ||
        !problem->convention->anyones || problem->warp.kernel->smoothness < 0)
        return status;
    exact = findings->count;
    status = judge(trial, wck_grid_arithmetic(problem->dtype), err);
    if (status == WCK_OK && !wck_findings_any_failed(findings, exact))
        wck_findings_remove(findings, before, exact);
    else
        wck_findings_truncate(findings, exact);
    return status;
}

const struct wck_checker wck_checker_recording = {
    .id = "recording",
    .summary = "the arrays of a recording against the reference's, and each other",
    .for_recordings = true,
    .claims = {WCK_CONFORMS, WCK_SELF_CONSISTENT},
    .claim_count = 2,
    .run = run,
};
