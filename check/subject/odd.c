/* A plugin that is odd in the way that the environment variable ODD names. */
#include <stdlib.h>
#include <string.h>

#include "warpcheck/plugin.h"

static int is_odd(const char *how)
{
    const char *told = getenv("ODD");

    return told != NULL && strcmp(told, how) == 0;
}

static void describe(struct warpcheck_capabilities *capabilities)
{
    if (is_odd("device"))
        capabilities->device_type = WARPCHECK_CUDA;
    if (is_odd("workspace"))
        capabilities->workspace_size = 1000;
    if (is_odd("greedy"))
        capabilities->workspace_size = (size_t)1 << 60;
    if (is_odd("endless"))
        capabilities->workspace_size = SIZE_MAX;
}

/* All of the workspace can be written, and it is aligned. */
static int32_t use_workspace(const struct warpcheck_call *call)
{
    memset(call->workspace, 0x5a, call->workspace_size);
    return call->workspace_size == 1000 && (uintptr_t)call->workspace % 64 == 0
               ? WARPCHECK_OK
               : WARPCHECK_FAILED;
}

static int32_t forward(const struct warpcheck_call *call, char *message,
                       size_t message_size)
{
    if (is_odd("workspace"))
        return use_workspace(call);
    if (is_odd("unprintable")) {
        memset(message, '\a', message_size);
        return WARPCHECK_FAILED;
    }
    return is_odd("answer") ? 7 : WARPCHECK_OK;
}

const struct warpcheck_plugin *warpcheck_plugin(void);

const struct warpcheck_plugin *warpcheck_plugin(void)
{
    static const struct warpcheck_plugin good = {.size = sizeof good,
                                                 .major = WARPCHECK_PLUGIN_MAJOR,
                                                 .minor = WARPCHECK_PLUGIN_MINOR,
                                                 .describe = describe,
                                                 .forward = forward};
    static const struct warpcheck_plugin future = {
        .size = sizeof future, .major = WARPCHECK_PLUGIN_MAJOR + 1, .minor = 4};
    static const struct warpcheck_plugin small = {
        .size = offsetof(struct warpcheck_plugin, describe),
        .major = WARPCHECK_PLUGIN_MAJOR,
        .describe = describe,
        .forward = forward};
    static const struct warpcheck_plugin early = {
        .size = offsetof(struct warpcheck_plugin, vjp),
        .major = WARPCHECK_PLUGIN_MAJOR,
        .describe = describe,
        .forward = forward,
        .vjp = forward};

    static const struct warpcheck_plugin old = {.size = sizeof old,
                                                .major = WARPCHECK_PLUGIN_MAJOR,
                                                .minor = 0,
                                                .describe = describe,
                                                .forward = forward,
                                                .jvp = forward};
    /* Of version 1.1: what lies behind its end is not read. */
    static const struct warpcheck_plugin new = {
        .size = offsetof(struct warpcheck_plugin, second),
        .major = WARPCHECK_PLUGIN_MAJOR,
        .minor = 1,
        .describe = describe,
        .forward = forward,
        .jvp = forward,
        .second = forward};
    static const struct warpcheck_plugin newer = {.size = sizeof newer,
                                                  .major = WARPCHECK_PLUGIN_MAJOR,
                                                  .minor = WARPCHECK_PLUGIN_MINOR,
                                                  .describe = describe,
                                                  .forward = forward,
                                                  .second = forward};

    if (is_odd("nothing"))
        return NULL;
    if (is_odd("major"))
        return &future;
    if (is_odd("small"))
        return &small;
    if (is_odd("old") || is_odd("forward-mode"))
        return is_odd("old") ? &old : &new;
    if (is_odd("double-backward"))
        return &newer;
    return is_odd("early") ? &early : &good;
}
