#include "src/cli/coverage_options.h"

#include <stdio.h>
#include <string.h>

#include "src/cli/choice.h"
#include "src/cli/input.h"
#include "src/cli/terminal.h"

#define PREFIX "recording:"

struct wck_coverage_options wck_coverage_options_default(void)
{
    return (struct wck_coverage_options){.warp = wck_warp_options_default(),
                                         .call = wck_call_options_default(),
                                         .set = wck_set_options_default()};
}

double wck_coverage_options_uniform(const struct wck_coverage_options *request,
                                    bool recorded, double outputs)
{
    if (request->loss == WCK_LOSS_SUM)
        return 1.0;
    return request->loss == WCK_LOSS_UNSAID && recorded ? 0.0 : 1.0 / outputs;
}

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

/* Without a word: as the terminal can, and letters where there is none. */
static void read_map(const char *arg, struct wck_coverage_options *request,
                     struct argp_state *state)
{
    struct wck_error err = {0};
    enum wck_sketch terminal = wck_terminal_sketch();

    if (arg == NULL)
        arg = terminal == WCK_SKETCH_NONE ? "letters" : "auto";
    request->map = wck_choice_find("map", wck_terminal_map, arg, &err);
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
}

/* ---- the warp ---- */

/* Said by a library's words, by maps, or by a homography or a file? */
static bool is_called(const struct wck_coverage_options *request)
{
    const struct wck_call_options *call = &request->call;
    const char *matrix = NULL;
    double numbers[16];

    if (request->recording != NULL || call->spec.convention != NULL ||
        call->destination != NULL)
        return true;
    for (size_t i = 0; i < WCK_CARRIERS; i++) {
        if (strcmp(wck_call_options_carrier(i), "matrix") == 0)
            matrix = call->carrier[i];
        else if (call->carrier[i] != NULL)
            return true;
    }
    return matrix != NULL && (wck_input_ends_in(matrix, ".npy") ||
                              wck_text_read_numbers(matrix, numbers, 16) == 9);
}

/* A matrix of six numbers can be said without the library's words. */
static void refuse_what_if(const struct wck_coverage_options *request,
                           const struct argp_state *state)
{
    bool six = false;

    for (size_t i = 0; i < WCK_CARRIERS; i++) {
        const char *carrier = request->call.carrier[i];
        double numbers[16];

        six = six ||
              (strcmp(wck_call_options_carrier(i), "matrix") == 0 && carrier != NULL &&
               wck_text_read_numbers(carrier, numbers, 16) == 6);
    }
    if (six && request->call.spec.convention != NULL)
        wck_usage(state, "--what-if does not go with --convention: leave that out, and "
                         "say the kernel and the border by --kernel and --border");
    wck_usage(state, "--what-if is for a warp by a 2x3 matrix in pixels");
}

/* What is for a warp by a matrix in pixels alone. */
static void check_call(struct wck_coverage_options *request, struct argp_state *state)
{
    if (request->recording != NULL &&
        (wck_call_options_any(&request->call) || request->image != NULL))
        wck_usage(state,
                  "recording:%s says the call: of its options only --output "
                  "goes with it",
                  request->recording);
    if (wck_set_options_any(&request->set))
        wck_usage(state, "a set is of warps by a matrix in pixels, not of a library's "
                         "calls");
    if (request->chain.count > 0)
        wck_usage(state, "--then is for warps by 2x3 matrices in pixels");
    if (request->what_if)
        refuse_what_if(request, state);
    if (request->recording != NULL && request->upstream != NULL)
        wck_usage(state, "--upstream: the recording's own is read");
    if (request->upstream != NULL && request->loss != WCK_LOSS_UNSAID)
        wck_usage(state, "--loss and --upstream both say the upstream gradient");
    if (request->recording == NULL)
        wck_call_options_check(&request->call, state);
}

