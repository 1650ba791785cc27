/* Choice: picking a row of a registry by the name a person typed, and saying what there
 * is where the name is unknown. */
#ifndef WCK_CLI_CHOICE_H
#define WCK_CLI_CHOICE_H

#include <stddef.h>

#include "src/base/error.h"

/* The name of a row; NULL beyond the last. */
typedef const char *wck_choice_name(size_t row);

/* The row called `given`.  Where there is none: SIZE_MAX, and WCK_INVALID in `err` with
 * the nearest name, if one is near, and all there are.  `what` is the noun in singular:
 * "kernel". */
size_t wck_choice_find(const char *what, wck_choice_name *name, const char *given,
                       struct wck_error *err);

/* The row whose name is nearest to `given`, or SIZE_MAX where none is near enough to be
 * a slip of the finger. */
size_t wck_choice_nearest(wck_choice_name *name, const char *given);

#endif
