/* Standstill: why a sample's output does not move with its coordinate, whatever the
 * image holds. */
#ifndef WCK_COVERAGE_STANDSTILL_H
#define WCK_COVERAGE_STANDSTILL_H

#include "reference/warp.h"
#include "src/coverage/map_reason.h"

/* Of sample first+i of the block along an axis; WCK_MAP_REASON_COUNT where it moves. No
 * kernel with a footprint. */
enum wck_map_reason wck_standstill(const struct wck_warp *warp,
                                   const struct wck_block *block, size_t i,
                                   enum wck_axis axis);

#endif
