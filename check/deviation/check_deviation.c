/* Deviations: each is another warp than the reference, and than every other. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/deviation/deviation.h"
#include "src/diagnose/trace.h"
#include "src/run/plan.h"

/* Two right answers may lie up to four bounds apart. */
#define APART 4.0

static struct wck_plan plan;

static void make_plan(void)
{
    static const enum wck_dtype dtype = WCK_FLOAT64;
    struct wck_verify_request request = {.layout = "NHWC", .dtype = &dtype};

    ck_assert_int_eq(wck_plan_make(&plan, &request, NULL), WCK_OK);
}

static void release_plan(void)
{
    wck_plan_release(&plan);
}

/* Rows of deviations; the one after the last is the reference itself. */
static struct wck_behaviour behaviour_of(size_t row)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();

    if (row < wck_deviation_count())
        wck_deviation_row(row)->apply(&behaviour);
    return behaviour;
}

static const char *name_of(size_t row)
{
    return row < wck_deviation_count() ? wck_deviation_row(row)->name : "the reference";
}

static void trace(size_t row, const struct wck_problem *problem,
                  struct wck_trace *trace)
{
    struct wck_behaviour behaviour = behaviour_of(row);

    ck_assert_int_eq(wck_trace_behaviour(trace, &behaviour, problem, NULL, NULL),
                     WCK_OK);
}

static double ratio_of(const struct wck_trace *a, const struct wck_trace *b)
{
    double ratio, distance;

    wck_trace_compare(a, b, &ratio, &distance);
    return ratio;
}

static bool serves(size_t row, const struct wck_problem *problem)
{
    struct wck_behaviour behaviour = behaviour_of(row);

    return wck_behaviour_serves(&behaviour, &problem->warp);
}

/* Pairs of rows, and which of them have a witness. */
struct pairs {
    size_t rows, open;
    bool *apart;
};

static bool is_open(const struct pairs *pairs, size_t i)
{
    for (size_t j = 0; j < pairs->rows; j++) {
        if (j != i && !pairs->apart[i < j ? i * pairs->rows + j : j * pairs->rows + i])
            return true;
    }
    return false;
}

/* Marks the pairs of rows that differ on one problem. */
static void find_witnesses(const struct wck_problem *problem, struct pairs *pairs)
{
    size_t rows = pairs->rows;
    struct wck_trace *traces = calloc(rows, sizeof *traces);

    ck_assert_ptr_nonnull(traces);
    for (size_t i = 0; i < rows; i++) {
        if (serves(i, problem) && is_open(pairs, i))
            trace(i, problem, &traces[i]);
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i + 1; j < rows; j++) {
            bool *apart = &pairs->apart[i * rows + j];

            if (*apart || traces[i].count == 0 || traces[j].count == 0 ||
                ratio_of(&traces[i], &traces[j]) <= APART)
                continue;
            *apart = true;
            pairs->open--;
        }
    }
    for (size_t i = 0; i < rows; i++)
        wck_trace_release(&traces[i]);
    free(traces);
}

/* Past the ends of tiles and of 16 bits; what is wrong only there shows here. */
static struct wck_problem large_problem(void)
{
    struct wck_problem large = plan.problems[0];

    large.warp.kernel = wck_kernel_find("bilinear");
    large.warp.source_width = large.warp.output_width = 307;
    large.warp.source_height = large.warp.output_height = 263;
    large.layout = "HW";
    large.batch = large.channels = large.warp.border_values = 1;
    return large;
}

START_TEST(no_two_rows_are_equivalent_and_none_is_the_reference)
{
    size_t rows = wck_deviation_count() + 1;
    struct pairs pairs = {.rows = rows, .open = rows * (rows - 1) / 2};
    struct wck_problem large = large_problem();

    pairs.apart = calloc(rows * rows, sizeof *pairs.apart);
    ck_assert_ptr_nonnull(pairs.apart);
    ck_assert_uint_ge(rows, 80 + 1);
    find_witnesses(&large, &pairs);
    /* Kernels stand next to each other in the plan: a stride visits them by turns. */
    for (size_t i = 0; i < plan.count && pairs.open > 0; i++)
        find_witnesses(&plan.problems[i * 61 % plan.count], &pairs);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i + 1; j < rows; j++)
            ck_assert_msg(pairs.apart[i * rows + j], "%s and %s are equivalent",
                          name_of(i), name_of(j));
    }
    free(pairs.apart);
}
END_TEST

