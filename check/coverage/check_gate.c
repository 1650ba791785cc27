#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/gate.h"

#define SIDE 13
#define PLANES 2

/* A random map, of one plane or two, and a random mask. */
struct scene {
    struct wck_coverage coverage;
    unsigned char reason[PLANES * SIDE * SIDE], pixel_reason[SIDE * SIDE];
    unsigned char mask[SIDE * SIDE];
};

static void draw(struct scene *scene, struct wck_rng *rng)
{
    struct wck_coverage *c = &scene->coverage;
    uint64_t dense = 1 + wck_rng_below(rng, 6);
    size_t pixels;

    *c = (struct wck_coverage){.planes = 1 + (size_t)wck_rng_below(rng, PLANES),
                               .height = 1 + (size_t)wck_rng_below(rng, SIDE),
                               .width = 1 + (size_t)wck_rng_below(rng, SIDE),
                               .reason = scene->reason,
                               .pixel_reason = scene->pixel_reason};
    pixels = c->pixels_total = c->height * c->width;
    c->entries_total = pixels * c->planes;
    for (size_t p = 0; p < pixels; p++) {
        scene->pixel_reason[p] = 1 + WCK_SKIPPED;
        for (size_t plane = 0; plane < c->planes; plane++) {
            bool covered = wck_rng_below(rng, 7) < dense;

            scene->reason[plane * pixels + p] = covered ? 0 : 1 + WCK_SKIPPED;
            if (covered)
                scene->pixel_reason[p] = WCK_COVERED;
        }
        scene->mask[p] = wck_rng_below(rng, 5) == 0;
    }
}

static bool is_hole(const struct scene *scene, bool masked, size_t p)
{
    return scene->pixel_reason[p] != WCK_COVERED && !(masked && scene->mask[p] != 0);
}

/* Every hole pixel begins as a region of its own, and takes its neighbours' smaller
 * number until nothing changes. */
static size_t largest_hole(const struct scene *scene, bool masked)
{
    size_t height = scene->coverage.height, width = scene->coverage.width;
    size_t label[SIDE * SIDE], size[SIDE * SIDE] = {0}, largest = 0;
    bool changed = true;

    for (size_t p = 0; p < height * width; p++)
        label[p] = p;
    while (changed) {
        changed = false;
        for (size_t p = 0; p < height * width; p++) {
            for (size_t q = 0; q < height * width; q++) {
                size_t apart = (p % width > q % width ? p % width - q % width
                                                      : q % width - p % width) +
                               (p / width > q / width ? p / width - q / width
                                                      : q / width - p / width);

                if (apart == 1 && is_hole(scene, masked, p) &&
                    is_hole(scene, masked, q) && label[q] < label[p]) {
                    label[p] = label[q];
                    changed = true;
                }
            }
        }
    }
    for (size_t p = 0; p < height * width; p++) {
        if (is_hole(scene, masked, p) && ++size[label[p]] > largest)
            largest = size[label[p]];
    }
    return largest;
}

static struct wck_gates judge(const struct scene *scene,
                              const struct wck_gate_request *request)
{
    struct wck_gates gates;

    ck_assert_int_eq(wck_gates_judge(&gates, request, &scene->coverage, NULL), WCK_OK);
    return gates;
}

START_TEST(the_largest_hole_is_the_brute_forces)
{
    size_t largest = 0;

    for (uint64_t i = 0; i < 60; i++) {
        struct wck_rng rng = wck_rng_start(99, i);
        bool masked = i % 2 == 1;
        struct wck_gate_request request = {.has_hole = true};
        struct wck_gates gates;
        struct scene scene;
        size_t want;

        draw(&scene, &rng);
        request.expect_zero = masked ? scene.mask : NULL;
        want = largest_hole(&scene, masked);
        request.hole = want;
        gates = judge(&scene, &request);
        ck_assert_double_eq(gates.items[gates.count - 1].measured, (double)want);
        ck_assert(!gates.items[gates.count - 1].failed);
        largest = want > largest ? want : largest;
        if (want == 0)
            continue;
        request.hole = want - 1;
        ck_assert(judge(&scene, &request).failed);
    }
    ck_assert_uint_gt(largest, 20);
}
END_TEST

