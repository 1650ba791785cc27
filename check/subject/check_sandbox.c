#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/io/scratch.h"
#include "check/subject/confined.h"
#include "check/suites.h"

#define MEBI (UINT64_C(1) << 20)

/* Root's smallest limit of processes is 301, and the test's own ones count too. */
static const struct wck_sandbox_request tight = {
    .memory = 512 * MEBI, .processes = 320, .file_size = MEBI};

/* What a subject tries: 0, or an errno. */
static int answer(long returned)
{
    return returned >= 0 ? 0 : errno;
}

static int write_outside(const struct confined *self)
{
    return answer(open(self->outside, O_WRONLY));
}

static int make_outside(const struct confined *self)
{
    char path[PATH_MAX + 8];

    snprintf(path, sizeof path, "%s-new", self->outside);
    return answer(open(path, O_WRONLY | O_CREAT, 0600));
}

static int remove_outside(const struct confined *self)
{
    return answer(unlink(self->outside));
}

static int take_memory(const struct confined *self)
{
    void *taken = mmap(NULL, 1024 * MEBI, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)self;
    return taken == MAP_FAILED ? errno : 0;
}

/* The children are left for the keeper to end. */
static int fork_without_end(const struct confined *self)
{
    (void)self;
    for (int i = 0; i < 1000; i++) {
        pid_t child = fork();

        if (child < 0)
            return errno;
        while (child == 0)
            pause();
    }
    return 0;
}

static int write_much(const struct confined *self)
{
    static const char block[4096];
    int file = open("much", O_WRONLY | O_CREAT, 0600);

    (void)self;
    signal(SIGXFSZ, SIG_IGN);
    for (uint64_t size = 0; size < 2 * MEBI; size += sizeof block) {
        if (write(file, block, sizeof block) < 0)
            return errno;
    }
    return 0;
}

static int bind_tcp(const struct confined *self)
{
    struct sockaddr_in any = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return answer(bind(self->socket, (const struct sockaddr *)&any, sizeof any));
}

static int open_socket(const struct confined *self)
{
    (void)self;
    return answer(socket(AF_INET, SOCK_DGRAM, 0));
}

