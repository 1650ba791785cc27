/* Calls: a library's arrays, of any strides, become warps, and gradients go back. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/suites.h"
#include "reference/call.h"

enum { WIDTH = 7, HEIGHT = 5, DEPTH = 2, BATCH = 2, MOST = 2048 };

/* An array of any shape with a number of its own in every element, its fastest axis
 * reversed and its rows 3 elements longer. */
struct strided {
    struct wck_tensor tensor;
    double data[MOST];
};

static void stride(struct strided *to, int rank, const size_t *shape)
{
    ptrdiff_t step = 1;

    to->tensor = (struct wck_tensor){.dtype = WCK_FLOAT64, .rank = rank};
    for (int d = rank; d-- > 0;) {
        to->tensor.shape[d] = shape[d];
        to->tensor.stride[d] = d == rank - 1 ? -1 : step;
        step *= (ptrdiff_t)shape[d] + (d == rank - 1 ? 3 : 0);
    }
    ck_assert_int_le(step, MOST);
    to->tensor.data = to->data + shape[rank - 1] - 1;
    for (int i = 0; i < MOST; i++)
        to->data[i] = i + 0.25;
}

/* Element (i, j, ...), by the strides. */
static double at(const struct wck_tensor *tensor, const size_t *index)
{
    ptrdiff_t offset = 0;

    for (int d = 0; d < tensor->rank; d++)
        offset += (ptrdiff_t)index[d] * tensor->stride[d];
    return wck_tensor_get(tensor, offset);
}

static struct wck_call call_of(const char *convention, bool volume)
{
    static float pixels[BATCH * DEPTH * HEIGHT * WIDTH];
    const size_t deep[] = {BATCH, 1, DEPTH, HEIGHT, WIDTH};
    const size_t flat[] = {BATCH, 1, HEIGHT, WIDTH};
    struct wck_tensor tensor =
        volume ? wck_tensor_contiguous(pixels, WCK_FLOAT32, 5, deep)
               : wck_tensor_contiguous(pixels, WCK_FLOAT32, 4, flat);
    struct wck_call call = {.convention = wck_convention_find(convention),
                            .choices = {.align_corners = -1}};

    ck_assert_ptr_nonnull(call.convention);
    ck_assert_int_eq(
        wck_image_view(&call.image, &tensor, volume ? "NCDHW" : "NCHW", NULL), WCK_OK);
    return call;
}

/* A call by samples: the array's shape, and which index is batch, axis, z, y and x (-1:
 * none); the components in the order of the library. */
static const struct {
    const char *convention;
    bool volume;
    int rank;
    size_t shape[5];
    int batch, along, z, y, x;
    bool reversed;
} layouts[] = {
    {"torch.grid_sample", false, 4, {2, 3, 4, 2}, 0, 3, -1, 1, 2, false},
    {"torch.grid_sample", false, 3, {3, 4, 2}, -1, 2, -1, 0, 1, false},
    {"torch.grid_sample", true, 5, {1, 2, 3, 4, 3}, 0, 4, 1, 2, 3, false},
    {"stn.bilinear", false, 4, {2, 3, 4, 2}, 0, 3, -1, 1, 2, true},
    {"scipy.map_coordinates", false, 3, {2, 3, 4}, -1, 0, -1, 1, 2, true},
    {"scipy.map_coordinates", true, 4, {3, 2, 3, 4}, -1, 0, 1, 2, 3, true},
    {"tfa.resampler", false, 3, {2, 3, 4}, -1, 0, -1, 1, 2, false},
    {"opencv.remap", false, 2, {3, 4}, -1, -1, -1, 0, 1, false},
    {"monai.warp", false, 4, {2, 2, 5, 7}, 0, 1, -1, 2, 3, true},
    {"monai.warp", true, 5, {2, 3, 2, 5, 7}, 0, 1, 2, 3, 4, true},
    {"tfa.dense_image_warp", false, 4, {2, 5, 7, 2}, 0, 3, -1, 1, 2, true},
};
#define LAYOUTS ((int)(sizeof layouts / sizeof layouts[0]))

static void layout_call(int i, struct wck_call *call,
                        struct strided array[WCK_CALL_ARRAYS])
{
    *call = call_of(layouts[i].convention, layouts[i].volume);
    for (size_t k = 0; wck_call_array_name(call->convention, k) != NULL; k++) {
        stride(&array[k], layouts[i].rank, layouts[i].shape);
        for (int e = 0; e < MOST; e++)
            array[k].data[e] += 10000.0 * (double)k;
        call->array[k] = array[k].tensor;
    }
    ck_assert_int_eq(wck_call_check(call, NULL), WCK_OK);
}

