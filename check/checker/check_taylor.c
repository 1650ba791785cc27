/* The Taylor test: orders, exactness, and what it sees that the others do not. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/checker/bound.h"
#include "src/checker/remainder.h"

static struct wck_problem problem_of(const char *kernel, enum wck_direction direction,
                                     enum wck_dtype dtype)
{
    struct wck_problem problem = sheared_problem();

    problem.dtype = dtype;
    problem.warp.kernel = wck_kernel_find(kernel);
    ck_assert_int_eq(wck_map_affine(&problem.warp.map, sheared_matrix, direction, NULL),
                     WCK_OK);
    return problem;
}

/* The findings of one checker. */
static struct wck_findings judge(const struct stand_in *in,
                                 const struct wck_problem *problem, const char *checker)
{
    struct wck_subject *subject = stand_in_new(in);
    struct wck_findings findings = {0};
    struct wck_trial trial = {
        .subject = subject, .problem = problem, .findings = &findings};
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(wck_checker_run(wck_checker_find(checker), &trial, &err) == WCK_OK,
                  "%s", err.text);
    wck_subject_free(subject);
    return findings;
}

static void assert_judged(const struct stand_in *in, const struct wck_problem *problem,
                          const char *checker, enum wck_verdict verdict)
{
    struct wck_findings findings = judge(in, problem, checker);

    for (size_t i = 0; i < findings.count; i++)
        ck_assert_msg(findings.items[i].verdict == verdict, "%s: %s: %s %s", checker,
                      wck_verdict_id(findings.items[i].verdict),
                      findings.items[i].detail, findings.items[i].cause);
    wck_findings_release(&findings);
}

/* ---- right gradients ---- */

/* Both paths, both directions, every kernel with stencils. */
START_TEST(the_reference_has_order_two_or_is_exact)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i / 2);
    struct wck_problem problem = problem_of(
        kernel->name, _i % 2 == 0 ? WCK_OUTPUT_TO_SOURCE : WCK_SOURCE_TO_OUTPUT,
        WCK_FLOAT64);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings = judge(&in, &problem, "taylor");
    const struct wck_finding *f = findings.items;
    double order[2];

    ck_assert_uint_eq(findings.count, 1);
    if (kernel->footprint) {
        ck_assert_int_eq(f->verdict, WCK_NOT_APPLICABLE);
    } else {
        ck_assert_msg(f->verdict == WCK_PASS, "%s: %s", kernel->name, f->detail);
        ck_assert_double_lt(f->detectable, 1e-6);
    }
    if (kernel->support > 1) {
        const char *second = strstr(f->detail, "; coordinates: ");

        ck_assert_ptr_nonnull(second);
        ck_assert_int_eq(sscanf(f->detail,
                                "matrix: remainder falls with order %lf over h = 2^-",
                                &order[0]),
                         1);
        ck_assert_int_eq(
            sscanf(second, "; coordinates: remainder falls with order %lf", &order[1]),
            1);
        ck_assert_double_eq_tol(order[0], 2.0, 0.02);
        ck_assert_double_eq_tol(order[1], 2.0, 0.02);
    } else if (!kernel->footprint) {
        ck_assert_ptr_nonnull(strstr(f->detail, "matrix: exact, the remainder is"));
    }
    wck_findings_release(&findings);
}
END_TEST

START_TEST(narrow_types_pass_with_what_they_can_see)
{
    struct wck_problem problem =
        problem_of("bilinear", WCK_OUTPUT_TO_SOURCE, WCK_FLOAT32);
    struct stand_in in = stand_in_reference();

    assert_judged(&in, &problem, "taylor", WCK_PASS);
}
END_TEST

START_TEST(where_every_sample_lies_at_a_knot_there_is_no_order)
{
    static const double shift[6] = {1.0, 0.0, 2.0, 0.0, 1.0, -1.0};
    struct wck_problem problem =
        problem_of("bilinear", WCK_OUTPUT_TO_SOURCE, WCK_FLOAT64);
    struct stand_in in = stand_in_reference();

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, shift, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    assert_judged(&in, &problem, "taylor", WCK_NOT_APPLICABLE);
}
END_TEST

START_TEST(without_gradients_there_is_nothing_to_order)
{
    struct wck_problem problem =
        problem_of("bilinear", WCK_OUTPUT_TO_SOURCE, WCK_FLOAT64);
    struct stand_in in = stand_in_reference();

    in.vjp_status = WCK_UNSUPPORTED;
    assert_judged(&in, &problem, "taylor", WCK_NOT_APPLICABLE);
}
END_TEST

/* ---- wrong gradients ---- */

/* The x that is returned is y's where both are asked for: a buffer that is shared. */
static void share_buffer(const struct wck_warp *warp, const struct wck_image *upstream,
                         const struct wck_gradients *gradients, size_t calls)
{
    (void)upstream, (void)calls;
    for (size_t i = 0; i < wck_warp_samples(warp); i++) {
        if (gradients->x != NULL && gradients->y != NULL)
            gradients->x[i] = gradients->y[i];
    }
}

/* The matrix gradient is that of |upstream|. */
static void lose_sign(const struct wck_warp *warp, const struct wck_image *upstream,
                      const struct wck_gradients *gradients, size_t calls)
{
    double least = 0.0;

    (void)warp, (void)calls;
    for (size_t p = 0; p < wck_image_planes(upstream); p++) {
        for (size_t i = 0; i < wck_image_pixels(upstream); i++)
            least = fmin(least, wck_plane_get(upstream, p, i));
    }
    for (int k = 0; k < 6 && gradients->matrix != NULL && least < 0.0; k++)
        gradients->matrix[k] = fabs(gradients->matrix[k]);
}

