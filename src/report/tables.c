#include "src/report/tables.h"

#include "src/report/markup.h"
#include "src/report/paragraph.h"
#include "src/report/planes.h"

static void meter(struct wck_text *text, size_t part, size_t whole, size_t mark)
{
    wck_text_printf(text, "<span class=\"meter\"><i style=\"width:%.3f%%\"></i>",
                    100.0 * (double)part / (double)whole);
    if (mark > 0)
        wck_text_printf(text, "<u style=\"left:%.3f%%\"></u>",
                        100.0 * (double)mark / (double)whole);
    wck_text_printf(text, "</span>");
}

static void share(struct wck_text *text, size_t part, size_t whole)
{
    wck_text_printf(text, "<td class=\"number\">");
    wck_text_share(text, part, whole, 2);
    wck_text_printf(text, "</td>");
}

/* The row of "covered" (reason NULL) or of a reason, up to its numbers. */
static enum wck_status begin_row(struct wck_text *text, unsigned code,
                                 const struct wck_reason_row *reason,
                                 struct wck_error *err)
{
    static const char covered[] = "a gradient arrives that is finite and not 0";
    enum wck_status status;

    wck_text_printf(text,
                    "<tr data-code=\"%u\" data-letter=\"%c\" data-name=\"%s\" "
                    "data-fault=\"%d\" data-meaning=\"",
                    code, reason != NULL ? reason->letter : '.',
                    reason != NULL ? reason->id : "covered",
                    reason != NULL && reason->fault);
    wck_markup_escape(text, reason != NULL ? reason->definition : covered);
    wck_text_printf(text, "\" data-remedy=\"");
    wck_markup_escape(text, reason != NULL ? reason->remedy : "");
    wck_text_printf(text, "\" data-colours=\"");
    if (reason != NULL)
        wck_plane_colours(text, (enum wck_reason)(code - 1));
    else
        wck_plane_ramp_colours(text);
    wck_text_printf(text, "\"><td class=\"key\"><img class=\"swatch\" alt=\"\" src=\"");
    status = reason != NULL ? wck_plane_hatch(text, (enum wck_reason)(code - 1), err)
                            : wck_plane_ramp(text, err);
    wck_text_printf(text, "\"><span class=\"letter\">%c</span>%s</td>",
                    reason != NULL ? reason->letter : '.',
                    reason != NULL ? reason->id : "covered");
    return status;
}

static enum wck_status covered_row(struct wck_text *text, const struct wck_coverage *c,
                                   struct wck_error *err)
{
    enum wck_status status = begin_row(text, WCK_COVERED, NULL, err);

    wck_text_printf(text, "<td class=\"number\">%zu</td><td class=\"number\">%zu</td>",
                    c->pixels_covered, c->entries_covered);
    share(text, c->entries_covered, c->entries_total);
    wck_text_printf(text, "<td class=\"words\">a gradient arrives that is finite and "
                          "not 0</td><td class=\"words\"></td></tr>\n");
    return status;
}

static enum wck_status reason_row(struct wck_text *text, const struct wck_coverage *c,
                                  enum wck_reason reason, struct wck_error *err)
{
    const struct wck_reason_row *row = wck_reason_row(reason);
    enum wck_status status = begin_row(text, 1U + (unsigned)reason, row, err);

    wck_text_printf(text, "<td class=\"number\">%zu</td><td class=\"number\">%zu</td>",
                    c->reason_pixels[reason], c->reason_entries[reason]);
    share(text, c->reason_entries[reason], c->entries_total);
    wck_text_printf(text, "<td class=\"words\">");
    wck_markup_escape(text, row->definition);
    wck_text_printf(text, "</td><td class=\"words\">");
    wck_markup_escape(text, row->remedy);
    wck_text_printf(text, "</td></tr>\n");
    return status;
}

enum wck_status wck_tables_reasons(struct wck_text *text,
                                   const struct wck_coverage *coverage,
                                   struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    wck_text_printf(
        text,
        "<section aria-labelledby=\"reasons-title\"><h2 id=\"reasons-title\">Why the "
        "others get none</h2><div class=\"scroll\"><table id=\"reasons\">\n<tr><th "
        "scope=\"col\">reason</th>"
        "<th scope=\"col\" class=\"number\">pixels</th><th scope=\"col\" "
        "class=\"number\">entries</th>"
        "<th scope=\"col\" class=\"number\">share</th><th scope=\"col\">what it "
        "means</th><th scope=\"col\">what to "
        "do</th></tr>\n");
    status = covered_row(text, coverage, err);
    for (int r = 0; r < WCK_REASON_COUNT && status == WCK_OK; r++) {
        if (coverage->reason_entries[r] > 0)
            status = reason_row(text, coverage, (enum wck_reason)r, err);
    }
    wck_text_printf(text, "</table></div></section>\n");
    return status;
}

