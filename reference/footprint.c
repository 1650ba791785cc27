#include "reference/footprint.h"

#include <math.h>

/* ---- F of A ---- */

/* As complex numbers A v = z v + w conj(v): |z| + |w| and ||z| - |w|| are its singular
 * values, and where they change z and w keep their directions.  `large` is the longer
 * of the two. */
struct parts {
    double large[2], small[2];
    bool turned; /* z is the longer: A keeps the orientation */
};

static struct parts split(const double m[WCK_LINEAR], bool turned)
{
    double z[2] = {(m[0] + m[3]) / 2.0, (m[2] - m[1]) / 2.0};
    double w[2] = {(m[0] - m[3]) / 2.0, (m[2] + m[1]) / 2.0};
    struct parts parts = {{w[0], w[1]}, {z[0], z[1]}, turned};

    if (turned)
        parts = (struct parts){{z[0], z[1]}, {w[0], w[1]}, turned};
    return parts;
}

static void join(const struct parts *parts, double m[WCK_LINEAR])
{
    const double *z = parts->turned ? parts->large : parts->small;
    const double *w = parts->turned ? parts->small : parts->large;

    m[0] = z[0] + w[0];
    m[1] = w[1] - z[1];
    m[2] = z[1] + w[1];
    m[3] = z[0] - w[0];
}

/* The lengths of the two parts, before and after. */
struct lengths {
    double large, small, to_large, to_small;
};

static struct lengths lengths_of(const struct parts *parts)
{
    struct lengths l = {.large = hypot(parts->large[0], parts->large[1]),
                        .small = hypot(parts->small[0], parts->small[1])};
    double high = fmax(l.large + l.small, 1.0), low = fmax(l.large - l.small, 1.0);

    l.to_large = (high + low) / 2.0;
    l.to_small = (high - low) / 2.0;
    return l;
}

static void stretch(double v[2], double from, double to)
{
    /* A part along an axis becomes `to` exactly. */
    for (int i = 0; i < 2 && from > 0.0; i++)
        v[i] = v[i] / from * to;
}

/* The tangent of to v/|v| where v moves by d, |v| = from and `to` moves by dto. */
static void stretch_tangent(const double v[2], double from, double to, double dto,
                            double d[2])
{
    double unit[2], radial;

    if (!(from > 0.0)) {
        d[0] = d[1] = 0.0;
        return;
    }
    for (int i = 0; i < 2; i++)
        unit[i] = v[i] / from;
    radial = unit[0] * d[0] + unit[1] * d[1];
    for (int i = 0; i < 2; i++)
        d[i] = to / from * (d[i] - unit[i] * radial) + dto * unit[i];
}

static double along(const double v[2], double length, const double d[2])
{
    return length > 0.0 ? (v[0] * d[0] + v[1] * d[1]) / length : 0.0;
}

/* dF for a tangent of A, in its place; A has a singular value below 1. */
static void tangent(const struct parts *parts, const struct lengths *l,
                    double m[WCK_LINEAR])
{
    struct parts d = split(m, parts->turned);
    double dl = along(parts->large, l->large, d.large);
    double ds = along(parts->small, l->small, d.small);
    double dhigh = l->large + l->small >= 1.0 ? dl + ds : 0.0;

    stretch_tangent(parts->large, l->large, l->to_large, dhigh / 2.0, d.large);
    stretch_tangent(parts->small, l->small, l->to_small, dhigh / 2.0, d.small);
    join(&d, m);
}

/* F and dF/dA. */
static void fit(struct wck_footprint *footprint, const double linear[WCK_LINEAR])
{
    struct parts parts = split(linear, linear[0] * linear[3] >= linear[1] * linear[2]);
    struct lengths l = lengths_of(&parts);
    double low = l.large - l.small;
    struct parts grown = parts;

    for (int k = 0; k < WCK_LINEAR; k++) {
        double column[WCK_LINEAR] = {0.0, 0.0, 0.0, 0.0};

        column[k] = 1.0;
        footprint->shape[k] = linear[k];
        if (low < 1.0)
            tangent(&parts, &l, column);
        for (int i = 0; i < WCK_LINEAR; i++)
            footprint->turn[i][k] = column[i];
    }
    if (low >= 1.0)
        return;
    stretch(grown.large, l.large, l.to_large);
    stretch(grown.small, l.small, l.to_small);
    join(&grown, footprint->shape);
}

/* ---- Q of F ---- */

void wck_footprint_init(struct wck_footprint *footprint,
                        const double linear[WCK_LINEAR])
{
    /* Middles of the sides of the output pixel's square, and the way along them. */
    static const double at[4][2] = {{0.0, -0.5}, {0.5, 0.0}, {0.0, 0.5}, {-0.5, 0.0}};
    static const double by[4][2] = {{1.0, 0.0}, {0.0, 1.0}, {-1.0, 0.0}, {0.0, -1.0}};
    const double *f = footprint->shape;
    double determinant;

    fit(footprint, linear);
    determinant = f[0] * f[3] - f[1] * f[2];
    footprint->area = fabs(determinant);
    footprint->relative[0] = f[3] / determinant;
    footprint->relative[1] = -f[2] / determinant;
    footprint->relative[2] = -f[1] / determinant;
    footprint->relative[3] = f[0] / determinant;
    for (int a = 0; a < 2; a++)
        footprint->reach[a] = (fabs(f[2 * a]) + fabs(f[2 * a + 1])) / 2.0;
    for (int e = 0; e < 4; e++) {
        struct wck_edge *edge = &footprint->edge[e];
        double outward = determinant < 0.0 ? -1.0 : 1.0;

        for (int a = 0; a < 2; a++) {
            edge->at[a] = at[e][a];
            edge->by[a] = by[e][a];
            edge->middle[a] = f[2 * a] * at[e][0] + f[2 * a + 1] * at[e][1];
            edge->along[a] = f[2 * a] * by[e][0] + f[2 * a + 1] * by[e][1];
        }
        edge->normal[0] = outward * edge->along[1];
        edge->normal[1] = -outward * edge->along[0];
    }
}