static int trace(const struct confined *self)
{
    (void)self;
    return answer(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int mount_nothing(const struct confined *self)
{
    (void)self;
    return answer(mount(NULL, NULL, NULL, 0, NULL));
}

static int use_keys(const struct confined *self)
{
    (void)self;
    return answer(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0));
}

/* Anybody may become who they are. */
static int set_user(const struct confined *self)
{
    (void)self;
    return answer(setuid(geteuid()));
}

static int unshare_nothing(const struct confined *self)
{
    (void)self;
    return answer(unshare(0));
}

static int give_away(const struct confined *self)
{
    (void)self;
    close(open("given", O_WRONLY | O_CREAT, 0600));
    return answer(chown("given", 12345, (gid_t)-1));
}

static int signal_outside(const struct confined *self)
{
    return answer(kill(self->host, 0));
}

/* Each attempt, the measure that denies it, and how. */
static const struct {
    const char *name;
    enum wck_sandbox_measure measure;
    int (*act)(const struct confined *self);
    int error;
} denied[] = {
    {"write outside", WCK_SANDBOX_FILES, write_outside, EACCES},
    {"make a file outside", WCK_SANDBOX_FILES, make_outside, EACCES},
    {"remove a file outside", WCK_SANDBOX_FILES, remove_outside, EACCES},
    {"take memory", WCK_SANDBOX_MEMORY, take_memory, ENOMEM},
    {"fork without end", WCK_SANDBOX_PROCESSES, fork_without_end, EAGAIN},
    {"write much", WCK_SANDBOX_FILE_SIZE, write_much, EFBIG},
    {"bind TCP", WCK_SANDBOX_NETWORK, bind_tcp, EACCES},
    {"open a socket", WCK_SANDBOX_SYSTEM_CALLS, open_socket, EPERM},
    {"trace", WCK_SANDBOX_SYSTEM_CALLS, trace, EPERM},
    {"mount", WCK_SANDBOX_SYSTEM_CALLS, mount_nothing, EPERM},
    {"use keys", WCK_SANDBOX_SYSTEM_CALLS, use_keys, EPERM},
    {"set its user", WCK_SANDBOX_SYSTEM_CALLS, set_user, EPERM},
    {"unshare", WCK_SANDBOX_SYSTEM_CALLS, unshare_nothing, EPERM},
    {"give a file away", WCK_SANDBOX_CAPABILITIES, give_away, EPERM},
    {"signal the host", WCK_SANDBOX_NAMESPACE, signal_outside, ESRCH},
    {"signal the host, nested", WCK_SANDBOX_SCOPE, signal_outside, EPERM},
};

#define DENIED (sizeof denied / sizeof *denied)

START_TEST(what_is_forbidden_is_denied)
{
    struct confined self = {.request = tight, .nested = _i == DENIED - 1};
    struct wck_sandbox_result result;
    int error;

    confined_start(&self);
    error = confined_try(&self, denied[_i].act);
    result = wck_sandbox_result(self.sandbox, denied[_i].measure);
    if (result.state == WCK_SANDBOX_ACTIVE)
        ck_assert_msg(error == denied[_i].error, "%s: %s", denied[_i].name,
                      strerror(error));
    else
        printf("SKIP sandbox: %s: no %s: %s\n", denied[_i].name,
               wck_sandbox_name(denied[_i].measure), wck_sandbox_why(&result));
    confined_end(&self);
}
END_TEST

/* Without the sandbox each of them is possible, or fails in another way: it is not
 * something else that denies them. */
START_TEST(nothing_is_denied_without_it)
{
    struct confined self = {.request = tight};
    int error;

    if (denied[_i].act == fork_without_end || denied[_i].act == remove_outside)
        return; /* nobody would end them; one of those that change files is enough */
    self.request.off = true;
    confined_start(&self);
    error = confined_try(&self, denied[_i].act);
    if (geteuid() == 0 || denied[_i].error != EPERM)
        ck_assert_msg(error != denied[_i].error, "%s: %s", denied[_i].name,
                      strerror(error));
    confined_end(&self);
}
END_TEST

static int live_normally(const struct confined *self)
{
    int file = open("made", O_RDWR | O_CREAT, 0600), status = -1;
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "test -r /proc/self/status", (char *)NULL);
        _exit(126);
    }
    if (waitpid(child, &status, 0) != child || status != 0)
        return ECHILD;
    if (file < 0 || write(file, "x", 1) != 1 || mkdir("folder", 0700) != 0 ||
        rename("made", "folder/moved") != 0)
        return errno;
    if (open("/dev/null", O_RDWR) < 0 || open(self->outside, O_RDONLY) < 0)
        return errno;
    return answer(socket(AF_UNIX, SOCK_STREAM, 0));
}

START_TEST(reading_executing_and_its_own_folder_are_allowed)
{
    struct confined self = {.request = tight};

    confined_start(&self);
    ck_assert_int_eq(confined_try(&self, live_normally), 0);
    confined_end(&self);
}
END_TEST

START_TEST(a_writable_file_can_be_written_and_not_removed)
{
    const char *writable[1];
    struct confined self = {.request = tight};

    self.request.writable = writable;
    self.request.writable_count = 1;
    writable[0] = scratch_file("writable", "", 0);
    snprintf(self.outside, sizeof self.outside, "%s", writable[0]);
    confined_start(&self);
    ck_assert_int_eq(confined_try(&self, write_outside), 0);
    if (confined_is_active(&self, WCK_SANDBOX_FILES))
        ck_assert_int_eq(confined_try(&self, remove_outside), EACCES);
    confined_end(&self);
}
END_TEST

static int count_core_and_privileges(const struct confined *self)
{
    struct rlimit core;

    (void)self;
    getrlimit(RLIMIT_CORE, &core);
    return core.rlim_max == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1;
}

START_TEST(there_is_no_core_and_no_new_privilege)
{
    struct confined self = {.request = tight};

    confined_start(&self);
    ck_assert_int_eq(confined_try(&self, count_core_and_privileges), 0);
    ck_assert(confined_is_active(&self, WCK_SANDBOX_CORE));
    ck_assert(confined_is_active(&self, WCK_SANDBOX_PRIVILEGES));
    confined_end(&self);
}
END_TEST

