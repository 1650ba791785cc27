#include <check.h>
#include <math.h>
#include <string.h>

#include "check/suites.h"
#include "src/run/draws.h"

static const struct wck_warp sizes = {
    .source_width = 40, .source_height = 30, .output_width = 21, .output_height = 17};

static struct wck_draws draws_of(uint64_t seed, uint64_t count)
{
    return (struct wck_draws){.warp = &sizes,
                              .seed = seed,
                              .count = count,
                              .rotate = {-15.0, 25.0},
                              .scale = {0.75, 1.5},
                              .shift = {-4.0, 6.0},
                              .shear = {-5.0, 10.0}};
}

static bool next(struct wck_draws *draws, struct wck_map *map)
{
    bool more = false;

    ck_assert_int_eq(wck_draws_next(draws, map, &more, NULL), WCK_OK);
    return more;
}

START_TEST(a_seed_names_a_set_and_a_larger_one_begins_with_it)
{
    struct wck_draws few = draws_of(7, 5), many = draws_of(7, 50),
                     other = draws_of(8, 5);
    struct wck_map a, b, c;

    for (int k = 0; k < 5; k++) {
        ck_assert(next(&few, &a) && next(&many, &b) && next(&other, &c));
        ck_assert_mem_eq(a.matrix, b.matrix, sizeof a.matrix);
        ck_assert(memcmp(a.matrix, c.matrix, sizeof a.matrix) != 0);
    }
    ck_assert(!next(&few, &a));
    ck_assert(next(&many, &b));
}
END_TEST

/* One number at its value, and what it does to the centre and to its neighbours. */
static const struct {
    double rotate, scale, shift, shear; /* degrees, factor, pixels, degrees */
    double right[2], below[2];          /* where the steps (1, 0) and (0, 1) go */
} single[] = {
    {0, 1, 0, 0, {1, 0}, {0, 1}},  {90, 1, 0, 0, {0, -1}, {1, 0}},
    {0, 2, 0, 0, {2, 0}, {0, 2}},  {0, 1, 3, 0, {1, 0}, {0, 1}},
    {0, 1, 0, 45, {1, 0}, {1, 1}}, {90, 3, -2, 45, {0, -3}, {3, -3}},
};

START_TEST(each_number_does_what_its_name_says)
{
    struct wck_draws draws = {
        .warp = &sizes,
        .count = 1,
        .rotate = {single[_i].rotate, single[_i].rotate},
        .scale = {single[_i].scale, single[_i].scale},
        .shift = {single[_i].shift, single[_i].shift},
        .shear = {single[_i].shear, single[_i].shear},
    };
    struct wck_map map;
    const double *m = map.matrix;

    ck_assert(next(&draws, &map));
    /* Sine, cosine and tangent are off by an ulp or two, times a scale of 3; the
     * offsets add terms of up to 3 x 40. */
    ck_assert_double_eq_tol(m[0], single[_i].right[0], 3 * 0x1p-50);
    ck_assert_double_eq_tol(m[3], single[_i].right[1], 3 * 0x1p-50);
    ck_assert_double_eq_tol(m[1], single[_i].below[0], 3 * 0x1p-50);
    ck_assert_double_eq_tol(m[4], single[_i].below[1], 3 * 0x1p-50);
    ck_assert_double_eq_tol(m[0] * 19.5 + m[1] * 14.5 + m[2], 10.0 + single[_i].shift,
                            120 * 0x1p-50);
    ck_assert_double_eq_tol(m[3] * 19.5 + m[4] * 14.5 + m[5], 8.0 + single[_i].shift,
                            120 * 0x1p-50);
}
END_TEST

/* Read back from the matrices; 1000 uniform numbers miss a tenth of their range at an
 * end with a probability of 0.9^1000 = 1e-46. */
START_TEST(the_numbers_fill_their_ranges)
{
    struct wck_draws draws = draws_of(3, 1000);
    double low[5], high[5];
    struct wck_map map;

    for (int k = 0; k < 5; k++) {
        low[k] = (double)INFINITY;
        high[k] = -(double)INFINITY;
    }
    while (next(&draws, &map)) {
        const double *m = map.matrix;
        double scale = hypot(m[0], m[3]), degree = acos(-1.0) / 180.0;
        const double value[5] = {
            atan2(-m[3], m[0]) / degree,
            scale,
            m[0] * 19.5 + m[1] * 14.5 + m[2] - 10.0,
            m[3] * 19.5 + m[4] * 14.5 + m[5] - 8.0,
            atan((m[0] * m[1] + m[3] * m[4]) / (scale * scale)) / degree,
        };

        for (int k = 0; k < 5; k++) {
            low[k] = fmin(low[k], value[k]);
            high[k] = fmax(high[k], value[k]);
        }
    }
    for (int k = 0; k < 5; k++) {
        const struct wck_range range = k == 0   ? draws.rotate
                                       : k == 1 ? draws.scale
                                       : k < 4  ? draws.shift
                                                : draws.shear;
        double tenth = 0.1 * (range.high - range.low), rounding = 1e-11;

        ck_assert_double_ge(low[k], range.low - rounding);
        ck_assert_double_le(high[k], range.high + rounding);
        ck_assert_double_le(low[k], range.low + tenth);
        ck_assert_double_ge(high[k], range.high - tenth);
    }
}
END_TEST

START_TEST(a_singular_warp_is_named_by_its_number)
{
    struct wck_draws draws = {.warp = &sizes, .count = 2};
    struct wck_error err = {0};
    struct wck_map map;
    bool more;

    ck_assert_int_eq(wck_draws_next(&draws, &map, &more, &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "random warp 1: "));
}
END_TEST

Suite *wck_draws_suite(void)
{
    Suite *suite = suite_create("draws");
    TCase *tcase = tcase_create("draws");

    tcase_add_test(tcase, a_seed_names_a_set_and_a_larger_one_begins_with_it);
    tcase_add_loop_test(tcase, each_number_does_what_its_name_says, 0,
                        (int)(sizeof single / sizeof single[0]));
    tcase_add_test(tcase, the_numbers_fill_their_ranges);
    tcase_add_test(tcase, a_singular_warp_is_named_by_its_number);
    suite_add_tcase(suite, tcase);
    return suite;
}
