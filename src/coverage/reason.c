#include "src/coverage/reason.h"

#include <stddef.h>

#define REASON_ROW(enumerator, name, sign, blame, meaning, advice)                     \
    {.id = (name),                                                                     \
     .letter = (sign),                                                                 \
     .fault = (blame),                                                                 \
     .definition = (meaning),                                                          \
     .remedy = (advice)},
static const struct wck_reason_row reasons[] = {WCK_REASONS(REASON_ROW)};

const struct wck_reason_row *wck_reason_row(enum wck_reason reason)
{
    return (size_t)reason < WCK_REASON_COUNT ? &reasons[reason] : NULL;
}
