/* index-range: offsets of elements do not go through 32 bits.
 *
 *     F(x') = F(x) and J^T(x', g') = J^T(x, g), to the bit, where x' and g' hold the
 *     numbers of x and g, and from one index of an axis to the next there are 2^31
 *     elements and more; and so do the arrays that are filled.
 *
 * All of it is addresses alone: memory is there for the pages that elements lie in
 * (src/checker/spread.h).  A way that gives something else, or that the subject dies
 * of, is put once more with the same axis within 2^21 elements: only where that goes
 * well it is the range, and not the strides, which are what layouts judges.  Other
 * bits are let pass where rounding explains them (src/checker/latitude.h): a subject
 * that knows its range has other code beyond it.  What reads or writes elsewhere is off
 * by as much as pixels are, nothing being there.  An index that is counted over the
 * elements, and no offset, stays small here.
 */
#include "src/checker/checkers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/bits.h"
#include "src/checker/relaid.h"
#include "src/checker/trial.h"

#define CAUSE "its offsets do not fit 32 bits"

static const struct {
    char axis;
    bool backwards;
    const char *text;
} ways[] = {
    {'H', false, "rows 2^31 elements and more apart"},
    {'W', false, "columns 2^31 elements and more apart"},
    {'C', false, "channels 2^31 elements and more apart"},
    {'N', false, "images of a batch 2^31 elements and more apart"},
    {'H', true, "rows 2^31 elements and more apart, the first one last"},
};

#define WAYS (sizeof ways / sizeof ways[0])

struct work {
    struct wck_trial *reported; /* findings are of this one */
    struct wck_relaid relaid;
    struct wck_latitude latitude; /* made where it is needed */
    size_t put, taken;            /* ways */
    size_t left;                  /* ways that are not put: the axis is too long */
    size_t rounded;               /* of these, with other bits */
    size_t open;                  /* entries that the latitude hides, in all of them */
    struct wck_error lost;        /* why there is no latitude */
    const char *worst;            /* the first that gave something else; NULL: none */
    const char *unknown; /* the first that did, and no less with less between; NULL */
};

/* ---- one way ---- */

/* Indices of the axis in that image which has the most of them; 0: there is none. */
static size_t indices_of(const struct wck_problem *problem, char axis)
{
    const struct wck_warp *warp = &problem->warp;
    size_t source = axis == 'C' ? problem->channels : problem->batch, output = source;

    if (axis == 'H') {
        source = warp->source_height;
        output = warp->output_height;
    } else if (axis == 'W') {
        source = warp->source_width;
        output = warp->output_width;
    }
    if (strchr(problem->layout, axis) == NULL)
        return 0;
    return source > output ? source : output;
}

/* Those that are filled lie so where the subject fills such. */
static enum wck_status place(const struct wck_relaid *relaid,
                             const struct wck_spread_axis *axis,
                             struct wck_relaid_images *in, struct wck_error *err)
{
    const struct wck_problem *problem = relaid->trial->problem;
    bool fills = relaid->filled_flat == NULL;
    enum wck_status status =
        wck_spread_init_along(&in->image, problem, true, axis, err);

    if (status == WCK_OK)
        status = wck_spread_init_along(&in->upstream, problem, false, axis, err);
    if (status == WCK_OK && fills)
        status = wck_spread_init_along(&in->output, problem, false, axis, err);
    if (status == WCK_OK && fills)
        status = wck_spread_init_along(&in->gradient, problem, true, axis, err);
    if (status != WCK_OK)
        return status;
    wck_bits_copy(&in->image.image, &relaid->image);
    wck_bits_copy(&in->upstream.image, &relaid->upstream);
    return WCK_OK;
}

static enum wck_status put(struct wck_relaid *relaid, size_t way, bool near,
                           struct wck_tally *tally, struct wck_error *err)
{
    struct wck_relaid_images in = {.image = {.marks = NULL}};
    struct wck_spread_axis axis = {
        .letter = ways[way].axis, .backwards = ways[way].backwards, .near = near};
    enum wck_status status = place(relaid, &axis, &in, err);

    if (status == WCK_OK)
        return wck_relaid_put_take(relaid, &in, true, tally, err);
    wck_relaid_images_release(&in);
    return status;
}

/* Does the same go well with less between the elements?  Not asked where the subject
 * might be given up for its answer: the other checkers need it. */
