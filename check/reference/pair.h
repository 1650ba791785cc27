/* Pair: one warp, described once, for the reference and for the oracle; and what both
 * are fed with. */
#ifndef CHECK_REFERENCE_PAIR_H
#define CHECK_REFERENCE_PAIR_H

#include "check/oracle/oracle.h"
#include "reference/warp.h"
#include "src/base/rng.h"

#define PAIR_SAMPLES 64 /* most output samples */
#define PAIR_PIXELS 512 /* most source pixels */

struct pair {
    struct oracle_warp oracle;
    struct wck_warp warp;
    double matrix[WCK_MATRIX], given[WCK_AXES][PAIR_SAMPLES];
    double border_value;
    bool transparent; /* taps outside read what the output held, not the border value */
    double held[PAIR_SAMPLES];
    double image[PAIR_PIXELS], upstream[PAIR_SAMPLES];
    size_t pixels, samples;
};

/* How many rows of the kernels' table have stencils: the first ones.  check_area.c has
 * what the others are judged by. */
int pair_separable_kernels(void);

/* Completes a pair whose oracle names kernel, border, fold, prefilter, kind, units and
 * sizes: finds the rows (failing the test where there is none), draws image, upstream,
 * border value and what the output held, and binds matrix and given. */
void pair_bind(struct pair *pair, struct wck_rng *rng);

/* What taps of a sample read outside the image. */
double pair_outside(const struct pair *pair, size_t sample);

/* The image, or anything shaped like the output, as float64 views. */
struct wck_image pair_source(const struct pair *pair, double *data);
struct wck_image pair_output(const struct pair *pair, double *data);

/* The coordinates that the reference makes of the map, rounded. */
void pair_coordinates(const struct pair *pair, double u[PAIR_SAMPLES][WCK_AXES]);

/* A coordinate along an axis of n pixels: anywhere near the image, on a knot or a tie,
 * on the border, far outside, or not finite. */
double pair_draw(struct wck_rng *rng, int n);

/* The same, as a multiple of 2^-10 below 2^31: any fold of it is exact in double. */
double pair_draw_dyadic(struct wck_rng *rng, int n);

/* By how much a sum of the reference may differ from the oracle's, at most; `order` as
 * the oracle's. */
double pair_bound(const struct pair *pair, const struct oracle_sum *sum,
                  const int order[WCK_AXES]);

/* Fails the test unless got is the sum's value within the bound; NaN only for NaN. */
void pair_expect(const struct pair *pair, double got, const struct oracle_sum *sum,
                 const int order[WCK_AXES], const char *what, size_t at);

#endif
