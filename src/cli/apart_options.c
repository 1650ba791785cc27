#include "src/cli/apart_options.h"

#include <string.h>

#include "src/cli/choice.h"

#define MOST_SECONDS 1e6 /* a million is eleven days */

static void read_seconds(const char *arg, const char *what, double *seconds,
                         struct wck_error *err)
{
    if (wck_text_read_numbers(arg, seconds, 1) != 1 ||
        !(*seconds > 0.0 && *seconds <= MOST_SECONDS))
        wck_error_set(err, WCK_INVALID,
                      "'%s' is not a %s: seconds, above 0 and at most %g", arg, what,
                      MOST_SECONDS);
}

/* The system counts whole seconds: a part of one is given as one. */
static void read_cpu(const char *arg, struct wck_sandbox_request *sandbox,
                     struct wck_error *err)
{
    double seconds = 0.0;

    read_seconds(arg, "limit", &seconds, err);
    if (err->status != WCK_OK)
        return;
    sandbox->cpu_seconds = (uint64_t)seconds;
    if ((double)sandbox->cpu_seconds < seconds)
        sandbox->cpu_seconds++;
}

/* Bytes, or with a K, M, G or T as many of 1024, 1024^2, ... */
static void read_memory(const char *arg, struct wck_sandbox_request *sandbox,
                        struct wck_error *err)
{
    static const char units[] = "KMGT";
    size_t length = strlen(arg);
    const char *unit = length > 0 ? strchr(units, arg[length - 1]) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    struct wck_text digits = {0};
    struct wck_error why = {0};
    uint64_t count = 0;

    wck_text_append(&digits, arg, length - (unit != NULL ? 1 : 0));
    if (wck_options_read_count(wck_text_string(&digits), &count, &why) != WCK_OK ||
        count == 0 || count > UINT64_MAX >> shift)
        wck_error_set(err, WCK_INVALID,
                      "'%s' is not a limit: bytes, or as in 512M or 4G", arg);
    sandbox->memory = count << shift;
    wck_text_release(&digits);
}

static const char *transport_name(size_t row)
{
    static const char *const names[] = {"shared", "pipe"};

    return row < sizeof names / sizeof names[0] ? names[row] : NULL;
}

static void read_transport(const char *arg, struct wck_subject_options *apart,
                           struct wck_error *err)
{
    size_t row = wck_choice_find("transport", transport_name, arg, err);

    apart->transport = row == 0 ? WCK_TRANSPORT_SHARED : WCK_TRANSPORT_PIPE;
}

static void check(const struct wck_sandbox_request *sandbox, struct argp_state *state)
{
    if (sandbox->off && (sandbox->memory > 0 || sandbox->cpu_seconds > 0))
        wck_usage(state, "--no-sandbox leaves nothing that keeps --%s",
                  sandbox->memory > 0 ? "memory-limit" : "cpu-limit");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_subject_options *apart = state->input;
    struct wck_error err = {0};

    switch (key) {
    case WCK_KEY_TIMEOUT:
        read_seconds(arg, "timeout", &apart->timeout, &err);
        break;
    case WCK_KEY_TRANSPORT:
        read_transport(arg, apart, &err);
        break;
    case WCK_KEY_MEMORY_LIMIT:
        read_memory(arg, &apart->sandbox, &err);
        break;
    case WCK_KEY_CPU_LIMIT:
        read_cpu(arg, &apart->sandbox, &err);
        break;
    case WCK_KEY_IN_PROCESS:
        apart->in_process = true;
        break;
    case WCK_KEY_NO_SANDBOX:
        apart->sandbox.off = true;
        break;
    case ARGP_KEY_END:
        check(&apart->sandbox, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return 0;
}

static const struct argp_option options[] = {
    {"timeout", WCK_KEY_TIMEOUT, "SECONDS", 0,
     "what a worker has for one call (default: 60)", 0},
    {"transport", WCK_KEY_TRANSPORT, "NAME", 0,
     "how arrays reach a worker: 'shared' memory (the default where there is any) or "
     "'pipe'",
     0},
    {"memory-limit", WCK_KEY_MEMORY_LIMIT, "SIZE", 0,
     "memory of each of its processes, as in 512M or 4G (default: 4/5 of the "
     "machine's)",
     0},
    {"cpu-limit", WCK_KEY_CPU_LIMIT, "SECONDS", 0,
     "CPU time of each of its processes, all calls together (default: no limit)", 0},
    {"in-process", WCK_KEY_IN_PROCESS, NULL, 0,
     "load a plugin into this program, for a debugger or for speed: a crash of it is "
     "then the program's own",
     0},
    {"no-sandbox", WCK_KEY_NO_SANDBOX, NULL, 0,
     "let it do what you may do: open sockets, write files anywhere", 0},
    {0},
};

const struct argp wck_apart_argp = {.options = options, .parser = parse};

void wck_apart_describe(const struct wck_sandbox *sandbox, struct wck_text *text)
{
    const char *separator = "not offered by this machine: ";

    if (wck_sandbox_is_off(sandbox)) {
        wck_text_printf(text, "off");
        return;
    }
    for (int i = 0; i < WCK_SANDBOX_MEASURE_COUNT; i++) {
        enum wck_sandbox_measure measure = (enum wck_sandbox_measure)i;
        struct wck_sandbox_result result = wck_sandbox_result(sandbox, measure);

        if (result.state != WCK_SANDBOX_ABSENT)
            continue;
        wck_text_printf(text, "%s%s (%s)", separator, wck_sandbox_name(measure),
                        wck_sandbox_why(&result));
        separator = ", ";
    }
}
