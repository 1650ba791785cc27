/* How a subject conducts itself, beyond its derivative: what it keeps from call to
 * call, and which planes it mixes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/poison.h"
#include "src/checker/checker.h"
#include "src/deviation/deviation.h"
#include "src/subject/builtin.h"

/* ---- a subject with habits ---- */

/* The reference, but for what is set. */
struct habit {
    struct wck_behaviour behaviour;
    bool late; /* warps by the map of the call before, where there was one */
    struct wck_map last;
    bool any;
    double leak; /* of plane `from`, into plane `to`; forward and backward ... */
    size_t from, to;
    bool upstream_only; /* ... or backward alone */
    double lone;        /* added to the output of a plane that is alone */
    bool refuses_lone;
    bool writes_upstream;
    bool masks;       /* adds 0 times the first pixel to every output ... */
    bool adds, skips; /* outputs: to what was there; leaves the first as it was */
    bool adds_matrix; /* the matrix's gradient likewise */
    bool masks_slopes, masks_pixels; /* ... to every slope, to the image gradient */
};

static struct wck_problem with_map(struct habit *in, const struct wck_problem *problem)
{
    struct wck_problem used = *problem;

    if (in->late && in->any)
        used.warp.map = in->last;
    in->last = problem->warp.map;
    in->any = true;
    return used;
}

/* Adds a share of one plane of `image` to another plane of `to`, pixel by pixel. */
static void leak(const struct habit *in, const struct wck_image *image,
                 const struct wck_image *to)
{
    if (!(in->leak > 0.0)) /* 0 times poison is not nothing */
        return;
    for (size_t y = 0; y < to->height && in->from < wck_image_planes(image); y++) {
        for (size_t x = 0; x < to->width; x++)
            wck_image_set(to, in->to, y, x,
                          wck_image_get(to, in->to, y, x) +
                              in->leak * wck_image_get(image, in->from, 1, 1));
    }
}

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    struct habit *in = state;
    struct wck_problem used = with_map(in, problem);
    bool alone = wck_image_planes(image) == 1;
    double held = wck_image_get(output, 0, 0, 0);
    enum wck_status status;

    if (alone && in->refuses_lone)
        return wck_error_set(err, WCK_UNSUPPORTED, "never alone");
    status = wck_subject_builtin.forward(&in->behaviour, &used, image, output, err);
    if (status == WCK_OK && !in->upstream_only)
        leak(in, image, output);
    for (size_t i = 0; i < 8 * 9 && in->masks; i++)
        wck_image_set(output, 0, i / 8, i % 8,
                      wck_image_get(output, 0, i / 8, i % 8) +
                          0.0 * wck_image_get(image, 0, 0, 0));
    if (in->adds || in->skips)
        wck_image_set(output, 0, 0, 0,
                      held + (in->adds ? wck_image_get(output, 0, 0, 0) : 0.0));
    if (status == WCK_OK && alone)
        wck_image_set(output, 0, 1, 2, wck_image_get(output, 0, 1, 2) + in->lone);
    return status;
}

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    struct habit *in = state;
    struct wck_problem used = with_map(in, problem);
    double held = gradients->matrix != NULL ? gradients->matrix[3] : 0.0;
    enum wck_status status =
        wck_subject_builtin.vjp(&in->behaviour, &used, image, upstream, gradients, err);

    if (in->adds_matrix && gradients->matrix != NULL)
        gradients->matrix[3] += held;
    if (status == WCK_OK && gradients->image != NULL && in->upstream_only)
        leak(in, upstream, gradients->image);
    for (size_t i = 0; i < 8 * 9 && in->masks_slopes && gradients->x != NULL; i++)
        gradients->x[i] += 0.0 * wck_image_get(image, 0, 0, 0);
    if (in->masks_pixels && gradients->image != NULL)
        wck_image_set(gradients->image, 0, 3, 4,
                      wck_image_get(gradients->image, 0, 3, 4) +
                          0.0 * wck_image_get(image, 0, 0, 0));
    if (in->writes_upstream) /* where the output is all border: nothing else shows it */
        wck_image_set(upstream, 0, 0, 0, 0.25 + wck_image_get(upstream, 0, 0, 0));
    return status;
}

