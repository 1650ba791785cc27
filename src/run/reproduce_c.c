#include "src/run/reproduce.h"

enum wck_status wck_reproduce_c(const struct wck_shrunk *shrunk, struct wck_text *text,
                                struct wck_error *err)
{
    (void)shrunk;
    (void)text;
    return wck_error_set(err, WCK_UNSUPPORTED, "not yet");
}
