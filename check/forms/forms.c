/* Right warps that are written otherwise than the reference: no verdict may fail them.
 *
 * A plugin, from the header alone.  The environment's WARPCHECK_FORM names the form:
 * the order of the sums, lerps, fused multiply-adds, threads, the last weight as the
 * remainder of the others, coordinates by way of a normalised grid; everything in the
 * image's own type, single precision's coordinates, sums and scatter included.  Images
 * of 16 bits are computed in single precision, and every number is rounded as it is
 * stored. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "warpcheck/plugin.h"

enum border { CONSTANT, REPLICATE, REFLECT, REFLECT_101, WRAP };
enum line { PLAIN, ROW_FIRST, FUSED, BY_GRID };
enum sum { BY_TAPS, BACKWARDS, BY_ROWS, BY_FMA, LERP };
#define OUTSIDE ((int64_t)-1)
#define FAR ((int64_t)1 << 62) /* exact in every type; an index beyond is that */

static const char *const borders[] = {"constant",    "replicate", "reflect",
                                      "reflect_101", "wrap",      NULL};

struct form {
    const char *name;
    enum line line;
    enum sum sum;
    bool remainder; /* of the cubic's weights the last */
    int threads;
};

static const struct form forms[] = {
    {"taps", PLAIN, BY_TAPS, false, 1},   {"backwards", ROW_FIRST, BACKWARDS, true, 1},
    {"rows", FUSED, BY_ROWS, false, 1},   {"fused", FUSED, BY_FMA, true, 1},
    {"lerp", ROW_FIRST, LERP, false, 1},  {"threads", PLAIN, BY_ROWS, true, 2},
    {"grid", BY_GRID, BY_TAPS, false, 1},
};

/* An image in any layout: axes that it has not are of size 1. */
struct image {
    const struct warpcheck_tensor *tensor;
    int64_t batch, channels, height, width;
    int64_t step[4]; /* of those, in that order */
};

struct job {
    const struct form *form;
    struct image image, output, grad_image; /* output: or what is given for it */
    const struct warpcheck_tensor *matrix, *map_x, *map_y, *border_value;
    const struct warpcheck_tensor *grad_matrix, *grad_map_x, *grad_map_y,
        *grad_border_value;
    bool wants_image;
    int support; /* 1 nearest, 2 bilinear, 4 cubic */
    double a;
    enum border border;
    double back[6], of_back[6];
};

/* A type of 16 bits: those of the exponent and of the fraction. */
struct narrow {
    int exponent, fraction;
};

static struct narrow narrow_of(const struct warpcheck_tensor *tensor)
{
    return tensor->type_code == WARPCHECK_BFLOAT ? (struct narrow){8, 7}
                                                 : (struct narrow){5, 10};
}

static double widen(struct narrow type, uint16_t bits)
{
    int all = (1 << type.exponent) - 1, bias = all / 2;
    int exponent = bits >> type.fraction & all;
    int fraction = bits & ((1 << type.fraction) - 1);
    double sign = bits >> 15 ? -1.0 : 1.0;

    if (exponent == all)
        return fraction == 0 ? sign * (double)INFINITY : (double)NAN;
    if (exponent == 0)
        return sign * ldexp(fraction, 1 - bias - type.fraction);
    return sign *
           ldexp((1 << type.fraction) + fraction, exponent - bias - type.fraction);
}

/* Half to even.  A fraction that is rounded up to 2 carries into the exponent. */
static uint16_t narrow_bits(struct narrow type, double value)
{
    int all = (1 << type.exponent) - 1, bias = all / 2, exponent = 0;
    uint32_t bits = (uint32_t)all << type.fraction; /* infinity */
    double size = fabs(value);

    if (isnan(value))
        return 0x7fff;
    if (isfinite(value))
        frexp(size, &exponent);
    exponent = size > 0.0 && exponent > 2 - bias ? exponent - 1 : 1 - bias;
    if (isfinite(value) && exponent <= bias)
        bits = ((uint32_t)(exponent + bias - 1) << type.fraction) +
               (uint32_t)rint(ldexp(size, type.fraction - exponent));
    return (uint16_t)(bits | (signbit(value) ? 0x8000U : 0U));
}

static double get(const struct warpcheck_tensor *tensor, int64_t at)
{
    if (tensor->type_bits == 16)
        return widen(narrow_of(tensor), ((const uint16_t *)tensor->data)[at]);
    return tensor->type_bits == 32 ? (double)((const float *)tensor->data)[at]
                                   : ((const double *)tensor->data)[at];
}

