/* Kernel "area": its warps, and every gradient, against the oracle and OpenCV. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/reference/footprint_bound.h"
#include "check/reference/pair.h"
#include "check/suites.h"
#include "reference/walk.h"

#define WIDTH 7
#define HEIGHT 5
#define PIXELS (WIDTH * HEIGHT)

/* One that minifies, turns and shears. */
static struct wck_warp warp_of(const char *border)
{
    const double m[6] = {2.375, 0.625, 1.828125, -0.8125, 1.6875, 0.671875};
    struct wck_warp warp = {.kernel = wck_kernel_find("area"),
                            .border = wck_border_find(border),
                            .source_width = WIDTH,
                            .source_height = HEIGHT,
                            .output_width = 4,
                            .output_height = 3};

    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return warp;
}

/* What cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA) of OpenCV 5.0.0 makes of
 * the float64 image (37 i + 11) mod 101, i along its rows.  It weighs in single
 * precision: a share of a column, of a row, and their sums' reciprocals. */
static const struct {
    size_t source[2], output[2]; /* width, height */
    double value[12];
} resized[] = {
    {{8, 6},
     {4, 2},
     {39.333334505558014, 46.00000137090683, 69.5000020712614, 42.5000012665987,
      52.000001549720764, 58.66666841506958, 48.500001445412636, 38.33333447575569}},
    {{9, 6},
     {3, 3},
     {46.16666804254055, 56.166668340563774, 49.33333480358124, 38.83333449065685,
      48.83333478868008, 58.8333350867033, 48.333334773778915, 41.50000123679638,
      51.5000015348196}},
    {{7, 5},
     {3, 2},
     {39.74285847757545, 52.171430989674185, 55.94285874579635, 49.57143002705915,
      56.22857385618349, 36.914286922131275}},
};

START_TEST(an_axis_aligned_minification_is_opencv_s)
{
    struct wck_warp warp = {.kernel = wck_kernel_find("area"),
                            .border = wck_border_find("constant"),
                            .source_width = resized[_i].source[0],
                            .source_height = resized[_i].source[1],
                            .output_width = resized[_i].output[0],
                            .output_height = resized[_i].output[1]};
    double fx = (double)warp.source_width / (double)warp.output_width;
    double fy = (double)warp.source_height / (double)warp.output_height;
    const double m[6] = {fx, 0.0, fx / 2.0 - 0.5, 0.0, fy, fy / 2.0 - 0.5};
    size_t from[] = {warp.source_height, warp.source_width};
    size_t to[] = {warp.output_height, warp.output_width};
    double pixel[54], value[12];
    struct wck_tensor in = wck_tensor_contiguous(pixel, WCK_FLOAT64, 2, from);
    struct wck_tensor out = wck_tensor_contiguous(value, WCK_FLOAT64, 2, to);
    struct wck_image image, output;

    for (size_t i = 0; i < from[0] * from[1]; i++)
        pixel[i] = (double)((37 * i + 11) % 101);
    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&image, &in, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&output, &out, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_warp_forward(&warp, &image, &output, NULL), WCK_OK);
    for (size_t i = 0; i < to[0] * to[1]; i++)
        ck_assert_double_le(fabs(value[i] - resized[_i].value[i]), 101 * 0x1p-22);
}
END_TEST

static const struct {
    const char *output_units, *source_units;
    bool to_output;
    double matrix[6];
} maps[] = {
    {NULL, NULL, false, {2.375, 0.625, -0.828125, -0.8125, 1.6875, 0.671875}},
    {NULL, NULL, true, {0.40625, -0.109375, 0.3125, 0.171875, 0.59375, 0.21875}},
    {"centres", "edges", false, {1.03125, 0.15625, 0.09375, -0.21875, 0.875, -0.0625}},
    {"edges", "centres", false, {0.3125, 0.078125, 0.125, -0.09375, 0.84375, 0.0625}},
};
#define MAPS (sizeof maps / sizeof maps[0])

