/* layouts: what a call answers does not depend on how its arrays lie in memory.
 *
 *     F(x') = F(x) and J^T(x', g') = J^T(x, g), to the bit, where x' and g' hold the
 *     numbers of x and g with other strides, and so do the arrays that are filled;
 *
 * and what lies between the elements of these stays as it is.  Between those of the
 * inputs there is NaN: an element that is read there shows.  The ways are the rows of
 * src/checker/spread.h.  A way that the subject refuses is not judged, and neither is
 * any where it would see none of them: its arrays are copied on the way to it.  Where
 * calls take long, one of the ways is put, by turns of kernel, border, layout and
 * type.
 */
#include "src/checker/checkers.h"

#include "src/checker/bits.h"
#include "src/checker/relaid.h"
#include "src/checker/trial.h"

struct work {
    struct wck_relaid relaid;
    size_t put, taken; /* ways */
    const char *worst; /* the first that gave something else; NULL: none */
};

/* ---- one way ---- */

/* The images of one way; what they hold is what the images without gaps do. */
static enum wck_status place(struct wck_relaid *w, enum wck_spread_way way,
                             struct wck_relaid_images *in, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    bool repeats = way == WCK_SPREAD_EXPANDED;
    enum wck_spread_way filled = repeats ? WCK_SPREAD_PADDED : way;
    enum wck_status status = wck_spread_init(&in->image, problem, true, way, err);

    if (status == WCK_OK)
        status = wck_spread_init(&in->upstream, problem, false, way, err);
    if (status == WCK_OK)
        status = wck_spread_init(&in->output, problem, false, filled, err);
    if (status == WCK_OK)
        status = wck_spread_init(&in->gradient, problem, true, filled, err);
    if (status != WCK_OK)
        return status;
    wck_bits_copy(&in->image.image, &w->image);
    wck_bits_copy(&in->upstream.image, &w->upstream);
    if (!repeats)
        return WCK_OK;
    wck_bits_copy(&w->image, &in->image.image);
    wck_bits_copy(&w->upstream, &in->upstream.image);
    return wck_relaid_ask_plain(w, err);
}

static enum wck_status try_way(struct work *w, enum wck_spread_way way,
                               struct wck_tally *tally, struct wck_error *err)
{
    struct wck_relaid_images in = {.image = {.marks = NULL}};
    struct wck_error refusal = {WCK_OK, ""};
    size_t beyond = tally->beyond;
    enum wck_status status = place(&w->relaid, way, &in, &refusal);

    if (status != WCK_OK)
        wck_relaid_images_release(&in);
    else
        status = wck_relaid_put_take(&w->relaid, &in, way != WCK_SPREAD_EXPANDED, tally,
                                     &refusal);
    w->taken += status == WCK_OK;
    if (w->worst == NULL && tally->beyond > beyond)
        w->worst = wck_spread_text(way);
    if (status == WCK_UNSUPPORTED)
        w->relaid.refusal = refusal;
    else if (status != WCK_OK)
        return wck_error_set(err, status, "%s", refusal.text);
    return WCK_OK;
}

/* ---- the checker ---- */

static enum wck_status report(struct wck_trial *trial, const struct work *w,
                              const struct wck_tally *tally, struct wck_error *err)
{
    bool refused = w->relaid.refusal.status != WCK_OK;
    char *detail = wck_trial_text(
        "%zu of %zu ways of strides taken%s%s%s%s", w->taken, w->put,
        refused ? "; refused: " : "", refused ? w->relaid.refusal.text : "",
        w->relaid.filled_flat != NULL ? "; of outputs and gradients none: " : "",
        w->relaid.filled_flat != NULL ? w->relaid.filled_flat : "");
    char *cause =
        wck_trial_text("with %s it gives other bits than with plain arrays%s: strides "
                       "are not heeded",
                       w->worst != NULL ? w->worst : "",
                       w->relaid.strays ? ", or writes between their elements" : "");

    return wck_trial_report_take(trial, "layouts", WCK_SELF_CONSISTENT, tally,
                                 wck_trial_resolution(trial), detail, cause, err);
}

/* `by` is the trial, or the same with a map of coordinates. */
static enum wck_status judge(struct wck_trial *trial, struct wck_trial *by,
                             struct wck_error *err)
{
    struct work w = {.put = 0};
    struct wck_tally tally = {0};
    enum wck_status status = wck_relaid_init(&w.relaid, by, err);

    for (int way = 0; way < WCK_SPREAD_COUNT && status == WCK_OK; way++) {
        if (!wck_relaid_is_put(by->problem, (size_t)way, WCK_SPREAD_COUNT, 4))
            continue;
        w.put++;
        status = try_way(&w, (enum wck_spread_way)way, &tally, err);
    }
    if (status == WCK_OK && w.taken == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED, "%s", w.relaid.refusal.text);
    if (status == WCK_OK)
        status = report(trial, &w, &tally, err);
    wck_relaid_release(&w.relaid);
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    return wck_relaid_judge(trial, judge, err);
}

const struct wck_checker wck_checker_layouts = {
    .id = "layouts",
    .summary = "arrays with any strides give the bits of contiguous ones",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
