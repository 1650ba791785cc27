/* Progress: how far a long job is, and how much longer it may take.
 *
 * One line on standard error, only where that is a terminal: first after half a second,
 * then at most ten times a second, written over, and gone at the end. */
#ifndef WCK_CLI_PROGRESS_H
#define WCK_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct wck_progress {
    const char *what; /* is counted: "warps" */
    bool terminal;
    double began, told; /* seconds of a clock that runs evenly */
    int width;          /* of the line that stands there; 0: none does */
};

struct wck_progress wck_progress_begin(const char *what);

/* What jobs call; `state` is a struct wck_progress.  Where `total` is 0 it is not
 * known, and nothing is said of the time left, which takes the rest to be as fast as
 * what is done. */
void wck_progress_tell(void *state, size_t done, size_t total);

/* Clears the line.  It has to be called before anything else is written. */
void wck_progress_end(struct wck_progress *progress);

#endif
