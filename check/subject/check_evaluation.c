/* Evaluations: output and gradients are made anew from what went in. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/subject/made.h"
#include "check/suites.h"
#include "src/run/verify.h"
#include "src/subject/evaluation.h"

static void made(int which, struct wck_npz *npz)
{
    const struct wck_behaviour reference = wck_behaviour_reference();

    if (which == 0)
        made_affine(npz, &reference);
    else if (which == 1)
        made_coords(npz, &reference);
    else
        made_remap(npz, &reference);
}

static const char *const results[] = {"output", "grad_image", "grad_matrix",
                                      "grad_coords", "grad_border_value"};

static void evaluate(struct wck_evaluation *evaluation, struct wck_recorded *of,
                     struct wck_npz *npz, const struct wck_recorded_inputs *inputs)
{
    struct wck_error err = {0};

    ck_assert_msg(wck_recorded_take(of, npz, "made", inputs, &err) == WCK_OK, "%s",
                  err.text);
    ck_assert_msg(wck_evaluation_run(evaluation, of, NULL, &err) == WCK_OK, "%s",
                  err.text);
}

static void pack(const struct wck_evaluation *evaluation, const struct wck_recorded *of,
                 struct wck_npz *npz)
{
    *npz = (struct wck_npz){0};
    ck_assert_int_eq(wck_evaluation_pack_inputs(of, npz, NULL), WCK_OK);
    ck_assert_int_eq(wck_evaluation_pack(evaluation, of, npz, NULL), WCK_OK);
}

static void expect_same(const struct wck_npz *got, const struct wck_npz *want)
{
    for (size_t i = 0; i < want->count; i++) {
        const struct wck_tensor *one = &want->members[i].tensor, *other;

        if (want->members[i].text != NULL) {
            ck_assert_str_eq(wck_npz_text(got, want->members[i].name),
                             want->members[i].text);
            continue;
        }
        other = wck_npz_array(got, want->members[i].name);
        ck_assert_msg(other != NULL, "%s", want->members[i].name);
        ck_assert_int_eq(other->dtype, one->dtype);
        ck_assert_int_eq(other->rank, one->rank);
        ck_assert_mem_eq(other->shape, one->shape, (size_t)one->rank * sizeof(size_t));
        ck_assert_mem_eq(other->data, one->data,
                         wck_tensor_count(one) * wck_dtype_row(one->dtype)->size);
    }
}

/* The recordings were made by the reference, in float64: all bits are the same. */
START_TEST(what_came_out_is_made_again_from_what_went_in)
{
    const struct wck_recorded_inputs inputs = {0};
    struct wck_npz whole, part, again;
    struct wck_evaluation evaluation;
    struct wck_recorded of;

    made(_i, &whole);
    made(_i, &part);
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        made_replace(&part, results[i], NULL);
    evaluate(&evaluation, &of, &part, &inputs);
    pack(&evaluation, &of, &again);
    expect_same(&again, &whole);
    /* The third was made without the gradients of its two maps. */
    ck_assert_uint_eq(again.count, whole.count + (_i == 2 ? 2 : 0));
    wck_evaluation_release(&evaluation);
    wck_recorded_release(&of);
    wck_npz_release(&again);
    wck_npz_release(&whole);
}
END_TEST

/* By a matrix, without anything that has the output's size. */
static void open_small(struct wck_recorded *of,
                       const struct wck_recorded_inputs *inputs)
{
    struct wck_npz npz;
    struct wck_error err = {0};

    made(0, &npz);
    made_replace(&npz, "grad_output", NULL);
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        made_replace(&npz, results[i], NULL);
    ck_assert_msg(wck_recorded_take(of, &npz, "made", inputs, &err) == WCK_OK, "%s",
                  err.text);
}

START_TEST(an_output_has_the_size_asked_for_or_the_images)
{
    const struct wck_recorded_inputs inputs[] = {{.height = 7, .width = 2}, {0}};
    const size_t sizes[][2] = {{7, 2}, {MADE_HEIGHT, MADE_WIDTH}};
    struct wck_evaluation evaluation;
    struct wck_recorded of;

    open_small(&of, &inputs[_i]);
    ck_assert_int_eq(wck_evaluation_run(&evaluation, &of, NULL, NULL), WCK_OK);
    ck_assert_uint_eq(evaluation.output.height, sizes[_i][0]);
    ck_assert_uint_eq(evaluation.output.width, sizes[_i][1]);
    ck_assert_ptr_null(evaluation.grad_image.data);
    ck_assert_ptr_null(evaluation.grad_array[0].data);
    ck_assert_ptr_null(evaluation.grad_border_value.data);
    wck_evaluation_release(&evaluation);
    wck_recorded_release(&of);
}
END_TEST

