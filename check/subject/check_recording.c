#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/subject/made.h"
#include "check/suites.h"
#include "src/subject/recording.h"

static void expect_rejected(const struct wck_npz *npz, enum wck_status status,
                            const char *why)
{
    const char *name = made_write(npz, "bad.npz");
    struct wck_subject *subject;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_subject_new(&subject, name, &err), status);
    ck_assert_ptr_null(subject);
    ck_assert_msg(strncmp(err.text, name + strlen("recording:"),
                          strlen(name + strlen("recording:"))) == 0 &&
                      strstr(err.text, why) != NULL,
                  "'%s' does not say '%s'", err.text, why);
    ck_assert_ptr_null(strchr(err.text, '\n'));
}

static void made(struct wck_npz *npz)
{
    const struct wck_behaviour reference = wck_behaviour_reference();

    made_affine(npz, &reference);
}

/* An archive whose array `name` has another shape, type or content. */
static void expect_bad_array(const char *name, enum wck_dtype dtype, int rank,
                             const size_t *shape, const char *why)
{
    struct wck_npz npz;
    struct wck_tensor tensor;

    made(&npz);
    ck_assert_int_eq(wck_tensor_new(&tensor, dtype, rank, shape, NULL), WCK_OK);
    made_replace(&npz, name, &tensor);
    expect_rejected(&npz, WCK_FORMAT, why);
    free(tensor.data);
    wck_npz_release(&npz);
}

START_TEST(a_recording_is_read_as_it_was_made)
{
    const struct wck_recording *recording;
    struct wck_subject *subject;
    struct wck_error err = {0};
    struct wck_npz npz;

    made(&npz);
    ck_assert_msg(wck_subject_new(&subject, made_write(&npz, "a.npz"), &err) == WCK_OK,
                  "%s", err.text);
    recording = wck_subject_recording(subject);
    ck_assert_ptr_nonnull(recording);
    ck_assert_str_eq(recording->problem.convention->name, "kornia.warp_affine");
    ck_assert_str_eq(recording->problem.layout, "NCHW");
    ck_assert_uint_eq(recording->problem.channels, MADE_CHANNELS);
    ck_assert_uint_eq(recording->problem.warp.source_width, MADE_WIDTH);
    ck_assert_uint_eq(recording->problem.warp.output_height, MADE_ROWS);
    ck_assert_int_eq(recording->problem.warp.map.direction, WCK_SOURCE_TO_OUTPUT);
    ck_assert_double_eq(recording->problem.warp.map.matrix[1], -0.33);
    ck_assert_double_eq(wck_image_get(&recording->grad_image, 1, 2, 3),
                        wck_tensor_get(wck_npz_array(&npz, "grad_image"),
                                       (1 * MADE_HEIGHT + 2) * MADE_WIDTH + 3));
    ck_assert_ptr_nonnull(recording->grad_array[0].data);
    ck_assert_ptr_null(recording->grad_border_value.data);
    wck_subject_free(subject);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_recording_answers_no_calls)
{
    struct wck_subject *subject;
    struct wck_error err = {0};
    struct wck_npz npz;

    made(&npz);
    ck_assert_int_eq(wck_subject_new(&subject, made_write(&npz, "a.npz"), NULL),
                     WCK_OK);
    {
        const struct wck_recording *of = wck_subject_recording(subject);
        const struct wck_gradients none = {0};

        ck_assert_int_eq(wck_subject_forward(subject, &of->problem, &of->call.image,
                                             &of->output, &err),
                         WCK_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(err.text, "only for what was recorded"));
        ck_assert_int_eq(wck_subject_vjp(subject, &of->problem, &of->call.image,
                                         &of->output, &none, NULL),
                         WCK_UNSUPPORTED);
    }
    wck_subject_free(subject);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_live_subject_has_no_recording)
{
    struct wck_subject *subject;

    ck_assert_int_eq(wck_subject_new(&subject, "builtin:reference", NULL), WCK_OK);
    ck_assert_ptr_null(wck_subject_recording(subject));
    wck_subject_free(subject);
}
END_TEST

/* What is left out, and what is said then. */
static const struct {
    const char *name, *why;
} missing[] = {
    {"image", "image is missing"},
    {"matrix", "matrix is missing"},
    {"grad_output", "is recorded without grad_output"},
};

