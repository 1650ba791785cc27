/* A warp as a plugin: bilinear, border constant or replicate, of float32 or float64
 * images, by a matrix or by maps; its output, all of its gradients, forward mode,
 * and double backward along the image and the maps.
 *
 * It is written as a warp of one's own would be: from the header alone, and for the
 * convention "warp" of doc/protocol.md.  Everything else is answered "unsupported". */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "warpcheck/plugin.h"

/* ---- arrays ---- */

static double get(const struct warpcheck_tensor *tensor, int64_t at)
{
    return tensor->type_bits == 32 ? (double)((const float *)tensor->data)[at]
                                   : ((const double *)tensor->data)[at];
}

static void set(const struct warpcheck_tensor *tensor, int64_t at, double value)
{
    if (tensor->type_bits == 32)
        ((float *)tensor->data)[at] = (float)value;
    else
        ((double *)tensor->data)[at] = value;
}

/* An image in any layout: axes that it has not are of size 1. */
struct image {
    const struct warpcheck_tensor *tensor;
    int64_t batch, channels, height, width;
    int64_t batch_step, channel_step, row_step, column_step;
};

static struct image view(const struct warpcheck_tensor *tensor, const char *layout)
{
    struct image image = {tensor, 1, 1, 1, 1, 0, 0, 0, 0};

    for (int axis = 0; axis < tensor->rank && layout[axis] != '\0'; axis++) {
        int64_t size = tensor->shape[axis], step = tensor->strides[axis];

        switch (layout[axis]) {
        case 'N':
            image.batch = size, image.batch_step = step;
            break;
        case 'C':
            image.channels = size, image.channel_step = step;
            break;
        case 'H':
            image.height = size, image.row_step = step;
            break;
        default:
            image.width = size, image.column_step = step;
        }
    }
    return image;
}

static int64_t at(const struct image *image, int64_t n, int64_t c, int64_t y, int64_t x)
{
    return n * image->batch_step + c * image->channel_step + y * image->row_step +
           x * image->column_step;
}

/* ---- the call ---- */

struct job {
    struct image image, output, upstream; /* those that there are */
    const struct warpcheck_tensor *matrix, *map_x, *map_y, *border_value;
    const struct warpcheck_tensor *grad_matrix, *grad_map_x, *grad_map_y,
        *grad_border_value;
    const struct warpcheck_tensor *tangent_matrix, *tangent_map_x, *tangent_map_y,
        *tangent_border_value;
    struct image tangent_image;
    int has_tangent_image;
    double tangent_back[6]; /* of back */
    struct image grad_image;
    int wants_image, replicate;
    int64_t height, width;     /* of the output */
    double back[6];            /* output to source */
    double matrix_gradient[6]; /* with respect to back */
};

static const struct warpcheck_tensor *find(const struct warpcheck_tensor *const *arrays,
                                           size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arrays[i]->name, name) == 0)
            return arrays[i];
    }
    return NULL;
}

static int32_t refuse(char *message, size_t size, const char *what, const char *which)
{
    snprintf(message, size, "no %s %s", what, which);
    return WARPCHECK_UNSUPPORTED;
}

static int is_served(const struct warpcheck_tensor *tensor)
{
    return tensor->type_code == WARPCHECK_FLOAT &&
           (tensor->type_bits == 32 || tensor->type_bits == 64);
}

/* Is the call one for this warp? */
static int32_t check(const struct warpcheck_call *call, char *message, size_t size)
{
    if (strcmp(call->convention, "warp") != 0)
        return refuse(message, size, "convention", call->convention);
    if (strcmp(call->interp, "bilinear") != 0)
        return refuse(message, size, "interpolation", call->interp);
    if (strcmp(call->border, "constant") != 0 && strcmp(call->border, "replicate") != 0)
        return refuse(message, size, "border", call->border);
    for (const char *c = call->layout; *c != '\0'; c++) {
        if (strchr("NCHW", *c) == NULL)
            return refuse(message, size, "layout", call->layout);
    }
    for (size_t i = 0; i < call->array_count; i++) {
        if (!is_served(call->arrays[i]))
            return refuse(message, size, "such type of", call->arrays[i]->name);
    }
    return WARPCHECK_OK;
}

