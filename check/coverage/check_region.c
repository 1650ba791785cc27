#include <check.h>
#include <stdlib.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/region.h"

#define SIDE 12
#define PIXELS (SIDE * SIDE)
#define PLANES 2

/* A random map of two planes in which some entries are lost, one row longer than high.
 */
struct scene {
    struct wck_coverage coverage;
    unsigned char reason[PLANES * PIXELS], pixel_reason[PIXELS];
};

static void draw(struct scene *scene, struct wck_rng *rng)
{
    static const unsigned char codes[] = {
        WCK_COVERED,     WCK_COVERED,     1 + WCK_OUT_OF_VIEW,
        1 + WCK_SKIPPED, 1 + WCK_SKIPPED, 1 + WCK_LOST_IN_BACKWARD};
    struct wck_coverage *c = &scene->coverage;
    uint64_t kinds = 3 + wck_rng_below(rng, 4);

    *c = (struct wck_coverage){.planes = PLANES,
                               .height = 1 + (size_t)wck_rng_below(rng, SIDE),
                               .width = 1 + (size_t)wck_rng_below(rng, SIDE),
                               .reason = scene->reason,
                               .pixel_reason = scene->pixel_reason};
    c->pixels_total = c->height * c->width;
    for (size_t p = 0; p < c->pixels_total; p++) {
        unsigned char a = codes[wck_rng_below(rng, kinds)];
        unsigned char b = codes[wck_rng_below(rng, kinds)];

        scene->reason[p] = a;
        scene->reason[c->pixels_total + p] = wck_rng_below(rng, 4) == 0 ? b : a;
        b = scene->reason[c->pixels_total + p];
        scene->pixel_reason[p] = b < a ? b : a;
    }
}

static unsigned char shows(const struct scene *scene, size_t p)
{
    unsigned char lost = 1 + WCK_LOST_IN_BACKWARD;

    return scene->reason[p] == lost ||
                   scene->reason[scene->coverage.pixels_total + p] == lost
               ? lost
               : scene->pixel_reason[p];
}

static bool touch(const struct scene *scene, size_t p, size_t q)
{
    size_t width = scene->coverage.width;

    return (p == q + width || q == p + width || (p == q + 1 && p % width > 0) ||
            (q == p + 1 && q % width > 0)) &&
           shows(scene, p) == shows(scene, q);
}

/* The regions once more: pixels take their neighbours' smaller label until none
 * changes; a label is its region's first pixel. */
static void label_all(const struct scene *scene, size_t *label)
{
    size_t pixels = scene->coverage.pixels_total;
    bool changed = true;

    for (size_t p = 0; p < pixels; p++)
        label[p] = p;
    while (changed) {
        changed = false;
        for (size_t p = 0; p < pixels; p++) {
            for (size_t q = 0; q < pixels; q++) {
                if (label[q] < label[p] && touch(scene, p, q)) {
                    label[p] = label[q];
                    changed = true;
                }
            }
        }
    }
}

static void assert_is_region(const struct scene *scene, const size_t *label,
                             const struct wck_region *region)
{
    size_t width = scene->coverage.width, pixels = 0;
    size_t own = label[region->y * width + region->x];
    size_t left = SIDE, top = SIDE, right = 0, bottom = 0;

    for (size_t p = 0; p < scene->coverage.pixels_total; p++) {
        size_t x = p % width, y = p / width;

        if (label[p] != own)
            continue;
        pixels++;
        left = x < left ? x : left;
        right = x > right ? x : right;
        top = y < top ? y : top;
        bottom = y > bottom ? y : bottom;
    }
    ck_assert_uint_eq(region->pixels, pixels);
    ck_assert_uint_eq(1U + region->reason, shows(scene, own));
    ck_assert_uint_eq(region->left, left);
    ck_assert_uint_eq(region->right, right);
    ck_assert_uint_eq(region->top, top);
    ck_assert_uint_eq(region->bottom, bottom);
}

