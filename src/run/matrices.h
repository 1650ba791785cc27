/* Matrices: the warps of a set, one a line of a text file.
 *
 * A line holds the six numbers of a 2x3 matrix, 'a b c; d e f', or the nine of a 3x3
 * one, row by row, with blanks, commas or semicolons between; '#' begins a comment, and
 * an empty line is none.  A 3x3 matrix whose last row is 0 0 w is the 2x3 one divided
 * by w; any other is a homography, whose coordinates are computed sample by sample. */
#ifndef WCK_RUN_MATRICES_H
#define WCK_RUN_MATRICES_H

#include "reference/warp.h"
#include "src/io/lines.h"

struct wck_matrices {
    struct wck_lines lines;
    const struct wck_warp *warp; /* borrowed; its output's size is read */
    enum wck_direction direction;
    double *x, *y; /* of a homography, one an output sample; owned, NULL before one */
};

/* Opens the file; WCK_IO.  Close with wck_matrices_close, whatever was returned. */
enum wck_status wck_matrices_open(struct wck_matrices *matrices, const char *path,
                                  const struct wck_warp *warp,
                                  enum wck_direction direction, struct wck_error *err);

/* The next map, valid until the next call; *more is false after the last.  WCK_FORMAT,
 * naming file and line, for a line that holds no matrix, a singular one, and a
 * homography whose horizon (where the coordinates go to infinity) crosses the
 * output; WCK_IO; WCK_NO_MEMORY.  `state` is a struct wck_matrices. */
enum wck_status wck_matrices_next(void *state, struct wck_map *map, bool *more,
                                  struct wck_error *err);
void wck_matrices_close(struct wck_matrices *matrices);

#endif
