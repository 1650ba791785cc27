#include "src/coverage/arrival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/walk.h"
#include "src/coverage/reach.h"
#include "src/coverage/slack.h"
#include "src/coverage/sum.h"

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
    arrival->uncertain = calloc(pixels, sizeof *arrival->uncertain);
    arrival->reads = calloc(pixels, sizeof *arrival->reads);
    arrival->weight = calloc(pixels, sizeof *arrival->weight);
    arrival->firm = calloc(pixels, 1);
    arrival->filled = calloc(pixels, 1);
    if (arrival->sum == NULL || arrival->magnitude == NULL || arrival->terms == NULL ||
        arrival->behind == NULL || arrival->uncertain == NULL ||
        arrival->reads == NULL || arrival->weight == NULL || arrival->firm == NULL ||
        arrival->filled == NULL)
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
    free(arrival->uncertain);
    free(arrival->reads);
    free(arrival->weight);
    free(arrival->firm);
    free(arrival->filled);
    *arrival = (struct wck_arrival){0};
}

bool wck_arrival_uniform(const struct wck_coverage_request *request)
{
    return request->upstream == NULL || request->upstream_unknown;
}

/* An unknown upstream gradient is taken as 1: what could arrive, not what does. */
double wck_arrival_upstream(const struct wck_coverage_request *request, size_t plane,
                            size_t sample)
{
    size_t width = request->warp->output_width;

    if (request->upstream_unknown)
        return 1.0;
    if (request->upstream == NULL)
        return request->uniform;
    return wck_image_get(request->upstream, plane, sample / width, sample % width);
}

static void add_tap(struct wck_arrival *arrival, const struct wck_tap *tap, double g)
{
    ptrdiff_t p = tap->pixel;

    if (p == WCK_BORDER_VALUE || wck_is_exactly_zero(g))
        return;
    if (isfinite(g))
        arrival->behind[p] += fabs(g);
    if (wck_is_exactly_zero(tap->weight))
        return;
    arrival->sum[p] += tap->weight * g;
    arrival->magnitude[p] += fabs(tap->weight * g);
    arrival->terms[p]++;
}

const struct wck_warp *wck_arrival_warp(const struct wck_coverage_request *request,
                                        size_t plane)
{
    size_t channels = request->channels > 0 ? request->channels : 1;

    return request->items != NULL ? &request->items[plane / channels] : request->warp;
}

/* What the weight may be where it is exactly 0 in a given gradient.  A bound that the
 * caller knows is one of the weight; else `slack` is the coordinate's error, which
 * makes of the weight what the slopes say, to first order, and the weight has one of
 * its own.
 */
static double largest_zero(const struct wck_arrival *arrival, const struct wck_tap *tap,
                           double slack)
{
    if (!arrival->by_slope)
        return slack;
    return slack * (fabs(tap->slope[WCK_X]) + fabs(tap->slope[WCK_Y])) +
           arrival->weight_error;
}

static void count_read(struct wck_arrival *arrival, const struct wck_tap *tap,
                       double slack)
{
    ptrdiff_t p = tap->pixel;

    if (p == WCK_BORDER_VALUE)
        return;
    arrival->reads[p] += arrival->reads[p] < UINT32_MAX;
    arrival->weight[p] += fabs(tap->weight);
    if (fabs(tap->weight) > largest_zero(arrival, tap, slack))
        arrival->firm[p] = 1;
}

/* The pixels of an axis that the kernel lists for a sample at u: from *first on, *end
 * not among them. */
static void list_axis(const struct wck_kernel *kernel, double u, size_t n,
                      size_t *first, size_t *end)
{
    double low = kernel->base(u) + kernel->first;
    double high = low + (double)kernel->support;

    *first = (size_t)fmin(fmax(low, 0.0), (double)n);
    *end = (size_t)fmin(fmax(high, 0.0), (double)n);
}

/* Notes the pixels that sample i of the block, which was filled whole, would have read
 * as it stood: no border reaches into the image from outside there. */
static void note_filled(struct wck_arrival *arrival, const struct wck_warp *warp,
                        size_t i)
{
    size_t left, right, top, bottom;

    list_axis(warp->kernel, arrival->block.x[i], warp->source_width, &left, &right);
    list_axis(warp->kernel, arrival->block.y[i], warp->source_height, &top, &bottom);
    for (size_t y = top; y < bottom; y++) {
        for (size_t x = left; x < right; x++)
            arrival->filled[y * warp->source_width + x] = 1;
    }
}

static void clear_sums(struct wck_arrival *arrival)
{
    memset(arrival->sum, 0, arrival->pixels * sizeof *arrival->sum);
    memset(arrival->magnitude, 0, arrival->pixels * sizeof *arrival->magnitude);
    memset(arrival->terms, 0, arrival->pixels * sizeof *arrival->terms);
    memset(arrival->behind, 0, arrival->pixels * sizeof *arrival->behind);
    arrival->stray = 0.0;
    arrival->non_finite = 0;
}

