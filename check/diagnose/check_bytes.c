/* Identification of warps that take whole numbers only. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/diagnose/asking.h"
#include "check/suites.h"
#include "src/diagnose/further.h"

static struct wck_identity identify_whole(const struct wck_description *truth,
                                          bool same_size, double border_value)
{
    struct wck_asker asker = wck_asker_of(truth, false);
    struct wck_identity identity;
    struct wck_error err = {WCK_OK, ""};

    asker.dtype = WCK_UINT8;
    asker.same_size = same_size;
    asker.border_value = border_value;
    ck_assert_msg(wck_identify(&identity, &asker, &err) == WCK_OK, "%s", err.text);
    return identity;
}

static const struct {
    const char *kernel, *border, *fold, *units, *rounding;
    double quantum;
} of_bytes[] = {
    {"cubic-1", "replicate", "fill-edges", "corners", "truncate", 0.0},
    {"cubic-0.75", "reflect", NULL, NULL, "half-even", 0.0},
    {"bilinear", "constant", NULL, NULL, "truncate", 0x1p-4},
    {"bilinear", "constant", NULL, "edges", "half-away", 0x1p-5},
};

START_TEST(a_warp_of_whole_numbers_alone_is_identified)
{
    size_t i = (size_t)_i / 2;
    struct wck_description truth = {
        .kernel = wck_kernel_find(of_bytes[i].kernel),
        .border = wck_border_find(of_bytes[i].border),
        .fold = of_bytes[i].fold != NULL ? wck_fold_find(of_bytes[i].fold) : NULL,
        .rounding = wck_rounding_find(of_bytes[i].rounding),
        .quantum = of_bytes[i].quantum};
    struct wck_identity identity;

    if (of_bytes[i].units != NULL)
        truth.reading.source_units = truth.reading.output_units =
            wck_units_find(of_bytes[i].units);
    identity = identify_whole(&truth, _i % 2 > 0, 37.0);
    ck_assert_msg(identity.identified == WCK_IDENTIFIED, "%g of the bound",
                  identity.residual.ratio);
    ck_assert_ptr_eq(identity.found.kernel, truth.kernel);
    ck_assert_ptr_eq(identity.found.border, truth.border);
    ck_assert_ptr_eq(identity.found.fold, truth.fold);
    ck_assert_ptr_eq(identity.found.reading.source_units, truth.reading.source_units);
    ck_assert(fabs(identity.found.quantum - truth.quantum) < 0x1p-20);
    ck_assert_int_eq(identity.rounded, WCK_ROUNDED_TOLD);
    ck_assert_ptr_eq(identity.rounding, truth.rounding);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(the_parameter_of_a_cubic_is_fitted_to_whole_numbers)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.kernel = NULL;
    truth.fitted = wck_further_cubic(-0.625);
    identity = identify_whole(&truth, false, 37.0);
    ck_assert_int_eq(identity.reading_known, true);
    ck_assert_ptr_null(identity.found.kernel);
    /* A hundred weights of up to an eighth of a, in 128ths, each off by half of one:
     * 1/2 / 128 / (1/8) / sqrt(100). */
    ck_assert_msg(fabs(identity.found.fitted.a + 0.625) < 1.0 / 320.0, "a = %g",
                  identity.found.fitted.a);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(of_a_border_value_that_is_only_0_no_more_is_said)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity = identify_whole(&truth, true, 0.0);
    struct wck_text text = {0};

    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_int_eq(identity.found.only_zero, true);
    for (size_t i = 0; i < identity.same_count; i++)
        ck_assert_ptr_ne(identity.same[i].kernel, truth.kernel);
    wck_description_field(&identity.found, false, 4, &text);
    ck_assert_ptr_nonnull(strstr(wck_text_string(&text), "the border value is 0"));
    wck_identity_tell(&identity, &text);
    ck_assert_ptr_nonnull(strstr(wck_text_string(&text), "one that is not 0"));
    wck_text_release(&text);
    wck_identity_release(&identity);
}
END_TEST

Suite *wck_bytes_suite(void)
{
    Suite *suite = suite_create("bytes");
    TCase *tcase = tcase_create("bytes");

    tcase_add_loop_test(tcase, a_warp_of_whole_numbers_alone_is_identified, 0,
                        2 * (int)(sizeof of_bytes / sizeof *of_bytes));
    tcase_add_test(tcase, the_parameter_of_a_cubic_is_fitted_to_whole_numbers);
    tcase_add_test(tcase, of_a_border_value_that_is_only_0_no_more_is_said);
    suite_add_tcase(suite, tcase);
    return suite;
}
