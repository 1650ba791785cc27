/* Sarif: a verification as SARIF 2.1.0, for code scanning.
 *
 * A kind of findings that did not pass (see kind.h) is a result.  Readers take 25,000
 * of them at most: failures come first, what is left out is counted.  A result's
 * fingerprint is of words that stay the same from run to run: the subject, the checker
 * and so on, and the cause without its numbers.  A subject has no lines, but readers
 * insist: its first line stands for it. */
#include <inttypes.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "src/report/formats.h"
#include "src/report/kind.h"
#include "src/report/sentence.h"
#include "src/report/uri.h"
#include "src/report/utf8.h"

#define RESULTS 25000
#define MESSAGE 1000 /* bytes of a message's cause and of other texts */

static const char schema[] = "https://json.schemastore.org/sarif-2.1.0.json";

/* By verdict: what a result is called; NULL: it is none. */
static const struct {
    const char *kind, *level;
} levels[WCK_VERDICT_COUNT] = {
    [WCK_FAIL] = {"fail", "error"},
    [WCK_MARGINAL] = {"fail", "warning"},
    [WCK_INCONCLUSIVE] = {"open", "none"},
};

/* Results in this order. */
static const enum wck_verdict told[] = {WCK_FAIL, WCK_MARGINAL, WCK_INCONCLUSIVE};

struct writer {
    const struct wck_verify_report *report;
    json_t *rules, *results; /* owned by the document */
    size_t left_out;
    bool failed;
};

static void append(struct writer *to, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        to->failed = true;
}

static json_t *string(const char *bytes, size_t most)
{
    struct wck_text valid = {0};
    json_t *value = NULL;

    if (bytes == NULL)
        return json_null();
    wck_utf8_clip(&valid, bytes, most);
    if (!valid.failed)
        value = json_string(wck_text_string(&valid));
    wck_text_release(&valid);
    return value;
}

/* A message's text: a brace begins a placeholder unless it is doubled, and "](" in the
 * middle makes a link. */
static json_t *message(const char *words)
{
    struct wck_text text = {0};
    json_t *value;

    for (const char *c = words; *c != '\0'; c++) {
        wck_text_append(&text, c, 1);
        if (*c == '{' || *c == '}')
            wck_text_append(&text, c, 1);
        else if (*c == ']' && c[1] == '(')
            wck_text_append(&text, " ", 1);
    }
    value = text.failed ? NULL
                        : json_pack("{s:o}", "text",
                                    string(wck_text_string(&text), 3 * MESSAGE));
    wck_text_release(&text);
    return value;
}

/* FNV-1a, 64 bits, of the words and their ends. */
static uint64_t hash(uint64_t state, const char *words)
{
    for (const char *c = words != NULL ? words : "";; c++) {
        state = (state ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
        if (*c == '\0')
            return state;
    }
}

static json_t *fingerprints(const struct writer *to, const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;
    uint64_t state = hash(UINT64_C(0xcbf29ce484222325), to->report->subject);
    char digits[20], line[24];

    state = hash(state, worst->checker);
    state = hash(state, wck_claim_id(worst->claim));
    state = hash(state, worst->kernel);
    state = hash(state, worst->border);
    state = hash(state, wck_verdict_id(worst->verdict));
    state = hash(state, kind->form);
    snprintf(digits, sizeof digits, "%016" PRIx64, state);
    snprintf(line, sizeof line, "%s:1", digits);
    /* The second is what GitHub tells alerts apart by. */
    return json_pack("{s:s, s:s}", "warpcheckKind/v1", digits,
                     "primaryLocationLineHash", line);
}

static json_t *location(const struct writer *to)
{
    struct wck_text uri = {0};
    json_t *value = NULL;

    wck_uri_of_subject(to->report->subject, &uri);
    if (!uri.failed)
        value = json_pack("{s:{s:{s:s}, s:{s:i}}, s:[{s:o, s:s}]}", "physicalLocation",
                          "artifactLocation", "uri", wck_text_string(&uri), "region",
                          "startLine", 1, "logicalLocations", "fullyQualifiedName",
                          string(to->report->subject, MESSAGE), "kind", "function");
    wck_text_release(&uri);
    return value;
}

static void rule_id(const struct wck_finding *finding, char id[100])
{
    snprintf(id, 100, "%s/%s", finding->checker, wck_claim_id(finding->claim));
}

/* Index of the finding's rule, which is added where it is not yet there. */
static size_t rule_of(struct writer *to, const struct wck_finding *finding)
{
    size_t count = json_array_size(to->rules);
    const char *claim = wck_sentence_claim(finding->claim);
    char id[100], words[200];

    rule_id(finding, id);
    for (size_t i = 0; i < count; i++) {
        const json_t *known = json_object_get(json_array_get(to->rules, i), "id");

        if (strcmp(json_string_value(known), id) == 0)
            return i;
    }
    snprintf(words, sizeof words, "Checker %s: %s", finding->checker, claim);
    append(to, to->rules,
           json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s}}", "id", id, "shortDescription",
                     "text", words, "fullDescription", "text", words, "help", "text",
                     "See doc/reading-a-report.md, and warpcheck list checkers."));
    return count;
}

