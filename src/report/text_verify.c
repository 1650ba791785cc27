/* Text, verify: what holds, how finely it was looked at, and what does not hold. */
#include <stdio.h>
#include <string.h>

#include "src/report/digest.h"
#include "src/report/formats.h"
#include "src/report/paragraph.h"
#include "src/report/sentence.h"
#include "src/report/summary.h"
#include "src/report/text_baseline.h"

#define SHOWN 3 /* distinct findings in full, for each checker, claim and verdict */

static const char table_head[] = "checker           claim            pass  marginal  "
                                 "fail    n/a  unjudged     worst  "
                                 "finds from\n";

static void write_row(struct wck_text *text, const struct wck_summary_row *row)
{
    const size_t *counts = row->verdicts;

    wck_text_printf(text, "%-16s  %-15s %5zu %9zu %5zu %6zu %9zu", row->checker,
                    wck_claim_id(row->claim), counts[WCK_PASS], counts[WCK_MARGINAL],
                    counts[WCK_FAIL], counts[WCK_NOT_APPLICABLE],
                    counts[WCK_INCONCLUSIVE]);
    if (row->compared > 0)
        wck_text_printf(text, "  %8.2g", row->worst);
    else
        wck_text_printf(text, "  %8s", "-");
    if (counts[WCK_PASS] > 0)
        wck_text_printf(text, "  %10.2g\n", row->detectable);
    else
        wck_text_printf(text, "  %10s\n", "-");
}

static void write_table(struct wck_text *text, const struct wck_summary *summary)
{
    if (summary->row_count == 0)
        return;
    wck_text_printf(text, "\n%s", table_head);
    for (size_t i = 0; i < summary->row_count; i++)
        write_row(text, &summary->rows[i]);
    wck_text_printf(text,
                    "worst: largest |got - want| / bound.  finds from: the smallest "
                    "error, relative to the weights,\nthat a pass would have found "
                    "everywhere.\n");
}

/* What a checker counted, over all problems. */
static void write_detail(struct wck_text *text, const struct wck_findings *findings,
                         const char *checker)
{
    struct wck_digest digest = {0};
    struct wck_text line = {0};

    for (size_t i = 0; i < findings->count; i++) {
        if (strcmp(findings->items[i].checker, checker) == 0)
            wck_digest_add(&digest, findings->items[i].detail);
    }
    for (size_t i = 0; i < digest.count; i++) {
        wck_digest_print(&digest.items[i], &line);
        wck_text_printf(text, "%-16s  ", i == 0 ? checker : "");
        wck_paragraph_wrap(text, wck_text_string(&line), 18, 18);
        text->failed = text->failed || line.failed;
        wck_text_release(&line);
    }
    text->failed = text->failed || digest.failed;
    wck_digest_release(&digest);
}

static void write_details(struct wck_text *text, const struct wck_findings *findings,
                          const struct wck_summary *summary)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].detail == NULL)
            continue;
        wck_text_append(text, "\n", 1);
        break;
    }
    for (size_t i = 0; i < summary->row_count; i++) {
        const char *checker = summary->rows[i].checker;

        /* The two claims of one checker follow each other and share their counts. */
        if (i == 0 || strcmp(checker, summary->rows[i - 1].checker) != 0)
            write_detail(text, findings, checker);
    }
}

/* The same sentence but for its numbers, which differ from problem to problem. */
static bool same_words(const char *a, const char *b)
{
    static const char numeric[] = "0123456789.+-";

    if (a == NULL || b == NULL)
        return a == b;
    for (;; a++, b++) {
        a += strspn(a, numeric);
        b += strspn(b, numeric);
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
    }
}

static bool alike(const struct wck_finding *a, const struct wck_finding *b)
{
    return a->claim == b->claim && a->verdict == b->verdict &&
           strcmp(a->checker, b->checker) == 0;
}

