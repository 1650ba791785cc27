#include "src/io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_READ 65536 /* where the size is not known: a pipe, a file of /proc */

static enum wck_status failed(const char *path, struct wck_error *err)
{
    return wck_error_set(err, WCK_IO, "%s: %s", path, strerror(errno));
}

/* Reads what is left of the file into *data, which has room for `room` bytes. */
static enum wck_status read_all(int file, const char *path, size_t room, void **data,
                                size_t *size, struct wck_error *err)
{
    for (;;) {
        ssize_t got;

        if (*size == room) {
            void *larger = room <= PTRDIFF_MAX / 2 ? realloc(*data, 2 * room) : NULL;

            if (larger == NULL)
                return wck_error_no_memory(err);
            *data = larger;
            room *= 2;
        }
        got = read(file, (char *)*data + *size, room - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(path, err);
        if (got == 0)
            return WCK_OK;
        *size += (size_t)got;
    }
}

enum wck_status wck_file_read(const char *path, void **data, size_t *size,
                              struct wck_error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t room = FIRST_READ;
    struct stat about;
    enum wck_status status;

    *data = NULL;
    *size = 0;
    if (file < 0)
        return failed(path, err);
    /* One byte more than the file has: the read that finds its end needs room. */
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0)
        room = (size_t)about.st_size + 1;
    *data = malloc(room);
    status = *data != NULL ? read_all(file, path, room, data, size, err)
                           : wck_error_no_memory(err);
    close(file);
    if (status != WCK_OK) {
        free(*data);
        *data = NULL;
        *size = 0;
    }
    return status;
}

static bool write_all(int file, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t put = write(file, at, size);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

/* Writes to what cannot be replaced: a device, a pipe. */
static enum wck_status write_through(const char *path, const void *data, size_t size,
                                     struct wck_error *err)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    enum wck_status status = WCK_OK;

    if (file < 0)
        return failed(path, err);
    if (!write_all(file, data, size))
        status = failed(path, err);
    if (close(file) != 0 && status == WCK_OK)
        status = failed(path, err);
    return status;
}

/* A new file in the folder of `path`, its name in `name`: one of its own, by the
 * process and a count, so that the permissions are those that any new file gets. */
static int open_beside(const char *path, char name[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash + 1 - path) : 0;

    for (unsigned count = 0;; count++) {
        int length = snprintf(name, PATH_MAX, "%.*s.warpcheck-%ld-%u", folder, path,
                              (long)getpid(), count);
        int file;

        if (length >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
}

/* Writes beside `path` and renames; `old` is what is there, NULL for nothing. */
static enum wck_status replace(const char *path, const struct stat *old,
                               const void *data, size_t size, struct wck_error *err)
{
    char name[PATH_MAX];
    int file = open_beside(path, name);
    bool done;

    if (file < 0)
        return failed(path, err);
    done = (old == NULL || fchmod(file, old->st_mode & 07777) == 0) &&
           write_all(file, data, size) && fsync(file) == 0;
    if (close(file) == 0 && done && rename(name, path) == 0)
        return WCK_OK;
    failed(path, err);
    unlink(name);
    return WCK_IO;
}

enum wck_status wck_file_write(const char *path, const void *data, size_t size,
                               struct wck_error *err)
{
    char target[PATH_MAX];
    struct stat old;

    if (stat(path, &old) != 0)
        return replace(path, NULL, data, size, err);
    if (!S_ISREG(old.st_mode))
        return write_through(path, data, size, err);
    /* Renaming would ask the folder only, and would replace a link, not its target. */
    if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0 ||
        realpath(path, target) == NULL)
        return failed(path, err);
    return replace(target, &old, data, size, err);
}
