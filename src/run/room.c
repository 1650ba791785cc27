#include "src/run/room.h"

#include <unistd.h>

/* In bytes; 0: not told. */
static double physical(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

    return pages > 0 && page > 0 ? (double)pages * (double)page : 0.0;
}

static enum wck_status check(const char *what, const size_t size[3], size_t planes,
                             enum wck_dtype dtype, struct wck_error *err)
{
    const struct wck_dtype_row *row = wck_dtype_row(dtype);
    size_t depth = size[0] > 0 ? size[0] : 1;
    double bytes = (double)depth * (double)size[1] * (double)size[2] * (double)planes *
                   (double)row->size;
    double most = physical();

    if (!(most > 0.0) || bytes <= most)
        return WCK_OK;
    return wck_error_set(
        err, WCK_NO_MEMORY,
        "an %s of %zux%zu takes %.0f GB in %s, of the %.0f GB of memory "
        "that this machine has",
        what, size[1], size[2], 1e-9 * bytes, row->name, 1e-9 * most);
}

enum wck_status wck_room_check(const struct wck_warp *warp, size_t planes,
                               enum wck_dtype source, enum wck_dtype dtype,
                               struct wck_error *err)
{
    const size_t from[] = {warp->source_depth, warp->source_height, warp->source_width};
    const size_t to[] = {warp->output_depth, warp->output_height, warp->output_width};
    enum wck_status status = check("image", from, planes, source, err);

    return status == WCK_OK ? check("output", to, planes, dtype, err) : status;
}
