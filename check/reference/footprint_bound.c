#include "check/reference/footprint_bound.h"

#include <math.h>

/* How far a weight may be off, in units of 2^-53, for a footprint that reaches R and
 * covers an area B.  Sides of squares relative to the centre are off by R, middles and
 * ways of edges by 2 R, entries of F by 8 R (a hypot, a quotient, four sums), where a
 * square is taken to have sides of 1.  An edge's part of the area is a span of up to 1
 * (off by 3 R) times a height of up to 1 (off by 2 R + 6 R, for the line's two places
 * and its middle) with 4 roundings more: 11 R + 4, and with F's 16 R more; four edges
 * and the division by B, itself off by 20: 4 (27 R + 4)/B + 20.  The border value is a
 * sum over what is not the image, of sides up to 2 R. */
double footprint_weight_bound(const struct wck_footprint *footprint, bool outside)
{
    double r = fmax(footprint->reach[0], footprint->reach[1]);
    double side = outside ? 2.0 * r * 4.0 : 1.0;

    return 0x1p-53 * (4.0 * (27.0 * r + 4.0) * side / footprint->area + 20.0);
}

/* The same for a derivative.  An edge enters and leaves a square at places t that are
 * off by (3 R + 8 R)/m, m its shorter way along an axis, and counts by its length, up
 * to 3 R, over B: eight such places, and the weight's own error where F moves. */
double footprint_slope_bound(const struct wck_footprint *footprint, bool outside)
{
    double r = fmax(footprint->reach[0], footprint->reach[1]), least = 2.0 * r;

    for (int i = 0; i < 4; i++) {
        for (int a = 0; a < 2; a++) {
            double along = fabs(footprint->edge[i].along[a]);

            if (along > 0.0)
                least = fmin(least, along);
        }
    }
    return 0x1p-53 * 8.0 * 11.0 * r / least * 3.0 * r / footprint->area +
           2.0 * footprint_weight_bound(footprint, outside);
}
