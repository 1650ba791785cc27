/* Finding: what one checker says of one subject; the only thing that reports read. */
#ifndef WCK_VERDICT_FINDING_H
#define WCK_VERDICT_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

/* ROW(enumerator, id, meaning).  Said of the subject, never of us. */
#define WCK_VERDICTS(ROW)                                                              \
    ROW(WCK_PASS, "pass", "within the bound, and the bound is fine enough")            \
    ROW(WCK_MARGINAL, "marginal", "between one and four times the bound")              \
    ROW(WCK_FAIL, "fail", "beyond four times the bound (a certain one: beyond it)")    \
    ROW(WCK_NOT_APPLICABLE, "not-applicable", "the subject has nothing to check here") \
    ROW(WCK_INCONCLUSIVE, "inconclusive", "cannot be judged; the cause says why")

#define WCK_VERDICT_ENUM(id, name, meaning) id,
enum wck_verdict { WCK_VERDICTS(WCK_VERDICT_ENUM) WCK_VERDICT_COUNT };
#undef WCK_VERDICT_ENUM

const char *wck_verdict_id(enum wck_verdict verdict);

/* The two claims of a gradient check, judged apart. */
enum wck_claim {
    WCK_SELF_CONSISTENT, /* the gradient is that of the subject's own forward */
    WCK_CONFORMS,        /* the subject is the declared convention */
    WCK_CLAIM_COUNT
};

const char *wck_claim_id(enum wck_claim claim); /* "self-consistent", "conforms" */

/* One comparison.  |got - want| is judged against round + trunc. */
struct wck_measure {
    double got, want;
    double round; /* bound on the rounding error of both sides */
    double trunc; /* bound on the truncation error of a numeric derivative */
    double scale; /* magnitude that a relative error is relative to (row weight) */
};

/* |got - want| / (round + trunc); infinity where either side is NaN or a bound is
 * exceeded with a bound of 0; 0 where got == want. */
double wck_measure_ratio(const struct wck_measure *measure);

/* Pass up to a ratio of 1, marginal up to 4, fail beyond. */
enum wck_verdict wck_measure_verdict(const struct wck_measure *measure);

/* Where a comparison was made; -1 where an index does not apply. */
struct wck_place {
    long plane, y, x; /* an entry of the output, or of the input */
    bool input;       /* the entry is one of the input */
};

#define WCK_FINDING_ID 48

struct wck_finding {
    const char *checker;         /* id of its row; static */
    const char *kernel, *border; /* names of the problem's rows; static; NULL: unsaid */
    enum wck_claim claim;
    enum wck_verdict verdict;
    struct wck_measure worst; /* the comparison with the largest ratio */
    struct wck_place where;   /* of the worst */
    size_t compared;          /* comparisons made */
    size_t beyond;            /* of them beyond the bound */
    size_t exact;             /* of them equal to what the reference has, or wants */
    double used;              /* largest part of the bound that one used; but for those
                                 that a knot or jump leaves open, and whole numbers */
    double detectable;        /* smallest error, relative to scale, that would have been
                                 found everywhere; a pass states it */
    char *subject;            /* owned texts; NULL where there is nothing to say */
    char *problem;            /* kernel, border, layout, sizes, dtype, matrix */
    char *detail;             /* counts: forward and backward images, kinks, ... */
    char *cause;              /* one sentence for a person */
    char *reproduce;          /* a command line */
    char id[WCK_FINDING_ID];  /* src/verdict/identity.h; "" where it has none yet */
};

struct wck_findings {
    struct wck_finding *items;
    size_t count, capacity;
};

/* Appends a copy of `finding`, taking its texts whatever happens (they are released on
 * failure). */
enum wck_status wck_findings_add_take(struct wck_findings *findings,
                                      struct wck_finding *finding,
                                      struct wck_error *err);
void wck_findings_release(struct wck_findings *findings);
void wck_finding_release(struct wck_finding *finding);

/* Drops those from number `from` on. */
void wck_findings_truncate(struct wck_findings *findings, size_t from);

/* Drops those from number `from` on, up to but without number `to`. */
void wck_findings_remove(struct wck_findings *findings, size_t from, size_t to);

/* Does any fail, from number `from` on? */
bool wck_findings_any_failed(const struct wck_findings *findings, size_t from);

/* The first that fails; NULL where none does.  Borrowed. */
const struct wck_finding *
wck_findings_first_failed(const struct wck_findings *findings);

/* The run's verdict: fail if any fails, else marginal, else inconclusive if nothing
 * passed and something was inconclusive, else not-applicable if nothing passed, else
 * pass. */
enum wck_verdict wck_findings_verdict(const struct wck_findings *findings);

#endif
