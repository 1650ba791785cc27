#include "reference/units.h"

#include <string.h>

static double same(double value, size_t n)
{
    (void)n;
    return value;
}

static double one(size_t n)
{
    (void)n;
    return 1.0;
}

static double after_half(double value, size_t n)
{
    (void)n;
    return value + 0.5;
}

static double before_half(double value, size_t n)
{
    (void)n;
    return value - 0.5;
}

/* The evaluation order of torch: ((g + 1) / 2) (n - 1). */
static double centres_to_pixel(double g, size_t n)
{
    return (g + 1.0) / 2.0 * ((double)n - 1.0);
}

/* Of a single pixel torch's linspace keeps the number 0. */
static double pixel_to_centres(double i, size_t n)
{
    return n > 1 ? 2.0 * i / ((double)n - 1.0) - 1.0 : 0.0;
}

static double centres_factor(size_t n)
{
    return ((double)n - 1.0) / 2.0;
}

/* The evaluation order of torch: ((g + 1) n - 1) / 2. */
static double edges_to_pixel(double g, size_t n)
{
    return ((g + 1.0) * (double)n - 1.0) / 2.0;
}

static double pixel_to_edges(double i, size_t n)
{
    return (2.0 * i + 1.0) / (double)n - 1.0;
}

static double edges_factor(size_t n)
{
    return (double)n / 2.0;
}

/* kornia's pixels: numbers of "centres" that a reader of "centres" undoes, to rounding;
 * a single pixel's number is taken for a normalised one. */
static double kornia_to_centres(double value, size_t n)
{
    return n > 1 ? value : 0.0;
}

static double kornia_centres_factor(size_t n)
{
    return n > 1 ? 1.0 : 0.0;
}

/* ... and that a reader of "edges" stretches. */
static double kornia_to_edges(double value, size_t n)
{
    double size = (double)n;

    return n > 1 ? value * size / (size - 1.0) - 0.5 : value / 2.0;
}

static double kornia_of_edges(double i, size_t n)
{
    double size = (double)n;

    return n > 1 ? (i + 0.5) * (size - 1.0) / size : 2.0 * i;
}

static double kornia_edges_factor(size_t n)
{
    return n > 1 ? (double)n / ((double)n - 1.0) : 0.5;
}

static const struct wck_units units[] = {
    {
        .name = "pixels",
        .dyadic = true,
        .of_pixel = same,
        .to_pixel = same,
        .factor = one,
        .summary = "pixel centres at integers",
        .source = "NOTES:pixels",
    },
    {
        .name = "corners",
        .dyadic = true,
        .of_pixel = after_half,
        .to_pixel = before_half,
        .factor = one,
        .summary = "pixel corners at integers, centres halfway (PIL, DALI)",
        .source = "NOTES:corners",
    },
    {
        .name = "centres",
        .of_pixel = pixel_to_centres,
        .to_pixel = centres_to_pixel,
        .factor = centres_factor,
        .summary =
            "-1 and 1 at the centres of the first and last pixel (align_corners)",
        .source = "NOTES:normalised",
    },
    {
        .name = "edges",
        .of_pixel = pixel_to_edges,
        .to_pixel = edges_to_pixel,
        .factor = edges_factor,
        .summary = "-1 and 1 at the outer edges of the image",
        .source = "NOTES:normalised",
    },
    {
        .name = "kornia-centres",
        .of_pixel = kornia_to_centres,
        .to_pixel = kornia_to_centres,
        .factor = kornia_centres_factor,
        .summary = "kornia's pixels with align_corners: a single pixel's are 0",
        .source = "NOTES:kornia-pixels",
    },
    {
        .name = "kornia-edges",
        .of_pixel = kornia_of_edges,
        .to_pixel = kornia_to_edges,
        .factor = kornia_edges_factor,
        .summary = "kornia.remap's pixels without: stretched by n / (n - 1)",
        .source = "NOTES:kornia-pixels",
    },
};

size_t wck_units_count(void)
{
    return sizeof units / sizeof units[0];
}

const struct wck_units *wck_units_row(size_t row)
{
    return row < wck_units_count() ? &units[row] : NULL;
}

const struct wck_units *wck_units_find(const char *name)
{
    for (size_t i = 0; i < wck_units_count(); i++) {
        if (strcmp(name, units[i].name) == 0)
            return &units[i];
    }
    return NULL;
}
