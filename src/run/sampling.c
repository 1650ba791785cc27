#include "src/run/sampling.h"

#include <math.h>

#include "reference/pass.h"
#include "reference/walk.h"

/* Coordinates of a block count the margin that a prefilter adds. */
static bool is_outside(const struct wck_block *block, const struct wck_warp *warp,
                       size_t margin, size_t i)
{
    const double *const at[WCK_AXES] = {block->x, block->y, block->z};
    bool outside = false;

    for (int a = 0; a < wck_warp_axes(warp); a++) {
        double u = at[a][i] - (double)margin;

        outside |=
            u < -0.5 || u > (double)wck_warp_extent(warp, (enum wck_axis)a) - 0.5;
    }
    return outside;
}

static bool is_finite(const struct wck_block *block, size_t i)
{
    return isfinite(block->x[i]) && isfinite(block->y[i]) &&
           (block->z == NULL || isfinite(block->z[i]));
}

static void count_sample(struct wck_sampling *sampling, const struct wck_pass *pass,
                         const struct wck_warp *warp, size_t i)
{
    size_t count = 0, inside = 0;
    struct wck_walk walk;
    struct wck_tap tap;

    wck_walk_begin(&walk, pass->warp, &pass->block, i);
    while (wck_walk_next(&walk, &tap)) {
        count++;
        inside += tap.pixel != WCK_BORDER_VALUE;
    }
    sampling->samples++;
    sampling->taps += count;
    if (count > 0 && inside == 0)
        sampling->filled++;
    if (!is_finite(&pass->block, i))
        sampling->non_finite++;
    else if (is_outside(&pass->block, warp, pass->warp->margin, i))
        sampling->outside++;
}

enum wck_status wck_sampling_add(struct wck_sampling *sampling,
                                 const struct wck_warp *warp, struct wck_error *err)
{
    struct wck_pass pass = {0};
    enum wck_status status = wck_warp_check(warp, err);
    size_t count;

    if (status == WCK_OK)
        status = wck_pass_init(&pass, warp, err);
    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&pass, first)) > 0;
         first += count) {
        for (size_t i = 0; i < count; i++)
            count_sample(sampling, &pass, warp, i);
    }
    wck_pass_release(&pass);
    return status;
}
