/* Taps: the rows of a sparse matrix give back output and gradients. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/subject/made.h"
#include "check/suites.h"
#include "src/run/sampling.h"
#include "src/run/taps.h"
#include "src/subject/evaluation.h"

static const struct wck_recorded_inputs inputs = {0};

static void take(struct wck_recorded *of, struct wck_npz *npz)
{
    struct wck_error err = {0};

    ck_assert_msg(wck_recorded_take(of, npz, "made", &inputs, &err) == WCK_OK, "%s",
                  err.text);
}

static void made(int which, struct wck_recorded *of)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_npz npz;

    if (which == 0)
        made_affine(&npz, &reference);
    else
        made_coords(&npz, &reference);
    take(of, &npz);
}

static double number(const struct wck_tensor *tensor, size_t i)
{
    return wck_tensor_get(tensor, (ptrdiff_t)i);
}

/* Output = W (image, border value), image gradient = W^T upstream, and the gradient of
 * a coordinate = sum of slope x pixel x upstream.  Sums of at most 4 + 2 products an
 * output, or 30 a pixel, of terms below 2 x 4 (Gaussian numbers of this seed) x 4: with
 * 32 roundings each on either side. */
START_TEST(taps_give_back_output_and_gradients)
{
    enum { PIXELS = MADE_HEIGHT * MADE_WIDTH, SAMPLES = MADE_ROWS * MADE_COLUMNS };
    const double tolerance = 2 * 32 * 32 * 32 * 0x1p-53;
    struct wck_evaluation evaluation;
    struct wck_recorded of;
    struct wck_taps taps;
    double fill;

    made(_i, &of);
    fill = of.border_value != NULL ? of.border_value[0] : 0.0;
    ck_assert_int_eq(wck_evaluation_run(&evaluation, &of, NULL, NULL), WCK_OK);
    ck_assert_int_eq(wck_taps_list(&taps, &of, WCK_TAPS_BYTES, NULL), WCK_OK);
    ck_assert_uint_eq(taps.rows, SAMPLES);
    ck_assert_int_eq(taps.axes, 2);
    ck_assert_int_eq(taps.row[0], 0);
    ck_assert_int_eq(taps.row[SAMPLES], (int64_t)taps.count);
    for (size_t c = 0; c < MADE_CHANNELS; c++) {
        const struct wck_tensor *image = wck_member_find(&of.archive, "image");
        const struct wck_tensor *up = wck_member_find(&of.archive, "grad_output");
        double sums[PIXELS] = {0.0};

        for (size_t r = 0; r < SAMPLES; r++) {
            double sum = 0.0, g = number(up, c * SAMPLES + r);

            for (int64_t t = taps.row[r]; t < taps.row[r + 1]; t++) {
                int64_t pixel = taps.pixel[t];

                ck_assert_int_ge(pixel, -1);
                ck_assert_int_lt(pixel, PIXELS);
                sum += taps.weight[t] *
                       (pixel < 0 ? fill : number(image, c * PIXELS + (size_t)pixel));
                if (pixel >= 0)
                    sums[pixel] += taps.weight[t] * g;
            }
            ck_assert_double_eq_tol(
                sum, number(&evaluation.output.tensor, c * SAMPLES + r), tolerance);
        }
        for (size_t p = 0; p < PIXELS; p++)
            ck_assert_double_eq_tol(
                sums[p], number(&evaluation.grad_image, c * PIXELS + p), tolerance);
    }
    wck_taps_release(&taps);
    wck_evaluation_release(&evaluation);
    wck_recorded_release(&of);
}
END_TEST

/* SciPy's coords hold y first. */
START_TEST(slopes_give_back_the_gradient_of_coordinates)
{
    enum { PIXELS = MADE_HEIGHT * MADE_WIDTH, SAMPLES = MADE_ROWS * MADE_COLUMNS };
    const double tolerance = 2 * 32 * 32 * 32 * 0x1p-53;
    struct wck_evaluation evaluation;
    struct wck_recorded of;
    struct wck_taps taps;

    made(1, &of);
    ck_assert_int_eq(wck_evaluation_run(&evaluation, &of, NULL, NULL), WCK_OK);
    ck_assert_int_eq(wck_taps_list(&taps, &of, WCK_TAPS_BYTES, NULL), WCK_OK);
    for (size_t r = 0; r < SAMPLES; r++) {
        double sum[2] = {0.0};

        for (int64_t t = taps.row[r]; t < taps.row[r + 1]; t++) {
            for (size_t c = 0; c < MADE_CHANNELS; c++) {
                const struct wck_image *image = &of.recording.call.image;
                double g = wck_image_get(&of.recording.grad_output, c, r / MADE_COLUMNS,
                                         r % MADE_COLUMNS);
                size_t at = (size_t)taps.pixel[t];
                double pixel =
                    taps.pixel[t] < 0
                        ? of.border_value[0]
                        : wck_image_get(image, c, at / MADE_WIDTH, at % MADE_WIDTH);

                for (int a = 0; a < 2; a++)
                    sum[a] += taps.slope[a][t] * pixel * g;
            }
        }
        ck_assert_double_eq_tol(sum[WCK_Y], number(&evaluation.grad_array[0], r),
                                tolerance);
        ck_assert_double_eq_tol(
            sum[WCK_X], number(&evaluation.grad_array[0], SAMPLES + r), tolerance);
    }
    wck_taps_release(&taps);
    wck_evaluation_release(&evaluation);
    wck_recorded_release(&of);
}
END_TEST

