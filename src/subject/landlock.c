#include "src/subject/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface in our words: headers may be older than the kernel, and these
 * numbers never change. */
#define CREATE_RULESET 444
#define ADD_RULE 445
#define RESTRICT_SELF 446
#define ASK_VERSION 1U
#define PATH_BENEATH 1

#define WRITE_FILE (UINT64_C(1) << 1)
#define REMOVE_TO_REFER (UINT64_C(0x1ff) << 4)   /* remove_*, make_*: bits 4 to 12 */
#define REFER (UINT64_C(1) << 13)                /* version 2 */
#define TRUNCATE (UINT64_C(1) << 14)             /* version 3 */
#define BIND_AND_CONNECT_TCP UINT64_C(3)         /* version 4 */
#define ABSTRACT_SOCKETS_AND_SIGNALS UINT64_C(3) /* version 6 */

struct rules {
    uint64_t files, network, scope; /* what is denied unless a rule allows it */
};

struct beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

int wck_landlock_version(void)
{
    return (int)syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
}

/* What is a change to a file for that version. */
static uint64_t changes(int version)
{
    return WRITE_FILE | REMOVE_TO_REFER | (version >= 2 ? REFER : 0) |
           (version >= 3 ? TRUNCATE : 0);
}

int wck_landlock_new(int version)
{
    struct rules rules = {.files = changes(version)};
    size_t size = offsetof(struct rules, network);

    if (version >= WCK_LANDLOCK_NETWORK) {
        rules.network = BIND_AND_CONNECT_TCP;
        size = offsetof(struct rules, scope);
    }
    if (version >= WCK_LANDLOCK_SCOPE) {
        rules.scope = ABSTRACT_SOCKETS_AND_SIGNALS;
        size = sizeof rules;
    }
    return (int)syscall(CREATE_RULESET, &rules, size, 0);
}

bool wck_landlock_allow(int rules, int version, const char *path)
{
    struct beneath rule = {.allowed = changes(version)};
    struct stat about;
    int error = 0;

    rule.parent = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent < 0)
        return false;
    if (fstat(rule.parent, &about) != 0)
        error = errno;
    if (error == 0 && !S_ISDIR(about.st_mode)) /* a file has no entries */
        rule.allowed &= WRITE_FILE | TRUNCATE;
    if (error == 0 && syscall(ADD_RULE, rules, PATH_BENEATH, &rule, 0) != 0)
        error = errno;
    close(rule.parent);
    errno = error;
    return error == 0;
}

int wck_landlock_enter(int rules)
{
    return syscall(RESTRICT_SELF, rules, 0) == 0 ? 0 : errno;
}
