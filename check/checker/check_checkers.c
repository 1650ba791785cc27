/* The checkers, on subjects that are wrong in one known way. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/checker/checker.h"

static struct wck_problem problem_of(const double matrix[6])
{
    struct wck_problem problem = sheared_problem();

    problem.seed = 7;
    ck_assert_int_eq(wck_map_affine(&problem.warp.map,
                                    matrix != NULL ? matrix : sheared_matrix,
                                    WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    return problem;
}

/* The findings of all checkers, or of one, on one problem. */
static struct wck_findings check(const struct stand_in *in,
                                 const struct wck_problem *problem, const char *id,
                                 double resolution)
{
    struct wck_subject *subject = stand_in_new(in);
    struct wck_findings findings = {0};
    struct wck_trial trial = {.subject = subject,
                              .problem = problem,
                              .resolution = resolution,
                              .findings = &findings};
    struct wck_error err = {WCK_OK, ""};

    for (size_t i = 0; i < wck_checker_count(); i++) {
        const struct wck_checker *row = wck_checker_row(i);

        if (!row->for_recordings && (id == NULL || strcmp(id, row->id) == 0))
            ck_assert_msg(wck_checker_run(row, &trial, &err) == WCK_OK, "%s", err.text);
    }
    wck_subject_free(subject);
    return findings;
}

static const struct wck_finding *find(const struct wck_findings *findings,
                                      const char *checker, enum wck_claim claim)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (strcmp(findings->items[i].checker, checker) == 0 &&
            findings->items[i].claim == claim)
            return &findings->items[i];
    }
    ck_abort_msg("no finding of %s, %s", checker, wck_claim_id(claim));
    return NULL;
}

static void assert_verdict(const struct wck_findings *findings, const char *checker,
                           enum wck_claim claim, enum wck_verdict verdict)
{
    const struct wck_finding *f = find(findings, checker, claim);

    ck_assert_msg(f->verdict == verdict, "%s %s: %s (got %.17g, want %.17g) %s",
                  checker, wck_claim_id(claim), wck_verdict_id(f->verdict),
                  f->worst.got, f->worst.want, f->cause != NULL ? f->cause : "");
}

static void assert_place(const struct wck_finding *f, long plane, long y, long x,
                         bool input)
{
    ck_assert_int_eq(f->where.plane, plane);
    ck_assert_int_eq(f->where.y, y);
    ck_assert_int_eq(f->where.x, x);
    ck_assert(f->where.input == input);
}

/* ---- one wrong number ---- */

/* The output and the pixel that are spoiled: the shear reads the one for the other. */
enum { PLANE = 1, OUT_X = 4, OUT_Y = 3, IN_X = 3, IN_Y = 3 };

static double weight_of(const struct wck_problem *problem)
{
    struct wck_block block;
    double weight = 0.0;
    size_t sample = (size_t)OUT_Y * problem->warp.output_width + OUT_X;
    struct wck_tap taps[WCK_SAMPLE_TAPS];

    ck_assert_int_eq(wck_block_init(&block, &problem->warp, 1, NULL), WCK_OK);
    wck_block_fill(&block, &problem->warp, sample, 1);
    for (size_t k = wck_block_taps(&block, 0, &problem->warp, taps); k-- > 0;)
        weight += taps[k].pixel == IN_Y * 11 + IN_X ? taps[k].weight : 0.0;
    wck_block_release(&block);
    return weight;
}

static void raise_pixel(const struct wck_warp *warp, const struct wck_image *image,
                        const struct wck_image *output, size_t calls)
{
    (void)warp, (void)image, (void)calls;
    wck_image_set(output, PLANE, OUT_Y, OUT_X,
                  wck_image_get(output, PLANE, OUT_Y, OUT_X) + 2e-6);
}

START_TEST(a_wrong_output_pixel_is_found_where_it_is)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;
    const struct wck_finding *f;

    in.after_forward = raise_pixel;
    findings = check(&in, &problem, NULL, 0.0);
    assert_verdict(&findings, "forward", WCK_CONFORMS, WCK_FAIL);
    f = find(&findings, "forward", WCK_CONFORMS);
    assert_place(f, PLANE, OUT_Y, OUT_X, false);
    ck_assert_uint_eq(f->beyond, 1);
    ck_assert_double_eq_tol(f->worst.got - f->worst.want, 2e-6, 1e-15);
    /* The gradient is still that of the output. */
    assert_verdict(&findings, "jacobian", WCK_SELF_CONSISTENT, WCK_PASS);
    assert_verdict(&findings, "adjoint", WCK_SELF_CONSISTENT, WCK_PASS);
    wck_findings_release(&findings);
}
END_TEST

