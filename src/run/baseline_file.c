#include "src/run/baseline_file.h"

#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/io/file.h"

static const char schema_name[] = "warpcheck.baseline";

/* ---- reading ---- */

/* Where in a file we are. */
struct reader {
    const char *path;
    size_t entry;   /* its number, from 1; 0: none */
    const char *id; /* its id, once that is known to be one */
};

static enum wck_status refuse(const struct reader *at, struct wck_error *err,
                              const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What is wrong, in one line, whatever the file holds. */
static enum wck_status refuse(const struct reader *at, struct wck_error *err,
                              const char *format, ...)
{
    char text[200], place[WCK_FINDING_ID + 40] = "";
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *c = text; *c != '\0'; c++) {
        if (iscntrl((unsigned char)*c))
            *c = '?';
    }
    if (at->entry > 0)
        snprintf(place, sizeof place, "entry %zu%s%s%s: ", at->entry,
                 at->id != NULL ? " (" : "", at->id != NULL ? at->id : "",
                 at->id != NULL ? ")" : "");
    return wck_error_set(err, WCK_FORMAT, "%s: %s%s", at->path, place, text);
}

/* Of the `count` keys of an object none may be another. */
static enum wck_status check_keys(const struct reader *at, json_t *object,
                                  const char *const *keys, size_t count,
                                  struct wck_error *err)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        size_t i = 0;

        while (i < count && strcmp(keys[i], key) != 0)
            i++;
        if (i == count)
            return refuse(at, err, "'%s' means nothing here", key);
    }
    return WCK_OK;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* A copy of the text that `key` has; NULL where it has none and need not. */
static enum wck_status read_text(const struct reader *at, const json_t *object,
                                 const char *key, bool needed, char **text,
                                 struct wck_error *err)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL && !needed)
        return WCK_OK;
    if (value == NULL)
        return refuse(at, err, "'%s' is missing", key);
    if (!json_is_string(value))
        return refuse(at, err, "'%s' is no text", key);
    if (is_blank(json_string_value(value)))
        return refuse(at, err, "'%s' is empty", key);
    *text = strdup(json_string_value(value));
    return *text != NULL ? WCK_OK : wck_error_no_memory(err);
}

/* The checker's id, '-' and eight hexadecimal digits. */
static bool is_id(const char *text)
{
    const char *end = strrchr(text, '-');
    size_t length = strlen(text);

    if (end == NULL || end == text || length >= WCK_FINDING_ID || strlen(end) != 9)
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length &&
           strspn(end + 1, "0123456789abcdef") == 8;
}

static enum wck_status read_id(struct reader *at, const json_t *object,
                               struct wck_baseline_entry *entry, struct wck_error *err)
{
    enum wck_status status = read_text(at, object, "id", true, &entry->id, err);

    if (status == WCK_OK && !is_id(entry->id))
        return refuse(at, err, "'%.60s' is no id of a finding, as in forward-9c1f02ab",
                      entry->id);
    at->id = entry->id;
    return status;
}

static enum wck_status read_reason(const struct reader *at, const json_t *object,
                                   struct wck_baseline_entry *entry,
                                   struct wck_error *err)
{
    enum wck_status status = read_text(at, object, "reason", true, &entry->reason, err);

    if (status == WCK_OK && strcmp(entry->reason, WCK_BASELINE_NO_REASON) == 0)
        return refuse(at, err, "the reason is still '%s'", WCK_BASELINE_NO_REASON);
    return status;
}

static enum wck_status read_expires(const struct reader *at, const json_t *object,
                                    struct wck_baseline_entry *entry,
                                    struct wck_error *err)
{
    char *text = NULL;
    enum wck_status status = read_text(at, object, "expires", true, &text, err);

    if (status == WCK_OK && !wck_date_read(&entry->expires, text))
        status =
            refuse(at, err, "'%.30s' is no date to expire on, as in 2027-01-31", text);
    free(text);
    return status;
}

/* Where it was found: both facts, or none. */
static enum wck_status read_origin(const struct reader *at, const json_t *object,
                                   struct wck_baseline_entry *entry,
                                   struct wck_error *err)
{
    const json_t *judged = json_object_get(object, "judged");
    enum wck_status status =
        read_text(at, object, "problem", false, &entry->problem, err);

