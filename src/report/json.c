/* Json: every number of a report, by Jansson. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "src/report/formats.h"
#include "src/report/utf8.h"

/* An object being filled; one failed allocation anywhere fails the whole. */
struct writer {
    json_t *object;
    bool *failed;
};

static struct writer begin(bool *failed)
{
    return (struct writer){json_object(), failed};
}

static void put(const struct writer *to, const char *key, json_t *value)
{
    if (json_object_set_new(to->object, key, value) != 0)
        *to->failed = true;
}

static void put_count(const struct writer *to, const char *key, size_t count)
{
    put(to, key, json_integer((json_int_t)count));
}

static json_t *number(double value)
{
    if (isnan(value))
        return json_string("nan");
    if (isinf(value))
        return json_string(value > 0.0 ? "inf" : "-inf");
    return json_real(value);
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

static json_t *pair(const char *a, size_t value_a, const char *b, size_t value_b,
                    bool *failed)
{
    struct writer to = begin(failed);

    put_count(&to, a, value_a);
    put_count(&to, b, value_b);
    return to.object;
}

static json_t *schema(const char *name, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "name", json_string(name));
    put_count(&to, "version", 1);
    return to.object;
}

/* Moves the finished object into `text`. */
static enum wck_status finish(struct writer *to, struct wck_text *text,
                              struct wck_error *err)
{
    char *dumped = NULL;

    if (!*to->failed)
        dumped = json_dumps(to->object, JSON_INDENT(2));
    json_decref(to->object);
    if (dumped == NULL)
        return wck_error_no_memory(err);
    wck_text_printf(text, "%s\n", dumped);
    free(dumped);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}

static json_t *reason_counts(const size_t *counts, bool *failed)
{
    struct writer to = begin(failed);

    for (int r = 0; r < WCK_REASON_COUNT; r++)
        put_count(&to, wck_reason_row((enum wck_reason)r)->id, counts[r]);
    return to.object;
}

static json_t *reasons(const struct wck_coverage *c, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "pixels", reason_counts(c->reason_pixels, failed));
    put(&to, "entries", reason_counts(c->reason_entries, failed));
    return to.object;
}

/* What is said of the one warp of a report; null of a set. */
static void put_one(const struct writer *to, const struct wck_coverage *c, bool of_set)
{
    static const char *const keys[] = {"framed_pixels",      "reachable",
                                       "negligible_entries", "spurious_entries",
                                       "non_finite_outputs", "largest"};

    for (size_t i = 0; of_set && i < sizeof keys / sizeof *keys; i++)
        put(to, keys[i], json_null());
    if (of_set)
        return;
    put_count(to, "framed_pixels", c->framed_pixels);
    put(to, "reachable",
        pair("pixels", c->reachable_pixels, "entries", c->reachable_entries,
             to->failed));
    put_count(to, "negligible_entries", c->negligible_entries);
    put_count(to, "spurious_entries", c->spurious_entries);
    put_count(to, "non_finite_outputs", c->non_finite_outputs);
    put(to, "largest", number(c->largest));
}

static void put_coverage(const struct writer *to, const struct wck_coverage *c)
{
    put(to, "pixels",
        pair("total", c->pixels_total, "covered", c->pixels_covered, to->failed));
    put(to, "entries",
        pair("total", c->entries_total, "covered", c->entries_covered, to->failed));
    put(to, "fraction", number((double)c->entries_covered / (double)c->entries_total));
    put(to, "reasons", reasons(c, to->failed));
    put_count(to, "listed_pixels", c->listed_pixels);
}

static json_t *image(const struct wck_coverage_report *report, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "name", string(report->image_name));
    put_count(&to, "batch", report->batch);
    put_count(&to, "channels", report->channels);
    put_count(&to, "height", report->coverage->height);
    put_count(&to, "width", report->coverage->width);
    return to.object;
}