START_TEST(the_share_is_of_the_entries_outside_the_mask)
{
    for (uint64_t i = 0; i < 40; i++) {
        struct wck_rng rng = wck_rng_start(100, i);
        struct wck_gate_request request = {.has_least = true};
        size_t covered = 0, total = 0, pixels;
        struct wck_gates gates;
        struct scene scene;

        draw(&scene, &rng);
        scene.mask[0] = 0;
        request.expect_zero = scene.mask;
        pixels = scene.coverage.pixels_total;
        for (size_t e = 0; e < scene.coverage.entries_total; e++) {
            total += scene.mask[e % pixels] == 0;
            covered += scene.mask[e % pixels] == 0 && scene.reason[e] == WCK_COVERED;
        }
        gates = judge(&scene, &request);
        ck_assert_double_eq(gates.items[1].measured,
                            100.0 * (double)covered / (double)total);
        ck_assert(!gates.items[1].failed);
        request.least = 100.0;
        ck_assert_int_eq(judge(&scene, &request).items[1].failed, covered < total);
    }
}
END_TEST

/* 3 of 8 is 37.5 percent exactly. */
START_TEST(a_share_that_is_met_exactly_is_met)
{
    struct scene scene = {.coverage = {.planes = 1,
                                       .height = 2,
                                       .width = 4,
                                       .pixels_total = 8,
                                       .entries_total = 8}};
    struct wck_gate_request request = {.has_least = true, .least = 37.5};

    scene.coverage.reason = scene.coverage.pixel_reason = scene.reason;
    memset(scene.reason, 1 + WCK_OUT_OF_VIEW, 5);
    ck_assert(!judge(&scene, &request).failed);
    request.least = 37.500001;
    ck_assert(judge(&scene, &request).failed);
}
END_TEST

START_TEST(a_named_pixel_with_a_gradient_is_a_failure)
{
    struct scene scene;
    struct wck_rng rng = wck_rng_start(101, 0);
    struct wck_gate_request request = {.expect_zero = scene.mask};
    struct wck_gates gates;
    size_t p = 0;

    do
        draw(&scene, &rng);
    while (scene.coverage.pixels_total < 50);
    for (size_t q = 0; q < scene.coverage.pixels_total; q++)
        scene.mask[q] = scene.pixel_reason[q] != WCK_COVERED;
    gates = judge(&scene, &request);
    ck_assert_uint_eq(gates.count, 1);
    ck_assert(!gates.failed);
    while (scene.mask[p] != 0)
        p++;
    scene.mask[p] = 1;
    gates = judge(&scene, &request);
    ck_assert(gates.failed);
    ck_assert_double_eq(gates.items[0].measured, 1.0);
    ck_assert_ptr_nonnull(strstr(gates.items[0].text, "the first at row "));
}
END_TEST

START_TEST(a_share_of_nothing_is_refused)
{
    struct scene scene;
    struct wck_rng rng = wck_rng_start(102, 0);
    struct wck_gate_request request = {.expect_zero = scene.mask, .has_least = true};
    struct wck_error err = {0};
    struct wck_gates gates;

    draw(&scene, &rng);
    memset(scene.mask, 1, sizeof scene.mask);
    ck_assert_int_eq(wck_gates_judge(&gates, &request, &scene.coverage, &err),
                     WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "none left to cover"));
}
END_TEST

Suite *wck_gate_suite(void)
{
    Suite *suite = suite_create("gate");
    TCase *tcase = tcase_create("gate");

    tcase_add_test(tcase, the_largest_hole_is_the_brute_forces);
    tcase_add_test(tcase, the_share_is_of_the_entries_outside_the_mask);
    tcase_add_test(tcase, a_share_that_is_met_exactly_is_met);
    tcase_add_test(tcase, a_named_pixel_with_a_gradient_is_a_failure);
    tcase_add_test(tcase, a_share_of_nothing_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
