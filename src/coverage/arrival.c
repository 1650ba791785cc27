#include "src/coverage/arrival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/walk.h"

enum wck_status wck_arrival_init(struct wck_arrival *arrival,
                                 const struct wck_warp *warp, struct wck_error *err)
{
    size_t pixels = warp->source_width * warp->source_height;
    enum wck_status status;

    *arrival = (struct wck_arrival){.pixels = pixels};
    status = wck_block_init(&arrival->block, warp, wck_block_capacity(warp), err);
    if (status != WCK_OK)
        return status;
    arrival->sum = calloc(pixels, sizeof *arrival->sum);
    arrival->magnitude = calloc(pixels, sizeof *arrival->magnitude);
    arrival->terms = calloc(pixels, sizeof *arrival->terms);
    arrival->behind = calloc(pixels, sizeof *arrival->behind);
    arrival->firm = calloc(pixels, 1);
    if (arrival->sum == NULL || arrival->magnitude == NULL || arrival->terms == NULL ||
        arrival->behind == NULL || arrival->firm == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

void wck_arrival_release(struct wck_arrival *arrival)
{
    wck_block_release(&arrival->block);
    free(arrival->sum);
    free(arrival->magnitude);
    free(arrival->terms);
    free(arrival->behind);
    free(arrival->firm);
    *arrival = (struct wck_arrival){0};
}

bool wck_arrival_uniform(const struct wck_coverage_request *request)
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

static void add_tap(struct wck_arrival *arrival, const struct wck_tap *tap, double g)
{
    ptrdiff_t p = tap->pixel;

    if (p == WCK_BORDER_VALUE || is_exactly_zero(g))
        return;
    if (isfinite(g))
        arrival->behind[p] += fabs(g);
    if (is_exactly_zero(tap->weight))
        return;
    arrival->sum[p] += tap->weight * g;
    arrival->magnitude[p] += fabs(tap->weight * g);
    arrival->terms[p]++;
}

/* What the weight may be where it is exactly 0 in a given gradient: to first order what
 * the coordinate's error makes of it, and its own.  A footprint's changes with its
 * shape too, and by no more than the moves of its corners. */
static double slack_of(const struct wck_arrival *arrival, const struct wck_tap *tap)
{
    double sway = arrival->block.has_footprint
                      ? 1.0
                      : fabs(tap->slope[WCK_X]) + fabs(tap->slope[WCK_Y]);

    return arrival->coordinate_error * sway + arrival->weight_error;
}

static void count_read(struct wck_arrival *arrival, const struct wck_tap *tap,
                       uint32_t *reads, double *weight)
{
    ptrdiff_t p = tap->pixel;

    if (p == WCK_BORDER_VALUE)
        return;
    reads[p] += reads[p] < UINT32_MAX;
    weight[p] += fabs(tap->weight);
    if (fabs(tap->weight) > slack_of(arrival, tap))
        arrival->firm[p] = 1;
}

static void clear(struct wck_arrival *arrival)
{
    memset(arrival->sum, 0, arrival->pixels * sizeof *arrival->sum);
    memset(arrival->magnitude, 0, arrival->pixels * sizeof *arrival->magnitude);
    memset(arrival->terms, 0, arrival->pixels * sizeof *arrival->terms);
    memset(arrival->behind, 0, arrival->pixels * sizeof *arrival->behind);
    arrival->non_finite = 0;
}

void wck_arrival_plane(struct wck_arrival *arrival,
                       const struct wck_coverage_request *request, size_t plane,
                       uint32_t *reads, double *weight)
{
    const struct wck_warp *warp = request->warp;
    struct wck_block *block = &arrival->block;
    size_t samples = wck_warp_samples(warp), count;
    struct wck_walk walk;
    struct wck_tap tap;

    clear(arrival);
    for (size_t first = 0; first < samples; first += count) {
        count = samples - first < block->capacity ? samples - first : block->capacity;
        wck_block_fill(block, warp, first, count);
        for (size_t i = 0; i < count; i++) {
            double g = upstream_at(request, plane, first + i);

            if (!isfinite(g) || !isfinite(block->x[i]) || !isfinite(block->y[i]))
                arrival->non_finite++;
            if (isfinite(g) && fabs(g) > arrival->largest)
                arrival->largest = fabs(g);
            wck_walk_begin(&walk, warp, block, i);
            while (wck_walk_next(&walk, &tap)) {
                add_tap(arrival, &tap, g);
                if (reads != NULL)
                    count_read(arrival, &tap, reads, weight);
            }
        }
    }
}