static void set(const struct warpcheck_tensor *tensor, int64_t at, double value)
{
    if (tensor->type_bits == 16)
        ((uint16_t *)tensor->data)[at] = narrow_bits(narrow_of(tensor), value);
    else if (tensor->type_bits == 32)
        ((float *)tensor->data)[at] = (float)value;
    else
        ((double *)tensor->data)[at] = value;
}

static struct image view(const struct warpcheck_tensor *tensor, const char *layout)
{
    struct image image = {.tensor = tensor};
    int64_t size[4] = {1, 1, 1, 1};

    for (int axis = 0; axis < tensor->rank && layout[axis] != '\0'; axis++) {
        size_t of = strcspn("NCHW", (const char[]){layout[axis], '\0'});

        if (of < 4) {
            size[of] = tensor->shape[axis];
            image.step[of] = tensor->strides[axis];
        }
    }
    image.batch = size[0];
    image.channels = size[1];
    image.height = size[2];
    image.width = size[3];
    return image;
}

static int64_t at(const struct image *image, int64_t n, int64_t c, int64_t y, int64_t x)
{
    return n * image->step[0] + c * image->step[1] + y * image->step[2] +
           x * image->step[3];
}

#define REAL float
#define NAME(x) x##_single
#define FLOOR floorf
#define FMA fmaf
#include "real.h"
#undef REAL
#undef NAME
#undef FLOOR
#undef FMA
#define REAL double
#define NAME(x) x##_double
#define FLOOR floor
#define FMA fma
#include "real.h"

static const struct warpcheck_tensor *find(const struct warpcheck_tensor *const *arrays,
                                           size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arrays[i]->name, name) == 0)
            return arrays[i];
    }
    return NULL;
}

static int32_t refuse(char *message, size_t size, const char *what)
{
    snprintf(message, size, "no %s", what);
    return WARPCHECK_UNSUPPORTED;
}

static const struct form *form_of_environment(void)
{
    const char *name = getenv("WARPCHECK_FORM");

    for (size_t i = 0; name != NULL && i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    }
    return &forms[0];
}

static bool read_words(const struct warpcheck_call *call, struct job *job)
{
    int border = 0;

    while (borders[border] != NULL && strcmp(borders[border], call->border) != 0)
        border++;
    job->border = (enum border)border;
    job->support = strcmp(call->interp, "nearest") == 0      ? 1
                   : strcmp(call->interp, "bilinear") == 0   ? 2
                   : strncmp(call->interp, "cubic-", 6) == 0 ? 4
                                                             : 0;
    if (job->support == 4)
        job->a = -atof(call->interp + 6);
    return borders[border] != NULL && job->support > 0 &&
           strcmp(call->convention, "warp") == 0;
}

/* Of A to B in the matrix's own numbers: an inverse by the adjugate. */
static bool read_matrix(struct job *job, bool inverse_map)
{
    double m[6], det;

    for (int i = 0; i < 6; i++)
        m[i] = get(job->matrix,
                   i / 3 * job->matrix->strides[0] + i % 3 * job->matrix->strides[1]);
    det = m[0] * m[4] - m[1] * m[3];
    if (inverse_map)
        memcpy(job->back, m, sizeof m);
    else {
        const double b[6] = {
            m[4] / det,  -m[1] / det, (m[1] * m[5] - m[4] * m[2]) / det,
            -m[3] / det, m[0] / det,  (m[3] * m[2] - m[0] * m[5]) / det};

        memcpy(job->back, b, sizeof b);
    }
    return inverse_map || fabs(det) > 0.0;
}

static int32_t prepare(const struct warpcheck_call *call, struct job *job,
                       const struct warpcheck_tensor *output, char *message,
                       size_t size)
{
    const struct warpcheck_tensor *const *given = call->arrays;
    const struct warpcheck_tensor *image = find(given, call->array_count, "image");

    *job = (struct job){.form = form_of_environment()};
    job->matrix = find(given, call->array_count, "matrix");
    job->map_x = find(given, call->array_count, "map_x");
    job->map_y = find(given, call->array_count, "map_y");
    job->border_value = find(given, call->array_count, "border_value");
    if (!read_words(call, job) || image == NULL || output == NULL)
        return refuse(message, size, "such call");
    for (size_t i = 0; i < call->array_count; i++) {
        if (given[i]->type_code != WARPCHECK_FLOAT &&
            given[i]->type_code != WARPCHECK_BFLOAT)
            return refuse(message, size, "such type");
    }
    job->image = view(image, call->layout);
    job->output = view(output, call->layout);
    if (job->matrix != NULL && !read_matrix(job, call->inverse_map == 1))
        return refuse(message, size, "inverse");
    if (job->matrix == NULL && (job->map_x == NULL || job->map_y == NULL))
        return refuse(message, size, "map");
    return WARPCHECK_OK;
}

