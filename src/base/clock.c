#include "src/base/clock.h"

#include <time.h>

double wck_clock_seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

bool wck_clock_is_past(double until)
{
    return until > 0.0 && wck_clock_seconds() > until;
}
