#include "src/subject/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Descriptors that are moved aside lie from here on. */
#define ASIDE 32

static void close_from(unsigned first, unsigned limit)
{
    if (close_range(first, ~0U, 0) == 0)
        return;
    for (unsigned i = first; i < limit; i++)
        close((int)i);
}

/* The host's handlers are not this process's; SIGCHLD is blocked until it is waited
 * for. */
static void reset_signals(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t child;

    for (int i = 1; i < NSIG; i++)
        sigaction(i, &plain, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_SETMASK, &child, NULL);
}

static void report(int to, int error, int status)
{
    struct wck_keeper_report message = {.error = error, .status = status};
    ssize_t written;

    do
        written = write(to, &message, sizeof message);
    while (written < 0 && errno == EINTR);
}

/* ---- the subject's process, before it is the subject's ---- */

static _Noreturn void become_subject(const struct wck_keeper *keeper, pid_t parent)
{
    sigset_t none;

    /* A session of its own: it can signal its whole group and harm nobody else. */
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* A parent outside of the namespace has no number in it. */
    if (getppid() != parent && getppid() != 0)
        _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    wck_sandbox_enter(keeper->sandbox); /* the last moment before its own code */
    execvpe(keeper->argv[0], keeper->argv, keeper->environment);
    report(keeper->report, errno, 0);
    _exit(127);
}

/* ---- the keeper ---- */

/* Kills each child of this process once. */
static void kill_children(void)
{
    static const char path[] = "/proc/thread-self/children";
    char buffer[512];
    long pid = 0;
    ssize_t count;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    while (file >= 0 && (count = read(file, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            if (buffer[i] >= '0' && buffer[i] <= '9') {
                pid = pid * 10 + (buffer[i] - '0');
            } else if (pid > 0) {
                kill((pid_t)pid, SIGKILL);
                pid = 0;
            }
        }
    }
    if (file >= 0)
        close(file);
}

/* Ends with no child left.  When one dies its children become this process's before it
 * can be waited for: each round finds what the one before has orphaned. */
static void kill_all(const struct wck_keeper *keeper, pid_t subject)
{
    int status;
    pid_t pid;

    do {
        if (subject > 0)
            kill(subject, SIGKILL);
        kill_children();
        pid = waitpid(-1, &status, 0);
        if (pid == subject && pid > 0) {
            report(keeper->report, 0, status);
            subject = 0;
        }
    } while (pid > 0 || errno == EINTR);
}

static void on_child(int number)
{
    (void)number;
}

/* Until the subject ends (it is then reported, and true) or the host has had enough. */
static bool await(const struct wck_keeper *keeper, pid_t subject)
{
    struct pollfd control = {.fd = keeper->control, .events = POLLIN};
    sigset_t none;
    int status;
    pid_t pid;

    sigemptyset(&none);
    for (;;) {
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
            if (pid == subject) {
                report(keeper->report, 0, status);
                return true;
            }
        }
        if (ppoll(&control, 1, NULL, &none) > 0)
            return false;
    }
}

/* Copies a descriptor where nothing is in its way. */
static bool move_aside(int *descriptor)
{
    *descriptor = fcntl(*descriptor, F_DUPFD, ASIDE);
    return *descriptor >= 0;
}

/* Places all descriptors where the subject will find them, the keeper's own two and the
 * sandbox's after them, closed on exec; whatever else the host had open is closed. */
static bool place_descriptors(struct wck_keeper *own)
{
    int all[WCK_KEEPER_FIRST + WCK_KEEPER_DESCRIPTORS + 3], last;
    int count = WCK_KEEPER_FIRST + (int)own->count;
    int rules = wck_sandbox_descriptor(own->sandbox);
    bool placed = true;

    all[0] = own->input;
    all[1] = all[2] = own->prints;
    for (size_t i = 0; i < own->count; i++)
        all[WCK_KEEPER_FIRST + i] = own->descriptors[i];
    all[count] = own->control;
    all[count + 1] = own->report;
    all[count + 2] = rules;
    last = rules >= 0 ? count + 2 : count + 1;
    for (int i = 0; i <= last; i++)
        placed = move_aside(&all[i]) && placed;
    for (int i = 0; i <= last; i++)
        placed = placed && dup2(all[i], i) == i;
    own->control = count;
    own->report = count + 1;
    close_from((unsigned)last + 1, own->limit);
    if (rules >= 0)
        wck_sandbox_move(own->sandbox, last);
    for (int i = count; i <= last; i++)
        placed = placed && fcntl(i, F_SETFD, FD_CLOEXEC) == 0;
    return placed;
}

/* What is the subject's alone: while anyone holds it, nobody reads its end. */
static void close_subjects(const struct wck_keeper *own)
{
    for (int i = 0; i < WCK_KEEPER_FIRST + (int)own->count; i++)
        close(i);
}

_Noreturn void wck_keeper_run(const struct wck_keeper *keeper)
{
    struct wck_keeper own = *keeper;
    struct sigaction wake = {.sa_handler = on_child};
    pid_t subject, self;
    bool ended;

    setsid();
    reset_signals();
    if (!place_descriptors(&own) || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 ||
        sigaction(SIGCHLD, &wake, NULL) != 0) {
        report(own.report, errno, 0);
        _exit(127);
    }
    wck_sandbox_surround(own.sandbox);
    self = getpid();
    subject = fork();
    if (subject == 0)
        become_subject(&own, self);
    if (subject < 0) {
        report(own.report, errno, 0);
        _exit(127);
    }
    close_subjects(&own);
    signal(SIGPIPE, SIG_IGN); /* the host may be gone: the killing must be done */
    ended = await(&own, subject);
    kill_all(&own, ended ? 0 : subject);
    _exit(0);
}
