/* Diagnosis of one large problem: cut down first, and what may come of that. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/diagnose/diagnose.h"

static const double shift[6] = {1.0, 0.0, -2.5, 0.0, 1.0, 3.0};

static struct wck_problem problem_of(size_t height, size_t width,
                                     const double matrix[6])
{
    struct wck_problem problem = sheared_problem();

    problem.layout = "HW";
    problem.channels = problem.warp.border_values = 1;
    problem.warp.source_width = problem.warp.output_width = width;
    problem.warp.source_height = problem.warp.output_height = height;
    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return problem;
}

static char *diagnose(const struct stand_in *in, const struct wck_problem *problem)
{
    const bool failed = true;
    struct wck_subject *subject = stand_in_new(in);
    const struct wck_diagnose_request request = {
        .subject = subject, .problems = problem, .failed = &failed, .count = 1};
    char *sentence;

    ck_assert_int_eq(wck_diagnose(&request, &sentence, NULL), WCK_OK);
    wck_subject_free(subject);
    return sentence;
}

static void assert_says(const char *sentence, const char *part)
{
    ck_assert_msg(strstr(sentence, part) != NULL, "'%s' is not in: %s", part, sentence);
}

/* Just large, or wide enough to show. */
static const struct {
    const char *name;
    size_t height, width;
} rules[] = {{"one-entry-off", 130, 140},
             {"column-in-8-bits", 70, 300},
             {"truncated-base", 130, 140}};

/* On a large problem one hypothesis takes a second, so that all but those that hold on
 * it cut down are left at that. */
START_TEST(what_shows_on_a_few_rows_is_named_by_them)
{
    struct wck_problem problem = problem_of(rules[_i].height, rules[_i].width, shift);
    struct stand_in in = stand_in_reference();
    char part[80], *sentence;

    wck_deviation_find(rules[_i].name)->apply(&in.behaviour);
    sentence = diagnose(&in, &problem);
    snprintf(part, sizeof part, "equals the reference with %s: ", rules[_i].name);
    assert_says(sentence, part);
    assert_says(sentence, "; residual 0 over 1 problem. ");
    assert_says(sentence, ", is at least ");
    free(sentence);
}
END_TEST

static void change_one(const struct wck_warp *warp, const struct wck_image *upstream,
                       const struct wck_gradients *gradients, size_t calls)
{
    const struct wck_image *image = gradients->image;

    (void)upstream, (void)calls;
    if (image != NULL && warp->source_height == 560)
        wck_image_set(image, 0, 450, 17,
                      (1.0 - 1e-6) * wck_image_get(image, 0, 450, 17));
}

START_TEST(one_wrong_number_is_found_without_a_rule)
{
    struct wck_problem problem = problem_of(560, 601, shift);
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.after_vjp = change_one;
    sentence = diagnose(&in, &problem);
    assert_says(sentence, "is the reference but for 1 of ");
    assert_says(sentence,
                "the gradient of the image at plane 0, row 450, column 17, is ");
    ck_assert_ptr_null(strstr(sentence, "the nearest"));
    free(sentence);
}
END_TEST

/* The first rows and columns read inside alone, the last ones outside: the gradient of
 * the border value is one number, and a rule. */
START_TEST(one_wrong_number_of_a_border_value_is_looked_up)
{
    static const double inside[6] = {0.9, 0.0, 1.3, 0.0, 0.9, 1.3};
    struct wck_problem problem = problem_of(130, 140, inside);
    struct stand_in in = stand_in_reference();
    char *sentence;

    problem.warp.output_width = 190;
    wck_deviation_find("border-value-detached")->apply(&in.behaviour);
    sentence = diagnose(&in, &problem);
    assert_says(sentence, "equals the reference with border-value-detached: ");
    free(sentence);
}
END_TEST

/* At a size that nobody asked for it may break. */
START_TEST(what_breaks_when_cut_down_is_named_all_the_same)
{
    struct wck_problem problem = problem_of(125, 140, shift);
    struct stand_in in = stand_in_reference();
    char *sentence;

    wck_deviation_find("truncated-base")->apply(&in.behaviour);
    in.forward_status = WCK_SUBJECT;
    in.good_calls = 2; /* a random image and poison */
    sentence = diagnose(&in, &problem);
    assert_says(sentence, "equals the reference with truncated-base: ");
    assert_says(sentence, " over 1 problem. ");
    free(sentence);
}
END_TEST

Suite *wck_diagnose_large_suite(void)
{
    Suite *suite = suite_create("diagnose_large");
    TCase *tcase = tcase_create("diagnose_large");

    tcase_set_timeout(tcase, 120.0);
    tcase_add_loop_test(tcase, what_shows_on_a_few_rows_is_named_by_them, 0,
                        sizeof rules / sizeof rules[0]);
    tcase_add_test(tcase, one_wrong_number_is_found_without_a_rule);
    tcase_add_test(tcase, one_wrong_number_of_a_border_value_is_looked_up);
    tcase_add_test(tcase, what_breaks_when_cut_down_is_named_all_the_same);
    suite_add_tcase(suite, tcase);
    return suite;
}
