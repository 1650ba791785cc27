#include "src/run/budget.h"

#include <math.h>

#include "src/base/clock.h"

#define KEPT 0.25 /* of it, for a diagnosis */

struct wck_budget wck_budget_begin(double seconds)
{
    return (struct wck_budget){.began = wck_clock_seconds(), .seconds = seconds};
}

static bool are_coprime(size_t a, size_t b)
{
    while (b > 0) {
        size_t rest = a % b;

        a = b;
        b = rest;
    }
    return a == 1;
}

size_t wck_budget_item(const struct wck_budget *budget, size_t turn, size_t count)
{
    size_t stride = count / 3 + 1;

    if (!(budget->seconds > 0.0))
        return turn;
    while (!are_coprime(stride, count))
        stride++;
    return turn * stride % count;
}

bool wck_budget_is_up(const struct wck_budget *budget, bool failed)
{
    double share = failed ? 1.0 - KEPT : 1.0;

    return budget->seconds > 0.0 &&
           wck_clock_seconds() - budget->began > share * budget->seconds;
}

double wck_budget_until(const struct wck_budget *budget, bool waiting)
{
    double end = budget->began + budget->seconds;

    if (!(budget->seconds > 0.0))
        return 0.0;
    return waiting ? fmin(end, wck_clock_seconds() + KEPT * budget->seconds) : end;
}