static struct wck_subject *subject_of(const struct habit *like)
{
    static const struct wck_subject_kind kind = {.prefix = "habit",
                                                 .summary = "the reference, with one",
                                                 .close = free,
                                                 .forward = forward,
                                                 .vjp = vjp};
    struct habit *state = malloc(sizeof *state);
    struct wck_subject *subject;

    ck_assert_ptr_nonnull(state);
    *state = *like;
    state->behaviour = wck_behaviour_reference();
    ck_assert_int_eq(wck_subject_of_kind_take(&subject, &kind, "habit", state, NULL),
                     WCK_OK);
    return subject;
}

/* ---- what is found ---- */

static const double border_value[3] = {0.4375, -0.3125, 0.625};

static struct wck_problem problem_of(const char *layout, size_t batch, size_t channels)
{
    static const double shear[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};
    struct wck_problem problem = {
        .dtype = WCK_FLOAT64,
        .layout = layout,
        .batch = batch,
        .channels = channels,
        .seed = 11,
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_find("constant"),
                 .border_value = border_value,
                 .border_values = channels,
                 .source_width = 11,
                 .source_height = 7,
                 .output_width = 8,
                 .output_height = 9},
    };

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, shear, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return problem;
}

/* The one finding of a checker; release the findings that it is in. */
static const struct wck_finding *judge(const struct habit *in,
                                       const struct wck_problem *problem,
                                       const char *checker,
                                       struct wck_findings *findings)
{
    struct wck_trial trial = {.problem = problem, .findings = findings};
    struct wck_error err = {WCK_OK, ""};

    *findings = (struct wck_findings){0};
    trial.subject = subject_of(in);
    ck_assert_msg(wck_checker_run(wck_checker_find(checker), &trial, &err) == WCK_OK,
                  "%s", err.text);
    wck_subject_free(trial.subject);
    ck_assert_uint_eq(findings->count, 1);
    return findings->items;
}

static void assert_judged(const struct habit *in, const struct wck_problem *problem,
                          const char *checker, enum wck_verdict verdict)
{
    struct wck_findings findings;
    const struct wck_finding *f = judge(in, problem, checker, &findings);

    ck_assert_msg(f->verdict == verdict, "%s: %s: %s", checker,
                  wck_verdict_id(f->verdict), f->cause != NULL ? f->cause : "");
    wck_findings_release(&findings);
}

/* ---- state ---- */

