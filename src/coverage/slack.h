/* Slack: how far a tap's weight may be off in a given gradient, whose coordinates were
 * computed in another precision than ours. */
#ifndef WCK_COVERAGE_SLACK_H
#define WCK_COVERAGE_SLACK_H

#include "src/coverage/coverage.h"

struct wck_slack {
    const struct wck_coverage_request *request;
    size_t item;
    const struct wck_warp *warp; /* the item's */
    double size, step; /* where the request has no bound: numbers of this size and this
                          many roundings of them */
};

/* That of a plane's batch item; the request is borrowed. */
struct wck_slack wck_slack_of(const struct wck_coverage_request *request, size_t plane);

/* 0 where no gradient is given; 1 at most, for weights are at most about 1.  In `bound`
 * how far the sample's coordinates may be off, in pixels. */
double wck_slack_at(const struct wck_slack *slack, size_t sample, double x, double y,
                    double bound[2]);

#endif
