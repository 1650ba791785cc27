/* Rng: reproducible random numbers, the same on every machine.
 *
 * SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
 * OOPSLA 2014): state += 0x9e3779b97f4a7c15, then a finaliser.  The state is a counter,
 * so (seed, stream) names a sequence without any hidden state. */
#ifndef WCK_BASE_RNG_H
#define WCK_BASE_RNG_H

#include <stdint.h>

struct wck_rng {
    uint64_t state;
};

/* Starts the sequence named by `seed` and `stream`; different streams of one seed are
 * independent for our purposes. */
struct wck_rng wck_rng_start(uint64_t seed, uint64_t stream);

/* 64 uniform bits. */
uint64_t wck_rng_bits(struct wck_rng *rng);

/* Uniform in [0, 1), a multiple of 2^-53. */
double wck_rng_uniform(struct wck_rng *rng);

/* Uniform among 0 .. bound-1; bound > 0. */
uint64_t wck_rng_below(struct wck_rng *rng, uint64_t bound);

/* Standard normal, truncated to |z| <= 6 (drawn again beyond), by Box and Muller. */
double wck_rng_gaussian(struct wck_rng *rng);

#endif