static bool is_good_near(struct wck_relaid *relaid, size_t way)
{
    struct wck_error refusal = relaid->refusal; /* this call's is none of a way */
    struct wck_tally tally = {0};
    bool good = wck_subject_lives(relaid->trial->subject) > 1 &&
                put(relaid, way, true, &tally, NULL) == WCK_OK && tally.beyond == 0;

    relaid->refusal = refusal;
    return good;
}

/* Once more, by what rounding allows; from here on all are. */
static enum wck_status put_loosely(struct work *w, size_t way, struct wck_tally *own,
                                   struct wck_error *err)
{
    struct wck_relaid *relaid = &w->relaid;
    enum wck_status status =
        wck_latitude_make(&w->latitude, relaid->trial->problem, &relaid->image,
                          &relaid->upstream, &w->lost);

    if (status != WCK_OK)
        return status;
    relaid->latitude = &w->latitude;
    *own = (struct wck_tally){0};
    return put(relaid, way, false, own, err);
}

static enum wck_status put_far(struct work *w, size_t way, struct wck_tally *own,
                               struct wck_error *err)
{
    enum wck_status status = put(&w->relaid, way, false, own, err);

    if (status == WCK_OK && own->beyond > 0 && w->relaid.latitude == NULL)
        status = put_loosely(w, way, own, err);
    w->rounded += status == WCK_OK && own->beyond == 0 && own->exact < own->compared;
    return status;
}

/* A call that went wrong.  Of the range it is one answer less than was wanted, which is
 * a finding; else nothing is known but the fault. */
static enum wck_status blame(struct wck_trial *trial, const struct wck_error *why,
                             size_t way, bool range, struct wck_error *err)
{
    const struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};
    struct wck_tally tally = {0};
    char *cause;

    if (!range)
        return wck_error_set(err, WCK_SUBJECT, "%s", why->text);
    cause = wck_trial_text("%s: " CAUSE " (with %s; with less between them it does "
                           "answer)",
                           why->text, ways[way].text);
    wck_error_set(err, WCK_SUBJECT, "%s", cause != NULL ? cause : why->text);
    wck_bits_add(&tally, 0.0, 1.0, &nowhere);
    wck_trial_report_take(
        trial, "index-range", WCK_SELF_CONSISTENT, &tally, wck_trial_resolution(trial),
        wck_trial_text("no answer (0 of 1) with 2^31 elements and more between"), cause,
        NULL);
    return WCK_SUBJECT;
}

/* Nothing is found by a way that is refused, or for which there is no room. */
static enum wck_status try_way(struct work *w, size_t way, struct wck_tally *tally,
                               struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    struct wck_tally own = {0};
    enum wck_status status = put_far(w, way, &own, &why);
    size_t open = w->relaid.open;
    bool wrong = status == WCK_SUBJECT || own.beyond > 0, range;

    if (w->lost.status != WCK_OK)
        return wck_error_set(err, w->lost.status, "%s", w->lost.text);
    range = wrong && is_good_near(&w->relaid, way);
    if (status == WCK_SUBJECT)
        return blame(w->reported, &why, way, range, err);
    if (status == WCK_UNSUPPORTED || status == WCK_NO_MEMORY) {
        w->relaid.refusal = why;
        return WCK_OK;
    }
    if (status != WCK_OK)
        return wck_error_set(err, status, "%s", why.text);
    if (!wrong || range) {
        w->taken++;
        w->open += open;
        wck_tally_merge(tally, &own);
    } else if (w->unknown == NULL) {
        w->unknown = ways[way].text;
    }
    if (range && w->worst == NULL)
        w->worst = ways[way].text;
    return WCK_OK;
}

static enum wck_status try_ways(struct work *w, struct wck_tally *tally,
                                struct wck_error *err)
{
    const struct wck_problem *problem = w->relaid.trial->problem;
    size_t there[WAYS], count = 0;
    enum wck_status status = WCK_OK;

