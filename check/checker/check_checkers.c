/* The checkers, on subjects that are wrong in one known way. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/checker/checker.h"

static const double border_value[3] = {0.4375, -0.3125, 0.625};

/* Landscape to portrait; leaves the image on all sides, and no two axes are alike. */
static struct wck_problem problem_of(const double matrix[6])
{
    static const double shear[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};
    struct wck_problem problem = {
        .dtype = WCK_FLOAT64,
        .layout = "HWC",
        .batch = 1,
        .channels = 3,
        .seed = 7,
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("constant"),
                 .border_value = border_value,
                 .border_values = 3,
                 .source_width = 11,
                 .source_height = 7,
                 .output_width = 8,
                 .output_height = 9},
    };

    ck_assert_int_eq(wck_map_affine(&problem.warp.map, matrix != NULL ? matrix : shear,
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
    for (size_t k = wck_block_taps(&block, 0, problem->warp.source_width, taps);
         k-- > 0;)
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

Suite *wck_checkers_suite(void)
{
    Suite *suite = suite_create("checkers");
    TCase *wrong = tcase_create("one wrong number");

    tcase_add_test(wrong, a_wrong_output_pixel_is_found_where_it_is);
    tcase_add_loop_test(
        wrong, one_gradient_entry_off_by_a_millionth_is_found_where_it_is, 0, 3);
    tcase_add_test(wrong, a_tap_that_the_kernel_does_not_list_is_found);
    tcase_add_test(wrong, two_stray_taps_that_cancel_are_found_by_the_certificate);
    tcase_add_test(wrong, planes_that_mix_are_found_and_the_pixel_is_named);
    suite_add_tcase(suite, wrong);
    return suite;
}
