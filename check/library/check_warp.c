#include <check.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "include/warpcheck/warp.h"
#include "src/base/rng.h"

/* The warp of the story (doc/story.md). */
static struct warpcheck_warp story(void)
{
    return (struct warpcheck_warp){
        .size = sizeof(struct warpcheck_warp),
        .border = "replicate",
        .matrix = {1.0, 0.0, 10.0, 0.0, 1.0, 20.0},
        .source_height = 64,
        .source_width = 64,
        .output_height = 64,
        .output_width = 64,
        .channels = 3,
    };
}

/* One that turns and shears, of other sizes, with a border value. */
static struct warpcheck_warp sheared(void)
{
    return (struct warpcheck_warp){
        .size = sizeof(struct warpcheck_warp),
        .kernel = "cubic-0.5",
        .border_value = 0.25,
        .matrix = {0.9, 0.3, -1.7, -0.2, 1.1, 0.6},
        .inverse_map = 1,
        .source_height = 7,
        .source_width = 11,
        .output_height = 9,
        .output_width = 6,
        .channels = 2,
    };
}

#define SOURCE ((size_t)7 * 11 * 2)
#define OUTPUT ((size_t)9 * 6 * 2)

static void fill(double *to, size_t count, uint64_t seed)
{
    struct wck_rng rng = wck_rng_start(seed, 0);

    for (size_t i = 0; i < count; i++)
        to[i] = wck_rng_uniform(&rng) - 0.5;
}

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

/* <upstream, W image> = <W^T upstream, image>: each side is a sum of fewer than 2^12
 * products of numbers below 2, so that both have errors below 2^12 x 2^12 x 2^-53. */
START_TEST(the_pull_back_is_the_adjoint_of_the_linear_part)
{
    struct warpcheck_warp warp = sheared();
    double image[SOURCE], none[SOURCE] = {0.0}, output[OUTPUT], constant[OUTPUT];
    double upstream[OUTPUT], gradient[SOURCE];

    fill(image, SOURCE, 1);
    fill(upstream, OUTPUT, 2);
    ck_assert_int_eq(warpcheck_forward(&warp, image, output, NULL, 0), 0);
    ck_assert_int_eq(warpcheck_forward(&warp, none, constant, NULL, 0), 0);
    ck_assert_int_eq(warpcheck_vjp(&warp, upstream, gradient, NULL, 0), 0);
    ck_assert_double_eq_tol(dot(upstream, output, OUTPUT) -
                                dot(upstream, constant, OUTPUT),
                            dot(gradient, image, SOURCE), 0x1p-29);
    ck_assert_double_gt(dot(constant, constant, OUTPUT), 0.0);
}
END_TEST

static size_t count(const char *letters, size_t size, char letter)
{
    size_t found = 0;

    for (size_t i = 0; i < size; i++)
        found += letters[i] == letter;
    return found;
}

START_TEST(the_story_has_its_reasons)
{
    struct warpcheck_warp warp = story();
    char reasons[64 * 64];

    ck_assert_int_eq(warpcheck_reasons(&warp, NULL, reasons, NULL, 0), 0);
    ck_assert_uint_eq(count(reasons, sizeof reasons, '.'), 2376);
    ck_assert_uint_eq(count(reasons, sizeof reasons, 'o'), 1621);
    ck_assert_uint_eq(count(reasons, sizeof reasons, 'z'), 99);
}
END_TEST

START_TEST(an_upstream_gradient_of_zero_is_a_reason)
{
    struct warpcheck_warp warp = sheared();
    double upstream[OUTPUT] = {0.0};
    char reasons[7 * 11];

    ck_assert_int_eq(warpcheck_reasons(&warp, upstream, reasons, NULL, 0), 0);
    ck_assert_uint_gt(count(reasons, sizeof reasons, 'u'), 0);
    ck_assert_uint_eq(count(reasons, sizeof reasons, '.'), 0);
}
END_TEST

