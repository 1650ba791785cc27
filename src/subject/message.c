#include "src/subject/message.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/span.h"
#include "src/subject/spec.h"

/* Copies what a worker said: cut, and fit to be printed. */
static void copy_said(char to[WCK_MESSAGE_TEXT], const char *said)
{
    size_t i = 0;

    for (; said != NULL && said[i] != '\0' && i + 1 < WCK_MESSAGE_TEXT; i++)
        to[i] = said[i] >= ' ' && said[i] <= '~' ? said[i] : '?';
    to[i] = '\0';
}

/* Appends a document as a line, and lets go of it. */
static enum wck_status append_line(json_t *document, struct wck_text *text,
                                   struct wck_error *err)
{
    char *dump = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;

    json_decref(document);
    if (dump == NULL)
        return wck_error_no_memory(err);
    wck_text_printf(text, "%s\n", dump);
    free(dump);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}

/* Are gradients wanted, rather than the output? */
static bool pulls(const struct wck_question *question)
{
    return strcmp(question->call, "vjp") == 0;
}

/* ---- the greeting ---- */

enum wck_status wck_message_greet(bool shared, const char *convention,
                                  struct wck_text *text, struct wck_error *err)
{
    return append_line(json_pack("{s:[i,i],s:s,s:s*}", "warpcheck", WCK_MESSAGE_MAJOR,
                                 WCK_MESSAGE_MINOR, "transport",
                                 shared ? "shared" : "pipe", "convention", convention),
                       text, err);
}

static bool is_list_of_words(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_string(json_array_get(value, i)))
            return false;
    }
    return json_is_array(value);
}

static const char *const lists[] = {"conventions", "arrays", "gradients", "tangents",
                                    "along",       "dtypes", "layouts",   "strides"};

static enum wck_status check_serves(const json_t *document, struct wck_error *err)
{
    const json_t *serves = json_object_get(document, "serves");
    const json_t *repeats = json_object_get(serves, "deterministic");

    if (serves != NULL && !json_is_object(serves))
        return wck_error_set(err, WCK_SUBJECT,
                             "broke the protocol: \"serves\" is no object");
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const json_t *list = json_object_get(serves, lists[i]);

        if (list != NULL && !is_list_of_words(list))
            return wck_error_set(err, WCK_SUBJECT,
                                 "broke the protocol: \"%s\" is no list of words",
                                 lists[i]);
    }
    if (repeats != NULL && !json_is_boolean(repeats))
        return wck_error_set(
            err, WCK_SUBJECT,
            "broke the protocol: \"deterministic\" is neither true nor "
            "false");
    return WCK_OK;
}

static bool lists_word(const json_t *document, const char *name, const char *word)
{
    const json_t *list = json_object_get(json_object_get(document, "serves"), name);
    bool found = false;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *said = json_string_value(json_array_get(list, i));

        found = found || (said != NULL && strcmp(said, word) == 0);
    }
    return found;
}

enum wck_status wck_message_read_greeting(const char *line, struct wck_serves *serves,
                                          struct wck_error *err)
{
    const json_t *version, *major;
    char why[WCK_MESSAGE_TEXT];
    json_t *document = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

    *serves = (struct wck_serves){.document = document};
    version = json_object_get(document, "warpcheck");
    major = json_array_get(version, 0);
    if (!json_is_integer(major) || !json_is_integer(json_array_get(version, 1)))
        return wck_error_set(err, WCK_SUBJECT,
                             "broke the protocol: its greeting has no \"warpcheck\": "
                             "[MAJOR, MINOR]");
    if (json_integer_value(major) != WCK_MESSAGE_MAJOR)
        return wck_error_set(err, WCK_SUBJECT,
                             "speaks version %lld of the protocol, this is version %d",
                             (long long)json_integer_value(major), WCK_MESSAGE_MAJOR);
    copy_said(serves->name, json_string_value(json_object_get(document, "name")));
    if (json_object_get(document, "error") != NULL) {
        copy_said(why, json_string_value(json_object_get(document, "error")));
        return wck_error_set(err, WCK_SUBJECT, "cannot start: %s",
                             why[0] != '\0' ? why : "it does not say why");
    }
    serves->strided_inputs = lists_word(document, "strides", "inputs");
    serves->strided_outputs = lists_word(document, "strides", "outputs");
    serves->varies = json_is_false(
        json_object_get(json_object_get(document, "serves"), "deterministic"));
    return check_serves(document, err);
}

