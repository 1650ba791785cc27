/* Clock: seconds from some moment, the same for the whole process, that only grow. */
#ifndef WCK_BASE_CLOCK_H
#define WCK_BASE_CLOCK_H

#include <stdbool.h>

double wck_clock_seconds(void);

/* Is it later than `until`?  0: never. */
bool wck_clock_is_past(double until);

#endif