void wck_tables_gates(struct wck_text *text, const struct wck_gates *gates)
{
    for (size_t i = 0; gates != NULL && i < gates->count; i++) {
        if (gates->items[i].failed)
            wck_text_printf(text, "<p class=\"fault\"><b>--%s:</b> %s.</p>\n",
                            gates->items[i].name, gates->items[i].text);
    }
}

static void set_row(struct wck_text *text, const char *what, size_t pixels,
                    const struct wck_coverage *c)
{
    size_t entries = pixels * c->planes;

    wck_text_printf(text,
                    "<tr><td><b>%s</b></td><td class=\"number\">%zu</td><td "
                    "class=\"number\">%zu</td>",
                    what, pixels, entries);
    share(text, entries, c->entries_total);
    wck_text_printf(text, "<td>");
    meter(text, entries, c->entries_total, 0);
    wck_text_printf(text, "</td></tr>\n");
}

void wck_tables_set(struct wck_text *text, const struct wck_coverage_report *report)
{
    const struct wck_set *set = report->set;

    if (set == NULL)
        return;
    wck_text_printf(
        text,
        "<section aria-labelledby=\"set-title\"><h2 id=\"set-title\">%zu warp%s</h2>"
        "<div class=\"scroll\"><table>\n<tr><th scope=\"col\">get a gradient "
        "in</th><th scope=\"col\" "
        "class=\"number\">pixels</th><th scope=\"col\" "
        "class=\"number\">entries</th><th scope=\"col\" "
        "class=\"number\">share</th><th scope=\"col\"></th></tr>\n",
        set->warps, set->warps == 1 ? "" : "s");
    set_row(text, "all", set->pixels_all, report->coverage);
    set_row(text, "some, but not all", set->pixels_some, report->coverage);
    set_row(text, "none", set->pixels_none, report->coverage);
    wck_text_printf(text,
                    "</table></div><p class=\"hint\">One warp gives a gradient to "
                    "%.1f pixels on average; the least to %zu (warp %zu), the most to "
                    "%zu (warp %zu).</p></section>\n",
                    set->pixels / (double)set->warps, set->least.pixels,
                    set->least.number, set->most.pixels, set->most.number);
}

static void chain_row(struct wck_text *text, size_t warp, int r,
                      const struct wck_chain_link *link)
{
    wck_text_printf(text,
                    "<tr><td>warp %zu</td><td><b>%s</b></td><td class=\"number\">%zu"
                    "</td><td class=\"number\">%zu</td><td class=\"number\">%zu</td>"
                    "</tr>\n",
                    warp, wck_reason_row((enum wck_reason)r)->id, link->pixels[r],
                    link->entries[r], link->behind[r]);
}

void wck_tables_chain(struct wck_text *text, const struct wck_chain *chain)
{
    if (chain == NULL)
        return;
    wck_text_printf(
        text,
        "<section aria-labelledby=\"chain-title\"><h2 id=\"chain-title\">%zu warps, "
        "one after another</h2><div class=\"scroll\"><table>\n<tr><th "
        "scope=\"col\">lost in</th><th scope=\"col\">reason</th><th scope=\"col\" "
        "class=\"number\">pixels</th><th scope=\"col\" class=\"number\">entries</th>"
        "<th scope=\"col\" class=\"number\">behind</th></tr>\n",
        chain->count);
    for (size_t k = 0; k < chain->count; k++) {
        for (int r = 0; r < WCK_REASON_COUNT; r++) {
            if (chain->links[k].behind[r] > 0)
                chain_row(text, k + 1, r, &chain->links[k]);
        }
    }
    wck_text_printf(text,
                    "</table></div><p class=\"hint\">Behind: entries that have it "
                    "among their causes; each is counted once as lost, by the "
                    "first of them.</p></section>\n");
}

void wck_tables_notes(struct wck_text *text, const struct wck_coverage_report *report)
{
    if (report->note_count == 0)
        return;
    wck_text_printf(text, "<section aria-labelledby=\"notes-title\"><h2 "
                          "id=\"notes-title\">Notes</h2><ul>\n");
    for (size_t i = 0; i < report->note_count; i++) {
        wck_text_printf(text, "<li>");
        wck_markup_escape(text, report->notes[i]);
        wck_text_printf(text, "</li>\n");
    }
    wck_text_printf(text, "</ul></section>\n");
}

static void ratio(struct wck_text *text, double value)
{
    if (value >= 0.0)
        wck_text_printf(text, "<td class=\"number\">%.3g</td>", value);
    else
        wck_text_printf(text, "<td class=\"number\">-</td>");
}

