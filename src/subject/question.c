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

/* ---- the map, without a convention ---- */

static struct wck_tensor numbers(const double *data, int rank, const size_t *shape)
{
    /* A tensor has no const; those that are given are only read. */
    union {
        const double *read;
        void *write;
    } at = {.read = data};

    return wck_tensor_contiguous(at.write, WCK_FLOAT64, rank, shape);
}

static enum wck_status give_plain_map(struct wck_question *q, struct wck_error *err)
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

static void want_plain_map(struct wck_question *q)
{
    const struct wck_gradients *g = q->gradients;
    struct wck_tensor like = q->arrays[1].tensor; /* the map's: after the image */
    bool matrix = wck_map_has_matrix(&q->problem->warp.map);

    if (matrix && g->matrix != NULL) {
        like.data = g->matrix;
        want(q, "grad_matrix", &like);
    }
    if (!matrix && g->x != NULL) {
        like.data = g->x;
        want(q, "grad_map_x", &like);
    }
    if (!matrix && g->y != NULL) {
        like.data = g->y;
        want(q, "grad_map_y", &like);
    }
}

/* ---- the map, in a convention's form ---- */

/* Is the problem's map what the convention makes of an array of its own? */
static bool fits(const struct wck_problem *problem)
{
    const struct wck_convention *convention = problem->convention;
    const struct wck_map *map = &problem->warp.map;
    struct wck_warp bound = problem->warp;
    enum wck_direction direction;

    if (wck_convention_bind(convention, &problem->choices, &bound, NULL) != WCK_OK ||
        bound.map.source_units != map->source_units ||
        bound.map.output_units != map->output_units)
        return false;
    if (convention->carrier != WCK_CARRIER_MATRIX)
        return map->kind == bound.map.kind && !(map->sign < bound.map.sign) &&
               !(map->sign > bound.map.sign);
    direction =
        problem->choices.inverse_map ? WCK_OUTPUT_TO_SOURCE : bound.map.direction;
    return wck_map_has_matrix(map) && map->direction == direction;
}

/* The shape of the arrays that carry the map, alone for all batch items. */
static struct wck_tensor form_of(const struct wck_problem *problem)
{
    const struct wck_convention *convention = problem->convention;
    const struct wck_warp *warp = &problem->warp;
    size_t axes = (size_t)wck_warp_axes(warp), sizes[WCK_TENSOR_RANK];
    bool first = convention->carrier == WCK_CARRIER_COORDS ||
                 (convention->carrier == WCK_CARRIER_FLOW && !convention->axis_last);
    int rank = 0;

    if (convention->carrier == WCK_CARRIER_MATRIX) {
        sizes[0] = warp->map.kind == WCK_MAP_HOMOGRAPHY ? 3 : axes;
        sizes[1] = axes + 1;
        return wck_tensor_contiguous(NULL, problem->choices.map_dtype, 2, sizes);
    }
    if (first)
        sizes[rank++] = axes;
    if (axes == 3)
        sizes[rank++] = warp->output_depth;
    sizes[rank++] = warp->output_height;
    sizes[rank++] = warp->output_width;
    if (!first && convention->carrier != WCK_CARRIER_MAPS)
        sizes[rank++] = axes;
    return wck_tensor_contiguous(NULL, problem->choices.map_dtype, rank, sizes);
}

static void form_call(struct wck_question *q, const struct wck_tensor *like)
{
    const struct wck_warp *warp = &q->problem->warp;

    q->form = (struct wck_call){.convention = q->problem->convention,
                                .choices = q->problem->choices,
                                .output_depth = warp->output_depth,
                                .output_height = warp->output_height,
                                .output_width = warp->output_width};
    q->form.choices.axes = wck_warp_axes(warp);
    if (q->form.output_depth == 0)
        q->form.output_depth = 1;
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++)
        q->form.array[i] = *like;
}

/* Numbers on one side, arrays on the other; one of the two is written. */
struct passage {
    const double *from[WCK_AXES];
    double *to[WCK_AXES];
    const struct wck_question_array *arrays;
};

static void put_in(void *state, size_t array, size_t offset, int axis, size_t index)
{
    const struct passage *p = state;

    wck_tensor_set(&p->arrays[array].tensor, (ptrdiff_t)offset, p->from[axis][index]);
}

static void take_out(void *state, size_t array, size_t offset, int axis, size_t index)
{
    const struct passage *p = state;

    if (p->to[axis] != NULL)
        p->to[axis][index] =
            wck_tensor_get(&p->arrays[array].tensor, (ptrdiff_t)offset);
}

static void put_matrix(const struct wck_question *q,
                       const struct wck_question_array *array)
{
    const struct wck_tensor *t = &array->tensor;
    double own[16];

    wck_convention_matrix_gradient(q->problem->convention, &q->problem->warp,
                                   q->problem->warp.map.matrix, t->shape[0],
                                   t->shape[1], own);
    for (size_t i = 0; i < t->shape[0] * t->shape[1]; i++)
        wck_tensor_set(t, (ptrdiff_t)i, own[i]);
}

/* The other way: where number i goes is where the entry i + 1 of a matrix 1, 2, 3, ...
 * goes. */
static void take_matrix(const struct wck_question *q,
                        const struct wck_question_array *array, double *matrix)
{
    const struct wck_tensor *t = &array->tensor;
    double counted[WCK_MATRIX], own[16];

    for (int i = 0; i < WCK_MATRIX; i++)
        counted[i] = i + 1.0;
    wck_convention_matrix_gradient(q->problem->convention, &q->problem->warp, counted,
                                   t->shape[0], t->shape[1], own);
    for (size_t i = 0; i < t->shape[0] * t->shape[1]; i++) {
        if (own[i] > 0.0)
            matrix[(size_t)own[i] - 1] = wck_tensor_get(t, (ptrdiff_t)i);
    }
}

