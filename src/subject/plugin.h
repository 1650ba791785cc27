/* Plugin: a warp in a shared library (include/warpcheck/plugin.h), loaded into this
 * process. */
#ifndef WCK_SUBJECT_PLUGIN_H
#define WCK_SUBJECT_PLUGIN_H

#include "include/warpcheck/plugin.h"
#include "reference/tensor.h"

struct wck_plugin; /* opaque */

/* Loads it.  A path without a slash is looked for in the working folder first, and then
 * where the system looks.  WCK_INVALID where there is no such library, or it is no
 * plugin; WCK_UNSUPPORTED for another major version, and for one that wants its tensors
 * on a device. */
enum wck_status wck_plugin_new(struct wck_plugin **plugin, const char *path,
                               struct wck_error *err);

/* Unloads it, unless the library itself is kept in. */
void wck_plugin_free(struct wck_plugin *plugin);

/* What it says that it is for; members beyond its own version are NULL or what the
 * header says for them, and the name is never NULL. */
const struct warpcheck_capabilities *
wck_plugin_capabilities(const struct wck_plugin *plugin);

/* Whether it has gradients at all, a forward mode, and double backward. */
bool wck_plugin_has_vjp(const struct wck_plugin *plugin);
bool wck_plugin_has_jvp(const struct wck_plugin *plugin);
bool wck_plugin_has_second(const struct wck_plugin *plugin);

#define WCK_PLUGIN_ARRAYS 16
#define WCK_PLUGIN_MESSAGE 200

struct wck_plugin_array {
    const char *name;
    struct wck_tensor tensor;
};

enum wck_plugin_verb {
    WCK_PLUGIN_FORWARD,
    WCK_PLUGIN_VJP,
    WCK_PLUGIN_JVP,
    WCK_PLUGIN_SECOND
};

/* A call: the arrays of doc/protocol.md, and what the caller chose. */
struct wck_plugin_call {
    enum wck_plugin_verb verb;
    const char *convention, *interp, *border, *layout; /* never NULL */
    int align_corners, inverse_map;                    /* 0, 1; -1: not said */
    const char *spec;                                  /* all that was said, JSON */
    const struct wck_plugin_array *arrays, *wanted;
    size_t array_count, wanted_count; /* at most WCK_PLUGIN_ARRAYS each */
};

/* Code of ours that answers in a shared library's place, all verbs; the message is
 * empty when it is called. */
struct wck_plugin_stand_in {
    enum warpcheck_answer (*answer)(void *state, const struct wck_plugin_call *call,
                                    char message[WCK_PLUGIN_MESSAGE]);
    void (*close)(void *state);
};

/* A plugin that it is, serving everything; takes the state, whatever is returned. */
enum wck_status wck_plugin_of_take(struct wck_plugin **plugin, const char *name,
                                   const struct wck_plugin_stand_in *stand_in,
                                   void *state, struct wck_error *err);

/* Makes the call.  The message, printable and terminated, says why where the answer is
 * not WARPCHECK_OK; an answer that the ABI does not know is WARPCHECK_FAILED. */
enum warpcheck_answer wck_plugin_answer(const struct wck_plugin *plugin,
                                        const struct wck_plugin_call *call,
                                        char message[WCK_PLUGIN_MESSAGE]);

#endif
