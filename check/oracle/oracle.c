#include "check/oracle/oracle.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- numbers ---- */

static oracle_real absolute(oracle_real value)
{
    return value < 0 ? -value : value;
}

static bool is_finite(oracle_real value)
{
    return value >= -DBL_MAX && value <= DBL_MAX;
}

/* Exact for any finite value: a part that fits an integer type at a time. */
static oracle_real floor_of(oracle_real value)
{
    const oracle_real part = 0x1p62, whole_beyond = 0x1p112;
    long long truncated;

    if (absolute(value) >= whole_beyond)
        return value;
    if (absolute(value) >= part) {
        oracle_real high = (oracle_real)(long long)(value / part) * part;

        return high + floor_of(value - high);
    }
    truncated = (long long)value;
    return (oracle_real)(truncated > value ? truncated - 1 : truncated);
}

oracle_real oracle_gamma(oracle_real n)
{
    return n * 0x1p-53 / (1 - n * 0x1p-53);
}

void oracle_add(struct oracle_sum *sum, oracle_real value, oracle_real magnitude)
{
    sum->value += value;
    sum->magnitude += magnitude;
    sum->terms += magnitude > 0;
}

/* ---- kernels: w(t) at t = u - i, and its derivative from the right ---- */

struct kernel {
    const char *name;
    bool is_average; /* the weights vary with u; else they are 0 and 1 */
    oracle_real (*weight)(oracle_real t);
    oracle_real (*slope)(oracle_real t);
};

static oracle_real nearest_weight(oracle_real t)
{
    return t >= -0.5 && t < 0.5;
}

static oracle_real nearest_slope(oracle_real t)
{
    (void)t;
    return 0;
}

static oracle_real bilinear_weight(oracle_real t)
{
    return absolute(t) < 1 ? 1 - absolute(t) : 0;
}

static oracle_real bilinear_slope(oracle_real t)
{
    return t >= -1 && t < 0 ? 1 : t >= 0 && t < 1 ? -1 : 0;
}

static const struct kernel kernels[] = {
    {"nearest",  false, nearest_weight,  nearest_slope },
    {"bilinear", true,  bilinear_weight, bilinear_slope},
};

static const struct kernel *find_kernel(const char *name)
{
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        if (strcmp(kernels[i].name, name) == 0)
            return &kernels[i];
    }
    assert(!"a kernel that the oracle does not know");
    return NULL;
}

/* ---- borders ---- */

/* Moves i by whole periods to between -period and period: by the largest doubled period
 * that fits, then by the halves of it, so that every subtraction is exact. */
static oracle_real approach(oracle_real i, oracle_real period)
{
    oracle_real step = period;

    while (2 * step <= absolute(i))
        step *= 2;
    for (; step >= period; step /= 2) {
        if (i >= step)
            i -= step;
        else if (i <= -step)
            i += step;
    }
    return i;
}

long oracle_fold(const char *border, oracle_real base, int k, long n)
{
    long i;

    if (strcmp(border, "constant") == 0)
        return base + k < 0 || base + k >= n ? -1 : (long)(base + k);
    if (strcmp(border, "replicate") == 0)
        return base + k < 0 ? 0 : base + k >= n ? n - 1 : (long)(base + k);
    if (strcmp(border, "wrap") == 0) {
        i = (long)approach(base, n) + k;
        while (i < 0)
            i += n;
        while (i >= n)
            i -= n;
        return i;
    }
    if (strcmp(border, "reflect") == 0) {
        i = (long)approach(base, 2 * n) + k;
        while (i < 0 || i >= n)
            i = i < 0 ? -1 - i : 2 * n - 1 - i; /* mirrors at -1/2 and n - 1/2 */
        return i;
    }
    assert(strcmp(border, "reflect_101") == 0);
    if (n == 1)
        return 0;
    i = (long)approach(base, 2 * n - 2) + k;
    while (i < 0 || i >= n)
        i = i < 0 ? -i : 2 * n - 2 - i; /* mirrors at 0 and n - 1 */
    return i;
}

/* ---- the map ---- */

/* The matrix that maps the output to the source. */
struct backward {
    oracle_real a, b, d, e;   /* linear part */
    oracle_real ax, ay;       /* taken from the output coordinate before it */
    oracle_real cx, cy;       /* added after it */
    oracle_real conditioning; /* k of oracle_source_roundings, 0 if not inverted */
};

