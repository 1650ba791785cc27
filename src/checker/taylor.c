/* taylor: the order in which a first-order prediction converges, 2 where the gradient
 * is that of the subject's own output and 1 where it is not (src/checker/remainder.h),
 * for the matrix and for the coordinates of all samples at once.
 *
 * Between two steps a drops out: q^2 r(h/q) - r(h) is (q - 1) h times the gradient's
 * error, but for q^2 N(h/q) + N(h) and (1 + 1/q) C h^3, at any h.  At the h where that
 * is finest it says how small an error would have been found, and judges what shows no
 * order: a remainder within rounding ("exact": a warp that is linear along the path).
 */
#include "src/checker/checkers.h"

#include <math.h>
#include <string.h>

#include "src/checker/remainder.h"

static void compare(const struct wck_remainder *r, struct wck_tally *tally)
{
    struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};
    struct wck_measure order = {.got = r->order, .want = 2.0, .scale = 1.0};
    struct wck_measure error = {.round = INFINITY, .scale = r->scale};

    for (int k = 0; k + 1 < WCK_REMAINDER_STEPS; k++) {
        double h = wck_remainder_step(r, k), q = r->ratio, over = (q - 1.0) * h;
        double noise = (q * q * r->noise[k + 1] + r->noise[k]) / over;
        double cubic = (1.0 + 1.0 / q) * r->cubic * h * h * h / over;

        if (noise + cubic >= error.round + error.trunc)
            continue;
        error.got = (q * q * r->value[k + 1] - r->value[k]) / over;
        error.round = noise;
        error.trunc = cubic;
    }
    wck_tally_add(tally, &error, &nowhere, true);
    if (r->points < WCK_REMAINDER_FEWEST)
        return;
    order.round = wck_remainder_order_bound(r);
    wck_tally_add(tally, &order, &nowhere, false);
}

/* ---- words ---- */

static void describe(const struct wck_remainder *r, struct wck_text *text)
{
    const char *name = wck_path_name(&r->path);

    wck_text_printf(text, "%s%s: ", text->size > 0 ? "; " : "", name);
    if (r->used == 0)
        wck_text_printf(text, "no sample stays clear of knots");
    else if (wck_remainder_is_exact(r))
        wck_text_printf(text,
                        "exact, the remainder is within rounding over h = 2^%g .. 2^%g",
                        log2(wck_remainder_step(r, 0)),
                        log2(wck_remainder_step(r, WCK_REMAINDER_STEPS - 1)));
    else if (r->points < WCK_REMAINDER_FEWEST)
        wck_text_printf(text, "the remainder is too near rounding to show an order");
    else
        wck_text_printf(text, "remainder falls with order %.2f over h = 2^%g .. 2^%g",
                        r->order, r->x[0], r->x[r->points - 1]);
    wck_text_printf(text, " (%zu samples; set aside: %zu near a knot, %zu that bend)",
                    r->used, r->aside, r->bent);
}

/* Order 1 is a gradient that is wrong in the first term already. */
static void accuse(const struct wck_remainder *r, struct wck_text *text)
{
    wck_text_printf(text, "%s%s: ", text->size > 0 ? "; " : "",
                    wck_path_name(&r->path));
    if (r->points >= WCK_REMAINDER_FEWEST)
        wck_text_printf(text, "the remainder of a step h falls with order %.2f, not 2",
                        r->order);
    else
        wck_text_printf(text, "the remainder of a step h does not fall as h^2");
    wck_text_printf(text, ", so the gradient is not that of the subject's own output");
}

/* ---- the checker ---- */

/* What both paths say. */
struct verdict {
    struct wck_tally tally;
    struct wck_text detail, cause;
    struct wck_error refusal; /* of a path that the subject does not serve */
};

static enum wck_status judge(struct wck_trial *trial, enum wck_path_kind kind,
                             struct verdict *verdict, struct wck_error *err)
{
    struct wck_remainder r;
    struct wck_tally tally = {.certain = verdict->tally.certain};
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = wck_remainder_prepare(&r, trial, kind, &why);

    if (status == WCK_OK)
        status = wck_remainder_follow(&r, &why);
    if (status == WCK_OK) {
        describe(&r, &verdict->detail);
        if (r.used > 0)
            compare(&r, &tally);
        if (tally.beyond > 0)
            accuse(&r, &verdict->cause);
        wck_tally_merge(&verdict->tally, &tally);
    }
    wck_remainder_release(&r);
    if (status == WCK_UNSUPPORTED) {
        verdict->refusal = why;
        return WCK_OK;
    }
    return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", why.text);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    /* In narrow types a knot of the subject's own may hide in rounding. */
    struct verdict verdict = {
        .tally = {.certain = trial->problem->dtype == WCK_FLOAT64}};
    enum wck_status status = WCK_OK;

    if (trial->problem->warp.kernel->footprint)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "the knots of kernel %s are not along the axes: no steps "
                             "that stay between them are known",
                             trial->problem->warp.kernel->name);
    for (int kind = 0; kind < WCK_PATH_KINDS && status == WCK_OK; kind++)
        status = judge(trial, (enum wck_path_kind)kind, &verdict, err);
    if (status == WCK_OK && verdict.detail.size == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED, "%s", verdict.refusal.text);
    if (status == WCK_OK && verdict.tally.compared == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "every sample comes upon a knot: no derivative");
    if (status == WCK_OK) {
        return wck_trial_report_take(
            trial, "taylor", WCK_SELF_CONSISTENT, &verdict.tally,
            wck_trial_gross_resolution(trial), verdict.detail.data,
            verdict.cause.size > 0 ? verdict.cause.data : NULL, err);
    }
    wck_text_release(&verdict.detail);
    wck_text_release(&verdict.cause);
    return status;
}

const struct wck_checker wck_checker_taylor = {
    .id = "taylor",
    .summary = "Taylor test: the remainder of a step of the map falls with order 2",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
