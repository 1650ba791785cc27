#include "src/coverage/reached.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/walk.h"
#include "src/coverage/arrival.h"
#include "src/coverage/sum.h"

bool wck_arrived_counts(const struct wck_arrived *arrived, double detour,
                        enum wck_dtype dtype)
{
    double sum = arrived->sum, magnitude = arrived->magnitude, rounded;

    if (!(arrived->terms > 0.0) || !isfinite(sum))
        return false;
    if (arrived->terms > 1.0 && magnitude > 0.0 &&
        fabs(sum) <= wck_sum_rounding(arrived->terms + detour, 0x1p-53, magnitude))
        return false;
    rounded = wck_dtype_round(dtype, sum);
    return isfinite(rounded) && !wck_is_exactly_zero(rounded);
}

static void add_tap(struct wck_arrived *arrived, double weight, double g)
{
    if (wck_is_exactly_zero(weight))
        return;
    arrived->sum += weight * g;
    arrived->magnitude += fabs(weight * g);
    arrived->terms += 1.0;
}

static void add_footprint(struct wck_arrived *arrived, const struct wck_warp *warp,
                          const struct wck_block *block, size_t i, double g)
{
    struct wck_walk walk;
    struct wck_tap tap;

    wck_walk_begin(&walk, warp, block, i);
    while (wck_walk_next(&walk, &tap)) {
        if (tap.pixel != WCK_BORDER_VALUE)
            add_tap(arrived + tap.pixel, tap.weight, g);
    }
}

/* The products of the two stencils, as wck_block_taps makes them. */
static void add_products(struct wck_arrived *arrived, const struct wck_warp *warp,
                         const struct wck_block *block, size_t i, double g)
{
    const struct wck_stencil *x = &block->across[i], *y = &block->down[i];

    for (int j = 0; j < y->count; j++) {
        struct wck_arrived *row;

        if (y->index[j] == WCK_BORDER_VALUE)
            continue;
        row = arrived + y->index[j] * (ptrdiff_t)warp->source_width;
        for (int k = 0; k < x->count; k++) {
            if (x->index[k] != WCK_BORDER_VALUE)
                add_tap(row + x->index[k], y->weight[j] * x->weight[k], g);
        }
    }
}

void wck_arrived_plane(struct wck_arrived *arrived, struct wck_block *block,
                       const struct wck_coverage_request *request, size_t plane)
{
    struct wck_warp light = *request->warp;
    const struct wck_warp *warp = &light;
    size_t samples = wck_warp_samples(warp), count;

    light.weights_only = true;
    memset(arrived, 0, warp->source_width * warp->source_height * sizeof *arrived);
    for (size_t first = 0; first < samples; first += count) {
        count = samples - first < block->capacity ? samples - first : block->capacity;
        wck_block_fill(block, warp, first, count);
        for (size_t i = 0; i < count; i++) {
            double g = wck_arrival_upstream(request, plane, first + i);

            if (wck_is_exactly_zero(g))
                continue;
            if (block->has_footprint)
                add_footprint(arrived, warp, block, i, g);
            else
                add_products(arrived, warp, block, i, g);
        }
    }
}

void wck_reached_add(struct wck_reached *reached, size_t p, size_t planes)
{
    reached->entries += planes;
    reached->pixels += reached->covered[p] == 0;
    reached->covered[p] = 1;
}

static void count_planes(struct wck_reached *reached, struct wck_arrived *arrived,
                         struct wck_block *block,
                         const struct wck_coverage_request *request)
{
    size_t pixels = request->warp->source_width * request->warp->source_height;
    size_t planes = (request->batch > 0 ? request->batch : 1) *
                    (request->channels > 0 ? request->channels : 1);
    size_t alike = wck_arrival_uniform(request) ? planes : 1;

    for (size_t plane = 0; plane < planes; plane += alike) {
        wck_arrived_plane(arrived, block, request, plane);
        for (size_t p = 0; p < pixels; p++) {
            if (wck_arrived_counts(&arrived[p], 0.0, request->dtype))
                wck_reached_add(reached, p, alike);
        }
    }
}

enum wck_status wck_reached_count(struct wck_reached *reached,
                                  const struct wck_coverage_request *request,
                                  struct wck_error *err)
{
    const struct wck_warp *warp = request->warp;
    size_t pixels = warp->source_width * warp->source_height;
    struct wck_arrived *arrived = calloc(pixels, sizeof *arrived);
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    *reached = (struct wck_reached){.covered = calloc(pixels, 1)};
    if (status == WCK_OK && (arrived == NULL || reached->covered == NULL))
        status = wck_error_no_memory(err);
    if (status == WCK_OK)
        count_planes(reached, arrived, &block, request);
    wck_block_release(&block);
    free(arrived);
    return status;
}

void wck_reached_release(struct wck_reached *reached)
{
    free(reached->covered);
    *reached = (struct wck_reached){0};
}
