/* Error: why a status is not WCK_OK, in one line for a person. */
#ifndef WCK_BASE_ERROR_H
#define WCK_BASE_ERROR_H

#include "src/base/status.h"

/* Supplied by the caller, who may pass NULL instead; {0} is "no error". */
struct wck_error {
    enum wck_status status;
    char text[500]; /* one line, no newline; long text is cut */
};

/* Records `status` and the formatted text and returns `status`, so that a function can
 * end with `return wck_error_set(...)`.  The first error wins: a second call leaves
 * `err` as it is.  `err` may be NULL. */
enum wck_status wck_error_set(struct wck_error *err, enum wck_status status,
                              const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for the commonest case; returns WCK_NO_MEMORY. */
enum wck_status wck_error_no_memory(struct wck_error *err);

#endif