static void write_measure(struct wck_text *text, const struct wck_finding *finding)
{
    struct wck_text line = {0};

    wck_sentence_worst(&line, finding);
    wck_text_printf(text, "  ");
    wck_paragraph_wrap(text, wck_text_string(&line), 2, 4);
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

static void write_finding(struct wck_text *text, const struct wck_finding *finding)
{
    wck_text_printf(text, "\n%s: %s, %s%s%s%s\n", wck_verdict_id(finding->verdict),
                    finding->checker, wck_claim_id(finding->claim),
                    finding->id[0] != '\0' ? " (" : "", finding->id,
                    finding->id[0] != '\0' ? ")" : "");
    if (finding->problem != NULL) {
        wck_text_printf(text, "  ");
        wck_paragraph_wrap(text, finding->problem, 2, 4);
    }
    if (finding->compared > 0)
        write_measure(text, finding);
    if (finding->cause != NULL) {
        wck_text_printf(text, "  ");
        wck_paragraph_wrap(text, finding->cause, 2, 4);
    }
    if (finding->reproduce != NULL) {
        wck_text_printf(text, "  ");
        wck_paragraph_plain(text, finding->reproduce);
        wck_text_append(text, "\n", 1);
    }
}

/* Has one with the same cause been shown? */
static bool is_shown(const struct wck_finding *finding,
                     const struct wck_finding *const *shown, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (same_words(finding->cause, shown[i]->cause))
            return true;
    }
    return false;
}

/* The `count` findings are alike. */
static void write_alike(struct wck_text *text,
                        const struct wck_finding *const *findings, size_t count)
{
    const struct wck_finding *shown[SHOWN];
    size_t distinct = 0;

    for (size_t i = 0; i < count && distinct < SHOWN; i++) {
        if (is_shown(findings[i], shown, distinct))
            continue;
        shown[distinct++] = findings[i];
        write_finding(text, findings[i]);
    }
    if (count > distinct)
        wck_text_printf(text, "... and %zu more %s: %s, %s\n", count - distinct,
                        wck_verdict_id(findings[0]->verdict), findings[0]->checker,
                        wck_claim_id(findings[0]->claim));
}

static void write_findings(struct wck_text *text, const struct wck_summary *summary)
{
    const struct wck_finding *const *ranked =
        (const struct wck_finding *const *)summary->ranked;

    for (size_t i = 0, next; i < summary->ranked_count; i = next) {
        for (next = i + 1; next < summary->ranked_count; next++) {
            if (!alike(ranked[i], ranked[next]))
                break;
        }
        write_alike(text, ranked + i, next - i);
    }
}

static void write_verdict(struct wck_text *text, const struct wck_verify_report *report)
{
    wck_paragraph_plain(text, report->subject);
    wck_text_printf(
        text, ": %s%s (%zu problem%s, %zu findings)\n", wck_verdict_id(report->verdict),
        wck_text_all_known(report) ? ", all of it known" : "", report->problems,
        report->problems == 1 ? "" : "s", report->findings->count);
    if (report->left_out > 0)
        wck_text_printf(text, "%zu more left out: the time of --budget was up\n",
                        report->left_out);
    if (report->same_size > 0)
        wck_text_printf(text,
                        "%zu with outputs of the image's size: the subject makes no "
                        "others\n",
                        report->same_size);
    if (report->fills_zero)
        wck_text_printf(text, "border values are 0: the subject takes no others\n");
    if (report->rounded > 0)
        wck_text_printf(text,
                        "%zu judged with coordinates that may round as by a normalised "
                        "grid: this subject's do\n",
                        report->rounded);
    if (report->convention != NULL) {
        struct wck_text line = {0};

        wck_text_printf(&line, "by calls of %s: %s", report->convention,
                        WCK_REPORT_BY_CALLS);
        wck_paragraph_wrap(text, wck_text_string(&line), 0, 2);
        text->failed = text->failed || line.failed;
        wck_text_release(&line);
    }
    if (report->refused > 0) {
        wck_text_printf(text, "%zu more not served: ", report->refused);
        wck_paragraph_plain(text, report->refusal != NULL ? report->refusal : "?");
        wck_text_printf(text, "\n");
    }
}

