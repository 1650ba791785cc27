/* Survey: the coverage job, as the command line and other languages call it.  Explains
 * a gradient (a recorded one, or the reference's own), finds what there is to say about
 * it, and tries the remedies. */
#ifndef WCK_RUN_SURVEY_H
#define WCK_RUN_SURVEY_H

#include "src/coverage/map_coverage.h"
#include "src/report/report.h"

/* Everything is borrowed. */
struct wck_survey_request {
    const struct wck_warp *warp;
    const struct wck_warp *items; /* see struct wck_coverage_request, as for: */
    wck_weight_error *weight_error;
    const void *weight_error_state;
    const char *call; /* whose call it is and how, in the library's own words; NULL: the
                         harness's own, in pixels */
    const char *layout;     /* of the image and of its gradient: "HWC", ... */
    size_t batch, channels; /* of the image; 0 means 1 */
    enum wck_dtype dtype;   /* in which the gradient is kept; a floating one */
    const struct wck_image *upstream; /* dL/d(output); NULL: see `uniform` */
    double uniform; /* the upstream gradient wherever `upstream` is NULL.  0 means not
                       known: 1 for the reference's own gradient; a recorded one cannot
                       then tell upstream-zero from lost-in-backward */
    const struct wck_image *gradient; /* a recorded gradient to explain, or NULL */
    const char *without_gradient; /* the recording that should hold it and does not, for
                                     the first note; else NULL */
    const struct wck_image *numeric, *response; /* see struct wck_coverage_request */
    bool what_if;                               /* try the remedies too */
    bool what_if_maps; /* and keep what each changes, pixel by pixel */
    /* Called after each remedy with how many are done; NULL: not. */
    void (*progress)(void *state, size_t done, size_t total);
    void *progress_state;

    /* The gradient with respect to the map too: see struct wck_map_coverage_request. */
    bool explain_map;
    const struct wck_image *image; /* NULL: its values are not known */
    const double *map_x, *map_y, *map_matrix;
    wck_coordinate_bound *bound;
    const void *bound_state;
};

/* Images of one channel that are asked about: batch items times channels. */
size_t wck_survey_planes(const struct wck_survey_request *request);

/* {0} is an empty survey; all members are owned. */
struct wck_survey {
    struct wck_coverage coverage;
    struct wck_map_coverage map; /* where it was asked for, and is served: has_map */
    bool has_map;
    char *convention; /* one sentence: map, kernel, border, layout, dtype */
    struct wck_what_if *what_if;
    size_t what_ifs, what_if_capacity;
    uint32_t *revived; /* see struct wck_coverage_report */
    char **notes;      /* sentences, in the order to say them */
    size_t note_count, note_capacity;
};

/* Release with wck_survey_release, whatever was returned.  WCK_INVALID where the layout
 * is none, a shape does not fit the warp, dtype is not a floating one, or
 * what_if is asked of another map than one matrix in pixels. */
enum wck_status wck_survey_run(struct wck_survey *survey,
                               const struct wck_survey_request *request,
                               struct wck_error *err);
void wck_survey_release(struct wck_survey *survey);

/* What the survey knows of a report, borrowed from both; the caller adds image,
 * image_name, subject and command.  `direction` is "source-to-output" or
 * "output-to-source", or NULL for a coordinate map. */
struct wck_coverage_report wck_survey_report(const struct wck_survey *survey,
                                             const struct wck_survey_request *request);

#endif
