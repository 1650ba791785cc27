#include "check/report/verification.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 60000

const char verification_hostile_name[] = "a\"b'<c>&amp;|`d`]]>\n\t\r\001\033[2J\x7f\xff"
                                         "\xed\xa0\x80\xef\xbf\xbe{#}*_~$@x\\ --> %s";

static const char *const checkers[] = {
    "adjoint",   "border-value", "coordinates", "determinism", "forward",
    "jacobian",  "linearity",    "matrix",      "pullback",    "recording",
    "sensitive", "taylor",       "transposed",  "unread",      "zero",
};
static const char *const kernels[] = {
    "area",  "bilinear", "cubic-0.5", "cubic-0.75", "gauss-1", "gauss-2",
    "kern1", "kern2",    "kern3",     "kern4",      "kern5",   "kern6",
    "kern7", "kern8",    "kern9",     "lanczos2",   "lanczos", "lanczos3",
    "near1", "nearest",  "spline1",   "spline2",    "spline3", "spline4",
    "tent1", "tent2",    "tent3",     "tent4",      "tent5",   "tent6",
};
static const char *const borders[] = {
    "b01", "b02", "b03", "b04", "b05", "b06", "b07", "b08", "b09", "b10",
    "b11", "b12", "b13", "b14", "b15", "b16", "b17", "b18", "b19", "b20",
    "b21", "b22", "b23", "b24", "b25", "b26", "b27", "b28", "b29", "b30",
};

#define COUNT(table) (sizeof table / sizeof *table)

static char *copy(const char *words)
{
    return words != NULL ? strdup(words) : NULL;
}

static void add(struct verification *v, const struct wck_finding *like,
                const char *cause, const char *problem)
{
    struct wck_finding finding = *like;

    finding.where = (struct wck_place){.plane = -1, .y = 4, .x = 7};
    finding.subject = copy(v->report.subject);
    finding.problem = copy(problem);
    finding.cause = copy(cause);
    finding.reproduce = copy(v->report.command);
    ck_assert_int_eq(wck_findings_add_take(&v->findings, &finding, NULL), WCK_OK);
}

static void begin(struct verification *v, const char *subject, const char *command)
{
    *v = (struct verification){
        .report = {.subject = subject, .command = command, .problems = 4}};
}

static void finish(struct verification *v)
{
    v->report.findings = &v->findings;
    v->report.verdict = wck_findings_verdict(&v->findings);
}

