/* Seccomp: the system calls that a subject is refused, as a filter. */
#ifndef WCK_SUBJECT_SECCOMP_H
#define WCK_SUBJECT_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

#define WCK_SECCOMP_MOST 256 /* instructions */

/* Writes the filter: EPERM for what a warp has no business with, everything else is
 * allowed.  Returns the number of instructions; 0 on a processor whose numbers of calls
 * are not known here. */
size_t wck_seccomp_filter(struct sock_filter filter[WCK_SECCOMP_MOST]);

/* Puts the calling thread under the filter; it has no_new_privs.  0, or an errno.
 * Async-signal-safe. */
int wck_seccomp_enter(const struct sock_filter *filter, size_t count);

#endif
