/* How images lie in memory changes nothing: every type, layout and stride against the
 * oracle; batches, channels and blocks are independent. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"

#define BATCH 2
#define CHANNELS 3

static const int value_order[WCK_AXES] = {0, 0, 0};

/* Layouts of a plane, of channels, of batches; volumes where there is a D. */
static const char *const layouts[] = {
    "HW",   "WH",   "HWC", "CHW", "WCH",   "NHW",   "NHWC",
    "NCHW", "HNWC", "DHW", "HDW", "NCDHW", "DHWNC", "WHDCN",
};
#define LAYOUTS (sizeof layouts / sizeof layouts[0])

/* An image in a buffer of its own: axes in the layout's order, padded, flipped. */
struct stored {
    struct wck_image image;
    double *buffer;
};

static size_t extent_of(char letter, const int size[ORACLE_AXES])
{
    switch (letter) {
    case 'N':
        return BATCH;
    case 'C':
        return CHANNELS;
    case 'D':
        return (size_t)size[2];
    default:
        return (size_t)size[letter == 'H' ? 1 : 0];
    }
}

/* Every second axis runs backwards, and rows of the fastest are 2 elements longer. */
static struct stored store(const char *layout, enum wck_dtype dtype,
                           const int size[ORACLE_AXES])
{
    struct wck_tensor tensor = {.dtype = dtype, .rank = (int)strlen(layout)};
    struct stored stored = {.buffer = NULL};
    ptrdiff_t step = 1, start = 0;

    for (int i = tensor.rank; i-- > 0;) {
        ptrdiff_t n = (ptrdiff_t)extent_of(layout[i], size);

        tensor.shape[i] = (size_t)n;
        tensor.stride[i] = i % 2 == 0 ? step : -step;
        start += i % 2 == 0 ? 0 : step * (n - 1);
        step *= n + (i == tensor.rank - 1 ? 2 : 0);
    }
    stored.buffer = calloc((size_t)step, sizeof *stored.buffer);
    ck_assert_ptr_nonnull(stored.buffer);
    tensor.data = (char *)stored.buffer + (size_t)start * wck_dtype_row(dtype)->size;
    ck_assert_int_eq(wck_image_view(&stored.image, &tensor, layout, NULL), WCK_OK);
    return stored;
}

/* What an element of the type can hold, somewhere in its range. */
static double draw_value(enum wck_dtype dtype, struct wck_rng *rng)
{
    double value = 4.0 * wck_rng_uniform(rng) - 1.7;

    if (dtype == WCK_BOOL)
        return (double)wck_rng_below(rng, 2);
    if (!(wck_dtype_row(dtype)->roundoff > 0.0))
        value *= 40.0;
    return wck_dtype_round(dtype, value);
}

static void draw_image(const struct wck_image *image, struct wck_rng *rng)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < wck_image_rows(image); y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(image, p, y, x, draw_value(image->tensor.dtype, rng));
        }
    }
}

/* A stored output may differ from the exact one by the bound, and by the rounding of
 * its type: relative for floats, one half for integers, which saturate. */
static void expect_stored(const struct pair *pair, enum wck_dtype dtype, double got,
                          const struct oracle_sum *sum)
{
    const struct wck_dtype_row *row = wck_dtype_row(dtype);
    double bound = pair_bound(pair, sum, value_order), exact = (double)sum->value;
    double low = wck_dtype_round(dtype, exact - bound);
    double high = wck_dtype_round(dtype, exact + bound);

    ck_assert_msg(low <= got && got <= high, "%s: %.17g is not in %.17g .. %.17g",
                  row->name, got, low, high);
    if (row->roundoff > 0.0)
        ck_assert_double_le(fabs(got - exact),
                            bound + row->roundoff * fabs(exact) + row->tiny);
    else if (dtype != WCK_BOOL && exact >= 0.0)
        ck_assert_double_le(fabs(got - fmin(exact, wck_dtype_round(dtype, 1e30))),
                            0.5 + bound);
}

