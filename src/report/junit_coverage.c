/* Junit, coverage: a test for each fault that makes the program fail, in JUnit's XML.
 */
#include <stdio.h>

#include "src/report/formats.h"
#include "src/report/markup.h"

#define NAME 128   /* bytes of the image's name */
#define WORDS 2000 /* bytes of one text */

static const char spurious[] = "a gradient that this warp does not send there";

static void begin_case(struct wck_text *text, const struct wck_coverage_report *report)
{
    struct wck_text class = {0};

    wck_text_printf(&class, "%s.coverage", report->image_name);
    wck_text_printf(text, "    <testcase");
    wck_markup_attribute(text, "classname", wck_text_string(&class), NAME);
    text->failed = text->failed || class.failed;
    wck_text_release(&class);
}

static void write_case(struct wck_text *text, const struct wck_coverage_report *report,
                       const char *fault, size_t entries, const char *message)
{
    begin_case(text, report);
    wck_text_printf(text, " name=\"no entry is %s\"", fault);
    if (entries > 0) {
        wck_text_printf(text, ">\n      <failure type=\"%s\"", fault);
        wck_markup_attribute(text, "message", message, WORDS);
        wck_text_printf(text, ">%zu of %zu entries\n", entries,
                        report->coverage->entries_total);
        wck_markup_clip(text, report->command, WORDS);
        wck_text_printf(text, "\n</failure>\n    </testcase>\n");
    } else {
        wck_text_printf(text, "/>\n");
    }
}

/* The first fault of the map's own gradient that occurs; NULL: none does. */
static const char *map_fault(const struct wck_map_coverage *map)
{
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        const struct wck_map_reason_row *row =
            wck_map_reason_row((enum wck_map_reason)r);

        if (row->fault && wck_map_coverage_count(map, (enum wck_map_reason)r) > 0)
            return row->id;
    }
    return NULL;
}

static void write_map(struct wck_text *text, const struct wck_coverage_report *report)
{
    size_t faults = report->map != NULL ? wck_map_coverage_faults(report->map) : 0;

    if (report->map == NULL)
        return;
    begin_case(text, report);
    wck_text_printf(text, " name=\"no entry of the map's gradient is lost\">");
    if (faults > 0)
        wck_text_printf(text,
                        "<failure type=\"%s\" message=\"%zu entries of "
                        "the gradient with respect to the map\"/>",
                        map_fault(report->map), faults);
    wck_text_printf(text, "</testcase>\n");
}

static void write_gates(struct wck_text *text, const struct wck_coverage_report *report)
{
    for (size_t i = 0; report->gates != NULL && i < report->gates->count; i++) {
        const struct wck_gate *gate = &report->gates->items[i];

        begin_case(text, report);
        wck_text_printf(text, " name=\"gate %zu, %s %.17g\">", i + 1, gate->name,
                        gate->limit);
        if (gate->failed) {
            wck_text_printf(text, "<failure type=\"gate\"");
            wck_markup_attribute(text, "message", gate->text, WORDS);
            wck_text_printf(text, "/>");
        }
        wck_text_printf(text, "</testcase>\n");
    }
}

static void write_counts(struct wck_text *text,
                         const struct wck_coverage_report *report)
{
    const struct wck_coverage *c = report->coverage;
    size_t tests = 1, failures = c->spurious_entries > 0 ? 1 : 0;

    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (!wck_reason_row((enum wck_reason)r)->fault)
            continue;
        tests++;
        failures += c->reason_entries[r] > 0 ? 1 : 0;
    }
    if (report->map != NULL) {
        tests++;
        failures += wck_map_coverage_faults(report->map) > 0 ? 1 : 0;
    }
    for (size_t i = 0; report->gates != NULL && i < report->gates->count; i++) {
        tests++;
        failures += report->gates->items[i].failed ? 1 : 0;
    }
    wck_text_printf(text,
                    " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\">\n",
                    tests, failures);
}

enum wck_status wck_junit_coverage(const struct wck_coverage_report *report,
                                   struct wck_text *text, struct wck_error *err)
{
    const struct wck_coverage *c = report->coverage;

    wck_text_printf(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<testsuites name=\"warpcheck coverage\"");
    write_counts(text, report);
    wck_text_printf(text, "  <testsuite name=\"coverage\"");
    write_counts(text, report);
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const struct wck_reason_row *row = wck_reason_row((enum wck_reason)r);

        if (row->fault)
            write_case(text, report, row->id, c->reason_entries[r], row->definition);
    }
    write_case(text, report, "spurious", c->spurious_entries, spurious);
    write_map(text, report);
    write_gates(text, report);
    wck_text_printf(text, "  </testsuite>\n</testsuites>\n");
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}
