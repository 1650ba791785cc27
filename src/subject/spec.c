#include "src/subject/spec.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

/* What a key's value is. */
enum kind { WORD, TRUTH, NOTE };

struct key {
    const char *name;
    enum kind kind;
};

enum {
    CONVENTION,
    INTERP,
    BORDER,
    LAYOUT,
    VERSION,
    ALIGN_CORNERS,
    INVERSE_MAP,
    PREFILTER,
    PATH,
    NORMALIZED,
    CLIP,
    PRESERVE_RANGE,
    IPP,
    NOTES, /* from here on: for people */
    KEYS = NOTES + 5
};

static const struct key keys[KEYS] = {
    [CONVENTION] = {"convention", WORD},
    [INTERP] = {"interp", WORD},
    [BORDER] = {"border", WORD},
    [LAYOUT] = {"layout", WORD},
    [VERSION] = {"version", WORD},
    [ALIGN_CORNERS] = {"align_corners", TRUTH},
    [INVERSE_MAP] = {"inverse_map", TRUTH},
    [PREFILTER] = {"prefilter", TRUTH},
    [PATH] = {"path", WORD},
    [NORMALIZED] = {"normalized_coordinates", TRUTH},
    [CLIP] = {"clip", TRUTH},
    [PRESERVE_RANGE] = {"preserve_range", TRUTH},
    [IPP] = {"ipp", TRUTH},
    [NOTES] = {"library", NOTE},
    {"versions", NOTE},
    {"opset", NOTE},
    {"host", NOTE},
    {"seed", NOTE},
};

/* What is printed in messages: printable, and no longer than any has reason to be. */
static bool is_printable(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        if (text[i] < ' ' || text[i] > '~')
            return false;
    }
    return length > 0 && length <= 64;
}

static bool is_word(const json_t *value)
{
    return json_is_string(value) && is_printable(json_string_value(value));
}

/* 1 or 0, which ONNX writes for its attributes; -1 for anything else. */
static int truth_of(const json_t *value)
{
    if (json_is_integer(value) && (json_integer_value(value) | 1) == 1)
        return (int)json_integer_value(value);
    return json_is_boolean(value) ? json_is_true(value) : -1;
}

static void append_unread(struct wck_spec *spec, const char *key)
{
    wck_text_printf(&spec->unread, "%s%s", spec->unread.size > 0 ? ", " : "",
                    is_printable(key) ? key : "?");
}

static enum wck_status check_pair(const char *name, const char *key,
                                  const json_t *value, struct wck_spec *spec,
                                  struct wck_error *err)
{
    int i = 0;

    while (i < KEYS && strcmp(key, keys[i].name) != 0)
        i++;
    if (i == KEYS) {
        append_unread(spec, key);
        return WCK_OK;
    }
    if (json_is_null(value))
        return WCK_OK; /* as if it were not said */
    if (keys[i].kind == WORD && !is_word(value))
        return wck_error_set(err, WCK_FORMAT, "%s: \"%s\" is no word", name, key);
    if (keys[i].kind == TRUTH && truth_of(value) < 0)
        return wck_error_set(err, WCK_FORMAT, "%s: \"%s\" is not true or false", name,
                             key);
    return WCK_OK;
}

static const char *word(const json_t *document, int key)
{
    return json_string_value(json_object_get(document, keys[key].name));
}

/* 1 or 0; `otherwise` where it is not said. */
static int truth(const json_t *document, int key, int otherwise)
{
    int said = truth_of(json_object_get(document, keys[key].name));

    return said >= 0 ? said : otherwise;
}

/* The convention of that name, or NAME.coords where "path" says that the map was given
 * by coordinates, or by a function that made them. */
static const struct wck_convention *find_by_path(const char *name, const char *path)
{
    struct wck_text full = {0};
    const struct wck_convention *found = NULL;

    wck_text_printf(&full, "%s", name);
    if (path != NULL && strcmp(path, "matrix") != 0)
        wck_text_printf(&full, ".%s", strcmp(path, "callable") == 0 ? "coords" : path);
    if (wck_text_string(&full) != NULL)
        found = wck_convention_find(wck_text_string(&full));
    wck_text_release(&full);
    return found;
}

static enum wck_status find_convention(const char *name, const json_t *document,
                                       struct wck_spec *spec, struct wck_error *err)
{
    const json_t *value = json_object_get(document, keys[CONVENTION].name);
    const char *convention = json_string_value(value), *path;
    struct wck_text known = {0};

