/* Candidates: whole descriptions, ranked by how far they are from all answers. */
#ifndef WCK_DIAGNOSE_CANDIDATES_H
#define WCK_DIAGNOSE_CANDIDATES_H

#include "src/diagnose/search.h"

struct wck_candidate {
    struct wck_description description;
    double mean;                  /* over the questions that tell candidates apart */
    struct wck_distance distance; /* over all, judged; count 0: not yet */
    bool fits;                    /* within the bounds, as a verdict has it */
};

/* {0} is an empty list. */
struct wck_candidates {
    struct wck_candidate *items;
    size_t count, capacity;
    bool failed; /* no memory at some point: later calls do nothing */
};

void wck_candidates_release(struct wck_candidates *list);
void wck_candidates_add(struct wck_candidates *list,
                        const struct wck_description *description, double mean);
/* Adds one that has been judged. */
void wck_candidates_take(struct wck_candidates *list,
                         const struct wck_candidate *candidate);

/* Adds a description with its distance on the questions about what is outside. */
enum wck_status wck_candidates_try(struct wck_candidates *list,
                                   const struct wck_search *search,
                                   const struct wck_description *tried,
                                   struct wck_error *err);

/* Puts the questions about what is outside, and lists what search->best may be there,
 * the best first: each border, fold of the coordinate, prefilter and kernel that only
 * ties tell from the one found. */
enum wck_status wck_candidates_outside(struct wck_candidates *list,
                                       struct wck_search *search,
                                       struct wck_error *err);

/* Adds deviations of the first few and of each border, those that are nearer than the
 * first is. */
enum wck_status wck_candidates_deviations(struct wck_candidates *list,
                                          const struct wck_search *search,
                                          struct wck_error *err);

/* Adds the first one with another reading, kernel or quantum in turn. */
enum wck_status wck_candidates_rivals(struct wck_candidates *list,
                                      const struct wck_search *search,
                                      struct wck_error *err);

/* Judges those from `first` on, `most` at most, on all questions. */
enum wck_status wck_candidates_judge(struct wck_candidates *list, size_t first,
                                     size_t most, const struct wck_search *search,
                                     struct wck_error *err);

/* Tries coordinates in narrower arithmetics, whose bounds are wider, for those judged:
 * the first arithmetic in which any fits. */
enum wck_status wck_candidates_widen(struct wck_candidates *list,
                                     const struct wck_search *search,
                                     struct wck_error *err);

/* The first that fits, or one that fits clearly nearer (where bounds are open, at
 * ties); NULL where none does. */
const struct wck_candidate *wck_candidates_fitting(const struct wck_candidates *list);

/* The nearest among those judged that do not fit; NULL where there is none. */
const struct wck_candidate *wck_candidates_nearest(const struct wck_candidates *list);

#endif
