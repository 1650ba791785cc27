#include <string.h>

#include "src/cli/choice.h"
#include "src/cli/command.h"
#include "src/cli/output.h"
#include "src/run/compare.h"

enum gate { GATE_NONE, GATE_LOST, GATE_NEW, GATE_ANY };

struct request {
    struct wck_given given;
    struct wck_outputs outputs;
    const char *files[2]; /* NULL: not given */
    enum gate fail_on;
};

static const char *const gates[] = {
    [GATE_LOST] = "lost", [GATE_NEW] = "new", [GATE_ANY] = "any"};

static const char *gate_name(size_t row)
{
    return row < GATE_ANY ? gates[row + 1] : NULL;
}

static void read_fail_on(const char *arg, struct request *request,
                         struct argp_state *state)
{
    struct wck_error err = {0};
    size_t row = wck_choice_find("--fail-on", gate_name, arg, &err);

    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    request->fail_on = (enum gate)(row + 1);
}

static void add_file(const char *arg, struct request *request, struct argp_state *state)
{
    if (request->files[1] != NULL)
        wck_usage(state, "'%s' is one argument too many", arg);
    request->files[request->files[0] != NULL] = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;

    wck_given_once(&request->given, key, state);
    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        state->child_inputs[0] = &request->outputs;
        return 0;
    case WCK_KEY_FAIL_ON:
        read_fail_on(arg, request, state);
        return 0;
    case ARGP_KEY_ARG:
        add_file(arg, request, state);
        return 0;
    case ARGP_KEY_END:
        if (request->files[1] == NULL)
            wck_usage(state, "two reports are needed: OLD.json and NEW.json");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own_options[] = {
    {"fail-on", WCK_KEY_FAIL_ON, "lost|new|any", 0,
     "exit with 1 where coverage was lost, where a failure is new, or for either", 0},
    {0},
};

static void parse_request(struct request *request, int argc, char **argv)
{
    struct wck_output_argp outputs;
    struct argp_child children[] = {
        {NULL, 0, "Reports ('-' is standard output):", 1},
        {0},
    };
    const struct argp argp = {
        .options = own_options,
        .parser = parse,
        .args_doc = "OLD.json NEW.json",
        .doc =
            "Say what changed from one report of coverage, or of verify, to another: "
            "coverage lost and gained, failures new and fixed.\vExit status: 0 all "
            "well, 1 what --fail-on says, 2 wrong usage, or reports that cannot be "
            "compared, 4 input, output or memory.",
        .children = children,
    };

    wck_output_argp_init(&outputs, WCK_REPORT_COMPARE);
    children[0].argp = &outputs.argp;
    wck_options_parse(&argp, 0, argc, argv, request);
}

/* A gate that could never close is a slip. */
static enum wck_status check_gate(const struct request *request,
                                  const struct wck_reading *reading,
                                  struct wck_error *err)
{
    if (request->fail_on != GATE_LOST || reading->of_coverage)
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID,
                         "--fail-on lost is for reports of coverage; %s is of verify",
                         reading->path);
}

static int judge(const struct wck_comparison *comparison, enum gate gate)
{
    bool lost =
        (gate == GATE_LOST || gate == GATE_ANY) && wck_comparison_lost(comparison);
    bool new = (gate == GATE_NEW || gate == GATE_ANY) && wck_comparison_new(comparison);

    return lost || new ? WCK_EXIT_FAILED : WCK_EXIT_OK;
}

static enum wck_status run(struct request *request, int *code, struct wck_error *err)
{
    struct wck_reading before = {0}, after = {0};
    struct wck_comparison comparison = {0};
    enum wck_status status = wck_reading_open(&before, request->files[0], err);

    if (status == WCK_OK)
        status = wck_reading_open(&after, request->files[1], err);
    if (status == WCK_OK)
        status = wck_compare(&comparison, &before, &after, err);
    if (status == WCK_OK)
        status = check_gate(request, &before, err);
    if (status == WCK_OK)
        status = wck_outputs_compare(&request->outputs, &comparison, err);
    *code = judge(&comparison, request->fail_on);
    wck_comparison_release(&comparison);
    wck_reading_release(&before);
    wck_reading_release(&after);
    return status;
}

int wck_compare_main(int argc, char **argv)
{
    struct request request = {0};
    struct wck_error err = {0};
    int code;

    parse_request(&request, argc, argv);
    if (run(&request, &code, &err) != WCK_OK)
        code = wck_command_failed(argv[0], &err);
    wck_outputs_release(&request.outputs);
    return code;
}
