/* Coordinates as libraries compute them: against integer arithmetic written out. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check/suites.h"
#include "reference/warp.h"
#include "src/base/rng.h"

enum { WIDTH = 90, HEIGHT = 19, SAMPLES = WIDTH * HEIGHT };

static const double affine[6] = {0.7071, -0.3333, 11.17, 0.2929, 0.9129, -3.71};
static const double homography[9] = {0.7071, -0.3333, 11.17,    0.2929, 0.9129,
                                     -3.71,  0.00391, -0.00277, 0.953};

/* The coordinates of all samples of a warp by a matrix or by coordinates. */
static void coordinates(const char *arithmetic, const char *kernel,
                        const struct wck_map *map, double *x, double *y)
{
    struct wck_warp warp = {.kernel = wck_kernel_find(kernel),
                            .border = wck_border_find("constant"),
                            .arithmetic = wck_arithmetic_find(arithmetic),
                            .map = *map,
                            .source_width = 31,
                            .source_height = 23,
                            .output_width = WIDTH,
                            .output_height = HEIGHT};
    struct wck_block block;

    ck_assert_ptr_nonnull(warp.arithmetic);
    ck_assert_int_eq(wck_warp_check(&warp, NULL), WCK_OK);
    ck_assert_int_eq(wck_block_init(&block, &warp, SAMPLES, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, SAMPLES);
    memcpy(x, block.x, SAMPLES * sizeof *x);
    memcpy(y, block.y, SAMPLES * sizeof *y);
    wck_block_release(&block);
}

static struct wck_map by_matrix(enum wck_map_kind kind, const double *matrix)
{
    struct wck_map map;

    ck_assert_int_eq(wck_map_matrix(&map, kind, 2, matrix, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    return map;
}

static double saturated(int64_t steps, int bits)
{
    int64_t whole = steps >= 0 ? steps >> bits : -((-steps - 1) >> bits) - 1;
    int64_t rest = steps - whole * (INT64_C(1) << bits);

    whole = whole < -32768 ? -32768 : whole > 32767 ? 32767 : whole;
    return (double)whole + (double)rest / (double)(INT64_C(1) << bits);
}

START_TEST(opencv4_affine_keeps_ten_bits_an_axis_and_then_five)
{
    static double x[SAMPLES], y[SAMPLES];
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, affine);

    for (int nearest = 0; nearest < 2; nearest++) {
        coordinates("opencv4-affine", nearest ? "nearest" : "bilinear", &map, x, y);
        for (int s = 0; s < SAMPLES; s++) {
            for (int a = 0; a < 2; a++) {
                const double *m = affine + (ptrdiff_t)3 * a;
                int64_t sum = llrint((m[1] * (s / WIDTH) + m[2]) * 1024) +
                              llrint(m[0] * (s % WIDTH) * 1024);
                int64_t unit = nearest ? 1024 : 32, half = unit / 2;
                int64_t steps = (int64_t)floor((double)(sum + half) / (double)unit);

                ck_assert_double_le(
                    fabs((a == 0 ? x : y)[s] - saturated(steps, nearest ? 0 : 5)), 0.0);
            }
        }
    }
}
END_TEST

START_TEST(opencv4_remap_rounds_to_a_32nd_and_saturates)
{
    static double x[SAMPLES], y[SAMPLES], u[SAMPLES], v[SAMPLES];
    static const double odd[] = {0.015625, 0.046875, -0.015625, 1e20,
                                 -1e20,    32767.99, -32768.5,  2147483648.0};
    struct wck_rng rng = wck_rng_start(10001, 0);
    struct wck_map map = wck_map_coordinates(u, v);

    for (int i = 0; i < SAMPLES; i++) {
        u[i] = i < 8 ? odd[i] : 60.0 * wck_rng_uniform(&rng) - 20.0;
        v[i] = 60.0 * wck_rng_uniform(&rng) - 20.0;
    }
    coordinates("opencv4-remap", "bilinear", &map, x, y);
    for (int i = 0; i < SAMPLES; i++) {
        double steps = nearbyint(32.0 * u[i]);

        if (!(fabs(steps) < 0x1p31)) /* x86 */
            steps = INT32_MIN;

        ck_assert_double_le(fabs(x[i] - saturated((int64_t)steps, 5)), 0.0);
        ck_assert_double_le(fabs(y[i] - nearbyint(32.0 * v[i]) / 32.0), 0.0);
    }
    u[0] = NAN;
    coordinates("opencv4-remap", "nearest", &map, x, y);
    ck_assert_double_le(fabs(x[0] + 32768.0), 0.0);
    ck_assert_double_le(fabs(x[9] - nearbyint(u[9])), 0.0);
}
END_TEST

/* Tiles of 64 columns here: 1024 / min(16, 19). */
START_TEST(opencv4_perspective_rounds_the_quotient)
{
    static double x[SAMPLES], y[SAMPLES];
    struct wck_map map = by_matrix(WCK_MAP_HOMOGRAPHY, homography);
    const double *m = homography;

    for (int nearest = 0; nearest < 2; nearest++) {
        double steps = nearest ? 1.0 : 32.0;

        coordinates("opencv4-perspective", nearest ? "nearest" : "bilinear", &map, x,
                    y);
        for (int s = 0; s < SAMPLES; s++) {
            int i = s % WIDTH, j = s / WIDTH, from = i / 64 * 64;
            double sum[3];

            for (int k = 0; k < 3; k++)
                sum[k] = (m[3 * k] * from + m[3 * k + 1] * j + m[3 * k + 2]) +
                         m[3 * k] * (i - from);
            ck_assert_double_le(
                fabs(x[s] - nearbyint(sum[0] * (steps / sum[2])) / steps), 0.0);
            ck_assert_double_le(
                fabs(y[s] - nearbyint(sum[1] * (steps / sum[2])) / steps), 0.0);
        }
    }
}
END_TEST

START_TEST(opencv4_perspective_reads_the_origin_on_the_horizon)
{
    static double x[SAMPLES], y[SAMPLES];
    const double horizon[9] = {1.25, 0, 0.5, 0, 0.75, 0.25, 0.25, 0, -0.5};
    struct wck_map map = by_matrix(WCK_MAP_HOMOGRAPHY, horizon);

    coordinates("opencv4-perspective", "bilinear", &map, x, y);
    ck_assert_double_le(fabs(x[2]) + fabs(y[2]), 0.0);
    ck_assert_double_gt(fabs(x[3]), 0.0);
}
END_TEST

/* Pillow's, in the order of its loops. */
START_TEST(pillow_reads_whole_pixels_in_fixed_point_or_by_adding)
{
    static double x[SAMPLES], y[SAMPLES];
    static const double far[6] = {400.7, -0.3333, -11.17, 0.2929, 0.9129, -3.71};
    static const double scale[6] = {0.437, 0, -2.6, 0, 1.373, 0.815};
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, affine);

    coordinates("pillow-nearest", "nearest", &map, x, y);
    for (int s = 0; s < SAMPLES; s++) {
        for (int a = 0; a < 2; a++) {
            const double *m = affine + (ptrdiff_t)3 * a;
            int64_t sum = llrint(floor((m[2] + m[0] / 2 + m[1] / 2) * 65536 + 0.5)) +
                          llrint(floor(m[1] * 65536 + 0.5)) * (s / WIDTH) +
                          llrint(floor(m[0] * 65536 + 0.5)) * (s % WIDTH);
            double off = (a == 0 ? x : y)[s] - floor(ldexp((double)sum, -16));

            ck_assert_double_le(fabs(off), 0.0);
        }
    }
    map = by_matrix(WCK_MAP_AFFINE, far);
    coordinates("pillow-nearest", "nearest", &map, x, y);
    for (int row = 0; row < HEIGHT; row++) {
        double u = far[2] + far[1] * 0.5 + far[0] * 0.5;

        for (int k = 0; k < row; k++)
            u += far[1];
        for (int k = 0; k < WIDTH; k++, u += far[0])
            ck_assert_double_le(fabs(x[row * WIDTH + k] - (u < 0 ? -1.0 : trunc(u))),
                                0.0);
    }
    map = by_matrix(WCK_MAP_AFFINE, scale);
    coordinates("pillow-nearest", "nearest", &map, x, y);
    for (int s = 0; s < SAMPLES; s++) {
        double u = scale[2] + scale[0] * 0.5, v = scale[5] + scale[4] * 0.5;

        for (int k = 0; k < s % WIDTH; k++)
            u += scale[0];
        for (int k = 0; k < s / WIDTH; k++)
            v += scale[4];
        ck_assert_double_le(fabs(x[s] - (u < 0 ? -1.0 : trunc(u))), 0.0);
        ck_assert_double_le(fabs(y[s] - trunc(v)), 0.0);
    }
}
END_TEST

/* 1/90 and its like are rounded, so that halves are missed by an ulp now and then. */
START_TEST(itk_goes_by_shares_from_one_end_of_a_row_to_the_other)
{
    static double x[SAMPLES], y[SAMPLES];
    const double matrix[6] = {0.625, -0.125, -0.5, -0.3125, 1.25, -2.5};
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, matrix);
    int missed = 0;

    coordinates("float64-blended", "nearest", &map, x, y);
    for (int s = 0; s < SAMPLES; s++) {
        volatile double first = matrix[1] * (s / WIDTH) + matrix[2];
        volatile double share = (double)(s % WIDTH) / WIDTH, way = 0.625 * WIDTH;
        volatile double u = share * way;

        u = first + u;
        ck_assert_double_le(fabs(x[s] - u), 0.0);
        missed += fabs(u - (0.625 * (s % WIDTH) + first)) > 0.0;
    }
    ck_assert_int_gt(missed, 0);
}
END_TEST

