#include "src/run/verify.h"

#include <stdio.h>
#include <string.h>

#include "src/cli/apart_options.h"
#include "src/cli/baseline_options.h"
#include "src/cli/calls_options.h"
#include "src/cli/choice.h"
#include "src/cli/command.h"
#include "src/cli/output.h"
#include "src/cli/progress.h"
#include "src/cli/verify_write.h"
#include "src/deviation/deviation.h"

struct request {
    struct wck_given given;
    struct wck_warp_options warp;
    struct wck_outputs outputs;
    const char *subject;
    struct wck_subject_options apart;
    struct wck_baseline_options baseline;
    bool by_convention; /* `calls` are read, not `warp` */
    struct wck_calls_options calls;
    struct wck_verify_request verify;
    bool fail_on_inconclusive, fail_on_stale;
    const char *shrink; /* the folder; NULL: not asked for */
};

static const char *checker_name(size_t row)
{
    const struct wck_checker *checker = wck_checker_row(row);

    return checker != NULL ? checker->id : NULL;
}

static void add_checker(const char *arg, struct wck_verify_request *verify,
                        struct wck_error *err)
{
    size_t row = wck_choice_find("checker", checker_name, arg, err);
    const struct wck_checker *checker = wck_checker_row(row);

    for (size_t i = 0; checker != NULL && i < verify->checker_count; i++) {
        if (verify->checkers[i] == checker)
            wck_error_set(err, WCK_INVALID, "--checker %s is given twice", arg);
    }
    if (err->status == WCK_OK)
        verify->checkers[verify->checker_count++] = checker;
}

static void read_size(const char *arg, struct wck_verify_request *verify,
                      struct wck_error *err)
{
    size_t sizes[3];

    if (wck_options_read_size(arg, 2, sizes, err) == WCK_OK) {
        verify->source_height = sizes[0];
        verify->source_width = sizes[1];
    }
}

static void read_channels(const char *arg, struct wck_verify_request *verify,
                          struct wck_error *err)
{
    uint64_t channels = 0;

    if (wck_options_read_count(arg, &channels, err) != WCK_OK)
        return;
    if (channels == 0 || channels > PTRDIFF_MAX / sizeof(double))
        wck_error_set(err, WCK_INVALID, "an image cannot have %s channels", arg);
    verify->channels = (size_t)channels;
}

static void read_resolution(const char *arg, struct wck_verify_request *verify,
                            struct wck_error *err)
{
    if (wck_text_read_numbers(arg, &verify->resolution, 1) != 1 ||
        !(verify->resolution > 0.0))
        wck_error_set(err, WCK_INVALID,
                      "'%s' is not a resolution: a number above 0, as in 1e-6", arg);
}

static void read_level(const char *arg, struct wck_verify_request *verify,
                       struct wck_error *err)
{
    uint64_t level = 0;

    if (wck_options_read_count(arg, &level, NULL) != WCK_OK || level == 0 ||
        level > WCK_VERIFY_LEVELS)
        wck_error_set(err, WCK_INVALID, "'%s' is not a level: 1 (quick) to %d", arg,
                      WCK_VERIFY_LEVELS);
    else
        verify->level = (int)level;
}

/* "90", "90s" or "5m". */
static void read_budget(const char *arg, struct wck_verify_request *verify,
                        struct wck_error *err)
{
    size_t length = strlen(arg);
    bool minutes = length > 1 && arg[length - 1] == 'm';
    bool unit = minutes || (length > 1 && arg[length - 1] == 's');
    struct wck_text digits = {0};

    wck_text_append(&digits, arg, unit ? length - 1 : length);
    if (wck_text_read_numbers(wck_text_string(&digits), &verify->budget, 1) != 1 ||
        !(verify->budget > 0.0))
        wck_error_set(err, WCK_INVALID, "'%s' is not a time: seconds, as in 60s or 5m",
                      arg);
    verify->budget *= minutes ? 60.0 : 1.0;
    wck_text_release(&digits);
}

static void read_shrink(const char *arg, struct request *request, struct wck_error *err)
{
    request->shrink = arg;
    request->verify.shrink = true;
    if (*arg == '\0')
        wck_error_set(err, WCK_INVALID, "--shrink needs the name of a folder");
}

static void read_fail_on(const char *arg, struct request *request,
                         struct wck_error *err)
{
    bool stale = strcmp(arg, "stale") == 0;
    bool *chosen = stale ? &request->fail_on_stale : &request->fail_on_inconclusive;

