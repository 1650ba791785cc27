/* Flag: a choice of a library's caller that is no word: its name in spec.json, whether
 * a convention takes it, whether it was made. */
#ifndef WCK_REFERENCE_FLAG_H
#define WCK_REFERENCE_FLAG_H

#include "reference/convention.h"

struct wck_flag {
    const char *name;
    bool (*taken)(const struct wck_convention *convention);
    bool (*chosen)(const struct wck_choices *choices); /* otherwise than "not said" */
    bool (*truth)(const struct wck_choices *choices);  /* of one that was chosen */
    void (*choose)(struct wck_choices *choices, bool truth);
    const char *summary;
};

/* Rows from 0 on; NULL beyond the last. */
const struct wck_flag *wck_flag_row(size_t row);

#endif