START_TEST(another_size_than_the_recorded_one_is_refused)
{
    const struct wck_recorded_inputs inputs = {.height = 7, .width = 2};
    struct wck_error err = {0};
    struct wck_recorded of;
    struct wck_npz npz;

    made(_i, &npz);
    ck_assert_int_eq(wck_recorded_take(&of, &npz, "made", &inputs, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, "made: the output is 5x3, not 7x2");
    wck_recorded_release(&of);
}
END_TEST

START_TEST(a_whole_recording_still_needs_an_output)
{
    struct wck_error err = {0};
    struct wck_recorded of;
    struct wck_npz npz;

    made(0, &npz);
    made_replace(&npz, "output", NULL);
    made_replace(&npz, "grad_output", NULL);
    ck_assert_int_eq(wck_recorded_take(&of, &npz, "made", NULL, &err), WCK_FORMAT);
    ck_assert_str_eq(err.text, "made: output is missing");
    wck_recorded_release(&of);
}
END_TEST

/* ---- types, batches, scalars ---- */

static void add(struct wck_npz *npz, const char *name, enum wck_dtype dtype, int rank,
                const size_t *shape, double step)
{
    struct wck_tensor tensor;

    ck_assert_int_eq(wck_tensor_new(&tensor, dtype, rank, shape, NULL), WCK_OK);
    for (size_t i = 0; i < wck_tensor_count(&tensor); i++)
        wck_tensor_set(&tensor, (ptrdiff_t)i, step * (double)(i * i % 37) + 1.0);
    ck_assert_int_eq(wck_npz_add_array(npz, name, &tensor, NULL), WCK_OK);
    free(tensor.data);
}

/* A batch of two pictures of bytes with three channels, one matrix of single precision
 * that turns and shifts, two components of a scalar. */
static void add_pictures(struct wck_npz *npz)
{
    const size_t images[] = {2, 6, 5, 3}, outputs[] = {2, 4, 7, 3}, two[] = {2};
    const size_t shape[] = {2, 3};
    float matrix[] = {0.81f, -0.33f, 1.7f, 0.29f, 1.13f, -1.2f};
    struct wck_tensor tensor = wck_tensor_contiguous(matrix, WCK_FLOAT32, 2, shape);

    *npz = (struct wck_npz){0};
    add(npz, "image", WCK_UINT8, 4, images, 6.75);
    add(npz, "grad_output", WCK_FLOAT32, 4, outputs, 0.375);
    add(npz, "border_value", WCK_FLOAT64, 1, two, 31.0);
    ck_assert_int_eq(wck_npz_add_array(npz, "matrix", &tensor, NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_add_text(npz, "spec.json",
                                      "{\"convention\": \"opencv.warpAffine\", "
                                      "\"version\": \"4.10.0\"}",
                                      NULL),
                     WCK_OK);
}

static void expect_array(const struct wck_npz *npz, const char *name,
                         enum wck_dtype dtype, size_t count)
{
    ck_assert_msg(wck_npz_array(npz, name) != NULL, "%s", name);
    ck_assert_int_eq(wck_npz_array(npz, name)->dtype, dtype);
    ck_assert_uint_eq(wck_tensor_count(wck_npz_array(npz, name)), count);
}

/* A value that is missing gets no gradient, one for two channels the sum of theirs: all
 * of it is a recording that passes. */
START_TEST(a_gradient_has_the_type_of_its_array_unless_that_is_of_whole_numbers)
{
    const struct wck_recorded_inputs inputs = {0};
    struct wck_verify_request request = {0};
    struct wck_verification result;
    struct wck_evaluation evaluation;
    struct wck_subject *subject;
    struct wck_error err = {0};
    struct wck_recorded of;
    struct wck_npz npz;

    add_pictures(&npz);
    evaluate(&evaluation, &of, &npz, &inputs);
    pack(&evaluation, &of, &npz);
    expect_array(&npz, "output", WCK_UINT8, 2 * 4 * 7 * 3);
    expect_array(&npz, "grad_image", WCK_FLOAT64, 2 * 6 * 5 * 3);
    expect_array(&npz, "grad_matrix", WCK_FLOAT32, 6);
    expect_array(&npz, "grad_border_value", WCK_FLOAT64, 2);
    ck_assert_msg(wck_subject_new(&subject, made_write(&npz, "new.npz"), &err) ==
                      WCK_OK,
                  "%s", err.text);
    request.subject = subject;
    ck_assert_msg(wck_verify(&result, &request, &err) == WCK_OK, "%s", err.text);
    ck_assert_int_eq(result.verdict, WCK_PASS);
    wck_verification_release(&result);
    wck_subject_free(subject);
    wck_evaluation_release(&evaluation);
    wck_recorded_release(&of);
    wck_npz_release(&npz);
}
END_TEST

/* Bytes are divided by 255 where they are computed with. */
static const struct {
    const char *interp;
    enum wck_dtype dtype;
    double value; /* of the pixel that the one sample reads */
} divided[] = {{"spline0", WCK_UINT8, 51.0}, {"spline1", WCK_FLOAT64, 0.2}};

START_TEST(an_output_is_divided_as_by_scikit_image)
{
    const struct wck_recorded_inputs inputs = {.height = 1, .width = 1};
    const size_t image[] = {1, 2}, matrix[] = {2, 3};
    struct wck_evaluation evaluation;
    struct wck_recorded of;
    struct wck_npz npz = {0};
    struct wck_tensor bytes =
        wck_tensor_contiguous((unsigned char[]){7, 51}, WCK_UINT8, 2, image);
    struct wck_tensor shift =
        wck_tensor_contiguous((double[]){1, 0, 1, 0, 1, 0}, WCK_FLOAT64, 2, matrix);
    char spec[100];

    snprintf(spec, sizeof spec,
             "{\"convention\": \"skimage.warp\", \"interp\": \"%s\"}",
             divided[_i].interp);
    ck_assert_int_eq(wck_npz_add_array(&npz, "image", &bytes, NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_add_array(&npz, "matrix", &shift, NULL), WCK_OK);
    ck_assert_int_eq(wck_npz_add_text(&npz, "spec.json", spec, NULL), WCK_OK);
    evaluate(&evaluation, &of, &npz, &inputs);
    ck_assert_int_eq(evaluation.output.tensor.dtype, divided[_i].dtype);
    ck_assert_double_eq_tol(wck_tensor_get(&evaluation.output.tensor, 0),
                            divided[_i].value, 2 * 0x1p-53);
    wck_evaluation_release(&evaluation);
    wck_recorded_release(&of);
}
END_TEST

START_TEST(a_derivative_that_is_not_served_is_refused)
{
    const struct wck_recorded_inputs inputs = {0};
    struct wck_evaluation evaluation;
    struct wck_error err = {0};
    struct wck_recorded of;
    struct wck_npz npz;

    made(0, &npz);
    made_respell(&npz, "{\"convention\": \"skimage.warp\", \"layout\": \"NCHW\", "
                       "\"clip\": true}");
    made_replace(&npz, "output", NULL);
    made_replace(&npz, "matrix",
                 &(struct wck_tensor){.data = (double[]){1.2, 0.1, -1, 0.2, 0.8, 2},
                                      .rank = 2,
                                      .shape = {2, 3},
                                      .stride = {3, 1}});
    ck_assert_msg(wck_recorded_take(&of, &npz, "made", &inputs, &err) == WCK_OK, "%s",
                  err.text);
    ck_assert_int_eq(wck_evaluation_run(&evaluation, &of, NULL, &err), WCK_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.text, "clipped"));
    wck_evaluation_release(&evaluation);
    wck_recorded_release(&of);
}
END_TEST

Suite *wck_evaluation_suite(void)
{
    Suite *suite = suite_create("evaluation");
    TCase *tests = tcase_create("evaluation");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_loop_test(tests, what_came_out_is_made_again_from_what_went_in, 0, 3);
    tcase_add_loop_test(tests, an_output_has_the_size_asked_for_or_the_images, 0, 2);
    tcase_add_loop_test(tests, another_size_than_the_recorded_one_is_refused, 0, 2);
    tcase_add_test(tests, a_whole_recording_still_needs_an_output);
    tcase_add_test(
        tests, a_gradient_has_the_type_of_its_array_unless_that_is_of_whole_numbers);
    tcase_add_loop_test(tests, an_output_is_divided_as_by_scikit_image, 0,
                        (int)(sizeof divided / sizeof divided[0]));
    tcase_add_test(tests, a_derivative_that_is_not_served_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
