/* Recorded: the file behind a recording (src/subject/recording.h), read and checked. */
#ifndef WCK_SUBJECT_RECORDED_H
#define WCK_SUBJECT_RECORDED_H

#include "src/subject/member.h"
#include "src/subject/recording.h"
#include "src/subject/spec.h"

/* Says that only what went in is wanted. */
struct wck_recorded_inputs {
    size_t height, width; /* of the output; 0: not said */
    bool any_numbers;     /* image and grad_output may hold NaN and infinity */
};

struct wck_recorded {
    struct wck_recording recording; /* points into what follows */
    struct wck_archive archive;
    struct wck_spec spec;
    double *border_value;
    double *scaled; /* the image, where it was divided */
    const struct wck_recorded_inputs *inputs;
};

/* Reads FILE.npz; `path` and `inputs` are borrowed.  Release whatever was returned.
 *
 * Where `inputs` are wanted, neither output nor grad_output need be there: without them
 * and a destination the output has the size that is asked for, or that the map says, by
 * a matrix the image's; then recording.output has sizes but no data.  Of the gradients
 * only grad_output is read.
 *
 * WCK_IO and WCK_FORMAT name the file, and the member; WCK_UNSUPPORTED says what of the
 * convention is not known; WCK_INVALID that the size asked for is not the output's. */
enum wck_status wck_recorded_read(struct wck_recorded *recorded, const char *path,
                                  const struct wck_recorded_inputs *inputs,
                                  struct wck_error *err);

/* The same for an archive in memory, which is taken over; `name` stands for its path in
 * messages. */
enum wck_status wck_recorded_take(struct wck_recorded *recorded, struct wck_npz *npz,
                                  const char *name,
                                  const struct wck_recorded_inputs *inputs,
                                  struct wck_error *err);
void wck_recorded_release(struct wck_recorded *recorded);

/* The layout of its output; in `flat` where it is not the image's. */
const char *wck_recorded_output_layout(const struct wck_recorded *recorded,
                                       char flat[WCK_TENSOR_RANK + 1]);

/* A new array like its output, in that layout and of the image's type; the caller frees
 * its data. */
enum wck_status wck_recorded_new_output(const struct wck_recorded *recorded,
                                        struct wck_tensor *output,
                                        struct wck_error *err);

#endif
