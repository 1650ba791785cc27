#include "reference/prefilter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POLES 2 /* most poles of an order up to 5 */

/* Poles of the B-spline's z-transform that lie inside the unit circle; returns how
 * many. */
static int poles(int order, long double z[POLES])
{
    switch (order) {
    case 2:
        z[0] = sqrtl(8.0L) - 3.0L;
        return 1;
    case 3:
        z[0] = sqrtl(3.0L) - 2.0L;
        return 1;
    case 4:
        z[0] = sqrtl(664.0L - sqrtl(438976.0L)) + sqrtl(304.0L) - 19.0L;
        z[1] = sqrtl(664.0L + sqrtl(438976.0L)) - sqrtl(304.0L) - 19.0L;
        return 2;
    default:
        z[0] = sqrtl(67.5L - sqrtl(4436.25L)) + sqrtl(26.25L) - 6.5L;
        z[1] = sqrtl(67.5L + sqrtl(4436.25L)) - sqrtl(26.25L) - 6.5L;
        return 2;
    }
}

/* ---- how the image goes on: the starts of the two recursions ---- */

/* Mirrored about the first and last centre: period 2n - 2. */
static void mirror_first(long double *weight, size_t n, long double z)
{
    long double last = powl(z, (long double)n - 1.0L), power = z;

    memset(weight, 0, n * sizeof *weight);
    weight[0] += 1.0L;
    weight[n - 1] += last;
    for (size_t i = 1; i < n - 1; i++) {
        weight[i] += power;
        weight[n - 1 - i] += power * last;
        power *= z;
    }
    for (size_t i = 0; i < n; i++)
        weight[i] /= 1.0L - last * last;
}

/* ITK's start: the same, summed only until a term weighs less than 1e-10. */
static void truncated_first(long double *weight, size_t n, long double z)
{
    long double power = 1.0L, terms = ceill(logl(1e-10L) / logl(fabsl(z)));

    if (terms >= (long double)n) {
        mirror_first(weight, n, z);
        return;
    }
    memset(weight, 0, n * sizeof *weight);
    for (size_t i = 0; (long double)i < terms; i++) {
        weight[i] = power;
        power *= z;
    }
}

static void mirror_last(long double *weight, size_t n, long double z)
{
    memset(weight, 0, n * sizeof *weight);
    weight[n - 1] = z / (z * z - 1.0L);
    weight[n - 2] = z * weight[n - 1];
}

/* Mirrored about the edges: period 2n.  The weight of the first sample is SciPy's: its
 * sum reads its own running value for the farthest term (NOTES, "prefilter"). */
static void half_sample_first(long double *weight, size_t n, long double z)
{
    long double whole = powl(z, (long double)n), power = z;

    memset(weight, 0, n * sizeof *weight);
    weight[0] += 1.0L;
    weight[n - 1] += whole;
    for (size_t i = 1; i < n - 1; i++) {
        weight[i] += power;
        weight[n - 1 - i] += power * whole;
        power *= z;
    }
    for (size_t i = 0; i < n; i++)
        weight[i] *= 1.0L + power * whole;
    weight[n - 1] += power;
    for (size_t i = 0; i < n; i++)
        weight[i] *= z / (1.0L - whole * whole);
    weight[0] += 1.0L;
}

static void half_sample_last(long double *weight, size_t n, long double z)
{
    memset(weight, 0, n * sizeof *weight);
    weight[n - 1] = z / (z - 1.0L);
}

/* Repeated: period n. */
static void periodic_first(long double *weight, size_t n, long double z)
{
    long double whole = powl(z, (long double)n), power = z;

    weight[0] = 1.0L / (1.0L - whole);
    for (size_t i = 1; i < n; i++) {
        weight[n - i] = power / (1.0L - whole);
        power *= z;
    }
}

static void periodic_last(long double *weight, size_t n, long double z)
{
    long double whole = powl(z, (long double)n), factor = z / (whole - 1.0L), power = z;

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
    long double z[POLES], norm = 1.0L;
    int count = poles(order, z);

    for (int k = 0; k < count; k++) {
        long double ratio = (1.0L - z[k]) / (1.0L + z[k]);

        norm *= ratio * ratio;
    }
    return (double)norm;
}

/* ---- lines ---- */

/* The starts for one pole along an axis. */
struct starts {
    long double z, *first, *last; /* weights, n each */
};

static long double weighted(const long double *weight, const long double *c, size_t n)
{
    long double sum = 0.0L;

    for (size_t i = 0; i < n; i++)
        sum += weight[i] * c[i];
    return sum;
}

