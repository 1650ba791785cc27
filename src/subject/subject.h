/* Subject: the warp under test, however it is reached. */
#ifndef WCK_SUBJECT_SUBJECT_H
#define WCK_SUBJECT_SUBJECT_H

#include <stdbool.h>

#include "src/subject/problem.h"
#include "src/subject/sandbox.h"

struct wck_subject;   /* opaque; owns whatever the subject needs */
struct wck_recording; /* src/subject/recording.h */
struct wck_recorded;  /* src/subject/recorded.h */
struct wck_npz;       /* src/io/npz.h */

/* How arrays travel to and from a subject's own process. */
enum wck_transport {
    WCK_TRANSPORT_ANY, /* in shared memory where the system has it, else by pipe */
    WCK_TRANSPORT_SHARED,
    WCK_TRANSPORT_PIPE
};

/* For subjects in a process of their own; {0} is as good as none. */
struct wck_subject_options {
    double timeout; /* seconds for one call; 0: 60 */
    enum wck_transport transport;
    bool in_process; /* not in one of its own after all: a crash is ours */
    struct wck_sandbox_request sandbox;
    const char
        *convention; /* the library's that it will be asked for; static, or NULL */
};

/* How subjects of one kind are reached; a row of the registry. */
struct wck_subject_kind {
    const char *prefix; /* "builtin", "deviation", "recording" */
    const char *summary;
    bool apart;  /* in a process of its own: the options mean something */
    bool inside; /* and in this one where `in_process` asks for it */
    /* Opens what follows "prefix:"; *state is given to the other functions. */
    enum wck_status (*open)(const char *name, const struct wck_subject_options *options,
                            void **state, struct wck_error *err);
    void (*close)(void *state);
    /* output = warp(image), both of the problem's dtype and layout. */
    enum wck_status (*forward)(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err);
    /* As wck_warp_vjp, except that gradients->image has the image's dtype. */
    enum wck_status (*vjp)(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients,
                           struct wck_error *err);
    /* As wck_warp_jvp, all in the problem's dtype; NULL where there is no forward mode.
     */
    enum wck_status (*jvp)(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_tangents *tangents,
                           const struct wck_image *output, struct wck_error *err);
    /* As wck_warp_second, all images in the problem's dtype; NULL where there is no
     * double backward. */
    enum wck_status (*second)(void *state, const struct wck_problem *problem,
                              const struct wck_image *image,
                              const struct wck_image *upstream,
                              const struct wck_tangents *along,
                              const struct wck_second *second, struct wck_error *err);
    /* Answers a call under a library's convention: adds to `answers` the output, and
     * each gradient that it can give, by their names in a recording.  NULL: it knows
     * no conventions. */
    enum wck_status (*answer)(void *state, const struct wck_recorded *asked,
                              struct wck_npz *answers, struct wck_error *err);
    /* What was recorded, where that is all there is; NULL for a kind that answers. */
    const struct wck_recording *(*recording)(const void *state);
    /* After WCK_SUBJECT: is there no point in another call?  NULL: there is none. */
    bool (*is_lost)(const void *state);
    /* How many more faults until it is given up?  NULL: none is forgiven, or counted.
     */
    int (*lives)(const void *state);
    /* Has it said that the same call may have other answers?  NULL: it has not. */
    bool (*varies)(const void *state);
    /* The inputs whose gradient it named lost, 0 and so on; NULL beyond, and in its
     * place where none can be. */
    const char *(*lost)(const void *state, size_t index);
    /* Why the subject sees given arrays (or, `outputs`, those that it fills) without
     * gaps, whatever strides they are given with; static.  NULL from it where it sees
     * them as they are, and in its place where that is so for all. */
    const char *(*flattens)(const void *state, bool outputs);
    /* Zeroed memory from which an array is given without a copy; NULL where there is
     * none.  And takes it back: false where it was not lent.  Both NULL: no need. */
    void *(*lend)(void *state, size_t size);
    bool (*take_back)(void *state, const void *data);
    /* That it runs in; NULL where it is not apart. */
    const struct wck_sandbox *(*sandbox)(const void *state);
};

/* Rows 0 .. wck_subject_kind_count()-1; NULL beyond. */
size_t wck_subject_kind_count(void);
const struct wck_subject_kind *wck_subject_kind_row(size_t row);

/* Opens "prefix:name".  WCK_INVALID for an unknown prefix or name; free with
 * wck_subject_free. */
