#include <math.h>

#include "src/diagnose/diagnosis.h"

/* The first hypothesis that holds, or the nearest that does not; NULL where none is. */
static const struct wck_hypothesis *best(const struct wck_diagnosis *d, bool holding)
{
    const struct wck_hypothesis *found = NULL;

    for (size_t i = 0; i < d->count; i++) {
        const struct wck_hypothesis *h = &d->list[i];

        if (wck_hypothesis_holds(h) != holding || h->foreign)
            continue;
        if (found == NULL || (!holding && h->distance < found->distance))
            found = h;
    }
    return found;
}

static void append_summaries(const struct wck_hypothesis *h, struct wck_text *text)
{
    for (int k = 0; k < WCK_TOGETHER && h->row[k] != NULL; k++) {
        wck_text_printf(text, "%s it %s", k == 0 ? ":" : ", and", h->row[k]->summary);
        if (h->row[k]->equivalent != NULL)
            wck_text_printf(text, " (equivalent to %s)", h->row[k]->equivalent);
    }
}

static void append_remedies(const struct wck_hypothesis *h, struct wck_text *text)
{
    for (int k = 0; k < WCK_TOGETHER && h->row[k] != NULL; k++)
        wck_text_printf(text, "%s%s", k == 0 ? ". Remedy: " : "; ", h->row[k]->remedy);
}

static void append_found(const struct wck_diagnosis *d,
                         const struct wck_hypothesis *found, struct wck_text *text)
{
    const char *link = ", which is also: ";

    wck_text_printf(text, "equals the reference with ");
    wck_hypothesis_name(found, text);
    append_summaries(found, text);
    for (const struct wck_hypothesis *h = found + 1; h < d->list + d->count; h++) {
        if (!wck_hypothesis_holds(h))
            continue;
        wck_text_printf(text, "%s", link);
        wck_hypothesis_name(h, text);
        link = ", ";
    }
    wck_text_printf(text, "; residual %.2g over %zu problem%s", found->distance,
                    d->compared, d->compared == 1 ? "" : "s");
    append_remedies(found, text);
}

static void append_spots(const struct wck_diagnosis *d, struct wck_text *text)
{
    wck_text_printf(text,
                    "is the reference but for %zu of %zu numbers, a fault of single "
                    "entries and not of a rule: ",
                    d->spots.count, d->spots.of);
    wck_spots_describe(&d->spots, d->spotted, text);
}

static void append_no_time(const struct wck_diagnosis *d, struct wck_text *text)
{
    size_t ruled_out = 0;

    for (size_t i = 0; i < d->count; i++)
        ruled_out += wck_hypothesis_holds(&d->list[i]) ? 0 : 1;
    wck_text_printf(text,
                    "not found: the time of --budget was up when %zu of %zu "
                    "hypotheses had been ruled out",
                    ruled_out, d->count);
}

/* What was not compared on all that was asked may be further away. */
static void append_next(const struct wck_diagnosis *d,
                        const struct wck_hypothesis *next, const char *rank,
                        struct wck_text *text)
{
    wck_text_printf(text, "; %s, ", rank);
    wck_hypothesis_name(next, text);
    if (isinf(next->distance))
        wck_text_printf(text, ", differs in which numbers are finite");
    else
        wck_text_printf(text, ", is %s%.2g away",
                        next->partial || next->compared < d->suspect_count ? "at least "
                                                                           : "",
                        next->distance);
}

static void append_unknown(const struct wck_diagnosis *d, struct wck_text *text)
{
    wck_text_printf(text, "is none of the known deviations, borders or kernels");
    if (d->together != WCK_TOGETHER_NO_TIME)
        wck_text_printf(text, ", nor two or three of them together");
    else
        wck_text_printf(text, "; the time of --budget was up before two or three of "
                              "them together had all been tried");
    if (d->recording == NULL)
        wck_text_printf(text, " (what else it may be, 'warpcheck identify' tells)");
}

void wck_diagnosis_write(const struct wck_diagnosis *d, struct wck_text *text)
{
    const struct wck_hypothesis *found = best(d, true), *next = best(d, false);

    if (d->single) {
        append_spots(d, text);
        return;
    }
    if (d->no_time)
        append_no_time(d, text);
    else if (d->compared == 0)
        wck_text_printf(text, "not found: the subject answers none of what is asked to "
                              "tell (a function of coordinates is judged whole under "
                              "--convention reference.maps)");
    else if (found == &d->list[0])
        wck_text_printf(text, d->recording != NULL
                                  ? "lies nearer to the reference than any known "
                                    "deviation does: see the findings for where"
                                  : "no difference from the reference shows on random "
                                    "images, in outputs and first gradients: see the "
                                    "findings for what differs, and where");
    else if (found != NULL)
        append_found(d, found, text);
    else if (wck_spots_are_few(&d->spots))
        append_spots(d, text);
    else
        append_unknown(d, text);
    if (next != NULL)
        append_next(d, next,
                    found != NULL && !d->no_time ? "the next best hypothesis"
                                                 : "the nearest",
                    text);
}
