#include "src/run/survey.h"

#include <stdlib.h>

#include "src/run/note.h"
#include "src/run/what_if.h"

static const char *direction_name(const struct wck_map *map)
{
    if (map->kind != WCK_MAP_AFFINE)
        return NULL;
    return map->direction == WCK_SOURCE_TO_OUTPUT ? "source-to-output"
                                                  : "output-to-source";
}

static enum wck_status describe(struct wck_survey *survey,
                                const struct wck_survey_request *request,
                                struct wck_error *err)
{
    const struct wck_warp *warp = request->warp;
    struct wck_text text = {0};

    if (warp->map.kind != WCK_MAP_AFFINE)
        wck_text_printf(&text, "source coordinates for every output pixel");
    else if (warp->map.direction == WCK_SOURCE_TO_OUTPUT)
        wck_text_printf(&text, "2x3 matrix from source to output (as cv2.warpAffine "
                               "takes it)");
    else
        wck_text_printf(&text, "2x3 matrix from output to source (as with "
                               "cv2.WARP_INVERSE_MAP)");
    wck_text_printf(&text,
                    ", pixel centres at whole numbers, kernel %s, border %s, layout "
                    "%s, %s",
                    warp->kernel->name, warp->border->name, request->layout,
                    wck_dtype_row(request->dtype)->name);
    if (text.failed) {
        wck_text_release(&text);
        return wck_error_no_memory(err);
    }
    survey->convention = text.data;
    return WCK_OK;
}

static bool is_known(double uniform)
{
    return uniform < 0.0 || uniform > 0.0;
}

static enum wck_status explain(struct wck_survey *survey,
                               const struct wck_survey_request *request,
                               struct wck_error *err)
{
    bool known = request->upstream != NULL || is_known(request->uniform);
    struct wck_coverage_request one = {
        .warp = request->warp,
        .batch = request->batch,
        .channels = request->channels,
        .dtype = request->dtype,
        .upstream = request->upstream,
        .uniform = is_known(request->uniform) ? request->uniform : 1.0,
        .upstream_unknown = request->gradient != NULL && !known,
        .gradient = request->gradient,
        .numeric = request->numeric,
        .response = request->response,
    };

    return wck_coverage_explain(&survey->coverage, &one, err);
}

enum wck_status wck_survey_run(struct wck_survey *survey,
                               const struct wck_survey_request *request,
                               struct wck_error *err)
{
    enum wck_status status;

    *survey = (struct wck_survey){0};
    if (request->layout == NULL || !wck_layout_valid(request->layout))
        return wck_error_set(err, WCK_INVALID, "no such layout: %s",
                             request->layout != NULL ? request->layout : "(none)");
    status = explain(survey, request, err);
    if (status == WCK_OK)
        status = describe(survey, request, err);
    if (status == WCK_OK)
        status = wck_notes_write(survey, request, err);
    if (status == WCK_OK && request->what_if)
        status = wck_what_if_try(survey, request, err);
    return status;
}

void wck_survey_release(struct wck_survey *survey)
{
    wck_coverage_release(&survey->coverage);
    free(survey->convention);
    for (size_t i = 0; i < survey->what_ifs; i++) {
        free(survey->what_if[i].remedy);
        free(survey->what_if[i].cost);
        free(survey->what_if[i].options);
    }
    free(survey->what_if);
    free(survey->revived);
    for (size_t i = 0; i < survey->note_count; i++)
        free(survey->notes[i]);
    free(survey->notes);
    *survey = (struct wck_survey){0};
}

struct wck_coverage_report wck_survey_report(const struct wck_survey *survey,
                                             const struct wck_survey_request *request)
{
    const struct wck_warp *warp = request->warp;
    struct wck_coverage_report report = {
        .coverage = &survey->coverage,
        .convention = survey->convention,
        .kernel = warp->kernel->name,
        .border = warp->border->name,
        .layout = request->layout,
        .dtype = wck_dtype_row(request->dtype)->name,
        .direction = direction_name(&warp->map),
        .output_width = warp->output_width,
        .output_height = warp->output_height,
        .batch = request->batch > 0 ? request->batch : 1,
        .channels = request->channels > 0 ? request->channels : 1,
        .what_if = survey->what_if,
        .what_ifs = survey->what_ifs,
        .revived = survey->revived,
        .warp = warp,
        .notes = (const char *const *)survey->notes,
        .note_count = survey->note_count,
    };

    for (int i = 0; i < 6; i++)
        report.matrix[i] = warp->map.matrix[i];
    return report;
}
