/* Junit: a verification as test cases in JUnit's XML, as Jenkins and GitLab read it.
 *
 * A checker is a suite, and a case (see kind.h) is a test of it, so that names stay the
 * same from run to run and no two are the same.  Readers refuse large files: whatever
 * the findings are, this one stays below 30 million bytes.  No dates and times, so that
 * the same verification gives the same file. */
#include <stdio.h>
#include <string.h>

#include "src/report/formats.h"
#include "src/report/kind.h"
#include "src/report/markup.h"
#include "src/report/sentence.h"
#include "src/report/text_baseline.h"
#include "src/report/utf8.h"

/* Escaped, a byte is 6 at most.  A case without its story takes its names, 6 x (2 NAME
 * + 26 for the suite's and ellipses), and 200 bytes more: CASES of them are 18.9
 * million bytes.  One story is 6 x (4 KINDS + 1) x WORDS at most, 0.21 million; no more
 * begin beyond STORIES. */
#define CASES 10000
#define NAME 128    /* bytes of the subject's name, and of a case's */
#define WORDS 2000  /* bytes of one text of a story */
#define KINDS 4     /* told in one story */
#define STORIES 9e6 /* bytes that they may take together */

struct writer {
    struct wck_text *text;
    const struct wck_verify_report *report;
    size_t told; /* bytes of stories so far */
};

/* Of some cases. */
struct counts {
    size_t tests, failures, skipped, errors;
};

static void write_line(struct wck_text *text, const char *line)
{
    wck_markup_clip(text, line, WORDS);
    wck_text_append(text, "\n", 1);
}

static enum wck_outcome outcome_of(const struct writer *to, const struct wck_case *one,
                                   const struct wck_kind **decisive)
{
    return wck_case_outcome(one, to->report->fail_on_inconclusive, decisive);
}

/* What is known is skipped: a failure of it would be one of the build. */
static void count_case(const struct writer *to, const struct wck_case *one,
                       struct counts *counts)
{
    const struct wck_kind *decisive;
    enum wck_outcome outcome = outcome_of(to, one, &decisive);

    counts->tests++;
    if (outcome == WCK_CASE_FAILED)
        counts->failures++;
    else if (outcome != WCK_CASE_PASSED)
        counts->skipped++;
}

static void write_counts(struct wck_text *text, const struct counts *counts)
{
    wck_text_printf(text,
                    " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\">\n",
                    counts->tests, counts->failures, counts->errors, counts->skipped);
}