static json_t *matrix(const struct wck_coverage_report *report, bool *failed)
{
    json_t *numbers;

    /* A coordinate map has no direction, and no matrix. */
    if (report->direction == NULL)
        return json_null();
    numbers = json_array();
    for (size_t i = 0; i < (report->matrix_entries == 9 ? 9 : 6); i++) {
        if (json_array_append_new(numbers, number(report->matrix[i])) != 0)
            *failed = true;
    }
    return numbers;
}

static json_t *warp(const struct wck_coverage_report *report, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "convention", string(report->convention));
    put(&to, "kernel", string(report->kernel));
    put(&to, "border", string(report->border));
    put(&to, "layout", string(report->layout));
    put(&to, "dtype", string(report->dtype));
    put(&to, "direction", string(report->direction));
    put(&to, "matrix", matrix(report, failed));
    return to.object;
}

static json_t *notes(const struct wck_coverage_report *report, bool *failed)
{
    json_t *list = json_array();

    for (size_t i = 0; i < report->note_count; i++) {
        if (json_array_append_new(list, string(report->notes[i])) != 0)
            *failed = true;
    }
    return list;
}

static json_t *what_if(const struct wck_what_if *row, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "remedy", string(row->remedy));
    put(&to, "options", string(row->options));
    put(&to, "cost", string(row->cost));
    put(&to, "surrogate", json_boolean(row->surrogate));
    put_count(&to, "pixels_covered", row->pixels_covered);
    put_count(&to, "entries_covered", row->entries_covered);
    put(&to, "bias", number(row->bias));
    put(&to, "work", number(row->work));
    return to.object;
}

static json_t *what_ifs(const struct wck_coverage_report *report, bool *failed)
{
    json_t *list;

    if (report->what_if == NULL)
        return json_null();
    list = json_array();
    for (size_t i = 0; i < report->what_ifs; i++) {
        if (json_array_append_new(list, what_if(&report->what_if[i], failed)) != 0)
            *failed = true;
    }
    return list;
}

enum wck_status wck_json_coverage(const struct wck_coverage_report *report,
                                  struct wck_text *text, struct wck_error *err)
{
    bool failed = false;
    struct writer to = begin(&failed);

    put(&to, "schema", schema("warpcheck.coverage", &failed));
    put(&to, "image", image(report, &failed));
    put(&to, "output",
        pair("height", report->output_height, "width", report->output_width, &failed));
    put(&to, "warp", warp(report, &failed));
    put(&to, "subject", string(report->subject));
    put_coverage(&to, report->coverage);
    put_one(&to, report->coverage, report->set != NULL);
    put(&to, "set", wck_json_set(report));
    if (report->chain != NULL)
        put(&to, "chain", wck_json_chain(report));
    put(&to, "gates", wck_json_gates(report->gates));
    put(&to, "map", wck_json_map(report->coverage));
    put(&to, "map_gradient", wck_json_map_gradient(report->map));
    put(&to, "notes", notes(report, &failed));
    put(&to, "what_if", what_ifs(report, &failed));
    put(&to, "command", string(report->command));
    return finish(&to, text, err);
}

static json_t *measure(const struct wck_measure *worst, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "got", number(worst->got));
    put(&to, "want", number(worst->want));
    put(&to, "round", number(worst->round));
    put(&to, "trunc", number(worst->trunc));
    put(&to, "scale", number(worst->scale));
    put(&to, "ratio", number(wck_measure_ratio(worst)));
    return to.object;
}

static json_t *place_index(long index)
{
    return index < 0 ? json_null() : json_integer(index);
}

static json_t *place(const struct wck_place *where, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "side", json_string(where->input ? "input" : "output"));
    put(&to, "plane", place_index(where->plane));
    put(&to, "y", place_index(where->y));
    put(&to, "x", place_index(where->x));
    return to.object;
}

/* Why a failure is known, and for how long; null where it is not. */
static json_t *known(const struct wck_baseline_entry *entry, bool *failed)
{
    struct writer to;

    if (entry == NULL)
        return json_null();
    to = begin(failed);
    put(&to, "reason", string(entry->reason));
    put(&to, "expires", string(entry->expires.text));
    return to.object;
}

