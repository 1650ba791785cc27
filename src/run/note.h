/* Notes: what is worth saying about a survey, in sentences for somebody who sees zeros
 * for the first time. */
#ifndef WCK_RUN_NOTE_H
#define WCK_RUN_NOTE_H

#include "src/run/survey.h"

/* Adds every note that applies to the survey's coverage. */
enum wck_status wck_notes_write(struct wck_survey *survey,
                                const struct wck_survey_request *request,
                                struct wck_error *err);

/* Adds how many covered entries get next to nothing, where there are such; of a chain
 * the coverage is not the survey's own. */
enum wck_status wck_note_negligible(struct wck_survey *survey,
                                    const struct wck_coverage *coverage,
                                    struct wck_error *err);

/* Adds one note. */
enum wck_status wck_note_add(struct wck_survey *survey, struct wck_error *err,
                             const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
