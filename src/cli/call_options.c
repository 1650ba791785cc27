#include "src/cli/call_options.h"

#include <stdio.h>
#include <string.h>

#include "reference/flag.h"
#include "src/cli/choice.h"

struct wck_call_options wck_call_options_default(void)
{
    return (struct wck_call_options){.spec.choices.align_corners = -1};
}

/* The options that name what carries the map; NULL beyond. */
static const struct carrier {
    int key;
    const char *option, *array;
} carriers[WCK_CARRIERS] = {
    {WCK_KEY_MATRIX, "matrix", "matrix"}, {WCK_KEY_GRID, "grid", "grid"},
    {WCK_KEY_MAP_X, "map-x", "map_x"},    {WCK_KEY_MAP_Y, "map-y", "map_y"},
    {WCK_KEY_COORDS, "coords", "coords"}, {WCK_KEY_FLOW, "flow", "flow"},
};

const char *wck_call_options_carrier(size_t i)
{
    return i < WCK_CARRIERS ? carriers[i].array : NULL;
}

/* ---- parsing ---- */

static const char *convention_name(size_t row)
{
    const struct wck_convention *convention = wck_convention_row(row);

    return convention != NULL ? convention->name : NULL;
}

static void read_flag(const struct wck_flag *flag, const char *arg,
                      struct wck_call_options *options, struct wck_error *err)
{
    if (arg == NULL || strcmp(arg, "true") == 0)
        flag->choose(&options->spec.choices, true);
    else if (strcmp(arg, "false") == 0)
        flag->choose(&options->spec.choices, false);
    else
        wck_error_set(err, WCK_INVALID, "%s is true or false, not '%s'", flag->name,
                      arg);
}

static void read_size(const char *arg, struct wck_call_options *options,
                      struct wck_error *err)
{
    size_t sizes[3];

    if (wck_options_read_size(arg, 2, sizes, err) == WCK_OK) {
        options->size.height = sizes[0];
        options->size.width = sizes[1];
    }
}

