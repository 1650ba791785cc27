#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/report/scene.h"
#include "check/suites.h"
#include "src/io/png.h"
#include "src/report/markup.h"
#include "src/report/page.h"
#include "src/report/planes.h"

static size_t occurrences(const struct wck_text *text, const char *part)
{
    size_t count = 0;

    for (const char *at = strstr(wck_text_string(text), part); at != NULL;
         at = strstr(at + 1, part))
        count++;
    return count;
}

static void assert_says(const struct wck_text *text, const char *part)
{
    ck_assert_msg(occurrences(text, part) > 0, "no \"%s\"", part);
}

static unsigned digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(digits, c);

    ck_assert_msg(c != '\0' && at != NULL, "'%c' is no base64", c);
    return (unsigned)(at - digits);
}

/* The bytes of the data URI at `uri`; release them. */
static struct wck_text decode(const char *uri)
{
    static const char head[] = "data:image/png;base64,";
    struct wck_text bytes = {0};

    ck_assert_int_eq(strncmp(uri, head, sizeof head - 1), 0);
    for (uri += sizeof head - 1; *uri != '"' && *uri != '\0'; uri += 4) {
        unsigned bits = digit(uri[0]) << 18 | digit(uri[1]) << 12;
        char out[3];

        bits |= uri[2] == '=' ? 0U : digit(uri[2]) << 6;
        bits |= uri[3] == '=' ? 0U : digit(uri[3]);
        out[0] = (char)(bits >> 16);
        out[1] = (char)(bits >> 8 & 255U);
        out[2] = (char)(bits & 255U);
        wck_text_append(&bytes, out, uri[2] == '=' ? 1 : uri[3] == '=' ? 2 : 3);
    }
    return bytes;
}

/* The picture that follows `before` in the page. */
static struct wck_image picture(const struct wck_text *page, const char *before)
{
    const char *at = strstr(wck_text_string(page), before);
    struct wck_image image;
    struct wck_text png;

    ck_assert_msg(at != NULL, "no %s", before);
    png = decode(at + strlen(before));
    ck_assert_int_eq(
        wck_png_read(scratch_file("a.png", png.data, png.size), &image, NULL), WCK_OK);
    wck_text_release(&png);
    return image;
}

