#include "src/diagnose/diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/diagnose/diagnosis.h"
#include "src/diagnose/replay.h"

/* Samples from which on a problem is large: every hypothesis takes a second a million.
 */
#define LARGE ((size_t)1 << 14)

/* What it is cut down to first: most hypotheses can be told from the subject by what it
 * does on a few rows and columns, all but a handful beyond 2^8 columns and 2^16 pixels.
 */
static const struct size {
    size_t width, height;
} reduced[] = {{61, 53}, {307, 263}};

_Static_assert(sizeof reduced / sizeof reduced[0] == WCK_DIAGNOSIS_REDUCED, "as many");

/* ---- comparing ---- */

/* What the subject did on one problem; false in *served where it refuses it. */
static enum wck_status question(const struct wck_diagnosis *d,
                                const struct wck_problem *problem,
                                struct wck_suspect *suspect, bool *served,
                                struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    enum wck_status status;

    *suspect = (struct wck_suspect){.problem = problem,
                                    .recording = d->recording,
                                    .slow = d->recording == NULL &&
                                            wck_warp_samples(&problem->warp) > LARGE};
    status =
        d->recording != NULL
            ? wck_replay_recorded(&suspect->trace, d->recording, &refusal)
            : wck_trace_subject(&suspect->trace, d->asked->subject, problem, &refusal);
    *served = status == WCK_OK;
    if (status == WCK_OK || (d->recording == NULL && status == WCK_UNSUPPORTED))
        return WCK_OK;
    return wck_error_set(err, status, "%s", refusal.text);
}

static size_t samples_of(const struct wck_suspect *suspect)
{
    return wck_warp_samples(&suspect->problem->warp);
}

/* Once it is, it is kept in mind. */
static bool is_up(struct wck_diagnosis *d)
{
    d->no_time |= wck_clock_is_past(d->asked->until);
    return d->no_time;
}

/* Is it cut down from a problem that was asked for? */
static bool is_reduced(const struct wck_diagnosis *d, const struct wck_suspect *suspect)
{
    for (size_t i = 0; i < WCK_DIAGNOSIS_REDUCED; i++) {
        if (suspect->problem == &d->reduced[i])
            return true;
    }
    return false;
}

static bool any_holds(const struct wck_diagnosis *d)
{
    for (size_t i = 0; i < d->count; i++) {
        if (wck_hypothesis_holds(&d->list[i]))
            return true;
    }
    return false;
}

/* The suspects that show how far away is what does not hold: on a large one that would
 * take all the hypotheses that show nothing there. */
static size_t measured(const struct wck_diagnosis *d)
{
    size_t count = 0;

    while (count < d->suspect_count && samples_of(&d->suspects[count]) <= LARGE)
        count++;
    return count > 0 ? count : d->suspect_count;
}

/* The one to look at further: the first that holds and has not been compared on all
 * suspects, else the nearest of the others if it has not on those measured.  Distances
 * only grow: once the nearest has been compared on all, it is the nearest. */
static struct wck_hypothesis *next_open(const struct wck_diagnosis *d)
{
    struct wck_hypothesis *nearest = NULL;

    for (size_t i = 0; i < d->count; i++) {
        struct wck_hypothesis *h = &d->list[i];

        if (h->compared == 0 ||
            (wck_hypothesis_holds(h) && h->compared < d->suspect_count))
            return h;
        if (!wck_hypothesis_holds(h) &&
            (nearest == NULL || h->distance < nearest->distance))
            nearest = h;
    }
    return nearest != NULL && nearest->compared < measured(d) ? nearest : NULL;
}

static enum wck_status compare_suspects(struct wck_diagnosis *d, struct wck_error *err)
{
    struct wck_hypothesis *h;
    enum wck_status status = WCK_OK;

    while (status == WCK_OK && d->suspect_count > 0 && (h = next_open(d)) != NULL &&
           !is_up(d))
        status = wck_hypothesis_compare(h, &d->suspects[h->compared], err);
    for (size_t i = 0; i < d->suspect_count; i++)
        d->compared += is_reduced(d, &d->suspects[i]) ? 0 : 1;
    return status;
}

/* Is it the reference on all that was cut down, and but for few pixels on what it was
 * cut from?  Then no rule is looked for: one that shows at that size alone shows in
 * more of them.  (Not so of the few numbers of border value and matrix.) */
static enum wck_status compare_reference(struct wck_diagnosis *d, struct wck_error *err)
{
    struct wck_hypothesis *reference = &d->list[0];
    size_t last;
    enum wck_status status = WCK_OK;