/* Far, near, on either side, for whole numbers and beside them. */
static const double places[] = {-1e300, -1e20, -0x1p31, -7.25,  -2.0, -1.5, -1.0,
                                -0.2,   0.0,   0.5,     1.0,    1.75, 2.0,  3.25,
                                4.999,  5.0,   6.5,     0x1p31, 1e20, 1e300};

static void assert_inside(const struct wck_stages *stages, const struct wck_warp *warp,
                          const char *name, size_t extent)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        for (int axis = WCK_X; axis <= WCK_Y; axis++) {
            struct wck_stencil to = {0};

            stages->stencil(warp, (enum wck_axis)axis, places[i], &to);
            for (int k = 0; k < to.count; k++)
                ck_assert_msg(to.index[k] == WCK_BORDER_VALUE ||
                                  (to.index[k] >= 0 && to.index[k] < (ptrdiff_t)extent),
                              "%s, %s, border %s, %zu pixels, at %g: reads pixel %td",
                              name, warp->kernel->name, warp->border->name, extent,
                              places[i], to.index[k]);
        }
    }
}

/* A diagnosis tries every row on images of any size, and coordinates of any. */
START_TEST(no_row_reads_beyond_an_image_however_small)
{
    double value = 0.5;
    struct wck_warp warp = {.border_value = &value, .border_values = 1};
    struct wck_behaviour behaviour = behaviour_of((size_t)_i);

    warp.output_width = warp.output_height = 3;
    for (size_t extent = 1; extent <= 6; extent++) {
        warp.source_width = warp.source_height = extent;
        for (size_t k = 0; (warp.kernel = wck_kernel_row(k)) != NULL; k++) {
            for (size_t b = 0; (warp.border = wck_border_row(b)) != NULL; b++) {
                if (!wck_behaviour_serves(&behaviour, &warp) || warp.kernel->footprint)
                    continue;
                assert_inside(&behaviour.forward, &warp, name_of((size_t)_i), extent);
                assert_inside(&behaviour.backward, &warp, name_of((size_t)_i), extent);
            }
        }
    }
}
END_TEST

START_TEST(every_row_says_what_it_is)
{
    size_t count = wck_deviation_count();

    for (size_t i = 0; i < count; i++) {
        const struct wck_deviation *row = wck_deviation_row(i);

        ck_assert_ptr_eq(wck_deviation_find(row->name), row);
        ck_assert(strlen(row->summary) > 20 && strlen(row->source) > 5);
        ck_assert(strlen(row->remedy) > 10);
        ck_assert(row->kernel == NULL || wck_kernel_find(row->kernel) != NULL);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(row->summary, wck_deviation_row(j)->summary);
    }
    ck_assert_ptr_null(wck_deviation_row(count));
    ck_assert_ptr_null(wck_deviation_find("sampling"));
    ck_assert_ptr_null(wck_deviation_find(""));
}
END_TEST

/* What a row does on every problem is what the reference does with another border. */
static void assert_border(const char *row, const char *asked, const char *border)
{
    size_t compared = 0;

    for (size_t i = 0; i < plan.count; i++) {
        struct wck_problem problem = plan.problems[i], other = problem;
        struct wck_trace a, b;

        if ((asked != NULL && strcmp(problem.warp.border->name, asked) != 0) ||
            problem.warp.kernel->footprint) /* it has no indices along an axis */
            continue;
        other.warp.border = wck_border_find(border);
        for (size_t k = 0; k < wck_deviation_count(); k++) {
            if (strcmp(wck_deviation_row(k)->name, row) != 0)
                continue;
            trace(k, &problem, &a);
            trace(wck_deviation_count(), &other, &b);
            ck_assert_double_le(ratio_of(&a, &b), 1.0);
            wck_trace_release(&a);
            wck_trace_release(&b);
            compared++;
        }
    }
    ck_assert_uint_gt(compared, 10);
}

START_TEST(clamping_the_indices_before_the_weights_is_border_replicate)
{
    assert_border("clamped-indices", NULL, "replicate");
    ck_assert_str_eq(wck_deviation_find("clamped-indices")->equivalent,
                     "border replicate");
}
END_TEST