#define CAUSES 4 /* that are told */

/* How many of the findings have the cause of number `first`; 0 where an earlier one has
 * it. */
static size_t count_cause(const struct wck_findings *findings, size_t first)
{
    const char *cause = findings->items[first].cause;
    size_t count = 0;

    for (size_t i = 0; i < findings->count && cause != NULL; i++) {
        if (findings->items[i].cause == NULL ||
            strcmp(findings->items[i].cause, cause) != 0)
            continue;
        if (i < first)
            return 0;
        count++;
    }
    return count;
}

/* Where nothing applied, the table shows no finding: the first few reasons. */
static void write_why_nothing(struct wck_text *text,
                              const struct wck_verify_report *report)
{
    size_t told = 0;

    if (report->verdict != WCK_NOT_APPLICABLE)
        return;
    for (size_t i = 0; i < report->findings->count && told <= CAUSES; i++) {
        size_t count = count_cause(report->findings, i);
        struct wck_text line = {0};

        if (count == 0)
            continue;
        if (told++ == 0)
            wck_text_printf(text, "\nNothing could be judged:\n");
        if (told > CAUSES) {
            wck_text_printf(text, "  ...\n");
            return;
        }
        wck_text_printf(&line, "%zu finding%s: %s", count, count == 1 ? "" : "s",
                        report->findings->items[i].cause);
        wck_text_printf(text, "  ");
        wck_paragraph_wrap(text, wck_text_string(&line), 2, 4);
        wck_text_release(&line);
    }
}

static void write_shrunk(struct wck_text *text, const struct wck_shrunk_report *shrunk)
{
    struct wck_text line = {0};

    wck_text_printf(text, "\nShrunk: ");
    if (!shrunk->repeats)
        wck_text_printf(&line, "%s did not fail again when it was put alone",
                        shrunk->finding->id);
    else
        wck_text_printf(&line, "%s still fails after %zu of %zu simplifications: %s",
                        shrunk->finding->id, shrunk->kept, shrunk->tried,
                        shrunk->finding->problem);
    wck_paragraph_wrap(text, wck_text_string(&line), strlen("Shrunk: "), 2);
    wck_text_printf(text, "  ");
    wck_paragraph_plain(text, shrunk->finding->reproduce);
    wck_text_append(text, "\n", 1);
    if (!shrunk->shows)
        wck_text_printf(text, "  No recording of one call shows it.\n");
    for (size_t i = 0; i < WCK_SHRUNK_FILES; i++) {
        if (shrunk->files[i] == NULL)
            continue;
        wck_text_printf(text, "  ");
        wck_paragraph_plain(text, shrunk->files[i]);
        wck_text_append(text, "\n", 1);
    }
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

enum wck_status wck_text_verify(const struct wck_verify_report *report,
                                struct wck_text *text, struct wck_error *err)
{
    struct wck_summary summary;
    enum wck_status status = wck_summary_make(&summary, report->findings, err);

    if (status == WCK_OK) {
        write_verdict(text, report);
        write_table(text, &summary);
        write_details(text, report->findings, &summary);
        write_why_nothing(text, report);
        wck_text_leave_known(&summary, report->baseline);
        write_findings(text, &summary);
        wck_text_baseline(text, report->baseline);
        if (report->diagnosis != NULL) {
            wck_text_printf(text, "\nDiagnosis: ");
            wck_paragraph_wrap(text, report->diagnosis, strlen("Diagnosis: "), 0);
        }
        if (report->shrunk != NULL)
            write_shrunk(text, report->shrunk);
        if (report->sandbox != NULL) {
            wck_text_printf(text, "\nSandbox: ");
            wck_paragraph_wrap(text, report->sandbox, strlen("Sandbox: "), 0);
        }
        wck_text_printf(text, "\nAgain: ");
        wck_paragraph_plain(text, report->command);
        wck_text_append(text, "\n", 1);
        if (text->failed)
            status = wck_error_no_memory(err);
    }
    wck_summary_release(&summary);
    return status;
}
