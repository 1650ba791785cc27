#include "src/base/rng.h"

#include <math.h>

static uint64_t finalise(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

struct wck_rng wck_rng_start(uint64_t seed, uint64_t stream)
{
    return (struct wck_rng){.state = finalise(seed) ^
                                     finalise(stream + UINT64_C(0x632be59bd9b4e019))};
}

uint64_t wck_rng_bits(struct wck_rng *rng)
{
    rng->state += UINT64_C(0x9e3779b97f4a7c15);
    return finalise(rng->state);
}

double wck_rng_uniform(struct wck_rng *rng)
{
    return (double)(wck_rng_bits(rng) >> 11) * 0x1p-53;
}

uint64_t wck_rng_below(struct wck_rng *rng, uint64_t bound)
{
    /* The bias of a plain remainder is below bound / 2^64: nothing here can see it. */
    return wck_rng_bits(rng) % bound;
}

double wck_rng_gaussian(struct wck_rng *rng)
{
    double z;

    do {
        double radius = sqrt(-2.0 * log(1.0 - wck_rng_uniform(rng)));

        z = radius * cos(6.283185307179586 * wck_rng_uniform(rng));
    } while (fabs(z) > 6.0);
    return z;
}
