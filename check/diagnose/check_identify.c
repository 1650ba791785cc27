/* Identification: a warp that is known here answers, and must be recognised. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/diagnose/asking.h"
#include "check/suites.h"
#include "check/turn.h"
#include "src/diagnose/further.h"
#include "src/diagnose/identify.h"

static const char *const units[] = {"pixels", "corners", "centres", "edges"};

/* Is it among those that do the same on all that was asked? */
static bool is_listed(const struct wck_identity *identity,
                      const struct wck_description *truth)
{
    bool listed = identity->found.kernel == truth->kernel &&
                  identity->found.border == truth->border;

    for (size_t i = 0; i < identity->same_count; i++)
        listed |= identity->same[i].kernel == truth->kernel &&
                  identity->same[i].border == truth->border;
    return listed;
}

START_TEST(every_kernel_and_border_is_recognised)
{
    size_t borders = wck_border_count();
    size_t u = (size_t)_i % 4;
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    if (!is_turn(_i))
        return;
    truth.kernel = wck_kernel_row((size_t)_i / borders);
    truth.border = wck_border_row((size_t)_i % borders);
    truth.reading.direction = _i % 3 == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE;
    truth.reading.reversed = _i % 7 > 3;
    if (u > 0)
        truth.reading.output_units = truth.reading.source_units =
            wck_units_find(units[u]);
    identity = wck_asked(&truth, false);
    ck_assert_msg(
        identity.identified == WCK_IDENTIFIED, "%s, %s, %s: %d, ratio %g, %s %s",
        truth.kernel->name, truth.border->name, units[u], (int)identity.identified,
        identity.residual.ratio, wck_description_kernel(&identity.found)->name,
        identity.found.border->name);
    ck_assert_int_eq(identity.found.reading.direction, truth.reading.direction);
    ck_assert_int_eq(identity.found.reading.reversed, truth.reading.reversed);
    ck_assert_ptr_eq(identity.found.reading.source_units, truth.reading.source_units);
    ck_assert_msg(is_listed(&identity, &truth), "%s, %s, %s: found %s, %s",
                  truth.kernel->name, truth.border->name, units[u],
                  wck_description_kernel(&identity.found)->name,
                  identity.found.border->name);
    wck_identity_release(&identity);
}
END_TEST

/* ---- coordinates one by one ---- */

static const struct wck_reading pair_readings[] = {
    {.source_units = NULL},
    {.reversed = true},
    {.displacement = true, .sign = 1.0},
    {.displacement = true, .sign = -1.0, .reversed = true},
};

START_TEST(what_two_numbers_a_sample_mean_is_recognised)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.reading = pair_readings[_i % 4];
    if (_i >= 4 && !truth.reading.displacement)
        truth.reading.source_units = wck_units_find(_i < 6 ? "edges" : "kornia-edges");
    identity = wck_asked(&truth, true);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_int_eq(identity.found.reading.reversed, truth.reading.reversed);
    ck_assert_int_eq(identity.found.reading.displacement, truth.reading.displacement);
    ck_assert_int_eq(identity.found.reading.sign < 0.0, truth.reading.sign < 0.0);
    ck_assert_ptr_eq(identity.found.reading.source_units, truth.reading.source_units);
    wck_identity_release(&identity);
}
END_TEST

/* ---- precision ---- */

static const struct {
    double steps;
    bool truncated;
} quanta[] = {{16.0, false}, {16.0, true},  {32.0, false}, {64.0, true},
              {256.0, true}, {10.0, false}, {100.0, true}};

/* Some of these are rows of the arithmetics as well. */
static double quantum_of(const struct wck_description *description)
{
    return description->arithmetic != NULL ? description->arithmetic->quantum
                                           : description->quantum;
}

START_TEST(coordinates_in_steps_are_counted)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.quantum = 1.0 / quanta[_i].steps;
    truth.truncated = quanta[_i].truncated;
    truth.reading.direction = WCK_OUTPUT_TO_SOURCE;
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_msg(fabs(quantum_of(&identity.found) * quanta[_i].steps - 1.0) < 0x1p-40,
                  "%g steps: found 1/%g", quanta[_i].steps,
                  1.0 / quantum_of(&identity.found));
    ck_assert_int_eq(identity.found.truncated, quanta[_i].truncated);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(a_chain_of_its_own_is_named)
{
    static const char *const chains[] = {"texture", "opencv4-affine",
                                         "opencv4-perspective"};
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.arithmetic = wck_arithmetic_find(chains[_i]);
    truth.reading.projective = _i == 2;
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert(fabs(quantum_of(&identity.found) - truth.arithmetic->quantum) < 0x1p-40);
    /* The last one does what plain steps of 1/32 do. */
    if (_i < 2) {
        ck_assert_ptr_nonnull(identity.found.arithmetic);
        ck_assert_str_eq(identity.found.arithmetic->name, chains[_i]);
    }
    wck_identity_release(&identity);
}
END_TEST

/* ---- kernels that are no rows ---- */

