/* Scene: one random warp with its images, as the reference takes it and as the oracle
 * does.  Everything that goes wrong in here fails the running test. */
#ifndef CHECK_REFERENCE_SCENE_H
#define CHECK_REFERENCE_SCENE_H

#include <stdint.h>

#include "check/oracle/oracle.h"
#include "reference/warp.h"
#include "src/base/rng.h"

#define SCENE_CHANNELS 4

enum scene_map {
    SCENE_SOURCE_TO_OUTPUT,
    SCENE_OUTPUT_TO_SOURCE,
    SCENE_COORDINATES,
    SCENE_MAPS
};

struct scene_choice {
    const char *kernel, *border;
    enum scene_map map;
    enum wck_dtype dtype;
    const char *layout;
    size_t source_width, source_height, output_width, output_height;
    size_t batch, channels; /* 1 where the layout lacks them */
    bool on_knots;          /* coordinates are quarters, exactly; else generic */
    uint64_t seed;
};

struct scene {
    struct wck_warp warp;
    struct wck_image image, upstream, output; /* of the dtype and layout chosen */
    double border_value[SCENE_CHANNELS], matrix[6];
    double *given_x, *given_y; /* of a coordinate map */
    double *x, *y;             /* where the reference samples */
    double *pixels, *cotangent;
    struct oracle_scene oracle; /* of all this; it samples at x and y */
};

/* Random, the same for the same choice.  Release with scene_release. */
void scene_init(struct scene *scene, const struct scene_choice *choice);
void scene_release(struct scene *scene);

/* Computes x, y again after the map of the warp was changed. */
void scene_sample(struct scene *scene);

/* The same scene with other coordinates, samples of them, given to the map. */
void scene_give_coordinates(struct scene *scene, const double *x, const double *y);

/* The elements of an image, batch x channels x height x width; to be freed. */
double *scene_plain(const struct wck_image *image);

/* A random value that `dtype` holds. */
double scene_value(struct wck_rng *rng, enum wck_dtype dtype);

/* An array of `count` random float64; to be freed. */
double *scene_values(struct wck_rng *rng, size_t count);

/* A float64 image of the source's shape, layout NCHW, filled with NaN: whoever does not
 * overwrite it is found out.  The caller frees tensor.data. */
struct wck_image scene_gradient(const struct scene *scene);

#endif
