#include "reference/clip.h"

#include <math.h>

static const struct wck_range nothing = {.low = (double)NAN, .high = (double)NAN};

void wck_range_widen(struct wck_range *range, double value)
{
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

static struct wck_range range_of(const struct wck_image *image)
{
    struct wck_range range = nothing;

    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < wck_image_rows(image); y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_range_widen(&range, wck_image_get(image, p, y, x));
        }
    }
    return range;
}

struct wck_range wck_clip_range(const struct wck_warp *warp,
                                const struct wck_image *image,
                                const struct wck_range *outputs)
{
    struct wck_range range = range_of(image);
    double fill = wck_warp_border_value(warp, 0);

    if (warp->border->fold(-1, 1) == WCK_BORDER_VALUE && outputs->low <= fill &&
        fill <= outputs->high)
        wck_range_widen(&range, fill);
    return range;
}

bool wck_clip_is_within(const struct wck_warp *warp, const struct wck_image *image,
                        const struct wck_image *output)
{
    struct wck_range outputs = range_of(output);
    struct wck_range range = wck_clip_range(warp, image, &outputs);

    return !(outputs.low < range.low) && !(outputs.high > range.high);
}

double wck_clip(const struct wck_range *range, double value)
{
    if (value < range->low)
        return range->low;
    return value > range->high ? range->high : value;
}

void wck_clip_output(const struct wck_warp *warp, const struct wck_image *image,
                     const struct wck_image *output)
{
    struct wck_range outputs, range;

    if (!warp->clips)
        return;
    outputs = range_of(output);
    range = wck_clip_range(warp, image, &outputs);
    for (size_t p = 0; p < wck_image_planes(output); p++) {
        for (size_t y = 0; y < wck_image_rows(output); y++) {
            for (size_t x = 0; x < output->width; x++)
                wck_image_set(output, p, y, x,
                              wck_clip(&range, wck_image_get(output, p, y, x)));
        }
    }
}

enum wck_status wck_clip_refuse(const struct wck_warp *warp, struct wck_error *err)
{
    if (!warp->clips)
        return WCK_OK;
    return wck_error_set(err, WCK_UNSUPPORTED,
                         "derivatives of outputs that are clipped to the image's range "
                         "are not served");
}
