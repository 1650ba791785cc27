#include "src/report/what_if_picture.h"

#include "src/report/picture.h"

#define SCALED 512 /* longer side of a picture that is scaled up */

struct scaled {
    const unsigned char *map;
    size_t width, scale;
};

static struct wck_colour paint(const void *state, size_t x, size_t y)
{
    static const struct wck_colour colours[] = {
        [WCK_STILL_NONE] = {112, 114, 124},
        [WCK_STILL_COVERED] = {86, 152, 216},
        [WCK_GAINED] = {170, 240, 150},
        [WCK_LOST] = {178, 24, 43},
    };
    const struct scaled *scaled = state;

    return colours[scaled->map[y / scaled->scale * scaled->width + x / scaled->scale]];
}

enum wck_status wck_what_if_picture(struct wck_text *text, const unsigned char *map,
                                    size_t height, size_t width, struct wck_error *err)
{
    size_t longer = height > width ? height : width;
    struct scaled scaled = {map, width, longer < SCALED ? SCALED / longer : 1};

    return wck_picture_paint(text, height * scaled.scale, width * scaled.scale, paint,
                             &scaled, err);
}
