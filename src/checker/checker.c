#include "src/checker/checkers.h"

#include <string.h>

#include "src/checker/trial.h"

/* Premises first: what a later checker needs, an earlier one has judged. */
static const struct wck_checker *const checkers[] = {
    &wck_checker_determinism,
    &wck_checker_statelessness,
    &wck_checker_prefilled,
    &wck_checker_forward,
    &wck_checker_independence,
    &wck_checker_linearity,
    &wck_checker_jacobian,
    &wck_checker_adjoint,
    &wck_checker_border_value,
    &wck_checker_coordinates,
    &wck_checker_matrix,
    &wck_checker_taylor,
    &wck_checker_forward_mode,
    &wck_checker_second_order,
    &wck_checker_pullback_linearity,
    &wck_checker_poison,
    &wck_checker_layouts,
    &wck_checker_subsets,
    &wck_checker_special,
    &wck_checker_index_range,
    &wck_checker_recording,
};

size_t wck_checker_count(void)
{
    return sizeof checkers / sizeof checkers[0];
}

const struct wck_checker *wck_checker_row(size_t row)
{
    return row < wck_checker_count() ? checkers[row] : NULL;
}

const struct wck_checker *wck_checker_find(const char *id)
{
    for (size_t i = 0; i < wck_checker_count(); i++) {
        if (strcmp(id, checkers[i]->id) == 0)
            return checkers[i];
    }
    return NULL;
}

enum wck_status wck_checker_run(const struct wck_checker *checker,
                                struct wck_trial *trial, struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    const char *why = NULL;
    enum wck_verdict verdict = WCK_INCONCLUSIVE;
    enum wck_status status = WCK_OK;

    if (checker->needs_deterministic && trial->not_deterministic)
        why = "cannot be judged: the subject does not repeat its own results";
    else if (checker->needs_linear && trial->not_linear)
        why = "cannot be judged: the subject's output is not linear in the image";
    if (why == NULL) {
        status = checker->run(trial, &refusal);
        if (status != WCK_UNSUPPORTED)
            return status == WCK_OK ? WCK_OK
                                    : wck_error_set(err, status, "%s", refusal.text);
        verdict = WCK_NOT_APPLICABLE;
        why = refusal.text;
        status = WCK_OK;
    }
    for (int i = 0; i < checker->claim_count && status == WCK_OK; i++)
        status =
            wck_trial_say(trial, checker->id, checker->claims[i], verdict, why, err);
    return status;
}
