#include "src/report/planes.h"

#include <math.h>
#include <string.h>

#include "src/report/markup.h"

#define RAMP_LENGTH 256

/* Appends what `paint` paints as a data URI. */
static enum wck_status append(struct wck_text *text, size_t height, size_t width,
                              wck_picture_painter *paint, const void *state,
                              struct wck_error *err)
{
    struct wck_text png = {0};
    enum wck_status status = wck_picture_paint(&png, height, width, paint, state, err);

    if (status == WCK_OK)
        wck_markup_picture(text, &png);
    wck_text_release(&png);
    return status;
}

enum wck_status wck_plane_map(struct wck_text *text, const struct wck_cells *cells,
                              size_t side, struct wck_error *err)
{
    struct wck_text png = {0};
    enum wck_status status = wck_picture_cells(&png, cells, side, err);

    if (status == WCK_OK)
        wck_markup_picture(text, &png);
    wck_text_release(&png);
    return status;
}

struct backdrop {
    const struct wck_image *image;
    size_t block;
    double low, high; /* black and white */
};

static void widen(struct backdrop *backdrop)
{
    const struct wck_image *image = backdrop->image;

    backdrop->low = 0.0;
    backdrop->high = 1.0;
    for (size_t plane = 0; plane < image->channels; plane++) {
        for (size_t i = 0; i < wck_image_pixels(image); i++) {
            double value =
                wck_image_get(image, plane, i / image->width, i % image->width);

            if (!isfinite(value))
                continue;
            backdrop->low = fmin(backdrop->low, value);
            backdrop->high = fmax(backdrop->high, value);
        }
    }
}

static struct backdrop set_backdrop(const struct wck_image *image, size_t block)
{
    struct backdrop backdrop = {.image = image, .block = block};

    if (image->tensor.dtype == WCK_UINT8)
        backdrop.high = 255.0;
    else if (image->tensor.dtype == WCK_UINT16)
        backdrop.high = 65535.0;
    else
        widen(&backdrop);
    return backdrop;
}

/* The mean over the block whose first pixel is (x, y). */
static unsigned char shade(const struct backdrop *backdrop, size_t plane, size_t x,
                           size_t y)
{
    const struct wck_image *image = backdrop->image;
    double sum = 0.0, count = 0.0, part;

    for (size_t v = y; v < y + backdrop->block && v < image->height; v++) {
        for (size_t u = x; u < x + backdrop->block && u < image->width; u++) {
            sum += wck_image_get(image, plane, v, u);
            count += 1.0;
        }
    }
    part = (sum / count - backdrop->low) / (backdrop->high - backdrop->low);
    return isfinite(part) ? (unsigned char)lrint(255.0 * part) : 0;
}

static struct wck_colour paint_image(const void *state, size_t x, size_t y)
{
    const struct backdrop *backdrop = state;
    size_t u = x * backdrop->block, v = y * backdrop->block;
    unsigned char red = shade(backdrop, 0, u, v);

    if (backdrop->image->channels < 3)
        return (struct wck_colour){red, red, red};
    return (struct wck_colour){red, shade(backdrop, 1, u, v), shade(backdrop, 2, u, v)};
}

enum wck_status wck_plane_image(struct wck_text *text, const struct wck_cells *cells,
                                const struct wck_image *image, struct wck_error *err)
{
    struct backdrop backdrop = set_backdrop(image, cells->block);

    return append(text, cells->height, cells->width, paint_image, &backdrop, err);
}

static struct wck_colour paint_hatch(const void *state, size_t x, size_t y)
{
    const enum wck_reason *reason = state;

    return wck_palette_reason(*reason, x, y, 1.0);
}

enum wck_status wck_plane_hatch(struct wck_text *text, enum wck_reason reason,
                                struct wck_error *err)
{
    return append(text, 2 * WCK_HATCH, 3 * WCK_HATCH, paint_hatch, &reason, err);
}

static struct wck_colour paint_ramp(const void *state, size_t x, size_t y)
{
    (void)state;
    (void)y;
    return wck_palette_covered((double)x / (RAMP_LENGTH - 1));
}

enum wck_status wck_plane_ramp(struct wck_text *text, struct wck_error *err)
{
    return append(text, 1, RAMP_LENGTH, paint_ramp, NULL, err);
}

static void append_colour(struct wck_text *text, struct wck_colour colour)
{
    wck_text_printf(text, "%02x%02x%02x", colour.red, colour.green, colour.blue);
}

void wck_plane_colours(struct wck_text *text, enum wck_reason reason)
{
    for (size_t i = 0; i < WCK_HATCH * WCK_HATCH; i++)
        append_colour(text,
                      wck_palette_reason(reason, i % WCK_HATCH, i / WCK_HATCH, 1.0));
}

void wck_plane_ramp_colours(struct wck_text *text)
{
    for (size_t i = 0; i < RAMP_LENGTH; i++)
        append_colour(text, wck_palette_covered((double)i / (RAMP_LENGTH - 1)));
}
