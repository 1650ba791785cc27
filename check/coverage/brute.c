#include "check/coverage/brute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/oracle/oracle.h"

/* One source pixel of one plane. */
struct cell {
    size_t listed, weighed, sent, alive;
    long double sum, magnitude, total;
};

/* Steps back into the image one reflection or period at a time; -1: the border value.
 */
static long fold(const char *border, long i, long n)
{
    while (i < 0 || i >= n) {
        if (strcmp(border, "constant") == 0)
            return -1;
        if (strcmp(border, "replicate") == 0)
            i = i < 0 ? 0 : n - 1;
        else if (strcmp(border, "reflect") == 0)
            i = i < 0 ? -1 - i : 2 * n - 1 - i;
        else if (strcmp(border, "reflect_101") == 0)
            i = n == 1 ? 0 : i < 0 ? -i : 2 * n - 2 - i;
        else
            i += i < 0 ? n : -n;
    }
    return i;
}

/* Pixels that a sample reads along an axis. */
static int support_of(const char *kernel)
{
    if (strncmp(kernel, "cubic", 5) == 0)
        return 4;
    return strcmp(kernel, "lanczos4") == 0   ? 8
           : strcmp(kernel, "bilinear") == 0 ? 2
                                             : 1;
}

/* The first of them. */
static long double first_of(const char *kernel, long double u)
{
    int support = support_of(kernel);

    return support == 1 ? floorl(u + 0.5L) : floorl(u) - (long double)(support / 2 - 1);
}

/* Lanczos' weight at distance d, before all are made to add up to 1. */
static long double lanczos(long double d)
{
    const long double pi = acosl(-1.0L);

    if (d < 0.0L ? d > -1e-15L : d < 1e-15L)
        return pi * pi / 4.0L;
    if (fpclassify(d - floorl(d)) == FP_ZERO)
        return 0.0L;
    return sinl(pi * d) * sinl(pi * d / 4.0L) / (d * d);
}

/* Weight of pixel first + k for a sample at u. */
static long double weight_of(const char *kernel, long double u, int k)
{
    long double first = first_of(kernel, u), d = fabsl(u - (first + k)), sum = 0.0L, a;

    switch (support_of(kernel)) {
    case 1:
        return 1.0L;
    case 2:
        return 1.0L - d;
    case 4:
        a = strtold(kernel + strlen("cubic"), NULL);
        return d <= 1.0L ? ((a + 2.0L) * d - (a + 3.0L)) * d * d + 1.0L
                         : a * (((d - 5.0L) * d + 8.0L) * d - 4.0L);
    default:
        for (int i = 0; i < 8; i++)
            sum += lanczos(u - (first + i));
        return lanczos(u - (first + k)) / sum;
    }
}

static void add_weight(struct cell *cell, long double weight, double g)
{
    bool weighed = weight > 0.0L || weight<0.0L, sent = g> 0.0 || g < 0.0;

    cell->listed++;
    cell->weighed += weighed;
    cell->sent += weighed && sent;
    cell->alive += sent;
    cell->total += fabsl(weight);
    cell->sum += weight * (long double)g;
    cell->magnitude += fabsl(weight * (long double)g);
}

/* Adds a sample of kernel area, by clipped polygons.  Which pixels a footprint only
 * touches is not known here: none is listed. */
static void add_footprint(const struct brute_scene *scene, long double x, long double y,
                          double g, struct cell *cells)
{
    const double *m = scene->backward;
    struct oracle_warp oracle = {
        .border = scene->border,
        .source = {(int)scene->source_width, (int)scene->source_height, 1}};
    const __float128 a[4] = {m[0], m[1], m[3], m[4]}, centre[2] = {x, y};
    size_t pixels = scene->source_width * scene->source_height;
    __float128 *weight = calloc(pixels + 1, sizeof *weight), f[4];

    oracle_footprint(a, f);
    oracle_area(&oracle, f, centre, weight);
    for (size_t p = 0; p < pixels; p++) {
        /* Sides of footprints along an axis are so, but for the last of 34 digits. */
        if (weight[p] > 1e-25L)
            add_weight(&cells[p], (long double)weight[p], g);
    }
    free(weight);
}

