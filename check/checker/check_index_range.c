/* Subjects whose offsets do not fit 32 bits, and right ones, before index-range. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check/suites.h"
#include "reference/span.h"
#include "src/checker/checker.h"
#include "src/checker/latitude.h"
#include "src/checker/spread.h"
#include "src/deviation/deviation.h"
#include "src/subject/builtin.h"

#define CHECKER "index-range"
#define CAUSE "its offsets do not fit 32 bits"
#define MOST_RESIDENT 100e6 /* bytes */

/* The reference, but for what is set. */
struct flaw {
    struct wck_behaviour behaviour;
    bool narrow;   /* reads the image by offsets of 32 bits */
    bool flat;     /* reads it as if it had no gaps */
    bool dies_far; /* where it lies in pieces */
    bool dies;     /* where it has any gaps */
    bool refuses;  /* likewise */
    bool upstream; /* it is the upstream gradient */
    double rounds; /* added to an output in pieces */
    bool adjacent; /* takes columns to be one element apart; refuses that they are a
                      few */
    int lives;     /* that it says it has */
    int *calls;    /* forward ones of it, counted where this is not NULL */
    const char *flattens;
};

/* Where an element is taken to be. */
static ptrdiff_t offset_of(const struct flaw *in, const struct wck_image *image,
                           size_t plane, size_t pixel)
{
    ptrdiff_t at =
        wck_image_offset(image, plane, pixel / image->width, pixel % image->width);

    if (in->adjacent)
        at -= (ptrdiff_t)(pixel % image->width) *
              (wck_image_offset(image, 0, 0, 1) - wck_image_offset(image, 0, 0, 0) - 1);
    if (in->narrow)
        return (int32_t)(uint32_t)at;
    return in->flat ? (ptrdiff_t)(plane * wck_image_pixels(image) + pixel) : at;
}

/* What it takes an image for; the caller frees. */
static struct wck_image seen(const struct flaw *in, const struct wck_image *image)
{
    struct wck_image copy;

    ck_assert_int_eq(wck_image_new_like(&copy, WCK_FLOAT64, image, NULL), WCK_OK);
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t i = 0; i < wck_image_pixels(image); i++)
            wck_image_set(&copy, p, i / image->width, i % image->width,
                          wck_tensor_get(&image->tensor, offset_of(in, image, p, i)));
    }
    return copy;
}

static enum wck_status look(const struct flaw *in, const struct wck_image *image,
                            struct wck_error *err)
{
    bool far = wck_span_is_far(&image->tensor);
    bool gaps = !wck_span_is_plain(&image->tensor);

    if ((in->dies && gaps) || (in->dies_far && far))
        return wck_error_set(err, WCK_SUBJECT, "crashed");
    if (in->adjacent && !far && image->tensor.stride[image->tensor.rank - 1] > 1)
        return wck_error_set(err, WCK_UNSUPPORTED, "columns are apart");
    return in->refuses && gaps ? wck_error_set(err, WCK_UNSUPPORTED, "no such strides")
                               : WCK_OK;
}

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    struct flaw *in = state;
    struct wck_image as = in->upstream ? *image : seen(in, image);
    enum wck_status status = look(in, image, err);

    if (in->calls != NULL)
        ++*in->calls;
    if (status == WCK_OK)
        status = wck_subject_builtin.forward(&in->behaviour, problem, &as, output, err);
    if (status == WCK_OK && wck_span_is_far(&output->tensor))
        wck_image_set(output, 0, 1, 2, wck_image_get(output, 0, 1, 2) + in->rounds);
    if (!in->upstream)
        free(as.tensor.data);
    return status;
}

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    struct flaw *in = state;
    struct wck_image as = seen(in, in->upstream ? upstream : image);
    enum wck_status status =
        wck_subject_builtin.vjp(&in->behaviour, problem, in->upstream ? image : &as,
                                in->upstream ? &as : upstream, gradients, err);

    free(as.tensor.data);
    return status;
}

static const char *flattens(const void *state, bool outputs)
{
    (void)outputs;
    return ((const struct flaw *)state)->flattens;
}

