/* Printed: what is quoted of a program's last words, on one line and printable. */
#ifndef WCK_SUBJECT_PRINTED_H
#define WCK_SUBJECT_PRINTED_H

#include "src/base/text.h"

/* Appends the end of what was printed; of the dump of a Python that died of a signal
 * the error and the calls that were being made, the last first.  Nothing where there is
 * nothing but blanks. */
void wck_printed_quote(const char *printed, size_t count, struct wck_text *text);

#endif