START_TEST(a_map_that_is_one_call_late_is_found_by_statelessness_alone)
{
    struct wck_problem problem = problem_of("HWC", 1, 3);
    struct habit in = {.late = true};
    struct wck_findings findings;
    const struct wck_finding *f;

    assert_judged(&in, &problem, "determinism", WCK_PASS);
    assert_judged(&in, &problem, "forward", WCK_PASS);
    f = judge(&in, &problem, "statelessness", &findings);
    ck_assert_int_eq(f->verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(strstr(f->cause, "kept from one call to the next"));
    /* Of both passes: 8 x 9 outputs and 11 x 7 pixels, by 3. */
    ck_assert_uint_eq(f->compared, 3 * (8 * 9 + 11 * 7));
    ck_assert_uint_gt(f->beyond, 3 * 8 * 9 / 2);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(an_upstream_gradient_that_was_written_to_is_found)
{
    struct wck_problem problem = problem_of("HWC", 1, 3);
    struct habit in = {.writes_upstream = true};
    struct wck_findings findings;
    const struct wck_finding *f = judge(&in, &problem, "determinism", &findings);

    ck_assert_int_eq(f->verdict, WCK_FAIL);
    ck_assert(!f->where.input && f->where.y == 0 && f->where.x == 0);
    ck_assert_uint_eq(f->beyond, 1);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(what_a_buffer_held_before_is_found_in_what_is_written)
{
    static const struct habit habits[] = {
        {.adds = true}, {.skips = true}, {.adds_matrix = true}};
    struct wck_problem problem = problem_of("HWC", 1, 3);
    struct wck_findings findings;
    const struct wck_finding *f;

    assert_judged(&habits[_i], &problem, "determinism", WCK_PASS);
    f = judge(&habits[_i], &problem, "prefilled", &findings);
    ck_assert_int_eq(f->verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(strstr(f->cause, "what its buffer held before"));
    /* NaN and numbers, each in one place. */
    ck_assert_uint_eq(f->beyond, 2);
    ck_assert(f->where.input == habits[_i].adds_matrix);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(buffers_that_are_filled_for_each_call_need_no_prefill)
{
    static const struct wck_subject_kind kind = {
        .prefix = "apart", .apart = true, .close = free, .forward = forward};
    struct wck_problem problem = problem_of("HWC", 1, 3);
    struct wck_findings findings = {0};
    struct wck_trial trial = {.problem = &problem, .findings = &findings};

    ck_assert_int_eq(wck_subject_of_kind_take(&trial.subject, &kind, "apart",
                                              calloc(1, sizeof(struct habit)), NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_checker_run(wck_checker_find("prefilled"), &trial, NULL),
                     WCK_OK);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_int_eq(findings.items[0].verdict, WCK_NOT_APPLICABLE);
    ck_assert_ptr_nonnull(strstr(findings.items[0].cause, "filled with a pattern"));
    wck_subject_free(trial.subject);
    wck_findings_release(&findings);
}
END_TEST

/* ---- planes ---- */

#define PLANES ((size_t)6)

/* Less than the rounding that `forward` allows for: the bits alone show it. */
START_TEST(a_leak_between_any_two_planes_is_found_below_rounding)
{
    struct wck_problem problem = problem_of("NCHW", 2, 3);
    struct habit in = {
        .leak = 0x1p-51, .from = (size_t)_i / PLANES, .to = (size_t)_i % PLANES};
    struct wck_findings findings;
    const struct wck_finding *f;

    if (in.from == in.to)
        return;
    assert_judged(&in, &problem, "forward", WCK_PASS);
    f = judge(&in, &problem, "independence", &findings);
    ck_assert_int_eq(f->verdict, WCK_FAIL);
    ck_assert_int_eq(f->where.plane, (long)in.to);
    wck_findings_release(&findings);
    in.upstream_only = true;
    f = judge(&in, &problem, "independence", &findings);
    ck_assert_int_eq(f->verdict, WCK_FAIL);
    ck_assert_int_eq(f->where.plane, (long)in.to);
    ck_assert(f->where.input);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(any_number_of_planes_is_served)
{
    size_t planes = (size_t)_i;
    struct wck_problem problem = problem_of("NHWC", planes, 1);
    struct habit in = {.leak = 0.25, .from = planes - 1, .to = planes - 2};

    assert_judged(&in, &problem, "independence", WCK_FAIL);
    in.leak = 0.0;
    assert_judged(&in, &problem, "independence", WCK_PASS);
}
END_TEST

START_TEST(a_plane_that_is_another_when_alone_is_found)
{
    struct wck_problem problem = problem_of("HWC", 1, 3);
    struct habit in = {.lone = 0x1p-40};
    struct wck_findings findings;
    const struct wck_finding *f = judge(&in, &problem, "independence", &findings);

    ck_assert_int_eq(f->verdict, WCK_FAIL);
    ck_assert(f->where.plane == 2 && f->where.y == 1 && f->where.x == 2);
    wck_findings_release(&findings);
    in.refuses_lone = true;
    assert_judged(&in, &problem, "independence", WCK_PASS);
}
END_TEST

START_TEST(where_there_is_one_plane_there_is_nothing_to_mix)
{
    struct wck_problem problem = problem_of("HW", 1, 1);
    struct habit in = {.late = false};
    struct wck_findings findings;
    const struct wck_finding *f = judge(&in, &problem, "independence", &findings);

    ck_assert_int_eq(f->verdict, WCK_NOT_APPLICABLE);
    ck_assert_str_eq(f->cause, "there is one plane only");
    wck_findings_release(&findings);
    problem = problem_of("HWC", 1, 3);
    problem.warp.clips = true;
    assert_judged(&in, &problem, "independence", WCK_NOT_APPLICABLE);
}
END_TEST

/* ---- poison ---- */

START_TEST(a_masked_tap_is_found_in_outputs_slopes_and_pixels_by_poison_alone)
{
    static const struct habit masks[] = {
        {.masks = true}, {.masks_slopes = true}, {.masks_pixels = true}};
    static const char *const others[] = {"determinism", "forward", "jacobian",
                                         "adjoint", "coordinates"};
    struct wck_problem problem = problem_of("HW", 1, 1);
    struct wck_findings findings;
    const struct wck_finding *f = judge(&masks[_i], &problem, "poison", &findings);

    ck_assert_int_eq(f->verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(strstr(f->cause, "multiplied by 0"));
    ck_assert(f->where.input == masks[_i].masks_pixels);
    wck_findings_release(&findings);
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        struct wck_subject *subject = subject_of(&masks[_i]);
        struct wck_trial trial = {
            .subject = subject, .problem = &problem, .findings = &findings};

        ck_assert_int_eq(wck_checker_run(wck_checker_find(others[k]), &trial, NULL),
                         WCK_OK);
        ck_assert_int_eq(wck_findings_verdict(&findings), WCK_PASS);
        wck_findings_release(&findings);
        wck_subject_free(subject);
    }
}
END_TEST

/* Under every border and kernel, at knots and between them. */
START_TEST(the_reference_lets_no_poison_through)
{
    static const double matrices[][6] = {{1.0, 0.0, -3.0, 0.0, 1.0, 2.0},
                                         {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5},
                                         {0.87, 0.31, -2.4, -0.29, 0.91, 1.7}};
    struct wck_problem problem = problem_of("HW", 1, 1);
    struct habit in = {.late = false};

    problem.warp.border = wck_border_row((size_t)_i);
    for (size_t k = 0; k < wck_kernel_count(); k++) {
        for (size_t m = 0; m < 3; m++) {
            problem.warp.kernel = wck_kernel_row(k);
            ck_assert_int_eq(wck_map_affine(&problem.warp.map, matrices[m],
                                            WCK_OUTPUT_TO_SOURCE, NULL),
                             WCK_OK);
            assert_judged(&in, &problem, "poison",
                          problem.warp.kernel->footprint ? WCK_NOT_APPLICABLE
                                                         : WCK_PASS);
        }
    }
}
END_TEST

START_TEST(poison_judges_most_outputs_and_says_how_many)
{
    struct wck_problem problem = problem_of("HW", 1, 1);
    struct habit in = {.late = false};
    struct wck_findings findings;
    const struct wck_finding *f = judge(&in, &problem, "poison", &findings);
    size_t judged, most;

    ck_assert_int_eq(sscanf(f->detail, "%zu of %zu outputs", &judged, &most), 2);
    /* Five parts; each output lies in one half by columns and in one by rows, unless it
     * is at the middle. */
    ck_assert_uint_eq(most, (size_t)WCK_POISON_COUNT * 8 * 9);
    ck_assert_uint_gt(judged, 8 * 9);
    wck_findings_release(&findings);
}
END_TEST

Suite *wck_conduct_suite(void)
{
    Suite *suite = suite_create("conduct");
    TCase *state = tcase_create("state"), *planes = tcase_create("planes");
    TCase *poison = tcase_create("poison");

    tcase_add_test(state, a_map_that_is_one_call_late_is_found_by_statelessness_alone);
    tcase_add_test(state, an_upstream_gradient_that_was_written_to_is_found);
    tcase_add_loop_test(state, what_a_buffer_held_before_is_found_in_what_is_written, 0,
                        3);
    tcase_add_test(state, buffers_that_are_filled_for_each_call_need_no_prefill);
    suite_add_tcase(suite, state);
    tcase_add_loop_test(planes, a_leak_between_any_two_planes_is_found_below_rounding,
                        0, (int)(PLANES * PLANES));
    tcase_add_loop_test(planes, any_number_of_planes_is_served, 2, 12);
    tcase_add_test(planes, a_plane_that_is_another_when_alone_is_found);
    tcase_add_test(planes, where_there_is_one_plane_there_is_nothing_to_mix);
    suite_add_tcase(suite, planes);
    tcase_add_loop_test(
        poison, a_masked_tap_is_found_in_outputs_slopes_and_pixels_by_poison_alone, 0,
        3);
    tcase_add_loop_test(poison, the_reference_lets_no_poison_through, 0,
                        (int)wck_border_count());
    tcase_add_test(poison, poison_judges_most_outputs_and_says_how_many);
    suite_add_tcase(suite, poison);
    return suite;
}