void wck_serves_release(struct wck_serves *serves)
{
    json_decref(serves->document);
    *serves = (struct wck_serves){0};
}

/* Is the word on the list?  A list that is not there restricts nothing. */
static enum wck_status check_word(const struct wck_serves *serves, const char *name,
                                  const char *word, struct wck_error *err)
{
    const json_t *list =
        json_object_get(json_object_get(serves->document, "serves"), name);
    /* The harness's own is put where no other is asked for. */
    bool unasked = strcmp(name, "conventions") == 0 && strcmp(word, "warp") == 0;
    struct wck_text there = {0};
    char said[WCK_MESSAGE_TEXT];

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *served = json_string_value(json_array_get(list, i));

        if (strcmp(served, word) == 0) {
            wck_text_release(&there);
            return WCK_OK;
        }
        wck_text_printf(&there, "%s%s", i > 0 ? ", " : "", served);
    }
    copy_said(said, wck_text_string(&there));
    wck_text_release(&there);
    if (list == NULL)
        return WCK_OK;
    return wck_error_set(err, WCK_UNSUPPORTED, "%s serves no %s '%s' (%s)%s",
                         serves->name[0] != '\0' ? serves->name : "the worker", name,
                         word, said[0] != '\0' ? said : "it serves none",
                         unasked && said[0] != '\0' ? ": say --convention" : "");
}

/* Calls that came later: their list says what they take, and a worker that has none of
 * it knows no such call. */
static const struct {
    const char *call, *list, *prefix, *what;
} later[] = {
    {"jvp", "tangents", "tangent_", "forward mode"},
    {"second", "along", "along_", "double backward"},
};

static enum wck_status check_later(const struct wck_serves *serves,
                                   const struct wck_question *question,
                                   struct wck_error *err)
{
    const json_t *served = json_object_get(serves->document, "serves");
    enum wck_status status = WCK_OK;
    size_t row = 0, rows = sizeof later / sizeof later[0];

    while (row < rows && strcmp(question->call, later[row].call) != 0)
        row++;
    if (row == rows)
        return WCK_OK;
    if (json_object_get(served, later[row].list) == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "%s has no %s",
                             serves->name[0] != '\0' ? serves->name : "the worker",
                             later[row].what);
    for (size_t i = 0; i < question->array_count && status == WCK_OK; i++) {
        const char *name = question->arrays[i].name;
        size_t length = strlen(later[row].prefix);

        if (strncmp(name, later[row].prefix, length) == 0)
            status = check_word(serves, later[row].list, name + length, err);
    }
    return status;
}

enum wck_status wck_serves_check(const struct wck_serves *serves,
                                 const struct wck_question *question,
                                 struct wck_error *err)
{
    const struct wck_problem *problem = question->problem;
    const char *convention =
        problem->convention != NULL ? problem->convention->name : "warp";
    enum wck_status status = check_word(serves, "conventions", convention, err);

    if (status == WCK_OK)
        status = check_word(serves, "arrays", question->carrier, err);
    if (status == WCK_OK)
        status = check_word(serves, "dtypes", wck_dtype_row(problem->dtype)->name, err);
    if (status == WCK_OK)
        status = check_word(serves, "layouts", problem->layout, err);
    for (size_t i = 0; i < question->wanted_count && status == WCK_OK; i++) {
        if (pulls(question))
            status = check_word(serves, "gradients",
                                question->wanted[i].name + strlen("grad_"), err);
    }
    return status == WCK_OK ? check_later(serves, question, err) : status;
}

