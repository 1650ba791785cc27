#include "reference/call.h"
#include "reference/pass.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/flag.h"

const char *wck_call_array_name(const struct wck_convention *convention, size_t i)
{
    static const char *const names[][WCK_CALL_ARRAYS] = {
        [WCK_CARRIER_MATRIX] = {"matrix", NULL},
        [WCK_CARRIER_GRID] = {"grid", NULL},
        [WCK_CARRIER_MAPS] = {"map_x", "map_y"},
        [WCK_CARRIER_COORDS] = {"coords", NULL},
        [WCK_CARRIER_FLOW] = {"flow", NULL},
    };

    return i < WCK_CALL_ARRAYS ? names[convention->carrier][i] : NULL;
}

#define SCALAR 4 /* components of a cv::Scalar */

/* How the axes of an array that carries coordinates lie: axis[0 .. 2] are depth, height
 * and width among its dimensions, `along` that of x, y, z; -1 where there is none. */
struct shape {
    int batch, along, axis[WCK_AXES];
};

/* Dimensions in order: [batch] [axes] [depth] height width [axes]. */
static bool read_shape(const struct wck_call *call, const struct wck_tensor *tensor,
                       struct shape *shape)
{
    const struct wck_convention *convention = call->convention;
    bool volume = call->choices.axes == 3, batched, along, first;
    int rank = volume ? 3 : 2, at = 0;

    along = convention->carrier != WCK_CARRIER_MAPS;
    first = convention->carrier == WCK_CARRIER_COORDS ||
            (convention->carrier == WCK_CARRIER_FLOW && !convention->axis_last);
    rank += along ? 1 : 0;
    batched = tensor->rank == rank + 1 && convention->carrier != WCK_CARRIER_COORDS;
    if (tensor->rank != rank + (batched ? 1 : 0))
        return false;
    shape->batch = batched ? at++ : -1;
    shape->along = along && first ? at++ : along ? tensor->rank - 1 : -1;
    shape->axis[0] = volume ? at++ : -1;
    shape->axis[1] = at++;
    shape->axis[2] = at;
    return !along || tensor->shape[shape->along] == (size_t)call->choices.axes;
}

static size_t size_along(const struct wck_tensor *tensor, int dimension)
{
    return dimension < 0 ? 1 : tensor->shape[dimension];
}

static enum wck_status say_shape(const struct wck_call *call, size_t i,
                                 struct wck_error *err)
{
    const struct wck_tensor *tensor = &call->array[i];
    char shape[120] = "";

    for (int d = 0; d < tensor->rank; d++) {
        size_t used = strlen(shape);

        snprintf(shape + used, sizeof shape - used, "%s%zu", d > 0 ? "x" : "",
                 tensor->shape[d]);
    }
    return wck_error_set(
        err, WCK_INVALID,
        "%s is %s, which does not fit an image of %d axes and batch %zu",
        wck_call_array_name(call->convention, i), shape, call->choices.axes,
        call->image.batch);
}

static enum wck_status check_samples(struct wck_call *call, struct wck_error *err)
{
    for (size_t i = 0; wck_call_array_name(call->convention, i) != NULL; i++) {
        const struct wck_tensor *tensor = &call->array[i];
        struct shape shape;
        size_t batch, sizes[WCK_AXES];

        if (!read_shape(call, tensor, &shape))
            return say_shape(call, i, err);
        batch = size_along(tensor, shape.batch);
        for (int d = 0; d < WCK_AXES; d++)
            sizes[d] = size_along(tensor, shape.axis[d]);
        if (batch != 1 && batch != call->image.batch)
            return say_shape(call, i, err);
        if (i > 0 &&
            (sizes[1] != call->output_height || sizes[2] != call->output_width))
            return wck_error_set(err, WCK_INVALID, "%s and %s differ in shape",
                                 wck_call_array_name(call->convention, 0),
                                 wck_call_array_name(call->convention, i));
        call->output_depth = sizes[0];
        call->output_height = sizes[1];
        call->output_width = sizes[2];
    }
    return WCK_OK;
}

static enum wck_status check_matrix(struct wck_call *call, struct wck_error *err)
{
    const struct wck_tensor *matrix = &call->array[0];
    int rank = matrix->rank;

