/* Moved options: what the subject's own loss did where its image was moved, recorded
 * beside a gradient: it tells a plateau from a gradient that was lost. */
#ifndef WCK_CLI_MOVED_OPTIONS_H
#define WCK_CLI_MOVED_OPTIONS_H

#include "src/cli/input.h"
#include "src/cli/options.h"
#include "src/run/survey.h"

struct wck_moved_options {
    struct wck_given given;
    const char *numeric, *response;       /* the files; NULL: not given */
    struct wck_input by_little, by_a_lot; /* of those; no data before they are read */
};

/* An argp child whose input is a struct wck_moved_options. */
extern const struct argp wck_moved_argp;

/* What can be said before any file is read; `recorded`: there is a --gradient. */
void wck_moved_options_check(const struct wck_moved_options *options, bool recorded,
                             struct argp_state *state);

/* Reads the files into the survey's request, which borrows them; the gradient's shape
 * and layout are theirs.  WCK_INVALID where they have another; WCK_IO and WCK_FORMAT,
 * naming the file.  Release, whatever was returned. */
enum wck_status wck_moved_options_read(struct wck_moved_options *options,
                                       struct wck_survey_request *survey,
                                       struct wck_error *err);
void wck_moved_options_release(struct wck_moved_options *options);

#endif
