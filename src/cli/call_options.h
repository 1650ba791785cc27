/* Call options: one call of a library's warp, said on the command line: its arrays as
 * files, and what its caller chooses in the library's own words.
 *
 * Without --convention they are the reference's own: reference.matrix, or
 * reference.maps where maps are given. */
#ifndef WCK_CLI_CALL_OPTIONS_H
#define WCK_CLI_CALL_OPTIONS_H

#include "src/cli/options.h"
#include "src/subject/recorded.h"

#define WCK_CARRIERS 6
#define WCK_FLAG_NAME 32 /* bytes of the longest option of a flag */

struct wck_call_options {
    struct wck_given given;
    const char *image, *destination, *upstream; /* files; NULL: not given */
    const char *carrier[WCK_CARRIERS];          /* likewise; a matrix may be numbers */
    struct wck_spec spec;                       /* its texts are the arguments' */
    double border_value[WCK_BORDER_VALUES];
    size_t border_values;
    struct wck_recorded_inputs size; /* of the output */
    bool sizes;           /* `image` may be a size instead: an image of zeros ... */
    enum wck_dtype dtype; /* ... of this type */
};

/* The options as they are before any was read. */
struct wck_call_options wck_call_options_default(void);

/* An argp child whose input is a struct wck_call_options.  The memory is the caller's,
 * as argp wants tables. */
struct wck_call_argp {
    struct argp_option options[WCK_KEY_FORMAT - WCK_KEY_FIRST];
    char names[WCK_KEY_LAST_FLAG - WCK_KEY_FLAG + 1][WCK_FLAG_NAME];
    struct argp argp;
};

void wck_call_argp_init(struct wck_call_argp *parser);

/* True where any option was given that says something of a call, but for --output. */
bool wck_call_options_any(const struct wck_call_options *options);

/* What can be said of the options together, before any file is read; chooses the
 * convention where none was given.  An error is wrong usage. */
void wck_call_options_check(struct wck_call_options *options, struct argp_state *state);

/* No flag is given that the convention does not take; else wrong usage. */
void wck_call_options_check_flags(const struct wck_call_options *options,
                                  struct argp_state *state);

/* The array that carrier i is in a recording. */
const char *wck_call_options_carrier(size_t i);

#endif
