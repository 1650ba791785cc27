#include "src/coverage/coverage.h"

#include <math.h>
#include <stdlib.h>

#include "reference/clip.h"
#include "src/coverage/arrival.h"
#include "src/coverage/frame.h"
#include "src/coverage/spurious.h"
#include "src/coverage/sum.h"

/* What explaining works with; the coverage being made is the caller's. */
struct work {
    const struct wck_coverage_request *request;
    struct wck_coverage *coverage;
    struct wck_frame frame;
    struct wck_arrival arrival;
    double *entry;         /* |gradient| of each covered entry, else 0 */
    unsigned char *framed; /* one a pixel: in some batch item's frame */
};

/* What the taps of one sample do not say. */
static enum wck_status check_served(const struct wck_warp *warp, struct wck_error *err)
{
    enum wck_status status = wck_warp_check(warp, err);

    if (status == WCK_OK && wck_warp_axes(warp) == 3)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "coverage is of images: volumes are not served (where "
                               "the map keeps planes apart, give one plane at a time)");
    if (status == WCK_OK && warp->prefilter != NULL)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "behind a prefilter every pixel gets some gradient from "
                               "every output; coverage is served of the coefficients "
                               "that it makes (prefilter false), and with an "
                               "interpolation that has none, as spline1");
    return status == WCK_OK ? wck_clip_refuse(warp, err) : status;
}

static enum wck_status check_warps(const struct wck_coverage_request *request,
                                   size_t batch, struct wck_error *err)
{
    const struct wck_warp *items = request->items;
    enum wck_status status = check_served(request->warp, err);

    for (size_t i = 0; status == WCK_OK && items != NULL && i < batch; i++)
        status = check_served(&items[i], err);
    return status;
}

static enum wck_status check_shape(const struct wck_image *image, const char *what,
                                   const size_t planes[2], size_t height, size_t width,
                                   struct wck_error *err)
{
    if (image == NULL || (image->batch == planes[0] && image->channels == planes[1] &&
                          image->height == height && image->width == width))
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID,
                         "the %s is %zux%zu with %zu channels and batch %zu; "
                         "%zux%zu with %zu and %zu is needed",
                         what, image->height, image->width, image->channels,
                         image->batch, height, width, planes[1], planes[0]);
}

/* Checks the request, and sets the sizes in `coverage`. */
static enum wck_status check_request(const struct wck_coverage_request *request,
                                     struct wck_coverage *coverage,
                                     struct wck_error *err)
{
    const struct wck_warp *warp = request->warp;
    size_t height = warp->source_height, width = warp->source_width;
    size_t planes[2] = {request->batch > 0 ? request->batch : 1,
                        request->channels > 0 ? request->channels : 1};
    enum wck_status status = check_warps(request, planes[0], err);
    size_t bytes;

    if (status == WCK_OK)
        status = check_shape(request->upstream, "upstream gradient", planes,
                             warp->output_height, warp->output_width, err);
    if (status == WCK_OK)
        status = check_shape(request->gradient, "gradient", planes, height, width, err);
    if (status == WCK_OK)
        status = check_shape(request->numeric, "numeric derivative", planes, height,
                             width, err);
    if (status == WCK_OK)
        status = check_shape(request->response, "response", planes, height, width, err);
    if (status != WCK_OK)
        return status;
    if (wck_dtype_row(request->dtype)->roundoff <= 0.0)
        return wck_error_set(err, WCK_INVALID,
                             "a gradient is kept in a floating-point type, not %s",
                             wck_dtype_row(request->dtype)->name);
    if (__builtin_mul_overflow(planes[0], planes[1], &coverage->planes) ||
        __builtin_mul_overflow(coverage->planes, height * width,
                               &coverage->entries_total) ||
        __builtin_mul_overflow(coverage->entries_total, sizeof(double), &bytes))
        return wck_error_set(err, WCK_INVALID, "the image is too large to index");
    coverage->height = height;
    coverage->width = width;
    coverage->pixels_total = height * width;
    return WCK_OK;
}

static enum wck_status work_init(struct work *work, struct wck_error *err)
{
    struct wck_coverage *c = work->coverage;
    const struct wck_warp *warp = work->request->warp;
    size_t pixels = c->pixels_total;
    enum wck_status status = wck_arrival_init(&work->arrival, warp, err);