    while (status == WCK_OK && wck_hypothesis_holds(reference) &&
           reference->compared < d->suspect_count && !is_up(d))
        status =
            wck_hypothesis_compare(reference, &d->suspects[reference->compared], err);
    if (status != WCK_OK || wck_hypothesis_holds(reference) || reference->compared < 2)
        return status;
    last = reference->compared - 1;
    if (!d->suspects[last].slow || is_reduced(d, &d->suspects[last]))
        return WCK_OK;
    d->spotted = &d->suspects[last];
    status = wck_spots_find(d->spotted, &d->spots, err);
    d->single = status == WCK_OK && wck_spots_are_few(&d->spots) &&
                d->spots.section != WCK_SECTION_PARAMETERS;
    return status;
}

/* Is it the reference but for few numbers?  Asked of the largest problem, where a rule
 * that is wrong shows in more of them. */
static enum wck_status look_for_spots(struct wck_diagnosis *d, struct wck_error *err)
{
    d->spotted = &d->suspects[d->suspect_count - 1];
    return wck_spots_find(d->spotted, &d->spots, err);
}

/* Two or three together, where no single one holds. */
static enum wck_status look_further(struct wck_diagnosis *d, struct wck_error *err)
{
    enum wck_status status = look_for_spots(d, err);

    if (status != WCK_OK || wck_spots_are_few(&d->spots))
        return status;
    status = wck_together_find(d->suspects, d->suspect_count, d->asked->until,
                               &d->list[d->count], &d->together, err);
    if (status != WCK_OK || d->together != WCK_TOGETHER_FOUND)
        return status;
    for (size_t i = 0; i < d->suspect_count && status == WCK_OK; i++)
        status = wck_hypothesis_compare(&d->list[d->count], &d->suspects[i], err);
    d->count++;
    return status;
}

static bool is_suspect(const struct wck_diagnosis *d, const struct wck_problem *problem)
{
    for (size_t i = 0; i < d->suspect_count; i++) {
        if (d->suspects[i].problem == problem)
            return true;
    }
    return false;
}

/* Compares what still holds on one more problem; counts it, unless it is refused. */
static enum wck_status confirm(struct wck_diagnosis *d,
                               const struct wck_problem *problem, struct wck_error *err)
{
    struct wck_suspect suspect;
    bool served;
    enum wck_status status;

    if (is_suspect(d, problem))
        return WCK_OK;
    status = question(d, problem, &suspect, &served, err);
    for (size_t i = 0; i < d->count && status == WCK_OK && served; i++) {
        if (wck_hypothesis_holds(&d->list[i]))
            status = wck_hypothesis_compare(&d->list[i], &suspect, err);
    }
    d->compared += served ? 1 : 0;
    wck_trace_release(&suspect.trace);
    return status;
}

/* ---- in which order ---- */

/* Failed problems first, those in float64 before narrower ones, whose bounds are wider.
 */
static void put_in_order(const struct wck_problem *problems, const bool *failed,
                         size_t count, size_t *order)
{
    size_t n = 0;

    for (int rank = 0; rank < 3; rank++) {
        for (size_t i = 0; i < count; i++) {
            bool wide = problems[i].dtype == WCK_FLOAT64;

            if ((failed[i] ? wide ? 0 : 1 : 2) == rank)
                order[n++] = i;
        }
    }
}

static int compare_sizes(const void *a, const void *b)
{
    size_t x = samples_of(a), y = samples_of(b);

    return (x > y) - (x < y);
}

static enum wck_status add_suspect(struct wck_diagnosis *d,
                                   const struct wck_problem *problem,
                                   struct wck_error *err)
{
    struct wck_suspect *suspect = &d->suspects[d->suspect_count];
    bool served;
    enum wck_status status = question(d, problem, suspect, &served, err);

    if (served)
        d->suspect_count++;
    else
        wck_trace_release(&suspect->trace);
    return status;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One of a size that nobody asked for.  What breaks the subject there is no fault of
 * it: it is then not compared on it. */
static enum wck_status try_reduced(struct wck_diagnosis *d,
                                   const struct wck_problem *problem,
                                   struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    enum wck_status status;

    if (is_up(d) || wck_subject_lives(d->asked->subject) <= 1)
        return WCK_OK;
    status = add_suspect(d, problem, &refusal);
    if (status == WCK_OK || status == WCK_SUBJECT)
        return WCK_OK;
    return wck_error_set(err, status, "%s", refusal.text);
}

/* The smallest, where that is large, cut down from its bottom right. */
static enum wck_status add_reduced(struct wck_diagnosis *d, struct wck_error *err)
{
    const struct wck_problem *whole = d->suspects[0].problem;
    size_t samples;
    enum wck_status status = WCK_OK;

