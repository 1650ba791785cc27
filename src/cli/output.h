/* Output: which reports are written, and where to.
 *
 * Every format of the registry that knows the kind of report is an option, --NAME FILE,
 * where '-' is standard output.  A text goes to standard output as well, unless a
 * format was sent there or --quiet was given.  All reports are made before the first is
 * written, and each file is whole or not there at all. */
#ifndef WCK_CLI_OUTPUT_H
#define WCK_CLI_OUTPUT_H

#include "src/cli/options.h"
#include "src/report/report.h"

#define WCK_OUTPUTS 16 /* most rows of the registry, each at most once */

_Static_assert(WCK_KEY_FORMAT + WCK_OUTPUTS - WCK_KEY_FIRST <= 128,
               "struct wck_given has a bit for each option");

struct wck_output {
    const struct wck_format *format;
    const char *path; /* "-": standard output */
    struct wck_text text;
};

struct wck_outputs {
    struct wck_given given;
    struct wck_output items[WCK_OUTPUTS];
    size_t count;
    bool quiet;
    enum wck_sketch sketch; /* in a text on standard output; of files the report says */
};

/* The options for the formats that write the kind of report, as an argp child whose
 * input is a struct wck_outputs.  The memory is the caller's, as argp wants tables. */
struct wck_output_argp {
    struct argp_option options[WCK_OUTPUTS + 2];
    struct argp argp;
};

enum wck_report_kind { WCK_REPORT_COVERAGE, WCK_REPORT_VERIFY, WCK_REPORT_COMPARE };

void wck_output_argp_init(struct wck_output_argp *parser, enum wck_report_kind kind);

/* Makes every report asked for, then writes them in the order given. */
enum wck_status wck_outputs_coverage(struct wck_outputs *outputs,
                                     const struct wck_coverage_report *report,
                                     struct wck_error *err);
enum wck_status wck_outputs_verify(struct wck_outputs *outputs,
                                   const struct wck_verify_report *report,
                                   struct wck_error *err);
enum wck_status wck_outputs_compare(struct wck_outputs *outputs,
                                    const struct wck_comparison *comparison,
                                    struct wck_error *err);
/* Writes to a file, whole or not at all, or to standard output where `path` is "-". */
enum wck_status wck_output_write(const char *path, const struct wck_text *text,
                                 struct wck_error *err);
void wck_outputs_release(struct wck_outputs *outputs);

#endif