static void start(struct pair *pair, int row, struct wck_rng *rng)
{
    size_t map = (size_t)row % MAPS;

    *pair = (struct pair){.oracle = {.kernel = "area",
                                     .border = wck_border_row((size_t)row / MAPS)->name,
                                     .axes = 2,
                                     .source = {WIDTH, HEIGHT, 1},
                                     .output = {4, 3, 1},
                                     .kind = "affine",
                                     .to_output = maps[map].to_output,
                                     .output_units = maps[map].output_units,
                                     .source_units = maps[map].source_units}};
    memcpy(pair->matrix, maps[map].matrix, sizeof maps[map].matrix);
    pair_bind(pair, rng);
}

/* The footprint's linear part: the map's differences from pixel to pixel. */
static void oracle_weights(const struct pair *pair, int sample, __float128 *weight)
{
    __float128 at[3][ORACLE_AXES], a[4], f[4];
    const int next[] = {0, 1, pair->oracle.output[0]};

    for (int i = 0; i < 3; i++)
        oracle_coordinate(&pair->oracle, next[i], at[i]);
    for (int i = 0; i < 4; i++)
        a[i] = at[1 + i % 2][i / 2] - at[0][i / 2];
    oracle_footprint(a, f);
    oracle_coordinate(&pair->oracle, sample, at[0]);
    oracle_area(&pair->oracle, f, at[0], weight);
}

static __float128 oracle_output(const struct pair *pair, int sample)
{
    __float128 weight[PIXELS + 1], sum = 0;

    oracle_weights(pair, sample, weight);
    for (size_t p = 0; p < PIXELS; p++)
        sum += weight[p] * pair->image[p];
    return sum + weight[PIXELS] * pair->border_value;
}

/* <upstream, output>. */
static __float128 oracle_loss(const struct pair *pair)
{
    __float128 sum = 0;

    for (size_t i = 0; i < pair->samples; i++)
        sum += oracle_output(pair, (int)i) * pair->upstream[i];
    return sum;
}

/* For a sum of `terms` weights or their derivatives, times pixels and upstream values
 * of up to 2.3 each; `lever` is by how much more an error of the coordinates (of 16
 * roundings at 16 pixels, and an inverse's) or of F moves the sum than a weight's. */
static double sum_bound(const struct pair *pair, double terms, double lever)
{
    struct wck_footprint footprint;

    wck_area_footprint(&pair->warp, &footprint);
    return terms * 2.3 * 2.3 * lever *
           (footprint_slope_bound(&footprint, false) + 16.0 * 16.0 * 4.0 * 0x1p-53);
}

START_TEST(forward_is_the_oracle_s)
{
    struct wck_rng rng = wck_rng_start(9301, (uint64_t)_i);
    struct pair pair;
    double value[PAIR_SAMPLES];
    struct wck_image image, output;

    start(&pair, _i, &rng);
    image = pair_source(&pair, pair.image);
    output = pair_output(&pair, value);
    ck_assert_int_eq(wck_warp_forward(&pair.warp, &image, &output, NULL), WCK_OK);
    for (size_t i = 0; i < pair.samples; i++)
        ck_assert_double_le(fabs((double)(value[i] - oracle_output(&pair, (int)i))),
                            sum_bound(&pair, PIXELS + 1, 1.0));
}
END_TEST

