/* Kind: findings that say the same of many problems, as one.
 *
 * Of one kind are the findings of one checker and claim, under one kernel and border,
 * with one verdict and causes that differ in their numbers only.  A case is all kinds
 * of one checker, claim, kernel and border: what a reader of test results calls a test.
 * Kinds and cases are sorted by these words, so that the order in which the findings
 * came does not matter. */
#ifndef WCK_REPORT_KIND_H
#define WCK_REPORT_KIND_H

#include "src/base/text.h"
#include "src/verdict/finding.h"

struct wck_kind {
    const struct wck_finding *worst; /* the largest ratio of error to bound; borrowed */
    size_t findings, compared, beyond;
    char *form;  /* the causes with '#' for each number; "": no cause; owned */
    char *cause; /* the causes with the ranges of their numbers; NULL: none; owned */
};

struct wck_case {
    const struct wck_kind *kinds; /* failures first, then by form */
    size_t count;
    size_t verdicts[WCK_VERDICT_COUNT]; /* findings */
    enum wck_verdict verdict;           /* as wck_findings_verdict has it */
};

struct wck_kinds {
    struct wck_kind *items;
    size_t count;
    struct wck_case *cases;
    size_t case_count;
};

/* Release with wck_kinds_release, whatever was returned.  The findings must outlive it.
 */
enum wck_status wck_kinds_make(struct wck_kinds *kinds,
                               const struct wck_findings *findings,
                               struct wck_error *err);
void wck_kinds_release(struct wck_kinds *kinds);

/* Does the case fail; also where it is asked for that what cannot be judged fails? */
bool wck_case_fails(const struct wck_case *one, bool fail_on_inconclusive);

/* Was nothing judged in it? */
bool wck_case_skipped(const struct wck_case *one);

/* The kind that made it fail, or be skipped: the first that is not merely marginal. */
const struct wck_kind *wck_case_decisive(const struct wck_case *one);

/* Appends "conforms, bilinear, border wrap": the case among its checker's. */
void wck_case_name(const struct wck_case *one, struct wck_text *text);

#endif
