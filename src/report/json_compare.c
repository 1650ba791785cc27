/* Json, comparison: every number of it. */
#include <jansson.h>
#include <stdlib.h>

#include "src/report/formats.h"
#include "src/report/utf8.h"

static json_int_t whole(size_t count)
{
    return (json_int_t)count;
}

static json_t *change(const struct wck_change *one)
{
    return json_pack("{s:I, s:I}", "before", whole(one->before), "after",
                     whole(one->after));
}

static json_t *string(const char *bytes)
{
    struct wck_text repaired = {0};
    json_t *value;

    if (bytes == NULL)
        return json_null();
    wck_utf8_repair(&repaired, bytes);
    value = repaired.failed ? NULL : json_string(wck_text_string(&repaired));
    wck_text_release(&repaired);
    return value;
}

static json_t *reason(const struct wck_coverage_change *c, int r)
{
    return json_pack("{s:o, s:o, s:I, s:I}", "pixels", change(&c->reason_pixels[r]),
                     "entries", change(&c->reason_entries[r]), "newly_zero",
                     whole(c->lost_to[r]), "no_longer", whole(c->gained_from[r]));
}

static json_t *reasons(const struct wck_coverage_change *c)
{
    json_t *object = json_object();

    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const char *id = wck_reason_row((enum wck_reason)r)->id;

        if (json_object_set_new(object, id, reason(c, r)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *differences(const struct wck_coverage_change *c)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->differ_count; i++) {
        if (json_array_append_new(list, json_string(c->differs[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *coverage(const struct wck_coverage_change *c)
{
    return json_pack("{s:o, s:b, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:I, s:I, s:o}",
                     "differs", differences(c), "by_pixel", c->by_pixel ? 1 : 0, "lost",
                     whole(c->lost), "gained", whole(c->gained), "still_zero",
                     whole(c->still), "moved", whole(c->moved), "pixels",
                     change(&c->pixels), "entries", change(&c->entries),
                     "spurious_entries", change(&c->spurious), "pixels_total",
                     whole(c->pixels_total), "entries_total", whole(c->entries_total),
                     "reasons", reasons(c));
}

static json_t *failure(const struct wck_failure *one)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "state",
                     wck_failure_state_id(one->state), "id", string(one->id), "checker",
                     string(one->checker), "claim", string(one->claim), "findings",
                     change(&one->findings), "cause", string(one->cause), "problem",
                     string(one->problem));
}

static json_t *verify(const struct wck_comparison *comparison)
{
    json_t *list = json_array(), *object = json_object();
    bool failed = false;

    for (size_t i = 0; i < comparison->failure_count; i++)
        failed = json_array_append_new(list, failure(&comparison->failures[i])) != 0 ||
                 failed;
    for (int s = 0; s < WCK_FAILURE_STATES; s++)
        failed =
            json_object_set_new(object, wck_failure_state_id((enum wck_failure_state)s),
                                json_integer(whole(comparison->states[s]))) != 0 ||
            failed;
    failed = json_object_set_new(object, "failures", list) != 0 || failed;
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

enum wck_status wck_json_compare(const struct wck_comparison *comparison,
                                 struct wck_text *text, struct wck_error *err)
{
    json_t *document = json_pack(
        "{s:{s:s, s:i}, s:o, s:o, s:o, s:o}", "schema", "name", "warpcheck.compare",
        "version", 1, "before", string(comparison->before), "after",
        string(comparison->after), "coverage",
        comparison->of_coverage ? coverage(&comparison->coverage) : json_null(),
        "verify", comparison->of_coverage ? json_null() : verify(comparison));
    char *dumped = document != NULL ? json_dumps(document, JSON_INDENT(2)) : NULL;

    json_decref(document);
    if (dumped == NULL)
        return wck_error_no_memory(err);
    wck_text_printf(text, "%s\n", dumped);
    free(dumped);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}
