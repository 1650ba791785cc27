#include "src/run/reading.h"

#include <ctype.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/io/file.h"
#include "src/verdict/finding.h"

static enum wck_status refuse(const struct wck_reading *reading, const char *why,
                              struct wck_error *err)
{
    return wck_error_set(err, WCK_FORMAT, "%s: %s", reading->path, why);
}

const char *wck_reading_text(const struct json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A count, 0 and more; SIZE_MAX where it is none. */
static size_t count_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) && json_integer_value(value) >= 0
               ? (size_t)json_integer_value(value)
               : SIZE_MAX;
}

/* What lets a sum of a few of them stay within size_t. */
#define COUNTABLE ((size_t)1 << 58)

static bool read_sizes(struct wck_reading *r)
{
    const json_t *image = json_object_get(r->document, "image");
    size_t planes;

    r->batch = count_of(image, "batch");
    r->channels = count_of(image, "channels");
    r->height = count_of(image, "height");
    r->width = count_of(image, "width");
    return !__builtin_mul_overflow(r->height, r->width, &r->pixels_total) &&
           !__builtin_mul_overflow(r->batch, r->channels, &planes) &&
           !__builtin_mul_overflow(r->pixels_total, planes, &r->entries_total) &&
           r->entries_total > 0 && r->entries_total < COUNTABLE;
}

/* Reads how many are covered and how many have each reason, which make `total`. */
static bool read_counts(const json_t *document, const char *what, size_t total,
                        size_t *covered, size_t reasons[WCK_REASON_COUNT])
{
    const json_t *all = json_object_get(document, what);
    const json_t *by = json_object_get(json_object_get(document, "reasons"), what);
    size_t sum = *covered = count_of(all, "covered");

    if (count_of(all, "total") != total || sum > total || !json_is_object(by))
        return false;
    for (int i = 0; i < WCK_REASON_COUNT; i++) {
        const char *id = wck_reason_row((enum wck_reason)i)->id;

        /* An earlier version knew fewer. */
        reasons[i] = json_object_get(by, id) == NULL ? 0 : count_of(by, id);
        if (reasons[i] > total)
            return false;
        sum += reasons[i];
    }
    return sum == total;
}

/* WCK_COVERED or 1 + the reason of a letter; -1: it is none. */
static int state_of(char letter)
{
    if (letter == '.')
        return 0;
    for (int i = 0; i < WCK_REASON_COUNT; i++) {
        if (wck_reason_row((enum wck_reason)i)->letter == letter)
            return 1 + i;
    }
    return -1;
}

bool wck_run_next(struct wck_run *run, size_t most)
{
    size_t length = isdigit((unsigned char)*run->at) ? 0 : 1;
    int state;

    for (; isdigit((unsigned char)*run->at); run->at++) {
        length = 10 * length + (size_t)(*run->at - '0');
        if (length > most)
            return false;
    }
    state = *run->at != '\0' ? state_of(*run->at) : -1;
    if (state < 0 || length == 0 || length > most)
        return false;
    run->at++;
    run->length = length;
    run->reason = (unsigned char)state;
    return true;
}

static bool count_row(const json_t *row, size_t width,
                      size_t counts[1 + WCK_REASON_COUNT])
{
    struct wck_run run = {.at = json_string_value(row)};

    if (run.at == NULL || strlen(run.at) != json_string_length(row))
        return false;
    for (size_t x = 0; x < width; x += run.length) {
        if (!wck_run_next(&run, width - x))
            return false;
        counts[run.reason] += run.length;
    }
    return *run.at == '\0';
}

/* The map says what the counts do. */
static bool read_map(struct wck_reading *r)
{
    const json_t *map = json_object_get(r->document, "map");
    size_t counts[1 + WCK_REASON_COUNT] = {0};

    if (map == NULL || json_is_null(map))
        return true;
    if (!json_is_array(map) || json_array_size(map) != r->height)
        return false;
    for (size_t y = 0; y < r->height; y++) {
        if (!count_row(json_array_get(map, y), r->width, counts))
            return false;
    }
    r->map = map;
    return counts[0] == r->pixels_covered &&
           memcmp(counts + 1, r->reason_pixels, sizeof r->reason_pixels) == 0;
}

static enum wck_status read_coverage(struct wck_reading *r, struct wck_error *err)
{
    const json_t *spurious = json_object_get(r->document, "spurious_entries");

    r->of_coverage = true;
    if (!read_sizes(r))
        return refuse(r, "the sizes of the image are missing, or too large", err);
    if (!read_counts(r->document, "pixels", r->pixels_total, &r->pixels_covered,
                     r->reason_pixels) ||
        !read_counts(r->document, "entries", r->entries_total, &r->entries_covered,
                     r->reason_entries))
        return refuse(
            r, "the counts of pixels or entries are missing, or do not add up", err);
    r->spurious_entries = spurious == NULL || json_is_null(spurious)
                              ? 0
                              : count_of(r->document, "spurious_entries");
    if (r->spurious_entries > r->entries_total)
        return refuse(r, "the count of spurious entries is none", err);
    if (!read_map(r))
        return refuse(r, "the map is none of this image, or contradicts the counts",
                      err);
    return WCK_OK;
}

static bool is_verdict(const char *id)
{
    for (int v = 0; v < WCK_VERDICT_COUNT; v++) {
        if (strcmp(wck_verdict_id((enum wck_verdict)v), id) == 0)
            return true;
    }
    return false;
}

static enum wck_status read_verify(struct wck_reading *r, struct wck_error *err)
{
    const json_t *findings = json_object_get(r->document, "findings"), *one;
    size_t i;

    if (!json_is_array(findings))
        return refuse(r, "there are no findings", err);
    json_array_foreach(findings, i, one)
    {
        const char *verdict = wck_reading_text(one, "verdict");

        if (wck_reading_text(one, "checker") == NULL ||
            wck_reading_text(one, "claim") == NULL || verdict == NULL ||
            !is_verdict(verdict))
            return wck_error_set(err, WCK_FORMAT,
                                 "%s: finding %zu says no checker, claim or verdict",
                                 r->path, i);
    }
    r->findings = findings;
    return WCK_OK;
}

static enum wck_status read_document(struct wck_reading *r, struct wck_error *err)
{
    const json_t *schema = json_object_get(r->document, "schema");
    const char *name = wck_reading_text(schema, "name");
    bool coverage = name != NULL && strcmp(name, "warpcheck.coverage") == 0;

    if (!coverage && (name == NULL || strcmp(name, "warpcheck.verify") != 0))
        return refuse(r, "not a report of warpcheck coverage or verify (--json)", err);
    if (count_of(schema, "version") != 1)
        return refuse(r, "a report of another version, not of 1", err);
    return coverage ? read_coverage(r, err) : read_verify(r, err);
}

enum wck_status wck_reading_open(struct wck_reading *reading, const char *path,
                                 struct wck_error *err)
{
    json_error_t why;
    void *bytes;
    size_t size;
    enum wck_status status;

    *reading = (struct wck_reading){.path = path};
    status = wck_file_read(path, &bytes, &size, err);
    if (status != WCK_OK)
        return status;
    reading->document = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &why);
    free(bytes);
    if (reading->document == NULL)
        return wck_error_set(err, WCK_FORMAT, "%s: line %d: %s", path, why.line,
                             why.text);
    return read_document(reading, err);
}

void wck_reading_release(struct wck_reading *reading)
{
    json_decref(reading->document);
    *reading = (struct wck_reading){0};
}
