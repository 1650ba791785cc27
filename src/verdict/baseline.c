#include "src/verdict/baseline.h"

#include <stdlib.h>
#include <string.h>

#define STATE_ID(id, name, meaning) name,
static const char *const states[] = {WCK_BASELINE_STATES(STATE_ID)};

const char *wck_baseline_state_id(enum wck_baseline_state state)
{
    return states[state];
}

void wck_baseline_entry_release(struct wck_baseline_entry *entry)
{
    free(entry->id);
    free(entry->reason);
    free(entry->subject);
    free(entry->problem);
    *entry = (struct wck_baseline_entry){0};
}

void wck_baseline_release(struct wck_baseline *baseline)
{
    for (size_t i = 0; i < baseline->count; i++)
        wck_baseline_entry_release(&baseline->entries[i]);
    free(baseline->entries);
    *baseline = (struct wck_baseline){0};
}

enum wck_status wck_baseline_add_take(struct wck_baseline *baseline,
                                      struct wck_baseline_entry *entry,
                                      struct wck_error *err)
{
    struct wck_baseline_entry *entries =
        realloc(baseline->entries, (baseline->count + 1) * sizeof *entries);

    if (entries == NULL) {
        wck_baseline_entry_release(entry);
        return wck_error_no_memory(err);
    }
    baseline->entries = entries;
    entries[baseline->count++] = *entry;
    *entry = (struct wck_baseline_entry){0};
    return WCK_OK;
}

/* The last day is still one of its days. */
static bool is_over(const struct wck_baseline *baseline,
                    const struct wck_baseline_entry *entry)
{
    return wck_date_before(&entry->expires, &baseline->today);
}

static bool is_for(const struct wck_baseline_entry *entry,
                   const struct wck_finding *finding)
{
    return entry->subject == NULL ||
           (finding->subject != NULL && strcmp(entry->subject, finding->subject) == 0);
}

static bool is_named(const struct wck_baseline_entry *entry,
                     const struct wck_finding *finding)
{
    return strcmp(entry->id, finding->id) == 0 && is_for(entry, finding);
}

const struct wck_baseline_entry *wck_baseline_known(const struct wck_baseline *baseline,
                                                    const struct wck_finding *finding)
{
    if (baseline == NULL || finding->verdict != WCK_FAIL)
        return NULL;
    for (size_t i = 0; i < baseline->count; i++) {
        const struct wck_baseline_entry *entry = &baseline->entries[i];

        if (is_named(entry, finding) && !is_over(baseline, entry))
            return entry;
    }
    return NULL;
}

const struct wck_finding *wck_baseline_first_new(const struct wck_baseline *baseline,
                                                 const struct wck_findings *findings,
                                                 size_t from)
{
    for (size_t i = from; i < findings->count; i++) {
        const struct wck_finding *finding = &findings->items[i];

        if (finding->verdict == WCK_FAIL &&
            wck_baseline_known(baseline, finding) == NULL)
            return finding;
    }
    return NULL;
}

static bool is_judged(const struct wck_finding *finding)
{
    return finding->verdict == WCK_PASS || finding->verdict == WCK_MARGINAL ||
           finding->verdict == WCK_FAIL;
}

/* A problem begins with kernel and border, which have no comma, and goes on after
 * one. */
size_t wck_baseline_kind_length(const struct wck_finding *finding)
{
    const char *problem = finding->problem != NULL ? finding->problem : "";
    size_t length = strcspn(problem, ",");

    if (problem[length] == ',')
        length += 1 + strcspn(problem + length + 1, ",");
    return length;
}

static bool is_of_kind(const struct wck_finding *finding, const char *kind,
                       size_t length)
{
    return wck_baseline_kind_length(finding) == length &&
           (length == 0 || memcmp(finding->problem, kind, length) == 0);
}

size_t wck_baseline_judged(const struct wck_findings *findings,
                           const struct wck_finding *finding)
{
    size_t judged = 0, length = wck_baseline_kind_length(finding);

    for (size_t i = 0; i < findings->count; i++) {
        const struct wck_finding *other = &findings->items[i];

        judged += is_judged(other) && strcmp(other->checker, finding->checker) == 0 &&
                  is_of_kind(other, finding->problem, length);
    }
    return judged;
}

/* An id is the checker's, '-' and a hash. */
static bool is_of_checker(const struct wck_baseline_entry *entry,
                          const struct wck_finding *finding)
{
    const char *end = strrchr(entry->id, '-');
    size_t length = end != NULL ? (size_t)(end - entry->id) : 0;

    return strlen(finding->checker) == length &&
           memcmp(entry->id, finding->checker, length) == 0;
}

/* Did the run look at all that it took to find the failure? */
static bool is_reached(const struct wck_baseline_entry *entry,
                       const struct wck_findings *findings, bool whole)
{
    bool said = entry->problem != NULL && entry->judged > 0;
    size_t length = said ? strlen(entry->problem) : 0, judged = 0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct wck_finding *finding = &findings->items[i];

        judged += is_judged(finding) && is_for(entry, finding) &&
                  is_of_checker(entry, finding) &&
                  (!said || is_of_kind(finding, entry->problem, length));
    }
    return said ? judged >= entry->judged : whole && judged > 0;
}

/* Is it of a subject that the run has judged nothing of? */
static bool is_elsewhere(const struct wck_baseline_entry *entry,
                         const struct wck_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (is_for(entry, &findings->items[i]))
            return false;
    }
    return findings->count > 0;
}

void wck_baseline_judge(struct wck_baseline *baseline,
                        const struct wck_findings *findings, bool whole)
{
    for (size_t i = 0; i < baseline->count; i++) {
        struct wck_baseline_entry *entry = &baseline->entries[i];

        entry->failed = 0;
        entry->elsewhere = is_elsewhere(entry, findings);
        for (size_t f = 0; f < findings->count; f++)
            entry->failed += findings->items[f].verdict == WCK_FAIL &&
                             is_named(entry, &findings->items[f]);
        if (entry->failed > 0)
            entry->state =
                is_over(baseline, entry) ? WCK_ENTRY_EXPIRED : WCK_ENTRY_KNOWN;
        else
            entry->state = is_reached(entry, findings, whole) ? WCK_ENTRY_FIXED
                                                              : WCK_ENTRY_UNREACHED;
    }
}

size_t wck_baseline_count(const struct wck_baseline *baseline,
                          enum wck_baseline_state state)
{
    size_t count = 0;

    for (size_t i = 0; baseline != NULL && i < baseline->count; i++)
        count += baseline->entries[i].state == state;
    return count;
}
