/* Conventions: words as people write them, border values and layouts. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/suites.h"
#include "reference/call.h"
#include "reference/flag.h"

#define HEIGHT 3
#define WIDTH 5

/* Words of a caller, and what they bind to; a NULL kernel: refused. */
static const struct {
    const char *convention, *interp, *border, *kernel, *bound;
} words[] = {
    {"opencv.warpAffine", "INTER_CUBIC", "BORDER_REFLECT_101", "cubic-0.75",
     "reflect_101"},
    {"opencv.warpAffine", "cv2.INTER_LINEAR", "reflect101", "bilinear", "reflect_101"},
    {"opencv.remap", "Lanczos4", "BORDER_DEFAULT", "lanczos4", "reflect_101"},
    {"opencv.remap", "linear", "cv2.BORDER_WRAP", "bilinear", "wrap"},
    {"opencv.remap", NULL, NULL, "bilinear", "constant"},
    {"torch.grid_sample", "Cubic", "ZEROS", "cubic-0.75", "constant"},
    {"onnx.GridSample", "linear", "border", "bilinear", "replicate"},
    {"scipy.map_coordinates", "linear", "grid_wrap", "bilinear", "wrap"},
    {"scipy.map_coordinates", "cubic", "grid-constant", "spline3", "constant"},
    {"kornia.remap", "nearest", "reflection", "nearest-half-even", "constant"},
    {"opencv.remap", "spline3", "wrap", NULL, NULL},
    {"opencv.remap", "", "wrap", NULL, NULL},
    {"torch.grid_sample", "bilinear", "wrap", NULL, NULL},
    {"torch.grid_sample", "a word longer than any that a library has", "zeros", NULL,
     NULL},
};

START_TEST(words_are_matched_as_people_write_them)
{
    const struct wck_choices choices = {.interp = words[_i].interp,
                                        .border = words[_i].border,
                                        .align_corners = -1,
                                        .axes = 2,
                                        .channels = 2};
    struct wck_warp warp = {0};
    struct wck_error err = {0};
    enum wck_status status = wck_convention_bind(
        wck_convention_find(words[_i].convention), &choices, &warp, &err);

    if (words[_i].kernel == NULL) {
        ck_assert_int_eq(status, WCK_INVALID);
        ck_assert_ptr_nonnull(strstr(err.text, "(there are: "));
        return;
    }
    ck_assert_msg(status == WCK_OK, "%s", err.text);
    ck_assert_str_eq(warp.kernel->name, words[_i].kernel);
    ck_assert_str_eq(warp.border->name, words[_i].bound);
}
END_TEST

/* What OpenCV makes of border transparent, by version, type and channels; a NULL
 * border: not known. */
static const struct {
    const char *interp, *version;
    enum wck_dtype dtype;
    size_t channels;
    bool ipp;
    const char *border, *fold, *rounding; /* NULL: none */
} lefts[] = {
    {"nearest", "4.14.0", WCK_UINT8, 3, false, "constant", NULL, NULL},
    {"bilinear", "4.14.0", WCK_UINT8, 3, false, "replicate", "fill-floor",
     "opencv4-8u"},
    {"area", "4.10.0", WCK_FLOAT32, 1, false, "replicate", "fill-floor", "opencv4"},
    {"bicubic", "4.10.0", WCK_INT16, 1, false, "reflect_101", "fill-floor", "opencv4"},
    {"lanczos4", "5.0.0", WCK_FLOAT32, 4, false, "reflect_101", "fill-floor",
     "opencv4"},
    {"nearest", "4.14.0", WCK_INT16, 1, true, "replicate", "fill", NULL},
    {"bilinear", "4.14.0", WCK_FLOAT32, 1, true, NULL, NULL, NULL},
    {"nearest", "5.0.0", WCK_FLOAT64, 1, false, "constant", NULL, NULL},
    {"nearest", "5.0.0", WCK_UINT8, 4, false, "constant", "int32", NULL},
    {"bilinear", "5.0.0", WCK_FLOAT32, 2, false, "replicate", "fill-floor", "opencv4"},
    {"bilinear", "5.0.0", WCK_UINT16, 3, false, "constant", "int32", NULL},
    {"bicubic", "5.0.0", WCK_UINT16, 3, false, "constant", "opencv5-clamp",
     "opencv5-octets"},
    {"bicubic", "5.0.0", WCK_INT16, 3, false, "constant", "opencv5-clamp", NULL},
    {"bicubic", "5.0.0", WCK_FLOAT64, 3, false, "constant", "opencv5-clamp",
     "opencv5-64f"},
};

