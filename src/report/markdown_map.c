/* Markdown, coverage: the gradient with respect to what carries the map.  At most as
 * many lines as there are reasons, of constant words. */
#include "src/report/formats.h"
#include "src/report/sentence.h"

void wck_markdown_map(struct wck_text *text, const struct wck_map_coverage *map)
{
    if (map == NULL)
        return;
    wck_text_printf(text, "\nOf the map itself: a gradient with respect to **");
    wck_sentence_covered(text, map, 0);
    wck_text_printf(text, "** x and **");
    wck_sentence_covered(text, map, 1);
    wck_text_printf(text, "** y");
    if (map->entries > 0) {
        wck_text_printf(text, ", and to **");
        wck_sentence_covered(text, map, 2);
        wck_text_printf(text, "** matrix entries");
    }
    wck_text_printf(text,
                    ".\n\n| map reason | x | y | matrix | what it means | what to "
                    "do |\n|---|--:|--:|--:|---|---|\n");
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        const struct wck_map_reason_row *row =
            wck_map_reason_row((enum wck_map_reason)r);

        if (wck_map_coverage_count(map, (enum wck_map_reason)r) > 0)
            wck_text_printf(text, "| %s%s | %zu | %zu | %zu | %s | %s |\n",
                            row->fault ? "**FAULT** " : "", row->id, map->reasons[0][r],
                            map->reasons[1][r], map->matrix_reasons[r], row->definition,
                            row->remedy);
    }
}
