#include "src/report/text_baseline.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/report/paragraph.h"

bool wck_text_all_known(const struct wck_verify_report *report)
{
    return report->verdict == WCK_FAIL &&
           wck_baseline_first_new(report->baseline, report->findings, 0) == NULL;
}

void wck_text_leave_known(struct wck_summary *summary,
                          const struct wck_baseline *baseline)
{
    size_t kept = 0;

    for (size_t i = 0; i < summary->ranked_count; i++) {
        if (wck_baseline_known(baseline, summary->ranked[i]) == NULL)
            summary->ranked[kept++] = summary->ranked[i];
    }
    summary->ranked_count = kept;
}

static void write_line(struct wck_text *text, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line that begins after `at` blanks, and goes on below after four. */
static void write_line(struct wck_text *text, size_t at, const char *format, ...)
{
    char *line = NULL;
    va_list args;
    int size;

    va_start(args, format);
    size = vasprintf(&line, format, args);
    va_end(args);
    if (size < 0) {
        text->failed = true;
        return;
    }
    wck_text_printf(text, "%*s", (int)at, "");
    wck_paragraph_wrap(text, line, at, 4);
    free(line);
}

static const char *plural(size_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

static void write_known(struct wck_text *text, const struct wck_baseline *baseline)
{
    const struct wck_date *first = NULL;
    size_t failed = 0;

    for (size_t i = 0; i < baseline->count; i++) {
        const struct wck_baseline_entry *entry = &baseline->entries[i];

        if (entry->state != WCK_ENTRY_KNOWN)
            continue;
        failed += entry->failed;
        if (first == NULL || wck_date_before(&entry->expires, first))
            first = &entry->expires;
    }
    if (first == NULL)
        return;
    write_line(text, 0, "known: %zu %s, by the baseline, the first expires %s", failed,
               plural(failed, "finding", "findings"), first->text);
    for (size_t i = 0; i < baseline->count; i++) {
        const struct wck_baseline_entry *entry = &baseline->entries[i];

        if (entry->state == WCK_ENTRY_KNOWN)
            write_line(text, 2, "%s: %zu %s, until %s: %s", entry->id, entry->failed,
                       plural(entry->failed, "finding", "findings"),
                       entry->expires.text, entry->reason);
    }
}

void wck_text_baseline(struct wck_text *text, const struct wck_baseline *baseline)
{
    size_t unreached = wck_baseline_count(baseline, WCK_ENTRY_UNREACHED), elsewhere = 0;

    if (baseline == NULL || baseline->count == 0)
        return;
    wck_text_printf(text, "\n");
    write_known(text, baseline);
    for (size_t i = 0; i < baseline->count; i++) {
        const struct wck_baseline_entry *entry = &baseline->entries[i];

        elsewhere += entry->state == WCK_ENTRY_UNREACHED && entry->elsewhere;
        if (entry->state == WCK_ENTRY_EXPIRED)
            write_line(text, 0, "expired: %s was known until %s: %s", entry->id,
                       entry->expires.text, entry->reason);
        else if (entry->state == WCK_ENTRY_FIXED)
            write_line(text, 0, "no longer fails: remove it: %s, known until %s: %s",
                       entry->id, entry->expires.text, entry->reason);
    }
    if (elsewhere > 0)
        write_line(text, 0, "not reached: %zu %s of the baseline: of another subject",
                   elsewhere, plural(elsewhere, "entry", "entries"));
    unreached -= elsewhere;
    if (unreached > 0)
        write_line(
            text, 0,
            "not reached: %zu %s of the baseline: not judged here, or less often "
            "than where it failed",
            unreached, plural(unreached, "entry", "entries"));
}
