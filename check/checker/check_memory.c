/* What a subject makes of arrays as they lie in memory, of gradients asked for together
 * or alone, and of coordinates that are no place. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/span.h"
#include "src/checker/checker.h"
#include "src/checker/spread.h"
#include "src/deviation/deviation.h"
#include "src/subject/builtin.h"

#define WIDTH ((size_t)8) /* of outputs */
#define HEIGHT ((size_t)9)
#define SAMPLES (WIDTH * HEIGHT)
#define LITTLE 0x1p-51 /* below what rounding is allowed to do */

/* The reference, but for what is set. */
struct flaw {
    struct wck_behaviour behaviour;
    bool misreads_image, misreads_upstream; /* lying that way */
    enum wck_spread_way way;
    bool strays;                          /* writes behind each output */
    bool refuses_spread, refuses_filling; /* arrays with gaps; such outputs */
    bool together;                   /* the matrix gradient is off beside the image's */
    bool stale;                      /* writes the image gradient of a call before */
    bool one_at_a_time, image_alone; /* refuses more; gives the image's only */
    bool integers, backward_integers; /* coordinates are made 32-bit integers */
    bool spoils;                      /* NaN reaches the next output as well */
    bool no_maps, no_matrices;
    const char *flattens;
    struct wck_image last;
    bool any;
    double x[SAMPLES], y[SAMPLES];
};

/* As if it did not lie so. */
static struct wck_image misread(const struct wck_image *image, enum wck_spread_way way)
{
    struct wck_image as = *image;

    if (way == WCK_SPREAD_PADDED)
        as.row_stride = (ptrdiff_t)as.width * as.column_stride;
    if (way == WCK_SPREAD_SECOND && as.column_stride == 2)
        as.column_stride = 1;
    if (way == WCK_SPREAD_MOVED && as.row_stride == 1 && as.column_stride > 1) {
        as.row_stride = (ptrdiff_t)as.width;
        as.column_stride = 1;
    }
    if (way == WCK_SPREAD_FLIPPED && as.column_stride < 0) {
        as.tensor.data = wck_span_of(&image->tensor).data;
        as.row_stride = -as.row_stride;
        as.column_stride = -as.column_stride;
    }
    if (way == WCK_SPREAD_EXPANDED && as.row_stride == 0)
        as.row_stride = 1; /* the margin lies there */
    return as;
}

static double as_integer(double value)
{
    return fabs(value) < 0x1p31 ? value : -0x1p31; /* as x86 has it; of NaN, too */
}

/* The problem as a subject that makes integers of coordinates sees it. */
static struct wck_problem integers_of(struct flaw *in,
                                      const struct wck_problem *problem)
{
    struct wck_problem seen = *problem;
    struct wck_map *map = &seen.warp.map;

    if (map->kind == WCK_MAP_COORDINATES) {
        for (size_t i = 0; i < SAMPLES; i++) {
            in->x[i] = as_integer(map->x[i]);
            in->y[i] = as_integer(map->y[i]);
        }
        map->x = in->x;
        map->y = in->y;
    } else {
        map->backward[2] = as_integer(map->backward[2]);
        map->backward[5] = as_integer(map->backward[5]);
    }
    return seen;
}

static bool refuses(const struct flaw *in, const struct wck_problem *problem,
                    const struct wck_image *given, const struct wck_image *filled)
{
    bool matrix = wck_map_has_matrix(&problem->warp.map);

    return (in->no_maps && !matrix) || (in->no_matrices && matrix) ||
           (in->refuses_spread && !wck_span_is_plain(&given->tensor)) ||
           (in->refuses_filling && filled != NULL &&
            !wck_span_is_plain(&filled->tensor));
}

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    struct flaw *in = state;
    struct wck_problem seen = in->integers ? integers_of(in, problem) : *problem;
    struct wck_image as = in->misreads_image ? misread(image, in->way) : *image;
    enum wck_status status;

    if (refuses(in, problem, image, output))
        return wck_error_set(err, WCK_UNSUPPORTED, "not such a call");
    status = wck_subject_builtin.forward(&in->behaviour, &seen, &as, output, err);
    if (in->strays && output->column_stride == 2)
        wck_tensor_set(&output->tensor, 1, 5.0);
    for (size_t i = 1; i < SAMPLES && in->spoils; i++) {
        if (problem->warp.map.x != NULL && isnan(problem->warp.map.x[i - 1]))
            wck_image_set(output, 0, i / WIDTH, i % WIDTH, (double)NAN);
    }
    return status;
}

