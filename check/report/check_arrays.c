#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/suites.h"
#include "src/io/npy.h"

static size_t occurrences(const struct wck_text *text, const char *part)
{
    size_t count = 0;

    for (const char *at = wck_text_string(text); (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

START_TEST(a_table_has_a_line_for_each_pixel_and_counts_the_same)
{
    static const char head[] = "y,x,reason,reads,weight,magnitude\n0,0,covered,";
    struct scene scene;
    struct wck_text text;

    scene_story(&scene);
    text = scene_write(&scene, "csv");
    ck_assert_ptr_eq(strstr(wck_text_string(&text), head), wck_text_string(&text));
    ck_assert_uint_eq(occurrences(&text, "\n"), 1 + 4096);
    ck_assert_uint_eq(occurrences(&text, ",covered,"), 2376);
    ck_assert_uint_eq(occurrences(&text, ",out-of-view,0,0,0\n"), 1621);
    ck_assert_uint_eq(occurrences(&text, ",zero-weight,"), 99);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(an_array_has_a_number_for_each_entry)
{
    struct scene scene;
    struct wck_text text;
    struct wck_tensor map;

    scene_faults(&scene);
    text = scene_write(&scene, "npy");
    ck_assert_int_eq(wck_npy_decode("map", text.data, text.size, &map, NULL), WCK_OK);
    ck_assert_int_eq(map.dtype, WCK_UINT8);
    ck_assert_int_eq(map.rank, 4);
    ck_assert_uint_eq(map.shape[0], 1);
    ck_assert_uint_eq(map.shape[1], 2);
    ck_assert_uint_eq(map.shape[2], 9);
    ck_assert_uint_eq(map.shape[3], 7);
    ck_assert_int_eq(((unsigned char *)map.data)[(1 * 9 + 3) * 7 + 4],
                     1 + WCK_LOST_IN_BACKWARD);
    ck_assert_int_eq(((unsigned char *)map.data)[4 * 7 + 3], 1 + WCK_NON_FINITE);
    free(map.data);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

Suite *wck_arrays_suite(void)
{
    Suite *suite = suite_create("arrays");
    TCase *tcase = tcase_create("arrays");

    tcase_add_test(tcase, a_table_has_a_line_for_each_pixel_and_counts_the_same);
    tcase_add_test(tcase, an_array_has_a_number_for_each_entry);
    suite_add_tcase(suite, tcase);
    return suite;
}
