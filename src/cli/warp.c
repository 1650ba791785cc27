#include <stdio.h>
#include <string.h>

#include "src/cli/call_options.h"
#include "src/cli/command.h"
#include "src/cli/gather.h"
#include "src/cli/input.h"
#include "src/cli/output.h"
#include "src/io/npy.h"
#include "src/io/png.h"
#include "src/run/room.h"
#include "src/run/sampling.h"
#include "src/run/taps.h"
#include "src/subject/evaluation.h"

#define OUTS 8

enum form { FORM_NPZ, FORM_NPY, FORM_PNG };

/* A file that is asked for. */
struct out {
    const char *path; /* "-": standard output */
    enum form form;
    struct wck_text bytes;
};

struct request {
    struct wck_given given;
    struct wck_call_options call;
    const char *recording; /* NULL: the call is said by options */
    struct out outs[OUTS];
    size_t out_count;
    bool taps, quiet;
};

/* ---- options ---- */

static enum form form_of(const char *path, const struct argp_state *state)
{
    if (strcmp(path, "-") == 0 || wck_input_ends_in(path, ".npy"))
        return FORM_NPY;
    if (wck_input_ends_in(path, ".png"))
        return FORM_PNG;
    if (!wck_input_ends_in(path, ".npz"))
        wck_usage(state, "--out takes a name in .npz, .npy or .png, or '-', not '%s'",
                  path);
    return FORM_NPZ;
}

static void add_out(struct request *request, const char *path,
                    const struct argp_state *state)
{
    enum form form = form_of(path, state);

    for (size_t i = 0; i < request->out_count; i++) {
        if (strcmp(request->outs[i].path, path) == 0)
            wck_usage(state, "--out '%s' is given twice", path);
    }
    if (request->out_count == OUTS)
        wck_usage(state, "--out is given more than %d times", OUTS);
    request->outs[request->out_count++] = (struct out){.path = path, .form = form};
}

static bool writes(const struct request *request, enum form form)
{
    bool found = false;

    for (size_t i = 0; i < request->out_count; i++)
        found |= request->outs[i].form == form;
    return found;
}

