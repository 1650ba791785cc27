/* Landlock: where a subject may write, and that it uses no network. */
#ifndef WCK_SUBJECT_LANDLOCK_H
#define WCK_SUBJECT_LANDLOCK_H

#include <stdbool.h>

/* The version of the kernel's Landlock; 0 or less where there is none, with errno. */
int wck_landlock_version(void);

/* From this version on TCP, and signals to processes outside, can be denied. */
#define WCK_LANDLOCK_NETWORK 4
#define WCK_LANDLOCK_SCOPE 6

/* A set of rules that denies, for kernels of that version: all changes to files but
 * those allowed, TCP and signals.  Returns a descriptor to close, or -1 with errno. */
int wck_landlock_new(int version);

/* Allows to change the file or device, or all that is beneath the folder.  False, with
 * errno, where it cannot be opened. */
bool wck_landlock_allow(int rules, int version, const char *path);

/* Puts the calling thread, which has no_new_privs, and all that it starts under the
 * rules.  0, or an errno.  Async-signal-safe. */
int wck_landlock_enter(int rules);

#endif