/* One entry of the Jacobian is a millionth of itself too large, going back only. */
static void raise_entry(const struct wck_warp *warp, const struct wck_image *upstream,
                        const struct wck_gradients *gradients, size_t calls)
{
    struct wck_problem problem = {.warp = *warp};
    double g;

    (void)calls;
    if (gradients->image == NULL)
        return;
    g = wck_image_get(upstream, PLANE, OUT_Y, OUT_X);
    wck_image_set(gradients->image, PLANE, IN_Y, IN_X,
                  wck_image_get(gradients->image, PLANE, IN_Y, IN_X) +
                      1e-6 * weight_of(&problem) * g);
}

START_TEST(one_gradient_entry_off_by_a_millionth_is_found_where_it_is)
{
    /* Rotation, minification, magnification: by colours of outputs, or by certificate.
     */
    static const double matrices[][6] = {
        {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5},
        {1.5, 0.25, -3.125, 0.25, 1.625, -2.375},
        {0.25, 0.0625, 1.875, -0.0625, 0.25, 3.125},
    };
    struct wck_problem problem = problem_of(matrices[_i]);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    ck_assert_double_gt(weight_of(&problem), 0.01);
    in.after_vjp = raise_entry;
    findings = check(&in, &problem, "jacobian", 0.0);
    for (int claim = 0; claim < WCK_CLAIM_COUNT; claim++) {
        const struct wck_finding *f =
            find(&findings, "jacobian", (enum wck_claim)claim);

        assert_verdict(&findings, "jacobian", (enum wck_claim)claim, WCK_FAIL);
        assert_place(f, PLANE, IN_Y, IN_X, true);
    }
    wck_findings_release(&findings);
}
END_TEST

/* Output (OUT_Y, OUT_X) reads pixel (2, 9), in which the kernel has no part. */
static void read_far_pixel(const struct wck_warp *warp, const struct wck_image *image,
                           const struct wck_image *output, size_t calls)
{
    (void)warp, (void)calls;
    wck_image_set(output, PLANE, OUT_Y, OUT_X,
                  wck_image_get(output, PLANE, OUT_Y, OUT_X) +
                      0.0078125 * wck_image_get(image, PLANE, 2, 9));
}

START_TEST(a_tap_that_the_kernel_does_not_list_is_found)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;
    const struct wck_finding *f;

    in.after_forward = read_far_pixel;
    findings = check(&in, &problem, NULL, 0.0);
    assert_verdict(&findings, "jacobian", WCK_CONFORMS, WCK_FAIL);
    f = find(&findings, "jacobian", WCK_CONFORMS);
    assert_place(f, PLANE, OUT_Y, OUT_X, false);
    ck_assert_ptr_nonnull(strstr(f->cause, "(3, 4)"));
    /* Two pixels of one colour were read: that cannot be told apart, and is said. */
    assert_verdict(&findings, "jacobian", WCK_SELF_CONSISTENT, WCK_INCONCLUSIVE);
    assert_verdict(&findings, "adjoint", WCK_SELF_CONSISTENT, WCK_FAIL);
    wck_findings_release(&findings);
}
END_TEST

/* Two pixels of one colour whose weights cancel: only their places betray them. */
static void read_cancelling_pixels(const struct wck_warp *warp,
                                   const struct wck_image *image,
                                   const struct wck_image *output, size_t calls)
{
    double difference =
        wck_image_get(image, PLANE, 0, 8) - wck_image_get(image, PLANE, 0, 10);

    (void)warp, (void)calls;
    wck_image_set(output, PLANE, OUT_Y, OUT_X,
                  wck_image_get(output, PLANE, OUT_Y, OUT_X) + 0.0625 * difference);
}

START_TEST(two_stray_taps_that_cancel_are_found_by_the_certificate)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_forward = read_cancelling_pixels;
    findings = check(&in, &problem, "jacobian", 0.0);
    assert_verdict(&findings, "jacobian", WCK_CONFORMS, WCK_FAIL);
    assert_place(find(&findings, "jacobian", WCK_CONFORMS), PLANE, OUT_Y, OUT_X, false);
    assert_verdict(&findings, "jacobian", WCK_SELF_CONSISTENT, WCK_INCONCLUSIVE);
    wck_findings_release(&findings);
}
END_TEST

