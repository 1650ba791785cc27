#include "src/cli/beside.h"

#include <string.h>

/* Characters of a path up to and with its last '/'. */
static size_t folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

static bool is_step(const char *part, size_t size, const char *step)
{
    return size == strlen(step) && memcmp(part, step, size) == 0;
}

/* How many folders deep the file of a relative path lies; false where it leads up. */
static bool count_folders(const char *path, size_t *count)
{
    *count = 0;
    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        size_t size = (size_t)(slash - path);

        if (is_step(path, size, ".."))
            return false;
        *count += size > 0 && !is_step(path, size, ".");
    }
    return true;
}

bool wck_beside_path(const char *page, const char *file, struct wck_text *text)
{
    size_t folder = folder_of(page), up;

    if (folder == folder_of(file) && memcmp(page, file, folder) == 0)
        file += folder;
    else if (*file != '/' && (*page == '/' || !count_folders(page, &up)))
        return false;
    else if (*file != '/')
        for (; up > 0; up--)
            wck_text_append(text, "../", 3);
    wck_text_append(text, file, strlen(file));
    return true;
}
