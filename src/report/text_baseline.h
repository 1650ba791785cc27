/* Text, baseline: what is known, apart from what is not. */
#ifndef WCK_REPORT_TEXT_BASELINE_H
#define WCK_REPORT_TEXT_BASELINE_H

#include "src/report/report.h"
#include "src/report/summary.h"

/* Something fails, and all of it is known. */
bool wck_text_all_known(const struct wck_verify_report *report);

/* Leaves what is known out of what is ranked. */
void wck_text_leave_known(struct wck_summary *summary,
                          const struct wck_baseline *baseline);

/* Appends what has become of the entries; nothing where `baseline` is NULL or empty. */
void wck_text_baseline(struct wck_text *text, const struct wck_baseline *baseline);

#endif