    if (d->recording != NULL || !wck_map_has_matrix(&whole->warp.map))
        return WCK_OK;
    samples = wck_warp_samples(&whole->warp);
    for (size_t i = 0; i < WCK_DIAGNOSIS_REDUCED && status == WCK_OK; i++) {
        struct wck_warp *warp = &d->reduced[i].warp;

        if (samples <= LARGE || samples < 4 * reduced[i].width * reduced[i].height)
            continue;
        d->reduced[i] = *whole;
        warp->source_width = smaller(warp->source_width, reduced[i].width);
        warp->output_width = smaller(warp->output_width, reduced[i].width);
        warp->source_height = smaller(warp->source_height, reduced[i].height);
        warp->output_height = smaller(warp->output_height, reduced[i].height);
        status = try_reduced(d, &d->reduced[i], err);
    }
    return status;
}

/* Of the `wide` first in order, spread over their kinds, which stand next to each
 * other; the smallest first, as most hypotheses end there. */
static enum wck_status question_first(struct wck_diagnosis *d, const size_t *order,
                                      size_t wide, struct wck_error *err)
{
    const struct wck_problem *problems = d->asked->problems;
    size_t most = wide < WCK_DIAGNOSIS_FIRST ? wide : WCK_DIAGNOSIS_FIRST;
    enum wck_status status = WCK_OK;

    for (size_t k = 0; k < most && status == WCK_OK && !is_up(d); k++)
        status = add_suspect(d, &problems[order[k * wide / most]], err);
    qsort(d->suspects, d->suspect_count, sizeof d->suspects[0], compare_sizes);
    if (status == WCK_OK && d->suspect_count > 0)
        status = add_reduced(d, err);
    qsort(d->suspects, d->suspect_count, sizeof d->suspects[0], compare_sizes);
    return status;
}

/* ---- all of it ---- */

static enum wck_status run(struct wck_diagnosis *d, size_t *order,
                           struct wck_error *err)
{
    const struct wck_problem *problems = d->asked->problems;
    const bool *failed = d->asked->failed;
    size_t wide = 0, count = d->asked->count;
    enum wck_status status;

    put_in_order(problems, failed, count, order);
    while (wide < count && failed[order[wide]] &&
           problems[order[wide]].dtype == problems[order[0]].dtype)
        wide++;
    status = question_first(d, order, wide, err);
    if (status == WCK_OK)
        status = compare_reference(d, err);
    if (status != WCK_OK || d->single)
        return status;
    status = compare_suspects(d, err);
    if (status == WCK_OK && d->suspect_count > 0 && !any_holds(d) && !d->no_time)
        status = look_further(d, err);
    if (status != WCK_OK || !any_holds(d) || d->no_time)
        return status;
    for (size_t k = 0; k < count && status == WCK_OK && any_holds(d); k++) {
        if (wck_clock_is_past(d->asked->until))
            break;
        status = confirm(d, &problems[order[k]], err);
    }
    return status;
}

enum wck_status wck_diagnose(const struct wck_diagnose_request *request,
                             char **sentence, struct wck_error *err)
{
    struct wck_diagnosis d = {.asked = request,
                              .recording = wck_subject_recording(request->subject),
                              .count = wck_hypothesis_count()};
    size_t *order = calloc(request->count > 0 ? request->count : 1, sizeof *order);
    struct wck_text text = {0};
    enum wck_status status;

    *sentence = NULL;
    d.list = calloc(d.count + 1, sizeof *d.list);
    status = d.list == NULL || order == NULL ? wck_error_no_memory(err) : WCK_OK;
    if (status == WCK_OK) {
        wck_hypotheses_list(d.list);
        status = run(&d, order, err);
    }
    if (status == WCK_OK) {
        wck_diagnosis_write(&d, &text);
        if (text.failed)
            status = wck_error_no_memory(err);
        else
            *sentence = text.data;
    }
    if (*sentence == NULL)
        wck_text_release(&text);
    for (size_t i = 0; i < d.suspect_count; i++)
        wck_trace_release(&d.suspects[i].trace);
    free(d.list);
    free(order);
    return status;
}