static enum wck_status give_own_map(struct wck_question *q, struct wck_error *err)
{
    const struct wck_problem *problem = q->problem;
    struct wck_tensor like = form_of(problem);
    size_t first = q->array_count;
    struct passage passage = {
        .from = {problem->warp.map.x, problem->warp.map.y, problem->warp.map.z},
        .arrays = &q->arrays[first]};
    enum wck_status status = WCK_OK;

    if (!fits(problem))
        return wck_error_set(err, WCK_UNSUPPORTED, "%s does not take this map",
                             problem->convention->name);
    form_call(q, &like);
    for (size_t i = 0; status == WCK_OK; i++) {
        const char *name = wck_call_array_name(problem->convention, i);

        if (name == NULL)
            break;
        status = add_own(q->arrays, &q->array_count, name, &like, err);
    }
    if (status != WCK_OK)
        return status;
    if (problem->convention->carrier == WCK_CARRIER_MATRIX)
        put_matrix(q, &q->arrays[first]);
    else
        wck_call_each(&q->form, NULL, 0, put_in, &passage);
    return WCK_OK;
}

static enum wck_status want_own_map(struct wck_question *q, struct wck_error *err)
{
    const struct wck_gradients *g = q->gradients;
    struct wck_tensor like = form_of(q->problem);
    bool matrix = q->problem->convention->carrier == WCK_CARRIER_MATRIX;
    bool wanted =
        matrix ? g->matrix != NULL : g->x != NULL || g->y != NULL || g->z != NULL;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; wanted && status == WCK_OK; i++) {
        const char *name = wck_call_array_name(q->problem->convention, i);

        if (name == NULL)
            break;
        status = add_own(q->wanted, &q->wanted_count, gradient_name(name), &like, err);
    }
    return status;
}

void wck_question_collect(const struct wck_question *question)
{
    const struct wck_convention *convention = question->problem->convention;
    const struct wck_gradients *g = question->gradients;
    size_t first = 0;
    struct passage passage;

    if (convention == NULL || g == NULL)
        return;
    while (first < question->wanted_count && !question->wanted[first].owned)
        first++;
    if (first == question->wanted_count)
        return;
    passage =
        (struct passage){.to = {g->x, g->y, g->z}, .arrays = &question->wanted[first]};
    if (convention->carrier == WCK_CARRIER_MATRIX)
        take_matrix(question, &question->wanted[first], g->matrix);
    else
        wck_call_each(&question->form, NULL, 0, take_out, &passage);
}

/* ---- the whole ---- */

static bool has_fill(const struct wck_problem *problem)
{
    return problem->convention == NULL ||
           (problem->convention->has_fill && problem->warp.border_values > 0);
}

/* How many numbers the border value is: one a channel; of a cv::Scalar at most four. */
static size_t fill_count(const struct wck_problem *problem)
{
    bool scalar = problem->convention != NULL && problem->convention->has_scalar;

    return scalar && problem->channels > 4 ? 4 : problem->channels;
}

static enum wck_status give_fill(struct wck_question *q, struct wck_error *err)
{
    size_t count = fill_count(q->problem);
    struct wck_tensor like = wck_tensor_contiguous(NULL, WCK_FLOAT64, 1, &count);
    enum wck_status status;

    if (!has_fill(q->problem))
        return WCK_OK;
    status = add_own(q->arrays, &q->array_count, "border_value", &like, err);
    for (size_t c = 0; c < count && status == WCK_OK; c++)
        wck_tensor_set(&q->arrays[q->array_count - 1].tensor, (ptrdiff_t)c,
                       wck_warp_border_value(&q->problem->warp, c));
    return status;
}

/* Gradients with respect to what is not given cannot be asked for. */
static enum wck_status check_gradients(const struct wck_problem *problem,
                                       const struct wck_gradients *g,
                                       struct wck_error *err)
{
    bool matrix = wck_map_has_matrix(&problem->warp.map);
    bool samples = g->x != NULL || g->y != NULL || g->z != NULL;

    if ((matrix && samples) || (!matrix && g->matrix != NULL))
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "a gradient with respect to %s has no place in a call "
                             "with %s",
                             matrix ? "coordinates" : "a matrix",
                             matrix ? "a matrix" : "coordinates");
    if (g->destination != NULL && !problem->warp.transparent)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "the call has no output from before");
    if (g->border_value != NULL &&
        (!has_fill(problem) || fill_count(problem) != problem->channels))
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "the call has no border value for each channel");
    return WCK_OK;
}

static enum wck_status start(struct wck_question *q, const char *call,
                             const struct wck_problem *problem,
                             const struct wck_image *image, struct wck_error *err)
{
    enum wck_status status;

    *q = (struct wck_question){.call = call, .problem = problem};
    give(q, "image", &image->tensor);
    status =
        problem->convention != NULL ? give_own_map(q, err) : give_plain_map(q, err);
    if (status != WCK_OK)
        return status;
    q->carrier = q->arrays[1].name;
    if (problem->warp.transparent)
        give(q, "destination", &problem->warp.destination.tensor);
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
        status = check_gradients(problem, gradients, err);
    if (status != WCK_OK)
        return status;
    question->gradients = gradients;
    give(question, "grad_output", &upstream->tensor);
    if (gradients->image != NULL)
        want(question, "grad_image", &gradients->image->tensor);
    if (gradients->destination != NULL)
        want(question, "grad_destination", &gradients->destination->tensor);
    if (gradients->border_value != NULL)
        want(question, "grad_border_value", &border);
    if (problem->convention == NULL)
        want_plain_map(question);
    else
        status = want_own_map(question, err);
    return status;
}

/* ---- as recorded ---- */

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
