/* Text, coverage: the gradient with respect to what carries the map. */
#include <string.h>

#include "src/report/formats.h"
#include "src/report/paragraph.h"
#include "src/report/sentence.h"

#define NUMBER 9 /* characters of a count */

static bool occurs(const struct wck_map_coverage *map, int r)
{
    return wck_map_coverage_count(map, (enum wck_map_reason)r) > 0;
}

static void write_faults(struct wck_text *text, const struct wck_map_coverage *map)
{
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        const struct wck_map_reason_row *row =
            wck_map_reason_row((enum wck_map_reason)r);

        if (row->fault && occurs(map, r))
            wck_text_printf(text,
                            "FAULT: of the map's gradient %zu x, %zu y and %zu "
                            "matrix entries are %s.\n",
                            map->reasons[0][r], map->reasons[1][r],
                            map->matrix_reasons[r], row->id);
    }
}

static void write_headline(struct wck_text *text, const struct wck_map_coverage *map)
{
    struct wck_text line = {0};

    wck_text_printf(&line, "Of the map itself: a gradient with respect to ");
    wck_sentence_covered(&line, map, 0);
    wck_text_printf(&line, " x and ");
    wck_sentence_covered(&line, map, 1);
    wck_text_printf(&line, " y of the samples' coordinates");
    if (map->entries > 0) {
        wck_text_printf(&line, ", and to ");
        wck_sentence_covered(&line, map, 2);
        wck_text_printf(&line, " matrix entries");
    }
    wck_text_append(&line, ".", 1);
    wck_paragraph_wrap(text, wck_text_string(&line), 0, 0);
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

static void write_rows(struct wck_text *text, const struct wck_map_coverage *map)
{
    int width = (int)strlen("map reason");
    size_t words;

    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        int length = (int)strlen(wck_map_reason_row((enum wck_map_reason)r)->id);

        width = occurs(map, r) && length > width ? length : width;
    }
    words = (size_t)width + 3 * (NUMBER + 1) + 2;
    wck_text_printf(text, "\n%-*s %*s %*s %*s  what it means, and -> what to do\n",
                    width, "map reason", NUMBER, "x", NUMBER, "y", NUMBER, "matrix");
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        const struct wck_map_reason_row *row =
            wck_map_reason_row((enum wck_map_reason)r);

        if (!occurs(map, r))
            continue;
        wck_text_printf(text, "%-*s %*zu %*zu %*zu  ", width, row->id, NUMBER,
                        map->reasons[0][r], NUMBER, map->reasons[1][r], NUMBER,
                        map->matrix_reasons[r]);
        wck_paragraph_wrap(text, row->definition, words, words);
        wck_text_printf(text, "%*s-> ", (int)words, "");
        wck_paragraph_wrap(text, row->remedy, words + 3, words + 3);
    }
}

/* Which entries of the matrix, where there is one. */
static void write_entries(struct wck_text *text, const struct wck_map_coverage *map)
{
    if (map->matrices != 1 || map->matrix_covered == map->entries)
        return;
    wck_text_printf(text, "\n");
    for (size_t k = 0; k < map->entries; k++) {
        if (map->entry[k] != WCK_MAP_COVERED)
            wck_text_printf(
                text, "Matrix entry (%zu, %zu): %s\n", k / 3, k % 3,
                wck_map_reason_row((enum wck_map_reason)(map->entry[k] - 1))->id);
    }
}

void wck_text_map(struct wck_text *text, const struct wck_map_coverage *map)
{
    if (map == NULL)
        return;
    wck_text_append(text, "\n", 1);
    write_faults(text, map);
    write_headline(text, map);
    if (map->covered[0] < map->samples || map->covered[1] < map->samples ||
        map->matrix_covered < map->entries * map->matrices)
        write_rows(text, map);
    write_entries(text, map);
}
