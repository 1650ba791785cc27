/* Double backward, held against the pull-back and the reference. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/checker/trial.h"
#include "src/subject/builtin.h"

struct state {
    struct wck_behaviour behaviour;
    void (*spoil)(const struct wck_problem *problem, const struct wck_tangents *along,
                  const struct wck_second *second);
    bool no_mixed;  /* derivatives of the coordinates: along the same axis alone */
    bool no_maps;   /* a matrix alone is taken */
    bool no_pulls;  /* no reverse mode */
    bool no_second; /* no double backward either */
    bool fails;     /* in its second call */
    int calls;
};

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    const struct state *in = state;

    if (in->no_pulls)
        return wck_error_set(err, WCK_UNSUPPORTED, "no reverse mode");
    return wck_subject_builtin.vjp(state, problem, image, upstream, gradients, err);
}

static enum wck_status second(void *state, const struct wck_problem *problem,
                              const struct wck_image *image,
                              const struct wck_image *upstream,
                              const struct wck_tangents *along,
                              const struct wck_second *wanted, struct wck_error *err)
{
    struct state *in = state;
    const struct wck_tangents by_x = {.x = along->x}, by_y = {.y = along->y};
    enum wck_status status;

    if (in->fails && in->calls++ > 0)
        return wck_error_set(err, WCK_SUBJECT, "it fell over");
    if (in->no_second || (in->no_maps && !wck_map_has_matrix(&problem->warp.map)))
        return wck_error_set(err, WCK_UNSUPPORTED, "no double backward of this");
    status = wck_subject_builtin.second(&in->behaviour, problem, image, upstream, along,
                                        wanted, err);
    if (status == WCK_OK && in->no_mixed && along->x != NULL)
        status =
            wck_subject_builtin.second(&in->behaviour, problem, image, upstream, &by_x,
                                       &(struct wck_second){.x = wanted->x}, err);
    if (status == WCK_OK && in->no_mixed && along->y != NULL)
        status =
            wck_subject_builtin.second(&in->behaviour, problem, image, upstream, &by_y,
                                       &(struct wck_second){.y = wanted->y}, err);
    if (status == WCK_OK && in->spoil != NULL)
        in->spoil(problem, along, wanted);
    return status;
}

/* ---- what is spoiled ---- */

static void scale_image(const struct wck_image *image, double factor)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t i = 0; i < wck_image_pixels(image); i++)
            wck_plane_set(image, p, i, factor * wck_plane_get(image, p, i));
    }
}

static void scale_numbers(const struct wck_problem *problem, double *numbers,
                          double factor)
{
    for (size_t i = 0; i < wck_warp_samples(&problem->warp); i++)
        numbers[i] *= factor;
}

static void double_upstream(const struct wck_problem *problem,
                            const struct wck_tangents *along,
                            const struct wck_second *wanted)
{
    (void)problem;
    if (along->image != NULL)
        scale_image(wanted->upstream, 2.0);
}

static void turn_upstream(const struct wck_problem *problem,
                          const struct wck_tangents *along,
                          const struct wck_second *wanted)
{
    (void)problem;
    if (along->x != NULL)
        scale_image(wanted->upstream, -1.0);
}

/* As where the image was detached in the backward pass. */
static void lose_image(const struct wck_problem *problem,
                       const struct wck_tangents *along,
                       const struct wck_second *wanted)
{
    (void)problem;
    (void)along;
    scale_image(wanted->image, 0.0);
}

static void turn_x(const struct wck_problem *problem, const struct wck_tangents *along,
                   const struct wck_second *wanted)
{
    if (along->image != NULL)
        scale_numbers(problem, wanted->x, -1.0);
}

static void move_y(const struct wck_problem *problem, const struct wck_tangents *along,
                   const struct wck_second *wanted)
{
    if (along->x != NULL)
        scale_numbers(problem, wanted->y, 1.0 + 1e-5);
}