static json_t *properties(const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;

    return json_pack("{s:s, s:s, s:s?, s:s?, s:I, s:I, s:o, s:o}", "verdict",
                     wck_verdict_id(worst->verdict), "id", worst->id, "kernel",
                     worst->kernel, "border", worst->border, "compared",
                     (json_int_t)kind->compared, "beyond", (json_int_t)kind->beyond,
                     "problem", string(worst->problem, MESSAGE), "reproduce",
                     string(worst->reproduce, MESSAGE));
}

static json_t *result_message(const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;
    struct wck_text words = {0};
    json_t *value = NULL;

    wck_text_printf(&words, "%s, %s", worst->checker, wck_claim_id(worst->claim));
    if (worst->kernel != NULL)
        wck_text_printf(&words, ", %s", worst->kernel);
    if (worst->border != NULL)
        wck_text_printf(&words, ", border %s", worst->border);
    wck_text_printf(&words, ": ");
    wck_utf8_clip(&words, kind->cause != NULL ? kind->cause : "", MESSAGE);
    if (worst->compared > 0) {
        wck_text_printf(&words, "; worst: ");
        wck_sentence_worst(&words, worst);
    }
    if (!words.failed)
        value = message(wck_text_string(&words));
    wck_text_release(&words);
    return value;
}

/* Readers leave out what is suppressed; an empty list says that nothing is. */
static json_t *suppressions(const struct wck_kind *kind)
{
    struct wck_text words = {0};
    json_t *list;

    if (kind->known == NULL)
        return json_array();
    wck_sentence_known(&words, kind->known);
    list = words.failed ? NULL
                        : json_pack("[{s:s, s:s, s:o}]", "kind", "external", "status",
                                    "accepted", "justification",
                                    string(wck_text_string(&words), MESSAGE));
    wck_text_release(&words);
    return list;
}

static void add_result(struct writer *to, const struct wck_kind *kind)
{
    const struct wck_finding *worst = kind->worst;
    size_t rule = rule_of(to, worst);
    char id[100];

    rule_id(worst, id);
    append(to, to->results,
           json_pack("{s:s, s:I, s:s, s:s, s:o, s:[o], s:o, s:I, s:o, s:o}", "ruleId",
                     id, "ruleIndex", (json_int_t)rule, "kind",
                     levels[worst->verdict].kind, "level", levels[worst->verdict].level,
                     "message", result_message(kind), "locations", location(to),
                     "partialFingerprints", fingerprints(to, kind), "occurrenceCount",
                     (json_int_t)kind->findings, "properties", properties(kind),
                     "suppressions", suppressions(kind)));
}

static void add_results(struct writer *to, const struct wck_kinds *kinds,
                        enum wck_verdict verdict)
{
    for (size_t i = 0; i < kinds->count && !to->failed; i++) {
        if (kinds->items[i].worst->verdict != verdict)
            continue;
        if (json_array_size(to->results) < RESULTS)
            add_result(to, &kinds->items[i]);
        else
            to->left_out++;
    }
}

static void add_notice(struct writer *to, json_t *notices, const char *level,
                       const char *words)
{
    append(to, notices,
           json_pack("{s:s, s:o}", "level", level, "message", message(words)));
}

/* What is no result: that the subject broke, that results were left out. */
static json_t *notices(struct writer *to)
{
    const struct wck_verify_report *report = to->report;
    json_t *list = json_array();
    char words[100];

    if (report->fault != NULL)
        add_notice(to, list, "error", report->fault);
    if (report->diagnosis != NULL)
        add_notice(to, list, "note", report->diagnosis);
    if (to->left_out > 0) {
        snprintf(words, sizeof words, "%zu more kinds of findings are left out",
                 to->left_out);
        add_notice(to, list, "warning", words);
    }
    return list;
}

static json_t *document(struct writer *to)
{
    json_t *invocation =
        json_pack("{s:o, s:b, s:o}", "commandLine",
                  string(to->report->command, 4 * MESSAGE), "executionSuccessful",
                  to->report->fault == NULL, "toolExecutionNotifications", notices(to));

    return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:O}}, s:[o], s:O, s:s}]}",
                     "$schema", schema, "version", "2.1.0", "runs", "tool", "driver",
                     "name", "warpcheck", "semanticVersion", PACKAGE_VERSION, "rules",
                     to->rules, "invocations", invocation, "results", to->results,
                     "columnKind", "unicodeCodePoints");
}

static enum wck_status write_document(struct writer *to, struct wck_text *text,
                                      struct wck_error *err)
{
    json_t *root = document(to);
    char *dumped =
        root != NULL && !to->failed ? json_dumps(root, JSON_INDENT(1)) : NULL;

    if (dumped != NULL)
        wck_text_printf(text, "%s\n", dumped);
    json_decref(root);
    if (dumped == NULL || text->failed) {
        free(dumped);
        return wck_error_no_memory(err);
    }
    free(dumped);
    return WCK_OK;
}

enum wck_status wck_sarif_verify(const struct wck_verify_report *report,
                                 struct wck_text *text, struct wck_error *err)
{
    struct writer to = {
        .report = report, .rules = json_array(), .results = json_array()};
    struct wck_kinds kinds;
    enum wck_status status =
        wck_kinds_make(&kinds, report->findings, report->baseline, err);

    if (status == WCK_OK) {
        for (size_t i = 0; i < sizeof told / sizeof *told; i++)
            add_results(&to, &kinds, told[i]);
        status = write_document(&to, text, err);
    }
    json_decref(to.rules);
    json_decref(to.results);
    wck_kinds_release(&kinds);
    return status;
}
