/* Chain survey: coverage through several warps, as the command line calls it. */
#ifndef WCK_RUN_CHAIN_SURVEY_H
#define WCK_RUN_CHAIN_SURVEY_H

#include "src/coverage/chain.h"
#include "src/run/survey.h"

/* Everything is borrowed. */
struct wck_chain_survey_request {
    struct wck_survey_request survey; /* of the first warp, and the last one's upstream
                                         gradient; no gradient, map or remedies */
    const struct wck_warp *links;     /* by 2x3 matrices in pixels */
    size_t count;                     /* 1 .. WCK_LINKS */
};

/* {0} is an empty survey. */
struct wck_chain_survey {
    struct wck_chain chain;
    struct wck_survey survey; /* without a coverage: the chain has it */
};

/* Explains the reference's own gradient through all warps, and says what one warp by
 * the product of their matrices, with the kernel and border of the first, would reach
 * in their place; where that has no inverse nothing is said.  Release with
 * wck_chain_survey_release, whatever was returned. */
enum wck_status wck_chain_survey_run(struct wck_chain_survey *survey,
                                     const struct wck_chain_survey_request *request,
                                     struct wck_error *err);
void wck_chain_survey_release(struct wck_chain_survey *survey);

/* As wck_survey_report; the chain's members are filled in. */
struct wck_coverage_report
wck_chain_survey_report(const struct wck_chain_survey *survey,
                        const struct wck_chain_survey_request *request);

#endif
