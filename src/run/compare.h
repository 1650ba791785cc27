/* Compare: what changed from one report to another. */
#ifndef WCK_RUN_COMPARE_H
#define WCK_RUN_COMPARE_H

#include "src/report/comparison.h"
#include "src/run/reading.h"

/* Compares two reports, from which texts are borrowed.  WCK_INVALID where one is of
 * coverage and the other of verify, or the images have not the same size;
 * WCK_NO_MEMORY. Release with wck_comparison_release, whatever was returned. */
enum wck_status wck_compare(struct wck_comparison *comparison,
                            const struct wck_reading *before,
                            const struct wck_reading *after, struct wck_error *err);
void wck_comparison_release(struct wck_comparison *comparison);

#endif
