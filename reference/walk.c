#include "reference/walk.h"

void wck_walk_begin(struct wck_walk *walk, const struct wck_warp *warp,
                    const struct wck_block *block, size_t i)
{
    walk->by_area = block->has_footprint;
    walk->width = warp->source_width;
    walk->at = walk->count = 0;
    if (walk->by_area)
        wck_area_begin(&walk->area, warp, block, i);
    else
        walk->count = wck_block_taps(block, i, warp, walk->taps);
}

bool wck_walk_next(struct wck_walk *walk, struct wck_tap *tap)
{
    struct wck_area_tap next;

    if (!walk->by_area) {
        if (walk->at == walk->count)
            return false;
        *tap = walk->taps[walk->at++];
        return true;
    }
    if (!wck_area_next(&walk->area, &next))
        return false;
    *tap = (struct wck_tap){
        .pixel = next.x == WCK_BORDER_VALUE ? WCK_BORDER_VALUE
                                            : next.y * (ptrdiff_t)walk->width + next.x,
        .weight = next.share.weight,
        .slope = {next.share.slope[WCK_X], next.share.slope[WCK_Y]},
    };
    return true;
}
