/* Together: two or three ways to be wrong at once. */
#ifndef WCK_DIAGNOSE_TOGETHER_H
#define WCK_DIAGNOSE_TOGETHER_H

#include "src/diagnose/hypothesis.h"

enum wck_together {
    WCK_TOGETHER_NONE,
    WCK_TOGETHER_FOUND,
    WCK_TOGETHER_NO_TIME /* it was up before all were tried */
};

/* Looks for a hypothesis of more than one change that holds on all suspects, for where
 * no single one does: what is forward and what is in the pull-back are looked for by
 * themselves, so that the search stays as long as the lists.  Nothing is begun after
 * `until` (of wck_clock_seconds; 0: no limit).  `found` holds, or is as it was where
 * none does. */
enum wck_status wck_together_find(const struct wck_suspect *suspects, size_t count,
                                  double until, struct wck_hypothesis *found,
                                  enum wck_together *result, struct wck_error *err);

#endif
