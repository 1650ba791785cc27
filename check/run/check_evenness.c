#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/run/evenness.h"

#define WIDTH 70
#define HEIGHT 50

enum { COLUMNS, ROWS, CHECKERBOARD };

/* A map of weights, all of it in view. */
struct map {
    double weight[WIDTH * HEIGHT];
    unsigned char reason[WIDTH * HEIGHT];
    struct wck_coverage coverage;
};

static void init(struct map *map, double (*weight)(size_t x, size_t y))
{
    map->coverage = (struct wck_coverage){.planes = 1,
                                          .height = HEIGHT,
                                          .width = WIDTH,
                                          .pixel_reason = map->reason,
                                          .weight = map->weight};
    for (size_t p = 0; p < WIDTH * HEIGHT; p++) {
        map->weight[p] = weight(p % WIDTH, p / WIDTH);
        map->reason[p] = WCK_COVERED;
    }
}

static struct wck_evenness measure(const struct map *map)
{
    struct wck_evenness evenness;

    ck_assert_int_eq(wck_evenness_measure(&evenness, &map->coverage, 2, NULL), WCK_OK);
    return evenness;
}

static double constant(size_t x, size_t y)
{
    (void)x;
    (void)y;
    return 0.75;
}

/* A slope and a bow along both axes: uneven, but of no parity. */
static double bowed(size_t x, size_t y)
{
    double u = (double)x, v = (double)y;

    return 5.0 + 0.25 * u - 0.125 * v + 0.03125 * u * u - 0.0625 * v * v +
           0.125 * u * v;
}

static double columns(size_t x, size_t y)
{
    return bowed(x, y) + (x % 2 == 0 ? 0.5 : -0.5);
}

static double rows(size_t x, size_t y)
{
    return bowed(x, y) + (y % 2 == 0 ? -0.25 : 0.25);
}

static double checkerboard(size_t x, size_t y)
{
    return bowed(x, y) + ((x + y) % 2 == 0 ? 1.0 : -1.0);
}

/* A period that comes and goes: 2.2 pixels. */
static double wave(size_t x, size_t y)
{
    return 2.0 + cos(6.283185307179586 * ((double)x + 0.3 * (double)y) / 2.2);
}

START_TEST(even_weights_have_no_variation)
{
    struct map map;
    struct wck_evenness evenness;

    init(&map, constant);
    evenness = measure(&map);
    ck_assert_double_eq(evenness.mean, 0.75);
    ck_assert_double_eq(evenness.variation, 0.0);
    /* Tiles of 10x10, for 70 is cut into 8 rounded up to an even number. */
    ck_assert_uint_eq(evenness.tiles, 7 * 5);
    for (int k = 0; k < WCK_PATTERNS; k++) {
        ck_assert(!evenness.patterns[k].significant);
        ck_assert_uint_eq(evenness.patterns[k].agree, 0);
    }
}
END_TEST

static const struct {
    double (*weight)(size_t x, size_t y);
    int pattern; /* -1: none */
    double contrast;
} fields[] = {
    {bowed, -1, 0.0},   {columns, COLUMNS, 1.0},
    {rows, ROWS, -0.5}, {checkerboard, CHECKERBOARD, 2.0},
    {wave, -1, 0.0},
};

START_TEST(a_pattern_is_found_on_any_slope_and_nothing_else_is)
{
    struct map map;
    struct wck_evenness evenness;

    init(&map, fields[_i].weight);
    evenness = measure(&map);
    for (int k = 0; k < WCK_PATTERNS; k++) {
        const struct wck_pattern *pattern = &evenness.patterns[k];

        ck_assert_msg(pattern->significant == (k == fields[_i].pattern), "%s",
                      pattern->name);
        if (k != fields[_i].pattern)
            continue;
        ck_assert_uint_eq(pattern->agree, evenness.tiles);
        /* Tiles of unequal heights weigh the bow's excess, the same for either parity,
         * to rounding: weights of 300, 4 pixels a sum, 3500 of them. */
        ck_assert_double_eq_tol(pattern->contrast * evenness.mean, fields[_i].contrast,
                                3500 * 300 * 0x1p-52);
    }
}
END_TEST

/* Pairs by the formula, over what is not within 2 of the edge. */
START_TEST(the_variation_is_that_of_neighbours)
{
    struct map map;
    double sum = 0.0, squares = 0.0;
    size_t pixels = 0, pairs = 0;

    init(&map, wave);
    for (size_t y = 2; y < HEIGHT - 2; y++) {
        for (size_t x = 2; x < WIDTH - 2; x++) {
            sum += wave(x, y);
            pixels++;
            if (x + 1 < WIDTH - 2) {
                squares += pow(wave(x, y) - wave(x + 1, y), 2.0);
                pairs++;
            }
            if (y + 1 < HEIGHT - 2) {
                squares += pow(wave(x, y) - wave(x, y + 1), 2.0);
                pairs++;
            }
        }
    }
    ck_assert_double_eq_tol(measure(&map).mean, sum / (double)pixels, 1e-12);
    ck_assert_double_eq_tol(
        measure(&map).variation,
        sqrt(squares / (double)pairs / 2.0) / (sum / (double)pixels), 1e-12);
}
END_TEST

