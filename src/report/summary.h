/* Summary: many findings boiled down to what fits a page. */
#ifndef WCK_REPORT_SUMMARY_H
#define WCK_REPORT_SUMMARY_H

#include "src/verdict/finding.h"

/* All findings of one checker about one claim. */
struct wck_summary_row {
    const char *checker; /* borrowed */
    enum wck_claim claim;
    size_t verdicts[WCK_VERDICT_COUNT];
    size_t compared;   /* comparisons, over all of them */
    double worst;      /* largest ratio of error to bound */
    double detectable; /* smallest error that all of its passes would have found */
};

struct wck_summary {
    struct wck_summary_row *rows; /* in the order of first appearance; owned */
    size_t row_count;
    const struct wck_finding **ranked; /* what did not pass though it was tried: by row,
                                          failures first, the worst first; owned */
    size_t ranked_count;
};

/* Release with wck_summary_release, whatever was returned. */
enum wck_status wck_summary_make(struct wck_summary *summary,
                                 const struct wck_findings *findings,
                                 struct wck_error *err);
void wck_summary_release(struct wck_summary *summary);

/* Does the row count this finding? */
bool wck_summary_covers(const struct wck_summary_row *row,
                        const struct wck_finding *finding);

#endif
