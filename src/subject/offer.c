#include "src/subject/offer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reference/span.h"
#include "src/subject/recorded.h"
#include "src/subject/subject.h"

/* One of ours, in this process, that knows conventions: a call is a recording without
 * its answers (doc/protocol.md), and such a kind answers recordings. */
static bool is_offered(const struct wck_subject_kind *kind)
{
    return !kind->apart && kind->answer != NULL;
}

bool wck_offer_named(const char *name)
{
    const struct wck_subject_kind *kind;

    for (size_t i = 0; (kind = wck_subject_kind_row(i)) != NULL; i++) {
        size_t length = strlen(kind->prefix);

        if (is_offered(kind) && strncmp(name, kind->prefix, length) == 0 &&
            name[length] == ':')
            return true;
    }
    return false;
}

/* ---- a call, as a recording ---- */

static bool has_array(const struct wck_plugin_call *call, const char *name)
{
    for (size_t i = 0; i < call->array_count; i++) {
        if (strcmp(call->arrays[i].name, name) == 0)
            return true;
    }
    return false;
}

/* What was said, with the harness's own convention under the name that it has among the
 * libraries'. */
static enum wck_status add_spec(const struct wck_plugin_call *call, struct wck_npz *npz,
                                struct wck_error *err)
{
    json_t *spec = json_loads(call->spec, 0, NULL);
    char *text;
    enum wck_status status;

    if (spec != NULL && strcmp(call->convention, "warp") == 0)
        json_object_set_new(spec, "convention",
                            json_string(has_array(call, "map_x") ? "reference.maps"
                                                                 : "reference.matrix"));
    text = json_dumps(spec, JSON_COMPACT);
    json_decref(spec);
    status = text != NULL ? wck_npz_add_text(npz, "spec.json", text, err)
                          : wck_error_set(err, WCK_FORMAT, "the call has no spec");
    free(text);
    return status;
}

static enum wck_status pack(const struct wck_plugin_call *call, struct wck_npz *npz,
                            struct wck_error *err)
{
    enum wck_status status = add_spec(call, npz, err);

    for (size_t i = 0; i < call->array_count && status == WCK_OK; i++)
        status =
            wck_npz_add_array(npz, call->arrays[i].name, &call->arrays[i].tensor, err);
    return status;
}

static const struct wck_tensor *wanted_tensor(const struct wck_plugin_call *call,
                                              const char *name)
{
    for (size_t i = 0; i < call->wanted_count; i++) {
        if (strcmp(call->wanted[i].name, name) == 0)
            return &call->wanted[i].tensor;
    }
    return NULL;
}

/* The size of the output that is wanted; 0 where there is none, or it is no image. */
static struct wck_recorded_inputs wanted_size(const struct wck_plugin_call *call)
{
    struct wck_recorded_inputs size = {.any_numbers = true};
    struct wck_image output;
    struct wck_error why = {0};

    for (size_t i = 0; i < call->wanted_count; i++) {
        const char *name = call->wanted[i].name;

        if ((strcmp(name, "output") == 0 || strcmp(name, "tangent_output") == 0) &&
            wck_image_view(&output, &call->wanted[i].tensor, call->layout, &why) ==
                WCK_OK)
            size = (struct wck_recorded_inputs){output.height, output.width, true};
    }
    return size;
}

/* ---- its answer ---- */

static enum wck_status give(const struct wck_npz *answers,
                            const struct wck_plugin_array *wanted,
                            struct wck_error *err)
{
    const struct wck_tensor *answer = wck_npz_array(answers, wanted->name);
    struct wck_tensor to = wanted->tensor;

    if (answer == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "it gives no %s", wanted->name);
    return wck_tensor_copy(answer, &to, err);
}

static enum wck_status put(struct wck_subject *subject,
                           const struct wck_plugin_call *call, struct wck_npz *npz,
                           struct wck_npz *answers, struct wck_error *err)
{
    const struct wck_recorded_inputs size = wanted_size(call);
    struct wck_recorded asked;
    enum wck_status status = wck_recorded_take(&asked, npz, "the call", &size, err);

    if (status == WCK_OK)
        status = wck_subject_answer(subject, &asked, answers, err);
    for (size_t i = 0; i < call->wanted_count && status == WCK_OK; i++)
        status = give(answers, &call->wanted[i], err);
    wck_recorded_release(&asked);
    return status;
}

/* ---- forward mode ---- */

