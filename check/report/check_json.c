#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/suites.h"
#include "src/report/utf8.h"

static json_t *parse(const struct wck_text *text)
{
    json_error_t error;
    json_t *root = json_loads(wck_text_string(text), JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(root != NULL, "line %d: %s", error.line, error.text);
    return root;
}

static json_t *write_json(const struct scene *scene)
{
    struct wck_text text = scene_write(scene, "json");
    json_t *root = parse(&text);

    wck_text_release(&text);
    return root;
}

static long long count(const json_t *root, const char *object, const char *key)
{
    const json_t *value = json_object_get(json_object_get(root, object), key);

    ck_assert_msg(json_is_integer(value), "no count %s.%s", object, key);
    return json_integer_value(value);
}

static const char *word(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    ck_assert_msg(value != NULL, "no text %s", key);
    return value;
}

static long long sum_reasons(const json_t *root, const char *kind)
{
    const json_t *counts = json_object_get(json_object_get(root, "reasons"), kind);
    long long sum = 0;

    ck_assert_uint_eq(json_object_size(counts), WCK_REASON_COUNT);
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        const char *id = wck_reason_row((enum wck_reason)r)->id;

        ck_assert_msg(json_is_integer(json_object_get(counts, id)), "no %s", id);
        sum += json_integer_value(json_object_get(counts, id));
    }
    return sum;
}

static void assert_sums(const json_t *root)
{
    ck_assert_int_eq(sum_reasons(root, "pixels"),
                     count(root, "pixels", "total") - count(root, "pixels", "covered"));
    ck_assert_int_eq(sum_reasons(root, "entries"),
                     count(root, "entries", "total") -
                         count(root, "entries", "covered"));
}

START_TEST(the_story_holds_every_count)
{
    struct scene scene;
    json_t *root, *row;

    scene_story(&scene);
    root = write_json(&scene);
    ck_assert_str_eq(word(json_object_get(root, "schema"), "name"),
                     "warpcheck.coverage");
    ck_assert_int_eq(count(root, "pixels", "covered"), 2376);
    ck_assert_int_eq(count(root, "entries", "covered"), 7128);
    ck_assert_int_eq(count(root, "reachable", "pixels"), 2475);
    ck_assert_double_eq_tol(json_real_value(json_object_get(root, "fraction")),
                            7128.0 / 12288.0, 0x1p-53);
    ck_assert_str_eq(word(json_object_get(root, "warp"), "border"), "replicate");
    row = json_array_get(json_object_get(json_object_get(root, "warp"), "matrix"), 5);
    ck_assert_double_eq(json_real_value(row), 20.0);
    row = json_array_get(json_object_get(root, "what_if"), scene.report.what_ifs - 1);
    ck_assert_str_eq(word(row, "remedy"), "straight-through");
    ck_assert(json_is_true(json_object_get(row, "surrogate")));
    ck_assert(json_is_null(json_object_get(row, "options")));
    ck_assert(json_is_null(json_object_get(root, "subject")));
    ck_assert_uint_eq(json_array_size(json_object_get(root, "notes")),
                      scene.report.note_count);
    assert_sums(root);
    json_decref(root);
    scene_release(&scene);
}
END_TEST

START_TEST(faults_are_counted_and_each_set_of_reasons_adds_up)
{
    struct scene scene;
    json_t *root;

    scene_faults(&scene);
    root = write_json(&scene);
    assert_sums(root);
    ck_assert_int_eq(json_integer_value(json_object_get(root, "spurious_entries")), 1);
    ck_assert_str_eq(word(root, "subject"), "gradient.npy");
    ck_assert(json_is_null(json_object_get(root, "what_if")));
    json_decref(root);
    scene_release(&scene);
}
END_TEST

