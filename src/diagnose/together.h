/* Together: two or three ways to be wrong at once. */
#ifndef WCK_DIAGNOSE_TOGETHER_H
#define WCK_DIAGNOSE_TOGETHER_H

#include "src/diagnose/hypothesis.h"

/* Looks for a hypothesis of more than one change that holds on all suspects, for where
 * no single one does: what is forward and what is in the pull-back are looked for by
 * themselves, so that the search stays as long as the lists.  `found` holds, or is as
 * it was where none does. */
enum wck_status wck_together_find(const struct wck_suspect *suspects, size_t count,
                                  struct wck_hypothesis *found, bool *is_found,
                                  struct wck_error *err);

#endif
