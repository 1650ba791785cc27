#include "src/subject/recorded.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/clip.h"

/* Every array that a recording may have; the last are for people, and for other
 * programs (src/run/taps.h). */
static const char *const names[] = {
    "image",       "matrix",        "grid",
    "map_x",       "map_y",         "coords",
    "flow",        "border_value",  "output",
    "grad_output", "grad_image",    "grad_matrix",
    "grad_grid",   "grad_map_x",    "grad_map_y",
    "grad_coords", "grad_flow",     "grad_border_value",
    "destination", "sampling_grid", "tap_row",
    "tap_pixel",   "tap_weight",    "tap_dx",
    "tap_dy",      "tap_dz",
};

/* Lists the arrays and texts that are not read. */
static void list_unread(struct wck_recorded *s)
{
    for (size_t i = 0; i < s->archive.npz.count; i++) {
        const char *name = s->archive.npz.members[i].name;
        bool known = strcmp(name, "spec.json") == 0;

        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            known |= strcmp(name, names[k]) == 0;
        if (!known)
            wck_text_printf(&s->spec.unread, "%s%.64s",
                            s->spec.unread.size > 0 ? ", " : "", name);
    }
    if (s->spec.unread.size > 0)
        s->recording.unread = wck_text_string(&s->spec.unread);
}

const char *wck_recorded_output_layout(const struct wck_recorded *s,
                                       char flat[WCK_TENSOR_RANK + 1])
{
    return wck_call_output_layout(s->recording.problem.layout,
                                  wck_member_find(&s->archive, "coords"), flat);
}

/* Views an image of the given layout; `finite`: all its values are. */
static enum wck_status view(const struct wck_recorded *s, const char *name,
                            const char *layout, bool finite, struct wck_image *image,
                            struct wck_error *err)
{
    double *numbers = NULL;
    enum wck_status status = wck_member_view(&s->archive, name, layout, image, err);

    if (status == WCK_OK && strcmp(name, "output") == 0 && s->scaled == NULL)
        status = wck_member_check_dtype(&s->archive, name, "image", err);
    if (status == WCK_OK && finite)
        status = wck_member_numbers(&s->archive, name, true, &numbers, err);
    free(numbers);
    return status;
}

static enum wck_status check_output(const struct wck_recorded *s, struct wck_error *err)
{
    const struct wck_recording *r = &s->recording;

    if (r->output.tensor.data == NULL || (r->call.image.batch == r->output.batch &&
                                          r->call.image.channels == r->output.channels))
        return WCK_OK;
    return wck_error_set(err, WCK_FORMAT,
                         "%s: image has batch %zu and %zu channels, output %zu and %zu",
                         s->archive.path, r->call.image.batch, r->call.image.channels,
                         r->output.batch, r->output.channels);
}

/* A nearest pixel is not computed with. */
static bool is_nearest(const struct wck_recorded *s)
{
    struct wck_choices choices = s->spec.choices;
    struct wck_warp warp = {0};

    choices.axes = 2;
    choices.dtype = s->recording.call.image.tensor.dtype;
    choices.channels = s->recording.call.image.channels;
    return wck_convention_bind(s->spec.convention, &choices, &warp, NULL) == WCK_OK &&
           warp.kernel->degree == 0;
}

/* Makes an integer image one of float64 where the library does - the output's type says
 * so, and where there is none, the kernel - divided by its type's largest number, and
 * not below -1 (the least number of a signed type is one further from 0), unless its
 * caller had it preserve the range. */
static enum wck_status scale(struct wck_recorded *s, struct wck_error *err)
{
    struct wck_image *image = &s->recording.call.image, scaled;
    enum wck_dtype dtype = image->tensor.dtype;
    const struct wck_tensor *output = wck_member_find(&s->archive, "output");
    bool kept = s->spec.choices.preserve_range;
    double largest = kept ? 1.0 : wck_dtype_round(dtype, (double)INFINITY);
    enum wck_status status;

