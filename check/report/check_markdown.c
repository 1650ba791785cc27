#include <check.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/report/verification.h"
#include "check/suites.h"
#include "src/report/markdown.h"

static void assert_says(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) != NULL, "no \"%s\" in\n%.3000s",
                  part, wck_text_string(text));
}

/* Words, and what they are where nothing of them is markup. */
static const struct {
    const char *words, *escaped;
} escapes[] = {
    {"plain words, 3.5 (of 7)", "plain words, 3.5 (of 7)"},
    {"a|b`c`", "a\\|b\\`c\\`"},
    {"<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"},
    {"![x](y) *_~#\\", "\\!\\[x\\](y) \\*\\_\\~\\#\\\\"},
    {"@user $x$ :smile: a\nb\tc\r\001\xff\x7f",
     "\\@user \\$x\\$ \\:smile\\: a b "
     "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"0123456789012345678901234567890123456789x",
     "0123456789012345678901234567890123456789\xe2\x80\xa6"},
};

START_TEST(nothing_of_words_is_markup)
{
    struct wck_text text = {0};

    wck_markdown_escape(&text, escapes[_i].words, 40);
    ck_assert_str_eq(wck_text_string(&text), escapes[_i].escaped);
    wck_text_release(&text);
}
END_TEST

START_TEST(a_block_of_code_ends_where_it_should)
{
    struct wck_text text = {0};

    wck_markdown_code(&text, "a\n```\n````\001b", 100);
    ck_assert_str_eq(wck_text_string(&text), "`````\na\n```\n````\xef\xbf\xbd"
                                             "b\n`````\n");
    wck_text_release(&text);
    wck_markdown_code(&text, "plain", 100);
    ck_assert_str_eq(wck_text_string(&text), "```\nplain\n```\n");
    wck_text_release(&text);
}
END_TEST

START_TEST(a_summary_counts_and_tells_each_kind_once)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    v.report.fault = "killed";
    v.report.diagnosis = "equals another";
    text = verification_write(&v, "markdown");
    assert_says(&text, "## warpcheck verify builtin\\:it\n\n**fail**: 4 problems, 9 "
                       "findings\n");
    assert_says(&text, "\n**The subject broke**: killed\n");
    assert_says(&text, "\n**Diagnosis**: equals another\n");
    assert_says(&text, "\n| forward | conforms | 1 | 1 | 2 | 0 | 0 |\n");
    assert_says(&text, "\n| fail | forward | conforms | bilinear | wrap | 2 | off from "
                       "row 3 to 11 on |\n| marginal | forward | conforms | nearest |");
    assert_says(&text, "\n**fail**: forward, conforms, 2 findings; off from row 3 to "
                       "11 on\n\n- 29x31\n- output row 4 column 7\\: got 3.5");
    assert_says(&text, "\nAgain:\n\n```\nwarpcheck verify builtin:it\n```\n");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(a_summary_of_coverage_has_the_tables)
{
    struct scene scene;
    struct wck_text text;

    scene_story(&scene);
    scene.report.image_name = "a|b";
    text = scene_write(&scene, "markdown");
    assert_says(&text, "## warpcheck coverage a\\|b\n\n**7128 of 12288 entries "
                       "(58.01%) get a gradient**; 2376 of 4096 pixels\n");
    assert_says(&text, "\n| out-of-view | 1621 | 4863 | no output reads the pixel");
    assert_says(&text, "\n| straight-through (a surrogate) | 2475 | 7425 (60.42%) | ");
    assert_says(&text, "\nAgain:\n\n```\nwarpcheck coverage --again\n```\n");
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(faults_of_coverage_are_marked)
{
    struct scene scene;
    struct wck_text text;

    scene_faults(&scene);
    text = scene_write(&scene, "markdown");
    assert_says(&text, "\n| **FAULT** lost-in-backward | 0 | 1 | ");
    assert_says(&text, "\n**FAULT**: 1 with a gradient that this warp does not send");
    assert_says(&text, "The gradient is that of gradient.npy.");
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(hostile_names_make_neither_tables_nor_elements)
{
    struct verification v;
    struct wck_text text;

    verification_hostile(&v);
    text = verification_write(&v, "markdown");
    for (const char *line = text.data, *end; *line != '\0'; line = end + 1) {
        size_t bars = 0;

        end = line + strcspn(line, "\n");
        for (const char *c = line; c < end; c++) {
            ck_assert_msg((unsigned char)*c >= 0x20 || *c == '\t', "byte %d", *c);
            bars += *c == '|' && (c == line || c[-1] != '\\');
        }
        /* Both tables have seven columns. */
        if (*line == '|')
            ck_assert_msg(bars == 8, "%.*s", (int)(end - line), line);
    }
    assert_says(&text, "a\"b'&lt;c&gt;&amp;amp;\\|\\`d\\`\\]\\]&gt;  ");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(very_many_findings_stay_within_a_mebibyte)
{
    struct verification v;
    struct wck_text text;

    verification_many(&v);
    text = verification_write(&v, "markdown");
    ck_assert_uint_le(text.size, 1 << 20);
    ck_assert_uint_gt(text.size, 1 << 16);
    /* 60,000 kinds, of which the table has 200. */
    assert_says(&text, "\n... and 59800 more kinds of findings\n");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(the_order_of_the_findings_does_not_matter)
{
    struct verification v;
    struct wck_text one, two;

    verification_many(&v);
    one = verification_write(&v, "markdown");
    verification_reverse(&v);
    two = verification_write(&v, "markdown");
    ck_assert(strcmp(wck_text_string(&one), wck_text_string(&two)) == 0);
    wck_text_release(&one);
    wck_text_release(&two);
    verification_release(&v);
}
END_TEST

Suite *wck_markdown_suite(void)
{
    Suite *suite = suite_create("markdown");
    TCase *tcase = tcase_create("markdown");

    tcase_add_loop_test(tcase, nothing_of_words_is_markup, 0,
                        sizeof escapes / sizeof *escapes);
    tcase_add_test(tcase, a_block_of_code_ends_where_it_should);
    tcase_add_test(tcase, a_summary_counts_and_tells_each_kind_once);
    tcase_add_test(tcase, a_summary_of_coverage_has_the_tables);
    tcase_add_test(tcase, faults_of_coverage_are_marked);
    tcase_add_test(tcase, hostile_names_make_neither_tables_nor_elements);
    tcase_add_test(tcase, very_many_findings_stay_within_a_mebibyte);
    tcase_add_test(tcase, the_order_of_the_findings_does_not_matter);
    suite_add_tcase(suite, tcase);
    return suite;
}