static int lives(const void *state)
{
    return ((const struct flaw *)state)->lives;
}

static struct wck_subject *subject_of(const struct flaw *like)
{
    static const struct wck_subject_kind kind = {.prefix = "flaw",
                                                 .summary = "the reference, with one",
                                                 .close = free,
                                                 .forward = forward,
                                                 .vjp = vjp,
                                                 .lives = lives,
                                                 .flattens = flattens};
    struct flaw *state = malloc(sizeof *state);
    struct wck_subject *subject;

    ck_assert_ptr_nonnull(state);
    *state = *like;
    state->behaviour = wck_behaviour_reference();
    state->lives = like->lives != 0 ? like->lives : 3;
    ck_assert_int_eq(wck_subject_of_kind_take(&subject, &kind, "flaw", state, NULL),
                     WCK_OK);
    return subject;
}

static const double fill[] = {0.4375, -0.8125, 0.625};

/* Two rows, and more columns: the second row is 2^32 elements away. */
static struct wck_problem problem_of(const char *layout)
{
    static const double shear[6] = {1.0, 0.375, -0.5, -0.3125, 0.8828125, 0.5};
    struct wck_problem problem = {.dtype = WCK_FLOAT64,
                                  .layout = layout,
                                  .batch = strchr(layout, 'N') != NULL ? 2 : 1,
                                  .channels = strchr(layout, 'C') != NULL ? 3 : 1,
                                  .seed = 11,
                                  .warp = {.kernel = wck_kernel_find("bilinear"),
                                           .border = wck_border_find("constant"),
                                           .border_value = fill,
                                           .border_values = 1,
                                           .source_width = 5,
                                           .source_height = 2,
                                           .output_width = 4,
                                           .output_height = 3}};

    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map, shear, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return problem;
}

/* Takes the subject. */
static enum wck_status judge_take(struct wck_subject *subject,
                                  const struct wck_problem *problem,
                                  const char *checker, struct wck_findings *findings,
                                  struct wck_error *err)
{
    struct wck_trial trial = {
        .subject = subject, .problem = problem, .findings = findings};
    enum wck_status status;

    *findings = (struct wck_findings){0};
    if (err != NULL)
        *err = (struct wck_error){WCK_OK, ""};
    status = wck_checker_run(wck_checker_find(checker), &trial, err);
    wck_subject_free(subject);
    return status;
}

/* Is there room for what a job maps, here and for a worker?  An emulator or a sanitizer
 * may leave none. */
static bool is_room(void)
{
    static const char letters[] = "NCHW";
    struct wck_problem problem = problem_of("NCHW");
    struct wck_spread spreads[8];
    bool room = true;

    for (int a = 0; letters[a] != '\0'; a++) {
        const struct wck_spread_axis axis = {.letter = letters[a]};

        for (int i = 0; i < 8; i++)
            room = wck_spread_init_along(&spreads[i], &problem, i % 2 == 0, &axis,
                                         NULL) == WCK_OK &&
                   room;
        for (int i = 0; i < 8; i++)
            wck_spread_release(&spreads[i]);
    }
    return room;
}

/* The finding says it, or there is no room for it. */
static void assert_said(const struct wck_findings *findings, enum wck_verdict verdict,
                        const char *said)
{
    const struct wck_finding *f = findings->items;
    const char *text;

    ck_assert_uint_eq(findings->count, 1);
    text = f->cause != NULL ? f->cause : f->detail;
    if (f->verdict == WCK_NOT_APPLICABLE && strstr(text, "no room for") != NULL &&
        verdict != WCK_NOT_APPLICABLE && !is_room()) {
        printf("SKIP index_range: %s\n", text);
        return;
    }
    ck_assert_msg(f->verdict == verdict, "%s: %s", wck_verdict_id(f->verdict), text);
    ck_assert_msg(strstr(text, said) != NULL, "%s", text);
}

