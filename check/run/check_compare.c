#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/base/rng.h"
#include "src/run/compare.h"
#include "src/run/survey.h"

static struct wck_reading reading_of(const char *path)
{
    struct wck_reading reading;
    struct wck_error err = {0};

    ck_assert_msg(wck_reading_open(&reading, path, &err) == WCK_OK, "%s", err.text);
    return reading;
}

/* ---- coverage ---- */

#define SIDE 14

/* A random warp of a random scene, surveyed, and its report in a file. */
struct sight {
    struct wck_warp warp;
    struct wck_survey_request request;
    struct wck_survey survey;
    const char *path;
};

static void look(struct sight *sight, struct wck_rng *rng, size_t height, size_t width,
                 const char *name)
{
    struct wck_text text = {0};
    struct wck_coverage_report report;
    double m[6];

    *sight = (struct sight){
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("constant"),
                 .source_height = height,
                 .source_width = width,
                 .output_height = 1 + (size_t)wck_rng_below(rng, SIDE),
                 .output_width = 1 + (size_t)wck_rng_below(rng, SIDE)},
        .request = {.layout = "HWC", .channels = 2, .uniform = 1.0},
    };
    do {
        for (int i = 0; i < 6; i++)
            m[i] = ((double)wck_rng_below(rng, 17) - 8.0) / (i % 3 == 2 ? 1.0 : 4.0);
    } while (wck_map_affine(&sight->warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL) != WCK_OK);
    sight->request.warp = &sight->warp;
    ck_assert_int_eq(wck_survey_run(&sight->survey, &sight->request, NULL), WCK_OK);
    report = wck_survey_report(&sight->survey, &sight->request);
    report.image_name = "image";
    report.command = "warpcheck";
    ck_assert_int_eq(wck_format_find("json")->coverage(&report, &text, NULL), WCK_OK);
    sight->path = scratch_file(name, text.data, text.size);
    wck_text_release(&text);
}

/* What the maps themselves say. */
static void assert_agree(const struct wck_coverage_change *c,
                         const struct wck_coverage *before,
                         const struct wck_coverage *after)
{
    size_t lost = 0, gained = 0, still = 0, moved = 0;
    size_t to[1 + WCK_REASON_COUNT] = {0}, from[1 + WCK_REASON_COUNT] = {0};

    for (size_t p = 0; p < before->pixels_total; p++) {
        unsigned char was = before->pixel_reason[p], is = after->pixel_reason[p];

        lost += was == 0 && is > 0;
        gained += was > 0 && is == 0;
        still += was > 0 && is > 0;
        moved += was > 0 && is > 0 && was != is;
        to[is] += was == 0;
        from[was] += is == 0;
    }
    ck_assert(c->by_pixel);
    ck_assert_uint_eq(c->lost, lost);
    ck_assert_uint_eq(c->gained, gained);
    ck_assert_uint_eq(c->still, still);
    ck_assert_uint_eq(c->moved, moved);
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        ck_assert_uint_eq(c->lost_to[r], to[1 + r]);
        ck_assert_uint_eq(c->gained_from[r], from[1 + r]);
        ck_assert_uint_eq(c->reason_entries[r].before, before->reason_entries[r]);
        ck_assert_uint_eq(c->reason_entries[r].after, after->reason_entries[r]);
    }
}

START_TEST(two_maps_are_compared_pixel_by_pixel)
{
    size_t lost = 0, gained = 0, moved = 0;

    for (uint64_t i = 0; i < 60; i++) {
        struct wck_rng rng = wck_rng_start(45, i);
        size_t height = 1 + (size_t)wck_rng_below(&rng, SIDE);
        size_t width = 1 + (size_t)wck_rng_below(&rng, SIDE);
        struct wck_reading before, after;
        struct wck_comparison comparison;
        struct sight a, b;

        look(&a, &rng, height, width, "a");
        look(&b, &rng, height, width, "b");
        before = reading_of(a.path);
        after = reading_of(b.path);
        ck_assert_int_eq(wck_compare(&comparison, &before, &after, NULL), WCK_OK);
        assert_agree(&comparison.coverage, &a.survey.coverage, &b.survey.coverage);
        ck_assert_int_eq(wck_comparison_lost(&comparison),
                         comparison.coverage.lost > 0 ||
                             comparison.coverage.entries.after <
                                 comparison.coverage.entries.before);
        ck_assert(!wck_comparison_new(&comparison));
        lost += comparison.coverage.lost;
        gained += comparison.coverage.gained;
        moved += comparison.coverage.moved;
        wck_comparison_release(&comparison);
        wck_reading_release(&before);
        wck_reading_release(&after);
        wck_survey_release(&a.survey);
        wck_survey_release(&b.survey);
    }
    ck_assert(lost > 0 && gained > 0 && moved > 0);
}
END_TEST