    if (!stale && strcmp(arg, "inconclusive") != 0)
        wck_error_set(err, WCK_INVALID,
                      "--fail-on takes 'inconclusive' or 'stale', not '%s'", arg);
    else if (*chosen)
        wck_error_set(err, WCK_INVALID, "--fail-on %s is given twice", arg);
    *chosen = true;
}

#define OWN_SIZES ", which brings its own sizes and checks: leave one of the two out"

/* A library's convention brings its own sizes, maps and checks. */
static void check_convention(const struct request *request, struct argp_state *state)
{
    static const struct {
        int key;
        const char *option, *instead;
    } unread[] = {{WCK_KEY_SIZE, "size", OWN_SIZES},
                  {WCK_KEY_CHANNELS, "channels", OWN_SIZES},
                  {WCK_KEY_CHECKER, "checker",
                   ": its calls are judged by outputs and first gradients; verify "
                   "without --convention runs checkers"}};

    if (request->calls.call.spec.convention == NULL)
        wck_usage(state, "--convention is missing");
    for (size_t i = 0; i < sizeof unread / sizeof unread[0]; i++) {
        if (wck_given_has(&request->given, unread[i].key) ||
            (unread[i].key == WCK_KEY_CHECKER && request->verify.checker_count > 0))
            wck_usage(state, "--%s does not go with --convention%s", unread[i].option,
                      unread[i].instead);
    }
    wck_call_options_check_flags(&request->calls.call, state);
}

static void check_options(const struct request *request, struct argp_state *state)
{
    const struct wck_given *given = &request->warp.given;

    if (request->subject == NULL)
        wck_usage(state, "SUBJECT is missing, as in builtin:reference");
    if (request->fail_on_stale && request->baseline.path == NULL)
        wck_usage(state, "--fail-on stale says nothing without --baseline");
    if (request->by_convention) {
        check_convention(request, state);
        return;
    }
    if (wck_given_has(given, WCK_KEY_INVERSE_MAP) &&
        !wck_given_has(given, WCK_KEY_MATRIX))
        wck_usage(state, "--inverse-map says nothing without --matrix");
    wck_warp_options_check(&request->warp, state);
}

/* The values of the sub-command's own options; false for what is none of them. */
static bool read_option(int key, const char *arg, struct request *request,
                        struct wck_error *err)
{
    struct wck_verify_request *verify = &request->verify;

    switch (key) {
    case WCK_KEY_SIZE:
        read_size(arg, verify, err);
        return true;
    case WCK_KEY_CHANNELS:
        read_channels(arg, verify, err);
        return true;
    case WCK_KEY_CHECKER:
        add_checker(arg, verify, err);
        return true;
    case WCK_KEY_SEED:
        wck_options_read_count(arg, &verify->seed, err);
        return true;
    case WCK_KEY_RESOLUTION:
        read_resolution(arg, verify, err);
        return true;
    case WCK_KEY_LEVEL:
        read_level(arg, verify, err);
        return true;
    case WCK_KEY_BUDGET:
        read_budget(arg, verify, err);
        return true;
    case WCK_KEY_FAIL_ON:
        read_fail_on(arg, request, err);
        return true;
    case WCK_KEY_SHRINK:
        read_shrink(arg, request, err);
        return true;
    default:
        return false;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;
    struct wck_error err = {0};

    if (key != WCK_KEY_CHECKER && key != WCK_KEY_FAIL_ON)
        wck_given_once(&request->given, key, state);
    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        if (request->by_convention)
            state->child_inputs[0] = &request->calls;
        else
            state->child_inputs[0] = &request->warp;
        state->child_inputs[1] = &request->outputs;
        state->child_inputs[2] = &request->apart;
        state->child_inputs[3] = &request->baseline;
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
        if (!read_option(key, arg, request, &err))
            return ARGP_ERR_UNKNOWN;
        if (err.status != WCK_OK)
            wck_usage(state, "%s", err.text);
        return 0;
    }
}

