/* Verify, write: what a verification leaves behind: files of its smallest failure, and
 * reports. */
#ifndef WCK_CLI_VERIFY_WRITE_H
#define WCK_CLI_VERIFY_WRITE_H

#include "src/cli/output.h"
#include "src/run/verify.h"

struct wck_verify_ending {
    const char *name;                  /* the subject's, as it was given */
    const struct wck_subject *subject; /* NULL: it did not even start */
    const struct wck_verification *result;
    const char *fault; /* how the subject broke; NULL: it did not */
    bool fail_on_inconclusive, fail_on_stale;
    const struct wck_baseline *baseline; /* NULL: none */
    const char *convention;              /* whose calls were judged; NULL: none's */
    const char *folder;                  /* for the smallest failure */
    const char *command;
};

/* Writes the smallest failure, where there is one, into the folder, and then the
 * reports, which name its files and what the baseline knows. */
enum wck_status wck_verify_write(struct wck_outputs *outputs,
                                 const struct wck_verify_ending *ending,
                                 struct wck_error *err);

#endif
