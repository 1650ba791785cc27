#include "src/subject/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 5.0 /* seconds for the keeper to have killed everything */

/* ---- starting ---- */

/* The ends that the program gets, and the host's in `process`. */
struct ends {
    int requests, replies, prints, control, report, input;
};

static void close_ends(struct ends *ends)
{
    int *all[] = {&ends->requests, &ends->replies, &ends->prints,
                  &ends->control,  &ends->report,  &ends->input};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (*all[i] >= 0)
            close(*all[i]);
        *all[i] = -1;
    }
}

static bool open_pipe(int *read_end, int *write_end)
{
    int both[2];

    if (pipe2(both, O_CLOEXEC) != 0)
        return false;
    *read_end = both[0];
    *write_end = both[1];
    return true;
}

static bool unblock(int descriptor)
{
    return fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0;
}

/* Requests go through a socket: a pipe without a reader would raise SIGPIPE. */
static bool open_ends(struct wck_process *process, struct ends *ends)
{
    int both[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) != 0)
        return false;
    process->channel.requests = both[0];
    ends->requests = both[1];
    shutdown(process->channel.requests, SHUT_RD);
    ends->input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return open_pipe(&process->channel.replies, &ends->replies) &&
           open_pipe(&process->channel.prints, &ends->prints) &&
           open_pipe(&ends->control, &process->control) &&
           open_pipe(&process->channel.report, &ends->report) && ends->input >= 0 &&
           unblock(process->channel.requests) && unblock(process->channel.replies) &&
           unblock(process->channel.prints) && unblock(process->channel.report);
}

static bool is_same_variable(const char *one, const char *other)
{
    return strncmp(one, other, strcspn(other, "=") + 1) == 0;
}

#define VARIABLES 3

/* The host's environment with other variables set; the caller frees the array, not what
 * it points to. */
static char **environment_with(char *const variables[VARIABLES], size_t set)
{
    size_t count = 0, kept = 0;
    char **made;

    while (environ[count] != NULL)
        count++;
    made = calloc(count + VARIABLES + 1, sizeof *made);
    if (made == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        bool replaced = false;

        for (size_t k = 0; k < set; k++)
            replaced |= is_same_variable(environ[i], variables[k]);
        if (!replaced)
            made[kept++] = environ[i];
    }
    memcpy(made + kept, variables, set * sizeof *made);
    return made;
}

static unsigned descriptor_limit(void)
{
    long limit = sysconf(_SC_OPEN_MAX);

    return limit > 0 && limit < 65536 ? (unsigned)limit : 65536;
}

static enum wck_status run(struct wck_process *process, const struct ends *ends,
                           char *const *argv, const int *lent, size_t count,
                           struct wck_sandbox *sandbox, struct wck_error *err)
{
    int descriptors[2 + WCK_PROCESS_LENT] = {ends->requests, ends->replies};
    char variable[64] = "WARPCHECK_FDS=", *folder = NULL, *cache = NULL;
    const char *own = wck_sandbox_folder(sandbox);
    /* Where it cannot write to the user's caches it has one that is empty. */
    bool confined = !wck_sandbox_is_off(sandbox);
    bool made = asprintf(&folder, "TMPDIR=%s", own) > 0 &&
                asprintf(&cache, "XDG_CACHE_HOME=%s", own) > 0;
    char *const variables[VARIABLES] = {variable, folder, cache};
    char **environment = made ? environment_with(variables, confined ? 3 : 2) : NULL;
    struct wck_keeper keeper = {.argv = argv,
                                .environment = environment,
                                .control = ends->control,
                                .report = ends->report,
                                .input = ends->input,
                                .prints = ends->prints,
                                .descriptors = descriptors,
                                .count = 2 + count,
                                .limit = descriptor_limit(),
                                .sandbox = sandbox};

    if (environment == NULL) {
        free(folder);
        free(cache);
        return wck_error_no_memory(err);
    }
    for (size_t i = 0; i < count; i++)
        descriptors[2 + i] = lent[i];
    for (size_t i = 0; i < keeper.count; i++) {
        size_t used = strlen(variable);

        snprintf(variable + used, sizeof variable - used, "%s%d", i > 0 ? " " : "",
                 WCK_KEEPER_FIRST + (int)i);
    }
    process->keeper = fork();
    if (process->keeper == 0)
        wck_keeper_run(&keeper);
    free(environment);
    free(folder);
    free(cache);
    return process->keeper > 0
               ? WCK_OK
               : wck_error_set(err, WCK_IO, "no process can be started: %s",
                               strerror(errno));
}

enum wck_status wck_process_new(struct wck_process **process, char *const *argv,
                                const int *lent, size_t count,
                                struct wck_sandbox *sandbox, struct wck_error *err)
{
    struct wck_process *made = calloc(1, sizeof *made);
    struct ends ends = {-1, -1, -1, -1, -1, -1};
    enum wck_status status = WCK_OK;

    *process = NULL;
    if (made == NULL)
        return wck_error_no_memory(err);
    made->control = -1;
    made->channel.requests = made->channel.replies = -1;
    made->channel.prints = made->channel.report = -1;
    made->channel.buffer = malloc(WCK_CHANNEL_LINE);
    if (made->channel.buffer == NULL)
        status = wck_error_no_memory(err);
    else if (!open_ends(made, &ends))
        status = wck_error_set(err, WCK_IO, "no descriptors for a process: %s",
                               strerror(errno));
    if (status == WCK_OK)
        status = run(made, &ends, argv, lent, count, sandbox, err);
    close_ends(&ends);
    if (status != WCK_OK) {
        wck_process_free(made, 0.0);
        return status;
    }
    *process = made;
    return WCK_OK;
}

/* ---- ending ---- */

static void close_one(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* The keeper exits when nothing of the program is left; a process that the system
 * cannot kill must not hold up the host. */
static void await_keeper(struct wck_process *process)
{
    struct pollfd report = {.fd = process->channel.report, .events = 0};
    int64_t deadline = wck_channel_deadline(PATIENCE);
    pid_t pid;

    do
        poll(&report, 1, 10);
    while ((report.revents & POLLHUP) == 0 && wck_channel_deadline(0.0) < deadline);
    if ((report.revents & POLLHUP) == 0)
        kill(process->keeper, SIGKILL);
    do
        pid = waitpid(process->keeper, NULL, 0);
    while (pid < 0 && errno == EINTR);
}

void wck_process_free(struct wck_process *process, double patience)
{
    int64_t deadline = wck_channel_deadline(patience);

    if (process == NULL)
        return;
    close_one(&process->channel.requests);
    if (process->keeper > 0)
        wck_channel_await_end(&process->channel, deadline);
    close_one(&process->control);
    if (process->keeper > 0)
        await_keeper(process);
    close_one(&process->channel.replies);
    close_one(&process->channel.prints);
    close_one(&process->channel.report);
    free(process->channel.buffer);
    free(process);
}
