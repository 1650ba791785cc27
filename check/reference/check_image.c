/* Images: which axis of an array is what. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "reference/image.h"

static const char letters[] = "NCDHW";

START_TEST(a_layout_names_each_axis_once_and_has_rows_and_columns)
{
    static const char *const good[] = {"HW", "WH", "HWC", "NCHW", "NCDHW", "WDHNC"};
    static const char *const bad[] = {"",   "H",  "W",   "CH",    "HWW",
                                      "NC", "hw", "HWX", "NCHWN", "NCDHWN"};

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ck_assert_msg(wck_layout_valid(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!wck_layout_valid(bad[i]), "%s", bad[i]);
}
END_TEST

/* Element number of (n, c, z, y, x) in a contiguous array of the layout's order. */
static ptrdiff_t number(const char *layout, const size_t size[5], const size_t at[5])
{
    ptrdiff_t offset = 0;

    for (size_t i = 0; i < strlen(layout); i++) {
        ptrdiff_t axis = strchr(letters, layout[i]) - letters;

        offset = offset * (ptrdiff_t)size[axis] + (ptrdiff_t)at[axis];
    }
    return offset;
}

START_TEST(a_view_finds_every_pixel)
{
    static const char *const layouts[] = {"NCDHW", "NDHWC", "WHDCN", "CNHDW", "HDNWC"};
    const size_t size[5] = {2, 3, 4, 5, 7};
    const char *layout = layouts[_i];
    struct wck_tensor tensor;
    struct wck_image image;
    size_t at[5], shape[5];

    for (int i = 0; i < 5; i++)
        shape[i] = size[strchr(letters, layout[i]) - letters];
    tensor = wck_tensor_contiguous(NULL, WCK_FLOAT32, 5, shape);
    ck_assert_int_eq(wck_image_view(&image, &tensor, layout, NULL), WCK_OK);
    ck_assert_uint_eq(wck_image_planes(&image), 6);
    ck_assert_uint_eq(wck_image_rows(&image), 20);
    ck_assert_uint_eq(wck_image_pixels(&image), 140);
    for (size_t i = 0; i < 840; i++) {
        at[4] = i % 7;
        at[3] = i / 7 % 5;
        at[2] = i / 35 % 4;
        at[1] = i / 140 % 3;
        at[0] = i / 420;
        ck_assert_int_eq(
            wck_image_offset(&image, at[0] * 3 + at[1], at[2] * 5 + at[3], at[4]),
            number(layout, size, at));
    }
}
END_TEST

START_TEST(axes_that_a_layout_lacks_have_one_element)
{
    double data[6];
    const size_t shape[] = {2, 3};
    struct wck_tensor tensor = wck_tensor_contiguous(data, WCK_FLOAT64, 2, shape);
    struct wck_image image;

    ck_assert_int_eq(wck_image_view(&image, &tensor, "WH", NULL), WCK_OK);
    ck_assert_uint_eq(image.width, 2);
    ck_assert_uint_eq(image.height, 3);
    ck_assert_uint_eq(image.batch * image.channels * image.depth, 1);
    wck_image_set(&image, 0, 2, 1, 7.25);
    ck_assert_double_le(fabs(data[5] - 7.25), 0.0);
    ck_assert_double_le(fabs(wck_image_get(&image, 0, 2, 1) - 7.25), 0.0);
}
END_TEST

START_TEST(a_view_that_does_not_fit_says_why)
{
    const size_t shape[] = {2, 3}, none[] = {2, 0};
    struct wck_tensor tensor = wck_tensor_contiguous(NULL, WCK_UINT8, 2, shape);
    struct wck_image image;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_image_view(&image, &tensor, "HWQ", &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "'HWQ' is not a layout"));
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_image_view(&image, &tensor, "HWC", &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "layout HWC has 3 axes, the array has 2");
    err = (struct wck_error){0};
    tensor = wck_tensor_contiguous(NULL, WCK_UINT8, 2, none);
    ck_assert_int_eq(wck_image_view(&image, &tensor, "HW", &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "empty"));
}
END_TEST

START_TEST(a_new_image_has_the_shape_that_its_layout_gives)
{
    struct wck_image image, like;
    size_t shape[WCK_TENSOR_RANK];

    ck_assert_int_eq(wck_layout_shape("WDCH", 2, 3, 5, 7, shape), 4);
    ck_assert_uint_eq(shape[0], 7);
    ck_assert_uint_eq(shape[1], 1);
    ck_assert_uint_eq(shape[2], 3);
    ck_assert_uint_eq(shape[3], 5);
    ck_assert_int_eq(wck_image_new(&image, WCK_INT16, "NHWC", 2, 3, 5, 7, NULL),
                     WCK_OK);
    ck_assert_int_eq(image.column_stride, 3);
    ck_assert_int_eq(wck_image_new_like(&like, WCK_FLOAT64, &image, NULL), WCK_OK);
    ck_assert_int_eq(like.column_stride, 1);
    ck_assert_int_eq(like.channel_stride, 35);
    ck_assert_uint_eq(like.batch, 2);
    ck_assert_double_le(fabs(wck_image_get(&like, 5, 4, 6)), 0.0);
    free(image.tensor.data);
    free(like.tensor.data);
}
END_TEST

START_TEST(an_image_that_cannot_be_made_leaves_nothing_behind)
{
    struct wck_image image;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_image_new(&image, WCK_INT16, "NCQ", 2, 3, 5, 7, &err),
                     WCK_INVALID);
    ck_assert_ptr_null(image.tensor.data);
    ck_assert_int_eq(wck_image_new(&image, WCK_INT16, "HW", 1, 1, 0, 7, NULL),
                     WCK_INVALID);
    ck_assert_ptr_null(image.tensor.data);
    ck_assert_int_eq(
        wck_image_new(&image, WCK_FLOAT64, "HW", 1, 1, SIZE_MAX / 4, 7, NULL),
        WCK_NO_MEMORY);
    ck_assert_ptr_null(image.tensor.data);
}
END_TEST

START_TEST(a_batch_item_is_a_view_of_its_own)
{
    struct wck_image image, item;

    ck_assert_int_eq(wck_image_new(&image, WCK_UINT16, "HNWC", 4, 3, 5, 7, NULL),
                     WCK_OK);
    wck_image_set(&image, 2 * 3 + 1, 3, 4, 1234.0);
    item = wck_image_item(&image, 2);
    ck_assert_uint_eq(item.batch, 1);
    ck_assert_uint_eq(wck_image_planes(&item), 3);
    ck_assert_double_le(fabs(wck_image_get(&item, 1, 3, 4) - 1234.0), 0.0);
    ck_assert_double_le(fabs(wck_image_get(&item, 0, 3, 4)), 0.0);
    ck_assert_uint_eq(wck_tensor_count(&item.tensor), 105);
    free(image.tensor.data);
}
END_TEST

Suite *wck_image_suite(void)
{
    Suite *suite = suite_create("image");
    TCase *views = tcase_create("views");

    tcase_add_test(views, a_layout_names_each_axis_once_and_has_rows_and_columns);
    tcase_add_loop_test(views, a_view_finds_every_pixel, 0, 5);
    tcase_add_test(views, axes_that_a_layout_lacks_have_one_element);
    tcase_add_test(views, a_view_that_does_not_fit_says_why);
    tcase_add_test(views, a_new_image_has_the_shape_that_its_layout_gives);
    tcase_add_test(views, an_image_that_cannot_be_made_leaves_nothing_behind);
    tcase_add_test(views, a_batch_item_is_a_view_of_its_own);
    suite_add_tcase(suite, views);
    return suite;
}
