/* mutate: copies of a recording with one element changed, which must no longer pass.
 *
 *     mutate FILE.npz FOLDER
 *
 * writes FOLDER/NAME.npz for `output` and for each gradient that was recorded, and
 * prints their paths; and one with what the output held before changed, where it was
 * left as it was.  The element with the largest magnitude grows by more than the
 * tool's resolution for its type: 1e-6 of itself in double precision, 2e-4 in single, 3
 * in integers (towards 0 where it has no room).  Where the pass of the original says
 * that only more would have been found, by that; and by 1 where it wants 0 throughout,
 * of which a part of what was recorded, its rounding, is nothing to be found. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "src/base/text.h"
#include "src/io/npz.h"
#include "src/run/verify.h"

/* The smallest change of an array's element that is sure to fail. */
static double least_of(const struct wck_findings *findings, const char *name)
{
    double least = 0.0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct wck_finding *finding = &findings->items[i];
        size_t length = strlen(name);

        if (finding->claim == WCK_CONFORMS && finding->detail != NULL &&
            strncmp(finding->detail, name, length) == 0 &&
            (finding->detail[length] == ';' || finding->detail[length] == '\0'))
            least = finding->worst.scale > 0.0
                        ? 1.01 * finding->detectable * finding->worst.scale
                        : 1.0;
    }
    return least;
}

static double changed(enum wck_dtype dtype, double least, double value)
{
    double part = dtype == WCK_FLOAT64 ? 1e-6 : 2e-4;
    double step = fmax(3.0, ceil(least));

    if (wck_dtype_row(dtype)->roundoff > 0.0)
        return fabs(value) > 0.0
                   ? value + copysign(fmax(part * fabs(value), least), value)
                   : fmax(1.0, least);
    return fabs(wck_dtype_round(dtype, value + step) - (value + step)) > 0.0
               ? value - step
               : value + step;
}

static bool is_equal(const struct wck_tensor *same, size_t i, double value)
{
    double other = same != NULL ? wck_tensor_get(same, (ptrdiff_t)i) : value;

    return !(value < other) && !(value > other);
}

/* Changes an element that equals its like in `same`, unless that is NULL; false where
 * no such element is finite. */
static bool change(double least, struct wck_tensor *tensor,
                   const struct wck_tensor *same)
{
    size_t count = wck_tensor_count(tensor), most = count;

    for (size_t i = 0; i < count; i++) {
        double value = wck_tensor_get(tensor, (ptrdiff_t)i);

        if (isfinite(value) && is_equal(same, i, value) &&
            (most == count ||
             fabs(value) > fabs(wck_tensor_get(tensor, (ptrdiff_t)most))))
            most = i;
    }
    if (most == count)
        return false;
    wck_tensor_set(
        tensor, (ptrdiff_t)most,
        changed(tensor->dtype, least, wck_tensor_get(tensor, (ptrdiff_t)most)));
    return true;
}

static enum wck_status verify(const char *path, struct wck_verification *result,
                              struct wck_error *err)
{
    struct wck_verify_request request = {0};
    struct wck_text name = {0};
    enum wck_status status;

    wck_text_printf(&name, "recording:%s", path);
    status = wck_subject_new(&request.subject, wck_text_string(&name), err);
    if (status == WCK_OK)
        status = wck_verify(result, &request, err);
    wck_subject_free(request.subject);
    wck_text_release(&name);
    return status;
}

/* Writes the archive with member `k` changed. */
static enum wck_status write_changed(char *const *paths, size_t k,
                                     const struct wck_findings *findings,
                                     struct wck_error *err)
{
    struct wck_npz npz = {0};
    struct wck_text to = {0};
    const struct wck_tensor *same = NULL;
    const char *judged = "output";
    enum wck_status status = wck_npz_read(paths[0], &npz, err);

    if (status == WCK_OK && strcmp(npz.members[k].name, "destination") == 0)
        same = wck_npz_array(&npz, "output");
    else if (status == WCK_OK)
        judged = npz.members[k].name;
    if (status == WCK_OK &&
        change(least_of(findings, judged), &npz.members[k].tensor, same)) {
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
                                           strcmp(member->name, "destination") == 0 ||
                                           (strncmp(member->name, "grad_", 5) == 0 &&
                                            strcmp(member->name, "grad_output") != 0));
}

int main(int argc, char **argv)
{
    struct wck_verification result = {0};
    struct wck_npz npz = {0};
    struct wck_error err = {0};
    enum wck_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: mutate FILE.npz FOLDER\n");
        return 2;
    }
    status = verify(argv[1], &result, &err);
    if (status == WCK_OK)
        status = wck_npz_read(argv[1], &npz, &err);
    for (size_t k = 0; status == WCK_OK && k < npz.count; k++) {
        if (is_judged(&npz.members[k]))
            status = write_changed(argv + 1, k, &result.findings, &err);
    }
    wck_npz_release(&npz);
    wck_verification_release(&result);
    if (status != WCK_OK)
        fprintf(stderr, "mutate: %s\n", err.text);
    return status == WCK_OK ? 0 : 2;
}
