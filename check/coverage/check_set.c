#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/coverage/brute.h"
#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/set.h"

#define SIDE 11 /* most pixels along an axis */
#define PIXELS (SIDE * SIDE)
#define WARPS 5

static size_t side(struct wck_rng *rng)
{
    return 2 + (size_t)wck_rng_below(rng, SIDE - 1);
}

/* Whole shifts, halves, and numbers of many digits, that nothing may be but skipped,
 * out of view or of weight 0 for long. */
static void draw_map(struct wck_rng *rng, struct wck_map *map)
{
    double m[6];

    do {
        uint64_t kind = wck_rng_below(rng, 3);

        for (int i = 0; i < 6; i++) {
            m[i] = (i % 3 == 2 ? 3.0 : 1.5) * wck_rng_gaussian(rng);
            if (kind == 0)
                m[i] = i == 0 || i == 4 ? 1.0
                       : i % 3 == 2     ? nearbyint(2.0 * m[i])
                                        : 0.0;
            if (kind == 1)
                m[i] = nearbyint(2.0 * m[i]) / 2.0;
        }
    } while (wck_map_affine(map, m, WCK_OUTPUT_TO_SOURCE, NULL) != WCK_OK);
}

/* What the brute force says of each pixel in each warp. */
struct truth {
    size_t warps, pixels;
    unsigned char reason[WARPS][PIXELS];
    double weight[WARPS][PIXELS];
    double slack[WARPS]; /* how far a weight of ours may be off */
};

/* A coordinate a X + b Y + c meets four roundings at up to its terms' size, a bilinear
 * weight changes by as much as its two coordinates do, and making it and adding it up
 * costs four more at 1; each output adds one. */
static double slack_of(const struct wck_warp *warp)
{
    const double *m = warp->map.backward;
    double w = (double)warp->output_width, h = (double)warp->output_height;
    double size = 1.0 + (fabs(m[0]) + fabs(m[3])) * w + (fabs(m[1]) + fabs(m[4])) * h +
                  fabs(m[2]) + fabs(m[5]);

    return 4.0 * 0x1p-53 * 2.0 * size * w * h;
}

static void add_warp(struct truth *truth, const struct wck_warp *warp)
{
    struct brute_scene scene = {
        .kernel = warp->kernel->name,
        .border = warp->border->name,
        .source_width = warp->source_width,
        .source_height = warp->source_height,
        .output_width = warp->output_width,
        .output_height = warp->output_height,
        .planes = 1,
        .weight = truth->weight[truth->warps],
    };
    struct brute_result brute;

    memcpy(scene.backward, warp->map.backward, sizeof scene.backward);
    brute = brute_explain(&scene);
    memcpy(truth->reason[truth->warps], brute.reason, truth->pixels);
    truth->slack[truth->warps++] = slack_of(warp);
    free(brute.reason);
}

/* The set read as one warp with the outputs of all: which outputs list the pixel, weigh
 * it, and do not cancel. */
static unsigned char union_of(const struct truth *truth, size_t p, size_t *count)
{
    bool listed = false, framed = false, weighed = false;

    *count = 0;
    for (size_t k = 0; k < truth->warps; k++) {
        unsigned char r = truth->reason[k][p];

        *count += r == BRUTE_COVERED;
        listed = listed || (r != BRUTE_OUT_OF_VIEW && r != BRUTE_SKIPPED);
        framed = framed || r != BRUTE_OUT_OF_VIEW;
        weighed = weighed || r == BRUTE_CANCELLED;
    }
    if (*count > 0)
        return WCK_COVERED;
    if (!listed)
        return 1 + (framed ? WCK_SKIPPED : WCK_OUT_OF_VIEW);
    return 1 + (weighed ? WCK_CANCELLED : WCK_ZERO_WEIGHT);
}