START_TEST(the_report_names_remedies_and_the_command)
{
    struct warpcheck_warp warp = sheared();
    double upstream[OUTPUT];
    char *report = NULL;

    fill(upstream, OUTPUT, 3);
    ck_assert_int_eq(warpcheck_report(&warp, upstream, &report, NULL, 0), 0);
    ck_assert_ptr_nonnull(strstr(report, "kernel area"));
    ck_assert_ptr_nonnull(strstr(report, "what if"));
    ck_assert_ptr_nonnull(strstr(
        report, "Again: warpcheck coverage --image 7x11x2 --layout HWC --matrix "));
    ck_assert_ptr_nonnull(strstr(
        report, "--inverse-map --border-value 0.25 --upstream grad_output.npy\n"));
    warpcheck_free(report);
    warpcheck_free(NULL);
}
END_TEST

/* A locale that writes a comma: an installed one, or one made for the test; 0 where
 * neither can be had. */
static locale_t locale_with_a_comma(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
                                        "de_DE",       "fr_FR",      "it_IT.UTF-8"};
    locale_t found = (locale_t)0;
    char command[400];

    for (size_t i = 0; found == (locale_t)0 && i < sizeof names / sizeof *names; i++)
        found = newlocale(LC_ALL_MASK, names[i], (locale_t)0);
    if (found != (locale_t)0)
        return found;
#ifdef __SANITIZE_ADDRESS__
    return found; /* a LOCPATH is kept for good, which is told as a leak */
#endif
    snprintf(command, sizeof command,
             "localedef -i de_DE -f UTF-8 '%s' >/dev/null 2>&1",
             scratch_path("de_DE.UTF-8"));
    if (system(command) != 0)
        return (locale_t)0;
    setenv("LOCPATH", scratch_path("."), 1);
    return newlocale(LC_ALL_MASK, "de_DE.UTF-8", (locale_t)0);
}

START_TEST(the_hosts_locale_writes_no_number)
{
    struct warpcheck_warp warp = sheared();
    locale_t comma = locale_with_a_comma();
    char *report = NULL, *there = NULL, written[8];

    if (comma == (locale_t)0) {
        printf("SKIP library: there is no locale that writes a comma\n");
        return;
    }
    ck_assert_int_eq(warpcheck_report(&warp, NULL, &report, NULL, 0), 0);
    uselocale(comma);
    ck_assert_int_eq(warpcheck_report(&warp, NULL, &there, NULL, 0), 0);
    /* It is the host's again afterwards. */
    snprintf(written, sizeof written, "%.1f", 0.5);
    uselocale(LC_GLOBAL_LOCALE);
    freelocale(comma);
    ck_assert_str_eq(written, "0,5");
    ck_assert_msg(strcmp(there, report) == 0, "another report in this locale");
    warpcheck_free(report);
    warpcheck_free(there);
}
END_TEST

START_TEST(the_command_says_the_border_value_where_it_is_read)
{
    struct warpcheck_warp warp = sheared();
    char *report = NULL;

    ck_assert_int_eq(warpcheck_report(&warp, NULL, &report, NULL, 0), 0);
    ck_assert_ptr_nonnull(strstr(report, " --inverse-map --border-value 0.25\n"));
    warpcheck_free(report);
    warp.border = "reflect";
    ck_assert_int_eq(warpcheck_report(&warp, NULL, &report, NULL, 0), 0);
    ck_assert_ptr_null(strstr(report, "--border-value"));
    warpcheck_free(report);
}
END_TEST

/* A caller of the first version, and one of a later version. */
START_TEST(callers_of_other_versions_are_served)
{
    struct {
        struct warpcheck_warp warp;
        double later;
    } grown = {sheared(), 1.0};
    double image[SOURCE], one[OUTPUT], other[OUTPUT];
    struct warpcheck_warp first = sheared();

    fill(image, SOURCE, 1);
    first.size = offsetof(struct warpcheck_warp, channels) + sizeof first.channels;
    grown.warp.size = sizeof grown;
    ck_assert_int_eq(warpcheck_forward(&first, image, one, NULL, 0), 0);
    ck_assert_int_eq(warpcheck_forward(&grown.warp, image, other, NULL, 0), 0);
    ck_assert_mem_eq(one, other, sizeof one);
    first.size--;
    ck_assert_int_eq(warpcheck_forward(&first, image, one, NULL, 0), -1);
}
END_TEST

