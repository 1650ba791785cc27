#include "src/diagnose/diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/diagnose/replay.h"

/* Problems that every hypothesis is compared on; the others only confirm. */
#define FIRST 8
/* As for a verdict: beyond four bounds it is another warp. */
#define HOLDS 4.0

struct hypothesis {
    const struct wck_deviation *deviation; /* at most one of the three */
    const struct wck_border *border;
    const struct wck_kernel *kernel;
    double ratio, distance; /* the largest so far */
};

static size_t hypothesis_count(void)
{
    return 1 + wck_deviation_count() + wck_border_count() + wck_kernel_count();
}

/* The reference itself, then deviations, borders and kernels: the simplest first. */
static void list_hypotheses(struct hypothesis *list)
{
    size_t n = 1;

    for (size_t i = 0; i < wck_deviation_count(); i++)
        list[n++].deviation = wck_deviation_row(i);
    for (size_t i = 0; i < wck_border_count(); i++)
        list[n++].border = wck_border_row(i);
    for (size_t i = 0; i < wck_kernel_count(); i++)
        list[n++].kernel = wck_kernel_row(i);
}

static void append_name(const struct hypothesis *h, struct wck_text *text)
{
    if (h->deviation != NULL)
        wck_text_printf(text, "%s", h->deviation->name);
    else if (h->border != NULL)
        wck_text_printf(text, "border %s whatever is asked for", h->border->name);
    else if (h->kernel != NULL)
        wck_text_printf(text, "kernel %s whatever is asked for", h->kernel->name);
    else
        wck_text_printf(text, "no deviation");
}

static bool holds(const struct hypothesis *h)
{
    return h->ratio <= HOLDS;
}

/* What the reference does with a behaviour; of a recording, with its own inputs. */
static enum wck_status trace_behaviour(struct wck_trace *trace,
                                       const struct wck_behaviour *behaviour,
                                       const struct wck_problem *problem,
                                       const struct wck_recording *recording,
                                       struct wck_error *err)
{
    if (recording != NULL)
        return wck_replay_behaviour(trace, recording, behaviour, &problem->warp, err);
    return wck_trace_behaviour(trace, behaviour, problem, err);
}

static enum wck_status compare(struct hypothesis *h, const struct wck_problem *problem,
                               const struct wck_recording *recording,
                               const struct wck_trace *subject, struct wck_error *err)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();
    struct wck_problem changed = *problem;
    struct wck_trace trace;
    double ratio, distance;
    enum wck_status status;

    if (h->deviation != NULL)
        h->deviation->apply(&behaviour);
    if (h->border != NULL)
        changed.warp.border = h->border;
    if (h->kernel != NULL)
        changed.warp.kernel = h->kernel;
    status = trace_behaviour(&trace, &behaviour, &changed, recording, err);
    if (status == WCK_OK) {
        wck_trace_compare(subject, &trace, &ratio, &distance);
        h->ratio = fmax(h->ratio, ratio);
        h->distance = fmax(h->distance, distance);
    }
    wck_trace_release(&trace);
    return status;
}

/* Deviations are changes of a warp of two axes, and not every kernel serves every map.
 */
static bool applies(const struct hypothesis *h, const struct wck_problem *problem)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();
    struct wck_warp changed = problem->warp;

    if (h->deviation != NULL)
        h->deviation->apply(&behaviour);
    if (!wck_behaviour_serves(&behaviour, &problem->warp))
        return false;
    if (h->kernel != NULL) {
        changed.kernel = h->kernel;
        return wck_warp_check(&changed, NULL) == WCK_OK;
    }
    return h->deviation == NULL || wck_warp_axes(&problem->warp) == 2;
}

/* The items of a recording have matrices of their own. */
static bool applies_to_all(const struct hypothesis *h,
                           const struct wck_problem *problem,
                           const struct wck_recording *recording)
{
    if (recording == NULL)
        return applies(h, problem);
    for (size_t i = 0; i < recording->call.image.batch; i++) {
        struct wck_problem item = wck_recording_problem(recording, i);

        if (!applies(h, &item))
            return false;
    }
    return true;
}

/* Compares all hypotheses, or those that still hold, on one problem; counts it, unless
 * the subject refuses it. */
