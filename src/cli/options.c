#include "src/cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/choice.h"
#include "src/cli/command.h"

static void hint(const char *command)
{
    fprintf(stderr, "Try '%s --help' for more information.\n", command);
}

/* Without a stream argp leaves the hint to us; getopt still says what is wrong. */
void wck_usage_init(struct argp_state *state)
{
    state->err_stream = NULL;
}

void wck_usage(const struct argp_state *state, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s: ", state->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    hint(state->name);
    exit(WCK_EXIT_USAGE);
}

void wck_options_parse(const struct argp *argp, unsigned flags, int argc, char **argv,
                       void *input)
{
    if (argp_parse(argp, argc, argv, flags, NULL, input) == 0)
        return;
    hint(argv[0]);
    exit(WCK_EXIT_USAGE);
}

/* The long name of `key`, wherever in the tree of parsers it is declared. */
static const char *key_name(const struct argp *argp, int key)
{
    const struct argp_option *option = argp->options;
    const struct argp_child *child = argp->children;

    for (; option != NULL && (option->name != NULL || option->doc != NULL); option++) {
        if (option->key == key)
            return option->name;
    }
    for (; child != NULL && child->argp != NULL; child++) {
        const char *name = key_name(child->argp, key);

        if (name != NULL)
            return name;
    }
    return NULL;
}

bool wck_given_has(const struct wck_given *given, int key)
{
    int bit = key - WCK_KEY_FIRST;

    return (given->bits[bit / 64] >> bit % 64 & 1) != 0;
}

bool wck_given_other(const struct wck_given *given, int key)
{
    struct wck_given other = *given;
    int bit = key - WCK_KEY_FIRST;

    other.bits[bit / 64] &= ~((uint64_t)1 << bit % 64);
    return (other.bits[0] | other.bits[1]) != 0;
}

void wck_given_once(struct wck_given *given, int key, struct argp_state *state)
{
    int bit = key - WCK_KEY_FIRST;

    if (bit < 0 || bit >= 128)
        return;
    if (wck_given_has(given, key))
        wck_usage(state, "--%s is given twice", key_name(state->root_argp, key));
    given->bits[bit / 64] |= (uint64_t)1 << bit % 64;
}

bool wck_options_is_size(const char *text)
{
    return text[strspn(text, "0123456789xX+-.")] == '\0';
}

enum wck_status wck_options_read_size(const char *text, size_t most, size_t sizes[3],
                                      struct wck_error *err)
{
    const char *form = most == 3 ? "HxW or HxWxC" : "HxW";
    size_t room = PTRDIFF_MAX / sizeof(double); /* so that any array can be counted */
    size_t count = 0;
    bool empty = false;
    char *end;

    sizes[0] = sizes[1] = sizes[2] = 1;
    for (const char *at = text;; at = end + 1) {
        unsigned long long value;

        if (!isdigit((unsigned char)*at) || count == most)
            return wck_error_set(err, WCK_INVALID, "'%s' is not a size: %s, in pixels",
                                 text, form);
        errno = 0;
        value = strtoull(at, &end, 10);
        room = errno != 0 || value > room ? 0 : room / (value > 0 ? value : 1);
        empty = empty || value == 0;
        sizes[count++] = (size_t)value;
        if (*end != 'x' && *end != 'X')
            break;
    }
    if (*end != '\0' || count < 2)
        return wck_error_set(err, WCK_INVALID, "'%s' is not a size: %s, in pixels",
                             text, form);
    if (empty)
        return wck_error_set(err, WCK_INVALID, "an image of %s has no pixel", text);
    if (room == 0)
        return wck_error_set(err, WCK_INVALID, "%s is too large", text);
    return WCK_OK;
}

enum wck_status wck_options_read_count(const char *text, uint64_t *count,
                                       struct wck_error *err)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end != '\0')
        return wck_error_set(err, WCK_INVALID, "'%s' is not a whole number", text);
    if (errno != 0)
        return wck_error_set(err, WCK_INVALID, "%s is too large", text);
    *count = value;
    return WCK_OK;
}

#define SAFE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-"

static void quote(struct wck_text *text, const char *word)
{
    if (*word != '\0' && word[strspn(word, SAFE)] == '\0') {
        wck_text_printf(text, "%s", word);
        return;
    }
    wck_text_quote(text, word);
}

void wck_options_quote(struct wck_text *text, int argc, char *const *argv)
{
    wck_text_printf(text, "%s", argv[0]); /* "warpcheck coverage": two words */
    for (int i = 1; i < argc; i++) {
        wck_text_append(text, " ", 1);
        quote(text, argv[i]);
    }
}

struct wck_warp_options wck_warp_options_default(void)
{
    return (struct wck_warp_options){
        .direction = WCK_SOURCE_TO_OUTPUT,
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find("constant"),
        .dtype = WCK_FLOAT32,
    };
}

static const char *kernel_name(size_t row)
{
    const struct wck_kernel *kernel = wck_kernel_row(row);

    return kernel != NULL ? kernel->name : NULL;
}

static const char *border_name(size_t row)
{
    const struct wck_border *border = wck_border_row(row);

    return border != NULL ? border->name : NULL;
}

static const enum wck_dtype dtypes[] = {WCK_FLOAT32, WCK_FLOAT64, WCK_FLOAT16,
                                        WCK_BFLOAT16};

static const char *dtype_name(size_t row)
{
    return row < sizeof dtypes / sizeof *dtypes ? wck_dtype_row(dtypes[row])->name
                                                : NULL;
}

