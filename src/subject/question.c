#include "src/subject/question.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists ---- */

static void give(struct wck_question *q, const char *name,
                 const struct wck_tensor *tensor)
{
    q->arrays[q->array_count++] =
        (struct wck_question_array){.name = name, .tensor = *tensor};
}

static void want(struct wck_question *q, const char *name,
                 const struct wck_tensor *tensor)
{
    q->wanted[q->wanted_count++] =
        (struct wck_question_array){.name = name, .tensor = *tensor};
}

/* A new array at the end of a list, of the question's own. */
static enum wck_status add_own(struct wck_question_array *list, size_t *count,
                               const char *name, const struct wck_tensor *like,
                               struct wck_error *err)
{
    struct wck_question_array *array = &list[*count];
    enum wck_status status =
        wck_tensor_new(&array->tensor, like->dtype, like->rank, like->shape, err);

    if (status != WCK_OK)
        return status;
    array->name = name;
    array->owned = true;
    ++*count;
    return WCK_OK;
}

static const char *gradient_name(const char *array)
{
    static const char *const names[] = {"grad_matrix", "grad_grid",   "grad_map_x",
                                        "grad_map_y",  "grad_coords", "grad_flow"};
    const char *found = NULL;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i] + strlen("grad_"), array) == 0)
            found = names[i];
    }
    return found;
}

static void release_list(struct wck_question_array *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].owned)
            free(list[i].tensor.data);
    }
}

void wck_question_release(struct wck_question *question)
{
    release_list(question->arrays, question->array_count);
    release_list(question->wanted, question->wanted_count);
    *question = (struct wck_question){0};
}

/* ---- the map ---- */

static struct wck_tensor numbers(const double *data, int rank, const size_t *shape)
{
    /* A tensor has no const; those that are given are only read. */
    union {
        const double *read;
        void *write;
    } at = {.read = data};

    return wck_tensor_contiguous(at.write, WCK_FLOAT64, rank, shape);
}

static enum wck_status give_map(struct wck_question *q, struct wck_error *err)
{
    const struct wck_warp *warp = &q->problem->warp;
    const struct wck_map *map = &warp->map;
    size_t sizes[] = {warp->output_height, warp->output_width}, matrix[] = {2, 3};
    bool pixels = map->output_units == NULL && map->source_units == NULL;
    struct wck_tensor x, y;

    if (pixels && map->kind == WCK_MAP_AFFINE && wck_map_axes(map) == 2) {
        x = numbers(map->matrix, 2, matrix);
        give(q, "matrix", &x);
    } else if (pixels && map->kind == WCK_MAP_COORDINATES && wck_map_axes(map) == 2) {
        x = numbers(map->x, 2, sizes);
        y = numbers(map->y, 2, sizes);
        give(q, "map_x", &x);
        give(q, "map_y", &y);
    } else {
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "without a convention a worker is asked for affine maps "
                             "and coordinates of images in pixels only");
    }
    return WCK_OK;
}

static void want_numbers(struct wck_question *q, const char *name, double *data,
                         const struct wck_tensor *like)
{
    struct wck_tensor tensor = *like;

    tensor.data = data;
    if (data != NULL)
        want(q, name, &tensor);
}

static void want_map(struct wck_question *q, const struct wck_gradients *g)
{
    const struct wck_tensor *like = &q->arrays[1].tensor; /* after the image */

    if (wck_map_has_matrix(&q->problem->warp.map)) {
        want_numbers(q, "grad_matrix", g->matrix, like);
    } else {
        want_numbers(q, "grad_map_x", g->x, like);
        want_numbers(q, "grad_map_y", g->y, like);
    }
}

/* ---- a problem ---- */

/* One number a channel, whether the border reads it or not. */
static enum wck_status give_fill(struct wck_question *q, struct wck_error *err)
{
    size_t count = q->problem->channels;
    struct wck_tensor like = wck_tensor_contiguous(NULL, WCK_FLOAT64, 1, &count);
    enum wck_status status =
        add_own(q->arrays, &q->array_count, "border_value", &like, err);

