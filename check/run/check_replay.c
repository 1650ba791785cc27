#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/subject/made.h"
#include "check/suites.h"
#include "src/run/verify.h"

/* Real runs, in check/recordings/small. */
static const char *const right[] = {"kornia_warp_affine_float32",
                                    "kornia_warp_affine_float64", "opencv_remap",
                                    "opencv_warp_affine", "opencv_warp_affine_inverse"};

#define RIGHT (sizeof right / sizeof right[0])

static const char *recording_path(const char *name)
{
    static char path[5000];
    const char *top = getenv("srcdir");

    snprintf(path, sizeof path, "%s/check/recordings/small/%s.npz",
             top != NULL ? top : "..", name);
    return path;
}

/* Verifies "recording:PATH"; everything it says is in `result`, to be released. */
static void verify(const char *name, struct wck_verification *result)
{
    struct wck_subject *subject;
    struct wck_error err = {0};
    struct wck_verify_request request = {0};

    ck_assert_msg(wck_subject_new(&subject, name, &err) == WCK_OK, "%s", err.text);
    request.subject = subject;
    ck_assert_msg(wck_verify(result, &request, &err) == WCK_OK, "%s", err.text);
    wck_subject_free(subject);
}

static const struct wck_finding *find(const struct wck_verification *result,
                                      enum wck_claim claim, const char *detail)
{
    for (size_t i = 0; i < result->findings.count; i++) {
        const struct wck_finding *finding = &result->findings.items[i];

        if (finding->claim == claim &&
            (detail == NULL || (finding->detail != NULL &&
                                strncmp(finding->detail, detail, strlen(detail)) == 0)))
            return finding;
    }
    ck_abort_msg("no finding of %s", detail != NULL ? detail : "that claim");
    return NULL;
}

START_TEST(a_right_run_of_a_library_passes)
{
    struct wck_verification result;
    char name[5100];

    snprintf(name, sizeof name, "recording:%s", recording_path(right[_i]));
    verify(name, &result);
    ck_assert_uint_eq(result.problems, 1);
    ck_assert_int_eq(result.verdict, WCK_PASS);
    ck_assert_ptr_null(result.diagnosis);
    for (size_t i = 0; i < result.findings.count; i++) {
        const struct wck_finding *finding = &result.findings.items[i];

        ck_assert_str_eq(finding->checker, "recording");
        ck_assert_msg(finding->verdict == WCK_PASS ||
                          finding->verdict == WCK_NOT_APPLICABLE,
                      "%s: %s", finding->detail, finding->cause);
        ck_assert_msg(strncmp(finding->reproduce, "warpcheck verify 'recording:", 28) ==
                          0,
                      "%s", finding->reproduce);
    }
    wck_verification_release(&result);
}
END_TEST

START_TEST(what_was_not_recorded_is_said)
{
    struct wck_verification result;
    char name[5100];

    snprintf(name, sizeof name, "recording:%s", recording_path("opencv_remap"));
    verify(name, &result);
    ck_assert_str_eq(
        find(&result, WCK_CONFORMS, "output")->detail,
        "output; not recorded: grad_output, grad_image, grad_map_x, grad_map_y");
    ck_assert_int_eq(find(&result, WCK_SELF_CONSISTENT, NULL)->verdict,
                     WCK_NOT_APPLICABLE);
    wck_verification_release(&result);
}
END_TEST