static void write_kind(struct wck_text *text, const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;
    struct wck_text line = {0};

    wck_text_printf(text, "%s, %zu finding%s%s%s\n", wck_verdict_id(worst->verdict),
                    kind->findings, kind->findings == 1 ? "" : "s",
                    worst->id[0] != '\0' ? ", " : "", worst->id);
    if (kind->cause != NULL)
        write_line(text, kind->cause);
    if (worst->problem != NULL)
        write_line(text, worst->problem);
    if (worst->compared > 0) {
        wck_sentence_worst(&line, worst);
        write_line(text, wck_text_string(&line));
    }
    if (worst->reproduce != NULL)
        write_line(text, worst->reproduce);
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

/* What a reader needs to act: the kinds that did not pass, the worst first. */
static void write_story(struct wck_text *text, const struct wck_case *one)
{
    size_t shown = one->count < KINDS ? one->count : KINDS;

    for (size_t i = 0; i < shown; i++) {
        if (one->kinds[i].worst->verdict != WCK_PASS)
            write_kind(text, &one->kinds[i]);
    }
    if (one->count > shown)
        wck_text_printf(text, "... and %zu more kinds of findings\n",
                        one->count - shown);
}

/* Of a case that did not pass: what its element says at once. */
static void write_message(struct wck_text *text, const struct wck_kind *decisive)
{
    struct wck_text words = {0};

    if (decisive->known != NULL)
        wck_sentence_known(&words, decisive->known);
    if (decisive->cause != NULL)
        wck_text_printf(&words, "%s%s", decisive->known != NULL ? ": " : "",
                        decisive->cause);
    if (words.size > 0)
        wck_markup_attribute(text, "message", wck_text_string(&words), WORDS);
    text->failed = text->failed || words.failed;
    wck_text_release(&words);
}

static void write_failure(struct writer *to, const struct wck_case *one,
                          const struct wck_kind *decisive)
{
    struct wck_text *text = to->text;
    bool tells = (double)to->told <= STORIES;
    size_t before = text->size;

    wck_text_printf(text, "      <failure");
    wck_markup_attribute(text, "type", wck_verdict_id(decisive->worst->verdict), NAME);
    if (tells) {
        write_message(text, decisive);
        wck_text_append(text, ">", 1);
        write_story(text, one);
        wck_text_printf(text, "</failure>\n");
    } else {
        wck_text_printf(text, "/>\n");
    }
    to->told += tells ? text->size - before : 0;
}

static void write_skipped(struct writer *to, const struct wck_kind *decisive)
{
    size_t before = to->text->size;

    wck_text_printf(to->text, "      <skipped");
    if ((double)to->told <= STORIES) {
        write_message(to->text, decisive);
        to->told += to->text->size - before;
    }
    wck_text_printf(to->text, "/>\n");
}

/* Opens the case's element.  A class is the subject and the suite: a report of several
 * subjects' files keeps them apart. */
static void begin_case(struct writer *to, const char *suite, const char *name)
{
    struct wck_text class = {0};

    wck_utf8_clip(&class, to->report->subject, NAME);
    wck_text_printf(&class, ".%s", suite);
    wck_text_printf(to->text, "    <testcase");
    wck_markup_attribute(to->text, "classname", wck_text_string(&class), 2 * NAME);
    wck_markup_attribute(to->text, "name", name, NAME);
    to->text->failed = to->text->failed || class.failed;
    wck_text_release(&class);
}

static void write_case(struct writer *to, const struct wck_case *one)
{
    const struct wck_kind *decisive;
    enum wck_outcome outcome = outcome_of(to, one, &decisive);
    struct wck_text name = {0};

    wck_case_name(one, &name);
    begin_case(to, one->kinds->worst->checker, wck_text_string(&name));
    wck_text_printf(to->text, outcome == WCK_CASE_PASSED ? "/>\n" : ">\n");
    if (outcome == WCK_CASE_FAILED)
        write_failure(to, one, decisive);
    else if (outcome != WCK_CASE_PASSED)
        write_skipped(to, decisive);
    if (outcome != WCK_CASE_PASSED)
        wck_text_printf(to->text, "    </testcase>\n");
    to->text->failed = to->text->failed || name.failed;
    wck_text_release(&name);
}

/* The cases of one checker, at least one. */
static void write_suite(struct writer *to, const struct wck_case *cases, size_t count)
{
    struct counts counts = {0};

    for (size_t i = 0; i < count; i++)
        count_case(to, &cases[i], &counts);
    wck_text_printf(to->text, "  <testsuite");
    wck_markup_attribute(to->text, "name", cases->kinds->worst->checker, NAME);
    write_counts(to->text, &counts);
    for (size_t i = 0; i < count; i++)
        write_case(to, &cases[i]);
    wck_text_printf(to->text, "  </testsuite>\n");
}

static void write_suites(struct writer *to, const struct wck_case *cases, size_t count)
{
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count; next++) {
            if (strcmp(cases[i].kinds->worst->checker,
                       cases[next].kinds->worst->checker) != 0)
                break;
        }
        write_suite(to, cases + i, next - i);
    }
}

/* The subject itself: a test of every verification.  It errs where the subject broke,
 * and is skipped where nothing could be judged. */