    if (!s->spec.convention->scales || wck_dtype_row(dtype)->roundoff > 0.0)
        return WCK_OK;
    if (output == NULL ? s->inputs == NULL || is_nearest(s)
                       : output->dtype != WCK_FLOAT64)
        return WCK_OK;
    status = wck_image_new_like(&scaled, WCK_FLOAT64, image, err);
    if (status != WCK_OK)
        return status;
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < wck_image_rows(image); y++) {
            for (size_t x = 0; x < image->width; x++) {
                double part = wck_image_get(image, p, y, x) / largest;

                wck_image_set(&scaled, p, y, x, kept ? part : fmax(part, -1.0));
            }
        }
    }
    s->scaled = scaled.tensor.data;
    *image = scaled;
    return WCK_OK;
}

/* The array whose shape the output has; NULL where none was recorded. */
static const char *shape_name(const struct wck_recorded *s)
{
    static const char *const likes[] = {"output", "grad_output", "destination"};
    const size_t count = s->inputs != NULL ? 3 : 2;

    for (size_t i = 0; i < count; i++) {
        if (wck_member_find(&s->archive, likes[i]) != NULL)
            return likes[i];
    }
    return NULL;
}

static enum wck_status read_images(struct wck_recorded *s, struct wck_error *err)
{
    struct wck_recording *r = &s->recording;
    const char *like;
    char flat[WCK_TENSOR_RANK + 1];
    enum wck_status status = wck_member_require(&s->archive, "image", err);

    if (status != WCK_OK)
        return status;
    r->problem.layout = s->spec.layout;
    if (s->spec.layout == NULL)
        r->problem.layout = wck_convention_layout(
            s->spec.convention, wck_member_find(&s->archive, "image")->rank);
    if (r->problem.layout == NULL)
        return wck_member_reject(&s->archive, "spec.json", "says no \"layout\"", err);
    status = view(s, "image", r->problem.layout,
                  s->inputs == NULL || !s->inputs->any_numbers, &r->call.image, err);
    if (status == WCK_OK)
        status = scale(s, err);
    r->has_output = wck_member_find(&s->archive, "output") != NULL;
    like = shape_name(s);
    if (status == WCK_OK && like != NULL)
        status = view(s, like, wck_recorded_output_layout(s, flat),
                      !r->has_output && (s->inputs == NULL || !s->inputs->any_numbers),
                      &r->output, err);
    else if (status == WCK_OK && s->inputs == NULL)
        status = wck_member_require(&s->archive, "output", err);
    if (status == WCK_OK)
        status = check_output(s, err);
    return status;
}

static enum wck_status read_border_value(struct wck_recorded *s, struct wck_error *err)
{
    const struct wck_tensor *value = wck_member_find(&s->archive, "border_value");
    struct wck_call *call = &s->recording.call;
    char wanted[80];
    size_t count;

    if (value == NULL)
        return WCK_OK;
    count = wck_tensor_count(value);
    if (value->rank > 1 || (count != 1 && count != call->image.channels &&
                            !(s->spec.convention->has_scalar && count <= 4))) {
        snprintf(wanted, sizeof wanted, "image has %zu channels", call->image.channels);
        return wck_member_reject_shape(&s->archive, "border_value", wanted, err);
    }
    call->border_values = count;
    return wck_member_numbers(&s->archive, "border_value", true, &s->border_value, err);
}

/* scikit-image clips by default, and a recording that does not say whether it did shows
 * it: by outputs beyond the image's range, or by none. */
static void infer_clip(struct wck_recorded *s)
{
    struct wck_recording *r = &s->recording;
    bool clips;

    if (!r->call.convention->has_clip || s->spec.says_clip || !r->has_output ||
        wck_member_find(&s->archive, "grad_output") != NULL)
        return;
    clips = wck_clip_is_within(&r->items[0].warp, &r->call.image, &r->output);
    for (size_t i = 0; i < r->call.image.batch; i++)
        r->items[i].warp.clips = clips;
    r->call.choices.clip = r->problem.warp.clips = clips;
}

