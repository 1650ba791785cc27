/* Naming: which libraries' conventions answer as a warp did. */
#ifndef WCK_DIAGNOSE_NAMING_H
#define WCK_DIAGNOSE_NAMING_H

#include "src/diagnose/candidates.h"
#include "src/diagnose/identify.h"

/* Adds the names of the conventions, with their callers' choices, that fit all answers.
 * The description of one that fits where no candidate does, or clearly nearer, is added
 * to the list. */
enum wck_status wck_name_conventions(struct wck_identity *identity,
                                     const struct wck_search *search,
                                     struct wck_candidates *list,
                                     struct wck_error *err);

#endif
