#include "src/cli/calls_options.h"

#include <string.h>

#include "src/cli/choice.h"

struct wck_calls_options wck_calls_options_default(void)
{
    return (struct wck_calls_options){.call = wck_call_options_default()};
}

static const char *dtype_name(size_t row)
{
    return row < WCK_DTYPE_COUNT ? wck_dtype_row((enum wck_dtype)row)->name : NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_calls_options *options = state->input;
    struct wck_error err = {0};
    uint64_t count = 0;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->call;
        return 0;
    case WCK_KEY_DTYPE:
        wck_given_once(&options->given, key, state);
        options->dtype =
            (enum wck_dtype)wck_choice_find("dtype", dtype_name, arg, &err);
        break;
    case WCK_KEY_CALL:
        wck_given_once(&options->given, key, state);
        wck_options_read_count(arg, &count, &err);
        options->index = (size_t)count;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return 0;
}

static const struct argp_option own_options[] = {
    {"dtype", WCK_KEY_DTYPE, "NAME", 0,
     "type of the image (default: float64 and float32)", 0},
    {"call", WCK_KEY_CALL, "N", 0, "put this call alone, as a finding names it", 0},
    {0},
};

/* Of one call's options those that say no array: arrays are the harness's to make. */
static bool is_word(int key)
{
    static const int words[] = {WCK_KEY_CONVENTION, WCK_KEY_KERNEL, WCK_KEY_BORDER,
                                WCK_KEY_LAYOUT, WCK_KEY_VERSION};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i] == key)
            return true;
    }
    return key >= WCK_KEY_FLAG && key <= WCK_KEY_LAST_FLAG;
}

void wck_calls_argp_init(struct wck_calls_argp *parser)
{
    struct argp_option *kept;

    *parser = (struct wck_calls_argp){0};
    wck_call_argp_init(&parser->call);
    kept = parser->call.options;
    for (const struct argp_option *at = parser->call.options; at->name != NULL; at++) {
        bool alias = (at->flags & OPTION_ALIAS) != 0;

        /* An alias follows its option, --kernel alone here. */
        if (alias || is_word(at->key))
            *kept++ = *at;
    }
    *kept = (struct argp_option){0};
    parser->children[0].argp = &parser->call.argp;
    parser->argp = (struct argp){
        .options = own_options, .parser = parse, .children = parser->children};
}

void wck_calls_options_fill(struct wck_calls_options *options, uint64_t seed)
{
    options->request = (struct wck_calls_request){
        .convention = options->call.spec.convention,
        .choices = options->call.spec.choices,
        .layout = options->call.spec.layout,
        .dtype = wck_given_has(&options->given, WCK_KEY_DTYPE) ? &options->dtype : NULL,
        .seed = seed > 0 ? seed : 1,
    };
}

const size_t *wck_calls_options_call(const struct wck_calls_options *options)
{
    return wck_given_has(&options->given, WCK_KEY_CALL) ? &options->index : NULL;
}

bool wck_calls_options_any(int argc, char *const *argv)
{
    static const char name[] = "--convention";

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t length = strcspn(argv[i], "=");

        /* argp takes "--conv" too. */
        if (length > 4 && length < sizeof name && strncmp(argv[i], name, length) == 0)
            return true;
    }
    return false;
}
