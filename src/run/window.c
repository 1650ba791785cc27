#include "src/run/window.h"

static bool is_covered(const struct wck_coverage *c, size_t y, size_t x)
{
    return c->pixel_reason[y * c->width + x] == WCK_COVERED;
}

/* The mean position of the covered pixels, in whole pixels. */
static void find_centre(const struct wck_coverage *c, double centre[2])
{
    double sum[2] = {0.0, 0.0};

    for (size_t y = 0; y < c->height; y++) {
        for (size_t x = 0; x < c->width; x++) {
            if (!is_covered(c, y, x))
                continue;
            sum[0] += (double)x;
            sum[1] += (double)y;
        }
    }
    centre[0] = sum[0] / (double)c->pixels_covered;
    centre[1] = sum[1] / (double)c->pixels_covered;
}

/* Covered pixels in column x of the window's rows. */
static size_t count_column(const struct wck_coverage *c, const struct wck_window *w,
                           size_t x)
{
    size_t count = 0;

    for (size_t y = w->y; y < w->y + w->height; y++)
        count += is_covered(c, y, x);
    return count;
}

void wck_window_find(struct wck_window *window, const struct wck_coverage *coverage,
                     size_t side)
{
    const struct wck_coverage *c = coverage;
    struct wck_window w = {
        .width = side < c->width ? side : c->width,
        .height = side < c->height ? side : c->height,
    };
    double centre[2], nearest = 0.0;
    size_t most = 0;

    *window = w;
    find_centre(c, centre);
    for (w.y = 0; w.y + w.height <= c->height; w.y++) {
        size_t count = 0;

        for (size_t x = 0; x + 1 < w.width; x++)
            count += count_column(c, &w, x);
        for (w.x = 0; w.x + w.width <= c->width; w.x++) {
            double dx = (double)w.x + 0.5 * (double)(w.width - 1) - centre[0];
            double dy = (double)w.y + 0.5 * (double)(w.height - 1) - centre[1];
            double distance = dx * dx + dy * dy;

            count += count_column(c, &w, w.x + w.width - 1);
            if (count > most || (count == most && distance < nearest)) {
                most = count;
                nearest = distance;
                *window = w;
            }
            count -= count_column(c, &w, w.x);
        }
    }
}
