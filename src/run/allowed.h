/* Allowed: the least and the largest number that each answer of a recording may hold,
 * as the checker of recordings has it, in the order in which the array lies. */
#ifndef WCK_RUN_ALLOWED_H
#define WCK_RUN_ALLOWED_H

#include "src/subject/recording.h"

#define WCK_ALLOWED_ARRAYS (WCK_CALL_ARRAYS + 3)

struct wck_allowed_array {
    char name[32];                /* "output", "grad_image", ... */
    const struct wck_tensor *got; /* what was answered; borrowed, contiguous */
    size_t count;
    double *low, *high; /* NaN: only NaN is allowed; infinite both: anything */
};

struct wck_allowed {
    struct wck_allowed_array items[WCK_ALLOWED_ARRAYS];
    size_t count;
    size_t beyond; /* answers that are not allowed */
};

/* Release whatever was returned; the recording must outlive it. */
enum wck_status wck_allowed_make(struct wck_allowed *allowed,
                                 const struct wck_recording *recording,
                                 struct wck_error *err);
void wck_allowed_release(struct wck_allowed *allowed);

#endif
