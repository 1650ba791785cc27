#include "src/subject/answer.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT ((size_t)64)
#define MOST_ELEMENTS ((size_t)1 << 40) /* so that no sum of sizes wraps around */

struct arrays {
    struct wck_plugin_array items[WCK_PLUGIN_ARRAYS];
    size_t count;
};

struct wck_answerer wck_answerer_start(const struct wck_plugin *plugin, int inputs,
                                       int outputs)
{
    return (struct wck_answerer){.plugin = plugin,
                                 .inputs = {.file = inputs},
                                 .outputs = {.file = outputs, .writable = true}};
}

void wck_answerer_release(struct wck_answerer *answerer)
{
    wck_stretch_release(&answerer->inputs);
    wck_stretch_release(&answerer->outputs);
}

static bool is_shared(const struct wck_answerer *answerer)
{
    return answerer->inputs.file >= 0;
}

/* Appends the object, which it takes, as a line. */
static enum wck_status append_take(json_t *message, struct wck_text *text,
                                   struct wck_error *err)
{
    char *line = message != NULL ? json_dumps(message, JSON_COMPACT) : NULL;

    json_decref(message);
    if (line == NULL)
        return wck_error_no_memory(err);
    wck_text_printf(text, "%s\n", line);
    free(line);
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}

/* ---- the greeting ---- */

static void put_list(json_t *serves, const char *key, const char *const *names)
{
    json_t *list;

    if (names == NULL)
        return;
    list = json_array();
    for (; *names != NULL; names++)
        json_array_append_new(list, json_string(*names));
    json_object_set_new(serves, key, list);
}

/* What a list that restricts nothing has to say where one that is left out says none.
 */
static const char *const every_input[] = {"image", "matrix",       "grid",
                                          "map_x", "map_y",        "coords",
                                          "flow",  "border_value", NULL};

static const char *const *tangents_of(const struct wck_plugin *plugin)
{
    const struct warpcheck_capabilities *can = wck_plugin_capabilities(plugin);

    if (!wck_plugin_has_jvp(plugin))
        return NULL;
    return can->tangents != NULL ? can->tangents : every_input;
}

static const char *const *along_of(const struct wck_plugin *plugin)
{
    static const char *const all[] = {"image", "map_x", "map_y", NULL};
    const struct warpcheck_capabilities *can = wck_plugin_capabilities(plugin);

    if (!wck_plugin_has_second(plugin))
        return NULL;
    return can->along != NULL ? can->along : all;
}

static json_t *greeting(const struct wck_plugin *plugin)
{
    const struct warpcheck_capabilities *can = wck_plugin_capabilities(plugin);
    static const char *const none[] = {NULL}, *const sides[] = {"inputs", "outputs",
                                                                NULL};
    json_t *serves = json_object();

    put_list(serves, "conventions", can->conventions);
    put_list(serves, "arrays", can->arrays);
    put_list(serves, "gradients", wck_plugin_has_vjp(plugin) ? can->gradients : none);
    put_list(serves, "tangents", tangents_of(plugin));
    put_list(serves, "along", along_of(plugin));
    put_list(serves, "dtypes", can->dtypes);
    put_list(serves, "layouts", can->layouts);
    /* The ABI's tensors have strides: a plugin that takes no others than C-contiguous
     * ones says so of a call. */
    put_list(serves, "strides", sides);
    json_object_set_new(serves, "deterministic", json_boolean(can->deterministic));
    return json_pack("{s:[i,i], s:s, s:o}", "warpcheck", WCK_ANSWER_MAJOR,
                     WCK_ANSWER_MINOR, "name", can->name, "serves", serves);
}

enum wck_status wck_answerer_greet(const struct wck_answerer *answerer,
                                   struct wck_text *text, struct wck_error *err)
{
    return append_take(greeting(answerer->plugin), text, err);
}

/* ---- a call ---- */

static bool read_numbers(const json_t *list, int rank, json_int_t *numbers)
{
    if (!json_is_array(list) || json_array_size(list) != (size_t)rank)
        return false;
    for (int i = 0; i < rank; i++) {
        const json_t *number = json_array_get(list, (size_t)i);

        if (!json_is_integer(number))
            return false;
        numbers[i] = json_integer_value(number);
    }
    return true;
}