START_TEST(the_image_s_gradient_is_the_oracle_s)
{
    struct wck_rng rng = wck_rng_start(9302, (uint64_t)_i);
    struct pair pair;
    double gradient[PIXELS], border;
    __float128 want[PIXELS + 1] = {0}, weight[PIXELS + 1];
    struct wck_image image, upstream, to;

    start(&pair, _i, &rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    to = pair_source(&pair, gradient);
    ck_assert_int_eq(
        wck_warp_vjp(&pair.warp, &image, &upstream,
                     &(struct wck_gradients){.image = &to, .border_value = &border},
                     NULL),
        WCK_OK);
    for (size_t i = 0; i < pair.samples; i++) {
        oracle_weights(&pair, (int)i, weight);
        for (size_t p = 0; p <= PIXELS; p++)
            want[p] += weight[p] * pair.upstream[i];
    }
    for (size_t p = 0; p < PIXELS; p++)
        ck_assert_double_le(fabs((double)(gradient[p] - want[p])),
                            sum_bound(&pair, (double)pair.samples, 1.0));
    ck_assert_double_le(fabs((double)(border - want[PIXELS])),
                        sum_bound(&pair, (double)pair.samples * PIXELS, 1.0));
}
END_TEST

/* Central differences of the oracle's loss over each entry; entries are dyadic, so the
 * steps are exact.  An entry moves coordinates and F by up to 16 pixels (through an
 * inverse of up to 3, or units of half the image), so the third derivative of each
 * weight is below 2^10 16^3, and truncation below 2^-66 2^22 a term. */
START_TEST(the_matrix_gradient_is_the_oracle_s)
{
    struct wck_rng rng = wck_rng_start(9303, (uint64_t)_i);
    const double h = 0x1p-33;
    struct pair pair;
    double gradient[WCK_MATRIX];
    struct wck_image image, upstream;

    start(&pair, _i, &rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    ck_assert_int_eq(wck_warp_vjp(&pair.warp, &image, &upstream,
                                  &(struct wck_gradients){.matrix = gradient}, NULL),
                     WCK_OK);
    for (int e = 0; e < 6; e++) {
        double entry = pair.matrix[e], terms = (double)pair.samples * (PIXELS + 1),
               bound;
        __float128 difference;

        pair.matrix[e] = entry + h;
        difference = oracle_loss(&pair);
        pair.matrix[e] = entry - h;
        difference = (difference - oracle_loss(&pair)) / (2 * h);
        pair.matrix[e] = entry;
        bound = sum_bound(&pair, terms, 16.0) + terms * 0x1p-44;
        ck_assert_msg(fabs((double)(gradient[e] - difference)) <= bound,
                      "entry %d: %.17g, not %.17g: beyond %g", e, gradient[e],
                      (double)difference, bound);
    }
}
END_TEST

/* <upstream, J t> = <J^T upstream, t> for tangents of all inputs at once. */
START_TEST(forward_mode_is_adjoint_to_reverse_mode)
{
    struct wck_rng rng = wck_rng_start(9304, (uint64_t)_i);
    struct pair pair;
    double gradient[PIXELS], of_border, of_matrix[WCK_MATRIX], of_x[PAIR_SAMPLES];
    double t_image[PIXELS], t_border = 0.625, t_matrix[WCK_MATRIX];
    double t_x[PAIR_SAMPLES], pushed[PAIR_SAMPLES], left = 0.0, right;
    struct wck_image image, upstream, to, along, output;

    start(&pair, _i, &rng);
    for (size_t p = 0; p < PIXELS; p++)
        t_image[p] = wck_rng_gaussian(&rng);
    for (size_t i = 0; i < pair.samples; i++)
        t_x[i] = wck_rng_gaussian(&rng);
    for (int e = 0; e < 6; e++)
        t_matrix[e] = wck_rng_gaussian(&rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    to = pair_source(&pair, gradient);
    along = pair_source(&pair, t_image);
    output = pair_output(&pair, pushed);
    ck_assert_int_eq(wck_warp_vjp(&pair.warp, &image, &upstream,
                                  &(struct wck_gradients){.image = &to,
                                                          .x = of_x,
                                                          .matrix = of_matrix,
                                                          .border_value = &of_border},
                                  NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_warp_jvp(&pair.warp, &image,
                                  &(struct wck_tangents){.image = &along,
                                                         .x = t_x,
                                                         .matrix = t_matrix,
                                                         .border_value = &t_border},
                                  &output, NULL),
                     WCK_OK);
    right = of_border * t_border;
    for (size_t i = 0; i < pair.samples; i++) {
        left += pair.upstream[i] * pushed[i];
        right += of_x[i] * t_x[i];
    }
    for (size_t p = 0; p < PIXELS; p++)
        right += gradient[p] * t_image[p];
    for (int e = 0; e < 6; e++)
        right += of_matrix[e] * t_matrix[e];
    /* The same products in another order, some 500 of them, of up to 16 each. */
    ck_assert_double_le(fabs(left - right), 500 * 500 * 16 * 0x1p-53);
}
END_TEST

/* ---- what is refused, and what has no taps ---- */

START_TEST(other_maps_are_refused_with_what_is_served)
{
    static const double zero[12];
    const double m[9] = {2.25, 0.25, 1.5, -0.125, 1.75, 0.5, 0.0, 0.0, 1.0};
    struct wck_warp warp = warp_of("reflect");
    struct wck_error err = {0};

    ck_assert_int_eq(wck_warp_check(&warp, &err), WCK_OK);
    switch (_i) {
    case 0:
        wck_map_matrix(&warp.map, WCK_MAP_HOMOGRAPHY, 2, m, WCK_OUTPUT_TO_SOURCE, NULL);
        break;
    case 1:
        warp.map = wck_map_coordinates(zero, zero);
        break;
    case 2:
        warp.map = (struct wck_map){.kind = WCK_MAP_AFFINE, .axes = 3};
        break;
    case 3:
        warp.fold = wck_fold_find("clip");
        break;
    default:
        warp.arithmetic = wck_arithmetic_find("opencv4-affine");
        warp.rounding = wck_rounding_find("opencv4-8u");
    }
    ck_assert_int_eq(wck_warp_check(&warp, &err), WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "kernel area"));
}
END_TEST

START_TEST(a_singular_matrix_is_refused)
{
    const double m[6] = {2.25, 1.125, 0.5, 4.5, 2.25, 0.25};
    struct wck_warp warp = warp_of("wrap");

    ck_assert_int_eq(
        wck_map_matrix(&warp.map, WCK_MAP_AFFINE, 2, m, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    ck_assert_int_eq(wck_warp_check(&warp, NULL), WCK_INVALID);
}
END_TEST

START_TEST(double_backward_is_refused)
{
    struct wck_rng rng = wck_rng_start(9305, 0);
    struct wck_error err = {0};
    struct pair pair;
    struct wck_image image, upstream;

    start(&pair, 0, &rng);
    image = pair_source(&pair, pair.image);
    upstream = pair_output(&pair, pair.upstream);
    ck_assert_int_eq(wck_warp_second(&pair.warp, &image, &upstream,
                                     &(struct wck_tangents){.x = pair.upstream},
                                     &(struct wck_second){.x = pair.given[0]}, &err),
                     WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "area"));
}
END_TEST

START_TEST(a_coordinate_that_is_not_finite_has_no_taps)
{
    struct wck_warp warp = warp_of("replicate");
    struct wck_walk walk;
    struct wck_tap tap;
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, &warp, 12, NULL), WCK_OK);
    wck_block_fill(&block, &warp, 0, 12);
    block.x[7] = (double)INFINITY;
    block.y[2] = (double)NAN;
    for (size_t i = 0; i < 12; i++) {
        wck_walk_begin(&walk, &warp, &block, i);
        ck_assert_int_eq(wck_block_has_taps(&block, i), i != 7 && i != 2);
        ck_assert_int_eq(wck_walk_next(&walk, &tap), i != 7 && i != 2);
    }
    wck_block_release(&block);
}
END_TEST

Suite *wck_area_suite(void)
{
    Suite *suite = suite_create("area");
    TCase *passes = tcase_create("passes"), *refused = tcase_create("refused");
    int pairs = (int)(MAPS * wck_border_count());

    tcase_add_loop_test(passes, an_axis_aligned_minification_is_opencv_s, 0,
                        (int)(sizeof resized / sizeof resized[0]));
    tcase_add_loop_test(passes, forward_is_the_oracle_s, 0, pairs);
    tcase_add_loop_test(passes, the_image_s_gradient_is_the_oracle_s, 0, pairs);
    tcase_add_loop_test(passes, the_matrix_gradient_is_the_oracle_s, 0, pairs);
    tcase_add_loop_test(passes, forward_mode_is_adjoint_to_reverse_mode, 0, pairs);
    suite_add_tcase(suite, passes);
    tcase_add_loop_test(refused, other_maps_are_refused_with_what_is_served, 0, 5);
    tcase_add_test(refused, a_singular_matrix_is_refused);
    tcase_add_test(refused, double_backward_is_refused);
    tcase_add_test(refused, a_coordinate_that_is_not_finite_has_no_taps);
    suite_add_tcase(suite, refused);
    return suite;
}