/* The options with texts of their own; false for what is none of them. */
static bool read_word(int key, const char *arg, struct wck_call_options *options)
{
    for (size_t i = 0; i < WCK_CARRIERS; i++) {
        if (carriers[i].key == key) {
            options->carrier[i] = arg;
            return true;
        }
    }
    switch (key) {
    case WCK_KEY_IMAGE:
        options->image = arg;
        return true;
    case WCK_KEY_DESTINATION:
        options->destination = arg;
        return true;
    case WCK_KEY_UPSTREAM:
        options->upstream = arg;
        return true;
    case WCK_KEY_KERNEL:
        options->spec.choices.interp = arg;
        return true;
    case WCK_KEY_BORDER:
        options->spec.choices.border = arg;
        return true;
    case WCK_KEY_VERSION:
        options->spec.choices.version = arg;
        return true;
    default:
        return false;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_call_options *options = state->input;
    struct wck_error err = {0};

    if (key < WCK_KEY_FIRST || key >= WCK_KEY_FORMAT)
        return ARGP_ERR_UNKNOWN;
    wck_given_once(&options->given, key, state);
    if (key >= WCK_KEY_FLAG && key <= WCK_KEY_LAST_FLAG)
        read_flag(wck_flag_row((size_t)(key - WCK_KEY_FLAG)), arg, options, &err);
    else if (key == WCK_KEY_CONVENTION)
        options->spec.convention = wck_convention_row(
            wck_choice_find("convention", convention_name, arg, &err));
    else if (key == WCK_KEY_OUTPUT)
        read_size(arg, options, &err);
    else if (key == WCK_KEY_LAYOUT)
        wck_options_check_layout(options->spec.layout = arg, &err);
    else if (key == WCK_KEY_BORDER_VALUE)
        wck_options_read_border_value(arg, options->border_value,
                                      &options->border_values, &err);
    else if (!read_word(key, arg, options))
        return ARGP_ERR_UNKNOWN;
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return 0;
}

static const struct argp_option call_options[] = {
    {"image", WCK_KEY_IMAGE, "FILE", 0, "the image, an .npy or .png file", 0},
    {"matrix", WCK_KEY_MATRIX, "'a b c; d e f'|FILE", 0,
     "the matrix, as the library takes it: numbers row by row, or an .npy file", 0},
    {"grid", WCK_KEY_GRID, "FILE", 0, "normalised coordinates, an .npy file", 0},
    {"map-x", WCK_KEY_MAP_X, "FILE", 0, "columns of the source, an .npy file", 0},
    {"map-y", WCK_KEY_MAP_Y, "FILE", 0, "rows of the source, an .npy file", 0},
    {"coords", WCK_KEY_COORDS, "FILE", 0, "coordinates, one array an axis, .npy", 0},
    {"flow", WCK_KEY_FLOW, "FILE", 0, "displacements, an .npy file", 0},
    {"destination", WCK_KEY_DESTINATION, "FILE", 0,
     "what the output held before, which OpenCV's border transparent leaves, an .npy "
     "file",
     0},
    {"upstream", WCK_KEY_UPSTREAM, "FILE", 0,
     "the gradient with respect to the output, an .npy file: all gradients are wanted",
     0},
    {"output", WCK_KEY_OUTPUT, "HxW", 0,
     "size of the output by a matrix (default: the image's)", 0},
    {"convention", WCK_KEY_CONVENTION, "NAME", 0,
     "the library's function (default: the reference's own, see 'warpcheck list "
     "conventions reference.matrix')",
     0},
    {"interp", WCK_KEY_KERNEL, "NAME", 0, "interpolation, in the library's words", 0},
    {"kernel", 0, NULL, OPTION_ALIAS, NULL, 0},
    {"border", WCK_KEY_BORDER, "NAME", 0, "border, in the library's words", 0},
    {"border-value", WCK_KEY_BORDER_VALUE, "V[,V...]", 0,
     "value outside the image, or one for each channel (default: 0)", 0},
    {"layout", WCK_KEY_LAYOUT, "AXES", 0,
     "axes of the image, slowest first: HW, HWC, NCHW, NCDHW, ...", 0},
    {"library-version", WCK_KEY_VERSION, "N.N.N", 0,
     "the library's, where its rule depends on it (default: the newest)", 0},
};

#define CALL_OPTIONS (sizeof call_options / sizeof call_options[0])

/* An option spells with '-' what a key of spec.json spells with '_'. */
static void spell(const char *name, char option[WCK_FLAG_NAME])
{
    snprintf(option, WCK_FLAG_NAME, "%s", name);
    for (; *option != '\0'; option++)
        *option = *option == '_' ? '-' : *option;
}

void wck_call_argp_init(struct wck_call_argp *parser)
{
    struct argp_option *option = parser->options;
    const struct wck_flag *flag;

    *parser = (struct wck_call_argp){0};
    for (size_t i = 0; i < CALL_OPTIONS; i++)
        *option++ = call_options[i];
    for (size_t i = 0; (flag = wck_flag_row(i)) != NULL; i++) {
        spell(flag->name, parser->names[i]);
        *option++ = (struct argp_option){.name = parser->names[i],
                                         .key = WCK_KEY_FLAG + (int)i,
                                         .arg = "false",
                                         .flags = OPTION_ARG_OPTIONAL,
                                         .doc = flag->summary};
    }
    parser->argp = (struct argp){.options = parser->options, .parser = parse};
}

/* ---- checking ---- */

bool wck_call_options_any(const struct wck_call_options *options)
{
    return wck_given_other(&options->given, WCK_KEY_OUTPUT);
}

/* The reference's own convention for the map that is given. */
static void choose_own(struct wck_call_options *options, struct argp_state *state)
{
    const struct wck_given *given = &options->given;
    bool maps =
        wck_given_has(given, WCK_KEY_MAP_X) || wck_given_has(given, WCK_KEY_MAP_Y);
    const struct wck_border *border = wck_border_find("constant");
    struct wck_error err = {0};

    for (size_t i = 0; i < WCK_CARRIERS; i++) {
        bool own = strcmp(carriers[i].array, "matrix") == 0 ||
                   strncmp(carriers[i].array, "map_", 4) == 0;

        if (options->carrier[i] != NULL && !own)
            wck_usage(state, "--%s needs --convention, which says what its numbers are",
                      carriers[i].option);
    }
    options->spec.convention =
        wck_convention_find(maps ? "reference.maps" : "reference.matrix");
    if (options->spec.choices.interp != NULL)
        wck_options_find_kernel(options->spec.choices.interp, &err);
    if (options->spec.choices.border != NULL && err.status == WCK_OK)
        border = wck_options_find_border(options->spec.choices.border, &err);
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    wck_options_check_border_value(border, options->border_values, state);
}

static bool takes_array(const struct wck_convention *convention, const char *array)
{
    bool takes = false;

    for (size_t i = 0; wck_call_array_name(convention, i) != NULL; i++)
        takes |= strcmp(array, wck_call_array_name(convention, i)) == 0;
    return takes;
}

void wck_call_options_check_flags(const struct wck_call_options *options,
                                  struct argp_state *state)
{
    const struct wck_convention *convention = options->spec.convention;
    const struct wck_flag *flag;

    for (size_t i = 0; (flag = wck_flag_row(i)) != NULL; i++) {
        if (wck_given_has(&options->given, WCK_KEY_FLAG + (int)i) &&
            !flag->taken(convention))
            wck_usage(state, "%s takes no %s", convention->name, flag->name);
    }
}

/* Exactly the arrays that the convention takes are given, and no flag that it does not.
 */
static void check_taken(const struct wck_call_options *options,
                        struct argp_state *state)
{
    const struct wck_convention *convention = options->spec.convention;

    for (size_t i = 0; i < WCK_CARRIERS; i++) {
        bool takes = takes_array(convention, carriers[i].array);

        if (takes && options->carrier[i] == NULL)
            wck_usage(state, "--%s is missing, which %s takes", carriers[i].option,
                      convention->name);
        if (!takes && options->carrier[i] != NULL)
            wck_usage(state, "%s takes no --%s", convention->name, carriers[i].option);
    }
    wck_call_options_check_flags(options, state);
}

void wck_call_options_check(struct wck_call_options *options, struct argp_state *state)
{
    if (options->image == NULL)
        wck_usage(state, "--image is missing");
    if (options->spec.convention == NULL)
        choose_own(options, state);
    check_taken(options, state);
    if (options->spec.convention->carrier != WCK_CARRIER_MATRIX &&
        options->size.height > 0)
        wck_usage(state, "--output says the size by a matrix; here %s does",
                  wck_call_array_name(options->spec.convention, 0));
}
