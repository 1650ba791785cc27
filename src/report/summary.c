#include "src/report/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool wck_summary_covers(const struct wck_summary_row *row,
                        const struct wck_finding *finding)
{
    return row->claim == finding->claim && strcmp(row->checker, finding->checker) == 0;
}

static struct wck_summary_row *row_of(struct wck_summary *summary,
                                      const struct wck_finding *finding)
{
    struct wck_summary_row *row = summary->rows;

    for (size_t i = 0; i < summary->row_count; i++, row++) {
        if (wck_summary_covers(row, finding))
            return row;
    }
    *row =
        (struct wck_summary_row){.checker = finding->checker, .claim = finding->claim};
    summary->row_count++;
    return row;
}

static void add(struct wck_summary_row *row, const struct wck_finding *finding)
{
    row->verdicts[finding->verdict]++;
    row->compared += finding->compared;
    if (finding->compared > 0)
        row->worst = fmax(row->worst, wck_measure_ratio(&finding->worst));
    if (finding->verdict == WCK_PASS)
        row->detectable = fmax(row->detectable, finding->detectable);
}

/* Failures first; what passed or had nothing to check is not ranked. */
static int severity(enum wck_verdict verdict)
{
    switch (verdict) {
    case WCK_FAIL:
        return 3;
    case WCK_MARGINAL:
        return 2;
    case WCK_INCONCLUSIVE:
        return 1;
    case WCK_PASS:
    case WCK_NOT_APPLICABLE:
    case WCK_VERDICT_COUNT:
        break;
    }
    return 0;
}

/* The array's order decides ties, so that the same findings give the same report. */
static int compare(const void *left, const void *right)
{
    const struct wck_finding *a = *(const struct wck_finding *const *)left;
    const struct wck_finding *b = *(const struct wck_finding *const *)right;
    int more = severity(b->verdict) - severity(a->verdict);
    double ratio_a = wck_measure_ratio(&a->worst),
           ratio_b = wck_measure_ratio(&b->worst);

    if (more != 0)
        return more;
    if (ratio_a < ratio_b || ratio_a > ratio_b)
        return ratio_a < ratio_b ? 1 : -1;
    return a < b ? -1 : a > b;
}

static void rank(struct wck_summary *summary, const struct wck_findings *findings)
{
    for (size_t r = 0; r < summary->row_count; r++) {
        size_t first = summary->ranked_count;

        for (size_t i = 0; i < findings->count; i++) {
            const struct wck_finding *finding = &findings->items[i];

            if (severity(finding->verdict) > 0 &&
                wck_summary_covers(&summary->rows[r], finding))
                summary->ranked[summary->ranked_count++] = finding;
        }
        qsort(summary->ranked + first, summary->ranked_count - first,
              sizeof *summary->ranked, compare);
    }
}

enum wck_status wck_summary_make(struct wck_summary *summary,
                                 const struct wck_findings *findings,
                                 struct wck_error *err)
{
    size_t room = findings->count + 1;

    *summary = (struct wck_summary){
        .rows = calloc(room, sizeof *summary->rows),
        .ranked = calloc(room, sizeof *summary->ranked),
    };
    if (summary->rows == NULL || summary->ranked == NULL)
        return wck_error_no_memory(err);
    for (size_t i = 0; i < findings->count; i++)
        add(row_of(summary, &findings->items[i]), &findings->items[i]);
    rank(summary, findings);
    return WCK_OK;
}

void wck_summary_release(struct wck_summary *summary)
{
    free(summary->rows);
    free(summary->ranked);
    *summary = (struct wck_summary){0};
}
