#include "src/checker/colouring.h"

#include <math.h>

struct wck_colouring wck_colouring_of_axis(const struct wck_warp *warp,
                                           enum wck_axis axis)
{
    size_t n = wck_warp_extent(warp, axis), k = wck_warp_support(warp, axis);
    struct wck_colouring colouring = {.pixels = n, .colours = k < n ? k : n};

    if (warp->border->period(n) == (int64_t)n && n > k) {
        colouring.groups = n / k;
        colouring.colours = (n + colouring.groups - 1) / colouring.groups;
    }
    return colouring;
}

size_t wck_colouring_of_pixel(const struct wck_colouring *colouring, size_t i)
{
    size_t groups = colouring->groups, n = colouring->pixels, group;

    if (groups == 0)
        return i % colouring->colours;
    /* Group g begins at ceil(g n / groups), so sizes differ by one at most. */
    group = i * groups / n;
    return i - (group * n + groups - 1) / groups;
}

/* Do two outputs that differ by a non-zero multiple of (a, b) share a pixel? */
static bool collides(const struct wck_warp *warp, size_t a, size_t b)
{
    const double *m = warp->map.backward;
    double across = (double)wck_warp_support(warp, WCK_X);
    double along = (double)wck_warp_support(warp, WCK_Y), reach = fmax(across, along);
    /* |B v| < reach needs |v| < reach |B^-1|: no further lattice point can collide. */
    double determinant = fabs(m[0] * m[4] - m[1] * m[3]);
    double right = reach * (fabs(m[4]) + fabs(m[1])) / determinant / (double)a;
    double down = reach * (fabs(m[3]) + fabs(m[0])) / determinant / (double)b;

    for (double j = 0.0; j <= down; j += 1.0) {
        for (double i = -floor(right); i <= right; i += 1.0) {
            double x = i * (double)a, y = j * (double)b;

            if (fpclassify(fabs(i) + fabs(j)) != FP_ZERO &&
                fabs(m[0] * x + m[1] * y) < across && fabs(m[3] * x + m[4] * y) < along)
                return true;
        }
    }
    return false;
}

bool wck_colouring_of_outputs(const struct wck_warp *warp, size_t most, size_t *a,
                              size_t *b)
{
    for (size_t colours = 1; colours <= most; colours++) {
        for (*a = 1; *a <= colours; ++*a) {
            *b = colours / *a;
            if (*a * *b == colours && !collides(warp, *a, *b))
                return true;
        }
    }
    return false;
}