/* Numbers of the shape of the array `like`; NULL where they are not given. */
static enum wck_status read_numbers(const struct wck_recorded *asked, const char *name,
                                    const char *like, const double **numbers,
                                    struct wck_error *err)
{
    const struct wck_tensor *tensor = wck_member_find(&asked->archive, name);

    *numbers = NULL;
    if (tensor == NULL)
        return WCK_OK;
    if (tensor->dtype != WCK_FLOAT64)
        return wck_error_set(err, WCK_UNSUPPORTED, "no %s but of float64", name);
    *numbers = tensor->data;
    return wck_member_check_shape(&asked->archive, name, like, err);
}

static enum wck_status read_tangent(const struct wck_recorded *asked, const char *name,
                                    const double **numbers, struct wck_error *err)
{
    return read_numbers(asked, name, name + strlen("tangent_"), numbers, err);
}

static enum wck_status read_tangents(const struct wck_recorded *asked,
                                     struct wck_image *image, struct wck_tangents *t,
                                     struct wck_error *err)
{
    const struct wck_archive *archive = &asked->archive;
    enum wck_status status = WCK_OK;

    *t = (struct wck_tangents){.image = NULL};
    if (wck_member_find(archive, "tangent_image") != NULL) {
        t->image = image;
        status = wck_member_check_shape(archive, "tangent_image", "image", err);
        if (status == WCK_OK)
            status = wck_member_view(archive, "tangent_image",
                                     asked->recording.problem.layout, image, err);
    }
    if (status == WCK_OK)
        status = read_tangent(asked, "tangent_matrix", &t->matrix, err);
    if (status == WCK_OK)
        status = read_tangent(asked, "tangent_map_x", &t->x, err);
    if (status == WCK_OK)
        status = read_tangent(asked, "tangent_map_y", &t->y, err);
    if (status == WCK_OK)
        status = read_tangent(asked, "tangent_border_value", &t->border_value, err);
    return status;
}

/* In the harness's own convention, in which the arrays are what the warp holds. */
static enum wck_status push(struct wck_subject *subject,
                            const struct wck_plugin_call *call,
                            const struct wck_recorded *asked, struct wck_error *err)
{
    const struct wck_recording *r = &asked->recording;
    struct wck_image output, image;
    struct wck_tangents tangents;
    enum wck_status status = read_tangents(asked, &image, &tangents, err);

    if (status != WCK_OK)
        return status;
    if (strcmp(call->convention, "warp") != 0)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "forward mode is served in the convention warp only");
    if (tangents.border_value != NULL &&
        r->call.border_values != r->call.image.channels)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "no tangent of a border value for all channels");
    if (call->wanted_count != 1)
        return wck_error_set(err, WCK_UNSUPPORTED, "it gives a tangent_output alone");
    status = wck_image_view(&output, &call->wanted[0].tensor, call->layout, err);
    if (status == WCK_OK &&
        (output.height != r->output.height || output.width != r->output.width ||
         output.batch != r->call.image.batch ||
         output.channels != r->call.image.channels))
        status =
            wck_error_set(err, WCK_FORMAT, "the tangent_output is of another size");
    return status == WCK_OK ? wck_subject_jvp(subject, &r->problem, &r->call.image,
                                              &tangents, &output, err)
                            : status;
}

/* ---- double backward ---- */

/* A wanted image, in the layout of the call; *image is NULL where it is not wanted. */
static enum wck_status view_wanted(const struct wck_plugin_call *call, const char *name,
                                   const struct wck_image *like, struct wck_image *view,
                                   const struct wck_image **image,
                                   struct wck_error *err)
{
    const struct wck_tensor *tensor = wanted_tensor(call, name);
    enum wck_status status;

    *image = tensor != NULL ? view : NULL;
    if (tensor == NULL)
        return WCK_OK;
    status = wck_image_view(view, tensor, call->layout, err);
    if (status == WCK_OK &&
        (view->height != like->height || view->width != like->width ||
         view->batch != like->batch || view->channels != like->channels))
        status = wck_error_set(err, WCK_FORMAT, "the %s is of another size", name);
    return status;
}

/* Wanted numbers, one an output; NULL where they are not wanted. */
static enum wck_status point_wanted(const struct wck_plugin_call *call,
                                    const char *name, size_t count, double **numbers,
                                    struct wck_error *err)
{
    const struct wck_tensor *tensor = wanted_tensor(call, name);

    *numbers = NULL;
    if (tensor == NULL)
        return WCK_OK;
    if (tensor->dtype != WCK_FLOAT64 || !wck_span_is_plain(tensor))
        return wck_error_set(err, WCK_UNSUPPORTED, "no %s but of float64, without gaps",
                             name);
    if (wck_tensor_count(tensor) != count)
        return wck_error_set(err, WCK_FORMAT, "the %s is of another size", name);
    *numbers = tensor->data;
    return WCK_OK;
}

