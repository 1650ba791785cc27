/* A warp in OpenCL C as a plugin: bilinear, border constant or replicate, of float32
 * images in HWC, by a 2x3 matrix.  A work item gathers a sample forward.  Backward
 * there are no atomic sums of floats in OpenCL 1.2: a work item gathers a pixel, from
 * all samples whose taps are that pixel, in their order: it is deterministic.
 *
 *     cc -O2 -shared -fPIC -I../../include -o warp.so warp.c -lOpenCL -lm
 *     warpcheck verify plugin:./warp.so
 *
 * PoCL brings OpenCL to a CPU. */
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "warpcheck/plugin.h"

/* b: from output to source; of: height, width, channels of the source, rows, columns of
 * the output, and whether the edge is replicated. */
static const char source[] =
    "#pragma OPENCL FP_CONTRACT OFF\n"
    "typedef struct { float b[6]; int of[6]; } shape;\n"
    "typedef struct { int inside, at; float weight; } tap;\n"
    "static tap tap_of(const shape s, int k, int row, int column)\n"
    "{\n"
    "    float x = s.b[0] * column + s.b[1] * row + s.b[2];\n"
    "    float y = s.b[3] * column + s.b[4] * row + s.b[5];\n"
    "    float left = floor(x), top = floor(y), u = x - left, v = y - top;\n"
    "    float i = left + k % 2, j = top + k / 2;\n"
    "    tap t;\n"
    "    t.weight = (k % 2 ? u : 1.0f - u) * (k / 2 ? v : 1.0f - v);\n"
    "    t.inside = s.of[5] || (i >= 0.0f && i < s.of[1] && j >= 0.0f && j < "
    "s.of[0]);\n"
    "    i = clamp(i, 0.0f, s.of[1] - 1.0f);\n"
    "    j = clamp(j, 0.0f, s.of[0] - 1.0f);\n"
    "    t.at = (int)j * s.of[1] + (int)i;\n"
    "    return t;\n"
    "}\n"
    "kernel void forward(shape s, global const float *image,\n"
    "                    global const float *border, global float *output)\n"
    "{\n"
    "    int o = get_global_id(0), row = o / s.of[4], column = o % s.of[4];\n"
    "    for (int c = 0; c < s.of[2]; c++) {\n"
    "        float sum = 0.0f;\n"
    "        for (int k = 0; k < 4; k++) {\n"
    "            tap t = tap_of(s, k, row, column);\n"
    "            sum += t.weight * (t.inside ? image[t.at * s.of[2] + c] : "
    "border[c]);\n"
    "        }\n"
    "        output[o * s.of[2] + c] = sum;\n"
    "    }\n"
    "}\n"
    /* The last work item is the border value's. */
    "kernel void backward(shape s, global const float *upstream, global float *image,\n"
    "                     global float *border)\n"
    "{\n"
    "    int pixel = get_global_id(0), last = s.of[0] * s.of[1];\n"
    "    global float *to = pixel < last ? image + pixel * s.of[2] : border;\n"
    "    for (int c = 0; c < s.of[2]; c++)\n"
    "        to[c] = 0.0f;\n"
    "    for (int o = 0; o < s.of[3] * s.of[4]; o++) {\n"
    "        for (int k = 0; k < 4; k++) {\n"
    "            tap t = tap_of(s, k, o / s.of[4], o % s.of[4]);\n"
    "            if ((t.inside ? t.at : last) != pixel)\n"
    "                continue;\n"
    "            for (int c = 0; c < s.of[2]; c++)\n"
    "                to[c] += t.weight * upstream[o * s.of[2] + c];\n"
    "        }\n"
    "    }\n"
    "}\n";

#define CHANNELS 4 /* at most */

struct shape {
    cl_float back[6];
    cl_int of[6];
};

/* What is made once, by the first call. */
static struct {
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_int status;
    int tried;
} device;

static cl_int open_device(void)
{
    const char *text = source;
    cl_platform_id platform;
    cl_device_id id;

    if (device.tried)
        return device.status;
    device.tried = 1;
    device.status = clGetPlatformIDs(1, &platform, NULL);
    if (device.status == CL_SUCCESS)
        device.status = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &id, NULL);
    if (device.status == CL_SUCCESS)
        device.context = clCreateContext(NULL, 1, &id, NULL, NULL, &device.status);
    if (device.status == CL_SUCCESS)
        device.queue = clCreateCommandQueue(device.context, id, 0, &device.status);
    if (device.status == CL_SUCCESS)
        device.program =
            clCreateProgramWithSource(device.context, 1, &text, NULL, &device.status);
    if (device.status == CL_SUCCESS)
        device.status = clBuildProgram(device.program, 1, &id, "", NULL, NULL);
    return device.status;
}

