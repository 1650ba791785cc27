#include "src/report/comparison.h"

bool wck_comparison_lost(const struct wck_comparison *comparison)
{
    const struct wck_coverage_change *c = &comparison->coverage;

    return comparison->of_coverage &&
           (c->lost > 0 || c->entries.after < c->entries.before);
}

bool wck_comparison_new(const struct wck_comparison *comparison)
{
    const struct wck_coverage_change *c = &comparison->coverage;

    if (!comparison->of_coverage)
        return comparison->states[WCK_FAILURE_NEW] > 0;
    for (int r = 0; r < WCK_REASON_COUNT; r++) {
        if (wck_reason_row((enum wck_reason)r)->fault &&
            c->reason_entries[r].after > c->reason_entries[r].before)
            return true;
    }
    return c->spurious.after > c->spurious.before;
}

const char *wck_failure_state_id(enum wck_failure_state state)
{
    static const char *const ids[] = {[WCK_FAILURE_NEW] = "new",
                                      [WCK_FAILURE_STILL] = "still",
                                      [WCK_FAILURE_FIXED] = "fixed",
                                      [WCK_FAILURE_UNJUDGED] = "unjudged"};

    return ids[state];
}