/* Adds sample (x, y) with upstream g.  Taps that fold onto one pixel are merged. */
static void add_sample(const struct brute_scene *scene, long double x, long double y,
                       double g, struct cell *cells)
{
    long pixel[64];
    long double weight[64];
    int count = 0, support = support_of(scene->kernel);
    long double x0 = first_of(scene->kernel, x), y0 = first_of(scene->kernel, y);

    for (int k = 0; k < support * support; k++) {
        int i = k % support, j = k / support, same = 0;
        long px = fold(scene->border, (long)x0 + i, (long)scene->source_width);
        long py = fold(scene->border, (long)y0 + j, (long)scene->source_height);
        long double wx = weight_of(scene->kernel, x, i);
        long double wy = weight_of(scene->kernel, y, j);

        if (px < 0 || py < 0)
            continue;
        while (same < count && pixel[same] != py * (long)scene->source_width + px)
            same++;
        if (same == count) {
            pixel[count] = py * (long)scene->source_width + px;
            weight[count++] = 0.0L;
        }
        weight[same] += wx * wy;
    }
    for (int k = 0; k < count; k++)
        add_weight(&cells[pixel[k]], weight[k], g);
}

/* On which side of the line from a to b is p? */
static long double side(const long double a[2], const long double b[2], long double x,
                        long double y)
{
    return (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
}

static bool in_frame(const struct brute_scene *scene, long double x, long double y)
{
    const double *m = scene->backward;
    long double w = (long double)scene->output_width - 0.5L;
    long double h = (long double)scene->output_height - 0.5L;
    const long double outline[4][2] = {{-0.5L, -0.5L}, {w, -0.5L}, {w, h}, {-0.5L, h}};
    long double corner[4][2];
    bool left = true, right = true;

    for (int k = 0; k < 4; k++) {
        corner[k][0] = m[0] * outline[k][0] + m[1] * outline[k][1] + m[2];
        corner[k][1] = m[3] * outline[k][0] + m[4] * outline[k][1] + m[5];
    }
    for (int k = 0; k < 4; k++) {
        long double s = side(corner[k], corner[(k + 1) % 4], x, y);

        left = left && s >= 0.0L;
        right = right && s <= 0.0L;
    }
    return left || right;
}

static enum brute_reason judge(const struct brute_scene *scene, const struct cell *cell,
                               size_t p)
{
    long double mu = 0x1p-53L * (long double)cell->sent;

    if (cell->listed == 0)
        return in_frame(scene, (long double)(p % scene->source_width),
                        (long double)(p / scene->source_width))
                   ? BRUTE_SKIPPED
                   : BRUTE_OUT_OF_VIEW;
    if (cell->weighed == 0)
        return BRUTE_ZERO_WEIGHT;
    if (cell->sent == 0)
        return BRUTE_UPSTREAM_ZERO;
    if (fabsl(cell->sum) <= mu / (1.0L - mu) * cell->magnitude)
        return BRUTE_CANCELLED;
    return BRUTE_COVERED;
}

static void sum_pixels(const struct brute_scene *scene, struct brute_result *result)
{
    size_t pixels = scene->source_width * scene->source_height;

    for (size_t p = 0; p < pixels; p++) {
        unsigned char first = result->reason[p];

        for (size_t plane = 1; plane < scene->planes; plane++) {
            if (result->reason[plane * pixels + p] < first)
                first = result->reason[plane * pixels + p];
        }
        result->pixels[first]++;
        result->framed_pixels += in_frame(scene, (long double)(p % scene->source_width),
                                          (long double)(p / scene->source_width));
    }
}

struct brute_result brute_explain(const struct brute_scene *scene)
{
    size_t pixels = scene->source_width * scene->source_height;
    size_t outputs = scene->output_width * scene->output_height;
    const double *m = scene->backward;
    struct brute_result result = {.reason = calloc(scene->planes * pixels, 1)};
    struct cell *cells = calloc(pixels, sizeof *cells);
    bool *listed = calloc(pixels, sizeof *listed);
    void (*add)(const struct brute_scene *, long double, long double, double,
                struct cell *) =
        strcmp(scene->kernel, "area") == 0 ? add_footprint : add_sample;

    for (size_t plane = 0; plane < scene->planes; plane++) {
        memset(cells, 0, pixels * sizeof *cells);
        for (size_t o = 0; o < outputs; o++) {
            long double column = (long double)(o % scene->output_width);
            long double row = (long double)(o / scene->output_width);
            double g =
                scene->upstream != NULL ? scene->upstream[plane * outputs + o] : 1.0;

            add(scene, m[0] * column + m[1] * row + m[2],
                m[3] * column + m[4] * row + m[5], g, cells);
        }
        for (size_t p = 0; p < pixels; p++) {
            enum brute_reason reason = judge(scene, &cells[p], p);

            result.reason[plane * pixels + p] = (unsigned char)reason;
            result.entries[reason]++;
            result.listed_entries += cells[p].alive > 0;
            listed[p] = listed[p] || cells[p].alive > 0;
            if (scene->weight != NULL)
                scene->weight[p] = (double)cells[p].total;
        }
    }
    for (size_t p = 0; p < pixels; p++)
        result.listed_pixels += listed[p];
    sum_pixels(scene, &result);
    free(cells);
    free(listed);
    return result;
}
