#include "src/run/reduction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/coverage/arrival.h"
#include "src/coverage/sum.h"

size_t wck_reduction_extent(const struct wck_reduction *reduction, size_t n)
{
    return (n + reduction->block - 1) / reduction->block;
}

void wck_reduction_range(const struct wck_reduction *reduction, size_t q, size_t n,
                         size_t *low, size_t *high)
{
    size_t first = q * reduction->block;
    size_t last = first + reduction->block - 1 + reduction->radius;

    *low = first > reduction->radius ? first - reduction->radius : 0;
    *high = last < n ? last : n - 1;
}

/* Pixels read to reduce one line of n. */
static double line_taps(const struct wck_reduction *reduction, size_t n)
{
    double taps = 0.0;
    size_t low, high;

    for (size_t q = 0; q < wck_reduction_extent(reduction, n); q++) {
        wck_reduction_range(reduction, q, n, &low, &high);
        taps += (double)(high - low + 1);
    }
    return taps;
}

double wck_reduction_taps(const struct wck_reduction *reduction)
{
    size_t columns = wck_reduction_extent(reduction, reduction->width);

    return (double)reduction->height * line_taps(reduction, reduction->width) +
           (double)columns * line_taps(reduction, reduction->height);
}

/* What arrives at the pixels of one plane. */
struct arrived {
    double *sum, *magnitude; /* of g w, and of |g w| */
    double *terms;           /* how many they are */
};

/* Spreads a line of reduced pixels over the n source pixels they are means of; pixels
 * of both lie `step` apart.  Where it counts, every pixel is given the whole. */
static void spread_line(const struct wck_reduction *reduction, const double *from,
                        double *to, size_t n, size_t step, bool counts)
{
    size_t low, high;

    for (size_t q = 0; q < wck_reduction_extent(reduction, n); q++) {
        wck_reduction_range(reduction, q, n, &low, &high);
        for (size_t p = low; p <= high; p++)
            to[p * step] +=
                counts ? from[q * step] : from[q * step] / (double)(high - low + 1);
    }
}

/* The transpose of the reduction: along y into `half` (the source's height, the reduced
 * width), then along x. */
static void spread(const struct wck_reduction *reduction, const double *from,
                   double *half, double *to, bool counts)
{
    size_t width = wck_reduction_extent(reduction, reduction->width);

    memset(half, 0, reduction->height * width * sizeof *half);
    memset(to, 0, reduction->height * reduction->width * sizeof *to);
    for (size_t x = 0; x < width; x++)
        spread_line(reduction, from + x, half + x, reduction->height, width, counts);
    for (size_t y = 0; y < reduction->height; y++)
        spread_line(reduction, half + y * width, to + y * reduction->width,
                    reduction->width, 1, counts);
}

/* A term also meets two divisions, and of the sums along y and along x at most as many
 * additions as there are terms in all. */
static bool cancels(const struct arrived *arrived, size_t p)
{
    return arrived->terms[p] > 1.0 && arrived->magnitude[p] > 0.0 &&
           fabs(arrived->sum[p]) <= wck_sum_rounding(arrived->terms[p] + 2.0, 0x1p-53,
                                                     arrived->magnitude[p]);
}

static bool is_covered(const struct arrived *arrived, enum wck_dtype dtype, size_t p)
{
    double value = wck_dtype_round(dtype, arrived->sum[p]);

    return arrived->terms[p] > 0.0 && isfinite(value) && !wck_is_exactly_zero(value) &&
           !cancels(arrived, p);
}

struct work {
    struct wck_arrival arrival;
    struct arrived arrived;
    double *half, *terms; /* terms: of the reduced pixels */
};

static enum wck_status work_init(struct work *work,
                                 const struct wck_reduction *reduction,
                                 const struct wck_warp *warp, struct wck_error *err)
{
    size_t pixels = reduction->height * reduction->width;
    enum wck_status status = wck_arrival_init(&work->arrival, warp, err);

    if (status != WCK_OK)
        return status;
    work->half = calloc(reduction->height * warp->source_width, sizeof(double));
    work->terms = calloc(work->arrival.pixels, sizeof(double));
    work->arrived.sum = calloc(pixels, sizeof(double));
    work->arrived.magnitude = calloc(pixels, sizeof(double));
    work->arrived.terms = calloc(pixels, sizeof(double));
    return work->half != NULL && work->terms != NULL && work->arrived.sum != NULL &&
                   work->arrived.magnitude != NULL && work->arrived.terms != NULL
               ? WCK_OK
               : wck_error_no_memory(err);
}

static void work_release(struct work *work)
{
    wck_arrival_release(&work->arrival);
    free(work->half);
    free(work->terms);
    free(work->arrived.sum);
    free(work->arrived.magnitude);
    free(work->arrived.terms);
}

static void arrive(struct work *work, const struct wck_reduction *reduction,
                   const struct wck_coverage_request *request, size_t plane)
{
    struct wck_arrival *arrival = &work->arrival;

    wck_arrival_plane(arrival, request, plane, false);
    for (size_t q = 0; q < arrival->pixels; q++)
        work->terms[q] = (double)arrival->terms[q];
    spread(reduction, arrival->sum, work->half, work->arrived.sum, false);
    spread(reduction, arrival->magnitude, work->half, work->arrived.magnitude, false);
    spread(reduction, work->terms, work->half, work->arrived.terms, true);
}

static void count_planes(struct wck_reduced *reduced, struct work *work,
                         const struct wck_reduction *reduction,
                         const struct wck_coverage_request *request)
{
    size_t planes = (request->batch > 0 ? request->batch : 1) *
                    (request->channels > 0 ? request->channels : 1);
    size_t pixels = reduction->height * reduction->width;
    bool uniform = wck_arrival_uniform(request);

    for (size_t plane = 0; plane < planes; plane++) {
        if (plane == 0 || !uniform)
            arrive(work, reduction, request, plane);
        for (size_t p = 0; p < pixels; p++) {
            bool covered = is_covered(&work->arrived, request->dtype, p);

            reduced->entries += covered;
            reduced->pixels += covered && reduced->covered[p] == 0;
            reduced->covered[p] |= covered;
        }
    }
}

enum wck_status wck_reduced_count(struct wck_reduced *reduced,
                                  const struct wck_reduction *reduction,
                                  const struct wck_coverage_request *request,
                                  struct wck_error *err)
{
    struct work work = {.half = NULL};
    enum wck_status status;

    *reduced = (struct wck_reduced){
        .covered = calloc(reduction->height * reduction->width, 1)};
    status = reduced->covered == NULL ? wck_error_no_memory(err)
                                      : work_init(&work, reduction, request->warp, err);
    if (status == WCK_OK)
        count_planes(reduced, &work, reduction, request);
    work_release(&work);
    return status;
}

void wck_reduced_release(struct wck_reduced *reduced)
{
    free(reduced->covered);
    *reduced = (struct wck_reduced){0};
}
