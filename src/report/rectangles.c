#include "src/report/rectangles.h"

#include <math.h>
#include <stdlib.h>

#define SIDE 1024 /* most cells along an axis; of SIDE / 8, each may be a rectangle */

/* The rectangle that begins in a column and is not closed yet. */
struct open {
    size_t end, top; /* one past its last column; its first row */
    size_t class;
    bool is;
};

double wck_rectangle_level(size_t step)
{
    return (double)step / (WCK_RECTANGLE_STEPS - 1);
}

static size_t class_of(const struct wck_cells *cells, size_t at)
{
    double level = wck_palette_level(&cells->ramp, cells->magnitude[at]);

    return cells->reason[at] == WCK_COVERED
               ? (size_t)lrint(level * (WCK_RECTANGLE_STEPS - 1))
               : WCK_RECTANGLE_STEPS + (size_t)cells->reason[at] - 1;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Closes the rectangle that begins in column x, before row y.  Cells at the right and
 * lower edge may be cut short. */
static void close_at(struct wck_rectangles *rectangles,
                     const struct wck_coverage *coverage, struct open *open, size_t x,
                     size_t y)
{
    size_t left = x * rectangles->block, top = open[x].top * rectangles->block;
    size_t width = least(open[x].end * rectangles->block, coverage->width) - left;
    size_t height = least(y * rectangles->block, coverage->height) - top;

    wck_text_printf(&rectangles->path[open[x].class], "M%zu %zuh%zuv%zuh-%zuz", left,
                    top, width, height, width);
    rectangles->count++;
    open[x].is = false;
}

/* Goes on with those of row y that are the same runs, closes others, begins new ones.
 */
static void scan_row(struct wck_rectangles *rectangles,
                     const struct wck_coverage *coverage, const struct wck_cells *cells,
                     struct open *open, size_t y)
{
    for (size_t x = 0, end = 0; x < cells->width; x++) {
        size_t class = class_of(cells, y * cells->width + x);
        bool begins = x == end;

        while (begins && end < cells->width &&
               class_of(cells, y * cells->width + end) == class)
            end++;
        if (open[x].is && !(begins && open[x].end == end && open[x].class == class))
            close_at(rectangles, coverage, open, x, y);
        if (begins && !open[x].is)
            open[x] = (struct open){end, y, class, true};
    }
}

static enum wck_status make(struct wck_rectangles *rectangles,
                            const struct wck_coverage *coverage, size_t side,
                            struct wck_error *err)
{
    struct wck_cells cells;
    enum wck_status status = wck_cells_make(&cells, coverage, side, err);
    struct open *open = calloc(coverage->width, sizeof *open);

    *rectangles = (struct wck_rectangles){.block = cells.block};
    if (status == WCK_OK && open == NULL)
        status = wck_error_no_memory(err);
    for (size_t y = 0; status == WCK_OK && y < cells.height; y++)
        scan_row(rectangles, coverage, &cells, open, y);
    for (size_t x = 0; status == WCK_OK && x < cells.width; x++) {
        if (open[x].is)
            close_at(rectangles, coverage, open, x, cells.height);
    }
    for (size_t k = 0; status == WCK_OK && k < WCK_RECTANGLE_CLASSES; k++) {
        if (rectangles->path[k].failed)
            status = wck_error_no_memory(err);
    }
    free(open);
    wck_cells_release(&cells);
    return status;
}

enum wck_status wck_rectangles_make(struct wck_rectangles *rectangles,
                                    const struct wck_coverage *coverage,
                                    struct wck_error *err)
{
    enum wck_status status = make(rectangles, coverage, SIDE, err);

    for (size_t side = SIDE / 2;
         status == WCK_OK && rectangles->count > WCK_RECTANGLES_MOST; side /= 2) {
        wck_rectangles_release(rectangles);
        status = make(rectangles, coverage, side, err);
    }
    return status;
}

void wck_rectangles_release(struct wck_rectangles *rectangles)
{
    for (size_t k = 0; k < WCK_RECTANGLE_CLASSES; k++)
        wck_text_release(&rectangles->path[k]);
}