static size_t wishes_of(const struct wck_gradients *g)
{
    return (size_t)(g->image != NULL) + (g->matrix != NULL) + (g->x != NULL) +
           (g->y != NULL) + (g->border_value != NULL);
}

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    struct flaw *in = state;
    struct wck_problem seen =
        in->backward_integers ? integers_of(in, problem) : *problem;
    struct wck_image as = in->misreads_image ? misread(image, in->way) : *image;
    struct wck_image sent =
        in->misreads_upstream ? misread(upstream, in->way) : *upstream;
    enum wck_status status;

    if (refuses(in, problem, image, gradients->image) ||
        (in->one_at_a_time && wishes_of(gradients) > 1) ||
        (in->image_alone && wishes_of(gradients) > (gradients->image != NULL)))
        return wck_error_set(err, WCK_UNSUPPORTED, "not such a call");
    status = wck_subject_builtin.vjp(&in->behaviour, &seen, &as, &sent, gradients, err);
    if (in->together && gradients->image != NULL && gradients->matrix != NULL)
        gradients->matrix[3] *= 1.0 + LITTLE;
    if (in->stale && in->any && gradients->image == NULL)
        wck_image_set(&in->last, 0, 1, 2, 1.0);
    if (gradients->image != NULL)
        in->last = *gradients->image;
    in->any = in->any || gradients->image != NULL;
    return status;
}

static const char *flattens(const void *state, bool outputs)
{
    (void)outputs;
    return ((const struct flaw *)state)->flattens;
}

static struct wck_subject *subject_of(const struct flaw *like)
{
    static const struct wck_subject_kind kind = {.prefix = "flaw",
                                                 .summary = "the reference, with one",
                                                 .close = free,
                                                 .forward = forward,
                                                 .vjp = vjp,
                                                 .flattens = flattens};
    struct flaw *state = malloc(sizeof *state);
    struct wck_subject *subject;

    ck_assert_ptr_nonnull(state);
    *state = *like;
    state->behaviour = wck_behaviour_reference();
    ck_assert_int_eq(wck_subject_of_kind_take(&subject, &kind, "flaw", state, NULL),
                     WCK_OK);
    return subject;
}

static const double fill = 0.4375;

/* Of one plane, so that an axis is told from another by its stride alone. */
static struct wck_problem problem_of(const char *border)
{
    static const double shear[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};
    struct wck_problem problem = {.dtype = WCK_FLOAT64,
                                  .layout = "HW",
                                  .batch = 1,
                                  .channels = 1,
                                  .seed = 11,
                                  .warp = {.kernel = wck_kernel_find("bilinear"),
                                           .border = wck_border_find(border),
                                           .border_value = &fill,
                                           .border_values = 1,
                                           .source_width = 11,
                                           .source_height = 7,
                                           .output_width = WIDTH,
                                           .output_height = HEIGHT}};

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, shear, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return problem;
}

static const struct wck_finding *judge_subject(struct wck_subject *subject,
                                               const struct wck_problem *problem,
                                               const char *checker,
                                               struct wck_findings *findings)
{
    struct wck_trial trial = {
        .subject = subject, .problem = problem, .findings = findings};
    struct wck_error err = {WCK_OK, ""};

    *findings = (struct wck_findings){0};
    ck_assert_msg(wck_checker_run(wck_checker_find(checker), &trial, &err) == WCK_OK,
                  "%s", err.text);
    wck_subject_free(subject);
    return findings->items;
}