/* The image gradient does not read the image. */
static void add_image(const struct wck_problem *problem,
                      const struct wck_tangents *along, const struct wck_second *wanted)
{
    (void)problem;
    if (along->image != NULL)
        wck_plane_set(wanted->image, 1, 20, 1e-5);
}

static const struct {
    void (*spoil)(const struct wck_problem *problem, const struct wck_tangents *along,
                  const struct wck_second *wanted);
    bool no_mixed, wide;       /* `wide`: found in float64 alone */
    const char *kernel, *told; /* the beginning of either cause */
} rows[] = {
    {double_upstream, false, false, "nearest",
     "the derivative with respect to the upstream gradient of the pull-back along the "
     "image is not that of "},
    {turn_upstream, false, false, "bilinear",
     "the derivative with respect to the upstream gradient of the pull-back along the "
     "coordinates is not that of "},
    {lose_image, false, false, "cubic-0.75",
     "the derivative with respect to the image of the pull-back along the coordinates "
     "is not that of "},
    {turn_x, false, false, "bilinear",
     "the derivative with respect to the coordinates of the pull-back along the image "
     "is not that of "},
    {move_y, false, true, "spline2",
     "the derivative with respect to the coordinates of the pull-back along the "
     "coordinates is not that of "},
    {add_image, false, true, "bilinear",
     "the derivative with respect to the image of the pull-back along the image is not "
     "that of "},
    {NULL, true, false, "bilinear",
     "the derivative with respect to the coordinates of the pull-back along the "
     "coordinates is not that of "},
    {NULL, true, true, "lanczos4",
     "the derivative with respect to the coordinates of the pull-back along the "
     "coordinates is not that of "},
};

/* ---- judging ---- */

static enum wck_status judge(const struct state *like,
                             const struct wck_problem *problem, double resolution,
                             struct wck_findings *findings, struct wck_error *err)
{
    struct wck_subject_kind kind = wck_subject_builtin;
    struct wck_trial trial = {
        .problem = problem, .findings = findings, .resolution = resolution};
    struct state *state = malloc(sizeof *state);
    enum wck_status status;

    kind.vjp = vjp;
    kind.second = second;
    ck_assert_ptr_nonnull(state);
    *state = *like;
    state->behaviour = wck_behaviour_reference();
    ck_assert_int_eq(
        wck_subject_of_kind_take(&trial.subject, &kind, "second", state, NULL), WCK_OK);
    status = wck_checker_run(wck_checker_find("second-order"), &trial, err);
    wck_subject_free(trial.subject);
    return status;
}

/* Both claims, which are there. */
static struct wck_findings both(const struct state *like,
                                const struct wck_problem *problem, double resolution)
{
    struct wck_findings findings = {0};
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(judge(like, problem, resolution, &findings, &err) == WCK_OK, "%s",
                  err.text);
    ck_assert_uint_eq(findings.count, 2);
    ck_assert_int_eq(findings.items[0].claim, WCK_SELF_CONSISTENT);
    ck_assert_int_eq(findings.items[1].claim, WCK_CONFORMS);
    return findings;
}

static void assert_verdicts(const struct wck_findings *findings,
                            enum wck_verdict self_consistent, enum wck_verdict conforms)
{
    const enum wck_verdict want[] = {self_consistent, conforms};

    for (size_t i = 0; i < 2; i++)
        ck_assert_msg(findings->items[i].verdict == want[i], "%s: %s (%s)",
                      findings->items[i].problem,
                      wck_verdict_id(findings->items[i].verdict),
                      findings->items[i].cause != NULL ? findings->items[i].cause : "");
}

