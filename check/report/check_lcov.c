#include <check.h>
#include <stdio.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/report/verification.h"
#include "check/suites.h"

static size_t occurrences(const struct wck_text *text, const char *part)
{
    size_t count = 0;

    for (const char *at = wck_text_string(text); (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

START_TEST(a_channel_is_a_file_and_a_row_a_line)
{
    struct scene scene;
    struct wck_text text;

    scene_story(&scene);
    text = scene_write(&scene, "lcov");
    ck_assert_uint_eq(occurrences(&text, "SF:64x64x3/channel-"), 3);
    ck_assert_uint_eq(occurrences(&text, "\nDA:"), 3 * 64);
    /* 44 x 54 of 64 x 64 pixels are covered: rows 0 to 43. */
    ck_assert_uint_eq(occurrences(&text, ",54\n"), 3 * 44);
    ck_assert_uint_eq(occurrences(&text, "DA:45,0\n"), 3);
    ck_assert_uint_eq(occurrences(&text, "LF:64\nLH:44\nend_of_record\n"), 3);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(hits_add_up_to_the_covered_entries)
{
    struct scene scene;
    struct wck_text text;
    size_t row, count, sum = 0;

    scene_faults(&scene);
    text = scene_write(&scene, "lcov");
    for (const char *at = text.data; (at = strstr(at, "\nDA:")) != NULL; at++) {
        ck_assert_int_eq(sscanf(at, "\nDA:%zu,%zu", &row, &count), 2);
        sum += count;
    }
    ck_assert_uint_eq(sum, scene.survey.coverage.entries_covered);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(a_hostile_name_makes_no_lines)
{
    struct scene scene;
    struct wck_text text;

    scene_large(&scene, 3, 5);
    scene.report.image_name = verification_hostile_name;
    text = scene_write(&scene, "lcov");
    ck_assert_uint_eq(occurrences(&text, "\n"), 2 + 3 + 3);
    ck_assert_ptr_nonnull(strstr(wck_text_string(&text), "SF:a\"b'<c>&amp;|`d`]]>???"));
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(items_of_a_batch_are_files_of_their_own)
{
    struct scene scene;
    struct wck_text text;

    scene_faults(&scene);
    scene.report.batch = 2;
    scene.report.channels = 1;
    text = scene_write(&scene, "lcov");
    ck_assert_uint_eq(occurrences(&text, "SF:9x7x2/item-0/channel-0\n"), 1);
    ck_assert_uint_eq(occurrences(&text, "SF:9x7x2/item-1/channel-0\n"), 1);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

Suite *wck_lcov_suite(void)
{
    Suite *suite = suite_create("lcov");
    TCase *tcase = tcase_create("lcov");

    tcase_add_test(tcase, a_channel_is_a_file_and_a_row_a_line);
    tcase_add_test(tcase, hits_add_up_to_the_covered_entries);
    tcase_add_test(tcase, a_hostile_name_makes_no_lines);
    tcase_add_test(tcase, items_of_a_batch_are_files_of_their_own);
    suite_add_tcase(suite, tcase);
    return suite;
}
