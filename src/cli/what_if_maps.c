#include "src/cli/what_if_maps.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "src/io/file.h"
#include "src/io/npy.h"
#include "src/report/what_if_picture.h"

/* "FOLDER/01-straight-through-2x2-samples": what is no letter, digit or point is one
 * '-'. */
static void name_file(struct wck_text *path, const char *folder, size_t number,
                      const char *remedy)
{
    bool between = true;

    wck_text_printf(path, "%s/%02zu", folder, number);
    for (const char *c = remedy; *c != '\0'; c++) {
        bool plain = isalnum((unsigned char)*c) || *c == '.';

        if (plain && between)
            wck_text_append(path, "-", 1);
        if (plain)
            wck_text_append(path, c, 1);
        between = !plain;
    }
}

static enum wck_status write_file(const struct wck_text *stem, const char *extension,
                                  const struct wck_text *bytes, struct wck_error *err)
{
    struct wck_text path = {0};
    enum wck_status status;

    wck_text_printf(&path, "%s.%s", wck_text_string(stem), extension);
    status =
        stem->failed || path.failed || bytes->failed
            ? wck_error_no_memory(err)
            : wck_file_write(wck_text_string(&path), bytes->data, bytes->size, err);
    wck_text_release(&path);
    return status;
}

static enum wck_status write_row(const struct wck_text *stem,
                                 const struct wck_what_if *row,
                                 const struct wck_coverage *coverage,
                                 struct wck_error *err)
{
    const size_t shape[2] = {coverage->height, coverage->width};
    struct wck_tensor tensor = wck_tensor_contiguous(row->map, WCK_UINT8, 2, shape);
    struct wck_text npy = {0}, png = {0};
    enum wck_status status = wck_npy_encode(&tensor, &npy, err);

    if (status == WCK_OK)
        status = wck_what_if_picture(&png, row->map, shape[0], shape[1], err);
    if (status == WCK_OK)
        status = write_file(stem, "npy", &npy, err);
    if (status == WCK_OK)
        status = write_file(stem, "png", &png, err);
    wck_text_release(&npy);
    wck_text_release(&png);
    return status;
}

enum wck_status wck_what_if_maps_write(const char *folder,
                                       const struct wck_survey *survey,
                                       struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return wck_error_set(err, WCK_IO, "%s: %s", folder, strerror(errno));
    for (size_t i = 0; i < survey->what_ifs && status == WCK_OK; i++) {
        struct wck_text stem = {0};

        name_file(&stem, folder, i + 1, survey->what_if[i].remedy);
        status = write_row(&stem, &survey->what_if[i], &survey->coverage, err);
        wck_text_release(&stem);
    }
    return status;
}
