/* Calls options: what `verify --convention` leaves open of a library's calls and what
 * it does not, in that library's words. */
#ifndef WCK_CLI_CALLS_OPTIONS_H
#define WCK_CLI_CALLS_OPTIONS_H

#include "src/cli/call_options.h"
#include "src/run/calls.h"

struct wck_calls_options {
    struct wck_given given;
    struct wck_call_options call;
    struct wck_calls_request request;
    enum wck_dtype dtype;
    size_t index; /* of --call */
};

struct wck_calls_options wck_calls_options_default(void);

/* An argp child whose input is a struct wck_calls_options; the memory is the caller's.
 */
struct wck_calls_argp {
    struct wck_call_argp call;
    struct argp_child children[2];
    struct argp argp;
};

void wck_calls_argp_init(struct wck_calls_argp *parser);

/* Completes the request once all options are read. */
void wck_calls_options_fill(struct wck_calls_options *options, uint64_t seed);

/* The one call asked for; NULL: all. */
const size_t *wck_calls_options_call(const struct wck_calls_options *options);

/* Is --convention among the arguments?  It decides which options there are. */
bool wck_calls_options_any(int argc, char *const *argv);

#endif
