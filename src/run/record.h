/* Record: a call put to a subject, and the recording that its answer makes. */
#ifndef WCK_RUN_RECORD_H
#define WCK_RUN_RECORD_H

#include "src/io/npz.h"
#include "src/subject/subject.h"
#include "src/verdict/finding.h"

/* Adds to `npz`, the inputs of a recording with grad_output, what the subject answers.
 * WCK_UNSUPPORTED where it has no answer to such a call. */
enum wck_status wck_record_answer(struct wck_subject *subject, struct wck_npz *npz,
                                  struct wck_error *err);

/* The recording in `npz`, which is taken over, as a subject that is called `name`.
 * Arrays that do not fit the call are the subject's fault: WCK_SUBJECT. */
enum wck_status wck_record_open_take(struct wck_subject **recorded, const char *name,
                                     struct wck_npz *npz, struct wck_error *err);

/* Judges it: appends what the checkers for recordings find.  `again`: the command that
 * puts the call again; NULL: none.  A resolution of 0 is the checkers' own. */
enum wck_status wck_record_judge(struct wck_subject *recorded, double resolution,
                                 const char *again, struct wck_findings *findings,
                                 struct wck_error *err);

/* Adds copies of all arrays and texts of `from` to `to`. */
enum wck_status wck_record_copy(const struct wck_npz *from, struct wck_npz *to,
                                struct wck_error *err);

#endif
