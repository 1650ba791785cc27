/* Lost: the gradients that a subject's framework should have and has no path to, as
 * its answers name them (doc/protocol.md, "lost"). */
#ifndef WCK_SUBJECT_LOST_H
#define WCK_SUBJECT_LOST_H

#include "src/subject/message.h"

#define WCK_LOST_NAMES 10 /* more than there are names of gradients */

/* Values; {0} is none. */
struct wck_lost {
    const char *names[WCK_LOST_NAMES]; /* of inputs: "image", "matrix"; static */
    size_t count;
};

/* Adds what the answer names, each input once.  A kernel of degree 0 has no gradient of
 * the coordinates that could be lost: of these nothing is added. */
void wck_lost_note(struct wck_lost *lost, const struct wck_question *question,
                   const struct wck_answer *answer);

#endif