static const struct argp_option own_options[] = {
    {"size", WCK_KEY_SIZE, "HxW", 0, "size of the image", 0},
    {"channels", WCK_KEY_CHANNELS, "N", 0, "channels of the image", 0},
    {"checker", WCK_KEY_CHECKER, "NAME", 0,
     "run this checker; may be given more than once (default: all)", 0},
    {"level", WCK_KEY_LEVEL, "1..5", 0,
     "how much is tried, from 1, seconds, to 5, everything (default: 3)", 0},
    {"budget", WCK_KEY_BUDGET, "TIME", 0,
     "begin nothing after this time, as in 60s or 5m, and say what was left out; where "
     "something fails the last quarter goes to finding out what",
     0},
    {"seed", WCK_KEY_SEED, "N", 0, "seed of everything random", 0},
    {"resolution", WCK_KEY_RESOLUTION, "R", 0,
     "the smallest relative error that a pass must be able to tell", 0},
    {"fail-on", WCK_KEY_FAIL_ON, "inconclusive|stale", 0,
     "a finding that cannot be judged is a failure, or an entry of the baseline that "
     "no longer fails; may be given for both",
     0},
    {"shrink", WCK_KEY_SHRINK, "FOLDER", 0,
     "reduce the first failure to the smallest problem that still has it, and write it "
     "to the folder as a recording, a C test and a pytest file",
     0},
    {0},
};

/* Where it is given other options take the place of the warp's, this one among them. */
static const struct argp_option convention_options[] = {
    {"convention", WCK_KEY_CONVENTION, "NAME", 0,
     "put it calls of this library's function, in its own words: '--convention NAME "
     "--help' tells them",
     0},
    {0},
};

static const struct argp convention_argp = {.options = convention_options};

static void parse_request(struct request *request, int argc, char **argv)
{
    struct wck_output_argp outputs;
    struct wck_calls_argp calls;
    struct argp_child children[] = {
        {&wck_warp_argp, 0, "The warp (default: all kinds):", 1},
        {NULL, 0, "Reports ('-' is standard output):", 2},
        {&wck_apart_argp, 0, "A subject in a process of its own:", 3},
        {&wck_baseline_argp, 0, "What is known:", 4},
        {&convention_argp, 0, NULL, 0},
        {0},
    };
    const struct argp argp = {
        .options = own_options,
        .parser = parse,
        .args_doc = "SUBJECT",
        .doc = "Say whether the gradient of SUBJECT is that of its own forward pass, "
               "and whether that is the warp it should be.  SUBJECT is as in "
               "builtin:reference; 'warpcheck list subjects' tells the kinds.\vExit "
               "status: 0 all well, 1 a finding failed, 2 wrong usage, 3 the subject "
               "crashed, 4 input, output or memory, 5 nothing could be judged.",
        .children = children,
    };

    request->by_convention = wck_calls_options_any(argc, argv);
    if (request->by_convention) {
        wck_calls_argp_init(&calls);
        children[0] = (struct argp_child){&calls.argp, 0,
                                          "The library's calls (default: all):", 1};
        children[4] = (struct argp_child){0};
    }
    wck_output_argp_init(&outputs, WCK_REPORT_VERIFY);
    children[1].argp = &outputs.argp;
    wck_options_parse(&argp, 0, argc, argv, request);
}

/* Only what was given: the harness chooses the rest. */
static void fill_request(struct request *request)
{
    struct wck_verify_request *verify = &request->verify;
    const struct wck_warp_options *warp = &request->warp;

    if (request->by_convention) {
        wck_calls_options_fill(&request->calls, verify->seed);
        verify->calls = &request->calls.request;
        verify->call = wck_calls_options_call(&request->calls);
        request->apart.convention = verify->calls->convention->name;
        return;
    }
    if (wck_given_has(&warp->given, WCK_KEY_KERNEL))
        verify->kernel = warp->kernel;
    if (wck_given_has(&warp->given, WCK_KEY_BORDER))
        verify->border = warp->border;
    if (wck_given_has(&warp->given, WCK_KEY_DTYPE))
        verify->dtype = &warp->dtype;
    if (wck_given_has(&warp->given, WCK_KEY_MATRIX))
        verify->matrix = warp->matrix;
    if (wck_given_has(&warp->given, WCK_KEY_BORDER_VALUE))
        verify->border_value = warp->border_value;
    verify->border_values = warp->border_values;
    verify->direction = warp->direction;
    verify->layout = warp->layout;
    verify->output_height = warp->output_height;
    verify->output_width = warp->output_width;
}

static const char *kind_name(size_t row)
{
    const struct wck_subject_kind *kind = wck_subject_kind_row(row);

    return kind != NULL ? kind->prefix : NULL;
}