static void assert_judged(const struct flaw *in, const struct wck_problem *problem,
                          const char *checker, enum wck_verdict verdict,
                          const char *said)
{
    struct wck_findings findings;
    const struct wck_finding *f =
        judge_subject(subject_of(in), problem, checker, &findings);
    const char *cause = f->cause != NULL ? f->cause : "";

    ck_assert_msg(f->verdict == verdict, "%s: %s: %s", checker,
                  wck_verdict_id(f->verdict), cause);
    ck_assert_msg(strstr(f->cause != NULL ? cause : f->detail, said) != NULL, "%s",
                  f->cause != NULL ? cause : f->detail);
    wck_findings_release(&findings);
}

/* No other checker sees it. */
static void assert_found_alone(const struct flaw *in, const struct wck_problem *problem,
                               const char *checker, const char *said)
{
    assert_judged(in, problem, checker, WCK_FAIL, said);
    for (size_t k = 0; k < wck_checker_count(); k++) {
        const struct wck_checker *other = wck_checker_row(k);
        struct wck_findings findings;

        if (strcmp(other->id, checker) == 0 || other->for_recordings)
            continue;
        /* What misreads strides reads outside where they are that long. */
        if ((in->misreads_image || in->misreads_upstream) &&
            strcmp(other->id, "index-range") == 0)
            continue;
        judge_subject(subject_of(in), problem, other->id, &findings);
        for (size_t i = 0; i < findings.count; i++)
            ck_assert_msg(findings.items[i].verdict == WCK_PASS ||
                              findings.items[i].verdict == WCK_NOT_APPLICABLE,
                          "%s finds it", other->id);
        wck_findings_release(&findings);
    }
}

/* ---- layouts ---- */

START_TEST(a_way_to_lie_that_is_misread_is_found_by_layouts_alone)
{
    struct wck_problem problem = problem_of("constant");
    struct flaw in = {.misreads_image = _i % 2 == 0,
                      .misreads_upstream = _i % 2 == 1,
                      .way = (enum wck_spread_way)(_i / 2)};

    /* One number for all is read alike wherever it is read. */
    if (in.misreads_upstream && in.way == WCK_SPREAD_EXPANDED)
        return;
#ifdef __SANITIZE_ADDRESS__
    /* Planted as it is, it also reads beyond the arrays' end. */
    if (in.way == WCK_SPREAD_PADDED) {
        printf("SKIP memory: what misreads padded rows dies of the sanitizer\n");
        return;
    }
#endif
    assert_found_alone(&in, &problem, "layouts", wck_spread_text(in.way));
}
END_TEST

START_TEST(what_is_written_between_outputs_is_found_by_layouts_alone)
{
    struct wck_problem problem = problem_of("constant");
    struct flaw in = {.strays = true};

    assert_found_alone(&in, &problem, "layouts", "writes between their elements");
}
END_TEST

START_TEST(strides_that_are_refused_or_never_seen_are_not_judged)
{
    struct wck_problem problem = problem_of("constant");

    assert_judged(&(struct flaw){.refuses_spread = true}, &problem, "layouts",
                  WCK_NOT_APPLICABLE, "not such a call");
    assert_judged(&(struct flaw){.flattens = "copied on the way"}, &problem, "layouts",
                  WCK_NOT_APPLICABLE, "copied on the way");
    assert_judged(&(struct flaw){.refuses_filling = true}, &problem, "layouts",
                  WCK_PASS, "5 of 5 ways of strides taken; refused: not such a call");
    assert_judged(&(struct flaw){.no_matrices = true}, &problem, "layouts", WCK_PASS,
                  "5 of 5 ways");
    assert_judged(&(struct flaw){.one_at_a_time = true}, &problem, "layouts", WCK_PASS,
                  "5 of 5 ways");
}
END_TEST

/* Shared memory carries strides; a pipe does not, and no worker that has not said so
 * is given any. */