/* Every kernel with stencils, in both wide types, under every border. */
START_TEST(the_reference_passes)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);
    struct wck_problem problem = sheared_problem();

    problem.warp.kernel = kernel;
    for (size_t b = 0; b < 2 * wck_border_count() && !kernel->footprint; b++) {
        struct wck_findings findings;

        problem.dtype = b % 2 == 0 ? WCK_FLOAT64 : WCK_FLOAT32;
        problem.warp.border = wck_border_row(b / 2);
        findings = both(&(struct state){.calls = 0}, &problem, 0.0);
        assert_verdicts(&findings, WCK_PASS, WCK_PASS);
        /* Three derivatives, one by either axis, along both. */
        ck_assert_uint_eq(findings.items[0].compared, 8);
        ck_assert_uint_eq(findings.items[1].compared,
                          2 * (3 * 8 * 9 + 3 * 7 * 11 + 2 * 8 * 9));
        if (problem.dtype == WCK_FLOAT64)
            ck_assert_double_lt(findings.items[0].detectable, 1e-6);
        wck_findings_release(&findings);
    }
}
END_TEST

START_TEST(a_spoiled_derivative_fails)
{
    static const enum wck_dtype dtypes[] = {WCK_FLOAT64, WCK_FLOAT32};
    const struct state state = {.spoil = rows[_i].spoil, .no_mixed = rows[_i].no_mixed};
    struct wck_problem problem = sheared_problem();

    problem.warp.kernel = wck_kernel_find(rows[_i].kernel);
    for (size_t d = 0; d < (rows[_i].wide ? 1 : 2); d++) {
        struct wck_findings findings;

        problem.dtype = dtypes[d];
        findings = both(&state, &problem, 0.0);
        assert_verdicts(&findings, WCK_FAIL, WCK_FAIL);
        for (size_t i = 0; i < 2; i++)
            ck_assert_msg(strncmp(findings.items[i].cause, rows[_i].told,
                                  strlen(rows[_i].told)) == 0,
                          "%s", findings.items[i].cause);
        wck_findings_release(&findings);
    }
}
END_TEST

START_TEST(a_kink_is_moved_off)
{
    static const double shift[6] = {1.0, 0.0, -2.0, 0.0, 1.0, 1.0};
    struct wck_problem problem = sheared_problem();
    struct wck_findings findings;

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, shift, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    findings = both(&(struct state){.calls = 0}, &problem, 0.0);
    assert_verdicts(&findings, WCK_PASS, WCK_PASS);
    ck_assert_str_eq(findings.items[0].detail,
                     "along the image (72 samples, 72 moved off a knot), along the "
                     "coordinates (72 samples, 72 moved off a knot); along the "
                     "matrix: not asked");
    wck_findings_release(&findings);
}
END_TEST

START_TEST(a_subject_of_matrices_is_judged_along_the_image)
{
    const struct state state = {.no_maps = true,
                                .spoil = _i == 0 ? NULL : double_upstream};
    struct wck_problem problem = sheared_problem();
    struct wck_findings findings = both(&state, &problem, 0.0);

    assert_verdicts(&findings, _i == 0 ? WCK_PASS : WCK_FAIL,
                    _i == 0 ? WCK_PASS : WCK_FAIL);
    ck_assert_str_eq(findings.items[0].detail,
                     "along the image (72 samples; at a jump: 0); along the matrix: "
                     "not asked");
    wck_findings_release(&findings);
}
END_TEST

/* The coordinates of this matrix are not exact: which pixel a sample between two reads
 * is open. */
START_TEST(a_jump_is_set_aside)
{
    static const double matrix[6] = {0.1, 0.0, 0.0, 0.0, 0.7, 0.2};
    const struct state state = {.no_maps = true};
    struct wck_problem problem = sheared_problem();
    struct wck_findings findings;

    problem.warp.kernel = wck_kernel_find("nearest");
    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    findings = both(&state, &problem, 0.0);
    assert_verdicts(&findings, WCK_PASS, WCK_PASS);
    ck_assert_str_eq(findings.items[0].detail,
                     "along the image (63 samples; at a jump: 9); along the matrix: "
                     "not asked"); /* x of 0.5 */
    wck_findings_release(&findings);
}
END_TEST

START_TEST(without_reverse_mode_the_reference_is_what_is_left)
{
    const struct state state = {.no_pulls = true,
                                .spoil = _i == 0 ? NULL : double_upstream};
    struct wck_problem problem = sheared_problem();
    struct wck_findings findings = both(&state, &problem, 0.0);

    assert_verdicts(&findings, WCK_NOT_APPLICABLE, _i == 0 ? WCK_PASS : WCK_FAIL);
    ck_assert_str_eq(findings.items[0].cause, "no reverse mode");
    wck_findings_release(&findings);
}
END_TEST

