/* Baseline: failures that are known, each with a reason and a day from which they are
 * known no longer.
 *
 * An entry names a finding by its id (src/verdict/identity.h).  It silences nothing of
 * another subject, where it names one, and nothing that is no failure. */
#ifndef WCK_VERDICT_BASELINE_H
#define WCK_VERDICT_BASELINE_H

#include "src/base/date.h"
#include "src/verdict/finding.h"

/* ROW(enumerator, id, meaning): what has become of an entry. */
#define WCK_BASELINE_STATES(ROW)                                                       \
    ROW(WCK_ENTRY_UNREACHED, "not-reached", "the run did not judge where it failed")   \
    ROW(WCK_ENTRY_KNOWN, "known", "it fails, as is known")                             \
    ROW(WCK_ENTRY_EXPIRED, "expired", "it fails, and its time is over")                \
    ROW(WCK_ENTRY_FIXED, "fixed", "it no longer fails")

#define WCK_BASELINE_ENUM(id, name, meaning) id,
enum wck_baseline_state { WCK_BASELINE_STATES(WCK_BASELINE_ENUM) WCK_ENTRY_STATES };
#undef WCK_BASELINE_ENUM

const char *wck_baseline_state_id(enum wck_baseline_state state);

struct wck_baseline_entry {
    char *id, *reason; /* owned texts, all of them */
    char *subject;     /* NULL: any */
    char *problem; /* kernel and border, as a finding's problem begins; NULL: unsaid */
    size_t judged; /* how often its checker judged such problems when the entry was
                      made; 0: unsaid */
    struct wck_date expires;       /* the last day on which it is known */
    enum wck_baseline_state state; /* set by wck_baseline_judge */
    size_t failed;                 /* findings that it names and that fail; likewise */
    bool elsewhere; /* the run's findings are all of other subjects; likewise */
};

struct wck_baseline {
    struct wck_baseline_entry *entries;
    size_t count;
    struct wck_date today;
};

/* Appends the entry, taking its texts whatever happens (they are released on
 * failure). */
enum wck_status wck_baseline_add_take(struct wck_baseline *baseline,
                                      struct wck_baseline_entry *entry,
                                      struct wck_error *err);
void wck_baseline_entry_release(struct wck_baseline_entry *entry);
void wck_baseline_release(struct wck_baseline *baseline);

/* The entry by which a finding that fails is known today; NULL: none, also where
 * `baseline` is NULL.  Borrowed. */
const struct wck_baseline_entry *wck_baseline_known(const struct wck_baseline *baseline,
                                                    const struct wck_finding *finding);

/* The first finding, from number `from` on, that fails and is not known; NULL: none.
 * Borrowed. */
const struct wck_finding *wck_baseline_first_new(const struct wck_baseline *baseline,
                                                 const struct wck_findings *findings,
                                                 size_t from);

/* Says of each entry what has become of it, by all findings of a run.  One that does
 * not fail is fixed only if its checker judged problems of its kind at least as often
 * as when it was made: a run that was cut short, or looks at less, has not reached it.
 * One that does not say how often is fixed only by a run that is `whole`: none of the
 * default problems was left out, and every checker had its turn. */
void wck_baseline_judge(struct wck_baseline *baseline,
                        const struct wck_findings *findings, bool whole);

/* How often the finding's checker judged problems of its kernel and border; and how
 * long the part of finding->problem is that names the two. */
size_t wck_baseline_judged(const struct wck_findings *findings,
                           const struct wck_finding *finding);
size_t wck_baseline_kind_length(const struct wck_finding *finding);

/* How many entries are in this state. */
size_t wck_baseline_count(const struct wck_baseline *baseline,
                          enum wck_baseline_state state);

#endif
