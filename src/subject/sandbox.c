#include "src/subject/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "src/subject/landlock.h"
#include "src/subject/namespace.h"
#include "src/subject/seccomp.h"

/* A namespace of process ids holds no fewer: the first 300 are reserved. */
#define FEWEST_IDS 301
#define MOST_IDS (1 << 22)
#define MOST_PROCESSES 4096
#define MOST_FILE_SIZE (UINT64_C(1) << 30)

#if defined(__SANITIZE_ADDRESS__)
#define INSTRUMENTED true /* reserves terabytes, which count */
#else
#define INSTRUMENTED false
#endif

/* What host, keeper and subject share. */
struct shared {
    struct wck_namespace namespace;
    struct wck_sandbox_result results[WCK_SANDBOX_MEASURE_COUNT];
};

struct wck_sandbox {
    struct wck_sandbox_request request; /* the limits, none of them 0 */
    char *folder;
    struct shared *shared;
    unsigned most_ids; /* where the host is root, whom RLIMIT_NPROC does not bind */
    int landlock, landlock_error, landlock_version;
    struct sock_filter filter[WCK_SECCOMP_MOST];
    size_t filter_count;
};

/* Where a warp, and the libraries of a GPU, have to write. */
static const char *const devices[] = {
    "/dev/null", "/dev/zero",    "/dev/full",  "/dev/random", "/dev/urandom",
    "/dev/tty",  "/dev/nvidia*", "/dev/dri/*", "/dev/kfd",    "/dev/dxg",
};

static uint64_t or_default(uint64_t given, uint64_t otherwise)
{
    return given > 0 ? given : otherwise;
}

static void fill_limits(struct wck_sandbox_request *request)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t most = WCK_SANDBOX_UNLIMITED;

    if (pages > 0 && page > 0)
        most = (uint64_t)pages * (uint64_t)page / 5 * 4;
    request->memory = or_default(request->memory, most);
    request->processes = or_default(request->processes, MOST_PROCESSES);
    request->cpu_seconds = or_default(request->cpu_seconds, WCK_SANDBOX_UNLIMITED);
    request->file_size = or_default(request->file_size, MOST_FILE_SIZE);
}

/* Process ids are limited for each namespace from Linux 6.14 on; what is written to
 * the same file of an older kernel would limit the whole machine. */
static bool has_own_ids(void)
{
    struct utsname name;
    char *end;
    long major, minor;

    if (uname(&name) != 0)
        return false;
    major = strtol(name.release, &end, 10);
    minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return major > 6 || (major == 6 && minor >= 14);
}

/* The limit of process ids for that many processes; 0: none. */
static unsigned count_ids(uint64_t processes)
{
    if (processes > MOST_IDS || geteuid() != 0 || !has_own_ids())
        return 0;
    return processes < FEWEST_IDS ? FEWEST_IDS : (unsigned)processes;
}

static enum wck_status make_folder(struct wck_sandbox *sandbox, struct wck_error *err)
{
    const char *parent = getenv("TMPDIR");
    char *name = NULL;

    if (parent == NULL || *parent != '/')
        parent = "/tmp";
    if (asprintf(&name, "%s/warpcheck-XXXXXX", parent) < 0)
        return wck_error_no_memory(err);
    if (mkdtemp(name) == NULL) {
        wck_error_set(err, WCK_IO, "cannot make a folder in %s: %s", parent,
                      strerror(errno));
        free(name);
        return WCK_IO;
    }
    sandbox->folder = name;
    return WCK_OK;
}

static enum wck_status make_shared(struct wck_sandbox *sandbox, struct wck_error *err)
{
    void *shared = mmap(NULL, sizeof *sandbox->shared, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return wck_error_no_memory(err);
    sandbox->shared = shared;
    sandbox->shared->namespace.line = -1;
    return WCK_OK;
}

/* Allows what is there of a device's pattern. */
static void allow_devices(const struct wck_sandbox *sandbox, const char *pattern)
{
    glob_t found;

    if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        wck_landlock_allow(sandbox->landlock, sandbox->landlock_version,
                           found.gl_pathv[i]);
    globfree(&found);
}

static enum wck_status allow(const struct wck_sandbox *sandbox, const char *path,
                             struct wck_error *err)
{
    if (wck_landlock_allow(sandbox->landlock, sandbox->landlock_version, path))
        return WCK_OK;
    return wck_error_set(err, WCK_IO, "cannot open %s for the subject: %s", path,
                         strerror(errno));
}

static enum wck_status make_rules(struct wck_sandbox *sandbox, struct wck_error *err)
{
    const struct wck_sandbox_request *request = &sandbox->request;
    enum wck_status status;

