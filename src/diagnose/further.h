/* Further: kernels that no library here has as a row of the reference's table, but that
 * others may have. */
#ifndef WCK_DIAGNOSE_FURTHER_H
#define WCK_DIAGNOSE_FURTHER_H

#include "reference/kernel.h"

/* Lanczos over 4 and 6 pixels, the weights made to add up to 1.  Rows 0 ..
 * wck_further_count()-1; NULL beyond.  Slopes are divided differences, curvatures 0:
 * enough for a bound to first order, not for a gradient. */
size_t wck_further_count(void);
const struct wck_kernel *wck_further_row(size_t row);

/* Keys' cubic convolution with the parameter `a`. */
struct wck_kernel wck_further_cubic(double a);

#endif