/* One of "arrays" or "want", without where it lies. */
static bool read_array(const json_t *entry, struct wck_plugin_array *array)
{
    const json_t *shape = json_object_get(entry, "shape");
    const json_t *strides = json_object_get(entry, "strides");
    const char *name = json_string_value(json_object_get(entry, "name"));
    const char *type = json_string_value(json_object_get(entry, "dtype"));
    size_t rank = json_array_size(shape), sizes[WCK_TENSOR_RANK];
    json_int_t numbers[WCK_TENSOR_RANK];
    enum wck_dtype dtype;

    if (name == NULL || type == NULL || rank > WCK_TENSOR_RANK ||
        !wck_dtype_find(type, &dtype) || !read_numbers(shape, (int)rank, numbers))
        return false;
    for (size_t i = 0; i < rank; i++) {
        if (numbers[i] <= 0 || numbers[i] > PTRDIFF_MAX)
            return false;
        sizes[i] = (size_t)numbers[i];
    }
    *array = (struct wck_plugin_array){
        name, wck_tensor_contiguous(NULL, dtype, (int)rank, sizes)};
    if (strides == NULL)
        return wck_tensor_count(&array->tensor) < MOST_ELEMENTS;
    if (!read_numbers(strides, (int)rank, numbers))
        return false;
    for (size_t i = 0; i < rank; i++)
        array->tensor.stride[i] = (ptrdiff_t)numbers[i];
    return true;
}

static size_t size_of(const struct wck_tensor *tensor)
{
    return wck_tensor_count(tensor) * wck_dtype_row(tensor->dtype)->size;
}

/* Where the arrays lie that follow a message one after the other: each aligned. */
static size_t line_up(const struct arrays *arrays, size_t *offsets)
{
    size_t end = 0;

    for (size_t i = 0; i < arrays->count; i++) {
        offsets[i] = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        end = offsets[i] + size_of(&arrays->items[i].tensor);
    }
    return end;
}

/* Reads a list of arrays and places them in the stretch. */
static enum wck_status read_arrays(const struct wck_answerer *answerer,
                                   const json_t *list, struct wck_stretch *stretch,
                                   struct arrays *arrays, struct wck_error *err)
{
    size_t offsets[WCK_PLUGIN_ARRAYS], end;
    enum wck_status status;

    arrays->count = json_array_size(list);
    if (!json_is_array(list) || arrays->count > WCK_PLUGIN_ARRAYS)
        return wck_error_set(err, WCK_FORMAT, "a call without a list of arrays");
    for (size_t i = 0; i < arrays->count; i++) {
        const json_t *entry = json_array_get(list, i);

        if (!read_array(entry, &arrays->items[i]))
            return wck_error_set(err, WCK_FORMAT, "array %zu of a call is none", i);
        offsets[i] = (size_t)json_integer_value(json_object_get(entry, "offset"));
    }
    end = is_shared(answerer) ? 0 : line_up(arrays, offsets);
    status = wck_stretch_resize(stretch, end, err);
    for (size_t i = 0; status == WCK_OK && i < arrays->count; i++) {
        if (!wck_stretch_place(stretch, &arrays->items[i].tensor, offsets[i]))
            status =
                wck_error_set(err, WCK_FORMAT, "array %zu of a call lies outside", i);
    }
    return status;
}

/* By pipe: the bytes that follow the message. */
static enum wck_status read_bytes(const struct wck_answerer *answerer,
                                  const struct arrays *arrays, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < arrays->count && status == WCK_OK; i++) {
        const struct wck_tensor *tensor = &arrays->items[i].tensor;

        status = answerer->read(answerer->state, tensor->data, size_of(tensor), err);
    }
    return status;
}

/* ---- an answer ---- */

static const char *word(const json_t *spec, const char *key, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(spec, key));

    return value != NULL ? value : otherwise;
}

static int truth(const json_t *spec, const char *key)
{
    const json_t *value = json_object_get(spec, key);

    return json_is_boolean(value) ? json_is_true(value) : -1;
}

/* False for a word that is no verb. */
static bool read_verb(const json_t *message, enum wck_plugin_verb *verb)
{
    static const char *const verbs[] = {[WCK_PLUGIN_FORWARD] = "forward",
                                        [WCK_PLUGIN_VJP] = "vjp",
                                        [WCK_PLUGIN_JVP] = "jvp",
                                        [WCK_PLUGIN_SECOND] = "second"};
    const char *call = word(message, "call", "");

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        *verb = (enum wck_plugin_verb)i;
        if (strcmp(call, verbs[i]) == 0)
            return true;
    }
    return false;
}

