/* Frame: the part of the source that the output looks at.
 *
 * The back-projection of the output's closed pixel-edge rectangle [-1/2, W-1/2] x
 * [-1/2, H-1/2], before any border fold.  For an affine map a parallelogram, which is a
 * segment or a point where the map has no inverse; for a
 * homography what its inverse sends into the rectangle.  For coordinates and
 * displacements the union of the cells between neighbouring samples (each split into
 * two triangles along its diagonal from upper left to lower right), and of half a cell
 * more all round, continued straight on from the last two samples; across an axis of
 * one sample a cell is taken to be one source pixel wide.  A cell with a corner that is
 * not finite is left out. */
#ifndef WCK_COVERAGE_FRAME_H
#define WCK_COVERAGE_FRAME_H

#include "src/coverage/collapsed.h"
#include "src/coverage/projection.h"

struct wck_frame {
    struct wck_collapsed collapsed; /* affine maps without an inverse */
    double forward[6];              /* source to output (affine maps) */
    double offset[2];      /* taken from x and y before they are multiplied, as size */
    double relative;       /* rounding error of a projection, relative to its terms */
    double output[2];      /* W, H */
    unsigned char *inside; /* maps without a matrix: 1 for each source pixel inside;
                              owned */
    struct wck_projection projection; /* homographies, and matrices not in pixels */
    bool projects;
    size_t source_width;
};

/* Release with wck_frame_release, whatever was returned.  The warp has been checked. */
enum wck_status wck_frame_init(struct wck_frame *frame, const struct wck_warp *warp,
                               struct wck_error *err);
void wck_frame_release(struct wck_frame *frame);

/* Is the centre of source pixel (x, y) inside?  The frame is closed; a centre within
 * the rounding error of its edge counts as inside. */
bool wck_frame_contains(const struct wck_frame *frame, size_t x, size_t y);

#endif