START_TEST(border_transparent_is_what_each_version_makes_of_it)
{
    const struct wck_choices choices = {.interp = lefts[_i].interp,
                                        .border = "BORDER_TRANSPARENT",
                                        .version = lefts[_i].version,
                                        .dtype = lefts[_i].dtype,
                                        .channels = lefts[_i].channels,
                                        .ipp = lefts[_i].ipp,
                                        .align_corners = -1,
                                        .axes = 2};
    struct wck_warp warp = {0};
    struct wck_error err = {0};
    enum wck_status status =
        wck_convention_bind(wck_convention_find("opencv.remap"), &choices, &warp, &err);

    if (lefts[_i].border == NULL) {
        ck_assert_int_eq(status, WCK_UNSUPPORTED);
        ck_assert_str_eq(err.text,
                         "what IPP makes of border transparent is known of nearest "
                         "only");
        return;
    }
    ck_assert_msg(status == WCK_OK, "%s", err.text);
    ck_assert(warp.transparent);
    ck_assert_str_eq(warp.border->name, lefts[_i].border);
    ck_assert_pstr_eq(warp.fold != NULL ? warp.fold->name : NULL, lefts[_i].fold);
    ck_assert_pstr_eq(warp.rounding != NULL ? warp.rounding->name : NULL,
                      lefts[_i].rounding);
}
END_TEST

/* Border values given to a convention for an image of some channels, and what each
 * channel is filled with. */
static const struct {
    const char *convention;
    enum wck_dtype dtype;
    size_t channels, count;
    double given[5], filled[5];
} fills[] = {
    {"opencv.remap", WCK_FLOAT64, 3, 1, {0.25}, {0.25, 0.25, 0.25}},
    {"opencv.remap", WCK_FLOAT64, 3, 2, {0.25, -1.5}, {0.25, -1.5, 0.0}},
    {"opencv.remap", WCK_UINT8, 2, 4, {2.5, 300.0, -7.0, 1.0}, {2.0, 255.0}},
    {"opencv.remap", WCK_UINT8, 5, 4, {1.0, 2.0, 3.0, 4.0}, {1.0, 2.0, 3.0, 4.0, 1.0}},
    {"opencv.remap", WCK_FLOAT32, 2, 1, {0.1}, {(double)0.1f, (double)0.1f}},
    {"kornia.remap", WCK_FLOAT64, 2, 0, {0.0}, {0.0, 0.0}},
};

/* A call of `convention` on maps, or coordinates, of zeros. */
static struct wck_call call_of(const char *convention, enum wck_dtype dtype,
                               size_t channels)
{
    static double pixels[HEIGHT * WIDTH * 5], map[HEIGHT * WIDTH];
    const size_t image[] = {HEIGHT, WIDTH, channels}, maps[] = {HEIGHT, WIDTH};
    struct wck_tensor tensor = wck_tensor_contiguous(pixels, dtype, 3, image);
    struct wck_call call = {.convention = wck_convention_find(convention),
                            .choices = {.align_corners = -1}};

    ck_assert_int_eq(wck_image_view(&call.image, &tensor, "HWC", NULL), WCK_OK);
    call.array[0] = call.array[1] = wck_tensor_contiguous(map, WCK_FLOAT64, 2, maps);
    return call;
}

START_TEST(a_border_value_is_what_the_library_makes_of_it)
{
    struct wck_call call =
        call_of(fills[_i].convention, fills[_i].dtype, fills[_i].channels);
    struct wck_call_item item;

    call.border_value = fills[_i].given;
    call.border_values = fills[_i].count;
    ck_assert_int_eq(wck_call_check(&call, NULL), WCK_OK);
    ck_assert_int_eq(wck_call_item_init(&item, &call, 0, NULL), WCK_OK);
    for (size_t c = 0; c < fills[_i].channels; c++)
        ck_assert_double_eq(wck_warp_border_value(&item.warp, c), fills[_i].filled[c]);
    wck_call_item_release(&item);
}
END_TEST

