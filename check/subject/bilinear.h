/* Bilinear: calls of a bilinear warp with the answers that they must have to the bit.
 *
 * Matrices, maps, pixels, upstream and border values are multiples of small powers of
 * two, no coordinate is whole (at a knot either slope would do), and all sums fit the
 * type: whatever the order of a warp's operations, none rounds, except the one that
 * stores an output in the type, which rounds the exact value. */
#ifndef CHECK_SUBJECT_BILINEAR_H
#define CHECK_SUBJECT_BILINEAR_H

#include "src/subject/plugin.h"
#include "src/subject/problem.h"

/* By two types, three layouts, two borders, and three ways to give the map. */
#define BILINEAR_SCENES 36
#define BILINEAR_ARRAYS 5   /* image, map (1 or 2), border value, upstream */
#define BILINEAR_TANGENTS 4 /* of the image, the map and the border value */

struct bilinear {
    struct wck_problem problem;
    struct wck_image image, upstream;
    double *map_x, *map_y; /* NULL where there is a matrix */
    /* Given: grad_output is the last of array_count, and not there in forward. */
    struct wck_plugin_array given[BILINEAR_ARRAYS], output, gradients[4];
    /* Those of forward, and then the tangents of them all. */
    struct wck_plugin_array pushed[BILINEAR_ARRAYS - 1 + BILINEAR_TANGENTS],
        tangent_output;
    struct wck_image tangent; /* of the image; what second goes along, too */
    /* Those of vjp, then what second goes along; and what is wanted of it. */
    struct wck_plugin_array along[BILINEAR_ARRAYS + 3], seconds[4];
    struct wck_plugin_call forward, vjp, jvp, second; /* on the arrays above */
    char spec[160];
};

/* A scene, 0 .. BILINEAR_SCENES-1; what is wanted holds other numbers than the answers.
 * It points into itself. */
void bilinear_init(struct bilinear *scene, size_t number);
void bilinear_release(struct bilinear *scene);

/* The wanted arrays hold what the reference answers. */
void bilinear_expect(const struct bilinear *scene);

/* The same of jvp's, which nothing else is wanted of. */
void bilinear_expect_tangent(const struct bilinear *scene);

/* The same of second's. */
void bilinear_expect_second(const struct bilinear *scene);

#endif
