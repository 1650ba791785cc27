#include "src/checker/detour.h"

#include <math.h>
#include <stdlib.h>

#define SYMBOLS 192 /* roundings of the chain of matrices: 171 at most */
#define SIDE 3

/* A number, and what it has of each symbol. */
struct number {
    double value, part[SYMBOLS];
};

struct matrix {
    struct number entry[SIDE][SIDE];
};

struct chain {
    double u;
    size_t used;
    struct matrix of_source, of_output, of_pixels, inverse, product, whole;
    struct number one, two, three; /* of the step in hand */
};

/* The chain by the flag: -1 and 1 are the outer pixels' centres, or their edges. */
struct wck_detour {
    const struct wck_problem *problem;
    struct matrix by[2]; /* from the output's grid to the source's */
    double grown[2];     /* by the higher orders */
};

/* ---- numbers ---- */

static bool is_exact(const struct number *number, size_t used)
{
    for (size_t k = 0; k < used; k++) {
        if (fabs(number->part[k]) > 0.0)
            return false;
    }
    return true;
}

static bool is_single(double value)
{
    return fpclassify(wck_dtype_round(WCK_FLOAT32, value) - value) == FP_ZERO;
}

/* Rounds: a new symbol, unless nothing is lost. */
static void round_it(struct chain *chain, struct number *number)
{
    if (is_single(number->value) && is_exact(number, chain->used))
        return;
    number->part[chain->used++] = chain->u * fabs(number->value);
}

static void set(struct chain *chain, struct number *number, double value)
{
    *number = (struct number){.value = value};
    round_it(chain, number);
}

/* sum += c x, and no rounding. */
static void add(struct number *sum, double c, const struct number *x, size_t used)
{
    sum->value += c * x->value;
    for (size_t k = 0; k < used; k++)
        sum->part[k] += c * x->part[k];
}

static void multiply(struct chain *chain, struct number *product,
                     const struct number *a, const struct number *b)
{
    struct number *to = product;

    *to = (struct number){0};
    add(to, b->value, a, chain->used);
    to->value = 0.0;
    add(to, a->value, b, chain->used);
    round_it(chain, to);
}

/* sum of n products with signs: each product, and each sum but the first, is rounded,
 * in an order that nobody knows: sums are at most those of the magnitudes. */
static void dot(struct chain *chain, struct number *result,
                const struct number *const *a, const struct number *const *b,
                const double *sign, int n)
{
    double magnitude = 0.0;
    int terms = 0;
    bool exact = true;

    *result = (struct number){0};
    for (int i = 0; i < n; i++) {
        if (fpclassify(a[i]->value) == FP_ZERO || fpclassify(b[i]->value) == FP_ZERO)
            continue;
        multiply(chain, &chain->one, a[i], b[i]);
        exact &= is_exact(&chain->one, chain->used);
        add(result, sign[i], &chain->one, chain->used);
        magnitude += fabs(chain->one.value);
        terms++;
    }
    if (terms > 1 && !(exact && is_single(magnitude) && is_single(result->value)))
        result->part[chain->used++] = (terms - 1.0) * chain->u * magnitude;
}

/* ---- matrices ---- */

static void product_of(struct chain *chain, struct matrix *product,
                       const struct matrix *a, const struct matrix *b)
{
    const double plus[SIDE] = {1.0, 1.0, 1.0};

    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            const struct number *left[SIDE], *right[SIDE];

            for (int k = 0; k < SIDE; k++) {
                left[k] = &a->entry[i][k];
                right[k] = &b->entry[k][j];
            }
            dot(chain, &product->entry[i][j], left, right, plus, SIDE);
        }
    }
}

static void cofactor(struct chain *chain, struct number *result, const struct matrix *m,
                     int i, int j)
{
    const double sign[] = {1.0, -1.0};
    int r = (i + 1) % SIDE, s = (i + 2) % SIDE, c = (j + 1) % SIDE, d = (j + 2) % SIDE;
    const struct number *left[] = {&m->entry[r][c], &m->entry[r][d]};
    const struct number *right[] = {&m->entry[s][d], &m->entry[s][c]};

    dot(chain, result, left, right, sign, 2);
}

/* The adjugate times the determinant's reciprocal; the largest part of the determinant
 * that rounding may be. */
