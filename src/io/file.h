/* File: whole files, read at once and written all or not at all. */
#ifndef WCK_IO_FILE_H
#define WCK_IO_FILE_H

#include <stddef.h>

#include "src/base/error.h"

/* Reads a whole file into malloc'ed memory, which the caller frees.  WCK_IO with the
 * path and the system's reason; WCK_NO_MEMORY. */
enum wck_status wck_file_read(const char *path, void **data, size_t *size,
                              struct wck_error *err);

/* Writes a file that is there whole or not at all: a temporary file beside it is
 * renamed over it, keeping the permissions of what it replaces, and through symbolic
 * links.  What is not a regular file (a device, a pipe) is written to as it is.  WCK_IO
 * with the path and the system's reason, also where the file is write-protected. */
enum wck_status wck_file_write(const char *path, const void *data, size_t size,
                               struct wck_error *err);

#endif
