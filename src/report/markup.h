/* Markup: safe HTML and XML out of texts of any bytes. */
#ifndef WCK_REPORT_MARKUP_H
#define WCK_REPORT_MARKUP_H

#include "src/base/text.h"

/* Appends `bytes` so that it reads as it is in an element and in a quoted attribute:
 * the five special characters as entities, valid UTF-8, and U+FFFD for control
 * characters other than tab and newline, U+FFFE and U+FFFF, which XML forbids. */
void wck_markup_escape(struct wck_text *text, const char *bytes);

/* The same of the first `most` bytes, with an ellipsis where there are more; escaped,
 * each is 6 bytes at most. */
void wck_markup_clip(struct wck_text *text, const char *bytes, size_t most);

/* Appends an attribute with a blank before it: ' name="..."', clipped so. */
void wck_markup_attribute(struct wck_text *text, const char *name, const char *value,
                          size_t most);

/* Appends bytes in base64 (RFC 4648), padded. */
void wck_markup_base64(struct wck_text *text, const char *bytes, size_t size);

/* Appends a PNG as the value of an attribute: "data:image/png;base64,...". */
void wck_markup_picture(struct wck_text *text, const struct wck_text *png);

/* Appends bytes in base64, which needs no escaping. */
void wck_markup_base64(struct wck_text *text, const char *bytes, size_t size);

#endif
