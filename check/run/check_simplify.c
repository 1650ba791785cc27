/* Simplifications: each makes a problem simpler, keeps what it must, and comes to an
 * end. */
#include "src/run/simplify.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"

#define CUTS 16 /* attempts of the rows that cut */

static const double border_value[] = {0.4375, 0.46875, 0.5};

/* Dyadic, so that every coordinate is exact. */
static struct wck_problem problem_of(enum wck_direction direction)
{
    const double matrix[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};
    double forward[6];
    struct wck_problem problem = {.warp = {.kernel = wck_kernel_find("cubic-0.5"),
                                           .border = wck_border_find("constant"),
                                           .border_value = border_value,
                                           .border_values = 3,
                                           .source_height = 13,
                                           .source_width = 17,
                                           .output_height = 11,
                                           .output_width = 19},
                                  .dtype = WCK_FLOAT32,
                                  .layout = "NCHW",
                                  .batch = 2,
                                  .channels = 3,
                                  .seed = 77};

    ck_assert_int_eq(wck_affine_invert(matrix, forward, NULL), WCK_OK);
    ck_assert_int_eq(
        wck_map_affine(&problem.warp.map,
                       direction == WCK_SOURCE_TO_OUTPUT ? forward : matrix, direction,
                       NULL),
        WCK_OK);
    return problem;
}

static const struct wck_simplification *find(const char *name)
{
    for (size_t i = 0; i < wck_simplification_count(); i++) {
        if (strcmp(wck_simplification_row(i)->name, name) == 0)
            return wck_simplification_row(i);
    }
    ck_abort_msg("there is no simplification %s", name);
    return NULL;
}

static void coordinate_of(const struct wck_warp *warp, size_t x, size_t y, double at[2])
{
    struct wck_block block = {
        .first = y * warp->output_width + x, .count = 1, .x = &at[0], .y = &at[1]};

    wck_stages_reference.coordinate(warp, &block);
}

/* Pixels that were cut off before the first that is left. */
static void origin_of(size_t attempt, size_t width, size_t height, size_t origin[2])
{
    origin[0] = attempt % 2 == 1 ? width : 0;
    origin[1] = attempt % 2 == 1 ? height : 0;
}

/* Attempt by attempt, in both directions. */
START_TEST(what_is_left_of_an_output_is_sampled_where_it_was)
{
    struct wck_problem problem =
        problem_of(_i % 2 == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE);
    const struct wck_simplification *row = find("output");
    size_t attempt = (size_t)_i / 2, origin[2];
    struct wck_simpler cut;

    ck_assert_uint_eq(row->attempts, CUTS);
    wck_simpler_of(&cut, &problem);
    ck_assert(row->apply(&cut, attempt));
    origin_of(attempt, 19 - cut.problem.warp.output_width,
              11 - cut.problem.warp.output_height, origin);
    ck_assert_uint_lt(cut.problem.warp.output_width * cut.problem.warp.output_height,
                      11 * 19);
    for (size_t y = 0; y < cut.problem.warp.output_height; y++) {
        for (size_t x = 0; x < cut.problem.warp.output_width; x++) {
            double was[2], is[2];

            coordinate_of(&problem.warp, x + origin[0], y + origin[1], was);
            coordinate_of(&cut.problem.warp, x, y, is);
            ck_assert_double_eq(was[0], is[0]);
            ck_assert_double_eq(was[1], is[1]);
        }
    }
}
END_TEST

START_TEST(what_is_left_of_an_image_is_sampled_where_it_was)
{
    struct wck_problem problem =
        problem_of(_i % 2 == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE);
    const struct wck_simplification *row = find("image");
    size_t attempt = (size_t)_i / 2, origin[2];
    struct wck_simpler cut;

    ck_assert_uint_eq(row->attempts, CUTS);
    wck_simpler_of(&cut, &problem);
    ck_assert(row->apply(&cut, attempt));
    origin_of(attempt, 17 - cut.problem.warp.source_width,
              13 - cut.problem.warp.source_height, origin);
    for (size_t y = 0; y < 11; y++) {
        for (size_t x = 0; x < 19; x++) {
            double was[2], is[2];

            coordinate_of(&problem.warp, x, y, was);
            coordinate_of(&cut.problem.warp, x, y, is);
            ck_assert_double_eq(was[0] - (double)origin[0], is[0]);
            ck_assert_double_eq(was[1] - (double)origin[1], is[1]);
        }
    }
}
END_TEST