/* ---- where samples fall ---- */

static void respelled(struct wck_recorded *of, const char *spec, const double *coords,
                      const size_t *shape, int rank)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_tensor tensor;
    struct wck_npz npz;

    made_coords(&npz, &reference);
    made_replace(&npz, "output", NULL);
    made_replace(&npz, "grad_output", NULL);
    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_FLOAT64, rank, shape, NULL), WCK_OK);
    memcpy(tensor.data, coords, wck_tensor_count(&tensor) * sizeof *coords);
    made_replace(&npz, "coords", &tensor);
    free(tensor.data);
    made_respell(&npz, spec);
    take(of, &npz);
}

/* Of a 4x6 image: y and x of six samples in one row. */
static const double some[] = {1.25, -0.5, -0.75, 3.5, (double)NAN, 9.0, /* y */
                              2.25, 5.5,  1.0,   5.6, 2.0,         2.0};

START_TEST(samples_outside_filled_and_without_a_place_are_counted)
{
    const size_t shape[] = {2, 1, 6};
    struct wck_sampling sampling = {0};
    struct wck_recorded of;
    struct wck_taps taps;

    respelled(&of,
              "{\"convention\": \"scipy.map_coordinates\", \"layout\": \"NCHW\", "
              "\"interp\": \"spline1\", \"border\": \"grid-constant\"}",
              some, shape, 3);
    ck_assert_int_eq(wck_sampling_add(&sampling, &of.recording.items[0].warp, NULL),
                     WCK_OK);
    ck_assert_uint_eq(sampling.samples, 6);
    ck_assert_uint_eq(sampling.outside, 3);
    ck_assert_uint_eq(sampling.filled, 1);
    ck_assert_uint_eq(sampling.non_finite, 1);
    ck_assert_int_eq(wck_taps_list(&taps, &of, WCK_TAPS_BYTES, NULL), WCK_OK);
    ck_assert_uint_eq(taps.count, sampling.taps);
    ck_assert_int_eq(taps.row[4], taps.row[5]); /* NaN: an empty row */
    ck_assert_int_eq(taps.row[6] - taps.row[5], 1);
    ck_assert_int_eq(taps.pixel[taps.row[5]], -1);
    ck_assert_double_eq_tol(taps.weight[taps.row[5]], 1.0, 0x1p-52);
    wck_taps_release(&taps);
    wck_recorded_release(&of);
}
END_TEST

START_TEST(a_warp_that_cannot_be_is_not_counted)
{
    struct wck_sampling sampling = {0};
    struct wck_warp warp = {0};
    struct wck_error err = {0};

    ck_assert_int_eq(wck_sampling_add(&sampling, &warp, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "a warp needs a kernel and a border");
    ck_assert_uint_eq(sampling.samples, 0);
}
END_TEST

START_TEST(samples_without_any_tap_make_an_empty_matrix)
{
    const double nowhere[] = {(double)NAN, (double)INFINITY};
    const size_t shape[] = {2, 1, 1};
    struct wck_recorded of;
    struct wck_taps taps;
    struct wck_npz npz = {0};

    respelled(&of,
              "{\"convention\": \"scipy.map_coordinates\", \"layout\": \"NCHW\", "
              "\"interp\": \"spline1\", \"border\": \"grid-constant\"}",
              nowhere, shape, 3);
    ck_assert_int_eq(wck_taps_list(&taps, &of, WCK_TAPS_BYTES, NULL), WCK_OK);
    ck_assert_uint_eq(taps.count, 0);
    ck_assert_int_eq(wck_taps_pack(&taps, &npz, NULL), WCK_OK);
    ck_assert_uint_eq(wck_tensor_count(wck_npz_array(&npz, "tap_row")), 2);
    ck_assert_uint_eq(wck_tensor_count(wck_npz_array(&npz, "tap_weight")), 0);
    wck_npz_release(&npz);
    wck_taps_release(&taps);
    wck_recorded_release(&of);
}
END_TEST

/* ---- refusals ---- */

START_TEST(taps_behind_a_prefilter_are_refused)
{
    const size_t shape[] = {2, 1, 6};
    struct wck_error err = {0};
    struct wck_recorded of;
    struct wck_taps taps;

    respelled(&of,
              "{\"convention\": \"scipy.map_coordinates\", \"layout\": \"NCHW\", "
              "\"interp\": \"spline3\", \"border\": \"mirror\"}",
              some, shape, 3);
    ck_assert_int_eq(wck_taps_list(&taps, &of, WCK_TAPS_BYTES, &err), WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "every output read every pixel"));
    wck_taps_release(&taps);
    wck_recorded_release(&of);
}
END_TEST

