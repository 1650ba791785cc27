#include "check/diagnose/asking.h"

#include <check.h>
#include <stdlib.h>

enum wck_status wck_answer(void *state, struct wck_probe *probe, struct wck_error *err)
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

struct wck_asker wck_asker_of(const struct wck_description *truth, bool pairs)
{
    union {
        const struct wck_description *read;
        void *state;
    } at = {.read = truth};

    return (struct wck_asker){.pairs = pairs,
                              .dtype = WCK_FLOAT64,
                              .numbers = WCK_FLOAT64,
                              .border_value = 0.4375,
                              .ask = wck_answer,
                              .state = at.state};
}

struct wck_identity wck_asked(const struct wck_description *truth, bool pairs)
{
    struct wck_asker asker = wck_asker_of(truth, pairs);
    struct wck_identity identity;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(wck_identify(&identity, &asker, &err) == WCK_OK, "%s", err.text);
    return identity;
}

struct wck_description wck_asked_bilinear(void)
{
    return (struct wck_description){.kernel = wck_kernel_find("bilinear"),
                                    .border = wck_border_find("constant")};
}
