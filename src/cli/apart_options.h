/* Apart options: those of a subject in a process of its own. */
#ifndef WCK_CLI_APART_OPTIONS_H
#define WCK_CLI_APART_OPTIONS_H

#include "src/base/text.h"
#include "src/cli/options.h"
#include "src/subject/subject.h"

/* An argp child whose input is a struct wck_subject_options, {0} before. */
extern const struct argp wck_apart_argp;

/* Appends which measures of the sandbox a subject goes without, and why; nothing where
 * it has all of them. */
void wck_apart_describe(const struct wck_sandbox *sandbox, struct wck_text *text);

#endif
