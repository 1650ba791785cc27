/* libvips' vips_affine as a plugin: somebody else's warp, judged as it is.  No
 * gradients: numeric claims only.
 *
 *     cc -O2 -shared -fPIC -I../../include $(pkg-config --cflags vips) -o warp.so
 * warp.c \
 *        $(pkg-config --libs vips)
 *     warpcheck verify plugin:./warp.so
 *
 * The matrix takes source to output, pixel centres lie at integers, and a tap outside
 * reads the background: border constant.  Its other ways to extend an image reach one
 * window beyond the edge only, and are none of the borders here. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <vips/vips.h>

#include "warpcheck/plugin.h"

static const struct warpcheck_tensor *find(const struct warpcheck_tensor *const *arrays,
                                           size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arrays[i]->name, name) == 0)
            return arrays[i];
    }
    return NULL;
}

static int32_t answer(int32_t code, char *message, size_t size, const char *text)
{
    snprintf(message, size, "%s", text);
    return code;
}

/* float32 or float64, rows before columns before bands, without gaps. */
static int is_served(const struct warpcheck_tensor *tensor)
{
    int64_t step = 1;

    if (tensor->type_code != WARPCHECK_FLOAT ||
        (tensor->type_bits != 32 && tensor->type_bits != 64))
        return 0;
    for (int axis = tensor->rank - 1; axis >= 0; axis--) {
        if (tensor->strides[axis] != step)
            return 0;
        step *= tensor->shape[axis];
    }
    return 1;
}

/* libvips' word for a kernel; NULL where it has none. */
static const char *interpolator(const char *kernel)
{
    if (strcmp(kernel, "bilinear") == 0)
        return "bilinear";
    return strcmp(kernel, "cubic-0.5") == 0 ? "bicubic" : NULL;
}

/* From source to output, as vips_affine takes it. */
static int read_matrix(const struct warpcheck_tensor *matrix, int inverse_map,
                       double m[6])
{
    const double *given = matrix->data;
    double det = given[0] * given[4] - given[1] * given[3];

    memcpy(m, given, 6 * sizeof *m);
    if (inverse_map) {
        m[0] = given[4] / det;
        m[1] = -given[1] / det;
        m[3] = -given[3] / det;
        m[4] = given[0] / det;
        m[2] = -(m[0] * given[2] + m[1] * given[5]);
        m[5] = -(m[3] * given[2] + m[4] * given[5]);
    }
    return fabs(det) > 0.0;
}

static int warp(VipsImage *in, VipsImage **out, const char *kernel, const double m[6],
                int width, int height, double *background, int bands)
{
    VipsInterpolate *interpolate = vips_interpolate_new(kernel);
    VipsArrayInt *area = vips_array_int_newv(4, 0, 0, width, height);
    VipsArrayDouble *fill = vips_array_double_new(background, bands);
    int failed = vips_affine(in, out, m[0], m[1], m[3], m[4], "odx", m[2], "ody", m[5],
                             "oarea", area, "interpolate", interpolate, "extend",
                             VIPS_EXTEND_BACKGROUND, "background", fill, NULL);

    g_object_unref(interpolate);
    vips_area_unref(VIPS_AREA(area));
    vips_area_unref(VIPS_AREA(fill));
    return failed;
}

static int32_t forward(const struct warpcheck_call *call, char *message, size_t size)
{
    const struct warpcheck_tensor *image =
        find(call->arrays, call->array_count, "image");
    const struct warpcheck_tensor *matrix =
        find(call->arrays, call->array_count, "matrix");
    const struct warpcheck_tensor *border =
        find(call->arrays, call->array_count, "border_value");
    const struct warpcheck_tensor *output =
        find(call->wanted, call->wanted_count, "output");
    double m[6], background[16] = {0.0};
    VipsImage *in, *out = NULL;
    size_t bytes;
    void *made;
    int bands;

    if (strcmp(call->convention, "warp") != 0 || interpolator(call->interp) == NULL ||
        strcmp(call->border, "constant") != 0)
        return answer(WARPCHECK_UNSUPPORTED, message, size,
                      "bilinear and cubic-0.5 with border constant only");
    if (image == NULL || matrix == NULL || output == NULL || !is_served(image) ||
        !is_served(output) ||
        (strcmp(call->layout, "HWC") != 0 && strcmp(call->layout, "HW") != 0))
        return answer(WARPCHECK_UNSUPPORTED, message, size,
                      "float32 and float64 images in HW or HWC, by a matrix only");
    bands = image->rank == 3 ? (int)image->shape[2] : 1;
    if (bands > 16 || !read_matrix(matrix, call->inverse_map == 1, m))
        return answer(WARPCHECK_UNSUPPORTED, message, size,
                      "up to 16 bands, and matrices that have an inverse only");
    /* It leaves a displacement beyond its range out, with a warning on stderr. */
    if (fabs(m[2]) > VIPS_MAX_COORD || fabs(m[5]) > VIPS_MAX_COORD)
        return answer(WARPCHECK_UNSUPPORTED, message, size,
                      "displacements of up to ten million pixels only");
    for (int c = 0; border != NULL && c < bands; c++)
        background[c] = ((const double *)border->data)[border->shape[0] == 1 ? 0 : c];
    bytes = (size_t)(image->shape[0] * image->shape[1]) * (size_t)bands *
            image->type_bits / 8;
    in = vips_image_new_from_memory(
        image->data, bytes, (int)image->shape[1], (int)image->shape[0], bands,
        image->type_bits == 32 ? VIPS_FORMAT_FLOAT : VIPS_FORMAT_DOUBLE);
    if (in == NULL ||
        warp(in, &out, interpolator(call->interp), m, (int)output->shape[1],
             (int)output->shape[0], background, bands) != 0)
        return answer(WARPCHECK_FAILED, message, size, vips_error_buffer());
    made = vips_image_write_to_memory(out, &bytes);
    memcpy(output->data, made, bytes);
    g_free(made);
    g_object_unref(out);
    g_object_unref(in);
    return WARPCHECK_OK;
}

static void describe(struct warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"warp", NULL};
    static const char *const arrays[] = {"matrix", NULL};
    static const char *const gradients[] = {NULL};
    static const char *const dtypes[] = {"float32", "float64", NULL};

    capabilities->name = "libvips " VIPS_VERSION;
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
                                                   .forward = forward};
    static int started;

    if (!started)
        started = VIPS_INIT("warpcheck") == 0;
    return started ? &plugin : NULL;
}
