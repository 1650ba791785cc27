#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/report/reader.h"
#include "check/report/scene.h"
#include "check/suites.h"

START_TEST(the_page_holds_the_numbers_and_needs_no_other_file)
{
    struct scene scene;
    struct wck_text page;

    scene_story(&scene);
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "7128 of 12288 entries (<b>58.01%</b>) get a gradient");
    reader_assert_says(&page, "2376 of 4096 pixels");
    reader_assert_says(&page,
                       "<td class=\"number\">1621</td><td class=\"number\">4863</td>");
    reader_assert_says(&page,
                       "<td class=\"number\">99</td><td class=\"number\">297</td>");
    reader_assert_says(&page,
                       "<td class=\"number\">2475</td><td class=\"number gain\">7425");
    reader_assert_says(&page, "<span class=\"tag\">surrogate</span>");
    reader_assert_says(&page, "<noscript>");
    reader_assert_says(&page, "prefers-color-scheme: dark");
    reader_assert_says(&page, "warpcheck coverage --again</pre>");
    /* No address of another file, and the browser is told not to load any. */
    ck_assert_uint_eq(reader_count(&page, "://"), 0);
    reader_assert_says(&page, "content=\"default-src 'none'; img-src data:;");
    ck_assert_uint_eq(reader_count(&page, "class=\"fault\""), 0);
    ck_assert_uint_eq(reader_count(&page, "id=\"image\""), 0);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(it_says_how_many_remedies_bring_more)
{
    struct scene scene;
    struct wck_text page;

    scene_story(&scene);
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "10 of the 25 that were tried bring a gradient to more");
    wck_text_release(&page);
    scene.report.what_ifs = 1; /* a nearest kernel, which reaches what bilinear does */
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "Nothing that was tried brings a gradient to more");
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(every_mark_of_the_page_is_replaced)
{
    struct scene scene;
    struct wck_text page;

    scene_faults(&scene);
    page = scene_write(&scene, "html");
    /* Marks are capitals; the only other '@' are the style's rules. */
    for (const char *at = strchr(wck_text_string(&page), '@'); at != NULL;
         at = strchr(at + 1, '@'))
        ck_assert_msg(at[1] == 'm', "left over: %.20s", at);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(faults_stand_at_the_head_of_the_page)
{
    struct scene scene;
    struct wck_text page;

    scene_faults(&scene);
    page = scene_write(&scene, "html");
    ck_assert_uint_eq(reader_count(&page, "class=\"fault\""), 3);
    reader_assert_says(&page, "value=\"error\"");
    reader_assert_says(&page, "<b>1 entry lost-in-backward:</b>");
    reader_assert_says(&page, "<b>1 entry spurious:</b>");
    reader_assert_says(&page, "<dt>gradient of</dt><dd>gradient.npy</dd>");
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

/* A page without a fault must not go with the exit code of one. */
START_TEST(the_maps_own_gradient_has_its_faults_and_its_table)
{
    struct scene scene;
    struct wck_text page;
    struct wck_map_coverage map = {.samples = 30,
                                   .covered = {27, 30},
                                   .entries = 6,
                                   .matrices = 1,
                                   .matrix_covered = 5};

    map.reasons[0][WCK_MAP_LOST] = 3;
    map.matrix_reasons[WCK_MAP_LOST] = 1;
    map.entry[2] = 1 + WCK_MAP_LOST;
    scene_story(&scene);
    scene.report.map = &map;
    page = scene_write(&scene, "html");
    ck_assert_uint_eq(reader_count(&page, "class=\"fault\""), 1);
    reader_assert_says(&page, "<b>Of the map's gradient 3 x, 0 y and 1 matrix entries "
                              "lost-in-backward:</b>");
    reader_assert_says(&page, "27 of 30 x and 30 of 30 y of the samples&#39; "
                              "coordinates, and to 5 of 6 matrix entries.");
    reader_assert_says(&page,
                       "<b>lost-in-backward</b></td><td class=\"number\">3</td><td "
                       "class=\"number\">0</td><td class=\"number\">1</td>");
    ck_assert_uint_eq(reader_count(&page, "<li>Matrix entry ("), 1);
    reader_assert_says(&page, "<li>Matrix entry (0, 2): lost-in-backward</li>");
    wck_text_release(&page);
    scene.report.map = NULL;
    page = scene_write(&scene, "html");
    ck_assert_uint_eq(reader_count(&page, "Of the map"), 0);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(no_text_of_a_user_becomes_markup)
{
    static const char name[] = "\"><script>alert(1)</script>'&\xff\001.png";
    struct scene scene;
    struct wck_text page;

    scene_faults(&scene);
    scene.report.image_name = name;
    scene.report.subject = name;
    scene.report.command = name;
    page = scene_write(&scene, "html");
    ck_assert_uint_eq(reader_count(&page, "alert(1)"),
                      reader_count(&page,
                                   "&quot;&gt;&lt;script&gt;alert(1)&lt;/script"
                                   "&gt;&#39;&amp;\xef\xbf\xbd\xef\xbf\xbd.png"));
    ck_assert_uint_eq(reader_count(&page, "alert(1)"), 4);
    ck_assert_uint_eq(reader_count(&page, "<script>"), 1);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(the_regions_stand_in_a_table)
{
    struct scene scene;
    struct wck_text page;

    scene_story(&scene);
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "by their edges: 2 regions.");
    reader_assert_says(&page, "data-left=\"0\" data-top=\"0\" data-right=\"63\" "
                              "data-bottom=\"63\"");
    reader_assert_says(&page, "data-left=\"0\" data-top=\"0\" data-right=\"54\" "
                              "data-bottom=\"44\"");
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(the_file_with_every_pixel_is_linked_by_a_relative_reference)
{
    struct scene scene;
    struct wck_text page;

    scene_story(&scene);
    scene.report.arrays = "javascript:alert(1)/\"'<b>.csv";
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "href=\"javascript%3Aalert%281%29/%22%27%3Cb%3E.csv\">"
                              "javascript:alert(1)/&quot;&#39;&lt;b&gt;.csv</a>");
    wck_text_release(&page);
    scene.report.arrays = "/tmp/a b.npy";
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "href=\"file:///tmp/a%20b.npy\"");
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

/* A 9x7 image whose planes are 10, 20, ... units where x is even. */
static struct wck_image striped(enum wck_dtype dtype, size_t channels, double unit)
{
    struct wck_image image;

    ck_assert_int_eq(wck_image_new(&image, dtype, "CHW", 1, channels, 9, 7, NULL),
                     WCK_OK);
    for (size_t i = 0; i < channels * 63; i++)
        wck_image_set(&image, i / 63, i % 63 / 7, i % 7,
                      i % 7 % 2 == 0 ? 10.0 * unit * (double)(1 + i / 63) : 0.0);
    return image;
}

/* What a pixel of 10, 20, 30 units is shown as. */
static const struct {
    enum wck_dtype dtype;
    size_t channels;
    double unit, red, green, blue;
} backdrops[] = {
    {WCK_UINT8, 1, 1, 10, 10, 10},     {WCK_UINT8, 2, 1, 10, 10, 10},
    {WCK_UINT8, 4, 1, 10, 20, 30},     {WCK_UINT16, 3, 257, 10, 20, 30},
    {WCK_FLOAT32, 3, 1, 85, 170, 255},
};

START_TEST(the_image_lies_behind_the_map_in_its_own_range)
{
    struct scene scene;
    struct wck_text page;
    struct wck_image image =
        striped(backdrops[_i].dtype, backdrops[_i].channels, backdrops[_i].unit);
    struct wck_image shown;

    scene_faults(&scene);
    scene.report.image = &image;
    page = scene_write(&scene, "html");
    reader_assert_says(&page, "id=\"opacity\"");
    shown = reader_picture(&page, "alt=\"The image\" src=\"");
    ck_assert_uint_eq(shown.height, 9);
    ck_assert_uint_eq(shown.width, 7);
    ck_assert_double_eq(wck_image_get(&shown, 0, 4, 2), backdrops[_i].red);
    ck_assert_double_eq(wck_image_get(&shown, 1, 4, 2), backdrops[_i].green);
    ck_assert_double_eq(wck_image_get(&shown, 2, 4, 2), backdrops[_i].blue);
    ck_assert_double_eq(wck_image_get(&shown, 0, 4, 3), 0.0);
    free(shown.tensor.data);
    free(image.tensor.data);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(what_is_not_finite_in_the_image_is_black)
{
    struct scene scene;
    struct wck_text page;
    struct wck_image image = striped(WCK_FLOAT32, 3, 1.0), shown;

    wck_image_set(&image, 0, 4, 2, (double)NAN);
    wck_image_set(&image, 1, 4, 2, (double)INFINITY);
    scene_faults(&scene);
    scene.report.image = &image;
    page = scene_write(&scene, "html");
    shown = reader_picture(&page, "alt=\"The image\" src=\"");
    ck_assert_double_eq(wck_image_get(&shown, 0, 4, 2), 0.0);
    ck_assert_double_eq(wck_image_get(&shown, 1, 4, 2), 0.0);
    ck_assert_double_eq(wck_image_get(&shown, 2, 4, 2), 255.0);
    free(shown.tensor.data);
    free(image.tensor.data);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

Suite *wck_html_suite(void)
{
    Suite *suite = suite_create("html");
    TCase *tcase = tcase_create("html");

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, the_page_holds_the_numbers_and_needs_no_other_file);
    tcase_add_test(tcase, it_says_how_many_remedies_bring_more);
    tcase_add_test(tcase, every_mark_of_the_page_is_replaced);
    tcase_add_test(tcase, faults_stand_at_the_head_of_the_page);
    tcase_add_test(tcase, the_maps_own_gradient_has_its_faults_and_its_table);
    tcase_add_test(tcase, no_text_of_a_user_becomes_markup);
    tcase_add_test(tcase, the_regions_stand_in_a_table);
    tcase_add_test(tcase, the_file_with_every_pixel_is_linked_by_a_relative_reference);
    tcase_add_loop_test(tcase, the_image_lies_behind_the_map_in_its_own_range, 0,
                        sizeof backdrops / sizeof *backdrops);
    tcase_add_test(tcase, what_is_not_finite_in_the_image_is_black);
    suite_add_tcase(suite, tcase);
    return suite;
}
