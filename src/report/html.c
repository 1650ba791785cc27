/* Html: the page, page/page.html with every mark replaced. */
#include <string.h>

#include "src/report/formats.h"
#include "src/report/markup.h"
#include "src/report/page.h"
#include "src/report/page_map.h"
#include "src/report/page_numbers.h"
#include "src/report/paragraph.h"
#include "src/report/planes.h"
#include "src/report/tables.h"
#include "src/report/uri.h"

#define SHOWN 1024 /* most cells along an axis of the pictures in the page */
#define SCALED 768 /* longer side of a map that is scaled up */

/* What a mark's writer is given; the first error stays. */
struct page {
    const struct wck_coverage_report *report;
    struct wck_page_numbers numbers; /* for the script */
    struct wck_cells shown;          /* in the pictures */
    struct wck_text *text;
    enum wck_status status;
    struct wck_error *err;
};

static const struct wck_coverage *coverage(const struct page *page)
{
    return page->report->coverage;
}

static void keep(struct page *page, enum wck_status status)
{
    if (page->status == WCK_OK)
        page->status = status;
}

static void write_lines(struct page *page, const char *const *lines)
{
    for (; *lines != NULL; lines++)
        wck_text_append(page->text, *lines, strlen(*lines));
}

static void write_style(struct page *page)
{
    write_lines(page, wck_page_css);
}

static void write_script(struct page *page)
{
    write_lines(page, wck_page_js);
}

static void write_title(struct page *page)
{
    wck_text_share(page->text, coverage(page)->entries_covered,
                   coverage(page)->entries_total, 2);
    wck_text_printf(page->text, " of ");
    wck_markup_escape(page->text, page->report->image_name);
}

static void write_headline(struct page *page)
{
    const struct wck_coverage *c = coverage(page);

    wck_text_printf(page->text, "%zu of %zu entries (<b>", c->entries_covered,
                    c->entries_total);
    wck_text_share(page->text, c->entries_covered, c->entries_total, 2);
    wck_text_printf(page->text, "</b>) get a gradient%s",
                    page->report->set != NULL ? " in some warp" : "");
}

static void write_pixels(struct page *page)
{
    wck_text_printf(page->text, "%zu of %zu pixels", coverage(page)->pixels_covered,
                    coverage(page)->pixels_total);
}

static void write_name(struct page *page)
{
    const struct wck_coverage_report *report = page->report;

    wck_markup_escape(page->text, report->image_name);
    wck_text_printf(page->text, " &rarr; output %zux%zu", report->output_height,
                    report->output_width);
}

static const char *entries(size_t count)
{
    return count == 1 ? "entry" : "entries";
}

static void write_faults(struct page *page)
{
    const struct wck_coverage *c = coverage(page);

    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const struct wck_reason_row *row = wck_reason_row((enum wck_reason)r);

        if (!row->fault || c->reason_entries[r] == 0)
            continue;
        wck_text_printf(page->text, "<p class=\"fault\"><b>%zu %s %s:</b> ",
                        c->reason_entries[r], entries(c->reason_entries[r]), row->id);
        wck_markup_escape(page->text, row->definition);
        wck_text_printf(page->text, ". &rarr; ");
        wck_markup_escape(page->text, row->remedy);
        wck_text_printf(page->text, ".</p>\n");
    }
    if (c->spurious_entries > 0)
        wck_text_printf(page->text,
                        "<p class=\"fault\"><b>%zu %s spurious:</b> a gradient that "
                        "this warp does not send there. &rarr; see whether the warp "
                        "declared is the one that ran: matrix, direction, border, "
                        "kernel.</p>\n",
                        c->spurious_entries, entries(c->spurious_entries));
    wck_tables_map_faults(page->text, page->report->map);
    wck_tables_gates(page->text, page->report->gates);
}

static void write_share(struct page *page, size_t entries, const char *what)
{
    double percent = 100.0 * (double)entries / (double)coverage(page)->entries_total;

    wck_text_printf(page->text,
                    "<span title=\"%s: %zu entries\" style=\"flex:%.6f 1 0;", what,
                    entries, percent);
}

static void write_shares(struct page *page)
{
    const struct wck_coverage *c = coverage(page);

    if (c->entries_covered > 0) {
        write_share(page, c->entries_covered, "covered");
        wck_text_printf(page->text, "background:var(--accent)\"></span>");
    }
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (c->reason_entries[r] == 0)
            continue;
        write_share(page, c->reason_entries[r], wck_reason_row((enum wck_reason)r)->id);
        wck_text_printf(page->text, "background-image:url(");
        keep(page, wck_plane_hatch(page->text, (enum wck_reason)r, page->err));
        wck_text_printf(page->text, ")\"></span>");
    }
}

static void write_map(struct page *page)
{
    wck_page_map_attributes(page->text, page->report, &page->numbers.cells);
}

static void write_backdrop(struct page *page)
{
    if (page->report->image == NULL)
        return;
    wck_text_printf(page->text, "<img id=\"image\" class=\"picture\" alt=\"The image\" "
                                "src=\"");
    keep(page,
         wck_plane_image(page->text, &page->shown, page->report->image, page->err));
    wck_text_printf(page->text, "\">");
}

static void write_tools(struct page *page)
{
    if (page->report->image != NULL)
        wck_page_map_tools(page->text);
}

static void write_layers(struct page *page)
{
    if (page->numbers.cells.error != NULL)
        wck_page_map_error_layer(page->text);
}

static void write_cells(struct page *page)
{
    keep(page, wck_plane_map(page->text, &page->shown, SCALED, page->err));
}

static void write_ramp(struct page *page)
{
    keep(page, wck_plane_ramp(page->text, page->err));
}

static void write_low(struct page *page)
{
    wck_text_printf(page->text, "%.3g", page->shown.ramp.low);
}

