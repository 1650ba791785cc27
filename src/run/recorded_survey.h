/* Recorded survey: what the coverage of a library's call is asked for, from a recording
 * or what stands for one (src/subject/recorded.h). */
#ifndef WCK_RUN_RECORDED_SURVEY_H
#define WCK_RUN_RECORDED_SURVEY_H

#include "src/run/recorded_map.h"
#include "src/run/survey.h"
#include "src/subject/recorded.h"

struct wck_recorded_survey {
    struct wck_survey_request request; /* borrows from the recording and from here */
    const struct wck_recorded *of;     /* borrowed */
    struct wck_image gradient;         /* grad_image; no data: not recorded */
    struct wck_warp *items;            /* one a batch item where maps differ; owned */
    struct wck_problem *problems;      /* one a batch item; owned */
    struct wck_recorded_map map;       /* the gradients with respect to it */
    char *call;                        /* owned */
};

/* Asks for the coverage of its image, by its grad_image and grad_output where they are
 * there.  The gradient's type is that of grad_image, else the image's, else float32;
 * `uniform`, the rest of the request and another gradient are the caller's to set; then
 * wck_recorded_survey_settle.  Release whatever was returned.  WCK_UNSUPPORTED for
 * volumes; WCK_FORMAT names the file. */
enum wck_status wck_recorded_survey_ask(struct wck_recorded_survey *survey,
                                        const struct wck_recorded *of,
                                        struct wck_error *err);

/* Has the map's own gradient explained too, and those that were recorded of it;
 * `matrix` as in wck_recorded_map_read; `sized`: the image's values are not known. */
enum wck_status wck_recorded_survey_ask_map(struct wck_recorded_survey *survey,
                                            const struct wck_tensor *matrix, bool sized,
                                            struct wck_error *err);

/* Has gradients judged in the request's type, once it is final. */
void wck_recorded_survey_settle(struct wck_recorded_survey *survey);
void wck_recorded_survey_release(struct wck_recorded_survey *survey);

#endif
