/* Input: arrays and pictures named on the command line. */
#ifndef WCK_CLI_INPUT_H
#define WCK_CLI_INPUT_H

#include "reference/image.h"

struct wck_input {
    struct wck_image image;
    void *data;         /* of the image; owned */
    const char *layout; /* given, guessed, or the picture's HWC; static or borrowed */
    const char *path;
};

/* Reads an .npy file, or a PNG where the name ends in ".png".
 *
 * `layout` names the axes of an .npy; where it is NULL two axes are HW, three HWC, and
 * more cannot be told.  WCK_INVALID where the layout is missing or does not fit;
 * WCK_FORMAT where the file itself is of no use. */
enum wck_status wck_input_read(struct wck_input *input, const char *path,
                               const char *layout, struct wck_error *err);
/* The same of a gradient: WCK_FORMAT where its numbers are not floating-point. */
enum wck_status wck_input_read_gradient(struct wck_input *input, const char *path,
                                        const char *layout, struct wck_error *err);

/* The layout that the number of axes says; an error as above. */
enum wck_status wck_input_layout(const char *path, const struct wck_tensor *tensor,
                                 const char **layout, struct wck_error *err);

/* Does the path end so, in capitals or not? */
bool wck_input_ends_in(const char *path, const char *ending);
void wck_input_release(struct wck_input *input);

#endif