/* What is given: the upstream gradient, and what S runs along. */
struct second_given {
    struct wck_image upstream, image;
    struct wck_tangents along;
};

static enum wck_status read_second(const struct wck_recorded *asked,
                                   struct second_given *given, struct wck_error *err)
{
    const struct wck_archive *archive = &asked->archive;
    const char *layout = asked->recording.problem.layout;
    enum wck_status status =
        wck_member_view(archive, "grad_output", layout, &given->upstream, err);

    given->along = (struct wck_tangents){.image = NULL};
    if (status == WCK_OK && wck_member_find(archive, "along_image") != NULL) {
        given->along.image = &given->image;
        status = wck_member_check_shape(archive, "along_image", "image", err);
        if (status == WCK_OK)
            status =
                wck_member_view(archive, "along_image", layout, &given->image, err);
    }
    if (status == WCK_OK)
        status = read_numbers(asked, "along_map_x", "map_x", &given->along.x, err);
    if (status == WCK_OK)
        status = read_numbers(asked, "along_map_y", "map_y", &given->along.y, err);
    return status;
}

static enum wck_status second(struct wck_subject *subject,
                              const struct wck_plugin_call *call,
                              const struct wck_recorded *asked, struct wck_error *err)
{
    const struct wck_recording *r = &asked->recording;
    size_t count = wck_warp_samples(&r->problem.warp);
    struct second_given given;
    struct wck_image upstream, image;
    struct wck_second wanted;
    enum wck_status status = read_second(asked, &given, err);

    if (status == WCK_OK && strcmp(call->convention, "warp") != 0)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "double backward is served in the convention warp only");
    if (status == WCK_OK)
        status = view_wanted(call, "second_grad_output", &given.upstream, &upstream,
                             &wanted.upstream, err);
    if (status == WCK_OK)
        status = view_wanted(call, "second_image", &r->call.image, &image,
                             &wanted.image, err);
    if (status == WCK_OK)
        status = point_wanted(call, "second_map_x", count, &wanted.x, err);
    if (status == WCK_OK)
        status = point_wanted(call, "second_map_y", count, &wanted.y, err);
    wanted.z = NULL;
    return status == WCK_OK
               ? wck_subject_second(subject, &r->problem, &r->call.image,
                                    &given.upstream, &given.along, &wanted, err)
               : status;
}

/* ---- verbs ---- */

static enum wck_status derive_take(struct wck_subject *subject,
                                   const struct wck_plugin_call *call,
                                   struct wck_npz *npz, struct wck_error *err)
{
    const struct wck_recorded_inputs size = wanted_size(call);
    struct wck_recorded asked;
    enum wck_status status = wck_recorded_take(&asked, npz, "the call", &size, err);

    if (status == WCK_OK)
        status = call->verb == WCK_PLUGIN_JVP ? push(subject, call, &asked, err)
                                              : second(subject, call, &asked, err);
    wck_recorded_release(&asked);
    return status;
}

static enum warpcheck_answer answer(void *state, const struct wck_plugin_call *call,
                                    char message[WCK_PLUGIN_MESSAGE])
{
    struct wck_npz npz = {0}, answers = {0};
    struct wck_error err = {0};
    enum wck_status status = pack(call, &npz, &err);

    if (status == WCK_OK)
        status = call->verb >= WCK_PLUGIN_JVP ? derive_take(state, call, &npz, &err)
                                              : put(state, call, &npz, &answers, &err);
    wck_npz_release(&npz);
    wck_npz_release(&answers);
    if (status == WCK_OK)
        return WARPCHECK_OK;
    snprintf(message, WCK_PLUGIN_MESSAGE, "%.*s", WCK_PLUGIN_MESSAGE - 1, err.text);
    return status == WCK_UNSUPPORTED ? WARPCHECK_UNSUPPORTED : WARPCHECK_FAILED;
}

static void close_subject(void *state)
{
    wck_subject_free(state);
}

enum wck_status wck_offer_new(struct wck_plugin **plugin, const char *name,
                              struct wck_error *err)
{
    static const struct wck_plugin_stand_in stand_in = {answer, close_subject};
    struct wck_subject *subject;
    enum wck_status status = wck_subject_new(&subject, name, err);

    *plugin = NULL;
    return status == WCK_OK ? wck_plugin_of_take(plugin, name, &stand_in, subject, err)
                            : status;
}