/* ---- shares ---- */

/* The box, no larger than what surrounds Q; false where they do not meet. */
static bool trim(const struct wck_footprint *footprint, const struct wck_box *box,
                 struct wck_box *within)
{
    for (int a = 0; a < 2; a++) {
        double reach = footprint->reach[a];

        if (box->low[a] > reach || box->high[a] <= -reach)
            return false;
        within->low[a] = fmax(box->low[a], -reach);
        within->high[a] = fmin(box->high[a], reach);
    }
    return true;
}

bool wck_footprint_meets(const struct wck_footprint *footprint,
                         const struct wck_box *box)
{
    struct wck_box within;

    if (!trim(footprint, box, &within))
        return false;
    for (int e = 0; e < 4; e++) {
        const struct wck_edge *edge = &footprint->edge[e];
        double from = 0.0;

        for (int a = 0; a < 2; a++) {
            double n = edge->normal[a];

            from += n * ((n > 0.0 ? within.low[a] : within.high[a]) - edge->middle[a]);
        }
        if (from > 0.0)
            return false;
    }
    return true;
}

/* The integral over a way of length 1 of a straight line from `a` to `b`, cut off below
 * 0 and above `high`. */
static double clamped_mean(double a, double b, double high)
{
    double low = fmin(a, b), top = fmax(a, b), rise = top - low;
    double enters = 0.0, leaves = 1.0;

    if (low >= high)
        return high;
    if (top <= 0.0)
        return 0.0;
    if (low < 0.0)
        enters = -low / rise;
    if (top > high)
        leaves = (high - low) / rise;
    return (leaves - enters) * (fmax(low, 0.0) + fmin(top, high)) / 2.0 +
           (1.0 - leaves) * high;
}

/* What lies between an edge and the box's low y, inside the box: the edges add up to
 * the area of Q in it, those that look down counted negative. */
static double under(const struct wck_edge *edge, const struct wck_box *box)
{
    double half = fabs(edge->along[0]) / 2.0, span = 0.0, y[2];
    double left = fmax(box->low[0], edge->middle[0] - half);
    double right = fmin(box->high[0], edge->middle[0] + half);

    span = right - left;
    if (!(span > 0.0) || !(half > 0.0))
        return 0.0;
    y[0] = (left - edge->middle[0]) / edge->along[0] * edge->along[1];
    y[1] = (right - edge->middle[0]) / edge->along[0] * edge->along[1];
    span *= clamped_mean(y[0] + (edge->middle[1] - box->low[1]),
                         y[1] + (edge->middle[1] - box->low[1]),
                         box->high[1] - box->low[1]);
    return edge->normal[1] > 0.0 ? span : -span;
}

/* The part of an edge inside a box, between[0] <= t <= between[1]; false where none is.
 */
static bool inside(const struct wck_edge *edge, const struct wck_box *box,
                   double between[2])
{
    between[0] = -0.5;
    between[1] = 0.5;
    for (int a = 0; a < 2; a++) {
        double to_low = box->low[a] - edge->middle[a];
        double to_high = box->high[a] - edge->middle[a];

        if (edge->along[a] > 0.0 || edge->along[a] < 0.0) {
            double low = to_low / edge->along[a], high = to_high / edge->along[a];

            between[0] = fmax(between[0], fmin(low, high));
            between[1] = fmin(between[1], fmax(low, high));
        } else if (to_low > 0.0 || to_high <= 0.0) {
            return false;
        }
    }
    return between[1] > between[0];
}

void wck_footprint_add(const struct wck_footprint *footprint, const struct wck_box *box,
                       struct wck_share *share)
{
    double area = 0.0, scale = 1.0 / footprint->area;
    struct wck_box within;

    if (!trim(footprint, box, &within))
        return;
    for (int e = 0; e < 4; e++) {
        const struct wck_edge *edge = &footprint->edge[e];
        double t[2], length, moment;

        area += under(edge, &within);
        if (!inside(edge, box, t))
            continue;
        length = t[1] - t[0];
        moment = length * (t[0] + t[1]) / 2.0;
        for (int a = 0; a < 2; a++) {
            double normal = scale * edge->normal[a];

            share->slope[a] += normal * length;
            for (int k = 0; k < 2; k++)
                share->shape[2 * a + k] +=
                    normal * (edge->at[k] * length + edge->by[k] * moment);
        }
    }
    area = fmax(area, 0.0) * scale;
    share->weight += area;
    for (int i = 0; i < WCK_LINEAR; i++)
        share->shape[i] -= area * footprint->relative[i];
}

/* ---- the chain to A ---- */

void wck_footprint_pull(const struct wck_footprint *footprint,
                        const double shape[WCK_LINEAR], double linear[WCK_LINEAR])
{
    for (int i = 0; i < WCK_LINEAR; i++) {
        for (int k = 0; k < WCK_LINEAR; k++)
            linear[k] += footprint->turn[i][k] * shape[i];
    }
}

void wck_footprint_push(const struct wck_footprint *footprint,
                        const double linear[WCK_LINEAR], double shape[WCK_LINEAR])
{
    for (int i = 0; i < WCK_LINEAR; i++) {
        shape[i] = 0.0;
        for (int k = 0; k < WCK_LINEAR; k++)
            shape[i] += footprint->turn[i][k] * linear[k];
    }
}