    if ((rank != 2 && rank != 3) || matrix->shape[rank - 1] > 4 ||
        matrix->shape[rank - 2] > 4 ||
        (rank == 3 && matrix->shape[0] != 1 && matrix->shape[0] != call->image.batch))
        return say_shape(call, 0, err);
    if (call->output_height == 0)
        call->output_height = call->image.height;
    if (call->output_width == 0)
        call->output_width = call->image.width;
    if (call->output_depth == 0)
        call->output_depth = call->image.depth;
    if (call->convention->same_size && (call->output_height != call->image.height ||
                                        call->output_width != call->image.width))
        return wck_error_set(err, WCK_INVALID,
                             "%s makes outputs of the image's size, %zux%zu, and no "
                             "others",
                             call->convention->name, call->image.height,
                             call->image.width);
    return WCK_OK;
}

/* A volume has several slices, or a map of three axes where the library takes one. */
static int axes_of(const struct wck_call *call)
{
    const struct wck_tensor *first = &call->array[0];
    bool deep = call->image.depth > 1;

    if (!call->convention->has_volumes)
        return deep ? 3 : 2;
    switch (call->convention->carrier) {
    case WCK_CARRIER_MATRIX:
        deep |= first->shape[first->rank - 1] == 4;
        break;
    case WCK_CARRIER_GRID:
        deep |= first->shape[first->rank - 1] == 3;
        break;
    case WCK_CARRIER_COORDS:
        deep |= first->shape[0] == 3 && first->rank == 4;
        break;
    case WCK_CARRIER_FLOW:
        deep |= first->rank == 5;
        break;
    case WCK_CARRIER_MAPS:
        break;
    }
    return deep ? 3 : 2;
}

enum wck_status wck_call_check(struct wck_call *call, struct wck_error *err)
{
    const struct wck_convention *convention = call->convention;
    const struct wck_flag *flag;

    for (size_t i = 0; wck_call_array_name(convention, i) != NULL; i++) {
        if (call->array[i].data == NULL || call->array[i].rank == 0)
            return wck_error_set(err, WCK_INVALID, "%s takes %s, which is missing",
                                 convention->name, wck_call_array_name(convention, i));
    }
    call->choices.dtype = call->image.tensor.dtype;
    call->choices.map_dtype = call->array[0].dtype;
    call->choices.channels = call->image.channels;
    call->choices.axes = axes_of(call);
    if (call->border_values > 0 && !convention->has_fill)
        return wck_error_set(err, WCK_INVALID, "%s takes no border value",
                             convention->name);
    if (call->border_values > 1 && call->border_values != call->image.channels &&
        !(convention->has_scalar && call->border_values <= SCALAR))
        return wck_error_set(err, WCK_INVALID,
                             "border_value is %zu numbers, the image has %zu channels",
                             call->border_values, call->image.channels);
    for (size_t i = 0; (flag = wck_flag_row(i)) != NULL; i++) {
        if (flag->chosen(&call->choices) && !flag->taken(convention))
            return wck_error_set(err, WCK_INVALID, "%s takes no %s", convention->name,
                                 flag->name);
    }
    return convention->carrier == WCK_CARRIER_MATRIX ? check_matrix(call, err)
                                                     : check_samples(call, err);
}

bool wck_call_shares_map(const struct wck_call *call)
{
    const struct wck_tensor *first = &call->array[0];
    struct shape shape;

    if (call->convention->carrier == WCK_CARRIER_MATRIX)
        return first->rank < 3 || first->shape[0] == 1;
    return !read_shape(call, first, &shape) || size_along(first, shape.batch) == 1;
}

/* ---- volumes whose coordinates lie in a plane ---- */

void wck_call_deepen(const char *layout, struct wck_tensor *coords)
{
    if (strchr(layout, 'D') == NULL || coords->rank != 3)
        return;
    for (int i = 3; i > 1; i--) {
        coords->shape[i] = coords->shape[i - 1];
        coords->stride[i] = coords->stride[i - 1];
    }
    coords->shape[1] = 1;
    coords->rank = 4;
}

const char *wck_call_output_layout(const char *layout, const struct wck_tensor *coords,
                                   char flat[WCK_TENSOR_RANK + 1])
{
    const char *deep = strchr(layout, 'D');

    if (deep == NULL || coords == NULL || coords->rank != 3 ||
        strlen(layout) > WCK_TENSOR_RANK)
        return layout;
    memcpy(flat, layout, (size_t)(deep - layout));
    strcpy(flat + (deep - layout), deep + 1);
    return flat;
}

