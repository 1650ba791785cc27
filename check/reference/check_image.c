#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/image.h"

static const char *const layouts[] = {"HW",  "WH",    "HWC",  "CHW",  "HCW",   "WHC",
                                      "NHW", "HWN",   "NHWC", "NCHW", "CHWN",  "WCNH",
                                      "DHW", "NCDHW", "WHDC", "DHW",  "NCDHW", "WHDC"};
#define LAYOUTS ((int)(sizeof layouts / sizeof layouts[0]))

START_TEST(a_layout_names_rows_and_columns_and_nothing_twice)
{
    static const char *const bad[] = {"",    "H",  "W",   "NC",    "HWH", "CHWC",
                                      "HWE", "hw", "H W", "NCHWN", "HWX", "CNH"};

    for (int i = 0; i < LAYOUTS; i++)
        ck_assert_msg(wck_layout_valid(layouts[i]), "%s", layouts[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!wck_layout_valid(bad[i]), "'%s'", bad[i]);
}
END_TEST

/* Element (n, c, y, x) is written into a tensor by its own indices, letter by letter.
 */
START_TEST(pixels_lie_where_the_layout_says)
{
    const char *layout = layouts[_i];
    struct wck_image image;
    size_t next = 0;

    ck_assert_int_eq(wck_image_new(&image, WCK_FLOAT64, layout, 2, 3, 5, 7, NULL),
                     WCK_OK);
    ck_assert_uint_eq(image.batch, strchr(layout, 'N') != NULL ? 2 : 1);
    ck_assert_uint_eq(image.channels, strchr(layout, 'C') != NULL ? 3 : 1);
    ck_assert_uint_eq(image.height, 5);
    ck_assert_uint_eq(image.width, 7);
    ck_assert_uint_eq(wck_image_pixels(&image), 35);
    ck_assert_uint_eq(wck_image_planes(&image), image.batch * image.channels);
    for (size_t p = 0; p < wck_image_planes(&image); p++) {
        for (size_t i = 0; i < 35; i++) {
            size_t index[128] = {0};
            ptrdiff_t offset = 0;

            index['N'] = p / image.channels;
            index['C'] = p % image.channels;
            index['H'] = i / 7;
            index['W'] = i % 7;
            for (size_t k = 0; k < strlen(layout); k++)
                offset = offset * (ptrdiff_t)image.tensor.shape[k] +
                         (ptrdiff_t)index[(unsigned char)layout[k]];
            ck_assert_int_eq(wck_image_offset(&image, p, i / 7, i % 7), offset);
            wck_image_set(&image, p, i / 7, i % 7, (double)++next);
            ck_assert_double_eq(wck_tensor_get(&image.tensor, offset), (double)next);
            ck_assert_double_eq(wck_image_get(&image, p, i / 7, i % 7), (double)next);
        }
    }
    free(image.tensor.data);
}
END_TEST

START_TEST(a_view_follows_the_strides_of_its_tensor)
{
    float data[] = {1, 2, 3, 4, 5, 6};
    /* 2 rows bottom up, 3 columns, 4 equal channels. */
    struct wck_tensor tensor = {.data = &data[3],
                                .dtype = WCK_FLOAT32,
                                .rank = 3,
                                .shape = {2, 3, 4},
                                .stride = {-3, 1, 0}};
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "HWC", NULL), WCK_OK);
    ck_assert_double_eq(wck_image_get(&image, 0, 0, 0), 4.0);
    ck_assert_double_eq(wck_image_get(&image, 3, 0, 2), 6.0);
    ck_assert_double_eq(wck_image_get(&image, 2, 1, 1), 2.0);
}
END_TEST

START_TEST(a_layout_that_does_not_fit_is_refused)
{
    double data[6] = {0};
    const size_t shape[] = {2, 3}, empty[] = {2, 0};
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 2, shape);
    struct wck_image image;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_image_view(&image, &tensor, "HWC", &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "layout HWC has 3 axes, the array has 2");
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_image_view(&image, &tensor, "HC", &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "'HC' is not a layout"));
    err = (struct wck_error){0};
    tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 2, empty);
    ck_assert_int_eq(wck_image_view(&image, &tensor, "HW", &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "the image is empty: 2x0x1");
}
END_TEST

