/* Worker: a subject in a process of its own, which speaks the worker protocol
 * (doc/protocol.md). */
#ifndef WCK_SUBJECT_WORKER_H
#define WCK_SUBJECT_WORKER_H

#include "src/subject/subject.h"

struct wck_worker; /* opaque */

/* Starts the program argv[0], looked for on the PATH, and greets it; argv is copied.
 * WCK_INVALID where there is no such program, WCK_SUBJECT where it does not greet back.
 * Free with wck_worker_close. */
enum wck_status wck_worker_open(struct wck_worker **worker, char *const *argv,
                                const struct wck_subject_options *options,
                                struct wck_error *err);

/* The same with a plugin in this process as the worker: its crash is ours, and it has
 * no timeout.  WCK_INVALID or WCK_UNSUPPORTED where it cannot be loaded;
 * WCK_UNSUPPORTED without memory files. */
enum wck_status wck_worker_open_inside(struct wck_worker **worker, const char *plugin,
                                       struct wck_error *err);

/* Members of a struct wck_subject_kind whose state is a struct wck_worker.
 *
 * WCK_UNSUPPORTED where the worker says so, or has said so in its greeting.
 * WCK_SUBJECT where it answers that it failed, or is at fault: it crashed, hung, broke
 * the protocol, wrote outside its outputs or left some unwritten.  The text names the
 * call and what happened.  A worker that is gone is started anew by the next call;
 * after three faults it is lost.  What the caller gets to read is then undefined. */
void wck_worker_close(void *worker);
enum wck_status wck_worker_forward(void *worker, const struct wck_problem *problem,
                                   const struct wck_image *image,
                                   const struct wck_image *output,
                                   struct wck_error *err);
enum wck_status wck_worker_vjp(void *worker, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *upstream,
                               const struct wck_gradients *gradients,
                               struct wck_error *err);
enum wck_status wck_worker_jvp(void *worker, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_tangents *tangents,
                               const struct wck_image *output, struct wck_error *err);
enum wck_status wck_worker_second(void *worker, const struct wck_problem *problem,
                                  const struct wck_image *image,
                                  const struct wck_image *upstream,
                                  const struct wck_tangents *along,
                                  const struct wck_second *second,
                                  struct wck_error *err);
enum wck_status wck_worker_answer(void *worker, const struct wck_recorded *asked,
                                  struct wck_npz *answers, struct wck_error *err);
bool wck_worker_is_lost(const void *worker);
int wck_worker_lives(const void *worker);
bool wck_worker_varies(const void *worker);
const char *wck_worker_lost(const void *worker, size_t index);
const char *wck_worker_flattens(const void *worker, bool outputs);
void *wck_worker_lend(void *worker, size_t size);
bool wck_worker_take_back(void *worker, const void *data);
const struct wck_sandbox *wck_worker_sandbox(const void *worker);

#endif