START_TEST(what_is_wrong_for_joint_gradients_or_negative_ones_it_finds_alone)
{
    static const char *const others[] = {"determinism", "statelessness", "prefilled",
                                         "forward",     "independence",  "linearity",
                                         "jacobian",    "adjoint",       "border-value",
                                         "coordinates", "matrix"};
    struct wck_problem problem =
        problem_of("bilinear", WCK_OUTPUT_TO_SOURCE, WCK_FLOAT64);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;
    double order;

    in.after_vjp = _i == 0 ? share_buffer : lose_sign;
    findings = judge(&in, &problem, "taylor");
    ck_assert_int_eq(findings.items->verdict, WCK_FAIL);
    ck_assert_int_eq(sscanf(findings.items->cause,
                            _i == 0 ? "coordinates: the remainder of a step h falls "
                                      "with order %lf, not 2"
                                    : "matrix: the remainder of a step h falls with "
                                      "order %lf, not 2",
                            &order),
                     1);
    ck_assert_double_eq_tol(order, 1.0, 0.2);
    wck_findings_release(&findings);
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
        assert_judged(&in, &problem, others[k], WCK_PASS);
}
END_TEST

/* Relative to what the gradient may be: just above what a pass states. */
static void raise_matrix(const struct wck_warp *warp, const struct wck_image *upstream,
                         const struct wck_gradients *gradients, size_t calls)
{
    (void)warp, (void)upstream, (void)calls;
    for (int k = 0; k < 6 && gradients->matrix != NULL; k++)
        gradients->matrix[k] *= 1.0 + 1e-4;
}

START_TEST(a_gradient_off_by_a_ten_thousandth_is_found)
{
    struct wck_problem problem =
        problem_of("cubic-0.75", WCK_SOURCE_TO_OUTPUT, WCK_FLOAT64);
    struct stand_in in = stand_in_reference();

    in.after_vjp = raise_matrix;
    assert_judged(&in, &problem, "taylor", WCK_FAIL);
}
END_TEST

static void spoil(const struct wck_warp *warp, const struct wck_image *upstream,
                  const struct wck_gradients *gradients, size_t calls)
{
    (void)warp, (void)upstream, (void)calls;
    if (gradients->matrix != NULL)
        gradients->matrix[4] = (double)NAN;
}

START_TEST(a_gradient_that_is_no_number_fails)
{
    struct wck_problem problem =
        problem_of("bilinear", WCK_OUTPUT_TO_SOURCE, WCK_FLOAT64);
    struct stand_in in = stand_in_reference();

    in.after_vjp = spoil;
    assert_judged(&in, &problem, "taylor", WCK_FAIL);
}
END_TEST

/* ---- the bounds ---- */

/* By differences finer than its own. */
START_TEST(the_third_derivatives_of_a_kernel_are_bounded)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);
    double bound = wck_kernel_third_norm(kernel);

    for (int part = 0; part < 1000 && !kernel->footprint; part++) {
        struct wck_weights low, high;
        double sum = 0.0, t = (part + 0.25) / 1000.0 - kernel->knot;

        kernel->eval(kernel, t, &low);
        kernel->eval(kernel, t + 0.0005, &high);
        for (int k = 0; k < kernel->support; k++)
            sum += fabs(high.curvature[k] - low.curvature[k]) / 0.0005;
        ck_assert_double_le(sum, bound * (1.0 + 1e-9) + 1e-9);
    }
}
END_TEST

/* An output that bends where no knot of the declared kernel lies. */
static void bend(const struct wck_warp *warp, const struct wck_image *image,
                 const struct wck_image *output, size_t calls)
{
    (void)image, (void)calls;
    if (warp->map.kind == WCK_MAP_AFFINE)
        wck_plane_set(output, 1, 31,
                      wck_plane_get(output, 1, 31) + fabs(warp->map.matrix[2] + 2.5));
}

START_TEST(an_output_that_bends_at_the_start_is_set_aside_and_counted)
{
    struct wck_problem problem =
        problem_of("bilinear", WCK_OUTPUT_TO_SOURCE, WCK_FLOAT64);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_forward = bend;
    findings = judge(&in, &problem, "taylor");
    ck_assert_int_eq(findings.items->verdict, WCK_PASS);
    ck_assert_ptr_nonnull(
        strstr(findings.items->detail, "near a knot, 1 that bend); "));
    wck_findings_release(&findings);
}
END_TEST

Suite *wck_taylor_suite(void)
{
    Suite *suite = suite_create("taylor");
    TCase *right = tcase_create("right"), *wrong = tcase_create("wrong");
    TCase *bounds = tcase_create("bounds");

    tcase_add_loop_test(right, the_reference_has_order_two_or_is_exact, 0,
                        2 * (int)wck_kernel_count());
    tcase_add_test(right, narrow_types_pass_with_what_they_can_see);
    tcase_add_test(right, where_every_sample_lies_at_a_knot_there_is_no_order);
    tcase_add_test(right, without_gradients_there_is_nothing_to_order);
    suite_add_tcase(suite, right);
    tcase_add_loop_test(
        wrong, what_is_wrong_for_joint_gradients_or_negative_ones_it_finds_alone, 0, 2);
    tcase_add_test(wrong, a_gradient_off_by_a_ten_thousandth_is_found);
    tcase_add_test(wrong, a_gradient_that_is_no_number_fails);
    suite_add_tcase(suite, wrong);
    tcase_add_loop_test(bounds, the_third_derivatives_of_a_kernel_are_bounded, 0,
                        (int)wck_kernel_count());
    tcase_add_test(bounds, an_output_that_bends_at_the_start_is_set_aside_and_counted);
    suite_add_tcase(suite, bounds);
    return suite;
}
