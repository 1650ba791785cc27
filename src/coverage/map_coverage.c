#include "src/coverage/map_coverage.h"

#include <math.h>

#include "reference/pass.h"
#include "src/coverage/standstill.h"

/* The derivative of one sample along one axis, by the reference. */
struct derivative {
    enum wck_map_reason reason; /* WCK_MAP_REASON_COUNT: it is not 0 */
    double sum, magnitude;      /* of its terms */
};

/* What sums up to one entry of a matrix. */
struct entry {
    double sum, magnitude;
    size_t terms, tally[WCK_MAP_REASON_COUNT];
};

struct work {
    const struct wck_map_coverage_request *request;
    struct wck_map_coverage *coverage;
    const struct wck_warp *warp; /* of the batch item at hand */
    size_t item, first_plane, planes;
    struct wck_pass pass;
    struct wck_image source; /* that taps are taken of; no data: unknown */
    struct entry entries[WCK_MAP_MATRIX];
};

static bool is_exactly_zero(double value)
{
    return fpclassify(value) == FP_ZERO;
}

/* The gradients given were summed in their own type. */
static double roundoff(const struct wck_map_coverage_request *request, bool given)
{
    return given ? wck_dtype_row(request->dtype)->roundoff : 0x1p-53;
}

/* n u/(1 - n u); 1/2 where that is of no use any more. */
static double gamma_of(double n, double u)
{
    return n * u < 1.0 / 3.0 ? n * u / (1.0 - n * u) : 0.5;
}

static double upstream_at(const struct work *work, size_t plane, size_t sample)
{
    const struct wck_map_coverage_request *request = work->request;
    size_t width = work->warp->output_width;

    if (request->upstream_unknown)
        return 1.0;
    if (request->upstream == NULL)
        return request->uniform;
    return wck_image_get(request->upstream, plane, sample / width, sample % width);
}

/* Slope of one plane along an axis: `sum`, its terms' magnitudes, and whether it is 0
 * within rounding.
 *
 * A tap's slope is a product of the kernel's slope along the axis and its weight along
 * the other, both at most about 1.8: it errs by u times (the roundings of the one)
 * times 1.8 and (those of the other and of the product) times 1.8.  Then the taps are
 * summed: gamma_n of the magnitudes. */
struct slope {
    double sum, magnitude;
    bool flat;
};

static struct slope slope_of(const struct work *work, const struct wck_tap *taps,
                             size_t count, size_t plane, enum wck_axis axis, double u,
                             size_t sample)
{
    const struct wck_warp *warp = work->pass.warp;
    struct wck_plane from = wck_pass_plane(work->warp, &work->source, plane);
    size_t width = warp->source_width;
    double roundings = wck_kernel_roundings(warp->kernel) + 1.0, values = 0.0;
    struct slope slope = {0.0, 0.0, false};

    for (int k = 0; k < warp->kernel->support; k++)
        roundings = fmax(roundings, wck_kernel_slope_roundings(warp->kernel, k));
    for (size_t k = 0; k < count; k++) {
        double value =
            taps[k].pixel == WCK_BORDER_VALUE
                ? wck_plane_outside(warp, &from, sample)
                : wck_image_get(&work->source, plane, (size_t)taps[k].pixel / width,
                                (size_t)taps[k].pixel % width);

        slope.sum += taps[k].slope[axis] * value;
        slope.magnitude += fabs(taps[k].slope[axis] * value);
        values += fabs(value);
    }
    slope.flat = fabs(slope.sum) <= gamma_of((double)count + 1.0, u) * slope.magnitude +
                                        3.6 * roundings * u * values;
    return slope;
}

/* Sums over the planes, and finds the first reason that holds. */
static struct derivative sum_planes(const struct work *work, const struct wck_tap *taps,
                                    size_t count, size_t sample, enum wck_axis axis,
                                    bool given)
{
    double u = roundoff(work->request, given);
    struct derivative d = {WCK_MAP_REASON_COUNT, 0.0, 0.0};
    size_t steep = 0, terms = 0;

    for (size_t p = work->first_plane; p < work->first_plane + work->planes; p++) {
        struct slope slope = slope_of(work, taps, count, p, axis, u, sample);
        double g = upstream_at(work, p, sample);

        if (!isfinite(slope.sum) || !isfinite(g)) {
            d.reason = WCK_MAP_NON_FINITE;
            return d;
        }
        if (slope.flat)
            continue;
        steep++;
        if (is_exactly_zero(g))
            continue;
        terms++;
        d.sum += g * slope.sum;
        d.magnitude += fabs(g) * slope.magnitude;
    }
    if (steep == 0)
        d.reason = WCK_MAP_FLAT;
    else if (work->warp->arithmetic != NULL && work->warp->arithmetic->quantum > 0.0)
        d.reason = WCK_MAP_QUANTISED;
    else if (terms == 0)
        d.reason = WCK_MAP_UPSTREAM_ZERO;
    else if (!work->request->upstream_unknown && terms > 1 &&
             fabs(d.sum) <= gamma_of((double)(terms + count) + 4.0, u) * d.magnitude)
        d.reason = WCK_MAP_CANCELLED;
    return d;
}