/* Plane 0 reads the other two at the stray pixel (5, 2), so that their steps cancel. */
static void mix_planes(const struct wck_warp *warp, const struct wck_image *image,
                       const struct wck_image *output, size_t calls)
{
    (void)warp, (void)calls;
    wck_image_set(output, 0, OUT_Y, OUT_X,
                  wck_image_get(output, 0, OUT_Y, OUT_X) +
                      0.25 * wck_image_get(image, 1, 5, 2) -
                      0.125 * wck_image_get(image, 2, 5, 2));
}

START_TEST(planes_that_mix_are_found_and_the_pixel_is_named)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;
    const struct wck_finding *f;

    in.after_forward = mix_planes;
    findings = check(&in, &problem, "jacobian", 0.0);
    assert_verdict(&findings, "jacobian", WCK_CONFORMS, WCK_FAIL);
    f = find(&findings, "jacobian", WCK_CONFORMS);
    assert_place(f, 0, OUT_Y, OUT_X, false);
    ck_assert_str_eq(f->cause, "the output at (3, 4) reads pixel (5, 2), which the "
                               "declared warp does not");
    wck_findings_release(&findings);
}
END_TEST

/* Entry (1, 1) of the matrix gradient, and that of the second border value. */
static void raise_sums(const struct wck_warp *warp, const struct wck_image *upstream,
                       const struct wck_gradients *gradients, size_t calls)
{
    (void)warp, (void)upstream, (void)calls;
    if (gradients->matrix != NULL)
        gradients->matrix[4] += 1e-5 * fabs(gradients->matrix[4]);
    if (gradients->border_value != NULL)
        gradients->border_value[1] += 1e-5 * fabs(gradients->border_value[1]);
}

START_TEST(gradients_that_are_sums_are_found_wrong_where_they_are)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_vjp = raise_sums;
    findings = check(&in, &problem, NULL, 0.0);
    for (int claim = 0; claim < WCK_CLAIM_COUNT; claim++) {
        const struct wck_finding *matrix =
            find(&findings, "matrix", (enum wck_claim)claim);
        const struct wck_finding *border =
            find(&findings, "border-value", (enum wck_claim)claim);

        ck_assert_int_eq(matrix->verdict, WCK_FAIL);
        assert_place(matrix, -1, 1, 1, true);
        ck_assert_ptr_nonnull(strstr(matrix->cause, "matrix entry (1, 1)"));
        ck_assert_int_eq(border->verdict, WCK_FAIL);
        assert_place(border, 1, -1, -1, true);
    }
    wck_findings_release(&findings);
}
END_TEST

/* The image gradient is right but for one plane, which is twice as large. */
static void double_plane(const struct wck_warp *warp, const struct wck_image *upstream,
                         const struct wck_gradients *gradients, size_t calls)
{
    (void)warp, (void)upstream, (void)calls;
    for (size_t i = 0; i < 7 * 11 && gradients->image != NULL; i++)
        wck_image_set(gradients->image, 2, i / 11, i % 11,
                      2.0 * wck_image_get(gradients->image, 2, i / 11, i % 11));
}

START_TEST(the_adjoint_test_finds_a_gradient_scaled_by_two)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_vjp = double_plane;
    findings = check(&in, &problem, "adjoint", 0.0);
    assert_verdict(&findings, "adjoint", WCK_SELF_CONSISTENT, WCK_FAIL);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(a_warp_whose_every_sample_lies_at_a_knot_has_no_matrix_gradient)
{
    static const double shift[6] = {1.0, 0.0, -2.0, 0.0, 1.0, 1.0};
    struct wck_problem problem = problem_of(shift);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings = check(&in, &problem, "matrix", 0.0);

    assert_verdict(&findings, "matrix", WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE);
    assert_verdict(&findings, "matrix", WCK_CONFORMS, WCK_NOT_APPLICABLE);
    wck_findings_release(&findings);
}
END_TEST

/* Rounded to a multiple of 1/64 pixel: every output jumps somewhere within a step. */
static void coarse_coordinate(const struct wck_warp *warp, struct wck_block *block)
{
    wck_stages_reference.coordinate(warp, block);
    for (size_t i = 0; i < block->count; i++) {
        block->x[i] = nearbyint(block->x[i] * 64.0) / 64.0;
        block->y[i] = nearbyint(block->y[i] * 64.0) / 64.0;
    }
}