/* One buffer of a kernel: filled from `from`, or read back to `to`. */
struct buffer {
    size_t count;
    const void *from;
    void *to;
    cl_mem memory;
};

static cl_int fill(struct buffer *buffer)
{
    size_t size = buffer->count * sizeof(float);
    cl_int status;

    buffer->memory =
        clCreateBuffer(device.context, CL_MEM_READ_WRITE, size, NULL, &status);
    if (status == CL_SUCCESS && buffer->from != NULL)
        status = clEnqueueWriteBuffer(device.queue, buffer->memory, CL_TRUE, 0, size,
                                      buffer->from, 0, NULL, NULL);
    return status;
}

/* Runs a kernel of a shape and three buffers. */
static cl_int run(const char *name, const struct shape *shape, struct buffer buffers[3],
                  size_t items)
{
    cl_int status = open_device();
    cl_kernel kernel =
        status == CL_SUCCESS ? clCreateKernel(device.program, name, &status) : NULL;

    if (status == CL_SUCCESS)
        status = clSetKernelArg(kernel, 0, sizeof *shape, shape);
    for (cl_uint i = 0; i < 3 && status == CL_SUCCESS; i++) {
        status = fill(&buffers[i]);
        if (status == CL_SUCCESS)
            status = clSetKernelArg(kernel, i + 1, sizeof(cl_mem), &buffers[i].memory);
    }
    if (status == CL_SUCCESS)
        status = clEnqueueNDRangeKernel(device.queue, kernel, 1, NULL, &items, NULL, 0,
                                        NULL, NULL);
    for (int i = 0; i < 3; i++) {
        if (status == CL_SUCCESS && buffers[i].to != NULL)
            status = clEnqueueReadBuffer(device.queue, buffers[i].memory, CL_TRUE, 0,
                                         buffers[i].count * sizeof(float),
                                         buffers[i].to, 0, NULL, NULL);
        if (buffers[i].memory != NULL)
            clReleaseMemObject(buffers[i].memory);
    }
    if (kernel != NULL)
        clReleaseKernel(kernel);
    return status;
}

/* ---- the plugin ---- */

static const struct warpcheck_tensor *find(const struct warpcheck_tensor *const *arrays,
                                           size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arrays[i]->name, name) == 0)
            return arrays[i];
    }
    return NULL;
}

static int32_t refuse(char *message, size_t size, const char *text)
{
    snprintf(message, size, "%s", text);
    return WARPCHECK_UNSUPPORTED;
}

static int32_t finish(cl_int status, char *message, size_t size)
{
    if (status == CL_SUCCESS)
        return WARPCHECK_OK;
    snprintf(message, size,
             status == -1001 ? "there is no OpenCL platform here (%d)"
                             : "OpenCL error %d",
             (int)status);
    return WARPCHECK_FAILED;
}

/* float32, HWC and contiguous? */
static int is_served(const struct warpcheck_tensor *tensor)
{
    int64_t step = 1;

    if (tensor == NULL || tensor->type_code != WARPCHECK_FLOAT ||
        tensor->type_bits != 32 || tensor->rank != 3 || tensor->shape[2] > CHANNELS)
        return 0;
    for (int axis = 2; axis >= 0; axis--) {
        if (tensor->strides[axis] != step)
            return 0;
        step *= tensor->shape[axis];
    }
    return 1;
}

static int read_matrix(const struct warpcheck_tensor *matrix, int inverse_map,
                       struct shape *shape)
{
    const double *m = matrix->data;
    double det = m[0] * m[4] - m[1] * m[3], b[6];

    memcpy(b, m, sizeof b);
    if (!inverse_map) {
        b[0] = m[4] / det;
        b[1] = -m[1] / det;
        b[3] = -m[3] / det;
        b[4] = m[0] / det;
        b[2] = -(b[0] * m[2] + b[1] * m[5]);
        b[5] = -(b[3] * m[2] + b[4] * m[5]);
    }
    for (int i = 0; i < 6; i++)
        shape->back[i] = (cl_float)b[i];
    return inverse_map || fabs(det) > 0.0;
}

