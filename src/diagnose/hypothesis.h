/* Hypothesis: what a subject might be, the reference with something changed, and how
 * far what the subject did is from it. */
#ifndef WCK_DIAGNOSE_HYPOTHESIS_H
#define WCK_DIAGNOSE_HYPOTHESIS_H

#include "src/base/text.h"
#include "src/diagnose/trace.h"
#include "src/subject/recording.h"

#define WCK_TOGETHER 3 /* deviations at most */

struct wck_hypothesis {
    /* Applied one after the other; NULL where there are no more. */
    const struct wck_deviation *row[WCK_TOGETHER];
    bool output_only; /* the first row changes the output, and not the pull-back */
    const struct wck_border *border; /* in place of any that is asked for */
    const struct wck_kernel *kernel;
    double ratio, distance; /* the largest so far */
    size_t compared;        /* problems so far */
    bool partial;           /* it was refuted before all had been compared */
    bool foreign;           /* to a problem: it does not apply there */
};

/* What the subject did on one problem, or recorded. */
struct wck_suspect {
    const struct wck_problem *problem;
    const struct wck_recording *recording; /* NULL: none */
    struct wck_trace trace;
    bool slow; /* a hypothesis is done with at the first section that refutes it */
    enum wck_section telling; /* which that was the last time: it is asked first */
};

/* As for a verdict: beyond four bounds it is another warp. */
bool wck_hypothesis_holds(const struct wck_hypothesis *h);

/* All that change one thing: the reference itself, then deviations, borders and
 * kernels, the simplest first.  `list` has room for as many as are counted. */
size_t wck_hypothesis_count(void);
void wck_hypotheses_list(struct wck_hypothesis *list);

/* What its rows make of the reference. */
struct wck_behaviour wck_hypothesis_behaviour(const struct wck_hypothesis *h);

/* Deviations are changes of a warp of two axes, and not every kernel serves every map.
 */
bool wck_hypothesis_applies(const struct wck_hypothesis *h,
                            const struct wck_suspect *suspect);

/* What it makes of a suspect's inputs; of the sections wanted alone (NULL: all), which
 * is quicker.  It must apply. */
enum wck_status wck_hypothesis_trace(const struct wck_hypothesis *h,
                                     const struct wck_suspect *suspect,
                                     const bool wanted[WCK_SECTIONS],
                                     struct wck_trace *made, struct wck_error *err);

/* Compares all numbers of one suspect, where it is slow until it is refuted, and adds
 * what is found to ratio and distance; where it does not apply both are infinite. */
enum wck_status wck_hypothesis_compare(struct wck_hypothesis *h,
                                       struct wck_suspect *suspect,
                                       struct wck_error *err);

/* The largest error in bounds of the sections wanted.  Infinite where it does not
 * apply. */
enum wck_status wck_hypothesis_sections(const struct wck_hypothesis *h,
                                        const struct wck_suspect *suspect,
                                        const bool wanted[WCK_SECTIONS], double *ratio,
                                        struct wck_error *err);

/* "truncated-base", "border wrap whatever is asked for", ...; and what it does. */
void wck_hypothesis_name(const struct wck_hypothesis *h, struct wck_text *text);

#endif