/* The matrix from output to source. */
static int32_t read_matrix(struct job *job, int inverse_map, char *message, size_t size)
{
    double m[6], det;

    for (int i = 0; i < 6; i++)
        m[i] = get(job->matrix,
                   i / 3 * job->matrix->strides[0] + i % 3 * job->matrix->strides[1]);
    if (inverse_map == 1) {
        memcpy(job->back, m, sizeof m);
        return WARPCHECK_OK;
    }
    det = m[0] * m[4] - m[1] * m[3];
    if (!(fabs(det) > 0.0))
        return refuse(message, size, "singular", "matrix");
    job->back[0] = m[4] / det;
    job->back[1] = -m[1] / det;
    job->back[3] = -m[3] / det;
    job->back[4] = m[0] / det;
    job->back[2] = -(job->back[0] * m[2] + job->back[1] * m[5]);
    job->back[5] = -(job->back[3] * m[2] + job->back[4] * m[5]);
    return WARPCHECK_OK;
}

/* Where the sample at row y and column x of the output lies in the source. */
static void place(const struct job *job, int64_t y, int64_t x, double *sx, double *sy)
{
    const double *b = job->back;

    if (job->matrix != NULL) {
        *sx = b[0] * (double)x + b[1] * (double)y + b[2];
        *sy = b[3] * (double)x + b[4] * (double)y + b[5];
    } else {
        *sx = get(job->map_x, y * job->map_x->strides[0] + x * job->map_x->strides[1]);
        *sy = get(job->map_y, y * job->map_y->strides[0] + x * job->map_y->strides[1]);
    }
}

/* A pixel that a sample reads, its weight, the weight's slopes along x and y, and its
 * second derivative by both; that by either alone is 0. */
struct tap {
    int64_t x, y;
    int inside; /* else it is the border's value */
    double weight, slope_x, slope_y, bend;
};

static int64_t clamp(double index, int64_t size)
{
    return index < 0.0 ? 0 : index > (double)(size - 1) ? size - 1 : (int64_t)index;
}

static void list_taps(const struct job *job, double sx, double sy, struct tap taps[4])
{
    double x0 = floor(sx), y0 = floor(sy), fx = sx - x0, fy = sy - y0;
    const double wx[2] = {1.0 - fx, fx}, wy[2] = {1.0 - fy, fy};
    const double slope[2] = {-1.0, 1.0};
    int64_t w = job->image.width, h = job->image.height;

    for (int i = 0; i < 4; i++) {
        int a = i % 2, b = i / 2;
        double x = x0 + a, y = y0 + b;

        taps[i] = (struct tap){.x = clamp(x, w),
                               .y = clamp(y, h),
                               .weight = wx[a] * wy[b],
                               .slope_x = slope[a] * wy[b],
                               .slope_y = wx[a] * slope[b],
                               .bend = slope[a] * slope[b]};
        taps[i].inside =
            job->replicate || (x >= 0.0 && x < (double)w && y >= 0.0 && y < (double)h);
    }
}

static double read_tap(const struct job *job, const struct tap *tap, int64_t n,
                       int64_t c)
{
    if (tap->inside)
        return get(job->image.tensor, at(&job->image, n, c, tap->y, tap->x));
    return job->border_value != NULL
               ? get(job->border_value, c * job->border_value->strides[0])
               : 0.0;
}

static int32_t prepare(const struct warpcheck_call *call, struct job *job,
                       const struct warpcheck_tensor *output, char *message,
                       size_t size)
{
    const struct warpcheck_tensor *const *given = call->arrays;
    const struct warpcheck_tensor *image = find(given, call->array_count, "image");

    *job = (struct job){.replicate = strcmp(call->border, "replicate") == 0};
    job->matrix = find(given, call->array_count, "matrix");
    job->map_x = find(given, call->array_count, "map_x");
    job->map_y = find(given, call->array_count, "map_y");
    job->border_value = find(given, call->array_count, "border_value");
    if (image == NULL || output == NULL)
        return refuse(message, size, "image or", "output");
    job->image = view(image, call->layout);
    job->output = view(output, call->layout);
    job->height = job->output.height;
    job->width = job->output.width;
    if (job->matrix != NULL)
        return read_matrix(job, call->inverse_map, message, size);
    if (job->map_x == NULL || job->map_y == NULL)
        return refuse(message, size, "matrix", "and no maps");
    return WARPCHECK_OK;
}