static double invert(struct chain *chain, struct matrix *inverse,
                     const struct matrix *m)
{
    const double plus[SIDE] = {1.0, 1.0, 1.0};
    const struct number *left[SIDE], *right[SIDE];
    double part = 0.0, value;

    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++)
            cofactor(chain, &inverse->entry[j][i], m, i, j);
    }
    for (int j = 0; j < SIDE; j++) {
        left[j] = &m->entry[0][j];
        right[j] = &inverse->entry[j][0];
    }
    dot(chain, &chain->two, left, right, plus, SIDE);
    value = chain->two.value;
    for (size_t k = 0; k < chain->used; k++) {
        part += fabs(chain->two.part[k] / value);
        chain->two.part[k] /= -value * value;
    }
    chain->two.value = 1.0 / value;
    round_it(chain, &chain->two);
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            chain->three = inverse->entry[i][j];
            multiply(chain, &inverse->entry[i][j], &chain->three, &chain->two);
        }
    }
    return part;
}

/* From pixels to -1 .. 1. */
static void normaliser(struct chain *chain, struct matrix *m, const size_t size[2],
                       bool edges)
{
    *m = (struct matrix){0};
    for (int a = 0; a < 2; a++) {
        double n = (double)size[a];
        bool single = size[a] == 1 && !edges;

        set(chain, &m->entry[a][a], edges ? 2.0 / n : single ? 1.0 : 2.0 / (n - 1.0));
        set(chain, &m->entry[a][2], edges ? (1.0 - n) / n : single ? 0.0 : -1.0);
    }
    set(chain, &m->entry[2][2], 1.0);
}

static void sizes_of(const struct wck_warp *warp, size_t source[2], size_t output[2])
{
    for (int a = 0; a < 2; a++) {
        source[a] = wck_warp_extent(warp, (enum wck_axis)a);
        output[a] = wck_warp_output_extent(warp, (enum wck_axis)a);
    }
}

/* The matrix as it was given; a homography is scaled first. */
static void given(struct chain *chain, struct matrix *m, const struct wck_map *map)
{
    *m = (struct matrix){0};
    m->entry[2][2].value = 1.0;
    for (int i = 0; i < wck_map_entries(map); i++) {
        struct number *entry = &m->entry[i / SIDE][i % SIDE];

        entry->value = map->matrix[i];
        if (map->kind == WCK_MAP_HOMOGRAPHY && fabs(map->matrix[i]) > 0.0)
            entry->part[chain->used++] = chain->u * fabs(map->matrix[i]);
    }
}

/* N_source (N_output M N_source^-1)^-1, without the first: kornia's chain. */
static void make_chain(struct wck_detour *detour, struct chain *chain, int flag)
{
    const struct wck_warp *warp = &detour->problem->warp;
    size_t source[2], output[2];
    double part;

    *chain = (struct chain){.u = warp->arithmetic->roundoff + 0x1p-53};
    sizes_of(warp, source, output);
    normaliser(chain, &chain->of_source, source, flag);
    normaliser(chain, &chain->of_output, output, flag);
    given(chain, &chain->of_pixels, &warp->map);
    part = invert(chain, &chain->inverse, &chain->of_source);
    product_of(chain, &chain->product, &chain->of_pixels, &chain->inverse);
    product_of(chain, &chain->whole, &chain->of_output, &chain->product);
    part += invert(chain, &detour->by[flag], &chain->whole);
    detour->grown[flag] = part < 0.125 ? 1.0 / (1.0 - 4.0 * part) : (double)INFINITY;
}

enum wck_status wck_detour_new(struct wck_detour **detour,
                               const struct wck_problem *problem, struct wck_error *err)
{
    struct chain *chain;

    *detour = NULL;
    if (problem->warp.arithmetic == NULL || !problem->warp.arithmetic->detour)
        return WCK_OK;
    chain = calloc(1, sizeof *chain);
    *detour = calloc(1, sizeof **detour);
    if (chain == NULL || *detour == NULL) {
        free(chain);
        return wck_error_no_memory(err);
    }
    (*detour)->problem = problem;
    for (int flag = 0; flag < 2 && wck_map_has_matrix(&problem->warp.map); flag++)
        make_chain(*detour, chain, flag);
    free(chain);
    return WCK_OK;
}

void wck_detour_free(struct wck_detour *detour)
{
    free(detour);
}

/* ---- samples ---- */

/* A sum over a row: its value, and the roundings that are this sample's own: of the
 * grid's numbers, three and one; of products and sums. */
static double row_of(const struct wck_detour *detour, int flag, int row,
                     const double p[SIDE], double *local)
{
    const struct number *entry = detour->by[flag].entry[row];
    double value = 0.0;

    *local = 0.0;
    for (int j = 0; j < SIDE; j++) {
        double term = entry[j].value * p[j];

        value += term;
        *local += SIDE * fabs(term);
        if (j < SIDE - 1)
            *local += fabs(entry[j].value) * (3.0 + fabs(p[j]));
    }
    return value;
}

