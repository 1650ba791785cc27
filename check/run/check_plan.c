/* Plans: which problems a request comes to. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/suites.h"
#include "src/run/plan.h"

static const double shear[6] = {1.25, 0.5, -2.5, -0.3125, 1.125, 1.75};

static struct wck_plan plan_of(const struct wck_verify_request *request)
{
    struct wck_plan plan;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(wck_plan_make(&plan, request, &err) == WCK_OK, "%s", err.text);
    return plan;
}

START_TEST(level_4_puts_every_kernel_with_every_border_and_layout)
{
    static const char *const layouts[] = {"HWC", "CHW", "NHWC", "NCHW", "HW"};
    struct wck_verify_request request = {.level = 4};
    struct wck_plan plan;
    size_t found = 0;

    ck_assert_int_eq(wck_plan_make(&plan, &request, NULL), WCK_OK);
    for (size_t k = 0; k < wck_kernel_count(); k++) {
        for (size_t b = 0; b < wck_border_count(); b++) {
            for (size_t l = 0; l < 5; l++) {
                size_t i = 0;

                while (i < plan.count &&
                       (plan.problems[i].warp.kernel != wck_kernel_row(k) ||
                        plan.problems[i].warp.border != wck_border_row(b) ||
                        strcmp(plan.problems[i].layout, layouts[l]) != 0))
                    i++;
                found += i < plan.count;
            }
        }
    }
    ck_assert_uint_eq(found, wck_kernel_count() * wck_border_count() * 5);
    wck_plan_release(&plan);
    ck_assert_ptr_null(plan.problems);
}
END_TEST

/* Those with a kernel, a border and a layout; NULL: any. */
static size_t count(const struct wck_plan *plan, const struct wck_kernel *kernel,
                    const struct wck_border *border, const char *layout)
{
    size_t found = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const struct wck_problem *p = &plan->problems[i];

        found += (kernel == NULL || p->warp.kernel == kernel) &&
                 (border == NULL || p->warp.border == border) &&
                 (layout == NULL || strcmp(p->layout, layout) == 0);
    }
    return found;
}

START_TEST(the_default_plan_puts_every_kernel_with_every_border)
{
    static const char *const layouts[] = {"HWC", "CHW", "NHWC", "NCHW", "HW"};
    struct wck_verify_request request = {.seed = 0}, third = {.level = 3};
    struct wck_plan plan = plan_of(&request), same = plan_of(&third);

    ck_assert_uint_eq(plan.count, same.count);
    for (size_t k = 0; k < wck_kernel_count(); k++) {
        for (size_t b = 0; b < wck_border_count(); b++)
            ck_assert_uint_gt(count(&plan, wck_kernel_row(k), wck_border_row(b), NULL),
                              0);
    }
    for (size_t l = 0; l < 5; l++)
        ck_assert_uint_gt(count(&plan, wck_kernel_find("bilinear"), NULL, layouts[l]),
                          5);
    wck_plan_release(&plan);
    wck_plan_release(&same);
}
END_TEST

START_TEST(each_level_puts_more_than_the_one_before)
{
    size_t before = 0;

    for (int level = 1; level <= WCK_VERIFY_LEVELS; level++) {
        struct wck_verify_request request = {.level = level};
        struct wck_plan plan = plan_of(&request);
        size_t narrow = 0, large = 0, many = 0;

        for (size_t i = 0; i < plan.count; i++) {
            const struct wck_warp *warp = &plan.problems[i].warp;

            narrow += plan.problems[i].dtype == WCK_FLOAT32;
            many += plan.problems[i].channels == 5;
            large += warp->source_width > 256 && warp->source_height > 256 &&
                     warp->source_width * warp->source_height > 65536;
        }
        ck_assert_uint_gt(plan.count, before);
        before = plan.count;
        if (level == 1)
            ck_assert_uint_eq(count(&plan, wck_kernel_find("bilinear"), NULL, NULL),
                              plan.count);
        ck_assert((narrow > 0) == (level > 1));
        ck_assert_uint_eq(large, level > 2 ? 1 : 0);
        ck_assert_uint_eq(many, level > 2 ? 1 : 0);
        wck_plan_release(&plan);
    }
}
END_TEST

/* How many problems have each property. */
struct tally {
    size_t narrow, inverted, landscape, inexact, batches;
};