static void clear_geometry(struct wck_arrival *arrival)
{
    memset(arrival->reads, 0, arrival->pixels * sizeof *arrival->reads);
    memset(arrival->weight, 0, arrival->pixels * sizeof *arrival->weight);
    memset(arrival->firm, 0, arrival->pixels);
    memset(arrival->filled, 0, arrival->pixels);
}

/* One sample of the block. */
struct sample {
    size_t i;
    double g;        /* its upstream gradient */
    double slack;    /* how far its weights may be off */
    double bound[2]; /* and its coordinates */
    bool geometry;   /* is wanted */
    bool settled;    /* within its bounds it lists the same pixels */
};

/* How far |g| w may be off for a tap that the sample may list.  Where the slack is the
 * coordinate's error, a weight changes by less than twice as much (the steepest slope
 * of a kernel is below 1.8). */
static double uncertainty(const struct wck_arrival *arrival, const struct sample *s)
{
    double weight =
        arrival->by_slope ? 2.0 * s->slack + arrival->weight_error : s->slack;

    return isfinite(s->g) ? fabs(s->g) * fmin(weight, 1.0) : 0.0;
}

/* Adds the taps, and the uncertainty where they are all that it may list. */
static void add_taps(struct wck_arrival *arrival, const struct wck_warp *warp,
                     const struct sample *s, double uncertain)
{
    struct wck_walk walk;
    struct wck_tap tap;

    wck_walk_begin(&walk, warp, &arrival->block, s->i);
    while (wck_walk_next(&walk, &tap)) {
        add_tap(arrival, &tap, s->g);
        if (s->geometry)
            count_read(arrival, &tap, s->slack);
        if (s->settled && uncertain > 0.0 && tap.pixel != WCK_BORDER_VALUE)
            arrival->uncertain[tap.pixel] += uncertain;
    }
}

static void add_sample(struct wck_arrival *arrival, const struct wck_warp *warp,
                       const struct sample *s)
{
    const struct wck_block *block = &arrival->block;
    bool finite = isfinite(block->x[s->i]) && isfinite(block->y[s->i]);
    double uncertain = uncertainty(arrival, s);

    if (!isfinite(s->g) || !finite)
        arrival->non_finite++;
    if (s->geometry && finite && block->filled[s->i])
        note_filled(arrival, warp, s->i);
    add_taps(arrival, warp, s, uncertain);
    if (finite && !s->settled && uncertain > 0.0 &&
        !wck_reach_add(warp, block, s->i, s->bound, uncertain, arrival->uncertain))
        arrival->stray += uncertain;
}

static struct sample sample_of(const struct wck_arrival *arrival,
                               const struct wck_coverage_request *request,
                               const struct wck_slack *slack, size_t plane, size_t i)
{
    const struct wck_block *block = &arrival->block;
    struct sample s = {.i = i,
                       .g = wck_arrival_upstream(request, plane, block->first + i)};

    s.settled = true;
    if (request->gradient == NULL)
        return s;
    s.slack = wck_slack_at(slack, block->first + i, block->x[i], block->y[i], s.bound);
    s.settled = !block->has_footprint &&
                wck_reach_settled(block->x[i], s.bound[WCK_X]) &&
                wck_reach_settled(block->y[i], s.bound[WCK_Y]);
    return s;
}

void wck_arrival_plane(struct wck_arrival *arrival,
                       const struct wck_coverage_request *request, size_t plane,
                       bool geometry)
{
    const struct wck_warp *warp = wck_arrival_warp(request, plane);
    struct wck_block *block = &arrival->block;
    struct wck_slack slack = wck_slack_of(request, plane);
    size_t samples = wck_warp_samples(warp), count;

    /* 1 - f and the product of the axes cost four roundings at 1.  The weight of a
     * footprint changes with its shape too, by no more than its corners move. */
    arrival->by_slope = request->gradient != NULL && request->weight_error == NULL &&
                        !block->has_footprint;
    arrival->weight_error =
        4.0 * fmin(wck_dtype_row(request->dtype)->roundoff, 0x1p-24);
    clear_sums(arrival);
    if (request->gradient != NULL) /* else nothing is ever added */
        memset(arrival->uncertain, 0, arrival->pixels * sizeof *arrival->uncertain);
    if (geometry)
        clear_geometry(arrival);
    for (size_t first = 0; first < samples; first += count) {
        count = samples - first < block->capacity ? samples - first : block->capacity;
        wck_block_fill(block, warp, first, count);
        for (size_t i = 0; i < count; i++) {
            struct sample s = sample_of(arrival, request, &slack, plane, i);

            s.geometry = geometry;
            add_sample(arrival, warp, &s);
        }
    }
}