/* ---- calls ---- */

static json_t *shape_of(const struct wck_tensor *tensor)
{
    json_t *shape = json_array();

    for (int d = 0; d < tensor->rank; d++)
        json_array_append_new(shape, json_integer((json_int_t)tensor->shape[d]));
    return shape;
}

static json_t *strides_of(const struct wck_tensor *tensor)
{
    json_t *strides = json_array();

    for (int d = 0; d < tensor->rank; d++)
        json_array_append_new(strides, json_integer((json_int_t)tensor->stride[d]));
    return strides;
}

static json_t *arrays_of(const struct wck_question_array *arrays, size_t count,
                         const size_t *offsets)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        const struct wck_tensor *tensor = &arrays[i].tensor;
        json_t *array =
            json_pack("{s:s,s:s,s:o}", "name", arrays[i].name, "dtype",
                      wck_dtype_row(tensor->dtype)->name, "shape", shape_of(tensor));

        if (offsets != NULL)
            json_object_set_new(array, "offset", json_integer((json_int_t)offsets[i]));
        if (offsets != NULL && !wck_span_is_plain(tensor))
            json_object_set_new(array, "strides", strides_of(tensor));
        json_array_append_new(list, array);
    }
    return list;
}

/* The words that a recording of the call would have in its spec.json. */
static json_t *spec_of(const struct wck_problem *problem)
{
    const struct wck_warp *warp = &problem->warp;
    struct wck_spec spec = {.convention = problem->convention,
                            .layout = problem->layout,
                            .choices = problem->choices};
    struct wck_text text = {0};
    json_t *document;

    if (problem->convention == NULL)
        return json_pack("{s:s,s:s,s:s,s:s,s:b}", "convention", "warp", "interp",
                         warp->kernel->name, "border", warp->border->name, "layout",
                         problem->layout, "inverse_map",
                         warp->map.direction == WCK_OUTPUT_TO_SOURCE);
    wck_spec_write(&spec, &text, NULL);
    document = json_loads(wck_text_string(&text), 0, NULL);
    wck_text_release(&text);
    return document;
}

enum wck_status wck_message_ask(const struct wck_question *question, long long id,
                                const size_t *offsets, const size_t *wanted_offsets,
                                struct wck_text *text, struct wck_error *err)
{
    /* json_pack fails, and lets go of the rest, where one of the parts is missing. */
    return append_line(
        json_pack("{s:I,s:s,s:o,s:o,s:o}", "id", (json_int_t)id, "call", question->call,
                  "spec", spec_of(question->problem), "arrays",
                  arrays_of(question->arrays, question->array_count, offsets), "want",
                  arrays_of(question->wanted, question->wanted_count, wanted_offsets)),
        text, err);
}

/* ---- answers ---- */