/* ---- the output ---- */

static int32_t forward(const struct warpcheck_call *call, char *message, size_t size)
{
    struct job job;
    int32_t answer = check(call, message, size);

    if (answer == WARPCHECK_OK)
        answer = prepare(call, &job, find(call->wanted, call->wanted_count, "output"),
                         message, size);
    if (answer != WARPCHECK_OK)
        return answer;
    for (int64_t i = 0; i < job.height * job.width; i++) {
        int64_t y = i / job.width, x = i % job.width;
        struct tap taps[4];
        double sx, sy;

        place(&job, y, x, &sx, &sy);
        list_taps(&job, sx, sy, taps);
        for (int64_t p = 0; p < job.image.batch * job.image.channels; p++) {
            int64_t n = p / job.image.channels, c = p % job.image.channels;
            double sum = 0.0;

            for (int t = 0; t < 4; t++)
                sum += taps[t].weight * read_tap(&job, &taps[t], n, c);
            set(job.output.tensor, at(&job.output, n, c, y, x), sum);
        }
    }
    return WARPCHECK_OK;
}

/* ---- the gradients ---- */

static void add(const struct warpcheck_tensor *tensor, int64_t index, double value)
{
    set(tensor, index, get(tensor, index) + value);
}

static void clear(const struct warpcheck_tensor *tensor)
{
    int64_t count = 1;

    for (int axis = 0; axis < tensor->rank; axis++)
        count *= tensor->shape[axis];
    for (int64_t i = 0; i < count; i++) {
        int64_t index = 0, rest = i;

        for (int axis = tensor->rank - 1; axis >= 0; axis--) {
            index += rest % tensor->shape[axis] * tensor->strides[axis];
            rest /= tensor->shape[axis];
        }
        set(tensor, index, 0.0);
    }
}

/* Which gradients are wanted: names that are not known are not served. */
static int32_t read_wanted(const struct warpcheck_call *call, struct job *job,
                           char *message, size_t size)
{
    for (size_t i = 0; i < call->wanted_count; i++) {
        const struct warpcheck_tensor *wanted = call->wanted[i];

        if (strcmp(wanted->name, "grad_image") == 0) {
            job->grad_image = view(wanted, call->layout);
            job->wants_image = 1;
        } else if (strcmp(wanted->name, "grad_matrix") == 0) {
            job->grad_matrix = wanted;
        } else if (strcmp(wanted->name, "grad_map_x") == 0) {
            job->grad_map_x = wanted;
        } else if (strcmp(wanted->name, "grad_map_y") == 0) {
            job->grad_map_y = wanted;
        } else if (strcmp(wanted->name, "grad_border_value") == 0) {
            job->grad_border_value = wanted;
        } else {
            return refuse(message, size, "gradient", wanted->name);
        }
        clear(wanted);
    }
    return WARPCHECK_OK;
}

/* One sample's share: to the pixels it read, or to the border's value; gx and gy add up
 * what its coordinates get. */
static void scatter(const struct job *job, const struct tap *tap, int64_t n, int64_t c,
                    double g)
{
    if (tap->inside && job->wants_image)
        add(job->grad_image.tensor, at(&job->grad_image, n, c, tap->y, tap->x),
            tap->weight * g);
    if (!tap->inside && job->grad_border_value != NULL)
        add(job->grad_border_value, c * job->grad_border_value->strides[0],
            tap->weight * g);
}

static void pull_back(struct job *job, int64_t y, int64_t x)
{
    struct tap taps[4];
    double sx, sy, gx = 0.0, gy = 0.0;

    place(job, y, x, &sx, &sy);
    list_taps(job, sx, sy, taps);
    for (int64_t p = 0; p < job->image.batch * job->image.channels; p++) {
        int64_t n = p / job->image.channels, c = p % job->image.channels;
        double g = get(job->output.tensor, at(&job->output, n, c, y, x));

        for (int t = 0; t < 4; t++) {
            double value = read_tap(job, &taps[t], n, c);

            scatter(job, &taps[t], n, c, g);
            gx += taps[t].slope_x * value * g;
            gy += taps[t].slope_y * value * g;
        }
    }
    job->matrix_gradient[0] += gx * (double)x;
    job->matrix_gradient[1] += gx * (double)y;
    job->matrix_gradient[2] += gx;
    job->matrix_gradient[3] += gy * (double)x;
    job->matrix_gradient[4] += gy * (double)y;
    job->matrix_gradient[5] += gy;
    if (job->grad_map_x != NULL)
        set(job->grad_map_x,
            y * job->grad_map_x->strides[0] + x * job->grad_map_x->strides[1], gx);
    if (job->grad_map_y != NULL)
        set(job->grad_map_y,
            y * job->grad_map_y->strides[0] + x * job->grad_map_y->strides[1], gy);
}