static void check_options(struct request *request, struct argp_state *state)
{
    if (request->recording != NULL && wck_call_options_any(&request->call))
        wck_usage(state, "%s says the call: of its options only --output goes with it",
                  request->recording);
    if (request->recording == NULL)
        wck_call_options_check(&request->call, state);
    if (request->call.upstream != NULL && !writes(request, FORM_NPZ))
        wck_usage(state, "--upstream: the gradients need an --out FILE.npz");
    if (request->taps && !writes(request, FORM_NPZ))
        wck_usage(state, "--taps need an --out FILE.npz");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;

    if (key != WCK_KEY_OUT)
        wck_given_once(&request->given, key, state);
    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        state->child_inputs[0] = &request->call;
        return 0;
    case WCK_KEY_OUT:
        add_out(request, arg, state);
        return 0;
    case WCK_KEY_TAPS:
        request->taps = true;
        return 0;
    case WCK_KEY_QUIET:
        request->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (request->recording != NULL)
            wck_usage(state, "'%s' is one argument too many", arg);
        request->recording = arg;
        return 0;
    case ARGP_KEY_END:
        check_options(request, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own_options[] = {
    {"out", WCK_KEY_OUT, "FILE", 0,
     "write the output: .npy, .png (of uint8 or uint16), or .npz, a recording with "
     "inputs, output and gradients; '-' is an .npy on standard output; may be given "
     "more than once",
     0},
    {"taps", WCK_KEY_TAPS, NULL, 0, "add the taps of every sample to the .npz", 0},
    {"quiet", WCK_KEY_QUIET, NULL, 0, "no summary on standard output", 0},
    {0},
};

static void parse_request(struct request *request, int argc, char **argv)
{
    struct wck_call_argp call;
    struct argp_child children[] = {
        {NULL, 0, "The call:", 1},
        {0},
    };
    const struct argp argp = {
        .options = own_options,
        .parser = parse,
        .args_doc = "[FILE.npz]",
        .doc = "The reference itself, on files: the output of a library's warp, its "
               "gradients and its taps.  FILE.npz is a recording, of which only what "
               "went in is read; without it the options say the call.\vExit status: 0 "
               "all well, 2 wrong usage, 4 input, output or memory.",
        .children = children,
    };

    wck_call_argp_init(&call);
    children[0].argp = &call.argp;
    wck_options_parse(&argp, 0, argc, argv, request);
}

/* ---- running ---- */

struct job {
    struct wck_recorded of;
    struct wck_evaluation evaluation;
    struct wck_taps taps;
    struct wck_sampling sampling;
};

static enum wck_status open_call(struct job *job, const struct request *request,
                                 struct wck_error *err)
{
    const struct wck_call_options *call = &request->call;

    if (request->recording != NULL)
        return wck_recorded_read(&job->of, request->recording, &call->size, err);
    return wck_gather(&job->of, call, &call->size, err);
}

static enum wck_status compute(struct job *job, const struct request *request,
                               struct wck_error *err)
{
    const struct wck_recording *r = &job->of.recording;
    struct wck_error why = {0};
    enum wck_status status =
        wck_room_check(&r->items[0].warp, r->call.image.batch * r->call.image.channels,
                       r->call.image.tensor.dtype, r->call.image.tensor.dtype, err);

    if (status == WCK_OK)
        status = wck_evaluation_run(&job->evaluation, &job->of, NULL, err);
    if (status == WCK_OK && request->taps) {
        status = wck_taps_list(&job->taps, &job->of, WCK_TAPS_BYTES, &why);
        if (status != WCK_OK)
            wck_error_set(err, status, "--taps: %s", why.text);
    }
    for (size_t i = 0; i < r->call.image.batch && status == WCK_OK; i++)
        status = wck_sampling_add(&job->sampling, &r->items[i].warp, err);
    return status;
}

static enum wck_status encode_archive(const struct job *job, struct wck_text *bytes,
                                      struct wck_error *err)
{
    struct wck_npz npz = {0};
    enum wck_status status = wck_evaluation_pack_inputs(&job->of, &npz, err);

    if (status == WCK_OK)
        status = wck_evaluation_pack(&job->evaluation, &job->of, &npz, err);
    if (status == WCK_OK && job->taps.row != NULL)
        status = wck_taps_pack(&job->taps, &npz, err);
    if (status == WCK_OK)
        status = wck_npz_encode(&npz, bytes, err);
    wck_npz_release(&npz);
    return status;
}

static enum wck_status encode(const struct job *job, struct out *out,
                              struct wck_error *err)
{
    struct wck_error why = {0};
    enum wck_status status;

    if (out->form == FORM_NPZ)
        status = encode_archive(job, &out->bytes, &why);
    else if (out->form == FORM_NPY)
        status = wck_npy_encode(&job->evaluation.output.tensor, &out->bytes, &why);
    else
        status = wck_png_encode(&job->evaluation.output, &out->bytes, &why);
    return status == WCK_OK ? status
                            : wck_error_set(err, status, "%s: %s", out->path, why.text);
}

/* All files are made before the first is written. */
static enum wck_status write_outs(const struct job *job, struct request *request,
                                  struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < request->out_count && status == WCK_OK; i++)
        status = encode(job, &request->outs[i], err);
    for (size_t i = 0; i < request->out_count && status == WCK_OK; i++)
        status = wck_output_write(request->outs[i].path, &request->outs[i].bytes, err);
    return status;
}

/* ---- the summary ---- */

static void print_shape(const struct wck_tensor *tensor)
{
    for (int i = 0; i < tensor->rank; i++)
        printf("%s%zu", i > 0 ? "x" : "", tensor->shape[i]);
}

/* The word chosen, or the library's default. */
static void print_word(const char *what, const char *chosen, const char *words)
{
    int length = (int)strcspn(words, " ");

    if (chosen != NULL)
        printf(", %s %s", what, chosen);
    else
        printf(", %s %.*s", what, length, words);
}

static void print_summary(const struct job *job)
{
    const struct wck_recording *r = &job->of.recording;
    const struct wck_convention *convention = r->call.convention;
    const struct wck_sampling *s = &job->sampling;
    const struct wck_tensor *image = wck_member_find(&job->of.archive, "image");
    const struct wck_tensor *output = &job->evaluation.output.tensor;

    printf("%s%s", convention->name,
           convention->proven ? "" : " (unproven: no recording of it)");
    print_word("interp", r->call.choices.interp, convention->interps);
    print_word("border", r->call.choices.border, convention->borders);
    printf(": image ");
    print_shape(image);
    printf(" %s (%s) -> output ", wck_dtype_row(image->dtype)->name, r->problem.layout);
    print_shape(output);
    printf(" %s; of %zu samples %zu outside the image, %zu filled, %zu not finite",
           wck_dtype_row(output->dtype)->name, s->samples, s->outside, s->filled,
           s->non_finite);
    if (job->taps.row != NULL)
        printf("; %zu taps", job->taps.count);
    putchar('\n');
}

static bool writes_to_stdout(const struct request *request)
{
    bool found = false;

    for (size_t i = 0; i < request->out_count; i++)
        found |= strcmp(request->outs[i].path, "-") == 0;
    return found;
}

int wck_warp_main(int argc, char **argv)
{
    struct request request = {.call = wck_call_options_default()};
    struct job job = {0};
    struct wck_error err = {0};
    enum wck_status status;

    parse_request(&request, argc, argv);
    status = open_call(&job, &request, &err);
    if (status == WCK_OK)
        status = compute(&job, &request, &err);
    if (status == WCK_OK)
        status = write_outs(&job, &request, &err);
    if (status == WCK_OK && !request.quiet && !writes_to_stdout(&request))
        print_summary(&job);
    for (size_t i = 0; i < request.out_count; i++)
        wck_text_release(&request.outs[i].bytes);
    wck_taps_release(&job.taps);
    wck_evaluation_release(&job.evaluation);
    wck_recorded_release(&job.of);
    return status == WCK_OK ? WCK_EXIT_OK : wck_command_failed(argv[0], &err);
}