START_TEST(gradients_alone_are_judged_and_what_was_not_read_is_said)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_verification result;
    double copy = 0.5;
    struct wck_tensor one = wck_tensor_contiguous(&copy, WCK_FLOAT64, 0, NULL);
    struct wck_npz npz;

    made_affine(&npz, &reference);
    made_replace(&npz, "loss", &one);
    verify(made_write(&npz, "noted.npz"), &result);
    ck_assert_ptr_nonnull(
        strstr(find(&result, WCK_CONFORMS, "output")->detail, "; not read: loss"));
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "output")->verdict, WCK_PASS);
    wck_verification_release(&result);

    made_replace(&npz, "output", NULL);
    verify(made_write(&npz, "gradients.npz"), &result);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "grad_image")->verdict, WCK_PASS);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "grad_matrix")->verdict, WCK_PASS);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, NULL)->verdict, WCK_NOT_APPLICABLE);
    ck_assert_int_eq(find(&result, WCK_SELF_CONSISTENT, NULL)->verdict,
                     WCK_NOT_APPLICABLE);
    wck_verification_release(&result);

    wck_tensor_set(wck_npz_array(&npz, "grad_image"), 9, 3.0);
    verify(made_write(&npz, "wrong.npz"), &result);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "grad_image")->verdict, WCK_FAIL);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

/* Before 0.9 kornia normalised in single precision whatever the type of its inputs. */
START_TEST(a_run_in_mixed_precision_fails_although_it_agrees_with_itself)
{
    struct wck_verification result;
    char name[5100];

    snprintf(name, sizeof name, "recording:%s",
             recording_path("../faults/kornia_warp_affine_mixed"));
    verify(name, &result);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "output")->verdict, WCK_FAIL);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "grad_image")->verdict, WCK_FAIL);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "grad_matrix")->verdict, WCK_FAIL);
    ck_assert_int_eq(find(&result, WCK_SELF_CONSISTENT, "adjoint")->verdict, WCK_PASS);
    ck_assert_ptr_nonnull(strstr(result.diagnosis, "the nearest, no deviation"));
    wck_verification_release(&result);
}
END_TEST

/* ---- one element changed ---- */

/* Scales element i of an array of the archive, verifies, and restores it. */
static void verify_changed(struct wck_npz *npz, const char *array, size_t i,
                           double factor, struct wck_verification *result)
{
    const struct wck_tensor *tensor = wck_npz_array(npz, array);
    double was = wck_tensor_get(tensor, (ptrdiff_t)i);

    wck_tensor_set(tensor, (ptrdiff_t)i, factor * was);
    verify(made_write(npz, "changed.npz"), result);
    wck_tensor_set(tensor, (ptrdiff_t)i, was);
}

/* Every element but those near 0 must be found out when it is changed. */
static void expect_every_change_found(struct wck_npz *npz, const char *array,
                                      double change, bool input)
{
    const struct wck_tensor *tensor = wck_npz_array(npz, array);
    /* Pictures of OpenCV have their channels last. */
    bool planar = strstr(wck_npz_text(npz, "spec.json"), "\"HWC\"") == NULL;
    size_t step = planar ? 1 : tensor->shape[tensor->rank - 1];
    size_t width = tensor->shape[tensor->rank - (planar ? 1 : 2)];
    size_t count = wck_tensor_count(tensor);
    double most = 0.0;

    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(wck_tensor_get(tensor, (ptrdiff_t)i)));
    for (size_t i = 0; i < count; i++) {
        struct wck_verification result;
        const struct wck_finding *finding;

        if (fabs(wck_tensor_get(tensor, (ptrdiff_t)i)) < 0.2 * most)
            continue;
        verify_changed(npz, array, i, 1.0 + change, &result);
        ck_assert_int_eq(result.verdict, WCK_FAIL);
        finding = find(&result, WCK_CONFORMS, array);
        ck_assert_msg(finding->verdict == WCK_FAIL, "%s[%zu]: %s", array, i,
                      wck_verdict_id(finding->verdict));
        ck_assert_uint_eq(finding->beyond, 1);
        ck_assert_int_eq(finding->where.input, input);
        ck_assert_int_eq(finding->where.x, (long)(i / step % width));
        ck_assert_ptr_nonnull(strstr(finding->cause, array));
        ck_assert_ptr_nonnull(result.diagnosis);
        wck_verification_release(&result);
    }
}

