#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/io/scratch.h"
#include "check/report/scene.h"
#include "check/suites.h"
#include "src/io/png.h"
#include "src/report/cells.h"
/* ITU-R BT.601: what a grey print keeps. */
static double grey(struct wck_colour colour)
{
    return 0.299 * colour.red + 0.587 * colour.green + 0.114 * colour.blue;
}

static bool same(struct wck_colour a, struct wck_colour b)
{
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

START_TEST(a_larger_gradient_is_lighter)
{
    double before = -1.0;

    for (int i = 0; i <= 100; i++) {
        double now = grey(wck_palette_covered(i / 100.0));

        ck_assert_msg(now > before, "level %d is no lighter", i);
        before = now;
    }
    ck_assert(same(wck_palette_covered(-3.0), wck_palette_covered(0.0)));
    ck_assert(same(wck_palette_covered(7.0), wck_palette_covered(1.0)));
}
END_TEST

START_TEST(the_ramp_is_logarithmic_over_six_decades_at_most)
{
    struct wck_ramp wide = wck_palette_ramp(1e-30, 4.0),
                    narrow = wck_palette_ramp(0.04, 4.0),
                    none = wck_palette_ramp(4.0, 4.0),
                    empty = wck_palette_ramp(0.0, 0.0);

    ck_assert_double_eq_tol(wide.low, 4e-6, 1e-15);
    ck_assert_double_eq_tol(wck_palette_level(&wide, 4e-3), 0.5, 1e-12);
    ck_assert_double_eq_tol(wck_palette_level(&narrow, 0.4), 0.5, 1e-12);
    ck_assert_double_eq(wck_palette_level(&narrow, 0.01), 0.0);
    ck_assert_double_eq(wck_palette_level(&narrow, 5.0), 1.0);
    ck_assert_double_eq(wck_palette_level(&narrow, (double)INFINITY), 1.0);
    ck_assert_double_eq(wck_palette_level(&none, 4.0), 1.0);
    ck_assert_double_eq(wck_palette_level(&empty, 0.0), 1.0);
}
END_TEST

/* Bit 8 y + x: is that pixel of the tile inked? */
static uint64_t tile(enum wck_reason reason)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < WCK_HATCH * WCK_HATCH; i++) {
        size_t x = i % WCK_HATCH, y = i / WCK_HATCH;

        if (!same(wck_palette_reason(reason, x, y, 1.0),
                  wck_palette_reason(reason, x, y, 0.0)))
            bits |= UINT64_C(1) << i;
    }
    return bits;
}

START_TEST(no_two_hatches_are_alike_and_each_shows_in_grey)
{
    enum wck_reason reason = (enum wck_reason)_i;
    uint64_t bits = tile(reason);
    bool seen = false;

    ck_assert(bits != 0 && bits != UINT64_MAX);
    for (int other = 0; other < _i; other++) {
        ck_assert(tile((enum wck_reason)other) != bits);
        ck_assert(!same(wck_palette_reason((enum wck_reason)other, 0, 0, 0.0),
                        wck_palette_reason(reason, 0, 0, 0.0)));
    }
    for (size_t i = 0; i < WCK_HATCH * WCK_HATCH; i++) {
        size_t x = i % WCK_HATCH, y = i / WCK_HATCH;

        seen = seen || fabs(grey(wck_palette_reason(reason, x, y, 1.0)) -
                            grey(wck_palette_reason(reason, x, y, 0.0))) > 30.0;
        ck_assert(same(wck_palette_reason(reason, x + 3 * WCK_HATCH, y, 1.0),
                       wck_palette_reason(reason, x, y + 5 * WCK_HATCH, 1.0)));
    }
    ck_assert_msg(seen, "%s: the hatch does not show", wck_reason_row(reason)->id);
}
END_TEST

static struct wck_image read_back(const struct wck_text *png)
{
    struct wck_image image;
    struct wck_error err = {.status = WCK_OK};

    ck_assert_msg(wck_png_read(scratch_file("a.png", png->data, png->size), &image,
                               &err) == WCK_OK,
                  "%s", err.text);
    return image;
}

static struct wck_colour pixel(const struct wck_image *image, size_t x, size_t y)
{
    return (struct wck_colour){(unsigned char)wck_image_get(image, 0, y, x),
                               (unsigned char)wck_image_get(image, 1, y, x),
                               (unsigned char)wck_image_get(image, 2, y, x)};
}

START_TEST(the_storys_map_shows_every_pixel_as_a_square_of_eight)
{
    struct scene scene;
    struct wck_text png;
    struct wck_image image;

    scene_story(&scene);
    png = scene_write(&scene, "png");
    image = read_back(&png);
    ck_assert_uint_eq(image.width, 512);
    ck_assert_uint_eq(image.height, 512);
    /* Border replicate piles up at the corner: the largest gradient. */
    ck_assert(same(pixel(&image, 7, 7), wck_palette_covered(1.0)));
    ck_assert(same(pixel(&image, 8, 8), wck_palette_covered(0.0)));
    for (size_t i = 0; i < 8; i++) {
        ck_assert(same(pixel(&image, 54 * 8 + i, 3 * 8 + i),
                       wck_palette_reason(WCK_ZERO_WEIGHT, i, i, 1.0)));
        ck_assert(same(pixel(&image, 55 * 8 + i, 45 * 8 + i),
                       wck_palette_reason(WCK_OUT_OF_VIEW, i, i, 1.0)));
    }
    free(image.tensor.data);
    wck_text_release(&png);
    scene_release(&scene);
}
END_TEST

static const struct {
    size_t height, width, shown_height, shown_width;
} sizes[] = {
    {3, 5, 306, 510},   {171, 257, 171, 257}, {7, 4096, 7, 4096},
    {3, 4097, 2, 2049}, {9001, 2, 3001, 1},
};

