#include "src/run/what_if_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct wck_what_if_trial wck_what_if_begin(struct wck_survey *survey,
                                           const struct wck_survey_request *request)
{
    return (struct wck_what_if_trial){
        .survey = survey, .request = request, .warp = *request->warp};
}

static void drop(struct wck_what_if_trial *trial)
{
    wck_text_release(&trial->remedy);
    wck_text_release(&trial->cost);
    wck_text_release(&trial->options);
}

void wck_what_if_print_matrix(struct wck_text *text, const double m[6])
{
    wck_text_printf(text, "--matrix '%.17g %.17g %.17g; %.17g %.17g %.17g'", m[0], m[1],
                    m[2], m[3], m[4], m[5]);
}

/* Rows that are not one of a table's: an output, a jitter, two of several samples, a
 * mipmap, a prefilter, straight-through. */
#define SINGLE_ROWS 7

size_t wck_what_if_most_rows(void)
{
    return wck_kernel_count() - 1 + wck_border_count() - 1 + SINGLE_ROWS;
}

static void tell_progress(const struct wck_survey *survey,
                          const struct wck_survey_request *request)
{
    if (request->progress != NULL)
        request->progress(request->progress_state, survey->what_ifs,
                          wck_what_if_most_rows());
}

/* Moves the trial's texts and the row's map into a new row of the survey. */
static enum wck_status add_row(struct wck_what_if_trial *trial, struct wck_what_if *row,
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
    row->surrogate = trial->surrogate;
    row->remedy = trial->remedy.data;
    row->cost = trial->cost.data;
    row->options = trial->options.data;
    trial->remedy = trial->cost = trial->options = (struct wck_text){0};
    survey->what_if[survey->what_ifs++] = *row;
    row->map = NULL;
    tell_progress(survey, trial->request);
    return WCK_OK;
}

/* Notes the pixels that the row about to be added gives a gradient: covered[p] is 0
 * where it gives pixel p none. */
static void note_revived(struct wck_survey *survey, const unsigned char *covered)
{
    if (survey->what_ifs >= WCK_REVIVERS)
        return;
    for (size_t p = 0; p < survey->coverage.pixels_total; p++) {
        if (covered[p] != 0)
            survey->revived[p] |= UINT32_C(1) << survey->what_ifs;
    }
}

/* The same, and a map of what changes where it is asked for. */
static enum wck_status keep_map(const struct wck_what_if_trial *trial,
                                const unsigned char *covered, struct wck_what_if *row,
                                struct wck_error *err)
{
    const struct wck_coverage *now = &trial->survey->coverage;

    note_revived(trial->survey, covered);
    if (!trial->request->what_if_maps)
        return WCK_OK;
    row->map = malloc(now->pixels_total);
    if (row->map == NULL)
        return wck_error_no_memory(err);
    for (size_t p = 0; p < now->pixels_total; p++) {
        bool before = now->pixel_reason[p] == WCK_COVERED, after = covered[p] != 0;

        row->map[p] = after ? (before ? WCK_STILL_COVERED : WCK_GAINED)
                            : (before ? WCK_LOST : WCK_STILL_NONE);
    }
    return WCK_OK;
}

/* The upstream gradient of the run: with other outputs none that was given fits. */
static bool is_resized(const struct wck_what_if_trial *trial)
{
    const struct wck_warp *one = trial->request->warp;

    return trial->split == 0 && (trial->warp.output_width != one->output_width ||
                                 trial->warp.output_height != one->output_height);
}

/* Every value of the given gradient split x split times, over as many. */
static enum wck_status repeat(const struct wck_what_if_trial *trial,
                              struct wck_image *repeated, struct wck_error *err)
{
    const struct wck_image *upstream = trial->request->upstream;
    size_t split = trial->split;
    double part = 1.0 / (double)(split * split);
    enum wck_status status = wck_image_new(
        repeated, WCK_FLOAT64, "NCHW", upstream->batch, upstream->channels,
        split * upstream->height, split * upstream->width, err);

    for (size_t plane = 0; status == WCK_OK && plane < wck_image_planes(upstream);
         plane++) {
        for (size_t y = 0; y < repeated->height; y++) {
            for (size_t x = 0; x < repeated->width; x++)
                wck_image_set(repeated, plane, y, x,
                              part *
                                  wck_image_get(upstream, plane, y / split, x / split));
        }
    }
    return status;
}

/* Of the trial's warp, or where there is a reduction of both. */
static enum wck_status count_reached(struct wck_what_if_trial *trial,
                                     const struct wck_coverage_request *run,
                                     struct wck_what_if *row, struct wck_error *err)
{
    struct wck_reached reached;
    enum wck_status status =
        trial->reduction.block > 0
            ? wck_reduced_count(&reached, &trial->reduction, run, err)
            : wck_reached_count(&reached, run, err);

