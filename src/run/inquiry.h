/* Inquiry: the job of finding out which convention a subject is. */
#ifndef WCK_RUN_INQUIRY_H
#define WCK_RUN_INQUIRY_H

#include "src/diagnose/identify.h"
#include "src/subject/subject.h"

/* What it is asked for; whether it does that is what is to be found out. */
struct wck_inquiry_request {
    struct wck_subject *subject;             /* borrowed */
    const struct wck_convention *convention; /* NULL: the harness's own, in pixels */
    struct wck_choices choices;              /* of the convention's caller */
    const char *layout;                      /* NULL: the usual ones by turns */
    const enum wck_dtype *dtype; /* NULL: float64, float32 or uint8, the first that is
                                    not refused */
    const struct wck_kernel *kernel; /* of the harness's own; NULL: bilinear */
    const struct wck_border *border; /* likewise; NULL: constant */
    enum wck_direction direction;    /* likewise, of the matrix */
    /* Called after each question with how many were put; the total is 0, for it is not
     * known.  NULL: not. */
    void (*progress)(void *state, size_t done, size_t total);
    void *progress_state;
};

/* By a matrix where the subject takes one, else by coordinates.  Release the identity,
 * whatever was returned.  WCK_UNSUPPORTED, with the subject's reason, where it takes
 * none of the questions; WCK_INVALID for a recording, which answers none. */
enum wck_status wck_inquire(struct wck_identity *identity,
                            const struct wck_inquiry_request *request,
                            struct wck_error *err);

#endif
