/* Trace: everything that a warp does with one problem's random inputs, as one list of
 * numbers with a bound on each. */
#ifndef WCK_DIAGNOSE_TRACE_H
#define WCK_DIAGNOSE_TRACE_H

#include "src/deviation/deviation.h"
#include "src/subject/problem.h"
#include "src/subject/subject.h"

/* What the numbers of a trace are of. */
enum wck_section {
    WCK_SECTION_OUTPUT,
    WCK_SECTION_IMAGE,     /* the gradient of the image */
    WCK_SECTION_PARAMETERS /* of border value, matrix and coordinates */
};

#define WCK_SECTIONS 3

struct wck_trace {
    double *value; /* outputs, and those of a poisoned image (reference/poison.h); then
                      gradients of image, border value and matrix, and coordinates */
    double *bound; /* how far two right answers may lie apart */
    double *scale; /* the magnitude of each */
    size_t count;
    size_t begin[WCK_SECTIONS], end[WCK_SECTIONS]; /* of each section's numbers */
    bool refused; /* the subject does not give all gradients: those before only */
};

/* What the subject does. */
enum wck_status wck_trace_subject(struct wck_trace *trace, struct wck_subject *subject,
                                  const struct wck_problem *problem,
                                  struct wck_error *err);

/* What the reference with a behaviour does; of the sections wanted alone, which is
 * quicker (NULL: all). */
enum wck_status wck_trace_behaviour(struct wck_trace *trace,
                                    const struct wck_behaviour *behaviour,
                                    const struct wck_problem *problem,
                                    const bool wanted[WCK_SECTIONS],
                                    struct wck_error *err);

void wck_trace_release(struct wck_trace *trace);

/* |a - b| of number i of one and j of the other; infinite where one is finite and the
 * other is not, and 0 where there is nothing to compare: neither is, or a has no bound.
 */
double wck_trace_error(const struct wck_trace *a, size_t i, const struct wck_trace *b,
                       size_t j);

/* That in bounds of a. */
double wck_trace_ratio(const struct wck_trace *a, size_t i, double error);

/* The largest |a - b| / bound of a, and the largest |a - b| / scale, over the numbers
 * that both have; infinity where one is finite and the other is not. */
void wck_trace_compare(const struct wck_trace *a, const struct wck_trace *b,
                       double *ratio, double *distance);

/* The same of one section. */
void wck_trace_compare_section(const struct wck_trace *a, const struct wck_trace *b,
                               enum wck_section section, double *ratio,
                               double *distance);

#endif
