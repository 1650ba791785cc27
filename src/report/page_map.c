#include "src/report/page_map.h"

static void append_frame(struct wck_text *text,
                         const struct wck_coverage_report *report)
{
    wck_text_printf(text, " data-frame=\"");
    for (int k = 0; k < 4; k++)
        wck_text_printf(text, "%s%.9g %.9g", k > 0 ? " " : "", report->frame[k][0],
                        report->frame[k][1]);
    wck_text_append(text, "\"", 1);
}

void wck_page_map_attributes(struct wck_text *text,
                             const struct wck_coverage_report *report,
                             const struct wck_cells *cells)
{
    wck_text_printf(text,
                    "data-width=\"%zu\" data-height=\"%zu\" data-block=\"%zu\" "
                    "data-image-width=\"%zu\" data-image-height=\"%zu\" "
                    "data-output-width=\"%zu\" data-output-height=\"%zu\"",
                    cells->width, cells->height, cells->block, report->coverage->width,
                    report->coverage->height, report->output_width,
                    report->output_height);
    if (report->framed)
        append_frame(text, report);
}

static void append_slider(struct wck_text *text, const char *words, const char *name,
                          int value)
{
    wck_text_printf(text,
                    "<label class=\"slider\">%s <input id=\"%s\" type=\"range\" "
                    "min=\"0\" max=\"100\" value=\"%d\"></label>\n",
                    words, name, value);
}

void wck_page_map_tools(struct wck_text *text)
{
    wck_text_printf(text, "<div class=\"tools scripted\" role=\"group\" "
                          "aria-label=\"Against the image\">\n<button type=\"button\" "
                          "id=\"flip\" aria-pressed=\"false\">Flip to the image "
                          "<kbd>f</kbd></button>\n");
    append_slider(text, "map over it", "opacity", 75);
    append_slider(text, "image on the left", "split", 0);
    wck_text_printf(text, "</div>\n");
}

void wck_page_map_error_layer(struct wck_text *text)
{
    wck_text_printf(text, "<label><input type=\"radio\" name=\"layer\" "
                          "value=\"error\"><span>Error</span></label>\n");
}
