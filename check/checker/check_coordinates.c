/* The gradient of coordinates: errors of one number, and what is allowed at knots. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/checker/checker.h"

static const double shift[6] = {1.0, 0.0, -2.0, 0.0, 1.0, 1.0};
static const double shear[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};

static struct wck_problem problem_of(const char *kernel, const double matrix[6])
{
    static const double border_value[2] = {0.4375, -0.3125};
    struct wck_problem problem = {
        .dtype = WCK_FLOAT64,
        .layout = "CHW",
        .batch = 1,
        .channels = 2,
        .seed = 9,
        .warp = {.kernel = wck_kernel_find(kernel),
                 .border = wck_border_find("constant"),
                 .border_value = border_value,
                 .border_values = 2,
                 .source_width = 9,
                 .source_height = 6,
                 .output_width = 8,
                 .output_height = 7},
    };

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return problem;
}

/* Both findings of the checker: self-consistent, then conforms. */
static struct wck_findings check(const struct stand_in *in,
                                 const struct wck_problem *problem)
{
    struct wck_subject *subject = stand_in_new(in);
    struct wck_findings findings = {0};
    struct wck_trial trial = {
        .subject = subject, .problem = problem, .findings = &findings};

    ck_assert_int_eq(wck_checker_run(wck_checker_find("coordinates"), &trial, NULL),
                     WCK_OK);
    ck_assert_uint_eq(findings.count, 2);
    wck_subject_free(subject);
    return findings;
}

static void assert_both(const struct stand_in *in, const struct wck_problem *problem,
                        enum wck_verdict verdict)
{
    struct wck_findings findings = check(in, problem);

    for (size_t i = 0; i < 2; i++) {
        const struct wck_finding *f = &findings.items[i];

        ck_assert_msg(f->verdict == verdict, "%s: %s (got %.17g, want %.17g; %s)",
                      wck_claim_id(f->claim), wck_verdict_id(f->verdict), f->worst.got,
                      f->worst.want, f->detail);
    }
    wck_findings_release(&findings);
}

/* ---- one wrong number ---- */

static void raise_slope(const struct wck_warp *warp, const struct wck_image *upstream,
                        const struct wck_gradients *gradients, size_t calls)
{
    (void)warp, (void)calls;
    if (gradients->y != NULL && wck_image_get(upstream, 1, 0, 0) > 0.0)
        gradients->y[3 * 8 + 5] += 4e-6;
}

START_TEST(a_slope_off_by_a_few_millionths_is_found_where_it_is)
{
    static const char *const kernels[] = {"bilinear", "cubic-0.75", "lanczos4",
                                          "spline4"};
    struct wck_problem problem = problem_of(kernels[_i], shear);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_vjp = raise_slope;
    findings = check(&in, &problem);
    for (size_t i = 0; i < 2; i++) {
        const struct wck_finding *f = &findings.items[i];

        ck_assert_int_eq(f->verdict, WCK_FAIL);
        ck_assert_int_eq(f->where.plane, 1);
        ck_assert_int_eq(f->where.y, 3);
        ck_assert_int_eq(f->where.x, 5);
        ck_assert_uint_eq(f->beyond, 1);
    }
    wck_findings_release(&findings);
}
END_TEST

/* ---- at knots ---- */

/* A whole coordinate belongs to the cell before it. */
static double cell_before(double u)
{
    return ceil(u) - 1.0;
}

static void left_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                         struct wck_stencil *to)
{
    struct wck_kernel kernel = *warp->kernel;
    struct wck_warp left = *warp;

    kernel.base = cell_before;
    left.kernel = &kernel;
    wck_stages_reference.stencil(&left, axis, u, to);
}

/* Slopes of one block with every sample's stencils by the left side. */
static void left_slope(const struct wck_warp *warp, const struct wck_block *block,
                       const struct wck_plane *from, double *const slope[WCK_AXES])
{
    for (size_t i = 0; i < block->count; i++) {
        double *const at[WCK_AXES] = {&slope[WCK_X][i], &slope[WCK_Y][i], NULL};
        struct wck_stencil across, down;
        struct wck_block one = {
            .first = block->first + i, .count = 1, .across = &across, .down = &down};

        left_stencil(warp, WCK_X, block->x[i], &across);
        left_stencil(warp, WCK_Y, block->y[i], &down);
        wck_stages_reference.slope(warp, &one, from, at);
    }
}

/* The left side's in the second plane only. */
static void mixed_slope(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *from, double *const slope[WCK_AXES])
{
    if (from->plane == 1)
        left_slope(warp, block, from, slope);
    else
        wck_stages_reference.slope(warp, block, from, slope);
}

/* Part of the way from the right side's to the left one's. */
static void part_slope(const struct wck_warp *warp, const struct wck_block *block,
                       const struct wck_plane *from, double *const slope[WCK_AXES],
                       double part)
{
    double *left[WCK_AXES] = {NULL, NULL, NULL};

    wck_stages_reference.slope(warp, block, from, slope);
    for (int a = 0; a < 2; a++) {
        left[a] = calloc(block->count, sizeof *left[a]);
        ck_assert_ptr_nonnull(left[a]);
    }
    left_slope(warp, block, from, left);
    for (int a = 0; a < 2; a++) {
        for (size_t i = 0; i < block->count; i++)
            slope[a][i] += part * (left[a][i] - slope[a][i]);
        free(left[a]);
    }
}

static void mean_slope(const struct wck_warp *warp, const struct wck_block *block,
                       const struct wck_plane *from, double *const slope[WCK_AXES])
{
    part_slope(warp, block, from, slope, 0.5);
}