static double expected(int i, const struct wck_call *call, size_t item, int axis,
                       const size_t zyx[3])
{
    int axes = layouts[i].volume ? 3 : 2;
    size_t index[5] = {0};

    if (layouts[i].batch >= 0)
        index[layouts[i].batch] = layouts[i].shape[layouts[i].batch] > 1 ? item : 0;
    if (layouts[i].along >= 0)
        index[layouts[i].along] =
            (size_t)(layouts[i].reversed ? axes - 1 - axis : axis);
    if (layouts[i].z >= 0)
        index[layouts[i].z] = zyx[0];
    index[layouts[i].y] = zyx[1];
    index[layouts[i].x] = zyx[2];
    return at(&call->array[layouts[i].along < 0 ? axis : 0], index);
}

START_TEST(coordinates_are_read_where_the_library_keeps_them)
{
    static struct strided array[WCK_CALL_ARRAYS];
    struct wck_call call;

    layout_call(_i, &call, array);
    for (size_t item = 0; item < BATCH; item++) {
        struct wck_call_item warp;
        const double *given[WCK_AXES];

        ck_assert_int_eq(wck_call_item_init(&warp, &call, item, NULL), WCK_OK);
        given[0] = warp.warp.map.x;
        given[1] = warp.warp.map.y;
        given[2] = warp.warp.map.z;
        for (size_t s = 0; s < wck_warp_samples(&warp.warp); s++) {
            size_t zyx[3] = {s / call.output_width / call.output_height,
                             s / call.output_width % call.output_height,
                             s % call.output_width};

            for (int a = 0; a < wck_warp_axes(&warp.warp); a++)
                ck_assert_double_le(
                    fabs(given[a][s] - expected(_i, &call, item, a, zyx)), 0.0);
        }
        wck_call_item_release(&warp);
        ck_assert_ptr_null(warp.data);
    }
}
END_TEST

struct visits {
    int count[WCK_CALL_ARRAYS][MOST];
    size_t total;
};

static void count_visit(void *state, size_t array, size_t offset, int axis,
                        size_t index)
{
    struct visits *visits = state;

    (void)axis;
    (void)index;
    ck_assert_uint_lt(offset, MOST);
    visits->count[array][offset]++;
    visits->total++;
}

/* Over all items every element is visited once, or once an item where they share it. */
START_TEST(every_element_is_visited_once_an_item)
{
    static struct strided array[WCK_CALL_ARRAYS];
    static struct visits visits;
    struct wck_call call;
    bool own = layouts[_i].batch >= 0 && layouts[_i].shape[layouts[_i].batch] > 1;

    memset(&visits, 0, sizeof visits);
    layout_call(_i, &call, array);
    for (size_t item = 0; item < BATCH; item++) {
        struct wck_call_item warp;

        ck_assert_int_eq(wck_call_item_init(&warp, &call, item, NULL), WCK_OK);
        wck_call_each(&call, &warp, item, count_visit, &visits);
        wck_call_item_release(&warp);
    }
    for (size_t k = 0; wck_call_array_name(call.convention, k) != NULL; k++) {
        for (size_t e = 0; e < wck_tensor_count(&call.array[k]); e++)
            ck_assert_int_eq(visits.count[k][e], own ? 1 : BATCH);
    }
}
END_TEST

START_TEST(each_item_of_a_batch_has_its_own_matrix)
{
    static struct strided array;
    const size_t shape[] = {BATCH, 2, 3};
    struct wck_call call = call_of("torch.affine_grid", false);

    stride(&array, 3, shape);
    call.array[0] = array.tensor;
    ck_assert_int_eq(wck_call_check(&call, NULL), WCK_OK);
    ck_assert_uint_eq(call.output_height, HEIGHT);
    ck_assert_uint_eq(call.output_width, WIDTH);
    for (size_t item = 0; item < BATCH; item++) {
        struct wck_call_item warp;

        ck_assert_int_eq(wck_call_item_init(&warp, &call, item, NULL), WCK_OK);
        for (size_t e = 0; e < 6; e++) {
            const size_t index[] = {item, e / 3, e % 3};

            ck_assert_double_le(
                fabs(warp.warp.map.matrix[e] - at(&array.tensor, index)), 0.0);
        }
        wck_call_item_release(&warp);
    }
}
END_TEST

