/* Made: recordings that a test makes of the reference, or of a deviation. */
#ifndef CHECK_SUBJECT_MADE_H
#define CHECK_SUBJECT_MADE_H

#include "src/deviation/deviation.h"
#include "src/io/npz.h"

#define MADE_CHANNELS 2
#define MADE_HEIGHT 4
#define MADE_WIDTH 6
#define MADE_ROWS 5
#define MADE_COLUMNS 3

/* An image of 2x4x6 and an output of 2x5x3 in float64, with gradients of everything:
 * kornia.warp_affine, scipy.map_coordinates of order 1 with one border value, and
 * opencv.remap of version 4, nearest, with border transparent (outputs 0, 7 and others
 * are left as they were).  Release the archive. */
void made_affine(struct wck_npz *npz, const struct wck_behaviour *behaviour);
void made_coords(struct wck_npz *npz, const struct wck_behaviour *behaviour);
void made_remap(struct wck_npz *npz, const struct wck_behaviour *behaviour);

/* Replaces an array, or the text spec.json, by another; a NULL removes it. */
void made_replace(struct wck_npz *npz, const char *name,
                  const struct wck_tensor *tensor);
void made_respell(struct wck_npz *npz, const char *text);

/* Writes the archive into the test's folder; returns "recording:PATH". */
const char *made_write(const struct wck_npz *npz, const char *name);

#endif