START_TEST(what_is_not_finite_is_a_string)
{
    struct scene scene;
    json_t *root, *matrix;

    scene_story(&scene);
    scene.report.matrix[0] = (double)NAN;
    scene.report.matrix[1] = (double)INFINITY;
    scene.report.matrix[2] = -(double)INFINITY;
    root = write_json(&scene);
    matrix = json_object_get(json_object_get(root, "warp"), "matrix");
    ck_assert_str_eq(json_string_value(json_array_get(matrix, 0)), "nan");
    ck_assert_str_eq(json_string_value(json_array_get(matrix, 1)), "inf");
    ck_assert_str_eq(json_string_value(json_array_get(matrix, 2)), "-inf");
    json_decref(root);
    scene_release(&scene);
}
END_TEST

START_TEST(a_map_of_coordinates_has_no_matrix)
{
    struct scene scene;
    json_t *root;

    scene_large(&scene, 3, 5);
    scene.report.direction = NULL;
    root = write_json(&scene);
    ck_assert(json_is_null(json_object_get(json_object_get(root, "warp"), "matrix")));
    json_decref(root);
    scene_release(&scene);
}
END_TEST

START_TEST(the_same_report_gives_the_same_bytes)
{
    struct scene scene;

    scene_story(&scene);
    for (size_t row = 0; row < wck_format_count(); row++) {
        const char *name = wck_format_row(row)->name;
        struct wck_text one, two;

        if (wck_format_row(row)->coverage == NULL)
            continue;
        one = scene_write(&scene, name);
        two = scene_write(&scene, name);
        ck_assert_uint_eq(one.size, two.size);
        ck_assert_msg(memcmp(one.data, two.data, one.size) == 0, "%s differs", name);
        wck_text_release(&one);
        wck_text_release(&two);
    }
    scene_release(&scene);
}
END_TEST

