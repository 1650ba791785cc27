#include "src/run/what_if.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/run/landing.h"
#include "src/run/note.h"

#define JITTER 0.25 /* source pixels, exact in binary */

/* A row in the making, and the warp that it tries. */
struct trial {
    struct wck_survey *survey;
    const struct wck_survey_request *request;
    struct wck_warp warp;
    struct wck_text remedy, cost, options;
    bool whole; /* meant to have the whole image in view */
};

static struct trial start(struct wck_survey *survey,
                          const struct wck_survey_request *request)
{
    return (struct trial){.survey = survey, .request = request, .warp = *request->warp};
}

static void release(struct trial *trial)
{
    wck_text_release(&trial->remedy);
    wck_text_release(&trial->cost);
    wck_text_release(&trial->options);
}

/* Moves the trial's texts and the counts into a new row of the survey. */
static enum wck_status add_row(struct trial *trial, struct wck_what_if row,
                               struct wck_error *err)
{
    struct wck_survey *survey = trial->survey;

    if (trial->remedy.failed || trial->cost.failed || trial->options.failed)
        return wck_error_no_memory(err);
    if (survey->what_ifs == survey->what_if_capacity) {
        size_t capacity = 2 * survey->what_if_capacity + 8;
        void *grown = realloc(survey->what_if, capacity * sizeof *survey->what_if);

        if (grown == NULL)
            return wck_error_no_memory(err);
        survey->what_if = grown;
        survey->what_if_capacity = capacity;
    }
    row.remedy = trial->remedy.data;
    row.cost = trial->cost.data;
    row.options = trial->options.data;
    trial->remedy = trial->cost = trial->options = (struct wck_text){0};
    survey->what_if[survey->what_ifs++] = row;
    return WCK_OK;
}

/* Notes the pixels that the row about to be added would give a gradient.  As a map of
 * codes those are 0, as one of flags they are not. */
static void note_revived(struct wck_survey *survey, const unsigned char *map,
                         bool flags)
{
    if (survey->what_ifs >= 32)
        return;
    for (size_t p = 0; p < survey->coverage.pixels_total; p++) {
        if ((map[p] != 0) == flags)
            survey->revived[p] |= UINT32_C(1) << survey->what_ifs;
    }
}

/* Runs the trial's warp, adds the row, and releases the trial. */
static enum wck_status finish(struct trial *trial, struct wck_error *err)
{
    const struct wck_survey_request *request = trial->request;
    bool resized = trial->warp.output_width != request->warp->output_width ||
                   trial->warp.output_height != request->warp->output_height;
    double uniform = request->uniform;
    struct wck_coverage_request one = {
        .warp = &trial->warp,
        .batch = request->batch,
        .channels = request->channels,
        .dtype = request->dtype,
        .upstream = resized ? NULL : request->upstream,
        .uniform = uniform < 0.0 || uniform > 0.0 ? uniform : 1.0,
    };
    struct wck_coverage coverage;
    enum wck_status status = wck_coverage_explain(&coverage, &one, err);

    if (status == WCK_OK && trial->whole &&
        coverage.pixels_covered < coverage.pixels_total)
        wck_text_printf(&trial->cost, "; its samples still skip some pixels of it");
    if (resized && request->upstream != NULL)
        wck_text_printf(&trial->cost,
                        "; counted with a uniform upstream gradient, as the given one "
                        "has another size");
    if (status == WCK_OK)
        note_revived(trial->survey, coverage.pixel_reason, false);
    if (status == WCK_OK)
        status = add_row(trial,
                         (struct wck_what_if){
                             .pixels_covered = coverage.pixels_covered,
                             .entries_covered = coverage.entries_covered,
                         },
                         err);
    wck_coverage_release(&coverage);
    release(trial);
    return status;
}

static void print_matrix(struct wck_text *text, const double m[6])
{
    wck_text_printf(text, "--matrix '%.17g %.17g %.17g; %.17g %.17g %.17g'", m[0], m[1],
                    m[2], m[3], m[4], m[5]);
}

/* One kernel stands for its family, and what needs a prefilter is another warp; so is
 * one that a kernel does not serve. */
static bool is_worth_trying(size_t row, const struct wck_kernel *now)
{
    const struct wck_kernel *kernel = wck_kernel_row(row);

    for (size_t i = 0; i < row; i++) {
        if (strcmp(wck_kernel_row(i)->family, kernel->family) == 0)
            return false;
    }
    return kernel->order == 0 && strcmp(kernel->family, now->family) != 0;
}

static enum wck_status try_kernels(struct wck_survey *survey,
                                   const struct wck_survey_request *request,
                                   struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; status == WCK_OK && i < wck_kernel_count(); i++) {
        struct trial trial = start(survey, request);

        trial.warp.kernel = wck_kernel_row(i);
        if (!is_worth_trying(i, request->warp->kernel) ||
            wck_warp_check(&trial.warp, NULL) != WCK_OK)
            continue;
        wck_text_printf(&trial.remedy, "kernel %s", trial.warp.kernel->name);
        wck_text_printf(&trial.cost, "another output: %s", trial.warp.kernel->summary);
        wck_text_printf(&trial.options, "--kernel %s", trial.warp.kernel->name);
        status = finish(&trial, err);
    }
    return status;
}

static enum wck_status try_borders(struct wck_survey *survey,
                                   const struct wck_survey_request *request,
                                   struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; status == WCK_OK && i < wck_border_count(); i++) {
        struct trial trial = start(survey, request);

        trial.warp.border = wck_border_row(i);
        if (trial.warp.border == request->warp->border)
            continue;
        wck_text_printf(&trial.remedy, "border %s", trial.warp.border->name);
        wck_text_printf(&trial.cost, "another output outside the image: %s",
                        trial.warp.border->summary);
        wck_text_printf(&trial.options, "--border %s", trial.warp.border->name);
        status = finish(&trial, err);
    }
    return status;
}