static void write_subject(struct writer *to, const struct counts *counts)
{
    const struct wck_verify_report *report = to->report;

    wck_text_printf(to->text, "  <testsuite name=\"subject\"");
    write_counts(to->text, counts);
    begin_case(to, "subject", "answers");
    wck_text_printf(to->text, ">\n");
    if (report->fault != NULL) {
        wck_text_printf(to->text, "      <error type=\"fault\"");
        wck_markup_attribute(to->text, "message", report->fault, WORDS);
        wck_text_printf(to->text, "/>\n");
    } else if (counts->skipped > 0) {
        wck_text_printf(to->text, "      <skipped");
        wck_markup_attribute(to->text, "message",
                             report->refusal != NULL ? report->refusal
                                                     : "nothing could be judged",
                             WORDS);
        wck_text_printf(to->text, "/>\n");
    }
    wck_text_printf(to->text, "      <system-out>");
    write_line(to->text, report->command);
    if (report->diagnosis != NULL)
        write_line(to->text, report->diagnosis);
    wck_text_printf(to->text, "</system-out>\n    </testcase>\n  </testsuite>\n");
}

/* A test of the baseline, where it was asked for: what it knows still fails. */
static void write_stale(struct writer *to)
{
    const struct wck_baseline *baseline = to->report->baseline;
    bool stale = wck_baseline_count(baseline, WCK_ENTRY_FIXED) > 0;
    struct wck_text words = {0};

    wck_text_printf(to->text, "  <testsuite name=\"baseline\"");
    write_counts(to->text, &(struct counts){1, stale, 0, 0});
    begin_case(to, "baseline", "still fails");
    wck_text_printf(to->text, ">%s\n", stale ? "<failure type=\"stale\">" : "");
    if (stale) {
        wck_text_baseline(&words, baseline);
        write_line(to->text, wck_text_string(&words));
        wck_text_printf(to->text, "</failure>");
    }
    wck_text_printf(to->text, "</testcase>\n  </testsuite>\n");
    to->text->failed = to->text->failed || words.failed;
    wck_text_release(&words);
}

/* The cases beyond CASES as one, which fails where one of them does. */
static void write_rest(struct writer *to, size_t count, const struct counts *rest)
{
    char name[40];

    if (count == 0)
        return;
    snprintf(name, sizeof name, "%zu more cases", count);
    wck_text_printf(to->text, "  <testsuite name=\"more\"");
    write_counts(to->text, &(struct counts){1, rest->failures > 0, 0, 0});
    begin_case(to, "more", name);
    wck_text_printf(to->text, ">%s</testcase>\n  </testsuite>\n",
                    rest->failures > 0 ? "<failure type=\"fail\"/>" : "");
}

static void write_all(struct writer *to, const struct wck_kinds *kinds)
{
    size_t shown = kinds->case_count < CASES ? kinds->case_count : CASES;
    size_t more = kinds->case_count - shown;
    bool broke = to->report->fault != NULL, stale = to->report->fail_on_stale;
    struct counts all = {0}, rest = {0};
    struct counts subject = {1, 0, !broke && kinds->count == 0, broke};

    for (size_t i = 0; i < kinds->case_count; i++)
        count_case(to, &kinds->cases[i], i < shown ? &all : &rest);
    all.tests += 1u + (more > 0) + stale;
    all.failures += rest.failures > 0;
    if (stale)
        all.failures += wck_baseline_count(to->report->baseline, WCK_ENTRY_FIXED) > 0;
    all.skipped += subject.skipped;
    all.errors = subject.errors;
    wck_text_printf(to->text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    wck_text_printf(to->text, "<testsuites name=\"warpcheck verify\"");
    write_counts(to->text, &all);
    write_subject(to, &subject);
    write_suites(to, kinds->cases, shown);
    write_rest(to, more, &rest);
    if (stale)
        write_stale(to);
    wck_text_printf(to->text, "</testsuites>\n");
}

enum wck_status wck_junit_verify(const struct wck_verify_report *report,
                                 struct wck_text *text, struct wck_error *err)
{
    struct writer to = {text, report, 0};
    struct wck_kinds kinds;
    enum wck_status status =
        wck_kinds_make(&kinds, report->findings, report->baseline, err);

    if (status == WCK_OK) {
        write_all(&to, &kinds);
        if (text->failed)
            status = wck_error_no_memory(err);
    }
    wck_kinds_release(&kinds);
    return status;
}