static struct backward backward_of(const struct oracle_scene *scene)
{
    const double *m = scene->matrix;
    oracle_real a = m[0], b = m[1], d = m[3], e = m[4], determinant = a * e - b * d;

    if (!scene->source_to_output)
        return (struct backward){
            .a = a, .b = b, .d = d, .e = e, .cx = m[2], .cy = m[5]};
    /* Cramer's rule for a x + b y = X - c, d x + e y = Y - f. */
    return (struct backward){
        .a = e / determinant,
        .b = -b / determinant,
        .d = -d / determinant,
        .e = a / determinant,
        .ax = m[2],
        .ay = m[5],
        .conditioning = (absolute(a * e) + absolute(b * d)) / absolute(determinant),
    };
}

/* Row {p, q, r} of the map at (X - ax, Y - ay). */
static struct oracle_sum project(const struct backward *to, oracle_real p,
                                 oracle_real q, oracle_real r, oracle_real column,
                                 oracle_real row)
{
    struct oracle_sum sum = {0};

    oracle_add(&sum, p * column, absolute(p * column));
    oracle_add(&sum, q * row, absolute(q * row));
    oracle_add(&sum, -p * to->ax, absolute(p * to->ax));
    oracle_add(&sum, -q * to->ay, absolute(q * to->ay));
    oracle_add(&sum, r, absolute(r));
    return sum;
}

struct oracle_point oracle_source(const struct oracle_scene *scene, size_t sample)
{
    struct backward to = backward_of(scene);
    oracle_real column = (oracle_real)(sample % scene->output_width);
    oracle_real row = (oracle_real)(sample / scene->output_width);

    return (struct oracle_point){
        .x = project(&to, to.a, to.b, to.cx, column, row),
        .y = project(&to, to.d, to.e, to.cy, column, row),
    };
}

oracle_real oracle_source_roundings(const struct oracle_scene *scene)
{
    oracle_real k = backward_of(scene).conditioning;

    return scene->source_to_output ? 5 + 3 * k : 3;
}

oracle_real oracle_inverse_roundings(const struct oracle_scene *scene)
{
    oracle_real k = backward_of(scene).conditioning;

    return scene->source_to_output ? 4 + 3 * k : 0;
}

/* ---- one sample ---- */

/* A coordinate along one axis, split so that taps can be counted from its floor. */
struct coordinate {
    oracle_real floor, rest;
    bool finite, rest_is_rounded;
};

#define FIRST (-1) /* taps floor - 1 .. floor + 2: all with |u - i| <= 1, and more */
#define LAST 2

static struct coordinate split(oracle_real u)
{
    struct coordinate split = {.finite = is_finite(u)};

    if (!split.finite)
        return split;
    split.floor = floor_of(u);
    split.rest = u - split.floor;
    if (split.rest >= 1) /* rounded up: u is less than 0 by next to nothing */
        split.rest = 1 - (oracle_real)0x1p-112;
    split.rest_is_rounded = u > -0.5 && u < 0;
    return split;
}

struct place {
    const struct kernel *kernel;
    struct coordinate x, y;
};

static struct place place_of(const struct oracle_scene *scene, size_t sample)
{
    struct place place = {.kernel = find_kernel(scene->kernel)};

    if (scene->x != NULL) {
        place.x = split(scene->x[sample]);
        place.y = split(scene->y[sample]);
    } else {
        struct oracle_point point = oracle_source(scene, sample);

        place.x = split(point.x.value);
        place.y = split(point.y.value);
    }
    return place;
}

/* One factor of a term: w(u - floor - k) or its slope, and what the rounding errors of
 * it are relative to. */
struct factor {
    oracle_real value, magnitude;
};

static struct factor factor_of(const struct kernel *kernel, const struct coordinate *u,
                               int k, bool slope)
{
    oracle_real t = u->rest - k;
    oracle_real value = slope ? kernel->slope(t) : kernel->weight(t);
    bool is_rounded = kernel->is_average && u->rest_is_rounded && absolute(t) <= 1;

    return (struct factor){value, is_rounded && !slope ? 1 : absolute(value)};
}