static json_t *entry(const struct wck_baseline_entry *of, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "id", string(of->id));
    put(&to, "state", json_string(wck_baseline_state_id(of->state)));
    put_count(&to, "failed", of->failed);
    put(&to, "reason", string(of->reason));
    put(&to, "expires", string(of->expires.text));
    put(&to, "subject", string(of->subject));
    return to.object;
}

/* What has become of each entry; null where there is no baseline. */
static json_t *baseline(const struct wck_baseline *of, bool *failed)
{
    json_t *list;

    if (of == NULL)
        return json_null();
    list = json_array();
    for (size_t i = 0; i < of->count; i++) {
        if (json_array_append_new(list, entry(&of->entries[i], failed)) != 0)
            *failed = true;
    }
    return list;
}

static json_t *finding(const struct wck_finding *one,
                       const struct wck_baseline *baseline, bool *failed)
{
    struct writer to = begin(failed);

    put(&to, "id", one->id[0] != '\0' ? string(one->id) : json_null());
    put(&to, "checker", string(one->checker));
    put(&to, "claim", json_string(wck_claim_id(one->claim)));
    put(&to, "verdict", json_string(wck_verdict_id(one->verdict)));
    put(&to, "worst", measure(&one->worst, failed));
    put(&to, "where", place(&one->where, failed));
    put_count(&to, "compared", one->compared);
    put_count(&to, "beyond", one->beyond);
    put_count(&to, "exact", one->exact);
    put(&to, "used", number(one->used));
    put(&to, "detectable", number(one->detectable));
    put(&to, "subject", string(one->subject));
    put(&to, "problem", string(one->problem));
    put(&to, "detail", string(one->detail));
    put(&to, "cause", string(one->cause));
    put(&to, "reproduce", string(one->reproduce));
    put(&to, "known", known(wck_baseline_known(baseline, one), failed));
    return to.object;
}

static json_t *shrunk(const struct wck_shrunk_report *of, bool *failed)
{
    struct writer to;
    json_t *files;

    if (of == NULL)
        return json_null();
    to = begin(failed);
    files = json_array();
    for (size_t i = 0; i < WCK_SHRUNK_FILES; i++) {
        if (of->files[i] != NULL &&
            json_array_append_new(files, string(of->files[i])) != 0)
            *failed = true;
    }
    put_count(&to, "tried", of->tried);
    put_count(&to, "kept", of->kept);
    put(&to, "repeats", json_boolean(of->repeats));
    put(&to, "shows", json_boolean(of->shows));
    put(&to, "finding", finding(of->finding, NULL, failed));
    put(&to, "files", files);
    return to.object;
}

enum wck_status wck_json_verify(const struct wck_verify_report *report,
                                struct wck_text *text, struct wck_error *err)
{
    bool failed = false;
    struct writer to = begin(&failed);
    json_t *list = json_array();

    for (size_t i = 0; i < report->findings->count; i++) {
        if (json_array_append_new(list, finding(&report->findings->items[i],
                                                report->baseline, &failed)) != 0)
            failed = true;
    }
    put(&to, "schema", schema("warpcheck.verify", &failed));
    put(&to, "subject", string(report->subject));
    put(&to, "verdict", json_string(wck_verdict_id(report->verdict)));
    put_count(&to, "problems", report->problems);
    put_count(&to, "left_out", report->left_out);
    put_count(&to, "rounded", report->rounded);
    put_count(&to, "same_size", report->same_size);
    put(&to, "fills_zero", json_boolean(report->fills_zero));
    put_count(&to, "refused", report->refused);
    put(&to, "refusal", string(report->refusal));
    put(&to, "fault", string(report->fault));
    put(&to, "diagnosis", string(report->diagnosis));
    put(&to, "findings", list);
    put(&to, "baseline", baseline(report->baseline, &failed));
    put(&to, "shrunk", shrunk(report->shrunk, &failed));
    put(&to, "sandbox", string(report->sandbox));
    put(&to, "command", string(report->command));
    return finish(&to, text, err);
}