/* The grid's number of an axis, and its error. */
static double from_matrix(const struct wck_detour *detour, size_t sample, int axis,
                          int flag, double *error)
{
    const struct wck_warp *warp = &detour->problem->warp;
    const struct matrix *by = &detour->by[flag];
    double u = warp->arithmetic->roundoff + 0x1p-53, p[WCK_AXES], local, of_w = 0.0;
    double value, w = 1.0;

    wck_warp_position(warp, sample, p);
    for (int a = 0; a < 2; a++) {
        double n = (double)wck_warp_output_extent(warp, (enum wck_axis)a);

        p[a] = flag      ? (2.0 * p[a] + 1.0) / n - 1.0
               : n > 1.0 ? 2.0 * p[a] / (n - 1.0) - 1.0
                         : 0.0;
    }
    p[2] = 1.0;
    value = row_of(detour, flag, axis, p, &local);
    if (warp->map.kind == WCK_MAP_HOMOGRAPHY) {
        w = row_of(detour, flag, 2, p, &of_w);
        value /= w;
        local += fabs(value) * of_w + fabs(value * w);
    }
    *error = u * local;
    for (size_t k = 0; k < SYMBOLS; k++) {
        double part = 0.0;

        for (int j = 0; j < SIDE; j++) {
            part += by->entry[axis][j].part[k] * p[j];
            if (warp->map.kind == WCK_MAP_HOMOGRAPHY)
                part -= value * by->entry[2][j].part[k] * p[j];
        }
        *error += fabs(part);
    }
    *error *= detour->grown[flag] / fabs(w);
    return value;
}

/* The same from pixels: 2/(n - 1) u - 1, whatever the flag; u may be a position with a
 * displacement added to it. */
static double from_pixels(const struct wck_detour *detour, size_t sample, int axis,
                          double *error)
{
    const struct wck_warp *warp = &detour->problem->warp;
    const double *given[] = {warp->map.x, warp->map.y, warp->map.z};
    double n = (double)wck_warp_extent(warp, (enum wck_axis)axis), scaled;
    double at = given[axis][sample], added = 0.0, position[WCK_AXES];

    if (warp->map.kind == WCK_MAP_DISPLACEMENT) {
        wck_warp_position(warp, sample, position);
        at = position[axis] + (warp->map.sign < 0.0 ? -at : at);
        added = 1.0; /* rounding of `at` more */
    }
    scaled = n > 1.0 ? 2.0 / (n - 1.0) * at : at;
    *error = (warp->arithmetic->roundoff + 0x1p-53) *
             (n > 1.0 ? (2.0 + added) * fabs(scaled) + fabs(scaled - 1.0)
                      : added * fabs(at));
    return n > 1.0 ? scaled - 1.0 : at;
}

static double axis_error(const struct wck_detour *detour, size_t sample, int axis,
                         int flag)
{
    const struct wck_warp *warp = &detour->problem->warp;
    double u = warp->arithmetic->roundoff + 0x1p-53, error, g, pixel;
    double n = (double)wck_warp_extent(warp, (enum wck_axis)axis);
    double factor = (flag ? n : n - 1.0) / 2.0;

    g = wck_map_has_matrix(&warp->map) ? from_matrix(detour, sample, axis, flag, &error)
                                       : from_pixels(detour, sample, axis, &error);
    /* (g + 1) times the factor, less 1/2 by edges. */
    pixel = factor * (g + 1.0) - (flag ? 0.5 : 0.0);
    error = factor * (error + 2.0 * u * fabs(g + 1.0)) + u * fabs(pixel);
    /* A fold subtracts, divides and subtracts again at the scale of it and n. */
    if (warp->fold != NULL && warp->fold->rounds && (pixel < 0.0 || pixel > n - 1.0))
        error += 4.0 * u * (fabs(pixel) + n);
    return error / (1.0 - 64.0 * u);
}

struct wck_coordinate_error wck_detour_error(const struct wck_detour *detour,
                                             size_t sample)
{
    double most[WCK_AXES] = {0.0, 0.0, 0.0};

    for (int axis = 0; axis < wck_warp_axes(&detour->problem->warp); axis++) {
        for (int flag = 0; flag < 2; flag++) {
            double error = axis_error(detour, sample, axis, flag);

            most[axis] = error <= most[axis] ? most[axis] : error;
        }
    }
    return (struct wck_coordinate_error){.x = most[0], .y = most[1], .z = most[2]};
}
