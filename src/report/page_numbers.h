/* Page numbers: what the page's script reads: the map's cells and the taps, deflated,
 * in no more bytes than a browser opens at once. */
#ifndef WCK_REPORT_PAGE_NUMBERS_H
#define WCK_REPORT_PAGE_NUMBERS_H

#include "src/report/cells.h"
#include "src/report/report.h"

#define WCK_PAGE_SIDE 4096         /* most cells along an axis */
#define WCK_PAGE_BYTES (24U << 20) /* most bytes of the numbers in the page */
#define WCK_PAGE_TAPS (1U << 18)   /* more taps are not drawn */

struct wck_page_numbers {
    struct wck_cells cells;
    struct wck_text text; /* templates: see src/report/numbers.h */
    bool taps;            /* they are there */
};

/* Makes the smallest blocks whose numbers stay within `most` bytes (one cell may not).
 * The planes are state (WCK_COVERED or 1 + reason), magnitude, weight, reads, and where
 * there is one error and revived; of the taps start, pixel and tap: see wck_tap_list.
 * Release with wck_page_numbers_release, whatever was returned. */
enum wck_status wck_page_numbers_make(struct wck_page_numbers *numbers,
                                      const struct wck_coverage_report *report,
                                      size_t most, struct wck_error *err);
void wck_page_numbers_release(struct wck_page_numbers *numbers);

#endif
