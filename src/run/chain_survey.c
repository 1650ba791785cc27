#include "src/run/chain_survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/run/note.h"
#include "src/run/room.h"
#include "src/run/what_if_row.h"

static const struct wck_warp *last_of(const struct wck_chain_survey_request *request)
{
    return &request->links[request->count - 1];
}

/* Does every link have the kernel and the border of the first? */
static bool alike(const struct wck_chain_survey_request *request)
{
    bool same = true;

    for (size_t k = 1; k < request->count; k++)
        same = same && request->links[k].kernel == request->links[0].kernel &&
               request->links[k].border == request->links[0].border;
    return same;
}

static enum wck_status describe(struct wck_chain_survey *survey,
                                const struct wck_chain_survey_request *request,
                                struct wck_error *err)
{
    const struct wck_warp *links = request->links;
    bool forward = links[0].map.direction == WCK_SOURCE_TO_OUTPUT;
    struct wck_text text = {0};

    wck_text_printf(&text,
                    "%zu warp%s, each of the output of the one before, by 2x3 matrices "
                    "from %s, pixel centres at whole numbers",
                    request->count, request->count == 1 ? "" : "s",
                    forward ? "source to output" : "output to source");
    for (size_t k = 0; k < request->count; k++) {
        wck_text_printf(&text, "%s %zux%zu", k == 0 ? ", through" : " ->",
                        links[k].output_height, links[k].output_width);
        if (!alike(request))
            wck_text_printf(&text, " (%s, %s)", links[k].kernel->name,
                            links[k].border->name);
    }
    if (alike(request))
        wck_text_printf(&text, ", kernel %s, border %s", links[0].kernel->name,
                        links[0].border->name);
    wck_text_printf(&text, ", layout %s, %s", request->survey.layout,
                    wck_dtype_row(request->survey.dtype)->name);
    if (text.failed) {
        wck_text_release(&text);
        return wck_error_no_memory(err);
    }
    survey->survey.convention = text.data;
    return WCK_OK;
}

/* to = first, then second: the rows of [second] times [first] over 0 0 1. */
static void compose(const double first[6], const double second[6], double to[6])
{
    for (int row = 0; row < 6; row += 3) {
        for (int column = 0; column < 3; column++)
            to[row + column] = second[row] * first[column] +
                               second[row + 1] * first[3 + column] +
                               (column == 2 ? second[row + 2] : 0.0);
    }
}

/* The one warp that takes the place of all, as its caller would give it. */
static enum wck_status combine(const struct wck_chain_survey_request *request,
                               struct wck_warp *warp, struct wck_error *err)
{
    enum wck_direction direction = request->links[0].map.direction;
    double product[6], next[6];

    *warp = request->links[0];
    warp->output_width = last_of(request)->output_width;
    warp->output_height = last_of(request)->output_height;
    memcpy(product, warp->map.matrix, sizeof product);
    for (size_t k = 1; k < request->count; k++) {
        const double *m = request->links[k].map.matrix;

        if (direction == WCK_SOURCE_TO_OUTPUT)
            compose(product, m, next);
        else
            compose(m, product, next);
        memcpy(product, next, sizeof product);
    }
    return wck_map_affine(&warp->map, product, direction, err);
}

/* Which pixels the remedy revives. */
static enum wck_status note_revived(struct wck_survey *survey,
                                    const struct wck_coverage *once,
                                    struct wck_error *err)
{
    survey->revived = calloc(once->pixels_total, sizeof *survey->revived);
    if (survey->revived == NULL)
        return wck_error_no_memory(err);
    for (size_t p = 0; p < once->pixels_total; p++)
        survey->revived[p] = once->pixel_reason[p] == WCK_COVERED;
    return WCK_OK;
}

