/* Markdown: safe GitHub-flavoured Markdown out of texts of any bytes. */
#ifndef WCK_REPORT_MARKDOWN_H
#define WCK_REPORT_MARKDOWN_H

#include "src/base/text.h"

/* Appends the first `most` bytes so that they read as they are in a paragraph, a
 * heading or a table's cell: nothing is markup, a newline or tab is a blank.  At most 5
 * bytes for each. */
void wck_markdown_escape(struct wck_text *text, const char *bytes, size_t most);

/* Appends them as a block of code, which no run of backticks in them ends.  At most 4
 * bytes for each, and 20 more. */
void wck_markdown_code(struct wck_text *text, const char *bytes, size_t most);

#endif
