/* Diagnosis: what the search for a culprit knows, from the first problem put to the
 * sentence. */
#ifndef WCK_DIAGNOSE_DIAGNOSIS_H
#define WCK_DIAGNOSE_DIAGNOSIS_H

#include "src/diagnose/diagnose.h"
#include "src/diagnose/spots.h"
#include "src/diagnose/together.h"

#define WCK_DIAGNOSIS_FIRST 8   /* problems that every hypothesis is compared on */
#define WCK_DIAGNOSIS_REDUCED 2 /* sizes that a large one is cut down to */

/* The list of all that change one thing has room for one more at its end: what is found
 * to hold together. */
struct wck_diagnosis {
    const struct wck_diagnose_request *asked;
    const struct wck_recording *recording;
    struct wck_hypothesis *list;
    size_t count;
    struct wck_suspect suspects[WCK_DIAGNOSIS_FIRST + WCK_DIAGNOSIS_REDUCED];
    size_t suspect_count;
    struct wck_problem reduced[WCK_DIAGNOSIS_REDUCED]; /* of the smallest suspect */
    size_t compared;        /* problems that what holds has been compared on */
    struct wck_spots spots; /* of that suspect, where nothing holds */
    const struct wck_suspect *spotted;
    bool single;                /* they are few, and no rule was looked for */
    bool no_time;               /* it was up before all had been compared */
    enum wck_together together; /* what came of two or three at once */
};

/* Who it was, and what to do about it, in a sentence. */
void wck_diagnosis_write(const struct wck_diagnosis *d, struct wck_text *text);

#endif
