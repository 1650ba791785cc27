/* The example's warp (examples/plugin/bilinear.so) under two conventions, "warp" and
 * OpenCV's, and altered as the environment variable ALTERED says: "bright", a part of
 * the output's first row is too bright; "vary", it says that it may give other answers.
 */
#include <dlfcn.h>
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

static int32_t forward(const struct warpcheck_call *call, char *message,
                       size_t message_size)
{
    const char *how = getenv("ALTERED");
    struct warpcheck_call same = translate(call);
    int32_t answer = example()->forward(&same, message, message_size);

    if (answer == WARPCHECK_OK && how != NULL && strcmp(how, "bright") == 0)
        brighten(call->wanted[0]);
    return answer;
}

static int32_t vjp(const struct warpcheck_call *call, char *message,
                   size_t message_size)
{
    struct warpcheck_call same = translate(call);

    return example()->vjp(&same, message, message_size);
}

static void describe(struct warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"warp", "opencv.warpAffine", NULL};
    const char *how = getenv("ALTERED");

    example()->describe(capabilities);
    capabilities->conventions = conventions;
    capabilities->deterministic = how == NULL || strcmp(how, "vary") != 0;
}

static int32_t jvp(const struct warpcheck_call *call, char *message,
                   size_t message_size)
{
    struct warpcheck_call same = translate(call);

    return example()->jvp(&same, message, message_size);
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
