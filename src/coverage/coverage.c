#include "src/coverage/coverage.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "src/coverage/arrival.h"
#include "src/coverage/frame.h"

#define NEGLIGIBLE 1e-6 /* of the largest gradient; a definition, not a tolerance */

/* What explaining works with; the coverage being made is the caller's. */
struct work {
    const struct wck_coverage_request *request;
    struct wck_coverage *coverage;
    struct wck_frame frame;
    struct wck_arrival arrival;
    unsigned char *reachable; /* one a pixel: any plane reaches it */
    double *entry;            /* |gradient| of each covered entry, else 0 */
    double weight_rounding;   /* of a tap in a given gradient's dtype */
    uint32_t reads_largest;
};

static bool is_exactly_zero(double value)
{
    return fpclassify(value) == FP_ZERO;
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
    enum wck_status status = wck_warp_check(warp, err);
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
    enum wck_status status = wck_frame_init(&work->frame, warp, err);

    if (status == WCK_OK)
        status = wck_arrival_init(&work->arrival, warp, err);
    if (status != WCK_OK)
        return status;
    c->reason = calloc(c->entries_total, 1);
    c->pixel_reason = calloc(pixels, 1);
    c->magnitude = calloc(pixels, sizeof *c->magnitude);
    c->reads = calloc(pixels, sizeof *c->reads);
    c->weight = calloc(pixels, sizeof *c->weight);
    work->reachable = calloc(pixels, 1);
    work->entry = calloc(c->entries_total, sizeof *work->entry);
    if (c->reason == NULL || c->pixel_reason == NULL || c->magnitude == NULL ||
        c->reads == NULL || c->weight == NULL || work->reachable == NULL ||
        work->entry == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

static void work_release(struct work *work)
{
    wck_frame_release(&work->frame);
    wck_arrival_release(&work->arrival);
    free(work->reachable);
    free(work->entry);
}

static double largest_finite(const double *values, size_t count)
{
    double largest = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i]) && fabs(values[i]) > largest)
            largest = fabs(values[i]);
    }
    return largest;
}

/* The unit roundoff of a given gradient's coordinates and weights: that of its dtype,
 * but float32's at most, for nobody keeps coordinates in less. */
static double coordinate_roundoff(const struct wck_coverage_request *request)
{
    return fmin(wck_dtype_row(request->dtype)->roundoff, 0x1p-24);
}

/* How far a tap's coordinate may be off where it was computed with unit roundoff v.  An
 * axis' coordinate a X + b Y + c meets four roundings (entry, product, two sums) at up
 * to |a| W + |b| H + |c|, and one that goes through a normalised grid four more at up
 * to the image's size.  The weight itself, 1 - f and the product of the axes, costs
 * four roundings at 1, which are in it as well: so it also bounds, for a kernel that
 * changes by no more than its coordinate, how far a weight may be off. */
static double weight_rounding(const struct wck_coverage_request *request)
{
    const struct wck_warp *warp = request->warp;
    const double *m = warp->map.backward;
    double w = (double)warp->output_width, h = (double)warp->output_height;
    double size = 1.0 + (double)warp->source_width + (double)warp->source_height;

    if (warp->map.kind == WCK_MAP_COORDINATES)
        size += largest_finite(warp->map.x, wck_warp_samples(warp)) +
                largest_finite(warp->map.y, wck_warp_samples(warp));
    else
        size += (fabs(m[0]) + fabs(m[3])) * w + (fabs(m[1]) + fabs(m[4])) * h +
                fabs(m[2]) + fabs(m[5]);
    return 4.0 * coordinate_roundoff(request) * size;
}

/* How far a sum of `terms` products may be off by rounding.
 *
 * A product g w is rounded once and then meets at most m-1 additions (adding to 0 is
 * exact), so the computed sum differs from the exact one by at most gamma_m M, with
 * gamma_m = m u/(1 - m u) and M the exact sum of magnitudes.  The computed M may be
 * short by gamma_m M itself; gamma_m/(1 - gamma_m) = m u/(1 - 2 m u) makes up for it.
 * The reference's own sums have u = 2^-53 and take w as it stands.  A given gradient
 * was summed in its dtype, and its weights (1 - f, and the product of two axes) cost
 * three roundings more. */
