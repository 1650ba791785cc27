/* Poison: what is planted where, and which samples may read it. */
#include "reference/poison.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/suites.h"

static struct wck_warp warp_of(const char *kernel, const char *border,
                               const double matrix[6])
{
    struct wck_warp warp = {.kernel = wck_kernel_find(kernel),
                            .border = wck_border_find(border),
                            .source_width = 7,
                            .source_height = 5,
                            .output_width = 13,
                            .output_height = 11};

    ck_assert_int_eq(wck_map_affine(&warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    return warp;
}

static struct wck_reach reach_of(const struct wck_warp *warp, size_t sample,
                                 double doubt)
{
    const double doubts[2] = {doubt, doubt};
    struct wck_block one;
    struct wck_reach reach;

    ck_assert_int_eq(wck_block_init(&one, warp, 1, NULL), WCK_OK);
    reach = wck_poison_reach(warp, &one, sample, doubts);
    wck_block_release(&one);
    return reach;
}

/* Every pixel that a tap lies on is in its sample's reach. */
START_TEST(no_tap_lies_out_of_reach)
{
    static const double matrix[6] = {0.87, 0.31, -3.4, -0.29, 0.91, -1.7};
    struct wck_warp warp =
        warp_of("bilinear", wck_border_row((size_t)_i)->name, matrix);
    struct wck_tap taps[WCK_SAMPLE_TAPS];
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, &warp, 13 * 11, NULL), WCK_OK);
    for (size_t k = 0; k < wck_kernel_count(); k++) {
        warp.kernel = wck_kernel_row(k);
        if (!wck_poison_serves(&warp))
            continue;
        wck_block_fill(&block, &warp, 0, 13 * 11);
        for (size_t i = 0; i < block.count; i++) {
            struct wck_reach reach = reach_of(&warp, i, 0.0);

            for (size_t t = wck_block_taps(&block, i, &warp, taps); t-- > 0;) {
                if (taps[t].pixel == WCK_BORDER_VALUE)
                    continue;
                ck_assert(reach.any);
                ck_assert_int_ge(taps[t].pixel % 7, reach.low[0]);
                ck_assert_int_le(taps[t].pixel % 7, reach.high[0]);
                ck_assert_int_ge(taps[t].pixel / 7, reach.low[1]);
                ck_assert_int_le(taps[t].pixel / 7, reach.high[1]);
            }
        }
    }
    wck_block_release(&block);
}
END_TEST

START_TEST(a_knot_is_reached_from_both_sides_and_doubt_reaches_all)
{
    static const double shift[6] = {1.0, 0.0, 2.0, 0.0, 1.0, 1.25};
    struct wck_warp warp = warp_of("bilinear", "constant", shift);
    struct wck_reach reach = reach_of(&warp, 0, 0.0);

    ck_assert(reach.any);
    ck_assert(reach.low[0] == 1 && reach.high[0] == 3);
    ck_assert(reach.low[1] == 1 && reach.high[1] == 2);
    ck_assert(wck_poison_is_read(&warp, WCK_POISON_ALL, &reach));
    ck_assert(wck_poison_is_read(&warp, WCK_POISON_LEFT, &reach));
    ck_assert(wck_poison_is_read(&warp, WCK_POISON_RIGHT, &reach));
    reach = reach_of(&warp, 0, 0.26);
    ck_assert(reach.low[0] == 0 && reach.high[0] == 6 && reach.high[1] == 4);
    /* Column 12 lies at 14, beyond all of 7. */
    reach = reach_of(&warp, 12, 0.0);
    ck_assert(!reach.any);
    for (int part = 0; part < WCK_POISON_COUNT; part++)
        ck_assert(!wck_poison_is_read(&warp, (enum wck_poison)part, &reach));
}
END_TEST

START_TEST(a_part_is_planted_and_the_rest_stays)
{
    static const size_t planted[WCK_POISON_COUNT] = {7 * 5, 3 * 5, 4 * 5, 7 * 2, 7 * 3};
    struct wck_image image;

    for (int part = 0; part < WCK_POISON_COUNT; part++) {
        size_t count = 0;

        ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT32, "HWC", 1, 2, 5, 7, NULL),
                         WCK_OK);
        wck_poison_plant(&image, (enum wck_poison)part);
        for (size_t i = 0; i < 2 * 7 * 5; i++) {
            double value = wck_image_get(&image, i / 35, i % 35 / 7, i % 7);

            count += isfinite(value) ? 0 : 1;
            ck_assert(!isfinite(value) || fpclassify(value) == FP_ZERO);
        }
        ck_assert_uint_eq(count, 2 * planted[part]);
        free(image.tensor.data);
    }
}
END_TEST

Suite *wck_poison_suite(void)
{
    Suite *suite = suite_create("poison");
    TCase *tcase = tcase_create("poison");

    tcase_add_loop_test(tcase, no_tap_lies_out_of_reach, 0, (int)wck_border_count());
    tcase_add_test(tcase, a_knot_is_reached_from_both_sides_and_doubt_reaches_all);
    tcase_add_test(tcase, a_part_is_planted_and_the_rest_stays);
    suite_add_tcase(suite, tcase);
    return suite;
}