START_TEST(from_level_3_on_sides_of_1_are_put_in_source_and_output)
{
    static const size_t sizes[][4] = {
        {1, 7, 5, 3}, {7, 1, 3, 5}, {1, 1, 2, 3}, {5, 3, 1, 1}};
    struct wck_verify_request request = {.level = 3};
    struct wck_plan plan;

    ck_assert_int_eq(wck_plan_make(&plan, &request, NULL), WCK_OK);
    for (size_t b = 0; b < wck_border_count(); b++) {
        size_t found = 0;

        for (size_t i = 0; i < plan.count; i++) {
            const struct wck_problem *problem = &plan.problems[i];
            const struct wck_warp *warp = &problem->warp;

            found += warp->border == wck_border_row(b) && problem->channels == 1 &&
                     problem->batch == 1 && warp->source_height == sizes[_i][0] &&
                     warp->source_width == sizes[_i][1] &&
                     warp->output_height == sizes[_i][2] &&
                     warp->output_width == sizes[_i][3];
        }
        ck_assert_uint_eq(found, 2); /* bilinear and cubic */
    }
    wck_plan_release(&plan);
}
END_TEST

START_TEST(a_kernel_asked_for_gets_both_types_directions_and_shapes)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("cubic-0.5"),
                                         .level = 4};
    struct wck_plan plan = plan_of(&request);
    struct tally tally = {0};

    /* 5 borders, 5 layouts, 5 matrices in float64 and 4 in float32; then sides of 1. */
    ck_assert_uint_eq(plan.count, 5 * 5 * 9 + 4 * 5);
    for (size_t i = 0; i < 5 * 5 * 9; i++) {
        const struct wck_problem *p = &plan.problems[i];
        bool has_batch = strchr(p->layout, 'N') != NULL;

        ck_assert_int_eq(wck_warp_check(&p->warp, NULL), WCK_OK);
        ck_assert_uint_eq(p->batch, has_batch ? 2 : 1);
        ck_assert_uint_eq(p->channels, strchr(p->layout, 'C') != NULL ? 3 : 1);
        ck_assert_uint_eq(p->warp.border_values, p->channels);
        ck_assert_ptr_eq(p->warp.border_value, plan.border_value);
        ck_assert_uint_eq(p->seed, 1);
        ck_assert_uint_ne(p->warp.source_width, p->warp.source_height);
        ck_assert(wck_problem_exact(p) || p->dtype == WCK_FLOAT64);
        tally.narrow += p->dtype == WCK_FLOAT32;
        tally.inverted += p->warp.map.direction == WCK_SOURCE_TO_OUTPUT;
        tally.landscape += p->warp.source_width > p->warp.source_height;
        tally.inexact += !wck_problem_exact(p);
        tally.batches += has_batch;
    }
    ck_assert_uint_eq(tally.narrow, 5 * 5 * 4);
    ck_assert_uint_eq(tally.inexact, 5 * 5);
    ck_assert_uint_eq(tally.batches, 5 * 2 * 9);
    ck_assert(tally.inverted > 100 && tally.inverted < 125);
    ck_assert(tally.landscape > 100 && tally.landscape < 125);
    wck_plan_release(&plan);
}
END_TEST

START_TEST(what_is_asked_for_is_put)
{
    static const double border_value[2] = {0.125, -0.75};
    static const enum wck_dtype dtype = WCK_FLOAT32;
    struct wck_verify_request request = {
        .kernel = wck_kernel_find("cubic-0.75"),
        .border = wck_border_find("wrap"),
        .layout = "NCHW",
        .dtype = &dtype,
        .matrix = shear,
        .direction = WCK_SOURCE_TO_OUTPUT,
        .border_value = border_value,
        .border_values = 2,
        .source_height = 9,
        .source_width = 14,
        .output_height = 6,
        .output_width = 5,
        .channels = 2,
        .seed = 77,
    };
    struct wck_plan plan = plan_of(&request);
    const struct wck_problem *p = plan.problems;

    ck_assert_uint_eq(plan.count, 1);
    ck_assert_ptr_eq(p->warp.kernel, request.kernel);
    ck_assert_ptr_eq(p->warp.border, request.border);
    ck_assert_str_eq(p->layout, "NCHW");
    ck_assert_int_eq(p->dtype, WCK_FLOAT32);
    ck_assert_mem_eq(p->warp.map.matrix, shear, sizeof shear);
    ck_assert_int_eq(p->warp.map.direction, WCK_SOURCE_TO_OUTPUT);
    ck_assert_double_eq(p->warp.border_value[1], -0.75);
    ck_assert_uint_eq(p->warp.border_values, 2);
    ck_assert_uint_eq(p->warp.source_height, 9);
    ck_assert_uint_eq(p->warp.source_width, 14);
    ck_assert_uint_eq(p->warp.output_height, 6);
    ck_assert_uint_eq(p->warp.output_width, 5);
    ck_assert_uint_eq(p->channels, 2);
    ck_assert_uint_eq(p->batch, 2);
    ck_assert_uint_eq(p->seed, 77);
    wck_plan_release(&plan);
}
END_TEST

