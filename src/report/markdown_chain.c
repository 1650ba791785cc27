/* Markdown, coverage of a chain of warps: in which of them the entries are lost.  At
 * most as many lines as there are reasons in each, of constant words. */
#include "src/report/formats.h"

void wck_markdown_chain(struct wck_text *text, const struct wck_chain *chain)
{
    if (chain == NULL ||
        chain->coverage.entries_covered == chain->coverage.entries_total)
        return;
    wck_text_printf(text, "\n| lost in | reason | pixels | entries | behind |\n"
                          "|---|---|--:|--:|--:|\n");
    for (size_t k = 0; k < chain->count; k++) {
        const struct wck_chain_link *link = &chain->links[k];

        for (int r = 0; r < WCK_REASON_COUNT; r++) {
            if (link->behind[r] > 0)
                wck_text_printf(text, "| warp %zu | %s | %zu | %zu | %zu |\n", k + 1,
                                wck_reason_row((enum wck_reason)r)->id, link->pixels[r],
                                link->entries[r], link->behind[r]);
        }
    }
}