/* 15 samples of a bilinear warp: 16 rows of 8 bytes and, a tap, 8 + 3 x 8. */
START_TEST(taps_beyond_the_room_there_is_are_refused)
{
    struct wck_error err = {0};
    struct wck_recorded of;
    struct wck_taps taps;
    size_t exact;

    made(0, &of);
    ck_assert_int_eq(wck_taps_list(&taps, &of, WCK_TAPS_BYTES, NULL), WCK_OK);
    exact = 16 * 8 + taps.count * 32;
    wck_taps_release(&taps);
    ck_assert_int_eq(wck_taps_list(&taps, &of, exact - 1, &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "make the output smaller"));
    wck_taps_release(&taps);
    ck_assert_int_eq(wck_taps_list(&taps, &of, exact, NULL), WCK_OK);
    wck_taps_release(&taps);
    wck_recorded_release(&of);
}
END_TEST

/* ---- batches and volumes ---- */

static void add(struct wck_npz *npz, const char *name, int rank, const size_t *shape,
                double first, double step)
{
    struct wck_tensor tensor;

    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_FLOAT64, rank, shape, NULL), WCK_OK);
    for (size_t i = 0; i < wck_tensor_count(&tensor); i++)
        wck_tensor_set(&tensor, (ptrdiff_t)i, first + step * (double)(i * i % 23));
    ck_assert_int_eq(wck_npz_add_array(npz, name, &tensor, NULL), WCK_OK);
    free(tensor.data);
}

static const struct {
    size_t grids, rows;
} batches[] = {{1, 12}, {2, 24}}; /* one grid for both items, or one each */

START_TEST(rows_are_of_all_batch_items_where_each_has_a_map)
{
    const size_t images[] = {2, 1, 2, 5, 4}, grids[] = {batches[_i].grids, 2, 2, 3, 3};
    struct wck_npz npz = {0}, packed = {0};
    struct wck_recorded of;
    struct wck_taps taps;

    add(&npz, "image", 5, images, -1.0, 0.25);
    add(&npz, "grid", 5, grids, -0.9, 0.07);
    ck_assert_int_eq(wck_npz_add_text(&npz, "spec.json",
                                      "{\"convention\": \"torch.grid_sample\"}", NULL),
                     WCK_OK);
    take(&of, &npz);
    ck_assert_int_eq(wck_taps_list(&taps, &of, WCK_TAPS_BYTES, NULL), WCK_OK);
    ck_assert_uint_eq(taps.rows, batches[_i].rows);
    ck_assert_int_eq(taps.axes, 3);
    ck_assert_int_eq(taps.row[taps.rows], (int64_t)taps.count);
    ck_assert_int_eq(wck_taps_pack(&taps, &packed, NULL), WCK_OK);
    ck_assert_uint_eq(packed.count, 6);
    ck_assert_int_eq(wck_npz_array(&packed, "tap_pixel")->dtype, WCK_INT64);
    for (size_t t = 0; t < taps.count; t++)
        ck_assert_double_le(
            fabs(number(wck_npz_array(&packed, "tap_dz"), t) - taps.slope[WCK_Z][t]),
            0.0);
    wck_npz_release(&packed);
    wck_taps_release(&taps);
    wck_recorded_release(&of);
}
END_TEST

Suite *wck_taps_suite(void)
{
    Suite *suite = suite_create("taps");
    TCase *tests = tcase_create("taps");

    tcase_add_loop_test(tests, taps_give_back_output_and_gradients, 0, 2);
    tcase_add_test(tests, slopes_give_back_the_gradient_of_coordinates);
    tcase_add_test(tests, samples_outside_filled_and_without_a_place_are_counted);
    tcase_add_test(tests, a_warp_that_cannot_be_is_not_counted);
    tcase_add_test(tests, samples_without_any_tap_make_an_empty_matrix);
    tcase_add_test(tests, taps_behind_a_prefilter_are_refused);
    tcase_add_test(tests, taps_beyond_the_room_there_is_are_refused);
    tcase_add_loop_test(tests, rows_are_of_all_batch_items_where_each_has_a_map, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}
