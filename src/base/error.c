#include "src/base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum wck_status wck_error_set(struct wck_error *err, enum wck_status status,
                              const char *format, ...)
{
    va_list args;

    if (err == NULL || err->status != WCK_OK)
        return status;
    err->status = status;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}

enum wck_status wck_error_no_memory(struct wck_error *err)
{
    return wck_error_set(err, WCK_NO_MEMORY, "%s", wck_status_text(WCK_NO_MEMORY));
}