/* ---- items ---- */

/* The axis (x, y, z) that component k of the array is. */
static int axis_of(const struct wck_call *call, int k)
{
    return call->convention->reversed ? call->choices.axes - 1 - k : k;
}

void wck_call_each(const struct wck_call *call, const struct wck_call_item *item,
                   size_t index, wck_call_visit *visit, void *state)
{
    (void)item;
    for (size_t i = 0; wck_call_array_name(call->convention, i) != NULL; i++) {
        const struct wck_tensor *tensor = &call->array[i];
        size_t step[WCK_TENSOR_RANK], components, skipped, of_z;
        struct shape shape;

        if (!read_shape(call, tensor, &shape))
            return;
        for (int d = tensor->rank; d-- > 0;)
            step[d] = d + 1 < tensor->rank ? step[d + 1] * tensor->shape[d + 1] : 1;
        components = size_along(tensor, shape.along);
        skipped = size_along(tensor, shape.batch) > 1 ? index * step[0] : 0;
        of_z = shape.axis[0] >= 0 ? step[shape.axis[0]] : 0;
        for (size_t k = 0; k < components; k++) {
            size_t of_component = shape.along >= 0 ? k * step[shape.along] : 0;
            int axis = shape.along >= 0 ? axis_of(call, (int)k) : (int)i;
            size_t sample = 0;

            for (size_t z = 0; z < call->output_depth; z++) {
                for (size_t y = 0; y < call->output_height; y++) {
                    for (size_t x = 0; x < call->output_width; x++)
                        visit(state, i,
                              skipped + of_component + z * of_z +
                                  y * step[shape.axis[1]] + x * step[shape.axis[2]],
                              axis, sample++);
                }
            }
        }
    }
}

/* Element `offset`, counted as if the tensor were contiguous. */
static double element(const struct wck_tensor *tensor, size_t offset)
{
    ptrdiff_t at = 0;

    for (int d = tensor->rank; d-- > 0;) {
        at += (ptrdiff_t)(offset % tensor->shape[d]) * tensor->stride[d];
        offset /= tensor->shape[d];
    }
    return wck_tensor_get(tensor, at);
}

/* Copies of the coordinates, x first. */
struct filling {
    const struct wck_call *call;
    double *data;
    size_t samples;
};

static void fill(void *state, size_t array, size_t offset, int axis, size_t index)
{
    const struct filling *to = state;

    to->data[(size_t)axis * to->samples + index] =
        element(&to->call->array[array], offset);
}

static enum wck_status place_samples(struct wck_call_item *item,
                                     const struct wck_call *call, size_t index,
                                     struct wck_error *err)
{
    size_t samples = wck_warp_samples(&item->warp);
    struct filling filling = {.call = call, .samples = samples};

    item->data = calloc((size_t)call->choices.axes * samples, sizeof *item->data);
    if (item->data == NULL)
        return wck_error_no_memory(err);
    filling.data = item->data;
    wck_call_each(call, item, index, fill, &filling);
    item->warp.map.x = item->data;
    item->warp.map.y = item->data + samples;
    item->warp.map.z = call->choices.axes == 3 ? item->data + 2 * samples : NULL;
    return WCK_OK;
}

static enum wck_status place_matrix(struct wck_call_item *item,
                                    const struct wck_call *call, size_t index,
                                    struct wck_error *err)
{
    const struct wck_tensor *tensor = &call->array[0];
    size_t rows = tensor->shape[tensor->rank - 2];
    size_t columns = tensor->shape[tensor->rank - 1];
    bool batched = tensor->rank == 3 && tensor->shape[0] > 1;
    double matrix[16];

    for (size_t i = 0; i < rows * columns; i++)
        matrix[i] = element(tensor, (batched ? index * rows * columns : 0) + i);
    return wck_convention_matrix(call->convention, &call->choices, matrix, rows,
                                 columns, &item->warp, err);
}

bool wck_call_reads_fill(const struct wck_call *call)
{
    const char *border = call->choices.border;

    return call->border_values > 0 && (border == NULL || strcmp(border, "zeros") != 0);
}

size_t wck_call_border_entry(size_t values, size_t channels, size_t channel)
{
    if (values == 1 || values == channels)
        return values == 1 ? 0 : channel;
    return channel % SCALAR < values ? channel % SCALAR : values;
}

