/* What the passes over a warp promise beside their numbers: gradients are overwritten,
 * do not depend on each other or on blocks, and what does not fit is refused. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/warp.h"
#include "src/base/rng.h"

#define WIDTH 5
#define HEIGHT 7
#define ACROSS 47 /* of the output: 47 x 29 samples are more than one block */
#define DOWN 29
#define SAMPLES (ACROSS * DOWN)
#define PIXELS (WIDTH * HEIGHT)
#define BATCH 2
#define CHANNELS 3
#define PLANES (BATCH * CHANNELS)

/* A warp of 2 x 3 planes, its images, and all its gradients. */
struct stage {
    struct wck_warp warp;
    double border_value[CHANNELS];
    struct wck_image image, upstream, to;
    double x[SAMPLES], y[SAMPLES], matrix[6], border[CHANNELS];
    struct wck_gradients gradients;
};

static struct wck_image random_image(struct wck_rng *rng, size_t height, size_t width)
{
    struct wck_image image;
    double *data;

    ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT64, "NCHW", BATCH, CHANNELS, height,
                                   width, NULL),
                     WCK_OK);
    data = image.tensor.data;
    for (size_t i = 0; i < PLANES * height * width; i++)
        data[i] = wck_rng_gaussian(rng);
    return image;
}

static struct stage *stage_new(const char *kernel, const char *border)
{
    const double m[6] = {8.3, -1.2, 11.7, 1.9, 3.4, -1.3}; /* source to output */
    struct wck_rng rng = wck_rng_start(20260410, 0);
    struct stage *stage = calloc(1, sizeof *stage);

    ck_assert_ptr_nonnull(stage);
    stage->warp = (struct wck_warp){.kernel = wck_kernel_find(kernel),
                                    .border = wck_border_find(border),
                                    .border_value = stage->border_value,
                                    .border_values = CHANNELS,
                                    .source_width = WIDTH,
                                    .source_height = HEIGHT,
                                    .output_width = ACROSS,
                                    .output_height = DOWN};
    ck_assert_int_eq(wck_map_affine(&stage->warp.map, m, WCK_SOURCE_TO_OUTPUT, NULL),
                     WCK_OK);
    for (int c = 0; c < CHANNELS; c++)
        stage->border_value[c] = wck_rng_gaussian(&rng);
    stage->image = random_image(&rng, HEIGHT, WIDTH);
    stage->upstream = random_image(&rng, DOWN, ACROSS);
    stage->to = random_image(&rng, HEIGHT, WIDTH); /* to be overwritten */
    stage->gradients = (struct wck_gradients){.image = &stage->to,
                                              .x = stage->x,
                                              .y = stage->y,
                                              .matrix = stage->matrix,
                                              .border_value = stage->border};
    return stage;
}

static void stage_free(struct stage *stage)
{
    free(stage->image.tensor.data);
    free(stage->upstream.tensor.data);
    free(stage->to.tensor.data);
    free(stage);
}

static void pull(struct stage *stage, const struct wck_gradients *gradients)
{
    ck_assert_int_eq(
        wck_warp_vjp(&stage->warp, &stage->image, &stage->upstream, gradients, NULL),
        WCK_OK);
}

static void spoil(double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (double)NAN;
}

static void spoil_all(struct stage *stage)
{
    spoil(stage->to.tensor.data, PLANES * PIXELS);
    spoil(stage->x, SAMPLES);
    spoil(stage->y, SAMPLES);
    spoil(stage->matrix, 6);
    spoil(stage->border, CHANNELS);
}

static void assert_same_gradients(const struct stage *a, const struct stage *b)
{
    ck_assert_mem_eq(a->to.tensor.data, b->to.tensor.data,
                     PLANES * PIXELS * sizeof(double));
    ck_assert_mem_eq(a->x, b->x, sizeof a->x);
    ck_assert_mem_eq(a->y, b->y, sizeof a->y);
    ck_assert_mem_eq(a->matrix, b->matrix, sizeof a->matrix);
    ck_assert_mem_eq(a->border, b->border, sizeof a->border);
}

