/* Spurious: a given gradient at an entry to which the reference sends nothing. */
#ifndef WCK_COVERAGE_SPURIOUS_H
#define WCK_COVERAGE_SPURIOUS_H

#include "src/coverage/arrival.h"

/* Is `value`, given at pixel p, more than other rounding would make of it?  Never where
 * the upstream gradient is unknown and some output may list the pixel. */
bool wck_spurious(const struct wck_coverage_request *request,
                  const struct wck_arrival *arrival, size_t p, double value);

#endif