/* ---- gradients and borders ---- */

/* The coordinates themselves, as gradients, come back as the array. */
START_TEST(gradients_of_coordinates_go_back_where_the_library_keeps_them)
{
    static struct strided array[WCK_CALL_ARRAYS];
    static double axis[WCK_AXES][MOST], sum[WCK_CALL_ARRAYS][MOST];
    struct wck_gradients gradients = {.x = axis[0], .y = axis[1], .z = axis[2]};
    double *const to[] = {sum[0], sum[1]};
    bool own = layouts[_i].batch >= 0 && layouts[_i].shape[layouts[_i].batch] > 1;
    struct wck_call_item item;
    struct wck_call call;

    layout_call(_i, &call, array);
    ck_assert_int_eq(wck_call_item_init(&item, &call, 1, NULL), WCK_OK);
    for (size_t i = 0; i < wck_warp_samples(&item.warp); i++) {
        axis[0][i] = item.warp.map.x[i];
        axis[1][i] = item.warp.map.y[i];
        axis[2][i] = layouts[_i].volume ? item.warp.map.z[i] : 0.0;
    }
    memset(sum, 0, sizeof sum);
    wck_call_add(&call, &item, 1, &gradients, to);
    for (size_t k = 0; wck_call_array_name(call.convention, k) != NULL; k++) {
        struct wck_tensor copy = wck_tensor_contiguous(
            sum[k] + MOST / 2, WCK_FLOAT64, layouts[_i].rank, layouts[_i].shape);
        size_t count = wck_tensor_count(&copy);

        ck_assert_int_eq(wck_tensor_copy(&call.array[k], &copy, NULL), WCK_OK);
        for (size_t e = 0; e < count; e++) {
            double there = own && e < count / BATCH ? 0.0 : sum[k][MOST / 2 + e];

            ck_assert_double_le(fabs(sum[k][e] - there), 0.0);
        }
    }
    wck_call_item_release(&item);
}
END_TEST

START_TEST(each_item_of_a_batch_has_its_own_matrix_gradient)
{
    static struct strided array;
    const size_t shape[] = {BATCH, 2, 3};
    struct wck_call call = call_of("scipy.affine_transform", false);
    double matrix[6] = {1.5, 2.5, 3.5, 4.5, 5.5, 6.5}, sum[12] = {0.0};
    const double own[6] = {5.5, 4.5, 6.5, 2.5, 1.5, 3.5}; /* rows are y, x */
    struct wck_gradients gradients = {.matrix = matrix};
    double *const to[] = {sum, NULL};
    struct wck_call_item item;

    stride(&array, 3, shape);
    call.array[0] = array.tensor;
    ck_assert_int_eq(wck_call_check(&call, NULL), WCK_OK);
    ck_assert_int_eq(wck_call_item_init(&item, &call, 1, NULL), WCK_OK);
    for (int twice = 0; twice < 2; twice++)
        wck_call_add(&call, &item, 1, &gradients, to);
    for (int e = 0; e < 12; e++)
        ck_assert_double_le(fabs(sum[e] - (e < 6 ? 0.0 : 2.0 * own[e - 6])), 0.0);
    wck_call_item_release(&item);
}
END_TEST

START_TEST(channels_take_turns_with_the_components_of_a_scalar)
{
    ck_assert_uint_eq(wck_call_border_entry(1, 3, 2), 0); /* one for all */
    ck_assert_uint_eq(wck_call_border_entry(6, 6, 5), 5); /* one each */
    ck_assert_uint_eq(wck_call_border_entry(4, 3, 2), 2);
    ck_assert_uint_eq(wck_call_border_entry(4, 6, 5), 1);
    ck_assert_uint_eq(wck_call_border_entry(2, 3, 2), 2); /* missing: 0 */
    ck_assert_uint_eq(wck_call_border_entry(0, 3, 1), 0); /* there is none */
}
END_TEST