struct answer {
    enum warpcheck_answer answer;
    char why[WCK_PLUGIN_MESSAGE];
};

static struct answer ask(const struct wck_plugin *plugin, enum wck_plugin_verb verb,
                         const json_t *message, const struct arrays *given,
                         const struct arrays *wanted)
{
    const json_t *spec = json_object_get(message, "spec");
    char *text = json_dumps(spec, JSON_COMPACT);
    struct wck_plugin_call call = {.verb = verb,
                                   .convention = word(spec, "convention", ""),
                                   .interp = word(spec, "interp", ""),
                                   .border = word(spec, "border", ""),
                                   .layout = word(spec, "layout", ""),
                                   .align_corners = truth(spec, "align_corners"),
                                   .inverse_map = truth(spec, "inverse_map"),
                                   .spec = text != NULL ? text : "{}",
                                   .arrays = given->items,
                                   .wanted = wanted->items,
                                   .array_count = given->count,
                                   .wanted_count = wanted->count};
    struct answer answer;

    answer.answer = wck_plugin_answer(plugin, &call, answer.why);
    free(text);
    return answer;
}

/* The arrays that follow the answer by pipe. */
static json_t *list_of(const struct arrays *arrays)
{
    json_t *list = json_array();

    for (size_t i = 0; i < arrays->count; i++) {
        const struct wck_tensor *tensor = &arrays->items[i].tensor;
        json_t *shape = json_array();

        for (int axis = 0; axis < tensor->rank; axis++)
            json_array_append_new(shape, json_integer((json_int_t)tensor->shape[axis]));
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o}", "name", arrays->items[i].name, "dtype",
                            wck_dtype_row(tensor->dtype)->name, "shape", shape));
    }
    return list;
}

static enum wck_status reply(const struct wck_answerer *answerer, json_int_t id,
                             const struct arrays *wanted, const struct answer *given,
                             struct wck_text *text, struct wck_error *err)
{
    json_t *message = json_pack("{s:I}", "id", id);

    if (given->answer == WARPCHECK_OK) {
        json_object_set_new(message, "ok", json_true());
    } else {
        json_object_set_new(message, "error",
                            json_string(given->answer == WARPCHECK_UNSUPPORTED
                                            ? "unsupported"
                                            : "failed"));
        json_object_set_new(message, "message", json_string(given->why));
    }
    if (!is_shared(answerer) && given->answer == WARPCHECK_OK)
        json_object_set_new(message, "arrays", list_of(wanted));
    return append_take(message, text, err);
}

static enum wck_status answer_one(struct wck_answerer *answerer, const json_t *message,
                                  struct wck_text *text,
                                  struct wck_answer_bytes *follow,
                                  struct wck_error *err)
{
    struct arrays given, wanted;
    struct answer answer;
    enum wck_plugin_verb verb;
    enum wck_status status;

    if (!json_is_integer(json_object_get(message, "id")) || !read_verb(message, &verb))
        return wck_error_set(err, WCK_FORMAT, "the host said what is no call");
    status = read_arrays(answerer, json_object_get(message, "arrays"),
                         &answerer->inputs, &given, err);
    if (status == WCK_OK)
        status = read_arrays(answerer, json_object_get(message, "want"),
                             &answerer->outputs, &wanted, err);
    if (status == WCK_OK && !is_shared(answerer))
        status = read_bytes(answerer, &given, err);
    if (status != WCK_OK)
        return status;
    answer = ask(answerer->plugin, verb, message, &given, &wanted);
    if (!is_shared(answerer) && answer.answer == WARPCHECK_OK)
        follow->count = wanted.count;
    for (size_t i = 0; i < follow->count; i++) {
        follow->data[i] = wanted.items[i].tensor.data;
        follow->size[i] = size_of(&wanted.items[i].tensor);
    }
    return reply(answerer, json_integer_value(json_object_get(message, "id")), &wanted,
                 &answer, text, err);
}

enum wck_status wck_answerer_call(struct wck_answerer *answerer, const char *line,
                                  size_t length, struct wck_text *text,
                                  struct wck_answer_bytes *follow,
                                  struct wck_error *err)
{
    json_t *message = json_loadb(line, length, 0, NULL);
    enum wck_status status;

    follow->count = 0;
    status =
        json_is_object(message)
            ? answer_one(answerer, message, text, follow, err)
            : wck_error_set(err, WCK_FORMAT, "the host said what is no JSON object");
    json_decref(message);
    return status;
}