/* d(pixel coordinate)/d(what the map holds), by which a given gradient is scaled. */
static double factor_of(const struct wck_warp *warp, enum wck_axis axis)
{
    return wck_map_has_matrix(&warp->map)
               ? 1.0
               : wck_map_factor(&warp->map, wck_warp_extent(warp, axis));
}

static struct derivative derive(const struct work *work, const struct wck_tap *taps,
                                size_t count, size_t i, enum wck_axis axis, bool given)
{
    const struct wck_block *block = &work->pass.block;
    struct derivative d = {wck_standstill(work->pass.warp, block, i, axis), 0.0, 0.0};

    if (d.reason != WCK_MAP_REASON_COUNT)
        return d;
    if (work->source.tensor.data == NULL) {
        d.reason = WCK_MAP_UNDETERMINED;
        return d;
    }
    d = sum_planes(work, taps, count, block->first + i, axis, given);
    if (d.reason == WCK_MAP_REASON_COUNT &&
        is_exactly_zero(
            wck_dtype_round(work->request->dtype, factor_of(work->warp, axis) * d.sum)))
        d.reason = WCK_MAP_UNDERFLOW;
    return d;
}

/* Why a given gradient is 0 where the reference's is not. */
static enum wck_map_reason blame(const struct work *work)
{
    return work->request->upstream_unknown ? WCK_MAP_UNDETERMINED : WCK_MAP_LOST;
}

/* Candidate k of 4 for a coordinate that is off by no more than `bound`: itself, both
 * ends, and the tie among them, where a border may stand still at one point alone. */
static double nudge(double u, double bound, int k)
{
    double tie = nearbyint(2.0 * u) / 2.0;

    if (k == 3)
        return fabs(tie - u) <= bound ? tie : u;
    return u + (k == 0 ? 0.0 : k == 1 ? -bound : bound);
}

/* The reason of a given zero: one that holds where both coordinates are off by no more
 * than their bounds, or the backward pass. */
static enum wck_map_reason given_reason(struct work *work, size_t i, enum wck_axis axis)
{
    const struct wck_map_coverage_request *request = work->request;
    struct wck_block *block = &work->pass.block;
    const double x = block->x[i], y = block->y[i];
    double bound[2] = {0.0, 0.0};
    enum wck_map_reason reason = WCK_MAP_REASON_COUNT;
    struct wck_tap taps[WCK_SAMPLE_TAPS];

    if (request->bound != NULL)
        request->bound(request->bound_state, work->item, block->first + i, bound);
    for (int k = 0; k < 16 && reason == WCK_MAP_REASON_COUNT; k++) {
        block->x[i] = nudge(x, bound[WCK_X], k % 4);
        block->y[i] = nudge(y, bound[WCK_Y], k / 4);
        wck_block_place(block, work->pass.warp, i);
        reason = derive(work, taps, wck_block_taps(block, i, work->pass.warp, taps), i,
                        axis, true)
                     .reason;
    }
    block->x[i] = x;
    block->y[i] = y;
    wck_block_place(block, work->pass.warp, i);
    return reason != WCK_MAP_REASON_COUNT ? reason : blame(work);
}

static void count_coordinate(struct work *work, size_t i, enum wck_axis axis,
                             const struct derivative *d)
{
    const double *given = axis == WCK_X ? work->request->x : work->request->y;
    struct wck_map_coverage *c = work->coverage;
    enum wck_map_reason reason = d->reason;
    size_t sample = work->pass.block.first + i;

    if (given != NULL) {
        double value = given[work->item * wck_warp_samples(work->warp) + sample];

        if (!isfinite(value))
            reason = WCK_MAP_NON_FINITE;
        else if (!is_exactly_zero(value))
            reason = WCK_MAP_REASON_COUNT;
        else if (reason == WCK_MAP_REASON_COUNT)
            reason = given_reason(work, i, axis);
    }
    if (reason == WCK_MAP_REASON_COUNT)
        c->covered[axis]++;
    else
        c->reasons[axis][reason]++;
}

/* Adds what one sample makes of each entry, d(coordinate)/d(entry) by the reference's
 * own pull-back of a unit gradient. */
static void add_to_matrix(struct work *work, size_t i, enum wck_axis axis,
                          const struct derivative *d)
{
    const struct wck_warp *warp = work->warp;
    const struct wck_map *map = &warp->map;
    size_t output[WCK_AXES], extent[WCK_AXES];
    double at[WCK_AXES], unit[WCK_AXES] = {0.0, 0.0, 0.0};
    double backward[WCK_MATRIX] = {0.0}, moved[WCK_MATRIX];

    for (int a = 0; a < WCK_AXES; a++) {
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
        extent[a] = wck_warp_extent(warp, (enum wck_axis)a);
    }
    unit[axis] = 1.0;
    wck_warp_position(warp, work->pass.block.first + i, at);
    wck_map_pull(map, at, output, extent, unit, backward);
    wck_map_matrix_gradient(map, backward, moved);
    for (size_t k = 0; k < work->coverage->entries; k++) {
        struct entry *entry = &work->entries[k];

        if (is_exactly_zero(moved[k]))
            continue;
        if (d->reason != WCK_MAP_REASON_COUNT && d->reason != WCK_MAP_UNDERFLOW) {
            entry->tally[d->reason]++;
            continue;
        }
        entry->sum += d->sum * moved[k];
        entry->magnitude += d->magnitude * fabs(moved[k]);
        entry->terms++;
    }
}

