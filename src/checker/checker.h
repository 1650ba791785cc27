/* Checker: one test of a subject.  A checker sees the subject through its two calls
 * only, and says what it found in findings. */
#ifndef WCK_CHECKER_CHECKER_H
#define WCK_CHECKER_CHECKER_H

#include "src/subject/problem.h"
#include "src/subject/subject.h"
#include "src/verdict/tally.h"

/* One problem put to one subject.  The premises are what earlier checkers of the same
 * trial found; a checker that needs one says inconclusive where it failed. */
struct wck_trial {
    struct wck_subject *subject;
    const struct wck_problem *problem;
    double resolution; /* asked for; 0: the default of each comparison */
    const char *again; /* command that puts the problem again; NULL: by its options */
    struct wck_findings *findings;      /* appended to */
    bool not_linear, not_deterministic; /* or the subject says so itself */
};

struct wck_checker {
    const char *id;
    const char *summary;
    int level; /* of verification, from which on it runs where none is named; 0: always
                */
    bool needs_linear, needs_deterministic;
    bool risky; /* puts what subjects die of: not put again once one was at fault */
    bool for_recordings; /* judges what was recorded; all others call the subject */
    enum wck_claim claims[WCK_CLAIM_COUNT]; /* judged, `claim_count` of them */
    int claim_count;
    /* WCK_SUBJECT or WCK_UNSUPPORTED where the subject does not answer; the latter also
     * where the problem has nothing to check. */
    enum wck_status (*run)(struct wck_trial *trial, struct wck_error *err);
};

/* Rows 0 .. wck_checker_count()-1, premises first; NULL beyond. */
size_t wck_checker_count(void);
const struct wck_checker *wck_checker_row(size_t row);
const struct wck_checker *wck_checker_find(const char *id);

/* Runs one checker on one trial: reports its claims as inconclusive where a premise has
 * failed, and as not-applicable where the subject answers WCK_UNSUPPORTED. */
enum wck_status wck_checker_run(const struct wck_checker *checker,
                                struct wck_trial *trial, struct wck_error *err);

#endif
