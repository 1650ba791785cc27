#include "src/cli/gather.h"

#include <stdlib.h>
#include <string.h>

#include "src/cli/input.h"
#include "src/io/npy.h"
#include "src/io/png.h"

/* Adds what was read, and frees it. */
static enum wck_status add_take(struct wck_npz *npz, const char *name,
                                const struct wck_tensor *tensor, struct wck_error *err)
{
    enum wck_status status = wck_npz_add_array(npz, name, tensor, err);

    free(tensor->data);
    return status;
}

static enum wck_status add_array(struct wck_npz *npz, const char *name,
                                 const char *path, struct wck_error *err)
{
    struct wck_tensor tensor;
    enum wck_status status = wck_npy_read(path, &tensor, err);

    if (status == WCK_OK && wck_tensor_count(&tensor) == 0) {
        status = wck_error_set(err, WCK_FORMAT, "%s: the array is empty", path);
        free(tensor.data);
    }
    return status == WCK_OK ? add_take(npz, name, &tensor, err) : status;
}

static enum wck_status add_picture(struct wck_npz *npz, const char *path,
                                   struct wck_spec *spec, struct wck_error *err)
{
    struct wck_image image;
    enum wck_status status = wck_png_read(path, &image, err);

    if (status != WCK_OK)
        return status;
    if (spec->layout != NULL && strcmp(spec->layout, "HWC") != 0) {
        free(image.tensor.data);
        return wck_error_set(err, WCK_INVALID, "--layout %s: a picture is HWC",
                             spec->layout);
    }
    spec->layout = "HWC";
    return add_take(npz, "image", &image.tensor, err);
}

/* The layout of a batch of images of so many channels, where none was said: the
 * library's first one of two axes that has room for them. */
static const char *layout_of_size(const struct wck_spec *spec, size_t batch,
                                  size_t channels)
{
    if (spec->layout != NULL)
        return spec->layout;
    for (int rank = 2; rank <= WCK_TENSOR_RANK; rank++) {
        const char *layout = wck_convention_layout(spec->convention, rank);

        if (layout != NULL && strchr(layout, 'D') == NULL &&
            (batch == 1 || strchr(layout, 'N') != NULL) &&
            (channels == 1 || strchr(layout, 'C') != NULL))
            return layout;
    }
    return NULL;
}

/* As many maps as there are, or one. */
static size_t batch_of(const struct wck_npz *npz, const struct wck_convention *c)
{
    static const int batched[] = {[WCK_CARRIER_MATRIX] = 3,
                                  [WCK_CARRIER_GRID] = 4,
                                  [WCK_CARRIER_MAPS] = 3,
                                  [WCK_CARRIER_COORDS] = 0,
                                  [WCK_CARRIER_FLOW] = 4};
    const struct wck_tensor *map = wck_npz_array(npz, wck_call_array_name(c, 0));

    return map != NULL && map->rank == batched[c->carrier] ? map->shape[0] : 1;
}

/* An image of which only the size is known. */
static enum wck_status add_zeros(struct wck_npz *npz,
                                 const struct wck_call_options *options,
                                 struct wck_spec *spec, struct wck_error *err)
{
    size_t sizes[3], shape[WCK_TENSOR_RANK], batch = batch_of(npz, spec->convention);
    enum wck_status status = wck_options_read_size(options->image, 3, sizes, err);
    struct wck_tensor tensor;
    int rank;

    if (status != WCK_OK)
        return status;
    spec->layout = layout_of_size(spec, batch, sizes[2]);
    if (spec->layout == NULL || (sizes[2] > 1 && strchr(spec->layout, 'C') == NULL))
        return wck_error_set(err, WCK_INVALID, "no layout of %s has %zu channels",
                             spec->convention->name, sizes[2]);
    rank = wck_layout_shape(spec->layout, batch, sizes[2], sizes[0], sizes[1], shape);
    status = wck_tensor_new(&tensor, options->dtype, rank, shape, err);
    return status == WCK_OK ? add_take(npz, "image", &tensor, err) : status;
}

/* The reference's own conventions guess the layout as coverage does; a library has one
 * for each number of axes. */
static enum wck_status add_image(struct wck_npz *npz,
                                 const struct wck_call_options *options,
                                 struct wck_spec *spec, struct wck_error *err)
{
    const char *path = options->image;
    enum wck_status status;