    sandbox->landlock_version = wck_landlock_version();
    if (sandbox->landlock_version > 0)
        sandbox->landlock = wck_landlock_new(sandbox->landlock_version);
    sandbox->landlock_error = errno;
    if (sandbox->landlock < 0)
        return WCK_OK;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        allow_devices(sandbox, devices[i]);
    status = allow(sandbox, sandbox->folder, err);
    for (size_t i = 0; status == WCK_OK && i < request->writable_count; i++)
        status = allow(sandbox, request->writable[i], err);
    return status;
}

enum wck_status wck_sandbox_prepare(struct wck_sandbox **sandbox,
                                    const struct wck_sandbox_request *request,
                                    struct wck_error *err)
{
    struct wck_sandbox *made = calloc(1, sizeof *made);
    enum wck_status status;

    *sandbox = NULL;
    if (made == NULL)
        return wck_error_no_memory(err);
    made->request = *request;
    made->landlock = -1;
    fill_limits(&made->request);
    status = make_folder(made, err);
    if (status == WCK_OK)
        status = make_shared(made, err);
    if (status == WCK_OK && !request->off) {
        made->most_ids = count_ids(made->request.processes);
        made->filter_count = wck_seccomp_filter(made->filter);
        status = make_rules(made, err);
    }
    if (status == WCK_OK)
        *sandbox = made;
    else
        wck_sandbox_free(made);
    return status;
}

static int remove_entry(const char *path, const struct stat *about, int type,
                        struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    remove(path); /* what cannot be removed stays; the rest goes */
    return 0;
}

void wck_sandbox_free(struct wck_sandbox *sandbox)
{
    if (sandbox == NULL)
        return;
    if (sandbox->shared != NULL)
        munmap(sandbox->shared, sizeof *sandbox->shared);
    if (sandbox->landlock >= 0)
        close(sandbox->landlock);
    if (sandbox->folder != NULL)
        nftw(sandbox->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    free(sandbox->folder);
    free(sandbox);
}

const char *wck_sandbox_folder(const struct wck_sandbox *sandbox)
{
    return sandbox->folder;
}

int wck_sandbox_descriptor(const struct wck_sandbox *sandbox)
{
    return sandbox->landlock;
}

void wck_sandbox_move(struct wck_sandbox *sandbox, int descriptor)
{
    sandbox->landlock = descriptor;
}

static const struct wck_sandbox_result active = {.state = WCK_SANDBOX_ACTIVE};

static struct wck_sandbox_result absent(const char *why)
{
    return (struct wck_sandbox_result){.state = WCK_SANDBOX_ABSENT, .why = why};
}

/* Of a call that answers 0 or an errno. */
static struct wck_sandbox_result by_error(int error)
{
    return error == 0 ? active
                      : (struct wck_sandbox_result){.state = WCK_SANDBOX_ABSENT,
                                                    .error = error};
}

/* Of a call that answers -1 and sets errno. */
static struct wck_sandbox_result by_errno(int answer)
{
    return by_error(answer >= 0 ? 0 : errno);
}

/* A limit can only be lowered. */
static struct wck_sandbox_result limit(int resource, uint64_t most)
{
    struct rlimit now;

    if (most == WCK_SANDBOX_UNLIMITED)
        return (struct wck_sandbox_result){.why = "not limited"};
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0)
        return by_error(errno);
    now.rlim_cur = most < now.rlim_max ? (rlim_t)most : now.rlim_max;
    /* The second more is for SIGXCPU to come, which says why, and then SIGKILL. */
    if (now.rlim_cur < now.rlim_max)
        now.rlim_max = now.rlim_cur + (resource == RLIMIT_CPU ? 1 : 0);
    return by_errno(setrlimit((__rlimit_resource_t)resource, &now));
}

/* Root needs a namespace of its own for it. */
static struct wck_sandbox_result limit_processes(const struct wck_sandbox *sandbox)
{
    uint64_t most = sandbox->request.processes;
    struct wck_sandbox_result result = limit(RLIMIT_NPROC, most);

    if (geteuid() != 0 || most == WCK_SANDBOX_UNLIMITED)
        return result;
    if (sandbox->most_ids == 0 || sandbox->shared->namespace.error != 0)
        return absent("root is bound by it in a PID namespace of Linux 6.14 only");
    return by_error(wck_namespace_limit(sandbox->most_ids));
}

static void enter_limits(const struct wck_sandbox *sandbox,
                         struct wck_sandbox_result *results)
{
    const struct wck_sandbox_request *request = &sandbox->request;

