/* Set survey: coverage over a set of warps, as the command line calls it. */
#ifndef WCK_RUN_SET_SURVEY_H
#define WCK_RUN_SET_SURVEY_H

#include "src/coverage/set.h"
#include "src/run/evenness.h"
#include "src/run/survey.h"

/* The warps of a set, one after another: the next one's map, valid until the next call;
 * *more is false after the last. */
typedef enum wck_status wck_set_next(void *state, struct wck_map *map, bool *more,
                                     struct wck_error *err);

/* Everything is borrowed. */
struct wck_set_request {
    struct wck_survey_request survey; /* of each warp; its `warp` without a map, and no
                                         arrays: the upstream gradient is `uniform` */
    wck_set_next *next;
    void *state;
    const char *name;  /* of the set, for people: a file's name, "seed 0" */
    const char *warps; /* what they are, in plural: "by matrices from ..." */
    bool sample;       /* they stand for others like them (src/run/evenness.h) */
    size_t total;      /* how many there will be; 0: not known */
    void (*progress)(void *state, size_t done, size_t total); /* NULL: not wanted */
    void *progress_state;
};

/* {0} is an empty survey. */
struct wck_set_survey {
    struct wck_set set;
    struct wck_survey survey; /* its coverage is that of the set: wck_set_coverage */
    struct wck_evenness evenness;
    struct wck_evenness_sample sample;
};

/* Explains the reference's own gradient through every warp in turn, in memory that does
 * not grow with their number.  Release with wck_set_survey_release, whatever was
 * returned.  WCK_FORMAT where the set has no warp; what `next` returns. */
enum wck_status wck_set_survey_run(struct wck_set_survey *survey,
                                   const struct wck_set_request *request,
                                   struct wck_error *err);
void wck_set_survey_release(struct wck_set_survey *survey);

/* As wck_survey_report; the set's members are filled in. */
struct wck_coverage_report wck_set_survey_report(const struct wck_set_survey *survey,
                                                 const struct wck_set_request *request);

#endif
