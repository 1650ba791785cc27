/* Date: a day of the calendar, in UTC. */
#ifndef WCK_BASE_DATE_H
#define WCK_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Years 0000 to 9999, so that the text is as long as any other.  {0} is no date. */
struct wck_date {
    char text[11]; /* YYYY-MM-DD */
};

/* False, and *date as it was, where the text is no day of the Gregorian calendar
 * written as YYYY-MM-DD, nothing else around. */
bool wck_date_read(struct wck_date *date, const char *text);

/* The day that it is `seconds` after 1970 began (before it: negative); false, and *date
 * as it was, where its year has not four digits. */
bool wck_date_at(struct wck_date *date, int64_t seconds);

/* Is a an earlier day than b? */
bool wck_date_before(const struct wck_date *a, const struct wck_date *b);

#endif
