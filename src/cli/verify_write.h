/* Verify, write: what a verification leaves behind: files of its smallest failure, and
 * reports. */
#ifndef WCK_CLI_VERIFY_WRITE_H
#define WCK_CLI_VERIFY_WRITE_H

#include "src/cli/output.h"
#include "src/run/verify.h"

/* Writes the smallest failure, where there is one, into `folder`, and then the reports,
 * which name its files and what the baseline (NULL: none) knows. */
enum wck_status wck_verify_write(struct wck_outputs *outputs, const char *folder,
                                 const struct wck_verification *result,
                                 const struct wck_subject *subject,
                                 const struct wck_baseline *baseline,
                                 const char *command, struct wck_error *err);

#endif
