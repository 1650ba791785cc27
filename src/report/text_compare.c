/* Text, comparison: what was lost, and what is new. */
#include <string.h>

#include "src/report/formats.h"
#include "src/report/paragraph.h"

static void write_change(struct wck_text *text, const char *what,
                         const struct wck_change *change, size_t total)
{
    wck_text_printf(text, "%-10s %zu -> %zu of %zu covered (", what, change->before,
                    change->after, total);
    wck_text_share(text, change->before, total, 2);
    wck_text_printf(text, " -> ");
    wck_text_share(text, change->after, total, 2);
    wck_text_printf(text, ")\n");
}

static bool is_seen(const struct wck_coverage_change *c, int r)
{
    return c->reason_entries[r].before > 0 || c->reason_entries[r].after > 0;
}

static void write_reasons(struct wck_text *text, const struct wck_coverage_change *c)
{
    bool any = false;

    for (int r = 0; r < WCK_REASON_COUNT; r++)
        any = any || is_seen(c, r);
    if (any)
        wck_text_printf(text,
                        "\n%-16s  %9s  %9s  %11s  %11s  %10s  %9s\n%-16s  %9s  %9s  "
                        "%11s  %11s\n",
                        "reason", "pixels", "pixels", "entries", "entries",
                        "newly zero", "no longer", "", "before", "after", "before",
                        "after");
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (is_seen(c, r))
            wck_text_printf(text, "%-16s  %9zu  %9zu  %11zu  %11zu  %10zu  %9zu\n",
                            wck_reason_row((enum wck_reason)r)->id,
                            c->reason_pixels[r].before, c->reason_pixels[r].after,
                            c->reason_entries[r].before, c->reason_entries[r].after,
                            c->lost_to[r], c->gained_from[r]);
    }
}

static void write_coverage(struct wck_text *text, const struct wck_coverage_change *c)
{
    for (size_t i = 0; i < c->differ_count; i++)
        wck_text_printf(text, "%s%s", i == 0 ? "The warps differ: " : ", ",
                        c->differs[i]);
    if (c->differ_count > 0)
        wck_text_printf(text, "\n");
    wck_text_printf(text,
                    "%zu pixels lost their gradient, %zu gained one, %zu have "
                    "none in both",
                    c->lost, c->gained, c->still);
    if (c->moved > 0)
        wck_text_printf(text, " (%zu for another reason)", c->moved);
    wck_text_printf(text, "\n");
    if (!c->by_pixel)
        wck_text_printf(text, "By counts alone: at least so many, and at most so many "
                              "in both; a report without a map says no more.\n");
    wck_text_printf(text, "\n");
    write_change(text, "pixels", &c->pixels, c->pixels_total);
    write_change(text, "entries", &c->entries, c->entries_total);
    if (c->spurious.before > 0 || c->spurious.after > 0)
        wck_text_printf(text, "%-10s %zu -> %zu entries\n", "spurious",
                        c->spurious.before, c->spurious.after);
    write_reasons(text, c);
}

#define LISTED 8 /* failures of one state; the JSON has them all */

static void write_failure(struct wck_text *text, const struct wck_failure *one)
{
    struct wck_text line = {0};

    wck_text_printf(&line, "%s: %s", wck_failure_state_id(one->state),
                    one->id != NULL ? one->id : one->checker);
    wck_text_printf(&line, ", %s, %zu -> %zu findings", one->claim,
                    one->findings.before, one->findings.after);
    if (one->id == NULL && one->problem != NULL)
        wck_text_printf(&line, ", %s", one->problem);
    if (one->cause != NULL)
        wck_text_printf(&line, ": %s", one->cause);
    wck_paragraph_wrap(text, wck_text_string(&line), 0, 10);
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

static void write_verify(struct wck_text *text, const struct wck_comparison *comparison)
{
    const size_t *states = comparison->states;
    size_t listed[WCK_FAILURE_STATES] = {0};

    wck_text_printf(text,
                    "Failures: %zu new, %zu still there, %zu fixed, %zu no longer "
                    "judged\n",
                    states[WCK_FAILURE_NEW], states[WCK_FAILURE_STILL],
                    states[WCK_FAILURE_FIXED], states[WCK_FAILURE_UNJUDGED]);
    if (comparison->failure_count > 0)
        wck_text_append(text, "\n", 1);
    for (size_t i = 0; i < comparison->failure_count; i++) {
        const struct wck_failure *one = &comparison->failures[i];

        if (listed[one->state]++ < LISTED)
            write_failure(text, one);
        else if (listed[one->state] == states[one->state])
            wck_text_printf(text, "%s: and %zu more; --json lists them all\n",
                            wck_failure_state_id(one->state),
                            states[one->state] - LISTED);
    }
}

enum wck_status wck_text_compare(const struct wck_comparison *comparison,
                                 struct wck_text *text, struct wck_error *err)
{
    struct wck_text names = {0};

    if (comparison->of_coverage)
        write_coverage(text, &comparison->coverage);
    else
        write_verify(text, comparison);
    wck_text_printf(&names, "From %s to %s.", comparison->before, comparison->after);
    wck_text_append(text, "\n", 1);
    wck_paragraph_wrap(text, wck_text_string(&names), 0, 0);
    text->failed = text->failed || names.failed;
    wck_text_release(&names);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}
