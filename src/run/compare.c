#include "src/run/compare.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

/* ---- coverage ---- */

/* What a report says of the warp itself, by words of `warp` or of the document. */
static const struct {
    const char *word;
    bool of_warp;
} words[] = {{"kernel", true}, {"border", true},    {"layout", true}, {"dtype", true},
             {"matrix", true}, {"direction", true}, {"output", false}};

static void add_difference(struct wck_coverage_change *c, const char *word)
{
    if (c->differ_count < WCK_COMPARISON_WORDS)
        c->differs[c->differ_count++] = word;
}

/* Where none of the words differs, the whole description may: other units, a chain. */
static void compare_warps(struct wck_coverage_change *c, const json_t *before,
                          const json_t *after)
{
    const json_t *of[2] = {json_object_get(before, "warp"),
                           json_object_get(after, "warp")};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const json_t *was =
            json_object_get(words[i].of_warp ? of[0] : before, words[i].word);
        const json_t *is =
            json_object_get(words[i].of_warp ? of[1] : after, words[i].word);

        if (was != is && !json_equal(was, is))
            add_difference(c, words[i].word);
    }
    if (c->differ_count == 0 && of[0] != of[1] && !json_equal(of[0], of[1]))
        add_difference(c, "warp");
}

/* Notes a run of pixels that were one thing and are another. */
static void add_run(struct wck_coverage_change *c, unsigned char was, unsigned char is,
                    size_t length)
{
    if (was == 0 && is != 0) {
        c->lost += length;
        c->lost_to[is - 1] += length;
    } else if (was != 0 && is == 0) {
        c->gained += length;
        c->gained_from[was - 1] += length;
    } else if (was != 0) {
        c->still += length;
        c->moved += was != is ? length : 0;
    }
}

/* Both rows have been read before: runs of `width` pixels in all. */
static void compare_rows(struct wck_coverage_change *c, const char *before,
                         const char *after, size_t width)
{
    struct wck_run was = {.at = before}, is = {.at = after};
    size_t step;

    for (size_t x = 0; x < width; x += step) {
        if (was.length == 0 && !wck_run_next(&was, width - x))
            return;
        if (is.length == 0 && !wck_run_next(&is, width - x))
            return;
        step = was.length < is.length ? was.length : is.length;
        add_run(c, was.reason, is.reason, step);
        was.length -= step;
        is.length -= step;
    }
}

static size_t excess(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

/* The least that can have been lost and gained: differences. */
static void compare_counts(struct wck_coverage_change *c)
{
    size_t zeros[2] = {c->pixels_total - c->pixels.before,
                       c->pixels_total - c->pixels.after};

    c->lost = excess(c->pixels.before, c->pixels.after);
    c->gained = excess(c->pixels.after, c->pixels.before);
    c->still = zeros[0] < zeros[1] ? zeros[0] : zeros[1];
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const struct wck_change *change = &c->reason_pixels[r];

        c->lost_to[r] = excess(change->after, change->before);
        c->gained_from[r] = excess(change->before, change->after);
    }
}

static void compare_coverage(struct wck_coverage_change *c,
                             const struct wck_reading *before,
                             const struct wck_reading *after)
{
    *c = (struct wck_coverage_change){
        .pixels_total = before->pixels_total,
        .entries_total = before->entries_total,
        .pixels = {before->pixels_covered, after->pixels_covered},
        .entries = {before->entries_covered, after->entries_covered},
        .spurious = {before->spurious_entries, after->spurious_entries},
        .by_pixel = before->map != NULL && after->map != NULL,
    };
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        c->reason_pixels[r].before = before->reason_pixels[r];
        c->reason_pixels[r].after = after->reason_pixels[r];
        c->reason_entries[r].before = before->reason_entries[r];
        c->reason_entries[r].after = after->reason_entries[r];
    }
    if (!c->by_pixel)
        compare_counts(c);
    for (size_t y = 0; c->by_pixel && y < before->height; y++)
        compare_rows(c, json_string_value(json_array_get(before->map, y)),
                     json_string_value(json_array_get(after->map, y)), before->width);
}

/* ---- verify ---- */

/* What collecting failures works with. */
struct work {
    struct wck_failure *failures;
    size_t count, capacity;
    json_t *index;  /* of the failures, by key */
    json_t *judged; /* checker and claim of what the later report judges */
};

/* "checker\nclaim": JSON texts hold no byte of 0, and neither word a line feed that
 * would matter, for a key is only ever compared with others. */
static char *key_of(const json_t *finding, bool whole)
{
    const char *id = wck_reading_text(finding, "id");
    const char *problem = wck_reading_text(finding, "problem");
    struct wck_text text = {0};

    if (whole && id != NULL)
        wck_text_printf(&text, "%s", id);
    else
        wck_text_printf(&text, "%s\n%s", wck_reading_text(finding, "checker"),
                        wck_reading_text(finding, "claim"));
    if (whole && id == NULL && problem != NULL)
        wck_text_printf(&text, "\n%s", problem);
    if (!text.failed)
        return text.data;
    wck_text_release(&text);
    return NULL;
}

static bool has_verdict(const json_t *finding, const char *verdict)
{
    return strcmp(wck_reading_text(finding, "verdict"), verdict) == 0;
}

