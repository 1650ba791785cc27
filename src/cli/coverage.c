#include <stdio.h>
#include <string.h>

#include "src/cli/command.h"
#include "src/cli/coverage_call.h"
#include "src/cli/coverage_job.h"
#include "src/cli/progress.h"
#include "src/cli/terminal.h"
#include "src/cli/what_if_maps.h"
#include "src/run/chain_survey.h"

/* What the survey of a warp, or of each of a set, is asked for. */
static struct wck_survey_request ask(const struct wck_coverage_job *job,
                                     const struct wck_coverage_options *request)
{
    bool recorded = request->gradient != NULL;
    bool says_dtype = wck_given_has(&request->given, WCK_KEY_DTYPE);

    return (struct wck_survey_request){
        .warp = &job->warp,
        .layout = job->layout,
        .batch = job->shape.batch,
        .channels = job->shape.channels,
        .dtype = recorded && !says_dtype ? job->gradient.image.tensor.dtype
                                         : request->warp.dtype,
        .upstream = request->upstream != NULL ? &job->upstream.image : NULL,
        .uniform = wck_coverage_job_uniform(job, request),
        .gradient = recorded ? &job->gradient.image : NULL,
        .what_if = request->what_if,
        .what_if_maps = request->what_if_maps != NULL,
        .explain_map = request->explain_map,
        .image = job->image.data != NULL ? &job->image.image : NULL,
        .map_matrix = job->has_matrix_gradient ? job->matrix_gradient : NULL,
    };
}

/* A finding fails where a gradient is lost, or is where none should be. */
static int judge(const struct wck_coverage *coverage)
{
    if (coverage->spurious_entries > 0)
        return WCK_EXIT_FAILED;
    for (int reason = 0; reason < WCK_REASON_COUNT; reason++) {
        if (wck_reason_row((enum wck_reason)reason)->fault &&
            coverage->reason_entries[reason] > 0)
            return WCK_EXIT_FAILED;
    }
    return WCK_EXIT_OK;
}

/* Completes the report, of which it says the image and where the gradient came from,
 * writes it, and judges. */
static enum wck_status finish(struct wck_coverage_options *request,
                              struct wck_coverage_report *report, int *code,
                              struct wck_error *err)
{
    struct wck_gates gates;
    enum wck_status status;

    report->command = request->command;
    report->sketch = wck_terminal_choose(request->map, WCK_SKETCH_NONE);
    request->outputs.sketch = wck_terminal_choose(request->map, wck_terminal_sketch());
    status = wck_gates_judge(&gates, &request->gates.request, report->coverage, err);
    if (status != WCK_OK)
        return status;
    report->gates = &gates;
    *code = gates.failed ? WCK_EXIT_FAILED : judge(report->coverage);
    if (report->map != NULL && wck_map_coverage_faults(report->map) > 0)
        *code = WCK_EXIT_FAILED;
    return wck_outputs_coverage(&request->outputs, report, err);
}

static void name_arrays(const struct wck_coverage_job *job,
                        const struct wck_coverage_options *request,
                        struct wck_coverage_report *report)
{
    report->image = job->image.data != NULL ? &job->image.image : NULL;
    report->image_name = request->image != NULL ? request->image : request->gradient;
    report->subject = request->gradient;
}

static enum wck_status run_one(const struct wck_coverage_job *job,
                               struct wck_coverage_options *request, int *code,
                               struct wck_error *err)
{
    struct wck_survey_request one = ask(job, request);
    struct wck_progress progress = wck_progress_begin("remedies");
    struct wck_survey survey = {.convention = NULL};
    struct wck_coverage_report report;
    enum wck_status status = wck_moved_options_read(&request->moved, &one, err);