/* Leptonica's, in the order of its loops; the image has 23 rows. */
START_TEST(leptonica_cuts_to_sixteenths_and_takes_the_last_row_for_the_first)
{
    static double x[SAMPLES], y[SAMPLES];
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, affine);
    int last = 0;

    coordinates("leptonica", "bilinear", &map, x, y);
    for (int s = 0; s < SAMPLES; s++) {
        for (int a = 0; a < 2; a++) {
            const double *m = affine + (ptrdiff_t)3 * a;
            float across = (float)m[0] * (float)(s % WIDTH);
            float down = (float)m[1] * (float)(s / WIDTH);
            float sum = across + down;
            double want = floor(16.0 * (double)(sum + (float)m[2])) / 16.0;

            if (a == 1 && want >= 22.0 && want < 23.0) {
                want = 0.0;
                last++;
            }
            ck_assert_double_le(fabs((a == 0 ? x : y)[s] - want), 0.0);
        }
    }
    ck_assert_int_gt(last, 0);
}
END_TEST

/* Half a pixel is added and the rest is cut off towards 0, so that pixel 0 is read from
 * -3/2 on. */
START_TEST(leptonicas_sampling_reads_the_first_pixel_from_two_pixels)
{
    static double x[SAMPLES], y[SAMPLES];
    const double matrix[6] = {0.25, 0.0, -2.0, 0.0, 1.0, -0.75};
    const double firsts[] = {-1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2};
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, matrix);

    coordinates("leptonica-sampled", "nearest", &map, x, y);
    for (int k = 0; k < 15; k++)
        ck_assert_double_le(fabs(x[k] - firsts[k]), 0.0);
    for (int row = 0; row < HEIGHT; row++)
        ck_assert_double_le(fabs(y[row * WIDTH] - (row > 0 ? row - 1.0 : 0.0)), 0.0);
}
END_TEST