/* From the gradient G of `back`, [B | s], to that of the matrix [A | t] it is the
 * inverse of: B = A^-1 and s = -B t, so dB = -B dA B and ds = -dB t - B dt.  With
 * E = G_B - G_s t^T (what dB gets in all), A gets -B^T E B^T, and t gets -B^T G_s. */
static void invert_gradient(const struct job *job, double gradient[6])
{
    const double *b = job->back, *g = job->matrix_gradient;
    double t[2], e[4], f[4];

    for (int j = 0; j < 2; j++)
        t[j] =
            get(job->matrix, j * job->matrix->strides[0] + 2 * job->matrix->strides[1]);
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++)
            e[2 * i + j] = g[3 * i + j] - g[3 * i + 2] * t[j];
    }
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++)
            f[2 * i + j] = b[i] * e[j] + b[3 + i] * e[2 + j];
    }
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++)
            gradient[3 * i + j] = -(f[2 * i] * b[3 * j] + f[2 * i + 1] * b[3 * j + 1]);
        gradient[3 * i + 2] = -(b[i] * g[2] + b[3 + i] * g[5]);
    }
}

static void write_matrix(const struct job *job, int inverse_map)
{
    double gradient[6];

    memcpy(gradient, job->matrix_gradient, sizeof gradient);
    if (inverse_map != 1)
        invert_gradient(job, gradient);
    for (int i = 0; i < 6; i++)
        set(job->grad_matrix,
            i / 3 * job->grad_matrix->strides[0] + i % 3 * job->grad_matrix->strides[1],
            gradient[i]);
}

static int32_t vjp(const struct warpcheck_call *call, char *message, size_t size)
{
    struct job job;
    int32_t answer = check(call, message, size);

    if (answer == WARPCHECK_OK)
        answer =
            prepare(call, &job, find(call->arrays, call->array_count, "grad_output"),
                    message, size);
    if (answer == WARPCHECK_OK)
        answer = read_wanted(call, &job, message, size);
    if (answer != WARPCHECK_OK)
        return answer;
    for (int64_t i = 0; i < job.height * job.width; i++)
        pull_back(&job, i / job.width, i % job.width);
    if (job.grad_matrix != NULL && job.matrix != NULL)
        write_matrix(&job, call->inverse_map);
    return WARPCHECK_OK;
}

/* ---- forward mode ---- */

/* The tangent of `back`, [B | s], from that of the matrix [A | t] it is the inverse of:
 * dB = -B dA B, and ds = -dB t - B dt = -B (dA s + dt), as s = -B t. */
static void invert_tangent(struct job *job, const double m[6])
{
    const double *b = job->back;
    double e[6]; /* [dA B | dA s + dt] */

    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++)
            e[3 * i + j] = m[3 * i] * b[j] + m[3 * i + 1] * b[3 + j] +
                           (j == 2 ? m[3 * i + 2] : 0.0);
    }
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++)
            job->tangent_back[3 * i + j] = -(b[3 * i] * e[j] + b[3 * i + 1] * e[3 + j]);
    }
}

/* Which tangents are given; those that are not are 0. */
static void read_tangents(const struct warpcheck_call *call, struct job *job)
{
    const struct warpcheck_tensor *const *given = call->arrays;
    size_t count = call->array_count;
    const struct warpcheck_tensor *image = find(given, count, "tangent_image");
    const struct warpcheck_tensor *matrix = find(given, count, "tangent_matrix");
    double m[6];

    job->has_tangent_image = image != NULL;
    if (image != NULL)
        job->tangent_image = view(image, call->layout);
    job->tangent_matrix = matrix;
    job->tangent_map_x = find(given, count, "tangent_map_x");
    job->tangent_map_y = find(given, count, "tangent_map_y");
    job->tangent_border_value = find(given, count, "tangent_border_value");
    if (matrix == NULL || job->matrix == NULL)
        return;
    for (int i = 0; i < 6; i++)
        m[i] = get(matrix, i / 3 * matrix->strides[0] + i % 3 * matrix->strides[1]);
    if (call->inverse_map == 1)
        memcpy(job->tangent_back, m, sizeof m);
    else
        invert_tangent(job, m);
}

