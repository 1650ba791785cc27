/* Numbers: arrays for the page's script, deflated.
 *
 * A plane of numbers is taken apart by bytes, the most significant first: the first
 * byte of every number, then the second of every number, and so on, for these repeat
 * where whole numbers do not.  Places whose byte is 0 throughout are left out. */
#ifndef WCK_REPORT_NUMBERS_H
#define WCK_REPORT_NUMBERS_H

#include "src/base/error.h"
#include "src/base/text.h"

/* Unsigned integers of 1 or 4 bytes, or doubles, in the machine's own order. */
struct wck_numbers {
    const char *name;
    const void *values;
    size_t size;  /* bytes of one: 1, 4 or 8 */
    size_t count; /* of the numbers */
};

/* Appends a template element: data-name, data-bytes (size), data-count, data-kept (the
 * places that are there, "0127"), and data-deflated, a zlib stream (RFC 1950) in
 * base64.  The same numbers give the same text. */
enum wck_status wck_numbers_append(struct wck_text *text,
                                   const struct wck_numbers *numbers,
                                   struct wck_error *err);

#endif
