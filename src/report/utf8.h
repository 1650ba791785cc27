/* Utf8: texts of any bytes (a file's name) as the valid UTF-8 that JSON and HTML need.
 */
#ifndef WCK_REPORT_UTF8_H
#define WCK_REPORT_UTF8_H

#include "src/base/text.h"

/* Length in bytes of the character that `bytes` (terminated) begins with; 0 where it
 * begins with none: a stray or missing continuation byte, an overlong form, a
 * surrogate, anything beyond U+10FFFF, or the end. */
size_t wck_utf8_length(const char *bytes);

/* Appends `bytes`, with U+FFFD in place of each byte that is no part of a character. */
void wck_utf8_repair(struct wck_text *text, const char *bytes);

/* The same of the first bytes: as many whole characters as `most` bytes hold, and an
 * ellipsis where there are more. */
void wck_utf8_clip(struct wck_text *text, const char *bytes, size_t most);

#endif
