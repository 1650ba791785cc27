/* Verification: findings for the tests of the writers to write. */
#ifndef CHECK_REPORT_VERIFICATION_H
#define CHECK_REPORT_VERIFICATION_H

#include "src/report/report.h"

struct verification {
    struct wck_findings findings;
    struct wck_baseline baseline; /* see verification_know */
    struct wck_verify_report report;
};

/* Nine findings of five cases: two failures that differ in their numbers only, and a
 * pass beside them; a marginal one; one not applicable; two inconclusive; two passes.
 */
void verification_small(struct verification *verification);

/* What could break a report out of its format: quotes, angle brackets, ampersands,
 * bars, backticks, newlines, control characters, no UTF-8. */
extern const char verification_hostile_name[];

/* As the small one, but all words that are not ours are the hostile name. */
void verification_hostile(struct verification *verification);

/* 60,000 failures with long causes of hostile bytes, no two of the same words, of
 * 27,000 cases: more than any reader takes. */
void verification_many(struct verification *verification);

/* The small one's failures are known, until the end of 2030, and so is one that no
 * longer fails: for the tests of the writers with a baseline. */
void verification_know(struct verification *verification);

/* The same findings, the last first. */
void verification_reverse(struct verification *verification);

void verification_release(struct verification *verification);

/* What the format of that name makes of it; release the text. */
struct wck_text verification_write(const struct verification *verification,
                                   const char *format);

#endif