static void assert_judged_by(const struct flaw *in, const char *layout,
                             const char *kernel, enum wck_verdict verdict,
                             const char *said)
{
    struct wck_problem problem = problem_of(layout);
    struct wck_findings findings;
    struct wck_error err;

    problem.warp.kernel = wck_kernel_find(kernel);
    ck_assert_msg(judge_take(subject_of(in), &problem, CHECKER, &findings, &err) ==
                      WCK_OK,
                  "%s", err.text);
    assert_said(&findings, verdict, said);
    wck_findings_release(&findings);
}

static void assert_judged(const struct flaw *in, const char *layout,
                          enum wck_verdict verdict, const char *said)
{
    assert_judged_by(in, layout, "bilinear", verdict, said);
}

static void assert_size_judged(size_t height, size_t width, enum wck_verdict verdict,
                               const char *said)
{
    struct wck_problem problem = problem_of("HW");
    struct wck_findings findings;

    problem.warp.source_height = height;
    problem.warp.source_width = width;
    ck_assert_int_eq(judge_take(subject_of(&(struct flaw){.narrow = false}), &problem,
                                CHECKER, &findings, NULL),
                     WCK_OK);
    assert_said(&findings, verdict, said);
    wck_findings_release(&findings);
}

/* ---- in this process ---- */

START_TEST(offsets_of_32_bits_are_found_by_index_range_alone)
{
    struct flaw in = {.narrow = true, .upstream = _i == 1};
    struct wck_problem problem = problem_of("NCHW");

    assert_judged(&in, "NCHW", WCK_FAIL, CAUSE);
    for (size_t k = 0; k < wck_checker_count(); k++) {
        const struct wck_checker *other = wck_checker_row(k);
        struct wck_findings findings;
        struct wck_error err;

        if (strcmp(other->id, CHECKER) == 0 || other->for_recordings)
            continue;
        ck_assert_int_eq(
            judge_take(subject_of(&in), &problem, other->id, &findings, &err), WCK_OK);
        for (size_t i = 0; i < findings.count; i++)
            ck_assert_msg(findings.items[i].verdict == WCK_PASS ||
                              findings.items[i].verdict == WCK_NOT_APPLICABLE,
                          "%s finds it", other->id);
        wck_findings_release(&findings);
    }
}
END_TEST

START_TEST(every_axis_of_every_layout_is_put)
{
    static const struct {
        const char *layout, *said;
    } rows[] = {{"HW", "3 of 3 axes taken"},
                {"CHW", "4 of 4 axes taken"},
                {"HWC", "4 of 4 axes taken"},
                {"NCHW", "5 of 5 axes taken"},
                {"NHWC", "5 of 5 axes taken"}};

    assert_judged(&(struct flaw){.narrow = false}, rows[_i].layout, WCK_PASS,
                  rows[_i].said);
}
END_TEST

/* 33 of them, 2^31 elements apart, are not mapped. */
START_TEST(an_axis_with_too_many_indices_is_left_out_and_told)
{
    const size_t most[2] = {WCK_SPREAD_MOST, WCK_SPREAD_MOST + 1};

    for (int more = 0; more < 2; more++) {
        struct wck_problem problem = problem_of("HW");
        struct wck_spread spread;
        struct wck_error err = {WCK_OK, ""};
        ptrdiff_t stride;
        enum wck_status status;

        problem.warp.source_height = most[more];
        status = wck_spread_init_along(&spread, &problem, true,
                                       &(struct wck_spread_axis){.letter = 'H'}, &err);
        stride = spread.image.tensor.stride[0];
        wck_spread_release(&spread);
        if (more == 1)
            ck_assert_int_eq(status, WCK_UNSUPPORTED);
        else if (status != WCK_NO_MEMORY)
            ck_assert(status == WCK_OK && stride >= (ptrdiff_t)1 << 31);
    }
    assert_size_judged(2, WCK_SPREAD_MOST + 1, WCK_PASS,
                       "2 of 2 axes taken with 2^31 elements and more from one index "
                       "to the next; 1 not put, for they have more than 32 indices");
    assert_size_judged(WCK_SPREAD_MOST + 1, WCK_SPREAD_MOST + 1, WCK_NOT_APPLICABLE,
                       "of more than 32 indices none is put");
}
END_TEST