START_TEST(coordinates_of_a_plane_are_a_stack_of_one_slice)
{
    static struct strided array;
    const size_t shape[] = {3, 4, 5};
    char flat[WCK_TENSOR_RANK + 1];
    struct wck_tensor coords;

    stride(&array, 3, shape);
    coords = array.tensor;
    ck_assert_str_eq(wck_call_output_layout("NCDHW", &coords, flat), "NCHW");
    ck_assert_str_eq(wck_call_output_layout("NCHW", &coords, flat), "NCHW");
    ck_assert_str_eq(wck_call_output_layout("DHW", NULL, flat), "DHW");
    wck_call_deepen("HW", &coords);
    ck_assert_int_eq(coords.rank, 3);
    wck_call_deepen("DHW", &coords);
    ck_assert_int_eq(coords.rank, 4);
    for (size_t e = 0; e < 60; e++) {
        const size_t index[] = {e / 20, e / 5 % 4, e % 5};
        const size_t deep[] = {e / 20, 0, e / 5 % 4, e % 5};

        ck_assert_double_le(fabs(at(&coords, deep) - at(&array.tensor, index)), 0.0);
    }
    wck_call_deepen("DHW", &coords);
    ck_assert_int_eq(coords.rank, 4);
}
END_TEST

/* ---- calls that are refused ---- */

static const struct {
    const char *convention;
    int rank;
    size_t shape[5];
    int flag;
    bool inverse, filled, missing;
    const char *says;
} refused[] = {
    {"torch.grid_sample",
     0,
     {0},
     -1,
     false,
     false,
     true,
     "takes grid, which is missing"},
    {"torch.grid_sample", 4, {2, 3, 4, 2}, -1, false, true, false, "takes no border"},
    {"opencv.warpAffine", 2, {2, 3}, 1, false, false, false, "takes no align_corners"},
    {"kornia.warp_affine", 2, {2, 3}, 0, true, false, false, "takes no inverse_map"},
    {"torch.grid_sample", 4, {3, 3, 4, 2}, -1, false, false, false, "grid is 3x3x4x2"},
    {"torch.grid_sample", 4, {2, 3, 4, 5}, -1, false, false, false, "does not fit"},
    {"torch.grid_sample", 2, {3, 2}, -1, false, false, false, "grid is 3x2"},
    {"scipy.map_coordinates", 4, {2, 2, 3, 4}, -1, false, false, false, "coords is"},
    {"torch.affine_grid", 3, {3, 2, 3}, -1, false, false, false, "matrix is 3x2x3"},
    {"torch.affine_grid", 2, {2, 5}, -1, false, false, false, "matrix is 2x5"},
    {"torch.affine_grid", 1, {6}, -1, false, false, false, "matrix is 6"},
};

START_TEST(a_call_that_does_not_fit_says_which_array)
{
    static struct strided array;
    const double value = 1.5;
    struct wck_call call = call_of(refused[_i].convention, false);
    struct wck_error err = {0};

    if (!refused[_i].missing) {
        stride(&array, refused[_i].rank, refused[_i].shape);
        call.array[0] = array.tensor;
    }
    call.choices.align_corners = refused[_i].flag;
    call.choices.inverse_map = refused[_i].inverse;
    call.border_value = &value;
    call.border_values = refused[_i].filled ? 1 : 0;
    ck_assert_int_eq(wck_call_check(&call, &err), WCK_INVALID);
    ck_assert_msg(strstr(err.text, refused[_i].says) != NULL, "%s", err.text);
}
END_TEST