START_TEST(reflecting_as_a_mirror_is_border_reflect_101)
{
    assert_border("reflect-as-mirror", "reflect", "reflect_101");
    assert_border("reflect-as-mirror", "wrap", "wrap");
}
END_TEST

/* The taps of the coordinate u of an axis of 5 pixels. */
static struct wck_stencil stencil_of(const char *row, const char *border, double u)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find(border),
                            .source_width = 5,
                            .source_height = 7};
    struct wck_stencil stencil;

    wck_deviation_find(row)->apply(&behaviour);
    behaviour.forward.stencil(&warp, WCK_X, u, &stencil);
    return stencil;
}

static void assert_tap(const struct wck_stencil *stencil, int k, ptrdiff_t index,
                       double weight)
{
    ck_assert_int_lt(k, stencil->count);
    ck_assert_int_eq(stencil->index[k], index);
    ck_assert_double_eq(stencil->weight[k], weight);
}

START_TEST(truncation_extrapolates_between_minus_one_and_zero)
{
    struct wck_stencil s = stencil_of("truncated-base", "constant", -0.25);

    assert_tap(&s, 0, 0, 1.25);
    assert_tap(&s, 1, 1, -0.25);
    /* Below -1 it reads one pixel to the right of the right ones. */
    s = stencil_of("truncated-base", "wrap", -1.25);
    assert_tap(&s, 0, 4, 1.25);
    assert_tap(&s, 1, 0, -0.25);
    s = stencil_of("truncated-base", "constant", 2.25);
    assert_tap(&s, 0, 2, 0.75);
    assert_tap(&s, 1, 3, 0.25);
}
END_TEST

START_TEST(truncating_and_clamping_extends_the_edge_beyond_the_band_of_extrapolation)
{
    struct wck_stencil s = stencil_of("truncated-and-clamped", "constant", -0.25);

    assert_tap(&s, 0, 0, 1.25);
    assert_tap(&s, 1, 1, -0.25);
    s = stencil_of("truncated-and-clamped", "constant", -1.25);
    assert_tap(&s, 0, 0, 1.25 - 0.25);
    ck_assert_int_eq(s.count, 1);
    s = stencil_of("truncated-and-clamped", "constant", 6.5);
    assert_tap(&s, 0, 4, 1.0);
    ck_assert_int_eq(s.count, 1);
}
END_TEST

START_TEST(clamped_taps_of_a_coordinate_that_is_not_finite_are_none)
{
    ck_assert_int_eq(stencil_of("clamped-indices", "wrap", (double)NAN).count, 0);
    ck_assert_int_eq(
        stencil_of("truncated-and-clamped", "wrap", (double)INFINITY).count, 0);
}
END_TEST

/* Do outputs, which begin a trace, agree bit for bit? */
static bool same_outputs(const struct wck_trace *a, const struct wck_trace *b,
                         const struct wck_problem *problem)
{
    size_t outputs =
        wck_warp_samples(&problem->warp) * problem->batch * problem->channels;

    return memcmp(a->value, b->value, outputs * sizeof *a->value) == 0;
}

START_TEST(deviations_of_the_pull_back_leave_the_output_alone)
{
    size_t of_pullback = 0, of_output = 0;

    for (size_t row = 0; row < wck_deviation_count(); row++) {
        enum wck_scope scope = wck_deviation_scope(wck_deviation_row(row));

        of_pullback += scope == WCK_SCOPE_BACKWARD;
        of_output += scope == WCK_SCOPE_FORWARD;
        for (size_t i = 0; i < plan.count && scope == WCK_SCOPE_BACKWARD; i += 37) {
            struct wck_trace a, b;

            if (!serves(row, &plan.problems[i]))
                continue;
            trace(row, &plan.problems[i], &a);
            trace(wck_deviation_count(), &plan.problems[i], &b);
            ck_assert(same_outputs(&a, &b, &plan.problems[i]));
            wck_trace_release(&a);
            wck_trace_release(&b);
        }
    }
    ck_assert_uint_ge(of_pullback, 40);
    ck_assert_uint_ge(of_output, 10);
}
END_TEST

