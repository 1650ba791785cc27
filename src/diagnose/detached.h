/* Detached: says of a subject whose framework lost a gradient which, before what the
 * numbers say. */
#ifndef WCK_DIAGNOSE_DETACHED_H
#define WCK_DIAGNOSE_DETACHED_H

#include "src/subject/subject.h"
#include "src/verdict/finding.h"

/* Puts it at the beginning of *sentence, which is owned, and NULL where nothing else is
 * said; leaves it where the subject named no gradient lost, or the verdict is neither
 * fail nor marginal. */
enum wck_status wck_detached_say(const struct wck_subject *subject,
                                 enum wck_verdict verdict, char **sentence,
                                 struct wck_error *err);

#endif
