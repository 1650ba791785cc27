/* Right warps that compute otherwise than the reference: no checker may raise a false
 * alarm over any of them. */
#include <check.h>
#include <math.h>

#include "check/checker/rival.h"
#include "check/suites.h"
#include "src/base/rng.h"
#include "src/checker/checker.h"
#include "src/run/verify.h"

#define CASES 600

static double between(struct wck_rng *rng, double low, double high)
{
    return low + (high - low) * wck_rng_uniform(rng);
}

/* Turned, sheared, scaled by up to 2, and up to 8 pixels aside; every fifth by a whole
 * number of pixels.  The determinant is held off 0, so that coordinates stay on the
 * scale of the image. */
static void random_map(struct wck_rng *rng, size_t turn, struct wck_map *map)
{
    double m[6], determinant;

    do {
        for (int i = 0; i < 6; i++)
            m[i] = i % 3 == 2 ? between(rng, -8.0, 8.0) : between(rng, -2.0, 2.0);
        if (turn % 5 == 0) {
            const double shift[6] = {1.0, 0.0, nearbyint(m[2]),
                                     0.0, 1.0, nearbyint(m[5])};

            for (int i = 0; i < 6; i++)
                m[i] = shift[i];
        }
        determinant = m[0] * m[4] - m[1] * m[3];
    } while (!(fabs(determinant) > 0.0625));
    ck_assert_int_eq(
        wck_map_affine(
            map, m, turn % 2 == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
}

static struct wck_problem random_problem(struct wck_rng *rng, size_t turn)
{
    static const double border_value[2] = {0.4375, -0.625};
    static const char *const layouts[] = {"HWC", "NCHW", "CHW"};
    struct wck_problem problem = {
        .dtype = turn % 3 == 0 ? WCK_FLOAT64 : WCK_FLOAT32,
        .layout = layouts[turn % 3],
        .batch = turn % 3 == 1 ? 2 : 1,
        .channels = 2,
        .seed = turn + 1,
        .warp = {.kernel = wck_kernel_find("bilinear"),
                 .border = wck_border_row(turn % wck_border_count()),
                 .border_value = border_value,
                 .border_values = 2,
                 .source_width = 3 + wck_rng_below(rng, 6),
                 .source_height = 2 + wck_rng_below(rng, 6),
                 .output_width = 2 + wck_rng_below(rng, 7),
                 .output_height = 3 + wck_rng_below(rng, 5)},
    };

    random_map(rng, turn, &problem.warp.map);
    return problem;
}

/* In float64 nothing is so uncertain that it could not be judged. */
static void assert_no_alarm(const struct wck_finding *f, enum wck_dtype dtype)
{
    bool well = f->verdict == WCK_PASS || f->verdict == WCK_NOT_APPLICABLE ||
                (f->verdict == WCK_INCONCLUSIVE && dtype != WCK_FLOAT64);

    ck_assert_msg(
        well, "%s %s %s: %s (got %.17g, want %.17g, bound %g + %g at %ld %ld %ld) %s",
        f->checker, wck_claim_id(f->claim), wck_verdict_id(f->verdict), f->problem,
        f->worst.got, f->worst.want, f->worst.round, f->worst.trunc, f->where.plane,
        f->where.y, f->where.x, f->cause != NULL ? f->cause : "");
}

START_TEST(a_right_warp_in_other_arithmetic_raises_no_alarm)
{
    struct wck_subject *subject = rival_new((enum rival_form)_i);
    struct wck_rng rng = wck_rng_start(20, (uint64_t)_i);
    size_t passed = 0;

    for (size_t turn = 0; turn < CASES; turn++) {
        struct wck_problem problem = random_problem(&rng, turn);
        struct wck_findings findings = {0};
        struct wck_trial trial = {
            .subject = subject, .problem = &problem, .findings = &findings};

        for (size_t i = 0; i < wck_checker_count(); i++) {
            /* Coordinates that fit no integer are not their concern. */
            if (!wck_checker_row(i)->for_recordings &&
                wck_checker_row(i)->level <= WCK_VERIFY_LEVEL)
                ck_assert_int_eq(wck_checker_run(wck_checker_row(i), &trial, NULL),
                                 WCK_OK);
        }
        for (size_t i = 0; i < findings.count; i++) {
            assert_no_alarm(&findings.items[i], problem.dtype);
            passed += findings.items[i].verdict == WCK_PASS;
        }
        wck_findings_release(&findings);
    }
    /* Of about 9 claims a case. */
    ck_assert_uint_ge(passed, 5 * CASES);
    wck_subject_free(subject);
}
END_TEST

Suite *wck_rivals_suite(void)
{
    Suite *suite = suite_create("rivals");
    TCase *tcase = tcase_create("rivals");

    tcase_set_timeout(tcase, 300.0);
    tcase_add_loop_test(tcase, a_right_warp_in_other_arithmetic_raises_no_alarm, 0,
                        RIVAL_FORMS);
    suite_add_tcase(suite, tcase);
    return suite;
}
