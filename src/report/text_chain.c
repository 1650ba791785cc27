/* Text, coverage of a chain of warps: in which of them the entries are lost. */
#include "src/report/formats.h"
#include "src/report/paragraph.h"

/* "warp 2" */
static void write_row(struct wck_text *text, size_t warp, const char *reason,
                      const struct wck_chain_link *link, int r)
{
    wck_text_printf(text, "warp %zu   %-13s  %9zu  %9zu  %9zu\n", warp, reason,
                    link->pixels[r], link->entries[r], link->behind[r]);
}

static void write_lost(struct wck_text *text, const struct wck_chain *chain)
{
    wck_text_printf(text, "\n%-7s  %-13s  %9s  %9s  %9s\n", "lost in", "reason",
                    "pixels", "entries", "behind");
    for (size_t k = 0; k < chain->count; k++) {
        for (int r = 0; r < WCK_REASON_COUNT; r++) {
            if (chain->links[k].behind[r] > 0)
                write_row(text, k + 1, wck_reason_row((enum wck_reason)r)->id,
                          &chain->links[k], r);
        }
    }
    wck_text_printf(text,
                    "A reason is that of pixels of that warp's own image.  behind: "
                    "entries that have it among\ntheir causes; each is counted "
                    "once as lost, by the first of them.\n");
}

static void write_links(struct wck_text *text, const struct wck_chain *chain)
{
    struct wck_text line = {0};

    for (size_t k = 1; k < chain->count; k++)
        wck_text_printf(&line, "%s%zu of the %zu pixels that warp %zu makes",
                        k > 1 ? ", " : "", chain->links[k].pixels_covered,
                        chain->links[k].pixels_total, k);
    wck_text_printf(&line, " get a gradient.");
    wck_paragraph_wrap(text, wck_text_string(&line), 0, 0);
    text->failed = text->failed || line.failed;
    wck_text_release(&line);
}

void wck_text_chain(struct wck_text *text, const struct wck_chain *chain)
{
    if (chain == NULL)
        return;
    if (chain->coverage.entries_covered < chain->coverage.entries_total)
        write_lost(text, chain);
    if (chain->count > 1)
        write_links(text, chain);
}
