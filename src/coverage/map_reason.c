#include "src/coverage/map_reason.h"

#include <stddef.h>

#define REASON_ROW(enumerator, name, blame, meaning, advice)                           \
    {.id = (name), .fault = (blame), .definition = (meaning), .remedy = (advice)},
static const struct wck_map_reason_row reasons[] = {WCK_MAP_REASONS(REASON_ROW)};

const struct wck_map_reason_row *wck_map_reason_row(enum wck_map_reason reason)
{
    return (size_t)reason < WCK_MAP_REASON_COUNT ? &reasons[reason] : NULL;
}
