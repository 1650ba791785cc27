/* Warpcheck's library API: the reference warp, its pull-back, and the report of which
 * pixels get no gradient.  It is what `warpcheck warp` and `warpcheck coverage` do, on
 * arrays of the caller's own; link with -lwarpcheck (pkg-config: warpcheck).
 *
 * Arrays are C-contiguous doubles, HWC: number ((row * width) + column) * channels +
 * channel.  They belong to the caller, must not overlap, and are read or written during
 * the call only.  Pixel centres are at whole numbers, x along columns, y along rows, so
 * that an image covers [-1/2, width - 1/2] x [-1/2, height - 1/2].
 *
 * Functions return 0, or -1 with the reason in `message` (one line, cut to
 * `message_size` bytes, terminator included; it may be NULL where that is 0); outputs
 * are then undefined.  Nothing is kept between calls, and calls may be made from
 * several threads at once.  Numbers in texts have a point, whatever the locale.
 *
 * The struct begins with its size as the caller knew it: later versions may add members
 * at the end.  Members that are 0 or NULL have the default that is written beside them.
 */
#ifndef WARPCHECK_WARP_H
#define WARPCHECK_WARP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct warpcheck_warp {
    size_t size;         /* sizeof(struct warpcheck_warp) */
    const char *kernel;  /* of `warpcheck list kernels`; NULL: "bilinear" */
    const char *border;  /* of `warpcheck list borders`; NULL: "constant" */
    double border_value; /* of border constant, all channels */
    double matrix[6];    /* {a, b, c, d, e, f}: (x, y) goes to (a x + b y + c, d x + e y
                            + f), from source to output as cv2.warpAffine takes it */
    int32_t inverse_map; /* 1: the matrix goes from output to source instead */
    size_t source_height, source_width, output_height, output_width;
    size_t channels; /* 0: 1 */
};

/* output = warp(image).  A B-spline kernel takes the image for coefficients. */
int32_t warpcheck_forward(const struct warpcheck_warp *warp, const double *image,
                          double *output, char *message, size_t message_size);

/* grad_image = the gradient of sum(output * grad_output) with respect to the image,
 * which does not depend on the image. */
int32_t warpcheck_vjp(const struct warpcheck_warp *warp, const double *grad_output,
                      double *grad_image, char *message, size_t message_size);

/* Explains every zero of that gradient.  `reasons` has room for source_height *
 * source_width letters, row by row: '.' where any channel of the pixel has a gradient,
 * else the letter of its reason (doc/reading-a-report.md: 'o' out of view, 's' skipped
 * between the samples, 'z' weighed with exactly 0, ...).  NULL as `grad_output` stands
 * for that of the output's mean. */
int32_t warpcheck_reasons(const struct warpcheck_warp *warp, const double *grad_output,
                          char *reasons, char *message, size_t message_size);

/* The same as `warpcheck coverage --what-if` prints it: the reasons, what each remedy
 * would reach, and notes.  *report is a string to be given to warpcheck_free, NULL on
 * failure. */
int32_t warpcheck_report(const struct warpcheck_warp *warp, const double *grad_output,
                         char **report, char *message, size_t message_size);

/* Frees a report; NULL is none. */
void warpcheck_free(char *report);

#ifdef __cplusplus
}
#endif

#endif
