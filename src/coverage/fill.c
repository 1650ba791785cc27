#include "src/coverage/fill.h"

#include <stdlib.h>

enum wck_status wck_fill_init(struct wck_fill *fill, size_t width, size_t height,
                              struct wck_error *err)
{
    *fill = (struct wck_fill){.code = calloc(width * height, 1),
                              .queue = calloc(width * height, sizeof *fill->queue),
                              .width = width,
                              .height = height};
    return fill->code != NULL && fill->queue != NULL ? WCK_OK
                                                     : wck_error_no_memory(err);
}

void wck_fill_release(struct wck_fill *fill)
{
    free(fill->code);
    free(fill->queue);
    *fill = (struct wck_fill){0};
}

size_t wck_fill_take(struct wck_fill *fill, size_t p)
{
    const unsigned char code = fill->code[p];
    const size_t width = fill->width, height = fill->height;
    size_t listed = 0;

    if (code == 0)
        return 0;
    fill->code[p] = 0;
    fill->queue[listed++] = p;
    for (size_t taken = 0; taken < listed; taken++) {
        size_t at = fill->queue[taken], x = at % width, y = at / width;
        const size_t beside[] = {at - 1, at + 1, at - width, at + width};
        const bool inside[] = {x > 0, x + 1 < width, y > 0, y + 1 < height};

        for (int k = 0; k < 4; k++) {
            if (!inside[k] || fill->code[beside[k]] != code)
                continue;
            fill->code[beside[k]] = 0;
            fill->queue[listed++] = beside[k];
        }
    }
    return listed;
}
