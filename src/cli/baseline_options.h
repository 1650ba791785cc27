/* Baseline options: --baseline and --write-baseline, and what day it is. */
#ifndef WCK_CLI_BASELINE_OPTIONS_H
#define WCK_CLI_BASELINE_OPTIONS_H

#include <argp.h>

#include "src/verdict/baseline.h"

struct wck_baseline_options {
    const char *path;  /* that is read; NULL: none */
    const char *write; /* that is written; NULL: none */
    struct wck_baseline baseline;
    struct wck_date expires; /* what is written expires then */
};

/* An argp child whose input is a struct wck_baseline_options. */
extern const struct argp wck_baseline_argp;

/* Reads the file that was given, if one was, and the clock, once: the environment's
 * SOURCE_DATE_EPOCH in its place where that is set.  WCK_INVALID where that is no
 * number of seconds; errors as of wck_baseline_read. */
enum wck_status wck_baseline_options_read(struct wck_baseline_options *options,
                                          struct wck_error *err);

/* The baseline; NULL where none was given.  Borrowed. */
struct wck_baseline *wck_baseline_options_given(struct wck_baseline_options *options);

/* Writes the file that was asked for, if one was. */
enum wck_status wck_baseline_options_write(const struct wck_baseline_options *options,
                                           const struct wck_findings *findings,
                                           struct wck_error *err);
void wck_baseline_options_release(struct wck_baseline_options *options);

#endif
