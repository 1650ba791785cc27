#include <stdio.h>
#include <string.h>

#include "src/cli/command.h"
#include "src/cli/input.h"
#include "src/cli/output.h"
#include "src/run/survey.h"

enum loss { LOSS_UNSAID, LOSS_MEAN, LOSS_SUM };

struct request {
    struct wck_given given;
    struct wck_warp_options warp;
    struct wck_outputs outputs;
    const char *image, *upstream, *gradient; /* NULL: not given */
    enum loss loss;
    bool what_if;
};

static void read_loss(const char *arg, struct request *request,
                      struct argp_state *state)
{
    if (strcmp(arg, "mean") == 0)
        request->loss = LOSS_MEAN;
    else if (strcmp(arg, "sum") == 0)
        request->loss = LOSS_SUM;
    else
        wck_usage(state, "unknown loss '%s' (there are: mean, sum)", arg);
}

/* What can be said of the options together, before any file is read. */
static void check_options(const struct request *request, struct argp_state *state)
{
    if (request->image == NULL && request->gradient == NULL)
        wck_usage(state, "--image is missing (or --gradient, whose shape says it)");
    if (!wck_given_has(&request->warp.given, WCK_KEY_MATRIX))
        wck_usage(state, "--matrix is missing");
    if (request->upstream != NULL && request->loss != LOSS_UNSAID)
        wck_usage(state, "--loss and --upstream both say the upstream gradient");
    wck_warp_options_check(&request->warp, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;

    wck_given_once(&request->given, key, state);
    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        state->child_inputs[0] = &request->warp;
        state->child_inputs[1] = &request->outputs;
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

static void parse_request(struct request *request, int argc, char **argv)
{
    struct wck_output_argp outputs;
    struct argp_child children[] = {
        {&wck_warp_argp, 0, "The warp:", 1},
        {NULL, 0, "Reports ('-' is standard output):", 2},
        {0},
    };
    const struct argp argp = {
        .options = own_options,
        .parser = parse,
        .doc = "Say which pixels of an image get a gradient through a warp, and of the "
               "others, why not.\vExit status: 0 all well, 1 a gradient is lost or "
               "wrong, 2 wrong usage, 4 input, output or memory.",
        .children = children,
    };

    wck_output_argp_init(&outputs, WCK_REPORT_COVERAGE);
    children[1].argp = &outputs.argp;
    wck_options_parse(&argp, 0, argc, argv, request);
}

/* What the arrays must agree on. */
struct shape {
    size_t batch; /* 0: not said; a size or a picture stands for any batch */
    size_t channels, height, width;
};

static struct shape shape_of(const struct wck_input *input)
{
    const struct wck_image *image = &input->image;
    bool says_batch = strchr(input->layout, 'N') != NULL;

    return (struct shape){says_batch ? image->batch : 0, image->channels, image->height,
                          image->width};
}

static void print_shape(const struct shape *shape, char text[100])
{
    int used =
        shape->batch > 1 ? snprintf(text, 100, "a batch of %zu, ", shape->batch) : 0;

    snprintf(text + used, 100 - (size_t)used, "%zux%zux%zu", shape->height,
             shape->width, shape->channels);
}

/* Fails unless `file`, of which `path` is the name, has the shape that `what` has. */
static enum wck_status agree(const char *what, struct shape *known,
                             const struct wck_input *file, struct wck_error *err)
{
    struct shape shape = shape_of(file);
    char is[100], has[100];

    if (known->batch == 0)
        known->batch = shape.batch;
    if ((shape.batch == known->batch || shape.batch == 0) &&
        shape.channels == known->channels && shape.height == known->height &&
        shape.width == known->width)
        return WCK_OK;
    print_shape(known, is);
    print_shape(&shape, has);
    return wck_error_set(err, WCK_INVALID, "the %s is %s, but %s is %s", what, is,
                         file->path, has);
}

/* What the request names, read and fitted together. */
struct job {
    struct wck_input image, upstream, gradient; /* no data: not given, or only a size */
    const char *layout;
    struct shape shape;
    struct wck_warp warp;
    struct wck_survey survey;
    struct wck_text command;
};

static enum wck_status read_image(struct job *job, const struct request *request,
                                  struct wck_error *err)
{
    size_t sizes[3];
    enum wck_status status;

    if (wck_options_is_size(request->image)) {
        status = wck_options_read_size(request->image, 3, sizes, err);
        job->shape = (struct shape){0, sizes[2], sizes[0], sizes[1]};
        job->layout = sizes[2] > 1 ? "HWC" : "HW";
        return status;
    }
    status = wck_input_read(&job->image, request->image, request->warp.layout, err);
    if (status != WCK_OK)
        return status;
    job->shape = shape_of(&job->image);
    job->layout = job->image.layout;
    return WCK_OK;
}

static enum wck_status read_gradient(struct job *job, const struct request *request,
                                     struct wck_error *err)
{
    const struct wck_dtype_row *dtype;
    enum wck_status status =
        wck_input_read(&job->gradient, request->gradient, request->warp.layout, err);

    if (status != WCK_OK)
        return status;
    dtype = wck_dtype_row(job->gradient.image.tensor.dtype);
    if (dtype->roundoff <= 0.0)
        return wck_error_set(err, WCK_FORMAT,
                             "%s holds %s: a gradient is floating-point",
                             request->gradient, dtype->name);
    job->layout = job->gradient.layout;
    if (request->image == NULL)
        job->shape = shape_of(&job->gradient);
    return agree("image", &job->shape, &job->gradient, err);
}

static enum wck_status read_upstream(struct job *job, const struct request *request,
                                     struct wck_error *err)
{
    struct shape output = job->shape;
    enum wck_status status =
        wck_input_read(&job->upstream, request->upstream, request->warp.layout, err);

    if (status != WCK_OK)
        return status;
    if (!wck_given_has(&request->warp.given, WCK_KEY_OUTPUT)) {
        job->warp.output_height = job->upstream.image.height;
        job->warp.output_width = job->upstream.image.width;
    }
    output.height = job->warp.output_height;
    output.width = job->warp.output_width;
    status = agree("output", &output, &job->upstream, err);
    job->shape.batch = output.batch;
    return status;
}

static enum wck_status set_warp(struct job *job, const struct wck_warp_options *options,
                                struct wck_error *err)
{
    const struct shape *shape = &job->shape;
    bool resized = wck_given_has(&options->given, WCK_KEY_OUTPUT);

    job->warp = (struct wck_warp){
        .kernel = options->kernel,
        .border = options->border,
        .border_value = options->border_value,
        .border_values = options->border_values,
        .source_width = shape->width,
        .source_height = shape->height,
        .output_width = resized ? options->output_width : shape->width,
        .output_height = resized ? options->output_height : shape->height,
    };
    if (options->border_values > 1 && options->border_values != shape->channels)
        return wck_error_set(err, WCK_INVALID,
                             "%zu border values for %zu channels: give one, or one for "
                             "each channel",
                             options->border_values, shape->channels);
    return wck_map_affine(&job->warp.map, options->matrix, options->direction, err);
}

static enum wck_status set_layout(struct job *job, const char *layout,
                                  struct wck_error *err)
{
    if (layout != NULL)
        job->layout = layout;
    if (job->shape.channels > 1 && strchr(job->layout, 'C') == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "layout %s has no axis for the %zu channels", job->layout,
                             job->shape.channels);
    return WCK_OK;
}

static enum wck_status read_inputs(struct job *job, const struct request *request,
                                   struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (request->image != NULL)
        status = read_image(job, request, err);
    if (status == WCK_OK && request->gradient != NULL)
        status = read_gradient(job, request, err);
    if (status == WCK_OK)
        status = set_layout(job, request->warp.layout, err);
    if (status == WCK_OK)
        status = set_warp(job, &request->warp, err);
    if (status == WCK_OK && request->upstream != NULL)
        status = read_upstream(job, request, err);
    if (job->shape.batch == 0)
        job->shape.batch = 1;
    return status;
}

/* The upstream gradient everywhere; 0 where nothing says it (see survey.h). */
static double uniform(const struct job *job, const struct request *request)
{
    size_t planes = job->shape.batch * job->shape.channels;

    if (request->loss == LOSS_SUM)
        return 1.0;
    if (request->loss == LOSS_UNSAID && request->gradient != NULL)
        return 0.0;
    return 1.0 / ((double)wck_warp_samples(&job->warp) * (double)planes);
}

static enum wck_status survey(struct job *job, struct request *request,
                              struct wck_error *err)
{
    bool recorded = request->gradient != NULL;
    bool says_dtype = wck_given_has(&request->warp.given, WCK_KEY_DTYPE);
    struct wck_survey_request survey = {
        .warp = &job->warp,
        .layout = job->layout,
        .batch = job->shape.batch,
        .channels = job->shape.channels,
        .dtype = recorded && !says_dtype ? job->gradient.image.tensor.dtype
                                         : request->warp.dtype,
        .upstream = request->upstream != NULL ? &job->upstream.image : NULL,
        .uniform = uniform(job, request),
        .gradient = recorded ? &job->gradient.image : NULL,
        .what_if = request->what_if,
    };
    struct wck_coverage_report report;
    enum wck_status status = wck_survey_run(&job->survey, &survey, err);

    if (status != WCK_OK)
        return status;
    report = wck_survey_report(&job->survey, &survey);
    report.image = job->image.data != NULL ? &job->image.image : NULL;
    report.image_name = request->image != NULL ? request->image : request->gradient;
    report.subject = request->gradient;
    report.command = wck_text_string(&job->command);
    return wck_outputs_coverage(&request->outputs, &report, err);
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

int wck_coverage_main(int argc, char **argv)
{
    struct request request = {.warp = wck_warp_options_default()};
    struct job job = {0};
    struct wck_error err = {0};
    enum wck_status status;
    int code;

    wck_options_quote(&job.command, argc, argv);
    parse_request(&request, argc, argv);
    status = read_inputs(&job, &request, &err);
    if (status == WCK_OK)
        status = survey(&job, &request, &err);
    code = status == WCK_OK ? judge(&job.survey.coverage)
                            : wck_command_failed(argv[0], &err);
    wck_outputs_release(&request.outputs);
    wck_survey_release(&job.survey);
    wck_text_release(&job.command);
    wck_input_release(&job.image);
    wck_input_release(&job.gradient);
    wck_input_release(&job.upstream);
    return code;
}
