#include "src/checker/spread.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "reference/span.h"

#define MARGIN ((size_t)8)  /* elements before the first and behind the last */
#define PADDING ((size_t)3) /* elements behind each row */

#define TEXT(id, text) text,
static const char *const texts[] = {WCK_SPREADS(TEXT)};
#undef TEXT

const char *wck_spread_text(enum wck_spread_way way)
{
    return texts[way];
}

/* The axes from the outermost in memory to the innermost.  Moved: channels from last to
 * first or from elsewhere to last; without channels columns come first. */
static void order_axes(const char *layout, bool moved, int order[WCK_TENSOR_RANK])
{
    int rank = (int)strlen(layout), at = 0, mover;
    const char *channel = strchr(layout, 'C');
    bool to_front = layout[rank - 1] == 'C' || channel == NULL;

    if (!moved) {
        for (int d = 0; d < rank; d++)
            order[d] = d;
        return;
    }
    mover =
        channel != NULL ? (int)(channel - layout) : (int)(strchr(layout, 'W') - layout);
    if (to_front)
        order[at++] = mover;
    for (int d = 0; d < rank; d++) {
        if (d != mover)
            order[at++] = d;
    }
    if (!to_front)
        order[at] = mover;
}

static void set_strides(struct wck_tensor *tensor, const char *layout,
                        enum wck_spread_way way)
{
    int order[WCK_TENSOR_RANK];
    size_t step = way == WCK_SPREAD_SECOND ? 2 : 1;

    order_axes(layout, way == WCK_SPREAD_MOVED, order);
    for (int k = tensor->rank; k-- > 0;) {
        int d = order[k];

        if (way == WCK_SPREAD_PADDED && layout[d] == 'H')
            step += PADDING;
        tensor->stride[d] = (ptrdiff_t)step;
        step *= tensor->shape[d];
    }
}

static void bend_strides(struct wck_tensor *tensor, const char *layout, bool source,
                         enum wck_spread_way way)
{
    for (int d = 0; d < tensor->rank; d++) {
        bool plane = layout[d] == 'H' || layout[d] == 'W';

        if (way == WCK_SPREAD_FLIPPED && plane)
            tensor->stride[d] = -tensor->stride[d];
        if (way == WCK_SPREAD_EXPANDED && (!source || layout[d] == 'H'))
            tensor->stride[d] = 0;
    }
}

/* Memory for the tensor's strides, with NaN but where the elements are. */
static enum wck_status settle(struct wck_spread *spread, struct wck_tensor *tensor,
                              struct wck_error *err)
{
    struct wck_span span = wck_span_of(tensor);
    size_t count = span.count + 2 * MARGIN;
    bool *marks = wck_span_marks(tensor);
    enum wck_status status =
        wck_tensor_new(&spread->whole, tensor->dtype, 1, &count, err);

    spread->marks = calloc(count, sizeof *spread->marks);
    if (status == WCK_OK && (marks == NULL || spread->marks == NULL))
        status = wck_error_no_memory(err);
    for (size_t i = 0; i < count && status == WCK_OK; i++) {
        spread->marks[i] = i >= MARGIN && i - MARGIN < span.count && marks[i - MARGIN];
        if (!spread->marks[i])
            wck_tensor_set(&spread->whole, (ptrdiff_t)i, (double)NAN);
    }
    free(marks);
    if (status == WCK_OK)
        tensor->data = (unsigned char *)spread->whole.data +
                       (MARGIN + span.origin) * wck_dtype_row(tensor->dtype)->size;
    return status;
}

/* The problem's source or output, its shape alone. */
static struct wck_tensor shape_of(const struct wck_problem *problem, bool source)
{
    const struct wck_warp *warp = &problem->warp;
    struct wck_tensor tensor = {.dtype = problem->dtype};

    tensor.rank = wck_layout_shape(problem->layout, problem->batch, problem->channels,
                                   source ? warp->source_height : warp->output_height,
                                   source ? warp->source_width : warp->output_width,
                                   tensor.shape);
    return tensor;
}

enum wck_status wck_spread_init(struct wck_spread *spread,
                                const struct wck_problem *problem, bool source,
                                enum wck_spread_way way, struct wck_error *err)
{
    struct wck_tensor tensor = shape_of(problem, source);
    enum wck_status status;

