/* Colourings: no sample lists two pixels of one colour, and no two outputs of one
 * colour list a pixel in common. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/walk.h"
#include "src/base/rng.h"
#include "src/checker/colouring.h"

static struct wck_warp warp_of(const struct wck_kernel *kernel,
                               const struct wck_border *border, size_t width,
                               size_t height)
{
    struct wck_warp warp = {
        .kernel = kernel,
        .border = border,
        .source_width = width,
        .source_height = height,
        .output_width = 8,
        .output_height = 9,
    };
    /* A footprint of 3.4 by 3.05 pixels; other kernels read as many whatever the map.
     */
    const double m[6] = {2.6, 0.8, 1.5, -0.75, 2.3, 2.25};

    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return warp;
}

static void assert_colours_differ(const struct wck_warp *warp, enum wck_axis axis)
{
    struct wck_colouring colouring = wck_colouring_of_axis(warp, axis);
    double n = (double)wck_warp_extent(warp, axis);
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, warp, 1, NULL), WCK_OK);
    /* Two periods on both sides, in steps that hit every knot and every cell. */
    for (double u = -2.0 * n; u <= 3.0 * n; u += 0.25) {
        size_t by_colour[30]; /* the pixel of a colour, from 1; 0: none yet */
        struct wck_walk walk;
        struct wck_tap tap;

        memset(by_colour, 0, sizeof by_colour);
        block.x[0] = axis == WCK_X ? u : 0.25;
        block.y[0] = axis == WCK_Y ? u : 0.25;
        wck_block_place(&block, warp, 0);
        wck_walk_begin(&walk, warp, &block, 0);
        while (wck_walk_next(&walk, &tap)) {
            size_t width = warp->source_width, pixel = (size_t)tap.pixel, colour;

            if (tap.pixel == WCK_BORDER_VALUE)
                continue;
            pixel = axis == WCK_X ? pixel % width : pixel / width;
            colour = wck_colouring_of_pixel(&colouring, pixel);
            ck_assert_msg(by_colour[colour] == 0 || by_colour[colour] == pixel + 1,
                          "%s, %s, %g pixels: %zu and %zu have one colour",
                          warp->kernel->name, warp->border->name, n, pixel,
                          by_colour[colour] - 1);
            by_colour[colour] = pixel + 1;
        }
    }
    wck_block_release(&block);
}

START_TEST(no_sample_lists_two_pixels_of_one_colour)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);

    for (size_t b = 0; b < wck_border_count(); b++) {
        for (size_t n = 1; n <= 29; n++) {
            struct wck_warp warp = warp_of(kernel, wck_border_row(b), n, 30 - n);

            assert_colours_differ(&warp, WCK_X);
            assert_colours_differ(&warp, WCK_Y);
        }
    }
}
END_TEST

START_TEST(there_are_as_many_colours_as_taps_but_on_a_ring)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);

    for (size_t b = 0; b < wck_border_count(); b++) {
        for (size_t n = 1; n <= 40; n++) {
            struct wck_warp warp = warp_of(kernel, wck_border_row(b), n, n);
            struct wck_colouring c = wck_colouring_of_axis(&warp, WCK_X);
            size_t k = kernel->footprint ? 5 : (size_t)kernel->support;
            size_t least = k < n ? k : n;

            for (size_t i = 0; i < n; i++)
                ck_assert_uint_lt(wck_colouring_of_pixel(&c, i), c.colours);
            if (strcmp(warp.border->name, "wrap") != 0 || n <= k)
                ck_assert_uint_eq(c.colours, least);
            else /* ceil(n / floor(n / k)), which tends to k */
                ck_assert_uint_eq(c.colours, (n + n / k - 1) / (n / k));
        }
    }
}
END_TEST

/* Marks who reads what; fails where an output of the same colour already has.  Samples
 * outside are left out: there pixels fold onto an edge, or are truncated to it. */
static void claim_pixels(const struct wck_warp *warp, size_t sample, size_t colour,
                         int *reader)
{
    struct wck_block block;
    struct wck_walk walk;
    struct wck_tap tap;

    ck_assert_int_eq(wck_block_init(&block, warp, 1, NULL), WCK_OK);
    wck_block_fill(&block, warp, sample, 1);
    wck_walk_begin(&walk, warp, &block, 0);
    while (block.x[0] >= 0.0 && block.y[0] >= 0.0 && wck_walk_next(&walk, &tap)) {
        if (tap.pixel == WCK_BORDER_VALUE)
            continue;
        ck_assert_msg(reader[tap.pixel] != (int)colour,
                      "two outputs of colour %zu read pixel %td", colour, tap.pixel);
        reader[tap.pixel] = (int)colour;
    }
    wck_block_release(&block);
}