static void explain_sample(struct work *work, size_t i)
{
    const struct wck_map_coverage_request *request = work->request;
    const double *given[2] = {request->x, request->y};
    struct wck_tap taps[WCK_SAMPLE_TAPS];
    size_t count = wck_block_taps(&work->pass.block, i, work->pass.warp, taps);

    for (int a = 0; a < 2; a++) {
        enum wck_axis axis = (enum wck_axis)a;
        struct derivative d = derive(work, taps, count, i, axis, given[a] != NULL);

        count_coordinate(work, i, axis, &d);
        if (work->coverage->entries > 0)
            add_to_matrix(work, i, axis, &d);
    }
}

/* Why the samples of an entry add up to 0; WCK_MAP_REASON_COUNT where they do not. */
static enum wck_map_reason entry_reason(const struct work *work,
                                        const struct entry *entry)
{
    const struct wck_map_coverage_request *request = work->request;
    double u = roundoff(request, request->matrix != NULL);
    double n = (double)(entry->terms + work->planes) + 16.0 +
               (double)(work->warp->kernel->support * work->warp->kernel->support);
    enum wck_map_reason most = WCK_MAP_SIZE_1;
    size_t count = 0;

    if (entry->tally[WCK_MAP_NON_FINITE] > 0 || !isfinite(entry->sum))
        return WCK_MAP_NON_FINITE;
    if (entry->tally[WCK_MAP_UNDETERMINED] > 0)
        return WCK_MAP_UNDETERMINED;
    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        if (entry->tally[r] > count) {
            most = (enum wck_map_reason)r;
            count = entry->tally[r];
        }
    }
    if (entry->terms == 0)
        return most;
    if (request->upstream_unknown)
        return WCK_MAP_REASON_COUNT;
    if (entry->terms > 1 && fabs(entry->sum) <= gamma_of(n, u) * entry->magnitude)
        return WCK_MAP_CANCELLED;
    if (is_exactly_zero(wck_dtype_round(request->dtype, entry->sum)))
        return WCK_MAP_UNDERFLOW;
    return WCK_MAP_REASON_COUNT;
}

static void explain_matrix(struct work *work)
{
    struct wck_map_coverage *c = work->coverage;
    const double *given = work->request->matrix;

    for (size_t k = 0; k < c->entries; k++) {
        enum wck_map_reason reason = entry_reason(work, &work->entries[k]);

        if (given != NULL) {
            double value = given[work->item * c->entries + k];

            if (!isfinite(value))
                reason = WCK_MAP_NON_FINITE;
            else if (!is_exactly_zero(value))
                reason = WCK_MAP_REASON_COUNT;
            else if (reason == WCK_MAP_REASON_COUNT)
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

    work->source = (struct wck_image){0};
    for (size_t k = 0; k < WCK_MAP_MATRIX; k++)
        work->entries[k] = (struct entry){0};
    if (status == WCK_OK && request->image != NULL)
        status = wck_pass_source(work->warp, request->image, &work->source, err);
    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&work->pass, first)) > 0;
         first += count) {
        for (size_t i = 0; i < count; i++)
            explain_sample(work, i);
    }
    if (status == WCK_OK)
        explain_matrix(work);
    if (request->image != NULL)
        wck_pass_free(work->warp, &work->source);
    wck_pass_release(&work->pass);
    return status;
}

static enum wck_status check(const struct wck_map_coverage_request *request,
                             struct wck_error *err)
{
    const struct wck_warp *warp = request->warp;
    enum wck_status status = wck_warp_check(warp, err);

    if (status != WCK_OK)
        return status;
    if (wck_warp_axes(warp) == 3 || warp->kernel->footprint)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "The map's own gradient is not explained for %s",
                             warp->kernel->footprint ? "kernel area" : "volumes");
    if (request->image != NULL && (request->image->width != warp->source_width ||
                                   request->image->height != warp->source_height))
        return wck_error_set(err, WCK_INVALID, "the image is not the warp's source");
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
    enum wck_status status = check(request, err);

    *coverage = (struct wck_map_coverage){
        .samples = items * wck_warp_samples(request->warp),
        .entries = (size_t)wck_map_entries(&request->warp->map),
        .matrices = items,
    };
    work.planes = request->items != NULL ? channels : batch * channels;
    for (size_t i = 0; i < items && status == WCK_OK; i++) {
        work.warp = request->items != NULL ? &request->items[i] : request->warp;
        work.item = i;
        work.first_plane = i * work.planes;
        status = explain_item(&work, err);
    }
    return status;
}
