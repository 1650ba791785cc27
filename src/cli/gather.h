/* Gather: what the options of a call name, read as a recording of a call's inputs is
 * (src/subject/recorded.h). */
#ifndef WCK_CLI_GATHER_H
#define WCK_CLI_GATHER_H

#include "src/cli/call_options.h"

/* The options have been checked.  Release what was recorded, whatever was returned.
 * WCK_IO and WCK_FORMAT name a file, WCK_INVALID an option: what does not fit together
 * is wrong usage, and no file is wrong. */
enum wck_status wck_gather(struct wck_recorded *recorded,
                           const struct wck_call_options *options,
                           const struct wck_recorded_inputs *inputs,
                           struct wck_error *err);

#endif
