/* Options: the command-line options that several sub-commands read the same way.
 *
 * Each group is an argp child: `wck_warp_argp` fills a struct wck_warp_options given to
 * it as its input.  An option that makes no sense by itself ends the program here, with
 * one line and the exit code of wrong usage; what depends on other options or on files
 * is the sub-command's to judge. */
#ifndef WCK_CLI_OPTIONS_H
#define WCK_CLI_OPTIONS_H

#include <argp.h>
#include <stdint.h>

#include "reference/warp.h"
#include "src/base/text.h"

/* argp_parse, except that all wrong usage ends alike: one line, a hint, exit code 2.
 * The parser of `argp` calls wck_usage_init at ARGP_KEY_INIT. */
void wck_options_parse(const struct argp *argp, unsigned flags, int argc, char **argv,
                       void *input);
void wck_usage_init(struct argp_state *state);

/* Says what is wrong with the usage, with the hint, and exits. */
_Noreturn void wck_usage(const struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The keys of all options, beyond the characters that short options use. */
enum wck_key {
    WCK_KEY_FIRST = 256,
    WCK_KEY_IMAGE = WCK_KEY_FIRST,
    WCK_KEY_MATRIX,
    WCK_KEY_INVERSE_MAP,
    WCK_KEY_OUTPUT,
    WCK_KEY_KERNEL,
    WCK_KEY_BORDER,
    WCK_KEY_BORDER_VALUE,
    WCK_KEY_LAYOUT,
    WCK_KEY_DTYPE,
    WCK_KEY_UPSTREAM,
    WCK_KEY_GRADIENT,
    WCK_KEY_LOSS,
    WCK_KEY_WHAT_IF,
    WCK_KEY_SIZE,
    WCK_KEY_CHANNELS,
    WCK_KEY_CHECKER,
    WCK_KEY_SEED,
    WCK_KEY_RESOLUTION,
    WCK_KEY_LEVEL,
    WCK_KEY_BUDGET,
    WCK_KEY_FAIL_ON,
    WCK_KEY_SHRINK,
    WCK_KEY_BASELINE,
    WCK_KEY_WRITE_BASELINE,
    WCK_KEY_TIMEOUT,
    WCK_KEY_TRANSPORT,
    WCK_KEY_IN_PROCESS,
    WCK_KEY_MEMORY_LIMIT,
    WCK_KEY_CPU_LIMIT,
    WCK_KEY_NO_SANDBOX,
    WCK_KEY_LIST_JSON,
    WCK_KEY_CONVENTION,
    WCK_KEY_GRID,
    WCK_KEY_MAP_X,
    WCK_KEY_MAP_Y,
    WCK_KEY_COORDS,
    WCK_KEY_FLOW,
    WCK_KEY_DESTINATION,
    WCK_KEY_VERSION,
    WCK_KEY_FLAG, /* one key for each row of the flags' table: room for eight */
    WCK_KEY_LAST_FLAG = WCK_KEY_FLAG + 7,
    WCK_KEY_CALL,
    WCK_KEY_TAPS,
    WCK_KEY_OUT,
    WCK_KEY_MATRICES,
    WCK_KEY_THEN,
    WCK_KEY_RANDOM,
    WCK_KEY_ROTATE,
    WCK_KEY_SCALE,
    WCK_KEY_SHIFT,
    WCK_KEY_SHEAR,
    WCK_KEY_NUMERIC,
    WCK_KEY_RESPONSE,
    WCK_KEY_EXPECT_ZERO,
    WCK_KEY_MIN_COVERAGE,
    WCK_KEY_MAX_HOLE,
    WCK_KEY_WHAT_IF_MAPS,
    WCK_KEY_MAP,
    WCK_KEY_QUIET,
    WCK_KEY_EXPLAIN_MAP,
    WCK_KEY_MATRIX_GRADIENT,
    WCK_KEY_FORMAT /* one key for each row of the format registry */
};

/* Which options were given, by key. */
struct wck_given {
    uint64_t bits[2];
};

/* Notes that option `key` of the parser in `state` was given.  Given before, it is an
 * error. */
void wck_given_once(struct wck_given *given, int key, struct argp_state *state);
bool wck_given_has(const struct wck_given *given, int key);

/* Was any option but `key` given? */
bool wck_given_other(const struct wck_given *given, int key);

#define WCK_BORDER_VALUES 64 /* most values --border-value takes, one a channel */

struct wck_warp_options {
    struct wck_given given;
    double matrix[6];
    enum wck_direction direction;
    const struct wck_kernel *kernel;
    const struct wck_border *border;
    double border_value[WCK_BORDER_VALUES];
    size_t border_values;
    const char *layout; /* NULL: not given */
    enum wck_dtype dtype;
    size_t output_height, output_width; /* 0: not given */
};

/* The options as they are before any was read: bilinear, constant, float32. */
struct wck_warp_options wck_warp_options_default(void);

extern const struct argp wck_warp_argp;

/* What can be said of these options together: an error is wrong usage. */
void wck_warp_options_check(const struct wck_warp_options *options,
                            const struct argp_state *state);

/* Reads "HxW", and "HxWxC" where `most` is 3; the third size is 1 unless given.  An
 * error says what is wrong: not a size, a size of 0, too large. */
enum wck_status wck_options_read_size(const char *text, size_t most, size_t sizes[3],
                                      struct wck_error *err);

/* True where `text` is meant to be a size rather than a file: digits, signs, points and
 * 'x' only. */
bool wck_options_is_size(const char *text);

/* Reads a whole number, 0 and more. */
enum wck_status wck_options_read_count(const char *text, uint64_t *count,
                                       struct wck_error *err);

/* Reads one number, or several with commas between. */
enum wck_status wck_options_read_border_value(const char *text,
                                              double value[WCK_BORDER_VALUES],
                                              size_t *count, struct wck_error *err);

/* That many border values, none or more, are wrong usage where nothing reads them. */
void wck_options_check_border_value(const struct wck_border *border, size_t values,
                                    const struct argp_state *state);

/* Is `text` a layout of some array? */
enum wck_status wck_options_check_layout(const char *text, struct wck_error *err);

/* The reference's own, by name; else NULL, and the error says what there is. */
const struct wck_kernel *wck_options_find_kernel(const char *name,
                                                 struct wck_error *err);
const struct wck_border *wck_options_find_border(const char *name,
                                                 struct wck_error *err);

/* Reads the six numbers of a 2x3 matrix. */
void wck_options_read_matrix(const char *text, double matrix[6], struct wck_error *err);

/* The floating-point type of that name; another is wrong usage. */
enum wck_dtype wck_options_find_dtype(const char *name, const struct argp_state *state);

/* Appends the command line, quoted for the shell where it must be. */
void wck_options_quote(struct wck_text *text, int argc, char *const *argv);

#endif
