/* Comparison: what changed from one report to another of the same kind. */
#ifndef WCK_REPORT_COMPARISON_H
#define WCK_REPORT_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "src/coverage/reason.h"

struct wck_change {
    size_t before, after;
};

#define WCK_COMPARISON_WORDS 8

/* Of two reports of coverage, of images of the same size. */
struct wck_coverage_change {
    /* Keys of `warp` and of the document in which the two say different things of what
     * was warped: "matrix", "output", ...; static. */
    const char *differs[WCK_COMPARISON_WORDS];
    size_t differ_count;
    size_t pixels_total, entries_total;
    struct wck_change pixels, entries; /* covered */
    struct wck_change reason_pixels[WCK_REASON_COUNT];
    struct wck_change reason_entries[WCK_REASON_COUNT];
    struct wck_change spurious; /* entries */
    bool by_pixel; /* both reports have a map.  Without, `lost`, `lost_to`, `gained` and
                      `gained_from` are differences of counts, the least that can be */
    size_t lost, gained;              /* pixels */
    size_t still;                     /* zero in both; of counts the most that can be */
    size_t moved;                     /* of them of another reason; 0 without maps */
    size_t lost_to[WCK_REASON_COUNT]; /* newly zero, by what they are now */
    size_t gained_from[WCK_REASON_COUNT]; /* by what they were */
};

enum wck_failure_state {
    WCK_FAILURE_NEW,
    WCK_FAILURE_STILL,
    WCK_FAILURE_FIXED,
    WCK_FAILURE_UNJUDGED, /* failed before; now nothing is judged by that checker */
    WCK_FAILURE_STATES
};

/* Failing findings of two reports of verify that are the same failure: of one id, or
 * where a report has none of the same checker, claim and problem. */
struct wck_failure {
    enum wck_failure_state state;
    const char *id; /* borrowed from the reports, as all texts here */
    const char *checker, *claim;
    const char *cause; /* of the first; NULL: not said */
    const char *problem;
    struct wck_change findings; /* how many */
};

struct wck_comparison {
    bool of_coverage;           /* else of verify */
    const char *before, *after; /* names of the files; borrowed */
    struct wck_coverage_change coverage;
    struct wck_failure *failures; /* by state, in the order of the reports; owned */
    size_t failure_count, states[WCK_FAILURE_STATES];
};

/* Has coverage been lost?  Of verify never. */
bool wck_comparison_lost(const struct wck_comparison *comparison);

/* Is there a failure that was not: a finding, or more entries that are a fault or
 * spurious? */
bool wck_comparison_new(const struct wck_comparison *comparison);

/* "new", "still", ...; static. */
const char *wck_failure_state_id(enum wck_failure_state state);

#endif
