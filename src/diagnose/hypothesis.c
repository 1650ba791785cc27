#include "src/diagnose/hypothesis.h"

#include <math.h>

#include "src/diagnose/replay.h"

#define HOLDS 4.0 /* bounds */

bool wck_hypothesis_holds(const struct wck_hypothesis *h)
{
    return h->ratio <= HOLDS;
}

size_t wck_hypothesis_count(void)
{
    return 1 + wck_deviation_count() + wck_border_count() + wck_kernel_count();
}

void wck_hypotheses_list(struct wck_hypothesis *list)
{
    size_t n = 1;

    for (size_t i = 0; i < wck_deviation_count(); i++)
        list[n++].row[0] = wck_deviation_row(i);
    for (size_t i = 0; i < wck_border_count(); i++)
        list[n++].border = wck_border_row(i);
    for (size_t i = 0; i < wck_kernel_count(); i++)
        list[n++].kernel = wck_kernel_row(i);
}

struct wck_behaviour wck_hypothesis_behaviour(const struct wck_hypothesis *h)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();

    for (int k = 0; k < WCK_TOGETHER && h->row[k] != NULL; k++) {
        h->row[k]->apply(&behaviour);
        if (k == 0 && h->output_only)
            behaviour.backward = wck_stages_reference;
    }
    return behaviour;
}

static bool applies(const struct wck_hypothesis *h, const struct wck_problem *problem)
{
    struct wck_behaviour behaviour = wck_hypothesis_behaviour(h);
    struct wck_warp changed = problem->warp;

    if (h->kernel != NULL)
        changed.kernel = h->kernel;
    if (!wck_behaviour_serves(&behaviour, &changed) ||
        wck_warp_check(&changed, NULL) != WCK_OK)
        return false;
    return h->row[0] == NULL || wck_warp_axes(&problem->warp) == 2;
}

/* The items of a recording have matrices of their own. */
bool wck_hypothesis_applies(const struct wck_hypothesis *h,
                            const struct wck_suspect *suspect)
{
    if (suspect->recording == NULL)
        return applies(h, suspect->problem);
    for (size_t i = 0; i < suspect->recording->call.image.batch; i++) {
        struct wck_problem item = wck_recording_problem(suspect->recording, i);

        if (!applies(h, &item))
            return false;
    }
    return true;
}

/* What the reference does with its rows; of a recording, with its own inputs. */
enum wck_status wck_hypothesis_trace(const struct wck_hypothesis *h,
                                     const struct wck_suspect *suspect,
                                     const bool wanted[WCK_SECTIONS],
                                     struct wck_trace *made, struct wck_error *err)
{
    struct wck_behaviour behaviour = wck_hypothesis_behaviour(h);
    struct wck_problem changed = *suspect->problem;

    if (h->border != NULL)
        changed.warp.border = h->border;
    if (h->kernel != NULL)
        changed.warp.kernel = h->kernel;
    if (suspect->recording != NULL)
        return wck_replay_behaviour(made, suspect->recording, &behaviour, &changed.warp,
                                    err);
    return wck_trace_behaviour(made, &behaviour, &changed, wanted, err);
}

/* The sections wanted of a suspect's inputs. */
static enum wck_status compare_sections(const struct wck_hypothesis *h,
                                        const struct wck_suspect *suspect,
                                        const bool wanted[WCK_SECTIONS], double *ratio,
                                        double *distance, struct wck_error *err)
{
    struct wck_trace made = {0};
    enum wck_status status = wck_hypothesis_trace(h, suspect, wanted, &made, err);

    for (int k = 0; k < WCK_SECTIONS && status == WCK_OK; k++) {
        double r, d;

        if (!wanted[k])
            continue;
        wck_trace_compare_section(&suspect->trace, &made, (enum wck_section)k, &r, &d);
        *ratio = fmax(*ratio, r);
        *distance = fmax(*distance, d);
    }
    wck_trace_release(&made);
    return status;
}

/* One section after the other, until one refutes it. */
static enum wck_status refute(struct wck_hypothesis *h, struct wck_suspect *suspect,
                              double *ratio, double *distance, struct wck_error *err)
{
    const enum wck_section first = suspect->telling;

    for (int k = 0; k < WCK_SECTIONS; k++) {
        enum wck_section section = (enum wck_section)(((int)first + k) % WCK_SECTIONS);
        bool wanted[WCK_SECTIONS] = {false};
        enum wck_status status;

        wanted[section] = true;
        status = compare_sections(h, suspect, wanted, ratio, distance, err);
        if (status != WCK_OK)
            return status;
        if (*ratio > HOLDS) {
            suspect->telling = section;
            h->partial |= k < WCK_SECTIONS - 1;
            break;
        }
    }
    return WCK_OK;
}

enum wck_status wck_hypothesis_compare(struct wck_hypothesis *h,
                                       struct wck_suspect *suspect,
                                       struct wck_error *err)
{
    static const bool all[WCK_SECTIONS] = {true, true, true};
    double ratio = 0.0, distance = 0.0;
    enum wck_status status = WCK_OK;

    h->foreign |= !wck_hypothesis_applies(h, suspect);
    if (h->foreign)
        ratio = distance = (double)INFINITY;
    else if (suspect->slow)
        status = refute(h, suspect, &ratio, &distance, err);
    else
        status = compare_sections(h, suspect, all, &ratio, &distance, err);
    h->ratio = fmax(h->ratio, ratio);
    h->distance = fmax(h->distance, distance);
    h->compared++;
    return status;
}

enum wck_status wck_hypothesis_sections(const struct wck_hypothesis *h,
                                        const struct wck_suspect *suspect,
                                        const bool wanted[WCK_SECTIONS], double *ratio,
                                        struct wck_error *err)
{
    double distance = 0.0;

    *ratio = 0.0;
    if (wck_hypothesis_applies(h, suspect))
        return compare_sections(h, suspect, wanted, ratio, &distance, err);
    *ratio = (double)INFINITY;
    return WCK_OK;
}

void wck_hypothesis_name(const struct wck_hypothesis *h, struct wck_text *text)
{
    for (int k = 0; k < WCK_TOGETHER && h->row[k] != NULL; k++)
        wck_text_printf(text, "%s%s%s", k > 0 ? " and " : "", h->row[k]->name,
                        k == 0 && h->output_only ? " in its output alone" : "");
    if (h->border != NULL || h->kernel != NULL)
        wck_text_printf(text, "%s", h->row[0] != NULL ? " and " : "");
    if (h->border != NULL)
        wck_text_printf(text, "border %s whatever is asked for", h->border->name);
    else if (h->kernel != NULL)
        wck_text_printf(text, "kernel %s whatever is asked for", h->kernel->name);
    else if (h->row[0] == NULL)
        wck_text_printf(text, "no deviation");
}
