/* Prefilters: their equations, their transpose, and the image that comes back. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "check/oracle/oracle.h"
#include "check/suites.h"
#include "reference/coefficients.h"
#include "src/base/rng.h"

enum { DEPTH = 3, HEIGHT = 5, WIDTH = 7, PIXELS = DEPTH * HEIGHT * WIDTH };
enum { LINE = 24 }; /* beyond ITK's 18 terms of order 3 */

static const struct wck_prefilter *row(int i)
{
    return wck_prefilter_row((size_t)i);
}

static struct wck_image volume(double *data, size_t depth, size_t height, size_t width)
{
    const size_t shape[] = {depth, height, width};
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 3, shape);
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "DHW", NULL), WCK_OK);
    return image;
}

static void draw(double *data, size_t count, struct wck_rng *rng)
{
    for (size_t i = 0; i < count; i++)
        data[i] = wck_rng_gaussian(rng);
}

/* Error of a filter of one axis, relative to the largest sample: the poles are off by
 * up to 2^-49, which check/reference/pair.c counts as 128 roundings a pole. */
static double line_bound(int order)
{
    return 2 * 128 * 0x1p-53 * wck_prefilter_norm(order) * 6.0;
}

START_TEST(a_line_meets_its_equations)
{
    struct wck_rng rng = wck_rng_start(7001, (uint64_t)_i);

    for (int order = 2; order <= 5; order++) {
        for (int n = 1; n <= LINE; n++) {
            double line[LINE];
            __float128 exact[LINE];
            struct wck_image image = volume(line, 1, 1, (size_t)n);

            draw(line, (size_t)n, &rng);
            for (int i = 0; i < n; i++)
                exact[i] = line[i];
            ck_assert_int_eq(wck_prefilter_apply(row(_i), order, &image, NULL), WCK_OK);
            oracle_coefficients(row(_i)->name, order, n, 1, exact);
            for (int i = 0; i < n; i++)
                ck_assert_double_le((double)fabsq(line[i] - exact[i]),
                                    line_bound(order));
        }
    }
}
END_TEST

/* <P x, y> = <x, P^T y>: both sides are sums of PIXELS products. */
START_TEST(the_transpose_is_the_adjoint)
{
    struct wck_rng rng = wck_rng_start(7002, (uint64_t)_i);

    for (int order = 2; order <= 5; order++) {
        double x[PIXELS], y[PIXELS], px[PIXELS], pty[PIXELS];
        double left = 0.0, right = 0.0, most = 0.0;
        struct wck_image image = volume(px, DEPTH, HEIGHT, WIDTH);
        struct wck_image gradient = volume(pty, DEPTH, HEIGHT, WIDTH);

        draw(x, PIXELS, &rng);
        draw(y, PIXELS, &rng);
        memcpy(px, x, sizeof x);
        memcpy(pty, y, sizeof y);
        ck_assert_int_eq(wck_prefilter_apply(row(_i), order, &image, NULL), WCK_OK);
        ck_assert_int_eq(wck_prefilter_transpose(row(_i), order, &gradient, NULL),
                         WCK_OK);
        for (int i = 0; i < PIXELS; i++) {
            left += px[i] * y[i];
            right += x[i] * pty[i];
            most += fabs(px[i] * y[i]) + fabs(x[i] * pty[i]);
        }
        /* Rounding of 2 poles, 3 axes, twice each, both ways; not of the poles, which
         * both sides share. */
        ck_assert_double_le(fabs(left - right),
                            0x1p-53 * (PIXELS + 64.0) *
                                (most + PIXELS * pow(wck_prefilter_norm(order), 3)));
        ck_assert_double_gt(fabs(left), 1e-3);
    }
}
END_TEST

/* The B-spline through the coefficients is the image again, at its own pixels, with the
 * border that continues as the prefilter does; SciPy's slip at short half-sample lines
 * is below 3e-2 there. */
