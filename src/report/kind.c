#include "src/report/kind.h"

#include <stdlib.h>
#include <string.h>

#include "src/report/digest.h"

/* A finding on its way to its kind. */
struct entry {
    const struct wck_finding *finding;
    const struct wck_baseline_entry *known;
    char *form; /* owned */
};

/* The order of the verdicts in a case: the worst first. */
static const int ranks[WCK_VERDICT_COUNT] = {
    [WCK_FAIL] = 0, [WCK_MARGINAL] = 1,       [WCK_INCONCLUSIVE] = 2,
    [WCK_PASS] = 3, [WCK_NOT_APPLICABLE] = 4,
};

static int compare_words(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int compare_cases(const struct wck_finding *a, const struct wck_finding *b)
{
    int order = compare_words(a->checker, b->checker);

    if (order == 0)
        order = (int)a->claim - (int)b->claim;
    if (order == 0)
        order = compare_words(a->kernel, b->kernel);
    return order != 0 ? order : compare_words(a->border, b->border);
}

/* Entries of one baseline, or no entries. */
static int compare_entries(const struct wck_baseline_entry *a,
                           const struct wck_baseline_entry *b)
{
    if (a == b)
        return 0; /* NULL has no order with NULL */
    return a > b ? 1 : -1;
}

static int compare_kinds(const struct entry *a, const struct entry *b)
{
    int order = compare_cases(a->finding, b->finding);

    if (order == 0)
        order = ranks[a->finding->verdict] - ranks[b->finding->verdict];
    if (order == 0)
        order = (a->known != NULL) - (b->known != NULL);
    if (order == 0)
        order = strcmp(a->form, b->form);
    return order != 0 ? order : compare_entries(a->known, b->known);
}

/* Within a kind the worst comes first; then the words decide, for the order in which
 * the findings came must not. */
static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = compare_kinds(a, b);
    double ratio_a = wck_measure_ratio(&a->finding->worst),
           ratio_b = wck_measure_ratio(&b->finding->worst);

    if (order != 0)
        return order;
    if (ratio_a < ratio_b || ratio_a > ratio_b)
        return ratio_a < ratio_b ? 1 : -1;
    order = compare_words(a->finding->problem, b->finding->problem);
    return order != 0 ? order : compare_words(a->finding->cause, b->finding->cause);
}

static char *form_of(const char *cause)
{
    struct wck_text text = {0};

    wck_digest_form(cause != NULL ? cause : "", &text);
    if (text.failed) {
        wck_text_release(&text);
        return NULL;
    }
    return text.data != NULL ? text.data : strdup("");
}

/* The ranges of the numbers in the causes of the entries, which have one form. */
static char *digest_causes(const struct entry *entries, size_t count, bool *failed)
{
    struct wck_digest digest = {0};
    struct wck_text text = {0};

    for (size_t i = 0; i < count; i++)
        wck_digest_add(&digest, entries[i].finding->cause);
    if (digest.count > 0)
        wck_digest_print(&digest.items[0], &text);
    *failed = *failed || digest.failed || text.failed;
    wck_digest_release(&digest);
    return text.data;
}

static void add_kind(struct wck_kinds *kinds, struct entry *entries, size_t count,
                     bool *failed)
{
    struct wck_kind *kind = &kinds->items[kinds->count++];

    *kind = (struct wck_kind){.worst = entries[0].finding,
                              .known = entries[0].known,
                              .findings = count,
                              .form = entries[0].form,
                              .cause = digest_causes(entries, count, failed)};
    entries[0].form = NULL;
    for (size_t i = 0; i < count; i++) {
        kind->compared += entries[i].finding->compared;
        kind->beyond += entries[i].finding->beyond;
    }
}

static enum wck_verdict judge(const size_t *verdicts)
{
    static const enum wck_verdict order[] = {WCK_FAIL, WCK_MARGINAL, WCK_PASS,
                                             WCK_INCONCLUSIVE};

    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (verdicts[order[i]] > 0)
            return order[i];
    }
    return WCK_NOT_APPLICABLE;
}

