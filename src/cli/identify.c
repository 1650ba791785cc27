#include "src/run/inquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/apart_options.h"
#include "src/cli/calls_options.h"
#include "src/cli/command.h"
#include "src/cli/identity_text.h"
#include "src/cli/output.h"
#include "src/cli/progress.h"

struct request {
    struct wck_given given;
    struct wck_warp_options warp;
    bool by_convention; /* `calls` are read, not `warp` */
    struct wck_calls_options calls;
    struct wck_subject_options apart;
    const char *subject, *json;
};

/* Maps, sizes and border values are the harness's to choose. */
static void check_options(const struct request *request, struct argp_state *state)
{
    static const struct {
        int key;
        const char *option;
    } unread[] = {{WCK_KEY_MATRIX, "matrix"},
                  {WCK_KEY_OUTPUT, "output"},
                  {WCK_KEY_BORDER_VALUE, "border-value"}};

    if (request->subject == NULL)
        wck_usage(state, "SUBJECT is missing, as in builtin:reference");
    if (request->by_convention && request->calls.call.spec.convention == NULL)
        wck_usage(state, "--convention is missing");
    if (request->by_convention && wck_calls_options_call(&request->calls) != NULL)
        wck_usage(state, "--call is for 'warpcheck verify'");
    if (request->by_convention)
        wck_call_options_check_flags(&request->calls.call, state);
    for (size_t i = 0; i < sizeof unread / sizeof unread[0]; i++) {
        if (wck_given_has(&request->warp.given, unread[i].key))
            wck_usage(state, "--%s is chosen by the questions", unread[i].option);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        if (request->by_convention)
            state->child_inputs[0] = &request->calls;
        else
            state->child_inputs[0] = &request->warp;
        state->child_inputs[1] = &request->apart;
        return 0;
    case WCK_KEY_LIST_JSON:
        wck_given_once(&request->given, key, state);
        if (*arg == '\0')
            wck_usage(state, "--json needs the name of a file, or '-'");
        request->json = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (request->subject != NULL)
            wck_usage(state, "'%s' is one argument too many", arg);
        request->subject = arg;
        return 0;
    case ARGP_KEY_END:
        check_options(request, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own_options[] = {
    {"json", WCK_KEY_LIST_JSON, "FILE", 0, "write JSON instead of a text", 0},
    {0},
};

/* Where it is given other options take the place of the warp's, this one among them. */
static const struct argp_option convention_options[] = {
    {"convention", WCK_KEY_CONVENTION, "NAME", 0,
     "ask in the words of this library's function, with its arrays", 0},
    {0},
};

static const struct argp convention_argp = {.options = convention_options};

static void parse_request(struct request *request, int argc, char **argv)
{
    struct wck_calls_argp calls;
    struct argp_child children[] = {
        {&wck_warp_argp, 0,
         "What it is asked for (default: bilinear, border constant):", 1},
        {&wck_apart_argp, 0, "A subject in a process of its own:", 2},
        {&convention_argp, 0, NULL, 0},
        {0},
    };
    const struct argp argp = {
        .options = own_options,
        .parser = parse,
        .args_doc = "SUBJECT",
        .doc = "Say which convention SUBJECT is: direction of the map, axis order, "
               "pixel centre, kernel, border, precision of the coordinates, rounding.  "
               "It is found by asking; what SUBJECT is asked for is not believed.\v"
               "Exit status: 0 identified, or in part, 2 wrong usage, 3 the subject "
               "crashed, 4 input, output or memory, 5 nothing could be identified.",
        .children = children,
    };

    request->by_convention = wck_calls_options_any(argc, argv);
    if (request->by_convention) {
        wck_calls_argp_init(&calls);
        children[0] = (struct argp_child){&calls.argp, 0, "The library's call:", 1};
        children[2] = (struct argp_child){0};
    }
    wck_options_parse(&argp, 0, argc, argv, request);
}

static void fill(struct request *request, struct wck_inquiry_request *inquiry)
{
    const struct wck_warp_options *warp = &request->warp;

    if (request->by_convention) {
        wck_calls_options_fill(&request->calls, 0);
        inquiry->convention = request->calls.request.convention;
        inquiry->choices = request->calls.request.choices;
        inquiry->layout = request->calls.request.layout;
        inquiry->dtype = request->calls.request.dtype;
        request->apart.convention = inquiry->convention->name;
        return;
    }
    inquiry->kernel = warp->kernel;
    inquiry->border = warp->border;
    inquiry->direction = warp->direction;
    inquiry->layout = warp->layout;
    if (wck_given_has(&warp->given, WCK_KEY_DTYPE))
        inquiry->dtype = &warp->dtype;
}

static enum wck_status write_out(const struct request *request,
                                 const struct wck_identity *identity,
                                 struct wck_error *err)
{
    struct wck_text text = {0};
    enum wck_status status;
    char *json = NULL;

    if (request->json == NULL) {
        wck_identity_text(identity, request->subject, &text);
    } else {
        json = wck_identity_json(identity, request->subject);
        wck_text_printf(&text, "%s\n", json != NULL ? json : "");
        free(json);
    }
    status =
        text.failed || (request->json != NULL && json == NULL)
            ? wck_error_no_memory(err)
            : wck_output_write(request->json != NULL ? request->json : "-", &text, err);
    wck_text_release(&text);
    return status;
}

/* A subject that takes none of the questions is not identified. */
static int answer(const struct request *request, const struct wck_identity *identity,
                  enum wck_status inquired, const char *command, struct wck_error *err)
{
    if (inquired == WCK_UNSUPPORTED) {
        fprintf(stderr, "%s: %s\n", command, err->text);
        return WCK_EXIT_UNJUDGED;
    }
    if (inquired != WCK_OK || write_out(request, identity, err) != WCK_OK)
        return wck_command_failed(command, err);
    return identity->identified == WCK_IDENTIFIED_NOT ? WCK_EXIT_UNJUDGED : WCK_EXIT_OK;
}

int wck_identify_main(int argc, char **argv)
{
    struct request request = {.warp = wck_warp_options_default(),
                              .calls = wck_calls_options_default()};
    struct wck_inquiry_request inquiry = {.kernel = NULL};
    struct wck_identity identity = {0};
    struct wck_error err = {0};
    int code;

    parse_request(&request, argc, argv);
    fill(&request, &inquiry);
    if (wck_subject_new_with(&inquiry.subject, request.subject, &request.apart, &err) ==
        WCK_OK) {
        struct wck_progress progress = wck_progress_begin("questions");
        enum wck_status status;

        inquiry.progress = wck_progress_tell;
        inquiry.progress_state = &progress;
        status = wck_inquire(&identity, &inquiry, &err);
        wck_progress_end(&progress);
        code = answer(&request, &identity, status, argv[0], &err);
    } else {
        code = wck_command_failed(argv[0], &err);
    }
    wck_identity_release(&identity);
    wck_subject_free(inquiry.subject);
    return code;
}
