/* Json, coverage of a chain of warps: in which of them the entries are lost. */
#include <jansson.h>

#include "src/report/formats.h"

static json_int_t whole(size_t count)
{
    return (json_int_t)count;
}

static json_t *matrix(const struct wck_map *map)
{
    const double *m = map->matrix;

    return json_pack("[f, f, f, f, f, f]", m[0], m[1], m[2], m[3], m[4], m[5]);
}

static json_t *lost_row(const struct wck_chain_link *link, int r)
{
    return json_pack("{s:s, s:I, s:I, s:I}", "reason",
                     wck_reason_row((enum wck_reason)r)->id, "pixels",
                     whole(link->pixels[r]), "entries", whole(link->entries[r]),
                     "behind", whole(link->behind[r]));
}

/* One more than there is memory for is NULL, and makes the whole NULL. */
static json_t *lost_in(const struct wck_chain_link *link)
{
    json_t *list = json_array();

    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (link->behind[r] > 0 &&
            json_array_append_new(list, lost_row(link, r)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *link_of(const struct wck_chain_link *link, const struct wck_warp *warp)
{
    bool forward = warp->map.direction == WCK_SOURCE_TO_OUTPUT;

    return json_pack(
        "{s:o, s:s, s:s, s:s, s:{s:I, s:I}, s:I, s:I, s:o}", "matrix",
        matrix(&warp->map), "direction",
        forward ? "source-to-output" : "output-to-source", "kernel", warp->kernel->name,
        "border", warp->border->name, "output", "height", whole(warp->output_height),
        "width", whole(warp->output_width), "pixels_total", whole(link->pixels_total),
        "pixels_covered", whole(link->pixels_covered), "lost", lost_in(link));
}

/* For each row of the image the warp of each pixel, one letter: 'a' is the first. */
static json_t *where(const struct wck_chain *chain)
{
    const struct wck_coverage *c = &chain->coverage;
    json_t *rows = json_array();

    for (size_t y = 0; y < c->height; y++) {
        struct wck_text row = {0};
        int added = -1;

        for (size_t x = 0; x < c->width; x++) {
            unsigned char lost = chain->lost[y * c->width + x];
            char letter = lost == 0 ? '.' : (char)('a' + lost - 1);

            wck_text_append(&row, &letter, 1);
        }
        if (!row.failed)
            added = json_array_append_new(rows, json_string(wck_text_string(&row)));
        wck_text_release(&row);
        if (added != 0) {
            json_decref(rows);
            return NULL;
        }
    }
    return rows;
}

json_t *wck_json_chain(const struct wck_coverage_report *report)
{
    const struct wck_chain *chain = report->chain;
    json_t *links;

    if (chain == NULL)
        return json_null();
    links = json_array();
    for (size_t k = 0; k < chain->count; k++) {
        if (json_array_append_new(links,
                                  link_of(&chain->links[k], &report->links[k])) != 0) {
            json_decref(links);
            return NULL;
        }
    }
    return json_pack("{s:o, s:o}", "warps", links, "map", where(chain));
}