static void outer_slope(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *from, double *const slope[WCK_AXES])
{
    part_slope(warp, block, from, slope, 1.0 + 1e-4);
}

START_TEST(at_a_knot_either_side_and_all_between_will_do)
{
    struct wck_problem problem = problem_of("bilinear", shift);
    struct stand_in in = stand_in_reference();

    assert_both(&in, &problem, WCK_PASS);
    in.behaviour.backward.slope = left_slope;
    assert_both(&in, &problem, WCK_PASS);
    in.behaviour.backward.slope = mean_slope;
    assert_both(&in, &problem, WCK_PASS);
}
END_TEST

START_TEST(a_gradient_just_outside_the_two_sides_fails)
{
    struct wck_problem problem = problem_of("bilinear", shift);
    struct stand_in in = stand_in_reference();

    in.behaviour.backward.slope = outer_slope;
    assert_both(&in, &problem, WCK_FAIL);
}
END_TEST

START_TEST(all_planes_must_take_the_same_side)
{
    struct wck_problem problem = problem_of("bilinear", shift);
    struct stand_in in = stand_in_reference();

    in.behaviour.backward.slope = mixed_slope;
    assert_both(&in, &problem, WCK_FAIL);
    /* Off the knots there are no sides. */
    problem = problem_of("bilinear", (const double[6]){1.0, 0.0, -2.25, 0.0, 1.0, 1.5});
    assert_both(&in, &problem, WCK_PASS);
}
END_TEST

/* NaN left of whole coordinates, and all right at them and right of them. */
static void lose_left(const struct wck_warp *warp, const struct wck_image *image,
                      const struct wck_image *output, size_t calls)
{
    (void)image, (void)calls;
    for (size_t i = 0; warp->map.kind == WCK_MAP_COORDINATES && i < 8 * 7; i++) {
        if (warp->map.x[i] - floor(warp->map.x[i]) > 0.25)
            wck_image_set(output, 0, i / 8, i % 8, (double)NAN);
    }
}

START_TEST(nan_at_one_side_of_a_knot_is_no_pass)
{
    struct wck_problem problem = problem_of("bilinear", shift);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_forward = lose_left;
    findings = check(&in, &problem);
    ck_assert_int_eq(findings.items[0].claim, WCK_SELF_CONSISTENT);
    ck_assert_int_eq(findings.items[0].verdict, WCK_FAIL);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(no_slope_at_a_knot_is_a_failure_unless_it_is_declared)
{
    struct wck_problem problem = problem_of("bilinear", shift);
    struct wck_problem declared = problem_of("bilinear-floor-ceil", shift);
    struct stand_in in = stand_in_reference();

    wck_deviation_find("floor-ceil-taps")->apply(&in.behaviour);
    assert_both(&in, &problem, WCK_FAIL);
    in = stand_in_reference();
    assert_both(&in, &declared, WCK_PASS);
}
END_TEST

START_TEST(the_classes_of_all_samples_are_reported)
{
    static const struct {
        const char *kernel;
        const double *matrix;
        const char *says[3];
    } rows[] = {
        /* 56 samples along two axes. */
        {"bilinear", shift, {"0 samples between knots, 112 at one", "left at 112", ""}},
        {"nearest", shift, {"112 samples between knots, 0 at one", "0 at jumps", ""}},
        {"cubic-0.75", shift, {"0 samples between knots, 112 at one", "", ""}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wck_problem problem = problem_of(rows[i].kernel, rows[i].matrix);
        struct stand_in in = stand_in_reference();
        struct wck_findings findings;

        in.behaviour.backward.slope = i == 0 ? left_slope : wck_stages_reference.slope;
        findings = check(&in, &problem);
        for (int k = 0; k < 3; k++)
            ck_assert_msg(strstr(findings.items[0].detail, rows[i].says[k]) != NULL,
                          "%s", findings.items[0].detail);
        wck_findings_release(&findings);
    }
}
END_TEST

START_TEST(samples_at_a_jump_are_set_aside_and_counted)
{
    static const double half[6] = {1.0, 0.0, -2.5, 0.0, 1.0, 1.0};
    struct wck_problem problem = problem_of("nearest", half);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings = check(&in, &problem);

    ck_assert_int_eq(findings.items[0].verdict, WCK_PASS);
    ck_assert_msg(strstr(findings.items[0].detail, "56 at jumps") != NULL, "%s",
                  findings.items[0].detail);
    wck_findings_release(&findings);
}
END_TEST

Suite *wck_coordinates_suite(void)
{
    Suite *suite = suite_create("coordinates");
    TCase *tcase = tcase_create("coordinates");

    tcase_add_loop_test(tcase, a_slope_off_by_a_few_millionths_is_found_where_it_is, 0,
                        4);
    tcase_add_test(tcase, at_a_knot_either_side_and_all_between_will_do);
    tcase_add_test(tcase, a_gradient_just_outside_the_two_sides_fails);
    tcase_add_test(tcase, all_planes_must_take_the_same_side);
    tcase_add_test(tcase, nan_at_one_side_of_a_knot_is_no_pass);
    tcase_add_test(tcase, no_slope_at_a_knot_is_a_failure_unless_it_is_declared);
    tcase_add_test(tcase, the_classes_of_all_samples_are_reported);
    tcase_add_test(tcase, samples_at_a_jump_are_set_aside_and_counted);
    suite_add_tcase(suite, tcase);
    return suite;
}
