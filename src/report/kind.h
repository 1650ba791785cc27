/* Kind: findings that say the same of many problems, as one.
 *
 * Of one kind are the findings of one checker and claim, under one kernel and border,
 * with one verdict and causes that differ in their numbers only, and known by the same
 * entry of the baseline, or by none.  A case is all kinds
 * of one checker, claim, kernel and border: what a reader of test results calls a test.
 * Kinds and cases are sorted by these words, so that the order in which the findings
 * came does not matter. */
#ifndef WCK_REPORT_KIND_H
#define WCK_REPORT_KIND_H

#include "src/base/text.h"
#include "src/verdict/baseline.h"

struct wck_kind {
    const struct wck_finding *worst; /* the largest ratio of error to bound; borrowed */
    const struct wck_baseline_entry *known; /* failures, by this entry; NULL: none are;
                                               borrowed */
    size_t findings, compared, beyond;
    char *form;  /* the causes with '#' for each number; "": no cause; owned */
    char *cause; /* the causes with the ranges of their numbers; NULL: none; owned */
};

struct wck_case {
    const struct wck_kind *kinds; /* new failures first, then known ones; by form */
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

/* What a reader of test results is told of a case. */
enum wck_outcome {
    WCK_CASE_PASSED,
    WCK_CASE_FAILED,
    WCK_CASE_KNOWN,  /* it fails, and all that fails is known */
    WCK_CASE_SKIPPED /* nothing was judged in it */
};

/* Release with wck_kinds_release, whatever was returned.  The findings and the
 * baseline must outlive it; NULL: nothing is known. */
enum wck_status wck_kinds_make(struct wck_kinds *kinds,
                               const struct wck_findings *findings,
                               const struct wck_baseline *baseline,
                               struct wck_error *err);
void wck_kinds_release(struct wck_kinds *kinds);

/* `fail_on_inconclusive`: what cannot be judged fails as well.  *decisive is the kind
 * that made it so: the first that fails, is known, or was not judged; of what passed
 * the first. */
enum wck_outcome wck_case_outcome(const struct wck_case *one, bool fail_on_inconclusive,
                                  const struct wck_kind **decisive);

/* Appends "conforms, bilinear, border wrap": the case among its checker's. */
void wck_case_name(const struct wck_case *one, struct wck_text *text);

#endif