static void filter_line(const struct starts *starts, int count, long double *c,
                        size_t n)
{
    for (int k = 0; k < count; k++) {
        long double z = starts[k].z;

        for (size_t i = 0; i < n; i++)
            c[i] *= (1.0L - z) * (1.0L - 1.0L / z);
    }
    for (int k = 0; k < count; k++) {
        long double z = starts[k].z;

        c[0] = weighted(starts[k].first, c, n);
        for (size_t i = 1; i < n; i++)
            c[i] += z * c[i - 1];
        c[n - 1] = weighted(starts[k].last, c, n);
        for (size_t i = n - 1; i-- > 0;)
            c[i] = z * (c[i + 1] - c[i]);
    }
}

/* The steps of filter_line backwards, each transposed. */
static void transpose_line(const struct starts *starts, int count, long double *g,
                           size_t n)
{
    for (int k = count; k-- > 0;) {
        long double z = starts[k].z, part;

        for (size_t i = 0; i + 1 < n; i++) {
            part = z * g[i];
            g[i + 1] += part;
            g[i] = -part;
        }
        part = g[n - 1];
        g[n - 1] = 0.0L;
        for (size_t i = 0; i < n; i++)
            g[i] += starts[k].last[i] * part;
        for (size_t i = n - 1; i > 0; i--)
            g[i - 1] += z * g[i];
        part = g[0];
        g[0] = 0.0L;
        for (size_t i = 0; i < n; i++)
            g[i] += starts[k].first[i] * part;
    }
    for (int k = 0; k < count; k++) {
        long double z = starts[k].z;

        for (size_t i = 0; i < n; i++)
            g[i] *= (1.0L - z) * (1.0L - 1.0L / z);
    }
}

typedef void line_function(const struct starts *starts, int count, long double *c,
                           size_t n);

/* One axis of a plane, of n pixels that are `stride` elements apart. */
struct axis {
    struct starts starts[POLES]; /* of `scratch` */
    int count;                   /* of poles */
    size_t n, stride;
    long double *scratch; /* owned; its first n elements are a line's */
};

static enum wck_status axis_init(struct axis *axis,
                                 const struct wck_prefilter *prefilter, int order,
                                 struct wck_error *err)
{
    size_t n = axis->n;
    long double z[POLES];

    axis->count = poles(order, z);
    axis->scratch = calloc((2 * POLES + 1) * n, sizeof *axis->scratch);
    if (axis->scratch == NULL)
        return wck_error_no_memory(err);
    for (int k = 0; k < axis->count && n > 1; k++) {
        axis->starts[k] =
            (struct starts){.z = z[k],
                            .first = axis->scratch + (size_t)(2 * k + 1) * n,
                            .last = axis->scratch + (size_t)(2 * k + 2) * n};
        prefilter->first(axis->starts[k].first, n, z[k]);
        prefilter->last(axis->starts[k].last, n, z[k]);
    }
    return WCK_OK;
}

/* A line begins at each pixel whose index along the axis is 0. */
static void each_line(const struct axis *axis, line_function *work, long double *plane,
                      size_t pixels)
{
    long double *c = axis->scratch;

    for (size_t p = 0; p < pixels; p++) {
        long double *at = plane + p;

        if (p / axis->stride % axis->n != 0)
            continue;
        for (size_t i = 0; i < axis->n; i++)
            c[i] = at[i * axis->stride];
        work(axis->starts, axis->count, c, axis->n);
        for (size_t i = 0; i < axis->n; i++)
            at[i * axis->stride] = c[i];
    }
}

/* A plane is worked on in the widest type there is: between the axes nothing is
 * rounded.  The axes commute, so their order does not matter to the transpose either.
 */
static void filter_planes(const struct axis axes[3], line_function *work,
                          long double *plane, const struct wck_image *image)
{
    size_t pixels = wck_image_pixels(image), width = image->width;

    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t i = 0; i < pixels; i++)
            plane[i] = wck_image_get(image, p, i / width, i % width);
        for (int a = 0; a < 3; a++) {
            if (axes[a].n > 1)
                each_line(&axes[a], work, plane, pixels);
        }
        for (size_t i = 0; i < pixels; i++)
            wck_image_set(image, p, i / width, i % width, (double)plane[i]);
    }
}

static enum wck_status all_axes(const struct wck_prefilter *prefilter, int order,
                                const struct wck_image *image, line_function *work,
                                struct wck_error *err)
{
    struct axis axes[3] = {
        {.n = image->depth, .stride = image->height * image->width},
        {.n = image->height, .stride = image->width},
        {.n = image->width, .stride = 1},
    };
    long double *plane = calloc(wck_image_pixels(image), sizeof *plane);
    enum wck_status status = plane != NULL ? WCK_OK : wck_error_no_memory(err);

    for (int a = 0; a < 3 && status == WCK_OK; a++)
        status = axis_init(&axes[a], prefilter, order, err);
    if (status == WCK_OK)
        filter_planes(axes, work, plane, image);
    for (int a = 0; a < 3; a++)
        free(axes[a].scratch);
    free(plane);
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