enum wck_dtype wck_options_find_dtype(const char *name, const struct argp_state *state)
{
    struct wck_error err = {0};
    size_t row = wck_choice_find("dtype", dtype_name, name, &err);

    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return dtypes[row];
}

void wck_options_read_matrix(const char *text, double matrix[6], struct wck_error *err)
{
    double read[16];
    size_t count = wck_text_read_numbers(text, read, 16);

    if (count == 6)
        memcpy(matrix, read, 6 * sizeof *read);
    else if (count == 0)
        wck_error_set(err, WCK_INVALID,
                      "'%s' is not a matrix: six finite numbers, as in 'a b c; d e f'",
                      text);
    else
        wck_error_set(err, WCK_INVALID,
                      "a 2x3 matrix has six numbers, as in 'a b c; d e f'; '%s' has "
                      "%zu",
                      text, count);
}

enum wck_status wck_options_read_border_value(const char *text,
                                              double value[WCK_BORDER_VALUES],
                                              size_t *count, struct wck_error *err)
{
    *count = wck_text_read_numbers(text, value, WCK_BORDER_VALUES);
    if (*count > 0)
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID,
                         "'%s' is not a border value: one finite number, or one for "
                         "each channel with commas between",
                         text);
}

static void read_output(const char *text, struct wck_warp_options *options,
                        struct wck_error *err)
{
    size_t sizes[3];

    if (wck_options_read_size(text, 2, sizes, err) == WCK_OK) {
        options->output_height = sizes[0];
        options->output_width = sizes[1];
    }
}

enum wck_status wck_options_check_layout(const char *text, struct wck_error *err)
{
    if (wck_layout_valid(text))
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID,
                         "'%s' is not a layout: letters N, C, H and W, each at most "
                         "once, H and W among them",
                         text);
}

const struct wck_kernel *wck_options_find_kernel(const char *name,
                                                 struct wck_error *err)
{
    return wck_kernel_row(wck_choice_find("kernel", kernel_name, name, err));
}

const struct wck_border *wck_options_find_border(const char *name,
                                                 struct wck_error *err)
{
    /* A name that OpenCV's users may well try. */
    if (strcmp(name, "transparent") == 0)
        wck_error_set(
            err, WCK_INVALID,
            "border transparent leaves what the output held before, which only "
            "a recording tells: verify recording:FILE");
    return wck_border_row(wck_choice_find("border", border_name, name, err));
}

static error_t parse_warp(int key, char *arg, struct argp_state *state)
{
    struct wck_warp_options *options = state->input;
    struct wck_error err = {0};

    if (key >= WCK_KEY_FIRST && key < WCK_KEY_FORMAT)
        wck_given_once(&options->given, key, state);
    switch (key) {
    case WCK_KEY_MATRIX:
        wck_options_read_matrix(arg, options->matrix, &err);
        break;
    case WCK_KEY_INVERSE_MAP:
        options->direction = WCK_OUTPUT_TO_SOURCE;
        break;
    case WCK_KEY_OUTPUT:
        read_output(arg, options, &err);
        break;
    case WCK_KEY_KERNEL:
        options->kernel = wck_options_find_kernel(arg, &err);
        break;
    case WCK_KEY_BORDER:
        options->border = wck_options_find_border(arg, &err);
        break;
    case WCK_KEY_BORDER_VALUE:
        wck_options_read_border_value(arg, options->border_value,
                                      &options->border_values, &err);
        break;
    case WCK_KEY_LAYOUT:
        options->layout = arg;
        wck_options_check_layout(arg, &err);
        break;
    case WCK_KEY_DTYPE:
        options->dtype = wck_options_find_dtype(arg, state);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return 0;
}

void wck_options_check_border_value(const struct wck_border *border, size_t values,
                                    const struct argp_state *state)
{
    if (values > 0 && border->fold(-1, 1) != WCK_BORDER_VALUE)
        wck_usage(state, "--border-value is not read by border %s", border->name);
}

void wck_warp_options_check(const struct wck_warp_options *options,
                            const struct argp_state *state)
{
    wck_options_check_border_value(options->border, options->border_values, state);
}

static const struct argp_option warp_options[] = {
    {"matrix", WCK_KEY_MATRIX, "'a b c; d e f'", 0,
     "the 2x3 matrix, from source to output as cv2.warpAffine takes it", 0},
    {"inverse-map", WCK_KEY_INVERSE_MAP, NULL, 0,
     "the matrix goes from output to source (cv2.WARP_INVERSE_MAP)", 0},
    {"output", WCK_KEY_OUTPUT, "HxW", 0,
     "size of the output (with --size by default the image's)", 0},
    {"kernel", WCK_KEY_KERNEL, "NAME", 0, "interpolation", 0},
    {"interp", 0, NULL, OPTION_ALIAS, NULL, 0},
    {"border", WCK_KEY_BORDER, "NAME", 0, "what is read outside the image", 0},
    {"border-value", WCK_KEY_BORDER_VALUE, "V[,V...]", 0,
     "value of border constant, or one for each channel", 0},
    {"layout", WCK_KEY_LAYOUT, "AXES", 0,
     "axes of the arrays, slowest first: HW, HWC, CHW, NHWC, NCHW", 0},
    {"dtype", WCK_KEY_DTYPE, "NAME", 0,
     "type of the arrays: float64, float32, float16, bfloat16", 0},
    {0},
};

const struct argp wck_warp_argp = {.options = warp_options, .parser = parse_warp};