/* Four times the square of the distance to the middle of the box. */
static size_t off_middle(const struct wck_region *region, size_t x, size_t y)
{
    size_t dx = 2 * x > region->left + region->right
                    ? 2 * x - region->left - region->right
                    : region->left + region->right - 2 * x;
    size_t dy = 2 * y > region->top + region->bottom
                    ? 2 * y - region->top - region->bottom
                    : region->top + region->bottom - 2 * y;

    return dx * dx + dy * dy;
}

static void assert_is_nearest(const struct scene *scene, const size_t *label,
                              const struct wck_region *region)
{
    size_t width = scene->coverage.width, at = region->y * width + region->x;
    size_t best = off_middle(region, region->x, region->y);

    for (size_t p = 0; p < scene->coverage.pixels_total; p++) {
        size_t off = off_middle(region, p % width, p / width);

        if (label[p] == label[at])
            ck_assert(off > best || (off == best && p >= at));
    }
}

START_TEST(regions_are_those_of_a_relaxation_and_stand_in_order)
{
    size_t largest = 0, faults = 0;

    for (uint64_t i = 0; i < 60; i++) {
        struct wck_rng rng = wck_rng_start(231, i);
        size_t label[PIXELS], pixels = 0;
        struct wck_regions all;
        struct scene scene;

        draw(&scene, &rng);
        label_all(&scene, label);
        ck_assert_int_eq(wck_regions_find(&all, &scene.coverage, PIXELS, NULL), WCK_OK);
        ck_assert_uint_eq(all.total, all.count);
        for (size_t r = 0; r < all.count; r++) {
            const struct wck_region *region = &all.items[r];
            bool fault = region->reason == WCK_LOST_IN_BACKWARD;

            assert_is_region(&scene, label, region);
            assert_is_nearest(&scene, label, region);
            if (r > 0 && fault == (region[-1].reason == WCK_LOST_IN_BACKWARD))
                ck_assert_uint_le(region->pixels, region[-1].pixels);
            else if (r > 0)
                ck_assert(!fault);
            pixels += region->pixels;
            largest = region->pixels > largest ? region->pixels : largest;
            faults += fault;
        }
        for (size_t p = 0; p < scene.coverage.pixels_total; p++)
            pixels += shows(&scene, p) == WCK_COVERED;
        ck_assert_uint_eq(pixels, scene.coverage.pixels_total);
        wck_regions_release(&all);
    }
    ck_assert_uint_gt(largest, 11);
    ck_assert_uint_gt(faults, 15);
}
END_TEST

START_TEST(a_shorter_list_is_the_beginning_of_the_long_one)
{
    struct wck_rng rng = wck_rng_start(232, 0);
    struct wck_regions all, some;
    struct scene scene;

    do
        draw(&scene, &rng);
    while (scene.coverage.pixels_total < PIXELS / 2);
    ck_assert_int_eq(wck_regions_find(&all, &scene.coverage, PIXELS, NULL), WCK_OK);
    ck_assert_int_eq(wck_regions_find(&some, &scene.coverage, 3, NULL), WCK_OK);
    ck_assert_uint_gt(all.count, 4);
    ck_assert_uint_eq(some.count, 3);
    ck_assert_uint_eq(some.total, all.total);
    for (size_t r = 0; r < 3; r++) {
        ck_assert_uint_eq(some.items[r].x, all.items[r].x);
        ck_assert_uint_eq(some.items[r].y, all.items[r].y);
    }
    wck_regions_release(&some);
    ck_assert_int_eq(wck_regions_find(&some, &scene.coverage, 0, NULL), WCK_OK);
    ck_assert_uint_eq(some.count, 0);
    ck_assert_uint_eq(some.total, all.total);
    wck_regions_release(&some);
    wck_regions_release(&all);
}
END_TEST

Suite *wck_region_suite(void)
{
    Suite *suite = suite_create("region");
    TCase *tcase = tcase_create("region");

    tcase_add_test(tcase, regions_are_those_of_a_relaxation_and_stand_in_order);
    tcase_add_test(tcase, a_shorter_list_is_the_beginning_of_the_long_one);
    suite_add_tcase(suite, tcase);
    return suite;
}
