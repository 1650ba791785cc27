/* Question: one call put to a subject in another process, as named arrays: what a
 * recording of the call would hold (doc/recordings.md), and what is wanted.
 *
 * A call under a convention holds the arrays as that library takes them; a problem,
 * which is nobody's call, a 2x3 matrix or map_x and map_y, in float64. */
#ifndef WCK_SUBJECT_QUESTION_H
#define WCK_SUBJECT_QUESTION_H

#include "src/subject/problem.h"
#include "src/subject/recorded.h"

#define WCK_QUESTION_ARRAYS 8 /* a second by maps has as many */

struct wck_question_array {
    const char *name; /* static */
    struct wck_tensor tensor;
    bool owned; /* tensor.data is the question's; else the caller's */
};

struct wck_question {
    const char *call; /* "forward", "vjp", "jvp" or "second" */
    const struct wck_problem *problem;
    const char *carrier; /* the first of the arrays that carry the map */
    struct wck_question_array arrays[WCK_QUESTION_ARRAYS]; /* given */
    size_t array_count;
    struct wck_question_array wanted[WCK_QUESTION_ARRAYS]; /* to be filled */
    size_t wanted_count;
};

/* All are borrowed until the release; release whatever was returned.  WCK_UNSUPPORTED
 * for a map that is neither affine nor given by coordinates, in pixels, and for
 * gradients with respect to, and tangents of, what is not among the arrays. */
enum wck_status wck_question_forward(struct wck_question *question,
                                     const struct wck_problem *problem,
                                     const struct wck_image *image,
                                     const struct wck_image *output,
                                     struct wck_error *err);
enum wck_status
wck_question_vjp(struct wck_question *question, const struct wck_problem *problem,
                 const struct wck_image *image, const struct wck_image *upstream,
                 const struct wck_gradients *gradients, struct wck_error *err);

/* Of the tangents those that are not NULL are given; the output is its tangent. */
enum wck_status wck_question_jvp(struct wck_question *question,
                                 const struct wck_problem *problem,
                                 const struct wck_image *image,
                                 const struct wck_tangents *tangents,
                                 const struct wck_image *output, struct wck_error *err);

/* Of `along` the image and the coordinates are given, where they are not NULL. */
enum wck_status
wck_question_second(struct wck_question *question, const struct wck_problem *problem,
                    const struct wck_image *image, const struct wck_image *upstream,
                    const struct wck_tangents *along, const struct wck_second *second,
                    struct wck_error *err);

/* A call under a convention, as the arrays of a recording's inputs hold it: its output,
 * or gradients.  Of these number `only` alone (0 .. wck_question_gradients()-1), where
 * that is not SIZE_MAX. */
enum wck_status wck_question_recorded(struct wck_question *question,
                                      const struct wck_recorded *asked, bool pull,
                                      size_t only, struct wck_error *err);

/* How many gradients such a call can have: image, what carries the map, border value.
 */
size_t wck_question_gradients(const struct wck_recorded *asked);
void wck_question_release(struct wck_question *question);

#endif