/* The call's options as those of a warp of our own. */
static void take_warp(struct wck_coverage_options *request, struct argp_state *state)
{
    const struct wck_call_options *call = &request->call;
    struct wck_warp_options *warp = &request->warp;
    struct wck_error err = {0};

    warp->given = call->given;
    for (size_t i = 0; i < WCK_CARRIERS; i++) {
        if (call->carrier[i] != NULL)
            wck_options_read_matrix(call->carrier[i], warp->matrix, &err);
    }
    if (call->spec.choices.interp != NULL && err.status == WCK_OK)
        warp->kernel = wck_options_find_kernel(call->spec.choices.interp, &err);
    if (call->spec.choices.border != NULL && err.status == WCK_OK)
        warp->border = wck_options_find_border(call->spec.choices.border, &err);
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    if (call->spec.choices.inverse_map)
        warp->direction = WCK_OUTPUT_TO_SOURCE;
    memcpy(warp->border_value, call->border_value, sizeof warp->border_value);
    warp->border_values = call->border_values;
    warp->layout = call->spec.layout;
    warp->output_height = call->size.height;
    warp->output_width = call->size.width;
    request->call.spec.convention = wck_convention_find("reference.matrix");
}

/* A set has no one gradient, and no one output, that could have been recorded; a chain
 * has an output, the last. */
static void check_many(const struct wck_coverage_options *request,
                       struct argp_state *state)
{
    bool set = wck_set_options_any(&request->set);
    static const struct {
        int key;
        const char *option;
    } unread[] = {{WCK_KEY_UPSTREAM, "upstream"},
                  {WCK_KEY_GRADIENT, "gradient"},
                  {WCK_KEY_EXPLAIN_MAP, "explain-map"},
                  {WCK_KEY_MATRIX_GRADIENT, "matrix-gradient"},
                  {WCK_KEY_WHAT_IF, "what-if"},
                  {WCK_KEY_WHAT_IF_MAPS, "what-if-maps"}};

    if (set && request->chain.count > 0)
        wck_usage(state, "--then follows one warp, not a set");
    if (!set && wck_given_has(&request->given, WCK_KEY_GRADIENT))
        wck_usage(state,
                  "--gradient is for one warp, not for a chain: it does not say in "
                  "which of them it was lost.  Record the gradient of the images "
                  "between too, and ask of each warp by itself, --upstream being the "
                  "gradient of what it makes");
    for (size_t i = set ? 0 : 1; i < sizeof unread / sizeof unread[0]; i++) {
        if (wck_given_has(&request->given, unread[i].key))
            wck_usage(state, "--%s is for one warp, not for a %s", unread[i].option,
                      set ? "set" : "chain");
    }
}

