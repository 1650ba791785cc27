#include "src/run/survey.h"

#include <stdlib.h>

#include "src/run/note.h"
#include "src/run/room.h"
#include "src/run/what_if.h"

static const char *direction_name(const struct wck_map *map)
{
    if (!wck_map_has_matrix(map))
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

    if (request->call != NULL)
        wck_text_printf(&text, "%s", request->call);
    else if (warp->map.kind != WCK_MAP_AFFINE)
        wck_text_printf(&text, "source coordinates for every output pixel");
    else if (warp->map.direction == WCK_SOURCE_TO_OUTPUT)
        wck_text_printf(&text, "2x3 matrix from source to output (as cv2.warpAffine "
                               "takes it)");
    else
        wck_text_printf(&text, "2x3 matrix from output to source (as with "
                               "cv2.WARP_INVERSE_MAP)");
    if (request->call == NULL)
        wck_text_printf(&text, ", pixel centres at whole numbers, kernel %s, border %s",
                        warp->kernel->name, warp->border->name);
    wck_text_printf(&text, ", layout %s, %s", request->layout,
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

/* What is not served is said in a note: it is not what was asked for first. */
static enum wck_status explain_map(struct wck_survey *survey,
                                   const struct wck_survey_request *request,
                                   struct wck_error *err)
{
    bool known = request->upstream != NULL || is_known(request->uniform);
    bool given =
        request->map_x != NULL || request->map_y != NULL || request->map_matrix != NULL;
    struct wck_map_coverage_request map = {
        .warp = request->warp,
        .items = request->items,
        .batch = request->batch,
        .channels = request->channels,
        .dtype = request->dtype,
        .image = request->image,
        .upstream = request->upstream,
        .uniform = is_known(request->uniform) ? request->uniform : 1.0,
        .upstream_unknown = given && !known,
        .x = request->map_x,
        .y = request->map_y,
        .matrix = request->map_matrix,
        .bound = request->bound,
        .bound_state = request->bound_state,
    };
    struct wck_error why = {0};
    enum wck_status status = wck_map_coverage_explain(&survey->map, &map, &why);

    survey->has_map = status == WCK_OK;
    if (status == WCK_UNSUPPORTED)
        return wck_note_add(survey, err, "%s.", why.text);
    return status == WCK_OK ? status : wck_error_set(err, status, "%s", why.text);
}

static enum wck_status explain(struct wck_survey *survey,
                               const struct wck_survey_request *request,
                               struct wck_error *err)
{
    bool known = request->upstream != NULL || is_known(request->uniform);
    struct wck_coverage_request one = {
        .warp = request->warp,
        .items = request->items,
        .weight_error = request->weight_error,
        .weight_error_state = request->weight_error_state,
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

size_t wck_survey_planes(const struct wck_survey_request *request)
{
    return (request->batch > 0 ? request->batch : 1) *
           (request->channels > 0 ? request->channels : 1);
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
    if (request->what_if &&
        (request->items != NULL || !wck_what_if_serves(request->warp)))
        return wck_error_set(err, WCK_INVALID,
                             "remedies are tried of one warp by a 2x3 matrix in "
                             "pixels alone");
    status = wck_room_check(request->warp, wck_survey_planes(request), WCK_FLOAT64,
                            request->dtype, err);
    if (status == WCK_OK)
        status = explain(survey, request, err);
    if (status == WCK_OK)
        status = describe(survey, request, err);
    if (status == WCK_OK)
        status = wck_notes_write(survey, request, err);
    if (status == WCK_OK && request->explain_map)
        status = explain_map(survey, request, err);
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
        free(survey->what_if[i].map);
    }
    free(survey->what_if);
    free(survey->revived);
    for (size_t i = 0; i < survey->note_count; i++)
        free(survey->notes[i]);
    free(survey->notes);
    *survey = (struct wck_survey){0};
}

/* The corners of the output's pixel edges, back-projected, by a matrix in pixels. */
static void set_frame(struct wck_coverage_report *report, const struct wck_warp *warp)
{
    const double *m = warp->map.backward;
    double width = (double)warp->output_width, height = (double)warp->output_height;

    report->framed = warp->map.kind == WCK_MAP_AFFINE && report->direction != NULL &&
                     warp->map.output_units == NULL && warp->map.source_units == NULL;
    for (int k = 0; report->framed && k < 4; k++) {
        double x = (k == 1 || k == 2 ? width : 0.0) - 0.5;
        double y = (k >= 2 ? height : 0.0) - 0.5;

        report->frame[k][0] = m[0] * x + m[1] * y + m[2];
        report->frame[k][1] = m[3] * x + m[4] * y + m[5];
    }
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
        .direction = request->items == NULL ? direction_name(&warp->map) : NULL,
        .output_width = warp->output_width,
        .output_height = warp->output_height,
        .batch = request->batch > 0 ? request->batch : 1,
        .channels = request->channels > 0 ? request->channels : 1,
        .what_if = survey->what_if,
        .what_ifs = survey->what_ifs,
        .map = survey->has_map ? &survey->map : NULL,
        .revived = survey->revived,
        .warp = request->items == NULL ? warp : NULL,
        .notes = (const char *const *)survey->notes,
        .note_count = survey->note_count,
    };

    report.matrix_entries = (size_t)wck_map_entries(&warp->map);
    for (size_t i = 0; i < report.matrix_entries; i++)
        report.matrix[i] = warp->map.matrix[i];
    set_frame(&report, warp);
    return report;
}
