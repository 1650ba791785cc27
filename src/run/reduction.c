#include "src/run/reduction.h"

#include <stdlib.h>
#include <string.h>

#include "src/coverage/arrival.h"

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

/* Spreads a line of reduced pixels over the n source pixels they are means of; pixels
 * of both lie `step` apart.  Terms are counted: every pixel is given them all. */
static void spread_line(const struct wck_reduction *reduction,
                        const struct wck_arrived *from, struct wck_arrived *to,
                        size_t n, size_t step)
{
    size_t low, high;

    for (size_t q = 0; q < wck_reduction_extent(reduction, n); q++) {
        const struct wck_arrived *one = from + q * step;

        wck_reduction_range(reduction, q, n, &low, &high);
        for (size_t p = low; p <= high; p++) {
            to[p * step].sum += one->sum / (double)(high - low + 1);
            to[p * step].magnitude += one->magnitude / (double)(high - low + 1);
            to[p * step].terms += one->terms;
        }
    }
}

/* What arrives: at the reduced pixels, spread along y (the source's height, the reduced
 * width), and at the source's. */
struct work {
    struct wck_block block;
    struct wck_arrived *from, *half, *to;
};

/* The transpose of the reduction: along y, then along x. */
static void spread(struct work *work, const struct wck_reduction *reduction)
{
    size_t width = wck_reduction_extent(reduction, reduction->width);

    memset(work->half, 0, reduction->height * width * sizeof *work->half);
    memset(work->to, 0, reduction->height * reduction->width * sizeof *work->to);
    for (size_t x = 0; x < width; x++)
        spread_line(reduction, work->from + x, work->half + x, reduction->height,
                    width);
    for (size_t y = 0; y < reduction->height; y++)
        spread_line(reduction, work->half + y * width, work->to + y * reduction->width,
                    reduction->width, 1);
}

static enum wck_status work_init(struct work *work,
                                 const struct wck_reduction *reduction,
                                 const struct wck_warp *warp, struct wck_error *err)
{
    enum wck_status status =
        wck_block_init(&work->block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    work->from = calloc(warp->source_height * warp->source_width, sizeof *work->from);
    work->half = calloc(reduction->height * warp->source_width, sizeof *work->half);
    work->to = calloc(reduction->height * reduction->width, sizeof *work->to);
    return work->from != NULL && work->half != NULL && work->to != NULL
               ? WCK_OK
               : wck_error_no_memory(err);
}

static void work_release(struct work *work)
{
    wck_block_release(&work->block);
    free(work->from);
    free(work->half);
    free(work->to);
}

/* A term also meets two divisions, and of the sums along y and along x at most as many
 * additions as there are terms in all. */
static void count_planes(struct wck_reached *reached, struct work *work,
                         const struct wck_reduction *reduction,
                         const struct wck_coverage_request *request)
{
    size_t planes = (request->batch > 0 ? request->batch : 1) *
                    (request->channels > 0 ? request->channels : 1);
    size_t pixels = reduction->height * reduction->width;
    size_t alike = wck_arrival_uniform(request) ? planes : 1;

    for (size_t plane = 0; plane < planes; plane += alike) {
        wck_arrived_plane(work->from, &work->block, request, plane);
        spread(work, reduction);
        for (size_t p = 0; p < pixels; p++) {
            if (wck_arrived_counts(&work->to[p], 2.0, request->dtype))
                wck_reached_add(reached, p, alike);
        }
    }
}

enum wck_status wck_reduced_count(struct wck_reached *reached,
                                  const struct wck_reduction *reduction,
                                  const struct wck_coverage_request *request,
                                  struct wck_error *err)
{
    struct work work = {.from = NULL};
    enum wck_status status;

    *reached = (struct wck_reached){
        .covered = calloc(reduction->height * reduction->width, 1)};
    status = reached->covered == NULL ? wck_error_no_memory(err)
                                      : work_init(&work, reduction, request->warp, err);
    if (status == WCK_OK)
        count_planes(reached, &work, reduction, request);
    work_release(&work);
    return status;
}
