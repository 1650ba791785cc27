#include "reference/prefilter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POLES 2 /* most poles of an order up to 5 */

/* Poles of the B-spline's z-transform that lie inside the unit circle; returns how
 * many. */
static int poles(int order, double z[POLES])
{
    switch (order) {
    case 2:
        z[0] = sqrt(8.0) - 3.0;
        return 1;
    case 3:
        z[0] = sqrt(3.0) - 2.0;
        return 1;
    case 4:
        z[0] = sqrt(664.0 - sqrt(438976.0)) + sqrt(304.0) - 19.0;
        z[1] = sqrt(664.0 + sqrt(438976.0)) - sqrt(304.0) - 19.0;
        return 2;
    default:
        z[0] = sqrt(67.5 - sqrt(4436.25)) + sqrt(26.25) - 6.5;
        z[1] = sqrt(67.5 + sqrt(4436.25)) - sqrt(26.25) - 6.5;
        return 2;
    }
}

/* ---- how the image goes on: the starts of the two recursions ---- */

/* Mirrored about the first and last centre: period 2n - 2. */
static void mirror_first(double *weight, size_t n, double z)
{
    double last = pow(z, (double)n - 1.0), power = z;

    memset(weight, 0, n * sizeof *weight);
    weight[0] += 1.0;
    weight[n - 1] += last;
    for (size_t i = 1; i < n - 1; i++) {
        weight[i] += power;
        weight[n - 1 - i] += power * last;
        power *= z;
    }
    for (size_t i = 0; i < n; i++)
        weight[i] /= 1.0 - last * last;
}

/* ITK's start: the same, summed only until a term weighs less than 1e-10. */
static void truncated_first(double *weight, size_t n, double z)
{
    double power = 1.0, terms = ceil(log(1e-10) / log(fabs(z)));

    if (terms >= (double)n) {
        mirror_first(weight, n, z);
        return;
    }
    memset(weight, 0, n * sizeof *weight);
    for (size_t i = 0; (double)i < terms; i++) {
        weight[i] = power;
        power *= z;
    }
}

static void mirror_last(double *weight, size_t n, double z)
{
    memset(weight, 0, n * sizeof *weight);
    weight[n - 1] = z / (z * z - 1.0);
    weight[n - 2] = z * weight[n - 1];
}

/* Mirrored about the edges: period 2n.  The weight of the first sample is SciPy's: its
 * sum reads its own running value for the farthest term (NOTES, "prefilter"). */
static void half_sample_first(double *weight, size_t n, double z)
{
    double whole = pow(z, (double)n), power = z;

    memset(weight, 0, n * sizeof *weight);
    weight[0] += 1.0;
    weight[n - 1] += whole;
    for (size_t i = 1; i < n - 1; i++) {
        weight[i] += power;
        weight[n - 1 - i] += power * whole;
        power *= z;
    }
    for (size_t i = 0; i < n; i++)
        weight[i] *= 1.0 + power * whole;
    weight[n - 1] += power;
    for (size_t i = 0; i < n; i++)
        weight[i] *= z / (1.0 - whole * whole);
    weight[0] += 1.0;
}

static void half_sample_last(double *weight, size_t n, double z)
{
    memset(weight, 0, n * sizeof *weight);
    weight[n - 1] = z / (z - 1.0);
}

/* Repeated: period n. */
static void periodic_first(double *weight, size_t n, double z)
{
    double whole = pow(z, (double)n), power = z;

    weight[0] = 1.0 / (1.0 - whole);
    for (size_t i = 1; i < n; i++) {
        weight[n - i] = power / (1.0 - whole);
        power *= z;
    }
}

static void periodic_last(double *weight, size_t n, double z)
{
    double whole = pow(z, (double)n), factor = z / (whole - 1.0), power = z;

    weight[n - 1] = factor;
    for (size_t i = 0; i < n - 1; i++) {
        weight[i] = power * factor;
        power *= z;
    }
}

static const struct wck_prefilter prefilters[] = {
    {
        .name = "mirror",
        .first = mirror_first,
        .last = mirror_last,
        .summary = "the image mirrored about its first and last centre",
        .source = "NOTES:prefilter",
    },
    {
        .name = "mirror-truncated",
        .first = truncated_first,
        .last = mirror_last,
        .summary = "the image mirrored about its centres, as ITK starts it",
        .source = "NOTES:prefilter",
    },
    {
        .name = "half-sample",
        .first = half_sample_first,
        .last = half_sample_last,
        .summary = "the image mirrored about its edges, as SciPy starts it",
        .source = "NOTES:prefilter",
    },
    {
        .name = "periodic",
        .first = periodic_first,
        .last = periodic_last,
        .summary = "the image repeated",
        .source = "NOTES:prefilter",
    },
    {
        .name = "padded-mirror",
        .margin = 12,
        .first = mirror_first,
        .last = mirror_last,
        .summary = "12 pixels of border all round, and then mirrored",
        .source = "NOTES:prefilter",
    },
    {
        .name = "padded-half-sample",
        .margin = 12,
        .first = half_sample_first,
        .last = half_sample_last,
        .summary = "12 pixels of border all round, and then half-sample",
        .source = "NOTES:prefilter",
    },
};

size_t wck_prefilter_count(void)
{
    return sizeof prefilters / sizeof prefilters[0];
}

const struct wck_prefilter *wck_prefilter_row(size_t row)
{
    return row < wck_prefilter_count() ? &prefilters[row] : NULL;
}

const struct wck_prefilter *wck_prefilter_find(const char *name)
{
    for (size_t i = 0; i < wck_prefilter_count(); i++) {
        if (strcmp(name, prefilters[i].name) == 0)
            return &prefilters[i];
    }
    return NULL;
}

