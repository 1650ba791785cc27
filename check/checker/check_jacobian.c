/* The image Jacobian: as many images at 512x512 as at 32x32, and every tap of it. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/checker/jacobian.h"

static struct wck_problem problem_of(size_t side, const double matrix[6])
{
    struct wck_problem problem = {
        .dtype = WCK_FLOAT64,
        .layout = "HW",
        .batch = 1,
        .channels = 1,
        .seed = 3,
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("constant"),
                 .source_width = side,
                 .source_height = side,
                 .output_width = side,
                 .output_height = side},
    };

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return problem;
}

/* Images that the whole check takes, both ways; all claims must pass. */
struct cost {
    size_t forward, backward;
};

static struct cost cost_of(const struct wck_problem *problem)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject = stand_in_new(&in);
    struct wck_findings findings = {0};
    struct wck_trial trial = {
        .subject = subject, .problem = problem, .findings = &findings};
    struct cost cost;

    ck_assert_int_eq(wck_checker_run(wck_checker_find("jacobian"), &trial, NULL),
                     WCK_OK);
    cost = (struct cost){wck_subject_forward_images(subject),
                         wck_subject_backward_images(subject)};
    ck_assert_uint_eq(findings.count, 2);
    for (size_t i = 0; i < findings.count; i++) {
        char said[80];

        snprintf(said, sizeof said, "%zu forward and %zu backward images; ",
                 cost.forward, cost.backward);
        ck_assert_int_eq(findings.items[i].verdict, WCK_PASS);
        ck_assert_msg(strstr(findings.items[i].detail, said) != NULL, "%s",
                      findings.items[i].detail);
    }
    wck_findings_release(&findings);
    wck_subject_free(subject);
    return cost;
}

static const struct {
    const char *name;
    double matrix[6];
} maps[] = {
    {"shift by 10 and 20", {1, 0, 10, 0, 1, 20}},
    {"shift by a part", {1, 0, 10.375, 0, 1, -20.8125}},
    {"shear", {1, 0.375, -2.5, -0.3125, 0.8828125, 1.5}},
    {"turn by 30 degrees", {0.866, -0.5, 20.1, 0.5, 0.866, -7.3}},
    {"turn and enlarge", {0.433, -0.25, 20.1, 0.25, 0.433, -7.3}},
    {"minify by 2.3", {2.3, 0.1, -17.5, -0.2, 2.1, 3.25}},
    {"enlarge by 8", {0.125, 0, 3.75, 0, 0.125, 9.375}},
    {"squeeze along x only", {3.0, 0, 1.25, 0, 0.25, 2.625}},
};

START_TEST(a_whole_jacobian_costs_16_images_each_way_at_any_size)
{
    struct wck_problem small = problem_of(32, maps[_i].matrix);
    struct wck_problem large = problem_of(512, maps[_i].matrix);
    struct cost at_32 = cost_of(&small), at_512 = cost_of(&large);

    printf("%s: %zu forward and %zu backward images at 32x32, %zu and %zu at 512x512\n",
           maps[_i].name, at_32.forward, at_32.backward, at_512.forward,
           at_512.backward);
    ck_assert_uint_le(at_512.forward, 16);
    ck_assert_uint_le(at_512.backward, 16);
    ck_assert_uint_eq(at_512.forward, at_32.forward);
    ck_assert_uint_eq(at_512.backward, at_32.backward);
}
END_TEST

