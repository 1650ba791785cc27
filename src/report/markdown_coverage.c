/* Markdown, coverage: a summary for the page of a continuous integration's run, below
 * 1 MiB: escaped, a byte is 5 at most, so 5 x WORDS x (LINES notes + 2 LINES texts of
 * what-ifs + 5 others) is 0.9 million. */
#include "src/report/formats.h"
#include "src/report/markdown.h"

#define WORDS 1000 /* bytes of one text */
#define LINES 60

static void write_text(struct wck_text *text, const char *words)
{
    wck_markdown_escape(text, words, WORDS);
}

static void write_head(struct wck_text *text, const struct wck_coverage_report *report)
{
    const struct wck_coverage *c = report->coverage;

    wck_text_printf(text, "## warpcheck coverage ");
    write_text(text, report->image_name);
    wck_text_printf(text, "\n\n**%zu of %zu entries (", c->entries_covered,
                    c->entries_total);
    wck_text_share(text, c->entries_covered, c->entries_total, 2);
    wck_text_printf(text, ") get a gradient**; %zu of %zu pixels\n\n",
                    c->pixels_covered, c->pixels_total);
    wck_text_printf(text, "Output %zux%zu: ", report->output_height,
                    report->output_width);
    write_text(text, report->convention);
    if (report->subject != NULL) {
        wck_text_printf(text, ". The gradient is that of ");
        write_text(text, report->subject);
    }
    wck_text_printf(text, ".\n");
}

static void write_reasons(struct wck_text *text, const struct wck_coverage *c)
{
    if (c->entries_covered == c->entries_total)
        return;
    wck_text_printf(text, "\n| reason | pixels | entries | what it means | what to do "
                          "|\n|---|--:|--:|---|---|\n");
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const struct wck_reason_row *row = wck_reason_row((enum wck_reason)r);

        if (c->reason_entries[r] == 0)
            continue;
        wck_text_printf(text, "| %s%s | %zu | %zu | ", row->fault ? "**FAULT** " : "",
                        row->id, c->reason_pixels[r], c->reason_entries[r]);
        write_text(text, row->definition);
        wck_text_printf(text, " | ");
        write_text(text, row->remedy);
        wck_text_printf(text, " |\n");
    }
    if (c->spurious_entries > 0)
        wck_text_printf(text,
                        "\n**FAULT**: %zu with a gradient that this warp does not send "
                        "there.\n",
                        c->spurious_entries);
}

static void write_notes(struct wck_text *text, const struct wck_coverage_report *report)
{
    if (report->note_count > 0)
        wck_text_printf(text, "\n");
    for (size_t i = 0; i < report->note_count && i < LINES; i++) {
        wck_text_printf(text, "- ");
        write_text(text, report->notes[i]);
        wck_text_printf(text, "\n");
    }
}

static void write_what_ifs(struct wck_text *text,
                           const struct wck_coverage_report *report)
{
    if (report->what_ifs == 0)
        return;
    wck_text_printf(text, "\n| what if | pixels | entries | at what cost |\n"
                          "|---|--:|--:|---|\n");
    for (size_t i = 0; i < report->what_ifs && i < LINES; i++) {
        const struct wck_what_if *row = &report->what_if[i];

        wck_text_printf(text, "| ");
        write_text(text, row->remedy);
        wck_text_printf(text, "%s | %zu | %zu (",
                        row->surrogate ? " (a surrogate)" : "", row->pixels_covered,
                        row->entries_covered);
        wck_text_share(text, row->entries_covered, report->coverage->entries_total, 2);
        wck_text_printf(text, ") | ");
        write_text(text, row->cost);
        wck_text_printf(text, " |\n");
    }
}

enum wck_status wck_markdown_coverage(const struct wck_coverage_report *report,
                                      struct wck_text *text, struct wck_error *err)
{
    write_head(text, report);
    write_reasons(text, report->coverage);
    wck_markdown_chain(text, report->chain);
    wck_markdown_map(text, report->map);
    write_notes(text, report);
    write_what_ifs(text, report);
    wck_text_printf(text, "\nAgain:\n\n");
    wck_markdown_code(text, report->command, WORDS);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}