static double rounding_of(const struct work *work, size_t p)
{
    const struct wck_arrival *arrival = &work->arrival;
    bool given = work->request->gradient != NULL;
    double u = given ? wck_dtype_row(work->request->dtype)->roundoff : 0x1p-53;
    double mu = u * ((double)arrival->terms[p] + (given ? 3.0 : 0.0));
    double bound = mu < 0.25 ? mu / (1.0 - 2.0 * mu) : 0.5;

    /* Magnitudes may overflow where the sum does not. */
    return bound * fmin(arrival->magnitude[p], DBL_MAX);
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

    if (is_exactly_zero(wck_dtype_round(work->request->dtype, sum)))
        return true;
    return work->request->gradient != NULL &&
           fabs(sum) <= rounding_of(work, p) + 0.5 * terms * row->tiny;
}

/* Why the reference sends nothing to pixel p, or WCK_REASON_COUNT if it does. */
static enum wck_reason reference_reason(const struct work *work, size_t p)
{
    const struct wck_coverage *c = work->coverage;

    if (c->reads[p] == 0)
        return wck_frame_contains(&work->frame, p % c->width, p / c->width)
                   ? WCK_SKIPPED
                   : WCK_OUT_OF_VIEW;
    if (!work->arrival.firm[p])
        return WCK_ZERO_WEIGHT;
    if (work->arrival.terms[p] == 0)
        return WCK_UPSTREAM_ZERO;
    if (!isfinite(work->arrival.sum[p]))
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
    if (is_exactly_zero(numeric))
        return is_exactly_zero(response) ? WCK_UNEXPLAINED : WCK_PLATEAU;
    if (isnan(numeric))
        return WCK_UNEXPLAINED;
    return request->upstream_unknown ? WCK_UNDETERMINED : WCK_LOST_IN_BACKWARD;
}

/* A gradient where the reference has none, beyond what other rounding would give it:
 * the weight of a tap can be off by `weight_rounding`, for as many outputs as read any
 * pixel, each with at most the largest upstream gradient. */
static bool spurious(const struct work *work, double value, enum wck_reason reason)
{
    double slack =
        work->weight_rounding * work->arrival.largest * (1.0 + work->reads_largest);

    return reason <= WCK_UPSTREAM_ZERO && fabs(value) > slack;
}

/* Explains one entry: sets its reason, and counts. */
static void explain_entry(struct work *work, size_t plane, size_t p)
{
    struct wck_coverage *c = work->coverage;
    const struct wck_image *given = work->request->gradient;
    enum wck_reason reason = reference_reason(work, p);
    double value;

    if (given != NULL) {
        value = wck_image_get(given, plane, p / c->width, p % c->width);
        if (!isfinite(value)) {
            reason = WCK_NON_FINITE;
        } else if (!is_exactly_zero(value)) {
            c->spurious_entries += spurious(work, value, reason);
            reason = WCK_REASON_COUNT;
        } else if (reason == WCK_REASON_COUNT) {
            reason = subject_reason(work, plane, p);
        }
    } else {
        value = wck_dtype_round(work->request->dtype, work->arrival.sum[p]);
        if (reason == WCK_REASON_COUNT && !isfinite(value))
            reason = WCK_NON_FINITE; /* overflow in the gradient's type */
    }
    c->reachable_entries += work->arrival.behind[p] > 0.0;
    work->reachable[p] |= work->arrival.behind[p] > 0.0;
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
    c->reachable_pixels += work->reachable[p];
    c->framed_pixels += wck_frame_contains(&work->frame, p % c->width, p / c->width);
    c->largest = fmax(c->largest, c->magnitude[p]);
}

static void explain_all(struct work *work)
{
    struct wck_coverage *c = work->coverage;
    bool uniform = wck_arrival_uniform(work->request);

    for (size_t plane = 0; plane < c->planes; plane++) {
        bool first = plane == 0;

        if (first || !uniform)
            wck_arrival_plane(&work->arrival, work->request, plane,
                              first ? c->reads : NULL, c->weight);
        c->non_finite_outputs += work->arrival.non_finite;
        for (size_t p = 0; first && p < c->pixels_total; p++) {
            if (c->reads[p] > work->reads_largest)
                work->reads_largest = c->reads[p];
        }
        for (size_t p = 0; p < c->pixels_total; p++)
            explain_entry(work, plane, p);
    }
    for (size_t p = 0; p < c->pixels_total; p++)
        explain_pixel(work, p);
    for (size_t e = 0; e < c->entries_total; e++)
        c->negligible_entries +=
            work->entry[e] > 0.0 && work->entry[e] < NEGLIGIBLE * c->largest;
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
    work.weight_rounding = weight_rounding(request);
    status = work_init(&work, err);
    if (request->gradient != NULL) {
        work.arrival.coordinate_error = work.weight_rounding;
        work.arrival.weight_error = 4.0 * coordinate_roundoff(request);
    }
    if (status == WCK_OK)
        explain_all(&work);
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
    *coverage = (struct wck_coverage){0};
}