static double between(struct wck_rng *rng, double low, double high)
{
    return low + (high - low) * wck_rng_uniform(rng);
}

START_TEST(outputs_of_one_colour_list_no_pixel_in_common)
{
    struct wck_rng rng = wck_rng_start(31, (uint64_t)_i);
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);
    size_t coloured = 0;

    for (int turn = 0; turn < 60; turn++) {
        /* Everything inside a large image: borders fold pixels onto the edge. */
        struct wck_warp warp = warp_of(kernel, wck_border_find("constant"), 64, 60);
        double m[6] = {between(&rng, -3, 3), between(&rng, -2, 2), 32.0,
                       between(&rng, -2, 2), between(&rng, -3, 3), 30.0};
        int *reader = malloc(64 * 60 * sizeof *reader);
        size_t a, b;

        ck_assert_ptr_nonnull(reader);
        memset(reader, -1, 64 * 60 * sizeof *reader);
        if (fabs(m[0] * m[4] - m[1] * m[3]) < 0.125)
            m[1] = m[3] = 0.0;
        ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL),
                         WCK_OK);
        if (wck_colouring_of_outputs(&warp, 60, &a, &b)) {
            coloured++;
            ck_assert_uint_le(a * b, 60);
            for (size_t colour = 0; colour < a * b; colour++) {
                for (size_t s = 0; s < wck_warp_samples(&warp); s++) {
                    if (s / 8 % b * a + s % 8 % a == colour)
                        claim_pixels(&warp, s, colour, reader);
                }
            }
        }
        free(reader);
    }
    ck_assert_uint_ge(coloured, 20);
}
END_TEST

START_TEST(a_lattice_is_the_smallest_that_will_do)
{
    static const struct {
        double matrix[6];
        size_t most, a, b; /* 0: there is none */
    } rows[] = {
        {{1, 0, 0.25, 0, 1, 0.75}, 14, 2, 2}, /* a shift: a 2x2 lattice of outputs */
        {{2, 0, 0.25, 0, 2, 0.75}, 14, 1, 1}, /* half size: outputs share nothing */
        {{2, 0, 0.25, 0, 1, 0.75}, 14, 1, 2}, {{0.5, 0, 0, 0, 1, 0.75}, 14, 4, 2},
        {{0.25, 0, 0, 0, 0.25, 0}, 14, 0, 0}, /* enlarged by 4: 64 would do */
        {{0.25, 0, 0, 0, 0.25, 0}, 64, 8, 8}, {{1, 0, 0.25, 0, 1, 0.75}, 3, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wck_warp warp =
            warp_of(wck_kernel_find("bilinear"), wck_border_find("constant"), 16, 12);
        size_t a = 0, b = 0;
        bool found;

        ck_assert_int_eq(
            wck_map_affine(&warp.map, rows[i].matrix, WCK_OUTPUT_TO_SOURCE, NULL),
            WCK_OK);
        found = wck_colouring_of_outputs(&warp, rows[i].most, &a, &b);
        ck_assert(found == (rows[i].a > 0));
        if (found)
            ck_assert_msg(a == rows[i].a && b == rows[i].b, "row %zu: %zux%zu", i, a,
                          b);
    }
}
END_TEST

Suite *wck_colouring_suite(void)
{
    Suite *suite = suite_create("colouring");
    TCase *tcase = tcase_create("colouring");
    int kernels = (int)wck_kernel_count();

    tcase_add_loop_test(tcase, no_sample_lists_two_pixels_of_one_colour, 0, kernels);
    tcase_add_loop_test(tcase, there_are_as_many_colours_as_taps_but_on_a_ring, 0,
                        kernels);
    tcase_add_loop_test(tcase, outputs_of_one_colour_list_no_pixel_in_common, 0,
                        kernels);
    tcase_add_test(tcase, a_lattice_is_the_smallest_that_will_do);
    suite_add_tcase(suite, tcase);
    return suite;
}
