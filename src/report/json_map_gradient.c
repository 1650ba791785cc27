/* Json, coverage: the gradient with respect to what carries the map. */
#include <jansson.h>

#include "src/report/formats.h"

/* Takes `value`; where memory is short what is made stays NULL in the end. */
static void put(json_t **object, const char *key, json_t *value)
{
    if (json_object_set_new(*object, key, value) == 0)
        return;
    json_decref(*object);
    *object = NULL;
}

static json_t *counts(size_t covered, const size_t reasons[WCK_MAP_REASON_COUNT])
{
    json_t *object = json_object(), *list = json_object();

    for (int r = 0; r < WCK_MAP_REASON_COUNT; r++)
        put(&list, wck_map_reason_row((enum wck_map_reason)r)->id,
            json_integer((json_int_t)reasons[r]));
    put(&object, "covered", json_integer((json_int_t)covered));
    put(&object, "reasons", list);
    return object;
}

/* Of one matrix the reason of each entry, null where it has a gradient. */
static json_t *entries(const struct wck_map_coverage *map)
{
    json_t *list = json_array();

    if (map->matrices != 1) {
        json_decref(list);
        return json_null();
    }
    for (size_t k = 0; k < map->entries; k++) {
        const struct wck_map_reason_row *row =
            wck_map_reason_row((enum wck_map_reason)(map->entry[k] - 1));

        json_array_append_new(list, map->entry[k] == WCK_MAP_COVERED
                                        ? json_null()
                                        : json_string(row->id));
    }
    return list;
}

json_t *wck_json_map_gradient(const struct wck_map_coverage *map)
{
    json_t *object, *matrix;

    if (map == NULL)
        return json_null();
    object = json_object();
    put(&object, "samples", json_integer((json_int_t)map->samples));
    put(&object, "x", counts(map->covered[0], map->reasons[0]));
    put(&object, "y", counts(map->covered[1], map->reasons[1]));
    if (map->entries == 0) {
        put(&object, "matrix", json_null());
        return object;
    }
    matrix = counts(map->matrix_covered, map->matrix_reasons);
    put(&matrix, "total", json_integer((json_int_t)(map->entries * map->matrices)));
    put(&matrix, "entries", entries(map));
    put(&object, "matrix", matrix);
    return object;
}