    one.progress = wck_progress_tell;
    one.progress_state = &progress;
    if (status == WCK_OK)
        status = wck_survey_run(&survey, &one, err);
    wck_progress_end(&progress);
    if (status == WCK_OK) {
        report = wck_survey_report(&survey, &one);
        name_arrays(job, request, &report);
        status = finish(request, &report, code, err);
    }
    if (status == WCK_OK && request->what_if_maps != NULL)
        status = wck_what_if_maps_write(request->what_if_maps, &survey, err);
    wck_survey_release(&survey);
    return status;
}

static enum wck_status run_set(const struct wck_coverage_job *job,
                               struct wck_coverage_options *request, int *code,
                               struct wck_error *err)
{
    struct wck_set_request many = {.survey = ask(job, request)};
    struct wck_set_survey survey = {0};
    struct wck_coverage_report report;
    enum wck_status status = wck_set_options_run(&request->set, request->warp.direction,
                                                 &many, &survey, err);

    if (status == WCK_OK) {
        report = wck_set_survey_report(&survey, &many);
        name_arrays(job, request, &report);
        status = finish(request, &report, code, err);
    }
    wck_set_survey_release(&survey);
    return status;
}

static enum wck_status run_chain(const struct wck_coverage_job *job,
                                 struct wck_coverage_options *request, int *code,
                                 struct wck_error *err)
{
    struct wck_chain_survey_request many = {
        .survey = ask(job, request), .links = job->links, .count = job->count};
    struct wck_chain_survey survey;
    struct wck_coverage_report report;
    enum wck_status status = wck_chain_survey_run(&survey, &many, err);

    if (status == WCK_OK) {
        report = wck_chain_survey_report(&survey, &many);
        name_arrays(job, request, &report);
        status = finish(request, &report, code, err);
    }
    wck_chain_survey_release(&survey);
    return status;
}

/* By a matrix of our own, or a set or a chain of them. */
static enum wck_status run_own(struct wck_coverage_options *request, int *code,
                               struct wck_error *err)
{
    struct wck_coverage_job job = {0};
    enum wck_status status = wck_coverage_job_read(&job, request, err);

    if (status == WCK_OK)
        status = wck_gate_options_read(&request->gates, job.warp.source_height,
                                       job.warp.source_width, err);
    if (status == WCK_OK)
        status = wck_set_options_any(&request->set) ? run_set(&job, request, code, err)
                 : job.count > 1 ? run_chain(&job, request, code, err)
                                 : run_one(&job, request, code, err);
    wck_coverage_job_release(&job);
    return status;
}

/* A library's call, or a recording of one. */
static enum wck_status run_call(struct wck_coverage_options *request, int *code,
                                struct wck_error *err)
{
    struct wck_coverage_call call;
    struct wck_survey survey = {0};
    struct wck_coverage_report report;
    enum wck_status status = wck_coverage_call_read(&call, request, err);

    if (status == WCK_OK)
        status =
            wck_gate_options_read(&request->gates, call.of.recording.call.image.height,
                                  call.of.recording.call.image.width, err);
    if (status == WCK_OK)
        status = wck_survey_run(&survey, &call.survey.request, err);
    if (status == WCK_OK) {
        report = wck_survey_report(&survey, &call.survey.request);
        wck_coverage_call_name(&call, request, &report);
        status = finish(request, &report, code, err);
    }
    wck_survey_release(&survey);
    wck_coverage_call_release(&call);
    return status;
}

int wck_coverage_main(int argc, char **argv)
{
    struct wck_coverage_options request = wck_coverage_options_default();
    struct wck_text command = {0};
    struct wck_error err = {0};
    enum wck_status status;
    int code = WCK_EXIT_OK;

    wck_options_quote(&command, argc, argv);
    wck_coverage_options_parse(&request, argc, argv);
    request.command = wck_text_string(&command);
    status = request.called ? run_call(&request, &code, &err)
                            : run_own(&request, &code, &err);
    if (status != WCK_OK)
        code = wck_command_failed(argv[0], &err);
    wck_moved_options_release(&request.moved);
    wck_gate_options_release(&request.gates);
    wck_outputs_release(&request.outputs);
    wck_text_release(&command);
    return code;
}