/* NULL where the call is one for this warp, else why it is not. */
static const char *prepare(const struct warpcheck_call *call,
                           const struct warpcheck_tensor *output, struct shape *shape)
{
    const struct warpcheck_tensor *image =
        find(call->arrays, call->array_count, "image");
    const struct warpcheck_tensor *matrix =
        find(call->arrays, call->array_count, "matrix");
    int replicate = strcmp(call->border, "replicate") == 0;

    if (strcmp(call->convention, "warp") != 0 || strcmp(call->interp, "bilinear") != 0)
        return "bilinear only";
    if (!replicate && strcmp(call->border, "constant") != 0)
        return "border constant and replicate only";
    if (strcmp(call->layout, "HWC") != 0 || !is_served(image) || !is_served(output) ||
        matrix == NULL)
        return "float32 images in HWC, of up to 4 channels, by a matrix only";
    for (int i = 0; i < 3; i++)
        shape->of[i] = (cl_int)image->shape[i];
    shape->of[3] = (cl_int)output->shape[0];
    shape->of[4] = (cl_int)output->shape[1];
    shape->of[5] = replicate;
    return read_matrix(matrix, call->inverse_map == 1, shape) ? NULL
                                                              : "no singular matrix";
}

static size_t count_of(const struct warpcheck_tensor *tensor)
{
    return (size_t)(tensor->shape[0] * tensor->shape[1] * tensor->shape[2]);
}

static int32_t forward(const struct warpcheck_call *call, char *message, size_t size)
{
    const struct warpcheck_tensor *image =
        find(call->arrays, call->array_count, "image");
    const struct warpcheck_tensor *border =
        find(call->arrays, call->array_count, "border_value");
    const struct warpcheck_tensor *output =
        find(call->wanted, call->wanted_count, "output");
    float value[CHANNELS] = {0.0f};
    struct shape shape;
    const char *refusal = prepare(call, output, &shape);

    if (refusal != NULL)
        return refuse(message, size, refusal);
    for (int64_t c = 0; border != NULL && c < border->shape[0]; c++)
        value[c] = (float)((const double *)border->data)[c];
    return finish(run("forward", &shape,
                      (struct buffer[]){{count_of(image), image->data, NULL, NULL},
                                        {CHANNELS, value, NULL, NULL},
                                        {count_of(output), NULL, output->data, NULL}},
                      (size_t)(shape.of[3] * shape.of[4])),
                  message, size);
}

static int32_t vjp(const struct warpcheck_call *call, char *message, size_t size)
{
    const struct warpcheck_tensor *image =
        find(call->arrays, call->array_count, "image");
    const struct warpcheck_tensor *upstream =
        find(call->arrays, call->array_count, "grad_output");
    const struct warpcheck_tensor *to_image =
        find(call->wanted, call->wanted_count, "grad_image");
    const struct warpcheck_tensor *to_border =
        find(call->wanted, call->wanted_count, "grad_border_value");
    float value[CHANNELS] = {0.0f};
    struct shape shape;
    const char *refusal = prepare(call, upstream, &shape);
    cl_int status;

    if (refusal != NULL)
        return refuse(message, size, refusal);
    if (call->wanted_count != (size_t)(to_image != NULL) + (size_t)(to_border != NULL))
        return refuse(message, size, "gradients of the image and border value only");
    status = run("backward", &shape,
                 (struct buffer[]){{count_of(upstream), upstream->data, NULL, NULL},
                                   {count_of(image), NULL,
                                    to_image != NULL ? to_image->data : NULL, NULL},
                                   {CHANNELS, NULL, value, NULL}},
                 (size_t)(shape.of[0] * shape.of[1]) + 1);
    for (int64_t c = 0; to_border != NULL && c < to_border->shape[0]; c++)
        ((double *)to_border->data)[c] = (double)value[c];
    return finish(status, message, size);
}

static void describe(struct warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"warp", NULL};
    static const char *const arrays[] = {"matrix", NULL};
    static const char *const gradients[] = {"image", "border_value", NULL};
    static const char *const dtypes[] = {"float32", NULL};
    static const char *const layouts[] = {"HWC", NULL};

    capabilities->name = "OpenCL example 1.0";
    capabilities->conventions = conventions;
    capabilities->arrays = arrays;
    capabilities->gradients = gradients;
    capabilities->dtypes = dtypes;
    capabilities->layouts = layouts;
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