START_TEST(what_is_no_matter_of_the_range_is_not_blamed_on_it)
{
    assert_judged(&(struct flaw){.flat = true}, "HW", WCK_INCONCLUSIVE,
                  "strides are not heeded");
    assert_judged(&(struct flaw){.refuses = true}, "HW", WCK_NOT_APPLICABLE,
                  "no such strides");
    assert_judged(&(struct flaw){.flattens = "copied on the way"}, "HW",
                  WCK_NOT_APPLICABLE, "copied on the way");
}
END_TEST

START_TEST(other_bits_pass_as_far_as_rounding_goes)
{
    assert_judged(&(struct flaw){.rounds = 0x1p-52}, "HWC", WCK_PASS,
                  "4 of 4 axes taken with 2^31 elements and more from one index to the "
                  "next; in some with other bits");
    assert_judged(&(struct flaw){.rounds = 0x1p-36}, "HWC", WCK_FAIL, CAUSE);
    assert_judged_by(&(struct flaw){.rounds = 0x1p-52}, "HW", "area", WCK_INCONCLUSIVE,
                     "a footprint has no margins");
    assert_judged_by(&(struct flaw){.rounds = 0x1p-36}, "HW", "area", WCK_FAIL, CAUSE);
}
END_TEST

/* Halfway between two pixels either of them is right: what such an entry is says
 * nothing, and does not count. */