    if (status != WCK_OK)
        return status;
    if ((judged == NULL) != (entry->problem == NULL))
        return refuse(at, err, "'problem' and 'judged' go together");
    if (judged != NULL && (!json_is_integer(judged) || json_integer_value(judged) < 1))
        return refuse(at, err, "'judged' is no whole number above 0");
    entry->judged = judged != NULL ? (size_t)json_integer_value(judged) : 0;
    return WCK_OK;
}

/* An entry for any subject is one for each. */
static enum wck_status check_once(const struct reader *at,
                                  const struct wck_baseline *baseline,
                                  const struct wck_baseline_entry *entry,
                                  struct wck_error *err)
{
    for (size_t i = 0; i < baseline->count; i++) {
        const struct wck_baseline_entry *other = &baseline->entries[i];

        if (strcmp(other->id, entry->id) == 0 &&
            (other->subject == NULL || entry->subject == NULL ||
             strcmp(other->subject, entry->subject) == 0))
            return refuse(at, err, "the id was there before, in entry %zu", i + 1);
    }
    return WCK_OK;
}

static enum wck_status read_entry(struct reader *at, json_t *object,
                                  struct wck_baseline *baseline, struct wck_error *err)
{
    static const char *const keys[] = {"id",      "reason",  "expires",
                                       "subject", "problem", "judged"};
    struct wck_baseline_entry entry = {0};
    enum wck_status status = WCK_OK;

    if (!json_is_object(object))
        return refuse(at, err, "it is no object");
    status = read_id(at, object, &entry, err);
    if (status == WCK_OK)
        status = check_keys(at, object, keys, sizeof keys / sizeof keys[0], err);
    if (status == WCK_OK)
        status = read_reason(at, object, &entry, err);
    if (status == WCK_OK)
        status = read_expires(at, object, &entry, err);
    if (status == WCK_OK)
        status = read_text(at, object, "subject", false, &entry.subject, err);
    if (status == WCK_OK)
        status = read_origin(at, object, &entry, err);
    if (status == WCK_OK)
        status = check_once(at, baseline, &entry, err);
    if (status == WCK_OK)
        return wck_baseline_add_take(baseline, &entry, err);
    wck_baseline_entry_release(&entry);
    return status;
}

/* It may be left out; if it is there, it has to be ours. */
static enum wck_status check_schema(const struct reader *at, const json_t *root,
                                    struct wck_error *err)
{
    const json_t *schema = json_object_get(root, "schema");
    const char *name = json_string_value(json_object_get(schema, "name"));
    const json_t *version = json_object_get(schema, "version");

    if (schema == NULL)
        return WCK_OK;
    if (name == NULL || strcmp(name, schema_name) != 0)
        return refuse(at, err, "it is no baseline: its schema is not '%s'",
                      schema_name);
    if (json_integer_value(version) != 1)
        return refuse(at, err, "it is a baseline of another version than 1");
    return WCK_OK;
}

static enum wck_status read_all(struct wck_baseline *baseline, json_t *root,
                                const char *path, struct wck_error *err)
{
    static const char *const keys[] = {"schema", "findings"};
    struct reader at = {.path = path};
    const json_t *list = json_object_get(root, "findings");
    enum wck_status status = check_schema(&at, root, err);

    if (status == WCK_OK && !json_is_array(list))
        status = refuse(&at, err, "it is no baseline: it has no list 'findings'");
    if (status == WCK_OK)
        status = check_keys(&at, root, keys, sizeof keys / sizeof keys[0], err);
    for (size_t i = 0; i < json_array_size(list) && status == WCK_OK; i++) {
        at = (struct reader){.path = path, .entry = i + 1};
        status = read_entry(&at, json_array_get(list, i), baseline, err);
    }
    return status;
}

enum wck_status wck_baseline_read(struct wck_baseline *baseline, const char *path,
                                  struct wck_error *err)
{
    const struct reader at = {.path = path};
    void *data = NULL;
    size_t size;
    json_error_t why;
    json_t *root;
    enum wck_status status = wck_file_read(path, &data, &size, err);

