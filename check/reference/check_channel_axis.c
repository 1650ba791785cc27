/* Channels taken for a third axis. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "check/suites.h"
#include "reference/channel_axis.h"
#include "src/base/rng.h"

enum { CHANNELS = 3, HEIGHT = 2, WIDTH = 4, ENTRIES = 2 * CHANNELS * HEIGHT * WIDTH };

static const struct {
    const char *kernel, *prefilter, *border;
} exact[] = {
    {"spline2", "mirror", "reflect_101"},
    {"spline3", "mirror", "reflect_101"},
    {"spline4", "periodic", "wrap"},
    {"spline5", "periodic", "wrap"},
};

static struct wck_warp warp_of(const char *kernel, const char *prefilter,
                               const char *border)
{
    return (struct wck_warp){.kernel = wck_kernel_find(kernel),
                             .prefilter = wck_prefilter_find(prefilter),
                             .border = wck_border_find(border)};
}

static struct wck_image random_image(uint64_t stream)
{
    struct wck_rng rng = wck_rng_start(9107, stream);
    struct wck_image image;

    ck_assert_int_eq(
        wck_image_new(&image, WCK_FLOAT64, "NHWC", 2, CHANNELS, HEIGHT, WIDTH, NULL),
        WCK_OK);
    for (size_t i = 0; i < ENTRIES; i++)
        ((double *)image.tensor.data)[i] = wck_rng_gaussian(&rng);
    return image;
}

/* The filter's 1-norm is below 10, and so are the sums of its few steps. */
START_TEST(a_spline_goes_through_the_channels_where_its_start_is_exact)
{
    struct wck_warp warp =
        warp_of(exact[_i].kernel, exact[_i].prefilter, exact[_i].border);
    struct wck_image image = random_image(1), mixed = random_image(1);

    ck_assert_int_eq(wck_channel_axis_apply(&warp, false, &mixed, NULL), WCK_OK);
    for (size_t i = 0; i < ENTRIES; i++)
        ck_assert_double_eq_tol(((double *)mixed.tensor.data)[i],
                                ((double *)image.tensor.data)[i], 1e-13);
    free(image.tensor.data);
    free(mixed.tensor.data);
}
END_TEST

/* NOTES, "channel-axis": off by up to 1e-2. */
START_TEST(the_half_sample_start_mixes_the_channels)
{
    struct wck_warp warp = warp_of("spline4", "half-sample", "reflect");
    struct wck_image image = random_image(2);
    double most = 0.0;

    for (size_t c = 0; c < CHANNELS; c++)
        wck_image_set(&image, c, 1, 2, c == 1 ? 1.0 : 0.0);
    ck_assert_int_eq(wck_channel_axis_apply(&warp, false, &image, NULL), WCK_OK);
    for (size_t c = 0; c < CHANNELS; c++)
        most = fmax(most, fabs(wck_image_get(&image, c, 1, 2) - (c == 1 ? 1.0 : 0.0)));
    ck_assert_double_ge(most, 1e-4);
    ck_assert_double_le(most, 1e-2);
    free(image.tensor.data);
}
END_TEST

/* <g, M f> = <M^T g, f>. */
START_TEST(the_transpose_of_mixing_is_its_adjoint)
{
    struct wck_warp warp = warp_of("spline5", "half-sample", "reflect");
    struct wck_image f = random_image(3), mixed = random_image(3);
    struct wck_image g = random_image(4), pulled = random_image(4);
    double forward = 0.0, backward = 0.0;

    ck_assert_int_eq(wck_channel_axis_apply(&warp, false, &mixed, NULL), WCK_OK);
    ck_assert_int_eq(wck_channel_axis_apply(&warp, true, &pulled, NULL), WCK_OK);
    for (size_t i = 0; i < ENTRIES; i++) {
        forward += ((double *)g.tensor.data)[i] * ((double *)mixed.tensor.data)[i];
        backward += ((double *)pulled.tensor.data)[i] * ((double *)f.tensor.data)[i];
    }
    ck_assert_double_eq_tol(forward, backward, 1e-12);
    free(f.tensor.data);
    free(mixed.tensor.data);
    free(g.tensor.data);
    free(pulled.tensor.data);
}
END_TEST

Suite *wck_channel_axis_suite(void)
{
    Suite *suite = suite_create("channel_axis");
    TCase *tests = tcase_create("mixing");

    tcase_add_loop_test(tests,
                        a_spline_goes_through_the_channels_where_its_start_is_exact, 0,
                        sizeof exact / sizeof exact[0]);
    tcase_add_test(tests, the_half_sample_start_mixes_the_channels);
    tcase_add_test(tests, the_transpose_of_mixing_is_its_adjoint);
    suite_add_tcase(suite, tests);
    return suite;
}