/* What is out of view is left out, with all that is within 2 pixels of it. */
START_TEST(what_is_near_the_edge_of_the_view_is_not_compared)
{
    struct map map;
    struct wck_evenness evenness;

    init(&map, constant);
    for (size_t p = 0; p < WIDTH * HEIGHT; p++) {
        size_t x = p % WIDTH;

        if (x < 30)
            map.reason[p] = 1 + WCK_OUT_OF_VIEW;
        if (x < 32)
            map.weight[p] = 1e6 * (double)x;
    }
    evenness = measure(&map);
    ck_assert_double_eq(evenness.mean, 0.75);
    ck_assert_double_eq(evenness.variation, 0.0);
    ck_assert_uint_eq(evenness.tiles, 4 * 5);
}
END_TEST

START_TEST(with_nothing_in_view_there_is_nothing_to_say)
{
    struct map map;
    struct wck_evenness evenness;

    init(&map, constant);
    for (size_t p = 0; p < WIDTH * HEIGHT; p++)
        map.reason[p] = 1 + WCK_OUT_OF_VIEW;
    evenness = measure(&map);
    ck_assert_double_eq(evenness.mean, 0.0);
    ck_assert_uint_eq(evenness.tiles, 0);
    for (int k = 0; k < WCK_PATTERNS; k++)
        ck_assert(!evenness.patterns[k].significant);
}
END_TEST

/* P(35 tosses fall alike k times or more), by adding up the binomial row. */
START_TEST(so_many_tiles_are_needed_as_chance_hardly_gives)
{
    struct map map;
    struct wck_evenness evenness;
    double term = ldexp(1.0, -35), tail = 0.0;
    size_t k = 35;

    init(&map, constant);
    evenness = measure(&map);
    ck_assert_uint_eq(evenness.tiles, 35);
    while (2.0 * (tail + term) <= 1e-3 / 3.0) {
        tail += term;
        term *= (double)k / (double)(36 - k);
        k--;
    }
    ck_assert_uint_eq(evenness.patterns[COLUMNS].needed, k + 1);
}
END_TEST

/* Noise has no parity: of 300 maps hardly one alarms.  Each does with a probability of
 * at most 1/1000, so 5 or more do with one of less than 300^5/5! 1e-15 = 2e-5. */
START_TEST(noise_alarms_hardly_ever)
{
    size_t alarms = 0;

    for (uint64_t i = 0; i < 300; i++) {
        struct wck_rng rng = wck_rng_start(64, i);
        struct wck_evenness evenness;
        struct map map;
        bool alarm = false;

        init(&map, constant);
        for (size_t p = 0; p < WIDTH * HEIGHT; p++)
            map.weight[p] = wck_rng_uniform(&rng);
        evenness = measure(&map);
        for (int k = 0; k < WCK_PATTERNS; k++)
            alarm = alarm || evenness.patterns[k].significant;
        alarms += alarm;
    }
    ck_assert_uint_lt(alarms, 5);
}
END_TEST

START_TEST(a_sample_has_to_agree_warp_by_warp)
{
    struct map map;
    struct wck_evenness evenness, one;
    struct wck_evenness_sample sample = {0};

    init(&map, columns);
    one = measure(&map);
    for (int k = 0; k < 12; k++)
        wck_evenness_add(&sample, &one);
    evenness = one;
    wck_evenness_settle(&evenness, &sample);
    ck_assert(one.patterns[COLUMNS].significant);
    ck_assert(!evenness.patterns[COLUMNS].significant); /* 2/2^12 > 1/3000 */
    wck_evenness_add(&sample, &one);
    evenness = one;
    wck_evenness_settle(&evenness, &sample);
    ck_assert(evenness.patterns[COLUMNS].significant); /* 2/2^13 < 1/3000 */
    ck_assert_uint_eq(evenness.patterns[COLUMNS].warps_agree, 13);
    ck_assert_uint_eq(evenness.patterns[COLUMNS].warps_needed, 13);
    ck_assert(!evenness.patterns[ROWS].significant);
    one.patterns[COLUMNS].contrast *= -1.0;
    for (int k = 0; k < 13; k++)
        wck_evenness_add(&sample, &one);
    wck_evenness_settle(&evenness, &sample);
    ck_assert(!evenness.patterns[COLUMNS].significant);
}
END_TEST

Suite *wck_evenness_suite(void)
{
    Suite *suite = suite_create("evenness");
    TCase *tcase = tcase_create("evenness");

    tcase_add_test(tcase, even_weights_have_no_variation);
    tcase_add_loop_test(tcase, a_pattern_is_found_on_any_slope_and_nothing_else_is, 0,
                        (int)(sizeof fields / sizeof fields[0]));
    tcase_add_test(tcase, the_variation_is_that_of_neighbours);
    tcase_add_test(tcase, what_is_near_the_edge_of_the_view_is_not_compared);
    tcase_add_test(tcase, with_nothing_in_view_there_is_nothing_to_say);
    tcase_add_test(tcase, so_many_tiles_are_needed_as_chance_hardly_gives);
    tcase_add_test(tcase, noise_alarms_hardly_ever);
    tcase_add_test(tcase, a_sample_has_to_agree_warp_by_warp);
    suite_add_tcase(suite, tcase);
    return suite;
}
