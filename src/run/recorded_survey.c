#include "src/run/recorded_survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/flag.h"

/* May a coordinate that is off by `error` be on the other side of a jump: of a kernel
 * that has one at its knots, or of a fill's edge? */
static bool may_jump(const struct wck_warp *warp, enum wck_axis axis, double u,
                     double error)
{
    const struct wck_stages *stages = wck_warp_stages(warp);
    struct wck_folded at = stages->fold(warp, axis, u);
    double beyond = at.u - warp->kernel->knot;

    if (warp->kernel->smoothness < 0 && fabs(beyond - nearbyint(beyond)) <= error)
        return true;
    return stages->fold(warp, axis, u - error).filled != at.filled ||
           stages->fold(warp, axis, u + error).filled != at.filled;
}

/* A kernel's weight changes by less than twice as much as its coordinate (a cubic's and
 * Lanczos' steepest slopes are below 1.8), unless it jumps.  Then come the roundings of
 * the weights of two axes and of their product, in float32 at most: nobody keeps them
 * in less. */
static double weight_error(const void *state, size_t item, size_t sample, double x,
                           double y, double bound[2])
{
    const struct wck_recorded_survey *survey = state;
    const struct wck_problem *problem = &survey->problems[item];
    struct wck_coordinate_error error = wck_problem_coordinate_error(problem, sample);
    double u = fmin(wck_dtype_row(problem->dtype)->roundoff, 0x1p-24);
    double roundings = 2.0 * wck_kernel_roundings(problem->warp.kernel) + 1.0;

    bound[WCK_X] = error.x;
    bound[WCK_Y] = error.y;
    if (may_jump(&problem->warp, WCK_X, x, error.x) ||
        may_jump(&problem->warp, WCK_Y, y, error.y))
        return 1.0;
    return 2.0 * (error.x + error.y) + roundings * u;
}

/* ---- in the library's words ---- */

/* The word chosen, or the library's default. */
static void say_word(struct wck_text *text, const char *what, const char *chosen,
                     const char *words)
{
    int length = (int)strcspn(words, " ");

    if (chosen != NULL)
        wck_text_printf(text, ", %s %s", what, chosen);
    else
        wck_text_printf(text, ", %s %.*s", what, length, words);
}

static void say_flags(struct wck_text *text, const struct wck_convention *convention,
                      const struct wck_choices *choices)
{
    const struct wck_flag *flag;

    for (size_t i = 0; (flag = wck_flag_row(i)) != NULL; i++) {
        if (flag->taken(convention) && flag->chosen(choices))
            wck_text_printf(text, ", %s %s", flag->name,
                            flag->truth(choices) ? "true" : "false");
    }
}

static void say_map(struct wck_text *text, const struct wck_call *call,
                    const struct wck_map *map)
{
    static const char *const carriers[] = {
        [WCK_CARRIER_GRID] = "a grid of normalised coordinates",
        [WCK_CARRIER_MAPS] = "maps of coordinates in pixels",
        [WCK_CARRIER_COORDS] = "coordinates in pixels",
        [WCK_CARRIER_FLOW] = "displacements in pixels",
    };
    const struct wck_tensor *array = &call->array[0];

    if (call->convention->carrier != WCK_CARRIER_MATRIX)
        wck_text_printf(text, "%s", carriers[call->convention->carrier]);
    else
        wck_text_printf(text, "a %zux%zu matrix from %s", array->shape[array->rank - 2],
                        array->shape[array->rank - 1],
                        map->direction == WCK_SOURCE_TO_OUTPUT ? "source to output"
                                                               : "output to source");
}

/* "torch.grid_sample by a grid of normalised coordinates, interp bilinear, ..." */
static enum wck_status describe(struct wck_recorded_survey *survey,
                                struct wck_error *err)
{
    const struct wck_call *call = &survey->of->recording.call;
    const struct wck_convention *convention = call->convention;
    struct wck_text text = {0};

    wck_text_printf(&text, "%s by ", convention->name);
    say_map(&text, call, &survey->request.warp->map);
    if (survey->items != NULL)
        wck_text_printf(&text, ", one for each batch item");
    say_word(&text, "interp", call->choices.interp, convention->interps);
    say_word(&text, "border", call->choices.border, convention->borders);
    say_flags(&text, convention, &call->choices);
    if (call->choices.version != NULL)
        wck_text_printf(&text, ", version %s", call->choices.version);
    if (text.failed) {
        wck_text_release(&text);
        return wck_error_no_memory(err);
    }
    survey->call = text.data;
    survey->request.call = text.data;
    return WCK_OK;
}

/* ---- asking ---- */