START_TEST(a_missing_array_is_named)
{
    struct wck_npz npz;

    made(&npz);
    made_replace(&npz, missing[_i].name, NULL);
    expect_rejected(&npz, WCK_FORMAT, missing[_i].why);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(gradients_may_be_missing)
{
    struct wck_subject *subject;
    struct wck_npz npz;

    made(&npz);
    made_replace(&npz, "grad_output", NULL);
    made_replace(&npz, "grad_image", NULL);
    made_replace(&npz, "grad_matrix", NULL);
    ck_assert_int_eq(wck_subject_new(&subject, made_write(&npz, "a.npz"), NULL),
                     WCK_OK);
    ck_assert_ptr_null(wck_subject_recording(subject)->grad_image.tensor.data);
    wck_subject_free(subject);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(shapes_that_disagree_are_named_with_both)
{
    static const size_t wide[] = {1, MADE_CHANNELS, MADE_HEIGHT, MADE_WIDTH + 1};
    static const size_t more[] = {1, MADE_CHANNELS + 1, MADE_ROWS, MADE_COLUMNS};
    static const size_t flat[] = {MADE_HEIGHT, MADE_WIDTH};
    static const size_t empty[] = {1, MADE_CHANNELS, 0, MADE_WIDTH};
    static const size_t square[] = {1, 3, 3};
    static const size_t four[] = {2, 4};

    expect_bad_array("grad_image", WCK_FLOAT64, 4, wide,
                     "grad_image is 1x2x4x7, image is 1x2x4x6");
    expect_bad_array("output", WCK_FLOAT64, 4, more,
                     "image has batch 1 and 2 channels, output 1 and 3");
    expect_bad_array("output", WCK_FLOAT64, 2, flat, "layout NCHW has 4 axes");
    expect_bad_array("image", WCK_FLOAT64, 4, empty, "image: the image is empty");
    expect_bad_array("grad_output", WCK_FLOAT64, 2, flat,
                     "grad_output is 4x6, output is 1x2x5x3");
    expect_bad_array("grad_matrix", WCK_FLOAT64, 3, square,
                     "grad_matrix is 1x3x3, matrix is 1x2x3");
    expect_bad_array("matrix", WCK_FLOAT64, 2, four, "the matrix is 2x4");
}
END_TEST

START_TEST(an_output_of_another_type_is_named_with_both)
{
    static const size_t shape[] = {1, MADE_CHANNELS, MADE_ROWS, MADE_COLUMNS};

    expect_bad_array("output", WCK_FLOAT32, 4, shape,
                     "output is float32, image is float64");
}
END_TEST

/* Opens the archive; the caller frees the subject. */
static struct wck_subject *expect_read(const struct wck_npz *npz)
{
    struct wck_subject *subject;
    struct wck_error err = {0};

    ck_assert_msg(wck_subject_new(&subject, made_write(npz, "a.npz"), &err) == WCK_OK,
                  "%s", err.text);
    return subject;
}

START_TEST(gradients_of_a_coarser_type_set_the_type)
{
    static const size_t shape[] = {1, MADE_CHANNELS, MADE_HEIGHT, MADE_WIDTH};
    struct wck_tensor coarse = {0};
    struct wck_subject *subject;
    struct wck_npz npz;

    made(&npz);
    ck_assert_int_eq(wck_tensor_new(&coarse, WCK_FLOAT32, 4, shape, NULL), WCK_OK);
    made_replace(&npz, "grad_image", &coarse);
    subject = expect_read(&npz);
    ck_assert_int_eq(wck_subject_recording(subject)->problem.dtype, WCK_FLOAT32);
    wck_subject_free(subject);
    free(coarse.data);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(an_output_may_be_missing_where_its_gradient_tells_its_size)
{
    struct wck_subject *subject;
    struct wck_npz npz;

    made(&npz);
    made_replace(&npz, "output", NULL);
    subject = expect_read(&npz);
    ck_assert(!wck_subject_recording(subject)->has_output);
    ck_assert_uint_eq(wck_subject_recording(subject)->output.height, MADE_ROWS);
    wck_subject_free(subject);
    made_replace(&npz, "grad_output", NULL);
    expect_rejected(&npz, WCK_FORMAT, "output is missing");
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_layout_that_is_not_said_is_the_librarys_own)
{
    struct wck_subject *subject;
    struct wck_npz npz;

    made(&npz);
    made_respell(&npz, "{\"convention\": \"kornia.warp_affine\"}");
    subject = expect_read(&npz);
    ck_assert_str_eq(wck_subject_recording(subject)->problem.layout, "NCHW");
    wck_subject_free(subject);
    made_respell(&npz, "{\"convention\": \"scipy.affine_transform\"}");
    expect_rejected(&npz, WCK_FORMAT, "says no \"layout\"");
    wck_npz_release(&npz);
}
END_TEST

/* Sets one element of an array, and expects what is said. */
static void expect_bad_number(const char *name, ptrdiff_t at, double value,
                              const char *why)
{
    struct wck_npz npz;

    made(&npz);
    wck_tensor_set(wck_npz_array(&npz, name), at, value);
    expect_rejected(&npz, WCK_FORMAT, why);
    wck_npz_release(&npz);
}

START_TEST(inputs_that_are_not_finite_are_rejected)
{
    expect_bad_number("image", 5, (double)NAN, "image holds a value that is not");
    expect_bad_number("grad_output", 0, (double)INFINITY, "grad_output holds a value");
    expect_bad_number("matrix", 4, (double)NAN, "not finite");
}
END_TEST

/* Forms of one matrix, and a convention that takes it. */
static const struct {
    const char *spec;
    enum wck_dtype dtype;
    int rank;
    size_t shape[3];
} forms[] = {
    {"kornia.warp_affine\", \"layout\": \"NCHW", WCK_INT64, 2, {2, 3}},
    {"kornia.warp_affine\", \"layout\": \"NCHW", WCK_FLOAT32, 3, {1, 3, 3}},
    {"opencv.warpAffine\", \"layout\": \"NCHW", WCK_FLOAT64, 2, {3, 3}},
    {"opencv.warpPerspective\", \"layout\": \"NCHW", WCK_INT32, 2, {2, 3}},
    {"scipy.affine_transform\", \"layout\": \"NCHW", WCK_FLOAT64, 2, {2, 3}},
    {"scipy.affine_transform\", \"layout\": \"NCHW", WCK_INT64, 2, {3, 3}},
};

START_TEST(a_matrix_may_have_any_form_and_type)
{
    static const double matrix[] = {2.0, 1.0, -3.0, 0.0, 1.0, 4.0, 0.0, 0.0, 1.0};
    /* The same with x first, of one that has rows before columns. */
    static const double reversed[] = {1.0, 0.0, 4.0, 1.0, 2.0, -3.0};
    const double *want = strncmp(forms[_i].spec, "scipy", 5) == 0 ? reversed : matrix;
    struct wck_tensor tensor;
    struct wck_subject *subject;
    struct wck_npz npz;
    char spec[120];

    made(&npz);
    ck_assert_int_eq(
        wck_tensor_new(&tensor, forms[_i].dtype, forms[_i].rank, forms[_i].shape, NULL),
        WCK_OK);
    for (size_t i = 0; i < wck_tensor_count(&tensor); i++)
        wck_tensor_set(&tensor, (ptrdiff_t)i, matrix[i]);
    snprintf(spec, sizeof spec, "{\"convention\": \"%s\"}", forms[_i].spec);
    made_respell(&npz, spec);
    made_replace(&npz, "grad_matrix", NULL);
    made_replace(&npz, "matrix", &tensor);
    subject = expect_read(&npz);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(wck_subject_recording(subject)->problem.warp.map.matrix[i],
                            want[i]);
    wck_subject_free(subject);
    free(tensor.data);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_singular_matrix_is_rejected)
{
    struct wck_npz npz;
    struct wck_tensor matrix = {0};

    made(&npz);
    ck_assert_int_eq(
        wck_tensor_new(&matrix, WCK_FLOAT64, 2, (const size_t[]){2, 3}, NULL), WCK_OK);
    made_replace(&npz, "grad_matrix", NULL);
    made_replace(&npz, "matrix", &matrix);
    expect_rejected(&npz, WCK_FORMAT, "singular");
    free(matrix.data);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(what_is_not_known_is_listed)
{
    double copy = 0.5;
    struct wck_tensor one = wck_tensor_contiguous(&copy, WCK_FLOAT64, 0, NULL);
    struct wck_subject *subject;
    struct wck_npz npz;

    made(&npz);
    made_replace(&npz, "pictures", &one);
    made_respell(&npz, "{\"convention\": \"kornia.warp_affine\", \"aligned\": true, "
                       "\"\\u001b\": []}");
    subject = expect_read(&npz);
    ck_assert_str_eq(wck_subject_recording(subject)->unread, "aligned, ?, pictures");
    wck_subject_free(subject);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(arrays_that_do_not_belong_are_rejected)
{
    const double value = 0.5;
    double copy = value;
    struct wck_tensor one = wck_tensor_contiguous(&copy, WCK_FLOAT64, 0, NULL);
    struct wck_npz npz;

    made(&npz);
    made_replace(&npz, "grid", &one);
    expect_rejected(&npz, WCK_FORMAT, "kornia.warp_affine takes matrix, not grid");
    made_replace(&npz, "grid", NULL);
    made_replace(&npz, "matrix", NULL);
    made_replace(&npz, "grad_matrix", NULL);
    made_replace(&npz, "border_value", &one);
    made_respell(&npz, "{\"convention\": \"torch.grid_sample\", \"layout\": \"NCHW\"}");
    made_replace(&npz, "grid", wck_npz_array(&npz, "output"));
    expect_rejected(&npz, WCK_FORMAT, "takes no border value");
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_border_value_is_one_or_one_a_channel)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_tensor three = {0};
    struct wck_npz npz;

    made_coords(&npz, &reference);
    ck_assert_int_eq(wck_tensor_new(&three, WCK_FLOAT64, 1, (const size_t[]){3}, NULL),
                     WCK_OK);
    made_replace(&npz, "border_value", &three);
    expect_rejected(&npz, WCK_FORMAT, "border_value is 3, image has 2 channels");
    free(three.data);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(an_output_of_another_size_than_its_coordinates_is_rejected)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_tensor coords = {0};
    struct wck_npz npz;

    made_coords(&npz, &reference);
    ck_assert_int_eq(wck_tensor_new(&coords, WCK_FLOAT64, 3,
                                    (const size_t[]){2, MADE_ROWS + 1, MADE_COLUMNS},
                                    NULL),
                     WCK_OK);
    made_replace(&npz, "coords", &coords);
    expect_rejected(&npz, WCK_FORMAT, "output is 1x5x3, coords asks for 1x6x3");
    free(coords.data);
    wck_npz_release(&npz);
}
END_TEST

/* Texts in place of spec.json, and what is said of each. */
#define KORNIA "\"convention\": \"kornia.warp_affine\", \"layout\": \"NCHW\", "
static const struct {
    const char *text;
    enum wck_status status;
    const char *why;
} specs[] = {
    {NULL, WCK_FORMAT, "spec.json is missing"},
    {"", WCK_FORMAT, "spec.json: line 1"},
    {"{\n \"convention\": }", WCK_FORMAT, "spec.json: line 2"},
    {"[]", WCK_FORMAT, "is no JSON object"},
    {"{\"convention\": \"a\", \"convention\": \"b\"}", WCK_FORMAT, "duplicate"},
    {"{}", WCK_FORMAT, "\"convention\" is missing"},
    {"{\"convention\": 5}", WCK_FORMAT, "\"convention\" is no word"},
    {"{\"convention\": \"\\u001b[31m\"}", WCK_FORMAT, "\"convention\" is no word"},
    {"{\"convention\": \"\"}", WCK_FORMAT, "\"convention\" is no word"},
    {"{\"convention\": \"kornia.warp\"}", WCK_UNSUPPORTED,
     "convention \"kornia.warp\" is not known; there are: opencv.warpAffine, "},
    {"{" KORNIA "\"align_corners\": 2}", WCK_FORMAT,
     "\"align_corners\" is not true or false"},
    {"{" KORNIA "\"inverse_map\": true}", WCK_FORMAT, "takes no inverse_map"},
    {"{" KORNIA "\"border\": \"wrap\"}", WCK_FORMAT, "wrap"},
    {"{\"convention\": \"kornia.warp_affine\", \"layout\": \"HWHW\"}", WCK_FORMAT,
     "'HWHW' is not a layout"},
};

START_TEST(a_bad_spec_is_explained)
{
    struct wck_npz npz;

    made(&npz);
    made_respell(&npz, specs[_i].text);
    expect_rejected(&npz, specs[_i].status, specs[_i].why);
    wck_npz_release(&npz);
}
END_TEST

/* Conventions and flags as the libraries' own users write them. */
static const char *const spellings[] = {
    "\"convention\": \"kornia.geometry.transform.warp_affine\"",
    "\"convention\": \"Kornia.warp_affine\"",
    "\"convention\": \"kornia.warp_affine\", \"align_corners\": 1",
    "\"convention\": \"kornia.warp_affine\", \"align_corners\": 0",
    "\"convention\": \"kornia.warp_affine\", \"inverse_map\": 0",
    "\"convention\": \"kornia.warp_affine\", \"border\": \"constant\"",
};

START_TEST(a_spec_may_be_spelt_as_its_library_does)
{
    struct wck_subject *subject;
    struct wck_npz npz;
    char spec[160];

    made(&npz);
    snprintf(spec, sizeof spec, "{%s, \"layout\": \"NCHW\"}", spellings[_i]);
    made_respell(&npz, spec);
    subject = expect_read(&npz);
    ck_assert_str_eq(wck_subject_recording(subject)->call.convention->name,
                     "kornia.warp_affine");
    ck_assert_int_eq(wck_subject_recording(subject)->call.choices.align_corners,
                     strstr(spellings[_i], ": 1") != NULL       ? 1
                     : strstr(spellings[_i], "rs\": 0") != NULL ? 0
                                                                : -1);
    wck_subject_free(subject);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(notes_for_people_are_accepted)
{
    struct wck_subject *subject;
    struct wck_npz npz;

    made(&npz);
    made_respell(&npz,
                 "{" KORNIA
                 "\"align_corners\": true, \"border\": null, \"seed\": 5, \"library\": "
                 "\"kornia\", \"versions\": {\"kornia\": \"0.9\"}, \"host\": {}}");
    ck_assert_int_eq(wck_subject_new(&subject, made_write(&npz, "a.npz"), NULL),
                     WCK_OK);
    wck_subject_free(subject);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_missing_file_is_an_error_of_input)
{
    struct wck_subject *subject;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_subject_new(&subject, "recording:none.npz", &err), WCK_IO);
    ck_assert_str_eq(err.text, "none.npz: No such file or directory");
}
END_TEST

Suite *wck_recording_suite(void)
{
    Suite *suite = suite_create("recording");
    TCase *tests = tcase_create("recording");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_test(tests, a_recording_is_read_as_it_was_made);
    tcase_add_test(tests, a_recording_answers_no_calls);
    tcase_add_test(tests, a_live_subject_has_no_recording);
    tcase_add_loop_test(tests, a_missing_array_is_named, 0,
                        sizeof missing / sizeof missing[0]);
    tcase_add_test(tests, gradients_may_be_missing);
    tcase_add_test(tests, shapes_that_disagree_are_named_with_both);
    tcase_add_test(tests, an_output_of_another_type_is_named_with_both);
    tcase_add_test(tests, gradients_of_a_coarser_type_set_the_type);
    tcase_add_test(tests, an_output_may_be_missing_where_its_gradient_tells_its_size);
    tcase_add_test(tests, a_layout_that_is_not_said_is_the_librarys_own);
    tcase_add_test(tests, what_is_not_known_is_listed);
    tcase_add_test(tests, inputs_that_are_not_finite_are_rejected);
    tcase_add_loop_test(tests, a_matrix_may_have_any_form_and_type, 0,
                        sizeof forms / sizeof forms[0]);
    tcase_add_test(tests, a_singular_matrix_is_rejected);
    tcase_add_test(tests, arrays_that_do_not_belong_are_rejected);
    tcase_add_test(tests, a_border_value_is_one_or_one_a_channel);
    tcase_add_test(tests, an_output_of_another_size_than_its_coordinates_is_rejected);
    tcase_add_loop_test(tests, a_spec_may_be_spelt_as_its_library_does, 0,
                        sizeof spellings / sizeof spellings[0]);
    tcase_add_loop_test(tests, a_bad_spec_is_explained, 0,
                        sizeof specs / sizeof specs[0]);
    tcase_add_test(tests, notes_for_people_are_accepted);
    tcase_add_test(tests, a_missing_file_is_an_error_of_input);
    suite_add_tcase(suite, tests);
    return suite;
}
