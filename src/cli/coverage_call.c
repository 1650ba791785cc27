#include "src/cli/coverage_call.h"

#include <stdlib.h>

#include "src/cli/gather.h"
#include "src/io/npy.h"

static enum wck_status open_options(struct wck_coverage_call *call,
                                    const struct wck_coverage_options *request,
                                    struct wck_error *err)
{
    struct wck_call_options options = request->call;

    options.sizes = true;
    options.dtype = request->warp.dtype;
    call->sized = wck_options_is_size(options.image);
    return wck_gather(&call->of, &options, &call->inputs, err);
}

/* --gradient in place of a recorded one. */
static enum wck_status read_gradient(struct wck_coverage_call *call, const char *path,
                                     struct wck_error *err)
{
    struct wck_survey_request *asked = &call->survey.request;
    enum wck_status status =
        wck_input_read_gradient(&call->gradient, path, asked->layout, err);

    if (status != WCK_OK)
        return status;
    asked->gradient = &call->gradient.image;
    asked->dtype = call->gradient.image.tensor.dtype;
    return WCK_OK;
}

/* A gate that the reference alone would pass says nothing of the run. */
static enum wck_status go_without_gradient(struct wck_coverage_call *call,
                                           const struct wck_coverage_options *request,
                                           struct wck_error *err)
{
    const char *gate = wck_gate_options_first(&request->gates);

    call->survey.request.without_gradient = request->recording;
    if (gate == NULL)
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID,
                         "--%s: %s holds no gradient of the image (grad_image): the "
                         "gate would be of what the declared warp would send back, not "
                         "of what your run did",
                         gate, request->recording);
}

static enum wck_status ask_map(struct wck_coverage_call *call,
                               const struct wck_coverage_options *request,
                               struct wck_error *err)
{
    const char *path = request->matrix_gradient;
    bool has_matrix = wck_map_has_matrix(&call->survey.request.warp->map);
    struct wck_tensor matrix = {0};
    enum wck_status status = WCK_OK;

    if (path != NULL && !has_matrix)
        return wck_error_set(err, WCK_INVALID,
                             "--matrix-gradient: the map is not by a matrix");
    if (path != NULL)
        status = wck_npy_read(path, &matrix, err);
    if (status == WCK_OK)
        status = wck_recorded_survey_ask_map(
            &call->survey, path != NULL ? &matrix : NULL, call->sized, err);
    free(matrix.data);
    return status;
}

/* The upstream gradient where none was recorded; 0: not known. */
static double uniform(const struct wck_coverage_call *call,
                      const struct wck_coverage_options *request)
{
    const struct wck_survey_request *asked = &call->survey.request;
    double planes = (double)(asked->batch * asked->channels);
    bool recorded = asked->gradient != NULL || asked->map_x != NULL ||
                    asked->map_y != NULL || asked->map_matrix != NULL;

    return wck_coverage_options_uniform(request, recorded,
                                        (double)wck_warp_samples(asked->warp) * planes);
}

enum wck_status wck_coverage_call_read(struct wck_coverage_call *call,
                                       const struct wck_coverage_options *request,
                                       struct wck_error *err)
{
    struct wck_survey_request *asked = &call->survey.request;
    enum wck_status status;

    *call = (struct wck_coverage_call){.inputs = request->call.size};
    call->inputs.any_numbers = true;
    status = request->recording != NULL
                 ? wck_recorded_read(&call->of, request->recording, &call->inputs, err)
                 : open_options(call, request, err);
    if (status == WCK_OK)
        status = wck_recorded_survey_ask(&call->survey, &call->of, err);
    if (status == WCK_OK && request->gradient != NULL)
        status = read_gradient(call, request->gradient, err);
    if (status == WCK_OK && request->recording != NULL && asked->gradient == NULL)
        status = go_without_gradient(call, request, err);
    if (status != WCK_OK)
        return status;
    if (request->explain_map || wck_recorded_map_any(&call->of))
        status = ask_map(call, request, err);
    if (status != WCK_OK)
        return status;
    if (wck_given_has(&request->given, WCK_KEY_DTYPE))
        asked->dtype = request->warp.dtype;
    if (asked->upstream == NULL)
        asked->uniform = uniform(call, request);
    else if (request->loss != WCK_LOSS_UNSAID)
        return wck_error_set(err, WCK_INVALID,
                             "--loss and grad_output of %s both say the upstream "
                             "gradient",
                             request->recording);
    wck_recorded_survey_settle(&call->survey);
    return WCK_OK;
}

void wck_coverage_call_release(struct wck_coverage_call *call)
{
    wck_recorded_survey_release(&call->survey);
    wck_recorded_release(&call->of);
    wck_input_release(&call->gradient);
}

void wck_coverage_call_name(const struct wck_coverage_call *call,
                            const struct wck_coverage_options *request,
                            struct wck_coverage_report *report)
{
    const char *given = request->gradient;

    if (!call->sized)
        report->image = &call->of.recording.call.image;
    report->image_name =
        request->recording != NULL ? request->recording : request->image;
    if (given == NULL && call->survey.gradient.tensor.data != NULL)
        given = request->recording;
    report->subject = given;
}