START_TEST(gradients_are_overwritten_not_added_to)
{
    struct stage *once = stage_new("bilinear", "constant");
    struct stage *again = stage_new("bilinear", "constant");

    spoil_all(once);
    pull(once, &once->gradients);
    for (int k = 0; k < 2; k++)
        pull(again, &again->gradients);
    assert_same_gradients(once, again);
    stage_free(once);
    stage_free(again);
}
END_TEST

/* Every subset of the five, a bit each: what is wanted has the bits it has among all,
 * and what is not wanted stays untouched. */
START_TEST(a_gradient_does_not_depend_on_which_others_are_wanted)
{
    struct stage *all = stage_new("cubic-0.5", "constant");
    struct stage *some = stage_new("cubic-0.5", "constant");
    const struct wck_gradients *g = &some->gradients;
    struct wck_gradients wanted = {.image = _i & 1 ? g->image : NULL,
                                   .x = _i & 2 ? g->x : NULL,
                                   .y = _i & 4 ? g->y : NULL,
                                   .matrix = _i & 8 ? g->matrix : NULL,
                                   .border_value = _i & 16 ? g->border_value : NULL};

    spoil_all(some);
    pull(some, &wanted);
    pull(all, &all->gradients);
    if (_i & 1)
        ck_assert_mem_eq(some->to.tensor.data, all->to.tensor.data,
                         PLANES * PIXELS * sizeof(double));
    if (_i & 2)
        ck_assert_mem_eq(some->x, all->x, sizeof all->x);
    if (_i & 4)
        ck_assert_mem_eq(some->y, all->y, sizeof all->y);
    if (_i & 8)
        ck_assert_mem_eq(some->matrix, all->matrix, sizeof all->matrix);
    if (_i & 16)
        ck_assert_mem_eq(some->border, all->border, sizeof all->border);
    ck_assert(isnan(((const double *)some->to.tensor.data)[0]) == !(_i & 1));
    ck_assert(isnan(some->x[SAMPLES - 1]) == !(_i & 2));
    ck_assert(isnan(some->y[0]) == !(_i & 4));
    ck_assert(isnan(some->matrix[5]) == !(_i & 8));
    ck_assert(isnan(some->border[2]) == !(_i & 16));
    stage_free(all);
    stage_free(some);
}
END_TEST

/* Pulls back through the stages themselves, `capacity` samples at a time. */
static void pull_in_blocks(struct stage *stage, size_t capacity)
{
    const struct wck_stages *stages = &wck_stages_reference;
    double backward[WCK_MATRIX] = {0.0},
           *scratch = calloc(5 * capacity, sizeof(double));
    double *slope[WCK_AXES] = {scratch, scratch + capacity, NULL};
    double *g[WCK_AXES] = {scratch + 2 * capacity, scratch + 3 * capacity, NULL};
    const double *const sums[WCK_AXES] = {g[0], g[1], NULL};
    double *value = scratch + 4 * capacity;
    struct wck_block block;

    memset(stage->to.tensor.data, 0, PLANES * PIXELS * sizeof(double));
    memset(stage->border, 0, sizeof stage->border);
    ck_assert_int_eq(wck_block_init(&block, &stage->warp, capacity, NULL), WCK_OK);
    for (size_t first = 0; first < SAMPLES; first += block.count) {
        size_t left = SAMPLES - first;

        wck_block_fill(&block, &stage->warp, first, left < capacity ? left : capacity);
        memset(g[0], 0, 2 * capacity * sizeof(double));
        for (size_t p = 0; p < PLANES; p++) {
            struct wck_plane to = {.image = &stage->to, .plane = p};
            struct wck_plane from = {.image = &stage->image,
                                     .plane = p,
                                     .border_value = stage->border_value[p % CHANNELS]};

            for (size_t i = 0; i < block.count; i++)
                value[i] = wck_image_get(&stage->upstream, p, (first + i) / ACROSS,
                                         (first + i) % ACROSS);
            stage->border[p % CHANNELS] +=
                stages->scatter(&stage->warp, &block, &to, value);
            stages->slope(&stage->warp, &block, &from, slope);
            for (size_t i = 0; i < block.count; i++) {
                g[0][i] += value[i] * slope[0][i];
                g[1][i] += value[i] * slope[1][i];
            }
        }
        memcpy(stage->x + first, g[0], block.count * sizeof(double));
        memcpy(stage->y + first, g[1], block.count * sizeof(double));
        stages->chain(&stage->warp, &block, sums, backward);
    }
    wck_map_matrix_gradient(&stage->warp.map, backward, stage->matrix);
    wck_block_release(&block);
    free(scratch);
}

