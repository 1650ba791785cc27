/* Reproduce: a shrunk failure as files that somebody else can run.
 *
 * In a folder, named by the finding's id (forward-9c1f02ab):
 *     forward-9c1f02ab.npz        the recording, for `warpcheck verify recording:FILE`
 *     forward-9c1f02ab.c          a C test: the numbers, and what is allowed for each
 *     test_forward_9c1f02ab.py    a pytest file of one assertion
 * Each is written whole or not at all.  Where the failure shows in no recording, there
 * is a pytest file of a Python subject only. */
#ifndef WCK_RUN_REPRODUCE_H
#define WCK_RUN_REPRODUCE_H

#include "src/base/text.h"
#include "src/run/shrink.h"

enum wck_reproduction_file {
    WCK_REPRODUCTION_RECORDING,
    WCK_REPRODUCTION_C,
    WCK_REPRODUCTION_PYTEST,
    WCK_REPRODUCTION_FILES
};

/* The files that were written; NULL for one that was not.  Owned. */
struct wck_reproduction {
    char *path[WCK_REPRODUCTION_FILES];
};

/* Writes what can be written into `folder`, which is made where it is not there (its
 * parent has to be).  Release whatever was returned.  WCK_IO names the file. */
enum wck_status wck_reproduce(struct wck_reproduction *reproduction,
                              const struct wck_shrunk *shrunk, const char *folder,
                              struct wck_error *err);
void wck_reproduction_release(struct wck_reproduction *reproduction);

/* The texts: each appends a whole file.  `recording` is the .npz's name, beside the
 * pytest file. */
void wck_reproduce_pytest(const struct wck_shrunk *shrunk, const char *recording,
                          struct wck_text *text);

/* WCK_UNSUPPORTED where no entry by itself is beyond what is allowed. */
enum wck_status wck_reproduce_c(const struct wck_shrunk *shrunk, struct wck_text *text,
                                struct wck_error *err);

#endif