    if (status != WCK_OK)
        return status;
    root = json_loadb(data, size, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL)
        status = refuse(&at, err, "line %d: %s", why.line, why.text);
    else
        status = read_all(baseline, root, path, err);
    json_decref(root);
    free(data);
    return status;
}

/* ---- writing ---- */

/* A subject whose name is no UTF-8 has no word in JSON: its entry goes without. */
static bool put_text(json_t *object, const char *key, const char *text)
{
    json_t *value = text != NULL ? json_string(text) : NULL;

    return value == NULL || json_object_set_new(object, key, value) == 0;
}

static bool put_entry(json_t *list, const struct wck_baseline_entry *entry)
{
    json_t *object = json_object();
    bool done = put_text(object, "id", entry->id) &&
                put_text(object, "reason", entry->reason) &&
                put_text(object, "expires", entry->expires.text) &&
                put_text(object, "subject", entry->subject) &&
                put_text(object, "problem", entry->problem);

    if (done && entry->judged > 0)
        done = json_object_set_new(object, "judged",
                                   json_integer((json_int_t)entry->judged)) == 0;
    /* Takes the object, also where it fails. */
    return json_array_append_new(list, object) == 0 && done;
}

/* Is it the first of its id? */
static bool is_first(const struct wck_findings *findings, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (findings->items[i].verdict == WCK_FAIL &&
            strcmp(findings->items[i].id, findings->items[index].id) == 0)
            return false;
    }
    return true;
}

/* The entry of a failure that is new; false where memory ran out. */
static bool put_finding(json_t *list, const struct wck_findings *findings,
                        const struct wck_finding *finding,
                        const struct wck_date *expires)
{
    char reason[] = WCK_BASELINE_NO_REASON;
    size_t length = wck_baseline_kind_length(finding);
    char id[WCK_FINDING_ID];
    struct wck_baseline_entry entry = {
        .id = id,
        .reason = reason,
        .subject = finding->subject,
        .problem = length > 0 ? strndup(finding->problem, length) : NULL,
        .judged = length > 0 ? wck_baseline_judged(findings, finding) : 0,
        .expires = *expires,
    };
    bool done;

    memcpy(id, finding->id, sizeof id);
    done = (length == 0 || entry.problem != NULL) && put_entry(list, &entry);
    free(entry.problem);
    return done;
}

static bool put_all(json_t *list, const struct wck_baseline *before,
                    const struct wck_findings *findings, const struct wck_date *expires)
{
    bool done = true;

    for (size_t i = 0; before != NULL && i < before->count; i++) {
        enum wck_baseline_state state = before->entries[i].state;

        if (state == WCK_ENTRY_KNOWN || state == WCK_ENTRY_UNREACHED)
            done = put_entry(list, &before->entries[i]) && done;
    }
    for (size_t i = 0; i < findings->count; i++) {
        const struct wck_finding *finding = &findings->items[i];

        if (finding->verdict == WCK_FAIL && is_first(findings, i) &&
            wck_baseline_known(before, finding) == NULL)
            done = put_finding(list, findings, finding, expires) && done;
    }
    return done;
}

enum wck_status wck_baseline_write(const char *path, const struct wck_baseline *before,
                                   const struct wck_findings *findings,
                                   const struct wck_date *expires,
                                   struct wck_error *err)
{
    json_t *list = json_array();
    json_t *root = json_pack("{s:{s:s,s:i},s:O}", "schema", "name", schema_name,
                             "version", 1, "findings", list);
    bool done = root != NULL && put_all(list, before, findings, expires);
    char *text = done ? json_dumps(root, JSON_INDENT(2)) : NULL;
    struct wck_text all = {0};
    enum wck_status status = WCK_OK;

    if (text != NULL)
        wck_text_printf(&all, "%s\n", text);
    if (text == NULL || all.failed)
        status = wck_error_no_memory(err);
    else
        status = wck_file_write(path, all.data, all.size, err);
    wck_text_release(&all);
    free(text);
    json_decref(root);
    json_decref(list);
    return status;
}
