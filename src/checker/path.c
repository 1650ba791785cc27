#include "src/checker/path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/rng.h"

#define STREAM 15

const char *wck_path_name(const struct wck_path *path)
{
    return path->kind == WCK_PATH_MATRIX ? "matrix" : "coordinates";
}

/* A multiple of 2^-8 of magnitude 1/2 to 1, of either sign. */
static double draw(struct wck_rng *rng)
{
    double size = ldexp((double)(128 + wck_rng_below(rng, 129)), -8);

    return wck_rng_below(rng, 2) == 0 ? size : -size;
}

/* Entries that multiply a position are smaller by a power of two: all move samples
 * about as far. */
static void draw_matrix(struct wck_path *path, struct wck_rng *rng)
{
    const struct wck_warp *warp = &path->trial->problem->warp;
    int columns, rows;

    frexp((double)warp->output_width, &columns);
    frexp((double)warp->output_height, &rows);
    for (int k = 0; k < 6; k++)
        path->matrix[k] = ldexp(draw(rng), k % 3 == 0   ? -columns
                                           : k % 3 == 1 ? -rows
                                                        : 0);
}

/* Row sums of |E|, E = -B D. */
static double turn_of(const struct wck_map *map, const double d[6])
{
    double most = 0.0;

    if (map->direction == WCK_OUTPUT_TO_SOURCE)
        return 0.0;
    for (int row = 0; row < 2; row++) {
        const double *b = map->backward + (ptrdiff_t)3 * row;

        most = fmax(most,
                    fabs(b[0] * d[0] + b[1] * d[3]) + fabs(b[0] * d[1] + b[1] * d[4]));
    }
    return most;
}

static void place_matrix(struct wck_path *path)
{
    const struct wck_problem *problem = path->trial->problem;
    const struct wck_map *map = &problem->warp.map;
    double b[WCK_MATRIX];

    wck_map_matrix_tangent(map, path->matrix, b);
    for (size_t i = 0; i < wck_warp_samples(&problem->warp); i++) {
        double at[WCK_AXES];

        wck_warp_position(&problem->warp, i, at);
        path->speed[i] = fmax(fabs(b[0] * at[0] + b[1] * at[1] + b[2]),
                              fabs(b[3] * at[0] + b[4] * at[1] + b[5]));
    }
    path->turn = turn_of(map, path->matrix);
}

static enum wck_status place_coordinates(struct wck_path *path, struct wck_rng *rng,
                                         struct wck_error *err)
{
    const struct wck_warp *warp = &path->trial->problem->warp;
    enum wck_dtype dtype = wck_problem_coordinate_dtype(path->trial->problem);
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < wck_warp_samples(warp); first += block.count) {
        wck_trial_fill(path->trial, &block, first);
        for (size_t i = first; i < first + block.count; i++) {
            path->u[0][i] = wck_dtype_round(dtype, block.x[i - first]);
            path->u[1][i] = wck_dtype_round(dtype, block.y[i - first]);
            path->d[0][i] = draw(rng);
            path->d[1][i] = draw(rng);
            path->speed[i] = fmax(fabs(path->d[0][i]), fabs(path->d[1][i]));
        }
    }
    wck_block_release(&block);
    return WCK_OK;
}

static double growth(const struct wck_path *path)
{
    return 1.0 / (1.0 - path->first * path->turn);
}

/* Pixels that a sample goes.  In narrow types steps have to be long to stand out from
 * rounding, although more samples come upon a knot. */
static double farthest(const struct wck_path *path)
{
    return path->trial->problem->dtype == WCK_FLOAT64 ? 0x1p-4 : 0x1p-2;
}

/* The largest power of two such that first times q^2 times the speed is no more than
 * what is allowed; with first times turn up to 1/8, q^2 is below 4/3. */
static void choose_first(struct wck_path *path)
{
    double most = 8.0 * farthest(path) * path->turn;
    int exponent;

    for (size_t i = 0; i < wck_warp_samples(&path->trial->problem->warp); i++)
        most = fmax(most, 4.0 / 3.0 * path->speed[i]);
    frexp(farthest(path) / most, &exponent);
    path->first = ldexp(1.0, exponent - 1);
}

enum wck_status wck_path_init(struct wck_path *path, struct wck_trial *trial,
                              enum wck_path_kind kind, struct wck_error *err)
{
    size_t count = wck_warp_samples(&trial->problem->warp);
    struct wck_rng rng = wck_rng_start(trial->problem->seed, STREAM + (uint64_t)kind);
    const struct wck_kernel *kernel = trial->problem->warp.kernel;
    enum wck_status status = WCK_OK;