static void what_if_row(struct wck_text *text, const struct wck_what_if *row,
                        size_t number, const struct wck_coverage *c)
{
    const char *gain = row->entries_covered > c->entries_covered ? " gain" : "";

    wck_text_printf(text, "<tr data-what-if=\"%zu\"><td><b>", number);
    wck_markup_escape(text, row->remedy);
    wck_text_printf(text, "</b>%s",
                    row->surrogate ? "<span class=\"tag\">surrogate</span>" : "");
    wck_text_printf(text, "</td><td class=\"number\">%zu</td>", row->pixels_covered);
    wck_text_printf(text, "<td class=\"number%s\">%zu</td>", gain,
                    row->entries_covered);
    share(text, row->entries_covered, c->entries_total);
    wck_text_printf(text, "<td>");
    meter(text, row->entries_covered, c->entries_total, c->entries_covered);
    wck_text_printf(text, "</td>");
    ratio(text, row->bias);
    ratio(text, row->work);
    wck_text_printf(text, "<td class=\"words\">");
    wck_markup_escape(text, row->cost);
    if (row->options != NULL) {
        wck_text_printf(text, "<br><code>");
        wck_markup_escape(text, row->options);
        wck_text_printf(text, "</code>");
    }
    wck_text_printf(text, "</td></tr>\n");
}

/* How many remedies help at all: there are many, and theirs are the rows to read. */
static void say_gains(struct wck_text *text, const struct wck_coverage_report *report)
{
    size_t gains = 0;

    for (size_t i = 0; i < report->what_ifs; i++)
        gains += report->what_if[i].entries_covered > report->coverage->entries_covered;
    if (gains == 0)
        wck_text_printf(text, "<p class=\"hint\">Nothing that was tried brings a "
                              "gradient to more entries than now.</p>");
    else
        wck_text_printf(text,
                        "<p class=\"hint\">%zu of the %zu that %s tried bring%s a "
                        "gradient to more entries than now; the number stands out "
                        "there.</p>",
                        gains, report->what_ifs, report->what_ifs == 1 ? "was" : "were",
                        gains == 1 ? "s" : "");
}

void wck_tables_what_ifs(struct wck_text *text,
                         const struct wck_coverage_report *report)
{
    if (report->what_ifs == 0)
        return;
    wck_text_printf(text, "<section aria-labelledby=\"if-title\"><h2 "
                          "id=\"if-title\">What if</h2>");
    say_gains(text, report);
    wck_text_printf(
        text, "<div class=\"scroll\"><table id=\"what-ifs\">\n<tr><th "
              "scope=\"col\">remedy</th><th "
              "scope=\"col\" class=\"number\">pixels"
              "</th><th scope=\"col\" class=\"number\">entries</th><th scope=\"col\" "
              "class=\"number\">share</th><th scope=\"col\">the "
              "mark is now</th><th scope=\"col\" class=\"number\">bias</th><th "
              "scope=\"col\" class=\"number\">work</th><th scope=\"col\">at what "
              "cost</th></tr>\n");
    for (size_t i = 0; i < report->what_ifs; i++)
        what_if_row(text, &report->what_if[i], i, report->coverage);
    wck_text_printf(text, "</table></div><p class=\"hint\">A surrogate is a gradient, "
                          "but not the true derivative.  Bias: how far the "
                          "weights are from this warp's, relative to them; work: taps "
                          "read, relative to this warp's.</p></section>\n");
}

static void fact(struct wck_text *text, const char *term, const char *value)
{
    if (value == NULL)
        return;
    wck_text_printf(text, "<dt>%s</dt><dd>", term);
    wck_markup_escape(text, value);
    wck_text_printf(text, "</dd>\n");
}

void wck_tables_facts(struct wck_text *text, const struct wck_coverage_report *report)
{
    const struct wck_coverage *c = report->coverage;
    const double *m = report->matrix;

    fact(text, "gradient of", report->subject);
    wck_text_printf(text,
                    "<dt>image</dt><dd>%zux%zu, %zu channel%s, batch of %zu</dd>\n",
                    c->height, c->width, report->channels,
                    report->channels == 1 ? "" : "s", report->batch);
    wck_text_printf(text, "<dt>output</dt><dd>%zux%zu</dd>\n", report->output_height,
                    report->output_width);
    if (report->direction != NULL) {
        wck_text_printf(text, "<dt>matrix</dt><dd>%.17g %.17g %.17g; %.17g %.17g %.17g",
                        m[0], m[1], m[2], m[3], m[4], m[5]);
        if (report->matrix_entries == 9)
            wck_text_printf(text, "; %.17g %.17g %.17g", m[6], m[7], m[8]);
        wck_text_printf(text, " (%s)</dd>\n", report->direction);
    }
    fact(text, "kernel", report->kernel);
    fact(text, "border", report->border);
    fact(text, "layout", report->layout);
    fact(text, "dtype", report->dtype);
    if (report->set != NULL)
        return; /* the rest is said of one warp */
    wck_text_printf(text,
                    "<dt>in the frame</dt><dd>%zu pixels; %zu are read by some "
                    "output</dd>\n",
                    c->framed_pixels, c->listed_pixels);
    wck_text_printf(text, "<dt>largest |gradient|</dt><dd>%.6g</dd>\n", c->largest);
}
