/* Beside: how one file is named from the folder of another. */
#ifndef WCK_CLI_BESIDE_H
#define WCK_CLI_BESIDE_H

#include <stdbool.h>

#include "src/base/text.h"

/* Appends the path of `file` as seen from the folder of `page`, by their names alone;
 * an absolute one stays as it is.  False, and nothing is appended, where the names do
 * not tell: `page` is absolute or leads upwards, and `file` lies in another folder. */
bool wck_beside_path(const char *page, const char *file, struct wck_text *text);

#endif
