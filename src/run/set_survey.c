#include "src/run/set_survey.h"

#include <math.h>

#include "src/run/note.h"
#include "src/run/room.h"

/* No nearer to an edge than the kernel reaches, and than a neighbour's neighbour. */
static size_t reach_of(const struct wck_kernel *kernel)
{
    return kernel->support > 2 ? (size_t)kernel->support : 2;
}

static enum wck_status add_sample(struct wck_set_survey *survey,
                                  const struct wck_coverage *one,
                                  const struct wck_kernel *kernel,
                                  struct wck_error *err)
{
    struct wck_evenness evenness;
    enum wck_status status =
        wck_evenness_measure(&evenness, one, reach_of(kernel), err);

    if (status == WCK_OK)
        wck_evenness_add(&survey->sample, &evenness);
    return status;
}

/* One plane stands for all: the upstream gradient is the same in each. */
static enum wck_status add(struct wck_set_survey *survey,
                           const struct wck_set_request *request,
                           const struct wck_map *map, struct wck_error *err)
{
    struct wck_warp warp = *request->survey.warp;
    struct wck_coverage_request one = {
        .warp = &warp,
        .dtype = request->survey.dtype,
        .uniform = request->survey.uniform,
    };
    struct wck_coverage coverage;
    enum wck_status status;

    warp.map = *map;
    status = wck_coverage_explain(&coverage, &one, err);
    if (status == WCK_OK)
        status = wck_set_add(&survey->set, &coverage, err);
    if (status == WCK_OK && request->sample)
        status = add_sample(survey, &coverage, warp.kernel, err);
    wck_coverage_release(&coverage);
    return status;
}

static enum wck_status add_all(struct wck_set_survey *survey,
                               const struct wck_set_request *request,
                               struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (;;) {
        struct wck_map map;
        bool more = false;

        status = request->next(request->state, &map, &more, err);
        if (status != WCK_OK || !more)
            break;
        status = add(survey, request, &map, err);
        if (status != WCK_OK)
            break;
        if (request->progress != NULL)
            request->progress(request->progress_state, survey->set.warps,
                              request->total);
    }
    if (status == WCK_OK && survey->set.warps == 0)
        return wck_error_set(err, WCK_FORMAT, "%s holds no matrix", request->name);
    return status;
}

static enum wck_status describe(struct wck_set_survey *survey,
                                const struct wck_set_request *request,
                                struct wck_error *err)
{
    const struct wck_survey_request *one = &request->survey;
    struct wck_text text = {0};

    wck_text_printf(
        &text,
        "%zu warp%s %s (%s), pixel centres at whole numbers, kernel %s, border "
        "%s, layout %s, %s",
        survey->set.warps, survey->set.warps == 1 ? "" : "s", request->warps,
        request->name, one->warp->kernel->name, one->warp->border->name, one->layout,
        wck_dtype_row(one->dtype)->name);
    if (text.failed) {
        wck_text_release(&text);
        return wck_error_no_memory(err);
    }
    survey->survey.convention = text.data;
    return WCK_OK;
}

/* A share for people: in percent. */
static double percent(double share)
{
    return 100.0 * fabs(share);
}

/* A set has no one gradient: its weights tell. */
static enum wck_status say_negligible(struct wck_set_survey *survey,
                                      struct wck_error *err)
{
    const struct wck_coverage *c = &survey->survey.coverage;
    double largest = 0.0;
    size_t count = 0;

    for (size_t p = 0; p < c->pixels_total; p++)
        largest = fmax(largest, c->weight[p]);
    for (size_t p = 0; p < c->pixels_total; p++)
        count += c->pixel_reason[p] == WCK_COVERED &&
                 c->weight[p] < WCK_NEGLIGIBLE * largest;
    if (count == 0)
        return WCK_OK;
    return wck_note_add(&survey->survey, err,
                        "%zu of the covered pixels are read with less than a millionth "
                        "of the largest weight.",
                        count);
}

static enum wck_status say_evenness(struct wck_set_survey *survey,
                                    struct wck_error *err)
{
    const struct wck_evenness *evenness = &survey->evenness;
    enum wck_status status = WCK_OK;

    if (!(evenness->mean > 0.0))
        return WCK_OK;
    status = wck_note_add(&survey->survey, err,
                          "Outputs read a pixel in view with a weight of %.4g on "
                          "average over the warps; between neighbours it varies by "
                          "%.3g%% of that.",
                          evenness->mean, percent(evenness->variation));
    for (int k = 0; k < WCK_PATTERNS && status == WCK_OK; k++) {
        const struct wck_pattern *one = &evenness->patterns[k];

        if (one->significant)
            status = wck_note_add(
                &survey->survey, err,
                "The weight alternates (%s): %.4g on the even ones, %.4g on the "
                "odd, a difference of %.3g%% between neighbours, the same way in %zu "
                "of %zu parts of the image (by chance in %zu or more once in a "
                "thousand sets).  An optimiser moves these pixels faster: shifts by "
                "parts of a pixel, or kernel area, even it out.",
                one->name, one->even, one->odd, percent(one->contrast), one->agree,
                evenness->tiles, one->needed);
    }
    return status;
}

enum wck_status wck_set_survey_run(struct wck_set_survey *survey,
                                   const struct wck_set_request *request,
                                   struct wck_error *err)
{
    const struct wck_survey_request *one = &request->survey;
    size_t planes = wck_survey_planes(one);
    enum wck_status status;

    *survey = (struct wck_set_survey){0};
    status = wck_room_check(one->warp, planes, WCK_FLOAT64, one->dtype, err);
    if (status == WCK_OK)
        status = wck_set_init(&survey->set, one->warp->source_height,
                              one->warp->source_width, err);
    if (status == WCK_OK)
        status = add_all(survey, request, err);
    if (status == WCK_OK)
        status = wck_set_coverage(&survey->set, planes, &survey->survey.coverage, err);
    if (status == WCK_OK)
        status = wck_evenness_measure(&survey->evenness, &survey->survey.coverage,
                                      reach_of(one->warp->kernel), err);
    if (status == WCK_OK && request->sample)
        wck_evenness_settle(&survey->evenness, &survey->sample);
    if (status == WCK_OK)
        status = say_evenness(survey, err);
    if (status == WCK_OK)
        status = say_negligible(survey, err);
    if (status == WCK_OK)
        status = describe(survey, request, err);
    return status;
}

void wck_set_survey_release(struct wck_set_survey *survey)
{
    wck_set_release(&survey->set);
    wck_survey_release(&survey->survey);
}

struct wck_coverage_report wck_set_survey_report(const struct wck_set_survey *survey,
                                                 const struct wck_set_request *request)
{
    struct wck_coverage_report report =
        wck_survey_report(&survey->survey, &request->survey);

    report.direction = NULL;
    report.framed = false;
    report.warp = NULL;
    report.set = &survey->set;
    report.evenness = &survey->evenness;
    report.set_name = request->name;
    return report;
}
