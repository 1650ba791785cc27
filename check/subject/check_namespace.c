#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/io/scratch.h"
#include "check/subject/confined.h"
#include "check/suites.h"

/* True where there is a namespace; else it is said why not. */
static bool is_in_namespace(const struct confined *self)
{
    struct wck_sandbox_result result =
        wck_sandbox_result(self->sandbox, WCK_SANDBOX_NAMESPACE);

    if (result.state != WCK_SANDBOX_ACTIVE)
        printf("SKIP namespace: %s\n", wck_sandbox_why(&result));
    return result.state == WCK_SANDBOX_ACTIVE;
}

static int exit_with_37(const struct confined *self)
{
    (void)self;
    _exit(37);
}

static int abort_at_once(const struct confined *self)
{
    (void)self;
    signal(SIGABRT, SIG_DFL); /* as exec would have it: Check catches it */
    abort();
}

static int be_killed(const struct confined *self)
{
    (void)self;
    kill(getpid(), SIGKILL);
    return 0;
}

/* It is no first process, whom signals of its own would not end. */
START_TEST(a_subject_ends_as_anywhere_else)
{
    struct confined self = {0};
    int status;

    confined_start(&self);
    status = confined_status(&self, exit_with_37);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 37);
    status = confined_status(&self, abort_at_once);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGABRT);
    status = confined_status(&self, be_killed);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    confined_end(&self);
}
END_TEST

/* A daemon: in a session of its own, whose parent is gone. */
static void leave_daemon(void)
{
    pid_t child = fork();

    if (child > 0)
        waitpid(child, NULL, 0);
    if (child != 0)
        return;
    setsid();
    alarm(60); /* where there is no namespace, nobody else ends it */
    if (fork() > 0)
        _exit(0);
    for (;;)
        pause();
}

static int leave_three_daemons(const struct confined *self)
{
    (void)self;
    for (int i = 0; i < 3; i++)
        leave_daemon();
    return 17;
}

static int stay_with_a_daemon(const struct confined *self)
{
    (void)self;
    leave_daemon();
    kill(getpid(), SIGSTOP); /* the daemon has what tells whether it is there */
    return 0;
}

/* True once nobody has the other end open. */
static bool is_left_alone(int from)
{
    char byte;

    return read(from, &byte, 1) == 0;
}

START_TEST(daemons_end_with_the_keeper)
{
    struct confined self = {0};
    int came = 0, from;
    pid_t keeper;

    confined_start(&self);
    from = confined_fork(&self, leave_three_daemons, &keeper);
    ck_assert_int_eq(read(from, &came, sizeof came), sizeof came);
    ck_assert_int_eq(came, 17);
    if (is_in_namespace(&self))
        ck_assert(is_left_alone(from));
    ck_assert_int_eq(waitpid(keeper, NULL, 0), keeper);
    close(from);
    confined_end(&self);
}
END_TEST

START_TEST(killing_the_keeper_ends_them_all)
{
    struct confined self = {0};
    int from;
    pid_t keeper;

    confined_start(&self);
    from = confined_fork(&self, stay_with_a_daemon, &keeper);
    usleep(50000); /* long enough to have a daemon; right in either case */
    ck_assert_int_eq(kill(keeper, SIGKILL), 0);
    ck_assert_int_eq(waitpid(keeper, NULL, 0), keeper);
    if (is_in_namespace(&self))
        ck_assert(is_left_alone(from));
    close(from);
    confined_end(&self);
}
END_TEST

/* What the subject closes is closed: the first process does not hold it. */
static int close_everything(const struct confined *self)
{
    for (int fd = 3; fd < 256; fd++)
        close(fd);
    while (self->host > 0)
        pause();
    return 0;
}

START_TEST(the_first_process_holds_nothing_of_the_hosts)
{
    struct confined self = {0};
    pid_t keeper;
    int from;

    confined_start(&self);
    from = confined_fork(&self, close_everything, &keeper);
    ck_assert(is_left_alone(from));
    ck_assert_int_eq(waitpid(keeper, NULL, WNOHANG), 0);
    kill(keeper, SIGKILL);
    ck_assert_int_eq(waitpid(keeper, NULL, 0), keeper);
    close(from);
    confined_end(&self);
}
END_TEST

START_TEST(where_it_cannot_be_made_the_rest_holds)
{
    struct confined self = {.nested = true};
    struct wck_sandbox_result result;

    confined_start(&self);
    ck_assert_int_eq(WEXITSTATUS(confined_status(&self, exit_with_37)), 37);
    result = wck_sandbox_result(self.sandbox, WCK_SANDBOX_NAMESPACE);
    ck_assert_int_eq(result.state, WCK_SANDBOX_ABSENT);
    ck_assert_str_eq(wck_sandbox_why(&result), "Operation not permitted");
    ck_assert(confined_is_active(&self, WCK_SANDBOX_CORE));
    if (geteuid() == 0) {
        result = wck_sandbox_result(self.sandbox, WCK_SANDBOX_PROCESSES);
        ck_assert_int_eq(result.state, WCK_SANDBOX_ABSENT);
        ck_assert_str_eq(wck_sandbox_why(&result), "root is bound by it in a PID "
                                                   "namespace of Linux 6.14 only");
    }
    confined_end(&self);
}
END_TEST

Suite *wck_namespace_suite(void)
{
    Suite *suite = suite_create("namespace");
    TCase *core = tcase_create("core");

    tcase_add_checked_fixture(core, scratch_make, scratch_remove);
    tcase_add_test(core, a_subject_ends_as_anywhere_else);
    tcase_add_test(core, daemons_end_with_the_keeper);
    tcase_add_test(core, killing_the_keeper_ends_them_all);
    tcase_add_test(core, the_first_process_holds_nothing_of_the_hosts);
    tcase_add_test(core, where_it_cannot_be_made_the_rest_holds);
    suite_add_tcase(suite, core);
    return suite;
}
