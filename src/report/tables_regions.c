/* Tables, of the map: what its colours mean, and the regions that get no gradient. */
#include "src/coverage/region.h"
#include "src/report/markup.h"
#include "src/report/planes.h"
#include "src/report/tables.h"

#define LISTED 100 /* regions in the page */

static enum wck_status legend_item(struct wck_text *text, enum wck_reason reason,
                                   struct wck_error *err)
{
    const struct wck_reason_row *row = wck_reason_row(reason);
    enum wck_status status;

    wck_text_printf(text, "<li><img class=\"swatch\" alt=\"\" src=\"");
    status = wck_plane_hatch(text, reason, err);
    wck_text_printf(text, "\"><span class=\"letter\">%c</span>%s</li>\n", row->letter,
                    row->id);
    return status;
}

enum wck_status wck_tables_legend(struct wck_text *text,
                                  const struct wck_coverage *coverage,
                                  struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    wck_text_printf(text, "<ul class=\"legend\" aria-label=\"Legend\">\n");
    wck_text_printf(text, "<li><img class=\"swatch ramped\" alt=\"\" src=\"");
    status = wck_plane_ramp(text, err);
    wck_text_printf(text, "\"><span class=\"letter\">.</span>covered</li>\n");
    for (int r = 0; r < WCK_REASON_COUNT && status == WCK_OK; r++) {
        if (coverage->reason_entries[r] > 0)
            status = legend_item(text, (enum wck_reason)r, err);
    }
    wck_text_printf(text, "</ul>\n");
    return status;
}

static void span(struct wck_text *text, size_t first, size_t last)
{
    wck_text_printf(text, "<td class=\"number\">%zu", first);
    if (last > first)
        wck_text_printf(text, "&ndash;%zu", last);
    wck_text_printf(text, "</td>");
}

static void region_row(struct wck_text *text, const struct wck_region *region,
                       size_t number)
{
    const struct wck_reason_row *row = wck_reason_row(region->reason);

    wck_text_printf(text,
                    "<tr data-x=\"%zu\" data-y=\"%zu\" data-left=\"%zu\" "
                    "data-top=\"%zu\" data-right=\"%zu\" data-bottom=\"%zu\">"
                    "<th scope=\"row\"><a class=\"jump\" href=\"#map-title\">%zu</a>"
                    "</th><td class=\"key\"><span class=\"letter\">%c</span>%s</td>",
                    region->x, region->y, region->left, region->top, region->right,
                    region->bottom, number, row->letter, row->id);
    wck_text_printf(text, "<td class=\"number\">%zu</td>", region->pixels);
    span(text, region->left, region->right);
    span(text, region->top, region->bottom);
    wck_text_printf(text, "<td class=\"words\">");
    wck_markup_escape(text, row->remedy);
    wck_text_printf(text, "</td></tr>\n");
}

static void begin_regions(struct wck_text *text, const struct wck_regions *regions)
{
    wck_text_printf(
        text,
        "<section aria-labelledby=\"regions-title\"><h2 id=\"regions-title\">Regions "
        "without a gradient</h2>\n<p class=\"hint\">Pixels of one reason that hang "
        "together by their edges: %zu region%s%s. <span class=\"scripted\">"
        "<kbd>j</kbd> and <kbd>k</kbd> go to the next and to the previous.</span></p>\n"
        "<div class=\"scroll tall\" id=\"regions\" tabindex=\"0\" role=\"group\" "
        "aria-labelledby=\"regions-title\"><table>\n<thead><tr><th scope=\"col\">no."
        "</th><th scope=\"col\">reason</th><th scope=\"col\" class=\"number\">pixels"
        "</th><th scope=\"col\" class=\"number\">columns x</th><th scope=\"col\" "
        "class=\"number\">rows y</th><th scope=\"col\">what to do</th></tr></thead>\n"
        "<tbody>\n",
        regions->total, regions->total == 1 ? "" : "s",
        regions->total > regions->count ? "; faults and the largest are listed" : "");
}

enum wck_status wck_tables_regions(struct wck_text *text,
                                   const struct wck_coverage *coverage,
                                   struct wck_error *err)
{
    struct wck_regions regions;
    enum wck_status status = wck_regions_find(&regions, coverage, LISTED, err);

    if (status == WCK_OK && regions.count > 0) {
        begin_regions(text, &regions);
        for (size_t i = 0; i < regions.count; i++)
            region_row(text, &regions.items[i], i + 1);
        wck_text_printf(text, "</tbody></table></div></section>\n");
    }
    wck_regions_release(&regions);
    return status;
}
