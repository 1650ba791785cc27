/* Conventions: every word of every library binds, and matrices keep their own form. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/suites.h"
#include "reference/convention.h"
#include "src/base/rng.h"

static const struct wck_convention *row(int i)
{
    return wck_convention_row((size_t)i);
}

static struct wck_choices chosen(const char *interp, const char *border, int axes)
{
    return (struct wck_choices){.interp = interp,
                                .border = border,
                                .align_corners = -1,
                                .axes = axes,
                                .dtype = WCK_FLOAT32,
                                .map_dtype = WCK_FLOAT64,
                                .channels = 3};
}

/* Word i of a blank-separated list, copied; false beyond its end. */
static bool word_at(const char *words, int i, char word[32])
{
    for (; i > 0; i--) {
        words = strchr(words, ' ');
        if (words == NULL)
            return false;
        words++;
    }
    snprintf(word, 32, "%.*s", (int)strcspn(words, " "), words);
    return true;
}

static void expect_bound(const struct wck_convention *convention,
                         const struct wck_choices *choices)
{
    struct wck_warp warp = {0};
    struct wck_error err = {0};
    enum wck_status status = wck_convention_bind(convention, choices, &warp, &err);

    if (status == WCK_OK) {
        ck_assert_ptr_nonnull(warp.kernel);
        ck_assert_ptr_nonnull(warp.border);
        ck_assert_int_eq(wck_warp_axes(&warp), choices->axes);
        ck_assert(warp.prefilter == NULL || warp.kernel->order > 0);
    } else {
        ck_assert_uint_gt(strlen(err.text), 0);
        ck_assert_msg(status == WCK_UNSUPPORTED || choices->axes == 3, "%s %s %s: %s",
                      convention->name, choices->interp, choices->border, err.text);
    }
}

START_TEST(every_word_of_a_library_binds_or_is_said_not_to_be_served)
{
    static const enum wck_dtype dtypes[] = {WCK_UINT8, WCK_FLOAT16, WCK_FLOAT32,
                                            WCK_FLOAT64};
    char interp[32], border[32];

    for (int i = 0; word_at(row(_i)->interps, i, interp); i++) {
        for (int b = 0; word_at(row(_i)->borders, b, border); b++) {
            for (int d = 0; d < 16; d++) {
                struct wck_choices choices = chosen(interp, border, d < 8 ? 2 : 3);

                choices.dtype = dtypes[d % 4];
                choices.version = d % 8 < 4 ? "4.10.0" : NULL;
                choices.align_corners = row(_i)->has_flag ? d / 4 % 2 : -1;
                expect_bound(row(_i), &choices);
            }
        }
    }
}
END_TEST

/* What is not said is the first word of its list. */
START_TEST(defaults_are_the_first_words)
{
    struct wck_choices silent = chosen(NULL, NULL, 2), said;
    struct wck_warp by_default = {0}, by_name = {0};
    char interp[32], border[32];

    word_at(row(_i)->interps, 0, interp);
    word_at(row(_i)->borders, 0, border);
    said = chosen(interp, border, 2);
    ck_assert_int_eq(wck_convention_bind(row(_i), &silent, &by_default, NULL), WCK_OK);
    ck_assert_int_eq(wck_convention_bind(row(_i), &said, &by_name, NULL), WCK_OK);
    ck_assert_ptr_eq(by_default.kernel, by_name.kernel);
    ck_assert_ptr_eq(by_default.border, by_name.border);
    ck_assert_ptr_eq(by_default.fold, by_name.fold);
}
END_TEST

static void expect_no_word(const struct wck_convention *convention, const char *other)
{
    struct wck_choices choices = chosen(other, NULL, 2);
    struct wck_warp warp = {0};
    struct wck_error err = {0};

    ck_assert_int_eq(wck_convention_bind(convention, &choices, &warp, &err),
                     WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, convention->interps));
    choices = chosen(NULL, other, 2);
    err = (struct wck_error){0};
    ck_assert_int_eq(wck_convention_bind(convention, &choices, &warp, &err),
                     WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, convention->borders));
}

