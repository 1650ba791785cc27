#include "src/subject/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

/* Calls with a bit of x32 are x86-64's under other numbers. */
#define X32_BIT 0x40000000

/* Refused whatever the arguments are. */
static const unsigned refused[] = {
    /* other processes */
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    /* file systems */
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_swapon,
    SYS_swapoff,
    SYS_quotactl,
    SYS_open_by_handle_at,
    /* the kernel */
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_reboot,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_syslog,
    SYS_acct,
    /* keys */
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    /* who it is */
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_unshare,
    SYS_setns,
    /* the machine's names and clocks */
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_clock_adjtime,
    SYS_adjtimex,
    SYS_vhangup,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl,
#endif
#ifdef SYS_ioperm
    SYS_ioperm,
#endif
/* Where headers are older than these, the kernel may not be: the numbers are the same
 * on all processors. */
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#define SYS_fspick 433
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
    /* would go around this filter, and new ways to mount */
    SYS_io_uring_setup,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
};

#define REFUSED (sizeof refused / sizeof *refused)

struct writer {
    struct sock_filter *filter;
    size_t count;
};

static void put(struct writer *writer, uint16_t code, uint32_t k)
{
    writer->filter[writer->count++] = (struct sock_filter){.code = code, .k = k};
}

/* Goes on at the next instruction where the word compares with k, else skips one. */
static void unless_skip(struct writer *writer, uint16_t compare, uint32_t k)
{
    writer->filter[writer->count++] = (struct sock_filter){
        .code = (uint16_t)(BPF_JMP | compare | BPF_K), .jt = 0, .jf = 1, .k = k};
}

static void load(struct writer *writer, size_t offset)
{
    put(writer, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static void answer(struct writer *writer, uint32_t what)
{
    put(writer, BPF_RET | BPF_K, what);
}

size_t wck_seccomp_filter(struct sock_filter filter[WCK_SECCOMP_MOST])
{
    const uint32_t no = SECCOMP_RET_ERRNO | EPERM;
    struct writer writer = {filter, 0};

    if (ARCHITECTURE == 0)
        return 0;
    load(&writer, offsetof(struct seccomp_data, arch));
    put(&writer, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE);
    filter[writer.count - 1].jt = 1; /* over the refusal */
    answer(&writer, no);
    load(&writer, offsetof(struct seccomp_data, nr));
    unless_skip(&writer, BPF_JGE, X32_BIT);
    answer(&writer, no);
    for (size_t i = 0; i < REFUSED; i++) {
        unless_skip(&writer, BPF_JEQ, refused[i]);
        answer(&writer, no);
    }
    put(&writer, BPF_JMP | BPF_JEQ | BPF_K, SYS_socket);
    filter[writer.count - 1].jf = 3; /* to the end: any other call */
    load(&writer, offsetof(struct seccomp_data, args[0]));
    put(&writer, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX);
    filter[writer.count - 1].jt = 1;
    answer(&writer, no);
    answer(&writer, SECCOMP_RET_ALLOW);
    return writer.count;
}

int wck_seccomp_enter(const struct sock_filter *filter, size_t count)
{
    /* The kernel only reads it, but its struct says otherwise. */
    struct sock_fprog program = {.len = (unsigned short)count,
                                 .filter = (struct sock_filter *)(uintptr_t)filter};

    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
}
