/* Relaid: the calls of a trial, forward and pull-back, put with images that lie in
 * memory otherwise than plain ones do; they must have the same answers, to the bit, or
 * within a latitude. */
#ifndef WCK_CHECKER_RELAID_H
#define WCK_CHECKER_RELAID_H

#include "src/checker/checker.h"
#include "src/checker/latitude.h"
#include "src/checker/mapped.h"
#include "src/checker/spread.h"

/* What calls answer; the numbers are gradients of border value and map. */
struct wck_relaid_answers {
    struct wck_image output, gradient;
    double *number;
};

/* Gradients that are asked for together. */
struct wck_relaid_wishes {
    bool image, border_value, map;
};

struct wck_relaid {
    struct wck_trial *trial;
    struct wck_image image, upstream; /* without gaps */
    struct wck_relaid_answers want, got;
    struct wck_relaid_wishes wishes;
    const char *filled_flat; /* why outputs are always without gaps; NULL: they are not
                              */
    const struct wck_latitude *latitude; /* borrowed; NULL: to the bit */
    struct wck_error refusal;            /* the last of a way to lie */
    size_t open; /* entries of the last way that the latitude hides, so not compared */
    bool strays; /* something was written between elements */
};

/* The images of one way to lie; {0} has none. */
struct wck_relaid_images {
    struct wck_spread image, upstream, output, gradient;
};

/* Random images, and the answers to plain ones: with all gradients that are given.
 * Release whatever was returned. */
enum wck_status wck_relaid_init(struct wck_relaid *relaid, struct wck_trial *trial,
                                struct wck_error *err);
void wck_relaid_release(struct wck_relaid *relaid);

/* The answers once more, where the images have changed. */
enum wck_status wck_relaid_ask_plain(struct wck_relaid *relaid, struct wck_error *err);

/* Both calls with such images, compared; `fills`: what is filled lies so too, and where
 * the subject refuses that, only what it reads.  Takes the images.  WCK_UNSUPPORTED
 * where it refuses that as well. */
enum wck_status wck_relaid_put_take(struct wck_relaid *relaid,
                                    struct wck_relaid_images *images, bool fills,
                                    struct wck_tally *tally, struct wck_error *err);

void wck_relaid_images_release(struct wck_relaid_images *images);

/* Is way number `way` of `count` put?  All are, but where calls take long, or the
 * kernel has more than `taps` along an axis: there one, by turns of kernel, border,
 * layout and type, so that some problem puts each. */
bool wck_relaid_is_put(const struct wck_problem *problem, size_t way, size_t count,
                       int taps);

/* Judges as wck_mapped_judge does; WCK_UNSUPPORTED, and why, where all arrays are
 * contiguous by the time that they reach the subject. */
enum wck_status wck_relaid_judge(struct wck_trial *trial,
                                 enum wck_status (*judge)(struct wck_trial *trial,
                                                          struct wck_trial *by,
                                                          struct wck_error *err),
                                 struct wck_error *err);

#endif