static int burn(const struct confined *self)
{
    volatile unsigned turns = 0;

    while (self->host > 0)
        turns++;
    return 0;
}

START_TEST(a_subject_that_burns_time_is_killed)
{
    struct confined self = {.request = {.cpu_seconds = 1}};
    int status;

    confined_start(&self);
    status = confined_status(&self, burn);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGXCPU);
    confined_end(&self);
}
END_TEST

START_TEST(every_measure_says_what_became_of_it)
{
    struct confined self = {.request = tight};
    int active = 0;

    confined_start(&self);
    confined_try(&self, count_core_and_privileges);
    for (int i = 0; i < WCK_SANDBOX_MEASURE_COUNT; i++) {
        enum wck_sandbox_measure measure = (enum wck_sandbox_measure)i;
        struct wck_sandbox_result result = wck_sandbox_result(self.sandbox, measure);

        ck_assert_str_ne(wck_sandbox_name(measure), "");
        ck_assert_str_ne(wck_sandbox_summary(measure), "");
        active += result.state == WCK_SANDBOX_ACTIVE;
        ck_assert_int_eq(result.state == WCK_SANDBOX_ACTIVE,
                         strcmp(wck_sandbox_why(&result), "") == 0);
        if (result.state == WCK_SANDBOX_ABSENT)
            printf("SKIP sandbox: %s: %s\n", wck_sandbox_name(measure),
                   wck_sandbox_why(&result));
    }
    ck_assert_int_ge(active, 4);
    confined_end(&self);
}
END_TEST

START_TEST(off_leaves_the_process_as_it_is)
{
    struct confined self = {.request = {.off = true}};

    confined_start(&self);
    ck_assert_int_eq(confined_try(&self, signal_outside), 0);
    for (int i = 0; i < WCK_SANDBOX_MEASURE_COUNT; i++) {
        struct wck_sandbox_result result =
            wck_sandbox_result(self.sandbox, (enum wck_sandbox_measure)i);

        ck_assert_int_eq(result.state, WCK_SANDBOX_OFF);
        ck_assert_str_eq(wck_sandbox_why(&result), "not asked for");
    }
    confined_end(&self);
}
END_TEST

START_TEST(what_cannot_be_prepared_is_said)
{
    const char *missing[] = {"/nowhere/at/all"};
    struct wck_sandbox_request request = {.writable = missing, .writable_count = 1};
    struct wck_sandbox *sandbox;
    struct wck_error err = {0};

    if (wck_sandbox_prepare(&sandbox, &request, &err) == WCK_OK) {
        printf("SKIP sandbox: writable: there is no Landlock\n");
        wck_sandbox_free(sandbox);
    } else {
        ck_assert_str_eq(err.text, "cannot open /nowhere/at/all for the subject: No "
                                   "such file or directory");
    }
    err = (struct wck_error){0};
    setenv("TMPDIR", "/nowhere", 1);
    request.writable_count = 0;
    ck_assert_int_eq(wck_sandbox_prepare(&sandbox, &request, &err), WCK_IO);
    ck_assert_str_eq(err.text,
                     "cannot make a folder in /nowhere: No such file or directory");
    ck_assert_ptr_null(sandbox);
}
END_TEST

Suite *wck_sandbox_suite(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *core = tcase_create("core");

    tcase_add_checked_fixture(core, scratch_make, scratch_remove);
    tcase_add_loop_test(core, what_is_forbidden_is_denied, 0, DENIED);
    tcase_add_loop_test(core, nothing_is_denied_without_it, 0, DENIED);
    tcase_add_test(core, reading_executing_and_its_own_folder_are_allowed);
    tcase_add_test(core, a_writable_file_can_be_written_and_not_removed);
    tcase_add_test(core, there_is_no_core_and_no_new_privilege);
    tcase_add_test(core, a_subject_that_burns_time_is_killed);
    tcase_add_test(core, every_measure_says_what_became_of_it);
    tcase_add_test(core, off_leaves_the_process_as_it_is);
    tcase_add_test(core, what_cannot_be_prepared_is_said);
    suite_add_tcase(suite, core);
    return suite;
}
