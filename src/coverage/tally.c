#include "src/coverage/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum wck_status wck_tally_init(struct wck_tally *tally, const struct wck_warp *warp,
                               struct wck_error *err)
{
    size_t pixels = warp->source_width * warp->source_height;
    enum wck_status status;

    *tally = (struct wck_tally){.pixels = pixels};
    status = wck_block_init(&tally->block, wck_block_capacity(warp), err);
    if (status != WCK_OK)
        return status;
    tally->sum = calloc(pixels, sizeof *tally->sum);
    tally->magnitude = calloc(pixels, sizeof *tally->magnitude);
    tally->terms = calloc(pixels, sizeof *tally->terms);
    tally->behind = calloc(pixels, sizeof *tally->behind);
    if (tally->sum == NULL || tally->magnitude == NULL || tally->terms == NULL ||
        tally->behind == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

void wck_tally_release(struct wck_tally *tally)
{
    wck_block_release(&tally->block);
    free(tally->sum);
    free(tally->magnitude);
    free(tally->terms);
    free(tally->behind);
    *tally = (struct wck_tally){0};
}

bool wck_tally_uniform(const struct wck_coverage_request *request)
{
    return request->upstream == NULL || request->upstream_unknown;
}

/* An unknown upstream gradient is taken as 1: what could arrive, not what does. */
static double upstream_at(const struct wck_coverage_request *request, size_t plane,
                          size_t sample)
{
    size_t width = request->warp->output_width;

    if (request->upstream_unknown)
        return 1.0;
    if (request->upstream == NULL)
        return request->uniform;
    return wck_image_get(request->upstream, plane, sample / width, sample % width);
}

static bool is_exactly_zero(double value)
{
    return fpclassify(value) == FP_ZERO;
}

static void add_tap(struct wck_tally *tally, const struct wck_tap *tap, double g)
{
    ptrdiff_t p = tap->pixel;

    if (p == WCK_BORDER_VALUE || is_exactly_zero(g))
        return;
    if (isfinite(g))
        tally->behind[p] += fabs(g);
    if (is_exactly_zero(tap->weight))
        return;
    tally->sum[p] += tap->weight * g;
    tally->magnitude[p] += fabs(tap->weight * g);
    tally->terms[p]++;
}

static void count_read(const struct wck_tap *tap, uint32_t *reads, double *weight)
{
    if (tap->pixel == WCK_BORDER_VALUE)
        return;
    reads[tap->pixel] += reads[tap->pixel] < UINT32_MAX;
    weight[tap->pixel] += fabs(tap->weight);
}

static void clear(struct wck_tally *tally)
{
    memset(tally->sum, 0, tally->pixels * sizeof *tally->sum);
    memset(tally->magnitude, 0, tally->pixels * sizeof *tally->magnitude);
    memset(tally->terms, 0, tally->pixels * sizeof *tally->terms);
    memset(tally->behind, 0, tally->pixels * sizeof *tally->behind);
    tally->non_finite = 0;
}

void wck_tally_plane(struct wck_tally *tally,
                     const struct wck_coverage_request *request, size_t plane,
                     uint32_t *reads, double *weight)
{
    const struct wck_warp *warp = request->warp;
    struct wck_block *block = &tally->block;
    size_t samples = wck_warp_samples(warp), count;
    struct wck_tap taps[WCK_SAMPLE_TAPS];

    clear(tally);
    for (size_t first = 0; first < samples; first += count) {
        count = samples - first < block->capacity ? samples - first : block->capacity;
        wck_block_fill(block, warp, first, count);
        for (size_t i = 0; i < count; i++) {
            double g = upstream_at(request, plane, first + i);
            size_t listed = wck_block_taps(block, i, warp->source_width, taps);

            if (!isfinite(g) || !isfinite(block->x[i]) || !isfinite(block->y[i]))
                tally->non_finite++;
            if (isfinite(g) && fabs(g) > tally->largest)
                tally->largest = fabs(g);
            for (size_t t = 0; t < listed; t++) {
                add_tap(tally, &taps[t], g);
                if (reads != NULL)
                    count_read(&taps[t], reads, weight);
            }
        }
    }
}
