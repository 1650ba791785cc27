#include "reference/kernel.h"

#include <math.h>
#include <string.h>

/* Half up.  The fraction is compared, not u + 1/2 floored: that sum rounds up for the
 * double just below 1/2. */
static double nearest_base(double u)
{
    double below = floor(u);

    return u - below >= 0.5 ? below + 1.0 : below;
}

static void nearest_eval(double fraction, double *weight, double *slope)
{
    (void)fraction;
    weight[0] = 1.0;
    slope[0] = 0.0;
}

static double linear_base(double u)
{
    return floor(u);
}

static void linear_eval(double fraction, double *weight, double *slope)
{
    weight[0] = 1.0 - fraction;
    weight[1] = fraction;
    slope[0] = -1.0;
    slope[1] = 1.0;
}

static const struct wck_kernel kernels[] = {
    {
     .name = "nearest",
     .support = 1,
     .knot = 0.5,
     .smoothness = -1,
     .degree = 0,
     .base = nearest_base,
     .eval = nearest_eval,
     .summary = "the nearest pixel; halfway, the one after (half up)",
     .source = "NOTES:nearest",
     },
    {
     .name = "bilinear",
     .support = 2,
     .knot = 0.0,
     .smoothness = 0,
     .degree = 1,
     .base = linear_base,
     .eval = linear_eval,
     .summary =
            "floor(u) and the pixel after, by distance; slopes of the right cell",                                              .source = "NOTES:bilinear",
     },
};

size_t wck_kernel_count(void)
{
    return sizeof kernels / sizeof kernels[0];
}

const struct wck_kernel *wck_kernel_row(size_t row)
{
    return row < wck_kernel_count() ? &kernels[row] : NULL;
}

const struct wck_kernel *wck_kernel_find(const char *name)
{
    for (size_t i = 0; i < wck_kernel_count(); i++) {
        if (strcmp(name, kernels[i].name) == 0)
            return &kernels[i];
    }
    return NULL;
}
