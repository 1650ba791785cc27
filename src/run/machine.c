#include "src/run/machine.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/subject/sandbox.h"

/* Adds a fact; the words are those of `there` or its opposite. */
static void add(struct wck_machine *machine, const struct wck_fact *like,
                const char *format, ...) __attribute__((format(printf, 3, 4)));

static void add(struct wck_machine *machine, const struct wck_fact *like,
                const char *format, ...)
{
    struct wck_fact *fact;
    va_list args;

    if (machine->count == WCK_FACTS)
        return;
    fact = &machine->facts[machine->count++];
    *fact = *like;
    va_start(args, format);
    vsnprintf(fact->what, sizeof fact->what, format, args);
    va_end(args);
}

/* In a child, which ends here: has a subject enter and end at once. */
static _Noreturn void keep_in(struct wck_sandbox *sandbox)
{
    pid_t subject;

    wck_sandbox_surround(sandbox);
    subject = fork();
    if (subject == 0)
        wck_sandbox_enter(sandbox);
    else if (subject > 0)
        waitpid(subject, NULL, 0);
    _exit(0);
}

static void look_at_sandbox(struct wck_machine *machine)
{
    static const struct wck_sandbox_request everything = {.cpu_seconds = 60};
    struct wck_sandbox *sandbox;
    struct wck_error err = {0};
    pid_t child;

    if (wck_sandbox_prepare(&sandbox, &everything, &err) != WCK_OK) {
        add(machine, &(struct wck_fact){.group = "sandbox", .name = "sandbox"}, "%s",
            err.text);
        return;
    }
    child = fork();
    if (child == 0)
        keep_in(sandbox);
    if (child > 0)
        waitpid(child, NULL, 0);
    for (int i = 0; i < WCK_SANDBOX_MEASURE_COUNT; i++) {
        enum wck_sandbox_measure measure = (enum wck_sandbox_measure)i;
        struct wck_sandbox_result result = wck_sandbox_result(sandbox, measure);
        struct wck_fact fact = {.group = "sandbox",
                                .name = wck_sandbox_name(measure),
                                .there = result.state == WCK_SANDBOX_ACTIVE,
                                .matter = wck_sandbox_summary(measure)};

        add(machine, &fact, "%s", wck_sandbox_why(&result));
    }
    wck_sandbox_free(sandbox);
}

static void look_at_memory_files(struct wck_machine *machine)
{
    struct wck_fact fact = {.group = "memory",
                            .name = "memory-files",
                            .matter = "arrays travel to workers without a copy"};
    int file = memfd_create("warpcheck", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    fact.there = file >= 0;
    add(machine, &fact, "%s", file >= 0 ? "" : strerror(errno));
    fact.name = "seals";
    fact.matter = "a worker cannot change its inputs";
    fact.there =
        file >= 0 && fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE) == 0;
    add(machine, &fact, "%s", fact.there || file < 0 ? "" : strerror(errno));
    if (file >= 0)
        close(file);
}

static void look_at_memory(struct wck_machine *machine)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

    add(machine,
        &(struct wck_fact){.group = "memory", .name = "physical", .there = pages > 0},
        "%.1f GiB", (double)pages * (double)page * 0x1p-30);
    add(machine,
        &(struct wck_fact){.group = "memory", .name = "page", .there = page > 0},
        "%ld bytes", page);
    look_at_memory_files(machine);
}

static void look_at_processor(struct wck_machine *machine)
{
    cpu_set_t set;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    int usable = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;

    if (usable == 0)
        usable = (int)online;
    add(machine,
        &(struct wck_fact){.group = "processor", .name = "cores", .there = true},
        "%d, of %ld that are online", usable, online);
#if defined(__x86_64__)
#define LOOK(set)                                                                      \
    add(machine,                                                                       \
        &(struct wck_fact){.group = "processor",                                       \
                           .name = set,                                                \
                           .there = __builtin_cpu_supports(set) != 0},                 \
        "%s", "");
    LOOK("sse4.2")
    LOOK("avx")
    LOOK("avx2")
    LOOK("fma")
    LOOK("avx512f")
#undef LOOK
#elif defined(__aarch64__)
    add(machine,
        &(struct wck_fact){.group = "processor", .name = "neon", .there = true}, "%s",
        "");
#endif
}

/* A program that is running, for what it prints. */
struct asked {
    const char *name;
    FILE *from;
};

/* Commands are ours: nothing in them needs quotes.  Python would find modules in the
 * working folder first, which may be anything. */
static FILE *start(const char *format, ...) __attribute__((format(printf, 1, 2)));

static FILE *start(const char *format, ...)
{
    char command[320] = "exec </dev/null 2>/dev/null; cd /; timeout 30 ";
    size_t length = strlen(command);
    va_list args;

    va_start(args, format);
    vsnprintf(command + length, sizeof command - length, format, args);
    va_end(args);
    return popen(command, "re");
}

/* Adds what the program said in its last line, or that it is not there. */
static void collect(struct wck_machine *machine, struct wck_fact fact, FILE *from)
{
    char line[160] = "", last[160] = "";
    int status;

    while (from != NULL && fgets(line, sizeof line, from) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0')
            snprintf(last, sizeof last, "%s", line);
    }
    status = from != NULL ? pclose(from) : -1;
    fact.there = status == 0;
    if (status == 0)
        add(machine, &fact, "%s", last);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 124)
        add(machine, &fact, "no answer within 30 s");
    else
        add(machine, &fact, "not found");
}

static void look_at_python(struct wck_machine *machine)
{
    static const char *const modules[] = {"numpy", "torch",  "cv2",
                                          "scipy", "jax",    "skimage",
                                          "PIL",   "kornia", "onnxruntime"};
    enum { MODULES = sizeof modules / sizeof *modules };
    FILE *from[MODULES];

    collect(machine, (struct wck_fact){.group = "python", .name = "python3"},
            start("python3 -c 'import sys; print(sys.version.split()[0])'"));
    for (size_t i = 0; i < MODULES; i++) /* all at once: some take seconds */
        from[i] =
            start("python3 -c 'import %s as m; "
                  "print(getattr(m, \"__version__\", \"of an unknown version\"))'",
                  modules[i]);
    for (size_t i = 0; i < MODULES; i++)
        collect(machine, (struct wck_fact){.group = "python", .name = modules[i]},
                from[i]);
}

static void look_at_accelerators(struct wck_machine *machine)
{
    struct wck_fact opencl = {.group = "accelerator", .name = "opencl"};
    void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    glob_t drivers = {0};

    collect(machine, (struct wck_fact){.group = "accelerator", .name = "gpu"},
            start("nvidia-smi --query-gpu=name,memory.total --format=csv,noheader"));
    collect(machine, (struct wck_fact){.group = "accelerator", .name = "nvcc"},
            start("nvcc --version"));
    opencl.there =
        library != NULL && glob("/etc/OpenCL/vendors/*.icd", 0, NULL, &drivers) == 0;
    if (opencl.there)
        add(machine, &opencl, "%s",
            strrchr(drivers.gl_pathv[0], '/') + 1); /* pocl.icd, nvidia.icd */
    else
        add(machine, &opencl, "%s", library != NULL ? "no driver" : "not found");
    globfree(&drivers);
    if (library != NULL)
        dlclose(library);
}

void wck_machine_look(struct wck_machine *machine)
{
    *machine = (struct wck_machine){0};
    look_at_sandbox(machine);
    look_at_memory(machine);
    look_at_processor(machine);
    look_at_python(machine);
    look_at_accelerators(machine);
}