START_TEST(a_map_is_scaled_by_whole_numbers_to_a_size_that_can_be_seen)
{
    struct scene scene;
    struct wck_text png;
    struct wck_image image;

    scene_large(&scene, sizes[_i].height, sizes[_i].width);
    png = scene_write(&scene, "png");
    image = read_back(&png);
    ck_assert_uint_eq(image.height, sizes[_i].shown_height);
    ck_assert_uint_eq(image.width, sizes[_i].shown_width);
    free(image.tensor.data);
    wck_text_release(&png);
    scene_release(&scene);
}
END_TEST

/* A row of 8 pixels of two channels, in blocks of 3. */
START_TEST(a_block_shows_a_fault_or_a_gradient_or_what_most_of_its_pixels_are)
{
    enum {
        OUT = 1 + WCK_OUT_OF_VIEW,
        SKIP = 1 + WCK_SKIPPED,
        LOST = 1 + WCK_LOST_IN_BACKWARD,
        INFINITE = 1 + WCK_NON_FINITE
    };
    unsigned char entries[] = {0,        LOST, OUT, SKIP, SKIP, 0, SKIP, OUT,
                               INFINITE, LOST, OUT, SKIP, SKIP, 0, OUT,  OUT};
    unsigned char reason[] = {0, LOST, OUT, SKIP, SKIP, 0, OUT, OUT};
    double magnitude[] = {3.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0};
    double weight[] = {1.0, 0.25, 0.0, 0.0, 0.0, 0.75, 0.0, 0.0};
    uint32_t reads[] = {4, 9, 0, 0, 0, 2, 0, 0};
    struct wck_coverage coverage = {.planes = 2,
                                    .height = 1,
                                    .width = 8,
                                    .reason = entries,
                                    .pixel_reason = reason,
                                    .magnitude = magnitude,
                                    .weight = weight,
                                    .reads = reads};
    struct wck_cells cells;

    ck_assert_int_eq(wck_cells_make(&cells, &coverage, 3, NULL), WCK_OK);
    ck_assert_uint_eq(cells.block, 3);
    ck_assert_uint_eq(cells.width, 3);
    ck_assert_uint_eq(cells.height, 1);
    ck_assert_uint_eq(cells.reason[0], LOST);
    ck_assert_uint_eq(cells.reason[1], WCK_COVERED);
    ck_assert_uint_eq(cells.reason[2], OUT);
    ck_assert_uint_eq(cells.reads[0], 9);
    ck_assert_double_eq(cells.weight[0], 1.0);
    ck_assert_double_eq(cells.magnitude[1], 0.5);
    /* Only covered cells count. */
    ck_assert_double_eq(cells.ramp.high, 0.5);
    wck_cells_release(&cells);
}
END_TEST

START_TEST(a_fault_of_one_channel_shows_although_another_is_covered)
{
    struct scene scene;
    struct wck_cells cells;

    scene_faults(&scene);
    ck_assert_uint_eq(scene.survey.coverage.pixel_reason[3 * 7 + 4], WCK_COVERED);
    ck_assert_int_eq(wck_cells_make(&cells, &scene.survey.coverage, 9, NULL), WCK_OK);
    ck_assert_uint_eq(cells.reason[3 * 7 + 4], 1 + WCK_LOST_IN_BACKWARD);
    ck_assert_uint_eq(cells.reason[4 * 7 + 3], 1 + WCK_NON_FINITE);
    wck_cells_release(&cells);
    scene_release(&scene);
}
END_TEST

START_TEST(single_covered_pixels_are_not_drowned_by_a_hatch)
{
    unsigned char reason[] = {1 + WCK_SKIPPED, WCK_COVERED};
    double numbers[] = {0.0, 2.0};
    uint32_t reads[] = {0, 1};
    struct wck_coverage coverage = {.height = 1,
                                    .width = 2,
                                    .pixel_reason = reason,
                                    .magnitude = numbers,
                                    .weight = numbers,
                                    .reads = reads};
    struct wck_cells cells;

    ck_assert_int_eq(wck_cells_make(&cells, &coverage, 4, NULL), WCK_OK);
    ck_assert(same(wck_cells_colour(&cells, 1, 0, 0),
                   wck_palette_reason(WCK_SKIPPED, 0, 0, 0.2)));
    ck_assert(same(wck_cells_colour(&cells, 8, 1, 1),
                   wck_palette_reason(WCK_SKIPPED, 1, 1, 1.0)));
    ck_assert(same(wck_cells_colour(&cells, 8, 8, 0), wck_palette_covered(1.0)));
    wck_cells_release(&cells);
}
END_TEST

Suite *wck_picture_suite(void)
{
    Suite *suite = suite_create("picture");
    TCase *tcase = tcase_create("picture");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, a_larger_gradient_is_lighter);
    tcase_add_test(tcase, the_ramp_is_logarithmic_over_six_decades_at_most);
    tcase_add_loop_test(tcase, no_two_hatches_are_alike_and_each_shows_in_grey, 0,
                        WCK_REASON_COUNT);
    tcase_add_test(tcase, the_storys_map_shows_every_pixel_as_a_square_of_eight);
    tcase_add_loop_test(tcase,
                        a_map_is_scaled_by_whole_numbers_to_a_size_that_can_be_seen, 0,
                        sizeof sizes / sizeof *sizes);
    tcase_add_test(tcase,
                   a_block_shows_a_fault_or_a_gradient_or_what_most_of_its_pixels_are);
    tcase_add_test(tcase, a_fault_of_one_channel_shows_although_another_is_covered);
    tcase_add_test(tcase, single_covered_pixels_are_not_drowned_by_a_hatch);
    suite_add_tcase(suite, tcase);
    return suite;
}
