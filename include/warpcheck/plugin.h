/* Warpcheck's plugin ABI, version 1.2: all that a warp in a shared library needs.
 *
 * A plugin exports one symbol,
 *
 *     const struct warpcheck_plugin *warpcheck_plugin(void);
 *
 * and is verified with `warpcheck verify plugin:./my.so`.  It is loaded into a process
 * of its own, which speaks the worker protocol (doc/protocol.md); names of arrays and
 * words are those of recordings (doc/recordings.md), and so are shapes and
 * pixel-centre conventions.
 *
 * Every struct begins with its size as the side that made it knew it: a member that
 * lies beyond it is not there.  Unknown members are ignored, so that minor versions
 * add members at the end; a major version may change anything. */
#ifndef WARPCHECK_PLUGIN_H
#define WARPCHECK_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WARPCHECK_PLUGIN_MAJOR 1
#define WARPCHECK_PLUGIN_MINOR 2

/* DLPack's device and type codes, with its meanings. */
enum warpcheck_device { WARPCHECK_CPU = 1, WARPCHECK_CUDA = 2 };
enum warpcheck_type {
    WARPCHECK_INT = 0,
    WARPCHECK_UINT = 1,
    WARPCHECK_FLOAT = 2,
    WARPCHECK_BFLOAT = 4
};

/* An array.  It belongs to the host, which keeps it for the time of the call; inputs
 * are mapped read-only, and outputs lie between pages that must not be touched.  The
 * members are those of a DLTensor, under names of our own. */
struct warpcheck_tensor {
    size_t size;
    const char *name; /* "image", "matrix", "grad_output", ... */
    void *data;       /* with byte_offset: the element with all indices 0 */
    int32_t device_type, device_id; /* WARPCHECK_CPU and 0 in version 1 */
    uint8_t type_code, type_bits;   /* float32: 2 and 32 */
    uint16_t type_lanes;            /* 1 */
    int32_t rank;
    const int64_t *shape;
    const int64_t *strides; /* in elements; may be 0 or negative */
    uint64_t byte_offset;   /* from data, which may be a handle; 0 on the CPU */
};

/* What is asked: of `forward` the output, of `vjp` gradients of
 * sum(output * grad_output), of `jvp` the `tangent_output` of the tangents that are
 * among the arrays (`tangent_image`, `tangent_matrix`, ...); others are 0; of `second`
 * derivatives of the gradients of `vjp`, along those of `along_image`, `along_map_x`
 * and `along_map_y` that are among the arrays: of
 *
 *     S = sum(along_image * grad_image) + sum(along_map_x * grad_map_x) + ...
 *
 * with respect to the upstream gradient (`second_grad_output`), the image
 * (`second_image`) and the map (`second_map_x`, `second_map_y`). */
struct warpcheck_call {
    size_t size;
    const char *convention, *interp, *border, *layout; /* never NULL */
    int32_t align_corners;                             /* 0, 1; -1: not said */
    int32_t inverse_map;                               /* likewise */
    const char *spec; /* all of spec.json, for words that are not above */
    const struct warpcheck_tensor *const *arrays; /* given */
    size_t array_count;
    const struct warpcheck_tensor *const *wanted; /* to be filled */
    size_t wanted_count;
    void *stream;    /* of the device, to be worked on; NULL on the CPU */
    void *workspace; /* scratch of `workspace_size` bytes, as described */
    size_t workspace_size;
};

enum warpcheck_answer {
    WARPCHECK_OK = 0,
    WARPCHECK_UNSUPPORTED = 1, /* not meant for this call: not held against it */
    WARPCHECK_FAILED = 2       /* meant for it, and could not */
};

/* What the warp is for; NULL lists restrict nothing.  Lists end with NULL. */
struct warpcheck_capabilities {
    size_t size;
    const char *name; /* of the warp, with its version */
    const char *const *conventions, *const *arrays, *const *gradients;
    const char *const *dtypes, *const *layouts;
    int32_t deterministic; /* 0: the same call may have other answers, and is not held
                              against it (doc/protocol.md); 1 unless set */
    int32_t threads;     /* that calls may be made from at once; 1 unless set.  Version
                            1 makes one call at a time, whatever it is */
    int32_t device_type; /* where tensors are wanted; WARPCHECK_CPU unless set, and
                            version 1 refuses all others */
    size_t workspace_size; /* bytes a call needs */
    /* Since version 1.1, and not in the struct of an older host, as `size` tells: the
     * inputs that `jvp` takes tangents of. */
    const char *const *tangents;
    /* Since version 1.2, likewise: the inputs along whose gradients `second` goes. */
    const char *const *along;
};

/* `message` has room for `message_size` bytes, terminator included, and is read where
 * the answer is not WARPCHECK_OK.  A gradient that is wanted and cannot be given is
 * answered with WARPCHECK_UNSUPPORTED for the whole call: the host asks for less. */
struct warpcheck_plugin {
    size_t size;
    uint16_t major, minor; /* WARPCHECK_PLUGIN_MAJOR and MINOR as compiled with */
    void (*describe)(struct warpcheck_capabilities *capabilities);
    int32_t (*forward)(const struct warpcheck_call *call, char *message,
                       size_t message_size);
    int32_t (*vjp)(const struct warpcheck_call *call, char *message,
                   size_t message_size); /* NULL: no gradients */
    int32_t (*jvp)(const struct warpcheck_call *call, char *message,
                   size_t message_size); /* NULL: no forward mode.  Called since
                                            version 1.1, if `minor` is 1 or more */
    int32_t (*second)(const struct warpcheck_call *call, char *message,
                      size_t message_size); /* NULL: no double backward.  Since version
                                               1.2 */
};

typedef const struct warpcheck_plugin *warpcheck_plugin_entry(void);

#ifdef __cplusplus
}
#endif

#endif
