#include "src/subject/plugin.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/text.h"

#define ENTRY "warpcheck_plugin"
#define ALIGNMENT ((size_t)64) /* of the workspace, as of arrays */

struct wck_plugin {
    void *library;
    const struct warpcheck_plugin *table;
    struct warpcheck_capabilities capabilities;
    char *path;
    const struct wck_plugin_stand_in *stand_in; /* NULL: there is a library */
    void *state;                                /* of the stand-in */
};

/* Is the member there?  It lies within the size that the plugin was compiled with. */
#define HAS(table, member)                                                             \
    ((table)->size >= offsetof(struct warpcheck_plugin, member) + sizeof(table)->member)

static enum wck_status check_table(const struct warpcheck_plugin *table,
                                   const char *path, struct wck_error *err)
{
    if (table == NULL || !HAS(table, minor))
        return wck_error_set(err, WCK_INVALID, "%s: its %s() returns no plugin", path,
                             ENTRY);
    if (table->major != WARPCHECK_PLUGIN_MAJOR)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "%s: it is a plugin of version %u.%u; this is for %d.x",
                             path, table->major, table->minor, WARPCHECK_PLUGIN_MAJOR);
    if (!HAS(table, forward) || table->describe == NULL || table->forward == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "%s: the plugin has no describe or no forward", path);
    return WCK_OK;
}

/* dlopen looks for names without a slash elsewhere only: a file that is here comes
 * first, and why it cannot be loaded is what is said then. */
static void *open_library(const char *path)
{
    struct wck_text file = {0};
    bool here = strchr(path, '/') == NULL && access(path, F_OK) == 0;
    void *library;

    wck_text_printf(&file, "%s%s", here ? "./" : "", path);
    library = dlopen(wck_text_string(&file), RTLD_NOW | RTLD_LOCAL);
    wck_text_release(&file);
    return library;
}

/* What holds where nothing is said. */
static struct warpcheck_capabilities unrestricted(void)
{
    return (struct warpcheck_capabilities){.size =
                                               sizeof(struct warpcheck_capabilities),
                                           .deterministic = 1,
                                           .threads = 1,
                                           .device_type = WARPCHECK_CPU};
}

static enum wck_status load(struct wck_plugin *plugin, struct wck_error *err)
{
    warpcheck_plugin_entry *entry;
    void *symbol;
    enum wck_status status;

    plugin->library = open_library(plugin->path);
    if (plugin->library == NULL)
        return wck_error_set(err, WCK_INVALID, "cannot load a plugin: %s", dlerror());
    symbol = dlsym(plugin->library, ENTRY);
    if (symbol == NULL)
        return wck_error_set(err, WCK_INVALID, "%s: it is no plugin: it has no %s()",
                             plugin->path, ENTRY);
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no other way */
    plugin->table = entry();
    status = check_table(plugin->table, plugin->path, err);
    if (status != WCK_OK)
        return status;
    plugin->capabilities = unrestricted();
    plugin->table->describe(&plugin->capabilities);
    if (plugin->capabilities.name == NULL)
        plugin->capabilities.name = plugin->path;
    if (plugin->capabilities.device_type != WARPCHECK_CPU)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "%s: it wants tensors on a device of type %d; they are on "
                             "the CPU",
                             plugin->path, (int)plugin->capabilities.device_type);
    return WCK_OK;
}

enum wck_status wck_plugin_new(struct wck_plugin **plugin, const char *path,
                               struct wck_error *err)
{
    struct wck_plugin *made = calloc(1, sizeof *made);
    enum wck_status status;

    *plugin = NULL;
    if (made == NULL)
        return wck_error_no_memory(err);
    made->path = strdup(path);
    status = made->path != NULL ? load(made, err) : wck_error_no_memory(err);
    if (status == WCK_OK)
        *plugin = made;
    else
        wck_plugin_free(made);
    return status;
}

