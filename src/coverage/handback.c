#include "src/coverage/handback.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/walk.h"
#include "src/coverage/arrival.h"
#include "src/coverage/sum.h"

/* The reasons of the reference's own gradient are the first ones, and non-finite. */
#define OWN_REASONS (WCK_UNDERFLOW + 1)

_Static_assert((OWN_REASONS + 1) * WCK_LINKS <= 64, "a cause is a bit of 64");

static size_t slot_of(enum wck_reason reason)
{
    return reason < OWN_REASONS ? (size_t)reason : OWN_REASONS;
}

static size_t first_bit(wck_causes causes)
{
    return (size_t)__builtin_ctzll(causes);
}

wck_causes wck_cause(enum wck_reason reason, size_t link)
{
    return (wck_causes)1 << (slot_of(reason) * WCK_LINKS + link);
}

enum wck_reason wck_causes_reason(wck_causes causes)
{
    size_t slot = first_bit(causes) / WCK_LINKS;

    return slot < OWN_REASONS ? (enum wck_reason)slot : WCK_NON_FINITE;
}

size_t wck_causes_link(wck_causes causes)
{
    return first_bit(causes) % WCK_LINKS;
}

/* What arrives at a pixel of one plane. */
struct arrived {
    double sum, magnitude; /* of g w, and of |g w| */
    double doubt;          /* of |w| times the doubt of g */
    size_t terms;
    wck_causes causes; /* behind a weight other than 0, where g is 0 or not finite */
};

/* What the pass works with. */
struct work {
    const struct wck_coverage_request *request;
    const struct wck_coverage *coverage;
    const struct wck_handback *from;
    size_t link;
    struct wck_block block;
    struct arrived *arrived; /* one a pixel */
};

static void add_tap(struct arrived *at, double weight, double g, double doubt,
                    wck_causes causes)
{
    if (wck_is_exactly_zero(g) || !isfinite(g)) {
        at->causes |= causes;
        return;
    }
    at->sum += g * weight;
    at->magnitude += fabs(g * weight);
    at->doubt += fabs(weight) * doubt;
    at->terms++;
}

static void add_sample(struct work *work, size_t plane, size_t i)
{
    const struct wck_warp *warp = work->request->warp;
    size_t samples = wck_warp_samples(warp), sample = work->block.first + i;
    size_t entry = plane * samples + sample;
    double g = wck_arrival_upstream(work->request, plane, sample);
    double doubt = work->from != NULL ? work->from->doubt[entry] : 0.0;
    wck_causes causes = work->from != NULL ? work->from->causes[entry] : 0;
    struct wck_walk walk;
    struct wck_tap tap;

    wck_walk_begin(&walk, warp, &work->block, i);
    while (wck_walk_next(&walk, &tap)) {
        if (tap.pixel != WCK_BORDER_VALUE && !wck_is_exactly_zero(tap.weight))
            add_tap(&work->arrived[tap.pixel], tap.weight, g, doubt, causes);
    }
}

static void arrive(struct work *work, size_t plane)
{
    const struct wck_warp *warp = work->request->warp;
    size_t samples = wck_warp_samples(warp), count;
    size_t capacity = work->block.capacity;

    memset(work->arrived, 0, work->coverage->pixels_total * sizeof *work->arrived);
    for (size_t first = 0; first < samples; first += count) {
        count = samples - first < capacity ? samples - first : capacity;
        wck_block_fill(&work->block, warp, first, count);
        for (size_t i = 0; i < count; i++)
            add_sample(work, plane, i);
    }
}

/* How far the sum is off: by its own m roundings and by the doubts
 * that came with its terms. */
static double doubt_of(const struct arrived *at)
{
    return wck_sum_rounding((double)at->terms, 0x1p-53, at->magnitude) + at->doubt;
}

/* Why nothing is handed back where the warp by itself has that reason: what is not its
 * own doing goes on to where it was lost. */
static wck_causes trace(const struct work *work, const struct arrived *at,
                        enum wck_reason reason)
{
    wck_causes lost = 0;

    for (size_t link = 0; link < WCK_LINKS; link++)
        lost |= wck_cause(WCK_NON_FINITE, link);
    if (reason == WCK_UPSTREAM_ZERO && at->causes != 0)
        return at->causes;
    if (reason == WCK_NON_FINITE && (at->causes & lost) != 0)
        return at->causes & lost;
    return wck_cause(reason, work->link);
}

static void hand_back(const struct work *work, struct wck_handback *back, size_t plane,
                      size_t p)
{
    const struct arrived *at = &work->arrived[p];
    size_t entry = plane * work->coverage->pixels_total + p;
    unsigned char reason = work->coverage->reason[entry];
    double *gradient = (double *)back->gradient.tensor.data + entry;
    double doubt = doubt_of(at);

    if (reason != WCK_COVERED)
        back->causes[entry] = trace(work, at, (enum wck_reason)(reason - 1));
    else if (fabs(at->sum) <= doubt)
        back->causes[entry] = wck_cause(WCK_CANCELLED, work->link);
    if (back->causes[entry] == 0) {
        *gradient = at->sum;
        back->doubt[entry] = doubt;
    } else if (reason == 1 + WCK_NON_FINITE) {
        *gradient = (double)NAN;
    }
}

static enum wck_status allocate(struct wck_handback *back,
                                const struct wck_coverage_request *request,
                                const struct wck_coverage *c, struct wck_error *err)
{
    size_t channels = request->channels > 0 ? request->channels : 1;
    enum wck_status status =
        wck_image_new(&back->gradient, WCK_FLOAT64, "NCHW", c->planes / channels,
                      channels, c->height, c->width, err);

    if (status != WCK_OK)
        return status;
    back->doubt = calloc(c->entries_total, sizeof *back->doubt);
    back->causes = calloc(c->entries_total, sizeof *back->causes);
    if (back->doubt == NULL || back->causes == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

enum wck_status wck_handback_make(struct wck_handback *back,
                                  const struct wck_coverage_request *request,
                                  const struct wck_coverage *coverage,
                                  const struct wck_handback *from, size_t link,
                                  struct wck_error *err)
{
    const struct wck_warp *warp = request->warp;
    struct work work = {
        .request = request, .coverage = coverage, .from = from, .link = link};
    enum wck_status status;

    *back = (struct wck_handback){0};
    status = allocate(back, request, coverage, err);
    work.arrived = calloc(coverage->pixels_total, sizeof *work.arrived);
    if (status == WCK_OK && work.arrived == NULL)
        status = wck_error_no_memory(err);
    if (status == WCK_OK)
        status = wck_block_init(&work.block, warp, wck_block_capacity(warp), err);
    for (size_t plane = 0; status == WCK_OK && plane < coverage->planes; plane++) {
        arrive(&work, plane);
        for (size_t p = 0; p < coverage->pixels_total; p++)
            hand_back(&work, back, plane, p);
    }
    wck_block_release(&work.block);
    free(work.arrived);
    return status;
}

void wck_handback_release(struct wck_handback *back)
{
    free(back->gradient.tensor.data);
    free(back->doubt);
    free(back->causes);
    *back = (struct wck_handback){0};
}
