#include "check/subject/confined.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/io/scratch.h"
#include "src/subject/seccomp.h"

void confined_start(struct confined *self)
{
    if (self->outside[0] == '\0')
        snprintf(self->outside, sizeof self->outside, "%s",
                 scratch_file("outside", "x", 1));
    self->host = getpid();
    self->socket = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(self->socket, 0);
    ck_assert_int_eq(wck_sandbox_prepare(&self->sandbox, &self->request, NULL), WCK_OK);
}

void confined_end(struct confined *self)
{
    char folder[PATH_MAX];

    snprintf(folder, sizeof folder, "%s", wck_sandbox_folder(self->sandbox));
    ck_assert_int_eq(access(folder, F_OK), 0);
    wck_sandbox_free(self->sandbox);
    ck_assert_int_ne(access(folder, F_OK), 0);
    close(self->socket);
}

/* Our own filter denies namespaces, as containers do. */
static void deny_namespaces(void)
{
    struct sock_filter filter[WCK_SECCOMP_MOST];
    size_t count = wck_seccomp_filter(filter);

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (count > 0)
        wck_seccomp_enter(filter, count);
}

static _Noreturn void live(const struct confined *self, int to,
                           int (*act)(const struct confined *self))
{
    int came;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    wck_sandbox_enter(self->sandbox);
    if (chdir(wck_sandbox_folder(self->sandbox)) != 0)
        _exit(125);
    came = act(self);
    _exit(write(to, &came, sizeof came) == sizeof came ? 0 : 124);
}

/* Ends as the subject ends. */
static _Noreturn void keep(const struct confined *self, int to,
                           int (*act)(const struct confined *self))
{
    int status = 0;
    pid_t subject;

    if (self->nested)
        deny_namespaces();
    wck_sandbox_surround(self->sandbox);
    subject = fork();
    if (subject == 0)
        live(self, to, act);
    close(to);
    waitpid(subject, &status, 0);
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        kill(getpid(), WTERMSIG(status));
    }
    _exit(WEXITSTATUS(status));
}

int confined_fork(const struct confined *self, int (*act)(const struct confined *self),
                  pid_t *keeper)
{
    int line[2];

    fflush(stdout); /* a child would say it again */
    ck_assert_int_eq(pipe2(line, O_CLOEXEC), 0);
    *keeper = fork();
    ck_assert_int_ge(*keeper, 0);
    if (*keeper == 0)
        keep(self, line[1], act);
    close(line[1]);
    return line[0];
}

int confined_try(const struct confined *self, int (*act)(const struct confined *self))
{
    int came = 0, status = 0;
    pid_t keeper;
    int from = confined_fork(self, act, &keeper);

    ck_assert_int_eq(read(from, &came, sizeof came), sizeof came);
    ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
    ck_assert_int_eq(status, 0);
    close(from);
    return came;
}

int confined_status(const struct confined *self,
                    int (*act)(const struct confined *self))
{
    int status = 0;
    pid_t keeper;
    int from = confined_fork(self, act, &keeper);

    ck_assert_int_eq(waitpid(keeper, &status, 0), keeper);
    close(from);
    return status;
}

bool confined_is_active(const struct confined *self, enum wck_sandbox_measure measure)
{
    return wck_sandbox_result(self->sandbox, measure).state == WCK_SANDBOX_ACTIVE;
}