    if (value == NULL)
        return wck_error_set(err, WCK_FORMAT, "%s: \"convention\" is missing", name);
    if (!is_word(value))
        return wck_error_set(err, WCK_FORMAT, "%s: \"convention\" is no word", name);
    path = is_word(json_object_get(document, keys[PATH].name)) ? word(document, PATH)
                                                               : NULL;
    spec->convention = find_by_path(convention, path);
    if (spec->convention != NULL)
        return WCK_OK;
    for (size_t i = 0; i < wck_convention_count(); i++)
        wck_text_printf(&known, "%s%s", i > 0 ? ", " : "", wck_convention_row(i)->name);
    wck_error_set(err, WCK_UNSUPPORTED,
                  "%s: convention \"%s\"%s%s is not known; there are: %s", name,
                  convention, path != NULL ? " by " : "", path != NULL ? path : "",
                  wck_text_string(&known));
    wck_text_release(&known);
    return WCK_UNSUPPORTED;
}

enum wck_status wck_spec_read(const char *name, const char *text, struct wck_spec *spec,
                              struct wck_error *err)
{
    json_error_t why;
    const char *key;
    json_t *document, *value;
    enum wck_status status;

    *spec = (struct wck_spec){0};
    spec->document = document = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    if (document == NULL)
        return wck_error_set(err, WCK_FORMAT, "%s: line %d: %s", name, why.line,
                             why.text);
    if (!json_is_object(document))
        return wck_error_set(err, WCK_FORMAT, "%s: is no JSON object", name);
    spec->layout = word(document, LAYOUT);
    spec->choices = (struct wck_choices){
        .interp = word(document, INTERP),
        .border = word(document, BORDER),
        .version = word(document, VERSION),
        .align_corners = truth(document, ALIGN_CORNERS, -1),
        .inverse_map = truth(document, INVERSE_MAP, 0) > 0,
        .clip = truth(document, CLIP, 0) > 0,
        .preserve_range = truth(document, PRESERVE_RANGE, 0) > 0,
        .unfiltered = truth(document, PREFILTER, 1) == 0,
        .ipp = truth(document, IPP, 0) > 0,
        .normalized = truth(document, NORMALIZED, 0) > 0,
    };
    spec->says_clip = truth(document, CLIP, -1) >= 0;
    status = find_convention(name, document, spec, err);
    json_object_foreach(document, key, value)
    {
        if (status == WCK_OK)
            status = check_pair(name, key, value, spec, err);
    }
    return status;
}

static int set(json_t *document, int key, json_t *value)
{
    return json_object_set_new(document, keys[key].name, value);
}

/* 0 where all could be set. */
static int set_choices(json_t *document, const struct wck_choices *choices)
{
    int failed = 0;

    if (choices->interp != NULL)
        failed |= set(document, INTERP, json_string(choices->interp));
    if (choices->border != NULL)
        failed |= set(document, BORDER, json_string(choices->border));
    if (choices->version != NULL)
        failed |= set(document, VERSION, json_string(choices->version));
    if (choices->align_corners >= 0)
        failed |=
            set(document, ALIGN_CORNERS, json_boolean(choices->align_corners != 0));
    if (choices->inverse_map)
        failed |= set(document, INVERSE_MAP, json_true());
    if (choices->clip)
        failed |= set(document, CLIP, json_true());
    if (choices->preserve_range)
        failed |= set(document, PRESERVE_RANGE, json_true());
    if (choices->unfiltered)
        failed |= set(document, PREFILTER, json_false());
    if (choices->ipp)
        failed |= set(document, IPP, json_true());
    if (choices->normalized)
        failed |= set(document, NORMALIZED, json_true());
    return failed;
}

enum wck_status wck_spec_write(const struct wck_spec *spec, struct wck_text *text,
                               struct wck_error *err)
{
    json_t *document = json_object();
    int failed = set(document, CONVENTION, json_string(spec->convention->name));
    char *dump = NULL;

    if (spec->layout != NULL)
        failed |= set(document, LAYOUT, json_string(spec->layout));
    failed |= set_choices(document, &spec->choices);
    if (failed == 0)
        dump = json_dumps(document, JSON_COMPACT);
    json_decref(document);
    if (dump == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "a word that was chosen cannot be written as JSON");
    wck_text_append(text, dump, strlen(dump));
    free(dump);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}

void wck_spec_release(struct wck_spec *spec)
{
    json_decref(spec->document);
    wck_text_release(&spec->unread);
    *spec = (struct wck_spec){0};
}
