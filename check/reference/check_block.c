/* Blocks and taps, and the warps, images and gradients that are refused. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/walk.h"
#include "src/base/rng.h"

#define WIDTH 5
#define HEIGHT 7
#define ACROSS 11
#define DOWN 6
#define SAMPLES (ACROSS * DOWN)

static const double border_value[] = {1.75};
static const double somewhere[SAMPLES];

static struct wck_warp warp_of(const char *kernel, const char *border)
{
    const double m[6] = {1.3, -0.4, -2.2, 0.7, 1.1, -1.6}; /* output to source */
    struct wck_warp warp = {.kernel = wck_kernel_find(kernel),
                            .border = wck_border_find(border),
                            .border_value = border_value,
                            .border_values = 1,
                            .source_width = WIDTH,
                            .source_height = HEIGHT,
                            .output_width = ACROSS,
                            .output_height = DOWN};

    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return warp;
}

/* ---- blocks and taps ---- */

START_TEST(a_block_is_whole_rows_or_part_of_a_long_one)
{
    struct wck_warp warp = warp_of("bilinear", "wrap");

    ck_assert_uint_eq(wck_block_capacity(&warp), SAMPLES);
    warp.output_width = 300;
    warp.output_height = 200;
    ck_assert_uint_eq(wck_block_capacity(&warp), 900);
    warp.output_width = 70000;
    ck_assert_uint_eq(wck_block_capacity(&warp), 1024);
}
END_TEST

/* A pixel occurs once among the taps; they give back output and slopes, a sum of up to
 * 64 products each: at most 64 + 2 roundings of terms below 2 (weights, slopes) x 4
 * (pixels) on either side. */
START_TEST(taps_add_up_to_the_output_and_its_slopes)
{
    const char *kernel = wck_kernel_row((size_t)_i / wck_border_count())->name;
    const char *border = wck_border_row((size_t)_i % wck_border_count())->name;
    const double tolerance = 2 * 66 * 64 * 8 * 0x1p-53;
    struct wck_warp warp = warp_of(kernel, border);
    struct wck_rng rng = wck_rng_start(20260412, 0);
    struct wck_image image;
    struct wck_plane from = {.image = &image, .border_value = border_value[0]};
    double value[SAMPLES], dx[SAMPLES], dy[SAMPLES], *const slope[] = {dx, dy, NULL};
    struct wck_block block;

    ck_assert_int_eq(
        wck_image_new(&image, WCK_FLOAT64, "HW", 1, 1, HEIGHT, WIDTH, NULL), WCK_OK);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++)
        wck_tensor_set(&image.tensor, (ptrdiff_t)i, 8.0 * wck_rng_uniform(&rng) - 4.0);
    ck_assert_int_eq(wck_block_init(&block, &warp, SAMPLES, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, SAMPLES);
    wck_stages_reference.gather(&warp, &block, &from, value);
    wck_stages_reference.slope(&warp, &block, &from, slope);
    for (size_t s = 0; s < SAMPLES; s++) {
        bool listed[1 + WIDTH * HEIGHT] = {false}; /* the border value first */
        double sum = 0.0, sum_x = 0.0, sum_y = 0.0;
        struct wck_walk walk;
        struct wck_tap tap;

        wck_walk_begin(&walk, &warp, &block, s);
        while (wck_walk_next(&walk, &tap)) {
            double pixel = tap.pixel == WCK_BORDER_VALUE
                               ? border_value[0]
                               : wck_tensor_get(&image.tensor, tap.pixel);

            ck_assert(!listed[1 + tap.pixel]);
            listed[1 + tap.pixel] = true;
            sum += tap.weight * pixel;
            sum_x += tap.slope[WCK_X] * pixel;
            sum_y += tap.slope[WCK_Y] * pixel;
        }
        ck_assert_double_eq_tol(sum, value[s], tolerance);
        ck_assert_double_eq_tol(sum_x, dx[s], tolerance);
        ck_assert_double_eq_tol(sum_y, dy[s], tolerance);
    }
    wck_block_release(&block);
    free(image.tensor.data);
}
END_TEST

