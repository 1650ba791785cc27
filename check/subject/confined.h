/* Confined: a child in a sandbox that tries something and says what came of it. */
#ifndef CHECK_SUBJECT_CONFINED_H
#define CHECK_SUBJECT_CONFINED_H

#include <limits.h>
#include <sys/types.h>

#include "src/subject/sandbox.h"

struct confined {
    struct wck_sandbox_request request;
    bool nested; /* where no namespace can be made */
    /* Filled in by confined_start: */
    struct wck_sandbox *sandbox;
    char outside[PATH_MAX]; /* a file that is not the subject's; may be set before */
    pid_t host;
    int socket; /* TCP, from before the sandbox */
};

/* In a scratch folder (check/io/scratch.h). */
void confined_start(struct confined *self);
void confined_end(struct confined *self);

/* Forks a keeper of whom a subject enters the sandbox, goes to its folder, and acts.
 * What comes back can be read from the descriptor: the int that `act` returned, and the
 * end of the file when no process has it open any more: neither keeper nor host do.
 * After `act` the subject ends with status 0, and the keeper as the subject. */
int confined_fork(const struct confined *self, int (*act)(const struct confined *self),
                  pid_t *keeper);

/* The same to the end: what `act` returned; its process has ended with status 0. */
int confined_try(const struct confined *self, int (*act)(const struct confined *self));

/* The same for an act that ends its process: how that ended, as of waitpid. */
int confined_status(const struct confined *self,
                    int (*act)(const struct confined *self));

/* For the subject that entered last. */
bool confined_is_active(const struct confined *self, enum wck_sandbox_measure measure);

#endif
