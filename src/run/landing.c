#include "src/run/landing.h"

#include <math.h>
#include <stdlib.h>

#include "reference/walk.h"

/* Output pixels low[axis] .. high[axis], axis 0 = x. */
struct box {
    int64_t low[2], high[2];
};

/* The matrix of a warp whose output is moved by (x, y): output pixel 0 becomes what
 * pixel -x, -y was. */
static void move(const struct wck_map *map, double x, double y, double matrix[6])
{
    const double *m = map->matrix;
    bool forward = map->direction == WCK_SOURCE_TO_OUTPUT;

    for (int i = 0; i < 6; i++)
        matrix[i] = m[i];
    matrix[2] = forward ? m[2] + x : m[2] - m[0] * x - m[1] * y;
    matrix[5] = forward ? m[5] + y : m[5] - m[3] * x - m[4] * y;
}

/* All output pixels that could read the image: the projection of the image and of the
 * kernel's reach around it, and a pixel more for rounding. */
static bool outer_box(const struct wck_warp *warp, struct box *box)
{
    double reach = (double)wck_warp_support(warp, WCK_X), forward[6];
    double low[2] = {(double)INFINITY, (double)INFINITY};
    double high[2] = {-(double)INFINITY, -(double)INFINITY}, samples = 1.0;

    reach = fmax(reach, (double)wck_warp_support(warp, WCK_Y));
    /* It was inverted before, or is the inverse of what was. */
    if (wck_affine_invert(warp->map.backward, forward, NULL) != WCK_OK)
        return false;
    for (int corner = 0; corner < 4; corner++) {
        double x = corner % 2 == 0 ? -reach : (double)warp->source_width - 1.0 + reach;
        double y = corner / 2 == 0 ? -reach : (double)warp->source_height - 1.0 + reach;

        for (int axis = 0; axis < 2; axis++) {
            const double *f = forward + (ptrdiff_t)3 * axis;
            double at = f[0] * x + f[1] * y + f[2];

            low[axis] = fmin(low[axis], floor(at) - 1.0);
            high[axis] = fmax(high[axis], ceil(at) + 1.0);
        }
    }
    for (int axis = 0; axis < 2; axis++) {
        if (!(low[axis] > -0x1p31 && high[axis] < 0x1p31))
            return false;
        samples *= high[axis] - low[axis] + 1.0;
        box->low[axis] = (int64_t)low[axis];
        box->high[axis] = (int64_t)high[axis];
    }
    return samples <= (double)WCK_LANDING_SAMPLES;
}

static struct wck_warp box_warp(const struct wck_warp *warp, const struct box *box)
{
    struct wck_warp inner = *warp;
    double *m = inner.map.backward;
    double x = (double)box->low[0], y = (double)box->low[1];

    inner.border = wck_border_find("constant");
    inner.border_values = 0;
    inner.weights_only = true;
    inner.output_width = (size_t)(box->high[0] - box->low[0] + 1);
    inner.output_height = (size_t)(box->high[1] - box->low[1] + 1);
    m[2] += m[0] * x + m[1] * y;
    m[5] += m[3] * x + m[4] * y;
    return inner;
}

/* What one pass over a box needs. */
struct scan {
    struct wck_block block;
    int64_t *last; /* one a source pixel: its reader furthest from the side */
};

static bool reads(const struct wck_tap *tap)
{
    return tap->pixel != WCK_BORDER_VALUE && fpclassify(tap->weight) != FP_ZERO;
}

/* Draws one side in as far as it goes.  A pixel stays read as long as its reader
 * furthest from that side stays, so the new side is the nearest of those readers.
 * Coordinates are negated for a high side, so that "furthest" is always the largest. */
static void draw_in(const struct wck_warp *warp, struct box *box, int axis, bool high,
                    struct scan *scan)
{
    struct wck_warp inner = box_warp(warp, box);
    size_t samples = wck_warp_samples(&inner), count;
    size_t pixels = warp->source_width * warp->source_height;
    struct wck_walk walk;
    struct wck_tap tap;
    int64_t side = INT64_MAX;

    for (size_t p = 0; p < pixels; p++)
        scan->last[p] = INT64_MIN;
    for (size_t first = 0; first < samples; first += count) {
        count = samples - first < scan->block.capacity ? samples - first
                                                       : scan->block.capacity;
        wck_block_fill(&scan->block, &inner, first, count);
        for (size_t i = 0; i < count; i++) {
            size_t s = first + i;
            size_t along = axis == 0 ? s % inner.output_width : s / inner.output_width;
            int64_t at = box->low[axis] + (int64_t)along;

            at = high ? -at : at;
            wck_walk_begin(&walk, &inner, &scan->block, i);
            while (wck_walk_next(&walk, &tap)) {
                if (reads(&tap) && at > scan->last[tap.pixel])
                    scan->last[tap.pixel] = at;
            }
        }
    }
    for (size_t p = 0; p < pixels; p++) {
        if (scan->last[p] != INT64_MIN && scan->last[p] < side)
            side = scan->last[p];
    }
    if (side == INT64_MAX) /* nothing is read at all: leave the box */
        return;
    if (high)
        box->high[axis] = -side;
    else
        box->low[axis] = side;
}

/* Turns the box into an output, which begins at pixel 0: moved where the box begins
 * before that, or so far after it that the output would be too large to try. */
static void settle(struct wck_landing *landing, const struct wck_warp *warp,
                   const struct box *box)
{
    double shift[2], whole = 1.0;
    size_t size[2];

    for (int axis = 0; axis < 2; axis++)
        whole *= (double)box->high[axis] - fmin((double)box->low[axis], 0.0) + 1.0;
    for (int axis = 0; axis < 2; axis++) {
        bool moved = box->low[axis] < 0 || whole > (double)WCK_LANDING_SAMPLES;

        shift[axis] = moved ? -(double)box->low[axis] : 0.0;
        size[axis] = (size_t)(box->high[axis] + 1 - (moved ? box->low[axis] : 0));
    }
    landing->tried = true;
    landing->width = size[0];
    landing->height = size[1];
    landing->shift_x = shift[0];
    landing->shift_y = shift[1];
    move(&warp->map, shift[0], shift[1], landing->matrix);
}

enum wck_status wck_landing_find(struct wck_landing *landing,
                                 const struct wck_warp *warp, struct wck_error *err)
{
    struct scan scan = {.last = NULL};
    struct box box;
    enum wck_status status;

    *landing = (struct wck_landing){.width = warp->output_width,
                                    .height = warp->output_height};
    if (warp->map.kind != WCK_MAP_AFFINE)
        return wck_error_set(err, WCK_INVALID, "only an affine map has an outer box");
    if (!outer_box(warp, &box))
        return WCK_OK;
    status = wck_block_init(&scan.block, warp, 1024, err);
    if (status != WCK_OK)
        return status;
    scan.last = calloc(warp->source_width * warp->source_height, sizeof *scan.last);
    if (scan.last == NULL) {
        status = wck_error_no_memory(err);
        goto done;
    }
    for (int axis = 0; axis < 2; axis++) {
        draw_in(warp, &box, axis, false, &scan);
        draw_in(warp, &box, axis, true, &scan);
    }
    settle(landing, warp, &box);
done:
    free(scan.last);
    wck_block_release(&scan.block);
    return status;
}