START_TEST(a_plugin_sees_strides_in_its_process_and_in_ours)
{
    const struct {
        struct wck_subject_options options;
        enum wck_verdict verdict;
        const char *said;
    } ways[] = {
        {{.transport = WCK_TRANSPORT_SHARED}, WCK_PASS, "5 of 5 ways of strides taken"},
        {{.in_process = true}, WCK_PASS, "5 of 5 ways of strides taken"},
        {{.transport = WCK_TRANSPORT_PIPE}, WCK_NOT_APPLICABLE, "by pipe"}};
    struct wck_problem problem = problem_of("constant");
    struct wck_findings findings;
    struct wck_subject *subject;
    const struct wck_finding *f;

    setenv("WARPCHECK", "./warpcheck", 0);
    ck_assert_int_eq(wck_subject_new_with(&subject,
                                          "plugin:examples/plugin/bilinear.so",
                                          &ways[_i].options, NULL),
                     WCK_OK);
    f = judge_subject(subject, &problem, "layouts", &findings);
    ck_assert_int_eq(f->verdict, ways[_i].verdict);
    ck_assert_ptr_nonnull(
        strstr(f->cause != NULL ? f->cause : f->detail, ways[_i].said));
    wck_findings_release(&findings);
}
END_TEST

START_TEST(all_spreads_hold_an_image_among_NaN)
{
    static const char *const layouts[] = {"HW", "CHW", "HWC", "NCHW", "NHWC"};

    for (size_t l = 0; l < sizeof layouts / sizeof layouts[0]; l++) {
        struct wck_problem problem = problem_of("constant");
        struct wck_spread spread;
        size_t marked = 0;

        problem.layout = layouts[l];
        problem.batch = strchr(layouts[l], 'N') != NULL ? 2 : 1;
        problem.channels = strchr(layouts[l], 'C') != NULL ? 3 : 1;
        ck_assert_int_eq(
            wck_spread_init(&spread, &problem, false, (enum wck_spread_way)_i, NULL),
            WCK_OK);
        for (size_t i = 0; i < spread.whole.shape[0]; i++)
            marked += spread.marks[i];
        ck_assert_uint_eq(marked, _i == WCK_SPREAD_EXPANDED
                                      ? 1
                                      : problem.batch * problem.channels * SAMPLES);
        ck_assert(!wck_span_is_plain(&spread.image.tensor));
        ck_assert_uint_eq(wck_spread_strays(&spread), 0);
        wck_tensor_set(&spread.whole, 0, 1.0);
        ck_assert_uint_eq(wck_spread_strays(&spread), 1);
        wck_spread_release(&spread);
    }
}
END_TEST

/* ---- subsets ---- */

START_TEST(a_gradient_that_is_another_beside_others_is_found_by_subsets_alone)
{
    struct wck_problem problem = problem_of("constant");

    assert_found_alone(&(struct flaw){.together = true}, &problem, "subsets",
                       "image, border value, matrix");
}
END_TEST

START_TEST(a_gradient_that_nobody_asked_for_is_not_written)
{
    struct wck_problem problem = problem_of("constant");

    assert_judged(&(struct flaw){.stale = true}, &problem, "subsets", WCK_FAIL,
                  "or one is written that is not asked for");
}
END_TEST

START_TEST(subsets_that_are_refused_are_not_judged)
{
    struct wck_problem problem = problem_of("constant");

    assert_judged(&(struct flaw){.together = false}, &problem, "subsets", WCK_PASS,
                  "4 sets of gradients asked for, 0 refused");
    assert_judged(&(struct flaw){.one_at_a_time = true}, &problem, "subsets", WCK_PASS,
                  "0 sets of gradients asked for, 4 refused");
    assert_judged(&(struct flaw){.image_alone = true}, &problem, "subsets",
                  WCK_NOT_APPLICABLE, "fewer than two gradients are given");
    /* x, y, image and border value. */
    assert_judged(&(struct flaw){.no_matrices = true}, &problem, "subsets", WCK_PASS,
                  "11 sets of gradients asked for, 0 refused");
}
END_TEST

/* ---- special ---- */

START_TEST(coordinates_that_are_made_integers_are_found_by_special_alone)
{
    static const struct flaw flaws[] = {
        {.integers = true},
        {.backward_integers = true},
        {.spoils = true},
        {.integers = true, .no_maps = true},
        {.backward_integers = true, .no_maps = true},
    };
    struct wck_problem problem = problem_of("replicate");

    assert_found_alone(&flaws[_i], &problem, "special", "huge or not finite");
}
END_TEST