/* A sum that overflows is no pixel's, for Leptonica: the sample is filled, not NaN. */
START_TEST(leptonica_fills_what_is_no_number)
{
    static double x[SAMPLES], y[SAMPLES];
    const double matrix[6] = {3e38, -3e38, 1.0, 0.0, 1.0, 0.0};
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, matrix);
    static const char *const names[] = {"leptonica", "leptonica-sampled"};

    coordinates(names[_i], "nearest", &map, x, y);
    ck_assert_double_le(fabs(x[2 * WIDTH + 2] + 1.0), 0.0);
}
END_TEST

/* How far a quantum may carry a coordinate: half of it where it is rounded. */
static double reach(const struct wck_arithmetic *row)
{
    if (strcmp(row->name, "leptonica") == 0) /* cut off */
        return row->quantum;
    if (strcmp(row->name, "leptonica-sampled") == 0) /* below 0 to the next above */
        return 1.5 * row->quantum;
    return row->quantum / 2;
}

/* Whatever the arithmetic: within its own rounding of the formula, and a multiple of
 * its quantum.  The fixed-point chains round three times, to 1/2048, 1/2048 and 1/64.
 */
START_TEST(coordinates_lie_within_a_quantum_of_the_formula)
{
    static double x[SAMPLES], y[SAMPLES], u[SAMPLES], v[SAMPLES];
    const struct wck_arithmetic *row = wck_arithmetic_row((size_t)_i);
    /* What goes by steps has no roundoff of its own to declare: its bits are
     * reproduced. */
    bool steps = strcmp(row->name, "float32-stepwise") == 0 ||
                 strstr(row->name, "leptonica") != NULL;
    double unit = steps ? 0x1p-24 : row->roundoff;
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, affine);

    for (int s = 0; s < SAMPLES; s++) {
        u[s] = affine[0] * (s % WIDTH) + affine[1] * (s / WIDTH) + affine[2];
        v[s] = affine[3] * (s % WIDTH) + affine[4] * (s / WIDTH) + affine[5];
    }
    if (strstr(row->name, "pillow") != NULL) { /* a pixel's centre is at a half */
        for (int s = 0; s < SAMPLES; s++) {
            u[s] += (affine[0] + affine[1] - 1.0) / 2.0;
            v[s] += (affine[3] + affine[4] - 1.0) / 2.0;
        }
    }
    if (strstr(row->name, "remap") != NULL)
        map = wck_map_coordinates(u, v);
    if (strstr(row->name, "perspective") != NULL) {
        double full[9] = {0, 0, 0, 0, 0, 0, 0, 0, 1};

        memcpy(full, affine, sizeof affine);
        map = by_matrix(WCK_MAP_HOMOGRAPHY, full);
    }
    coordinates(row->name, "bilinear", &map, x, y);
    for (int s = 0; s < SAMPLES; s++) {
        double off = fmax(fabs(x[s] - u[s]), fabs(y[s] - v[s]));

        /* The row that Leptonica takes for the first. */
        if (strcmp(row->name, "leptonica") == 0 && v[s] > 21.999 && v[s] < 23.001)
            off = fabs(x[s] - u[s]);
        /* Three products and sums below 128, in the row's precision and in double. */
        ck_assert_double_le(off, reach(row) + (row->quantum > 0x1p-6 ? 0x1p-10 : 0) +
                                     6 * 0x1p-46 + 6 * 0x1p7 * unit);
        if (row->quantum > 0.0)
            ck_assert_double_le(fabs(fmod(x[s], row->quantum)), 0.0);
    }
}
END_TEST