START_TEST(what_rounding_hides_is_told_and_not_compared)
{
    static const double half[6] = {1.0, 0.0, 0.5, 0.0, 1.0, 0.0};
    struct wck_problem problem = problem_of("HW");
    struct wck_findings findings;
    const struct wck_finding *f;

    problem.warp.kernel = wck_kernel_find("nearest");
    wck_map_affine(&problem.warp.map, half, WCK_OUTPUT_TO_SOURCE, NULL);
    ck_assert_int_eq(judge_take(subject_of(&(struct flaw){.rounds = 0x1p-52}), &problem,
                                CHECKER, &findings, NULL),
                     WCK_OK);
    assert_said(&findings, WCK_PASS, "entries not compared: rounding hides them");
    f = findings.items;
    if (f->verdict == WCK_PASS)
        ck_assert(f->detectable > 0.0 && f->detectable < 1.0);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(no_latitude_is_left_where_it_cannot_be_made)
{
    struct wck_problem problem = problem_of("HW");
    struct wck_latitude latitude;
    struct wck_image image, upstream;

    problem.warp.clips = true;
    ck_assert_int_eq(wck_problem_source(&problem, &image, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_output(&problem, &upstream, NULL), WCK_OK);
    ck_assert_int_eq(wck_latitude_make(&latitude, &problem, &image, &upstream, NULL),
                     WCK_UNSUPPORTED);
    ck_assert_ptr_null(latitude.output);
    free(image.tensor.data);
    free(upstream.tensor.data);
}
END_TEST

/* Rows are a matter of its range; columns it takes for others, far and near. */
START_TEST(a_way_that_is_misread_is_not_taken)
{
    struct wck_problem problem = problem_of("HW");
    struct wck_findings findings;

    ck_assert_int_eq(
        judge_take(subject_of(&(struct flaw){.narrow = true, .adjacent = true}),
                   &problem, CHECKER, &findings, NULL),
        WCK_OK);
    assert_said(&findings, WCK_FAIL, CAUSE);
    if (findings.items->verdict == WCK_FAIL)
        ck_assert_str_eq(findings.items->detail,
                         "2 of 3 axes taken with 2^31 elements and more from one index "
                         "to the next");
    wck_findings_release(&findings);
}
END_TEST

/* The plain call, and one from far away; no more where that may be the end of it. */
START_TEST(a_last_life_is_not_spent_on_the_diagnosis)
{
    for (int more = 0; more < 2; more++) {
        int calls = 0;
        struct flaw in = {.dies = true, .lives = 1 + more, .calls = &calls};
        struct wck_problem problem = problem_of("HW");
        struct wck_findings findings;
        struct wck_error err;

        if (judge_take(subject_of(&in), &problem, CHECKER, &findings, &err) !=
            WCK_SUBJECT)
            assert_said(&findings, WCK_FAIL, "there is room, and it does not die");
        else
            ck_assert_int_eq(calls, 2 + more);
        wck_findings_release(&findings);
    }
}
END_TEST

START_TEST(what_dies_far_away_alone_dies_of_its_range)
{
    struct wck_problem problem = problem_of("HW");
    struct wck_findings findings;
    struct wck_error err;
    enum wck_status status = judge_take(subject_of(&(struct flaw){.dies_far = true}),
                                        &problem, CHECKER, &findings, &err);

    if (status == WCK_SUBJECT)
        ck_assert_ptr_nonnull(strstr(err.text, "crashed: " CAUSE));
    assert_said(&findings, WCK_FAIL, "crashed: " CAUSE);
    wck_findings_release(&findings);
    status = judge_take(subject_of(&(struct flaw){.dies = true}), &problem, CHECKER,
                        &findings, &err);
    if (status == WCK_SUBJECT)
        ck_assert_str_eq(err.text, "crashed");
    else
        assert_said(&findings, WCK_FAIL, "there is room, and it does not die");
    wck_findings_release(&findings);
}
END_TEST

/* ---- plugins ---- */

#define EXAMPLE "plugin:examples/plugin/bilinear.so"
#define ALTERED "plugin:check/subject/altered.so"

static const struct {
    enum wck_transport transport; /* any: in this process */
    const char *subject, *altered;
    enum wck_verdict verdict;
    const char *said;
} ways[] = {
    {WCK_TRANSPORT_SHARED, EXAMPLE, "", WCK_PASS, "5 of 5 axes"},
    {WCK_TRANSPORT_ANY, EXAMPLE, "", WCK_PASS, "5 of 5 axes"},
    {WCK_TRANSPORT_PIPE, EXAMPLE, "", WCK_NOT_APPLICABLE, "by pipe"},
    {WCK_TRANSPORT_SHARED, ALTERED, "narrow", WCK_FAIL, CAUSE},
    {WCK_TRANSPORT_ANY, ALTERED, "narrow", WCK_FAIL, CAUSE},
    {WCK_TRANSPORT_SHARED, ALTERED, "trap", WCK_FAIL, "killed by SIGABRT: " CAUSE},
};

/* Bytes of this process that are in memory, shared ones too. */
static double resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    double pages = 0.0;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%*s %lf", &pages), 1);
    fclose(file);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

START_TEST(a_plugin_is_judged_in_its_process_and_in_ours)
{
    struct wck_subject_options options = {.transport = ways[_i].transport,
                                          .in_process =
                                              ways[_i].transport == WCK_TRANSPORT_ANY};
    struct wck_problem problem = problem_of("NCHW");
    struct wck_findings findings;
    struct wck_subject *subject;
    struct wck_trial trial = {.problem = &problem, .findings = &findings};
    struct wck_error err = {WCK_OK, ""};
    double before;
    enum wck_status status;

    findings = (struct wck_findings){0};
    setenv("WARPCHECK", "./warpcheck", 0);
    setenv("ALTERED", ways[_i].altered, 1);
    ck_assert_int_eq(wck_subject_new_with(&subject, ways[_i].subject, &options, NULL),
                     WCK_OK);
    trial.subject = subject;
    before = resident();
    status = wck_checker_run(wck_checker_find(CHECKER), &trial, &err);
    ck_assert_msg(status == WCK_OK || (status == WCK_SUBJECT && findings.count == 1),
                  "%s", err.text);
    ck_assert(resident() - before < MOST_RESIDENT);
    assert_said(&findings, ways[_i].verdict, ways[_i].said);
    wck_findings_release(&findings);
    wck_subject_free(subject);
}
END_TEST

/* An image without gaps is not far, however many elements its channels have: it and its
 * gradient travel as they are. */
START_TEST(a_large_plain_image_travels_whole)
{
    struct wck_problem problem = problem_of("CHW");
    struct wck_image image, gradient, upstream;
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};

    problem.dtype = WCK_FLOAT32;
    problem.channels = 2;
    problem.warp.source_height = 1;
    problem.warp.source_width = (size_t)WCK_SPAN_FAR;
    ck_assert_int_eq(wck_problem_source(&problem, &image, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_source(&problem, &gradient, NULL), WCK_OK);
    ck_assert_int_eq(wck_problem_output(&problem, &upstream, NULL), WCK_OK);
    ck_assert(!wck_span_is_far(&image.tensor));
    wck_image_set(&upstream, 1, 0, 1, 1.0);
    setenv("WARPCHECK", "./warpcheck", 0);
    ck_assert_int_eq(wck_subject_new(&subject, EXAMPLE, NULL), WCK_OK);
    ck_assert_msg(wck_subject_vjp(subject, &problem, &image, &upstream,
                                  &(struct wck_gradients){.image = &gradient},
                                  &err) == WCK_OK,
                  "%s", err.text);
    ck_assert_double_gt(wck_image_get(&gradient, 1, 0, 1), 0.25);
    wck_subject_free(subject);
    free(image.tensor.data);
    free(gradient.tensor.data);
    free(upstream.tensor.data);
}
END_TEST

/* ---- room ---- */

/* Nothing is lost by a room that is not there: not the job, and not the next call. */
START_TEST(where_there_is_no_room_nothing_is_judged)
{
    struct wck_problem problem = problem_of("HW");
    struct wck_findings findings;
    struct wck_subject *subject;
    struct rlimit limit = {.rlim_cur = (rlim_t)(_i == 0 ? 8 : 300) << 30,
                           .rlim_max = RLIM_INFINITY};
    struct wck_trial trial = {.problem = &problem, .findings = &findings};

#ifdef __SANITIZE_ADDRESS__
    printf("SKIP index_range: a sanitizer has no room itself then\n");
    return;
#endif
    findings = (struct wck_findings){0};
    ck_assert_int_eq(
        wck_subject_new_with(&subject, EXAMPLE,
                             &(struct wck_subject_options){.in_process = true}, NULL),
        WCK_OK);
    trial.subject = subject;
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_int_eq(wck_checker_run(wck_checker_find(CHECKER), &trial, NULL), WCK_OK);
    assert_said(&findings, WCK_NOT_APPLICABLE, "no room for");
    wck_findings_release(&findings);
    ck_assert_int_eq(wck_checker_run(wck_checker_find("forward"), &trial, NULL),
                     WCK_OK);
    ck_assert_int_eq(findings.items->verdict, WCK_PASS);
    wck_findings_release(&findings);
    wck_subject_free(subject);
}
END_TEST

Suite *wck_index_range_suite(void)
{
    Suite *suite = suite_create("index-range");
    TCase *tcase = tcase_create("index-range");

    tcase_add_loop_test(tcase, offsets_of_32_bits_are_found_by_index_range_alone, 0, 2);
    tcase_add_loop_test(tcase, every_axis_of_every_layout_is_put, 0, 5);
    tcase_add_test(tcase, an_axis_with_too_many_indices_is_left_out_and_told);
    tcase_add_test(tcase, what_is_no_matter_of_the_range_is_not_blamed_on_it);
    tcase_add_test(tcase, other_bits_pass_as_far_as_rounding_goes);
    tcase_add_test(tcase, what_rounding_hides_is_told_and_not_compared);
    tcase_add_test(tcase, no_latitude_is_left_where_it_cannot_be_made);
    tcase_add_test(tcase, a_way_that_is_misread_is_not_taken);
    tcase_add_test(tcase, a_last_life_is_not_spent_on_the_diagnosis);
    tcase_add_test(tcase, what_dies_far_away_alone_dies_of_its_range);
    tcase_add_loop_test(tcase, a_plugin_is_judged_in_its_process_and_in_ours, 0,
                        (int)(sizeof ways / sizeof ways[0]));
    tcase_add_test(tcase, a_large_plain_image_travels_whole);
    tcase_add_loop_test(tcase, where_there_is_no_room_nothing_is_judged, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
