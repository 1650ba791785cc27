/* The oracle's derivatives that sum over samples or planes. */
#include "check/oracle/oracle.h"

static oracle_real absolute(oracle_real value)
{
    return value < 0 ? -value : value;
}

static size_t samples_of(const struct oracle_scene *scene)
{
    return scene->output_width * scene->output_height;
}

/* Adds `by` times a sum as one term. */
static void add_multiple(struct oracle_sum *sum, oracle_real by,
                         const struct oracle_sum *of)
{
    oracle_add(sum, by * of->value, absolute(by) * of->magnitude);
}

/* Adds the product of two sums as one term. */
static void add_product(struct oracle_sum *sum, const struct oracle_sum *left,
                        const struct oracle_sum *right)
{
    oracle_add(sum, left->value * right->value, left->magnitude * right->magnitude);
}

struct oracle_sum oracle_image_gradient(const struct oracle_scene *scene,
                                        const double *upstream, size_t plane, size_t y,
                                        size_t x)
{
    size_t samples = samples_of(scene);
    struct oracle_sum sum = {0};

    for (size_t s = 0; s < samples; s++) {
        struct oracle_sum weight = oracle_weight(scene, s, y, x);

        add_multiple(&sum, upstream[plane * samples + s], &weight);
    }
    return sum;
}

struct oracle_sum oracle_border_gradient(const struct oracle_scene *scene,
                                         const double *upstream, size_t channel)
{
    size_t samples = samples_of(scene);
    struct oracle_sum sum = {0};

    for (size_t s = 0; s < samples; s++) {
        struct oracle_sum weight = oracle_border_weight(scene, s);

        for (size_t b = 0; b < scene->batch; b++)
            add_multiple(&sum, upstream[(b * scene->channels + channel) * samples + s],
                         &weight);
    }
    return sum;
}

struct oracle_sum oracle_coordinate_gradient(const struct oracle_scene *scene,
                                             const double *upstream, size_t sample,
                                             enum oracle_axis axis)
{
    size_t samples = samples_of(scene);
    struct oracle_sum sum = {0};

    for (size_t p = 0; p < scene->batch * scene->channels; p++) {
        struct oracle_sum slope = oracle_slope(scene, p, sample, axis);

        add_multiple(&sum, upstream[p * samples + sample], &slope);
    }
    return sum;
}

/* What the entries of the matrix are multiplied by: the output pixel where it maps the
 * output to the source, the source coordinate where it maps that to the output pixel.
 */
static struct oracle_point multiplied_by_matrix(const struct oracle_scene *scene,
                                                size_t sample)
{
    struct oracle_point point = {0};
    oracle_real column = (oracle_real)(sample % scene->output_width);
    oracle_real row = (oracle_real)(sample / scene->output_width);

    if (scene->source_to_output)
        return oracle_source(scene, sample);
    oracle_add(&point.x, column, column);
    oracle_add(&point.y, row, row);
    return point;
}

static oracle_real determinant(const double *m)
{
    return (oracle_real)m[0] * m[4] - (oracle_real)m[1] * m[3];
}

/* Output to source: x = a X + b Y + c, so dx = da X + db Y + dc.
 *
 * Source to output: A p + t = q with q the output pixel, which stays.  A change of the
 * matrix moves p so that dA p + A dp + dt = 0: dp = -A^-1 (dA p + dt), the inverse
 * being {e, -b; -d, a} / D. */
static struct oracle_point velocity(const struct oracle_scene *scene,
                                    const double *tangent, size_t sample)
{
    struct oracle_point at = multiplied_by_matrix(scene, sample), rate = {0};
    struct oracle_point moved = {0};
    const double *m = scene->matrix;

    add_multiple(&rate.x, tangent[0], &at.x);
    add_multiple(&rate.x, tangent[1], &at.y);
    oracle_add(&rate.x, tangent[2], absolute(tangent[2]));
    add_multiple(&rate.y, tangent[3], &at.x);
    add_multiple(&rate.y, tangent[4], &at.y);
    oracle_add(&rate.y, tangent[5], absolute(tangent[5]));
    if (!scene->source_to_output)
        return rate;
    add_multiple(&moved.x, -m[4] / determinant(m), &rate.x);
    add_multiple(&moved.x, m[1] / determinant(m), &rate.y);
    add_multiple(&moved.y, m[3] / determinant(m), &rate.x);
    add_multiple(&moved.y, -m[0] / determinant(m), &rate.y);
    return moved;
}

/* By the same formula g . dp = -(A^-T g) . (dA p + dt), A^-T = {e, -d; -b, a} / D. */
static struct oracle_point pull_through_inverse(const double *m,
                                                const struct oracle_point *g)
{
    struct oracle_point h = {0};

    add_multiple(&h.x, -m[4] / determinant(m), &g->x);
    add_multiple(&h.x, m[3] / determinant(m), &g->y);
    add_multiple(&h.y, m[1] / determinant(m), &g->x);
    add_multiple(&h.y, -m[0] / determinant(m), &g->y);
    return h;
}

void oracle_matrix_gradient(const struct oracle_scene *scene, const double *upstream,
                            struct oracle_sum gradient[6])
{
    for (int k = 0; k < 6; k++)
        gradient[k] = (struct oracle_sum){0};
    for (size_t s = 0; s < samples_of(scene); s++) {
        struct oracle_point at = multiplied_by_matrix(scene, s);
        struct oracle_point g = {
            .x = oracle_coordinate_gradient(scene, upstream, s, ORACLE_X),
            .y = oracle_coordinate_gradient(scene, upstream, s, ORACLE_Y),
        };

        if (scene->source_to_output)
            g = pull_through_inverse(scene->matrix, &g);
        add_product(&gradient[0], &g.x, &at.x);
        add_product(&gradient[1], &g.x, &at.y);
        add_multiple(&gradient[2], 1, &g.x);
        add_product(&gradient[3], &g.y, &at.x);
        add_product(&gradient[4], &g.y, &at.y);
        add_multiple(&gradient[5], 1, &g.y);
    }
}

struct oracle_sum oracle_tangent(const struct oracle_scene *scene,
                                 const struct oracle_tangents *tangents, size_t plane,
                                 size_t sample)
{
    struct oracle_scene changing = *scene;
    struct oracle_point moving = {0};
    struct oracle_sum sum, slope;

    changing.image = tangents->image;
    changing.border_value = tangents->border_value;
    sum = oracle_output(&changing, plane, sample);
    if (tangents->matrix != NULL)
        moving = velocity(scene, tangents->matrix, sample);
    if (tangents->x != NULL)
        oracle_add(&moving.x, tangents->x[sample], absolute(tangents->x[sample]));
    if (tangents->y != NULL)
        oracle_add(&moving.y, tangents->y[sample], absolute(tangents->y[sample]));
    slope = oracle_slope(scene, plane, sample, ORACLE_X);
    add_product(&sum, &slope, &moving.x);
    slope = oracle_slope(scene, plane, sample, ORACLE_Y);
    add_product(&sum, &slope, &moving.y);
    return sum;
}
