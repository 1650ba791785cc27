/* Outputs clamped to the image's range. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/clip.h"

enum { WIDTH = 5, HEIGHT = 3, SAMPLES = 3 };

/* Cubics overshoot between 2.5 and -1.5; the last sample is outside. */
static const double pixels[HEIGHT * WIDTH] = {
    0.25, 2.5, 2.5, -1.5, -1.5, 0.25, 2.5, 2.5, -1.5, -1.5, 0.25, 2.5, 2.5, -1.5, -1.5};
static const double x[SAMPLES] = {1.625, 3.375, 40.0}, y[SAMPLES] = {1.0, 1.0, 1.0};

struct scene {
    struct wck_warp warp;
    struct wck_image image, output;
    double fill;
};

static void open_scene(struct scene *s, double fill, bool clips)
{
    *s = (struct scene){.warp = {.kernel = wck_kernel_find("cubic-0.5"),
                                 .border = wck_border_find("constant"),
                                 .border_values = 1,
                                 .map = wck_map_coordinates(x, y),
                                 .source_width = WIDTH,
                                 .source_height = HEIGHT,
                                 .output_width = SAMPLES,
                                 .output_height = 1,
                                 .clips = clips},
                        .fill = fill};
    s->warp.border_value = &s->fill;
    ck_assert_int_eq(
        wck_image_new(&s->image, WCK_FLOAT64, "HW", 1, 1, HEIGHT, WIDTH, NULL), WCK_OK);
    ck_assert_int_eq(
        wck_image_new(&s->output, WCK_FLOAT64, "HW", 1, 1, 1, SAMPLES, NULL), WCK_OK);
    for (size_t i = 0; i < HEIGHT * WIDTH; i++)
        wck_image_set(&s->image, 0, i / WIDTH, i % WIDTH, pixels[i]);
}

static void close_scene(struct scene *s)
{
    free(s->image.tensor.data);
    free(s->output.tensor.data);
}

static void expect(double fill, bool clips, const double want[SAMPLES])
{
    struct scene s;

    open_scene(&s, fill, clips);
    ck_assert_int_eq(wck_warp_forward(&s.warp, &s.image, &s.output, NULL), WCK_OK);
    for (size_t i = 0; i < SAMPLES; i++)
        ck_assert_double_eq(wck_image_get(&s.output, 0, 0, i), want[i]);
    close_scene(&s);
}

/* Both overshoots are real, and only the clamp takes them away. */
START_TEST(outputs_keep_to_the_image_s_range)
{
    struct scene s;
    double free_value[SAMPLES];

    open_scene(&s, 0.125, false);
    ck_assert_int_eq(wck_warp_forward(&s.warp, &s.image, &s.output, NULL), WCK_OK);
    for (size_t i = 0; i < SAMPLES; i++)
        free_value[i] = wck_image_get(&s.output, 0, 0, i);
    close_scene(&s);
    ck_assert_double_gt(free_value[0], 2.5);
    ck_assert_double_lt(free_value[1], -1.5);
    expect(0.125, true, (const double[SAMPLES]){2.5, -1.5, 0.125});
}
END_TEST

START_TEST(a_border_value_that_is_reached_widens_the_range)
{
    /* -3 is read by the last sample: the range is -3 .. 2.5, and the second stays. */
    struct scene s;

    open_scene(&s, -3.0, true);
    ck_assert_int_eq(wck_warp_forward(&s.warp, &s.image, &s.output, NULL), WCK_OK);
    ck_assert_double_eq(wck_image_get(&s.output, 0, 0, 0), 2.5);
    ck_assert_double_lt(wck_image_get(&s.output, 0, 0, 1), -1.5);
    ck_assert_double_eq(wck_image_get(&s.output, 0, 0, 2), -3.0);
    close_scene(&s);
}
END_TEST

START_TEST(a_border_value_beyond_all_outputs_changes_nothing)
{
    struct wck_range outputs = {.low = -2.0, .high = 2.75}, range;
    struct scene s;

    open_scene(&s, 9.0, true);
    range = wck_clip_range(&s.warp, &s.image, &outputs);
    ck_assert_double_eq(range.low, -1.5);
    ck_assert_double_eq(range.high, 2.5);
    ck_assert(isnan(wck_clip(&range, (double)NAN)));
    close_scene(&s);
}
END_TEST

/* Cubics that overshoot show that nothing was clamped. */
START_TEST(outputs_beyond_the_range_were_not_clamped)
{
    for (int clips = 0; clips < 2; clips++) {
        struct scene s;

        open_scene(&s, 0.5, clips == 1);
        ck_assert_int_eq(wck_warp_forward(&s.warp, &s.image, &s.output, NULL), WCK_OK);
        ck_assert_int_eq(wck_clip_is_within(&s.warp, &s.image, &s.output), clips == 1);
        close_scene(&s);
    }
}
END_TEST

START_TEST(derivatives_are_refused)
{
    struct wck_error err = {0};
    struct scene s;

    open_scene(&s, 0.125, true);
    ck_assert_int_eq(
        wck_warp_vjp(&s.warp, &s.image, &s.output, &(struct wck_gradients){0}, &err),
        WCK_UNSUPPORTED);
    ck_assert_int_eq(
        wck_warp_jvp(&s.warp, &s.image, &(struct wck_tangents){0}, &s.output, NULL),
        WCK_UNSUPPORTED);
    ck_assert_int_eq(wck_warp_second(&s.warp, &s.image, &s.output,
                                     &(struct wck_tangents){0}, &(struct wck_second){0},
                                     NULL),
                     WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "clipped"));
    close_scene(&s);
}
END_TEST

Suite *wck_clip_suite(void)
{
    Suite *suite = suite_create("clip");
    TCase *tests = tcase_create("clip");

    tcase_add_test(tests, outputs_keep_to_the_image_s_range);
    tcase_add_test(tests, a_border_value_that_is_reached_widens_the_range);
    tcase_add_test(tests, a_border_value_beyond_all_outputs_changes_nothing);
    tcase_add_test(tests, outputs_beyond_the_range_were_not_clamped);
    tcase_add_test(tests, derivatives_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