    for (size_t c = 0; c < count && status == WCK_OK; c++)
        wck_tensor_set(&q->arrays[q->array_count - 1].tensor, (ptrdiff_t)c,
                       wck_warp_border_value(&q->problem->warp, c));
    return status;
}

/* Derivatives by a matrix or by coordinates, named by `what`, have no place where it is
 * the other that is given. */
static enum wck_status check_map(const struct wck_problem *problem, const char *what,
                                 bool by_matrix, bool by_samples, struct wck_error *err)
{
    bool matrix = wck_map_has_matrix(&problem->warp.map);

    if ((matrix && by_samples) || (!matrix && by_matrix))
        return wck_error_set(
            err, WCK_UNSUPPORTED, "a %s %s has no place in a call with %s", what,
            matrix ? "coordinates" : "a matrix", matrix ? "a matrix" : "coordinates");
    return WCK_OK;
}

static enum wck_status start(struct wck_question *q, const char *call,
                             const struct wck_problem *problem,
                             const struct wck_image *image, struct wck_error *err)
{
    enum wck_status status;

    *q = (struct wck_question){.call = call, .problem = problem};
    give(q, "image", &image->tensor);
    status = give_map(q, err);
    if (status != WCK_OK)
        return status;
    q->carrier = q->arrays[1].name;
    return give_fill(q, err);
}

enum wck_status wck_question_forward(struct wck_question *question,
                                     const struct wck_problem *problem,
                                     const struct wck_image *image,
                                     const struct wck_image *output,
                                     struct wck_error *err)
{
    enum wck_status status = start(question, "forward", problem, image, err);

    want(question, "output", &output->tensor);
    return status;
}

enum wck_status
wck_question_vjp(struct wck_question *question, const struct wck_problem *problem,
                 const struct wck_image *image, const struct wck_image *upstream,
                 const struct wck_gradients *gradients, struct wck_error *err)
{
    struct wck_tensor border = numbers(gradients->border_value, 1, &problem->channels);
    enum wck_status status = start(question, "vjp", problem, image, err);

    if (status == WCK_OK)
        status = check_map(
            problem, "gradient with respect to", gradients->matrix != NULL,
            gradients->x != NULL || gradients->y != NULL || gradients->z != NULL, err);
    if (status != WCK_OK)
        return status;
    give(question, "grad_output", &upstream->tensor);
    if (gradients->image != NULL)
        want(question, "grad_image", &gradients->image->tensor);
    if (gradients->border_value != NULL)
        want(question, "grad_border_value", &border);
    want_map(question, gradients);
    return WCK_OK;
}

/* Those of an output that was there before have no call. */
static enum wck_status check_tangents(const struct wck_problem *problem,
                                      const struct wck_tangents *t,
                                      struct wck_error *err)
{
    if (t->destination != NULL)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "a tangent of what the output held before has no place in "
                             "a call");
    return check_map(problem, "tangent of", t->matrix != NULL,
                     t->x != NULL || t->y != NULL || t->z != NULL, err);
}

static void give_numbers(struct wck_question *q, const char *name, const double *data,
                         const struct wck_tensor *like)
{
    struct wck_tensor tensor = numbers(data, like->rank, like->shape);

    if (data != NULL)
        give(q, name, &tensor);
}

enum wck_status wck_question_jvp(struct wck_question *question,
                                 const struct wck_problem *problem,
                                 const struct wck_image *image,
                                 const struct wck_tangents *tangents,
                                 const struct wck_image *output, struct wck_error *err)
{
    struct wck_tensor border = numbers(NULL, 1, &problem->channels);
    const struct wck_tensor *map = &question->arrays[1].tensor; /* after the image */
    enum wck_status status = start(question, "jvp", problem, image, err);

    if (status == WCK_OK)
        status = check_tangents(problem, tangents, err);
    if (status != WCK_OK)
        return status;
    if (tangents->image != NULL)
        give(question, "tangent_image", &tangents->image->tensor);
    give_numbers(question, "tangent_matrix", tangents->matrix, map);
    give_numbers(question, "tangent_map_x", tangents->x, map);
    give_numbers(question, "tangent_map_y", tangents->y, map);
    give_numbers(question, "tangent_border_value", tangents->border_value, &border);
    want(question, "tangent_output", &output->tensor);
    return WCK_OK;
}

