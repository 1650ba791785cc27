/* The modes of differentiation held against each other. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/checker/trial.h"
#include "src/deviation/deviation.h"
#include "src/subject/builtin.h"

/* The reference, but for what is set. */
struct mode {
    struct wck_behaviour behaviour;
    double image_tangent, matrix_tangent; /* factors of what forward mode answers */
    bool only_image;                      /* no other tangents */
    bool only_forwards;                   /* no reverse mode */
    double clip; /* largest |upstream| that goes back; 0: any */
    enum wck_dtype dtype;
    bool homography;   /* instead of a shear */
    double resolution; /* asked for; 0: the default */
};

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    struct mode *in = state;

    return wck_subject_builtin.forward(&in->behaviour, problem, image, output, err);
}

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    struct mode *in = state;
    struct wck_image clipped;
    enum wck_status status;

    if (in->only_forwards)
        return wck_error_set(err, WCK_UNSUPPORTED, "no reverse mode");
    ck_assert_int_eq(wck_problem_output(problem, &clipped, NULL), WCK_OK);
    for (size_t p = 0; p < wck_image_planes(upstream); p++) {
        for (size_t i = 0; i < wck_image_pixels(upstream); i++) {
            double g = wck_plane_get(upstream, p, i);

            wck_plane_set(&clipped, p, i,
                          in->clip > 0.0 ? fmax(-in->clip, fmin(in->clip, g)) : g);
        }
    }
    status = wck_subject_builtin.vjp(&in->behaviour, problem, image, &clipped,
                                     gradients, err);
    free(clipped.tensor.data);
    return status;
}

static enum wck_status jvp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_tangents *tangents,
                           const struct wck_image *output, struct wck_error *err)
{
    struct mode *in = state;
    double factor = tangents->image != NULL    ? in->image_tangent
                    : tangents->matrix != NULL ? in->matrix_tangent
                                               : 1.0;
    enum wck_status status;

    if (in->only_image && tangents->image == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "tangents of the image only");
    status =
        wck_subject_builtin.jvp(&in->behaviour, problem, image, tangents, output, err);
    for (size_t p = 0; p < wck_image_planes(output); p++) {
        for (size_t i = 0; i < wck_image_pixels(output); i++)
            wck_plane_set(output, p, i, factor * wck_plane_get(output, p, i));
    }
    return status;
}

static const struct mode plain = {.image_tangent = 1.0, .matrix_tangent = 1.0};