static int32_t forward(const struct warpcheck_call *call, char *message, size_t size)
{
    struct job job;
    int32_t answer = prepare(
        call, &job, find(call->wanted, call->wanted_count, "output"), message, size);

    if (answer != WARPCHECK_OK)
        return answer;
    if (job.image.tensor->type_bits <= 32)
        forward_single(&job);
    else
        forward_double(&job);
    return WARPCHECK_OK;
}

static void clear(const struct warpcheck_tensor *tensor)
{
    int64_t count = 1;

    for (int axis = 0; axis < tensor->rank; axis++)
        count *= tensor->shape[axis];
    for (int64_t i = 0; i < count; i++) {
        int64_t index = 0, rest = i;

        for (int axis = tensor->rank - 1; axis >= 0; axis--) {
            index += rest % tensor->shape[axis] * tensor->strides[axis];
            rest /= tensor->shape[axis];
        }
        set(tensor, index, 0.0);
    }
}

static void read_wanted(const struct warpcheck_call *call, struct job *job)
{
    const struct warpcheck_tensor *image =
        find(call->wanted, call->wanted_count, "grad_image");

    for (size_t i = 0; i < call->wanted_count; i++)
        clear(call->wanted[i]);
    job->wants_image = image != NULL;
    if (image != NULL)
        job->grad_image = view(image, call->layout);
    job->grad_matrix = find(call->wanted, call->wanted_count, "grad_matrix");
    job->grad_map_x = find(call->wanted, call->wanted_count, "grad_map_x");
    job->grad_map_y = find(call->wanted, call->wanted_count, "grad_map_y");
    job->grad_border_value =
        find(call->wanted, call->wanted_count, "grad_border_value");
}

/* -B^T G B^T over homogeneous coordinates, G and B with a last row of 0 0 0 and 0 0 1.
 */
static void write_matrix(const struct job *job, bool inverse_map)
{
    double b[9] = {0}, g[9] = {0}, left[9] = {0};

    memcpy(b, job->back, sizeof job->back);
    memcpy(g, job->of_back, sizeof job->of_back);
    b[8] = 1.0;
    for (int i = 0; i < 9; i++) {
        for (int k = 0; k < 3; k++)
            left[i] += b[3 * k + i / 3] * g[3 * k + i % 3];
    }
    for (int i = 0; i < 6; i++) {
        double value = 0.0;

        for (int k = 0; k < 3; k++)
            value -= left[3 * (i / 3) + k] * b[3 * (i % 3) + k];
        set(job->grad_matrix,
            i / 3 * job->grad_matrix->strides[0] + i % 3 * job->grad_matrix->strides[1],
            inverse_map ? job->of_back[i] : value);
    }
}

static int32_t vjp(const struct warpcheck_call *call, char *message, size_t size)
{
    struct job job;
    int32_t answer =
        prepare(call, &job, find(call->arrays, call->array_count, "grad_output"),
                message, size);

    if (answer != WARPCHECK_OK)
        return answer;
    read_wanted(call, &job);
    if (job.image.tensor->type_bits <= 32)
        vjp_single(&job);
    else
        vjp_double(&job);
    if (job.grad_matrix != NULL && job.matrix != NULL)
        write_matrix(&job, call->inverse_map == 1);
    return WARPCHECK_OK;
}

static void describe(struct warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"warp", NULL};
    static const char *const arrays[] = {"matrix", "map_x", NULL};
    static const char *const gradients[] = {"image", "matrix",       "map_x",
                                            "map_y", "border_value", NULL};
    static const char *const dtypes[] = {"float32", "float64", "float16", "bfloat16",
                                         NULL};

    capabilities->name = "another form of the warp";
    capabilities->conventions = conventions;
    capabilities->arrays = arrays;
    capabilities->gradients = gradients;
    capabilities->dtypes = dtypes;
}

const struct warpcheck_plugin *warpcheck_plugin(void);

const struct warpcheck_plugin *warpcheck_plugin(void)
{
    static const struct warpcheck_plugin plugin = {.size = sizeof plugin,
                                                   .major = WARPCHECK_PLUGIN_MAJOR,
                                                   .minor = WARPCHECK_PLUGIN_MINOR,
                                                   .describe = describe,
                                                   .forward = forward,
                                                   .vjp = vjp};

    return &plugin;
}