/* The same function by coordinates, where they are what was recorded. */
static void turn_to_coords(struct wck_recorded *s)
{
    struct wck_text name = {0};
    const struct wck_convention *by_coords;

    if (wck_member_find(&s->archive, "coords") == NULL ||
        s->spec.convention->carrier == WCK_CARRIER_COORDS)
        return;
    wck_text_printf(&name, "%s.coords", s->spec.convention->name);
    by_coords = wck_text_string(&name) != NULL
                    ? wck_convention_find(wck_text_string(&name))
                    : NULL;
    if (by_coords != NULL)
        s->spec.convention = by_coords;
    wck_text_release(&name);
}

/* A carrier of the map that this convention does not read. */
static enum wck_status check_carriers(const struct wck_recorded *s,
                                      struct wck_error *err)
{
    static const char *const carriers[] = {"matrix", "grid",   "map_x",
                                           "map_y",  "coords", "flow"};
    const struct wck_convention *convention = s->spec.convention;

    for (size_t k = 0; k < sizeof carriers / sizeof carriers[0]; k++) {
        bool read = false;

        for (size_t i = 0; wck_call_array_name(convention, i) != NULL; i++)
            read |= strcmp(carriers[k], wck_call_array_name(convention, i)) == 0;
        if (!read && wck_member_find(&s->archive, carriers[k]) != NULL)
            return wck_error_set(err, WCK_FORMAT, "%s: %s takes %s, not %s",
                                 s->archive.path, convention->name,
                                 wck_call_array_name(convention, 0), carriers[k]);
    }
    return WCK_OK;
}

/* What is wrong with the call is wrong with the file. */
static enum wck_status blame(const struct wck_recorded *s, enum wck_status status,
                             const struct wck_error *why, struct wck_error *err)
{
    return wck_error_set(err, status == WCK_INVALID ? WCK_FORMAT : status, "%s: %s",
                         s->archive.path, why->text);
}

/* The sizes of the output as the call has them are those that were recorded, or asked
 * for. */
static enum wck_status check_sizes(const struct wck_recorded *s, struct wck_error *err)
{
    const struct wck_call *call = &s->recording.call;
    const struct wck_image *output = &s->recording.output;
    const struct wck_recorded_inputs *asked = s->inputs;

    if (output->tensor.data != NULL &&
        (call->output_depth != output->depth || call->output_height != output->height ||
         call->output_width != output->width))
        return wck_error_set(
            err, WCK_FORMAT, "%s: %s is %zux%zux%zu, %s asks for %zux%zux%zu",
            s->archive.path, shape_name(s), output->depth, output->height,
            output->width, wck_call_array_name(call->convention, 0), call->output_depth,
            call->output_height, call->output_width);
    if (asked == NULL || asked->height == 0 ||
        (call->output_height == asked->height && call->output_width == asked->width))
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID, "%s: the output is %zux%zu, not %zux%zu",
                         s->archive.path, call->output_height, call->output_width,
                         asked->height, asked->width);
}

/* The output's sizes, where nothing was recorded that has them. */
static void set_output(struct wck_recording *r)
{
    if (r->output.tensor.data != NULL)
        return;
    r->output.batch = r->call.image.batch;
    r->output.channels = r->call.image.channels;
    r->output.depth = r->call.output_depth;
    r->output.height = r->call.output_height;
    r->output.width = r->call.output_width;
}

/* From output to source whatever is said, as most do: to say so changes nothing. */
static bool goes_backwards(const struct wck_convention *convention)
{
    return !convention->has_inverse && (convention->carrier != WCK_CARRIER_MATRIX ||
                                        convention->direction == WCK_OUTPUT_TO_SOURCE);
}

static enum wck_status read_call(struct wck_recorded *s, struct wck_error *err)
{
    struct wck_call *call = &s->recording.call;
    const struct wck_image *output = &s->recording.output;
    const struct wck_recorded_inputs *asked = s->inputs;
    struct wck_error why = {0};
    enum wck_status status;

