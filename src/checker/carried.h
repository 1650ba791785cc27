/* Carried: what is allowed for the gradients of the arrays that carry a recording's
 * map, element by element.  An array that all batch items share gets the sum of theirs.
 */
#ifndef WCK_CHECKER_CARRIED_H
#define WCK_CHECKER_CARRIED_H

#include "src/checker/margins.h"
#include "src/subject/recording.h"

struct wck_carried {
    const struct wck_recording *of;
    size_t count[WCK_CALL_ARRAYS];              /* elements; 0: no such array */
    struct wck_margin *margin[WCK_CALL_ARRAYS]; /* of each, in C order */
    size_t *sample[WCK_CALL_ARRAYS]; /* its output sample; of a matrix, its own
                                        place in the array */
};

/* Nothing allowed yet but 0.  Release whatever was returned. */
enum wck_status wck_carried_init(struct wck_carried *carried,
                                 const struct wck_recording *recording,
                                 struct wck_error *err);
void wck_carried_release(struct wck_carried *carried);

/* Adds what the margins of one batch item allow. */
void wck_carried_add(struct wck_carried *carried, const struct wck_margins *margins,
                     size_t item);

#endif