static void assert_pixel(const struct truth *truth, const struct wck_set *set,
                         const struct wck_coverage *c, size_t p)
{
    double weight = 0.0, slack = 0.0, warps = (double)truth->warps;
    size_t count;
    unsigned char reason = union_of(truth, p, &count);

    for (size_t k = 0; k < truth->warps; k++) {
        weight += truth->weight[k][p];
        slack += truth->slack[k];
    }
    ck_assert_uint_eq(set->count[p], count);
    ck_assert_uint_eq(c->pixel_reason[p], reason);
    for (size_t plane = 0; plane < c->planes; plane++)
        ck_assert_uint_eq(c->reason[plane * c->pixels_total + p], reason);
    ck_assert_double_eq_tol(c->magnitude[p], (double)count / warps, 0x1p-52);
    ck_assert_double_eq_tol(c->weight[p], weight / warps, slack / warps);
}

static void assert_counts(const struct truth *truth, const struct wck_set *set,
                          const struct wck_coverage *c)
{
    size_t shares[3] = {0}, covered = 0, reasons[WCK_REASON_COUNT] = {0}, count;

    for (size_t p = 0; p < truth->pixels; p++) {
        unsigned char reason = union_of(truth, p, &count);

        shares[count == truth->warps ? 0 : count > 0 ? 1 : 2]++;
        covered += reason == WCK_COVERED;
        if (reason != WCK_COVERED)
            reasons[reason - 1]++;
    }
    ck_assert_uint_eq(set->pixels_all, shares[0]);
    ck_assert_uint_eq(set->pixels_some, shares[1]);
    ck_assert_uint_eq(set->pixels_none, shares[2]);
    ck_assert_uint_eq(c->pixels_covered, covered);
    ck_assert_uint_eq(c->entries_covered, covered * c->planes);
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        ck_assert_uint_eq(c->reason_pixels[r], reasons[r]);
        ck_assert_uint_eq(c->reason_entries[r], reasons[r] * c->planes);
    }
}

/* The least and the most, of equals the first, and the sum. */
static void assert_extremes(const struct truth *truth, const struct wck_set *set)
{
    size_t least = SIZE_MAX, most = 0, sum = 0;

    for (size_t k = 0; k < truth->warps; k++) {
        size_t pixels = 0;

        for (size_t p = 0; p < truth->pixels; p++)
            pixels += truth->reason[k][p] == BRUTE_COVERED;
        least = pixels < least ? pixels : least;
        most = pixels > most ? pixels : most;
        sum += pixels;
        ck_assert(k + 1 >= set->least.number || pixels > set->least.pixels);
        ck_assert(k + 1 >= set->most.number || pixels < set->most.pixels);
    }
    ck_assert_uint_eq(set->least.pixels, least);
    ck_assert_uint_eq(set->most.pixels, most);
    ck_assert_double_eq_tol(set->pixels, (double)sum, 0.5);
}

static void add_to(struct wck_set *set, const struct wck_warp *warp)
{
    struct wck_coverage_request request = {.warp = warp, .uniform = 1.0};
    struct wck_coverage coverage;

    ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
    ck_assert_int_eq(wck_set_add(set, &coverage, NULL), WCK_OK);
    wck_coverage_release(&coverage);
}