    call->convention = s->spec.convention;
    call->choices = s->spec.choices;
    call->choices.inverse_map &= !goes_backwards(call->convention);
    call->border_value = s->border_value;
    for (size_t i = 0; wck_call_array_name(call->convention, i) != NULL; i++) {
        const char *name = wck_call_array_name(call->convention, i);

        status = wck_member_require(&s->archive, name, err);
        if (status != WCK_OK)
            return status;
        call->array[i] = *wck_member_find(&s->archive, name);
        if (call->convention->carrier == WCK_CARRIER_COORDS)
            wck_call_deepen(s->recording.problem.layout, &call->array[i]);
    }
    call->output_depth = output->depth;
    call->output_height = output->height;
    call->output_width = output->width;
    if (output->tensor.data == NULL && asked != NULL) {
        call->output_height = asked->height;
        call->output_width = asked->width;
    }
    status = wck_call_check(call, &why);
    if (status != WCK_OK)
        return blame(s, status, &why, err);
    status = check_sizes(s, err);
    set_output(&s->recording);
    return status;
}

/* What the output held before: of its shape and type. */
static enum wck_status read_destination(struct wck_recorded *s, struct wck_error *err)
{
    const char *like = shape_name(s);
    char flat[WCK_TENSOR_RANK + 1];
    enum wck_status status;

    if (wck_member_find(&s->archive, "destination") == NULL)
        return WCK_OK;
    status = wck_member_check_shape(&s->archive, "destination", like, err);
    if (status == WCK_OK)
        status = wck_member_check_dtype(&s->archive, "destination",
                                        s->recording.has_output ? like : "image", err);
    if (status == WCK_OK)
        status = view(s, "destination", wck_recorded_output_layout(s, flat), true,
                      &s->recording.call.destination, err);
    return status;
}

static enum wck_status make_items(struct wck_recorded *s, struct wck_error *err)
{
    struct wck_recording *r = &s->recording;
    size_t batch = r->call.image.batch;
    struct wck_error why = {0};

    r->items = calloc(batch, sizeof *r->items);
    if (r->items == NULL)
        return wck_error_no_memory(err);
    for (size_t i = 0; i < batch; i++) {
        enum wck_status status = wck_call_item_init(&r->items[i], &r->call, i, &why);

        if (status != WCK_OK)
            return blame(s, status, &why, err);
    }
    r->problem.warp = r->items[0].warp;
    r->problem.convention = r->call.convention;
    r->problem.choices = r->call.choices;
    r->problem.dtype = r->call.image.tensor.dtype;
    r->problem.batch = batch;
    r->problem.channels = r->call.image.channels;
    return WCK_OK;
}

/* A gradient of a coarser type than the image was rounded to it, or made in it. */
static void coarsen(struct wck_problem *problem, enum wck_dtype dtype)
{
    double own = wck_dtype_row(problem->dtype)->roundoff;

    if (own > 0.0 && wck_dtype_row(dtype)->roundoff > own)
        problem->dtype = dtype;
}

/* A gradient with the shape of another array; nothing where it was not recorded. */
static enum wck_status read_gradient(struct wck_recorded *s, const char *like,
                                     struct wck_tensor *gradient, struct wck_error *err)
{
    char name[40];
    enum wck_status status;

    snprintf(name, sizeof name, "grad_%s", like);
    if (wck_member_find(&s->archive, name) == NULL)
        return WCK_OK;
    if (strcmp(like, "output") == 0 && !s->recording.has_output)
        like = "grad_output";
    if (wck_member_find(&s->archive, "grad_output") == NULL)
        return wck_member_reject(&s->archive, name, "is recorded without grad_output",
                                 err);
    status = wck_member_require(&s->archive, like, err);
    if (status == WCK_OK)
        status = wck_member_check_shape(&s->archive, name, like, err);
    if (status == WCK_OK) {
        *gradient = *wck_member_find(&s->archive, name);
        coarsen(&s->recording.problem, gradient->dtype);
    }
    if (status == WCK_OK && strcmp(like, "coords") == 0)
        wck_call_deepen(s->recording.problem.layout, gradient);
    return status;
}

static enum wck_status read_gradients(struct wck_recorded *s, struct wck_error *err)
{
    struct wck_recording *r = &s->recording;
    struct wck_tensor output = {0}, image = {0};
    char flat[WCK_TENSOR_RANK + 1];
    enum wck_status status = read_gradient(s, "output", &output, err);

