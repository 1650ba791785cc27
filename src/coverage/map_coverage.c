#include "src/coverage/map_coverage.h"

#include <math.h>

#include "src/coverage/map_entry.h"
#include "src/coverage/sum.h"

struct work {
    const struct wck_map_coverage_request *request;
    struct wck_map_coverage *coverage;
    const struct wck_warp *warp; /* of the batch item at hand */
    size_t item;
    struct wck_pass pass;
    struct wck_derivation from; /* of the above */
    struct wck_map_entry entries[WCK_MAP_MATRIX];
    bool doubts; /* some entry of the item's matrix was given as 0 */
};

/* Why a given gradient is 0 where the reference's is not. */
static enum wck_map_reason blame(const struct work *work)
{
    return work->request->upstream_unknown ? WCK_MAP_UNDETERMINED : WCK_MAP_LOST;
}

#define NUDGES 4

/* Candidate k of NUDGES for a coordinate that is off by no more than `bound`: itself,
 * both ends, and the tie among them, where a border may stand still at one point alone.
 */
static double nudge(double u, double bound, int k)
{
    double tie = nearbyint(2.0 * u) / 2.0;

    if (k == 3)
        return fabs(tie - u) <= bound ? tie : u;
    return u + (k == 0 ? 0.0 : k == 1 ? -bound : bound);
}

/* The derivative of sample i where its coordinate is (x, y), held against a gradient
 * that was given; the sample stays there. */
static struct wck_derivative derive_at(struct work *work, size_t i, enum wck_axis axis,
                                       double x, double y)
{
    struct wck_block *block = &work->pass.block;
    struct wck_tap taps[WCK_SAMPLE_TAPS];

    block->x[i] = x;
    block->y[i] = y;
    wck_block_place(block, work->pass.warp, i);
    return wck_derivative_of(&work->from, taps,
                             wck_block_taps(block, i, work->pass.warp, taps), i, axis,
                             true);
}

/* How far the coordinates of sample i may be off; false where nobody knows. */
static bool bound_of(const struct work *work, size_t i, double bound[2])
{
    const struct wck_map_coverage_request *request = work->request;

    bound[WCK_X] = bound[WCK_Y] = 0.0;
    if (request->bound != NULL)
        request->bound(request->bound_state, work->item, work->pass.block.first + i,
                       bound);
    return isfinite(bound[WCK_X]) && isfinite(bound[WCK_Y]);
}

/* How the derivative of sample i may differ where both coordinates are off by no more
 * than their bounds. */
static struct wck_map_doubt doubt_of(struct work *work, size_t i, enum wck_axis axis,
                                     const struct wck_derivative *d)
{
    const double x = work->pass.block.x[i], y = work->pass.block.y[i];
    struct wck_map_doubt doubt = {.reason = WCK_MAP_REASON_COUNT};
    double bound[2];

    if (!bound_of(work, i, bound)) {
        doubt.reason = WCK_MAP_UNDETERMINED;
        return doubt;
    }
    for (int k = 0; k < NUDGES * NUDGES; k++) {
        struct wck_derivative other =
            derive_at(work, i, axis, nudge(x, bound[WCK_X], k % NUDGES),
                      nudge(y, bound[WCK_Y], k / NUDGES));

        wck_map_doubt_add(&doubt, d, &other);
    }
    derive_at(work, i, axis, x, y);
    return doubt;
}

/* The reason of a given zero: one that holds where both coordinates are off by no more
 * than their bounds, or the backward pass. */
static enum wck_map_reason given_reason(struct work *work, size_t i, enum wck_axis axis,
                                        const struct wck_derivative *d)
{
    struct wck_map_doubt doubt = doubt_of(work, i, axis, d);

    return doubt.reason != WCK_MAP_REASON_COUNT ? doubt.reason : blame(work);
}

static void count_coordinate(struct work *work, size_t i, enum wck_axis axis,
                             const struct wck_derivative *d)
{
    const double *given = axis == WCK_X ? work->request->x : work->request->y;
    struct wck_map_coverage *c = work->coverage;
    enum wck_map_reason reason = d->reason;
    size_t sample = work->pass.block.first + i;

    if (given != NULL) {
        double value = given[work->item * wck_warp_samples(work->warp) + sample];

        if (!isfinite(value))
            reason = WCK_MAP_NON_FINITE;
        else if (!wck_is_exactly_zero(value))
            reason = WCK_MAP_REASON_COUNT;
        else if (reason == WCK_MAP_REASON_COUNT)
            reason = given_reason(work, i, axis, d);
    }
    if (reason == WCK_MAP_REASON_COUNT)
        c->covered[axis]++;
    else
        c->reasons[axis][reason]++;
}