/* In a volume too: at most 512 products each, otherwise as above. */
START_TEST(taps_of_a_volume_add_up_to_the_output_and_its_slopes)
{
    enum { TALL = 4, PIXELS = TALL * HEIGHT * WIDTH, SOME = 7 };
    const size_t shape[] = {TALL, HEIGHT, WIDTH};
    const double x[SOME] = {1.3, -0.6, 4.7, 2.0, -9.0, 3.4, 0.2};
    const double y[SOME] = {2.7, 6.4, -0.3, 5.0, 1.2, 0.1, 6.9};
    const double z[SOME] = {0.4, 3.3, 1.6, 2.0, 1.1, -0.8, 3.7};
    const char *border = wck_border_row((size_t)_i)->name;
    const double tolerance = 2 * 514 * 512 * 8 * 0x1p-53;
    struct wck_warp warp = warp_of("lanczos4", border);
    struct wck_rng rng = wck_rng_start(20260412, 1);
    double pixels[PIXELS], value[SOME], slopes[WCK_AXES][SOME];
    double *const slope[] = {slopes[0], slopes[1], slopes[2]};
    struct wck_tensor tensor = wck_tensor_contiguous(pixels, WCK_FLOAT64, 3, shape);
    struct wck_image image;
    struct wck_plane from = {.image = &image, .border_value = border_value[0]};
    struct wck_block block;

    for (int i = 0; i < PIXELS; i++)
        pixels[i] = 8.0 * wck_rng_uniform(&rng) - 4.0;
    ck_assert_int_eq(wck_image_view(&image, &tensor, "DHW", NULL), WCK_OK);
    warp.map = wck_map_coordinates(x, y);
    warp.map.z = z;
    warp.map.axes = 3;
    warp.source_depth = TALL;
    warp.output_width = SOME;
    warp.output_height = 1;
    ck_assert_int_eq(wck_block_init(&block, &warp, SOME, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, SOME);
    wck_stages_reference.gather(&warp, &block, &from, value);
    wck_stages_reference.slope(&warp, &block, &from, slope);
    for (size_t s = 0; s < SOME; s++) {
        static struct wck_tap taps[WCK_SAMPLE_TAPS];
        size_t count = wck_block_taps(&block, s, &warp, taps);
        double sum = 0.0, sums[WCK_AXES] = {0.0};

        for (size_t k = 0; k < count; k++) {
            double pixel = taps[k].pixel == WCK_BORDER_VALUE ? border_value[0]
                                                             : pixels[taps[k].pixel];

            sum += taps[k].weight * pixel;
            for (int a = 0; a < WCK_AXES; a++)
                sums[a] += taps[k].slope[a] * pixel;
        }
        ck_assert_double_eq_tol(sum, value[s], tolerance);
        for (int a = 0; a < WCK_AXES; a++)
            ck_assert_double_eq_tol(sums[a], slopes[a][s], tolerance);
    }
    wck_block_release(&block);
}
END_TEST

START_TEST(a_sample_without_a_place_has_no_taps)
{
    const double x[] = {2.25, (double)NAN, 3.5}, y[] = {(double)INFINITY, 1.5, 3.25};
    struct wck_warp warp = warp_of("bilinear", "reflect");
    struct wck_tap taps[WCK_SAMPLE_TAPS];
    struct wck_block block;

    warp.map = wck_map_coordinates(x, y);
    warp.output_width = 3;
    warp.output_height = 1;
    ck_assert_int_eq(wck_block_init(&block, &warp, 3, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, 3);
    for (size_t s = 0; s < 3; s++) {
        ck_assert_int_eq(wck_block_has_taps(&block, s), s == 2);
        ck_assert_uint_eq(wck_block_taps(&block, s, &warp, taps), s == 2 ? 4 : 0);
    }
    wck_block_release(&block);
}
END_TEST

START_TEST(a_flat_warp_has_one_tap_along_z)
{
    struct wck_warp warp = warp_of("lanczos4", "reflect");
    struct wck_block block;
    const struct wck_stencil *flat;

    ck_assert_int_eq(wck_block_init(&block, &warp, SAMPLES, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, SAMPLES);
    flat = wck_block_stencil(&block, 9, WCK_Z);
    ck_assert_int_eq(flat->count, 1);
    ck_assert_int_eq(flat->index[0], 0);
    ck_assert_double_eq(flat->weight[0], 1.0);
    ck_assert_double_eq(flat->slope[0], 0.0);
    ck_assert_ptr_eq(wck_block_stencil(&block, 9, WCK_X), &block.across[9]);
    ck_assert_ptr_eq(wck_block_stencil(&block, 9, WCK_Y), &block.down[9]);
    wck_block_release(&block);
}
END_TEST

/* ---- warps that are refused ---- */

static void without_kernel(struct wck_warp *warp)
{
    warp->kernel = NULL;
}

static void without_border(struct wck_warp *warp)
{
    warp->border = NULL;
}

static void empty_source(struct wck_warp *warp)
{
    warp->source_height = 0;
}

static void empty_output(struct wck_warp *warp)
{
    warp->output_width = 0;
}

static void vast_source(struct wck_warp *warp)
{
    warp->source_width = warp->source_height = (size_t)1 << 31;
}

static void vast_output(struct wck_warp *warp)
{
    warp->output_height = SIZE_MAX / 8;
}

static void without_coordinates(struct wck_warp *warp)
{
    warp->map = wck_map_coordinates(somewhere, NULL);
}

static void volume_without_z(struct wck_warp *warp)
{
    warp->map = wck_map_coordinates(somewhere, somewhere);
    warp->map.axes = 3;
}

static void flat_map_of_a_volume(struct wck_warp *warp)
{
    warp->source_depth = 2;
}

static void needless_prefilter(struct wck_warp *warp)
{
    warp->prefilter = wck_prefilter_row(0);
}

static void without_border_value(struct wck_warp *warp)
{
    warp->border_value = NULL;
}

static const struct {
    void (*spoil)(struct wck_warp *warp);
    const char *text;
} bad_warps[] = {
    {without_kernel, "a warp needs a kernel and a border"},
    {without_border, "a warp needs a kernel and a border"},
    {empty_source, "the source is empty: 0x5"},
    {empty_output, "the output is empty: 6x0"},
    {vast_source, "the image is too large to index"},
    {vast_output, "the image is too large to index"},
    {without_coordinates, "a coordinate map needs x and y, and z for a volume"},
    {volume_without_z, "a coordinate map needs x and y, and z for a volume"},
    {flat_map_of_a_volume, "a volume needs a map of three axes"},
    {needless_prefilter, "kernel bilinear takes no prefilter"},
    {without_border_value, "the border value is missing"},
};
#define BAD_WARPS ((int)(sizeof bad_warps / sizeof bad_warps[0]))

START_TEST(a_warp_that_cannot_be_is_refused_with_the_reason)
{
    struct wck_warp warp = warp_of("bilinear", "constant");
    struct wck_error err = {0};

    ck_assert_int_eq(wck_warp_check(&warp, &err), WCK_OK);
    ck_assert_int_eq(err.status, WCK_OK);
    bad_warps[_i].spoil(&warp);
    ck_assert_int_eq(wck_warp_check(&warp, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, bad_warps[_i].text);
}
END_TEST

/* ---- images and gradients that are refused ---- */

static struct wck_image image_of(enum wck_dtype dtype, size_t channels, size_t height,
                                 size_t width)
{
    struct wck_image image;

    ck_assert_int_eq(
        wck_image_new(&image, dtype, "CHW", 1, channels, height, width, NULL), WCK_OK);
    return image;
}

struct shape {
    size_t channels, height, width;
    const char *text; /* of the error where the source, or the output, is like that */
};

static const struct shape bad_sources[] = {
    {2, WIDTH, HEIGHT, "the image is 5x7, the warp says 7x5"},
    {2, HEIGHT, WIDTH + 1, "the image is 7x6, the warp says 7x5"},
    {3, HEIGHT, WIDTH,
     "image and output differ in batch or channels: 1 and 1, 3 and 2"},
};

static const struct shape bad_outputs[] = {
    {2, ACROSS, DOWN, "the output is 11x6, the warp says 6x11"},
    {1, DOWN, ACROSS, "image and output differ in batch or channels: 1 and 1, 2 and 1"},
};

static void assert_refused(const struct wck_warp *warp, const struct wck_image *source,
                           const struct wck_image *output, const char *text)
{
    const struct wck_gradients gradients = {0};
    const struct wck_tangents tangents = {0};
    const struct wck_second second = {0};
    struct wck_error err[4] = {{0}};

    ck_assert_int_eq(wck_warp_forward(warp, source, output, &err[0]), WCK_INVALID);
    ck_assert_int_eq(wck_warp_vjp(warp, source, output, &gradients, &err[1]),
                     WCK_INVALID);
    ck_assert_int_eq(wck_warp_jvp(warp, source, &tangents, output, &err[2]),
                     WCK_INVALID);
    ck_assert_int_eq(wck_warp_second(warp, source, output, &tangents, &second, &err[3]),
                     WCK_INVALID);
    for (int k = 0; k < 4; k++)
        ck_assert_str_eq(err[k].text, text);
}

START_TEST(images_that_do_not_fit_are_refused_by_every_pass)
{
    struct wck_warp warp = warp_of("bilinear", "constant");
    struct wck_image source = image_of(WCK_FLOAT32, 2, HEIGHT, WIDTH);
    struct wck_image output = image_of(WCK_FLOAT32, 2, DOWN, ACROSS);

    for (size_t i = 0; i < sizeof bad_sources / sizeof bad_sources[0]; i++) {
        const struct shape *s = &bad_sources[i];
        struct wck_image bad = image_of(WCK_FLOAT32, s->channels, s->height, s->width);

        assert_refused(&warp, &bad, &output, s->text);
        free(bad.tensor.data);
    }
    for (size_t i = 0; i < sizeof bad_outputs / sizeof bad_outputs[0]; i++) {
        const struct shape *s = &bad_outputs[i];
        struct wck_image bad = image_of(WCK_FLOAT32, s->channels, s->height, s->width);

        assert_refused(&warp, &source, &bad, s->text);
        free(bad.tensor.data);
    }
    warp.border_values = 3;
    assert_refused(&warp, &source, &output, "3 border values for 2 channels");
    warp.kernel = NULL;
    assert_refused(&warp, &source, &output, "a warp needs a kernel and a border");
    free(source.tensor.data);
    free(output.tensor.data);
}
END_TEST

START_TEST(a_flat_image_of_a_volume_is_refused)
{
    struct wck_warp warp = warp_of("bilinear", "constant");
    struct wck_image source = image_of(WCK_FLOAT32, 1, HEIGHT, WIDTH);
    struct wck_image output = image_of(WCK_FLOAT32, 1, DOWN, ACROSS);

    warp.map = wck_map_coordinates(somewhere, somewhere);
    warp.map.axes = 3;
    warp.map.z = somewhere;
    warp.source_depth = 4;
    assert_refused(&warp, &source, &output, "the image is 1x7x5, the warp says 4x7x5");
    free(source.tensor.data);
    free(output.tensor.data);
}
END_TEST

static void assert_no_pull(const struct wck_warp *warp,
                           const struct wck_gradients *gradients, const char *text)
{
    struct wck_image source = image_of(WCK_FLOAT64, 2, HEIGHT, WIDTH);
    struct wck_image upstream = image_of(WCK_FLOAT64, 2, DOWN, ACROSS);
    struct wck_error err = {0};

    ck_assert_int_eq(wck_warp_vjp(warp, &source, &upstream, gradients, &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, text);
    free(source.tensor.data);
    free(upstream.tensor.data);
}

START_TEST(gradients_that_cannot_be_are_refused)
{
    struct wck_warp warp = warp_of("bilinear", "constant"), given = warp;
    struct wck_image narrow = image_of(WCK_FLOAT32, 2, HEIGHT, WIDTH);
    struct wck_image grey = image_of(WCK_FLOAT64, 1, HEIGHT, WIDTH);
    double matrix[6];
    struct wck_gradients gradients = {.image = &narrow};

    assert_no_pull(&warp, &gradients, "gradients are kept in float64");
    gradients.image = &grey;
    assert_no_pull(&warp, &gradients, "the image gradient is not shaped as the image");
    gradients = (struct wck_gradients){.matrix = matrix};
    given.map = wck_map_coordinates(somewhere, somewhere);
    assert_no_pull(&given, &gradients, "a coordinate map has no matrix gradient");
    free(narrow.tensor.data);
    free(grey.tensor.data);
}
END_TEST

START_TEST(tangents_that_cannot_be_are_refused)
{
    struct wck_warp warp = warp_of("bilinear", "constant"), given = warp;
    struct wck_image source = image_of(WCK_FLOAT64, 2, HEIGHT, WIDTH);
    struct wck_image output = image_of(WCK_FLOAT64, 2, DOWN, ACROSS);
    struct wck_tangents by_matrix = {.matrix = warp.map.matrix};
    struct wck_tangents by_image = {.image = &output};
    struct wck_second second = {.image = &output};
    struct wck_error err = {0};

    given.map = wck_map_coordinates(somewhere, somewhere);
    ck_assert_int_eq(wck_warp_jvp(&given, &source, &by_matrix, &output, &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, "a coordinate map has no matrix tangent");
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_warp_jvp(&warp, &source, &by_image, &output, &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, "the image is 6x11, the warp says 7x5");
    ck_assert_int_eq(wck_warp_second(&warp, &source, &output, &by_image, &second, NULL),
                     WCK_INVALID);
    by_image.image = NULL;
    ck_assert_int_eq(wck_warp_second(&warp, &source, &output, &by_image, &second, NULL),
                     WCK_INVALID);
    free(source.tensor.data);
    free(output.tensor.data);
}
END_TEST

Suite *wck_block_suite(void)
{
    int pairs = (int)(wck_kernel_count() * wck_border_count());
    Suite *suite = suite_create("block");
    TCase *blocks = tcase_create("blocks"), *refused = tcase_create("refused");

    tcase_add_test(blocks, a_block_is_whole_rows_or_part_of_a_long_one);
    tcase_add_loop_test(blocks, taps_add_up_to_the_output_and_its_slopes, 0, pairs);
    tcase_add_loop_test(blocks, taps_of_a_volume_add_up_to_the_output_and_its_slopes, 0,
                        (int)wck_border_count());
    tcase_add_test(blocks, a_sample_without_a_place_has_no_taps);
    tcase_add_test(blocks, a_flat_warp_has_one_tap_along_z);
    suite_add_tcase(suite, blocks);
    tcase_add_loop_test(refused, a_warp_that_cannot_be_is_refused_with_the_reason, 0,
                        BAD_WARPS);
    tcase_add_test(refused, images_that_do_not_fit_are_refused_by_every_pass);
    tcase_add_test(refused, a_flat_image_of_a_volume_is_refused);
    tcase_add_test(refused, gradients_that_cannot_be_are_refused);
    tcase_add_test(refused, tangents_that_cannot_be_are_refused);
    suite_add_tcase(suite, refused);
    return suite;
}
