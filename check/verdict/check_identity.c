#include "src/verdict/identity.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "check/suites.h"

static void assert_words(const char *cause, const char *name, const char *want)
{
    struct wck_text words = {0};

    wck_identity_words(cause, name, &words);
    ck_assert_str_eq(wck_text_string(&words), want);
    wck_text_release(&words);
}

START_TEST(numbers_are_no_words_however_they_are_written)
{
    assert_words("is -1.25e-07, not 3", NULL, "is #, not #");
    assert_words("entry (0, 2) of 13x17x3", NULL, "entry (#, #) of #x#x#");
    assert_words("got nan and -inf", NULL, "got # and #");
    assert_words("ends in 0x1.8p+3.", NULL, "ends in #.");
}
END_TEST

START_TEST(digits_within_a_word_stay)
{
    assert_words("lanczos4 in float64, info of nanograms", NULL,
                 "lanczos4 in float64, info of nanograms");
    assert_words("a1 - b_2", NULL, "a1 - b_2");
}
END_TEST

START_TEST(the_subject_is_left_out)
{
    assert_words("worker:./a 3 died", "worker:./a 3", " died");
    assert_words(NULL, "worker:./a", "");
}
END_TEST

static struct wck_finding finding(const char *cause)
{
    static char subject[] = "deviation:some";

    return (struct wck_finding){.checker = "forward",
                                .claim = WCK_CONFORMS,
                                .subject = subject,
                                .cause = (char *)(size_t)cause};
}

static void identify(struct wck_finding f, const char *kind, char id[WCK_FINDING_ID])
{
    wck_finding_identify(&f, kind);
    memcpy(id, f.id, WCK_FINDING_ID);
}

START_TEST(an_id_is_that_of_the_facts_alone)
{
    char a[WCK_FINDING_ID], b[WCK_FINDING_ID];
    struct wck_finding other = finding("off by 4.5");

    identify(finding("off by 3"), "bilinear, border wrap", a);
    ck_assert_int_eq(strncmp(a, "forward-", 8), 0);
    ck_assert_uint_eq(strlen(a), 16);
    identify(other, "bilinear, border wrap", b);
    ck_assert_str_eq(a, b);
    other.worst.got = 2.385;
    other.compared = 7;
    identify(other, "bilinear, border wrap", b);
    ck_assert_str_eq(a, b);
    identify(other, "bilinear, border reflect", b);
    ck_assert_str_ne(a, b);
    other.claim = WCK_SELF_CONSISTENT;
    identify(other, "bilinear, border wrap", b);
    ck_assert_str_ne(a, b);
    identify(finding("missed by 3"), "bilinear, border wrap", b);
    ck_assert_str_ne(a, b);
}
END_TEST

/* An id is written down by people: that of known facts may not change. */
START_TEST(the_hash_is_fnv)
{
    struct wck_finding f = finding("off by 3");
    static const char facts[] = "forward\0conforms\0wrap\0off by #";
    unsigned long h = 2166136261UL;
    char id[WCK_FINDING_ID], want[32];

    for (size_t i = 0; i < sizeof facts; i++)
        h = ((h ^ (unsigned char)facts[i]) * 16777619UL) & 0xffffffffUL;
    snprintf(want, sizeof want, "forward-%08lx", h);
    identify(f, "wrap", id);
    ck_assert_str_eq(id, want);
}
END_TEST

Suite *wck_identity_suite(void)
{
    Suite *suite = suite_create("identity");
    TCase *whole = tcase_create("ids");

    tcase_add_test(whole, numbers_are_no_words_however_they_are_written);
    tcase_add_test(whole, digits_within_a_word_stay);
    tcase_add_test(whole, the_subject_is_left_out);
    tcase_add_test(whole, an_id_is_that_of_the_facts_alone);
    tcase_add_test(whole, the_hash_is_fnv);
    suite_add_tcase(suite, whole);
    return suite;
}