START_TEST(an_output_left_open_is_as_large_as_the_image)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("nearest"),
                                         .border = wck_border_find("reflect"),
                                         .layout = "HW",
                                         .matrix = shear,
                                         .source_height = 9,
                                         .source_width = 14};
    struct wck_plan plan = plan_of(&request);

    ck_assert_uint_eq(plan.count, 2); /* in both types */
    ck_assert_uint_eq(plan.problems[1].warp.output_height, 9);
    ck_assert_uint_eq(plan.problems[1].warp.output_width, 14);
    wck_plan_release(&plan);
}
END_TEST

START_TEST(one_value_a_channel_leaves_a_layout_without_channels_its_first)
{
    static const double border_value[3] = {0.125, -0.75, 0.5};
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("constant"),
                                         .border_value = border_value,
                                         .border_values = 3};
    struct wck_plan plan = plan_of(&request);

    /* And one whose channels are more than the values that were given. */
    for (size_t i = 0; i < plan.count; i++)
        ck_assert_uint_eq(plan.problems[i].warp.border_values,
                          plan.problems[i].channels == 5 ? 1
                                                         : plan.problems[i].channels);
    wck_plan_release(&plan);
}
END_TEST

START_TEST(requests_that_contradict_themselves_are_refused)
{
    static const double values[3] = {0.125, -0.75, 0.5};
    static const double singular[6] = {1.0, 2.0, 3.0, 2.0, 4.0, 5.0};
    static const enum wck_dtype whole = WCK_UINT8;
    const struct {
        struct wck_verify_request request;
        const char *says;
    } rows[] = {
        {{.channels = 17}, "up to 16 channels"},
        {{.level = 6}, "levels are 1 to 5"},
        {{.level = -1}, "levels are 1 to 5"},
        {{.border_value = values, .border_values = 17}, "up to 16 channels"},
        {{.layout = "HWQ"}, "'HWQ' is not"},
        {{.dtype = &whole}, "floats, not uint8"},
        {{.matrix = singular}, "singular"},
        {{.border_value = values, .border_values = 3, .channels = 2},
         "3 border values for 2 channels"},
        {{.border_value = values, .border_values = 3, .layout = "HW"},
         "3 border values for 1 channel"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wck_error err = {WCK_OK, ""};
        struct wck_plan plan;

        ck_assert_int_eq(wck_plan_make(&plan, &rows[i].request, &err), WCK_INVALID);
        ck_assert_msg(strstr(err.text, rows[i].says) != NULL, "%s", err.text);
        wck_plan_release(&plan);
    }
}
END_TEST

Suite *wck_plan_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tcase = tcase_create("plan");

    tcase_add_test(tcase, level_4_puts_every_kernel_with_every_border_and_layout);
    tcase_add_test(tcase, the_default_plan_puts_every_kernel_with_every_border);
    tcase_add_test(tcase, each_level_puts_more_than_the_one_before);
    tcase_add_loop_test(tcase, from_level_3_on_sides_of_1_are_put_in_source_and_output,
                        0, 4);
    tcase_add_test(tcase, a_kernel_asked_for_gets_both_types_directions_and_shapes);
    tcase_add_test(tcase, what_is_asked_for_is_put);
    tcase_add_test(tcase, an_output_left_open_is_as_large_as_the_image);
    tcase_add_test(tcase,
                   one_value_a_channel_leaves_a_layout_without_channels_its_first);
    tcase_add_test(tcase, requests_that_contradict_themselves_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
