#include "src/coverage/spurious.h"

#include <math.h>

/* The largest that other rounding would make of an entry to which the reference sends
 * nothing: what it does send behind weights that are no larger than their own error,
 * and the error of each weight that an output may have there.  All is summed in the
 * gradient's type, over the n outputs at most, whose weights cost three roundings more:
 * gamma_{n+3}, or half where that is of no use any more; and each product that falls
 * among the subnormals gains up to half the smallest number. */
static double leftover(const struct wck_coverage_request *request,
                       const struct wck_arrival *arrival, size_t p)
{
    const struct wck_dtype_row *row = wck_dtype_row(request->dtype);
    double most = arrival->uncertain[p] + arrival->stray + arrival->magnitude[p];
    double n = (double)wck_warp_samples(request->warp);
    double nu = (n + 3.0) * row->roundoff;

    if (!(most > 0.0))
        return 0.0;
    return most * (1.0 + (nu < 1.0 / 3.0 ? nu / (1.0 - nu) : 0.5)) +
           0.5 * n * row->tiny;
}

bool wck_spurious(const struct wck_coverage_request *request,
                  const struct wck_arrival *arrival, size_t p, double value)
{
    double most = leftover(request, arrival, p);

    return fabs(value) > most && !(request->upstream_unknown && most > 0.0);
}