static const struct {
    const char *array;
    bool input;
} arrays_of_affine[] = {
    {"output", false},
    {"grad_image", true},
    {"grad_matrix", true},
};

START_TEST(a_changed_element_of_a_real_run_is_found_in_double_precision)
{
    struct wck_npz npz;

    ck_assert_int_eq(
        wck_npz_read(recording_path("kornia_warp_affine_float64"), &npz, NULL), WCK_OK);
    expect_every_change_found(&npz, arrays_of_affine[_i].array, 1e-6,
                              arrays_of_affine[_i].input);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_changed_element_of_a_real_run_is_found_in_single_precision)
{
    static const char *const names[] = {"opencv_remap", "opencv_warp_affine_inverse"};
    struct wck_npz npz;

    ck_assert_int_eq(wck_npz_read(recording_path(names[_i]), &npz, NULL), WCK_OK);
    expect_every_change_found(&npz, "output", 2e-4, false);
    wck_npz_release(&npz);
}
END_TEST

/* Hypotheses that need an inverse are no reason not to judge. */
START_TEST(a_changed_element_is_found_where_one_matrix_is_singular)
{
    struct wck_verification result;
    struct wck_npz npz;

    ck_assert_int_eq(
        wck_npz_read(recording_path("../various/torch_affine_grid_one_singular"), &npz,
                     NULL),
        WCK_OK);
    verify_changed(&npz, "output", 7, 1.01, &result);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "output")->verdict, WCK_FAIL);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

/* A kernel of steps copies, and Leptonica's sums are whole numbers of 256ths: nothing
 * excuses a unit, not even an output cut towards 0. */
static const char *const whole[] = {"../pillow/transform-affine-nearest-L-generic",
                                    "../leptonica/pixAffine-nearest-gray-generic",
                                    "../leptonica/pixAffine-bilinear-gray-generic",
                                    "../leptonica/pixAffine-bilinear-gray-identity"};

