/* mutate: copies of a recording with one element changed, which must no longer pass.
 *
 *     mutate FILE.npz FOLDER
 *
 * writes FOLDER/NAME.npz for `output` and for each gradient that was recorded, and
 * prints their paths.  The element with the largest magnitude grows by more than the
 * tool's resolution for its type: 1e-6 of itself in double precision, 2e-4 in single, 3
 * in bytes and 16 in integers of two (towards 0 where it has no room).  Where a library
 * sums doubles in single precision, that counts.  In single precision the gradients
 * with respect to what carries the map are judged more coarsely
 * (src/checker/recording.c): 2e-3, and 2e-2 of a matrix. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "src/base/text.h"
#include "src/io/npz.h"
#include "src/subject/recording.h"

/* What to add to the largest element, as a part of it. */
static double part(const char *name, bool fine)
{
    bool carried = strncmp(name, "grad_", 5) == 0 && strcmp(name, "grad_image") != 0 &&
                   strcmp(name, "grad_border_value") != 0;

    if (fine)
        return 1e-6;
    return !carried ? 2e-4 : strcmp(name, "grad_matrix") == 0 ? 2e-2 : 2e-3;
}

static double changed(const char *name, enum wck_dtype dtype, bool fine, double value)
{
    double step = wck_dtype_row(dtype)->size > 1 ? 16.0 : 3.0;

    if (wck_dtype_row(dtype)->roundoff > 0.0)
        return fabs(value) > 0.0 ? value + value * part(name, fine) : 1.0;
    return fabs(wck_dtype_round(dtype, value + step) - (value + step)) > 0.0
               ? value - step
               : value + step;
}

/* False where no element is finite. */
static bool change(const char *name, bool fine, struct wck_tensor *tensor)
{
    size_t count = wck_tensor_count(tensor), most = count;

    for (size_t i = 0; i < count; i++) {
        double value = wck_tensor_get(tensor, (ptrdiff_t)i);

        if (isfinite(value) &&
            (most == count ||
             fabs(value) > fabs(wck_tensor_get(tensor, (ptrdiff_t)most))))
            most = i;
    }
    if (most == count)
        return false;
    wck_tensor_set(
        tensor, (ptrdiff_t)most,
        changed(name, tensor->dtype, fine, wck_tensor_get(tensor, (ptrdiff_t)most)));
    return true;
}

/* Is the recording judged in double precision throughout? */
static enum wck_status read_fine(const char *path, bool *fine, struct wck_error *err)
{
    struct wck_subject *subject = NULL;
    struct wck_text name = {0};
    enum wck_status status;

    wck_text_printf(&name, "recording:%s", path);
    status = wck_subject_new(&subject, wck_text_string(&name), err);
    if (status == WCK_OK)
        *fine = wck_problem_roundoff(&wck_subject_recording(subject)->problem) <=
                wck_dtype_row(WCK_FLOAT64)->roundoff;
    wck_subject_free(subject);
    wck_text_release(&name);
    return status;
}

/* Writes the archive with member `k` changed. */
static enum wck_status write_changed(char *const *paths, bool fine, size_t k,
                                     struct wck_error *err)
{
    struct wck_npz npz = {0};
    struct wck_text to = {0};
    enum wck_status status = wck_npz_read(paths[0], &npz, err);

    if (status == WCK_OK && change(npz.members[k].name, fine, &npz.members[k].tensor)) {
        wck_text_printf(&to, "%s/%s.npz", paths[1], npz.members[k].name);
        status = wck_npz_write(&npz, wck_text_string(&to), err);
        if (status == WCK_OK)
            printf("%s\n", wck_text_string(&to));
    }
    wck_text_release(&to);
    wck_npz_release(&npz);
    return status;
}

static bool is_judged(const struct wck_npz_member *member)
{
    return member->tensor.data != NULL && (strcmp(member->name, "output") == 0 ||
                                           (strncmp(member->name, "grad_", 5) == 0 &&
                                            strcmp(member->name, "grad_output") != 0));
}

int main(int argc, char **argv)
{
    struct wck_npz npz = {0};
    struct wck_error err = {0};
    bool fine = false;
    enum wck_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: mutate FILE.npz FOLDER\n");
        return 2;
    }
    status = read_fine(argv[1], &fine, &err);
    if (status == WCK_OK)
        status = wck_npz_read(argv[1], &npz, &err);
    for (size_t k = 0; status == WCK_OK && k < npz.count; k++) {
        if (is_judged(&npz.members[k]))
            status = write_changed(argv + 1, fine, k, &err);
    }
    wck_npz_release(&npz);
    if (status != WCK_OK)
        fprintf(stderr, "mutate: %s\n", err.text);
    return status == WCK_OK ? 0 : 2;
}
