/* Gate: what a coverage has to be, for a build that is to fail where it is not.
 *
 * A mask names pixels that must not get a gradient: one that does is a failure, and one
 * that does not is what was asked for, so that the other gates leave all of them out.
 */
#ifndef WCK_COVERAGE_GATE_H
#define WCK_COVERAGE_GATE_H

#include "src/coverage/coverage.h"

struct wck_gate_request {
    const unsigned char *expect_zero; /* height x width, 1 for the pixels named;
                                         borrowed; NULL: no mask */
    bool has_least, has_hole;
    double least; /* smallest share of the entries that is covered, in percent */
    size_t hole;  /* most pixels without a gradient that hang together by their
                     edges */
};

struct wck_gate {
    const char *name;       /* of the option, "max-hole"; static */
    double limit, measured; /* pixels, percent, pixels */
    bool failed;
    char text[200]; /* what was measured, in one sentence */
};

#define WCK_GATES 3

struct wck_gates {
    struct wck_gate items[WCK_GATES]; /* those asked for */
    size_t count;
    bool failed; /* any of them */
};

/* Holds the coverage against what is asked for.  WCK_INVALID where a share is asked for
 * and the mask leaves no pixel; WCK_NO_MEMORY. */
enum wck_status wck_gates_judge(struct wck_gates *gates,
                                const struct wck_gate_request *request,
                                const struct wck_coverage *coverage,
                                struct wck_error *err);

#endif
