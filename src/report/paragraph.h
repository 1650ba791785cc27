/* Paragraph: lines of at most WCK_COLUMNS columns for a terminal.
 *
 * A column is a UTF-8 character.  What could steer a terminal (control characters, as a
 * file's name may hold) is written as '?'. */
#ifndef WCK_REPORT_PARAGRAPH_H
#define WCK_REPORT_PARAGRAPH_H

#include "src/base/text.h"

#define WCK_COLUMNS 100

/* Appends `words` as they are, but for control characters. */
void wck_paragraph_plain(struct wck_text *text, const char *words);

/* Appends `words` and a newline.  The first line goes on in column `at`; where it is
 * full, between two words, the next begins after `indent` blanks.  A word too long for
 * a line has one of its own. */
void wck_paragraph_wrap(struct wck_text *text, const char *words, size_t at,
                        size_t indent);

#endif
