#include "src/subject/member.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

enum wck_status wck_member_reject(const struct wck_archive *archive, const char *name,
                                  const char *why, struct wck_error *err)
{
    return wck_error_set(err, WCK_FORMAT, "%s: %s %s", archive->path, name, why);
}

static void append_shape(const struct wck_tensor *tensor, struct wck_text *text)
{
    for (int i = 0; i < tensor->rank; i++)
        wck_text_printf(text, "%s%zu", i > 0 ? "x" : "", tensor->shape[i]);
    if (tensor->rank == 0)
        wck_text_printf(text, "a single number");
}

enum wck_status wck_member_reject_shape(const struct wck_archive *archive,
                                        const char *name, const char *wanted,
                                        struct wck_error *err)
{
    struct wck_text shape = {0};

    append_shape(wck_member_find(archive, name), &shape);
    wck_error_set(err, WCK_FORMAT, "%s: %s is %s, %s", archive->path, name,
                  wck_text_string(&shape), wanted);
    wck_text_release(&shape);
    return WCK_FORMAT;
}

const struct wck_tensor *wck_member_find(const struct wck_archive *archive,
                                         const char *name)
{
    return wck_npz_array(&archive->npz, name);
}

enum wck_status wck_member_require(const struct wck_archive *archive, const char *name,
                                   struct wck_error *err)
{
    if (wck_member_find(archive, name) != NULL)
        return WCK_OK;
    return wck_member_reject(archive, name, "is missing", err);
}

enum wck_status wck_member_check_shape(const struct wck_archive *archive,
                                       const char *name, const char *like,
                                       struct wck_error *err)
{
    const struct wck_tensor *one = wck_member_find(archive, name);
    const struct wck_tensor *other = wck_member_find(archive, like);
    struct wck_text wanted = {0};

    if (one->rank == other->rank &&
        memcmp(one->shape, other->shape, (size_t)one->rank * sizeof *one->shape) == 0)
        return WCK_OK;
    wck_text_printf(&wanted, "%s is ", like);
    append_shape(other, &wanted);
    wck_member_reject_shape(archive, name, wck_text_string(&wanted), err);
    wck_text_release(&wanted);
    return WCK_FORMAT;
}

enum wck_status wck_member_check_dtype(const struct wck_archive *archive,
                                       const char *name, const char *like,
                                       struct wck_error *err)
{
    enum wck_dtype one = wck_member_find(archive, name)->dtype;
    enum wck_dtype other = wck_member_find(archive, like)->dtype;

    if (one == other)
        return WCK_OK;
    return wck_error_set(err, WCK_FORMAT, "%s: %s is %s, %s is %s", archive->path, name,
                         wck_dtype_row(one)->name, like, wck_dtype_row(other)->name);
}

enum wck_status wck_member_numbers(const struct wck_archive *archive, const char *name,
                                   bool finite, double **numbers, struct wck_error *err)
{
    const struct wck_tensor *from = wck_member_find(archive, name);
    size_t count = wck_tensor_count(from);
    struct wck_tensor to;
    enum wck_status status =
        wck_tensor_new(&to, WCK_FLOAT64, from->rank, from->shape, err);

    *numbers = to.data;
    if (status == WCK_OK)
        status = wck_tensor_copy(from, &to, err);
    for (size_t i = 0; finite && status == WCK_OK && i < count; i++) {
        if (!isfinite((*numbers)[i]))
            status = wck_member_reject(archive, name,
                                       "holds a value that is not finite", err);
    }
    if (status != WCK_OK) {
        free(*numbers);
        *numbers = NULL;
    }
    return status;
}

enum wck_status wck_member_view(const struct wck_archive *archive, const char *name,
                                const char *layout, struct wck_image *image,
                                struct wck_error *err)
{
    struct wck_error why = {0};
    enum wck_status status = wck_member_require(archive, name, err);

    if (status != WCK_OK)
        return status;
    if (wck_image_view(image, wck_member_find(archive, name), layout, &why) == WCK_OK)
        return WCK_OK;
    image->tensor.data = NULL;
    return wck_error_set(err, WCK_FORMAT, "%s: %s: %s", archive->path, name, why.text);
}