#define COUNTS                                                                         \
    "{\"schema\": {\"name\": \"warpcheck.coverage\", \"version\": 1}, \"image\": "     \
    "{\"batch\": 1, \"channels\": 2, \"height\": 2, \"width\": 5}, "

/* Of 10 pixels and 20 entries. */
static const char *counts_file(const char *name, int covered, int out, int lost,
                               const char *rest)
{
    struct wck_text text = {0};
    const char *path;

    wck_text_printf(&text,
                    COUNTS "\"pixels\": {\"total\": 10, \"covered\": %d}, "
                           "\"entries\": {\"total\": 20, \"covered\": %d}, "
                           "\"reasons\": {\"pixels\": {\"out-of-view\": %d, "
                           "\"lost-in-backward\": %d}, \"entries\": "
                           "{\"out-of-view\": %d, \"lost-in-backward\": %d}}%s}",
                    covered, 2 * covered, out, lost, 2 * out, 2 * lost, rest);
    path = scratch_file(name, text.data, text.size);
    wck_text_release(&text);
    return path;
}

START_TEST(without_maps_the_counts_say_the_least_that_changed)
{
    struct wck_reading before = reading_of(counts_file("a", 6, 4, 0, "")),
                       after = reading_of(counts_file("b", 3, 2, 5, ", \"map\": null"));
    struct wck_comparison comparison;
    const struct wck_coverage_change *c = &comparison.coverage;

    ck_assert_int_eq(wck_compare(&comparison, &before, &after, NULL), WCK_OK);
    ck_assert(!c->by_pixel);
    ck_assert_uint_eq(c->lost, 3);
    ck_assert_uint_eq(c->gained, 0);
    ck_assert_uint_eq(c->still, 4);
    ck_assert_uint_eq(c->lost_to[WCK_LOST_IN_BACKWARD], 5);
    ck_assert_uint_eq(c->gained_from[WCK_OUT_OF_VIEW], 2);
    ck_assert(wck_comparison_lost(&comparison));
    ck_assert(wck_comparison_new(&comparison)); /* a fault that was not */
    wck_comparison_release(&comparison);
    wck_reading_release(&before);
    wck_reading_release(&after);
}
END_TEST

/* What follows the counts 6, 4, 0 of counts_file, or replaces the whole. */
static const struct {
    const char *rest, *whole, *part;
} hostile[] = {
    {NULL, "", "line 1"},
    {NULL, "[[[[[[", "line 1"},
    {NULL, "\xff\xfe{}", "line 1"},
    {NULL, "{\"a\": 1, \"a\": 2}", "line 1"},
    {NULL, "[]", "not a report"},
    {NULL, "{}", "not a report"},
    {NULL, "{\"schema\": {\"name\": \"warpcheck.compare\", \"version\": 1}}",
     "not a report"},
    {NULL, "{\"schema\": {\"name\": 7, \"version\": 1}}", "not a report"},
    {NULL, "{\"schema\": {\"name\": \"warpcheck.verify\", \"version\": 2}}",
     "another version"},
    {NULL, "{\"schema\": {\"name\": \"warpcheck.coverage\", \"version\": 1}}",
     "sizes of the image"},
    {NULL,
     "{\"schema\": {\"name\": \"warpcheck.coverage\", \"version\": 1}, \"image\": "
     "{\"batch\": 1, \"channels\": 1, \"height\": 9223372036854775807, \"width\": "
     "9223372036854775807}}",
     "sizes of the image"},
    {NULL,
     "{\"schema\": {\"name\": \"warpcheck.coverage\", \"version\": 1}, \"image\": "
     "{\"batch\": 1, \"channels\": 1, \"height\": 2, \"width\": -3}}",
     "sizes of the image"},
    {NULL, COUNTS "\"pixels\": {\"total\": 10, \"covered\": 10}}", "do not add up"},
    {NULL, "{\"schema\": {\"name\": \"warpcheck.verify\", \"version\": 1}}",
     "no findings"},
    {NULL,
     "{\"schema\": {\"name\": \"warpcheck.verify\", \"version\": 1}, \"findings\": "
     "[1]}",
     "finding 0"},
    {NULL,
     "{\"schema\": {\"name\": \"warpcheck.verify\", \"version\": 1}, \"findings\": "
     "[{\"checker\": \"a\", \"claim\": \"b\", \"verdict\": \"perhaps\"}]}",
     "finding 0"},
    {", \"spurious_entries\": 21", NULL, "spurious"},
    {", \"map\": 5", NULL, "map"},
    {", \"map\": [\"5.\"]", NULL, "map"},
    {", \"map\": [\"5.\", \".4o\", \"\"]", NULL, "map"},
    {", \"map\": [\"5.\", \".3o\"]", NULL, "map"},
    {", \"map\": [\"5.\", \".5o\"]", NULL, "map"},
    {", \"map\": [\"5.\", \".4oo\"]", NULL, "map"},
    {", \"map\": [\"5.\", \"0o.4o\"]", NULL, "map"},
    {", \"map\": [\"5.\", \".4x\"]", NULL, "map"},
    {", \"map\": [\"5.\", \".4\"]", NULL, "map"},
    {", \"map\": [\"5.\", \".4s\"]", NULL, "map"},
    {", \"map\": [\"5.\", \"2.3o\"]", NULL, "map"},
    {", \"map\": [\"5.\", 7]", NULL, "map"},
    {", \"map\": [\"5.\", \".99999999999999999999999999o\"]", NULL, "map"},
};

