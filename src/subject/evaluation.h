/* Evaluation: what a behaviour, the reference's for one, makes of a
 * recording's inputs: the output, and where
 * the upstream gradient was recorded, every gradient.
 *
 * Arrays have the shapes and layouts of the recording's own (src/subject/recording.h),
 * in C order: the output is of the image's type, a gradient of the type of what it is
 * the gradient of, float64 where that is of whole numbers.  An image that the library
 * divides by its type's largest number has the gradient with respect to the divided
 * one. */
#ifndef WCK_SUBJECT_EVALUATION_H
#define WCK_SUBJECT_EVALUATION_H

#include "src/deviation/deviation.h"
#include "src/subject/recorded.h"

struct wck_evaluation {
    struct wck_image output; /* its tensor is owned */
    /* All owned; data NULL without an upstream gradient, or where there is no such
     * input. */
    struct wck_tensor grad_image, grad_array[WCK_CALL_ARRAYS], grad_border_value;
};

/* `behaviour` NULL is the reference's.  Release with wck_evaluation_release, whatever
 * was returned.  WCK_UNSUPPORTED where a
 * derivative is asked for that the reference does not serve. */
enum wck_status wck_evaluation_run(struct wck_evaluation *evaluation,
                                   const struct wck_recorded *of,
                                   const struct wck_behaviour *behaviour,
                                   struct wck_error *err);
void wck_evaluation_release(struct wck_evaluation *evaluation);

/* Adds the output and the gradients to an archive, by their names in a recording. */
enum wck_status wck_evaluation_pack(const struct wck_evaluation *evaluation,
                                    const struct wck_recorded *of, struct wck_npz *npz,
                                    struct wck_error *err);

/* Adds what went in: the image, what carries the map, the border value, what the
 * output held before, the upstream gradient, spec.json. */
enum wck_status wck_evaluation_pack_inputs(const struct wck_recorded *of,
                                           struct wck_npz *npz, struct wck_error *err);

#endif