/* All taps of the reference, measured. */
static void assert_taps(const struct wck_problem *problem)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject = stand_in_new(&in);
    struct wck_findings findings = {0};
    struct wck_trial trial = {
        .subject = subject, .problem = problem, .findings = &findings};
    struct wck_tally conforms = {0};
    struct wck_jacobian j;
    ptrdiff_t pixel;
    struct wck_block block;
    size_t samples = wck_warp_samples(&problem->warp), seen = 0;

    ck_assert_int_eq(wck_jacobian_measure(&j, &trial, &conforms, &pixel, NULL), WCK_OK);
    ck_assert_uint_eq(j.unresolved, 0);
    ck_assert_uint_eq(j.elsewhere, 0);
    ck_assert_int_eq(wck_tally_verdict(&conforms, 1e-6), WCK_PASS);
    ck_assert_int_eq(wck_block_init(&block, &problem->warp, samples, NULL), WCK_OK);
    wck_block_fill(&block, &problem->warp, 0, samples);
    for (size_t i = 0; i < samples; i++) {
        struct wck_tap taps[WCK_SAMPLE_TAPS];
        size_t count = wck_block_taps(&block, i, &problem->warp, taps);

        for (size_t k = 0; k < count; k++) {
            for (size_t slot = 0; slot < j.slots; slot++) {
                size_t at = slot * j.planes * samples + i;

                if (taps[k].pixel == WCK_BORDER_VALUE || j.pixel[at] != taps[k].pixel)
                    continue;
                ck_assert_double_eq_tol(j.weight[at], taps[k].weight, j.entry_error);
                seen++;
            }
            seen += taps[k].pixel == WCK_BORDER_VALUE;
        }
        seen -= count;
    }
    ck_assert_uint_eq(seen, 0);
    wck_block_release(&block);
    wck_jacobian_release(&j);
    wck_subject_free(subject);
}

START_TEST(every_tap_is_measured_with_its_place_and_weight)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);

    for (size_t b = 0; b < wck_border_count(); b++) {
        struct wck_problem problem = problem_of(13, maps[2 + b % 4].matrix);

        problem.warp.kernel = kernel;
        problem.warp.border = wck_border_row(b);
        problem.warp.source_width = 17;
        problem.warp.output_height = 11;
        assert_taps(&problem);
    }
}
END_TEST

START_TEST(planes_are_probed_with_steps_of_their_own)
{
    for (size_t p = 0; p < 4; p++) {
        for (size_t q = 0; q < p; q++)
            ck_assert_double_ne(wck_jacobian_step(p), wck_jacobian_step(q));
    }
    ck_assert_double_eq(wck_jacobian_step(5), wck_jacobian_step(1));
}
END_TEST

/* Enlarged 8 times no lattice of 14 colours does, and the sum that reaches a pixel
 * hides single entries from the certificate. */
START_TEST(a_magnification_in_float32_cannot_be_judged_and_says_so)
{
    struct wck_problem problem = problem_of(32, maps[6].matrix);
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject = stand_in_new(&in);
    struct wck_findings findings = {0};
    struct wck_trial trial = {
        .subject = subject, .problem = &problem, .findings = &findings};

    problem.dtype = WCK_FLOAT32;
    ck_assert_int_eq(wck_checker_run(wck_checker_find("jacobian"), &trial, NULL),
                     WCK_OK);
    ck_assert_uint_eq(findings.count, 2);
    for (size_t i = 0; i < findings.count; i++) {
        ck_assert_int_eq(findings.items[i].verdict, WCK_INCONCLUSIVE);
        ck_assert_double_gt(findings.items[i].detectable, 1e-6);
    }
    wck_findings_release(&findings);
    wck_subject_free(subject);
}
END_TEST

Suite *wck_jacobian_suite(void)
{
    Suite *suite = suite_create("jacobian");
    TCase *tcase = tcase_create("jacobian");

    tcase_set_timeout(tcase, 120.0);
    tcase_add_loop_test(tcase, a_whole_jacobian_costs_16_images_each_way_at_any_size, 0,
                        (int)(sizeof maps / sizeof maps[0]));
    tcase_add_loop_test(tcase, every_tap_is_measured_with_its_place_and_weight, 0,
                        (int)wck_kernel_count());
    tcase_add_test(tcase, planes_are_probed_with_steps_of_their_own);
    tcase_add_test(tcase, a_magnification_in_float32_cannot_be_judged_and_says_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