START_TEST(what_does_not_hold_together_is_refused)
{
    const char *path =
        hostile[_i].whole != NULL
            ? scratch_file("a", hostile[_i].whole, strlen(hostile[_i].whole))
            : counts_file("a", 6, 4, 0, hostile[_i].rest);
    struct wck_reading reading;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_reading_open(&reading, path, &err), WCK_FORMAT);
    ck_assert_msg(strstr(err.text, hostile[_i].part) != NULL, "%s", err.text);
    wck_reading_release(&reading);
}
END_TEST

/* The counterpart of those: the right map passes. */
START_TEST(a_map_that_agrees_is_read)
{
    struct wck_reading reading =
        reading_of(counts_file("a", 6, 4, 0, ", \"map\": [\"5.\", \".4o\"]"));

    ck_assert_ptr_nonnull(reading.map);
    wck_reading_release(&reading);
}
END_TEST

/* ---- verify ---- */

#define VERIFY(findings)                                                               \
    "{\"schema\": {\"name\": \"warpcheck.verify\", \"version\": 1}, \"findings\": "    \
    "[" findings "]}"
#define FINDING(id, checker, verdict)                                                  \
    "{\"id\": " id ", \"checker\": \"" checker "\", \"claim\": \"conforms\", "         \
    "\"verdict\": \"" verdict "\", \"problem\": \"p\", \"cause\": \"c\"}"

static const char old[] = VERIFY(
    FINDING("\"a-1\"", "a", "fail") ", " FINDING("\"a-2\"", "a", "fail") ", " FINDING(
        "\"a-1\"", "a", "fail") ", " FINDING("\"b-1\"", "b",
                                             "fail") ", " FINDING("null", "d", "fail"));
static const char now[] = VERIFY(
    FINDING("\"a-3\"", "a", "fail") ", " FINDING("\"a-1\"", "a", "fail") ", " FINDING(
        "\"a-9\"", "a", "pass") ", " FINDING("\"b-2\"", "b",
                                             "inconclusive") ", " FINDING("null", "d",
                                                                          "fail"));

static void assert_failure(const struct wck_failure *failure,
                           enum wck_failure_state state, const char *id, size_t before,
                           size_t after)
{
    ck_assert_int_eq(failure->state, state);
    if (id == NULL)
        ck_assert_ptr_null(failure->id);
    else
        ck_assert_str_eq(failure->id, id);
    ck_assert_uint_eq(failure->findings.before, before);
    ck_assert_uint_eq(failure->findings.after, after);
}