    if (status == WCK_OK && output.data != NULL)
        status =
            view(s, "grad_output", wck_recorded_output_layout(s, flat),
                 s->inputs == NULL || !s->inputs->any_numbers, &r->grad_output, err);
    if (status != WCK_OK || s->inputs != NULL)
        return status;
    status = read_gradient(s, "image", &image, err);
    if (status == WCK_OK && image.data != NULL)
        status = view(s, "grad_image", r->problem.layout, false, &r->grad_image, err);
    for (size_t i = 0; wck_call_array_name(r->call.convention, i) != NULL; i++) {
        if (status == WCK_OK)
            status = read_gradient(s, wck_call_array_name(r->call.convention, i),
                                   &r->grad_array[i], err);
    }
    if (status == WCK_OK)
        status = read_gradient(s, "border_value", &r->grad_border_value, err);
    return status;
}

static enum wck_status read_spec(struct wck_recorded *s, struct wck_error *err)
{
    const char *text = wck_npz_text(&s->archive.npz, "spec.json");
    struct wck_text name = {0};
    enum wck_status status;

    if (text == NULL)
        return wck_member_reject(&s->archive, "spec.json", "is missing", err);
    wck_text_printf(&name, "%s: spec.json", s->archive.path);
    status = wck_spec_read(wck_text_string(&name), text, &s->spec, err);
    wck_text_release(&name);
    return status;
}

enum wck_status wck_recorded_take(struct wck_recorded *s, struct wck_npz *npz,
                                  const char *name,
                                  const struct wck_recorded_inputs *inputs,
                                  struct wck_error *err)
{
    enum wck_status status;

    *s =
        (struct wck_recorded){.archive = {.path = name, .npz = *npz}, .inputs = inputs};
    *npz = (struct wck_npz){0};
    status = read_spec(s, err);
    list_unread(s);
    if (status == WCK_OK) {
        turn_to_coords(s);
        status = check_carriers(s, err);
    }
    if (status == WCK_OK)
        status = read_images(s, err);
    if (status == WCK_OK)
        status = read_border_value(s, err);
    if (status == WCK_OK)
        status = read_call(s, err);
    if (status == WCK_OK)
        status = read_destination(s, err);
    if (status == WCK_OK)
        status = make_items(s, err);
    if (status == WCK_OK) {
        infer_clip(s);
        status = read_gradients(s, err);
    }
    return status;
}

enum wck_status wck_recorded_read(struct wck_recorded *s, const char *path,
                                  const struct wck_recorded_inputs *inputs,
                                  struct wck_error *err)
{
    struct wck_npz npz;
    enum wck_status status = wck_npz_read(path, &npz, err);

    *s = (struct wck_recorded){0};
    if (status == WCK_OK)
        status = wck_recorded_take(s, &npz, path, inputs, err);
    wck_npz_release(&npz);
    return status;
}

void wck_recorded_release(struct wck_recorded *s)
{
    for (size_t i = 0; s->recording.items != NULL && i < s->recording.call.image.batch;
         i++)
        wck_call_item_release(&s->recording.items[i]);
    free(s->recording.items);
    free(s->border_value);
    free(s->scaled);
    wck_spec_release(&s->spec);
    wck_npz_release(&s->archive.npz);
    *s = (struct wck_recorded){0};
}

enum wck_status wck_recorded_new_output(const struct wck_recorded *s,
                                        struct wck_tensor *output,
                                        struct wck_error *err)
{
    const struct wck_image *like = &s->recording.output;
    char flat[WCK_TENSOR_RANK + 1];
    const char *layout = wck_recorded_output_layout(s, flat);
    const char *deep = strchr(layout, 'D');
    size_t shape[WCK_TENSOR_RANK];
    int rank = wck_layout_shape(layout, like->batch, like->channels, like->height,
                                like->width, shape);

    if (deep != NULL)
        shape[deep - layout] = like->depth;
    return wck_tensor_new(output, s->recording.call.image.tensor.dtype, rank, shape,
                          err);
}
