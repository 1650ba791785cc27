#include "src/diagnose/spots.h"

/* A rule that is wrong at the edge, or in one row, shows in the square root of all
 * numbers or more: these are no more than half of that. */
#define FEW ((size_t)8)

static bool differs(const struct wck_trace *a, const struct wck_trace *b, size_t i)
{
    double ratio = wck_trace_ratio(a, i, wck_trace_error(a, i, b, i));

    return !wck_hypothesis_holds(&(struct wck_hypothesis){.ratio = ratio});
}

enum wck_status wck_spots_find(const struct wck_suspect *suspect,
                               struct wck_spots *spots, struct wck_error *err)
{
    const struct wck_hypothesis reference = {.border = NULL};
    const struct wck_trace *trace = &suspect->trace;
    struct wck_trace made = {0};
    enum wck_status status =
        wck_hypothesis_trace(&reference, suspect, NULL, &made, err);

    *spots = (struct wck_spots){.count = 0};
    for (size_t i = 0; status == WCK_OK && i < trace->count && i < made.count; i++) {
        spots->of++;
        if (!differs(trace, &made, i))
            continue;
        if (spots->count++ > 0)
            continue;
        spots->first = i;
        spots->got = trace->value[i];
        spots->want = made.value[i];
        while (i >= trace->end[spots->section])
            spots->section++;
        spots->beside = trace->end[spots->section] - trace->begin[spots->section];
    }
    wck_trace_release(&made);
    return status;
}

bool wck_spots_are_few(const struct wck_spots *spots)
{
    return spots->count > 0 && spots->count <= FEW &&
           4 * spots->count * spots->count <= spots->beside;
}

void wck_spots_describe(const struct wck_spots *spots,
                        const struct wck_suspect *suspect, struct wck_text *text)
{
    static const char *const names[WCK_SECTIONS] = {
        [WCK_SECTION_OUTPUT] = "the output",
        [WCK_SECTION_IMAGE] = "the gradient of the image",
        [WCK_SECTION_PARAMETERS] =
            "the gradient of border value, matrix or coordinates"};
    const struct wck_warp *warp = &suspect->problem->warp;
    bool output = spots->section == WCK_SECTION_OUTPUT;
    size_t width = output ? warp->output_width : warp->source_width;
    size_t height = output ? warp->output_height : warp->source_height;
    size_t from = spots->section > 0 ? suspect->trace.end[spots->section - 1] : 0;
    size_t at = spots->first - from;

    wck_text_printf(text, "%s", names[spots->section]);
    if (spots->section != WCK_SECTION_PARAMETERS && suspect->recording == NULL)
        wck_text_printf(text, " at plane %zu, row %zu, column %zu,",
                        at / width / height, at / width % height, at % width);
    wck_text_printf(text, " is %.17g instead of %.17g", spots->got, spots->want);
}
