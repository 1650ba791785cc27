#include "src/report/sentence.h"

static void print_place(struct wck_text *text, const struct wck_place *where)
{
    wck_text_printf(text, "%s", where->input ? "input" : "output");
    if (where->plane >= 0)
        wck_text_printf(text, " plane %ld", where->plane);
    if (where->y >= 0)
        wck_text_printf(text, " row %ld", where->y);
    if (where->x >= 0)
        wck_text_printf(text, " column %ld", where->x);
}

void wck_sentence_worst(struct wck_text *text, const struct wck_finding *finding)
{
    const struct wck_measure *worst = &finding->worst;

    print_place(text, &finding->where);
    wck_text_printf(text, ": got %.17g, want %.17g; off by %.3g, allowed %.3g",
                    worst->got, worst->want, worst->got - worst->want,
                    worst->round + worst->trunc);
    wck_text_printf(text, " (%zu of %zu comparisons are beyond the bound)",
                    finding->beyond, finding->compared);
}

void wck_sentence_covered(struct wck_text *text, const struct wck_map_coverage *map,
                          int axis)
{
    bool matrix = axis == 2;
    size_t covered = matrix ? map->matrix_covered : map->covered[axis];
    size_t total = matrix ? map->entries * map->matrices : map->samples;
    size_t undetermined = matrix ? map->matrix_reasons[WCK_MAP_UNDETERMINED]
                                 : map->reasons[axis][WCK_MAP_UNDETERMINED];

    if (undetermined == total && total > 0)
        wck_text_printf(text, "an unknown number of %zu", total);
    else
        wck_text_printf(text, "%zu of %zu", covered, total);
}

const char *wck_sentence_claim(enum wck_claim claim)
{
    static const char *const sentences[WCK_CLAIM_COUNT] = {
        [WCK_SELF_CONSISTENT] = "the gradient is that of the subject's own forward",
        [WCK_CONFORMS] = "the subject is the declared convention",
    };

    return sentences[claim];
}

void wck_sentence_known(struct wck_text *text, const struct wck_baseline_entry *entry)
{
    wck_text_printf(text, "known until %s: %s", entry->expires.text, entry->reason);
}