    if (status != WCK_OK)
        return status;
    c->reason = calloc(c->entries_total, 1);
    c->pixel_reason = calloc(pixels, 1);
    c->magnitude = calloc(pixels, sizeof *c->magnitude);
    c->reads = calloc(pixels, sizeof *c->reads);
    c->weight = calloc(pixels, sizeof *c->weight);
    c->reachable = calloc(pixels, 1);
    work->framed = calloc(pixels, 1);
    work->entry = calloc(c->entries_total, sizeof *work->entry);
    if (work->request->gradient != NULL && !work->request->upstream_unknown) {
        c->error = calloc(pixels, sizeof *c->error);
        if (c->error == NULL)
            return wck_error_no_memory(err);
    }
    if (c->reason == NULL || c->pixel_reason == NULL || c->magnitude == NULL ||
        c->reads == NULL || c->weight == NULL || c->reachable == NULL ||
        work->framed == NULL || work->entry == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

static void work_release(struct work *work)
{
    wck_frame_release(&work->frame);
    wck_arrival_release(&work->arrival);
    free(work->framed);
    free(work->entry);
}

/* How far a pixel's sum may be off by rounding.
 *
 * The reference's own sums have u = 2^-53 and take w as it stands.  A given gradient
 * was summed in its dtype, and its weights (1 - f, and the product of two axes) cost
 * three roundings more. */
static double rounding_of(const struct work *work, size_t p)
{
    const struct wck_arrival *arrival = &work->arrival;
    bool given = work->request->gradient != NULL;
    double u = given ? wck_dtype_row(work->request->dtype)->roundoff : 0x1p-53;

    return wck_sum_rounding((double)arrival->terms[p] + (given ? 3.0 : 0.0), u,
                            arrival->magnitude[p]);
}

/* Is the sum within its rounding of 0?  One term cannot cancel. */
static bool cancels(const struct work *work, size_t p)
{
    const struct wck_arrival *arrival = &work->arrival;

    return arrival->terms[p] > 1 && arrival->magnitude[p] > 0.0 &&
           fabs(arrival->sum[p]) <= rounding_of(work, p);
}

/* Is a sum that is not 0 in float64 lost to the gradient's type?  The reference's own
 * is rounded once.  A given one was summed in its type: on top of the rounding in
 * proportion to its terms, each product that falls among the subnormals loses up to
 * half the smallest number, and sums of subnormals are exact.  So two products of 0.4
 * of that number make 0, though their sum rounds to 1 of it. */
static bool underflows(const struct work *work, size_t p)
{
    const struct wck_arrival *arrival = &work->arrival;
    const struct wck_dtype_row *row = wck_dtype_row(work->request->dtype);
    double sum = arrival->sum[p], terms = (double)arrival->terms[p];

    if (wck_is_exactly_zero(wck_dtype_round(work->request->dtype, sum)))
        return true;
    return work->request->gradient != NULL &&
           fabs(sum) <= rounding_of(work, p) + 0.5 * terms * row->tiny;
}

/* Why the reference sends nothing to pixel p, or WCK_REASON_COUNT if it does. */
static enum wck_reason reference_reason(const struct work *work, size_t p)
{
    const struct wck_coverage *c = work->coverage;
    const struct wck_arrival *arrival = &work->arrival;

    if (arrival->reads[p] == 0 &&
        !wck_frame_contains(&work->frame, p % c->width, p / c->width))
        return WCK_OUT_OF_VIEW;
    if (arrival->reads[p] == 0)
        return arrival->filled[p] ? WCK_FILLED : WCK_SKIPPED;
    if (!arrival->firm[p])
        return WCK_ZERO_WEIGHT;
    if (arrival->terms[p] == 0)
        return WCK_UPSTREAM_ZERO;
    if (!isfinite(arrival->sum[p]))
        return WCK_NON_FINITE;
    if (work->request->upstream_unknown)
        return WCK_REASON_COUNT;
    if (cancels(work, p))
        return WCK_CANCELLED;
    if (underflows(work, p))
        return WCK_UNDERFLOW;
    return WCK_REASON_COUNT;
}

/* Why a given gradient is 0 at entry (plane, p) where the reference's is not. */
static enum wck_reason subject_reason(const struct work *work, size_t plane, size_t p)
{
    const struct wck_coverage_request *request = work->request;
    size_t y = p / work->coverage->width, x = p % work->coverage->width;
    double numeric = 1.0, response = 1.0;

    if (request->numeric != NULL)
        numeric = wck_image_get(request->numeric, plane, y, x);
    if (request->response != NULL)
        response = wck_image_get(request->response, plane, y, x);
    if (wck_is_exactly_zero(numeric))
        return wck_is_exactly_zero(response) ? WCK_UNEXPLAINED : WCK_PLATEAU;
    if (isnan(numeric))
        return WCK_UNEXPLAINED;
    return request->upstream_unknown ? WCK_UNDETERMINED : WCK_LOST_IN_BACKWARD;
}

/* Notes how far a given gradient is from the reference's (fmax leaves out one that
 * is not a number). */
static void measure_error(struct work *work, size_t p, double value)
{
    double *error = &work->coverage->error[p];
    double off = fabs(value - work->arrival.sum[p]);

    *error = isfinite(value) ? fmax(*error, off) : (double)INFINITY;
}

/* Explains one entry: sets its reason, and counts. */
static void explain_entry(struct work *work, size_t plane, size_t p)
{
    struct wck_coverage *c = work->coverage;
    const struct wck_coverage_request *request = work->request;
    const struct wck_image *given = request->gradient;
    enum wck_reason reason = reference_reason(work, p);
    double value;

    if (given != NULL) {
        value = wck_image_get(given, plane, p / c->width, p % c->width);
        if (c->error != NULL)
            measure_error(work, p, value);
        if (!isfinite(value)) {
            reason = WCK_NON_FINITE;
        } else if (!wck_is_exactly_zero(value)) {
            c->spurious_entries += reason <= WCK_UPSTREAM_ZERO &&
                                   wck_spurious(request, &work->arrival, p, value);
            reason = WCK_REASON_COUNT;
        } else if (reason == WCK_REASON_COUNT) {
            reason = subject_reason(work, plane, p);
        }
    } else {
        value = wck_dtype_round(request->dtype, work->arrival.sum[p]);
        if (reason == WCK_REASON_COUNT && !isfinite(value))
            reason = WCK_NON_FINITE; /* overflow in the gradient's type */
    }
    c->reachable_entries += work->arrival.behind[p] > 0.0;
    c->reachable[p] |= work->arrival.behind[p] > 0.0;
    if (reason != WCK_REASON_COUNT) {
        c->reason[plane * c->pixels_total + p] = (unsigned char)(1 + reason);
        c->reason_entries[reason]++;
        return;
    }
    c->entries_covered++;
    work->entry[plane * c->pixels_total + p] = fabs(value);
    c->magnitude[p] = fmax(c->magnitude[p], fabs(value));
}

/* Sums up over the planes: a pixel's reason, and the counts of pixels. */
static void explain_pixel(struct work *work, size_t p)
{
    struct wck_coverage *c = work->coverage;
    unsigned char first = c->reason[p];

    for (size_t plane = 1; plane < c->planes; plane++) {
        unsigned char reason = c->reason[plane * c->pixels_total + p];

        first = reason < first ? reason : first;
    }
    c->pixel_reason[p] = first;
    if (first == WCK_COVERED)
        c->pixels_covered++;
    else
        c->reason_pixels[first - 1]++;
    c->listed_pixels += c->reads[p] > 0;
    c->reachable_pixels += c->reachable[p];
    c->framed_pixels += work->framed[p];
    c->largest = fmax(c->largest, c->magnitude[p]);
}

/* Adds what the arrival has of a batch item's geometry. */
static void add_geometry(struct work *work)
{
    struct wck_coverage *c = work->coverage;
    const struct wck_arrival *arrival = &work->arrival;

    for (size_t p = 0; p < c->pixels_total; p++) {
        uint32_t room = UINT32_MAX - c->reads[p];

        c->reads[p] += arrival->reads[p] < room ? arrival->reads[p] : room;
        c->weight[p] += arrival->weight[p];
        work->framed[p] |= wck_frame_contains(&work->frame, p % c->width, p / c->width);
    }
}

/* The sums of a plane: its own, and with the geometry of its batch item where that is
 * not the one before's. */
static enum wck_status arrive(struct work *work, size_t plane, struct wck_error *err)
{
    const struct wck_coverage_request *request = work->request;
    size_t channels = request->channels > 0 ? request->channels : 1;
    bool geometry = plane == 0 || (request->items != NULL && plane % channels == 0);
    enum wck_status status = WCK_OK;

    if (geometry) {
        wck_frame_release(&work->frame);
        status = wck_frame_init(&work->frame, wck_arrival_warp(request, plane), err);
    }
    if (status == WCK_OK && (geometry || !wck_arrival_uniform(request)))
        wck_arrival_plane(&work->arrival, request, plane, geometry);
    if (status == WCK_OK && geometry)
        add_geometry(work);
    return status;
}

static enum wck_status explain_all(struct work *work, struct wck_error *err)
{
    struct wck_coverage *c = work->coverage;
    enum wck_status status = WCK_OK;

    for (size_t plane = 0; plane < c->planes && status == WCK_OK; plane++) {
        status = arrive(work, plane, err);
        c->non_finite_outputs += work->arrival.non_finite;
        for (size_t p = 0; p < c->pixels_total && status == WCK_OK; p++)
            explain_entry(work, plane, p);
    }
    for (size_t p = 0; p < c->pixels_total; p++)
        explain_pixel(work, p);
    for (size_t e = 0; e < c->entries_total; e++)
        c->negligible_entries +=
            work->entry[e] > 0.0 && work->entry[e] < WCK_NEGLIGIBLE * c->largest;
    return status;
}

enum wck_status wck_coverage_explain(struct wck_coverage *coverage,
                                     const struct wck_coverage_request *request,
                                     struct wck_error *err)
{
    struct work work = {.request = request, .coverage = coverage};
    enum wck_status status;

    *coverage = (struct wck_coverage){0};
    status = check_request(request, coverage, err);
    if (status != WCK_OK)
        return status;
    status = work_init(&work, err);
    if (status == WCK_OK)
        status = explain_all(&work, err);
    work_release(&work);
    return status;
}

void wck_coverage_release(struct wck_coverage *coverage)
{
    free(coverage->reason);
    free(coverage->pixel_reason);
    free(coverage->magnitude);
    free(coverage->reads);
    free(coverage->weight);
    free(coverage->reachable);
    free(coverage->error);
    *coverage = (struct wck_coverage){0};
}