/* What can be said of the options together, before any file is read. */
static void check_options(struct wck_coverage_options *request,
                          struct argp_state *state)
{
    request->called = is_called(request);
    wck_moved_options_check(&request->moved, request->gradient != NULL, state);
    if (request->called) {
        if (request->moved.numeric != NULL)
            wck_usage(state, "--numeric is for a warp by --matrix in pixels");
        check_call(request, state);
        return;
    }
    take_warp(request, state);
    wck_call_options_check_flags(&request->call, state);
    if (request->image == NULL && request->gradient == NULL)
        wck_usage(state, "--image is missing (or --gradient, whose shape says it)");
    if (wck_set_options_any(&request->set) || request->chain.count > 0)
        check_many(request, state);
    if (!wck_set_options_any(&request->set) &&
        !wck_given_has(&request->warp.given, WCK_KEY_MATRIX))
        wck_usage(state, "--matrix is missing (or --matrices, or --random)");
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
        state->child_inputs[0] = &request->call;
        state->child_inputs[1] = &request->outputs;
        state->child_inputs[2] = &request->set;
        state->child_inputs[3] = &request->gates;
        state->child_inputs[4] = &request->chain;
        state->child_inputs[5] = &request->moved;
        return 0;
    case WCK_KEY_IMAGE:
        request->image = request->call.image = arg;
        return 0;
    case WCK_KEY_UPSTREAM:
        request->upstream = request->call.upstream = arg;
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
    case WCK_KEY_WHAT_IF_MAPS:
        if (*arg == '\0')
            wck_usage(state, "--what-if-maps needs the name of a folder");
        request->what_if = true;
        request->what_if_maps = arg;
        return 0;
    case WCK_KEY_MAP:
        read_map(arg, request, state);
        return 0;
    case WCK_KEY_MATRIX_GRADIENT:
        request->matrix_gradient = arg;
        request->explain_map = true;
        return 0;
    case WCK_KEY_EXPLAIN_MAP:
        request->explain_map = true;
        return 0;
    case WCK_KEY_DTYPE:
        request->warp.dtype = wck_options_find_dtype(arg, state);
        return 0;
    case ARGP_KEY_ARG:
        if (request->recording != NULL || strncmp(arg, PREFIX, strlen(PREFIX)) != 0)
            wck_usage(state, "'%s' is one argument too many", arg);
        request->recording = arg + strlen(PREFIX);
        return 0;
    case ARGP_KEY_END:
        check_options(request, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The options of a call but for those that are read here. */
static void init_call(struct wck_call_argp *call)
{
    struct argp_option *kept = call->options;

    wck_call_argp_init(call);
    for (const struct argp_option *at = call->options; at->name != NULL; at++) {
        if (at->key != WCK_KEY_IMAGE && at->key != WCK_KEY_UPSTREAM)
            *kept++ = *at;
    }
    *kept = (struct argp_option){0};
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
    {"dtype", WCK_KEY_DTYPE, "NAME", 0,
     "type in which the gradient is kept: float32 (default), float64, float16, "
     "bfloat16",
     0},
    {"explain-map", WCK_KEY_EXPLAIN_MAP, NULL, 0,
     "explain the gradient with respect to the map too: to coordinates and matrix", 0},
    {"matrix-gradient", WCK_KEY_MATRIX_GRADIENT, "FILE", 0,
     "explain this gradient with respect to the matrix, an .npy recorded in a real "
     "run; "
     "says --explain-map",
     0},
    {"what-if", WCK_KEY_WHAT_IF, NULL, 0, "say what each remedy would do", 0},
    {"what-if-maps", WCK_KEY_WHAT_IF_MAPS, "FOLDER", 0,
     "the same, and write there what each changes, .npy and .png", 0},
    {"map", WCK_KEY_MAP, "HOW", OPTION_ARG_OPTIONAL,
     "a small map in the text: none, letters, blocks, kitty, or as the terminal can "
     "(default: that, on a terminal)",
     0},
    {0},
};

void wck_coverage_options_parse(struct wck_coverage_options *request, int argc,
                                char **argv)
{
    struct wck_output_argp outputs;
    struct wck_call_argp call;
    struct argp_child children[] = {
        {NULL, 0, "The warp:", 1},
        {NULL, 0, "Reports ('-' is standard output):", 4},
        {&wck_set_argp, 0, "A set of warps in place of one:", 2},
        {&wck_gate_argp, 0, "What must hold, or the exit status is 1:", 3},
        {&wck_chain_argp, 0, "A chain of warps:", 2},
        {&wck_moved_argp, 0, "A recorded gradient's own loss, moved:", 1},
        {0},
    };
    const struct argp argp = {
        .options = own_options,
        .parser = parse,
        .args_doc = "[recording:FILE.npz]",
        .doc = "Say which pixels of an image get a gradient through a warp, and of the "
               "others, why not.  The warp is one by a matrix in pixels, a library's "
               "call (--convention, or maps), or a recorded one.\vExit status: 0 all "
               "well, 1 a gradient is lost or "
               "wrong, or a gate failed, 2 wrong usage, 4 input, output or memory.",
        .children = children,
    };

    init_call(&call);
    children[0].argp = &call.argp;
    wck_output_argp_init(&outputs, WCK_REPORT_COVERAGE);
    children[1].argp = &outputs.argp;
    wck_options_parse(&argp, 0, argc, argv, request);
}
