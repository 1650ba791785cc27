/* Coverage call: a library's call whose coverage is asked for, said by options or
 * recorded. */
#ifndef WCK_CLI_COVERAGE_CALL_H
#define WCK_CLI_COVERAGE_CALL_H

#include "src/cli/coverage_options.h"
#include "src/cli/input.h"
#include "src/run/recorded_survey.h"

struct wck_coverage_call {
    struct wck_recorded_inputs inputs;
    struct wck_recorded of;
    struct wck_recorded_survey survey; /* its request is complete */
    struct wck_input gradient;         /* --gradient; no data: not given */
    bool sized;                        /* only the image's size is known */
};

/* Reads the files and fits them together.  Release whatever was returned. */
enum wck_status wck_coverage_call_read(struct wck_coverage_call *call,
                                       const struct wck_coverage_options *request,
                                       struct wck_error *err);
void wck_coverage_call_release(struct wck_coverage_call *call);

/* Says the image, and where the gradient came from. */
void wck_coverage_call_name(const struct wck_coverage_call *call,
                            const struct wck_coverage_options *request,
                            struct wck_coverage_report *report);

#endif