enum wck_status wck_subject_new(struct wck_subject **subject, const char *name,
                                struct wck_error *err);

/* The same with options.  WCK_INVALID for options that mean nothing to such a subject.
 */
enum wck_status wck_subject_new_with(struct wck_subject **subject, const char *name,
                                     const struct wck_subject_options *options,
                                     struct wck_error *err);

/* The same around a kind and a state of the caller's: a subject in no registry.  Takes
 * the state, whatever is returned. */
enum wck_status wck_subject_of_kind_take(struct wck_subject **subject,
                                         const struct wck_subject_kind *kind,
                                         const char *name, void *state,
                                         struct wck_error *err);
void wck_subject_free(struct wck_subject *subject);

const char *wck_subject_name(const struct wck_subject *subject);

/* The recording that the subject is, borrowed; NULL for a subject that answers. */
const struct wck_recording *wck_subject_recording(const struct wck_subject *subject);

/* After a call was answered with WCK_SUBJECT: will the next ones be, too? */
bool wck_subject_is_lost(const struct wck_subject *subject);

/* How many more faults until it is given up; INT_MAX where none are counted. */
int wck_subject_lives(const struct wck_subject *subject);

/* Has the subject said that the same call may have other answers? */
bool wck_subject_varies(const struct wck_subject *subject);

/* The inputs ("image", "matrix", "grid", ...) whose gradient the subject has ever
 * answered with zeros because its framework has no path to it, as torch's None: 0 and
 * so on; static.  NULL beyond. */
const char *wck_subject_lost(const struct wck_subject *subject, size_t index);

/* Do outputs lie in memory that is filled with a pattern before each call, whatever the
 * caller's own held? */
bool wck_subject_fills_outputs(const struct wck_subject *subject);

/* Why arrays reach the subject without gaps, whatever their strides; NULL where it sees
 * them as they are. */
const char *wck_subject_flattens(const struct wck_subject *subject, bool outputs);

/* The sandbox that the subject runs in, borrowed; NULL for one in this process. */
const struct wck_sandbox *wck_subject_sandbox(const struct wck_subject *subject);

/* Calls the subject, and counts the images that went through it. */
enum wck_status wck_subject_forward(struct wck_subject *subject,
                                    const struct wck_problem *problem,
                                    const struct wck_image *image,
                                    const struct wck_image *output,
                                    struct wck_error *err);
enum wck_status
wck_subject_vjp(struct wck_subject *subject, const struct wck_problem *problem,
                const struct wck_image *image, const struct wck_image *upstream,
                const struct wck_gradients *gradients, struct wck_error *err);

/* The tangent of the output, by the subject's forward mode.  WCK_UNSUPPORTED where it
 * has none. */
enum wck_status wck_subject_jvp(struct wck_subject *subject,
                                const struct wck_problem *problem,
                                const struct wck_image *image,
                                const struct wck_tangents *tangents,
                                const struct wck_image *output, struct wck_error *err);

/* The derivatives of the pull-back of `upstream` along `along`, by the subject's double
 * backward.  WCK_UNSUPPORTED where it has none. */
enum wck_status
wck_subject_second(struct wck_subject *subject, const struct wck_problem *problem,
                   const struct wck_image *image, const struct wck_image *upstream,
                   const struct wck_tangents *along, const struct wck_second *second,
                   struct wck_error *err);

/* Puts a call under a library's convention: the inputs of a recording, with
 * grad_output.  WCK_UNSUPPORTED where the subject has no answer to it. */
enum wck_status wck_subject_answer(struct wck_subject *subject,
                                   const struct wck_recorded *asked,
                                   struct wck_npz *answers, struct wck_error *err);

/* As wck_problem_source and wck_problem_output, for images that will be given to this
 * subject, in memory that it reads without a copy where there is such.  Free with
 * wck_subject_free_image, before the subject. */
enum wck_status wck_subject_source(struct wck_subject *subject,
                                   const struct wck_problem *problem,
                                   struct wck_image *image, struct wck_error *err);
enum wck_status wck_subject_upstream(struct wck_subject *subject,
                                     const struct wck_problem *problem,
                                     struct wck_image *image, struct wck_error *err);
void wck_subject_free_image(struct wck_subject *subject, struct wck_image *image);

size_t wck_subject_forward_images(const struct wck_subject *subject);
size_t wck_subject_backward_images(const struct wck_subject *subject);

#endif