START_TEST(the_parameter_of_a_cubic_is_fitted)
{
    static const double a[] = {-0.6, -0.25, 0.125};
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.kernel = NULL;
    truth.fitted = wck_further_cubic(a[_i]);
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_ptr_null(identity.found.kernel);
    /* Least squares over a hundred samples of weights rounded at 2^-53. */
    ck_assert_msg(fabs(identity.found.fitted.a - a[_i]) < 0x1p-44, "%.17g is not %g",
                  identity.found.fitted.a, a[_i]);
    ck_assert_int_eq(identity.kernel_known, true);
    ck_assert_int_eq(identity.rounded, WCK_ROUNDED_TOLD);
    ck_assert_str_eq(identity.rounding->name, "half-even");
    wck_identity_release(&identity);
}
END_TEST

START_TEST(shorter_lanczos_kernels_are_recognised)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.kernel = wck_further_row((size_t)_i);
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_ptr_eq(identity.found.kernel, truth.kernel);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(every_prefilter_is_recognised)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;
    bool listed;

    truth.kernel = wck_kernel_find("spline4");
    truth.border = wck_border_find("reflect");
    truth.prefilter = wck_prefilter_row((size_t)_i);
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    listed = identity.found.prefilter == truth.prefilter;
    for (size_t i = 0; i < identity.same_count; i++)
        listed |= identity.same[i].prefilter == truth.prefilter;
    ck_assert_msg(listed, "found %s", identity.found.prefilter->name);
    wck_identity_release(&identity);
}
END_TEST

/* ---- borders that move the coordinate ---- */

START_TEST(a_fold_of_the_coordinate_is_recognised)
{
    static const char *const folds[] = {
        "fill",       "fill-edges",      "fill-floor",
        "scipy-wrap", "reflect-centres", "scipy-mirror"};
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;
    bool listed;

    truth.fold = wck_fold_find(folds[_i]);
    truth.border = wck_border_find("replicate");
    truth.kernel = wck_kernel_find("cubic-0.5");
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    listed = identity.found.fold == truth.fold;
    for (size_t i = 0; i < identity.same_count; i++)
        listed |= identity.same[i].fold == truth.fold;
    ck_assert_msg(listed, "%s", folds[_i]);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(a_border_value_that_is_not_read_is_said_so)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.ignores_border_value = true;
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_int_eq(identity.found.ignores_border_value, true);
    wck_identity_release(&identity);
}
END_TEST

/* ---- whole numbers ---- */

START_TEST(the_rounding_of_whole_numbers_is_told)
{
    static const char *const names[] = {"half-even", "half-away", "truncate"};
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.rounding = wck_rounding_find(names[_i]);
    identity = wck_asked(&truth, false);
    ck_assert_int_eq(identity.rounded, WCK_ROUNDED_TOLD);
    ck_assert_str_eq(identity.rounding->name, names[_i]);
    wck_identity_release(&identity);
}
END_TEST

/* Numbers from -1 to 1 are asked for pixels 6 to 25 too, which lie outside. */
START_TEST(zeros_outside_are_no_warp_to_whole_numbers)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity;

    truth.reading.source_units = wck_units_find("centres");
    truth.ignores_border_value = true;
    identity = wck_asked(&truth, true);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED);
    ck_assert_ptr_null(identity.found.deviation);
    ck_assert_int_eq(identity.found.ignores_border_value, true);
    wck_identity_release(&identity);
}
END_TEST

/* ---- what is in no table ---- */

/* The bilinear warp, its answers squared: samples lie where they should, but no kernel
 * weighs like that. */
static enum wck_status answer_squared(void *state, struct wck_probe *probe,
                                      struct wck_error *err)
{
    enum wck_status status = wck_answer(state, probe, err);
    double scale = wck_image_get(&probe->image, 0, 1, 1) > 0.0 ? 37.0 : 1.0;

    for (size_t y = 0; y < probe->got.height && status == WCK_OK; y++) {
        for (size_t x = 0; x < probe->got.width; x++) {
            double got = wck_image_get(&probe->got, 0, y, x);

            wck_image_set(&probe->got, 0, y, x, got + 0.01 * got * (1.0 - got / scale));
        }
    }
    return status;
}

START_TEST(of_a_warp_in_no_table_what_can_be_told_is_told)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_asker asker = wck_asker_of(&truth, false);
    struct wck_identity identity;

    truth.reading.reversed = true;
    asker.ask = answer_squared;
    ck_assert_int_eq(wck_identify(&identity, &asker, NULL), WCK_OK);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED_IN_PART);
    ck_assert_int_eq(identity.reading_known, true);
    ck_assert_int_eq(identity.found.reading.reversed, true);
    ck_assert_uint_eq(identity.name_count, 0);
    wck_identity_release(&identity);
}
END_TEST

/* The image's own first pixel, wherever it is asked. */
static enum wck_status answer_one_pixel(void *state, struct wck_probe *probe,
                                        struct wck_error *err)
{
    (void)state, (void)err;
    for (size_t y = 0; y < probe->got.height; y++) {
        for (size_t x = 0; x < probe->got.width; x++)
            wck_image_set(&probe->got, 0, y, x, wck_image_get(&probe->image, 0, 0, 0));
    }
    return WCK_OK;
}

