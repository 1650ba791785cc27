/* Set options: a set of warps in place of one, from a file or at random. */
#ifndef WCK_CLI_SET_OPTIONS_H
#define WCK_CLI_SET_OPTIONS_H

#include "src/cli/options.h"
#include "src/run/draws.h"
#include "src/run/matrices.h"
#include "src/run/set_survey.h"

struct wck_set_options {
    struct wck_given given;
    const char *matrices;   /* the file; NULL: not given */
    struct wck_draws draws; /* count 0: not given */
    char seed[32];          /* names a random set: "seed 0" */
};

struct wck_set_options wck_set_options_default(void);

/* An argp child whose input is a struct wck_set_options. */
extern const struct argp wck_set_argp;

/* Is it a set that is asked for? */
bool wck_set_options_any(const struct wck_set_options *options);

/* What can be said of these options together, and with those of the warp: an error is
 * wrong usage. */
void wck_set_options_check(const struct wck_set_options *options,
                           const struct wck_warp_options *warp,
                           const struct argp_state *state);

/* Runs the survey over the set; `request->survey` is filled in, the rest is filled in
 * here.  On a terminal it says how far it is. */
enum wck_status wck_set_options_run(const struct wck_set_options *options,
                                    enum wck_direction direction,
                                    struct wck_set_request *request,
                                    struct wck_set_survey *survey,
                                    struct wck_error *err);

#endif
