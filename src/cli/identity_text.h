/* Identity text: what was found out about a warp, for people and as JSON. */
#ifndef WCK_CLI_IDENTITY_TEXT_H
#define WCK_CLI_IDENTITY_TEXT_H

#include "src/diagnose/identify.h"

void wck_identity_text(const struct wck_identity *identity, const char *subject,
                       struct wck_text *text);

/* An object, as the manual has it; NULL where there is no memory.  The caller frees. */
char *wck_identity_json(const struct wck_identity *identity, const char *subject);

#endif
