#include "src/coverage/slack.h"

#include <math.h>

static double finite_part(double value)
{
    return isfinite(value) ? fabs(value) : 0.0;
}

/* How far a tap's weight may be off where its coordinate was computed with unit
 * roundoff v: that of the gradient's dtype, but float32's at most, for nobody keeps
 * coordinates in less.  An axis' coordinate a X + b Y + c meets four roundings (entry,
 * product, two sums) at up to |a| W + |b| H + |c|, and one that goes through a
 * normalised grid four more at up to the image's size; a weight changes by at most as
 * much as its coordinate, and 1 - f and the product of the axes cost four roundings
 * at 1. */
static double size_of(const struct wck_warp *warp)
{
    const double *m = warp->map.backward;
    double w = (double)warp->output_width, h = (double)warp->output_height;
    double size = 1.0 + (double)warp->source_width + (double)warp->source_height;

    if (wck_map_has_matrix(&warp->map))
        size += (fabs(m[0]) + fabs(m[3])) * w + (fabs(m[1]) + fabs(m[4])) * h +
                fabs(m[2]) + fabs(m[5]);
    return size;
}

struct wck_slack wck_slack_of(const struct wck_coverage_request *request, size_t plane)
{
    size_t channels = request->channels > 0 ? request->channels : 1;
    size_t item = plane / channels;
    const struct wck_warp *warp =
        request->items != NULL ? &request->items[item] : request->warp;
    struct wck_slack slack = {.request = request, .warp = warp, .item = item};

    if (request->gradient != NULL && request->weight_error == NULL) {
        slack.size = size_of(warp);
        slack.step = 4.0 * fmin(wck_dtype_row(request->dtype)->roundoff, 0x1p-24);
    }
    return slack;
}

/* A quotient p/q errs by (that of p + |p/q| that of q)/|q|. */
static double quotient_size(const struct wck_slack *slack, size_t sample, double x,
                            double y)
{
    const double *q = slack->warp->map.backward + 6;
    double w = (double)slack->warp->output_width;
    double h = (double)slack->warp->output_height, at[WCK_AXES];
    double size = fabs(q[0]) * w + fabs(q[1]) * h + fabs(q[2]);

    wck_warp_position(slack->warp, sample, at);
    return (slack->size + (fabs(x) + fabs(y)) * size) /
           fabs(q[0] * at[WCK_X] + q[1] * at[WCK_Y] + q[2]);
}

/* Where the map is given for each sample, this one's numbers count. */
static double coordinate_error(const struct wck_slack *slack, size_t sample, double x,
                               double y)
{
    const struct wck_map *map = &slack->warp->map;

    if (map->kind == WCK_MAP_HOMOGRAPHY)
        return slack->step * fmax(slack->size, quotient_size(slack, sample, x, y));
    if (wck_map_has_matrix(map))
        return slack->step * slack->size;
    return slack->step *
           (slack->size + finite_part(map->x[sample]) + finite_part(map->y[sample]));
}

double wck_slack_at(const struct wck_slack *slack, size_t sample, double x, double y,
                    double bound[2])
{
    const struct wck_coverage_request *request = slack->request;

    bound[WCK_X] = bound[WCK_Y] = 0.0;
    if (request->gradient == NULL)
        return 0.0;
    if (request->weight_error != NULL)
        return fmin(request->weight_error(request->weight_error_state, slack->item,
                                          sample, x, y, bound),
                    1.0);
    bound[WCK_X] = bound[WCK_Y] = coordinate_error(slack, sample, x, y);
    return fmin(bound[WCK_X], 1.0);
}
