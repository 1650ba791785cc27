#include "src/subject/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/text.h"
#include "src/subject/stretch.h"

#define MAJOR 1
#define MINOR 0
#define LONGEST_LINE ((size_t)1 << 20)
#define ALIGNMENT ((size_t)64)
#define MOST_ELEMENTS ((size_t)1 << 40) /* so that no sum of sizes wraps around */

/* A conversation. */
struct server {
    const struct wck_plugin *plugin;
    const struct wck_answer_lines *lines;
    bool shared;
    FILE *requests;
    char *line; /* of getdelim */
    size_t room;
    struct wck_stretch inputs, outputs;
};

struct arrays {
    struct wck_plugin_array items[WCK_PLUGIN_ARRAYS];
    size_t count;
};

bool wck_answer_read_lines(const char *text, struct wck_answer_lines *lines)
{
    int end = 0, fields;

    *lines = (struct wck_answer_lines){-1, -1, -1, -1};
    fields = sscanf(text, "%d %d %n%d %d %n", &lines->requests, &lines->replies, &end,
                    &lines->inputs, &lines->outputs, &end);
    return (fields == 2 || fields == 4) && text[end] == '\0' && lines->requests >= 0 &&
           lines->replies >= 0 &&
           (fields == 2 || (lines->inputs >= 0 && lines->outputs >= 0));
}

/* ---- bytes ---- */

static enum wck_status send_bytes(int to, const void *bytes, size_t size,
                                  struct wck_error *err)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t sent = write(to, next, size);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return wck_error_set(err, WCK_IO, "cannot reply: %s", strerror(errno));
        next += sent;
        size -= (size_t)sent;
    }
    return WCK_OK;
}

/* Sends the object, which it takes, as one line. */
static enum wck_status send_take(const struct server *server, json_t *message,
                                 struct wck_error *err)
{
    char *text = message != NULL ? json_dumps(message, JSON_COMPACT) : NULL;
    enum wck_status status;
    size_t length;

    json_decref(message);
    if (text == NULL)
        return wck_error_no_memory(err);
    length = strlen(text);
    text[length] = '\n'; /* in place of the terminator */
    status = send_bytes(server->lines->replies, text, length + 1, err);
    free(text);
    return status;
}

/* The next message, to be released; NULL in *message at the end. */
static enum wck_status receive(struct server *server, json_t **message,
                               struct wck_error *err)
{
    ssize_t length = getdelim(&server->line, &server->room, '\n', server->requests);
    json_error_t why;

    *message = NULL;
    if (length < 0)
        return WCK_OK;
    if ((size_t)length > LONGEST_LINE || server->line[length - 1] != '\n')
        return wck_error_set(err, WCK_FORMAT, "a line of the host's is %s",
                             (size_t)length > LONGEST_LINE ? "too long" : "cut short");
    *message = json_loadb(server->line, (size_t)length, 0, &why);
    if (!json_is_object(*message)) {
        json_decref(*message);
        *message = NULL;
        return wck_error_set(err, WCK_FORMAT, "the host said what is no JSON object");
    }
    return WCK_OK;
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

static json_t *greeting(const struct wck_plugin *plugin)
{
    const struct warpcheck_capabilities *can = wck_plugin_capabilities(plugin);
    static const char *const none[] = {NULL};
    json_t *serves = json_object();

    put_list(serves, "conventions", can->conventions);
    put_list(serves, "arrays", can->arrays);
    put_list(serves, "gradients", wck_plugin_has_vjp(plugin) ? can->gradients : none);
    put_list(serves, "dtypes", can->dtypes);
    put_list(serves, "layouts", can->layouts);
    json_object_set_new(serves, "deterministic", json_boolean(can->deterministic));
    return json_pack("{s:[i,i], s:s, s:o}", "warpcheck", MAJOR, MINOR, "name",
                     can->name, "serves", serves);
}

static enum wck_status greet(struct server *server, struct wck_error *err)
{
    json_t *hello;
    int major = -1;
    const char *transport = NULL;
    enum wck_status status = receive(server, &hello, err);

    if (status != WCK_OK || hello == NULL)
        return status;
    if (json_unpack(hello, "{s:[i], s:s}", "warpcheck", &major, "transport",
                    &transport) != 0)
        status = wck_error_set(err, WCK_FORMAT, "the host did not greet");
    else if (major != MAJOR)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "the host speaks version %d of the protocol; this is %d",
                               major, MAJOR);
    else if (strcmp(transport, "pipe") != 0 && strcmp(transport, "shared") != 0)
        status = wck_error_set(err, WCK_UNSUPPORTED, "there is no such transport");
    else
        server->shared = strcmp(transport, "shared") == 0;
    if (status == WCK_OK && server->shared && server->lines->inputs < 0)
        status = wck_error_set(err, WCK_FORMAT, "the host gave no memory files");
    json_decref(hello);
    return status == WCK_OK ? send_take(server, greeting(server->plugin), err) : status;
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
static enum wck_status read_arrays(const struct server *server, const json_t *list,
                                   struct wck_stretch *stretch, struct arrays *arrays,
                                   struct wck_error *err)
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
    end = server->shared ? 0 : line_up(arrays, offsets);
    status = wck_stretch_resize(stretch, end, err);
    for (size_t i = 0; status == WCK_OK && i < arrays->count; i++) {
        if (!wck_stretch_place(stretch, &arrays->items[i].tensor, offsets[i]))
            status =
                wck_error_set(err, WCK_FORMAT, "array %zu of a call lies outside", i);
    }
    return status;
}