/* All but the border value's gradient, a sum of sums over blocks, has the same bits:
 * both orders of that add up SAMPLES x BATCH terms of 1 at most in magnitude, times
 * |g|. */
START_TEST(gradients_do_not_depend_on_where_blocks_begin)
{
    static const size_t capacities[] = {1, 7, ACROSS, 1000, SAMPLES};
    struct stage *whole = stage_new("bilinear", "constant");
    struct stage *parts = stage_new("bilinear", "constant");
    double magnitude = 0.0;

    ck_assert_uint_lt(wck_block_capacity(&whole->warp), SAMPLES);
    pull(whole, &whole->gradients);
    pull_in_blocks(parts, capacities[_i]);
    for (size_t i = 0; i < PLANES * SAMPLES; i++)
        magnitude += fabs(((const double *)whole->upstream.tensor.data)[i]);
    for (int c = 0; c < CHANNELS; c++) {
        ck_assert_double_eq_tol(parts->border[c], whole->border[c],
                                2.0 * SAMPLES * BATCH * 0x1p-53 * magnitude);
        parts->border[c] = whole->border[c];
    }
    assert_same_gradients(parts, whole);
    stage_free(whole);
    stage_free(parts);
}
END_TEST

/* 0 times an infinite slope is no number, but nothing moves here. */
START_TEST(a_tangent_of_the_image_alone_does_not_read_the_image)
{
    struct stage *stage = stage_new("bilinear", "constant");
    struct wck_image rate = stage->upstream, got = stage->upstream, want;
    struct wck_rng rng = wck_rng_start(20260411, 0);
    struct wck_warp still = stage->warp;
    struct wck_tangents tangents = {.image = &rate};

    rate = random_image(&rng, HEIGHT, WIDTH);
    got = random_image(&rng, DOWN, ACROSS);
    want = random_image(&rng, DOWN, ACROSS);
    wck_image_set(&stage->image, 1, 3, 2, (double)INFINITY);
    wck_image_set(&stage->image, 4, 2, 2, (double)NAN);
    still.border_values = 0;
    ck_assert_int_eq(wck_warp_forward(&still, &rate, &want, NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_jvp(&stage->warp, &stage->image, &tangents, &got, NULL),
                     WCK_OK);
    ck_assert_mem_eq(got.tensor.data, want.tensor.data,
                     PLANES * SAMPLES * sizeof(double));
    free(rate.tensor.data);
    free(got.tensor.data);
    free(want.tensor.data);
    stage_free(stage);
}
END_TEST

/* An image that lies in memory last row and last column first, every second element. */
static struct wck_image reversed(const struct wck_image *image, double *room)
{
    size_t pixels = wck_image_pixels(image), width = image->width;
    struct wck_image turned = *image;

    turned.column_stride = -2;
    turned.row_stride = -2 * (ptrdiff_t)width;
    turned.channel_stride = 2 * (ptrdiff_t)pixels;
    turned.batch_stride = CHANNELS * turned.channel_stride;
    turned.tensor.data = room + 2 * (pixels - 1);
    for (size_t p = 0; p < PLANES; p++) {
        for (size_t i = 0; i < pixels; i++)
            wck_image_set(&turned, p, i / width, i % width,
                          wck_image_get(image, p, i / width, i % width));
    }
    return turned;
}

START_TEST(strides_change_no_bit_of_a_gradient)
{
    static double room[3][2 * PLANES * SAMPLES];
    struct stage *plain = stage_new("cubic-0.75", "reflect_101");
    struct stage *turned = stage_new("cubic-0.75", "reflect_101");
    struct wck_image image = reversed(&turned->image, room[0]);
    struct wck_image upstream = reversed(&turned->upstream, room[1]);
    struct wck_image to = reversed(&turned->to, room[2]);
    struct wck_gradients gradients = turned->gradients;

    gradients.image = &to;
    pull(plain, &plain->gradients);
    ck_assert_int_eq(wck_warp_vjp(&turned->warp, &image, &upstream, &gradients, NULL),
                     WCK_OK);
    for (size_t p = 0; p < PLANES; p++) {
        for (size_t i = 0; i < PIXELS; i++)
            wck_image_set(&turned->to, p, i / WIDTH, i % WIDTH,
                          wck_image_get(&to, p, i / WIDTH, i % WIDTH));
    }
    assert_same_gradients(plain, turned);
    stage_free(plain);
    stage_free(turned);
}
END_TEST

/* As the gradient of a sum arrives: one number, expanded by strides of 0. */
START_TEST(an_expanded_upstream_gradient_is_that_number_everywhere)
{
    double one = -2.385;
    struct stage *plain = stage_new("bilinear", "wrap");
    struct stage *expanded = stage_new("bilinear", "wrap");
    struct wck_image upstream = expanded->upstream;

    upstream.tensor.data = &one;
    upstream.batch_stride = upstream.channel_stride = 0;
    upstream.row_stride = upstream.column_stride = 0;
    for (size_t i = 0; i < PLANES * SAMPLES; i++)
        ((double *)plain->upstream.tensor.data)[i] = one;
    pull(plain, &plain->gradients);
    ck_assert_int_eq(wck_warp_vjp(&expanded->warp, &expanded->image, &upstream,
                                  &expanded->gradients, NULL),
                     WCK_OK);
    assert_same_gradients(plain, expanded);
    stage_free(plain);
    stage_free(expanded);
}
END_TEST

START_TEST(a_sample_without_a_place_sends_nothing_to_the_image)
{
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    struct stage *stage = stage_new("bilinear", "replicate");
    struct wck_gradients gradients = stage->gradients;
    double x[SAMPLES], y[SAMPLES];

    for (size_t s = 0; s < SAMPLES; s++) {
        x[s] = s % 2 == 0 ? bad[s / 2 % 3] : 2.25;
        y[s] = s % 2 == 0 ? 3.5 : bad[s / 2 % 3];
    }
    stage->warp.map = wck_map_coordinates(x, y);
    gradients.matrix = NULL;
    spoil_all(stage);
    pull(stage, &gradients);
    for (size_t i = 0; i < PLANES * PIXELS; i++)
        ck_assert_double_eq(((const double *)stage->to.tensor.data)[i], 0.0);
    for (size_t s = 0; s < SAMPLES; s++)
        ck_assert(isnan(stage->x[s]) && isnan(stage->y[s]));
    for (int c = 0; c < CHANNELS; c++)
        ck_assert_double_eq(stage->border[c], 0.0);
    stage_free(stage);
}
END_TEST

Suite *wck_pass_suite(void)
{
    Suite *suite = suite_create("pass");
    TCase *tcase = tcase_create("pass");

    tcase_add_test(tcase, gradients_are_overwritten_not_added_to);
    tcase_add_loop_test(tcase, a_gradient_does_not_depend_on_which_others_are_wanted, 0,
                        32);
    tcase_add_loop_test(tcase, gradients_do_not_depend_on_where_blocks_begin, 0, 5);
    tcase_add_test(tcase, a_tangent_of_the_image_alone_does_not_read_the_image);
    tcase_add_test(tcase, strides_change_no_bit_of_a_gradient);
    tcase_add_test(tcase, an_expanded_upstream_gradient_is_that_number_everywhere);
    tcase_add_test(tcase, a_sample_without_a_place_sends_nothing_to_the_image);
    suite_add_tcase(suite, tcase);
    return suite;
}