static enum wck_status compare_all(struct wck_subject *subject,
                                   const struct wck_problem *problem,
                                   struct hypothesis *list, bool only_holding,
                                   size_t *compared, struct wck_error *err)
{
    const struct wck_recording *recording = wck_subject_recording(subject);
    struct wck_error refusal = {WCK_OK, ""};
    struct wck_trace trace;
    enum wck_status status =
        recording != NULL ? wck_replay_recorded(&trace, recording, &refusal)
                          : wck_trace_subject(&trace, subject, problem, &refusal);
    bool refused = recording == NULL && status == WCK_UNSUPPORTED;

    *compared += refused ? 0 : 1;
    if (status != WCK_OK && !refused)
        wck_error_set(err, status, "%s", refusal.text);
    for (size_t i = 0; i < hypothesis_count() && status == WCK_OK; i++) {
        if (!applies_to_all(&list[i], problem, recording))
            list[i].ratio = list[i].distance = (double)INFINITY;
        else if (!only_holding || holds(&list[i]))
            status = compare(&list[i], problem, recording, &trace, err);
    }
    wck_trace_release(&trace);
    return refused ? WCK_OK : status;
}

static bool any_holds(const struct hypothesis *list)
{
    for (size_t i = 0; i < hypothesis_count(); i++) {
        if (holds(&list[i]))
            return true;
    }
    return false;
}

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

/* The first hypothesis that holds, or the nearest that does not; NULL where none is. */
static const struct hypothesis *best(const struct hypothesis *list, bool holding)
{
    const struct hypothesis *found = NULL;

    for (size_t i = 0; i < hypothesis_count(); i++) {
        if (holds(&list[i]) != holding)
            continue;
        if (found == NULL || (!holding && list[i].distance < found->distance))
            found = &list[i];
    }
    return found;
}

static void append_found(const struct hypothesis *list, const struct hypothesis *found,
                         size_t compared, struct wck_text *text)
{
    const struct wck_deviation *row = found->deviation;
    const char *link = ", which is also: ";

    wck_text_printf(text, "equals the reference with ");
    append_name(found, text);
    if (row != NULL)
        wck_text_printf(text, ": it %s", row->summary);
    if (row != NULL && row->equivalent != NULL)
        wck_text_printf(text, " (equivalent to %s)", row->equivalent);
    for (const struct hypothesis *h = found + 1; h < list + hypothesis_count(); h++) {
        if (!holds(h))
            continue;
        wck_text_printf(text, "%s", link);
        append_name(h, text);
        link = ", ";
    }
    wck_text_printf(text, "; residual %.2g over %zu problem%s", found->distance,
                    compared, compared == 1 ? "" : "s");
    if (row != NULL)
        wck_text_printf(text, ". Remedy: %s", row->remedy);
}

static void write_sentence(const struct hypothesis *list, size_t compared,
                           bool recorded, struct wck_text *text)
{
    const struct hypothesis *found = best(list, true), *next = best(list, false);

    if (found == &list[0])
        wck_text_printf(text, recorded
                                  ? "lies nearer to the reference than any known "
                                    "deviation does: see the findings for where"
                                  : "no difference from the reference shows on random "
                                    "images: see the findings for the inputs that "
                                    "make one");
    else if (found != NULL)
        append_found(list, found, compared, text);
    else
        wck_text_printf(text, "is none of the known deviations, borders or kernels");
    if (next != NULL) {
        wck_text_printf(text, found != NULL ? "; the next best hypothesis, "
                                            : "; the nearest, ");
        append_name(next, text);
        wck_text_printf(text, ", is %.2g away", next->distance);
    }
}

enum wck_status wck_diagnose(struct wck_subject *subject,
                             const struct wck_problem *problems, const bool *failed,
                             size_t count, char **sentence, struct wck_error *err)
{
    struct hypothesis *list = calloc(hypothesis_count(), sizeof *list);
    size_t *order = calloc(count > 0 ? count : 1, sizeof *order);
    struct wck_text text = {0};
    size_t wide = 0, first, compared = 0;
    enum wck_status status = WCK_OK;

    *sentence = NULL;
    if (list == NULL || order == NULL) {
        status = wck_error_no_memory(err);
        goto done;
    }
    list_hypotheses(list);
    put_in_order(problems, failed, count, order);
    while (wide < count && failed[order[wide]] &&
           problems[order[wide]].dtype == problems[order[0]].dtype)
        wide++;
    /* Spread over the kinds of failed problem, which stand next to each other. */
    for (size_t k = 0; k < FIRST && k < wide && status == WCK_OK; k++)
        status = compare_all(subject,
                             &problems[order[k * wide / (wide < FIRST ? wide : FIRST)]],
                             list, false, &compared, err);
    first = compared;
    compared = 0;
    for (size_t k = 0; k < count && status == WCK_OK && any_holds(list); k++)
        status = compare_all(subject, &problems[order[k]], list, true, &compared, err);
    if (status != WCK_OK)
        goto done;
    write_sentence(list, compared > first ? compared : first,
                   wck_subject_recording(subject) != NULL, &text);
    if (text.failed)
        status = wck_error_no_memory(err);
    else
        *sentence = text.data;
    text = (struct wck_text){0};
done:
    wck_text_release(&text);
    free(list);
    free(order);
    return status;
}