    for (size_t way = 0; way < WAYS; way++) {
        size_t indices = indices_of(problem, ways[way].axis);

        if (indices > WCK_SPREAD_MOST)
            w->left++;
        else if (indices > 1)
            there[count++] = way;
    }
    for (size_t i = 0; i < count && status == WCK_OK; i++) {
        if (!wck_relaid_is_put(problem, i, count, 2))
            continue;
        w->put++;
        status = try_way(w, there[i], tally, err);
    }
    if (count == 0 && w->left > 0)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "of more than %d indices none is put: they would not fit "
                             "2^31 elements and more apart",
                             WCK_SPREAD_MOST);
    if (count == 0)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "all sides are 1: no element lies far from another");
    return status;
}

/* ---- the checker ---- */

/* Why nothing is known; the caller frees, NULL where something is. */
static char *doubt(const struct work *w, const struct wck_tally *tally)
{
    if (tally->beyond > 0)
        return NULL;
    if (w->unknown != NULL)
        return wck_trial_text(
            "with %s it gives other bits than with plain arrays, but so it does with "
            "less between them: strides are not heeded (the checker layouts)",
            w->unknown);
    if (w->relaid.latitude == NULL)
        return NULL;
    if (w->relaid.trial->problem->warp.kernel->footprint)
        return wck_trial_text(
            "with 2^31 elements and more between it gives other bits than with plain "
            "arrays, no farther off than its roundings may add up to: a footprint has "
            "no margins, so whether they explain it is not known");
    if (tally->compared == 0)
        return wck_trial_text("rounding hides all of %zu entries", w->open);
    return NULL;
}

/* What the ways came to, for a person; the caller frees. */
static char *detail_of(const struct work *w)
{
    const char *refused = w->relaid.refusal.text, *flat = w->relaid.filled_flat;
    const char *rounded = "; in some with other bits, as rounding may give";
    char left[80] = "", open[80] = "";

    if (w->left > 0)
        snprintf(left, sizeof left, "; %zu not put, for they have more than %d indices",
                 w->left, WCK_SPREAD_MOST);
    if (w->open > 0)
        snprintf(open, sizeof open, "; %zu entries not compared: rounding hides them",
                 w->open);
    return wck_trial_text(
        "%zu of %zu axes taken with 2^31 elements and more from one index to the "
        "next%s%s%s%s%s%s%s",
        w->taken, w->put, left, w->rounded > 0 ? rounded : "", open,
        w->relaid.refusal.status != WCK_OK ? "; not: " : "", refused,
        flat != NULL ? "; of outputs and gradients none: " : "",
        flat != NULL ? flat : "");
}

/* By latitude it is what is read elsewhere that is found: an entry changes by its size,
 * unless the trial says otherwise. */
static enum wck_status report(struct wck_trial *trial, const struct work *w,
                              const struct wck_tally *tally, struct wck_error *err)
{
    bool whole = w->relaid.latitude != NULL && !(trial->resolution > 0.0);
    char *why = doubt(w, tally);

    if (why != NULL) {
        enum wck_status status = wck_trial_say(
            trial, "index-range", WCK_SELF_CONSISTENT, WCK_INCONCLUSIVE, why, err);

        free(why);
        return status;
    }
    return wck_trial_report_take(
        trial, "index-range", WCK_SELF_CONSISTENT, tally,
        whole ? 1.0 : wck_trial_resolution(trial), detail_of(w),
        wck_trial_text("with %s it gives other bits than with plain arrays, and with "
                       "less between them it does not: " CAUSE,
                       w->worst != NULL ? w->worst : ""),
        err);
}

/* `by` is the trial, or the same with a map of coordinates. */
static enum wck_status judge(struct wck_trial *trial, struct wck_trial *by,
                             struct wck_error *err)
{
    struct work w = {.reported = trial};
    struct wck_tally tally = {0};
    enum wck_status status = wck_relaid_init(&w.relaid, by, err);

    if (status == WCK_OK)
        status = try_ways(&w, &tally, err);
    if (status == WCK_OK && w.taken == 0 && w.unknown == NULL)
        status = wck_error_set(err, WCK_UNSUPPORTED, "%s", w.relaid.refusal.text);
    if (status == WCK_OK)
        status = report(trial, &w, &tally, err);
    wck_relaid_release(&w.relaid);
    wck_latitude_release(&w.latitude);
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    return wck_relaid_judge(trial, judge, err);
}

const struct wck_checker wck_checker_index_range = {
    .id = "index-range",
    .summary = "elements 2^31 and more apart give the bits of contiguous ones; from "
               "level 4 on",
    .level = 4,
    .needs_deterministic = true,
    .risky = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