/* None, part of a word, or several of them, however many, are no word. */
START_TEST(other_words_are_refused_with_those_there_are)
{
    static const char *const others[] = {"", " ", "e", "Bilinea", "bilinear nearest"};
    char several[300];

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect_no_word(row(_i), others[i]);
    snprintf(several, sizeof several, "%s %s", row(_i)->interps, row(_i)->interps);
    expect_no_word(row(_i), several);
    snprintf(several, sizeof several, "%s %s", row(_i)->borders, row(_i)->borders);
    expect_no_word(row(_i), several);
}
END_TEST

/* "nearest-half-even nearest" holds "nearest". */
static bool lists(const char *words, const char *word)
{
    char listed[32];

    for (int i = 0; word_at(words, i, listed); i++) {
        if (strcmp(listed, word) == 0)
            return true;
    }
    return false;
}

START_TEST(the_references_own_words_are_its_registries)
{
    static const char *const own[] = {"reference.matrix", "reference.maps"};
    const struct wck_convention *convention = wck_convention_find(own[_i]);
    struct wck_warp warp = {0};

    for (size_t k = 0; k < wck_kernel_count(); k++) {
        const struct wck_kernel *kernel = wck_kernel_row(k);
        struct wck_choices choices = chosen(kernel->name, NULL, 2);

        ck_assert_msg(lists(convention->interps, kernel->name), "%s", kernel->name);
        ck_assert_int_eq(wck_convention_bind(convention, &choices, &warp, NULL),
                         WCK_OK);
        ck_assert_ptr_eq(warp.kernel, kernel);
    }
    expect_no_word(convention, "cubic"); /* which of them? */
    for (size_t b = 0; b < wck_border_count(); b++) {
        const struct wck_border *border = wck_border_row(b);
        struct wck_choices choices = chosen(NULL, border->name, 2);

        ck_assert_msg(lists(convention->borders, border->name), "%s", border->name);
        ck_assert_int_eq(wck_convention_bind(convention, &choices, &warp, NULL),
                         WCK_OK);
        ck_assert_ptr_eq(warp.border, border);
    }
}
END_TEST

START_TEST(volumes_bind_where_the_library_takes_them)
{
    struct wck_choices choices = chosen(NULL, NULL, 3);
    struct wck_warp warp = {0};
    struct wck_error err = {0};
    enum wck_status status = wck_convention_bind(row(_i), &choices, &warp, &err);

    ck_assert_int_eq(status, row(_i)->has_volumes ? WCK_OK : WCK_INVALID);
    if (!row(_i)->has_volumes)
        ck_assert_ptr_nonnull(strstr(err.text, "takes no volumes"));
}
END_TEST

/* Library matrices near the identity, with room for the last row. */
static void draw_matrix(const struct wck_convention *convention, int axes, size_t rows,
                        struct wck_rng *rng, double matrix[16])
{
    size_t columns = (size_t)axes + 1;

    for (size_t i = 0; i < rows * columns; i++)
        matrix[i] = (i / columns == i % columns ? 1.125 : 0.0) +
                    0.25 * (wck_rng_uniform(rng) - 0.4);
    for (size_t j = 0; rows == columns && j < columns; j++) {
        if (!convention->projective || axes == 3)
            matrix[(rows - 1) * columns + j] = j + 1 == columns ? 1.0 : 0.0;
    }
}

/* <gradient, change of the warp's matrix> = <the library's gradient, change of the
 * library's>: the same numbers in another order. */
