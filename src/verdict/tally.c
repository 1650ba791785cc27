#include "src/verdict/tally.h"

#include <math.h>

void wck_tally_add(struct wck_tally *tally, const struct wck_measure *measure,
                   const struct wck_place *where, bool resolved)
{
    double ratio = wck_measure_ratio(measure);

    if (tally->compared == 0 || ratio > tally->ratio) {
        tally->ratio = ratio;
        tally->worst = *measure;
        tally->where = *where;
    }
    tally->compared++;
    if (ratio > 1.0)
        tally->beyond++;
    if (!(ratio > 0.0))
        tally->exact++;
    tally->used = fmax(tally->used, ratio);
    if (resolved && measure->scale > 0.0)
        tally->detectable =
            fmax(tally->detectable,
                 2.0 * (measure->round + measure->trunc) / measure->scale);
}

void wck_tally_merge(struct wck_tally *tally, const struct wck_tally *from)
{
    struct wck_tally sum =
        tally->compared == 0 || from->ratio > tally->ratio ? *from : *tally;

    sum.compared = tally->compared + from->compared;
    sum.beyond = tally->beyond + from->beyond;
    sum.exact = tally->exact + from->exact;
    sum.used = fmax(tally->used, from->used);
    sum.detectable = fmax(tally->detectable, from->detectable);
    sum.certain = tally->certain && from->certain;
    *tally = sum;
}

enum wck_verdict wck_tally_verdict(const struct wck_tally *tally, double resolution)
{
    enum wck_verdict verdict = wck_measure_verdict(&tally->worst);

    if (tally->compared == 0)
        return WCK_NOT_APPLICABLE;
    if (verdict == WCK_PASS && tally->detectable > resolution)
        return WCK_INCONCLUSIVE;
    if (verdict == WCK_MARGINAL && tally->certain)
        return WCK_FAIL;
    return verdict;
}