START_TEST(where_every_output_jumps_the_matrix_gradient_cannot_be_judged)
{
    static const double turned[6] = {0.87, 0.31, -2.4, -0.29, 0.91, 1.7};
    struct wck_problem problem = problem_of(turned);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.behaviour.forward.coordinate = in.behaviour.backward.coordinate =
        coarse_coordinate;
    findings = check(&in, &problem, "matrix", 0.0);
    assert_verdict(&findings, "matrix", WCK_SELF_CONSISTENT, WCK_INCONCLUSIVE);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(a_border_without_a_value_has_no_gradient_of_it)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    problem.warp.border = wck_border_find("reflect");
    findings = check(&in, &problem, "border-value", 0.0);
    assert_verdict(&findings, "border-value", WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE);
    wck_findings_release(&findings);
}
END_TEST

/* ---- subjects that cannot be judged ---- */

/* Every third call is off by a little; what it adds is the same at all samples. */
static void flicker(const struct wck_warp *warp, const struct wck_image *image,
                    const struct wck_image *output, size_t calls)
{
    (void)warp, (void)image;
    for (size_t x = 0; x < output->width && calls % 3 == 1; x++)
        wck_image_set(output, 0, 1, x, wck_image_get(output, 0, 1, x) + 0x1p-30);
}

static void assert_dependants(const struct wck_findings *findings, bool linear,
                              const char *reason)
{
    size_t dependants = 0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct wck_finding *f = &findings->items[i];
        const struct wck_checker *row = wck_checker_find(f->checker);

        if (!(linear ? row->needs_linear : row->needs_deterministic))
            continue;
        ck_assert_int_eq(f->verdict, WCK_INCONCLUSIVE);
        ck_assert_str_eq(f->cause, reason);
        ck_assert_uint_eq(f->compared, 0);
        dependants++;
    }
    ck_assert_uint_ge(dependants, 4);
}

static const char not_repeated[] =
    "cannot be judged: the subject does not repeat its own results";

START_TEST(what_does_not_repeat_itself_is_not_judged_further)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_forward = flicker;
    findings = check(&in, &problem, NULL, 0.0);
    assert_verdict(&findings, "determinism", WCK_SELF_CONSISTENT, WCK_FAIL);
    assert_place(find(&findings, "determinism", WCK_SELF_CONSISTENT), 0, 1, 0, false);
    assert_dependants(&findings, false, not_repeated);
    wck_findings_release(&findings);
}
END_TEST

static void flicker_backward(const struct wck_warp *warp,
                             const struct wck_image *upstream,
                             const struct wck_gradients *gradients, size_t calls)
{
    (void)warp, (void)upstream;
    if (calls % 2 == 1 && gradients->image != NULL)
        wck_image_set(gradients->image, 2, 4, 5, (double)NAN);
}

START_TEST(a_gradient_that_does_not_repeat_itself_is_found_too)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_vjp = flicker_backward;
    findings = check(&in, &problem, NULL, 0.0);
    assert_verdict(&findings, "determinism", WCK_SELF_CONSISTENT, WCK_FAIL);
    assert_place(find(&findings, "determinism", WCK_SELF_CONSISTENT), 2, 4, 5, true);
    assert_dependants(&findings, false, not_repeated);
    assert_verdict(&findings, "forward", WCK_CONFORMS, WCK_PASS);
    wck_findings_release(&findings);
}
END_TEST

static void spoil_input(const struct wck_warp *warp, const struct wck_image *image,
                        const struct wck_image *output, size_t calls)
{
    (void)warp, (void)output, (void)calls;
    wck_image_set(image, 1, 2, 6, 3.5);
}

START_TEST(an_input_that_was_written_to_is_found)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.after_forward = spoil_input;
    findings = check(&in, &problem, "determinism", 0.0);
    assert_verdict(&findings, "determinism", WCK_SELF_CONSISTENT, WCK_FAIL);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(whole_outputs_are_not_linear_and_the_image_gradient_is_not_judged)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.behaviour.whole_outputs = true;
    findings = check(&in, &problem, NULL, 0.0);
    assert_verdict(&findings, "determinism", WCK_SELF_CONSISTENT, WCK_PASS);
    assert_verdict(&findings, "forward", WCK_CONFORMS, WCK_FAIL);
    assert_verdict(&findings, "linearity", WCK_SELF_CONSISTENT, WCK_FAIL);
    assert_dependants(&findings, true,
                      "cannot be judged: the subject's output is not linear in the "
                      "image");
    wck_findings_release(&findings);
}
END_TEST