/* It would be the reference: nobody shall take that for a pass. */
START_TEST(a_deviation_of_taps_along_an_axis_is_refused_where_there_are_none)
{
    struct wck_problem problem = plan.problems[0];
    struct wck_error err = {WCK_OK, ""};
    size_t refused = 0;

    problem.warp.kernel = wck_kernel_find("area");
    for (size_t row = 0; row <= wck_deviation_count(); row++) {
        struct wck_behaviour behaviour = behaviour_of(row);
        struct wck_trace t;
        enum wck_status status =
            wck_trace_behaviour(&t, &behaviour, &problem, NULL, &err);

        ck_assert_int_eq(status, serves(row, &problem) ? WCK_OK : WCK_UNSUPPORTED);
        refused += status != WCK_OK;
        wck_trace_release(&t);
    }
    ck_assert_ptr_nonnull(strstr(err.text, "kernel area has none"));
    ck_assert_uint_ge(refused, 4);
    ck_assert_uint_lt(refused, wck_deviation_count());
    ck_assert(serves(wck_deviation_count(), &problem));
}
END_TEST

START_TEST(whole_outputs_are_whole_and_send_nothing_back)
{
    size_t row = 0;
    const struct wck_problem *problem = &plan.problems[0];
    size_t outputs =
        wck_warp_samples(&problem->warp) * problem->batch * problem->channels;
    struct wck_trace t;

    while (strcmp(wck_deviation_row(row)->name, "whole-outputs") != 0)
        row++;
    trace(row, problem, &t);
    for (size_t i = 0; i < outputs; i++)
        ck_assert_double_eq(t.value[i], nearbyint(t.value[i]));
    for (size_t i = 0; i < problem->channels * wck_warp_extent(&problem->warp, WCK_X) *
                               wck_warp_extent(&problem->warp, WCK_Y);
         i++)
        ck_assert_double_eq(t.value[t.end[WCK_SECTION_OUTPUT] + i], 0.0);
    wck_trace_release(&t);
}
END_TEST

START_TEST(a_behaviour_passes_the_errors_of_the_warp_on)
{
    struct wck_behaviour behaviour = behaviour_of(0);
    struct wck_problem problem = plan.problems[0];
    struct wck_trace t;
    struct wck_error err = {WCK_OK, ""};

    problem.warp.kernel = NULL;
    ck_assert_int_eq(wck_behaviour_forward(&behaviour, &problem.warp, NULL, NULL, &err),
                     WCK_INVALID);
    ck_assert_int_eq(err.status, WCK_INVALID);
    problem = plan.problems[0];
    problem.layout = "CHW";
    problem.channels = 0;
    err = (struct wck_error){WCK_OK, ""};
    ck_assert_int_ne(wck_trace_behaviour(&t, &behaviour, &problem, NULL, &err), WCK_OK);
    ck_assert_int_ne(err.status, WCK_OK);
    wck_trace_release(&t);
}
END_TEST

Suite *wck_deviation_suite(void)
{
    Suite *suite = suite_create("deviation");
    TCase *rows = tcase_create("rows"), *parts = tcase_create("parts");

    tcase_set_timeout(rows, 120);
    tcase_add_unchecked_fixture(rows, make_plan, release_plan);
    tcase_add_test(rows, no_two_rows_are_equivalent_and_none_is_the_reference);
    tcase_add_test(rows, clamping_the_indices_before_the_weights_is_border_replicate);
    tcase_add_test(rows, reflecting_as_a_mirror_is_border_reflect_101);
    tcase_add_test(rows, deviations_of_the_pull_back_leave_the_output_alone);
    tcase_add_test(rows, whole_outputs_are_whole_and_send_nothing_back);
    tcase_add_test(rows,
                   a_deviation_of_taps_along_an_axis_is_refused_where_there_are_none);
    tcase_add_test(rows, a_behaviour_passes_the_errors_of_the_warp_on);
    suite_add_tcase(suite, rows);
    tcase_add_test(parts, every_row_says_what_it_is);
    tcase_add_loop_test(parts, no_row_reads_beyond_an_image_however_small, 0,
                        (int)wck_deviation_count() + 1);
    tcase_add_test(parts, truncation_extrapolates_between_minus_one_and_zero);
    tcase_add_test(
        parts,
        truncating_and_clamping_extends_the_edge_beyond_the_band_of_extrapolation);
    tcase_add_test(parts, clamped_taps_of_a_coordinate_that_is_not_finite_are_none);
    suite_add_tcase(suite, parts);
    return suite;
}