/* The findings of a checker; `forwards`: there is a forward mode. */
static struct wck_findings judge(const struct mode *in, const char *checker,
                                 bool forwards)
{
    static const struct wck_subject_kind with = {
        .prefix = "mode", .close = free, .forward = forward, .vjp = vjp, .jvp = jvp};
    static const struct wck_subject_kind without = {
        .prefix = "mode", .close = free, .forward = forward, .vjp = vjp};
    struct wck_problem problem = sheared_problem();
    static const double homography[9] = {1.0, 0.375,  -2.5,   -0.3125, 0.8828125,
                                         1.5, 0.0075, 0.0025, 1.0};
    struct wck_findings findings = {0};
    struct wck_trial trial = {
        .problem = &problem, .findings = &findings, .resolution = in->resolution};
    struct mode *state = malloc(sizeof *state);
    struct wck_error err = {WCK_OK, ""};

    problem.dtype = in->dtype;
    ck_assert_ptr_nonnull(state);
    *state = *in;
    state->behaviour = wck_behaviour_reference();
    ck_assert_int_eq(
        wck_map_matrix(
            &problem.warp.map, in->homography ? WCK_MAP_HOMOGRAPHY : WCK_MAP_AFFINE, 2,
            in->homography ? homography : sheared_matrix, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    ck_assert_int_eq(wck_subject_of_kind_take(&trial.subject,
                                              forwards ? &with : &without, "mode",
                                              state, NULL),
                     WCK_OK);
    ck_assert_msg(wck_checker_run(wck_checker_find(checker), &trial, &err) == WCK_OK,
                  "%s", err.text);
    wck_subject_free(trial.subject);
    return findings;
}

static void assert_judged(const struct mode *in, const char *checker,
                          enum wck_verdict verdict)
{
    struct wck_findings findings = judge(in, checker, true);

    for (size_t i = 0; i < findings.count; i++)
        ck_assert_msg(findings.items[i].verdict == verdict, "%s: %s (%s)", checker,
                      wck_verdict_id(findings.items[i].verdict),
                      findings.items[i].cause != NULL ? findings.items[i].cause : "");
    wck_findings_release(&findings);
}

static const char *const others[] = {"determinism", "statelessness", "prefilled",
                                     "forward",     "independence",  "linearity",
                                     "jacobian",    "adjoint",       "border-value",
                                     "coordinates", "matrix",        "taylor"};

#define OTHERS (sizeof others / sizeof others[0])

/* ---- forward mode ---- */

START_TEST(both_modes_of_the_reference_agree)
{
    struct wck_findings findings = judge(&plain, "forward-mode", true);

    ck_assert_uint_eq(findings.count, 2);
    for (size_t i = 0; i < findings.count; i++) {
        const struct wck_finding *f = &findings.items[i];

        ck_assert_int_eq(f->verdict, WCK_PASS);
        ck_assert_double_lt(f->detectable, 1e-10);
        ck_assert_ptr_nonnull(strstr(f->detail, "tangents of image (72 samples"));
        ck_assert_ptr_nonnull(strstr(f->detail, ", border value ("));
        ck_assert_ptr_nonnull(strstr(f->detail, ", matrix ("));
        ck_assert_ptr_nonnull(strstr(f->detail, ", coordinates ("));
    }
    /* One of each of four inputs, and every output of each that lies at no knot. */
    ck_assert_uint_eq(findings.items[0].compared, 4);
    ck_assert_uint_gt(findings.items[1].compared, 3 * 3 * 72);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(a_wrong_tangent_is_found_by_forward_mode_alone)
{
    struct mode in = plain;
    struct wck_findings findings;

    *(_i == 0 ? &in.image_tangent : &in.matrix_tangent) = 1.0 + 1e-5;
    findings = judge(&in, "forward-mode", true);
    ck_assert_uint_eq(findings.count, 2);
    for (size_t i = 0; i < findings.count; i++) {
        ck_assert_int_eq(findings.items[i].verdict, WCK_FAIL);
        ck_assert_ptr_nonnull(strstr(findings.items[i].cause,
                                     _i == 0 ? "for a tangent of the image is not"
                                             : "for a tangent of the matrix is not"));
    }
    wck_findings_release(&findings);
    for (size_t k = 0; k < OTHERS; k++)
        assert_judged(&in, others[k], WCK_PASS);
}
END_TEST

START_TEST(a_subject_without_forward_mode_has_nothing_to_check)
{
    struct wck_findings findings = judge(&plain, "forward-mode", false);

    ck_assert_int_eq(findings.items[0].verdict, WCK_NOT_APPLICABLE);
    ck_assert_ptr_nonnull(strstr(findings.items[0].cause, "no forward mode"));
    wck_findings_release(&findings);
}
END_TEST

START_TEST(tangents_that_are_refused_are_left_out)
{
    struct mode in = plain;
    struct wck_findings findings;

    in.only_image = true;
    findings = judge(&in, "forward-mode", true);
    ck_assert_int_eq(findings.items[0].verdict, WCK_PASS);
    ck_assert_str_eq(findings.items[0].detail,
                     "tangents of image (72 samples; at a knot: 0)");
    wck_findings_release(&findings);
}
END_TEST

START_TEST(forward_mode_without_reverse_mode_is_held_against_the_reference)
{
    struct mode in = plain;
    struct wck_findings findings;

    in.only_forwards = true;
    in.image_tangent = _i == 0 ? 1.0 : 1.0 + 1e-5;
    findings = judge(&in, "forward-mode", true);
    ck_assert_uint_eq(findings.count, 2);
    ck_assert_int_eq(findings.items[0].claim, WCK_SELF_CONSISTENT);
    ck_assert_int_eq(findings.items[0].verdict, WCK_NOT_APPLICABLE);
    ck_assert_str_eq(findings.items[0].cause, "no reverse mode");
    ck_assert_int_eq(findings.items[1].verdict, _i == 0 ? WCK_PASS : WCK_FAIL);
    ck_assert_ptr_nonnull(strstr(findings.items[1].detail, ", border value ("));
    wck_findings_release(&findings);
}
END_TEST

/* What is asked for counts in every type. */
START_TEST(tangents_that_are_not_resolved_as_asked_are_inconclusive)
{
    struct mode in = plain;
    struct wck_findings findings;
    double least;

    in.dtype = (enum wck_dtype)_i;
    in.only_image = true;
    findings = judge(&in, "forward-mode", true);
    ck_assert_uint_eq(findings.count, 2);
    least = fmin(findings.items[0].detectable, findings.items[1].detectable);
    for (size_t i = 0; i < findings.count; i++)
        ck_assert_int_eq(findings.items[i].verdict, WCK_PASS);
    wck_findings_release(&findings);
    in.resolution = 0.5 * least;
    assert_judged(&in, "forward-mode", WCK_INCONCLUSIVE);
}
END_TEST

/* Its matrix has nine entries, and a gradient as many. */
START_TEST(a_homography_is_no_path_of_a_matrix)
{
    static const char *const checkers[] = {"forward-mode", "taylor", "linear-pullback"};
    struct mode in = plain;
    struct wck_findings findings;

    in.homography = true;
    findings = judge(&in, checkers[_i], true);
    for (size_t i = 0; i < findings.count; i++) {
        ck_assert_msg(findings.items[i].verdict == WCK_PASS, "%s",
                      findings.items[i].cause);
        ck_assert_ptr_null(strstr(findings.items[i].detail, "matrix"));
    }
    wck_findings_release(&findings);
}
END_TEST

START_TEST(a_homography_has_no_affine_matrix_to_look_at)
{
    struct mode in = plain;

    in.homography = true;
    assert_judged(&in, "matrix", WCK_NOT_APPLICABLE);
}
END_TEST

/* ---- the upstream gradient ---- */

START_TEST(the_pull_back_of_the_reference_is_linear)
{
    assert_judged(&plain, "linear-pullback", WCK_PASS);
}
END_TEST

/* Beyond what any other checker sends back: they take upstream gradients up to 1. */
START_TEST(an_upstream_gradient_that_is_clipped_is_found_by_linearity_alone)
{
    struct mode in = plain;

    in.clip = 1.0;
    assert_judged(&in, "linear-pullback", WCK_FAIL);
    for (size_t k = 0; k < OTHERS; k++) {
        /* The Jacobian's certificate draws larger ones. */
        if (strcmp(others[k], "jacobian") != 0)
            assert_judged(&in, others[k], WCK_PASS);
    }
}
END_TEST

/* Never by a bound that hides it: in no type, and however many outputs there are. */
START_TEST(a_clipped_upstream_gradient_passes_in_no_type)
{
    struct mode in = plain;

    in.dtype = (enum wck_dtype)_i;
    in.clip = 1.0;
    assert_judged(&in, "linear-pullback", WCK_FAIL);
}
END_TEST

START_TEST(single_precision_resolves_the_linearity_of_both_gradients)
{
    struct mode in = plain;
    struct wck_findings findings;

    in.dtype = WCK_FLOAT32;
    findings = judge(&in, "linear-pullback", true);
    ck_assert_int_eq(findings.items[0].verdict, WCK_PASS);
    ck_assert_double_lt(findings.items[0].detectable, 0x1p-20);
    wck_findings_release(&findings);
}
END_TEST

/* What is asked for is not multiplied by the size of the output. */
START_TEST(a_pull_back_that_is_not_resolved_as_asked_is_inconclusive)
{
    struct mode in = plain;
    struct wck_findings findings;

    in.dtype = (enum wck_dtype)_i;
    in.resolution = 1.0;
    findings = judge(&in, "linear-pullback", true);
    in.resolution = 0.5 * findings.items[0].detectable;
    ck_assert_double_gt(in.resolution, 0.0);
    wck_findings_release(&findings);
    assert_judged(&in, "linear-pullback", WCK_INCONCLUSIVE);
}
END_TEST

Suite *wck_modes_suite(void)
{
    Suite *suite = suite_create("modes");
    TCase *forwards = tcase_create("forward mode");
    TCase *upstream = tcase_create("upstream");

    tcase_add_test(forwards, both_modes_of_the_reference_agree);
    tcase_add_loop_test(forwards, a_wrong_tangent_is_found_by_forward_mode_alone, 0, 2);
    tcase_add_test(forwards, a_subject_without_forward_mode_has_nothing_to_check);
    tcase_add_loop_test(forwards,
                        forward_mode_without_reverse_mode_is_held_against_the_reference,
                        0, 2);
    tcase_add_test(forwards, tangents_that_are_refused_are_left_out);
    tcase_add_loop_test(forwards,
                        tangents_that_are_not_resolved_as_asked_are_inconclusive,
                        WCK_FLOAT64, WCK_FLOAT16 + 1);
    tcase_add_loop_test(forwards, a_homography_is_no_path_of_a_matrix, 0, 3);
    tcase_add_test(forwards, a_homography_has_no_affine_matrix_to_look_at);
    suite_add_tcase(suite, forwards);
    tcase_add_test(upstream, the_pull_back_of_the_reference_is_linear);
    tcase_add_test(upstream,
                   an_upstream_gradient_that_is_clipped_is_found_by_linearity_alone);
    tcase_add_loop_test(upstream, a_clipped_upstream_gradient_passes_in_no_type,
                        WCK_FLOAT64, WCK_BFLOAT16 + 1);
    tcase_add_test(upstream, single_precision_resolves_the_linearity_of_both_gradients);
    tcase_add_loop_test(upstream,
                        a_pull_back_that_is_not_resolved_as_asked_is_inconclusive,
                        WCK_FLOAT64, WCK_BFLOAT16 + 1);
    suite_add_tcase(suite, upstream);
    return suite;
}