/* The same things stay the same, and the rest is a problem that can be put. */
static void assert_sound(const struct wck_problem *from, const struct wck_simpler *to)
{
    const struct wck_problem *p = &to->problem;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(wck_warp_check(&p->warp, &err) == WCK_OK, "%s", err.text);
    ck_assert_ptr_eq(p->warp.border_value, to->border_value);
    ck_assert(p->warp.border_values == 1 || p->warp.border_values == p->channels);
    ck_assert_uint_ge(p->channels, 1);
    ck_assert_uint_le(p->channels, from->channels);
    ck_assert_uint_le(p->batch, from->batch);
    ck_assert_uint_le(p->warp.source_width, from->warp.source_width);
    ck_assert_uint_le(p->warp.source_height, from->warp.source_height);
    ck_assert_uint_le(p->warp.output_width, from->warp.output_width);
    ck_assert_uint_le(p->warp.output_height, from->warp.output_height);
    ck_assert_ptr_eq(p->warp.kernel, from->warp.kernel);
    ck_assert_ptr_eq(p->warp.border, from->warp.border);
    ck_assert_int_eq(p->warp.map.direction, from->warp.map.direction);
    ck_assert_int_eq(p->dtype, from->dtype);
    ck_assert_uint_eq(p->seed, from->seed);
}

START_TEST(every_row_comes_to_an_end)
{
    const struct wck_simplification *row = wck_simplification_row((size_t)_i);

    ck_assert_ptr_nonnull(row->summary);
    for (int d = 0; d < 2; d++) {
        struct wck_problem problem =
            problem_of(d == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE);
        size_t applied = 0;

        for (size_t attempt = 0; attempt < row->attempts; attempt++) {
            struct wck_simpler simpler, next;

            wck_simpler_of(&simpler, &problem);
            for (size_t i = 0; i < 1000; i++) {
                wck_simpler_of(&next, &simpler.problem);
                if (!row->apply(&next, attempt))
                    break;
                assert_sound(&simpler.problem, &next);
                wck_simpler_of(&simpler, &next.problem);
                applied++;
                ck_assert_uint_lt(i, 100);
            }
        }
        ck_assert_uint_gt(applied, 0);
    }
}
END_TEST

/* Where everything is kept, nothing is left to do in the end. */
START_TEST(all_rows_together_end_with_one_pixel_of_the_identity)
{
    const double identity[6] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0};
    struct wck_problem problem = problem_of(WCK_SOURCE_TO_OUTPUT);
    struct wck_simpler simpler;
    bool changed = true;

    wck_simpler_of(&simpler, &problem);
    for (int round = 0; changed; round++) {
        ck_assert_int_lt(round, 10);
        changed = false;
        for (size_t r = 0; r < wck_simplification_count(); r++) {
            for (size_t a = 0; a < wck_simplification_row(r)->attempts; a++) {
                struct wck_simpler next;

                wck_simpler_of(&next, &simpler.problem);
                if (!wck_simplification_row(r)->apply(&next, a))
                    continue;
                wck_simpler_of(&simpler, &next.problem);
                changed = true;
            }
        }
    }
    ck_assert_str_eq(simpler.problem.layout, "HW");
    ck_assert_uint_eq(simpler.problem.batch * simpler.problem.channels, 1);
    ck_assert_uint_eq(simpler.problem.warp.source_width, 1);
    ck_assert_uint_eq(simpler.problem.warp.source_height, 1);
    ck_assert_uint_eq(simpler.problem.warp.output_width, 1);
    ck_assert_uint_eq(simpler.problem.warp.output_height, 1);
    ck_assert_double_eq(simpler.border_value[0], 0.0);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(simpler.problem.warp.map.matrix[i], identity[i]);
}
END_TEST

/* No option says a border value that the border does not read. */
START_TEST(a_border_value_that_is_not_read_is_left_alone)
{
    struct wck_problem problem = problem_of(WCK_SOURCE_TO_OUTPUT);
    struct wck_simpler simpler;

    problem.warp.border = wck_border_find("wrap");
    wck_simpler_of(&simpler, &problem);
    for (size_t a = 0; a < find("border-value")->attempts; a++)
        ck_assert(!find("border-value")->apply(&simpler, a));
    ck_assert_double_eq(simpler.border_value[1], border_value[1]);
}
END_TEST

Suite *wck_simplify_suite(void)
{
    Suite *suite = suite_create("simplify");
    TCase *rows = tcase_create("rows");
    int count = (int)wck_simplification_count();

    tcase_add_loop_test(rows, what_is_left_of_an_output_is_sampled_where_it_was, 0,
                        2 * CUTS);
    tcase_add_loop_test(rows, what_is_left_of_an_image_is_sampled_where_it_was, 0,
                        2 * CUTS);
    tcase_add_loop_test(rows, every_row_comes_to_an_end, 0, count);
    tcase_add_test(rows, all_rows_together_end_with_one_pixel_of_the_identity);
    tcase_add_test(rows, a_border_value_that_is_not_read_is_left_alone);
    suite_add_tcase(suite, rows);
    return suite;
}