/* The border value of a channel: the channels of a cv::Scalar take turns, and it is
 * rounded to the image's type. */
static double fill_of(const struct wck_call *call, size_t channel)
{
    enum wck_dtype dtype = call->image.tensor.dtype;
    size_t at =
        wck_call_border_entry(call->border_values, call->image.channels, channel);
    double value = at < call->border_values ? call->border_value[at] : 0.0;

    if (!call->convention->has_scalar)
        return value;
    return wck_dtype_round(
        dtype, wck_dtype_row(dtype)->roundoff > 0.0 ? value : nearbyint(value));
}

static enum wck_status place_fill(struct wck_call_item *item,
                                  const struct wck_call *call, struct wck_error *err)
{
    size_t channels = call->image.channels;

    if (!wck_call_reads_fill(call))
        return WCK_OK;
    item->fill = calloc(channels, sizeof *item->fill);
    if (item->fill == NULL)
        return wck_error_no_memory(err);
    for (size_t c = 0; c < channels; c++)
        item->fill[c] = fill_of(call, c);
    item->warp.border_value = item->fill;
    item->warp.border_values = channels;
    return WCK_OK;
}

/* The item's own part of what the output held before. */
static enum wck_status place_destination(struct wck_call_item *item,
                                         const struct wck_call *call, size_t index,
                                         struct wck_error *err)
{
    struct wck_image image;

    if (!item->warp.transparent)
        return WCK_OK;
    if (call->destination.tensor.data == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "border transparent leaves what the output held before: "
                             "destination, which is missing");
    if (call->destination.batch != call->image.batch)
        return wck_error_set(err, WCK_INVALID,
                             "image and destination differ in batch: %zu and %zu",
                             call->image.batch, call->destination.batch);
    item->warp.destination = wck_image_item(&call->destination, index);
    image = wck_image_item(&call->image, index);
    return wck_pass_check_destination(&item->warp, &image, &item->warp.destination,
                                      err);
}

enum wck_status wck_call_item_init(struct wck_call_item *item,
                                   const struct wck_call *call, size_t index,
                                   struct wck_error *err)
{
    enum wck_status status;

    *item = (struct wck_call_item){.warp = {
                                       .source_width = call->image.width,
                                       .source_height = call->image.height,
                                       .source_depth = call->image.depth,
                                       .output_width = call->output_width,
                                       .output_height = call->output_height,
                                       .output_depth = call->output_depth,
                                   }};
    status = place_fill(item, call, err);
    if (status == WCK_OK)
        status =
            wck_convention_bind(call->convention, &call->choices, &item->warp, err);
    if (status == WCK_OK)
        status = place_destination(item, call, index, err);
    if (status != WCK_OK)
        return status;
    return call->convention->carrier == WCK_CARRIER_MATRIX
               ? place_matrix(item, call, index, err)
               : place_samples(item, call, index, err);
}

void wck_call_item_release(struct wck_call_item *item)
{
    free(item->data);
    free(item->fill);
    *item = (struct wck_call_item){0};
}

/* ---- gradients ---- */

struct adding {
    const double *axis[WCK_AXES];
    double *const *array;
};

static void add_element(void *state, size_t array, size_t offset, int axis,
                        size_t index)
{
    const struct adding *adding = state;

    if (adding->array[array] != NULL)
        adding->array[array][offset] += adding->axis[axis][index];
}

void wck_call_add(const struct wck_call *call, const struct wck_call_item *item,
                  size_t index, const struct wck_gradients *gradients,
                  double *const array[WCK_CALL_ARRAYS])
{
    struct adding adding = {.axis = {gradients->x, gradients->y, gradients->z},
                            .array = array};
    const struct wck_tensor *matrix = &call->array[0];
    size_t rows, columns, first;
    double own[16];

    if (call->convention->carrier != WCK_CARRIER_MATRIX) {
        wck_call_each(call, item, index, add_element, &adding);
        return;
    }
    rows = matrix->shape[matrix->rank - 2];
    columns = matrix->shape[matrix->rank - 1];
    first = matrix->rank == 3 && matrix->shape[0] > 1 ? index * rows * columns : 0;
    wck_convention_matrix_gradient(call->convention, &item->warp, gradients->matrix,
                                   rows, columns, own);
    for (size_t i = 0; array[0] != NULL && i < rows * columns; i++)
        array[0][first + i] += own[i];
}
