/* Markdown, verify: a summary for the page of a continuous integration's run.
 *
 * Such pages refuse more than 1 MiB.  Escaped, a byte is 5 at most: ROWS rows of the
 * table are 5 x (CELL + 100) each, 0.4 MB; STORIES stories for each of 3 verdicts 5 x 4
 * x WORDS each, 0.4 MB; the subject, the diagnosis, the baseline and the command 5 x 4
 * x WORDS, 0.04 MB. */
#include <string.h>

#include "src/report/formats.h"
#include "src/report/kind.h"
#include "src/report/markdown.h"
#include "src/report/sentence.h"
#include "src/report/text_baseline.h"

#define ROWS 200
#define CELL 300 /* bytes of a cause in the table */
#define STORIES 3
#define WORDS 2000 /* bytes of one text */

static const enum wck_verdict told[] = {WCK_FAIL, WCK_MARGINAL, WCK_INCONCLUSIVE};

#define TOLD (sizeof told / sizeof *told)

static void write_head(struct wck_text *text, const struct wck_verify_report *report)
{
    wck_text_printf(text, "## warpcheck verify ");
    wck_markdown_escape(text, report->subject, WORDS);
    wck_text_printf(text, "\n\n**%s%s**: %zu problem%s, %zu findings",
                    wck_verdict_id(report->verdict),
                    wck_text_all_known(report) ? ", all known" : "", report->problems,
                    report->problems == 1 ? "" : "s", report->findings->count);
    if (report->left_out > 0)
        wck_text_printf(text, "; %zu problems more left out: the time was up",
                        report->left_out);
    if (report->same_size > 0)
        wck_text_printf(text,
                        "; %zu with outputs of the image's size: the subject makes no "
                        "others",
                        report->same_size);
    if (report->fills_zero)
        wck_text_printf(text, "; border values are 0: the subject takes no others");
    if (report->rounded > 0)
        wck_text_printf(text,
                        "; %zu judged with coordinates that may round as by a "
                        "normalised grid: this subject's do",
                        report->rounded);
    if (report->refused > 0) {
        wck_text_printf(text, "; %zu more not served: ", report->refused);
        wck_markdown_escape(text, report->refusal != NULL ? report->refusal : "?",
                            WORDS);
    }
    wck_text_printf(text, "\n");
    if (report->convention != NULL)
        wck_text_printf(text, "\nBy calls of %s: %s\n", report->convention,
                        WCK_REPORT_BY_CALLS);
    if (report->fault != NULL) {
        wck_text_printf(text, "\n**The subject broke**: ");
        wck_markdown_escape(text, report->fault, WORDS);
        wck_text_printf(text, "\n");
    }
    if (report->diagnosis != NULL) {
        wck_text_printf(text, "\n**Diagnosis**: ");
        wck_markdown_escape(text, report->diagnosis, WORDS);
        wck_text_printf(text, "\n");
    }
}

static void write_counts(struct wck_text *text, const struct wck_finding *like,
                         const size_t *counts)
{
    wck_text_printf(text, "| %s | %s | %zu | %zu | %zu | %zu | %zu |\n", like->checker,
                    wck_claim_id(like->claim), counts[WCK_PASS], counts[WCK_MARGINAL],
                    counts[WCK_FAIL], counts[WCK_NOT_APPLICABLE],
                    counts[WCK_INCONCLUSIVE]);
}

static bool are_alike(const struct wck_finding *a, const struct wck_finding *b)
{
    return a->claim == b->claim && strcmp(a->checker, b->checker) == 0;
}

/* A row for each checker and claim, by which the cases are sorted. */
static void write_summary(struct wck_text *text, const struct wck_kinds *kinds)
{
    if (kinds->case_count == 0)
        return;
    wck_text_printf(text, "\n| checker | claim | pass | marginal | fail | n/a | "
                          "unjudged |\n|---|---|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0, next; i < kinds->case_count; i = next) {
        const struct wck_finding *like = kinds->cases[i].kinds->worst;
        size_t counts[WCK_VERDICT_COUNT] = {0};

        for (next = i; next < kinds->case_count; next++) {
            if (!are_alike(like, kinds->cases[next].kinds->worst))
                break;
            for (int v = 0; v < WCK_VERDICT_COUNT; v++)
                counts[v] += kinds->cases[next].verdicts[v];
        }
        write_counts(text, like, counts);
    }
}

