/* Slack: how far a tap's weight may be off in a given gradient, whose coordinates were
 * computed in another precision than ours. */
#ifndef WCK_COVERAGE_SLACK_H
#define WCK_COVERAGE_SLACK_H

#include "src/coverage/coverage.h"

struct wck_slack {
    const struct wck_coverage_request *request;
    size_t item;
    double everywhere; /* the same for every sample, where the request has no bound */
};

/* That of a plane's batch item; the request is borrowed. */
struct wck_slack wck_slack_of(const struct wck_coverage_request *request, size_t plane);

/* 0 where no gradient is given; 1 at most, for weights are at most about 1. */
double wck_slack_at(const struct wck_slack *slack, size_t sample, double x, double y);

#endif