/* Adds to `seen` the pixels of the union by state. */
static void compare_random_set(uint64_t number, size_t seen[1 + WCK_REASON_COUNT])
{
    struct wck_rng rng = wck_rng_start(2376, number);
    size_t planes = 1 + (size_t)wck_rng_below(&rng, 3);
    struct truth truth = {0};
    struct wck_warp warp = {
        .kernel = wck_kernel_find(number % 4 == 3 ? "nearest" : "bilinear"),
        .border = wck_border_row((size_t)number % wck_border_count()),
        .source_width = side(&rng),
        .source_height = side(&rng),
        .output_width = side(&rng),
        .output_height = side(&rng),
    };
    size_t warps = 1 + (size_t)wck_rng_below(&rng, WARPS);
    struct wck_coverage coverage;
    struct wck_set set;

    truth.pixels = warp.source_width * warp.source_height;
    ck_assert_int_eq(wck_set_init(&set, warp.source_height, warp.source_width, NULL),
                     WCK_OK);
    while (truth.warps < warps) {
        draw_map(&rng, &warp.map);
        add_warp(&truth, &warp);
        add_to(&set, &warp);
    }
    ck_assert_int_eq(wck_set_coverage(&set, planes, &coverage, NULL), WCK_OK);
    for (size_t p = 0; p < truth.pixels; p++) {
        assert_pixel(&truth, &set, &coverage, p);
        seen[coverage.pixel_reason[p]]++;
    }
    assert_counts(&truth, &set, &coverage);
    assert_extremes(&truth, &set);
    wck_coverage_release(&coverage);
    wck_set_release(&set);
}

START_TEST(random_sets_are_the_union_of_brute_forces)
{
    size_t seen[1 + WCK_REASON_COUNT] = {0};

    for (uint64_t i = 0; i < 100; i++)
        compare_random_set(i, seen);
    ck_assert_uint_gt(seen[WCK_COVERED], 0);
    ck_assert_uint_gt(seen[1 + WCK_OUT_OF_VIEW], 0);
    ck_assert_uint_gt(seen[1 + WCK_SKIPPED], 0);
    ck_assert_uint_gt(seen[1 + WCK_ZERO_WEIGHT], 0);
}
END_TEST

/* A gradient that overflows its type in one warp is a fault of the set, whatever the
 * others do. */
START_TEST(a_fault_in_one_warp_is_the_sets)
{
    const double one[6] = {1, 0, 0.5, 0, 1, 0.5}, many[6] = {0, 0.01, 2, 0.01, 0, 2};
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("constant"),
                            .source_width = 5,
                            .source_height = 5,
                            .output_width = 9,
                            .output_height = 9};
    struct wck_coverage_request request = {
        .warp = &warp, .dtype = WCK_FLOAT16, .uniform = 60000.0};
    struct wck_coverage coverage;
    struct wck_set set;

    ck_assert_int_eq(wck_set_init(&set, 5, 5, NULL), WCK_OK);
    for (int k = 0; k < 2; k++) {
        ck_assert_int_eq(
            wck_map_affine(&warp.map, k == 0 ? one : many, WCK_OUTPUT_TO_SOURCE, NULL),
            WCK_OK);
        ck_assert_int_eq(wck_coverage_explain(&coverage, &request, NULL), WCK_OK);
        ck_assert_int_eq(wck_set_add(&set, &coverage, NULL), WCK_OK);
        wck_coverage_release(&coverage);
    }
    ck_assert_uint_eq(set.count[2 * 5 + 2], 1);
    ck_assert_int_eq(wck_set_coverage(&set, 1, &coverage, NULL), WCK_OK);
    ck_assert_uint_eq(coverage.pixel_reason[2 * 5 + 2], 1 + WCK_NON_FINITE);
    wck_coverage_release(&coverage);
    wck_set_release(&set);
}
END_TEST

START_TEST(planes_too_many_to_index_are_refused)
{
    struct wck_error err = {0};
    struct wck_coverage coverage;
    struct wck_set set;

    ck_assert_int_eq(wck_set_init(&set, 4, 4, NULL), WCK_OK);
    ck_assert_int_eq(wck_set_coverage(&set, SIZE_MAX / 8, &coverage, &err),
                     WCK_INVALID);
    wck_coverage_release(&coverage);
    wck_set_release(&set);
}
END_TEST

Suite *wck_set_suite(void)
{
    Suite *suite = suite_create("set");
    TCase *tcase = tcase_create("set");

    tcase_add_test(tcase, random_sets_are_the_union_of_brute_forces);
    tcase_add_test(tcase, a_fault_in_one_warp_is_the_sets);
    tcase_add_test(tcase, planes_too_many_to_index_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