static oracle_real pixel(const struct oracle_scene *scene, size_t plane, long y, long x)
{
    if (x < 0 || y < 0)
        return scene->border_value != NULL
                   ? scene->border_value[plane % scene->channels]
                   : 0;
    if (scene->image == NULL)
        return 0;
    return scene
        ->image[(plane * scene->source_height + (size_t)y) * scene->source_width +
                (size_t)x];
}

/* Which factor of w(x - i) w(y - j) is differentiated. */
enum derivative { NONE, BY_X, BY_Y };

static struct oracle_sum sample_sum(const struct oracle_scene *scene, size_t plane,
                                    size_t sample, enum derivative derivative)
{
    const long width = (long)scene->source_width, height = (long)scene->source_height;
    struct place p = place_of(scene, sample);
    struct oracle_sum sum = {0};

    if (!p.x.finite || !p.y.finite)
        return (struct oracle_sum){.value = (oracle_real)NAN};
    for (int j = FIRST; j <= LAST; j++) {
        struct factor wy = factor_of(p.kernel, &p.y, j, derivative == BY_Y);
        long y = oracle_fold(scene->border, p.y.floor, j, height);

        for (int i = FIRST; i <= LAST; i++) {
            struct factor wx = factor_of(p.kernel, &p.x, i, derivative == BY_X);
            long x = oracle_fold(scene->border, p.x.floor, i, width);
            oracle_real value = pixel(scene, plane, y, x);

            oracle_add(&sum, wy.value * wx.value * value,
                       wy.magnitude * wx.magnitude * absolute(value));
        }
    }
    return sum;
}

struct oracle_sum oracle_output(const struct oracle_scene *scene, size_t plane,
                                size_t sample)
{
    return sample_sum(scene, plane, sample, NONE);
}

struct oracle_sum oracle_slope(const struct oracle_scene *scene, size_t plane,
                               size_t sample, enum oracle_axis axis)
{
    return sample_sum(scene, plane, sample, axis == ORACLE_X ? BY_X : BY_Y);
}

/* The weights of all taps of the sample that read pixel (x, y); those that read the
 * border value if both are -1. */
static struct oracle_sum tap_sum(const struct oracle_scene *scene, size_t sample,
                                 long y, long x)
{
    const long width = (long)scene->source_width, height = (long)scene->source_height;
    struct place p = place_of(scene, sample);
    struct oracle_sum sum = {0};

    if (!p.x.finite || !p.y.finite)
        return sum;
    for (int j = FIRST; j <= LAST; j++) {
        struct factor wy = factor_of(p.kernel, &p.y, j, false);
        long row = oracle_fold(scene->border, p.y.floor, j, height);

        if (y >= 0 && row != y)
            continue;
        for (int i = FIRST; i <= LAST; i++) {
            struct factor wx = factor_of(p.kernel, &p.x, i, false);
            long column = oracle_fold(scene->border, p.x.floor, i, width);

            if (y >= 0 ? column == x : row < 0 || column < 0)
                oracle_add(&sum, wy.value * wx.value, wy.magnitude * wx.magnitude);
        }
    }
    return sum;
}

struct oracle_sum oracle_weight(const struct oracle_scene *scene, size_t sample,
                                size_t y, size_t x)
{
    return tap_sum(scene, sample, (long)y, (long)x);
}

struct oracle_sum oracle_border_weight(const struct oracle_scene *scene, size_t sample)
{
    return tap_sum(scene, sample, -1, -1);
}

oracle_real oracle_move(const struct oracle_scene *scene, size_t plane, size_t sample,
                        oracle_real dx, oracle_real dy)
{
    struct place p = place_of(scene, sample);
    oracle_real least = pixel(scene, plane, -1, -1), most = least;

    if (!p.x.finite || !p.y.finite)
        return 0;
    for (size_t y = 0; y < scene->source_height; y++) {
        for (size_t x = 0; x < scene->source_width; x++) {
            oracle_real value = pixel(scene, plane, (long)y, (long)x);

            least = value < least ? value : least;
            most = value > most ? value : most;
        }
    }
    if (p.kernel->is_average)
        return (dx + dy) * (most - least);
    return absolute(p.x.rest - 0.5) <= dx || absolute(p.y.rest - 0.5) <= dy
               ? most - least
               : 0;
}