static void write_row(struct wck_text *text, const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;

    wck_text_printf(
        text, "| %s%s%s | %s | %s | %s | %s | %zu | ", wck_verdict_id(worst->verdict),
        kind->known != NULL ? ", known until " : "",
        kind->known != NULL ? kind->known->expires.text : "", worst->checker,
        wck_claim_id(worst->claim), worst->kernel != NULL ? worst->kernel : "",
        worst->border != NULL ? worst->border : "", kind->findings);
    wck_markdown_escape(text, kind->cause != NULL ? kind->cause : "", CELL);
    wck_text_printf(text, " |\n");
}

/* The kinds of one verdict, as long as `rows` last; returns how many there are. */
static size_t write_rows(struct wck_text *text, const struct wck_kinds *kinds,
                         enum wck_verdict verdict, size_t *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < kinds->count; i++) {
        if (kinds->items[i].worst->verdict != verdict)
            continue;
        count++;
        if (*rows == 0)
            continue;
        (*rows)--;
        write_row(text, &kinds->items[i]);
    }
    return count;
}

static void write_table(struct wck_text *text, const struct wck_kinds *kinds)
{
    struct wck_text table = {0};
    size_t rows = ROWS, count = 0;

    for (size_t i = 0; i < TOLD; i++)
        count += write_rows(&table, kinds, told[i], &rows);
    if (count > 0) {
        wck_text_printf(text, "\n| verdict | checker | claim | kernel | border | "
                              "findings | cause |\n|---|---|---|---|---|--:|---|\n");
        wck_text_append(text, wck_text_string(&table), table.size);
    }
    if (count > ROWS - rows)
        wck_text_printf(text, "\n... and %zu more kinds of findings\n",
                        count - (ROWS - rows));
    text->failed = text->failed || table.failed;
    wck_text_release(&table);
}

static void write_story(struct wck_text *text, const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;
    struct wck_text line = {0};

    wck_text_printf(
        text, "\n**%s**: %s, %s, %zu finding%s%s%s; ", wck_verdict_id(worst->verdict),
        worst->checker, wck_claim_id(worst->claim), kind->findings,
        kind->findings == 1 ? "" : "s", worst->id[0] != '\0' ? ", " : "", worst->id);
    wck_markdown_escape(text, kind->cause != NULL ? kind->cause : "", WORDS);
    if (worst->problem != NULL) {
        wck_text_printf(text, "\n\n- ");
        wck_markdown_escape(text, worst->problem, WORDS);
    }
    if (worst->compared > 0) {
        wck_sentence_worst(&line, worst);
        wck_text_printf(text, "\n- ");
        wck_markdown_escape(text, wck_text_string(&line), WORDS);
    }
    wck_text_printf(text, "\n");
    if (worst->reproduce != NULL) {
        wck_text_printf(text, "\n");
        wck_markdown_code(text, worst->reproduce, WORDS);
    }
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

static void write_stories(struct wck_text *text, const struct wck_kinds *kinds,
                          enum wck_verdict verdict)
{
    size_t left = STORIES;

    for (size_t i = 0; i < kinds->count && left > 0; i++) {
        if (kinds->items[i].worst->verdict != verdict || kinds->items[i].known != NULL)
            continue;
        left--;
        write_story(text, &kinds->items[i]);
    }
}

/* What has become of what is known; as much of it as a text may have. */
static void write_baseline(struct wck_text *text, const struct wck_baseline *baseline)
{
    struct wck_text words = {0};

    wck_text_baseline(&words, baseline);
    if (words.size > 0) {
        wck_text_printf(text, "\n");
        wck_markdown_code(text, wck_text_string(&words), WORDS);
    }
    text->failed = text->failed || words.failed;
    wck_text_release(&words);
}

static void write_all(struct wck_text *text, const struct wck_verify_report *report,
                      const struct wck_kinds *kinds)
{
    write_head(text, report);
    write_summary(text, kinds);
    write_table(text, kinds);
    for (size_t i = 0; i < TOLD; i++)
        write_stories(text, kinds, told[i]);
    write_baseline(text, report->baseline);
    wck_text_printf(text, "\nAgain:\n\n");
    wck_markdown_code(text, report->command, WORDS);
}

enum wck_status wck_markdown_verify(const struct wck_verify_report *report,
                                    struct wck_text *text, struct wck_error *err)
{
    struct wck_kinds kinds;
    enum wck_status status =
        wck_kinds_make(&kinds, report->findings, report->baseline, err);

    if (status == WCK_OK) {
        write_all(text, report, &kinds);
        if (text->failed)
            status = wck_error_no_memory(err);
    }
    wck_kinds_release(&kinds);
    return status;
}