static enum wck_status copy_items(struct wck_recorded_survey *survey,
                                  struct wck_error *err)
{
    const struct wck_recording *recording = &survey->of->recording;
    size_t batch = recording->call.image.batch;
    bool shares = wck_call_shares_map(&recording->call);

    survey->problems = calloc(batch, sizeof *survey->problems);
    survey->items = shares ? NULL : calloc(batch, sizeof *survey->items);
    if (survey->problems == NULL || (!shares && survey->items == NULL))
        return wck_error_no_memory(err);
    for (size_t i = 0; i < batch; i++) {
        survey->problems[i] = wck_recording_problem(recording, i);
        if (!shares)
            survey->items[i] = recording->items[i].warp;
    }
    return WCK_OK;
}

static enum wck_status view_gradient(struct wck_recorded_survey *survey,
                                     struct wck_error *err)
{
    const struct wck_archive *archive = &survey->of->archive;
    const struct wck_tensor *gradient = wck_member_find(archive, "grad_image");
    enum wck_status status;

    if (gradient == NULL)
        return WCK_OK;
    if (wck_dtype_row(gradient->dtype)->roundoff <= 0.0)
        return wck_member_reject(archive, "grad_image", "is not floating-point", err);
    status = wck_member_check_shape(archive, "grad_image", "image", err);
    if (status == WCK_OK)
        status =
            wck_member_view(archive, "grad_image", survey->of->recording.problem.layout,
                            &survey->gradient, err);
    return status;
}

static enum wck_dtype dtype_of(const struct wck_recorded_survey *survey)
{
    enum wck_dtype image = survey->of->recording.call.image.tensor.dtype;

    if (survey->gradient.tensor.data != NULL)
        return survey->gradient.tensor.dtype;
    return wck_dtype_row(image)->roundoff > 0.0 ? image : WCK_FLOAT32;
}

enum wck_status wck_recorded_survey_ask(struct wck_recorded_survey *survey,
                                        const struct wck_recorded *of,
                                        struct wck_error *err)
{
    const struct wck_recording *recording = &of->recording;
    const struct wck_warp *warp = &recording->items[0].warp;
    enum wck_status status;

    *survey = (struct wck_recorded_survey){.of = of};
    if (wck_warp_axes(warp) == 3)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "coverage is of images: volumes are not served (where "
                             "the map keeps planes apart, record one plane)");
    status = copy_items(survey, err);
    if (status == WCK_OK)
        status = view_gradient(survey, err);
    if (status != WCK_OK)
        return status;
    survey->request = (struct wck_survey_request){
        .warp = warp,
        .items = survey->items,
        .layout = recording->problem.layout,
        .batch = recording->call.image.batch,
        .channels = recording->call.image.channels,
        .dtype = dtype_of(survey),
        .upstream =
            recording->grad_output.tensor.data != NULL ? &recording->grad_output : NULL,
        .gradient = survey->gradient.tensor.data != NULL ? &survey->gradient : NULL,
        .weight_error = weight_error,
        .weight_error_state = survey,
    };
    return describe(survey, err);
}

static void bound(const void *state, size_t item, size_t sample, double bounds[2])
{
    const struct wck_recorded_survey *survey = state;
    struct wck_coordinate_error error =
        wck_problem_coordinate_error(&survey->problems[item], sample);

    bounds[WCK_X] = error.x;
    bounds[WCK_Y] = error.y;
}

enum wck_status wck_recorded_survey_ask_map(struct wck_recorded_survey *survey,
                                            const struct wck_tensor *matrix, bool sized,
                                            struct wck_error *err)
{
    struct wck_survey_request *request = &survey->request;
    enum wck_status status =
        wck_recorded_map_read(&survey->map, survey->of, matrix, err);

    request->explain_map = true;
    request->image = sized ? NULL : &survey->of->recording.call.image;
    request->map_x = survey->map.x;
    request->map_y = survey->map.y;
    request->map_matrix = survey->map.matrix;
    request->bound = bound;
    request->bound_state = survey;
    return status;
}

void wck_recorded_survey_settle(struct wck_recorded_survey *survey)
{
    for (size_t i = 0; i < survey->request.batch; i++) {
        struct wck_problem *problem = &survey->problems[i];
        double own = wck_dtype_row(problem->dtype)->roundoff;

        if (wck_dtype_row(survey->request.dtype)->roundoff > own)
            problem->dtype = survey->request.dtype;
    }
}

void wck_recorded_survey_release(struct wck_recorded_survey *survey)
{
    free(survey->items);
    free(survey->problems);
    wck_recorded_map_release(&survey->map);
    free(survey->call);
    *survey = (struct wck_recorded_survey){0};
}