/* d(coordinate of sample i along the axis)/d(each entry), by the reference's own
 * pull-back of a unit gradient. */
static void move_matrix(const struct work *work, size_t i, enum wck_axis axis,
                        double moved[WCK_MATRIX])
{
    const struct wck_warp *warp = work->warp;
    const struct wck_map *map = &warp->map;
    size_t output[WCK_AXES], extent[WCK_AXES];
    double at[WCK_AXES], unit[WCK_AXES] = {0.0, 0.0, 0.0};
    double backward[WCK_MATRIX] = {0.0};

    for (int a = 0; a < WCK_AXES; a++) {
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
        extent[a] = wck_warp_extent(warp, (enum wck_axis)a);
    }
    unit[axis] = 1.0;
    wck_warp_position(warp, work->pass.block.first + i, at);
    wck_map_pull(map, at, output, extent, unit, backward);
    wck_map_matrix_gradient(map, backward, moved);
}

/* Adds what one sample makes of each entry. */
static void add_to_matrix(struct work *work, size_t i, enum wck_axis axis,
                          const struct wck_derivative *d)
{
    struct wck_map_doubt doubt = {.reason = WCK_MAP_REASON_COUNT};
    double moved[WCK_MATRIX];

    if (work->doubts && wck_block_has_taps(&work->pass.block, i))
        doubt = doubt_of(work, i, axis, d);
    move_matrix(work, i, axis, moved);
    for (size_t k = 0; k < work->coverage->entries; k++) {
        if (!wck_is_exactly_zero(moved[k]))
            wck_map_entry_add(&work->entries[k], d, &doubt, moved[k]);
    }
}

/* A gradient that was given is judged by the rounding of its own type, the reference's
 * own by that of double. */
static void explain_sample(struct work *work, size_t i)
{
    const struct wck_map_coverage_request *request = work->request;
    const double *given[2] = {request->x, request->y};
    struct wck_tap taps[WCK_SAMPLE_TAPS];
    size_t count = wck_block_taps(&work->pass.block, i, work->pass.warp, taps);

    for (int a = 0; a < 2; a++) {
        enum wck_axis axis = (enum wck_axis)a;
        struct wck_derivative d =
            wck_derivative_of(&work->from, taps, count, i, axis, given[a] != NULL);

        count_coordinate(work, i, axis, &d);
        if (work->coverage->entries == 0)
            continue;
        if ((request->matrix != NULL) != (given[a] != NULL))
            d = wck_derivative_of(&work->from, taps, count, i, axis,
                                  request->matrix != NULL);
        add_to_matrix(work, i, axis, &d);
    }
}

/* Did the backward pass reach the matrix of the item at all? */
static bool reaches(const struct work *work)
{
    const struct wck_map_coverage *c = work->coverage;
    const double *given = work->request->matrix;

    for (size_t k = 0; k < c->entries; k++) {
        if (!wck_is_exactly_zero(given[work->item * c->entries + k]))
            return true;
    }
    return false;
}

static bool has_zero(const struct work *work)
{
    const struct wck_map_coverage *c = work->coverage;
    const double *given = work->request->matrix;

    for (size_t k = 0; given != NULL && k < c->entries; k++) {
        if (wck_is_exactly_zero(given[work->item * c->entries + k]))
            return true;
    }
    return false;
}

static void explain_matrix(struct work *work)
{
    struct wck_map_coverage *c = work->coverage;
    const double *given = work->request->matrix;

    for (size_t k = 0; k < c->entries; k++) {
        const struct wck_map_entry *entry = &work->entries[k];
        enum wck_map_reason reason = wck_map_entry_reason(&work->from, entry);

        if (given != NULL) {
            double value = given[work->item * c->entries + k];

            if (!isfinite(value))
                reason = WCK_MAP_NON_FINITE;
            else if (!wck_is_exactly_zero(value))
                reason = WCK_MAP_REASON_COUNT;
            else if (reason == WCK_MAP_REASON_COUNT)
                reason = wck_map_entry_doubt(&work->from, entry, reaches(work));
            if (reason == WCK_MAP_LOST)
                reason = blame(work);
        }
        if (reason == WCK_MAP_REASON_COUNT)
            c->matrix_covered++;
        else
            c->matrix_reasons[reason]++;
        if (work->item == 0)
            c->entry[k] = reason == WCK_MAP_REASON_COUNT ? WCK_MAP_COVERED
                                                         : (unsigned char)(1 + reason);
    }
}

