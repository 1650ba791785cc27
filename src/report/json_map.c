/* Json, coverage: the map of the pixels, a string for each row. */
#include <jansson.h>

#include "src/report/formats.h"

/* A run of one letter: its length, unless it is 1, and the letter. */
static void append_run(struct wck_text *row, size_t length, unsigned char reason)
{
    char letter = reason == WCK_COVERED
                      ? '.'
                      : wck_reason_row((enum wck_reason)(reason - 1))->letter;

    if (length > 1)
        wck_text_printf(row, "%zu", length);
    wck_text_append(row, &letter, 1);
}

static json_t *map_row(const unsigned char *reason, size_t width)
{
    struct wck_text row = {0};
    json_t *value;

    for (size_t x = 0, run; x < width; x += run) {
        run = 1;
        while (x + run < width && reason[x + run] == reason[x])
            run++;
        append_run(&row, run, reason[x]);
    }
    value = row.failed ? NULL : json_string(wck_text_string(&row));
    wck_text_release(&row);
    return value;
}

json_t *wck_json_map(const struct wck_coverage *coverage)
{
    json_t *rows = json_array();

    for (size_t y = 0; y < coverage->height; y++) {
        const unsigned char *row = coverage->pixel_reason + y * coverage->width;

        if (json_array_append_new(rows, map_row(row, coverage->width)) != 0) {
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}
