/* Sentence: what several writers say in the same words. */
#ifndef WCK_REPORT_SENTENCE_H
#define WCK_REPORT_SENTENCE_H

#include "src/base/text.h"
#include "src/coverage/map_coverage.h"
#include "src/verdict/baseline.h"

/* Appends where the worst comparison was made, what it had and wanted, and how many
 * were beyond the bound; for a finding that compared something. */
void wck_sentence_worst(struct wck_text *text, const struct wck_finding *finding);

/* Appends "known until 2026-12-31: the reason", by an entry of the baseline. */
void wck_sentence_known(struct wck_text *text, const struct wck_baseline_entry *entry);

/* Appends how many x, y or, where `axis` is 2, matrix entries of a map get a gradient:
 * "3 of 25", or "an unknown number of 25" where of all it is undetermined. */
void wck_sentence_covered(struct wck_text *text, const struct wck_map_coverage *map,
                          int axis);

/* What a claim says of a subject. */
const char *wck_sentence_claim(enum wck_claim claim);

#endif
