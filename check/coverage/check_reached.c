#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/suites.h"
#include "src/base/rng.h"
#include "src/coverage/reached.h"

#define CASES 6 /* a kernel and a border */

static double drawn(struct wck_rng *rng, const double *of, size_t count)
{
    return of[wck_rng_below(rng, count)];
}

/* Eighths meet, cancel and fall on knots; the rest is a turn. */
static struct wck_warp warp_of(struct wck_rng *rng, const struct wck_kernel *kernel,
                               const struct wck_border *border)
{
    const double entries[] = {-1.5, -0.875, 0.125, 0.5, 1.0, 2.25, 0.83};
    struct wck_warp warp = {
        .kernel = kernel,
        .border = border,
        .source_width = 9,
        .source_height = 7,
        .output_width = 6,
        .output_height = 8,
    };
    double m[6];

    do {
        for (int i = 0; i < 6; i++)
            m[i] = drawn(rng, entries, 7);
    } while (wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL) != WCK_OK ||
             wck_warp_check(&warp, NULL) != WCK_OK);
    return warp;
}

static struct wck_image upstream_of(struct wck_rng *rng, const struct wck_warp *warp)
{
    const double values[] = {0.0,   1.0,    -1.0,  -1.0,     0.5,
                             1e-44, -1e-46, 3e38,  1.0 / 3,  -2.0 / 3,
                             0.0,   1e300,  -1e-7, 7.0 / 11, (double)NAN};
    size_t most = wck_rng_below(rng, 3) == 0 ? 15 : 5;
    struct wck_image image;

    ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT64, "NCHW", 2, 3,
                                   warp->output_height, warp->output_width, NULL),
                     WCK_OK);
    for (size_t plane = 0; plane < 6; plane++) {
        for (size_t y = 0; y < warp->output_height; y++) {
            for (size_t x = 0; x < warp->output_width; x++)
                wck_image_set(&image, plane, y, x, drawn(rng, values, most));
        }
    }
    return image;
}

/* The same entries and pixels, one by one; returns the covered ones. */
static size_t compare(const struct wck_coverage_request *request)
{
    struct wck_coverage all;
    struct wck_reached some;
    size_t pixels;

    ck_assert_int_eq(wck_coverage_explain(&all, request, NULL), WCK_OK);
    ck_assert_int_eq(wck_reached_count(&some, request, NULL), WCK_OK);
    ck_assert_uint_eq(some.pixels, all.pixels_covered);
    ck_assert_uint_eq(some.entries, all.entries_covered);
    for (size_t p = 0; p < all.pixels_total; p++)
        ck_assert_int_eq(some.covered[p], all.pixel_reason[p] == WCK_COVERED);
    pixels = all.pixels_covered == all.pixels_total ? 0 : all.pixels_covered;
    wck_reached_release(&some);
    wck_coverage_release(&all);
    return pixels;
}

START_TEST(reached_is_what_explaining_covers)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);
    const enum wck_dtype dtypes[] = {WCK_FLOAT16, WCK_FLOAT32, WCK_FLOAT64};
    struct wck_rng rng = wck_rng_start(20261130, (uint64_t)_i);
    size_t some = 0;

    for (size_t b = 0; b < CASES * wck_border_count(); b++) {
        struct wck_warp warp = warp_of(&rng, kernel, wck_border_row(b / CASES));
        struct wck_image upstream = upstream_of(&rng, &warp);
        struct wck_coverage_request request = {
            .warp = &warp,
            .batch = 2,
            .channels = 3,
            .dtype = dtypes[wck_rng_below(&rng, 3)],
            .upstream = b % 3 == 0 ? NULL : &upstream,
            .uniform = b % 2 == 0 ? 1.0 / 3 : 3e-8, /* below float16's smallest half */
        };

        some += compare(&request);
        free(upstream.tensor.data);
    }
    ck_assert_uint_gt(some, 0);
}
END_TEST

Suite *wck_reached_suite(void)
{
    Suite *suite = suite_create("reached");
    TCase *tcase = tcase_create("reached");

    tcase_add_loop_test(tcase, reached_is_what_explaining_covers, 0,
                        (int)wck_kernel_count());
    suite_add_tcase(suite, tcase);
    return suite;
}