static enum wck_status add_row(struct wck_survey *survey, const struct wck_warp *warp,
                               const struct wck_coverage *once, struct wck_error *err)
{
    struct wck_text remedy = {0}, cost = {0}, options = {0};
    struct wck_what_if *row = calloc(1, sizeof *row);

    wck_text_printf(&remedy, "resample once");
    wck_text_printf(&cost, "one warp by the product of the matrices, with the first "
                           "one's kernel and border: another output, less blurred; no "
                           "edge of an output between cuts it");
    /* In place of --matrix, --output and --then. */
    wck_what_if_print_matrix(&options, warp->map.matrix);
    wck_text_printf(&options, " --output %zux%zu", warp->output_height,
                    warp->output_width);
    if (row == NULL || remedy.failed || cost.failed || options.failed) {
        wck_text_release(&remedy);
        wck_text_release(&cost);
        wck_text_release(&options);
        free(row);
        return wck_error_no_memory(err);
    }
    *row = (struct wck_what_if){.remedy = remedy.data,
                                .cost = cost.data,
                                .options = options.data,
                                .pixels_covered = once->pixels_covered,
                                .entries_covered = once->entries_covered,
                                .bias = (double)NAN,
                                .work = (double)NAN};
    survey->what_if = row;
    survey->what_ifs = survey->what_if_capacity = 1;
    return note_revived(survey, once, err);
}

static enum wck_status say_once(struct wck_chain_survey *survey,
                                const struct wck_chain_survey_request *request,
                                const struct wck_coverage *once, struct wck_error *err)
{
    const struct wck_chain *chain = &survey->chain;
    size_t gained = 0, lost = 0;

    for (size_t p = 0; p < once->pixels_total; p++) {
        gained += chain->lost[p] != 0 && once->pixel_reason[p] == WCK_COVERED;
        lost += chain->lost[p] == 0 && once->pixel_reason[p] != WCK_COVERED;
    }
    return wck_note_add(
        &survey->survey, err,
        "Resampled once, by the product of the %zu matrices, %zu pixels would get a "
        "gradient in place of %zu: %zu gain one, %zu lose it.",
        request->count, once->pixels_covered, chain->coverage.pixels_covered, gained,
        lost);
}

static enum wck_status try_once(struct wck_chain_survey *survey,
                                const struct wck_chain_survey_request *request,
                                struct wck_error *err)
{
    const struct wck_survey_request *of = &request->survey;
    struct wck_warp warp;
    struct wck_coverage_request one = {.warp = &warp,
                                       .batch = of->batch,
                                       .channels = of->channels,
                                       .dtype = of->dtype,
                                       .upstream = of->upstream,
                                       .uniform = of->uniform};
    struct wck_coverage once = {0};
    enum wck_status status;

    if (request->count < 2 || combine(request, &warp, NULL) != WCK_OK)
        return WCK_OK;
    status = wck_coverage_explain(&once, &one, err);
    if (status == WCK_OK)
        status = add_row(&survey->survey, &warp, &once, err);
    if (status == WCK_OK)
        status = say_once(survey, request, &once, err);
    wck_coverage_release(&once);
    return status;
}

enum wck_status wck_chain_survey_run(struct wck_chain_survey *survey,
                                     const struct wck_chain_survey_request *request,
                                     struct wck_error *err)
{
    const struct wck_survey_request *of = &request->survey;
    struct wck_chain_request chain = {.links = request->links,
                                      .count = request->count,
                                      .batch = of->batch,
                                      .channels = of->channels,
                                      .dtype = of->dtype,
                                      .upstream = of->upstream,
                                      .uniform = of->uniform};
    enum wck_status status = WCK_OK;

    *survey = (struct wck_chain_survey){0};
    for (size_t i = 0; i < request->count && status == WCK_OK; i++)
        status = wck_room_check(&request->links[i], wck_survey_planes(of), WCK_FLOAT64,
                                of->dtype, err);
    if (status == WCK_OK)
        status = wck_chain_explain(&survey->chain, &chain, err);
    if (status == WCK_OK)
        status = describe(survey, request, err);
    if (status == WCK_OK)
        status = wck_note_negligible(&survey->survey, &survey->chain.coverage, err);
    if (status == WCK_OK)
        status = try_once(survey, request, err);
    return status;
}

void wck_chain_survey_release(struct wck_chain_survey *survey)
{
    wck_chain_release(&survey->chain);
    wck_survey_release(&survey->survey);
}

struct wck_coverage_report
wck_chain_survey_report(const struct wck_chain_survey *survey,
                        const struct wck_chain_survey_request *request)
{
    struct wck_coverage_report report =
        wck_survey_report(&survey->survey, &request->survey);

    report.coverage = &survey->chain.coverage;
    report.chain = &survey->chain;
    report.links = request->links;
    report.direction = NULL;
    report.framed = false;
    report.warp = NULL;
    report.output_width = last_of(request)->output_width;
    report.output_height = last_of(request)->output_height;
    return report;
}