/* What is no UTF-8, and what it is written as. */
static const struct {
    const char *bytes, *text;
} repairs[] = {
    {"a\xffz", "a\xef\xbf\xbdz"},                             /* no first byte */
    {"\x80", "\xef\xbf\xbd"},                                 /* stray continuation */
    {"\xc3", "\xef\xbf\xbd"},                                 /* cut short */
    {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                 /* overlong '/' */
    {"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong NUL */
    {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* surrogate */
    {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xe2\x82\xac\xf0\x9f\x8e\x89\xc3\xa9", "\xe2\x82\xac\xf0\x9f\x8e\x89\xc3\xa9"},
    {"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
     "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"},
    {"\n\"\\", "\n\"\\"},
};

START_TEST(a_name_of_any_bytes_gives_valid_json)
{
    struct wck_text text = {0};
    struct scene scene;
    json_t *root;

    wck_utf8_repair(&text, repairs[_i].bytes);
    ck_assert_str_eq(wck_text_string(&text), repairs[_i].text);
    wck_text_release(&text);
    scene_large(&scene, 3, 5);
    scene.report.image_name = repairs[_i].bytes;
    scene.report.command = repairs[_i].bytes;
    root = write_json(&scene);
    ck_assert_str_eq(word(json_object_get(root, "image"), "name"), repairs[_i].text);
    ck_assert_str_eq(word(root, "command"), repairs[_i].text);
    json_decref(root);
    scene_release(&scene);
}
END_TEST

START_TEST(a_finding_is_written_whole)
{
    struct wck_finding finding = {
        .checker = "forward",
        .claim = WCK_CONFORMS,
        .verdict = WCK_FAIL,
        .worst = {(double)NAN, 2.5, 0.125, 0.25, 3.0},
        .where = {.plane = -1, .y = 4, .x = 7, .input = true},
        .compared = 12,
        .beyond = 5,
        .exact = 4,
        .used = 0.75,
        .detectable = 3e-7,
        .problem = strdup("bilinear"),
        .cause = strdup("another warp"),
    };
    struct wck_findings findings = {&finding, 1, 1};
    struct wck_verify_report report = {
        .findings = &findings,
        .subject = "builtin:it",
        .verdict = WCK_FAIL,
        .problems = 3,
        .command = "warpcheck verify builtin:it",
    };
    struct wck_text text = {0};
    json_t *root, *one;

    ck_assert_int_eq(wck_format_find("json")->verify(&report, &text, NULL), WCK_OK);
    root = parse(&text);
    ck_assert_str_eq(word(root, "verdict"), "fail");
    ck_assert(json_is_null(json_object_get(root, "diagnosis")));
    ck_assert_int_eq(json_integer_value(json_object_get(root, "problems")), 3);
    one = json_array_get(json_object_get(root, "findings"), 0);
    ck_assert_str_eq(word(one, "checker"), "forward");
    ck_assert_str_eq(word(one, "claim"), "conforms");
    ck_assert_str_eq(word(one, "cause"), "another warp");
    ck_assert_str_eq(word(json_object_get(one, "worst"), "got"), "nan");
    ck_assert_str_eq(word(json_object_get(one, "worst"), "ratio"), "inf");
    ck_assert_int_eq(json_integer_value(json_object_get(one, "exact")), 4);
    ck_assert_double_eq(json_real_value(json_object_get(one, "used")), 0.75);
    ck_assert_str_eq(word(json_object_get(one, "where"), "side"), "input");
    ck_assert(json_is_null(json_object_get(json_object_get(one, "where"), "plane")));
    ck_assert_int_eq(count(one, "where", "x"), 7);
    ck_assert(json_is_null(json_object_get(one, "reproduce")));
    ck_assert(json_is_null(json_object_get(one, "known")));
    ck_assert(json_is_null(json_object_get(root, "baseline")));
    json_decref(root);
    wck_text_release(&text);
    wck_finding_release(&finding);
}
END_TEST

START_TEST(what_is_known_says_why_and_until_when)
{
    char id[] = "forward-00000001", reason[] = "it is planted";
    struct wck_finding finding = {
        .checker = "forward", .verdict = WCK_FAIL, .id = "forward-00000001"};
    struct wck_findings findings = {&finding, 1, 1};
    struct wck_baseline_entry entry = {.id = id,
                                       .reason = reason,
                                       .expires = {"2027-06-30"},
                                       .state = WCK_ENTRY_KNOWN,
                                       .failed = 1};
    struct wck_baseline baseline = {&entry, 1, {"2027-03-14"}};
    struct wck_verify_report report = {
        .findings = &findings, .verdict = WCK_FAIL, .baseline = &baseline};
    struct wck_text text = {0};
    json_t *root, *one;

    ck_assert_int_eq(wck_format_find("json")->verify(&report, &text, NULL), WCK_OK);
    root = parse(&text);
    one = json_array_get(json_object_get(root, "findings"), 0);
    ck_assert_str_eq(word(json_object_get(one, "known"), "reason"), reason);
    ck_assert_str_eq(word(json_object_get(one, "known"), "expires"), "2027-06-30");
    one = json_array_get(json_object_get(root, "baseline"), 0);
    ck_assert_str_eq(word(one, "id"), id);
    ck_assert_str_eq(word(one, "state"), "known");
    ck_assert_str_eq(word(one, "reason"), reason);
    ck_assert_int_eq(json_integer_value(json_object_get(one, "failed")), 1);
    ck_assert(json_is_null(json_object_get(one, "subject")));
    json_decref(root);
    wck_text_release(&text);
}
END_TEST

Suite *wck_json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tcase = tcase_create("json");

    tcase_add_test(tcase, the_story_holds_every_count);
    tcase_add_test(tcase, faults_are_counted_and_each_set_of_reasons_adds_up);
    tcase_add_test(tcase, what_is_not_finite_is_a_string);
    tcase_add_test(tcase, a_map_of_coordinates_has_no_matrix);
    tcase_add_test(tcase, the_same_report_gives_the_same_bytes);
    tcase_add_loop_test(tcase, a_name_of_any_bytes_gives_valid_json, 0,
                        sizeof repairs / sizeof *repairs);
    tcase_add_test(tcase, a_finding_is_written_whole);
    tcase_add_test(tcase, what_is_known_says_why_and_until_when);
    suite_add_tcase(suite, tcase);
    return suite;
}