/* Adds the first finding of a new failure. */
static bool add_failure(struct work *work, const json_t *finding, const char *key)
{
    if (work->count == work->capacity) {
        size_t capacity = 2 * work->capacity + 16;
        void *grown = realloc(work->failures, capacity * sizeof *work->failures);

        if (grown == NULL)
            return false;
        work->failures = grown;
        work->capacity = capacity;
    }
    work->failures[work->count] = (struct wck_failure){
        .id = wck_reading_text(finding, "id"),
        .checker = wck_reading_text(finding, "checker"),
        .claim = wck_reading_text(finding, "claim"),
        .cause = wck_reading_text(finding, "cause"),
        .problem = wck_reading_text(finding, "problem"),
    };
    return json_object_set_new(work->index, key,
                               json_integer((json_int_t)work->count++)) == 0;
}

static bool add_finding(struct work *work, const json_t *finding, bool later)
{
    char *key = key_of(finding, true);
    const json_t *at;
    bool done = key != NULL;

    if (done && json_object_get(work->index, key) == NULL)
        done = add_failure(work, finding, key);
    if (done) {
        at = json_object_get(work->index, key);
        if (later)
            work->failures[json_integer_value(at)].findings.after++;
        else
            work->failures[json_integer_value(at)].findings.before++;
    }
    free(key);
    return done;
}

static bool note_judged(struct work *work, const json_t *finding)
{
    char *key = key_of(finding, false);
    bool done = key != NULL && json_object_set_new(work->judged, key, json_true()) == 0;

    free(key);
    return done;
}

static bool collect(struct work *work, const struct wck_reading *reading, bool later)
{
    const json_t *one;
    bool done = true;
    size_t i;

    json_array_foreach(reading->findings, i, one)
    {
        bool fails = has_verdict(one, "fail");

        if (done && fails)
            done = add_finding(work, one, later);
        if (done && later &&
            (fails || has_verdict(one, "pass") || has_verdict(one, "marginal")))
            done = note_judged(work, one);
    }
    return done;
}

static enum wck_failure_state state_of(const struct work *work,
                                       const struct wck_failure *failure)
{
    struct wck_text key = {0};
    bool judged;

    if (failure->findings.after > 0)
        return failure->findings.before > 0 ? WCK_FAILURE_STILL : WCK_FAILURE_NEW;
    wck_text_printf(&key, "%s\n%s", failure->checker, failure->claim);
    judged = json_object_get(work->judged, wck_text_string(&key)) != NULL;
    wck_text_release(&key);
    return judged ? WCK_FAILURE_FIXED : WCK_FAILURE_UNJUDGED;
}

/* Moves the failures into the comparison, by state. */
static bool sort(struct work *work, struct wck_comparison *comparison)
{
    comparison->failures = malloc((work->count + 1) * sizeof *comparison->failures);
    if (comparison->failures == NULL)
        return false;
    for (size_t i = 0; i < work->count; i++)
        work->failures[i].state = state_of(work, &work->failures[i]);
    for (int s = 0; s < WCK_FAILURE_STATES; s++) {
        for (size_t i = 0; i < work->count; i++) {
            if (work->failures[i].state != (enum wck_failure_state)s)
                continue;
            comparison->failures[comparison->failure_count++] = work->failures[i];
            comparison->states[s]++;
        }
    }
    return true;
}

static enum wck_status compare_verify(struct wck_comparison *comparison,
                                      const struct wck_reading *before,
                                      const struct wck_reading *after,
                                      struct wck_error *err)
{
    struct work work = {.index = json_object(), .judged = json_object()};
    bool done = work.index != NULL && work.judged != NULL &&
                collect(&work, before, false) && collect(&work, after, true) &&
                sort(&work, comparison);

    json_decref(work.index);
    json_decref(work.judged);
    free(work.failures);
    return done ? WCK_OK : wck_error_no_memory(err);
}

/* ---- either ---- */

static enum wck_status check(const struct wck_reading *before,
                             const struct wck_reading *after, struct wck_error *err)
{
    const struct wck_reading *both[2] = {before, after};
    char sizes[2][120];

    if (before->of_coverage != after->of_coverage)
        return wck_error_set(err, WCK_INVALID,
                             "%s is a report of %s, and %s of %s: give two of one kind",
                             before->path, before->of_coverage ? "coverage" : "verify",
                             after->path, after->of_coverage ? "coverage" : "verify");
    if (!before->of_coverage ||
        (before->height == after->height && before->width == after->width &&
         before->channels == after->channels && before->batch == after->batch))
        return WCK_OK;
    for (int k = 0; k < 2; k++)
        snprintf(sizes[k], sizeof sizes[k], "%zux%zux%zu, batch %zu", both[k]->height,
                 both[k]->width, both[k]->channels, both[k]->batch);
    return wck_error_set(err, WCK_INVALID,
                         "the image of %s is %s, and that of %s is %s", before->path,
                         sizes[0], after->path, sizes[1]);
}

enum wck_status wck_compare(struct wck_comparison *comparison,
                            const struct wck_reading *before,
                            const struct wck_reading *after, struct wck_error *err)
{
    enum wck_status status = check(before, after, err);

    *comparison = (struct wck_comparison){.of_coverage = before->of_coverage,
                                          .before = before->path,
                                          .after = after->path};
    if (status != WCK_OK)
        return status;
    if (!before->of_coverage)
        return compare_verify(comparison, before, after, err);
    compare_coverage(&comparison->coverage, before, after);
    compare_warps(&comparison->coverage, before->document, after->document);
    return WCK_OK;
}

void wck_comparison_release(struct wck_comparison *comparison)
{
    free(comparison->failures);
    *comparison = (struct wck_comparison){0};
}
