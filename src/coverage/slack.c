#include "src/coverage/slack.h"

#include <math.h>

static double largest_finite(const double *values, size_t count)
{
    double largest = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i]) && fabs(values[i]) > largest)
            largest = fabs(values[i]);
    }
    return largest;
}

/* How far a tap's weight may be off where its coordinate was computed with unit
 * roundoff v: that of the gradient's dtype, but float32's at most, for nobody keeps
 * coordinates in less.  An axis' coordinate a X + b Y + c meets four roundings (entry,
 * product, two sums) at up to |a| W + |b| H + |c|, and one that goes through a
 * normalised grid four more at up to the image's size; a weight changes by at most as
 * much as its coordinate, and 1 - f and the product of the axes cost four roundings
 * at 1. */
static double everywhere(const struct wck_coverage_request *request)
{
    const struct wck_warp *warp = request->warp;
    const double *m = warp->map.backward;
    double w = (double)warp->output_width, h = (double)warp->output_height;
    double size = 1.0 + (double)warp->source_width + (double)warp->source_height;

    if (!wck_map_has_matrix(&warp->map))
        size += largest_finite(warp->map.x, wck_warp_samples(warp)) +
                largest_finite(warp->map.y, wck_warp_samples(warp));
    else
        size += (fabs(m[0]) + fabs(m[3])) * w + (fabs(m[1]) + fabs(m[4])) * h +
                fabs(m[2]) + fabs(m[5]);
    return 4.0 * fmin(wck_dtype_row(request->dtype)->roundoff, 0x1p-24) * size;
}

struct wck_slack wck_slack_of(const struct wck_coverage_request *request, size_t plane)
{
    size_t channels = request->channels > 0 ? request->channels : 1;
    struct wck_slack slack = {.request = request, .item = plane / channels};

    if (request->gradient != NULL && request->weight_error == NULL)
        slack.everywhere = fmin(everywhere(request), 1.0);
    return slack;
}

double wck_slack_at(const struct wck_slack *slack, size_t sample, double x, double y)
{
    const struct wck_coverage_request *request = slack->request;

    if (request->gradient == NULL || request->weight_error == NULL)
        return slack->everywhere;
    return fmin(
        request->weight_error(request->weight_error_state, slack->item, sample, x, y),
        1.0);
}
