/* The page's words on the gradient with respect to what carries the map. */
#include "src/report/markup.h"
#include "src/report/sentence.h"
#include "src/report/tables.h"

static bool occurs(const struct wck_map_coverage *map, int r)
{
    return map->reasons[0][r] + map->reasons[1][r] + map->matrix_reasons[r] > 0;
}

void wck_tables_map_faults(struct wck_text *text, const struct wck_map_coverage *map)
{
    for (int r = 0; map != NULL && r < WCK_MAP_REASON_COUNT; r++) {
        const struct wck_map_reason_row *row =
            wck_map_reason_row((enum wck_map_reason)r);

        if (!row->fault || !occurs(map, r))
            continue;
        wck_text_printf(text,
                        "<p class=\"fault\"><b>Of the map's gradient %zu x, %zu y and "
                        "%zu matrix entries %s:</b> ",
                        map->reasons[0][r], map->reasons[1][r], map->matrix_reasons[r],
                        row->id);
        wck_markup_escape(text, row->definition);
        wck_text_printf(text, ".</p>\n");
    }
}

static void numbers(struct wck_text *text, size_t x, size_t y, size_t matrix)
{
    wck_text_printf(text,
                    "<td class=\"number\">%zu</td><td class=\"number\">%zu</td><td "
                    "class=\"number\">%zu</td>",
                    x, y, matrix);
}

static void map_row(struct wck_text *text, const struct wck_map_coverage *map, int r)
{
    const struct wck_map_reason_row *row = wck_map_reason_row((enum wck_map_reason)r);

    wck_text_printf(text, "<tr><td><b>%s</b></td>", row->id);
    numbers(text, map->reasons[0][r], map->reasons[1][r], map->matrix_reasons[r]);
    wck_text_printf(text, "<td class=\"words\">");
    wck_markup_escape(text, row->definition);
    wck_text_printf(text, "</td><td class=\"words\">");
    wck_markup_escape(text, row->remedy);
    wck_text_printf(text, "</td></tr>\n");
}

/* Not where nothing is known of any. */
static void covered_row(struct wck_text *text, const struct wck_map_coverage *map)
{
    size_t covered = map->covered[0] + map->covered[1] + map->matrix_covered;

    if (covered == 0 && occurs(map, WCK_MAP_UNDETERMINED))
        return;
    wck_text_printf(text, "<tr><td><b>covered</b></td>");
    numbers(text, map->covered[0], map->covered[1], map->matrix_covered);
    wck_text_printf(text, "<td class=\"words\">a gradient that is finite and not 0"
                          "</td><td class=\"words\"></td></tr>\n");
}

/* Which entries of the matrix, where there is one. */
static void entries(struct wck_text *text, const struct wck_map_coverage *map)
{
    if (map->matrices != 1 || map->matrix_covered == map->entries)
        return;
    wck_text_printf(text, "<ul>\n");
    for (size_t k = 0; k < map->entries; k++) {
        if (map->entry[k] != WCK_MAP_COVERED)
            wck_text_printf(
                text, "<li>Matrix entry (%zu, %zu): %s</li>\n", k / 3, k % 3,
                wck_map_reason_row((enum wck_map_reason)(map->entry[k] - 1))->id);
    }
    wck_text_printf(text, "</ul>");
}

void wck_tables_map(struct wck_text *text, const struct wck_map_coverage *map)
{
    if (map == NULL)
        return;
    wck_text_printf(text, "<section aria-labelledby=\"map-gradient-title\"><h2 "
                          "id=\"map-gradient-title\">Of the map itself</h2><p>A "
                          "gradient with respect to ");
    wck_sentence_covered(text, map, 0);
    wck_text_printf(text, " x and ");
    wck_sentence_covered(text, map, 1);
    wck_text_printf(text, " y of the samples&#39; coordinates");
    if (map->entries > 0) {
        wck_text_printf(text, ", and to ");
        wck_sentence_covered(text, map, 2);
        wck_text_printf(text, " matrix entries");
    }
    wck_text_printf(
        text, ".</p>\n<div class=\"scroll\"><table id=\"map-reasons\">\n<tr><th "
              "scope=\"col\">map reason</th><th scope=\"col\" class=\"number\">x</th>"
              "<th scope=\"col\" class=\"number\">y</th><th scope=\"col\" "
              "class=\"number\">matrix</th><th scope=\"col\">what it means</th><th "
              "scope=\"col\">what to do</th></tr>\n");
    covered_row(text, map);
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        if (occurs(map, r))
            map_row(text, map, r);
    }
    wck_text_printf(text, "</table></div>");
    entries(text, map);
    wck_text_printf(text, "</section>\n");
}
