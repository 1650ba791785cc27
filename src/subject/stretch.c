#include "src/subject/stretch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

void wck_stretch_release(struct wck_stretch *stretch)
{
    if (stretch->file < 0)
        free(stretch->data);
    else if (stretch->data != NULL)
        munmap(stretch->data, stretch->size);
    stretch->data = NULL;
    stretch->size = 0;
}

/* The bytes that the elements take before the first one and from it on; false where
 * they are more than any file has. */
static bool measure(const struct wck_tensor *tensor, size_t *before, size_t *from)
{
    size_t width = wck_dtype_row(tensor->dtype)->size;

    *before = 0;
    *from = width;
    for (int axis = 0; axis < tensor->rank; axis++) {
        size_t steps = tensor->shape[axis] - 1, bytes;
        ptrdiff_t stride = tensor->stride[axis];
        size_t *side = stride < 0 ? before : from;

        if (tensor->shape[axis] == 0)
            return false;
        if (__builtin_mul_overflow(steps, (size_t)(stride < 0 ? -stride : stride),
                                   &bytes) ||
            __builtin_mul_overflow(bytes, width, &bytes) ||
            __builtin_add_overflow(*side, bytes, side))
            return false;
    }
    return true;
}

static enum wck_status map(struct wck_stretch *stretch, struct wck_error *err)
{
    struct stat about;
    int access = stretch->writable ? PROT_READ | PROT_WRITE : PROT_READ;
    void *data;

    if (fstat(stretch->file, &about) != 0)
        return wck_error_set(err, WCK_IO, "a memory file: %s", strerror(errno));
    if ((size_t)about.st_size == stretch->size)
        return WCK_OK;
    wck_stretch_release(stretch);
    data = mmap(NULL, (size_t)about.st_size, access, MAP_SHARED, stretch->file, 0);
    if (data == MAP_FAILED)
        return wck_error_set(err, WCK_IO, "a memory file cannot be mapped: %s",
                             strerror(errno));
    stretch->data = data;
    stretch->size = (size_t)about.st_size;
    return WCK_OK;
}

enum wck_status wck_stretch_resize(struct wck_stretch *stretch, size_t size,
                                   struct wck_error *err)
{
    if (stretch->file >= 0)
        return map(stretch, err);
    wck_stretch_release(stretch);
    stretch->data = calloc(size > 0 ? size : 1, 1);
    if (stretch->data == NULL)
        return wck_error_no_memory(err);
    stretch->size = size;
    return WCK_OK;
}

static bool holds(const struct wck_stretch *stretch, size_t offset, size_t before,
                  size_t from)
{
    return before <= offset && offset <= stretch->size &&
           from <= stretch->size - offset;
}

bool wck_stretch_place(const struct wck_stretch *stretch, struct wck_tensor *tensor,
                       size_t offset)
{
    size_t before, from;

    if (!measure(tensor, &before, &from) ||
        offset % wck_dtype_row(tensor->dtype)->size != 0 ||
        !holds(stretch, offset, before, from))
        return false;
    tensor->data = stretch->data + offset;
    return true;
}
