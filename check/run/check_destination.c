/* Recordings of border transparent: what the output held before is read, and what was
 * left must be that to the bit. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/subject/made.h"
#include "check/suites.h"
#include "src/run/verify.h"
#include "src/subject/recording.h"

static void made(struct wck_npz *npz)
{
    const struct wck_behaviour reference = wck_behaviour_reference();

    made_remap(npz, &reference);
}

static double *numbers_of(const struct wck_npz *npz, const char *name)
{
    const struct wck_tensor *tensor = wck_npz_array(npz, name);

    ck_assert_ptr_nonnull(tensor);
    return tensor->data;
}

static enum wck_verdict verdict_of(const struct wck_npz *npz)
{
    struct wck_verify_request request = {0};
    struct wck_verification result;
    struct wck_error err = {0};
    enum wck_verdict verdict;

    ck_assert_msg(
        wck_subject_new(&request.subject, made_write(npz, "left.npz"), &err) == WCK_OK,
        "%s", err.text);
    ck_assert_msg(wck_verify(&result, &request, &err) == WCK_OK, "%s", err.text);
    verdict = result.verdict;
    for (size_t i = 0; i < result.findings.count && verdict == WCK_PASS; i++) {
        const struct wck_finding *finding = &result.findings.items[i];

        if (finding->claim == WCK_SELF_CONSISTENT)
            ck_assert_str_eq(finding->cause, "the border value is read: the output is "
                                             "not linear in the image alone");
    }
    wck_verification_release(&result);
    wck_subject_free(request.subject);
    return verdict;
}

START_TEST(what_was_left_as_it_was_passes)
{
    struct wck_npz npz;

    made(&npz);
    ck_assert_double_eq(numbers_of(&npz, "output")[7],
                        numbers_of(&npz, "destination")[7]);
    ck_assert_int_eq(verdict_of(&npz), WCK_PASS);
    wck_npz_release(&npz);
}
END_TEST

/* Output 7 was left. */
START_TEST(what_was_left_may_not_be_off_by_the_last_digit)
{
    struct wck_npz npz;
    double *output;

    made(&npz);
    output = numbers_of(&npz, "output");
    output[7] = nextafter(output[7], 9.0);
    ck_assert_int_eq(verdict_of(&npz), WCK_FAIL);
    wck_npz_release(&npz);
}
END_TEST

START_TEST(what_the_output_held_elsewhere_is_not_read)
{
    struct wck_npz npz;
    double *held;

    made(&npz);
    held = numbers_of(&npz, "destination");
    held[8] = 77.0;
    ck_assert_int_eq(verdict_of(&npz), WCK_PASS);
    held[7] = 77.0;
    ck_assert_int_eq(verdict_of(&npz), WCK_FAIL);
    wck_npz_release(&npz);
}
END_TEST

/* The gradient of the image must not have what was sent to a sample that was left. */
START_TEST(no_gradient_comes_back_through_what_was_left)
{
    struct wck_npz npz;

    made(&npz);
    numbers_of(&npz, "grad_image")[0] += numbers_of(&npz, "grad_output")[7];
    ck_assert_int_eq(verdict_of(&npz), WCK_FAIL);
    wck_npz_release(&npz);
}
END_TEST

static void expect_rejected(const struct wck_npz *npz, const char *why)
{
    struct wck_subject *subject;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_subject_new(&subject, made_write(npz, "bad.npz"), &err),
                     WCK_FORMAT);
    ck_assert_msg(strstr(err.text, why) != NULL, "'%s' does not say '%s'", err.text,
                  why);
}

/* Another shape or type than the output's, infinite, or missing. */
START_TEST(a_destination_that_does_not_fit_is_rejected)
{
    const size_t shape[] = {1, MADE_CHANNELS, MADE_ROWS, MADE_COLUMNS};
    const size_t other[] = {1, MADE_CHANNELS, MADE_ROWS, MADE_COLUMNS + 1};
    struct wck_tensor longer, narrow;
    struct wck_npz npz;

    ck_assert_int_eq(wck_tensor_new(&longer, WCK_FLOAT64, 4, other, NULL), WCK_OK);
    ck_assert_int_eq(wck_tensor_new(&narrow, WCK_FLOAT32, 4, shape, NULL), WCK_OK);
    made(&npz);
    numbers_of(&npz, "destination")[3] = (double)INFINITY;
    expect_rejected(&npz, "destination");
    made_replace(&npz, "destination", &longer);
    expect_rejected(&npz, "destination is 1x2x5x4, output is 1x2x5x3");
    made_replace(&npz, "destination", &narrow);
    expect_rejected(&npz, "destination is float32, output is float64");
    made_replace(&npz, "destination", NULL);
    expect_rejected(&npz, "border transparent leaves what the output held before: "
                          "destination, which is missing");
    wck_npz_release(&npz);
    free(longer.data);
    free(narrow.data);
}
END_TEST

Suite *wck_destination_suite(void)
{
    Suite *suite = suite_create("destination");
    TCase *tests = tcase_create("recording");

    tcase_add_test(tests, what_was_left_as_it_was_passes);
    tcase_add_test(tests, what_was_left_may_not_be_off_by_the_last_digit);
    tcase_add_test(tests, what_the_output_held_elsewhere_is_not_read);
    tcase_add_test(tests, no_gradient_comes_back_through_what_was_left);
    tcase_add_test(tests, a_destination_that_does_not_fit_is_rejected);
    suite_add_tcase(suite, tests);
    return suite;
}
