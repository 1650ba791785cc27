/* Planes: the pictures of the page, each appended as a data URI. */
#ifndef WCK_REPORT_PLANES_H
#define WCK_REPORT_PLANES_H

#include "reference/image.h"
#include "src/report/cells.h"
#include "src/report/picture.h"

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

/* The same for the page's script: a hatch's 64 colours row by row, and the 256 of the
 * ramp, six hexadecimal digits each. */
void wck_plane_colours(struct wck_text *text, enum wck_reason reason);
void wck_plane_ramp_colours(struct wck_text *text);

#endif