START_TEST(an_exact_whole_number_that_is_one_off_is_found)
{
    const char *path = recording_path(whole[_i]);
    struct wck_verification result;
    const struct wck_finding *finding;
    const struct wck_tensor *output;
    struct wck_npz npz;
    double was;

    ck_assert_int_eq(wck_npz_read(path, &npz, NULL), WCK_OK);
    output = wck_npz_array(&npz, "output");
    verify(made_write(&npz, "copied.npz"), &result);
    finding = find(&result, WCK_CONFORMS, "output");
    ck_assert_uint_eq(finding->compared, wck_tensor_count(output));
    ck_assert_uint_eq(finding->exact, finding->compared);
    wck_verification_release(&result);
    was = wck_tensor_get(output, 40);
    wck_tensor_set(output, 40, was - 1.0);
    verify(made_write(&npz, "changed.npz"), &result);
    finding = find(&result, WCK_CONFORMS, "output");
    ck_assert_int_eq(finding->verdict, WCK_FAIL);
    ck_assert_uint_eq(finding->exact, finding->compared - 1);
    ck_assert_double_eq(finding->worst.got, was - 1.0);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(what_is_used_of_the_bound_is_the_distance_to_the_reference)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_verification result;
    const struct wck_finding *finding;
    struct wck_npz npz;

    made_affine(&npz, &reference);
    verify(made_write(&npz, "made.npz"), &result);
    finding = find(&result, WCK_CONFORMS, "output");
    ck_assert_uint_eq(finding->exact, finding->compared);
    ck_assert_double_eq(finding->used, 0.0);
    wck_verification_release(&result);
    /* A part of the roundings allowed, inside of every interval. */
    verify_changed(&npz, "output", 4, 1.0 + 0x1p-52, &result);
    finding = find(&result, WCK_CONFORMS, "output");
    ck_assert_int_eq(finding->verdict, WCK_PASS);
    ck_assert_uint_eq(finding->exact, finding->compared - 1);
    ck_assert(finding->used > 0.0 && finding->used < 1.0);
    wck_verification_release(&result);
    verify_changed(&npz, "output", 4, 1.0 + 0x1p-40, &result);
    finding = find(&result, WCK_CONFORMS, "output");
    ck_assert_int_eq(finding->verdict, WCK_FAIL);
    ck_assert(finding->used > 4.0);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

static const struct {
    const char *array;
    bool input;
} arrays_of_coords[] = {
    {"output", false},
    {"grad_image", true},
    {"grad_coords", false},
};

START_TEST(a_changed_element_is_found_where_coordinates_are_given)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_npz npz;

    made_coords(&npz, &reference);
    expect_every_change_found(&npz, arrays_of_coords[_i].array, 1e-6,
                              arrays_of_coords[_i].input);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_changed_gradient_of_the_border_value_is_found)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_verification result;
    struct wck_npz npz;

    made_coords(&npz, &reference);
    verify(made_write(&npz, "right.npz"), &result);
    ck_assert_int_eq(result.verdict, WCK_PASS);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "grad_border_value")->verdict,
                     WCK_PASS);
    ck_assert_int_eq(find(&result, WCK_SELF_CONSISTENT, NULL)->verdict,
                     WCK_NOT_APPLICABLE);
    wck_verification_release(&result);
    verify_changed(&npz, "grad_border_value", 0, 1.0 + 1e-6, &result);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "grad_border_value")->verdict,
                     WCK_FAIL);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_gradient_that_is_not_the_outputs_own_breaks_the_adjoint_identity)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_verification result;
    struct wck_npz npz;

    made_affine(&npz, &reference);
    /* A pixel that an output reads, by a tenth. */
    verify_changed(&npz, "grad_image", 8, 1.1, &result);
    ck_assert_int_eq(find(&result, WCK_SELF_CONSISTENT, "adjoint")->verdict, WCK_FAIL);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(an_output_that_is_not_finite_fails)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_verification result;
    struct wck_npz npz;

    made_affine(&npz, &reference);
    verify_changed(&npz, "output", 4, (double)NAN, &result);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "output")->verdict, WCK_FAIL);
    ck_assert_int_eq(find(&result, WCK_SELF_CONSISTENT, NULL)->verdict,
                     WCK_NOT_APPLICABLE);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

/* A volume with value 1 + 2x + 3y + 5z, which trilinear samples give back, at places
 * that lie in a plane: coordinates of 3 x rows x columns, z first. */
static void made_plane_in_volume(struct wck_npz *npz)
{
    static const size_t image_shape[] = {3, 4, 5}, plane[] = {2, 3},
                        three[] = {3, 2, 3};
    double image[60], output[6], coords[18];
    struct wck_tensor tensor =
        wck_tensor_contiguous(image, WCK_FLOAT64, 3, image_shape);

    *npz = (struct wck_npz){0};
    for (size_t i = 0; i < 60; i++)
        image[i] = 1.0 + 2.0 * (double)(i % 5) + 3.0 * (double)(i / 5 % 4) +
                   5.0 * (double)(i / 20);
    ck_assert_int_eq(wck_npz_add_array(npz, "image", &tensor, NULL), WCK_OK);
    for (size_t i = 0; i < 6; i++) {
        double x = 0.25 + 0.625 * (double)i, y = 2.5 - 0.375 * (double)i;
        double z = 0.125 + 0.25 * (double)i;

        coords[i] = z;
        coords[6 + i] = y;
        coords[12 + i] = x;
        output[i] = 1.0 + 2.0 * x + 3.0 * y + 5.0 * z;
    }
    tensor = wck_tensor_contiguous(coords, WCK_FLOAT64, 3, three);
    ck_assert_int_eq(wck_npz_add_array(npz, "coords", &tensor, NULL), WCK_OK);
    tensor = wck_tensor_contiguous(output, WCK_FLOAT64, 2, plane);
    ck_assert_int_eq(wck_npz_add_array(npz, "output", &tensor, NULL), WCK_OK);
    made_respell(npz,
                 "{\"convention\": \"scipy.map_coordinates\", \"layout\": \"DHW\", "
                 "\"interp\": \"spline1\", \"border\": \"nearest\"}");
}

