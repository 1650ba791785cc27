/* Recording: what a real run of some library read and made, kept in an .npz.
 *
 * The archive holds arrays and spec.json (src/subject/spec.h).  Names: `image`; what
 * carries the map, by the convention: `matrix`, `grid`, `map_x` with `map_y`, `coords`
 * or `flow` (reference/call.h has the shapes); `border_value`, one or one a channel;
 * `destination`, the output before the call, where the border is transparent; `output`;
 * and optionally the gradients `grad_output` (the upstream one), `grad_image`,
 * `grad_border_value` and grad_ with the name of each array that carries the map.
 * Gradients have the shape of what they are the gradient of; a coarser type than the
 * image's makes all of it be judged by that type. */
#ifndef WCK_SUBJECT_RECORDING_H
#define WCK_SUBJECT_RECORDING_H

#include "reference/call.h"
#include "src/subject/problem.h"
#include "src/subject/subject.h"

/* tensor.data, or data, is NULL for what was not recorded: any gradient may be missing,
 * and without grad_output all are. */
struct wck_recording {
    struct wck_call call;        /* the image and what carries the map are in it */
    struct wck_call_item *items; /* one a batch item */
    struct wck_problem problem;  /* the first item's warp, for the whole batch */
    struct wck_image output, grad_output, grad_image;
    bool has_output;    /* false: `output` is grad_output, for its shape */
    const char *unread; /* keys and arrays that nothing here knows; NULL: none */
    struct wck_tensor grad_array[WCK_CALL_ARRAYS]; /* like call.array */
    struct wck_tensor grad_border_value;
};

/* The problem that one batch item is. */
struct wck_problem wck_recording_problem(const struct wck_recording *recording,
                                         size_t item);

/* A subject that is the recording in an archive, which is taken over; `name` is the
 * subject's, whoever made it. */
struct wck_npz;
enum wck_status wck_recording_subject_take(struct wck_subject **subject,
                                           const char *name, struct wck_npz *npz,
                                           struct wck_error *err);

/* recording:FILE.npz.  Opening it reads and checks everything: WCK_IO and WCK_FORMAT
 * name the file, and the member; WCK_UNSUPPORTED says what of the convention is not
 * known.  It answers WCK_UNSUPPORTED to any call: see wck_subject_recording. */
extern const struct wck_subject_kind wck_subject_recording_kind;

#endif