/* A pole z < 0 filters with impulse response (1-z)/(1+z) z^|k|. */
double wck_prefilter_norm(int order)
{
    double z[POLES], norm = 1.0;
    int count = poles(order, z);

    for (int k = 0; k < count; k++) {
        double ratio = (1.0 - z[k]) / (1.0 + z[k]);

        norm *= ratio * ratio;
    }
    return norm;
}

/* ---- lines ---- */

/* The starts for one pole along an axis. */
struct starts {
    double z, *first, *last; /* weights, n each */
};

static double weighted(const double *weight, const double *c, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += weight[i] * c[i];
    return sum;
}

static void filter_line(const struct starts *starts, int count, double *c, size_t n)
{
    for (int k = 0; k < count; k++) {
        double z = starts[k].z;

        for (size_t i = 0; i < n; i++)
            c[i] *= (1.0 - z) * (1.0 - 1.0 / z);
    }
    for (int k = 0; k < count; k++) {
        double z = starts[k].z;

        c[0] = weighted(starts[k].first, c, n);
        for (size_t i = 1; i < n; i++)
            c[i] += z * c[i - 1];
        c[n - 1] = weighted(starts[k].last, c, n);
        for (size_t i = n - 1; i-- > 0;)
            c[i] = z * (c[i + 1] - c[i]);
    }
}

/* The steps of filter_line backwards, each transposed. */
static void transpose_line(const struct starts *starts, int count, double *g, size_t n)
{
    for (int k = count; k-- > 0;) {
        double z = starts[k].z, part;

        for (size_t i = 0; i + 1 < n; i++) {
            part = z * g[i];
            g[i + 1] += part;
            g[i] = -part;
        }
        part = g[n - 1];
        g[n - 1] = 0.0;
        for (size_t i = 0; i < n; i++)
            g[i] += starts[k].last[i] * part;
        for (size_t i = n - 1; i > 0; i--)
            g[i - 1] += z * g[i];
        part = g[0];
        g[0] = 0.0;
        for (size_t i = 0; i < n; i++)
            g[i] += starts[k].first[i] * part;
    }
    for (int k = 0; k < count; k++) {
        double z = starts[k].z;

        for (size_t i = 0; i < n; i++)
            g[i] *= (1.0 - z) * (1.0 - 1.0 / z);
    }
}

typedef void line_function(const struct starts *starts, int count, double *c, size_t n);

/* An axis of an image: its pixels, the elements from one to the next, and whether the
 * element at (y, x) is the first of its line. */
struct line {
    enum { ALONG_X, ALONG_Y, ALONG_Z } axis;
    size_t n;
    ptrdiff_t stride;
};

static bool begins(const struct line *line, const struct wck_image *image, size_t y,
                   size_t x)
{
    if (line->axis == ALONG_X)
        return x == 0;
    return line->axis == ALONG_Y ? y % image->height == 0 : y < image->height;
}

static void each_line(const struct wck_image *image, const struct line *line,
                      const struct starts *starts, int count, line_function *work,
                      double *c)
{
    double *data = image->tensor.data;

    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < wck_image_rows(image); y++) {
            for (size_t x = 0; x < image->width; x++) {
                double *at = data + wck_image_offset(image, p, y, x);

                if (!begins(line, image, y, x))
                    continue;
                for (size_t i = 0; i < line->n; i++)
                    c[i] = at[(ptrdiff_t)i * line->stride];
                work(starts, count, c, line->n);
                for (size_t i = 0; i < line->n; i++)
                    at[(ptrdiff_t)i * line->stride] = c[i];
            }
        }
    }
}

static enum wck_status along_axis(const struct wck_prefilter *prefilter, int order,
                                  const struct wck_image *image,
                                  const struct line *line, line_function *work,
                                  struct wck_error *err)
{
    struct starts starts[POLES];
    double z[POLES], *scratch;
    int count = poles(order, z);
    size_t n = line->n;

    if (n < 2)
        return WCK_OK;
    scratch = calloc((2 * POLES + 1) * n, sizeof *scratch);
    if (scratch == NULL)
        return wck_error_no_memory(err);
    for (int k = 0; k < count; k++) {
        starts[k] = (struct starts){.z = z[k],
                                    .first = scratch + (size_t)(2 * k + 1) * n,
                                    .last = scratch + (size_t)(2 * k + 2) * n};
        prefilter->first(starts[k].first, n, z[k]);
        prefilter->last(starts[k].last, n, z[k]);
    }
    each_line(image, line, starts, count, work, scratch);
    free(scratch);
    return WCK_OK;
}

/* The axes commute, so their order does not matter to the transpose either. */
static enum wck_status all_axes(const struct wck_prefilter *prefilter, int order,
                                const struct wck_image *image, line_function *work,
                                struct wck_error *err)
{
    const struct line lines[] = {
        {ALONG_Z, image->depth, image->slice_stride},
        {ALONG_Y, image->height, image->row_stride},
        {ALONG_X, image->width, image->column_stride},
    };
    enum wck_status status = WCK_OK;

    for (int i = 0; i < 3 && status == WCK_OK; i++)
        status = along_axis(prefilter, order, image, &lines[i], work, err);
    return status;
}

enum wck_status wck_prefilter_apply(const struct wck_prefilter *prefilter, int order,
                                    const struct wck_image *image,
                                    struct wck_error *err)
{
    return all_axes(prefilter, order, image, filter_line, err);
}

enum wck_status wck_prefilter_transpose(const struct wck_prefilter *prefilter,
                                        int order, const struct wck_image *image,
                                        struct wck_error *err)
{
    return all_axes(prefilter, order, image, transpose_line, err);
}