static void expect_planes(struct pair *pair, const struct wck_image *from,
                          const struct wck_image *to, const double *values)
{
    double u[PAIR_SAMPLES][WCK_AXES];

    pair_coordinates(pair, u);
    for (size_t p = 0; p < wck_image_planes(to); p++) {
        struct oracle_image image;

        for (size_t i = 0; i < pair->pixels; i++)
            pair->image[i] = wck_image_get(from, p, i / from->width, i % from->width);
        pair->border_value = values[p % from->channels];
        image = oracle_image_new(&pair->oracle, pair->image, pair->border_value);
        for (size_t i = 0; i < pair->samples; i++) {
            struct oracle_sum sum =
                oracle_sum(&pair->oracle, &image, u[i], value_order);

            expect_stored(pair, to->tensor.dtype,
                          wck_image_get(to, p, i / to->width, i % to->width), &sum);
        }
        oracle_image_free(&image);
    }
}

static void fill_pair(struct pair *pair, bool volume, struct wck_rng *rng)
{
    const int source[WCK_AXES] = {5, 3, 2}, output[WCK_AXES] = {3, 2, 4};

    *pair = (struct pair){.oracle = {.kernel = "bilinear",
                                     .border = "constant",
                                     .kind = "coordinates",
                                     .axes = volume ? 3 : 2}};
    memcpy(pair->oracle.source, source, sizeof source);
    memcpy(pair->oracle.output, output, sizeof output);
    for (int a = 0; a < pair->oracle.axes; a++) {
        for (size_t i = 0; i < 24; i++)
            pair->given[a][i] = (source[a] + 2.0) * wck_rng_uniform(rng) - 1.375;
    }
    pair_bind(pair, rng);
}

START_TEST(every_layout_of_every_type_is_read_and_written)
{
    static const double values[CHANNELS] = {1.75, -0.625, 2.875};
    struct wck_rng rng = wck_rng_start(4001, (uint64_t)_i);

    for (size_t l = 0; l < LAYOUTS; l++) {
        bool volume = strchr(layouts[l], 'D') != NULL;
        enum wck_dtype dtype = (enum wck_dtype)_i;
        enum wck_dtype other = (enum wck_dtype)(((size_t)_i + l) % WCK_DTYPE_COUNT);
        struct stored from, to;
        struct pair pair;

        fill_pair(&pair, volume, &rng);
        from = store(layouts[l], dtype, pair.oracle.source);
        to = store(layouts[l], other, pair.oracle.output);
        draw_image(&from.image, &rng);
        pair.warp.border_value = values;
        pair.warp.border_values = from.image.channels == CHANNELS ? CHANNELS : 1;
        ck_assert_int_eq(wck_warp_forward(&pair.warp, &from.image, &to.image, NULL),
                         WCK_OK);
        expect_planes(&pair, &from.image, &to.image, values);
        free(from.buffer);
        free(to.buffer);
    }
}
END_TEST

START_TEST(an_image_of_stride_zero_is_flat)
{
    struct wck_rng rng = wck_rng_start(4002, 0);
    double one = 2.375, output[PAIR_SAMPLES];
    struct wck_image from, to;
    struct pair pair;

    fill_pair(&pair, true, &rng);
    pair.warp.border = wck_border_find("wrap");
    from = pair_source(&pair, &one);
    from.slice_stride = from.row_stride = from.column_stride = 0;
    to = pair_output(&pair, output);
    ck_assert_int_eq(wck_warp_forward(&pair.warp, &from, &to, NULL), WCK_OK);
    /* The weights add up to 1 within a rounding each of three axes and the products. */
    for (size_t i = 0; i < pair.samples; i++)
        ck_assert_double_le(fabs(output[i] - one), 16 * 0x1p-53 * one);
}
END_TEST