START_TEST(without_gradients_the_forward_is_still_judged)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.vjp_status = WCK_UNSUPPORTED;
    findings = check(&in, &problem, NULL, 0.0);
    assert_verdict(&findings, "determinism", WCK_SELF_CONSISTENT, WCK_PASS);
    assert_verdict(&findings, "forward", WCK_CONFORMS, WCK_PASS);
    assert_verdict(&findings, "linearity", WCK_SELF_CONSISTENT, WCK_PASS);
    assert_verdict(&findings, "jacobian", WCK_CONFORMS, WCK_PASS);
    assert_verdict(&findings, "jacobian", WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE);
    assert_verdict(&findings, "adjoint", WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE);
    assert_verdict(&findings, "coordinates", WCK_CONFORMS, WCK_NOT_APPLICABLE);
    assert_verdict(&findings, "matrix", WCK_SELF_CONSISTENT, WCK_NOT_APPLICABLE);
    ck_assert_str_eq(find(&findings, "matrix", WCK_SELF_CONSISTENT)->cause,
                     "the stand-in will not");
    wck_findings_release(&findings);
    in.after_forward = flicker;
    findings = check(&in, &problem, "determinism", 0.0);
    assert_verdict(&findings, "determinism", WCK_SELF_CONSISTENT, WCK_FAIL);
    wck_findings_release(&findings);
    in.after_forward = read_far_pixel;
    findings = check(&in, &problem, "jacobian", 0.0);
    assert_verdict(&findings, "jacobian", WCK_CONFORMS, WCK_FAIL);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(a_subject_that_refuses_everything_is_not_applicable)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings;

    in.forward_status = in.vjp_status = WCK_UNSUPPORTED;
    findings = check(&in, &problem, NULL, 0.0);
    for (size_t i = 0; i < findings.count; i++)
        ck_assert_int_eq(findings.items[i].verdict, WCK_NOT_APPLICABLE);
    ck_assert_int_eq(wck_findings_verdict(&findings), WCK_NOT_APPLICABLE);
    wck_findings_release(&findings);
}
END_TEST

/* A checker's status where the subject fails from call `good` of a kind on. */
static enum wck_status break_down(const struct wck_checker *row,
                                  enum wck_status forward, enum wck_status vjp,
                                  size_t good)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings findings = {0};
    struct wck_trial trial = {.problem = &problem, .findings = &findings};
    struct wck_error err = {WCK_OK, ""};
    enum wck_status status;

    in.forward_status = forward;
    in.vjp_status = vjp;
    in.good_calls = good;
    trial.subject = stand_in_new(&in);
    status = wck_checker_run(row, &trial, &err);
    ck_assert_int_eq(err.status, status);
    if (status == WCK_SUBJECT)
        ck_assert_str_eq(err.text, "the stand-in will not");
    wck_subject_free(trial.subject);
    wck_findings_release(&findings);
    return status;
}

START_TEST(a_breakdown_at_any_call_is_passed_on)
{
    const struct wck_checker *row = wck_checker_row((size_t)_i);
    size_t forward = 0, vjp = 0;

    if (row->for_recordings)
        return;
    while (break_down(row, WCK_SUBJECT, WCK_OK, forward) == WCK_SUBJECT)
        forward++;
    while (break_down(row, WCK_OK, WCK_SUBJECT, vjp) == WCK_SUBJECT)
        vjp++;
    /* It breaks at every call that the checker makes, and at no other. */
    ck_assert_int_eq(break_down(row, WCK_SUBJECT, WCK_OK, forward), WCK_OK);
    ck_assert_int_eq(break_down(row, WCK_OK, WCK_SUBJECT, vjp), WCK_OK);
    ck_assert_uint_ge(forward + vjp, 1);
}
END_TEST

/* ---- power ---- */

static bool compares_bits(const char *checker)
{
    static const char *const exact[] = {"determinism", "statelessness", "prefilled",
                                        "poison",      "layouts",       "subsets",
                                        "special",     "index-range"};

    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        if (strcmp(checker, exact[i]) == 0)
            return true;
    }
    return false;
}

