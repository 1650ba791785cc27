#include "src/run/trim.h"

#include <stdio.h>
#include <string.h>

#include "reference/call.h"
#include "src/subject/spec.h"

/* Batch, channels; rows and columns of the output; of the image.  Other axes (depth, of
 * coordinates, of a matrix) are not cut. */
static const char letters[] = "NCYXyx";

/* By each letter: half, a quarter or one, at the end or at the start. */
#define CUTS 6

size_t wck_trim_attempts(void)
{
    return CUTS * strlen(letters);
}

/* What all arrays are read by. */
struct call {
    const struct wck_convention *convention;
    const char *layout;
    const struct wck_npz *inputs;
    size_t channels;
};

/* The letter of each axis of an image's layout. */
static void name_image(const char *layout, bool output, char axes[WCK_TENSOR_RANK + 1])
{
    static const char from[] = "HWD", of_image[] = "yxd", of_output[] = "YXD";
    size_t i;

    for (i = 0; layout[i] != '\0' && i < WCK_TENSOR_RANK; i++) {
        const char *at = strchr(from, layout[i]);

        axes[i] = at == NULL ? layout[i] : (output ? of_output : of_image)[at - from];
    }
    axes[i] = '\0';
}

/* Of an array that carries the map, without the batch. */
static const char *name_map(const struct call *call, bool flat)
{
    bool deep = strchr(call->layout, 'D') != NULL && !flat;

    switch (call->convention->carrier) {
    case WCK_CARRIER_MATRIX:
        return "--";
    case WCK_CARRIER_MAPS:
        return deep ? "DYX" : "YX";
    case WCK_CARRIER_GRID:
        return deep ? "DYX-" : "YX-";
    case WCK_CARRIER_FLOW:
        if (call->convention->axis_last)
            return deep ? "DYX-" : "YX-";
        return deep ? "-DYX" : "-YX";
    case WCK_CARRIER_COORDS:
    default:
        return deep ? "-DYX" : "-YX";
    }
}

/* The letters of an array; "" where they are not known. */
static void name_axes(const struct call *call, const char *name,
                      const struct wck_tensor *tensor, char axes[WCK_TENSOR_RANK + 2])
{
    const struct wck_tensor *coords = wck_npz_array(call->inputs, "coords");
    char flat[WCK_TENSOR_RANK + 1];
    const char *layout = wck_call_output_layout(call->layout, coords, flat);

    if (strcmp(name, "image") == 0)
        name_image(call->layout, false, axes);
    else if (strcmp(name, "grad_output") == 0 || strcmp(name, "destination") == 0)
        name_image(layout, true, axes);
    else if (strcmp(name, "border_value") == 0)
        strcpy(axes, tensor->rank == 0                    ? ""
                     : tensor->shape[0] == call->channels ? "C"
                                                          : "-");
    else {
        const char *map = name_map(call, layout == flat);
        bool batched = (size_t)tensor->rank == strlen(map) + 1;

        snprintf(axes, WCK_TENSOR_RANK + 2, "%s%s", batched ? "N" : "", map);
    }
}

/* How many of n to cut off. */
static size_t cut_of(size_t n, size_t attempt)
{
    static const size_t parts[] = {2, 4};

    return n < 2 ? 0 : attempt / 2 < 2 ? n / parts[attempt / 2] : 1;
}

/* Adds the array, cut where it has the letter; *cut remembers that one was. */
static enum wck_status add(const struct call *call, const struct wck_npz_member *member,
                           size_t attempt, struct wck_npz *smaller, bool *cut,
                           struct wck_error *err)
{
    char letter = letters[attempt / CUTS], axes[WCK_TENSOR_RANK + 2];
    struct wck_tensor view = member->tensor;
    const char *at;
    size_t pixels;

    name_axes(call, member->name, &view, axes);
    if (strlen(axes) != (size_t)view.rank)
        return WCK_UNSUPPORTED;
    at = strchr(axes, letter);
    pixels = at != NULL ? cut_of(view.shape[at - axes], attempt % CUTS) : 0;
    if (pixels > 0) {
        view.shape[at - axes] -= pixels;
        if (attempt % 2 == 1)
            view.data = (char *)view.data + pixels * (size_t)view.stride[at - axes] *
                                                wck_dtype_row(view.dtype)->size;
        *cut = true;
    }
    return wck_npz_add_array(smaller, member->name, &view, err);
}

enum wck_status wck_trim(const struct wck_npz *inputs, size_t attempt,
                         struct wck_npz *smaller, bool *cut, struct wck_error *err)
{
    const char *text = wck_npz_text(inputs, "spec.json");
    const struct wck_tensor *image = wck_npz_array(inputs, "image");
    struct wck_spec spec = {0};
    struct wck_image view;
    struct call call = {.inputs = inputs};
    enum wck_status status = wck_spec_read("spec.json", text, &spec, err);

    *smaller = (struct wck_npz){0};
    *cut = false;
    call.convention = spec.convention;
    if (status == WCK_OK)
        call.layout = spec.layout != NULL
                          ? spec.layout
                          : wck_convention_layout(spec.convention, image->rank);
    if (status == WCK_OK)
        status = wck_image_view(&view, image, call.layout, err);
    if (status == WCK_OK)
        call.channels = view.channels;
    for (size_t i = 0; i < inputs->count && status == WCK_OK; i++) {
        const struct wck_npz_member *member = &inputs->members[i];

        status = member->text != NULL
                     ? wck_npz_add_text(smaller, member->name, member->text, err)
                     : add(&call, member, attempt, smaller, cut, err);
    }
    wck_spec_release(&spec);
    if (status != WCK_UNSUPPORTED)
        return status;
    *cut = false;
    return WCK_OK;
}