    if (options->sizes && wck_options_is_size(path))
        return add_zeros(npz, options, spec, err);
    if (wck_input_ends_in(path, ".png"))
        return add_picture(npz, path, spec, err);
    status = add_array(npz, "image", path, err);
    if (status == WCK_OK && spec->layout == NULL && spec->convention->strict)
        status =
            wck_input_layout(path, wck_npz_array(npz, "image"), &spec->layout, err);
    return status;
}

/* Numbers row by row: their count says the shape. */
static enum wck_status add_matrix(struct wck_npz *npz, const char *text,
                                  struct wck_error *err)
{
    static const size_t shapes[][2] = {{2, 3}, {3, 3}, {3, 4}, {4, 4}};
    double numbers[16];
    size_t count = wck_text_read_numbers(text, numbers, 16);

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct wck_tensor tensor =
            wck_tensor_contiguous(numbers, WCK_FLOAT64, 2, shapes[i]);

        if (wck_tensor_count(&tensor) == count)
            return wck_npz_add_array(npz, "matrix", &tensor, err);
    }
    return wck_error_set(err, WCK_INVALID,
                         "--matrix '%s' is neither an .npy file nor 6 (2x3), 9 (3x3), "
                         "12 (3x4) or 16 (4x4) finite numbers",
                         text);
}

static enum wck_status add_carriers(struct wck_npz *npz,
                                    const struct wck_call_options *options,
                                    struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < WCK_CARRIERS && status == WCK_OK; i++) {
        const char *name = wck_call_options_carrier(i), *given = options->carrier[i];

        if (given == NULL)
            continue;
        status = strcmp(name, "matrix") == 0 && !wck_input_ends_in(given, ".npy")
                     ? add_matrix(npz, given, err)
                     : add_array(npz, name, given, err);
    }
    return status;
}

static enum wck_status add_border_value(struct wck_npz *npz,
                                        const struct wck_call_options *options,
                                        struct wck_error *err)
{
    size_t count = options->border_values;
    double value[WCK_BORDER_VALUES];
    struct wck_tensor tensor =
        wck_tensor_contiguous(value, WCK_FLOAT64, count > 1 ? 1 : 0, &count);

    memcpy(value, options->border_value, sizeof value);
    return count > 0 ? wck_npz_add_array(npz, "border_value", &tensor, err) : WCK_OK;
}

static enum wck_status add_spec(struct wck_npz *npz, const struct wck_spec *spec,
                                struct wck_error *err)
{
    struct wck_text text = {0};
    enum wck_status status = wck_spec_write(spec, &text, err);

    if (status == WCK_OK)
        status = wck_npz_add_text(npz, "spec.json", wck_text_string(&text), err);
    wck_text_release(&text);
    return status;
}

/* All arrays and the choices, as members of an archive. */
static enum wck_status add_all(struct wck_npz *npz,
                               const struct wck_call_options *options,
                               struct wck_error *err)
{
    struct wck_spec spec = options->spec;
    enum wck_status status = add_carriers(npz, options, err);

    if (status == WCK_OK)
        status = add_image(npz, options, &spec, err);
    if (status == WCK_OK)
        status = add_border_value(npz, options, err);
    if (status == WCK_OK && options->destination != NULL)
        status = add_array(npz, "destination", options->destination, err);
    if (status == WCK_OK && options->upstream != NULL)
        status = add_array(npz, "grad_output", options->upstream, err);
    if (status == WCK_OK)
        status = add_spec(npz, &spec, err);
    return status;
}

enum wck_status wck_gather(struct wck_recorded *recorded,
                           const struct wck_call_options *options,
                           const struct wck_recorded_inputs *inputs,
                           struct wck_error *err)
{
    struct wck_error why = {0};
    struct wck_npz npz = {0};
    enum wck_status status = add_all(&npz, options, err);

    if (status == WCK_OK) {
        status = wck_recorded_take(recorded, &npz, "the options", inputs, &why);
        if (status == WCK_FORMAT)
            status = WCK_INVALID;
        if (status != WCK_OK)
            wck_error_set(err, status, "%s", why.text);
    }
    wck_npz_release(&npz);
    if (status == WCK_OK && options->destination != NULL &&
        !recorded->recording.items[0].warp.transparent)
        return wck_error_set(err, WCK_INVALID,
                             "--destination is read by border transparent only");
    return status;
}
