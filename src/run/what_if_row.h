/* What-if row: a remedy being tried, until it is a row of the table. */
#ifndef WCK_RUN_WHAT_IF_ROW_H
#define WCK_RUN_WHAT_IF_ROW_H

#include "src/run/cost.h"
#include "src/run/survey.h"

/* A row in the making, and the warp that it tries.  The texts are its own until it is
 * finished, the rest is borrowed. */
struct wck_what_if_trial {
    struct wck_survey *survey;
    const struct wck_survey_request *request;
    struct wck_warp warp;
    struct wck_text remedy, cost, options;
    bool whole; /* meant to have the whole image in view */
    bool surrogate;
    size_t split;                   /* see struct wck_remedy; 0 means 1 */
    int64_t shift_x, shift_y;       /* likewise */
    struct wck_reduction reduction; /* a block of 0: none */
};

struct wck_what_if_trial wck_what_if_begin(struct wck_survey *survey,
                                           const struct wck_survey_request *request);

/* Counts what the trial's remedy reaches in an actual run, measures what it costs, adds
 * the row, and drops the trial, whatever is returned. */
enum wck_status wck_what_if_finish(struct wck_what_if_trial *trial,
                                   struct wck_error *err);

/* Adds the trial's row with the numbers of the row before, whose gradient it has; drops
 * the trial, whatever is returned. */
enum wck_status wck_what_if_repeat(struct wck_what_if_trial *trial,
                                   struct wck_error *err);

/* Finishes a trial of the straight-through estimate, whose pixels are those that some
 * output lists with a finite upstream gradient other than 0. */
enum wck_status wck_what_if_straight_through(struct wck_what_if_trial *trial,
                                             struct wck_error *err);

/* Rows that a table has at most: every other kernel and border, and the rest.  Bits for
 * them: WCK_REVIVERS. */
size_t wck_what_if_most_rows(void);

/* Appends "--matrix '...'". */
void wck_what_if_print_matrix(struct wck_text *text, const double matrix[6]);

/* The rows of src/run/what_if_antialias.c: means of several samples, a mipmap's level
 * and a blur.  Nothing is added where a row does not apply. */
enum wck_status wck_what_if_multi_sampling(struct wck_survey *survey,
                                           const struct wck_survey_request *request,
                                           struct wck_error *err);
enum wck_status wck_what_if_mipmap(struct wck_survey *survey,
                                   const struct wck_survey_request *request,
                                   struct wck_error *err);
enum wck_status wck_what_if_prefilter(struct wck_survey *survey,
                                      const struct wck_survey_request *request,
                                      struct wck_error *err);

#endif