    *spread = (struct wck_spread){.marks = NULL};
    set_strides(&tensor, problem->layout, way);
    bend_strides(&tensor, problem->layout, source, way);
    status = settle(spread, &tensor, err);
    return status == WCK_OK
               ? wck_image_view(&spread->image, &tensor, problem->layout, err)
               : status;
}

/* ---- far apart ---- */

#define ROOM ((size_t)1 << 31)      /* elements before the first and behind the last */
#define NEAR_SPAN ((size_t)1 << 20) /* the same of what is near */

/* Added to a power of two, so that an offset cut to 32 bits ends far from every
 * element, and from where an image without gaps may have been. */
#define ODD ((size_t)0x100023)

/* From one of `count` elements to the next, where each is a piece of `piece`.  The
 * third is beyond unsigned integers too; of two, the second. */
static size_t distance_of(size_t count, size_t piece, bool near)
{
    if (near)
        return NEAR_SPAN / count + piece;
    return ((size_t)1 << (count > 2 ? 31 : 32)) + piece + ODD;
}

static void set_far_strides(struct wck_tensor *tensor, const char *layout,
                            const struct wck_spread_axis *axis)
{
    size_t step = 1;
    int along = (int)(strchr(layout, axis->letter) - layout);

    for (int d = tensor->rank; d-- > 0;) {
        tensor->stride[d] = (ptrdiff_t)step;
        step *= d == along ? 1 : tensor->shape[d];
    }
    tensor->stride[along] =
        (ptrdiff_t)distance_of(tensor->shape[along], step, axis->near);
    if (axis->backwards)
        tensor->stride[along] = -tensor->stride[along];
}

/* Addresses for the tensor, of which only those that are written to get memory. */
static enum wck_status map(struct wck_spread *spread, struct wck_tensor *tensor,
                           struct wck_error *err)
{
    struct wck_span span = wck_span_of(tensor);
    size_t count = span.count + 2 * ROOM, width = wck_dtype_row(tensor->dtype)->size;
    void *data = mmap(NULL, count * width, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (data == MAP_FAILED)
        return wck_error_set(err, WCK_NO_MEMORY,
                             "no room for %zu GiB of addresses, all but some pages of "
                             "them never used: %s",
                             count * width >> 30, strerror(errno));
    madvise(data, count * width, MADV_NOHUGEPAGE); /* 2 MB for each element else */
    spread->whole = wck_tensor_contiguous(data, tensor->dtype, 1, &count);
    spread->mapped = count * width;
    tensor->data = (unsigned char *)data + (ROOM + span.origin) * width;
    return WCK_OK;
}

enum wck_status wck_spread_init_along(struct wck_spread *spread,
                                      const struct wck_problem *problem, bool source,
                                      const struct wck_spread_axis *axis,
                                      struct wck_error *err)
{
    struct wck_tensor tensor = shape_of(problem, source);
    enum wck_status status;

    *spread = (struct wck_spread){.marks = NULL};
    if (tensor.shape[strchr(problem->layout, axis->letter) - problem->layout] >
        WCK_SPREAD_MOST)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "an axis of more than %d indices is not laid so far apart",
                             WCK_SPREAD_MOST);
    set_far_strides(&tensor, problem->layout, axis);
    status = axis->near ? settle(spread, &tensor, err) : map(spread, &tensor, err);
    return status == WCK_OK
               ? wck_image_view(&spread->image, &tensor, problem->layout, err)
               : status;
}

/* ---- both ---- */

void wck_spread_release(struct wck_spread *spread)
{
    if (spread->mapped > 0)
        munmap(spread->whole.data, spread->mapped);
    else
        free(spread->whole.data);
    free(spread->marks);
    *spread = (struct wck_spread){.marks = NULL};
}

size_t wck_spread_strays(const struct wck_spread *spread)
{
    size_t strays = 0;

    for (size_t i = 0; spread->marks != NULL && i < spread->whole.shape[0]; i++)
        strays +=
            !spread->marks[i] && !isnan(wck_tensor_get(&spread->whole, (ptrdiff_t)i));
    return strays;
}