static void write_high(struct page *page)
{
    wck_text_printf(page->text, "%.3g", page->shown.ramp.high);
}

static void write_block(struct page *page)
{
    size_t block = page->numbers.cells.block;

    if (block > 1)
        wck_text_printf(
            page->text,
            " Each cell of the map is a block of %zux%zu pixels: it shows a "
            "fault if there is one, else a gradient if there is one, else what "
            "most of them are; and the largest numbers.",
            block, block);
}

static void write_numbers(struct page *page)
{
    const struct wck_text *text = &page->numbers.text;

    wck_text_append(page->text, wck_text_string(text), text->size);
}

static void write_legend(struct page *page)
{
    keep(page, wck_tables_legend(page->text, coverage(page), page->err));
}

static void write_regions(struct page *page)
{
    keep(page, wck_tables_regions(page->text, coverage(page), page->err));
}

static void write_arrays(struct page *page)
{
    const char *arrays = page->report->arrays;

    if (arrays != NULL) {
        wck_text_printf(page->text, "Every pixel is in <a id=\"arrays\" href=\"");
        wck_uri_of_path(arrays, page->text);
        wck_text_printf(page->text, "\">");
        wck_markup_escape(page->text, arrays);
        wck_text_printf(page->text, "</a>.");
    } else if (page->numbers.cells.block > 1) {
        wck_text_printf(page->text, "For the numbers of every pixel add <code>--npy "
                                    "FILE</code> or <code>--csv FILE</code>.");
    }
}

static void write_reasons(struct page *page)
{
    keep(page, wck_tables_reasons(page->text, coverage(page), page->err));
}

/* What the map's numbers are: see wck_set_coverage. */
static void write_magnitude(struct page *page)
{
    wck_text_printf(page->text, page->report->set != NULL
                                    ? "the share of the warps that give them a gradient"
                                    : "the largest |gradient| over their channels");
}

static void write_term(struct page *page)
{
    wck_text_printf(page->text,
                    page->report->set != NULL ? "share of warps" : "|gradient|");
}

static void write_weights(struct page *page)
{
    wck_text_printf(page->text, "%s&Sigma;&thinsp;|weight|",
                    page->report->set != NULL ? "mean " : "");
}

static void write_set(struct page *page)
{
    wck_tables_set(page->text, page->report);
    wck_tables_chain(page->text, page->report->chain);
}

static void write_map_gradient(struct page *page)
{
    wck_tables_map(page->text, page->report->map);
}

static void write_notes(struct page *page)
{
    wck_tables_notes(page->text, page->report);
}

static void write_what_ifs(struct page *page)
{
    wck_tables_what_ifs(page->text, page->report);
}

static void write_convention(struct page *page)
{
    wck_markup_escape(page->text, page->report->convention);
}

static void write_facts(struct page *page)
{
    wck_tables_facts(page->text, page->report);
}

static void write_command(struct page *page)
{
    wck_markup_escape(page->text, page->report->command);
}

/* The marks of page.html. */
static const struct mark {
    const char *name;
    void (*write)(struct page *page);
} marks[] = {
    {"TITLE", write_title},
    {"STYLE", write_style},
    {"SCRIPT", write_script},
    {"HEADLINE", write_headline},
    {"PIXELS", write_pixels},
    {"NAME", write_name},
    {"FAULTS", write_faults},
    {"SHARES", write_shares},
    {"MAP", write_map},
    {"BACKDROP", write_backdrop},
    {"TOOLS", write_tools},
    {"CELLS", write_cells},
    {"RAMP", write_ramp},
    {"LOW", write_low},
    {"HIGH", write_high},
    {"BLOCK", write_block},
    {"REASONS", write_reasons},
    {"OFMAP", write_map_gradient},
    {"NOTES", write_notes},
    {"WHATIFS", write_what_ifs},
    {"CONVENTION", write_convention},
    {"FACTS", write_facts},
    {"COMMAND", write_command},
    {"NUMBERS", write_numbers},
    {"LEGEND", write_legend},
    {"REGIONS", write_regions},
    {"LAYERS", write_layers},
    {"ARRAYS", write_arrays},
    {"SET", write_set},
    {"MAGNITUDE", write_magnitude},
    {"TERM", write_term},
    {"WEIGHTS", write_weights},
};

/* The mark that the text after an '@' begins with; NULL: none. */
static const struct mark *find_mark(const char *after)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t size = strlen(marks[i].name);

        if (strncmp(after, marks[i].name, size) == 0 && after[size] == '@')
            return &marks[i];
    }
    return NULL;
}

static void write_line(struct page *page, const char *line)
{
    while (*line != '\0') {
        size_t size = strcspn(line, "@");
        const struct mark *mark = NULL;

        wck_text_append(page->text, line, size);
        line += size;
        if (*line == '@')
            mark = find_mark(line + 1);
        if (mark != NULL) {
            mark->write(page);
            line += strlen(mark->name) + 2;
        } else if (*line == '@') {
            wck_text_append(page->text, line++, 1);
        }
    }
}

enum wck_status wck_html_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err)
{
    struct page page = {.report = report, .text = text, .err = err};

    page.status = wck_page_numbers_make(&page.numbers, report, WCK_PAGE_BYTES, err);
    if (page.status == WCK_OK)
        page.status = wck_cells_make(&page.shown, report->coverage, SHOWN, err);
    for (size_t i = 0; page.status == WCK_OK && wck_page_html[i] != NULL; i++)
        write_line(&page, wck_page_html[i]);
    wck_page_numbers_release(&page.numbers);
    wck_cells_release(&page.shown);
    if (page.status == WCK_OK && text->failed)
        return wck_error_no_memory(err);
    return page.status;
}