static void add_case(struct wck_kinds *kinds, size_t from, size_t to)
{
    struct wck_case *one = &kinds->cases[kinds->case_count++];

    *one = (struct wck_case){.kinds = &kinds->items[from], .count = to - from};
    for (size_t i = from; i < to; i++)
        one->verdicts[kinds->items[i].worst->verdict] += kinds->items[i].findings;
    one->verdict = judge(one->verdicts);
}

/* Splits the sorted entries into kinds, and the kinds into cases. */
static bool split(struct wck_kinds *kinds, struct entry *entries, size_t count)
{
    bool failed = false;

    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count; next++) {
            if (compare_kinds(&entries[i], &entries[next]) != 0)
                break;
        }
        add_kind(kinds, entries + i, next - i, &failed);
    }
    for (size_t i = 0, next; i < kinds->count; i = next) {
        for (next = i + 1; next < kinds->count; next++) {
            if (compare_cases(kinds->items[i].worst, kinds->items[next].worst) != 0)
                break;
        }
        add_case(kinds, i, next);
    }
    return !failed;
}

enum wck_status wck_kinds_make(struct wck_kinds *kinds,
                               const struct wck_findings *findings,
                               const struct wck_baseline *baseline,
                               struct wck_error *err)
{
    size_t count = findings->count;
    struct entry *entries = calloc(count + 1, sizeof *entries);
    bool good = entries != NULL;

    *kinds = (struct wck_kinds){
        .items = calloc(count + 1, sizeof *kinds->items),
        .cases = calloc(count + 1, sizeof *kinds->cases),
    };
    good = good && kinds->items != NULL && kinds->cases != NULL;
    for (size_t i = 0; good && i < count; i++) {
        const struct wck_finding *finding = &findings->items[i];

        entries[i] = (struct entry){finding, wck_baseline_known(baseline, finding),
                                    form_of(finding->cause)};
        good = entries[i].form != NULL;
    }
    if (good) {
        qsort(entries, count, sizeof *entries, compare);
        good = split(kinds, entries, count);
    }
    for (size_t i = 0; entries != NULL && i < count; i++)
        free(entries[i].form);
    free(entries);
    return good ? WCK_OK : wck_error_no_memory(err);
}

void wck_kinds_release(struct wck_kinds *kinds)
{
    for (size_t i = 0; i < kinds->count; i++) {
        free(kinds->items[i].form);
        free(kinds->items[i].cause);
    }
    free(kinds->items);
    free(kinds->cases);
    *kinds = (struct wck_kinds){0};
}

void wck_case_name(const struct wck_case *one, struct wck_text *text)
{
    const struct wck_finding *finding = one->kinds->worst;

    wck_text_printf(text, "%s", wck_claim_id(finding->claim));
    if (finding->kernel != NULL)
        wck_text_printf(text, ", %s", finding->kernel);
    if (finding->border != NULL)
        wck_text_printf(text, ", border %s", finding->border);
}

/* The first that has this verdict and is not known; NULL: none. */
static const struct wck_kind *find(const struct wck_case *one, enum wck_verdict verdict)
{
    for (size_t i = 0; i < one->count; i++) {
        if (one->kinds[i].worst->verdict == verdict && one->kinds[i].known == NULL)
            return &one->kinds[i];
    }
    return NULL;
}

enum wck_outcome wck_case_outcome(const struct wck_case *one, bool fail_on_inconclusive,
                                  const struct wck_kind **decisive)
{
    *decisive = find(one, WCK_FAIL);
    if (*decisive == NULL && fail_on_inconclusive)
        *decisive = find(one, WCK_INCONCLUSIVE);
    if (*decisive != NULL)
        return WCK_CASE_FAILED;
    *decisive = one->kinds;
    if (one->verdict == WCK_FAIL)
        return WCK_CASE_KNOWN;
    return one->verdict == WCK_INCONCLUSIVE || one->verdict == WCK_NOT_APPLICABLE
               ? WCK_CASE_SKIPPED
               : WCK_CASE_PASSED;
}