START_TEST(the_reference_passes_special_under_every_border_and_kernel)
{
    for (size_t k = 0; k < wck_kernel_count(); k++) {
        struct wck_problem problem = problem_of(wck_border_row((size_t)_i)->name);
        bool footprint;

        problem.warp.kernel = wck_kernel_row(k);
        footprint = problem.warp.kernel->footprint;
        for (int way = 0; way < 2; way++)
            assert_judged(&(struct flaw){.no_maps = way == 1}, &problem, "special",
                          footprint ? WCK_NOT_APPLICABLE : WCK_PASS,
                          footprint ? "a footprint" : "distant samples");
    }
}
END_TEST

START_TEST(a_map_that_is_neither_is_no_place_for_special_coordinates)
{
    static const double homography[9] = {1.0, 0.25, -1.5,  0.125, 0.875,
                                         1.0, 0.0,  0.001, 1.0};
    struct wck_problem problem = problem_of("replicate");

    ck_assert_int_eq(wck_map_matrix(&problem.warp.map, WCK_MAP_HOMOGRAPHY, 2,
                                    homography, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    assert_judged(&(struct flaw){.no_maps = true}, &problem, "special",
                  WCK_NOT_APPLICABLE, "neither a map by coordinates nor an affine");
}
END_TEST

START_TEST(special_says_which_gradients_it_judged)
{
    struct wck_problem problem = problem_of("replicate");

    assert_judged(
        &(struct flaw){.any = false}, &problem, "special", WCK_PASS,
        "leaves it open; the gradient of the coordinates too; the gradient of "
        "the image too");
    assert_judged(&(struct flaw){.image_alone = true}, &problem, "special", WCK_PASS,
                  "; not the gradient of the coordinates, refused: ");
    assert_judged(&(struct flaw){.no_maps = true}, &problem, "special", WCK_PASS,
                  "leaves it open; the gradient of the image too");
}
END_TEST

/* Coordinates of so wide an image round to fifths of a pixel at least: outputs may
 * differ by that, and no more. */
START_TEST(samples_of_a_wide_image_are_judged_by_special)
{
    struct wck_problem problem = problem_of("replicate");

    problem.dtype = WCK_FLOAT32;
    problem.warp.source_width = 300000;
    problem.warp.source_height = 2;
    assert_judged(&(struct flaw){.any = false}, &problem, "special", WCK_PASS,
                  "of 0 rounding leaves it open");
}
END_TEST

Suite *wck_memory_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *layouts = tcase_create("layouts"), *subsets = tcase_create("subsets");
    TCase *special = tcase_create("special");

    tcase_add_loop_test(layouts, a_way_to_lie_that_is_misread_is_found_by_layouts_alone,
                        0, 2 * WCK_SPREAD_COUNT);
    tcase_add_test(layouts, what_is_written_between_outputs_is_found_by_layouts_alone);
    tcase_add_test(layouts, strides_that_are_refused_or_never_seen_are_not_judged);
    tcase_add_loop_test(layouts, a_plugin_sees_strides_in_its_process_and_in_ours, 0,
                        3);
    tcase_add_loop_test(layouts, all_spreads_hold_an_image_among_NaN, 0,
                        WCK_SPREAD_COUNT);
    suite_add_tcase(suite, layouts);
    tcase_add_test(subsets,
                   a_gradient_that_is_another_beside_others_is_found_by_subsets_alone);
    tcase_add_test(subsets, a_gradient_that_nobody_asked_for_is_not_written);
    tcase_add_test(subsets, subsets_that_are_refused_are_not_judged);
    suite_add_tcase(suite, subsets);
    tcase_add_loop_test(
        special, coordinates_that_are_made_integers_are_found_by_special_alone, 0, 5);
    tcase_add_loop_test(special,
                        the_reference_passes_special_under_every_border_and_kernel, 0,
                        (int)wck_border_count());
    tcase_add_test(special, a_map_that_is_neither_is_no_place_for_special_coordinates);
    tcase_add_test(special, special_says_which_gradients_it_judged);
    tcase_add_test(special, samples_of_a_wide_image_are_judged_by_special);
    suite_add_tcase(suite, special);
    return suite;
}
