/* Subjects: how they are opened, called and counted; the built-in ones. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/deviation/deviation.h"
#include "src/subject/builtin.h"
#include "src/subject/problem.h"

static struct wck_problem problem_of(enum wck_dtype dtype)
{
    static const double m[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};
    struct wck_problem problem = {
        .dtype = dtype,
        .layout = "NCHW",
        .batch = 2,
        .channels = 3,
        .seed = 5,
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("reflect"),
                 .source_width = 7,
                 .source_height = 5,
                 .output_width = 6,
                 .output_height = 8},
    };

    ck_assert_int_eq(wck_map_affine(&problem.warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    return problem;
}

/* Images of a problem, the first two filled. */
struct images {
    struct wck_image image, upstream, output, gradient;
};

static struct images images_of(const struct wck_problem *problem)
{
    struct images i;

    ck_assert_int_eq(wck_problem_source(problem, &i.image, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_source(problem, &i.gradient, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_output(problem, &i.upstream, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_output(problem, &i.output, NULL), WCK_OK);
    wck_problem_random(problem, 1, &i.image);
    wck_problem_random(problem, 2, &i.upstream);
    return i;
}

static void images_release(struct images *i)
{
    free(i->image.tensor.data);
    free(i->upstream.tensor.data);
    free(i->output.tensor.data);
    free(i->gradient.tensor.data);
}

static struct wck_subject *open_subject(const char *name)
{
    struct wck_subject *subject;

    ck_assert_int_eq(wck_subject_new(&subject, name, NULL), WCK_OK);
    ck_assert_str_eq(wck_subject_name(subject), name);
    return subject;
}

START_TEST(names_that_open_nothing_say_what_would)
{
    static const struct {
        const char *name, *hint;
    } rows[] = {
        {"reference", "try builtin:reference"},
        {"", "try builtin:reference"},
        {"builtins:reference", "try builtin:reference"},
        {"builtin", "try builtin:reference"},
        {"builtin:refrence", "there is builtin:reference"},
        {"deviation:truncated", "see 'warpcheck list deviations'"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wck_error err = {WCK_OK, ""};
        struct wck_subject *subject;

        ck_assert_int_eq(wck_subject_new(&subject, rows[i].name, &err), WCK_INVALID);
        ck_assert_ptr_null(subject);
        ck_assert_msg(strstr(err.text, rows[i].hint) != NULL, "%s", err.text);
    }
    wck_subject_free(NULL);
}
END_TEST

START_TEST(kinds_have_prefixes_of_their_own)
{
    size_t count = wck_subject_kind_count();

    ck_assert_uint_ge(count, 2);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(wck_subject_kind_row(i)->prefix,
                             wck_subject_kind_row(j)->prefix);
        ck_assert_uint_gt(strlen(wck_subject_kind_row(i)->summary), 10);
    }
    ck_assert_ptr_null(wck_subject_kind_row(count));
}
END_TEST

START_TEST(every_deviation_can_be_opened_by_its_name)
{
    for (size_t i = 0; i < wck_deviation_count(); i++) {
        struct wck_text name = {0};

        wck_text_printf(&name, "deviation:%s", wck_deviation_row(i)->name);
        wck_subject_free(open_subject(name.data));
        wck_text_release(&name);
    }
}
END_TEST

START_TEST(the_images_of_every_call_are_counted)
{
    struct wck_problem problem = problem_of(WCK_FLOAT32);
    struct images i = images_of(&problem);
    struct wck_subject *subject = open_subject("builtin:reference");
    struct wck_gradients wanted = {.image = &i.gradient};

    for (int call = 0; call < 3; call++)
        ck_assert_int_eq(
            wck_subject_forward(subject, &problem, &i.image, &i.output, NULL), WCK_OK);
    ck_assert_int_eq(
        wck_subject_vjp(subject, &problem, &i.image, &i.upstream, &wanted, NULL),
        WCK_OK);
    ck_assert_uint_eq(wck_subject_forward_images(subject), 6);
    ck_assert_uint_eq(wck_subject_backward_images(subject), 2);
    wck_subject_free(subject);
    images_release(&i);
}
END_TEST

START_TEST(a_narrow_gradient_is_the_wide_one_rounded)
{
    struct wck_problem narrow = problem_of(WCK_FLOAT32);
    struct wck_problem wide = problem_of(WCK_FLOAT64);
    struct images i = images_of(&narrow), j = images_of(&wide);
    struct wck_subject *subject = open_subject("builtin:reference");
    double x[48], y[48], wide_x[48], wide_y[48];

    ck_assert_int_eq(
        wck_subject_vjp(subject, &narrow, &i.image, &i.upstream,
                        &(struct wck_gradients){.image = &i.gradient, .x = x, .y = y},
                        NULL),
        WCK_OK);
    ck_assert_int_eq(
        wck_subject_vjp(
            subject, &wide, &j.image, &j.upstream,
            &(struct wck_gradients){.image = &j.gradient, .x = wide_x, .y = wide_y},
            NULL),
        WCK_OK);
    for (size_t p = 0; p < 6; p++) {
        for (size_t k = 0; k < 35; k++)
            ck_assert_double_eq(
                wck_image_get(&i.gradient, p, k / 7, k % 7),
                wck_dtype_round(WCK_FLOAT32,
                                wck_image_get(&j.gradient, p, k / 7, k % 7)));
    }
    ck_assert_mem_eq(x, wide_x, sizeof x);
    ck_assert_mem_eq(y, wide_y, sizeof y);
    wck_subject_free(subject);
    images_release(&i);
    images_release(&j);
}
END_TEST

START_TEST(errors_of_the_warp_come_through)
{
    struct wck_problem problem = problem_of(WCK_FLOAT32);
    struct images i = images_of(&problem);
    struct wck_subject *subject = open_subject("deviation:truncated-base");
    struct wck_gradients wanted = {.image = &i.gradient};
    struct wck_error err = {WCK_OK, ""};

    problem.warp.output_width++;
    ck_assert_int_eq(wck_subject_forward(subject, &problem, &i.image, &i.output, &err),
                     WCK_INVALID);
    ck_assert_int_eq(err.status, WCK_INVALID);
    ck_assert_int_eq(
        wck_subject_vjp(subject, &problem, &i.image, &i.upstream, &wanted, NULL),
        WCK_INVALID);
    wck_subject_free(subject);
    images_release(&i);
}
END_TEST

Suite *wck_builtin_suite(void)
{
    Suite *suite = suite_create("builtin");
    TCase *tcase = tcase_create("builtin");

    tcase_add_test(tcase, names_that_open_nothing_say_what_would);
    tcase_add_test(tcase, kinds_have_prefixes_of_their_own);
    tcase_add_test(tcase, every_deviation_can_be_opened_by_its_name);
    tcase_add_test(tcase, the_images_of_every_call_are_counted);
    tcase_add_test(tcase, a_narrow_gradient_is_the_wide_one_rounded);
    tcase_add_test(tcase, errors_of_the_warp_come_through);
    suite_add_tcase(suite, tcase);
    return suite;
}
