#include <check.h>
#include <stddef.h>

#include "check/suites.h"
#include "src/report/digest.h"

static void assert_prints(const struct wck_digest *digest, size_t item,
                          const char *said)
{
    struct wck_text text = {0};

    ck_assert_uint_lt(item, digest->count);
    wck_digest_print(&digest->items[item], &text);
    ck_assert_str_eq(wck_text_string(&text), said);
    wck_text_release(&text);
}

static const struct {
    const char *texts[3]; /* NULL: no more */
    const char *said;
} alike[] = {
    {{"4 images", "9 images", "16 images"}, "4 to 16 images"},
    {{"9 images, 3 kinks", "4 images, 3 kinks"}, "4 to 9 images, 3 kinks"},
    {{"a weight of 4.5e-11 or more", "a weight of 3e-9 or more"},
     "a weight of 4.5e-11 to 3e-9 or more"},
    {{"below 0.25.", "below 7.", "below 1."}, "below 0.25 to 7."},
    {{"float32 of 5", "float32 of 6"}, "float32 of 5 to 6"},
    {{"7x11", "8x11"}, "7 to 8x11"},
    {{"", ""}, ""},
    {{"no number", "no number", "no number"}, "no number"},
};

START_TEST(texts_that_differ_in_numbers_are_one_text_with_ranges)
{
    struct wck_digest digest = {0};
    size_t count = 0;

    for (; count < 3 && alike[_i].texts[count] != NULL; count++)
        wck_digest_add(&digest, alike[_i].texts[count]);
    ck_assert_uint_eq(digest.count, 1);
    ck_assert_uint_eq(digest.items[0].count, count);
    assert_prints(&digest, 0, alike[_i].said);
    wck_digest_release(&digest);
}
END_TEST

START_TEST(texts_of_other_words_stay_apart_in_their_order)
{
    static const char *const others[] = {"4 images",  "4 image",     "float32 4",
                                         "float64 4", "4, 5 images", "images"};
    struct wck_digest digest = {0};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        wck_digest_add(&digest, others[i]);
    wck_digest_add(&digest, NULL);
    wck_digest_add(&digest, "float64 1");
    ck_assert_uint_eq(digest.count, 6);
    assert_prints(&digest, 0, "4 images");
    assert_prints(&digest, 3, "float64 1 to 4");
    assert_prints(&digest, 5, "images");
    wck_digest_release(&digest);
}
END_TEST

START_TEST(numbers_beyond_the_sixteenth_must_be_equal)
{
    struct wck_digest digest = {0};

    wck_digest_add(&digest, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17");
    wck_digest_add(&digest, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 99 17");
    wck_digest_add(&digest, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 18");
    ck_assert_uint_eq(digest.count, 2);
    assert_prints(&digest, 0, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 to 99 17");
    wck_digest_release(&digest);
}
END_TEST

START_TEST(a_form_is_the_same_where_only_numbers_differ)
{
    struct wck_text one = {0}, two = {0};

    wck_digest_form("4 images, conv2 from 1e-3", &one);
    wck_digest_form("19 images, conv2 from 0.5", &two);
    ck_assert_str_eq(wck_text_string(&one), "# images, conv2 from #");
    ck_assert_str_eq(wck_text_string(&one), wck_text_string(&two));
    wck_text_release(&one);
    wck_text_release(&two);
}
END_TEST

Suite *wck_digest_suite(void)
{
    Suite *suite = suite_create("digest");
    TCase *tcase = tcase_create("digest");

    tcase_add_loop_test(tcase, texts_that_differ_in_numbers_are_one_text_with_ranges, 0,
                        sizeof alike / sizeof *alike);
    tcase_add_test(tcase, texts_of_other_words_stay_apart_in_their_order);
    tcase_add_test(tcase, numbers_beyond_the_sixteenth_must_be_equal);
    tcase_add_test(tcase, a_form_is_the_same_where_only_numbers_differ);
    suite_add_tcase(suite, tcase);
    return suite;
}