    /* Not the address space: CUDA and instrumented code reserve terabytes of it. */
    results[WCK_SANDBOX_MEMORY] =
        INSTRUMENTED ? absent("this build is instrumented, and takes too much itself")
                     : limit(RLIMIT_DATA, request->memory);
    results[WCK_SANDBOX_PROCESSES] = limit_processes(sandbox);
    results[WCK_SANDBOX_CPU] = limit(RLIMIT_CPU, request->cpu_seconds);
    results[WCK_SANDBOX_FILE_SIZE] = limit(RLIMIT_FSIZE, request->file_size);
    results[WCK_SANDBOX_CORE] = limit(RLIMIT_CORE, 0);
}

/* Root's files belong to other users as well: it goes on reading and writing them. */
static struct wck_sandbox_result drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct kept[2] = {{0}};
    const uint32_t keep = 1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH;

    if (geteuid() != 0)
        return (struct wck_sandbox_result){.why = "only root has any"};
    for (unsigned long i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++) {
        if (i != CAP_DAC_OVERRIDE && i != CAP_DAC_READ_SEARCH)
            prctl(PR_CAPBSET_DROP, i, 0, 0, 0); /* whoever cannot, does not have it */
    }
    if (syscall(SYS_capget, &header, kept) != 0)
        return by_error(errno);
    kept[0] = (struct __user_cap_data_struct){.effective = kept[0].permitted & keep,
                                              .permitted = kept[0].permitted & keep};
    kept[1] = (struct __user_cap_data_struct){0};
    return by_errno((int)syscall(SYS_capset, &header, kept));
}

static void enter_landlock(const struct wck_sandbox *sandbox,
                           struct wck_sandbox_result *results)
{
    struct wck_sandbox_result result =
        by_error(sandbox->landlock < 0 ? sandbox->landlock_error
                                       : wck_landlock_enter(sandbox->landlock));
    bool good = result.state == WCK_SANDBOX_ACTIVE;

    results[WCK_SANDBOX_FILES] = result;
    results[WCK_SANDBOX_NETWORK] =
        good && sandbox->landlock_version < WCK_LANDLOCK_NETWORK
            ? absent("Landlock before version 4 has no rules for it")
            : result;
    results[WCK_SANDBOX_SCOPE] =
        good && sandbox->landlock_version < WCK_LANDLOCK_SCOPE
            ? absent("Landlock before version 6 has no rules for it")
            : result;
}

void wck_sandbox_surround(struct wck_sandbox *sandbox)
{
    struct wck_sandbox_result *results = sandbox->shared->results;

    for (int i = 0; i < WCK_SANDBOX_MEASURE_COUNT; i++)
        results[i] = (struct wck_sandbox_result){.why = "not asked for"};
    if (sandbox->request.off)
        return;
    wck_namespace_make(&sandbox->shared->namespace);
    results[WCK_SANDBOX_NAMESPACE] = by_error(sandbox->shared->namespace.error);
}

void wck_sandbox_enter(struct wck_sandbox *sandbox)
{
    struct wck_sandbox_result *results = sandbox->shared->results;

    if (sandbox->request.off)
        return;
    if (sandbox->shared->namespace.line >= 0)
        close(sandbox->shared->namespace.line); /* the keeper's alone */
    enter_limits(sandbox, results);
    results[WCK_SANDBOX_CAPABILITIES] = drop_capabilities();
    results[WCK_SANDBOX_PRIVILEGES] = by_errno(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    enter_landlock(sandbox, results);
    results[WCK_SANDBOX_SYSTEM_CALLS] =
        sandbox->filter_count == 0
            ? absent("the numbers of this processor's calls are not known")
            : by_error(wck_seccomp_enter(sandbox->filter, sandbox->filter_count));
}

struct wck_sandbox_result wck_sandbox_result(const struct wck_sandbox *sandbox,
                                             enum wck_sandbox_measure measure)
{
    return sandbox->shared->results[measure];
}

bool wck_sandbox_is_off(const struct wck_sandbox *sandbox)
{
    return sandbox->request.off;
}

#define ROW(id, name, text) {name, text},
static const struct {
    const char *name, *summary;
} measures[] = {WCK_SANDBOX_MEASURES(ROW)};
#undef ROW

const char *wck_sandbox_name(enum wck_sandbox_measure measure)
{
    return measures[measure].name;
}

const char *wck_sandbox_summary(enum wck_sandbox_measure measure)
{
    return measures[measure].summary;
}

const char *wck_sandbox_why(const struct wck_sandbox_result *result)
{
    if (result->state == WCK_SANDBOX_ABSENT && result->error != 0)
        return strerror(result->error);
    return result->why != NULL ? result->why : "";
}
