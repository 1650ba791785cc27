/* Gather: what the options of a call name, read into an archive, as a recording of a
 * call's inputs has it (src/subject/recording.h). */
#ifndef WCK_CLI_GATHER_H
#define WCK_CLI_GATHER_H

#include "src/cli/call_options.h"
#include "src/io/npz.h"

/* The options have been checked.  Release the archive, whatever was returned.  WCK_IO
 * and WCK_FORMAT name a file, WCK_INVALID an option. */
enum wck_status wck_gather(struct wck_npz *npz, const struct wck_call_options *options,
                           struct wck_error *err);

#endif
