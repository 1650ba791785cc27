#include "src/subject/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool write_file(const char *path, const char *text, size_t size)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool good = file >= 0 && write(file, text, size) == (ssize_t)size;
    int error = errno;

    if (file >= 0)
        close(file);
    errno = error;
    return good;
}

/* Writes the number and `tail` to `text`, which has room, and returns the end; snprintf
 * is not async-signal-safe. */
static char *append(char *text, unsigned number, const char *tail)
{
    char digits[12];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        *text++ = digits[--count];
    while (*tail != '\0')
        *text++ = *tail++;
    return text;
}

/* The new user namespace knows one id, the one that we have outside. */
static void map_id(const char *path, unsigned id)
{
    char line[40], *end = append(line, id, " ");

    end = append(end, id, " 1\n");
    write_file(path, line, (size_t)(end - line));
}

/* Whoever is not root needs a user namespace around the other one. */
static bool unshare_ids(void)
{
    unsigned user = geteuid(), group = getegid();

    if (unshare(CLONE_NEWPID) == 0)
        return true;
    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0)
        return false;
    /* Where this fails we look like the overflow user to ourselves, and to nobody else:
     * the namespace is there all the same. */
    write_file("/proc/self/setgroups", "deny", 4);
    map_id("/proc/self/uid_map", user);
    map_id("/proc/self/gid_map", group);
    return true;
}

/* The first process.  It has nothing of the host's but the line. */
static _Noreturn void be_first(int line)
{
    char byte;

    if (line > 0)
        syscall(SYS_close_range, 0U, (unsigned)line - 1, 0);
    syscall(SYS_close_range, (unsigned)line + 1, ~0U, 0);
    setsid();
    signal(SIGCHLD, SIG_IGN); /* orphans end unwaited for */
    while (read(line, &byte, 1) < 0 && errno == EINTR)
        continue;
    _exit(0);
}

void wck_namespace_make(struct wck_namespace *namespace)
{
    int line[2];
    pid_t first;

    namespace->line = -1;
    if (pipe2(line, O_CLOEXEC) != 0) {
        namespace->error = errno;
        return;
    }
    first = unshare_ids() ? fork() : -1;
    namespace->error = first < 0 ? errno : 0;
    if (first == 0) {
        close(line[1]);
        be_first(line[0]);
    }
    close(line[0]);
    if (first > 0)
    namespace->line = line[1];
    else close(line[1]);
}

int wck_namespace_limit(unsigned most)
{
    char text[16], *end = append(text, most, "\n");

    return write_file("/proc/sys/kernel/pid_max", text, (size_t)(end - text)) ? 0
                                                                              : errno;
}
