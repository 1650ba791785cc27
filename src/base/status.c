#include "src/base/status.h"

#define WCK_STATUS_TEXT(name, text) text,
static const char *const texts[] = {WCK_STATUSES(WCK_STATUS_TEXT)};

const char *wck_status_text(enum wck_status status)
{
    if ((int)status < 0 || status >= WCK_STATUS_COUNT)
        return "unknown status";
    return texts[status];
}
