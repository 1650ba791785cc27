/* Room: whether the images of a warp have any in this machine's memory, before work on
 * them begins. */
#ifndef WCK_RUN_ROOM_H
#define WCK_RUN_ROOM_H

#include "reference/warp.h"

/* Of `planes` of the warp's source in `source`, which is what sums are kept in, and of
 * its output in `dtype`, each alone: the warp that is asked about holds them, even
 * where the question does not.  WCK_NO_MEMORY names the first that is larger than
 * physical memory, and both sizes; WCK_OK where the machine does not tell its own. */
enum wck_status wck_room_check(const struct wck_warp *warp, size_t planes,
                               enum wck_dtype source, enum wck_dtype dtype,
                               struct wck_error *err);

#endif
