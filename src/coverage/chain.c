#include "src/coverage/chain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum wck_status check(const struct wck_chain_request *request,
                             struct wck_error *err)
{
    if (request->count == 0 || request->count > WCK_LINKS)
        return wck_error_set(err, WCK_INVALID, "a chain is of 1 to %d warps, not %zu",
                             WCK_LINKS, request->count);
    for (size_t k = 1; k < request->count; k++) {
        const struct wck_warp *from = &request->links[k - 1], *to = &request->links[k];

        if (to->source_height != from->output_height ||
            to->source_width != from->output_width)
            return wck_error_set(err, WCK_INVALID,
                                 "warp %zu takes %zux%zu, but the one before makes "
                                 "%zux%zu",
                                 k + 1, to->source_height, to->source_width,
                                 from->output_height, from->output_width);
    }
    return WCK_OK;
}

static void count_link(struct wck_chain_link *link, const struct wck_coverage *c,
                       const struct wck_handback *back)
{
    link->pixels_total = c->pixels_total;
    for (size_t p = 0; p < c->pixels_total; p++) {
        bool covered = false;

        for (size_t plane = 0; plane < c->planes; plane++)
            covered = covered || back->causes[plane * c->pixels_total + p] == 0;
        link->pixels_covered += covered;
    }
}

/* Explains the links from the last to the first; `coverage` and `back` are then of the
 * first. */
static enum wck_status go_back(struct wck_chain *chain,
                               const struct wck_chain_request *request,
                               struct wck_handback *back, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t k = request->count; status == WCK_OK && k-- > 0;) {
        struct wck_handback from = *back;
        bool last = k + 1 == request->count;
        struct wck_coverage_request one = {
            .warp = &request->links[k],
            .batch = request->batch,
            .channels = request->channels,
            .dtype = request->dtype,
            .upstream = last ? request->upstream : &from.gradient,
            .uniform = request->uniform,
        };

        *back = (struct wck_handback){0};
        wck_coverage_release(&chain->coverage);
        status = wck_coverage_explain(&chain->coverage, &one, err);
        if (status == WCK_OK)
            status = wck_handback_make(back, &one, &chain->coverage,
                                       last ? NULL : &from, k, err);
        wck_handback_release(&from);
        if (status == WCK_OK)
            count_link(&chain->links[k], &chain->coverage, back);
    }
    return status;
}

/* Makes the entry's reason that of the chain, and counts it. */
static void settle_entry(struct wck_chain *chain, size_t entry, wck_causes causes)
{
    struct wck_coverage *c = &chain->coverage;
    enum wck_reason reason;

    if (causes == 0) {
        c->reason[entry] = WCK_COVERED;
        c->entries_covered++;
        return;
    }
    reason = wck_causes_reason(causes);
    c->reason[entry] = (unsigned char)(1 + reason);
    c->reason_entries[reason]++;
    chain->links[wck_causes_link(causes)].entries[reason]++;
    for (; causes != 0; causes &= causes - 1)
        chain->links[wck_causes_link(causes)].behind[wck_causes_reason(causes)]++;
}

/* The pixel's cause is the first among its entries'; none where one is covered. */
static void settle_pixel(struct wck_chain *chain, const struct wck_handback *back,
                         const double *magnitude, size_t p)
{
    struct wck_coverage *c = &chain->coverage;
    wck_causes all = 0;
    bool covered = false;

    c->magnitude[p] = 0.0;
    for (size_t plane = 0; plane < c->planes; plane++) {
        size_t entry = plane * c->pixels_total + p;

        settle_entry(chain, entry, back->causes[entry]);
        covered = covered || back->causes[entry] == 0;
        all |= back->causes[entry];
        c->magnitude[p] = fmax(c->magnitude[p], magnitude[entry]);
    }
    c->largest = fmax(c->largest, c->magnitude[p]);
    c->pixel_reason[p] = WCK_COVERED;
    if (covered) {
        c->pixels_covered++;
        return;
    }
    c->pixel_reason[p] = (unsigned char)(1 + wck_causes_reason(all));
    c->reason_pixels[wck_causes_reason(all)]++;
    chain->lost[p] = (unsigned char)(1 + wck_causes_link(all));
    chain->links[wck_causes_link(all)].pixels[wck_causes_reason(all)]++;
}

/* |gradient| of each covered entry, as it is kept, in place of the gradients. */
static double *magnitudes(const struct wck_handback *back, size_t entries,
                          enum wck_dtype dtype)
{
    double *values = back->gradient.tensor.data;

    for (size_t e = 0; e < entries; e++)
        values[e] =
            back->causes[e] == 0 ? fabs(wck_dtype_round(dtype, values[e])) : 0.0;
    return values;
}

/* Turns what was found of warp 1 into what is true of the chain. */
static void settle(struct wck_chain *chain, const struct wck_handback *back,
                   enum wck_dtype dtype)
{
    struct wck_coverage *c = &chain->coverage;
    const double *magnitude = magnitudes(back, c->entries_total, dtype);

    c->pixels_covered = c->entries_covered = c->negligible_entries = 0;
    memset(c->reason_pixels, 0, sizeof c->reason_pixels);
    memset(c->reason_entries, 0, sizeof c->reason_entries);
    c->largest = 0.0;
    for (size_t p = 0; p < c->pixels_total; p++)
        settle_pixel(chain, back, magnitude, p);
    for (size_t e = 0; e < c->entries_total; e++)
        c->negligible_entries +=
            magnitude[e] > 0.0 && magnitude[e] < WCK_NEGLIGIBLE * c->largest;
}

enum wck_status wck_chain_explain(struct wck_chain *chain,
                                  const struct wck_chain_request *request,
                                  struct wck_error *err)
{
    struct wck_handback back = {0};
    enum wck_status status = check(request, err);

    *chain = (struct wck_chain){.count = request->count};
    if (status == WCK_OK)
        status = go_back(chain, request, &back, err);
    if (status == WCK_OK) {
        chain->lost = calloc(chain->coverage.pixels_total, 1);
        if (chain->lost == NULL)
            status = wck_error_no_memory(err);
    }
    if (status == WCK_OK)
        settle(chain, &back, request->dtype);
    wck_handback_release(&back);
    return status;
}

void wck_chain_release(struct wck_chain *chain)
{
    wck_coverage_release(&chain->coverage);
    free(chain->lost);
    *chain = (struct wck_chain){0};
}
