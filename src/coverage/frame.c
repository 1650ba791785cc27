#include "src/coverage/frame.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define U 0x1p-53 /* unit roundoff of double */

/* The projection X = F0 x + F1 y + F2 and a bound on its error.
 *
 * From source to output the matrix is F itself.  Its entries are decimals rounded once,
 * then a term meets one product and two sums: 4 roundings, and the comparison with the
 * edge a fifth; 6 u, relative to |F0 x| + |F1 y| + |F2|, covers them and their
 * products.
 *
 * From output to source F = D {e, -b, -d, a} with D = 1/(ae - bd), and the exact X is
 * D (e (x - c) - b (y - f)).  The determinant errs by at most 4 u S, S = |ae| + |bd|
 * (two roundings of the entries, a product, a difference), so D relatively by
 * q/(1 - q), q = 4 u S/|ae - bd|.  The other roundings a term meets are at most ten.
 * Relative to |F0| (|x| + |c|) + |F1| (|y| + |f|), which is at least the terms of F2.
 * A q of 1, though there is an inverse, leaves the projection unknown; then everything
 * counts as inside. */
static void init_affine(struct wck_frame *frame, const struct wck_map *map)
{
    static const double unknown[6] = {1.0, 0.0, 1.0, 0.0, 1.0, 1.0};
    const double *m = map->matrix;
    double s, q;

    if (map->direction == WCK_SOURCE_TO_OUTPUT) {
        for (int i = 0; i < 6; i++)
            frame->forward[i] = m[i];
        frame->relative = 6.0 * U;
        return;
    }
    s = fabs(m[0] * m[4]) + fabs(m[1] * m[3]);
    q = 4.0 * U * s / fabs(m[0] * m[4] - m[1] * m[3]);
    frame->relative = q < 1.0 ? q / (1.0 - q) + 12.0 * U : (double)INFINITY;
    frame->offset[0] = fabs(m[2]);
    frame->offset[1] = fabs(m[5]);
    if (wck_affine_invert(m, frame->forward, NULL) == WCK_OK)
        return;
    memcpy(frame->forward, unknown, sizeof unknown);
    frame->relative = (double)INFINITY;
}

static bool between_edges(const struct wck_frame *frame, int row, double x, double y)
{
    const double *f = frame->forward + (ptrdiff_t)3 * row;
    double at = f[0] * x + f[1] * y + f[2];
    double size = fabs(f[0]) * (x + frame->offset[0]) +
                  fabs(f[1]) * (y + frame->offset[1]) + fabs(f[2]);
    double slack = frame->relative * size;

    return at >= -0.5 - slack && at <= frame->output[row] - 0.5 + slack;
}

bool wck_frame_contains(const struct wck_frame *frame, size_t x, size_t y)
{
    if (frame->inside != NULL)
        return frame->inside[y * frame->source_width + x] != 0;
    if (frame->collapsed.is_one)
        return wck_collapsed_holds(&frame->collapsed, (double)x, (double)y);
    if (frame->projects)
        return wck_projection_holds(&frame->projection, frame->output, (double)x,
                                    (double)y);
    return between_edges(frame, 0, (double)x, (double)y) &&
           between_edges(frame, 1, (double)x, (double)y);
}

struct point {
    double x, y;
};

/* A raster of differences along the rows: a span adds 1 at its first pixel and takes it
 * away after its last, so that a span costs the same however long it is. */
struct raster {
    uint32_t *step; /* height rows of width + 1 */
    size_t width, height;
};

/* Where the samples lie, in pixels: `x` and `y` of one allocation. */
struct samples {
    double *x, *y;
    size_t width, height;
};

/* Widens [*low, *high] by where the edge a-b meets row y, if it does. */
static void meet_edge(struct point a, struct point b, double y, double slack,
                      double *low, double *high)
{
    double top = fmin(a.y, b.y), bottom = fmax(a.y, b.y);
    double t;

    if (y < top - slack || y > bottom + slack)
        return;
    if (bottom - top <= slack) { /* it lies along the row */
        *low = fmin(*low, fmin(a.x, b.x));
        *high = fmax(*high, fmax(a.x, b.x));
        return;
    }
    t = fmin(fmax((y - a.y) / (b.y - a.y), 0.0), 1.0);
    *low = fmin(*low, a.x + t * (b.x - a.x));
    *high = fmax(*high, a.x + t * (b.x - a.x));
}

/* Marks the pixel centres in a closed triangle.  `slack` bounds the rounding of corner
 * and intersection: a few roundings at the magnitude of the coordinates, and of the
 * image, through whose size normalised ones went. */
static void mark_triangle(const struct raster *raster, struct point a, struct point b,
                          struct point c)
{
    double last_x = (double)(raster->width - 1), last_y = (double)(raster->height - 1);
    double large = fmax(fmax(fabs(a.x), fabs(a.y)), fmax(fabs(b.x), fabs(b.y)));
    double size = fmax(fmax(large, fmax(last_x, last_y)), fmax(fabs(c.x), fabs(c.y)));
    double slack = 16.0 * U * size;
    double top = fmax(ceil(fmin(a.y, fmin(b.y, c.y)) - slack), 0.0);
    double bottom = fmin(floor(fmax(a.y, fmax(b.y, c.y)) + slack), last_y);

