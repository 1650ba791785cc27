/* Planes: the pictures of the page, each appended as a data URI. */
#ifndef WCK_REPORT_PLANES_H
#define WCK_REPORT_PLANES_H

#include "reference/image.h"
#include "src/report/cells.h"
#include "src/report/picture.h"

/* Numbers of a map in the colours of a picture, a pixel to a cell:
 * WCK_PLANE_STATE      red: WCK_COVERED or 1 + reason; green, blue: reads, high and low
 *                      byte, at most 65535
 * WCK_PLANE_MAGNITUDE  red, green, blue: the upper 24 bits of the double, rounded:
 * WCK_PLANE_WEIGHT     its sign, exponent and 12 bits of its fraction */
enum wck_plane_kind { WCK_PLANE_STATE, WCK_PLANE_MAGNITUDE, WCK_PLANE_WEIGHT };

enum wck_status wck_plane_numbers(struct wck_text *text, const struct wck_cells *cells,
                                  enum wck_plane_kind plane, struct wck_error *err);

/* The map itself, as wck_picture_cells makes it. */
enum wck_status wck_plane_map(struct wck_text *text, const struct wck_cells *cells,
                              size_t side, struct wck_error *err);

/* The first batch item of the image that the map lies on, reduced like the cells.
 * uint8 and uint16 span their range, other types go from 0, or their smallest value, to
 * 1, or their largest; what is not finite is black.  One or two channels are grey, of
 * more the first three are colours. */
enum wck_status wck_plane_image(struct wck_text *text, const struct wck_cells *cells,
                                const struct wck_image *image, struct wck_error *err);

/* Six tiles of a reason's hatch, 3 by 2, and the ramp of covered pixels from left to
 * right. */
enum wck_status wck_plane_hatch(struct wck_text *text, enum wck_reason reason,
                                struct wck_error *err);
enum wck_status wck_plane_ramp(struct wck_text *text, struct wck_error *err);

#endif
