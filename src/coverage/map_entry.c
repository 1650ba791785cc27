#include "src/coverage/map_entry.h"

#include <math.h>

#include "src/coverage/sum.h"

/* One that underflows counts in a sum. */
static bool counts(const struct wck_derivative *d)
{
    return d->reason == WCK_MAP_REASON_COUNT || d->reason == WCK_MAP_UNDERFLOW;
}

void wck_map_doubt_add(struct wck_map_doubt *doubt, const struct wck_derivative *d,
                       const struct wck_derivative *other)
{
    double here = counts(d) ? d->sum : 0.0, there = counts(other) ? other->sum : 0.0;

    if (other->reason == WCK_MAP_NON_FINITE)
        return;
    doubt->spread = fmax(doubt->spread, fabs(there - here));
    if (doubt->reason == WCK_MAP_REASON_COUNT)
        doubt->reason = other->reason;
}

void wck_map_entry_add(struct wck_map_entry *entry, const struct wck_derivative *d,
                       const struct wck_map_doubt *doubt, double moved)
{
    entry->error += d->error * fabs(moved);
    entry->spread += doubt->spread * fabs(moved);
    entry->unbounded += doubt->reason == WCK_MAP_UNDETERMINED;
    if (!counts(d)) {
        entry->tally[d->reason]++;
        return;
    }
    entry->sum += d->sum * moved;
    entry->magnitude += d->magnitude * fabs(moved);
    entry->terms++;
    if (doubt->reason == WCK_MAP_REASON_COUNT || doubt->reason == WCK_MAP_UNDERFLOW)
        entry->steady++;
    else
        entry->doubts[doubt->reason]++;
}

/* The reason of most samples, the first of these. */
static enum wck_map_reason most_of(const struct wck_map_entry *entry)
{
    enum wck_map_reason most = WCK_MAP_SIZE_1;
    size_t count = 0;

    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++) {
        if (entry->tally[r] + entry->doubts[r] > count) {
            most = (enum wck_map_reason)r;
            count = entry->tally[r] + entry->doubts[r];
        }
    }
    return most;
}

/* How far the sum may be off by rounding: that of the slopes, and of summing them. */
static double rounding_of(const struct wck_derivation *from,
                          const struct wck_map_entry *entry)
{
    double u = wck_derivation_roundoff(from->request, from->request->matrix != NULL);
    double taps = (double)(from->warp->kernel->support * from->warp->kernel->support);
    double n = (double)(entry->terms + from->planes) + 16.0 + taps;

    return wck_gamma_of(n, u) * entry->magnitude + entry->error;
}

enum wck_map_reason wck_map_entry_reason(const struct wck_derivation *from,
                                         const struct wck_map_entry *entry)
{
    if (entry->tally[WCK_MAP_NON_FINITE] > 0 || !isfinite(entry->sum))
        return WCK_MAP_NON_FINITE;
    if (entry->tally[WCK_MAP_UNDETERMINED] > 0)
        return WCK_MAP_UNDETERMINED;
    if (entry->terms == 0)
        return most_of(entry);
    if (from->request->upstream_unknown)
        return WCK_MAP_REASON_COUNT;
    if (entry->terms > 1 && fabs(entry->sum) <= rounding_of(from, entry))
        return WCK_MAP_CANCELLED;
    if (wck_is_exactly_zero(wck_dtype_round(from->request->dtype, entry->sum)))
        return WCK_MAP_UNDERFLOW;
    return WCK_MAP_REASON_COUNT;
}

enum wck_map_reason wck_map_entry_doubt(const struct wck_derivation *from,
                                        const struct wck_map_entry *entry, bool reaches)
{
    if (entry->unbounded > 0)
        return WCK_MAP_UNDETERMINED;
    if (entry->steady == 0)
        return most_of(entry);
    if (reaches && fabs(entry->sum) <= rounding_of(from, entry) + entry->spread)
        return WCK_MAP_CANCELLED;
    return WCK_MAP_LOST;
}
