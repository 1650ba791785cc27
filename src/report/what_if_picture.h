/* What-if picture: what a remedy changes, as a PNG.
 *
 * Grey: no gradient before or after; blue: one before and after; green: gained; red:
 * lost.  Luminance grows in the order lost, none, kept, gained. */
#ifndef WCK_REPORT_WHAT_IF_PICTURE_H
#define WCK_REPORT_WHAT_IF_PICTURE_H

#include "src/report/report.h"

/* Appends a PNG of `map`, height x width of enum wck_what_if_change; one smaller than
 * 512 pixels is scaled up by a whole number. */
enum wck_status wck_what_if_picture(struct wck_text *text, const unsigned char *map,
                                    size_t height, size_t width, struct wck_error *err);

#endif
