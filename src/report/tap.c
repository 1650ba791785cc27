/* Tap: a verification as the Test Anything Protocol, version 14, which readers of
 * version 13 understand but for the number.
 *
 * A case (see kind.h) is a test point; its story is a YAML block of quoted strings,
 * which are written as JSON has them. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "src/report/formats.h"
#include "src/report/kind.h"
#include "src/report/paragraph.h"
#include "src/report/sentence.h"
#include "src/report/text_baseline.h"
#include "src/report/utf8.h"

#define WORDS 2000 /* bytes of one text */

/* One line of valid UTF-8 without control characters. */
static struct wck_text plain(const char *bytes)
{
    struct wck_text valid = {0}, line = {0};

    wck_utf8_clip(&valid, bytes, WORDS);
    wck_paragraph_plain(&line, wck_text_string(&valid));
    line.failed = line.failed || valid.failed;
    wck_text_release(&valid);
    return line;
}

/* A description, or the reason of a directive: '#' begins one, unless it is escaped. */
static void write_words(struct wck_text *text, const char *bytes)
{
    struct wck_text line = plain(bytes);

    for (const char *c = wck_text_string(&line); *c != '\0'; c++) {
        if (*c == '#' || *c == '\\')
            wck_text_append(text, "\\", 1);
        wck_text_append(text, c, 1);
    }
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

static void write_field(struct wck_text *text, const char *key, const char *bytes)
{
    struct wck_text line = {0};
    json_t *string;
    char *quoted;

    if (bytes == NULL)
        return;
    line = plain(bytes);
    string = json_string(wck_text_string(&line));
    quoted = string != NULL ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
    if (quoted != NULL)
        wck_text_printf(text, "  %s: %s\n", key, quoted);
    text->failed = text->failed || line.failed || quoted == NULL;
    free(quoted);
    json_decref(string);
    wck_text_release(&line);
}

static void write_story(struct wck_text *text, const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;
    struct wck_text line = {0};

    wck_text_printf(text, "  ---\n");
    write_field(text, "message", kind->cause != NULL ? kind->cause : "");
    write_field(text, "severity", wck_verdict_id(worst->verdict));
    wck_text_printf(text, "  findings: %zu\n", kind->findings);
    if (worst->id[0] != '\0')
        write_field(text, "id", worst->id);
    write_field(text, "problem", worst->problem);
    if (worst->compared > 0) {
        wck_sentence_worst(&line, worst);
        write_field(text, "worst", wck_text_string(&line));
    }
    write_field(text, "reproduce", worst->reproduce);
    wck_text_printf(text, "  ...\n");
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

/* Why a test point that is skipped, or may fail, is so. */
static void write_directive(struct wck_text *text, enum wck_outcome outcome,
                            const struct wck_kind *decisive)
{
    struct wck_text words = {0};

    if (outcome == WCK_CASE_SKIPPED && decisive->cause != NULL)
        wck_text_printf(&words, "%s", decisive->cause);
    else if (outcome == WCK_CASE_KNOWN)
        wck_sentence_known(&words, decisive->known);
    wck_text_printf(text, outcome == WCK_CASE_SKIPPED ? " # SKIP " : " # TODO ");
    write_words(text, wck_text_string(&words));
    text->failed = text->failed || words.failed;
    wck_text_release(&words);
}

static void write_case(struct wck_text *text, size_t number, const struct wck_case *one,
                       bool fail_on_inconclusive)
{
    const struct wck_kind *decisive;
    enum wck_outcome outcome = wck_case_outcome(one, fail_on_inconclusive, &decisive);
    bool fails = outcome == WCK_CASE_FAILED || outcome == WCK_CASE_KNOWN;
    struct wck_text name = {0};

    wck_text_printf(&name, "%s: ", one->kinds->worst->checker);
    wck_case_name(one, &name);
    wck_text_printf(text, "%sok %zu - ", fails ? "not " : "", number);
    write_words(text, wck_text_string(&name));
    if (outcome == WCK_CASE_SKIPPED || outcome == WCK_CASE_KNOWN)
        write_directive(text, outcome, decisive);
    wck_text_append(text, "\n", 1);
    if (fails)
        write_story(text, decisive);
    text->failed = text->failed || name.failed;
    wck_text_release(&name);
}

/* The first test point: that the subject answers, and that something was judged. */
static void write_subject(struct wck_text *text, const struct wck_verify_report *report,
                          bool judged)
{
    const char *refusal = report->refusal != NULL ? report->refusal : "";

    wck_text_printf(
        text, "%sok 1 - the subject answers: ", report->fault != NULL ? "not " : "");
    write_words(text, report->subject);
    if (report->fault == NULL && !judged) {
        wck_text_printf(text, " # SKIP nothing could be judged: ");
        write_words(text, refusal);
    }
    wck_text_append(text, "\n", 1);
    if (report->fault == NULL)
        return;
    wck_text_printf(text, "  ---\n");
    write_field(text, "message", report->fault);
    write_field(text, "severity", "fault");
    write_field(text, "reproduce", report->command);
    wck_text_printf(text, "  ...\n");
}

/* The last test point, where it was asked for. */
static void write_stale(struct wck_text *text, size_t number,
                        const struct wck_baseline *baseline)
{
    bool stale = wck_baseline_count(baseline, WCK_ENTRY_FIXED) > 0;
    struct wck_text words = {0};

    wck_text_printf(text, "%sok %zu - all that the baseline knows still fails\n",
                    stale ? "not " : "", number);
    if (!stale)
        return;
    wck_text_baseline(&words, baseline);
    wck_text_printf(text, "  ---\n");
    write_field(text, "message", wck_text_string(&words));
    wck_text_printf(text, "  ...\n");
    text->failed = text->failed || words.failed;
    wck_text_release(&words);
}

enum wck_status wck_tap_verify(const struct wck_verify_report *report,
                               struct wck_text *text, struct wck_error *err)
{
    struct wck_kinds kinds;
    enum wck_status status =
        wck_kinds_make(&kinds, report->findings, report->baseline, err);

    if (status == WCK_OK) {
        wck_text_printf(text, "TAP version 14\n1..%zu\n",
                        kinds.case_count + (report->fail_on_stale ? 2 : 1));
        write_subject(text, report, kinds.count > 0);
        for (size_t i = 0; i < kinds.case_count; i++)
            write_case(text, i + 2, &kinds.cases[i], report->fail_on_inconclusive);
        if (report->fail_on_stale)
            write_stale(text, kinds.case_count + 2, report->baseline);
        if (text->failed)
            status = wck_error_no_memory(err);
    }
    wck_kinds_release(&kinds);
    return status;
}
