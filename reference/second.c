#include "reference/clip.h"
#include "reference/pass.h"

#include <math.h>
#include <stdlib.h>

#include "reference/coefficients.h"

/* S = sum over outputs o of g_o R_o, with g the upstream gradient and
 *
 *     R_o = sum_t w_t a_p(t) + sum_i b_i dw_t/du_i x_p(t)
 *
 * over the taps t of o; a runs along the image gradient, b along the coordinates, and
 * the border value does not move.  Its derivatives (NOTES, "second"):
 *
 *     dS/dg_o    = R_o
 *     dS/dx_p    = sum over o, t of p of g_o sum_i b_i dw_t/du_i
 *     dS/du_j(o) = g_o (sum_t dw_t/du_j a_p + sum_i b_i d2w_t/du_i du_j x_p) */

/* The factors of one tap along the three axes: value, first and second derivative. */
struct factors {
    double w[WCK_AXES], d[WCK_AXES], dd[WCK_AXES];
};

static double weight_of(const struct factors *f)
{
    return f->w[0] * f->w[1] * f->w[2];
}

static double slope_of(const struct factors *f, int i)
{
    double product = f->d[i];

    for (int a = 0; a < WCK_AXES; a++)
        product *= a == i ? 1.0 : f->w[a];
    return product;
}

static double curvature_of(const struct factors *f, int i, int j)
{
    double product = 1.0;

    for (int a = 0; a < WCK_AXES; a++)
        product *= a == i && a == j ? f->dd[a] : a == i || a == j ? f->d[a] : f->w[a];
    return product;
}

/* One plane of one sample. */
struct sums {
    double b[WCK_AXES]; /* in pixels */
    double g, outside;  /* upstream; what taps outside read */
    double r, du[WCK_AXES];
};

struct second_pass {
    struct wck_pass pass;
    const struct wck_warp *warp;
    struct wck_image source, along; /* the latter of no data: all zero */
    const struct wck_image *to;     /* where dS/dx goes; NULL: nowhere */
    int axes;
};

/* The value behind a tap in a plane; 0 and the border value outside. */
static double behind(const struct wck_image *image, double outside, size_t plane,
                     ptrdiff_t row, ptrdiff_t x)
{
    if (row == WCK_BORDER_VALUE || x == WCK_BORDER_VALUE)
        return outside;
    if (image->tensor.data == NULL)
        return 0.0;
    return wck_image_get(image, plane, (size_t)row, (size_t)x);
}

static void add_tap(const struct second_pass *second, size_t plane, ptrdiff_t row,
                    ptrdiff_t x, const struct factors *f, struct sums *sums)
{
    double pixel = behind(&second->source, sums->outside, plane, row, x);
    double a = behind(&second->along, 0.0, plane, row, x);
    double moved = 0.0;

    for (int i = 0; i < second->axes; i++)
        moved += sums->b[i] * slope_of(f, i);
    sums->r += weight_of(f) * a + moved * pixel;
    for (int j = 0; j < second->axes; j++) {
        double bent = 0.0;

        for (int i = 0; i < second->axes; i++)
            bent += sums->b[i] * curvature_of(f, i, j);
        sums->du[j] += sums->g * (slope_of(f, j) * a + bent * pixel);
    }
    if (second->to != NULL && row != WCK_BORDER_VALUE && x != WCK_BORDER_VALUE) {
        double *data = second->to->tensor.data;

        data[wck_image_offset(second->to, plane, (size_t)row, (size_t)x)] +=
            sums->g * moved;
    }
}

static void sum_taps(const struct second_pass *second, size_t plane, size_t i,
                     struct sums *sums)
{
    const struct wck_block *block = &second->pass.block;
    const struct wck_stencil *s[WCK_AXES];
    int k[WCK_AXES];

    for (int a = 0; a < WCK_AXES; a++)
        s[a] = wck_block_stencil(block, i, (enum wck_axis)a);
    for (k[2] = 0; k[2] < s[2]->count; k[2]++) {
        for (k[1] = 0; k[1] < s[1]->count; k[1]++) {
            for (k[0] = 0; k[0] < s[0]->count; k[0]++) {
                ptrdiff_t z = s[2]->index[k[2]], y = s[1]->index[k[1]], row;
                struct factors f;

                for (int a = 0; a < WCK_AXES; a++) {
                    f.w[a] = s[a]->weight[k[a]];
                    f.d[a] = s[a]->slope[k[a]];
                    f.dd[a] = s[a]->curvature[k[a]];
                }
                row = z == WCK_BORDER_VALUE || y == WCK_BORDER_VALUE
                          ? WCK_BORDER_VALUE
                          : z * (ptrdiff_t)second->pass.warp->source_height + y;
                add_tap(second, plane, row, s[0]->index[k[0]], &f, sums);
            }
        }
    }
}

static double factor_of(const struct wck_warp *warp, int axis)
{
    return wck_map_has_matrix(&warp->map)
               ? 1.0
               : wck_map_factor(&warp->map, wck_warp_extent(warp, (enum wck_axis)axis));
}