START_TEST(what_is_no_warp_is_not_identified)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_asker asker = wck_asker_of(&truth, _i > 0);
    struct wck_identity identity;

    asker.ask = answer_one_pixel;
    ck_assert_int_eq(wck_identify(&identity, &asker, NULL), WCK_OK);
    ck_assert_int_eq(identity.identified, WCK_IDENTIFIED_NOT);
    wck_identity_release(&identity);
}
END_TEST

static enum wck_status refuse(void *state, struct wck_probe *probe,
                              struct wck_error *err)
{
    (void)state, (void)probe;
    return wck_error_set(err, WCK_UNSUPPORTED, "not meant for this");
}

START_TEST(a_refusal_is_handed_on)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_asker asker = wck_asker_of(&truth, false);
    struct wck_error err = {WCK_OK, ""};
    struct wck_identity identity;

    asker.ask = refuse;
    ck_assert_int_eq(wck_identify(&identity, &asker, &err), WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text, "not meant for this");
    wck_identity_release(&identity);
}
END_TEST

/* ---- what is left open ---- */

START_TEST(what_the_questions_cannot_tell_apart_is_listed_with_what_would)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity = wck_asked(&truth, false);
    struct wck_text tell = {0};

    ck_assert_uint_eq(identity.same_count, 1);
    ck_assert_str_eq(identity.same[0].kernel->name, "bilinear-floor-ceil");
    wck_identity_tell(&identity, &tell);
    ck_assert_ptr_nonnull(strstr(wck_text_string(&tell), "the coordinate's gradient"));
    wck_text_release(&tell);
    wck_identity_release(&identity);
}
END_TEST

START_TEST(versions_that_do_the_same_come_with_what_would_tell_them)
{
    char four[] = "opencv.remap, interp bilinear, border wrap, version 4.x";
    char five[] = "opencv.remap, interp bilinear, border wrap, version 5.x";
    struct wck_identity identity = {.names = {four, five}, .name_count = 2};
    struct wck_text tell = {0};

    wck_identity_tell(&identity, &tell);
    ck_assert_ptr_nonnull(strstr(wck_text_string(&tell), "float32"));
    wck_text_release(&tell);
    tell = (struct wck_text){0};
    identity.name_count = 1;
    wck_identity_tell(&identity, &tell);
    ck_assert_uint_eq(tell.size, 0);
    wck_text_release(&tell);
}
END_TEST

START_TEST(a_runner_up_comes_with_a_sample_that_tells_it)
{
    struct wck_description truth = wck_asked_bilinear();
    struct wck_identity identity = wck_asked(&truth, false);

    ck_assert_int_eq(identity.has_runner_up, true);
    ck_assert(identity.runner_up_residual.most > 0x1p-10);
    ck_assert(fabs(identity.gap.got - identity.gap.found) < 0x1p-40);
    ck_assert(fabs(identity.gap.got - identity.gap.runner_up) > 0x1p-10);
    wck_identity_release(&identity);
}
END_TEST

static void add_loop(TCase *tcase, const TTest *test, size_t count)
{
    tcase_add_loop_test(tcase, test, 0, (int)count);
}

Suite *wck_identify_suite(void)
{
    Suite *suite = suite_create("identify");
    TCase *tcase = tcase_create("identify");

    add_loop(tcase, every_kernel_and_border_is_recognised,
             wck_kernel_count() * wck_border_count());
    add_loop(tcase, what_two_numbers_a_sample_mean_is_recognised, 8);
    add_loop(tcase, coordinates_in_steps_are_counted, sizeof quanta / sizeof *quanta);
    add_loop(tcase, a_chain_of_its_own_is_named, 3);
    add_loop(tcase, the_parameter_of_a_cubic_is_fitted, 3);
    add_loop(tcase, shorter_lanczos_kernels_are_recognised, wck_further_count());
    add_loop(tcase, every_prefilter_is_recognised, wck_prefilter_count());
    add_loop(tcase, a_fold_of_the_coordinate_is_recognised, 6);
    tcase_add_test(tcase, a_border_value_that_is_not_read_is_said_so);
    add_loop(tcase, the_rounding_of_whole_numbers_is_told, 3);
    tcase_add_test(tcase, zeros_outside_are_no_warp_to_whole_numbers);
    tcase_add_test(tcase, of_a_warp_in_no_table_what_can_be_told_is_told);
    add_loop(tcase, what_is_no_warp_is_not_identified, 2);
    tcase_add_test(tcase, a_refusal_is_handed_on);
    tcase_add_test(tcase,
                   what_the_questions_cannot_tell_apart_is_listed_with_what_would);
    tcase_add_test(tcase, versions_that_do_the_same_come_with_what_would_tell_them);
    tcase_add_test(tcase, a_runner_up_comes_with_a_sample_that_tells_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