START_TEST(the_spline_goes_through_the_image)
{
    static const struct {
        const char *prefilter, *border;
        double slip;
    } pairs[] = {
        {"mirror", "reflect_101", 0.0},
        {"mirror-truncated", "reflect_101", 1e-9}, /* terms below 1e-10 are left out */
        {"half-sample", "reflect", 3e-2},
        {"periodic", "wrap", 0.0},
        {"padded-mirror", "replicate", 0.0},
        {"padded-half-sample", "wrap", 1e-9},
    };
    struct wck_rng rng = wck_rng_start(7003, (uint64_t)_i);
    size_t p = 0;

    while (p < sizeof pairs / sizeof pairs[0] &&
           strcmp(pairs[p].prefilter, row(_i)->name) != 0)
        p++;
    ck_assert_msg(p < sizeof pairs / sizeof pairs[0], "no case for prefilter %s",
                  row(_i)->name);
    for (int order = 2; order <= 5; order++) {
        char kernel[] = "spline?";
        double x[WIDTH * HEIGHT], output[WIDTH * HEIGHT];
        struct wck_image image = volume(x, 1, HEIGHT, WIDTH);
        struct wck_image to = volume(output, 1, HEIGHT, WIDTH);
        const double identity[6] = {1, 0, 0, 0, 1, 0};
        struct wck_warp warp = {.border = wck_border_find(pairs[p].border),
                                .prefilter = row(_i),
                                .source_width = WIDTH,
                                .source_height = HEIGHT,
                                .output_width = WIDTH,
                                .output_height = HEIGHT};

        kernel[6] = (char)('0' + order);
        warp.kernel = wck_kernel_find(kernel);
        ck_assert_int_eq(
            wck_map_affine(&warp.map, identity, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
        draw(x, WIDTH * HEIGHT, &rng);
        ck_assert_int_eq(wck_warp_forward(&warp, &image, &to, NULL), WCK_OK);
        for (int i = 0; i < WIDTH * HEIGHT; i++)
            ck_assert_double_le(fabs(output[i] - x[i]),
                                pairs[p].slip +
                                    2 * line_bound(order) * wck_prefilter_norm(order));
    }
}
END_TEST

/* The 1-norm of the whole line's filter, column by column of an image of one pixel. */
START_TEST(no_coefficient_exceeds_the_norm)
{
    for (int order = 2; order <= 5; order++) {
        double sum = 0.0, line[41];
        struct wck_image image = volume(line, 1, 1, 41);

        for (size_t k = 0; k < 41; k++) {
            memset(line, 0, sizeof line);
            line[k] = 1.0;
            ck_assert_int_eq(
                wck_prefilter_apply(wck_prefilter_find("mirror"), order, &image, NULL),
                WCK_OK);
            sum += fabs(line[20]);
        }
        /* The tail beyond 20 pixels is below 0.44^20. */
        ck_assert_double_le(fabs(sum - wck_prefilter_norm(order)), 1e-5);
    }
}
END_TEST

START_TEST(prefilter_rows_are_found_by_name)
{
    ck_assert_ptr_eq(wck_prefilter_find(row(_i)->name), row(_i));
    ck_assert_uint_gt(strlen(row(_i)->summary), 0);
    ck_assert_int_eq(strncmp(row(_i)->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_is_no_prefilter_beyond_the_table)
{
    ck_assert_ptr_null(wck_prefilter_row(wck_prefilter_count()));
    ck_assert_ptr_null(wck_prefilter_find("none"));
}
END_TEST

Suite *wck_prefilter_suite(void)
{
    Suite *suite = suite_create("prefilter");
    TCase *rows = tcase_create("rows");
    int count = (int)wck_prefilter_count();

    tcase_add_loop_test(rows, a_line_meets_its_equations, 0, count);
    tcase_add_loop_test(rows, the_transpose_is_the_adjoint, 0, count);
    tcase_add_loop_test(rows, the_spline_goes_through_the_image, 0, count);
    tcase_add_loop_test(rows, prefilter_rows_are_found_by_name, 0, count);
    tcase_add_test(rows, no_coefficient_exceeds_the_norm);
    tcase_add_test(rows, there_is_no_prefilter_beyond_the_table);
    suite_add_tcase(suite, rows);
    return suite;
}
