/* Which subjects are taken to compute their coordinates by a normalised grid. */
#include "src/run/grid_rounding.h"

#include <math.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"

/* Is it, of the problem, and what does the problem name then? */
static bool rounds(struct wck_subject *subject, struct wck_problem *problem)
{
    struct wck_grid_rounding_shown shown = {.asked = {false}};
    struct wck_error err = {WCK_OK, ""};
    bool changed;

    ck_assert_msg(wck_grid_rounding_allow(&shown, subject, problem, &changed, &err) ==
                      WCK_OK,
                  "%s", err.text);
    ck_assert(changed == (problem->warp.arithmetic != NULL));
    wck_subject_free(subject);
    return changed;
}

static bool stand_in_rounds(const struct stand_in *like)
{
    struct wck_problem problem = sheared_problem();

    return rounds(stand_in_new(like), &problem);
}

static struct wck_subject *deviation(const char *name)
{
    struct wck_error err = {WCK_OK, ""};
    struct wck_subject *subject;

    ck_assert_msg(wck_subject_new(&subject, name, &err) == WCK_OK, "%s", err.text);
    return subject;
}

/* Moves every output by that much of what the pixel on its left differs from it. */
static void lean(const struct wck_image *output, double by)
{
    for (size_t p = 0; p < wck_image_planes(output); p++) {
        for (size_t y = 0; y < output->height; y++) {
            for (size_t x = output->width - 1; x > 0; x--) {
                double here = wck_image_get(output, p, y, x);

                wck_image_set(output, p, y, x,
                              here + by * (wck_image_get(output, p, y, x - 1) - here));
            }
        }
    }
}

static void lean_by_a_rounding(const struct wck_warp *warp,
                               const struct wck_image *image,
                               const struct wck_image *output, size_t calls)
{
    (void)warp;
    (void)image;
    (void)calls;
    lean(output, 0x1p-50);
}

static void lean_by_a_fault(const struct wck_warp *warp, const struct wck_image *image,
                            const struct wck_image *output, size_t calls)
{
    (void)warp;
    (void)image;
    (void)calls;
    lean(output, 0x1p-40);
}

START_TEST(a_subject_that_leans_by_roundings_may)
{
    struct stand_in like = stand_in_reference();

    like.after_forward = lean_by_a_rounding;
    ck_assert(stand_in_rounds(&like));
}
END_TEST

START_TEST(one_that_leans_by_more_may_not)
{
    struct stand_in like = stand_in_reference();

    like.after_forward = lean_by_a_fault;
    ck_assert(!stand_in_rounds(&like));
}
END_TEST

START_TEST(one_that_is_exact_has_shown_nothing)
{
    struct stand_in like = stand_in_reference();

    ck_assert(!stand_in_rounds(&like));
}
END_TEST

START_TEST(one_that_refuses_has_shown_nothing)
{
    struct stand_in like = stand_in_reference();

    like.after_forward = lean_by_a_rounding;
    like.forward_status = WCK_UNSUPPORTED;
    ck_assert(!stand_in_rounds(&like));
}
END_TEST

/* Another rule at ties is no rounding: samples there must not be set aside for it. */
START_TEST(a_tie_on_the_wrong_side_is_no_rounding)
{
    static const char *const names[] = {
        "deviation:half-down-ties", "deviation:half-even-ties",
        "deviation:half-away-ties", "deviation:floor-for-nearest",
        "deviation:truncated-base", "deviation:half-coordinates"};
    struct wck_problem problem = sheared_problem();

    problem.warp.kernel = wck_kernel_find("nearest");
    ck_assert(!rounds(deviation(names[_i]), &problem));
}
END_TEST

START_TEST(it_is_asked_once_a_type)
{
    struct stand_in like = stand_in_reference();
    struct wck_grid_rounding_shown shown = {.asked = {false}};
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};

    like.after_forward = lean_by_a_rounding;
    subject = stand_in_new(&like);
    for (int k = 0; k < 3; k++) {
        struct wck_problem problem = sheared_problem();
        size_t before = wck_subject_forward_images(subject);
        bool changed;

        ck_assert(wck_grid_rounding_allow(&shown, subject, &problem, &changed, &err) ==
                  WCK_OK);
        ck_assert(changed);
        ck_assert((wck_subject_forward_images(subject) > before) == (k == 0));
    }
    wck_subject_free(subject);
}
END_TEST

Suite *wck_grid_rounding_suite(void)
{
    Suite *suite = suite_create("grid_rounding");
    TCase *tcase = tcase_create("by a grid");

    tcase_add_test(tcase, a_subject_that_leans_by_roundings_may);
    tcase_add_test(tcase, one_that_leans_by_more_may_not);
    tcase_add_test(tcase, one_that_is_exact_has_shown_nothing);
    tcase_add_test(tcase, one_that_refuses_has_shown_nothing);
    tcase_add_loop_test(tcase, a_tie_on_the_wrong_side_is_no_rounding, 0, 6);
    tcase_add_test(tcase, it_is_asked_once_a_type);
    suite_add_tcase(suite, tcase);
    return suite;
}
