/* The rows of the conventions' registry, by library; each table ends with a row without
 * a name. */
#ifndef WCK_REFERENCE_CONVENTIONS_H
#define WCK_REFERENCE_CONVENTIONS_H

#include <string.h>

#include "reference/convention.h"

extern const struct wck_convention wck_conventions_opencv[], wck_conventions_torch[],
    wck_conventions_scipy[], wck_conventions_other[], wck_conventions_own[];

/* Layouts of torch and its kin, by rank. */
#define WCK_CHANNELS_FIRST "HW CHW NCHW NCDHW"

/* One word of a caller and what it binds to; a table ends with a row without a word. */
struct wck_binding {
    const char *word;
    const char *kernel, *border, *fold, *prefilter; /* by name; NULL: leave as it is */
};

/* Sets what the row of `word` says; WCK_UNSUPPORTED where there is none. */
enum wck_status wck_bind_word(const struct wck_binding *table, const char *word,
                              struct wck_warp *warp, struct wck_error *err);

#endif