START_TEST(two_maps_have_one_shape)
{
    static struct strided array[2];
    const size_t one[] = {3, 4}, other[] = {4, 3};
    struct wck_call call = call_of("opencv.remap", false);
    struct wck_error err = {0};

    stride(&array[0], 2, one);
    stride(&array[1], 2, other);
    call.array[0] = array[0].tensor;
    call.array[1] = array[1].tensor;
    ck_assert_int_eq(wck_call_check(&call, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "map_x and map_y differ in shape");
}
END_TEST

START_TEST(a_volume_is_refused_by_a_library_of_images)
{
    static struct strided array[2];
    const size_t shape[] = {2, 3, 4};
    struct wck_call call = call_of("opencv.remap", true);
    struct wck_call_item item;
    struct wck_error err = {0};

    for (int k = 0; k < 2; k++) {
        stride(&array[k], 3, shape);
        call.array[k] = array[k].tensor;
    }
    ck_assert_int_eq(wck_call_check(&call, NULL), WCK_OK);
    ck_assert_int_eq(wck_call_item_init(&item, &call, 0, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "opencv.remap takes no volumes");
    wck_call_item_release(&item);
}
END_TEST

/* Two images: each item has the part of the destination that is its own. */
START_TEST(border_transparent_takes_a_destination_like_the_output)
{
    static struct strided array[2];
    static float held[2 * 3 * 4 + 1];
    const size_t map[] = {3, 4}, shape[] = {2, 1, 3, 4};
    struct wck_tensor tensor = wck_tensor_contiguous(held, WCK_FLOAT32, 4, shape);
    struct wck_call call = call_of("opencv.remap", false);
    struct wck_call_item item;
    struct wck_error err = {0};

    for (int k = 0; k < 2; k++) {
        stride(&array[k], 2, map);
        call.array[k] = array[k].tensor;
    }
    held[12 + 7] = 2.5f;
    call.choices.border = "transparent";
    ck_assert_int_eq(wck_call_check(&call, NULL), WCK_OK);
    ck_assert_int_eq(wck_call_item_init(&item, &call, 1, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "border transparent leaves what the output held before: "
                               "destination, which is missing");
    wck_call_item_release(&item);
    ck_assert_int_eq(wck_image_view(&call.destination, &tensor, "NCHW", NULL), WCK_OK);
    ck_assert_int_eq(wck_call_item_init(&item, &call, 1, NULL), WCK_OK);
    ck_assert_double_eq(wck_image_get(&item.warp.destination, 0, 1, 3), 2.5);
    wck_call_item_release(&item);
    call.destination.batch = 3;
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_call_item_init(&item, &call, 1, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "image and destination differ in batch: 2 and 3");
    wck_call_item_release(&item);
    call.destination.batch = 2;
    call.destination.width = 5;
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_call_item_init(&item, &call, 1, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "the destination is 3x5, the warp says 3x4");
    wck_call_item_release(&item);
}
END_TEST

/* A matrix of 4 columns makes no volume of it: it is a matrix that does not fit. */
START_TEST(a_library_of_images_is_not_asked_for_volumes)
{
    static struct strided array;
    const size_t shape[] = {2, 4};
    struct wck_call call = call_of("kornia.warp_affine", false);
    struct wck_call_item item;
    struct wck_error err = {0};

    stride(&array, 2, shape);
    call.array[0] = array.tensor;
    ck_assert_int_eq(wck_call_check(&call, NULL), WCK_OK);
    ck_assert_int_eq(wck_call_item_init(&item, &call, 0, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "the matrix is 2x4; a map of 2 axes takes 2x3");
    wck_call_item_release(&item);
}
END_TEST

START_TEST(a_library_whose_outputs_have_the_images_size_makes_no_others)
{
    static struct strided array;
    const size_t shape[] = {2, 3};
    struct wck_call call = call_of("leptonica.pixAffine", false);
    struct wck_error err = {0};

    stride(&array, 2, shape);
    call.array[0] = array.tensor;
    ck_assert_int_eq(wck_call_check(&call, NULL), WCK_OK);
    ck_assert_uint_eq(call.output_height, HEIGHT);
    ck_assert_uint_eq(call.output_width, WIDTH);
    call.output_width = WIDTH + 1;
    ck_assert_int_eq(wck_call_check(&call, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "leptonica.pixAffine makes outputs of the image's size, "
                               "5x7, and no others");
}
END_TEST

Suite *wck_call_suite(void)
{
    Suite *suite = suite_create("call");
    TCase *arrays = tcase_create("arrays"), *refusals = tcase_create("refusals");

    tcase_add_loop_test(arrays, coordinates_are_read_where_the_library_keeps_them, 0,
                        LAYOUTS);
    tcase_add_loop_test(arrays, every_element_is_visited_once_an_item, 0, LAYOUTS);
    tcase_add_test(arrays, each_item_of_a_batch_has_its_own_matrix);
    tcase_add_loop_test(arrays,
                        gradients_of_coordinates_go_back_where_the_library_keeps_them,
                        0, LAYOUTS);
    tcase_add_test(arrays, each_item_of_a_batch_has_its_own_matrix_gradient);
    tcase_add_test(arrays, channels_take_turns_with_the_components_of_a_scalar);
    tcase_add_test(arrays, coordinates_of_a_plane_are_a_stack_of_one_slice);
    tcase_add_loop_test(refusals, a_call_that_does_not_fit_says_which_array, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(refusals, two_maps_have_one_shape);
    tcase_add_test(refusals, a_volume_is_refused_by_a_library_of_images);
    tcase_add_test(refusals, border_transparent_takes_a_destination_like_the_output);
    tcase_add_test(refusals, a_library_of_images_is_not_asked_for_volumes);
    tcase_add_test(refusals,
                   a_library_whose_outputs_have_the_images_size_makes_no_others);
    suite_add_tcase(suite, arrays);
    suite_add_tcase(suite, refusals);
    return suite;
}
