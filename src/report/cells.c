#include "src/report/cells.h"

#include <math.h>
#include <stdlib.h>

/* Cells of fewer pixels than this are told apart by their colour alone: a full hatch
 * would hide single covered pixels among skipped ones. */
#define HATCHED 3
#define FAINT 0.2

/* What the pixels and the faulty entries of a cell are, counted by reason. */
static unsigned char choose(const size_t *pixels, const size_t *faults)
{
    unsigned char best = WCK_COVERED;

    for (unsigned char r = 1; r <= WCK_REASON_COUNT; r++) {
        if (faults[r] > 0)
            return r;
    }
    for (unsigned char r = 1; pixels[WCK_COVERED] == 0 && r <= WCK_REASON_COUNT; r++) {
        if (pixels[r] > pixels[best])
            best = r;
    }
    return best;
}

/* A pixel's own reason is the first of its entries', which may hide a fault of
 * another. */
static void count_faults(const struct wck_coverage *c, size_t p, size_t *faults)
{
    for (size_t plane = 0; plane < c->planes; plane++) {
        unsigned char reason = c->reason[plane * c->height * c->width + p];

        if (reason != WCK_COVERED &&
            wck_reason_row((enum wck_reason)(reason - 1))->fault)
            faults[reason]++;
    }
}

static void fill_cell(struct wck_cells *cells, const struct wck_coverage *c, size_t row,
                      size_t column)
{
    size_t pixels[1 + WCK_REASON_COUNT] = {0}, faults[1 + WCK_REASON_COUNT] = {0};
    size_t y1 = (row + 1) * cells->block, x1 = (column + 1) * cells->block;
    size_t at = row * cells->width + column;

    for (size_t y = row * cells->block; y < y1 && y < c->height; y++) {
        for (size_t x = column * cells->block; x < x1 && x < c->width; x++) {
            size_t p = y * c->width + x;

            pixels[c->pixel_reason[p]]++;
            count_faults(c, p, faults);
            cells->magnitude[at] = fmax(cells->magnitude[at], c->magnitude[p]);
            cells->weight[at] = fmax(cells->weight[at], c->weight[p]);
            if (cells->error != NULL)
                cells->error[at] = fmax(cells->error[at], c->error[p]);
            if (c->reads[p] > cells->reads[at])
                cells->reads[at] = c->reads[p];
        }
    }
    cells->reason[at] = choose(pixels, faults);
}

static struct wck_ramp find_ramp(const struct wck_cells *cells)
{
    double smallest = (double)INFINITY, largest = 0.0;

    for (size_t i = 0; i < cells->height * cells->width; i++) {
        double magnitude = cells->magnitude[i];

        if (cells->reason[i] != WCK_COVERED || !isfinite(magnitude))
            continue;
        smallest = fmin(smallest, magnitude);
        largest = fmax(largest, magnitude);
    }
    return wck_palette_ramp(fmin(smallest, largest), largest);
}

enum wck_status wck_cells_make(struct wck_cells *cells,
                               const struct wck_coverage *coverage, size_t side,
                               struct wck_error *err)
{
    size_t longer =
        coverage->height > coverage->width ? coverage->height : coverage->width;

    return wck_cells_divide(cells, coverage, (longer + side - 1) / side, err);
}

enum wck_status wck_cells_divide(struct wck_cells *cells,
                                 const struct wck_coverage *coverage, size_t block,
                                 struct wck_error *err)
{
    size_t count;

    *cells = (struct wck_cells){
        .block = block,
        .height = (coverage->height + block - 1) / block,
        .width = (coverage->width + block - 1) / block,
    };
    count = cells->height * cells->width;
    cells->reason = calloc(count, sizeof *cells->reason);
    cells->magnitude = calloc(count, sizeof *cells->magnitude);
    cells->weight = calloc(count, sizeof *cells->weight);
    cells->reads = calloc(count, sizeof *cells->reads);
    if (coverage->error != NULL)
        cells->error = calloc(count, sizeof *cells->error);
    if (cells->reason == NULL || cells->magnitude == NULL || cells->weight == NULL ||
        cells->reads == NULL || (coverage->error != NULL && cells->error == NULL))
        return wck_error_no_memory(err);
    for (size_t row = 0; row < cells->height; row++) {
        for (size_t column = 0; column < cells->width; column++)
            fill_cell(cells, coverage, row, column);
    }
    cells->ramp = find_ramp(cells);
    return WCK_OK;
}

enum wck_status wck_cells_revive(struct wck_cells *cells,
                                 const struct wck_coverage *coverage,
                                 const uint32_t *revived, struct wck_error *err)
{
    cells->revived = calloc(cells->height * cells->width, sizeof *cells->revived);
    if (cells->revived == NULL)
        return wck_error_no_memory(err);
    for (size_t p = 0; p < coverage->pixels_total; p++) {
        size_t row = p / coverage->width / cells->block;
        size_t column = p % coverage->width / cells->block;

        cells->revived[row * cells->width + column] |= revived[p];
    }
    return WCK_OK;
}

void wck_cells_release(struct wck_cells *cells)
{
    free(cells->reason);
    free(cells->magnitude);
    free(cells->weight);
    free(cells->reads);
    free(cells->error);
    free(cells->revived);
    *cells = (struct wck_cells){0};
}

struct wck_colour wck_cells_colour(const struct wck_cells *cells, size_t scale,
                                   size_t x, size_t y)
{
    size_t at = y / scale * cells->width + x / scale;

    if (cells->reason[at] != WCK_COVERED)
        return wck_palette_reason((enum wck_reason)(cells->reason[at] - 1), x, y,
                                  scale < HATCHED ? FAINT : 1.0);
    return wck_palette_covered(wck_palette_level(&cells->ramp, cells->magnitude[at]));
}