START_TEST(coordinates_of_a_volume_may_lie_in_a_plane)
{
    struct wck_verification result;
    struct wck_npz npz;

    made_plane_in_volume(&npz);
    verify(made_write(&npz, "volume.npz"), &result);
    ck_assert_int_eq(result.verdict, WCK_PASS);
    ck_assert_uint_eq(find(&result, WCK_CONFORMS, "output")->compared, 6);
    wck_verification_release(&result);
    verify_changed(&npz, "output", 4, 1.0 + 1e-6, &result);
    ck_assert_int_eq(result.verdict, WCK_FAIL);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "output")->where.x, 1);
    ck_assert_ptr_nonnull(strstr(result.diagnosis, "a fault of single entries"));
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

/* ---- diagnosis ---- */

START_TEST(a_deviation_is_named_from_its_arrays_alone)
{
    const struct wck_deviation *row = wck_deviation_row((size_t)_i);
    struct wck_behaviour behaviour = wck_behaviour_reference();
    struct wck_verification result;
    struct wck_npz npz;

    if (row->unrecorded) /* what was in its buffers is in no recording */
        return;
    row->apply(&behaviour);
    made_affine(&npz, &behaviour);
    verify(made_write(&npz, "wrong.npz"), &result);
    /* Some do not show on one random map; the others must be named. */
    if (result.verdict == WCK_FAIL)
        ck_assert_msg(strstr(result.diagnosis, row->name) != NULL, "%s: %s", row->name,
                      result.diagnosis);
    wck_verification_release(&result);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(most_deviations_show_in_one_recording)
{
    size_t shown = 0;

    for (size_t i = 0; i < wck_deviation_count(); i++) {
        struct wck_behaviour behaviour = wck_behaviour_reference();
        struct wck_verification result;
        struct wck_npz npz;

        wck_deviation_row(i)->apply(&behaviour);
        made_affine(&npz, &behaviour);
        verify(made_write(&npz, "wrong.npz"), &result);
        shown += result.verdict == WCK_FAIL;
        wck_verification_release(&result);
        wck_npz_release(&npz);
    }
    ck_assert_uint_gt(2 * shown, wck_deviation_count());
}
END_TEST

/* ---- requests that contradict a recording ---- */

static void expect_refused(const struct wck_verify_request *request, const char *why)
{
    struct wck_verification result;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_verify(&result, request, &err), WCK_INVALID);
    ck_assert_msg(strstr(err.text, why) != NULL, "'%s' does not say '%s'", err.text,
                  why);
    ck_assert_uint_eq(result.findings.count, 0);
    wck_verification_release(&result);
}

