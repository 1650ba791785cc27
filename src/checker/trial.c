#include "src/checker/trial.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/verdict/identity.h"

char *wck_trial_text(const char *format, ...)
{
    va_list args;
    char *text;
    int size;

    va_start(args, format);
    size = vasprintf(&text, format, args);
    va_end(args);
    return size < 0 ? NULL : text;
}

static char *describe(const struct wck_trial *trial)
{
    struct wck_text text = {0};

    wck_problem_describe(trial->problem, &text);
    return text.data;
}

static char *reproduce(const struct wck_trial *trial, const char *checker)
{
    struct wck_text text = {0};

    if (trial->again != NULL)
        return strdup(trial->again);
    wck_text_printf(&text, "warpcheck verify ");
    wck_text_quote(&text, wck_subject_name(trial->subject));
    wck_text_printf(&text, " --checker %s", checker);
    /* A recording brings its own problem. */
    if (wck_subject_recording(trial->subject) == NULL) {
        wck_text_printf(&text, " ");
        wck_problem_options(trial->problem, &text);
    }
    if (trial->resolution > 0.0)
        wck_text_printf(&text, " --resolution %.17g", trial->resolution);
    return text.data;
}

/* Adds the finding with the texts that every finding of the trial has. */
static enum wck_status add(struct wck_trial *trial, struct wck_finding *finding,
                           struct wck_error *err)
{
    const struct wck_warp *warp = &trial->problem->warp;
    struct wck_text kind = {0};

    finding->kernel = warp->kernel != NULL ? warp->kernel->name : NULL;
    finding->border = warp->border != NULL ? warp->border->name : NULL;
    finding->subject = strdup(wck_subject_name(trial->subject));
    finding->problem = describe(trial);
    finding->reproduce = reproduce(trial, finding->checker);
    if (finding->subject == NULL || finding->problem == NULL ||
        finding->reproduce == NULL) {
        wck_finding_release(finding);
        return wck_error_no_memory(err);
    }
    wck_problem_class(trial->problem, &kind);
    wck_finding_identify(finding, wck_text_string(&kind));
    wck_text_release(&kind);
    return wck_findings_add_take(trial->findings, finding, err);
}

enum wck_status wck_trial_report_take(struct wck_trial *trial, const char *checker,
                                      enum wck_claim claim,
                                      const struct wck_tally *tally, double resolution,
                                      char *detail, char *cause, struct wck_error *err)
{
    struct wck_finding finding = {
        .checker = checker,
        .claim = claim,
        .verdict = wck_tally_verdict(tally, resolution),
        .worst = tally->worst,
        .where = tally->where,
        .compared = tally->compared,
        .beyond = tally->beyond,
        .exact = tally->exact,
        .used = tally->used,
        .detectable = tally->detectable,
        .detail = detail,
        .cause = cause,
    };

    if (finding.verdict == WCK_PASS || finding.verdict == WCK_INCONCLUSIVE) {
        free(finding.cause);
        finding.cause = NULL;
    }
    if (finding.verdict == WCK_INCONCLUSIVE)
        finding.cause = wck_trial_text(
            "nothing is wrong, but errors below %.2g of the scale would not be seen, "
            "and "
            "%.2g is asked for: use float64, a matrix with exact coordinates, or "
            "--resolution",
            tally->detectable, resolution);
    return add(trial, &finding, err);
}

enum wck_status wck_trial_say(struct wck_trial *trial, const char *checker,
                              enum wck_claim claim, enum wck_verdict verdict,
                              const char *cause, struct wck_error *err)
{
    struct wck_finding finding = {
        .checker = checker,
        .claim = claim,
        .verdict = verdict,
        .where = {.plane = -1, .y = -1, .x = -1},
        .cause = strdup(cause),
    };

    return add(trial, &finding, err);
}

enum wck_status wck_trial_forward(struct wck_trial *trial,
                                  const struct wck_image *image,
                                  const struct wck_image *output, struct wck_error *err)
{
    return wck_subject_forward(trial->subject, trial->problem, image, output, err);
}

enum wck_status wck_trial_vjp(struct wck_trial *trial, const struct wck_image *image,
                              const struct wck_image *upstream,
                              const struct wck_gradients *gradients,
                              struct wck_error *err)
{
    return wck_subject_vjp(trial->subject, trial->problem, image, upstream, gradients,
                           err);
}

size_t wck_trial_fill(const struct wck_trial *trial, struct wck_block *block,
                      size_t first)
{
    const struct wck_warp *warp = &trial->problem->warp;
    size_t left = wck_warp_samples(warp) - first;
    size_t count = left < block->capacity ? left : block->capacity;

    wck_block_fill(block, warp, first, count);
    return count;
}

struct wck_place wck_trial_output_place(const struct wck_trial *trial, size_t plane,
                                        size_t sample)
{
    size_t width = trial->problem->warp.output_width;

    return (struct wck_place){
        .plane = (long)plane, .y = (long)(sample / width), .x = (long)(sample % width)};
}

struct wck_place wck_trial_input_place(const struct wck_trial *trial, size_t plane,
                                       size_t pixel)
{
    size_t width = trial->problem->warp.source_width;

    return (struct wck_place){.plane = (long)plane,
                              .y = (long)(pixel / width),
                              .x = (long)(pixel % width),
                              .input = true};
}

double wck_plane_get(const struct wck_image *image, size_t plane, size_t i)
{
    return wck_image_get(image, plane, i / image->width, i % image->width);
}

void wck_plane_set(const struct wck_image *image, size_t plane, size_t i, double value)
{
    wck_image_set(image, plane, i / image->width, i % image->width, value);
}