/* Next to 1e16 each addition rounds to an even number, so that the order shows. */
START_TEST(scipy_adds_the_offset_first)
{
    static double x[SAMPLES], y[SAMPLES];
    const double matrix[6] = {0.1, 0.7, 1e16, -0.3, 0.2, 0.5};
    struct wck_map map = by_matrix(WCK_MAP_AFFINE, matrix);

    coordinates("scipy", "bilinear", &map, x, y);
    for (int s = 0; s < SAMPLES; s++) {
        volatile double sum = 1e16;

        sum += 0.7 * (s / WIDTH);
        sum += 0.1 * (s % WIDTH);
        ck_assert_double_le(fabs(x[s] - sum), 0.0);
    }
}
END_TEST

START_TEST(arithmetic_rows_are_found_by_name)
{
    const struct wck_arithmetic *row = wck_arithmetic_row((size_t)_i);

    ck_assert_ptr_eq(wck_arithmetic_find(row->name), row);
    ck_assert_uint_gt(strlen(row->summary), 0);
    ck_assert_int_eq(strncmp(row->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_is_no_arithmetic_beyond_the_table)
{
    ck_assert_ptr_null(wck_arithmetic_row(wck_arithmetic_count()));
    ck_assert_ptr_null(wck_arithmetic_find("float8"));
}
END_TEST

Suite *wck_arithmetic_suite(void)
{
    Suite *suite = suite_create("arithmetic");
    TCase *rows = tcase_create("rows");
    int count = (int)wck_arithmetic_count();

    tcase_add_test(rows, opencv4_affine_keeps_ten_bits_an_axis_and_then_five);
    tcase_add_test(rows, opencv4_remap_rounds_to_a_32nd_and_saturates);
    tcase_add_test(rows, opencv4_perspective_rounds_the_quotient);
    tcase_add_test(rows, opencv4_perspective_reads_the_origin_on_the_horizon);
    tcase_add_test(rows, scipy_adds_the_offset_first);
    tcase_add_test(rows, itk_goes_by_shares_from_one_end_of_a_row_to_the_other);
    tcase_add_test(rows, pillow_reads_whole_pixels_in_fixed_point_or_by_adding);
    tcase_add_test(rows,
                   leptonica_cuts_to_sixteenths_and_takes_the_last_row_for_the_first);
    tcase_add_test(rows, leptonicas_sampling_reads_the_first_pixel_from_two_pixels);
    tcase_add_loop_test(rows, leptonica_fills_what_is_no_number, 0, 2);
    tcase_add_loop_test(rows, coordinates_lie_within_a_quantum_of_the_formula, 0,
                        count);
    tcase_add_loop_test(rows, arithmetic_rows_are_found_by_name, 0, count);
    tcase_add_test(rows, there_is_no_arithmetic_beyond_the_table);
    suite_add_tcase(suite, rows);
    return suite;
}
