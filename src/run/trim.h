/* Trim: the inputs of a recording with one side cut off.
 *
 * What is cut has a letter: a batch item, a channel, rows and columns of the output, of
 * the image.  Every array that has such an axis is cut alike, whatever the convention
 * makes of it: what is left is another call of the same kind. */
#ifndef WCK_RUN_TRIM_H
#define WCK_RUN_TRIM_H

#include <stdbool.h>

#include "src/io/npz.h"

/* Numbered from 0: what would become smallest first. */
size_t wck_trim_attempts(void);

/* Makes the smaller inputs; false in *cut where there is nothing to cut off, or an
 * array whose axes are not known.  Release `smaller` whatever was returned. */
enum wck_status wck_trim(const struct wck_npz *inputs, size_t attempt,
                         struct wck_npz *smaller, bool *cut, struct wck_error *err);

#endif