static enum wck_status explain_item(struct work *work, struct wck_error *err)
{
    const struct wck_map_coverage_request *request = work->request;
    enum wck_status status = wck_pass_init(&work->pass, work->warp, err);
    size_t count;

    work->from.warp = work->warp;
    work->from.source = (struct wck_image){0};
    work->doubts = request->bound != NULL && has_zero(work);
    for (size_t k = 0; k < WCK_MAP_MATRIX; k++)
        work->entries[k] = (struct wck_map_entry){0};
    if (status == WCK_OK && request->image != NULL)
        status = wck_pass_source(work->warp, request->image, &work->from.source, err);
    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&work->pass, first)) > 0;
         first += count) {
        for (size_t i = 0; i < count; i++)
            explain_sample(work, i);
    }
    if (status == WCK_OK)
        explain_matrix(work);
    if (request->image != NULL)
        wck_pass_free(work->warp, &work->from.source);
    wck_pass_release(&work->pass);
    return status;
}

static enum wck_status check_warp(const struct wck_warp *warp, struct wck_error *err)
{
    enum wck_status status = wck_warp_check(warp, err);

    if (status == WCK_OK && (wck_warp_axes(warp) == 3 || warp->kernel->footprint))
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "The map's own gradient is not explained for %s",
                               warp->kernel->footprint ? "kernel area" : "volumes");
    return status;
}

/* Warps of one size, whose matrices have as many entries. */
static bool alike(const struct wck_warp *one, const struct wck_warp *other)
{
    return one->source_width == other->source_width &&
           one->source_height == other->source_height &&
           one->output_width == other->output_width &&
           one->output_height == other->output_height &&
           wck_map_entries(&one->map) == wck_map_entries(&other->map);
}

static bool has_shape(const struct wck_image *image, const size_t planes[2],
                      size_t height, size_t width)
{
    return image == NULL ||
           (image->batch == planes[0] && image->channels == planes[1] &&
            image->height == height && image->width == width);
}

static enum wck_status check(const struct wck_map_coverage_request *request,
                             const size_t planes[2], struct wck_error *err)
{
    const struct wck_warp *warp = request->warp, *items = request->items;
    enum wck_status status = check_warp(warp, err);

    for (size_t i = 0; status == WCK_OK && items != NULL && i < planes[0]; i++) {
        status = check_warp(&items[i], err);
        if (status == WCK_OK && !alike(warp, &items[i]))
            status = wck_error_set(err, WCK_INVALID,
                                   "the warp of item %zu is of another size", i);
    }
    if (status != WCK_OK)
        return status;
    if (!has_shape(request->image, planes, warp->source_height, warp->source_width))
        return wck_error_set(err, WCK_INVALID, "the image is not the warp's source");
    if (!request->upstream_unknown &&
        !has_shape(request->upstream, planes, warp->output_height, warp->output_width))
        return wck_error_set(err, WCK_INVALID,
                             "the upstream gradient is not of the warp's output");
    return WCK_OK;
}

enum wck_status wck_map_coverage_explain(struct wck_map_coverage *coverage,
                                         const struct wck_map_coverage_request *request,
                                         struct wck_error *err)
{
    size_t batch = request->batch > 0 ? request->batch : 1;
    size_t channels = request->channels > 0 ? request->channels : 1;
    size_t items = request->items != NULL ? batch : 1;
    struct work work = {.request = request, .coverage = coverage};
    enum wck_status status = check(request, (size_t[]){batch, channels}, err);

    *coverage = (struct wck_map_coverage){
        .samples = items * wck_warp_samples(request->warp),
        .entries = (size_t)wck_map_entries(&request->warp->map),
        .matrices = items,
    };
    work.from = (struct wck_derivation){
        .request = request,
        .pass = &work.pass,
        .planes = request->items != NULL ? channels : batch * channels,
    };
    for (size_t i = 0; i < items && status == WCK_OK; i++) {
        work.warp = request->items != NULL ? &request->items[i] : request->warp;
        work.item = i;
        work.from.first_plane = i * work.from.planes;
        status = explain_item(&work, err);
    }
    return status;
}

size_t wck_map_coverage_count(const struct wck_map_coverage *coverage,
                              enum wck_map_reason reason)
{
    return coverage->reasons[WCK_X][reason] + coverage->reasons[WCK_Y][reason] +
           coverage->matrix_reasons[reason];
}

size_t wck_map_coverage_faults(const struct wck_map_coverage *coverage)
{
    size_t faults = 0;

    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        enum wck_map_reason reason = (enum wck_map_reason)r;

        if (wck_map_reason_row(reason)->fault)
            faults += wck_map_coverage_count(coverage, reason);
    }
    return faults;
}