/* How the coordinates of the sample at row y and column x move. */
static void move(const struct job *job, int64_t y, int64_t x, double *dx, double *dy)
{
    const double *b = job->tangent_back;
    const struct warpcheck_tensor *map_x = job->tangent_map_x;
    const struct warpcheck_tensor *map_y = job->tangent_map_y;

    *dx = b[0] * (double)x + b[1] * (double)y + b[2];
    *dy = b[3] * (double)x + b[4] * (double)y + b[5];
    if (map_x != NULL)
        *dx += get(map_x, y * map_x->strides[0] + x * map_x->strides[1]);
    if (map_y != NULL)
        *dy += get(map_y, y * map_y->strides[0] + x * map_y->strides[1]);
}

/* The tangent of what a tap reads. */
static double read_tangent(const struct job *job, const struct tap *tap, int64_t n,
                           int64_t c)
{
    const struct warpcheck_tensor *border = job->tangent_border_value;

    if (tap->inside)
        return job->has_tangent_image
                   ? get(job->tangent_image.tensor,
                         at(&job->tangent_image, n, c, tap->y, tap->x))
                   : 0.0;
    return border != NULL ? get(border, c * border->strides[0]) : 0.0;
}

static void push_forward(const struct job *job, int64_t y, int64_t x)
{
    struct tap taps[4];
    double sx, sy, dx, dy;

    place(job, y, x, &sx, &sy);
    move(job, y, x, &dx, &dy);
    list_taps(job, sx, sy, taps);
    for (int64_t p = 0; p < job->image.batch * job->image.channels; p++) {
        int64_t n = p / job->image.channels, c = p % job->image.channels;
        double sum = 0.0;

        for (int t = 0; t < 4; t++)
            sum += taps[t].weight * read_tangent(job, &taps[t], n, c) +
                   (taps[t].slope_x * dx + taps[t].slope_y * dy) *
                       read_tap(job, &taps[t], n, c);
        set(job->output.tensor, at(&job->output, n, c, y, x), sum);
    }
}

static int32_t jvp(const struct warpcheck_call *call, char *message, size_t size)
{
    struct job job;
    int32_t answer = check(call, message, size);

    if (answer == WARPCHECK_OK)
        answer = prepare(call, &job,
                         find(call->wanted, call->wanted_count, "tangent_output"),
                         message, size);
    if (answer != WARPCHECK_OK)
        return answer;
    read_tangents(call, &job);
    for (int64_t i = 0; i < job.height * job.width; i++)
        push_forward(&job, i / job.width, i % job.width);
    return WARPCHECK_OK;
}

/* ---- double backward ---- */

/* What S runs along, and where its derivatives go; tensors that are NULL are 0, or not
 * wanted. */
struct second {
    const struct warpcheck_tensor *along_x, *along_y, *to_x, *to_y;
    struct image along, to_upstream, to_image; /* their tensors likewise */
};

static struct image view_if(const struct warpcheck_tensor *tensor, const char *layout)
{
    struct image none = {0};

    return tensor != NULL ? view(tensor, layout) : none;
}

static int64_t at_sample(const struct warpcheck_tensor *map, int64_t y, int64_t x)
{
    return y * map->strides[0] + x * map->strides[1];
}

static double along(const struct warpcheck_tensor *map, int64_t y, int64_t x)
{
    return map != NULL ? get(map, at_sample(map, y, x)) : 0.0;
}

/* One sample of S = sum(along_image * grad_image) + sum(along_map * grad_map): it is
 * linear in the upstream value g, and sums over the taps
 *
 *     g (w a + (b_x w_x + b_y w_y) v)
 *
 * of weight w, slopes w_x and w_y, value v and along_image a. */
