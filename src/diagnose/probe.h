/* Probe: one question put to a warp of which nothing is known: an image, the numbers
 * that carry the map, and what came of it.
 *
 * The numbers are what the warp is given, without a meaning: a 2x3 matrix in row order,
 * or two a sample, all first ones before all second ones, samples row by row. */
#ifndef WCK_DIAGNOSE_PROBE_H
#define WCK_DIAGNOSE_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "reference/image.h"

struct wck_probe {
    bool pairs;             /* two numbers a sample, else a matrix */
    struct wck_image image; /* one plane, float64 or as asked; owned */
    struct wck_image got;   /* the answer, likewise */
    double *numbers;        /* wck_probe_numbers of them; owned */
    double border_value;    /* given along */
};

/* How a warp is asked.  The answer goes to probe->got.  WCK_UNSUPPORTED for a question
 * that the warp does not take. */
struct wck_asker {
    bool pairs;
    enum wck_dtype dtype;   /* of the images */
    enum wck_dtype numbers; /* what the numbers are rounded to before they are given */
    double border_value;    /* given along, exact in the images' type */
    bool same_size;         /* it has only outputs of the image's size */
    enum wck_status (*ask)(void *state, struct wck_probe *probe, struct wck_error *err);
    void *state;
};

/* Sizes are width and height; `output` is not read where they have to be the same.
 * Image and numbers are zero; release whatever was returned. */
enum wck_status wck_probe_init(struct wck_probe *probe, const struct wck_asker *asker,
                               const size_t source[2], const size_t output[2],
                               struct wck_error *err);
void wck_probe_release(struct wck_probe *probe);

size_t wck_probe_samples(const struct wck_probe *probe);

/* Images and answers are whole numbers: sums are rounded to them. */
bool wck_probe_is_whole(const struct wck_probe *probe);

/* How many numbers carry its map. */
size_t wck_probe_numbers(const struct wck_probe *probe);

/* Fills the image with multiples of 2^-8 in (0, 1), or, of an integer type, with whole
 * numbers from 1 to 255: exact in every type. */
void wck_probe_random(struct wck_probe *probe, uint64_t stream);

/* Times 4 where numbers are not whole: pixels differ in their whole parts too, which is
 * all that OpenCV 5 reads of some. */
void wck_probe_raise(struct wck_probe *probe);

/* Pixel (x, y) becomes x (axis 0) or y (axis 1), times the slope: 1, or what fits into
 * whole numbers. */
void wck_probe_ramp(struct wck_probe *probe, int axis);
double wck_probe_slope(const struct wck_probe *probe);

/* Rounds the numbers to the asker's type, and asks. */
enum wck_status wck_probe_ask(struct wck_probe *probe, const struct wck_asker *asker,
                              struct wck_error *err);

#endif
