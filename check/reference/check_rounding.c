/* How sums become integers, OpenCV's own sums on 8 bits among them; and the warps that
 * are refused. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/warp.h"
#include "src/base/rng.h"

static const struct {
    const char *name;
    double rounded[8]; /* of the values below */
} rules[] = {
    {"half-even", {-4, -2, -2, 0, 0, 2, 4, 3}},
    {"half-away", {-4, -3, -2, -1, 1, 3, 4, 3}},
    {"single", {-4, -2, -2, 0, 0, 2, 4, 3}},
    {"truncate", {-3, -2, -1, 0, 0, 2, 3, 2}},
    {"truncate-wide", {-3, -2, -1, 0, 0, 2, 3, 2}},
    {"opencv4", {-4, -2, -2, 0, 0, 2, 4, 3}},
    {"opencv5-64f", {-4, -2, -2, 0, 0, 2, 4, 3}},
    {"remainder", {-4, -2, -2, 0, 0, 2, 4, 3}},
    {"opencv5-octets", {-4, -2, -2, 0, 0, 2, 4, 3}},
    {"opencv4-8u", {-4, -2, -2, 0, 0, 2, 4, 3}},
    {"leptonica", {-3, -2, -1, 0, 0, 2, 3, 2}},
};
static const double values[8] = {-3.5, -2.5, -1.75, -0.5, 0.5, 2.5, 3.5, 2.75};

