// A warp in CUDA as a plugin: bilinear, border constant or replicate, of float32 images
// in HWC, by a 2x3 matrix; a thread a sample, forward and backward, where the gradients
// are added up by atomicAdd.
//
//     nvcc -O2 -shared -Xcompiler -fPIC -I../../include -o warp.so warp.cu
//     warpcheck verify plugin:./warp.so
//
// Sums of atomicAdd come in another order each time: it says that it is not
// deterministic.

#include <cmath>
#include <cstdio>
#include <cstring>

#include "warpcheck/plugin.h"

namespace {

struct Shape {
    int height, width, channels; // of the source
    int rows, columns;           // of the output
    int replicate;
    float back[6]; // output to source
};

struct Taps {
    int inside[4], at[4]; // at: of the pixel's first channel
    float weight[4];
};

__device__ Taps list_taps(const Shape &s, int row, int column)
{
    float x = s.back[0] * column + s.back[1] * row + s.back[2];
    float y = s.back[3] * column + s.back[4] * row + s.back[5];
    float left = floorf(x), top = floorf(y), u = x - left, v = y - top;
    Taps taps;

    for (int k = 0; k < 4; k++) {
        float i = left + k % 2, j = top + k / 2;

        taps.weight[k] = (k % 2 ? u : 1.0f - u) * (k / 2 ? v : 1.0f - v);
        taps.inside[k] = s.replicate || (i >= 0.0f && i < s.width && j >= 0.0f && j < s.height);
        i = fminf(fmaxf(i, 0.0f), s.width - 1.0f);
        j = fminf(fmaxf(j, 0.0f), s.height - 1.0f);
        taps.at[k] = ((int)j * s.width + (int)i) * s.channels;
    }
    return taps;
}

__global__ void forward_kernel(Shape s, const float *image, const float *border,
                               float *output)
{
    int sample = blockIdx.x * blockDim.x + threadIdx.x;

    if (sample >= s.rows * s.columns)
        return;
    Taps taps = list_taps(s, sample / s.columns, sample % s.columns);
    for (int c = 0; c < s.channels; c++) {
        float sum = 0.0f;

        for (int k = 0; k < 4; k++)
            sum += taps.weight[k] * (taps.inside[k] ? image[taps.at[k] + c] : border[c]);
        output[sample * s.channels + c] = sum;
    }
}

// Both gradients begin as zeros.
__global__ void backward_kernel(Shape s, const float *upstream, float *image,
                                float *border)
{
    int sample = blockIdx.x * blockDim.x + threadIdx.x;

    if (sample >= s.rows * s.columns)
        return;
    Taps taps = list_taps(s, sample / s.columns, sample % s.columns);
    for (int c = 0; c < s.channels; c++) {
        float g = upstream[sample * s.channels + c];

        for (int k = 0; k < 4; k++)
            atomicAdd(taps.inside[k] ? &image[taps.at[k] + c] : &border[c],
                      taps.weight[k] * g);
    }
}

// Memory of the device, for as long as it is in scope.
class Buffer {
  public:
    explicit Buffer(size_t count) : size_(count * sizeof(float))
    {
        if (cudaMalloc(&data_, size_) != cudaSuccess)
            data_ = nullptr;
        else
            cudaMemset(data_, 0, size_);
    }
    Buffer(const Buffer &) = delete;
    ~Buffer() { cudaFree(data_); }
    bool from(const void *host)
    {
        return data_ != nullptr &&
               cudaMemcpy(data_, host, size_, cudaMemcpyHostToDevice) == cudaSuccess;
    }
    bool to(void *host) const
    {
        return cudaMemcpy(host, data_, size_, cudaMemcpyDeviceToHost) == cudaSuccess;
    }
    float *get() const { return data_; }

  private:
    size_t size_;
    float *data_ = nullptr;
};

const warpcheck_tensor *find(const warpcheck_tensor *const *arrays, size_t count,
                             const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arrays[i]->name, name) == 0)
            return arrays[i];
    }
    return nullptr;
}

int32_t answer(int32_t code, char *message, size_t size, const char *text)
{
    snprintf(message, size, "%s", text);
    return code;
}

bool is_whole(const warpcheck_tensor *tensor, int32_t rank)
{
    int64_t step = 1;

    if (tensor == nullptr || tensor->type_code != WARPCHECK_FLOAT ||
        tensor->type_bits != 32 || tensor->rank != rank)
        return false;
    for (int axis = rank - 1; axis >= 0; axis--) {
        if (tensor->strides[axis] != step)
            return false;
        step *= tensor->shape[axis];
    }
    return true;
}

// The matrix from output to source, in single precision like all else here.
bool read_matrix(const warpcheck_tensor *matrix, bool inverse_map, Shape *shape)
{
    const double *m = static_cast<const double *>(matrix->data);
    double det = m[0] * m[4] - m[1] * m[3];
    double b[6] = {m[0], m[1], m[2], m[3], m[4], m[5]};

    if (!inverse_map) {
        b[0] = m[4] / det;
        b[1] = -m[1] / det;
        b[3] = -m[3] / det;
        b[4] = m[0] / det;
        b[2] = -(b[0] * m[2] + b[1] * m[5]);
        b[5] = -(b[3] * m[2] + b[4] * m[5]);
    }
    for (int i = 0; i < 6; i++)
        shape->back[i] = (float)b[i];
    return inverse_map || std::fabs(det) > 0.0;
}