/* A member set wrong, and what is said of it. */
struct wrong {
    void (*set)(struct warpcheck_warp *warp);
    const char *why;
};

static void forget_size(struct warpcheck_warp *warp)
{
    warp->size = 0;
}

static void misname_kernel(struct warpcheck_warp *warp)
{
    warp->kernel = "triangle";
}

static void misname_border(struct warpcheck_warp *warp)
{
    warp->border = "edge";
}

static void make_singular(struct warpcheck_warp *warp)
{
    warp->matrix[3] = 2.0 * warp->matrix[0];
    warp->matrix[4] = 2.0 * warp->matrix[1];
}

static void forget_output(struct warpcheck_warp *warp)
{
    warp->output_width = 0;
}

static void make_huge(struct warpcheck_warp *warp)
{
    warp->source_width = SIZE_MAX / 2;
}

static const struct wrong wrongs[] = {
    {forget_size, "the warp's size is not set"},
    {misname_kernel, "no such kernel: triangle"},
    {misname_border, "no such border: edge"},
    {make_singular, "singular"},
    {forget_output, "the output is empty"},
    {make_huge, "an image is too large"},
};

START_TEST(a_warp_that_is_none_is_refused_by_all)
{
    struct warpcheck_warp warp = sheared();
    double image[SOURCE] = {0.0}, output[OUTPUT] = {0.0};
    char reasons[7 * 11], why[100], *report = reasons;

    wrongs[_i].set(&warp);
    ck_assert_int_eq(warpcheck_forward(&warp, image, output, why, sizeof why), -1);
    ck_assert_msg(strstr(why, wrongs[_i].why) != NULL, "%s", why);
    ck_assert_int_eq(warpcheck_vjp(&warp, output, image, why, sizeof why), -1);
    ck_assert_msg(strstr(why, wrongs[_i].why) != NULL, "%s", why);
    ck_assert_int_eq(warpcheck_reasons(&warp, NULL, reasons, why, sizeof why), -1);
    ck_assert_msg(strstr(why, wrongs[_i].why) != NULL, "%s", why);
    ck_assert_int_eq(warpcheck_report(&warp, NULL, &report, why, sizeof why), -1);
    ck_assert_msg(strstr(why, wrongs[_i].why) != NULL, "%s", why);
    ck_assert_ptr_null(report);
}
END_TEST

START_TEST(arrays_that_are_not_there_are_refused)
{
    struct warpcheck_warp warp = sheared();
    double image[SOURCE] = {0.0};
    char why[4];

    ck_assert_int_eq(warpcheck_forward(&warp, image, NULL, why, sizeof why), -1);
    ck_assert_str_eq(why, "an ");
    ck_assert_int_eq(warpcheck_vjp(&warp, NULL, image, NULL, 0), -1);
    ck_assert_int_eq(warpcheck_reasons(&warp, NULL, NULL, NULL, 0), -1);
    ck_assert_int_eq(warpcheck_report(&warp, NULL, NULL, NULL, 0), -1);
    ck_assert_int_eq(warpcheck_forward(NULL, image, image, NULL, 0), -1);
}
END_TEST

Suite *wck_library_suite(void)
{
    Suite *suite = suite_create("library");
    TCase *cases = tcase_create("warp");

    tcase_add_test(cases, the_pull_back_is_the_adjoint_of_the_linear_part);
    tcase_add_test(cases, the_story_has_its_reasons);
    tcase_add_test(cases, an_upstream_gradient_of_zero_is_a_reason);
    tcase_add_checked_fixture(cases, scratch_make, scratch_remove);
    tcase_add_test(cases, the_hosts_locale_writes_no_number);
    tcase_add_test(cases, the_command_says_the_border_value_where_it_is_read);
    tcase_add_test(cases, callers_of_other_versions_are_served);
    tcase_add_test(cases, the_report_names_remedies_and_the_command);
    tcase_add_loop_test(cases, a_warp_that_is_none_is_refused_by_all, 0,
                        (int)(sizeof wrongs / sizeof wrongs[0]));
    tcase_add_test(cases, arrays_that_are_not_there_are_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