/* `words` in place of the causes and problems where it is not NULL. */
static void add_small(struct verification *v, const char *words)
{
    static const struct {
        const char *checker, *kernel;
        enum wck_claim claim;
        enum wck_verdict verdict;
        double got; /* where 1.5 is wanted, and 0.125 allowed */
        size_t compared, beyond;
        const char *cause, *problem;
    } rows[] = {
        {"forward", "bilinear", WCK_CONFORMS, WCK_FAIL, 2.5, 9, 2, "off from row 3 on",
         "17x13"},
        {"forward", "bilinear", WCK_CONFORMS, WCK_FAIL, 3.5, 10, 4,
         "off from row 11 on", "29x31"},
        {"forward", "bilinear", WCK_CONFORMS, WCK_PASS, 1.5, 8, 0, NULL, "7x5"},
        {"forward", "nearest", WCK_CONFORMS, WCK_MARGINAL, 1.75, 9, 1, "a little off",
         "17x13"},
        {"adjoint", "bilinear", WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE, 1.5, 0, 0,
         "it has no gradient", "17x13"},
        {"matrix", "bilinear", WCK_CONFORMS, WCK_INCONCLUSIVE, 1.5, 6, 0,
         "errors below 1e-3 would not be seen", "17x13"},
        {"matrix", "bilinear", WCK_CONFORMS, WCK_INCONCLUSIVE, 1.5, 6, 0,
         "errors below 2e-3 would not be seen", "29x31"},
        {"matrix", "bilinear", WCK_SELF_CONSISTENT, WCK_PASS, 1.5, 6, 0, NULL, "17x13"},
        {"matrix", "bilinear", WCK_SELF_CONSISTENT, WCK_PASS, 1.5, 6, 0, NULL, "29x31"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        bool says = words != NULL && rows[i].cause != NULL;
        const struct wck_finding like = {
            .checker = rows[i].checker,
            .kernel = rows[i].kernel,
            .border = "wrap",
            .claim = rows[i].claim,
            .verdict = rows[i].verdict,
            .worst = {rows[i].got, 1.5, 0.125, 0.0, 1.0},
            .compared = rows[i].compared,
            .beyond = rows[i].beyond,
        };

        add(v, &like, says ? words : rows[i].cause,
            words != NULL ? words : rows[i].problem);
    }
    finish(v);
}

void verification_small(struct verification *v)
{
    begin(v, "builtin:it", "warpcheck verify builtin:it");
    add_small(v, NULL);
}

void verification_hostile(struct verification *v)
{
    begin(v, verification_hostile_name, verification_hostile_name);
    v->report.diagnosis = verification_hostile_name;
    v->report.fault = verification_hostile_name;
    v->report.refusal = verification_hostile_name;
    v->report.refused = 1;
    v->report.sandbox = verification_hostile_name;
    add_small(v, verification_hostile_name);
}

/* A number in letters: numbers alone make no other kind. */
static void spell(size_t number, char word[8])
{
    for (int i = 0; i < 7; i++, number /= 26)
        word[i] = (char)('a' + number % 26);
    word[7] = '\0';
}

void verification_many(struct verification *v)
{
    struct wck_text cause = {0};
    char word[8];

    begin(v, verification_hostile_name, verification_hostile_name);
    for (size_t i = 0; i < MANY; i++) {
        const struct wck_finding like = {
            .checker = checkers[i % COUNT(checkers)],
            .kernel = kernels[i / 15 % COUNT(kernels)],
            .border = borders[i / 15 / 30 % COUNT(borders)],
            .claim = (enum wck_claim)(i / 15 / 30 / 30 % WCK_CLAIM_COUNT),
            .verdict = WCK_FAIL,
            .worst = {2.5, 1.5, 0.125, 0.0, 1.0},
            .compared = 3,
            .beyond = 1,
        };

        spell(i, word);
        wck_text_printf(&cause, "%s ", word);
        for (int k = 0; k < 12; k++)
            wck_text_printf(&cause, "%s", verification_hostile_name);
        add(v, &like, wck_text_string(&cause), word);
        wck_text_release(&cause);
    }
    finish(v);
}

static void add_entry(struct verification *v, const char *id, const char *reason)
{
    struct wck_baseline_entry entry = {.id = copy(id), .reason = copy(reason)};

    ck_assert(wck_date_read(&entry.expires, "2030-12-31"));
    ck_assert_int_eq(wck_baseline_add_take(&v->baseline, &entry, NULL), WCK_OK);
}

void verification_know(struct verification *v)
{
    for (size_t i = 0; i < v->findings.count; i++) {
        struct wck_finding *finding = &v->findings.items[i];

        if (finding->verdict == WCK_FAIL)
            snprintf(finding->id, sizeof finding->id, "forward-00000001");
    }
    ck_assert(wck_date_read(&v->baseline.today, "2026-11-30"));
    add_entry(v, "forward-00000001", "waits for the # new kernel");
    add_entry(v, "matrix-00000002", "mended since");
    wck_baseline_judge(&v->baseline, &v->findings, true);
    v->report.baseline = &v->baseline;
}

void verification_reverse(struct verification *v)
{
    struct wck_finding *items = v->findings.items;

    for (size_t i = 0, k = v->findings.count - 1; i < k; i++, k--) {
        struct wck_finding kept = items[i];

        items[i] = items[k];
        items[k] = kept;
    }
}

void verification_release(struct verification *v)
{
    wck_findings_release(&v->findings);
    wck_baseline_release(&v->baseline);
}

struct wck_text verification_write(const struct verification *v, const char *format)
{
    struct wck_text text = {0};
    struct wck_error err = {.status = WCK_OK};
    const struct wck_format *row = wck_format_find(format);

    ck_assert_ptr_nonnull(row);
    ck_assert_msg(row->verify(&v->report, &text, &err) == WCK_OK, "%s", err.text);
    return text;
}
