#include "src/diagnose/further.h"

#include <math.h>

#define PI 3.14159265358979323846

/* sin(pi d)/(pi d) sin(pi d/n)/(pi d/n) within |d| < n. */
static double window(double d, double n)
{
    double z = PI * d;

    if (fabs(d) >= n)
        return 0.0;
    /* The first omitted term of either series is below 2^-60 there. */
    if (fabs(d) < 0x1p-15)
        return 1.0 - z * z * (1.0 + 1.0 / (n * n)) / 6.0;
    return n * sin(z) * sin(z / n) / (z * z);
}

static void weigh(const struct wck_kernel *kernel, double t, double *weight)
{
    double sum = 0.0;

    for (int k = 0; k < kernel->support; k++) {
        weight[k] =
            window(t - (double)(kernel->first + k), (double)kernel->support / 2.0);
        sum += weight[k];
    }
    for (int k = 0; k < kernel->support; k++)
        weight[k] /= sum;
}

static void eval(const struct wck_kernel *kernel, long double fraction,
                 struct wck_weights *to)
{
    const double h = 0x1p-13;
    double t = (double)fraction, before[WCK_TAPS], after[WCK_TAPS];

    weigh(kernel, t, to->weight);
    weigh(kernel, t - h, before);
    weigh(kernel, t + h, after);
    for (int k = 0; k < kernel->support; k++) {
        to->slope[k] = (after[k] - before[k]) / (2.0 * h);
        to->curvature[k] = 0.0;
    }
}

static const struct wck_kernel rows[] = {
    {
        .name = "lanczos2",
        .family = "lanczos",
        .support = 4,
        .first = -1,
        .smoothness = 1,
        .degree = -1,
        .base = floor,
        .eval = eval,
        .summary = "Lanczos over 4 pixels, the weights made to add up to 1",
    },
    {
        .name = "lanczos3",
        .family = "lanczos",
        .support = 6,
        .first = -2,
        .smoothness = 1,
        .degree = -1,
        .base = floor,
        .eval = eval,
        .summary = "Lanczos over 6 pixels, the weights made to add up to 1",
    },
};

size_t wck_further_count(void)
{
    return sizeof rows / sizeof rows[0];
}

const struct wck_kernel *wck_further_row(size_t row)
{
    return row < wck_further_count() ? &rows[row] : NULL;
}

struct wck_kernel wck_further_cubic(double a)
{
    struct wck_kernel kernel = *wck_kernel_find("cubic-0.5");

    kernel.name = "cubic";
    kernel.summary = "Keys' cubic convolution";
    kernel.a = a;
    return kernel;
}