static struct wck_answer answer(enum wck_answer_kind kind, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static struct wck_answer answer(enum wck_answer_kind kind, const char *format, ...)
{
    struct wck_answer made = {.kind = kind};
    char text[WCK_MESSAGE_TEXT];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    copy_said(made.text, text);
    return made;
}

static struct wck_answer read_refusal(const json_t *document)
{
    const char *error = json_string_value(json_object_get(document, "error"));
    const char *message = json_string_value(json_object_get(document, "message"));

    if (message == NULL || message[0] == '\0')
        message = "it does not say why";
    if (error != NULL && strcmp(error, "unsupported") == 0)
        return answer(WCK_ANSWER_UNSUPPORTED, "%s", message);
    if (error != NULL && strcmp(error, "failed") == 0)
        return answer(WCK_ANSWER_FAILED, "%s", message);
    return answer(WCK_ANSWER_BROKEN,
                  "its answer is neither \"ok\": true nor an \"error\" that is "
                  "unsupported or failed");
}

static bool has_shape(const json_t *shape, const struct wck_tensor *tensor)
{
    if (json_array_size(shape) != (size_t)tensor->rank)
        return false;
    for (int d = 0; d < tensor->rank; d++) {
        const json_t *size = json_array_get(shape, (size_t)d);

        if (!json_is_integer(size) ||
            json_integer_value(size) != (json_int_t)tensor->shape[d])
            return false;
    }
    return true;
}

static bool is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

/* The listed arrays must be the wanted ones.  Another name breaks the protocol; another
 * shape or type is a call that failed, and by pipe nobody knows what follows it. */
static struct wck_answer check_listed(const json_t *list,
                                      const struct wck_question *question, bool piped,
                                      struct wck_answer made)
{
    size_t at = 0;

    for (size_t i = 0; i < question->wanted_count; i++) {
        const struct wck_question_array *wanted = &question->wanted[i];
        const json_t *array;

        if (made.without[i])
            continue;
        array = json_array_get(list, at++);
        if (!is_text(json_object_get(array, "name"), wanted->name))
            return answer(WCK_ANSWER_BROKEN, "its answer lists no %s where it should",
                          wanted->name);
        if (!is_text(json_object_get(array, "dtype"),
                     wck_dtype_row(wanted->tensor.dtype)->name) ||
            !has_shape(json_object_get(array, "shape"), &wanted->tensor))
            return answer(piped ? WCK_ANSWER_BROKEN : WCK_ANSWER_FAILED,
                          "its %s has another shape or type than was wanted",
                          wanted->name);
    }
    if (json_array_size(list) != at)
        return answer(WCK_ANSWER_BROKEN, "its answer lists %zu arrays, not %zu",
                      json_array_size(list), at);
    return made;
}

/* Marks what the answer is without; false where that is no list of wanted gradients. */
static bool read_without(const json_t *list, const struct wck_question *question,
                         struct wck_answer *made)
{
    if (list != NULL && (!json_is_array(list) || !pulls(question)))
        return false;
    for (size_t k = 0; k < json_array_size(list); k++) {
        size_t i = 0;

        while (i < question->wanted_count &&
               !is_text(json_array_get(list, k), question->wanted[i].name))
            i++;
        if (i == question->wanted_count)
            return false;
        made->without[i] = true;
    }
    return true;
}

/* Marks the gradients that its framework lost.  They are named only to explain: what is
 * no wanted gradient says nothing. */
static void read_lost(const json_t *list, const struct wck_question *question,
                      struct wck_answer *made)
{
    for (size_t k = 0; pulls(question) && k < json_array_size(list); k++) {
        for (size_t i = 0; i < question->wanted_count; i++)
            made->lost[i] |= is_text(json_array_get(list, k), question->wanted[i].name);
    }
}

struct wck_answer wck_message_read_answer(const char *line, long long id,
                                          const struct wck_question *question,
                                          bool piped)
{
    struct wck_answer made = {.kind = WCK_ANSWER_OK};
    json_t *document = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const json_t *own = json_object_get(document, "id");
    const json_t *listed = json_object_get(document, "arrays");

    if (!json_is_object(document))
        made = answer(WCK_ANSWER_BROKEN, "its answer is no JSON object: '%.60s'", line);
    else if (!json_is_integer(own))
        made = answer(WCK_ANSWER_BROKEN, "its answer has no id");
    else if (json_integer_value(own) != id)
        made = answer(WCK_ANSWER_BROKEN, "it answers call %lld, not %lld",
                      (long long)json_integer_value(own), id);
    else if (!json_is_true(json_object_get(document, "ok")))
        made = read_refusal(document);
    else if (!read_without(json_object_get(document, "without"), question, &made))
        made = answer(WCK_ANSWER_BROKEN, "\"without\" is no list of wanted gradients");
    read_lost(json_object_get(document, "lost"), question, &made);
    if (made.kind == WCK_ANSWER_OK && (piped || listed != NULL))
        made = check_listed(listed, question, piped, made);
    json_decref(document);
    return made;
}
