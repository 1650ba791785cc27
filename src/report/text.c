/* Text, coverage: for somebody who printed a gradient and saw zeros. */
#include <stdio.h>
#include <string.h>

#include "src/report/formats.h"
#include "src/report/paragraph.h"
#include "src/report/sketch.h"

/* A line of the table of reasons: id, pixels, entries, then words from here on. */
struct columns {
    int id, pixels, entries;
    size_t words;
};

static int digits(size_t number)
{
    return snprintf(NULL, 0, "%zu", number);
}

static int widest(int a, int b)
{
    return a > b ? a : b;
}

static struct columns measure(const struct wck_coverage *c)
{
    struct columns columns = {(int)strlen("reason"), (int)strlen("pixels"),
                              (int)strlen("entries"), 0};

    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const char *id = wck_reason_row((enum wck_reason)r)->id;

        if (c->reason_entries[r] > 0)
            columns.id = widest(columns.id, (int)strlen(id));
        columns.pixels = widest(columns.pixels, digits(c->reason_pixels[r]));
        columns.entries = widest(columns.entries, digits(c->reason_entries[r]));
    }
    columns.words = (size_t)(columns.id + columns.pixels + columns.entries + 6);
    return columns;
}

static void write_reason(struct wck_text *text, const struct wck_coverage *c, int r,
                         const struct columns *columns)
{
    const struct wck_reason_row *row = wck_reason_row((enum wck_reason)r);

    wck_text_printf(text, "%-*s  %*zu  %*zu  ", columns->id, row->id, columns->pixels,
                    c->reason_pixels[r], columns->entries, c->reason_entries[r]);
    wck_paragraph_wrap(text, row->definition, columns->words, columns->words);
    wck_text_printf(text, "%*s-> ", (int)columns->words, "");
    wck_paragraph_wrap(text, row->remedy, columns->words + 3, columns->words + 3);
}

static void write_reasons(struct wck_text *text, const struct wck_coverage *c)
{
    struct columns columns = measure(c);

    if (c->entries_covered == c->entries_total)
        return;
    wck_text_printf(text, "\n%-*s  %*s  %*s  what it means, and -> what to do\n",
                    columns.id, "reason", columns.pixels, "pixels", columns.entries,
                    "entries");
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (c->reason_entries[r] > 0)
            write_reason(text, c, r, &columns);
    }
}

/* What makes the command fail comes first. */
static void write_faults(struct wck_text *text, const struct wck_coverage *c)
{
    static const char lead[] = "FAULT: ";

    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const struct wck_reason_row *row = wck_reason_row((enum wck_reason)r);
        struct wck_text line = {0};

        if (!row->fault || c->reason_entries[r] == 0)
            continue;
        wck_text_printf(&line, "%s%zu entr%s %s: %s.", lead, c->reason_entries[r],
                        c->reason_entries[r] == 1 ? "y is" : "ies are", row->id,
                        row->definition);
        wck_paragraph_wrap(text, wck_text_string(&line), 0, strlen(lead));
        text->failed = text->failed || line.failed;
        wck_text_release(&line);
    }
    if (c->spurious_entries > 0)
        wck_text_printf(text,
                        "%s%zu entr%s a gradient that this warp does not send there "
                        "(see the notes).\n",
                        lead, c->spurious_entries,
                        c->spurious_entries == 1 ? "y has" : "ies have");
}

static void write_headline(struct wck_text *text,
                           const struct wck_coverage_report *report)
{
    const struct wck_coverage *c = report->coverage;

    wck_text_printf(text, "%zu of %zu entries (", c->entries_covered, c->entries_total);
    wck_text_share(text, c->entries_covered, c->entries_total, 2);
    wck_text_printf(text, ") get a gradient%s; %zu of %zu pixels\n",
                    report->set != NULL ? " in some warp" : "", c->pixels_covered,
                    c->pixels_total);
}