START_TEST(failures_are_new_still_there_fixed_or_no_longer_judged)
{
    struct wck_reading before = reading_of(scratch_file("a", old, strlen(old))),
                       after = reading_of(scratch_file("b", now, strlen(now)));
    struct wck_comparison comparison;

    ck_assert_int_eq(wck_compare(&comparison, &before, &after, NULL), WCK_OK);
    ck_assert_uint_eq(comparison.failure_count, 5);
    assert_failure(&comparison.failures[0], WCK_FAILURE_NEW, "a-3", 0, 1);
    assert_failure(&comparison.failures[1], WCK_FAILURE_STILL, "a-1", 2, 1);
    assert_failure(&comparison.failures[2], WCK_FAILURE_STILL, NULL, 1, 1);
    assert_failure(&comparison.failures[3], WCK_FAILURE_FIXED, "a-2", 1, 0);
    assert_failure(&comparison.failures[4], WCK_FAILURE_UNJUDGED, "b-1", 1, 0);
    ck_assert_uint_eq(comparison.states[WCK_FAILURE_STILL], 2);
    ck_assert(wck_comparison_new(&comparison));
    ck_assert(!wck_comparison_lost(&comparison));
    wck_comparison_release(&comparison);
    ck_assert_int_eq(wck_compare(&comparison, &after, &after, NULL), WCK_OK);
    ck_assert_uint_eq(comparison.states[WCK_FAILURE_STILL], 3);
    ck_assert(!wck_comparison_new(&comparison));
    wck_comparison_release(&comparison);
    wck_reading_release(&before);
    wck_reading_release(&after);
}
END_TEST

/* Ten new failures, of which a text lists eight, and JSON all. */
START_TEST(a_text_lists_some_failures_and_json_all)
{
    struct wck_failure failures[10];
    struct wck_comparison comparison = {.before = "a",
                                        .after = "b",
                                        .failures = failures,
                                        .failure_count = 10,
                                        .states = {[WCK_FAILURE_NEW] = 10}};
    struct wck_text text = {0}, json = {0};
    size_t listed = 0;

    for (int i = 0; i < 10; i++)
        failures[i] = (struct wck_failure){.state = WCK_FAILURE_NEW,
                                           .checker = "forward",
                                           .claim = "conforms",
                                           .problem = "a problem",
                                           .findings = {0, 3}};
    ck_assert_int_eq(wck_format_find("text")->compare(&comparison, &text, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_format_find("json")->compare(&comparison, &json, NULL),
                     WCK_OK);
    ck_assert_ptr_nonnull(strstr(text.data, "Failures: 10 new, 0 still"));
    ck_assert_ptr_nonnull(strstr(text.data, "\nnew: and 2 more;"));
    for (const char *at = text.data; (at = strstr(at, "a problem")) != NULL; at++)
        listed++;
    ck_assert_uint_eq(listed, 8);
    listed = 0;
    for (const char *at = json.data; (at = strstr(at, "a problem")) != NULL; at++)
        listed++;
    ck_assert_uint_eq(listed, 10);
    wck_text_release(&text);
    wck_text_release(&json);
}
END_TEST

START_TEST(reports_of_two_kinds_or_sizes_are_not_compared)
{
    struct wck_reading verify = reading_of(scratch_file("a", old, strlen(old))),
                       one = reading_of(counts_file("b", 6, 4, 0, "")),
                       other = reading_of(counts_file("c", 6, 4, 0, ""));
    struct wck_error kinds = {0}, sizes = {0};
    struct wck_comparison comparison;

    ck_assert_int_eq(wck_compare(&comparison, &verify, &one, &kinds), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(kinds.text, "give two of one kind"));
    other.height = 1;
    other.width = 10;
    ck_assert_int_eq(wck_compare(&comparison, &one, &other, &sizes), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(sizes.text, "is 2x5x2, batch 1, and that of "));
    wck_reading_release(&verify);
    wck_reading_release(&one);
    wck_reading_release(&other);
}
END_TEST

Suite *wck_compare_suite(void)
{
    Suite *suite = suite_create("compare");
    TCase *tcase = tcase_create("compare");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, two_maps_are_compared_pixel_by_pixel);
    tcase_add_test(tcase, without_maps_the_counts_say_the_least_that_changed);
    tcase_add_loop_test(tcase, what_does_not_hold_together_is_refused, 0,
                        (int)(sizeof hostile / sizeof hostile[0]));
    tcase_add_test(tcase, a_map_that_agrees_is_read);
    tcase_add_test(tcase, failures_are_new_still_there_fixed_or_no_longer_judged);
    tcase_add_test(tcase, a_text_lists_some_failures_and_json_all);
    tcase_add_test(tcase, reports_of_two_kinds_or_sizes_are_not_compared);
    suite_add_tcase(suite, tcase);
    return suite;
}