START_TEST(what_has_no_double_backward_is_not_judged)
{
    const struct state state = {.no_second = _i == 0};
    struct wck_problem problem = sheared_problem();
    struct wck_findings findings;

    if (_i == 1)
        problem.warp.kernel = wck_kernel_find("area");
    findings = both(&state, &problem, 0.0);
    assert_verdicts(&findings, WCK_NOT_APPLICABLE, WCK_NOT_APPLICABLE);
    ck_assert_str_eq(findings.items[1].cause,
                     _i == 0 ? "no double backward of this"
                             : "double backward is not judged of a kernel without "
                               "stencils or behind a prefilter");
    wck_findings_release(&findings);
}
END_TEST

START_TEST(a_fault_is_no_verdict)
{
    struct wck_problem problem = sheared_problem();
    struct wck_findings findings = {0};
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(
        judge(&(struct state){.fails = true}, &problem, 0.0, &findings, &err),
        WCK_SUBJECT);
    ck_assert_str_eq(err.text, "it fell over");
    ck_assert_uint_eq(findings.count, 0);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(what_is_not_resolved_as_asked_is_inconclusive)
{
    struct wck_problem problem = sheared_problem();
    struct wck_findings findings;

    problem.dtype = WCK_FLOAT32;
    findings = both(&(struct state){.calls = 0}, &problem, 1e-9);
    assert_verdicts(&findings, WCK_INCONCLUSIVE, WCK_INCONCLUSIVE);
    wck_findings_release(&findings);
}
END_TEST

/* What replaces a stage of the pull-back says nothing of its derivative. */
START_TEST(deviations_of_the_pull_back_have_no_double_backward)
{
    struct wck_subject *subject;
    struct wck_findings findings = {0};
    struct wck_problem problem = sheared_problem();
    struct wck_trial trial = {.problem = &problem, .findings = &findings};
    const struct wck_deviation *row;
    char name[100];

    for (size_t i = 0; (row = wck_deviation_row(i)) != NULL; i++) {
        if (wck_deviation_scope(row) == WCK_SCOPE_BACKWARD)
            break;
    }
    snprintf(name, sizeof name, "deviation:%s", row->name);
    ck_assert_int_eq(wck_subject_new(&subject, name, NULL), WCK_OK);
    trial.subject = subject;
    ck_assert_int_eq(wck_checker_run(wck_checker_find("second-order"), &trial, NULL),
                     WCK_OK);
    assert_verdicts(&findings, WCK_NOT_APPLICABLE, WCK_NOT_APPLICABLE);
    ck_assert_str_eq(findings.items[0].cause, "its pull-back has no derivative");
    wck_findings_release(&findings);
    wck_subject_free(subject);
}
END_TEST

Suite *wck_second_order_suite(void)
{
    Suite *suite = suite_create("second_order");
    TCase *tcase = tcase_create("second order");

    tcase_add_loop_test(tcase, the_reference_passes, 0, (int)wck_kernel_count());
    tcase_add_loop_test(tcase, a_spoiled_derivative_fails, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tcase, a_kink_is_moved_off);
    tcase_add_loop_test(tcase, a_subject_of_matrices_is_judged_along_the_image, 0, 2);
    tcase_add_test(tcase, a_jump_is_set_aside);
    tcase_add_loop_test(tcase, without_reverse_mode_the_reference_is_what_is_left, 0,
                        2);
    tcase_add_loop_test(tcase, what_has_no_double_backward_is_not_judged, 0, 2);
    tcase_add_test(tcase, a_fault_is_no_verdict);
    tcase_add_test(tcase, what_is_not_resolved_as_asked_is_inconclusive);
    tcase_add_test(tcase, deviations_of_the_pull_back_have_no_double_backward);
    suite_add_tcase(suite, tcase);
    return suite;
}