static const char *deviation_name(size_t row)
{
    const struct wck_deviation *deviation = wck_deviation_row(row);

    return deviation != NULL ? deviation->name : NULL;
}

/* A slip in the name deserves a suggestion; whether the subject can be opened is for
 * the subject to say. */
static enum wck_status check_name(const char *name, struct wck_error *err)
{
    static const char deviation[] = "deviation:";
    const char *colon = strchr(name, ':');
    char prefix[32];

    if (colon == NULL || colon - name >= (ptrdiff_t)sizeof prefix)
        return WCK_OK;
    memcpy(prefix, name, (size_t)(colon - name));
    prefix[colon - name] = '\0';
    wck_choice_find("kind of subject", kind_name, prefix, err);
    if (err->status == WCK_OK && strncmp(name, deviation, sizeof deviation - 1) == 0)
        wck_choice_find("deviation", deviation_name, colon + 1, err);
    return err->status;
}

static enum wck_status run(struct request *request, const char *command,
                           struct wck_verification *result, struct wck_error *err)
{
    struct wck_subject *subject = NULL;
    struct wck_verify_ending ending;
    struct wck_progress progress;
    enum wck_status status = check_name(request->subject, err);

    if (status == WCK_OK)
        status = wck_baseline_options_read(&request->baseline, err);
    fill_request(request);
    if (status == WCK_OK)
        status = wck_subject_new_with(&subject, request->subject, &request->apart, err);
    if (status == WCK_OK) {
        request->verify.subject = subject;
        request->verify.baseline = wck_baseline_options_given(&request->baseline);
        progress =
            wck_progress_begin(request->verify.calls != NULL ? "calls" : "problems");
        request->verify.progress = wck_progress_tell;
        request->verify.progress_state = &progress;
        status = wck_verify(result, &request->verify, err);
        wck_progress_end(&progress);
    }
    ending = (struct wck_verify_ending){
        .name = request->subject,
        .subject = subject,
        .result = result,
        .fault = status == WCK_SUBJECT ? err->text : NULL,
        .fail_on_inconclusive = request->fail_on_inconclusive,
        .fail_on_stale = request->fail_on_stale,
        .baseline = request->verify.baseline,
        .convention =
            request->by_convention ? request->calls.call.spec.convention->name : NULL,
        .folder = request->shrink,
        .command = command,
    };
    /* A subject that broke has shown something until then. */
    if ((status == WCK_OK || status == WCK_SUBJECT) &&
        (wck_verify_write(&request->outputs, &ending, err) != WCK_OK ||
         (subject != NULL &&
          wck_baseline_options_write(&request->baseline, &result->findings, err) !=
              WCK_OK)))
        status = err->status;
    wck_subject_free(subject);
    return status;
}

static int judge(const struct request *request, const struct wck_verification *result)
{
    const struct wck_baseline *baseline = request->verify.baseline;

    for (size_t i = 0; i < result->findings.count; i++) {
        if (result->findings.items[i].verdict == WCK_INCONCLUSIVE &&
            request->fail_on_inconclusive)
            return WCK_EXIT_FAILED;
    }
    if (wck_baseline_first_new(baseline, &result->findings, 0) != NULL ||
        (request->fail_on_stale && wck_baseline_count(baseline, WCK_ENTRY_FIXED) > 0))
        return WCK_EXIT_FAILED;
    /* Of a failure none is new: all of them are known. */
    return result->verdict == WCK_PASS || result->verdict == WCK_MARGINAL ||
                   result->verdict == WCK_FAIL
               ? WCK_EXIT_OK
               : WCK_EXIT_UNJUDGED;
}

int wck_verify_main(int argc, char **argv)
{
    struct request request = {.warp = wck_warp_options_default(),
                              .calls = wck_calls_options_default()};
    struct wck_verification result = {0};
    struct wck_text command = {0};
    struct wck_error err = {0};
    int code;

    wck_options_quote(&command, argc, argv);
    parse_request(&request, argc, argv);
    code = run(&request, wck_text_string(&command), &result, &err) == WCK_OK
               ? judge(&request, &result)
               : wck_command_failed(argv[0], &err);
    wck_outputs_release(&request.outputs);
    wck_baseline_options_release(&request.baseline);
    wck_verification_release(&result);
    wck_text_release(&command);
    return code;
}
