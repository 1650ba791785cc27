/* Taps: the taps of every output sample of a recording, as the rows of a sparse matrix.
 *
 * Rows are numbered as the samples of an output without channels, C order [batch,
 * depth,] height, width: of one batch item where all share the map, else of all, one
 * after the other.  The taps of row r are tap[row[r]] .. tap[row[r + 1] - 1], each
 * pixel at most once:
 *     pixel        where it is read, in C order [depth,] height, width of the image of
 *                  the row's batch item, or -1: the border value, or what the
 *                  output held before
 *     weight       the output is the sum of weight x pixel
 *     slope        d weight / d x, d y and d z of the sample's source coordinate, in
 *                  pixels; pixel centres are at whole numbers, x along columns;
 *                  the shape of a kernel's footprint is held
 * A sample whose coordinate is NaN or infinite has none.  The weights are those that
 * gradients are made of: before an output is rounded, and before OpenCV 4 rounds them
 * to its tables. */
#ifndef WCK_RUN_TAPS_H
#define WCK_RUN_TAPS_H

#include <stdint.h>

#include "src/subject/recorded.h"

struct wck_taps {
    size_t rows, count;
    int axes;
    int64_t *row;   /* rows + 1 of them, from 0 to count */
    int64_t *pixel; /* count of each; weights and slopes are one allocation */
    double *weight, *slope[WCK_AXES];
};

/* Most bytes that the taps may take: as much as an archive may unpack to. */
#define WCK_TAPS_BYTES WCK_NPZ_BYTES

/* Lists the taps; release with wck_taps_release, whatever was returned.
 * WCK_UNSUPPORTED where a prefilter makes every output read every pixel; WCK_INVALID
 * where they would take more than `most` bytes, said before any is listed. */
enum wck_status wck_taps_list(struct wck_taps *taps, const struct wck_recorded *of,
                              size_t most, struct wck_error *err);
void wck_taps_release(struct wck_taps *taps);

/* Adds them to an archive: tap_row and tap_pixel (int64), tap_weight, tap_dx, tap_dy
 * and, of a volume, tap_dz (float64). */
enum wck_status wck_taps_pack(const struct wck_taps *taps, struct wck_npz *npz,
                              struct wck_error *err);

#endif
