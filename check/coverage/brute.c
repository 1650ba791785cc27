#include "check/coverage/brute.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/oracle/oracle.h"

/* One source pixel of one plane. */
struct cell {
    size_t listed, filled, weighed, sent, alive;
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

/* Is the sample replaced whole?  Notes the pixels that it would have read. */
static bool fill(const struct brute_scene *scene, long double x, long double y,
                 struct cell *cells)
{
    long width = (long)scene->source_width, height = (long)scene->source_height;
    long x0 = (long)first_of(scene->kernel, x), y0 = (long)first_of(scene->kernel, y);
    int support = support_of(scene->kernel);

    if (!scene->fills || (x >= 0.0L && x <= (long double)(width - 1) && y >= 0.0L &&
                          y <= (long double)(height - 1)))
        return false;
    for (int k = 0; k < support * support; k++) {
        long px = x0 + k % support, py = y0 + k / support;

        if (px >= 0 && px < width && py >= 0 && py < height)
            cells[py * width + px].filled++;
    }
    return true;
}

/* Adds sample (x, y) with upstream g.  Taps that fold onto one pixel are merged. */
static void add_sample(const struct brute_scene *scene, long double x, long double y,
                       double g, struct cell *cells)
{
    long pixel[64];
    long double weight[64];
    int count = 0, support = support_of(scene->kernel);
    long double x0 = first_of(scene->kernel, x), y0 = first_of(scene->kernel, y);

    if (fill(scene, x, y, cells))
        return;
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

/* Does the homography send some position of the rectangle to (x, y)?  The position by
 * Cramer's rule from (h0 - x h6) X + (h1 - x h7) Y = x h8 - h2 and the like of y. */
static bool in_view(const struct brute_scene *scene, long double x, long double y)
{
    const double *h = scene->homography;
    long double a = h[0] - x * h[6], b = h[1] - x * h[7], c = x * h[8] - h[2];
    long double d = h[3] - y * h[6], e = h[4] - y * h[7], f = y * h[8] - h[5];
    long double determinant = a * e - b * d;
    long double column = (c * e - b * f) / determinant;
    long double row = (a * f - c * d) / determinant;

    return column >= -0.5L && column <= (long double)scene->output_width - 0.5L &&
           row >= -0.5L && row <= (long double)scene->output_height - 0.5L;
}

/* A map's value at node i of n: halfway out at both ends, along the line of two. */
static long double node(const double *value, long i, long j, long width, long height)
{
    long double sum = 0.0L;

    for (int k = 0; k < 4; k++) {
        bool across = k % 2 == 1, down = k / 2 == 1;
        bool left = i < 0 || i == width, top = j < 0 || j == height;
        long column = i < 0 ? across : i == width ? width - 1 - across : i;
        long row = j < 0 ? down : j == height ? height - 1 - down : j;

        if ((across && !left) || (down && !top))
            continue;
        sum += (left ? (across ? -0.5L : 1.5L) : 1.0L) *
               (top ? (down ? -0.5L : 1.5L) : 1.0L) * value[row * width + column];
    }
    return sum;
}

static bool in_triangle(const long double (*corner)[2], const int of[3], long double x,
                        long double y)
{
    bool left = true, right = true;
    bool west = true, east = true, north = true, south = true;

    for (int k = 0; k < 3; k++) { /* one that is a line has no inside to be left of */
        west = west && corner[of[k]][0] > x;
        east = east && corner[of[k]][0] < x;
        north = north && corner[of[k]][1] > y;
        south = south && corner[of[k]][1] < y;
    }
    for (int k = 0; k < 3; k++) {
        long double s = side(corner[of[k]], corner[of[(k + 1) % 3]], x, y);

        left = left && s >= 0.0L;
        right = right && s <= 0.0L;
    }
    return (left || right) && !west && !east && !north && !south;
}

/* Nodes lie at -1 (for -1/2), 0, ..., n-1 and n (for n-1/2); both axes have two samples
 * and more. */
static bool in_cells(const struct brute_scene *scene, long double x, long double y)
{
    static const int halves[2][3] = {{0, 1, 2}, {0, 2, 3}};
    long width = (long)scene->output_width, height = (long)scene->output_height;

    for (long j = -1; j < height; j++) {
        for (long i = -1; i < width; i++) {
            long double corner[4][2];

            for (int k = 0; k < 4; k++) {
                long u = i + (k == 1 || k == 2), v = j + (k >= 2);

                corner[k][0] = node(scene->x, u, v, width, height);
                corner[k][1] = node(scene->y, u, v, width, height);
            }
            if (in_triangle((const long double(*)[2])corner, halves[0], x, y) ||
                in_triangle((const long double(*)[2])corner, halves[1], x, y))
                return true;
        }
    }
    return false;
}

static bool in_frame(const struct brute_scene *scene, long double x, long double y)
{
    const double *m = scene->backward;
    long double w = (long double)scene->output_width - 0.5L;
    long double h = (long double)scene->output_height - 0.5L;
    const long double outline[4][2] = {{-0.5L, -0.5L}, {w, -0.5L}, {w, h}, {-0.5L, h}};
    long double corner[4][2];
    bool left = true, right = true;

    if (scene->homography != NULL)
        return in_view(scene, x, y);
    if (scene->x != NULL)
        return in_cells(scene, x, y);
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

    if (cell->listed == 0) {
        if (!in_frame(scene, (long double)(p % scene->source_width),
                      (long double)(p / scene->source_width)))
            return BRUTE_OUT_OF_VIEW;
        return cell->filled > 0 ? BRUTE_FILLED : BRUTE_SKIPPED;
    }
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

/* The source coordinate of output o. */
static void locate(const struct brute_scene *scene, size_t o, long double at[2])
{
    long double column = (long double)(o % scene->output_width);
    long double row = (long double)(o / scene->output_width);
    const double *m = scene->backward, *h = scene->homography;

    for (int axis = 0; axis < 2; axis++, m += 3)
        at[axis] = m[0] * column + m[1] * row + m[2];
    if (scene->x != NULL) {
        at[0] = scene->x[o];
        at[1] = scene->y[o];
    }
    for (int axis = 0; axis < 2 && h != NULL; axis++)
        at[axis] = (h[3 * axis] * column + h[3 * axis + 1] * row + h[3 * axis + 2]) /
                   (h[6] * column + h[7] * row + h[8]);
}

static void add_output(const struct brute_scene *scene, const long double at[2],
                       double g, struct cell *cells)
{
    if (strcmp(scene->kernel, "area") == 0)
        add_footprint(scene, at[0], at[1], g, cells);
    else
        add_sample(scene, at[0], at[1], g, cells);
}

struct brute_result brute_explain(const struct brute_scene *scene)
{
    size_t pixels = scene->source_width * scene->source_height;
    size_t outputs = scene->output_width * scene->output_height;
    struct brute_result result = {.reason = calloc(scene->planes * pixels, 1)};
    struct cell *cells = calloc(pixels, sizeof *cells);
    bool *listed = calloc(pixels, sizeof *listed);
    for (size_t plane = 0; plane < scene->planes; plane++) {
        memset(cells, 0, pixels * sizeof *cells);
        for (size_t o = 0; o < outputs; o++) {
            double g =
                scene->upstream != NULL ? scene->upstream[plane * outputs + o] : 1.0;
            long double at[2];

            locate(scene, o, at);
            add_output(scene, at, g, cells);
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

void brute_dense(const struct brute_scene *scene, long double *jacobian)
{
    size_t pixels = scene->source_width * scene->source_height;
    size_t outputs = scene->output_width * scene->output_height;
    struct cell *cells = calloc(pixels, sizeof *cells);
    long double at[2];

    for (size_t o = 0; o < outputs; o++) {
        memset(cells, 0, pixels * sizeof *cells);
        locate(scene, o, at);
        add_output(scene, at, 1.0, cells);
        for (size_t p = 0; p < pixels; p++)
            jacobian[o * pixels + p] = cells[p].sum;
    }
    free(cells);
}