    *path = (struct wck_path){
        .trial = trial,
        .kind = kind,
        .sums = {wck_kernel_norm(kernel), wck_kernel_slope_norm(kernel),
                 wck_kernel_curvature_norm(kernel), wck_kernel_third_norm(kernel)}};
    if (kind == WCK_PATH_MATRIX && trial->problem->warp.map.kind != WCK_MAP_AFFINE)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "paths of a matrix are those of an affine one");
    path->owned = calloc(9 * count, sizeof *path->owned);
    if (path->owned == NULL)
        return wck_error_no_memory(err);
    path->speed = path->owned;
    for (size_t a = 0; a < 2; a++) {
        path->u[a] = path->owned + (1 + a) * count;
        path->d[a] = path->owned + (3 + a) * count;
        path->moved[a] = path->owned + (5 + a) * count;
        path->slope[a] = path->owned + (7 + a) * count;
    }
    if (kind == WCK_PATH_MATRIX) {
        draw_matrix(path, &rng);
        place_matrix(path);
    } else {
        status = place_coordinates(path, &rng, err);
    }
    if (status == WCK_OK)
        choose_first(path);
    return status;
}

void wck_path_release(struct wck_path *path)
{
    free(path->owned);
    *path = (struct wck_path){0};
}

static enum wck_status move_matrix(const struct wck_path *path, double h,
                                   struct wck_problem *moved, struct wck_error *err)
{
    double matrix[6];

    for (int k = 0; k < 6; k++)
        matrix[k] = moved->warp.map.matrix[k] + h * path->matrix[k];
    return wck_map_affine(&moved->warp.map, matrix, moved->warp.map.direction, err);
}

enum wck_status wck_path_move(struct wck_path *path, double h,
                              struct wck_problem *moved, struct wck_error *err)
{
    enum wck_dtype dtype = wck_problem_coordinate_dtype(path->trial->problem);

    *moved = *path->trial->problem;
    if (path->kind == WCK_PATH_MATRIX)
        return move_matrix(path, h, moved, err);
    for (size_t a = 0; a < 2; a++) {
        for (size_t i = 0; i < wck_warp_samples(&moved->warp); i++)
            path->moved[a][i] =
                wck_dtype_round(dtype, path->u[a][i] + h * path->d[a][i]);
    }
    moved->warp.map = wck_map_coordinates(path->moved[0], path->moved[1]);
    return WCK_OK;
}

enum wck_status wck_path_derivative(struct wck_path *path,
                                    const struct wck_image *image,
                                    const struct wck_image *upstream,
                                    double *derivative, struct wck_error *err)
{
    double matrix[WCK_MATRIX] = {0.0};
    struct wck_gradients wanted = {.matrix = matrix};
    struct wck_problem start;
    enum wck_status status = wck_path_move(path, 0.0, &start, err);

    if (path->kind == WCK_PATH_COORDINATES)
        wanted = (struct wck_gradients){.x = path->slope[0], .y = path->slope[1]};
    if (status == WCK_OK)
        status = wck_subject_vjp(path->trial->subject, &start, image, upstream, &wanted,
                                 err);
    if (status != WCK_OK)
        return status;
    *derivative = 0.0;
    for (int k = 0; k < 6 && path->kind == WCK_PATH_MATRIX; k++)
        *derivative += matrix[k] * path->matrix[k];
    for (size_t k = 0; k < 2 * wck_warp_samples(&start.warp); k++) {
        size_t a = k % 2, i = k / 2;

        if (path->kind == WCK_PATH_COORDINATES)
            *derivative += path->slope[a][i] * path->d[a][i];
    }
    return WCK_OK;
}

double wck_path_reach(const struct wck_path *path, size_t i)
{
    double q = growth(path);

    return path->first * q * q * path->speed[i];
}

void wck_path_derivatives(const struct wck_path *path, size_t i, double amplitude,
                          double bound[3])
{
    const double n = path->sums[0], s = path->sums[1], c = path->sums[2];
    const double t = path->sums[3];
    double q = growth(path), first = q * q * path->speed[i];
    double second = 2.0 * path->turn * q * first;
    double third = 3.0 * path->turn * q * second;
    double by_one = 2.0 * s * n, by_two = 2.0 * (c * n + s * s);

    bound[0] = amplitude * by_one * first;
    bound[1] = amplitude * (by_two * first * first + by_one * second);
    bound[2] = amplitude * ((2.0 * t * n + 6.0 * c * s) * first * first * first +
                            3.0 * by_two * first * second + by_one * third);
}

double wck_path_noise(const struct wck_path *path, size_t i, double amplitude,
                      double terms)
{
    struct wck_coordinate_error error =
        wck_problem_coordinate_error(path->trial->problem, i);
    double u = wck_trial_roundoff(path->trial), n = path->sums[0], s = path->sums[1];

    return 2.0 * path->speed[i] * amplitude *
           (wck_gamma(wck_trial_slope_roundings(path->trial), u) +
            s * n * wck_gamma(terms + 10.0, u) +
            (path->sums[2] * n + s * s) * (error.x + error.y));
}