/* All planes of sample i of the block. */
static void second_sample(const struct second_pass *second,
                          const struct wck_image *upstream,
                          const struct wck_tangents *along,
                          const struct wck_second *wanted, size_t i)
{
    const double *b[WCK_AXES] = {along->x, along->y, along->z};
    double *to[WCK_AXES] = {wanted->x, wanted->y, wanted->z};
    size_t sample = second->pass.block.first + i, width = upstream->width;
    double du[WCK_AXES] = {0.0, 0.0, 0.0};

    for (size_t p = 0; p < wck_image_planes(upstream); p++) {
        struct wck_plane from = wck_pass_plane(second->warp, &second->source, p);
        struct sums sums = {
            .g = wck_image_get(upstream, p, sample / width, sample % width),
            .outside = wck_plane_outside(second->pass.warp, &from, sample)};

        for (int a = 0; a < second->axes; a++)
            sums.b[a] = b[a] != NULL ? b[a][sample] * factor_of(second->warp, a) : 0.0;
        sum_taps(second, p, i, &sums);
        if (!wck_block_has_taps(&second->pass.block, i))
            sums.r = sums.du[0] = sums.du[1] = sums.du[2] = (double)NAN;
        if (wanted->upstream != NULL)
            wck_image_set(wanted->upstream, p, sample / width, sample % width, sums.r);
        for (int a = 0; a < second->axes; a++)
            du[a] += sums.du[a];
    }
    for (int a = 0; a < second->axes; a++) {
        if (to[a] != NULL)
            to[a][sample] = du[a] * factor_of(second->warp, a);
    }
}

static enum wck_status second_init(struct second_pass *second,
                                   const struct wck_warp *warp,
                                   const struct wck_image *image,
                                   const struct wck_tangents *along,
                                   struct wck_image *gathered, struct wck_error *err)
{
    struct wck_warp moved = *warp;
    enum wck_status status = wck_pass_init(&second->pass, warp, err);

    moved.border_values = 0;
    second->warp = warp;
    second->axes = wck_warp_axes(warp);
    if (status == WCK_OK)
        status = wck_pass_source(warp, image, &second->source, err);
    if (status == WCK_OK && along->image != NULL)
        status = wck_pass_source(&moved, along->image, &second->along, err);
    if (status == WCK_OK && warp->prefilter != NULL)
        status = wck_coefficients_zero(gathered, warp, image, err);
    else if (status == WCK_OK)
        status = wck_image_new_like(gathered, WCK_FLOAT64, image, err);
    second->to = gathered;
    return status;
}

/* Hands the image's part over, through the prefilter where there is one. */
static enum wck_status hand_over(const struct wck_warp *warp,
                                 const struct wck_image *gathered,
                                 const struct wck_image *wanted, struct wck_error *err)
{
    for (size_t p = 0; p < wck_image_planes(wanted); p++) {
        for (size_t y = 0; y < wck_image_rows(wanted); y++) {
            for (size_t x = 0; x < wanted->width; x++)
                wck_image_set(wanted, p, y, x,
                              warp->prefilter == NULL ? wck_image_get(gathered, p, y, x)
                                                      : 0.0);
        }
    }
    return warp->prefilter == NULL
               ? WCK_OK
               : wck_coefficients_pull(warp, gathered, wanted, NULL, err);
}

static enum wck_status
check_second(const struct wck_warp *warp, const struct wck_image *image,
             const struct wck_image *upstream, const struct wck_tangents *along,
             const struct wck_second *second, struct wck_error *err)
{
    enum wck_status status = wck_pass_check(warp, image, upstream, err);

    if (status == WCK_OK)
        status = wck_clip_refuse(warp, err);
    if (status == WCK_OK && warp->kernel->footprint)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "double backward is not served for kernel %s",
                               warp->kernel->name);
    if (status == WCK_OK && along->image != NULL)
        status = wck_pass_check(warp, along->image, upstream, err);
    if (status == WCK_OK && second->image != NULL)
        status = wck_pass_check(warp, second->image, upstream, err);
    if (status == WCK_OK && second->upstream != NULL)
        status = wck_pass_check(warp, image, second->upstream, err);
    return status;
}

enum wck_status wck_warp_second(const struct wck_warp *warp,
                                const struct wck_image *image,
                                const struct wck_image *upstream,
                                const struct wck_tangents *along,
                                const struct wck_second *second, struct wck_error *err)
{
    struct second_pass work = {.warp = warp};
    struct wck_image gathered = {0};
    enum wck_status status = check_second(warp, image, upstream, along, second, err);
    size_t count;

    if (status != WCK_OK)
        return status;
    status = second_init(&work, warp, image, along, &gathered, err);
    for (size_t first = 0;
         status == WCK_OK && (count = wck_pass_fill(&work.pass, first)) > 0;
         first += count) {
        for (size_t i = 0; i < count; i++)
            second_sample(&work, upstream, along, second, i);
    }
    if (status == WCK_OK && second->image != NULL)
        status = hand_over(warp, &gathered, second->image, err);
    if (along->image != NULL)
        wck_pass_free(warp, &work.along);
    wck_pass_free(warp, &work.source);
    free(gathered.tensor.data);
    wck_pass_release(&work.pass);
    return status;
}
