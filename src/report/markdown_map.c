/* Markdown, coverage: the gradient with respect to what carries the map.  At most as
 * many lines as there are reasons, of constant words. */
#include "src/report/formats.h"

void wck_markdown_map(struct wck_text *text, const struct wck_map_coverage *map)
{
    if (map == NULL)
        return;
    wck_text_printf(text,
                    "\nOf the map itself: a gradient with respect to **%zu of %zu** x "
                    "and **%zu of %zu** y",
                    map->covered[0], map->samples, map->covered[1], map->samples);
    if (map->entries > 0)
        wck_text_printf(text, ", and to **%zu of %zu** matrix entries",
                        map->matrix_covered, map->entries * map->matrices);
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