    for (double y = top; y <= bottom; y += 1.0) {
        uint32_t *row = raster->step + (size_t)y * (raster->width + 1);
        double low = (double)INFINITY, high = -(double)INFINITY;

        meet_edge(a, b, y, slack, &low, &high);
        meet_edge(b, c, y, slack, &low, &high);
        meet_edge(c, a, y, slack, &low, &high);
        low = fmax(ceil(low - slack), 0.0);
        high = fmin(floor(high + slack), last_x);
        if (low > high)
            continue;
        row[(size_t)low]++;
        row[(size_t)high + 1]--;
    }
}

/* The two samples and their weights that make node i of an axis of n samples; nodes
 * stand at -1/2, 0, 1, ..., n-1, n-1/2. */
struct mix {
    size_t index[2];
    double weight[2];
    double unit; /* added along the axis where there is only one sample */
};

static struct mix mix_node(size_t i, size_t n)
{
    struct mix mix = {.index = {0, 0}, .weight = {1.0, 0.0}};

    if (i > 0 && i <= n) {
        mix.index[0] = mix.index[1] = i - 1;
    } else if (n == 1) {
        mix.unit = i == 0 ? -0.5 : 0.5;
    } else {
        mix.index[0] = i == 0 ? 0 : n - 1;
        mix.index[1] = i == 0 ? 1 : n - 2;
        mix.weight[0] = 1.5;
        mix.weight[1] = -0.5;
    }
    return mix;
}

static double mix_value(const double *value, size_t width, const struct mix *across,
                        const struct mix *down)
{
    double sum = 0.0;

    for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 2; k++) {
            double weight = across->weight[k] * down->weight[j];

            /* Weight 0 is "not used", so that it hides a NaN. */
            if (fabs(weight) > 0.0)
                sum += weight * value[down->index[j] * width + across->index[k]];
        }
    }
    return sum;
}

static struct point node(const struct samples *samples, size_t column, size_t row)
{
    struct mix across = mix_node(column, samples->width);
    struct mix down = mix_node(row, samples->height);

    return (struct point){
        mix_value(samples->x, samples->width, &across, &down) + across.unit,
        mix_value(samples->y, samples->width, &across, &down) + down.unit,
    };
}

static bool finite_point(struct point p)
{
    return isfinite(p.x) && isfinite(p.y);
}

static void mark_cells(const struct raster *raster, const struct samples *samples)
{
    for (size_t row = 0; row <= samples->height; row++) {
        for (size_t column = 0; column <= samples->width; column++) {
            struct point a = node(samples, column, row);
            struct point b = node(samples, column + 1, row);
            struct point c = node(samples, column + 1, row + 1);
            struct point d = node(samples, column, row + 1);

            if (!finite_point(a) || !finite_point(b) || !finite_point(c) ||
                !finite_point(d))
                continue;
            mark_triangle(raster, a, b, c);
            mark_triangle(raster, a, c, d);
        }
    }
}

/* In double precision, whatever the convention computes with. */
static enum wck_status locate(struct samples *samples, const struct wck_warp *warp,
                              struct wck_error *err)
{
    struct wck_warp exact = *warp;
    size_t count = wck_warp_samples(warp);
    struct wck_block block = {.count = count, .capacity = count};

    *samples =
        (struct samples){.width = warp->output_width, .height = warp->output_height};
    samples->x = calloc(2 * count, sizeof *samples->x);
    if (samples->x == NULL)
        return wck_error_no_memory(err);
    block.x = samples->x;
    block.y = samples->y = samples->x + count;
    exact.arithmetic = NULL;
    wck_warp_stages(&exact)->coordinate(&exact, &block);
    return WCK_OK;
}

static enum wck_status init_cells(struct wck_frame *frame, const struct wck_warp *warp,
                                  struct wck_error *err)
{
    struct samples samples;
    struct raster raster = {.width = warp->source_width, .height = warp->source_height};
    enum wck_status status = locate(&samples, warp, err);

    raster.step = calloc((raster.width + 1) * raster.height, sizeof *raster.step);
    frame->inside = calloc(raster.width * raster.height, 1);
    if (raster.step == NULL || frame->inside == NULL)
        status = wck_error_no_memory(err);
    if (status != WCK_OK)
        goto done;
    mark_cells(&raster, &samples);
    for (size_t y = 0; y < raster.height; y++) {
        uint32_t depth = 0;

        for (size_t x = 0; x < raster.width; x++) {
            depth += raster.step[y * (raster.width + 1) + x];
            frame->inside[y * raster.width + x] = depth > 0;
        }
    }
done:
    free(raster.step);
    free(samples.x);
    return status;
}

enum wck_status wck_frame_init(struct wck_frame *frame, const struct wck_warp *warp,
                               struct wck_error *err)
{
    *frame = (struct wck_frame){.source_width = warp->source_width};
    frame->output[0] = (double)warp->output_width;
    frame->output[1] = (double)warp->output_height;
    if (!wck_map_has_matrix(&warp->map))
        return init_cells(frame, warp, err);
    frame->projects = warp->map.kind == WCK_MAP_HOMOGRAPHY ||
                      warp->map.source_units != NULL || warp->map.output_units != NULL;
    if (frame->projects) {
        frame->projection = wck_projection_of(warp);
        return WCK_OK;
    }
    frame->collapsed = wck_collapsed_of(warp);
    init_affine(frame, &warp->map);
    return WCK_OK;
}

void wck_frame_release(struct wck_frame *frame)
{
    free(frame->inside);
    *frame = (struct wck_frame){0};
}