static void derive(const struct job *job, const struct second *s, int64_t y, int64_t x)
{
    double bx = along(s->along_x, y, x), by = along(s->along_y, y, x);
    double sx, sy, to_x = 0.0, to_y = 0.0;
    struct tap taps[4];

    place(job, y, x, &sx, &sy);
    list_taps(job, sx, sy, taps);
    for (int64_t p = 0; p < job->image.batch * job->image.channels; p++) {
        int64_t n = p / job->image.channels, c = p % job->image.channels;
        double g = get(job->output.tensor, at(&job->output, n, c, y, x)), sum = 0.0;

        for (int t = 0; t < 4; t++) {
            const struct tap *tap = &taps[t];
            double value = read_tap(job, tap, n, c), a = 0.0;
            double moved = bx * tap->slope_x + by * tap->slope_y;

            if (tap->inside && s->along.tensor != NULL)
                a = get(s->along.tensor, at(&s->along, n, c, tap->y, tap->x));
            sum += tap->weight * a + moved * value;
            to_x += g * (tap->slope_x * a + by * tap->bend * value);
            to_y += g * (tap->slope_y * a + bx * tap->bend * value);
            if (tap->inside && s->to_image.tensor != NULL)
                add(s->to_image.tensor, at(&s->to_image, n, c, tap->y, tap->x),
                    g * moved);
        }
        if (s->to_upstream.tensor != NULL)
            set(s->to_upstream.tensor, at(&s->to_upstream, n, c, y, x), sum);
    }
    if (s->to_x != NULL)
        set(s->to_x, at_sample(s->to_x, y, x), to_x);
    if (s->to_y != NULL)
        set(s->to_y, at_sample(s->to_y, y, x), to_y);
}

static int32_t second(const struct warpcheck_call *call, char *message, size_t size)
{
    const struct warpcheck_tensor *const *given = call->arrays, *const *to =
                                                                    call->wanted;
    size_t count = call->array_count, wanted = call->wanted_count;
    struct second s = {.along_x = find(given, count, "along_map_x"),
                       .along_y = find(given, count, "along_map_y"),
                       .to_x = find(to, wanted, "second_map_x"),
                       .to_y = find(to, wanted, "second_map_y")};
    struct job job;
    int32_t answer = check(call, message, size);

    if (answer == WARPCHECK_OK)
        answer = prepare(call, &job, find(given, count, "grad_output"), message, size);
    if (answer != WARPCHECK_OK)
        return answer;
    s.along = view_if(find(given, count, "along_image"), call->layout);
    s.to_upstream = view_if(find(to, wanted, "second_grad_output"), call->layout);
    s.to_image = view_if(find(to, wanted, "second_image"), call->layout);
    if (s.to_image.tensor != NULL)
        clear(s.to_image.tensor);
    for (int64_t i = 0; i < job.height * job.width; i++)
        derive(&job, &s, i / job.width, i % job.width);
    return WARPCHECK_OK;
}

/* ---- what it is for ---- */

static void describe(struct warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"warp", NULL};
    static const char *const arrays[] = {"matrix", "map_x", NULL};
    static const char *const gradients[] = {"image", "matrix",       "map_x",
                                            "map_y", "border_value", NULL};
    static const char *const along_these[] = {"image", "map_x", "map_y", NULL};
    static const char *const dtypes[] = {"float32", "float64", NULL};

    capabilities->name = "bilinear example 1.0";
    capabilities->conventions = conventions;
    capabilities->arrays = arrays;
    capabilities->gradients = gradients;
    capabilities->dtypes = dtypes;
    /* The struct is the host's: one of version 1.0 or 1.1 ends before. */
    if (capabilities->size > offsetof(struct warpcheck_capabilities, tangents))
        capabilities->tangents = gradients;
    if (capabilities->size > offsetof(struct warpcheck_capabilities, along))
        capabilities->along = along_these;
}

/* The one symbol that a plugin exports. */
const struct warpcheck_plugin *warpcheck_plugin(void);

const struct warpcheck_plugin *warpcheck_plugin(void)
{
    static const struct warpcheck_plugin plugin = {.size = sizeof plugin,
                                                   .major = WARPCHECK_PLUGIN_MAJOR,
                                                   .minor = WARPCHECK_PLUGIN_MINOR,
                                                   .describe = describe,
                                                   .forward = forward,
                                                   .vjp = vjp,
                                                   .jvp = jvp,
                                                   .second = second};

    return &plugin;
}