START_TEST(every_rounding_breaks_ties_as_its_name_says)
{
    const struct wck_rounding *row = wck_rounding_row((size_t)_i);
    size_t r = 0;

    while (r < sizeof rules / sizeof rules[0] && strcmp(rules[r].name, row->name) != 0)
        r++;
    ck_assert_msg(r < sizeof rules / sizeof rules[0], "no case for %s", row->name);
    for (int i = 0; i < 8; i++)
        ck_assert_double_le(fabs(row->round(values[i]) - rules[r].rounded[i]), 0.0);
    ck_assert_ptr_eq(wck_rounding_find(row->name), row);
    ck_assert_uint_gt(strlen(row->summary), 0);
    ck_assert_int_eq(strncmp(row->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_is_no_rounding_beyond_the_table)
{
    ck_assert_ptr_null(wck_rounding_row(wck_rounding_count()));
    ck_assert_ptr_null(wck_rounding_find("up"));
}
END_TEST

enum { SIDE = 32, PIXELS = 35 };

/* A 5x7 image of 8 bits at SIDE x SIDE coordinates, every fraction of 1/32 once an
 * axis, some of them beyond the image. */
struct scene {
    uint8_t pixel[PIXELS], output[SIDE * SIDE];
    double x[SIDE * SIDE], y[SIDE * SIDE], border_value;
    struct wck_warp warp;
    struct wck_image image, to;
};

static void set_scene(struct scene *scene, const char *kernel, struct wck_rng *rng)
{
    const size_t source[] = {5, 7}, output[] = {SIDE, SIDE};
    struct wck_tensor tensor =
        wck_tensor_contiguous(scene->pixel, WCK_UINT8, 2, source);

    ck_assert_int_eq(wck_image_view(&scene->image, &tensor, "HW", NULL), WCK_OK);
    tensor = wck_tensor_contiguous(scene->output, WCK_UINT8, 2, output);
    ck_assert_int_eq(wck_image_view(&scene->to, &tensor, "HW", NULL), WCK_OK);
    for (int i = 0; i < PIXELS; i++)
        scene->pixel[i] = (uint8_t)wck_rng_below(rng, 256);
    for (int i = 0; i < SIDE * SIDE; i++) {
        scene->x[i] = (i % SIDE) * 33.0 / 32.0 * 0.25 - 0.75;
        scene->x[i] = floor(scene->x[i]) + (i % SIDE) / 32.0;
        scene->y[i] = floor(i / SIDE * 0.1875 - 0.5) + (i / SIDE) / 32.0;
    }
    scene->border_value = 77.0;
    scene->warp = (struct wck_warp){.kernel = wck_kernel_find(kernel),
                                    .border = wck_border_find("constant"),
                                    .border_value = &scene->border_value,
                                    .border_values = 1,
                                    .arithmetic = wck_arithmetic_find("opencv4-remap"),
                                    .rounding = wck_rounding_find("opencv4-8u"),
                                    .map = wck_map_coordinates(scene->x, scene->y),
                                    .source_width = 7,
                                    .source_height = 5,
                                    .output_width = SIDE,
                                    .output_height = SIDE};
}

static int pixel_at(const struct scene *scene, int x, int y)
{
    bool inside = x >= 0 && x < 7 && y >= 0 && y < 5;

    return inside ? scene->pixel[y * 7 + x] : 77;
}

/* Weights are whole 1024ths here, so 32 times that in 32768ths; only 1 itself does not
 * fit 16 bits: 32767, and the 1 left over goes to the last weight. */
START_TEST(opencv4_sums_bilinear_weights_in_32768ths)
{
    struct wck_rng rng = wck_rng_start(11001, 0);
    static struct scene scene;

    set_scene(&scene, "bilinear", &rng);
    ck_assert_int_eq(wck_warp_forward(&scene.warp, &scene.image, &scene.to, NULL),
                     WCK_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = (int)floor(scene.x[i]), y = (int)floor(scene.y[i]);
        int fx = (int)(32.0 * (scene.x[i] - x)), fy = (int)(32.0 * (scene.y[i] - y));
        int w[4] = {32 * (32 - fx) * (32 - fy), 32 * fx * (32 - fy),
                    32 * (32 - fx) * fy, 32 * fx * fy};
        long sum;

        if (w[0] == 32768) {
            w[0] = 32767;
            w[3] = 1;
        }
        sum = (long)w[0] * pixel_at(&scene, x, y) +
              (long)w[1] * pixel_at(&scene, x + 1, y) +
              (long)w[2] * pixel_at(&scene, x, y + 1) +
              (long)w[3] * pixel_at(&scene, x + 1, y + 1);
        ck_assert_int_eq(scene.output[i], (int)((sum + 16384) >> 15));
    }
}
END_TEST

/* The weights of one fraction in 32768ths, of which only those inside count: 8 bits are
 * sum * 32768 / W in single precision, truncated, then rounded half up. */
static int shared_among_those_inside(const int p[4], const bool inside[4], int fx,
                                     int fy)
{
    int w[4] = {32 * (32 - fx) * (32 - fy), 32 * fx * (32 - fy), 32 * (32 - fx) * fy,
                32 * fx * fy};
    int sum = 0, all = 0;
    float shared;

    if (fx + fy == 0) {
        w[0] = 32767;
        w[3] = 1;
    }
    for (int k = 0; k < 4; k++) {
        sum += inside[k] ? w[k] * p[k] : 0;
        all += inside[k] ? w[k] : 0;
    }
    ck_assert_int_gt(all, 0);
    shared = (float)sum * 32768.0f;
    shared = shared / (float)all;
    return ((int)shared + 16384) >> 15;
}

/* Every fraction once at the base given, of a 3x2 image of 8 bits. */
static void expect_shared(const uint8_t pixel[6], int x, int y)
{
    const size_t source[] = {2, 3}, size[] = {SIDE, SIDE};
    uint8_t copy[6], output[SIDE * SIDE], before[SIDE * SIDE] = {0};
    double at[2][SIDE * SIDE];
    struct wck_tensor t[3] = {wck_tensor_contiguous(copy, WCK_UINT8, 2, source),
                              wck_tensor_contiguous(output, WCK_UINT8, 2, size),
                              wck_tensor_contiguous(before, WCK_UINT8, 2, size)};
    struct wck_image image, to;
    struct wck_warp warp = {.kernel = wck_kernel_find("bilinear"),
                            .border = wck_border_find("replicate"),
                            .transparent = true,
                            .fold = wck_fold_find("fill-floor"),
                            .arithmetic = wck_arithmetic_find("opencv4-remap"),
                            .rounding = wck_rounding_find("opencv4-8u"),
                            .map = wck_map_coordinates(at[0], at[1]),
                            .source_width = 3,
                            .source_height = 2,
                            .output_width = SIDE,
                            .output_height = SIDE};

    memcpy(copy, pixel, sizeof copy);
    ck_assert_int_eq(wck_image_view(&image, &t[0], "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&to, &t[1], "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&warp.destination, &t[2], "HW", NULL), WCK_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        at[0][i] = x + i % SIDE / 32.0;
        at[1][i] = y + i / SIDE / 32.0;
    }
    ck_assert_int_eq(wck_warp_forward(&warp, &image, &to, NULL), WCK_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        bool inside[4];
        int p[4];

        for (int k = 0; k < 4; k++) {
            inside[k] = x + k % 2 < 3 && y + k / 2 < 2;
            p[k] = inside[k] ? pixel[(y + k / 2) * 3 + x + k % 2] : 0;
        }
        ck_assert_int_eq(output[i],
                         shared_among_those_inside(p, inside, i % SIDE, i / SIDE));
    }
}

START_TEST(bilinear_weights_shared_among_pixels_inside_are_border_replicate)
{
    struct wck_rng rng = wck_rng_start(12004, 0);

    for (int turn = 0; turn < 20; turn++) {
        uint8_t pixel[6];

        for (int i = 0; i < 6; i++)
            pixel[i] = (uint8_t)(turn == 0 ? (uint32_t)(255 * (i % 2))
                                           : (uint32_t)wck_rng_below(&rng, 256));
        expect_shared(pixel, 2, 0);
        expect_shared(pixel, 1, 1);
        expect_shared(pixel, 2, 1);
        expect_shared(pixel, 0, 0);
    }
}
END_TEST

static const char *const wide[] = {"bilinear", "cubic-0.75", "lanczos4"};

/* n^2 weights are each half a unit of 2^-15 off at most, and so is what is left over to
 * 1; single precision adds less than another half, and the sum is rounded. */
START_TEST(opencv4_sums_are_close_to_the_real_ones)
{
    struct wck_rng rng = wck_rng_start(11002, (uint64_t)_i);
    static struct scene scene;
    static double real[SIDE * SIDE];
    const size_t output[] = {SIDE, SIDE};
    struct wck_tensor tensor = wck_tensor_contiguous(real, WCK_FLOAT64, 2, output);
    struct wck_image to;
    double n;

    set_scene(&scene, wide[_i], &rng);
    n = scene.warp.kernel->support;
    ck_assert_int_eq(wck_warp_forward(&scene.warp, &scene.image, &scene.to, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_image_view(&to, &tensor, "HW", NULL), WCK_OK);
    scene.warp.rounding = NULL;
    ck_assert_int_eq(wck_warp_forward(&scene.warp, &scene.image, &to, NULL), WCK_OK);
    for (int i = 0; i < SIDE * SIDE; i++)
        ck_assert_double_le(fabs(scene.output[i] - fmin(fmax(real[i], 0.0), 255.0)),
                            0.5 + 255.0 * 2.0 * n * n * 0x1p-15);
}
END_TEST

/* The weights add up to 32768 exactly, so that a flat image stays what it is. */
START_TEST(opencv4_keeps_a_flat_image)
{
    struct wck_rng rng = wck_rng_start(11003, (uint64_t)_i);
    static struct scene scene;

    set_scene(&scene, wide[_i], &rng);
    memset(scene.pixel, 201, sizeof scene.pixel);
    scene.warp.border = wck_border_find("reflect_101");
    ck_assert_int_eq(wck_warp_forward(&scene.warp, &scene.image, &scene.to, NULL),
                     WCK_OK);
    for (int i = 0; i < SIDE * SIDE; i++)
        ck_assert_int_eq(scene.output[i], 201);
}
END_TEST

START_TEST(opencv4_takes_the_nearest_pixel_as_it_is)
{
    struct wck_rng rng = wck_rng_start(11004, 0);
    static struct scene scene;

    set_scene(&scene, "nearest-half-even", &rng);
    ck_assert_int_eq(wck_warp_forward(&scene.warp, &scene.image, &scene.to, NULL),
                     WCK_OK);
    for (int i = 0; i < SIDE * SIDE; i++)
        ck_assert_int_eq(scene.output[i], pixel_at(&scene, (int)nearbyint(scene.x[i]),
                                                   (int)nearbyint(scene.y[i])));
}
END_TEST

/* Every fraction in sixteenths once, inside the image, by a matrix of sixteenths. */
START_TEST(leptonica_sums_bilinear_weights_in_256ths)
{
    struct wck_rng rng = wck_rng_start(11006, 0);
    const double matrix[6] = {0.0625, 0.0, 1.0, 0.0, 0.0625, 0.0};
    static struct scene scene;

    set_scene(&scene, "bilinear", &rng);
    scene.warp.arithmetic = wck_arithmetic_find("leptonica");
    scene.warp.rounding = wck_rounding_find("leptonica");
    scene.warp.fold = wck_fold_find("fill-floor");
    ck_assert_int_eq(
        wck_map_affine(&scene.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_forward(&scene.warp, &scene.image, &scene.to, NULL),
                     WCK_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = 1 + i % SIDE / 16, y = i / SIDE / 16;
        int s = i % SIDE % 16, t = i / SIDE % 16;

        ck_assert_int_eq(scene.output[i],
                         ((16 - s) * (16 - t) * pixel_at(&scene, x, y) +
                          s * (16 - t) * pixel_at(&scene, x + 1, y) +
                          (16 - s) * t * pixel_at(&scene, x, y + 1) +
                          s * t * pixel_at(&scene, x + 1, y + 1)) /
                             256);
    }
}
END_TEST

/* ---- warps that are refused ---- */

static void no_kernel(struct scene *scene)
{
    scene->warp.kernel = NULL;
}

static void no_source(struct scene *scene)
{
    scene->warp.source_height = 0;
}

static void no_output(struct scene *scene)
{
    scene->warp.output_width = 0;
}

static void huge_source(struct scene *scene)
{
    scene->warp.source_height = SIZE_MAX / 8;
}

static void no_coordinates(struct scene *scene)
{
    scene->warp.map.y = NULL;
}

static void flat_map_of_a_volume(struct scene *scene)
{
    scene->warp.output_depth = 2;
}

static void needless_prefilter(struct scene *scene)
{
    scene->warp.prefilter = wck_prefilter_find("mirror");
}

static void exact_coordinates(struct scene *scene)
{
    scene->warp.arithmetic = wck_arithmetic_find("float64");
}

static void missing_border_value(struct scene *scene)
{
    scene->warp.border_value = NULL;
}

static void two_border_values(struct scene *scene)
{
    scene->warp.border_values = 2;
}

static void other_image(struct scene *scene)
{
    scene->image.width = 6;
}

static void other_output(struct scene *scene)
{
    scene->to.height = 3;
}

static void other_depth(struct scene *scene)
{
    scene->image.depth = 2;
}

static void other_channels(struct scene *scene)
{
    scene->to.channels = 2;
}

static const struct {
    void (*spoil)(struct scene *scene);
    const char *says;
} refused[] = {
    {no_kernel, "needs a kernel"},
    {no_source, "source is empty"},
    {no_output, "output is empty"},
    {huge_source, "too large"},
    {no_coordinates, "needs x and y"},
    {flat_map_of_a_volume, "map of three axes"},
    {needless_prefilter, "takes no prefilter"},
    {exact_coordinates, "needs coordinates in fixed point"},
    {missing_border_value, "border value is missing"},
    {two_border_values, "2 border values for 1 channels"},
    {other_image, "the image is 5x6, the warp says 5x7"},
    {other_output, "the output is 3x32, the warp says 32x32"},
    {other_depth, "the image is 2x5x7"},
    {other_channels, "differ in batch or channels"},
};

START_TEST(a_warp_that_cannot_be_made_says_why)
{
    struct wck_rng rng = wck_rng_start(11005, 0);
    static struct scene scene;
    struct wck_error err = {0};

    set_scene(&scene, "bilinear", &rng);
    refused[_i].spoil(&scene);
    ck_assert_int_eq(wck_warp_forward(&scene.warp, &scene.image, &scene.to, &err),
                     WCK_INVALID);
    ck_assert_msg(strstr(err.text, refused[_i].says) != NULL, "%s", err.text);
}
END_TEST

Suite *wck_rounding_suite(void)
{
    Suite *suite = suite_create("rounding");
    TCase *rows = tcase_create("rows"), *opencv = tcase_create("fixed point");

    tcase_add_loop_test(rows, every_rounding_breaks_ties_as_its_name_says, 0,
                        (int)wck_rounding_count());
    tcase_add_test(rows, there_is_no_rounding_beyond_the_table);
    tcase_add_test(opencv, opencv4_sums_bilinear_weights_in_32768ths);
    tcase_add_test(opencv,
                   bilinear_weights_shared_among_pixels_inside_are_border_replicate);
    tcase_add_loop_test(opencv, opencv4_sums_are_close_to_the_real_ones, 0, 3);
    tcase_add_loop_test(opencv, opencv4_keeps_a_flat_image, 0, 3);
    tcase_add_test(opencv, opencv4_takes_the_nearest_pixel_as_it_is);
    tcase_add_test(opencv, leptonica_sums_bilinear_weights_in_256ths);
    tcase_add_loop_test(opencv, a_warp_that_cannot_be_made_says_why, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    suite_add_tcase(suite, rows);
    suite_add_tcase(suite, opencv);
    return suite;
}
