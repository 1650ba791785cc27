#include "reference/channel_axis.h"

#include <stdlib.h>

/* mixing[to * n + from]: the coefficients along the axis of one channel that is 1,
 * then the kernel's sum at a whole position. */
static enum wck_status make_mixing(const struct wck_warp *warp, size_t n,
                                   double *mixing, struct wck_error *err)
{
    struct wck_image lines; /* line p: the channels where channel p is 1 */
    enum wck_status status = wck_image_new(&lines, WCK_FLOAT64, "NHW", n, 1, 1, n, err);

    if (status != WCK_OK)
        return status;
    for (size_t p = 0; p < n; p++)
        wck_image_set(&lines, p, 0, p, 1.0);
    status = wck_prefilter_apply(warp->prefilter, warp->kernel->order, &lines, err);
    for (size_t to = 0; to < n && status == WCK_OK; to++) {
        struct wck_stencil stencil;
        double base;

        wck_stencil_list(warp->kernel, (double)to, &stencil, &base);
        wck_stencil_fold(warp->border, n, base, &stencil);
        for (size_t p = 0; p < n; p++) {
            double sum = 0.0;

            for (int k = 0; k < stencil.count; k++)
                sum += stencil.weight[k] *
                       wck_image_get(&lines, p, 0, (size_t)stencil.index[k]);
            mixing[to * n + p] = sum;
        }
    }
    free(lines.tensor.data);
    return status;
}

/* One pixel of one batch item. */
static void mix(const double *mixing, bool transpose, const struct wck_image *image,
                size_t first, size_t y, size_t x, double *pixel)
{
    size_t n = image->channels;

    for (size_t c = 0; c < n; c++)
        pixel[c] = wck_image_get(image, first + c, y, x);
    for (size_t to = 0; to < n; to++) {
        double sum = 0.0;

        for (size_t c = 0; c < n; c++)
            sum += mixing[transpose ? c * n + to : to * n + c] * pixel[c];
        wck_image_set(image, first + to, y, x, sum);
    }
}

enum wck_status wck_channel_axis_apply(const struct wck_warp *warp, bool transpose,
                                       const struct wck_image *image,
                                       struct wck_error *err)
{
    size_t n = image->channels;
    double *mixing = calloc((n + 1) * n, sizeof *mixing);
    enum wck_status status;

    if (mixing == NULL)
        return wck_error_no_memory(err);
    status = make_mixing(warp, n, mixing, err);
    for (size_t b = 0; b < image->batch && status == WCK_OK; b++) {
        for (size_t y = 0; y < wck_image_rows(image); y++) {
            for (size_t x = 0; x < image->width; x++)
                mix(mixing, transpose, image, b * n, y, x, mixing + n * n);
        }
    }
    free(mixing);
    return status;
}
