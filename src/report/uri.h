/* Uri: names of any bytes as references to files. */
#ifndef WCK_REPORT_URI_H
#define WCK_REPORT_URI_H

#include "src/base/text.h"

/* Appends a URI reference (RFC 3986) for the file that a subject's name holds, as in
 * py:FILE.py:FUNCTION, and else for the whole name: a relative one, or one of scheme
 * file where the path is absolute.  Of ASCII alone, whatever the bytes are. */
void wck_uri_of_subject(const char *subject, struct wck_text *text);

/* The same for a path, whatever it looks like: a colon in it makes no scheme. */
void wck_uri_of_path(const char *path, struct wck_text *text);

#endif