/* By pipe: the bytes that follow the message. */
static enum wck_status read_bytes(const struct server *server,
                                  const struct arrays *arrays, struct wck_error *err)
{
    for (size_t i = 0; i < arrays->count; i++) {
        const struct wck_tensor *tensor = &arrays->items[i].tensor;
        size_t size = size_of(tensor);

        if (fread(tensor->data, 1, size, server->requests) != size)
            return wck_error_set(err, WCK_FORMAT, "the bytes of a call are cut short");
    }
    return WCK_OK;
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

struct answer {
    enum warpcheck_answer answer;
    char why[WCK_PLUGIN_MESSAGE];
};

static struct answer ask(const struct wck_plugin *plugin, const json_t *message,
                         const struct arrays *given, const struct arrays *wanted)
{
    const json_t *spec = json_object_get(message, "spec");
    char *text = json_dumps(spec, JSON_COMPACT);
    struct wck_plugin_call call = {.vjp = strcmp(word(message, "call", ""), "vjp") == 0,
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

static enum wck_status reply(const struct server *server, json_int_t id,
                             const struct arrays *wanted, const struct answer *given,
                             struct wck_error *err)
{
    bool piped = !server->shared && given->answer == WARPCHECK_OK;
    json_t *message = json_pack("{s:I}", "id", id);
    enum wck_status status;

    if (given->answer == WARPCHECK_OK) {
        json_object_set_new(message, "ok", json_true());
    } else {
        json_object_set_new(message, "error",
                            json_string(given->answer == WARPCHECK_UNSUPPORTED
                                            ? "unsupported"
                                            : "failed"));
        json_object_set_new(message, "message", json_string(given->why));
    }
    if (piped)
        json_object_set_new(message, "arrays", list_of(wanted));
    status = send_take(server, message, err);
    for (size_t i = 0; status == WCK_OK && piped && i < wanted->count; i++)
        status = send_bytes(server->lines->replies, wanted->items[i].tensor.data,
                            size_of(&wanted->items[i].tensor), err);
    return status;
}

static enum wck_status answer_one(struct server *server, const json_t *message,
                                  struct wck_error *err)
{
    struct arrays given, wanted;
    struct answer answer;
    const char *call = word(message, "call", "");
    enum wck_status status;

    if (!json_is_integer(json_object_get(message, "id")) ||
        (strcmp(call, "forward") != 0 && strcmp(call, "vjp") != 0))
        return wck_error_set(err, WCK_FORMAT, "the host said what is no call");
    status = read_arrays(server, json_object_get(message, "arrays"), &server->inputs,
                         &given, err);
    if (status == WCK_OK)
        status = read_arrays(server, json_object_get(message, "want"), &server->outputs,
                             &wanted, err);
    if (status == WCK_OK && !server->shared)
        status = read_bytes(server, &given, err);
    if (status != WCK_OK)
        return status;
    answer = ask(server->plugin, message, &given, &wanted);
    return reply(server, json_integer_value(json_object_get(message, "id")), &wanted,
                 &answer, err);
}

static enum wck_status converse(struct server *server, struct wck_error *err)
{
    enum wck_status status = greet(server, err);
    json_t *message = NULL;

    if (status == WCK_OK && server->shared) {
        server->inputs.file = server->lines->inputs;
        server->outputs.file = server->lines->outputs;
        server->outputs.writable = true;
    }
    while (status == WCK_OK) {
        status = receive(server, &message, err);
        if (status != WCK_OK || message == NULL)
            break;
        status = answer_one(server, message, err);
        json_decref(message);
    }
    return status;
}

/* What the plugin starts does not get the descriptors. */
static void keep_from_children(const struct wck_answer_lines *lines)
{
    const int all[] = {lines->requests, lines->replies, lines->inputs, lines->outputs};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        fcntl(all[i], F_SETFD, FD_CLOEXEC); /* -1 harms nothing */
}

enum wck_status wck_answer_serve(const struct wck_plugin *plugin,
                                 const struct wck_answer_lines *lines,
                                 struct wck_error *err)
{
    struct server server = {.plugin = plugin,
                            .lines = lines,
                            .inputs = {.file = -1},
                            .outputs = {.file = -1}};
    int requests = fcntl(lines->requests, F_DUPFD_CLOEXEC, 0);
    enum wck_status status;

    keep_from_children(lines);
    server.requests = requests >= 0 ? fdopen(requests, "rb") : NULL;
    if (server.requests == NULL) {
        wck_error_set(err, WCK_IO, "cannot read requests: %s", strerror(errno));
        if (requests >= 0)
            close(requests);
        return WCK_IO;
    }
    status = converse(&server, err);
    wck_stretch_release(&server.inputs);
    wck_stretch_release(&server.outputs);
    free(server.line);
    fclose(server.requests);
    return status;
}
