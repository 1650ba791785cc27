/* Search: the questions that were put to a warp, and the steps by which one field after
 * the other is read off the answers. */
#ifndef WCK_DIAGNOSE_SEARCH_H
#define WCK_DIAGNOSE_SEARCH_H

#include "src/diagnose/description.h"

/* The questions, in the order in which they are put. */
enum wck_question_kind {
    WCK_ASK_FIRST,   /* a random image, by numbers of which nothing is known yet */
    WCK_ASK_SECOND,  /* the same by others */
    WCK_ASK_STEPS,   /* a ramp, in steps of 1/512 pixel */
    WCK_ASK_IMPULSE, /* a single pixel, in steps of 1/32 pixel: the kernel itself */
    WCK_ASK_TIES,    /* samples at halves and wholes, in the image and around it */
    WCK_ASK_RIM,     /* samples just outside, magnified */
    WCK_ASK_FAR,     /* samples several images outside on all sides */
    WCK_ASK_COUNT
};

#define WCK_READINGS 16 /* most ways to read numbers that are told apart */

struct wck_search {
    const struct wck_asker *asker;
    struct wck_probe probe[WCK_ASK_COUNT]; /* got.tensor.data NULL: not put yet */
    size_t questions;
    struct wck_reading readings[WCK_READINGS]; /* that may be meant, the best first */
    double apart[WCK_READINGS]; /* pixels between where they and the answers place
                                   samples, root mean square */
    size_t reading_count;
    struct wck_description best;
    double other_quantum; /* a row of the arithmetics is the best; but plain steps like
                             these do as well on the ramp; 0: none do */
    bool other_truncated;
    bool kernel_known; /* the impulse was answered as the kernel found does */
};

enum wck_status wck_search_init(struct wck_search *search,
                                const struct wck_asker *asker, struct wck_error *err);
void wck_search_release(struct wck_search *search);

/* Puts a question whose probe has been filled in. */
enum wck_status wck_search_ask(struct wck_search *search, enum wck_question_kind kind,
                               struct wck_error *err);

/* Samples that a reading places well inside the image, 1 each; 0 elsewhere.  Returns
 * how many; 0 where the reading does not take the probe. */
size_t wck_search_inside(const struct wck_reading *reading,
                         const struct wck_probe *probe, unsigned char *mask);

/* A description's mean distance on the two random images, where its reading places
 * samples well inside: infinite where there is no such sample. */
enum wck_status wck_search_inner(const struct wck_search *search,
                                 const struct wck_description *description,
                                 double *mean, struct wck_error *err);

/* On one probe, all samples. */
enum wck_status wck_search_mean(const struct wck_search *search,
                                const struct wck_description *description,
                                enum wck_question_kind kind, double *mean,
                                struct wck_error *err);

/* The steps.  Each completes search->best by what it finds, and puts its questions. */
enum wck_status wck_search_reading(struct wck_search *search, struct wck_error *err);
enum wck_status wck_search_quantum(struct wck_search *search, struct wck_error *err);
enum wck_status wck_search_kernel(struct wck_search *search, struct wck_error *err);

#endif
