#include "src/cli/input.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/io/npy.h"
#include "src/io/png.h"

bool wck_input_ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);

    return length >= tail && strcasecmp(path + length - tail, ending) == 0;
}

/* Three axes of which only the first is a count of colours are CHW, not HWC. */
static bool looks_planar(const size_t *shape)
{
    return (shape[0] == 1 || shape[0] == 3 || shape[0] == 4) && shape[2] > 4;
}

enum wck_status wck_input_layout(const char *path, const struct wck_tensor *tensor,
                                 const char **layout, struct wck_error *err)
{
    const size_t *n = tensor->shape;

    *layout = tensor->rank == 2 ? "HW" : "HWC";
    if (tensor->rank == 2 || (tensor->rank == 3 && !looks_planar(n)))
        return WCK_OK;
    if (tensor->rank == 3)
        return wck_error_set(
            err, WCK_INVALID,
            "%s is %zux%zux%zu: say --layout CHW, or HWC if that is meant", path, n[0],
            n[1], n[2]);
    if (tensor->rank == 4)
        return wck_error_set(err, WCK_INVALID,
                             "%s has four axes: say --layout NHWC or --layout NCHW",
                             path);
    return wck_error_set(err, WCK_FORMAT,
                         "%s has %d axes; an image has two (HW), three (HWC, CHW) or "
                         "four",
                         path, tensor->rank);
}

static enum wck_status read_array(struct wck_input *input, const char *layout,
                                  struct wck_error *err)
{
    struct wck_tensor tensor = {0};
    struct wck_error why = {0};
    enum wck_status status = wck_npy_read(input->path, &tensor, err);

    input->data = tensor.data;
    if (status == WCK_OK && wck_tensor_count(&tensor) == 0)
        status = wck_error_set(err, WCK_FORMAT, "%s: the array is empty", input->path);
    if (status == WCK_OK && layout == NULL)
        status = wck_input_layout(input->path, &tensor, &layout, err);
    if (status != WCK_OK)
        return status;
    input->layout = layout;
    status = wck_image_view(&input->image, &tensor, layout, &why);
    if (status != WCK_OK)
        return wck_error_set(err, status, "%s: %s", input->path, why.text);
    return WCK_OK;
}

static enum wck_status read_picture(struct wck_input *input, struct wck_error *err)
{
    enum wck_status status = wck_png_read(input->path, &input->image, err);

    input->data = input->image.tensor.data;
    input->layout = "HWC";
    return status;
}

enum wck_status wck_input_read(struct wck_input *input, const char *path,
                               const char *layout, struct wck_error *err)
{
    *input = (struct wck_input){.path = path};
    if (!wck_input_ends_in(path, ".png"))
        return read_array(input, layout, err);
    return read_picture(input, err);
}

enum wck_status wck_input_read_gradient(struct wck_input *input, const char *path,
                                        const char *layout, struct wck_error *err)
{
    enum wck_status status = wck_input_read(input, path, layout, err);
    const struct wck_dtype_row *dtype;

    if (status != WCK_OK)
        return status;
    dtype = wck_dtype_row(input->image.tensor.dtype);
    return dtype->roundoff > 0.0
               ? WCK_OK
               : wck_error_set(err, WCK_FORMAT,
                               "%s holds %s: a gradient is floating-point", path,
                               dtype->name);
}

void wck_input_release(struct wck_input *input)
{
    free(input->data);
    *input = (struct wck_input){0};
}