static bool is_moved(const struct wck_landing *landing)
{
    return fabs(landing->shift_x) > 0.0 || fabs(landing->shift_y) > 0.0;
}

static void describe_output(struct trial *trial, const struct wck_landing *landing)
{
    bool moved = is_moved(landing);
    double outputs = (double)wck_warp_samples(&trial->warp);

    wck_text_printf(&trial->remedy, "output %zux%zu", landing->height, landing->width);
    if (moved)
        wck_text_printf(&trial->remedy, " moved by (%.0f, %.0f)", landing->shift_x,
                        landing->shift_y);
    wck_text_printf(&trial->cost,
                    "the smallest that has the whole image in view: %.3g times the "
                    "output pixels",
                    outputs / (double)wck_warp_samples(trial->request->warp));
    wck_text_printf(&trial->options, "--output %zux%zu", landing->height,
                    landing->width);
    if (moved) {
        wck_text_append(&trial->options, " ", 1);
        print_matrix(&trial->options, landing->matrix);
    }
}

static enum wck_status try_output(struct wck_survey *survey,
                                  const struct wck_survey_request *request,
                                  struct wck_error *err)
{
    struct trial trial = start(survey, request);
    const struct wck_map *map = &request->warp->map;
    struct wck_landing landing;
    enum wck_status status;

    if (map->kind != WCK_MAP_AFFINE ||
        survey->coverage.pixels_covered == survey->coverage.pixels_total)
        return WCK_OK;
    status = wck_landing_find(&landing, request->warp, err);
    if (status != WCK_OK)
        return status;
    if (!landing.tried)
        return wck_note_add(
            survey, err,
            "No output size is offered that has the whole image in "
            "view: it would need more than %zu output pixels, or lies further "
            "off than 2^31 pixels.",
            WCK_LANDING_SAMPLES);
    if (landing.width <= request->warp->output_width &&
        landing.height <= request->warp->output_height && !is_moved(&landing))
        return WCK_OK; /* it is all in view already */
    trial.whole = true;
    trial.warp.output_width = landing.width;
    trial.warp.output_height = landing.height;
    status = wck_map_affine(&trial.warp.map, landing.matrix, map->direction, err);
    if (status != WCK_OK)
        return status;
    describe_output(&trial, &landing);
    return finish(&trial, err);
}

/* Moves every sample by JITTER source pixels along x and y. */
static enum wck_status try_jitter(struct wck_survey *survey,
                                  const struct wck_survey_request *request,
                                  struct wck_error *err)
{
    struct trial trial = start(survey, request);
    const struct wck_map *map = &request->warp->map;
    size_t samples = wck_warp_samples(request->warp);
    double m[6], *moved = NULL;
    enum wck_status status = WCK_OK;

    wck_text_printf(&trial.remedy, "jitter of 1/4 pixel");
    wck_text_printf(&trial.cost, "another output, a little blurred; draw the jitter "
                                 "anew for every step");
    if (map->kind == WCK_MAP_AFFINE) {
        bool forward = map->direction == WCK_SOURCE_TO_OUTPUT;

        memcpy(m, map->matrix, sizeof m);
        m[2] += forward ? -JITTER * (m[0] + m[1]) : JITTER;
        m[5] += forward ? -JITTER * (m[3] + m[4]) : JITTER;
        print_matrix(&trial.options, m);
        status = wck_map_affine(&trial.warp.map, m, map->direction, err);
    } else {
        moved = calloc(2 * samples, sizeof *moved);
        if (moved == NULL)
            status = wck_error_no_memory(err);
        for (size_t i = 0; moved != NULL && i < samples; i++) {
            moved[i] = map->x[i] + JITTER;
            moved[samples + i] = map->y[i] + JITTER;
        }
        if (moved != NULL)
            trial.warp.map = wck_map_coordinates(moved, moved + samples);
    }
    if (status == WCK_OK)
        status = finish(&trial, err);
    release(&trial);
    free(moved);
    return status;
}

static enum wck_status count_straight_through(struct wck_survey *survey,
                                              const struct wck_survey_request *request,
                                              struct wck_error *err)
{
    struct trial trial = start(survey, request);
    struct wck_what_if row = {
        .surrogate = true,
        .pixels_covered = survey->coverage.reachable_pixels,
        .entries_covered = survey->coverage.reachable_entries,
    };
    enum wck_status status;

    wck_text_printf(&trial.remedy, "straight-through");
    wck_text_printf(&trial.cost, "taps of weight 0 are given a gradient all the same: "
                                 "not the true derivative");
    note_revived(survey, survey->coverage.reachable, true);
    status = add_row(&trial, row, err);
    release(&trial);
    return status;
}

enum wck_status wck_what_if_try(struct wck_survey *survey,
                                const struct wck_survey_request *request,
                                struct wck_error *err)
{
    static enum wck_status (*const remedies[])(
        struct wck_survey *, const struct wck_survey_request *, struct wck_error *) = {
        try_kernels, try_borders, try_output, try_jitter, count_straight_through,
    };
    enum wck_status status = WCK_OK;

    survey->revived = calloc(survey->coverage.pixels_total, sizeof *survey->revived);
    if (survey->revived == NULL)
        return wck_error_no_memory(err);
    for (size_t i = 0; status == WCK_OK && i < sizeof remedies / sizeof *remedies; i++)
        status = remedies[i](survey, request, err);
    return status;
}
