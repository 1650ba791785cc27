/* Text, coverage of a set: in how many of the warps the entries get a gradient. */
#include "src/report/formats.h"
#include "src/report/paragraph.h"

static void write_share(struct wck_text *text, const char *what, size_t pixels,
                        const struct wck_coverage *c)
{
    size_t entries = pixels * c->planes;

    wck_text_printf(text, "%-22s  %9zu  %11zu (", what, pixels, entries);
    wck_text_share(text, entries, c->entries_total, 2);
    wck_text_printf(text, ")\n");
}

static void write_extremes(struct wck_text *text, const struct wck_set *set,
                           const struct wck_coverage *c)
{
    struct wck_text line = {0};

    wck_text_printf(&line,
                    "One warp gives a gradient to %.1f of %zu pixels on average; the "
                    "least to %zu (warp %zu), the most to %zu (warp %zu).",
                    set->pixels / (double)set->warps, c->pixels_total,
                    set->least.pixels, set->least.number, set->most.pixels,
                    set->most.number);
    wck_paragraph_wrap(text, wck_text_string(&line), 0, 0);
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

void wck_text_set(struct wck_text *text, const struct wck_coverage_report *report)
{
    const struct wck_set *set = report->set;
    const struct wck_coverage *c = report->coverage;

    if (set == NULL)
        return;
    wck_text_printf(text, "\n%-22s  %9s  %11s\n", "get a gradient in", "pixels",
                    "entries");
    write_share(text, "all of the warps", set->pixels_all, c);
    write_share(text, "some, but not all", set->pixels_some, c);
    write_share(text, "none", set->pixels_none, c);
    write_extremes(text, set, c);
}