START_TEST(the_page_holds_the_numbers_and_needs_no_other_file)
{
    struct scene scene;
    struct wck_text page;

    scene_story(&scene);
    page = scene_write(&scene, "html");
    assert_says(&page, "7128 of 12288 entries (<b>58.01%</b>) get a gradient");
    assert_says(&page, "2376 of 4096 pixels");
    assert_says(&page, "<td class=\"number\">1621</td><td class=\"number\">4863</td>");
    assert_says(&page, "<td class=\"number\">99</td><td class=\"number\">297</td>");
    assert_says(&page, "<td class=\"number\">2475</td><td class=\"number gain\">7425");
    assert_says(&page, "<span class=\"tag\">surrogate</span>");
    assert_says(&page, "<noscript>");
    assert_says(&page, "prefers-color-scheme: dark");
    assert_says(&page, "warpcheck coverage --again</pre>");
    /* No address of another file, and the browser is told not to load any. */
    ck_assert_uint_eq(occurrences(&page, "://"), 0);
    assert_says(&page, "content=\"default-src 'none'; img-src data:;");
    ck_assert_uint_eq(occurrences(&page, "class=\"fault\""), 0);
    ck_assert_uint_eq(occurrences(&page, "class=\"backdrop\""), 0);
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
    ck_assert_uint_eq(occurrences(&page, "class=\"fault\""), 3);
    assert_says(&page, "<b>1 entry: lost-in-backward.</b>");
    assert_says(&page, "<b>1 entry: spurious.</b>");
    assert_says(&page, "<dt>gradient of</dt><dd>gradient.npy</dd>");
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
    ck_assert_uint_eq(occurrences(&page, "alert(1)"),
                      occurrences(&page, "&quot;&gt;&lt;script&gt;alert(1)&lt;/script"
                                         "&gt;&#39;&amp;\xef\xbf\xbd\xef\xbf\xbd.png"));
    ck_assert_uint_eq(occurrences(&page, "alert(1)"), 4);
    ck_assert_uint_eq(occurrences(&page, "<script>"), 1);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

/* The double whose upper 24 bits are a pixel's colours. */
static double unpack(const struct wck_image *plane, size_t x, size_t y)
{
    uint64_t bits = 0;
    double value;

    for (size_t channel = 0; channel < 3; channel++)
        bits = bits << 8 | (uint64_t)wck_image_get(plane, channel, y, x);
    bits <<= 40;
    memcpy(&value, &bits, sizeof value);
    return value;
}

START_TEST(the_planes_hold_what_the_readout_says)
{
    struct scene scene;
    struct wck_text page;
    struct wck_image state, magnitude, weight;
    const struct wck_coverage *c = &scene.survey.coverage;

    scene_story(&scene);
    page = scene_write(&scene, "html");
    state = picture(&page, " data-state=\"");
    magnitude = picture(&page, " data-magnitude=\"");
    weight = picture(&page, " data-weight=\"");
    ck_assert_uint_eq(state.width, 64);
    for (size_t p = 0; p < c->pixels_total; p++) {
        size_t x = p % 64, y = p / 64;

        ck_assert_double_eq(wck_image_get(&state, 0, y, x), c->pixel_reason[p]);
        ck_assert_double_eq(256.0 * wck_image_get(&state, 1, y, x) +
                                wck_image_get(&state, 2, y, x),
                            c->reads[p]);
        /* 12 bits of the fraction, rounded: off by at most half of the last. */
        ck_assert_double_le(fabs(unpack(&magnitude, x, y) - c->magnitude[p]),
                            0x1p-13 * c->magnitude[p]);
        ck_assert_double_le(fabs(unpack(&weight, x, y) - c->weight[p]),
                            0x1p-13 * c->weight[p]);
    }
    free(state.tensor.data);
    free(magnitude.tensor.data);
    free(weight.tensor.data);
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
    assert_says(&page, "id=\"opacity\"");
    shown = picture(&page, "alt=\"The image\" src=\"");
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
    shown = picture(&page, "alt=\"The image\" src=\"");
    ck_assert_double_eq(wck_image_get(&shown, 0, 4, 2), 0.0);
    ck_assert_double_eq(wck_image_get(&shown, 1, 4, 2), 0.0);
    ck_assert_double_eq(wck_image_get(&shown, 2, 4, 2), 255.0);
    free(shown.tensor.data);
    free(image.tensor.data);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(a_large_image_is_shown_in_blocks_and_says_so)
{
    struct scene scene;
    struct wck_text page;
    struct wck_image state;

    scene_large(&scene, 3, 4500);
    page = scene_write(&scene, "html");
    assert_says(&page, "a block of 3x3 pixels");
    assert_says(&page, "data-width=\"1500\" data-height=\"1\" data-block=\"3\"");
    state = picture(&page, " data-state=\"");
    ck_assert_uint_eq(state.width, 1500);
    free(state.tensor.data);
    wck_text_release(&page);
    scene_release(&scene);
}
END_TEST

START_TEST(the_page_of_a_megapixel_stays_within_a_few_megabytes)
{
    struct scene scene;
    struct wck_text page;

    scene_large(&scene, 1024, 1024);
    page = scene_write(&scene, "html");
    ck_assert_uint_lt(page.size, 4000000);
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
    tcase_add_test(tcase, every_mark_of_the_page_is_replaced);
    tcase_add_test(tcase, faults_stand_at_the_head_of_the_page);
    tcase_add_test(tcase, no_text_of_a_user_becomes_markup);
    tcase_add_test(tcase, the_planes_hold_what_the_readout_says);
    tcase_add_loop_test(tcase, the_image_lies_behind_the_map_in_its_own_range, 0,
                        sizeof backdrops / sizeof *backdrops);
    tcase_add_test(tcase, what_is_not_finite_in_the_image_is_black);
    tcase_add_test(tcase, a_large_image_is_shown_in_blocks_and_says_so);
    tcase_add_test(tcase, the_page_of_a_megapixel_stays_within_a_few_megabytes);
    suite_add_tcase(suite, tcase);
    return suite;
}
