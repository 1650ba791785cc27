/* Cells: a map of coverage no larger than a reader can take.
 *
 * A cell is a pixel, or, where the image is too large, a block of block x block pixels
 * (less at the lower and right edge).  Nothing that matters disappears: a cell with a
 * faulty entry shows the fault, the first in the order of the reasons; another with a
 * covered pixel is covered; the rest show what most of their pixels are, the first of
 * equals.  Its numbers are the largest among its pixels. */
#ifndef WCK_REPORT_CELLS_H
#define WCK_REPORT_CELLS_H

#include "src/coverage/coverage.h"
#include "src/report/palette.h"

struct wck_cells {
    size_t block, height, width;
    unsigned char *reason; /* WCK_COVERED, else 1 + enum wck_reason */
    double *magnitude, *weight;
    double *error; /* NULL where the coverage has none */
    uint32_t *reads;
    uint32_t *revived;    /* see wck_cells_revive; NULL before */
    struct wck_ramp ramp; /* over the covered cells */
};

/* Makes the smallest blocks with at most `side` cells along an axis.  Release with
 * wck_cells_release, whatever was returned. */
enum wck_status wck_cells_make(struct wck_cells *cells,
                               const struct wck_coverage *coverage, size_t side,
                               struct wck_error *err);
/* The same of blocks of that many pixels along each axis. */
enum wck_status wck_cells_divide(struct wck_cells *cells,
                                 const struct wck_coverage *coverage, size_t block,
                                 struct wck_error *err);

/* Adds, for each cell, the remedies that would revive any of its pixels: the union of
 * the bits of `revived` (see struct wck_coverage_report). */
enum wck_status wck_cells_revive(struct wck_cells *cells,
                                 const struct wck_coverage *coverage,
                                 const uint32_t *revived, struct wck_error *err);
void wck_cells_release(struct wck_cells *cells);

/* The colour of the map at column x and row y of a picture with `scale` x `scale` of
 * its pixels to a cell. */
struct wck_colour wck_cells_colour(const struct wck_cells *cells, size_t scale,
                                   size_t x, size_t y);

#endif
