/* The warp in one type, REAL, every operation of which rounds to it; NAME(x) is x with
 * the type's suffix.  Included by forms.c once for each type. */

/* The integer, or the nearest that is FAR; NaN is as far as any. */
static int64_t NAME(whole)(REAL index)
{
    if (index >= (REAL)FAR)
        return FAR;
    return index > -(REAL)FAR ? (int64_t)index : -FAR;
}

static int64_t NAME(fold)(REAL index, int64_t n, enum border border)
{
    int64_t i = NAME(whole)(index), period;

    if (i >= 0 && i < n)
        return i;
    switch (border) {
    case CONSTANT:
        return OUTSIDE;
    case REPLICATE:
        return i < 0 ? 0 : n - 1;
    case REFLECT:
        period = 2 * n;
        i = (i % period + period) % period;
        return i < n ? i : period - 1 - i;
    case REFLECT_101:
        if (n == 1)
            return 0;
        period = 2 * n - 2;
        i = (i % period + period) % period;
        return i < n ? i : period - i;
    case WRAP:
    default:
        return (i % n + n) % n;
    }
}

/* An axis of a sample: where its taps are, their weights and slopes. */
struct NAME(axis) {
    int count;
    int64_t index[4];
    REAL weight[4], slope[4], fraction;
};