// What both passes need; NULL where the call is one for this warp, else why it is not.
const char *prepare(const warpcheck_call *call, const warpcheck_tensor *output,
                    Shape *shape, float border[4])
{
    const warpcheck_tensor *image = find(call->arrays, call->array_count, "image");
    const warpcheck_tensor *matrix = find(call->arrays, call->array_count, "matrix");
    const warpcheck_tensor *fill = find(call->arrays, call->array_count, "border_value");
    bool replicate = strcmp(call->border, "replicate") == 0;

    if (strcmp(call->convention, "warp") != 0 || strcmp(call->interp, "bilinear") != 0 ||
        (!replicate && strcmp(call->border, "constant") != 0))
        return "no such kernel or border";
    if (strcmp(call->layout, "HWC") != 0 || !is_whole(image, 3) || !is_whole(output, 3) ||
        image->shape[2] > 4 || matrix == nullptr)
        return "float32 images in HWC, of up to 4 channels, by a matrix only";
    *shape = Shape{(int)image->shape[0],  (int)image->shape[1],  (int)image->shape[2],
                   (int)output->shape[0], (int)output->shape[1], replicate, {}};
    for (int c = 0; c < 4; c++)
        border[c] = fill != nullptr && c < fill->shape[0]
                        ? (float)static_cast<const double *>(fill->data)[c]
                        : 0.0f;
    if (!read_matrix(matrix, call->inverse_map == 1, shape))
        return "no singular matrix";
    return nullptr;
}

const int THREADS = 128;

int blocks(const Shape &shape)
{
    return (shape.rows * shape.columns + THREADS - 1) / THREADS;
}

bool has_device()
{
    int count = 0;

    return cudaGetDeviceCount(&count) == cudaSuccess && count > 0;
}

int32_t forward(const warpcheck_call *call, char *message, size_t size)
{
    const warpcheck_tensor *image = find(call->arrays, call->array_count, "image");
    const warpcheck_tensor *output = find(call->wanted, call->wanted_count, "output");
    float border[4];
    Shape shape;
    const char *refusal = prepare(call, output, &shape, border);

    if (refusal != nullptr)
        return answer(WARPCHECK_UNSUPPORTED, message, size, refusal);
    if (!has_device())
        return answer(WARPCHECK_FAILED, message, size, "there is no CUDA device");
    Buffer source((size_t)shape.height * shape.width * shape.channels), fill(4);
    Buffer target((size_t)shape.rows * shape.columns * shape.channels);
    if (!source.from(image->data) || !fill.from(border) || target.get() == nullptr)
        return answer(WARPCHECK_FAILED, message, size, "the device has no room");
    forward_kernel<<<blocks(shape), THREADS>>>(shape, source.get(), fill.get(),
                                               target.get());
    return target.to(output->data)
               ? WARPCHECK_OK
               : answer(WARPCHECK_FAILED, message, size,
                        cudaGetErrorString(cudaGetLastError()));
}

int32_t vjp(const warpcheck_call *call, char *message, size_t size)
{
    const warpcheck_tensor *upstream =
        find(call->arrays, call->array_count, "grad_output");
    const warpcheck_tensor *to_image =
        find(call->wanted, call->wanted_count, "grad_image");
    const warpcheck_tensor *to_border =
        find(call->wanted, call->wanted_count, "grad_border_value");
    float border[4];
    Shape shape;
    const char *refusal = prepare(call, upstream, &shape, border);

    if (refusal != nullptr)
        return answer(WARPCHECK_UNSUPPORTED, message, size, refusal);
    if (call->wanted_count != (size_t)(to_image != nullptr) + (to_border != nullptr))
        return answer(WARPCHECK_UNSUPPORTED, message, size,
                      "gradients of the image and the border value only");
    if (!has_device())
        return answer(WARPCHECK_FAILED, message, size, "there is no CUDA device");
    Buffer g((size_t)shape.rows * shape.columns * shape.channels), fill(4);
    Buffer pixels((size_t)shape.height * shape.width * shape.channels);
    if (!g.from(upstream->data) || fill.get() == nullptr || pixels.get() == nullptr)
        return answer(WARPCHECK_FAILED, message, size, "the device has no room");
    backward_kernel<<<blocks(shape), THREADS>>>(shape, g.get(), pixels.get(), fill.get());
    if (!fill.to(border) || (to_image != nullptr && !pixels.to(to_image->data)))
        return answer(WARPCHECK_FAILED, message, size,
                      cudaGetErrorString(cudaGetLastError()));
    for (int64_t c = 0; to_border != nullptr && c < to_border->shape[0]; c++)
        static_cast<double *>(to_border->data)[c] = border[c];
    return WARPCHECK_OK;
}

void describe(warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"warp", nullptr};
    static const char *const arrays[] = {"matrix", nullptr};
    static const char *const gradients[] = {"image", "border_value", nullptr};
    static const char *const dtypes[] = {"float32", nullptr};
    static const char *const layouts[] = {"HWC", nullptr};

    capabilities->name = "CUDA example 1.0";
    capabilities->conventions = conventions;
    capabilities->arrays = arrays;
    capabilities->gradients = gradients;
    capabilities->dtypes = dtypes;
    capabilities->layouts = layouts;
    capabilities->deterministic = 0;
}

} // namespace

extern "C" const struct warpcheck_plugin *warpcheck_plugin(void)
{
    static const struct warpcheck_plugin plugin = {
        sizeof plugin, WARPCHECK_PLUGIN_MAJOR, WARPCHECK_PLUGIN_MINOR,
        describe,      forward,                vjp,
        nullptr};

    return &plugin;
}
