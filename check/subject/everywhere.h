/* Everywhere: the checkers that judge a subject alike however it is reached.  Buffers
 * are prefilled where a subject writes the host's own, and nowhere else; strides are
 * not seen through a pipe; that a deviation has no double backward is told by a worker
 * in other words (that both answer alike: check_second_call.c). */
#ifndef CHECK_SUBJECT_EVERYWHERE_H
#define CHECK_SUBJECT_EVERYWHERE_H

#include <string.h>

#include "src/run/verify.h"

static inline void ask_everywhere(struct wck_verify_request *request)
{
    for (size_t i = 0; i < wck_checker_count(); i++) {
        const struct wck_checker *checker = wck_checker_row(i);

        if (!checker->for_recordings && strcmp(checker->id, "prefilled") != 0 &&
            strcmp(checker->id, "layouts") != 0 &&
            strcmp(checker->id, "index-range") != 0 &&
            strcmp(checker->id, "second-order") != 0)
            request->checkers[request->checker_count++] = checker;
    }
}

#endif
