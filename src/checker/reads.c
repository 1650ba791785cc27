#include "src/checker/reads.h"

#include <math.h>
#include <stdlib.h>

#include "reference/walk.h"

#define ARRAYS 4

static size_t pixels_of(const struct wck_warp *warp)
{
    return wck_warp_extent(warp, WCK_X) * wck_warp_extent(warp, WCK_Y);
}

static bool is_open(const struct wck_trial *trial, const struct wck_block *block,
                    size_t i)
{
    /* The edge of a footprint may or may not touch one pixel more. */
    return block->has_footprint || wck_trial_at_knot(trial, block, i);
}

static void add_sample(struct wck_reads *reads, const struct wck_trial *trial,
                       const struct wck_block *block, size_t i, size_t plane, double g)
{
    size_t pixels = pixels_of(&trial->problem->warp);
    double off = wck_trial_weight_bound(trial) +
                 wck_trial_coordinate_bound(trial, block, i, 1.0);
    struct wck_walk walk;
    struct wck_tap tap;

    wck_walk_begin(&walk, &trial->problem->warp, block, i);
    while (wck_walk_next(&walk, &tap)) {
        size_t entry = plane * pixels + (size_t)tap.pixel;

        if (tap.pixel == WCK_BORDER_VALUE)
            continue;
        reads->terms[entry] += 1.0;
        reads->magnitude[entry] += fabs(tap.weight * g);
        reads->reach[entry] += fabs(g);
        reads->slack[entry] += fabs(g) * off;
    }
}

/* Where a jump may choose another pixel, that one has the whole weight. */
static double stray_of(const struct wck_trial *trial, const struct wck_block *block,
                       size_t i)
{
    if (wck_trial_uncertain(trial, block, i))
        return wck_trial_norm(trial);
    return wck_trial_weight_bound(trial) +
           wck_trial_coordinate_bound(trial, block, i, 1.0);
}

static void add_plane(struct wck_reads *reads, const struct wck_trial *trial,
                      const struct wck_image *upstream, struct wck_block *block,
                      size_t plane)
{
    double stray = 0.0;
    size_t open = 0;

    for (size_t first = 0; first < wck_warp_samples(&trial->problem->warp);
         first += block->count) {
        wck_trial_fill(trial, block, first);
        for (size_t i = 0; i < block->count; i++) {
            double g = wck_plane_get(upstream, plane, first + i);

            add_sample(reads, trial, block, i, plane, g);
            if (!is_open(trial, block, i))
                continue;
            open++;
            stray += fabs(g) * stray_of(trial, block, i);
        }
    }
    reads->open = open;
    reads->stray = fmax(reads->stray, stray);
}

enum wck_status wck_reads_init(struct wck_reads *reads, const struct wck_trial *trial,
                               const struct wck_image *upstream, struct wck_error *err)
{
    const struct wck_warp *warp = &trial->problem->warp;
    size_t planes = wck_image_planes(upstream), entries = planes * pixels_of(warp);
    struct wck_block block;
    enum wck_status status;

    *reads = (struct wck_reads){.terms = calloc(ARRAYS * entries, sizeof(double))};
    if (reads->terms == NULL)
        return wck_error_no_memory(err);
    reads->magnitude = reads->terms + entries;
    reads->reach = reads->terms + 2 * entries;
    reads->slack = reads->terms + 3 * entries;
    status = wck_block_init(&block, warp, wck_block_capacity(warp), err);
    for (size_t p = 0; p < planes && status == WCK_OK; p++)
        add_plane(reads, trial, upstream, &block, p);
    if (status == WCK_OK)
        wck_block_release(&block);
    return status;
}

void wck_reads_release(struct wck_reads *reads)
{
    free(reads->terms);
    *reads = (struct wck_reads){0};
}