START_TEST(a_channel_or_batch_item_does_not_feel_the_others)
{
    struct wck_rng rng = wck_rng_start(4003, 0);
    struct stored from, before, after;
    struct pair pair;

    fill_pair(&pair, false, &rng);
    from = store("NCHW", WCK_FLOAT32, pair.oracle.source);
    before = store("NCHW", WCK_FLOAT64, pair.oracle.output);
    after = store("NHWC", WCK_FLOAT64, pair.oracle.output);
    draw_image(&from.image, &rng);
    ck_assert_int_eq(wck_warp_forward(&pair.warp, &from.image, &before.image, NULL),
                     WCK_OK);
    for (size_t i = 0; i < pair.pixels; i++) {
        wck_image_set(&from.image, 4, i / 5, i % 5, NAN);
        wck_image_set(&from.image, 2, i / 5, i % 5, INFINITY);
    }
    ck_assert_int_eq(wck_warp_forward(&pair.warp, &from.image, &after.image, NULL),
                     WCK_OK);
    for (size_t p = 0; p < BATCH * CHANNELS; p++) {
        bool same = true;

        for (size_t i = 0; i < pair.samples; i++)
            same &= !islessgreater(wck_image_get(&before.image, p, i / 3, i % 3),
                                   wck_image_get(&after.image, p, i / 3, i % 3)) &&
                    !isnan(wck_image_get(&after.image, p, i / 3, i % 3));
        ck_assert_msg(same == (p != 4 && p != 2), "plane %zu", p);
    }
    free(from.buffer);
    free(before.buffer);
    free(after.buffer);
}
END_TEST

/* An output of 2500 samples takes three blocks: each part is what it is by itself. */
START_TEST(blocks_do_not_feel_where_they_begin)
{
    enum { WIDTH = 50, HEIGHT = 50 };
    static double pixels[35], whole[HEIGHT * WIDTH], row[WIDTH];
    const double matrix[6] = {0.15625, 0.015625, -0.71875, -0.03125, 0.109375, 0.40625};
    const size_t source[] = {5, 7}, all[] = {HEIGHT, WIDTH}, one[] = {1, WIDTH};
    struct wck_rng rng = wck_rng_start(4004, 0);
    struct wck_tensor tensor = wck_tensor_contiguous(pixels, WCK_FLOAT64, 2, source);
    struct wck_image image, output;
    struct wck_warp warp = {.kernel = wck_kernel_find("cubic-0.75"),
                            .border = wck_border_find("reflect_101"),
                            .source_width = 7,
                            .source_height = 5,
                            .output_width = WIDTH,
                            .output_height = HEIGHT};

    for (size_t i = 0; i < 35; i++)
        pixels[i] = wck_rng_gaussian(&rng);
    ck_assert_int_eq(wck_image_view(&image, &tensor, "HW", NULL), WCK_OK);
    tensor = wck_tensor_contiguous(whole, WCK_FLOAT64, 2, all);
    ck_assert_int_eq(wck_image_view(&output, &tensor, "HW", NULL), WCK_OK);
    ck_assert_int_eq(wck_map_affine(&warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL),
                     WCK_OK);
    ck_assert_uint_lt(wck_block_capacity(&warp), wck_warp_samples(&warp));
    ck_assert_int_eq(wck_warp_forward(&warp, &image, &output, NULL), WCK_OK);
    tensor = wck_tensor_contiguous(row, WCK_FLOAT64, 2, one);
    ck_assert_int_eq(wck_image_view(&output, &tensor, "HW", NULL), WCK_OK);
    warp.output_height = 1;
    for (size_t y = 0; y < HEIGHT; y++) {
        double x[WIDTH], v[WIDTH];

        for (size_t i = 0; i < WIDTH; i++) {
            x[i] = matrix[0] * (double)i + matrix[1] * (double)y + matrix[2];
            v[i] = matrix[3] * (double)i + matrix[4] * (double)y + matrix[5];
        }
        warp.map = wck_map_coordinates(x, v);
        ck_assert_int_eq(wck_warp_forward(&warp, &image, &output, NULL), WCK_OK);
        ck_assert_mem_eq(row, whole + y * WIDTH, sizeof row);
    }
}
END_TEST

Suite *wck_storage_suite(void)
{
    Suite *suite = suite_create("storage");
    TCase *memory = tcase_create("memory");

    tcase_set_timeout(memory, 120);
    tcase_add_loop_test(memory, every_layout_of_every_type_is_read_and_written, 0,
                        WCK_DTYPE_COUNT);
    tcase_add_test(memory, an_image_of_stride_zero_is_flat);
    tcase_add_test(memory, a_channel_or_batch_item_does_not_feel_the_others);
    tcase_add_test(memory, blocks_do_not_feel_where_they_begin);
    suite_add_tcase(suite, memory);
    return suite;
}