enum wck_status
wck_question_second(struct wck_question *question, const struct wck_problem *problem,
                    const struct wck_image *image, const struct wck_image *upstream,
                    const struct wck_tangents *along, const struct wck_second *second,
                    struct wck_error *err)
{
    const struct wck_tensor *map = &question->arrays[1].tensor; /* after the image */
    enum wck_status status = start(question, "second", problem, image, err);

    if (status == WCK_OK)
        status = check_map(problem, "double backward of", false,
                           along->x != NULL || along->y != NULL || second->x != NULL ||
                               second->y != NULL,
                           err);
    if (status != WCK_OK)
        return status;
    give(question, "grad_output", &upstream->tensor);
    if (along->image != NULL)
        give(question, "along_image", &along->image->tensor);
    give_numbers(question, "along_map_x", along->x, map);
    give_numbers(question, "along_map_y", along->y, map);
    if (second->upstream != NULL)
        want(question, "second_grad_output", &second->upstream->tensor);
    if (second->image != NULL)
        want(question, "second_image", &second->image->tensor);
    want_numbers(question, "second_map_x", second->x, map);
    want_numbers(question, "second_map_y", second->y, map);
    return WCK_OK;
}

/* ---- a call under a convention ---- */

/* The arrays that a gradient can be asked for, in order; NULL beyond. */
static const char *differentiable(const struct wck_recorded *asked, size_t i)
{
    const struct wck_convention *convention = asked->recording.call.convention;
    size_t maps = wck_call_array_name(convention, 1) != NULL ? 2 : 1;
    bool fill = wck_member_find(&asked->archive, "border_value") != NULL &&
                wck_member_find(&asked->archive, "destination") == NULL;

    if (i == 0)
        return "image";
    if (i <= maps)
        return wck_call_array_name(convention, i - 1);
    return i == maps + 1 && fill ? "border_value" : NULL;
}

size_t wck_question_gradients(const struct wck_recorded *asked)
{
    size_t count = 0;

    while (differentiable(asked, count) != NULL)
        count++;
    return count;
}

static enum wck_status want_gradient(struct wck_question *q,
                                     const struct wck_recorded *asked, const char *name,
                                     struct wck_error *err)
{
    struct wck_tensor like = *wck_member_find(&asked->archive, name);
    const char *wanted = strcmp(name, "image") == 0          ? "grad_image"
                         : strcmp(name, "border_value") == 0 ? "grad_border_value"
                                                             : gradient_name(name);

    if (!(wck_dtype_row(like.dtype)->roundoff > 0.0))
        like.dtype = WCK_FLOAT64;
    return add_own(q->wanted, &q->wanted_count, wanted, &like, err);
}

enum wck_status wck_question_recorded(struct wck_question *q,
                                      const struct wck_recorded *asked, bool pull,
                                      size_t only, struct wck_error *err)
{
    static const char *const given[] = {
        "image",  "matrix", "grid",         "map_x",       "map_y",
        "coords", "flow",   "border_value", "destination", "grad_output"};
    enum wck_status status = WCK_OK;

    *q = (struct wck_question){
        .call = pull ? "vjp" : "forward",
        .problem = &asked->recording.problem,
        .carrier = wck_call_array_name(asked->recording.call.convention, 0)};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        const struct wck_tensor *tensor = wck_member_find(&asked->archive, given[i]);

        if (tensor != NULL && (pull || strcmp(given[i], "grad_output") != 0))
            give(q, given[i], tensor);
    }
    if (!pull) {
        struct wck_question_array *output = &q->wanted[q->wanted_count++];

        *output = (struct wck_question_array){.name = "output", .owned = true};
        return wck_recorded_new_output(asked, &output->tensor, err);
    }
    for (size_t i = 0; differentiable(asked, i) != NULL && status == WCK_OK; i++) {
        if (only == SIZE_MAX || only == i)
            status = want_gradient(q, asked, differentiable(asked, i), err);
    }
    return status;
}
