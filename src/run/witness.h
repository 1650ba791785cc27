/* Witness: a recording in which a failure of the subject shows.
 *
 * A checker chooses the images that it puts; a recording holds one image and one
 * upstream gradient, and is judged entry by entry.  Most failures show in one, if its
 * numbers are not all 0; some, as of a subject that does not repeat itself, in none. */
#ifndef WCK_RUN_WITNESS_H
#define WCK_RUN_WITNESS_H

#include "src/io/npz.h"
#include "src/subject/subject.h"
#include "src/verdict/finding.h"

/* {0} has not shown anything.  Release with wck_witness_release. */
struct wck_witness {
    const struct wck_problem *problem; /* that is put; NULL: a call by a convention */
    size_t way;                        /* that it is put */
    struct wck_npz inputs;             /* of the call, with grad_output; owned */
    struct wck_npz recording; /* the same with the answers; empty: none has failed */
    char id[WCK_FINDING_ID];  /* of the finding that fails */
};

/* Makes the inputs of the problem, which is borrowed, put in a way of
 * src/run/posed.h. */
enum wck_status wck_witness_pose(struct wck_witness *witness,
                                 const struct wck_problem *problem, size_t way,
                                 struct wck_error *err);

/* Has the subject answer the inputs, and judges the answer.  Where a finding fails that
 * has the witness's id (any, where that is ""), *fails is true, and recording and id
 * are this one's.  A call that the subject does not serve fails nothing; WCK_SUBJECT
 * where it was at fault. */
enum wck_status wck_witness_try(struct wck_witness *witness,
                                struct wck_subject *subject, double resolution,
                                bool *fails, struct wck_error *err);

/* Makes the arrays of a witness that has failed simpler while it fails by the same id:
 * entries of the image and of the upstream gradient 0, the rest 1, each kept only where
 * it still fails.  Stops where *tries are used up, and counts them down.  WCK_SUBJECT
 * where the subject was at fault: what was reached until then is kept. */
enum wck_status wck_witness_reduce(struct wck_witness *witness,
                                   struct wck_subject *subject, double resolution,
                                   size_t *tries, struct wck_error *err);

void wck_witness_release(struct wck_witness *witness);

#endif
