/* Baseline file: a baseline (src/verdict/baseline.h) as JSON.
 *
 *   {"schema": {"name": "warpcheck.baseline", "version": 1},
 *    "findings": [
 *      {"id": "forward-9c1f02ab", "reason": "rounds its weights, mended in 2.1",
 *       "expires": "2027-01-31"}]}
 *
 * An entry may also have "subject", the only one that it is for, and, both or neither,
 * "problem" and "judged", which say where it was found. */
#ifndef WCK_RUN_BASELINE_FILE_H
#define WCK_RUN_BASELINE_FILE_H

#include "src/verdict/baseline.h"

/* The reason that is written, and that reading refuses: somebody has to say why. */
#define WCK_BASELINE_NO_REASON "TODO: say why"

/* Adds the file's entries to `baseline`; release it, whatever was returned.  WCK_IO
 * where it cannot be read; WCK_FORMAT where it is no baseline, with the file's name and
 * the line, or else the entry: an id that is none or comes twice for one subject, no
 * reason, no date, a key that means nothing. */
enum wck_status wck_baseline_read(struct wck_baseline *baseline, const char *path,
                                  struct wck_error *err);

/* Writes a baseline of all that fails.  What is known by `before`, which is judged (or
 * NULL), is kept as it is, and so is what was not reached; of the rest each id has one
 * entry, without a reason, until `expires`.  WCK_IO as for any file. */
enum wck_status wck_baseline_write(const char *path, const struct wck_baseline *before,
                                   const struct wck_findings *findings,
                                   const struct wck_date *expires,
                                   struct wck_error *err);

#endif
