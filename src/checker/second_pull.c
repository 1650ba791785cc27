#include "src/checker/second_work.h"

#include <math.h>
#include <stdlib.h>

/* That a sum for a share of S has, at most. */
static double terms_of(const struct wck_second_work *w)
{
    return (double)w->planes * (w->by_image ? (double)w->count : 1.0) + 1.0;
}

static double product(const struct wck_image *a, const struct wck_image *b)
{
    double sum = 0.0;

    for (size_t p = 0; p < wck_image_planes(a); p++) {
        for (size_t i = 0; i < wck_image_pixels(a); i++)
            sum += wck_plane_get(a, p, i) * wck_plane_get(b, p, i);
    }
    return sum;
}

/* Adds S of an upstream gradient and an image. */
static enum wck_status pull(struct wck_second_work *w,
                            const struct wck_problem *problem,
                            const struct wck_image *image, const struct wck_image *g,
                            double *sum, struct wck_error *err)
{
    const struct wck_gradients of_image = {.image = &w->gradient},
                               of_map = {.x = w->slope[0], .y = w->slope[1]};
    enum wck_status status = wck_subject_vjp(w->trial->subject, problem, image, g,
                                             w->by_image ? &of_image : &of_map, err);

    if (status != WCK_OK)
        return status;
    if (w->by_image)
        *sum += product(&w->a, &w->gradient);
    for (size_t i = 0; i < w->count && !w->by_image; i++)
        *sum += w->b[0][i] * w->slope[0][i] + w->b[1][i] * w->slope[1][i];
    return WCK_OK;
}

/* A sum of m terms is known to m roundoffs. */
static void add_sum(struct wck_second_work *w, enum wck_second_by by,
                    struct wck_measure *sum)
{
    struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};

    sum->round += 2.0 * wck_gamma(terms_of(w) + (double)w->count, 0x1p-53) * sum->scale;
    sum->scale *= fmax(1.0, (double)w->count / 4.0);
    w->pulled++;
    if (w->aside_count < w->count)
        wck_second_add(w, WCK_SELF_CONSISTENT, by, sum, &nowhere);
}

/* What S may be off by for the upstream gradient g, times so many, where a share of it
 * is a sum of up to `terms`; and its scale. */
static void expect(const struct wck_second_work *w, const struct wck_image *g,
                   double times, double terms, struct wck_measure *sum)
{
    for (size_t k = 0; k < w->planes * w->count; k++) {
        size_t i = k % w->count;
        double size = fabs(wck_plane_get(g, k / w->count, i));

        sum->round += times * size * wck_second_value(&w->bound, &w->problem, i, terms);
        sum->scale += size * wck_second_value_scale(&w->bound);
    }
}

static enum wck_status pull_upstream(struct wck_second_work *w, struct wck_error *err)
{
    struct wck_measure sum = {.got = product(&w->got.upstream, &w->h)};
    enum wck_status status = pull(w, &w->problem, &w->image, &w->h, &sum.want, err);

    expect(w, &w->h, 2.0, terms_of(w), &sum);
    if (status == WCK_OK)
        add_sum(w, WCK_BY_UPSTREAM, &sum);
    return status;
}

static enum wck_status pull_image(struct wck_second_work *w, struct wck_error *err)
{
    double here = 0.0;
    struct wck_measure sum = {.got = product(&w->got.image, &w->other) -
                                     product(&w->got.image, &w->image)};
    enum wck_status status = pull(w, &w->problem, &w->other, &w->g, &sum.want, err);

    if (status == WCK_OK)
        status = pull(w, &w->problem, &w->image, &w->g, &here, err);
    sum.want -= here;
    /* Two of it, and as many terms of dS/dx, where all samples may meet in a pixel. */
    expect(w, &w->g, 4.0, (double)w->planes * (double)w->count + 1.0, &sum);
    if (status == WCK_OK)
        add_sum(w, WCK_BY_IMAGE, &sum);
    return status;
}

/* The cells of all samples along an axis. */
static void place_cells(struct wck_second_work *w, const double *u)
{
    enum wck_dtype dtype = wck_problem_coordinate_dtype(&w->problem);

    for (size_t i = 0; i < w->count; i++)
        wck_cell_place(&w->cell[i], w->problem.warp.kernel, dtype, u[i], WCK_RIGHT);
}

/* Moves all samples to node j along an axis, and weights the upstream gradient; adds
 * what comes of its rounding, and of each share's. */
static void move(struct wck_second_work *w, size_t axis, int j,
                 const struct wck_problem *moved, struct wck_measure *sum)
{
    double scale = wck_second_value_scale(&w->bound);

    for (size_t i = 0; i < w->count; i++) {
        double factor = w->cell[i].weight[j] * w->d[axis][i], value;

        w->moved[i] = w->cell[i].at[j];
        value = wck_second_value(&w->bound, moved, i, terms_of(w));
        for (size_t p = 0; p < w->planes; p++) {
            double whole = factor * wck_plane_get(&w->g, p, i);
            double sent = wck_dtype_round(w->problem.dtype, whole);

            wck_plane_set(&w->sent, p, i, sent);
            sum->round += fabs(sent) * value + fabs(sent - whole) * scale;
        }
    }
}

static enum wck_status pull_coordinates(struct wck_second_work *w, size_t axis,
                                        struct wck_error *err)
{
    struct wck_problem moved = w->problem;
    const double *u = axis == 0 ? w->mapped.x : w->mapped.y;
    struct wck_measure sum = {.got = 0.0};
    enum wck_status status = WCK_OK;

    place_cells(w, u);
    moved.warp.map = axis == 0 ? wck_map_coordinates(w->moved, w->mapped.y)
                               : wck_map_coordinates(w->mapped.x, w->moved);
    for (int j = 0; j < wck_cell_nodes(moved.warp.kernel) && status == WCK_OK; j++) {
        move(w, axis, j, &moved, &sum);
        status = pull(w, &moved, &w->image, &w->sent, &sum.want, err);
    }
    for (size_t i = 0; i < w->count; i++) {
        double size = 0.0;

        for (size_t p = 0; p < w->planes; p++)
            size += fabs(w->d[axis][i]) * wck_plane_get(&w->g, p, i);
        sum.got += w->got.u[axis][i] * w->d[axis][i];
        sum.round += size * wck_second_bend(&w->bound, &w->problem, i, terms_of(w));
        sum.trunc += size * wck_second_truncation(&w->bound, &w->cell[i], u[i]);
        sum.scale += size * wck_second_bend_scale(&w->bound);
    }
    if (status == WCK_OK)
        add_sum(w, WCK_BY_COORDINATES, &sum);
    return status;
}

enum wck_status wck_second_pull(struct wck_second_work *w, struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = pull_upstream(w, &why);

    if (status == WCK_OK)
        status = pull_image(w, &why);
    for (size_t axis = 0; axis < 2 && w->maps && status == WCK_OK; axis++)
        status = pull_coordinates(w, axis, &why);
    if (status == WCK_UNSUPPORTED)
        w->refusal = why;
    return status == WCK_OK || status == WCK_UNSUPPORTED
               ? WCK_OK
               : wck_error_set(err, status, "%s", why.text);
}
