/* The example's warp (examples/plugin/bilinear.so) under two conventions, "warp" and
 * OpenCV's, and altered as the environment variable ALTERED says: "bright", a part of
 * the output's first row is too bright; "vary", it says that it may give other answers;
 * "narrow", its offsets are integers of 32 bits; "trap", it dies where they overflow.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "warpcheck/plugin.h"

#define EXAMPLE "examples/plugin/bilinear.so"

/* NULL where it is not there. */
static const struct warpcheck_plugin *example(void)
{
    void *library = dlopen(EXAMPLE, RTLD_NOW);
    void *symbol = library != NULL ? dlsym(library, "warpcheck_plugin") : NULL;
    warpcheck_plugin_entry *entry;

    memcpy(&entry, &symbol, sizeof entry);
    return symbol != NULL ? entry() : NULL;
}

/* OpenCV's arrays are those of "warp". */
static struct warpcheck_call translate(const struct warpcheck_call *call)
{
    struct warpcheck_call same = *call;

    if (strcmp(call->convention, "opencv.warpAffine") == 0)
        same.convention = "warp";
    return same;
}

/* The first numbers in memory, as many as a row of any layout has at least. */
static void brighten(const struct warpcheck_tensor *output)
{
    for (int i = 0; i < 9; i++) {
        if (output->type_bits == 32)
            ((float *)output->data)[i] *= 1.0625f;
        else
            ((double *)output->data)[i] *= 1.0625;
    }
}

/* ---- offsets of 32 bits ---- */

#define MOST 8 /* arrays of a call, and axes of one */

static bool is_altered(const char *word)
{
    const char *how = getenv("ALTERED");

    return how != NULL && strcmp(how, word) == 0;
}

static int64_t count_of(const struct warpcheck_tensor *tensor)
{
    int64_t count = 1;

    for (int axis = 0; axis < tensor->rank; axis++)
        count *= tensor->shape[axis];
    return count;
}

/* Where element number i is, as 32 bits hold it. */
static int32_t offset_of(const struct warpcheck_tensor *tensor, int64_t i)
{
    int64_t at = 0;

    for (int axis = tensor->rank; axis-- > 0; i /= tensor->shape[axis])
        at += i % tensor->shape[axis] * tensor->strides[axis];
    if (is_altered("trap") && at != (int32_t)at)
        abort();
    return (int32_t)(uint32_t)at;
}

/* The same array without gaps. */
struct packed {
    struct warpcheck_tensor tensor;
    int64_t strides[MOST];
    unsigned char data[1 << 14];
};

/* Copies elements there or back. */
static void copy(const struct warpcheck_tensor *tensor, struct packed *packed,
                 bool back)
{
    size_t size = tensor->type_bits / 8;

    for (int64_t i = 0; i < count_of(tensor); i++) {
        unsigned char *far = (unsigned char *)tensor->data +
                             (ptrdiff_t)offset_of(tensor, i) * (ptrdiff_t)size;
        unsigned char *near = packed->data + (size_t)i * size;

        memcpy(back ? far : near, back ? near : far, size);
    }
}

static const struct warpcheck_tensor *pack(const struct warpcheck_tensor *tensor,
                                           struct packed *packed)
{
    int64_t step = 1;

    if (count_of(tensor) * tensor->type_bits / 8 > (int64_t)sizeof packed->data)
        return tensor; /* none of the tests' */
    packed->tensor = *tensor;
    packed->tensor.data = packed->data;
    packed->tensor.strides = packed->strides;
    for (int axis = tensor->rank; axis-- > 0; step *= tensor->shape[axis])
        packed->strides[axis] = step;
    copy(tensor, packed, false);
    return &packed->tensor;
}

typedef int32_t verb(const struct warpcheck_call *call, char *message,
                     size_t message_size);

/* The verb on arrays without gaps, copied by such offsets. */
static int32_t narrowly(verb *ask, const struct warpcheck_call *call, char *message,
                        size_t message_size)
{
    static struct packed given[MOST], wanted[MOST];
    const struct warpcheck_tensor *arrays[MOST], *filled[MOST];
    struct warpcheck_call same = *call;
    int32_t answer;

    if (call->array_count > MOST || call->wanted_count > MOST)
        return WARPCHECK_FAILED;
    for (size_t i = 0; i < call->array_count; i++)
        arrays[i] = pack(call->arrays[i], &given[i]);
    for (size_t i = 0; i < call->wanted_count; i++)
        filled[i] = pack(call->wanted[i], &wanted[i]);
    same.arrays = arrays;
    same.wanted = filled;
    answer = ask(&same, message, message_size);
    for (size_t i = 0; i < call->wanted_count && answer == WARPCHECK_OK; i++)
        copy(call->wanted[i], &wanted[i], true);
    return answer;
}

static int32_t put(verb *ask, const struct warpcheck_call *call, char *message,
                   size_t message_size)
{
    struct warpcheck_call same = translate(call);

    return is_altered("narrow") || is_altered("trap")
               ? narrowly(ask, &same, message, message_size)
               : ask(&same, message, message_size);
}

/* ---- the plugin ---- */

static int32_t forward(const struct warpcheck_call *call, char *message,
                       size_t message_size)
{
    int32_t answer = put(example()->forward, call, message, message_size);

    if (answer == WARPCHECK_OK && is_altered("bright"))
        brighten(call->wanted[0]);
    return answer;
}

static int32_t vjp(const struct warpcheck_call *call, char *message,
                   size_t message_size)
{
    return put(example()->vjp, call, message, message_size);
}

static void describe(struct warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"warp", "opencv.warpAffine", NULL};
    example()->describe(capabilities);
    capabilities->conventions = conventions;
    capabilities->deterministic = !is_altered("vary");
}

static int32_t jvp(const struct warpcheck_call *call, char *message,
                   size_t message_size)
{
    return put(example()->jvp, call, message, message_size);
}

static int32_t second(const struct warpcheck_call *call, char *message,
                      size_t message_size)
{
    struct warpcheck_call same = translate(call);

    return example()->second(&same, message, message_size);
}

const struct warpcheck_plugin *warpcheck_plugin(void);

const struct warpcheck_plugin *warpcheck_plugin(void)
{
    static const struct warpcheck_plugin plugin = {.size = sizeof plugin,
                                                   .major = WARPCHECK_PLUGIN_MAJOR,
                                                   .minor = WARPCHECK_PLUGIN_MINOR,
                                                   .describe = describe,
                                                   .forward = forward,
                                                   .vjp = vjp,
                                                   .jvp = jvp,
                                                   .second = second};

    return example() != NULL ? &plugin : NULL;
}
