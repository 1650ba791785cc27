/* The oracle's images and sums. */
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "check/oracle/oracle.h"

static int count_of(const int size[ORACLE_AXES])
{
    return size[0] * size[1] * size[2];
}

static int index_of(const int size[ORACLE_AXES], const int at[ORACLE_AXES])
{
    return (at[2] * size[1] + at[1]) * size[0] + at[0];
}

/* The image given, at a pixel of one continued by `margin` on every axis. */
static __float128 continued(const struct oracle_warp *warp,
                            const struct oracle_image *image, const double *pixel,
                            int i)
{
    int at[ORACLE_AXES] = {i % image->size[0], i / image->size[0] % image->size[1],
                           i / image->size[0] / image->size[1]};

    for (int a = 0; a < warp->axes; a++) {
        at[a] = oracle_border(warp->border, 0, at[a] - image->margin, warp->source[a]);
        if (at[a] < 0)
            return image->border_value;
    }
    return pixel[index_of(warp->source, at)];
}

/* Copies between the image and its lines along an axis, sample by sample. */
static void move_lines(const struct oracle_image *image, int axis, __float128 *lines,
                       bool back)
{
    int n = image->size[axis], all = count_of(image->size), count = all / n;
    int step = axis == 0 ? 1 : axis == 1 ? image->size[0] : all / n;

    for (int i = 0; i < all; i++) {
        int line = i / (step * n) * step + i % step;
        __float128 *at = &lines[i / step % n * count + line];

        if (back)
            image->pixel[i] = *at;
        else
            *at = image->pixel[i];
    }
}

/* Replaces every line along an axis by its coefficients. */
static void filter_axis(const struct oracle_warp *warp,
                        const struct oracle_image *image, int axis)
{
    int all = count_of(image->size), n = image->size[axis];
    int order = warp->kernel[strlen("spline")] - '0';
    __float128 *lines = calloc((size_t)all, sizeof *lines);

    if (lines == NULL)
        abort();
    move_lines(image, axis, lines, false);
    oracle_coefficients(warp->prefilter, order, n, all / n, lines);
    move_lines(image, axis, lines, true);
    free(lines);
}

struct oracle_image oracle_image_new(const struct oracle_warp *warp,
                                     const double *pixel, double border_value)
{
    bool padded =
        warp->prefilter != NULL && strncmp(warp->prefilter, "padded-", 7) == 0;
    struct oracle_image image = {.margin = padded ? 12 : 0,
                                 .border_value = border_value};

    for (int a = 0; a < ORACLE_AXES; a++)
        image.size[a] = a < warp->axes ? warp->source[a] + 2 * image.margin : 1;
    image.pixel = calloc((size_t)count_of(image.size), sizeof *image.pixel);
    if (image.pixel == NULL)
        abort();
    for (int i = 0; i < count_of(image.size); i++)
        image.pixel[i] = continued(warp, &image, pixel, i);
    for (int a = 0; warp->prefilter != NULL && a < warp->axes; a++)
        filter_axis(warp, &image, a);
    return image;
}

void oracle_image_free(struct oracle_image *image)
{
    free(image->pixel);
    image->pixel = NULL;
}

/* The pixels around a coordinate along one axis that its kernel reads. */
struct around {
    bool filled;
    int count, pixel[2 * ORACLE_REACH + 1]; /* -1: the border value */
    __float128 weight[2 * ORACLE_REACH + 1];
};

/* A weight may be 0 at u itself and yet be read; then it is not a little further on. */
static bool is_read(const struct oracle_warp *warp, __float128 u, int k)
{
    __float128 here = oracle_weight(warp->kernel, u, k, 0), next;

    if (isnanq(here) || fabsq(here) > 0)
        return true;
    next = u - floorq(u) + ldexpq(1, -10);
    return next < 1 && fabsq(oracle_weight(warp->kernel, next, k, 0)) > 0;
}

static struct around look_around(const struct oracle_warp *warp,
                                 const struct oracle_image *image, int axis, double u,
                                 int order)
{
    int n = image->size[axis];
    struct oracle_folded folded =
        oracle_fold(warp->fold, (__float128)u + image->margin, n);
    struct around around = {.filled = folded.filled};

    for (int k = -ORACLE_REACH; k <= ORACLE_REACH; k++) {
        __float128 weight;

        if (!is_read(warp, folded.u, k))
            continue;
        weight = oracle_weight(warp->kernel, folded.u, k, order);
        for (int i = 0; i < order; i++)
            weight *= folded.factor;
        around.weight[around.count] = folded.spoilt && order == 0 ? nanq("") : weight;
        around.pixel[around.count++] =
            folded.narrow ? oracle_border_narrow(warp->border, folded.u, k, n)
                          : oracle_border(warp->border, folded.u, k, n);
    }
    return around;
}

/* Along an axis that a 2-D image lacks. */
static struct around only_pixel(void)
{
    struct around around = {.count = 1, .pixel = {0}, .weight = {1}};

    return around;
}

static void add_term(const struct oracle_image *image, int axes,
                     const struct around around[ORACLE_AXES], const int k[ORACLE_AXES],
                     struct oracle_sum *sum)
{
    __float128 w[ORACLE_AXES], x = image->border_value;
    int at[ORACLE_AXES];

    for (int a = 0; a < ORACLE_AXES; a++) {
        at[a] = around[a].pixel[k[a]];
        w[a] = around[a].weight[k[a]];
    }
    if (at[0] >= 0 && at[1] >= 0 && at[2] >= 0)
        x = image->pixel[index_of(image->size, at)];
    sum->value += w[0] * w[1] * w[2] * x;
    sum->magnitude += fabsq(w[0] * w[1] * w[2] * x);
    for (int a = 0; a < axes; a++)
        sum->exposure += fabsq(w[(a + 1) % 3] * w[(a + 2) % 3] * x);
}

struct oracle_sum oracle_sum(const struct oracle_warp *warp,
                             const struct oracle_image *image,
                             const double u[ORACLE_AXES], const int order[ORACLE_AXES])
{
    struct around around[ORACLE_AXES] = {only_pixel(), only_pixel(), only_pixel()};
    struct oracle_sum sum = {0, 0, 0};
    bool filled = false, derived = false;
    int k[ORACLE_AXES];

    for (int a = 0; a < warp->axes; a++) {
        if (!finiteq(u[a]))
            return (struct oracle_sum){nanq(""), 0, 0};
        around[a] = look_around(warp, image, a, u[a], order[a]);
        filled |= around[a].filled;
        derived |= order[a] > 0;
    }
    if (filled)
        return (struct oracle_sum){derived ? 0 : image->border_value,
                                   fabsq(image->border_value), 0};
    for (k[2] = 0; k[2] < around[2].count; k[2]++) {
        for (k[1] = 0; k[1] < around[1].count; k[1]++) {
            for (k[0] = 0; k[0] < around[0].count; k[0]++)
                add_term(image, warp->axes, around, k, &sum);
        }
    }
    return sum;
}
