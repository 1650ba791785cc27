/* Sandbox: what the process of a subject may do.
 *
 * The host prepares a sandbox, which serves any number of subjects one after the other.
 * For each, the process that starts the subject (its keeper, a child of the host's)
 * surrounds it before the fork, and the subject enters it before exec.  A measure that
 * the machine does not offer is left out, and the result says so: a subject is never
 * refused for it. */
#ifndef WCK_SUBJECT_SANDBOX_H
#define WCK_SUBJECT_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

/* ROW(enumerator, name, what it does) */
#define WCK_SANDBOX_MEASURES(ROW)                                                      \
    ROW(NAMESPACE, "namespace", "a PID namespace: nothing it starts outlives it")      \
    ROW(MEMORY, "memory", "a limit to the memory of a process")                        \
    ROW(PROCESSES, "processes", "a limit to processes and threads")                    \
    ROW(CPU, "cpu", "a limit to the seconds of CPU time of a process")                 \
    ROW(FILE_SIZE, "file-size", "a limit to the size of files it writes")              \
    ROW(CORE, "core", "no core dumps")                                                 \
    ROW(PRIVILEGES, "privileges", "programs it starts gain no privileges")             \
    ROW(CAPABILITIES, "capabilities",                                                  \
        "root keeps no capability but to read and write")                              \
    ROW(FILES, "files", "Landlock: it writes to its own folder and to devices only")   \
    ROW(NETWORK, "network", "Landlock: no TCP")                                        \
    ROW(SCOPE, "scope", "Landlock: it signals no process outside")                     \
    ROW(SYSTEM_CALLS, "system-calls", "seccomp: no sockets, mounts, tracing and such")

#define WCK_SANDBOX_ENUM(id, name, text) WCK_SANDBOX_##id,
enum wck_sandbox_measure {
    WCK_SANDBOX_MEASURES(WCK_SANDBOX_ENUM) WCK_SANDBOX_MEASURE_COUNT
};
#undef WCK_SANDBOX_ENUM

enum wck_sandbox_state {
    WCK_SANDBOX_OFF, /* not asked for, or not needed, or nothing entered yet */
    WCK_SANDBOX_ACTIVE,
    WCK_SANDBOX_ABSENT /* the machine does not offer it */
};

struct wck_sandbox_result {
    enum wck_sandbox_state state;
    int error;       /* errno of an absent measure; 0: `why` says it */
    const char *why; /* static; may be NULL */
};

#define WCK_SANDBOX_UNLIMITED UINT64_MAX

/* {0}: everything on, with the limits in brackets. */
struct wck_sandbox_request {
    bool off;
    uint64_t memory;      /* bytes of data of each process (4/5 of the machine's) */
    uint64_t processes;   /* and threads, at one time (4096); at least 301 for root */
    uint64_t cpu_seconds; /* of each process (not limited) */
    uint64_t file_size;   /* bytes (1 GiB) */
    const char *const *writable; /* files and folders it may write to besides */
    size_t writable_count;
};

struct wck_sandbox; /* opaque */

/* Makes the subject's folder, and all that the children need. WCK_IO where there is no
 * room for the folder, or a file of `writable` cannot be opened. */
enum wck_status wck_sandbox_prepare(struct wck_sandbox **sandbox,
                                    const struct wck_sandbox_request *request,
                                    struct wck_error *err);

/* The descriptor that a process has to keep open for it; -1: none.  A keeper that moves
 * it says where to; async-signal-safe. */
int wck_sandbox_descriptor(const struct wck_sandbox *sandbox);
void wck_sandbox_move(struct wck_sandbox *sandbox, int descriptor);

/* In the keeper, a process of one thread, before it forks the subject;
 * async-signal-safe. Its children from here on are in a PID namespace, where the
 * machine has them, and one such child is there when this returns: it ends the
 * namespace when it is killed, or the keeper is gone.  In the subject getppid() is then
 * 0. */
void wck_sandbox_surround(struct wck_sandbox *sandbox);

/* In the subject's process, before exec; async-signal-safe. */
void wck_sandbox_enter(struct wck_sandbox *sandbox);

/* Removes the folder with all that is in it; the subjects are gone. */
void wck_sandbox_free(struct wck_sandbox *sandbox);

/* An empty folder of the subject's own, for its TMPDIR: an absolute path, borrowed. */
const char *wck_sandbox_folder(const struct wck_sandbox *sandbox);

/* What became of a measure for the subject that entered last: certain once that one
 * has reached exec, or said anything. */
struct wck_sandbox_result wck_sandbox_result(const struct wck_sandbox *sandbox,
                                             enum wck_sandbox_measure measure);

bool wck_sandbox_is_off(const struct wck_sandbox *sandbox);

/* The name and the summary of a measure; static. */
const char *wck_sandbox_name(enum wck_sandbox_measure measure);
const char *wck_sandbox_summary(enum wck_sandbox_measure measure);

/* Why a measure is not active, in words of ours or of strerror; "" where it is. */
const char *wck_sandbox_why(const struct wck_sandbox_result *result);

#endif
