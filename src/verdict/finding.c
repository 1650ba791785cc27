#include "src/verdict/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERDICT_ID(id, name, meaning) name,
static const char *const verdicts[] = {WCK_VERDICTS(VERDICT_ID)};
static const char *const claims[] = {"self-consistent", "conforms"};

const char *wck_verdict_id(enum wck_verdict verdict)
{
    return verdicts[verdict];
}

const char *wck_claim_id(enum wck_claim claim)
{
    return claims[claim];
}

double wck_measure_ratio(const struct wck_measure *measure)
{
    double error = fabs(measure->got - measure->want);
    double bound = measure->round + measure->trunc;

    if (fpclassify(error) == FP_ZERO)
        return 0.0;
    /* Not finite on either side, or any error where none is allowed. */
    if (!isfinite(error) || !(bound > 0.0))
        return (double)INFINITY;
    return error / bound;
}

enum wck_verdict wck_measure_verdict(const struct wck_measure *measure)
{
    double ratio = wck_measure_ratio(measure);

    return ratio <= 1.0 ? WCK_PASS : ratio <= 4.0 ? WCK_MARGINAL : WCK_FAIL;
}

void wck_finding_release(struct wck_finding *finding)
{
    free(finding->subject);
    free(finding->problem);
    free(finding->detail);
    free(finding->cause);
    free(finding->reproduce);
    *finding = (struct wck_finding){0};
}

enum wck_status wck_findings_add_take(struct wck_findings *findings,
                                      struct wck_finding *finding,
                                      struct wck_error *err)
{
    if (findings->count == findings->capacity) {
        size_t capacity = findings->capacity > 0 ? 2 * findings->capacity : 16;
        struct wck_finding *items =
            realloc(findings->items, capacity * sizeof *findings->items);

        if (items == NULL) {
            wck_finding_release(finding);
            return wck_error_no_memory(err);
        }
        findings->items = items;
        findings->capacity = capacity;
    }
    findings->items[findings->count++] = *finding;
    *finding = (struct wck_finding){0};
    return WCK_OK;
}

void wck_findings_truncate(struct wck_findings *findings, size_t from)
{
    while (findings->count > from)
        wck_finding_release(&findings->items[--findings->count]);
}

void wck_findings_remove(struct wck_findings *findings, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        wck_finding_release(&findings->items[i]);
    memmove(&findings->items[from], &findings->items[to],
            (findings->count - to) * sizeof findings->items[0]);
    findings->count -= to - from;
}

void wck_findings_release(struct wck_findings *findings)
{
    wck_findings_truncate(findings, 0);
    free(findings->items);
    *findings = (struct wck_findings){0};
}

bool wck_findings_any_failed(const struct wck_findings *findings, size_t from)
{
    for (size_t i = from; i < findings->count; i++) {
        if (findings->items[i].verdict == WCK_FAIL)
            return true;
    }
    return false;
}

const struct wck_finding *wck_findings_first_failed(const struct wck_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].verdict == WCK_FAIL)
            return &findings->items[i];
    }
    return NULL;
}

enum wck_verdict wck_findings_verdict(const struct wck_findings *findings)
{
    size_t counts[WCK_VERDICT_COUNT] = {0};

    for (size_t i = 0; i < findings->count; i++)
        counts[findings->items[i].verdict]++;
    if (counts[WCK_FAIL] > 0)
        return WCK_FAIL;
    if (counts[WCK_MARGINAL] > 0)
        return WCK_MARGINAL;
    if (counts[WCK_PASS] > 0)
        return WCK_PASS;
    return counts[WCK_INCONCLUSIVE] > 0 ? WCK_INCONCLUSIVE : WCK_NOT_APPLICABLE;
}
