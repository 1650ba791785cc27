/* Reading: a report that `--json` wrote, of coverage or of verify, read back.
 *
 * The file may come from anybody: what does not hold together is refused, and memory is
 * never taken for what a number in it claims. */
#ifndef WCK_RUN_READING_H
#define WCK_RUN_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"
#include "src/coverage/reason.h"

struct json_t;

struct wck_reading {
    const char *path;        /* borrowed */
    struct json_t *document; /* owned; texts are borrowed from it */
    bool of_coverage;        /* else of verify */

    /* Of coverage: the sizes of the image, and the counts, which add up. */
    size_t batch, channels, height, width;
    size_t pixels_total, pixels_covered, entries_total, entries_covered;
    size_t reason_pixels[WCK_REASON_COUNT], reason_entries[WCK_REASON_COUNT];
    size_t spurious_entries;
    const struct json_t *map; /* a string for each row, agreeing with the counts of
                                 pixels; NULL: the report has none */

    /* Of verify: an array of objects with texts `checker`, `claim` and `verdict`. */
    const struct json_t *findings;
};

/* Reads a report.  WCK_IO; WCK_FORMAT, naming the path, where it is none.  Release with
 * wck_reading_release, whatever was returned. */
enum wck_status wck_reading_open(struct wck_reading *reading, const char *path,
                                 struct wck_error *err);
void wck_reading_release(struct wck_reading *reading);

/* The runs of a row of the map. */
struct wck_run {
    const char *at; /* what follows it */
    size_t length;
    unsigned char reason; /* WCK_COVERED (0), or 1 + enum wck_reason */
};

/* Reads the run at run->at, at most `most` long; false where there is none. */
bool wck_run_next(struct wck_run *run, size_t most);

/* A text of an object; NULL where it has none of that name. */
const char *wck_reading_text(const struct json_t *object, const char *key);

#endif
