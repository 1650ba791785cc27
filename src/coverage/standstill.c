#include "src/coverage/standstill.h"

#include <math.h>

static bool reads_border(const struct wck_block *block, size_t i)
{
    bool outside = false;

    for (int a = 0; a < 2; a++) {
        const struct wck_stencil *s = wck_block_stencil(block, i, (enum wck_axis)a);

        outside |= s->count == 1 && s->index[0] == WCK_BORDER_VALUE;
    }
    return outside;
}

/* Does the border hold what lies beyond the rim at its last pixel? */
static bool clamps(const struct wck_border *border)
{
    return border->fold(-2, 5) == 0;
}

/* A map that does not move the pixel coordinate: torch's -1 .. 1 over one pixel. */
static bool has_no_factor(const struct wck_warp *warp, enum wck_axis axis)
{
    double factor = wck_map_has_matrix(&warp->map)
                        ? 1.0
                        : wck_map_factor(&warp->map, wck_warp_extent(warp, axis));

    return fpclassify(factor) == FP_ZERO;
}

enum wck_map_reason wck_standstill(const struct wck_warp *warp,
                                   const struct wck_block *block, size_t i,
                                   enum wck_axis axis)
{
    const struct wck_stencil *stencil = wck_block_stencil(block, i, axis);
    size_t n = wck_warp_extent(warp, axis);
    bool single = stencil->count == 1;

    if (!wck_block_has_taps(block, i))
        return WCK_MAP_NON_FINITE;
    if (warp->kernel->degree == 0)
        return WCK_MAP_NEAREST;
    if (block->filled[i])
        return WCK_MAP_FILLED;
    if (reads_border(block, i))
        return WCK_MAP_OUTSIDE;
    if (has_no_factor(warp, axis) || (n == 1 && single && stencil->index[0] == 0))
        return WCK_MAP_SIZE_1;
    if (fpclassify(stencil->fold) == FP_ZERO)
        return warp->fold != NULL && warp->fold->rounds ? WCK_MAP_RIM : WCK_MAP_CLIPPED;
    if (single && warp->kernel->ceiling) /* floor and ceil are the same */
        return WCK_MAP_NEAREST;
    if (single)
        return clamps(warp->border) ? WCK_MAP_CLIPPED : WCK_MAP_RIM;
    return WCK_MAP_REASON_COUNT;
}
