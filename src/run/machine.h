/* Machine: what this machine offers to a verification. */
#ifndef WCK_RUN_MACHINE_H
#define WCK_RUN_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

struct wck_fact {
    const char *group;  /* "sandbox", "processor", ...; static */
    const char *name;   /* "namespace", "numpy", ...; static */
    bool there;         /* active, found, importable */
    char what[160];     /* its version or size, or why it is not there; may be "" */
    const char *matter; /* what it is, or is good for; static, may be NULL */
};

#define WCK_FACTS 64

/* In the order of groups: those of one group lie together. */
struct wck_machine {
    struct wck_fact facts[WCK_FACTS];
    size_t count;
};

/* Looks at everything.  Starts python3 and other programs of the PATH, each for at most
 * half a minute, and a child that enters a sandbox.  What cannot be found out is not
 * there, and says why. */
void wck_machine_look(struct wck_machine *machine);

#endif
