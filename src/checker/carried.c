#include "src/checker/carried.h"

#include <math.h>
#include <stdlib.h>

enum wck_status wck_carried_init(struct wck_carried *carried,
                                 const struct wck_recording *recording,
                                 struct wck_error *err)
{
    *carried = (struct wck_carried){.of = recording};
    for (size_t i = 0; wck_call_array_name(recording->call.convention, i) != NULL;
         i++) {
        size_t count = wck_tensor_count(&recording->call.array[i]);

        carried->count[i] = count;
        carried->margin[i] = calloc(count, sizeof *carried->margin[i]);
        carried->sample[i] = calloc(count, sizeof *carried->sample[i]);
        if (carried->margin[i] == NULL || carried->sample[i] == NULL)
            return wck_error_no_memory(err);
    }
    return WCK_OK;
}

void wck_carried_release(struct wck_carried *carried)
{
    for (size_t i = 0; i < WCK_CALL_ARRAYS; i++) {
        free(carried->margin[i]);
        free(carried->sample[i]);
    }
    *carried = (struct wck_carried){0};
}

static void add(struct wck_margin *sum, const struct wck_margin *part)
{
    sum->low += part->low;
    sum->high += part->high;
    sum->bound += part->bound;
    sum->at += part->at;
    sum->reach += part->reach;
}

struct adding {
    struct wck_carried *to;
    const struct wck_margins *margins;
};

static void add_element(void *state, size_t array, size_t offset, int axis,
                        size_t index)
{
    const struct adding *adding = state;

    adding->to->sample[array][offset] = index;
    add(&adding->to->margin[array][offset], &adding->margins->coordinate[axis][index]);
}

/* The library's matrix has the warp's entries in places of its own. */
static void add_matrix(struct wck_carried *carried, const struct wck_margins *margins,
                       size_t item)
{
    const struct wck_convention *convention = carried->of->call.convention;
    const struct wck_tensor *matrix = &carried->of->call.array[0];
    const struct wck_warp *warp = &carried->of->items[item].warp;
    size_t rows = matrix->shape[matrix->rank - 2];
    size_t columns = matrix->shape[matrix->rank - 1];
    bool batched = matrix->rank == 3 && matrix->shape[0] > 1;
    double part[5][WCK_MATRIX], own[5][16];

    for (int i = 0; i < WCK_MATRIX; i++) {
        part[0][i] = margins->matrix[i].low;
        part[1][i] = margins->matrix[i].high;
        part[2][i] = margins->matrix[i].bound;
        part[3][i] = margins->matrix[i].at;
        part[4][i] = margins->matrix[i].reach;
    }
    for (int k = 0; k < 5; k++)
        wck_convention_matrix_gradient(convention, warp, part[k], rows, columns,
                                       own[k]);
    for (size_t i = 0; i < rows * columns; i++) {
        size_t at = (batched ? item * rows * columns : 0) + i;

        carried->sample[0][at] = at;
        add(&carried->margin[0][at], &(struct wck_margin){.low = own[0][i],
                                                          .high = own[1][i],
                                                          .bound = own[2][i],
                                                          .at = own[3][i],
                                                          .reach = fabs(own[4][i])});
    }
}

void wck_carried_add(struct wck_carried *carried, const struct wck_margins *margins,
                     size_t item)
{
    struct adding adding = {.to = carried, .margins = margins};
    const struct wck_call *call = &carried->of->call;

    if (call->convention->carrier == WCK_CARRIER_MATRIX)
        add_matrix(carried, margins, item);
    else
        wck_call_each(call, &carried->of->items[item], item, add_element, &adding);
}
