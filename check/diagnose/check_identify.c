/* Identification: a warp that is known here answers, and must be recognised. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "src/diagnose/identify.h"

/* Answers as a description does. */
static enum wck_status answer(void *state, struct wck_probe *probe,
                              struct wck_error *err)
{
    const struct wck_description *truth = state;
    size_t samples = wck_probe_samples(probe);
    double *value = calloc(samples, sizeof *value);
    enum wck_status status;

    ck_assert_ptr_nonnull(value);
    status = wck_description_predict(truth, probe, value, err);
    for (size_t s = 0; s < samples && status == WCK_OK; s++)
        wck_image_set(&probe->got, 0, s / probe->got.width, s % probe->got.width,
                      value[s]);
    free(value);
    return status;
}

static struct wck_asker asker_of(const struct wck_description *truth, bool pairs)
{
    union {
        const struct wck_description *read;
        void *state;
    } at = {.read = truth};

    return (struct wck_asker){.pairs = pairs,
                              .dtype = WCK_FLOAT64,
                              .numbers = WCK_FLOAT64,
                              .border_value = 0.4375,
                              .ask = answer,
                              .state = at.state};
}

static struct wck_identity identify(const struct wck_description *truth, bool pairs)
{
    struct wck_asker asker = asker_of(truth, pairs);
    struct wck_identity identity;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(wck_identify(&identity, &asker, &err) == WCK_OK, "%s", err.text);
    return identity;
}

static struct wck_description bilinear(void)
{
    return (struct wck_description){.kernel = wck_kernel_find("bilinear"),
                                    .border = wck_border_find("constant")};
}

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
    struct wck_description truth = bilinear();
    struct wck_identity identity;

    truth.kernel = wck_kernel_row((size_t)_i / borders);
    truth.border = wck_border_row((size_t)_i % borders);
    truth.reading.direction = _i % 3 == 0 ? WCK_SOURCE_TO_OUTPUT : WCK_OUTPUT_TO_SOURCE;
    truth.reading.reversed = _i % 7 > 3;
    if (u > 0)
        truth.reading.output_units = truth.reading.source_units =
            wck_units_find(units[u]);
    identity = identify(&truth, false);
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

Suite *wck_identify_suite(void)
{
    Suite *suite = suite_create("identify");
    TCase *tcase = tcase_create("identify");

    tcase_add_loop_test(tcase, every_kernel_and_border_is_recognised, 0,
                        (int)(wck_kernel_count() * wck_border_count()));
    suite_add_tcase(suite, tcase);
    return suite;
}
