/* Recorded map: the gradients with respect to the map that a recording holds, as the
 * coverage of the map takes them. */
#ifndef WCK_RUN_RECORDED_MAP_H
#define WCK_RUN_RECORDED_MAP_H

#include "src/subject/recorded.h"

/* All owned; NULL: not recorded.  Batch item by batch item where maps differ. */
struct wck_recorded_map {
    double *x, *y;  /* one a sample */
    double *matrix; /* one an entry of the warp's own matrix */
};

/* Reads them from the recording's archive, or, where `matrix` is not NULL, that of the
 * matrix from there: an array like the recording's matrix.  Release whatever was
 * returned.  WCK_FORMAT, naming the array. */
enum wck_status wck_recorded_map_read(struct wck_recorded_map *map,
                                      const struct wck_recorded *of,
                                      const struct wck_tensor *matrix,
                                      struct wck_error *err);
/* Does the recording hold any? */
bool wck_recorded_map_any(const struct wck_recorded *of);
void wck_recorded_map_release(struct wck_recorded_map *map);

#endif