static REAL NAME(outer)(REAL a, REAL x)
{
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

static REAL NAME(inner)(REAL a, REAL x)
{
    return ((a + 2) * x - (a + 3)) * x * x + 1;
}

static REAL NAME(outer_slope)(REAL a, REAL x)
{
    return (3 * a * x - 10 * a) * x + 8 * a;
}

static REAL NAME(inner_slope)(REAL a, REAL x)
{
    return (3 * (a + 2) * x - 2 * (a + 3)) * x;
}

static void NAME(weigh)(const struct job *job, struct NAME(axis) * axis, REAL t)
{
    REAL a = (REAL)job->a;

    axis->fraction = t;
    if (axis->count == 1) {
        axis->weight[0] = 1;
        axis->slope[0] = 0;
    } else if (axis->count == 2) {
        axis->weight[0] = 1 - t;
        axis->weight[1] = t;
        axis->slope[0] = -1;
        axis->slope[1] = 1;
    } else {
        axis->weight[0] = NAME(outer)(a, t + 1);
        axis->weight[1] = NAME(inner)(a, t);
        axis->weight[2] = NAME(inner)(a, 1 - t);
        axis->weight[3] = job->form->remainder
                              ? 1 - axis->weight[0] - axis->weight[1] - axis->weight[2]
                              : NAME(outer)(a, 2 - t);
        axis->slope[0] = NAME(outer_slope)(a, t + 1);
        axis->slope[1] = NAME(inner_slope)(a, t);
        axis->slope[2] = -NAME(inner_slope)(a, 1 - t);
        axis->slope[3] = -NAME(outer_slope)(a, 2 - t);
    }
}

static struct NAME(axis) NAME(taps)(const struct job *job, REAL u, int64_t n)
{
    struct NAME(axis) axis = {.count = job->support};
    REAL base = job->support == 1 ? FLOOR(u + (REAL)0.5) : FLOOR(u);

    NAME(weigh)(job, &axis, u - base);
    for (int k = 0; k < axis.count; k++)
        axis.index[k] =
            NAME(fold)(base + (REAL)(k - (job->support == 4 ? 1 : 0)), n, job->border);
    return axis;
}

/* b0 x + b1 y + b2, by the form's order. */
static REAL NAME(line)(const struct job *job, const REAL *b, REAL x, REAL y)
{
    switch (job->form->line) {
    case FUSED:
        return FMA(b[0], x, FMA(b[1], y, b[2]));
    case ROW_FIRST:
        return b[0] * x + (b[1] * y + b[2]);
    case BY_GRID: /* the matrix is one of the grid's numbers */
    case PLAIN:
    default:
        return b[0] * x + b[1] * y + b[2];
    }
}

/* Pixel i of n as -1 .. 1 from edge to edge, and back. */
static REAL NAME(number_of)(REAL i, int64_t n)
{
    return (2 * i + 1) / (REAL)n - 1;
}

static REAL NAME(pixel_of)(REAL number, int64_t n)
{
    return ((number + 1) * (REAL)n - 1) / 2;
}

/* A row of the matrix between such numbers, and the pixel on an axis of n. */
static REAL NAME(by_grid)(const struct job *job, const REAL *b, int64_t y, int64_t x,
                          int64_t n)
{
    int64_t width = job->output.width, height = job->output.height;
    const REAL middle = b[0] * ((REAL)width - 1) / 2 + b[1] * ((REAL)height - 1) / 2;
    const REAL theta[3] = {b[0] * (REAL)width / (REAL)n, b[1] * (REAL)height / (REAL)n,
                           NAME(number_of)(middle + b[2], n)};

    return NAME(pixel_of)(NAME(line)(job, theta, NAME(number_of)((REAL)x, width),
                                     NAME(number_of)((REAL)y, height)),
                          n);
}

static void NAME(place)(const struct job *job, int64_t y, int64_t x, REAL *sx, REAL *sy)
{
    if (job->matrix != NULL) {
        const REAL b[6] = {(REAL)job->back[0], (REAL)job->back[1], (REAL)job->back[2],
                           (REAL)job->back[3], (REAL)job->back[4], (REAL)job->back[5]};

        if (job->form->line == BY_GRID) {
            *sx = NAME(by_grid)(job, b, y, x, job->image.width);
            *sy = NAME(by_grid)(job, b + 3, y, x, job->image.height);
            return;
        }
        *sx = NAME(line)(job, b, (REAL)x, (REAL)y);
        *sy = NAME(line)(job, b + 3, (REAL)x, (REAL)y);
    } else {
        *sx = (REAL)get(job->map_x,
                        y * job->map_x->strides[0] + x * job->map_x->strides[1]);
        *sy = (REAL)get(job->map_y,
                        y * job->map_y->strides[0] + x * job->map_y->strides[1]);
    }
}

static REAL NAME(read)(const struct job *job, int64_t n, int64_t c, int64_t y,
                       int64_t x)
{
    if (y != OUTSIDE && x != OUTSIDE)
        return (REAL)get(job->image.tensor, at(&job->image, n, c, y, x));
    return job->border_value != NULL
               ? (REAL)get(job->border_value, c * job->border_value->strides[0])
               : 0;
}

static REAL NAME(lerp)(REAL a, REAL b, REAL t)
{
    return a + t * (b - a);
}

static REAL NAME(sum_of)(const struct job *job, const struct NAME(axis) * ax,
                         const struct NAME(axis) * ay, int64_t n, int64_t c)
{
    REAL sum = 0;

    if (job->form->sum == LERP && ax->count == 2)
        return NAME(lerp)(
            NAME(lerp)(NAME(read)(job, n, c, ay->index[0], ax->index[0]),
                       NAME(read)(job, n, c, ay->index[0], ax->index[1]), ax->fraction),
            NAME(lerp)(NAME(read)(job, n, c, ay->index[1], ax->index[0]),
                       NAME(read)(job, n, c, ay->index[1], ax->index[1]), ax->fraction),
            ay->fraction);
    for (int i = 0; i < ay->count; i++) {
        REAL row = 0;

        for (int k = 0; k < ax->count; k++) {
            int j = job->form->sum == BACKWARDS ? ax->count - 1 - k : k;
            REAL x = NAME(read)(job, n, c, ay->index[i], ax->index[j]);

            if (job->form->sum == BY_ROWS)
                row = FMA(ax->weight[j], x, row);
            else if (job->form->sum == BY_FMA)
                sum = FMA(ay->weight[i] * ax->weight[j], x, sum);
            else
                sum += ay->weight[i] * ax->weight[j] * x;
        }
        if (job->form->sum == BY_ROWS)
            sum += ay->weight[i] * row;
    }
    return sum;
}

static void NAME(forward)(const struct job *job)
{
    int64_t samples = job->output.height * job->output.width;

#pragma omp parallel for num_threads(job->form->threads)
    for (int64_t i = 0; i < samples; i++) {
        int64_t y = i / job->output.width, x = i % job->output.width;
        struct NAME(axis) ax, ay;
        REAL sx, sy;

        NAME(place)(job, y, x, &sx, &sy);
        ax = NAME(taps)(job, sx, job->image.width);
        ay = NAME(taps)(job, sy, job->image.height);
        for (int64_t n = 0; n < job->image.batch; n++) {
            for (int64_t c = 0; c < job->image.channels; c++)
                set(job->output.tensor, at(&job->output, n, c, y, x),
                    (double)NAME(sum_of)(job, &ax, &ay, n, c));
        }
    }
}

/* ---- backwards ---- */

static void NAME(add)(const struct warpcheck_tensor *tensor, int64_t index, REAL value)
{
    set(tensor, index, (double)((REAL)get(tensor, index) + value));
}

static void NAME(scatter)(const struct job *job, const struct NAME(axis) * ax,
                          const struct NAME(axis) * ay, int64_t n, int64_t c, REAL g,
                          REAL of[2])
{
    for (int i = 0; i < ay->count; i++) {
        for (int j = 0; j < ax->count; j++) {
            bool inside = ay->index[i] != OUTSIDE && ax->index[j] != OUTSIDE;
            REAL x = NAME(read)(job, n, c, ay->index[i], ax->index[j]);
            REAL sent = ay->weight[i] * ax->weight[j] * g;

            if (inside && job->wants_image)
                NAME(add)
            (job->grad_image.tensor,
             at(&job->grad_image, n, c, ay->index[i], ax->index[j]), sent);
            if (!inside && job->grad_border_value != NULL)
                NAME(add)
            (job->grad_border_value, c * job->grad_border_value->strides[0], sent);
            of[0] += ay->weight[i] * ax->slope[j] * x * g;
            of[1] += ay->slope[i] * ax->weight[j] * x * g;
        }
    }
}

static void NAME(vjp)(struct job *job)
{
    REAL of_back[6] = {0};

    for (int64_t i = 0; i < job->output.height * job->output.width; i++) {
        int64_t y = i / job->output.width, x = i % job->output.width;
        struct NAME(axis) ax, ay;
        REAL sx, sy, of[2] = {0};

        NAME(place)(job, y, x, &sx, &sy);
        ax = NAME(taps)(job, sx, job->image.width);
        ay = NAME(taps)(job, sy, job->image.height);
        for (int64_t n = 0; n < job->image.batch; n++) {
            for (int64_t c = 0; c < job->image.channels; c++)
                NAME(scatter)
            (job, &ax, &ay, n, c,
             (REAL)get(job->output.tensor, at(&job->output, n, c, y, x)), of);
        }
        for (int k = 0; k < 2; k++) {
            of_back[3 * k] += of[k] * (REAL)x;
            of_back[3 * k + 1] += of[k] * (REAL)y;
            of_back[3 * k + 2] += of[k];
        }
        if (job->grad_map_x != NULL)
            set(job->grad_map_x,
                y * job->grad_map_x->strides[0] + x * job->grad_map_x->strides[1],
                (double)of[0]);
        if (job->grad_map_y != NULL)
            set(job->grad_map_y,
                y * job->grad_map_y->strides[0] + x * job->grad_map_y->strides[1],
                (double)of[1]);
    }
    for (int k = 0; k < 6; k++)
        job->of_back[k] = (double)of_back[k];
}
