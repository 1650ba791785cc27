/* Ask: puts calls under a library's convention to a subject, and judges each answer as
 * the recording that it is. */
#ifndef WCK_RUN_ASK_H
#define WCK_RUN_ASK_H

#include "src/run/verify.h"

/* The job of wck_verify for request->calls. */
enum wck_status wck_ask(struct wck_verification *verification,
                        const struct wck_verify_request *request,
                        struct wck_error *err);

#endif
