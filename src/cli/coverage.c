#include <stdio.h>
#include <string.h>

#include "src/cli/command.h"
#include "src/cli/coverage_job.h"

static void read_loss(const char *arg, struct wck_coverage_options *request,
                      struct argp_state *state)
{
    if (strcmp(arg, "mean") == 0)
        request->loss = WCK_LOSS_MEAN;
    else if (strcmp(arg, "sum") == 0)
        request->loss = WCK_LOSS_SUM;
    else
        wck_usage(state, "unknown loss '%s' (there are: mean, sum)", arg);
}

/* A set has no one gradient, and no one output, that could have been recorded. */
static void check_set(const struct wck_coverage_options *request,
                      struct argp_state *state)
{
    static const struct {
        int key;
        const char *option;
    } unread[] = {{WCK_KEY_GRADIENT, "gradient"},
                  {WCK_KEY_UPSTREAM, "upstream"},
                  {WCK_KEY_WHAT_IF, "what-if"}};

    for (size_t i = 0; i < sizeof unread / sizeof unread[0]; i++) {
        if (wck_given_has(&request->given, unread[i].key))
            wck_usage(state, "--%s is for one warp, not for a set", unread[i].option);
    }
}

/* What can be said of the options together, before any file is read. */
static void check_options(const struct wck_coverage_options *request,
                          struct argp_state *state)
{
    if (request->image == NULL && request->gradient == NULL)
        wck_usage(state, "--image is missing (or --gradient, whose shape says it)");
    if (wck_set_options_any(&request->set))
        check_set(request, state);
    else if (!wck_given_has(&request->warp.given, WCK_KEY_MATRIX))
        wck_usage(state, "--matrix is missing (or --matrices, or --random)");
    wck_moved_options_check(&request->moved, request->gradient != NULL, state);
    wck_set_options_check(&request->set, &request->warp, state);
    if (request->upstream != NULL && request->loss != WCK_LOSS_UNSAID)
        wck_usage(state, "--loss and --upstream both say the upstream gradient");
    wck_warp_options_check(&request->warp, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_coverage_options *request = state->input;

    wck_given_once(&request->given, key, state);
    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        state->child_inputs[0] = &request->warp;
        state->child_inputs[1] = &request->outputs;
        state->child_inputs[2] = &request->set;
        state->child_inputs[3] = &request->gates;
        state->child_inputs[4] = &request->moved;
        return 0;
    case WCK_KEY_IMAGE:
        request->image = arg;
        return 0;
    case WCK_KEY_UPSTREAM:
        request->upstream = arg;
        return 0;
    case WCK_KEY_GRADIENT:
        request->gradient = arg;
        return 0;
    case WCK_KEY_LOSS:
        read_loss(arg, request, state);
        return 0;
    case WCK_KEY_WHAT_IF:
        request->what_if = true;
        return 0;
    case ARGP_KEY_ARG:
        wck_usage(state, "'%s' is one argument too many", arg);
    case ARGP_KEY_END:
        check_options(request, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own_options[] = {
    {"image", WCK_KEY_IMAGE, "SIZE|FILE", 0,
     "the image: a size, HxW or HxWxC, or a .png or .npy file (default: the shape of "
     "the gradient)",
     0},
    {"gradient", WCK_KEY_GRADIENT, "FILE", 0,
     "explain this gradient with respect to the image, an .npy recorded in a real run "
     "(default: the reference's own)",
     0},
    {"upstream", WCK_KEY_UPSTREAM, "FILE", 0,
     "the gradient with respect to the output, an .npy recorded in the same run", 0},
    {"loss", WCK_KEY_LOSS, "mean|sum", 0,
     "the upstream gradient is that of the output's mean (default) or sum", 0},
    {"what-if", WCK_KEY_WHAT_IF, NULL, 0, "say what each remedy would do", 0},
    {0},
};

static void parse_request(struct wck_coverage_options *request, int argc, char **argv)
{
    struct wck_output_argp outputs;
    struct argp_child children[] = {
        {&wck_warp_argp, 0, "The warp:", 1},
        {NULL, 0, "Reports ('-' is standard output):", 4},
        {&wck_set_argp, 0, "A set of warps in place of one:", 2},
        {&wck_gate_argp, 0, "What must hold, or the exit status is 1:", 3},
        {&wck_moved_argp, 0, "A recorded gradient's own loss, moved:", 1},
        {0},
    };
    const struct argp argp = {
        .options = own_options,
        .parser = parse,
        .doc = "Say which pixels of an image get a gradient through a warp, and of the "
               "others, why not.\vExit status: 0 all well, 1 a gradient is lost or "
               "wrong, or a gate failed, 2 wrong usage, 4 input, output or memory.",
        .children = children,
    };

    wck_output_argp_init(&outputs, WCK_REPORT_COVERAGE);
    children[1].argp = &outputs.argp;
    wck_options_parse(&argp, 0, argc, argv, request);
}

/* What the survey of a warp, or of each of a set, is asked for. */
static struct wck_survey_request ask(const struct wck_coverage_job *job,
                                     const struct wck_coverage_options *request)
{
    bool recorded = request->gradient != NULL;
    bool says_dtype = wck_given_has(&request->warp.given, WCK_KEY_DTYPE);

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

/* Completes the report, writes it, and judges. */
static enum wck_status finish(const struct wck_coverage_job *job,
                              struct wck_coverage_options *request,
                              struct wck_coverage_report *report, int *code,
                              struct wck_error *err)
{
    struct wck_gates gates;
    enum wck_status status;

    report->image = job->image.data != NULL ? &job->image.image : NULL;
    report->image_name = request->image != NULL ? request->image : request->gradient;
    report->subject = request->gradient;
    report->command = request->command;
    status = wck_gates_judge(&gates, &request->gates.request, report->coverage, err);
    if (status != WCK_OK)
        return status;
    report->gates = &gates;
    *code = gates.failed ? WCK_EXIT_FAILED : judge(report->coverage);
    return wck_outputs_coverage(&request->outputs, report, err);
}

static enum wck_status run_one(const struct wck_coverage_job *job,
                               struct wck_coverage_options *request, int *code,
                               struct wck_error *err)
{
    struct wck_survey_request one = ask(job, request);
    struct wck_survey survey = {.convention = NULL};
    struct wck_coverage_report report;
    enum wck_status status = wck_moved_options_read(&request->moved, &one, err);

    if (status == WCK_OK)
        status = wck_survey_run(&survey, &one, err);
    if (status == WCK_OK) {
        report = wck_survey_report(&survey, &one);
        status = finish(job, request, &report, code, err);
    }
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
        status = finish(job, request, &report, code, err);
    }
    wck_set_survey_release(&survey);
    return status;
}

int wck_coverage_main(int argc, char **argv)
{
    struct wck_coverage_options request = {.warp = wck_warp_options_default(),
                                           .set = wck_set_options_default()};
    struct wck_coverage_job job = {0};
    struct wck_text command = {0};
    struct wck_error err = {0};
    enum wck_status status;
    int code = WCK_EXIT_OK;

    wck_options_quote(&command, argc, argv);
    parse_request(&request, argc, argv);
    request.command = wck_text_string(&command);
    status = wck_coverage_job_read(&job, &request, &err);
    if (status == WCK_OK)
        status = wck_gate_options_read(&request.gates, job.warp.source_height,
                                       job.warp.source_width, &err);
    if (status == WCK_OK)
        status = wck_set_options_any(&request.set)
                     ? run_set(&job, &request, &code, &err)
                     : run_one(&job, &request, &code, &err);
    if (status != WCK_OK)
        code = wck_command_failed(argv[0], &err);
    wck_moved_options_release(&request.moved);
    wck_gate_options_release(&request.gates);
    wck_outputs_release(&request.outputs);
    wck_text_release(&command);
    wck_coverage_job_release(&job);
    return code;
}