START_TEST(what_a_recording_says_itself_cannot_be_chosen)
{
    static const double matrix[6] = {1, 0, 0, 0, 1, 0}, value = 1.0;
    static const enum wck_dtype dtype = WCK_FLOAT64;
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_verify_request choices[] = {
        {.kernel = wck_kernel_row(0)},
        {.border = wck_border_row(0)},
        {.border_value = &value},
        {.layout = "HWC"},
        {.dtype = &dtype},
        {.matrix = matrix},
        {.source_height = 5},
        {.output_height = 5},
        {.channels = 2},
        {.seed = 7},
    };
    static const char *const said[] = {"kernel",   "border", "border value", "layout",
                                       "type",     "matrix", "image size",   "output",
                                       "channels", "seed"};
    struct wck_subject *subject;
    struct wck_npz npz;

    made_affine(&npz, &reference);
    ck_assert_int_eq(wck_subject_new(&subject, made_write(&npz, "a.npz"), NULL),
                     WCK_OK);
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        choices[i].subject = subject;
        expect_refused(&choices[i], said[i]);
    }
    wck_subject_free(subject);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(checkers_are_for_recordings_or_for_what_answers)
{
    const struct wck_behaviour reference = wck_behaviour_reference();
    struct wck_verify_request request = {.checkers = {wck_checker_find("forward")},
                                         .checker_count = 1};
    struct wck_subject *live, *recorded;
    struct wck_npz npz;

    made_affine(&npz, &reference);
    ck_assert_int_eq(wck_subject_new(&recorded, made_write(&npz, "a.npz"), NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_subject_new(&live, "builtin:reference", NULL), WCK_OK);
    request.subject = recorded;
    expect_refused(&request, "checker forward calls the subject");
    request.subject = live;
    request.checkers[0] = wck_checker_find("recording");
    expect_refused(&request, "checker recording is for recordings");
    wck_subject_free(live);
    wck_subject_free(recorded);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(a_resolution_finer_than_single_precision_is_inconclusive)
{
    struct wck_verify_request request = {.resolution = 1e-9};
    struct wck_verification result;
    struct wck_subject *subject;
    char name[5100];

    snprintf(name, sizeof name, "recording:%s", recording_path("opencv_remap"));
    ck_assert_int_eq(wck_subject_new(&subject, name, NULL), WCK_OK);
    request.subject = subject;
    ck_assert_int_eq(wck_verify(&result, &request, NULL), WCK_OK);
    ck_assert_int_eq(find(&result, WCK_CONFORMS, "output")->verdict, WCK_INCONCLUSIVE);
    wck_verification_release(&result);
    wck_subject_free(subject);
}
END_TEST

Suite *wck_replay_suite(void)
{
    Suite *suite = suite_create("replay");
    TCase *tests = tcase_create("replay");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_loop_test(tests, a_right_run_of_a_library_passes, 0, (int)RIGHT);
    tcase_add_test(tests, what_was_not_recorded_is_said);
    tcase_add_test(tests, gradients_alone_are_judged_and_what_was_not_read_is_said);
    tcase_add_test(tests,
                   a_run_in_mixed_precision_fails_although_it_agrees_with_itself);
    tcase_add_loop_test(
        tests, a_changed_element_of_a_real_run_is_found_in_double_precision, 0, 3);
    tcase_add_loop_test(
        tests, a_changed_element_of_a_real_run_is_found_in_single_precision, 0, 2);
    tcase_add_test(tests, a_changed_element_is_found_where_one_matrix_is_singular);
    tcase_add_loop_test(tests, an_exact_whole_number_that_is_one_off_is_found, 0,
                        (int)(sizeof whole / sizeof whole[0]));
    tcase_add_test(tests, what_is_used_of_the_bound_is_the_distance_to_the_reference);
    tcase_add_loop_test(tests, a_changed_element_is_found_where_coordinates_are_given,
                        0, 3);
    tcase_add_test(tests, a_changed_gradient_of_the_border_value_is_found);
    tcase_add_test(tests,
                   a_gradient_that_is_not_the_outputs_own_breaks_the_adjoint_identity);
    tcase_add_test(tests, an_output_that_is_not_finite_fails);
    tcase_add_test(tests, coordinates_of_a_volume_may_lie_in_a_plane);
    tcase_add_loop_test(tests, a_deviation_is_named_from_its_arrays_alone, 0,
                        (int)wck_deviation_count());
    tcase_add_test(tests, most_deviations_show_in_one_recording);
    tcase_add_test(tests, what_a_recording_says_itself_cannot_be_chosen);
    tcase_add_test(tests, checkers_are_for_recordings_or_for_what_answers);
    tcase_add_test(tests, a_resolution_finer_than_single_precision_is_inconclusive);
    suite_add_tcase(suite, tests);
    return suite;
}