enum wck_status wck_plugin_of_take(struct wck_plugin **plugin, const char *name,
                                   const struct wck_plugin_stand_in *stand_in,
                                   void *state, struct wck_error *err)
{
    struct wck_plugin *made = calloc(1, sizeof *made);
    char *copy = strdup(name);

    *plugin = NULL;
    if (made == NULL || copy == NULL) {
        free(made);
        free(copy);
        stand_in->close(state);
        return wck_error_no_memory(err);
    }
    *made = (struct wck_plugin){.capabilities = unrestricted(),
                                .path = copy,
                                .stand_in = stand_in,
                                .state = state};
    made->capabilities.name = made->path;
    *plugin = made;
    return WCK_OK;
}

void wck_plugin_free(struct wck_plugin *plugin)
{
    if (plugin == NULL)
        return;
    if (plugin->library != NULL)
        dlclose(plugin->library);
    if (plugin->stand_in != NULL)
        plugin->stand_in->close(plugin->state);
    free(plugin->path);
    free(plugin);
}

const struct warpcheck_capabilities *
wck_plugin_capabilities(const struct wck_plugin *plugin)
{
    return &plugin->capabilities;
}

bool wck_plugin_has_vjp(const struct wck_plugin *plugin)
{
    return plugin->stand_in != NULL ||
           (HAS(plugin->table, vjp) && plugin->table->vjp != NULL);
}

/* Version 1.0 never called it, and did not say with what. */
bool wck_plugin_has_jvp(const struct wck_plugin *plugin)
{
    return plugin->stand_in != NULL ||
           (HAS(plugin->table, jvp) && plugin->table->jvp != NULL &&
            plugin->table->minor >= 1);
}

bool wck_plugin_has_second(const struct wck_plugin *plugin)
{
    return plugin->stand_in != NULL ||
           (HAS(plugin->table, second) && plugin->table->second != NULL);
}

/* ---- a call ---- */

/* Tensors as the plugin takes them, with the memory that they point into. */
struct given {
    struct warpcheck_tensor tensors[WCK_PLUGIN_ARRAYS];
    const struct warpcheck_tensor *pointers[WCK_PLUGIN_ARRAYS];
    int64_t shapes[WCK_PLUGIN_ARRAYS][WCK_TENSOR_RANK];
    int64_t strides[WCK_PLUGIN_ARRAYS][WCK_TENSOR_RANK];
};

/* The ABI's code of a type; -1 for bool, which it has not. */
static int type_code(enum wck_dtype dtype)
{
    const char *name = wck_dtype_row(dtype)->name;

    switch (name[0]) {
    case 'f':
        return WARPCHECK_FLOAT;
    case 'u':
        return WARPCHECK_UINT;
    case 'i':
        return WARPCHECK_INT;
    default:
        return dtype == WCK_BFLOAT16 ? WARPCHECK_BFLOAT : -1;
    }
}

static bool give(const struct wck_plugin_array *arrays, size_t count,
                 struct given *given)
{
    for (size_t i = 0; i < count; i++) {
        const struct wck_tensor *tensor = &arrays[i].tensor;
        int code = type_code(tensor->dtype);

        if (code < 0)
            return false;
        for (int axis = 0; axis < tensor->rank; axis++) {
            given->shapes[i][axis] = (int64_t)tensor->shape[axis];
            given->strides[i][axis] = tensor->stride[axis];
        }
        given->tensors[i] = (struct warpcheck_tensor){
            .size = sizeof given->tensors[i],
            .name = arrays[i].name,
            .data = tensor->data,
            .device_type = WARPCHECK_CPU,
            .type_code = (uint8_t)code,
            .type_bits = (uint8_t)(8 * wck_dtype_row(tensor->dtype)->size),
            .type_lanes = 1,
            .rank = tensor->rank,
            .shape = given->shapes[i],
            .strides = given->strides[i]};
        given->pointers[i] = &given->tensors[i];
    }
    return true;
}

/* What a plugin wrote may be anything. */
static void make_printable(char message[WCK_PLUGIN_MESSAGE])
{
    message[WCK_PLUGIN_MESSAGE - 1] = '\0';
    for (char *c = message; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~')
            *c = '?';
    }
}