    if (status == WCK_OK && trial->whole &&
        reached.pixels < trial->survey->coverage.pixels_total)
        wck_text_printf(&trial->cost, "; its samples still skip some pixels of it");
    row->pixels_covered = reached.pixels;
    row->entries_covered = reached.entries;
    if (status == WCK_OK)
        status = keep_map(trial, reached.covered, row, err);
    wck_reached_release(&reached);
    return status;
}

static enum wck_status count(struct wck_what_if_trial *trial, struct wck_what_if *row,
                             struct wck_error *err)
{
    const struct wck_survey_request *request = trial->request;
    double uniform = request->uniform, part = 1.0;
    struct wck_coverage_request run = {
        .warp = &trial->warp,
        .batch = request->batch,
        .channels = request->channels,
        .dtype = request->dtype,
        .upstream = is_resized(trial) ? NULL : request->upstream,
    };
    struct wck_image repeated = {0};
    enum wck_status status = WCK_OK;

    if (trial->split > 1)
        part = 1.0 / (double)(trial->split * trial->split);
    run.uniform = part * (uniform < 0.0 || uniform > 0.0 ? uniform : 1.0);
    if (trial->split > 1 && run.upstream != NULL) {
        status = repeat(trial, &repeated, err);
        run.upstream = &repeated;
    }
    if (status == WCK_OK)
        status = count_reached(trial, &run, row, err);
    free(repeated.tensor.data);
    return status;
}

static enum wck_status measure(const struct wck_what_if_trial *trial, bool even,
                               struct wck_what_if *row, struct wck_error *err)
{
    const struct wck_survey_request *request = trial->request;
    struct wck_cost_request original = {
        .original = request->warp,
        .planes = trial->survey->coverage.planes,
        .upstream = is_resized(trial) ? NULL : request->upstream,
    };
    struct wck_remedy remedy = {
        .warp = &trial->warp,
        .split = trial->split,
        .shift_x = trial->shift_x,
        .shift_y = trial->shift_y,
        .reduction = trial->reduction.block > 0 ? &trial->reduction : NULL,
        .even = even,
    };
    struct wck_cost cost;
    enum wck_status status = wck_cost_measure(&cost, &original, &remedy, err);

    row->bias = cost.bias;
    row->work = cost.work;
    return status;
}

enum wck_status wck_what_if_finish(struct wck_what_if_trial *trial,
                                   struct wck_error *err)
{
    struct wck_what_if row = {.map = NULL};
    enum wck_status status = count(trial, &row, err);

    if (status == WCK_OK)
        status = measure(trial, false, &row, err);
    if (is_resized(trial) && trial->request->upstream != NULL)
        wck_text_printf(&trial->cost,
                        "; counted with a uniform upstream gradient, as the given one "
                        "has another size");
    if (status == WCK_OK)
        status = add_row(trial, &row, err);
    free(row.map);
    drop(trial);
    return status;
}

enum wck_status wck_what_if_repeat(struct wck_what_if_trial *trial,
                                   struct wck_error *err)
{
    struct wck_survey *survey = trial->survey;
    size_t before = survey->what_ifs - 1, pixels = survey->coverage.pixels_total;
    struct wck_what_if row = survey->what_if[before];
    const unsigned char *map = row.map;
    enum wck_status status = WCK_OK;

    if (map != NULL) {
        row.map = malloc(pixels);
        if (row.map == NULL)
            status = wck_error_no_memory(err);
        else
            memcpy(row.map, map, pixels);
    }
    for (size_t p = 0; survey->what_ifs < WCK_REVIVERS && p < pixels; p++)
        survey->revived[p] |= (survey->revived[p] >> before & 1U) << survey->what_ifs;
    if (status == WCK_OK)
        status = add_row(trial, &row, err);
    free(row.map);
    drop(trial);
    return status;
}

enum wck_status wck_what_if_straight_through(struct wck_what_if_trial *trial,
                                             struct wck_error *err)
{
    struct wck_what_if row = {
        .pixels_covered = trial->survey->coverage.reachable_pixels,
        .entries_covered = trial->survey->coverage.reachable_entries,
    };
    enum wck_status status = measure(trial, true, &row, err);

    if (status == WCK_OK)
        status = keep_map(trial, trial->survey->coverage.reachable, &row, err);
    if (status == WCK_OK)
        status = add_row(trial, &row, err);
    free(row.map);
    drop(trial);
    return status;
}
