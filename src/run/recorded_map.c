#include "src/run/recorded_map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Where the elements of the arrays go. */
struct visiting {
    struct wck_recorded_map *map;
    const double *numbers; /* of `array`, in C order */
    size_t array, first;   /* the item's first sample */
};

static void keep(void *state, size_t array, size_t offset, int axis, size_t index)
{
    struct visiting *visiting = state;
    double *to = axis == WCK_X ? visiting->map->x : visiting->map->y;

    if (array == visiting->array)
        to[visiting->first + index] = visiting->numbers[offset];
}

static size_t items_of(const struct wck_recording *recording)
{
    return wck_call_shares_map(&recording->call) ? 1 : recording->call.image.batch;
}

/* Room for both axes; an array of one of them (map_x) makes room for that alone. */
static enum wck_status make_room(struct wck_recorded_map *map, size_t array,
                                 const struct wck_recording *recording,
                                 struct wck_error *err)
{
    bool both = recording->call.convention->carrier != WCK_CARRIER_MAPS;
    size_t count = items_of(recording) * wck_warp_samples(&recording->items[0].warp);

    if (both || array == 0)
        map->x = calloc(count, sizeof *map->x);
    if (both || array == 1)
        map->y = calloc(count, sizeof *map->y);
    if (((both || array == 0) && map->x == NULL) ||
        ((both || array == 1) && map->y == NULL))
        return wck_error_no_memory(err);
    return WCK_OK;
}

static enum wck_status read_array(struct wck_recorded_map *map,
                                  const struct wck_recorded *of, size_t array,
                                  struct wck_error *err)
{
    const struct wck_recording *recording = &of->recording;
    const char *like = wck_call_array_name(recording->call.convention, array);
    char name[40];
    double *numbers = NULL;
    enum wck_status status;

    snprintf(name, sizeof name, "grad_%s", like);
    if (wck_member_find(&of->archive, name) == NULL)
        return WCK_OK;
    status = wck_member_check_shape(&of->archive, name, like, err);
    if (status == WCK_OK)
        status = wck_member_numbers(&of->archive, name, false, &numbers, err);
    if (status == WCK_OK)
        status = make_room(map, array, recording, err);
    for (size_t i = 0; i < items_of(recording) && status == WCK_OK; i++) {
        struct visiting visiting = {map, numbers, array,
                                    i * wck_warp_samples(&recording->items[0].warp)};

        wck_call_each(&recording->call, &recording->items[i], i, keep, &visiting);
    }
    free(numbers);
    return status;
}

/* The warp's own entries are those of the library's matrix that a gradient of theirs
 * alone reaches. */
static void keep_matrix(struct wck_recorded_map *map, const struct wck_recorded *of,
                        const double *numbers)
{
    const struct wck_call *call = &of->recording.call;
    const struct wck_tensor *like = &call->array[0];
    size_t rows = like->shape[like->rank - 2], columns = like->shape[like->rank - 1];

    for (size_t i = 0; i < items_of(&of->recording); i++) {
        const struct wck_warp *warp = &of->recording.items[i].warp;
        size_t entries = (size_t)wck_map_entries(&warp->map);

        for (size_t k = 0; k < entries; k++) {
            double unit[WCK_MATRIX] = {0.0}, own[16] = {0.0};

            unit[k] = 1.0;
            wck_convention_matrix_gradient(call->convention, warp, unit, rows, columns,
                                           own);
            for (size_t j = 0; j < rows * columns; j++) {
                if (fabs(own[j]) > 0.0)
                    map->matrix[i * entries + k] += numbers[i * rows * columns + j];
            }
        }
    }
}

static enum wck_status read_matrix(struct wck_recorded_map *map,
                                   const struct wck_recorded *of,
                                   const struct wck_tensor *given,
                                   struct wck_error *err)
{
    const struct wck_tensor *like = &of->recording.call.array[0];
    size_t entries = (size_t)wck_map_entries(&of->recording.items[0].warp.map);
    struct wck_tensor numbers;
    enum wck_status status;
    bool same = given->rank == like->rank;

    for (int d = 0; same && d < like->rank; d++)
        same = given->shape[d] == like->shape[d];
    if (!same)
        return wck_error_set(
            err, WCK_FORMAT,
            "%s: the matrix gradient has another shape than the matrix",
            of->archive.path);
    map->matrix = calloc(items_of(&of->recording) * entries, sizeof *map->matrix);
    if (map->matrix == NULL)
        return wck_error_no_memory(err);
    status = wck_tensor_new(&numbers, WCK_FLOAT64, given->rank, given->shape, err);
    if (status == WCK_OK)
        status = wck_tensor_copy(given, &numbers, err);
    if (status == WCK_OK)
        keep_matrix(map, of, numbers.data);
    free(numbers.data);
    return status;
}

enum wck_status wck_recorded_map_read(struct wck_recorded_map *map,
                                      const struct wck_recorded *of,
                                      const struct wck_tensor *matrix,
                                      struct wck_error *err)
{
    const struct wck_convention *convention = of->recording.call.convention;
    enum wck_status status = WCK_OK;

    *map = (struct wck_recorded_map){0};
    if (convention->carrier == WCK_CARRIER_MATRIX) {
        if (matrix == NULL)
            matrix = wck_member_find(&of->archive, "grad_matrix");
        return matrix != NULL ? read_matrix(map, of, matrix, err) : WCK_OK;
    }
    for (size_t i = 0; wck_call_array_name(convention, i) != NULL && status == WCK_OK;
         i++)
        status = read_array(map, of, i, err);
    return status;
}

bool wck_recorded_map_any(const struct wck_recorded *of)
{
    const struct wck_convention *convention = of->recording.call.convention;
    char name[40];
    bool any = false;

    for (size_t i = 0; wck_call_array_name(convention, i) != NULL; i++) {
        snprintf(name, sizeof name, "grad_%s", wck_call_array_name(convention, i));
        any |= wck_member_find(&of->archive, name) != NULL;
    }
    return any;
}

void wck_recorded_map_release(struct wck_recorded_map *map)
{
    free(map->x);
    free(map->y);
    free(map->matrix);
    *map = (struct wck_recorded_map){0};
}