START_TEST(a_pass_never_hides_what_could_not_be_seen)
{
    struct wck_problem problem = problem_of(NULL);
    struct stand_in in = stand_in_reference();
    struct wck_findings fine = check(&in, &problem, NULL, 0.0);
    struct wck_findings finer = check(&in, &problem, NULL, 1e-17);
    size_t passed = 0;

    ck_assert_uint_eq(fine.count, finer.count);
    for (size_t i = 0; i < fine.count; i++) {
        const struct wck_finding *f = &fine.items[i], *g = &finer.items[i];

        ck_assert_msg(f->verdict == WCK_PASS, "%s is %s: %s", f->checker,
                      wck_verdict_id(f->verdict), f->cause != NULL ? f->cause : "");
        ck_assert_ptr_null(f->cause);
        if (compares_bits(f->checker))
            continue; /* every error shows */
        ck_assert(f->detectable > 1e-17 && f->detectable < 1e-6);
        ck_assert_int_eq(g->verdict, WCK_INCONCLUSIVE);
        ck_assert_ptr_nonnull(strstr(g->cause, "would not be seen"));
        passed++;
    }
    ck_assert_uint_ge(passed, 10);
    wck_findings_release(&fine);
    wck_findings_release(&finer);
}
END_TEST

/* ---- the registry ---- */

START_TEST(checkers_are_found_by_their_ids)
{
    for (size_t i = 0; i < wck_checker_count(); i++) {
        const struct wck_checker *row = wck_checker_row(i);
        char from[32];

        ck_assert_ptr_eq(wck_checker_find(row->id), row);
        ck_assert_uint_gt(strlen(row->summary), 20);
        ck_assert(row->claim_count == 1 || row->claim_count == 2);
        /* `warpcheck list checkers` says from which level on. */
        snprintf(from, sizeof from, "from level %d on", row->level);
        ck_assert_int_eq(strstr(row->summary, from) != NULL, row->level > 0);
    }
    ck_assert_ptr_null(wck_checker_row(wck_checker_count()));
    ck_assert_ptr_null(wck_checker_find("jacobi"));
}
END_TEST

Suite *wck_checkers_suite(void)
{
    Suite *suite = suite_create("checkers");
    TCase *wrong = tcase_create("one wrong number"),
          *odd = tcase_create("odd subjects");

    tcase_add_test(wrong, a_wrong_output_pixel_is_found_where_it_is);
    tcase_add_loop_test(
        wrong, one_gradient_entry_off_by_a_millionth_is_found_where_it_is, 0, 3);
    tcase_add_test(wrong, a_tap_that_the_kernel_does_not_list_is_found);
    tcase_add_test(wrong, two_stray_taps_that_cancel_are_found_by_the_certificate);
    tcase_add_test(wrong, planes_that_mix_are_found_and_the_pixel_is_named);
    tcase_add_test(wrong, gradients_that_are_sums_are_found_wrong_where_they_are);
    tcase_add_test(wrong, the_adjoint_test_finds_a_gradient_scaled_by_two);
    tcase_add_test(wrong,
                   a_warp_whose_every_sample_lies_at_a_knot_has_no_matrix_gradient);
    tcase_add_test(wrong,
                   where_every_output_jumps_the_matrix_gradient_cannot_be_judged);
    tcase_add_test(wrong, a_border_without_a_value_has_no_gradient_of_it);
    suite_add_tcase(suite, wrong);
    tcase_add_test(odd, what_does_not_repeat_itself_is_not_judged_further);
    tcase_add_test(odd, a_gradient_that_does_not_repeat_itself_is_found_too);
    tcase_add_test(odd, an_input_that_was_written_to_is_found);
    tcase_add_test(odd,
                   whole_outputs_are_not_linear_and_the_image_gradient_is_not_judged);
    tcase_add_test(odd, without_gradients_the_forward_is_still_judged);
    tcase_add_test(odd, a_subject_that_refuses_everything_is_not_applicable);
    tcase_add_loop_test(odd, a_breakdown_at_any_call_is_passed_on, 0,
                        (int)wck_checker_count());
    tcase_add_test(odd, a_pass_never_hides_what_could_not_be_seen);
    tcase_add_test(odd, checkers_are_found_by_their_ids);
    suite_add_tcase(suite, odd);
    return suite;
}