static void expect_matrix(const struct wck_convention *convention, int axes,
                          size_t rows)
{
    struct wck_rng rng = wck_rng_start(12001, rows);
    struct wck_choices choices = chosen(NULL, NULL, axes);
    size_t columns = (size_t)axes + 1;
    double matrix[2][16], gradient[WCK_MATRIX], own[16], left = 0.0, right = 0.0;
    struct wck_warp warp[2] = {{0}, {0}};

    for (int k = 0; k < 2; k++) {
        draw_matrix(convention, axes, rows, &rng, matrix[k]);
        ck_assert_int_eq(wck_convention_bind(convention, &choices, &warp[k], NULL),
                         WCK_OK);
        ck_assert_int_eq(wck_convention_matrix(convention, &choices, matrix[k], rows,
                                               columns, &warp[k], NULL),
                         WCK_OK);
    }
    for (size_t i = 0; i < WCK_MATRIX; i++)
        gradient[i] = wck_rng_gaussian(&rng);
    wck_convention_matrix_gradient(convention, &warp[0], gradient, rows, columns, own);
    for (int i = 0; i < wck_map_entries(&warp[0].map); i++)
        left += gradient[i] * (warp[1].map.matrix[i] - warp[0].map.matrix[i]);
    for (size_t i = 0; i < rows * columns; i++)
        right += own[i] * (matrix[1][i] - matrix[0][i]);
    /* Up to 12 products of gaussians and numbers below 1, added in two orders. */
    ck_assert_double_le(fabs(left - right), 2 * 13 * 12 * 6 * 0x1p-53);
    ck_assert_double_gt(fabs(left), 1e-4);
}

START_TEST(a_matrix_gradient_has_the_librarys_form)
{
    if (row(_i)->carrier != WCK_CARRIER_MATRIX)
        return;
    expect_matrix(row(_i), 2, 2);
    expect_matrix(row(_i), 2, 3);
    if (row(_i)->has_volumes) {
        expect_matrix(row(_i), 3, 3);
        expect_matrix(row(_i), 3, 4);
    }
}
END_TEST

static enum wck_status bind_matrix(const char *name, const double *matrix, size_t rows,
                                   size_t columns, struct wck_warp *warp,
                                   struct wck_error *err)
{
    const struct wck_convention *convention = wck_convention_find(name);
    struct wck_choices choices = chosen(NULL, NULL, 2);

    *warp = (struct wck_warp){0};
    ck_assert_int_eq(wck_convention_bind(convention, &choices, warp, NULL), WCK_OK);
    return wck_convention_matrix(convention, &choices, matrix, rows, columns, warp,
                                 err);
}

START_TEST(a_matrix_that_does_not_fit_says_why)
{
    const double some[12] = {1.25, 0.5, 3, -0.25, 0.75, 2, 0.125, 0.5, 1};
    const double infinite[6] = {1, 2, 3, 4, INFINITY, 6};
    struct wck_warp warp;
    struct wck_error err = {0};

    ck_assert_int_eq(bind_matrix("torch.affine_grid", some, 3, 4, &warp, &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, "the matrix is 3x4; a map of 2 axes takes 2x3");
    err = (struct wck_error){0};
    ck_assert_int_eq(bind_matrix("scipy.affine_transform", some, 3, 3, &warp, &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, "the last row of the matrix is not 0 ... 0 1");
    err = (struct wck_error){0};
    ck_assert_int_eq(bind_matrix("opencv.warpAffine", infinite, 2, 3, &warp, &err),
                     WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "not finite"));
    ck_assert_int_eq(bind_matrix("opencv.warpPerspective", some, 3, 3, &warp, NULL),
                     WCK_OK);
    ck_assert_int_eq(warp.map.kind, WCK_MAP_HOMOGRAPHY);
}
END_TEST

START_TEST(a_singular_matrix_is_what_the_library_makes_of_it)
{
    const double flat[6] = {1.5, 2.5, 7, 3, 5, 11};
    struct wck_warp warp;
    struct wck_error err = {0};

    ck_assert_int_eq(bind_matrix("opencv.warpAffine", flat, 2, 3, &warp, &err), WCK_OK);
    for (int i = 0; i < 6; i++)
        ck_assert_double_le(fabs(warp.map.backward[i]), 0.0);
    ck_assert_int_eq(bind_matrix("kornia.warp_affine", flat, 2, 3, &warp, &err),
                     WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "singular"));
}
END_TEST