START_TEST(a_border_value_of_another_length_is_refused)
{
    const double values[5] = {1.0, 2.0, 3.0, 4.0, 5.0};
    struct wck_call call = call_of("opencv.remap", WCK_UINT8, 3);
    struct wck_error err = {0};

    call.border_value = values;
    call.border_values = 5;
    ck_assert_int_eq(wck_call_check(&call, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "border_value is 5 numbers, the image has 3 channels");
}
END_TEST

/* A flag that one library takes, and one that does not. */
static const struct {
    const char *name, *taker, *other;
    struct wck_choices choices;
} flags[] = {
    {"align_corners", "torch.grid_sample", "opencv.remap", {.align_corners = 0}},
    {"inverse_map",
     "opencv.warpAffine",
     "opencv.remap",
     {.align_corners = -1, .inverse_map = true}},
    {"prefilter",
     "scipy.affine_transform",
     "itk.resample",
     {.align_corners = -1, .unfiltered = true}},
    {"normalized_coordinates",
     "kornia.remap",
     "opencv.remap",
     {.align_corners = -1, .normalized = true}},
    {"clip", "skimage.warp", "opencv.remap", {.align_corners = -1, .clip = true}},
    {"ipp", "opencv.warpAffine", "kornia.remap", {.align_corners = -1, .ipp = true}},
};

START_TEST(a_flag_is_taken_by_its_own_libraries_alone)
{
    const struct wck_choices silent = {.align_corners = -1};
    struct wck_choices chosen = silent;
    const struct wck_flag *flag = wck_flag_row((size_t)_i);
    struct wck_call call = call_of("opencv.remap", WCK_UINT8, 3);
    struct wck_error err = {0};
    char says[100];

    ck_assert_str_eq(flag->name, flags[_i].name);
    ck_assert(flag->chosen(&flags[_i].choices) && !flag->chosen(&silent));
    flag->choose(&chosen, strcmp(flag->name, "prefilter") != 0);
    for (size_t i = 0; wck_flag_row(i) != NULL; i++)
        ck_assert_int_eq(wck_flag_row(i)->chosen(&chosen), i == (size_t)_i);
    ck_assert_int_eq(flag->truth(&chosen), strcmp(flag->name, "prefilter") != 0);
    ck_assert(flag->taken(wck_convention_find(flags[_i].taker)));
    ck_assert(!flag->taken(wck_convention_find(flags[_i].other)));
    call.convention = wck_convention_find(flags[_i].other);
    call.choices = flags[_i].choices;
    ck_assert_int_eq(wck_call_check(&call, &err), WCK_INVALID);
    snprintf(says, sizeof says, "%s takes no %s", flags[_i].other, flags[_i].name);
    ck_assert_str_eq(err.text, says);
    ck_assert_ptr_null(wck_flag_row(sizeof flags / sizeof flags[0]));
}
END_TEST

static const struct {
    const char *convention;
    int rank;
    const char *layout;
} layouts[] = {
    {"torch.grid_sample", 4, "NCHW"}, {"torch.affine_grid", 5, "NCDHW"},
    {"kornia.warp_affine", 3, "CHW"}, {"opencv.remap", 2, "HW"},
    {"opencv.remap", 3, "HWC"},       {"scipy.map_coordinates", 3, "DHW"},
    {"itk.resample", 3, "DHW"},       {"skimage.warp", 3, "HWC"},
    {"jax.map_coordinates", 4, NULL}, {"opencv.remap", 5, NULL},
};

START_TEST(a_layout_follows_from_the_rank)
{
    const char *layout = wck_convention_layout(
        wck_convention_find(layouts[_i].convention), layouts[_i].rank);

    if (layouts[_i].layout == NULL)
        ck_assert_ptr_null(layout);
    else
        ck_assert_str_eq(layout, layouts[_i].layout);
}
END_TEST

START_TEST(a_flag_is_what_it_was_chosen_to_be)
{
    const struct wck_flag *flag = wck_flag_row((size_t)_i);

    for (int truth = 0; truth < 2; truth++) {
        struct wck_choices choices = {.align_corners = -1};

        flag->choose(&choices, truth != 0);
        if (flag->chosen(&choices))
            ck_assert_int_eq(flag->truth(&choices), truth != 0);
    }
}
END_TEST

Suite *wck_words_suite(void)
{
    Suite *suite = suite_create("words");
    TCase *tests = tcase_create("convention");

    tcase_add_loop_test(tests, words_are_matched_as_people_write_them, 0,
                        sizeof words / sizeof words[0]);
    tcase_add_loop_test(tests, border_transparent_is_what_each_version_makes_of_it, 0,
                        sizeof lefts / sizeof lefts[0]);
    tcase_add_loop_test(tests, a_border_value_is_what_the_library_makes_of_it, 0,
                        sizeof fills / sizeof fills[0]);
    tcase_add_test(tests, a_border_value_of_another_length_is_refused);
    tcase_add_loop_test(tests, a_flag_is_taken_by_its_own_libraries_alone, 0,
                        sizeof flags / sizeof flags[0]);
    tcase_add_loop_test(tests, a_flag_is_what_it_was_chosen_to_be, 0,
                        sizeof flags / sizeof flags[0]);
    tcase_add_loop_test(tests, a_layout_follows_from_the_rank, 0,
                        sizeof layouts / sizeof layouts[0]);
    suite_add_tcase(suite, tests);
    return suite;
}