static enum warpcheck_answer refuse(char message[WCK_PLUGIN_MESSAGE], const char *why,
                                    enum warpcheck_answer answer)
{
    snprintf(message, WCK_PLUGIN_MESSAGE, "%s", why);
    return answer;
}

static enum warpcheck_answer put(const struct wck_plugin *plugin,
                                 const struct warpcheck_call *asked,
                                 enum wck_plugin_verb verb,
                                 char message[WCK_PLUGIN_MESSAGE])
{
    const struct warpcheck_plugin *table = plugin->table;
    int32_t (*const call)(const struct warpcheck_call *, char *, size_t) =
        verb == WCK_PLUGIN_VJP      ? table->vjp
        : verb == WCK_PLUGIN_JVP    ? table->jvp
        : verb == WCK_PLUGIN_SECOND ? table->second
                                    : table->forward;
    int32_t answer = call(asked, message, WCK_PLUGIN_MESSAGE);

    make_printable(message);
    if (answer == WARPCHECK_OK || answer == WARPCHECK_UNSUPPORTED ||
        answer == WARPCHECK_FAILED)
        return (enum warpcheck_answer)answer;
    snprintf(message, WCK_PLUGIN_MESSAGE, "it answered %d, which means nothing",
             (int)answer);
    return WARPCHECK_FAILED;
}

static enum warpcheck_answer ask_library(const struct wck_plugin *plugin,
                                         const struct wck_plugin_call *call,
                                         char message[WCK_PLUGIN_MESSAGE])
{
    struct given arrays, wanted;
    size_t room = plugin->capabilities.workspace_size;
    struct warpcheck_call asked = {.size = sizeof asked,
                                   .convention = call->convention,
                                   .interp = call->interp,
                                   .border = call->border,
                                   .layout = call->layout,
                                   .align_corners = call->align_corners,
                                   .inverse_map = call->inverse_map,
                                   .spec = call->spec,
                                   .arrays = arrays.pointers,
                                   .array_count = call->array_count,
                                   .wanted = wanted.pointers,
                                   .wanted_count = call->wanted_count,
                                   .workspace_size = room};
    enum warpcheck_answer answer;

    if (call->verb == WCK_PLUGIN_VJP && !wck_plugin_has_vjp(plugin))
        return refuse(message, "it has no gradients", WARPCHECK_UNSUPPORTED);
    if (call->verb == WCK_PLUGIN_JVP && !wck_plugin_has_jvp(plugin))
        return refuse(message, "it has no forward mode", WARPCHECK_UNSUPPORTED);
    if (call->verb == WCK_PLUGIN_SECOND && !wck_plugin_has_second(plugin))
        return refuse(message, "it has no double backward", WARPCHECK_UNSUPPORTED);
    if (!give(call->arrays, call->array_count, &arrays) ||
        !give(call->wanted, call->wanted_count, &wanted))
        return refuse(message, "plugins have no bool", WARPCHECK_UNSUPPORTED);
    if (room > SIZE_MAX - ALIGNMENT)
        return refuse(message, "no memory for its workspace", WARPCHECK_FAILED);
    if (room > 0) {
        asked.workspace =
            aligned_alloc(ALIGNMENT, (room + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        if (asked.workspace == NULL)
            return refuse(message, "no memory for its workspace", WARPCHECK_FAILED);
    }
    answer = put(plugin, &asked, call->verb, message);
    free(asked.workspace);
    return answer;
}

enum warpcheck_answer wck_plugin_answer(const struct wck_plugin *plugin,
                                        const struct wck_plugin_call *call,
                                        char message[WCK_PLUGIN_MESSAGE])
{
    enum warpcheck_answer answer;

    memset(message, 0, WCK_PLUGIN_MESSAGE);
    if (plugin->stand_in == NULL)
        return ask_library(plugin, call, message);
    answer = plugin->stand_in->answer(plugin->state, call, message);
    make_printable(message);
    return answer;
}
