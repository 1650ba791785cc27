/* Asking: a warp that is known here answers what identify asks. */
#ifndef WCK_CHECK_DIAGNOSE_ASKING_H
#define WCK_CHECK_DIAGNOSE_ASKING_H

#include "src/diagnose/identify.h"

/* An asker's: answers as a description does, its state. */
enum wck_status wck_answer(void *state, struct wck_probe *probe, struct wck_error *err);

/* Asks that description, in float64. */
struct wck_asker wck_asker_of(const struct wck_description *truth, bool pairs);

/* What it is identified as: release it. */
struct wck_identity wck_asked(const struct wck_description *truth, bool pairs);

/* In pixels, with a constant border. */
struct wck_description wck_asked_bilinear(void);

#endif