START_TEST(a_shape_drops_what_the_layout_does_not_name)
{
    size_t shape[WCK_TENSOR_RANK] = {0};

    ck_assert_int_eq(wck_layout_shape("WCH", 2, 3, 5, 7, shape), 3);
    ck_assert_uint_eq(shape[0], 7);
    ck_assert_uint_eq(shape[1], 3);
    ck_assert_uint_eq(shape[2], 5);
}
END_TEST

START_TEST(a_new_image_that_cannot_be_owns_nothing)
{
    struct wck_image image;
    struct wck_error err = {0};
    size_t vast = (size_t)1 << 31;

    ck_assert_int_eq(wck_image_new(&image, WCK_UINT8, "HCC", 1, 3, 5, 7, &err),
                     WCK_INVALID);
    ck_assert_ptr_null(image.tensor.data);
    ck_assert_int_eq(wck_image_new(&image, WCK_UINT8, "HWC", 1, 3, 0, 7, &err),
                     WCK_INVALID);
    ck_assert_ptr_null(image.tensor.data);
    ck_assert_int_eq(wck_image_new(&image, WCK_UINT8, "HW", 1, 1, vast, vast, &err),
                     WCK_NO_MEMORY);
    ck_assert_ptr_null(image.tensor.data);
}
END_TEST

START_TEST(a_new_image_like_another_has_its_sizes_and_none_of_its_layout)
{
    struct wck_tensor tensor;
    const size_t shape[] = {3, 5, 2, 7};
    struct wck_image like, image, none = {.batch = 1, .channels = 1, .depth = 1};

    ck_assert_int_eq(wck_tensor_new(&tensor, WCK_UINT8, 4, shape, NULL), WCK_OK);
    ck_assert_int_eq(wck_image_view(&like, &tensor, "DHCW", NULL), WCK_OK);
    ck_assert_int_eq(wck_image_new_like(&image, WCK_FLOAT32, &like, NULL), WCK_OK);
    ck_assert_uint_eq(image.depth, 3);
    ck_assert_uint_eq(wck_image_rows(&image), 15);
    ck_assert_uint_eq(wck_image_planes(&image), 2);
    ck_assert_int_eq(image.tensor.dtype, WCK_FLOAT32);
    ck_assert_int_eq(wck_image_offset(&image, 1, 11, 4), 7 * (5 * 3 + 11) + 4);
    ck_assert_int_eq(wck_image_offset(&like, 1, 11, 4),
                     7 * (2 * 11 + 1) + 4); /* row 1 of slice 2 */
    free(image.tensor.data);
    free(tensor.data);
    ck_assert_int_eq(wck_image_new_like(&image, WCK_FLOAT32, &none, NULL), WCK_INVALID);
    ck_assert_ptr_null(image.tensor.data);
}
END_TEST

START_TEST(an_item_of_a_batch_is_a_view_of_it)
{
    struct wck_image image, item;

    ck_assert_int_eq(wck_image_new(&image, WCK_INT16, "HNWC", 2, 3, 5, 7, NULL),
                     WCK_OK);
    wck_image_set(&image, 1 * 3 + 2, 4, 6, -321.0);
    item = wck_image_item(&image, 1);
    ck_assert_uint_eq(wck_image_planes(&item), 3);
    ck_assert_double_eq(wck_image_get(&item, 2, 4, 6), -321.0);
    wck_image_set(&item, 0, 3, 1, 123.0);
    ck_assert_double_eq(wck_image_get(&image, 3, 3, 1), 123.0);
    free(image.tensor.data);
}
END_TEST

Suite *wck_image_suite(void)
{
    Suite *suite = suite_create("image");
    TCase *tcase = tcase_create("image");

    tcase_add_test(tcase, a_layout_names_rows_and_columns_and_nothing_twice);
    tcase_add_loop_test(tcase, pixels_lie_where_the_layout_says, 0, LAYOUTS);
    tcase_add_test(tcase, a_view_follows_the_strides_of_its_tensor);
    tcase_add_test(tcase, a_layout_that_does_not_fit_is_refused);
    tcase_add_test(tcase, a_shape_drops_what_the_layout_does_not_name);
    tcase_add_test(tcase,
                   a_new_image_like_another_has_its_sizes_and_none_of_its_layout);
    tcase_add_test(tcase, an_item_of_a_batch_is_a_view_of_it);
    tcase_add_test(tcase, a_new_image_that_cannot_be_owns_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