static void write_warp(struct wck_text *text, const struct wck_coverage_report *report)
{
    struct wck_text line = {0};

    wck_text_printf(&line, "%s -> output %zux%zu: %s.", report->image_name,
                    report->output_height, report->output_width, report->convention);
    if (report->subject != NULL)
        wck_text_printf(&line, "  The gradient is that of %s.", report->subject);
    wck_paragraph_wrap(text, wck_text_string(&line), 0, 0);
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

static void write_notes(struct wck_text *text, const struct wck_coverage_report *report)
{
    if (report->note_count > 0)
        wck_text_printf(text, "\nNotes\n");
    for (size_t i = 0; i < report->note_count; i++) {
        wck_text_printf(text, "- ");
        wck_paragraph_wrap(text, report->notes[i], 2, 2);
    }
}

/* "12288 (100%)" */
static void count_entries(struct wck_text *cell, const struct wck_what_if *row,
                          const struct wck_coverage *c)
{
    wck_text_printf(cell, "%zu (", row->entries_covered);
    wck_text_share(cell, row->entries_covered, c->entries_total, 2);
    wck_text_append(cell, ")", 1);
}

/* "0.58", or "-" where there is nothing to compare with. */
static void write_ratio(struct wck_text *text, double ratio)
{
    if (ratio >= 0.0)
        wck_text_printf(text, "%7.3g", ratio);
    else
        wck_text_printf(text, "%7s", "-");
}

static void write_what_if_row(struct wck_text *text, const struct wck_what_if *row,
                              const struct wck_coverage *c, int width)
{
    struct wck_text entries = {0};

    wck_text_printf(text, "%s%c%*s ", row->remedy, row->surrogate ? '*' : ' ',
                    width - (int)strlen(row->remedy), "");
    count_entries(&entries, row, c);
    wck_text_printf(text, "%7zu  %-19s", row->pixels_covered,
                    wck_text_string(&entries));
    write_ratio(text, row->bias);
    write_ratio(text, row->work);
    wck_text_printf(text, "\n    ");
    text->failed = text->failed || entries.failed;
    wck_text_release(&entries);
    wck_paragraph_wrap(text, row->cost, 4, 4);
}

static void write_what_ifs(struct wck_text *text,
                           const struct wck_coverage_report *report)
{
    int width = (int)strlen("what if");
    bool surrogate = false;

    if (report->what_ifs == 0)
        return;
    for (size_t i = 0; i < report->what_ifs; i++)
        width = widest(width, (int)strlen(report->what_if[i].remedy));
    wck_text_printf(text, "\n%-*s   pixels  %-19s   bias   work\n", width, "what if",
                    "entries");
    for (size_t i = 0; i < report->what_ifs; i++) {
        write_what_if_row(text, &report->what_if[i], report->coverage, width);
        surrogate = surrogate || report->what_if[i].surrogate;
    }
    wck_text_printf(
        text, "bias: how far the weights are from this warp's, relative to them; work: "
              "taps read, relative to\nthis warp's\n");
    if (surrogate)
        wck_text_printf(text,
                        "* a surrogate: a gradient, but not the true derivative\n");
}

enum wck_status wck_text_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err)
{
    enum wck_status status;

    write_faults(text, report->coverage);
    wck_text_gates(text, report->gates, true);
    write_headline(text, report);
    wck_text_append(text, "\n", 1);
    write_warp(text, report);
    status = wck_sketch_write(text, report->coverage, report->sketch, err);
    if (status != WCK_OK)
        return status;
    wck_text_set(text, report);
    wck_text_chain(text, report->chain);
    write_reasons(text, report->coverage);
    wck_text_map(text, report->map);
    wck_text_gates(text, report->gates, false);
    write_notes(text, report);
    write_what_ifs(text, report);
    wck_text_printf(text, "\nAgain: ");
    wck_paragraph_plain(text, report->command);
    wck_text_append(text, "\n", 1);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}