/* SciPy's axes run slowest first: row 0 of its matrix makes y. */
START_TEST(reversed_matrices_hold_y_first)
{
    const double matrix[6] = {2.5, 0.375, 11, -0.25, 1.75, 7};
    const double expected[6] = {1.75, -0.25, 7, 0.375, 2.5, 11};
    struct wck_warp warp;

    ck_assert_int_eq(bind_matrix("scipy.affine_transform", matrix, 2, 3, &warp, NULL),
                     WCK_OK);
    ck_assert_mem_eq(warp.map.matrix, expected, sizeof expected);
}
END_TEST

static const struct {
    const char *called, *name;
} paths[] = {
    {"torch.nn.functional.grid_sample", "torch.grid_sample"},
    {"F.affine_grid", "torch.affine_grid"},
    {"cv2.warpAffine", "opencv.warpAffine"},
    {"OpenCV.remap", "opencv.remap"},
    {"scipy.ndimage.map_coordinates", "scipy.map_coordinates"},
    {"jax.scipy.ndimage.map_coordinates", "jax.map_coordinates"},
    {"skimage.transform.warp", "skimage.warp"},
    {"onnxruntime.GridSample", "onnx.GridSample"},
    {"PIL.Image.transform", "pil.transform"},
    {"Pillow.transform", "pil.transform"},
    {"SimpleITK.Resample", "itk.resample"},
    {"itk.ResampleImageFilter", "itk.resample"},
    {"skimage.warp.coords", "skimage.warp.coords"},
};

START_TEST(conventions_are_found_by_what_their_users_call_them)
{
    ck_assert_ptr_eq(wck_convention_find(paths[_i].called),
                     wck_convention_find(paths[_i].name));
    ck_assert_str_eq(wck_convention_find(paths[_i].called)->name, paths[_i].name);
}
END_TEST

START_TEST(other_paths_lead_nowhere)
{
    static const char *const nowhere[] = {"grid_sample",
                                          "torch.warpAffine",
                                          "cv2.grid_sample",
                                          "cv2x.remap",
                                          "cv2.",
                                          ".remap",
                                          ""};

    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
        ck_assert_ptr_null(wck_convention_find(nowhere[i]));
}
END_TEST

START_TEST(conventions_are_found_by_name)
{
    ck_assert_ptr_eq(wck_convention_find(row(_i)->name), row(_i));
    ck_assert_uint_gt(strlen(row(_i)->summary), 0);
    ck_assert_ptr_null(wck_convention_row(wck_convention_count()));
    ck_assert_ptr_null(wck_convention_find("torch"));
}
END_TEST

Suite *wck_convention_suite(void)
{
    Suite *suite = suite_create("convention");
    TCase *rows = tcase_create("rows"), *matrices = tcase_create("matrices");
    int count = (int)wck_convention_count();

    tcase_add_loop_test(rows, every_word_of_a_library_binds_or_is_said_not_to_be_served,
                        0, count);
    tcase_add_loop_test(rows, defaults_are_the_first_words, 0, count);
    tcase_add_loop_test(rows, other_words_are_refused_with_those_there_are, 0, count);
    tcase_add_loop_test(rows, the_references_own_words_are_its_registries, 0, 2);
    tcase_add_loop_test(rows, volumes_bind_where_the_library_takes_them, 0, count);
    tcase_add_loop_test(rows, a_matrix_gradient_has_the_librarys_form, 0, count);
    tcase_add_loop_test(rows, conventions_are_found_by_what_their_users_call_them, 0,
                        sizeof paths / sizeof paths[0]);
    tcase_add_test(rows, other_paths_lead_nowhere);
    tcase_add_loop_test(rows, conventions_are_found_by_name, 0, count);
    tcase_add_test(matrices, a_matrix_that_does_not_fit_says_why);
    tcase_add_test(matrices, a_singular_matrix_is_what_the_library_makes_of_it);
    tcase_add_test(matrices, reversed_matrices_hold_y_first);
    suite_add_tcase(suite, rows);
    suite_add_tcase(suite, matrices);
    return suite;
}
