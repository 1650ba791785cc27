#include "src/report/picture.h"

#include <stdlib.h>

#include "src/io/png.h"
#include "src/report/formats.h"

#define SCALED 512   /* longer side of a map that is scaled up */
#define LONGEST 4096 /* longer side of the largest picture */

enum wck_status wck_picture_paint(struct wck_text *text, size_t height, size_t width,
                                  wck_picture_painter *paint, const void *state,
                                  struct wck_error *err)
{
    struct wck_image image = {0};
    enum wck_status status =
        wck_image_new(&image, WCK_UINT8, "HWC", 1, 3, height, width, err);
    unsigned char *byte = image.tensor.data;

    for (size_t y = 0; status == WCK_OK && y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            struct wck_colour colour = paint(state, x, y);

            *byte++ = colour.red;
            *byte++ = colour.green;
            *byte++ = colour.blue;
        }
    }
    if (status == WCK_OK)
        status = wck_png_encode(&image, text, err);
    free(image.tensor.data);
    return status;
}

struct scaled {
    const struct wck_cells *cells;
    size_t scale;
};

static struct wck_colour paint_scaled(const void *state, size_t x, size_t y)
{
    const struct scaled *scaled = state;

    return wck_cells_colour(scaled->cells, scaled->scale, x, y);
}

enum wck_status wck_picture_cells(struct wck_text *text, const struct wck_cells *cells,
                                  size_t side, struct wck_error *err)
{
    size_t longer = cells->height > cells->width ? cells->height : cells->width;
    struct scaled scaled = {cells, longer < side ? side / longer : 1};

    return wck_picture_paint(text, cells->height * scaled.scale,
                             cells->width * scaled.scale, paint_scaled, &scaled, err);
}

enum wck_status wck_png_coverage(const struct wck_coverage_report *report,
                                 struct wck_text *text, struct wck_error *err)
{
    struct wck_cells cells;
    enum wck_status status = wck_cells_make(&cells, report->coverage, LONGEST, err);

    if (status == WCK_OK)
        status = wck_picture_cells(text, &cells, SCALED, err);
    wck_cells_release(&cells);
    return status;
}
