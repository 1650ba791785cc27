/* Lines: a text file read line by line, in memory that does not grow with it. */
#ifndef WCK_IO_LINES_H
#define WCK_IO_LINES_H

#include <stdbool.h>
#include <stdio.h>

#include "src/base/error.h"

#define WCK_LINE 1000 /* most bytes of a line, without what ends it */

struct wck_lines {
    FILE *file;
    const char *path; /* borrowed */
    size_t number;    /* of the line in `text`, from 1; 0 before the first */
    char text[WCK_LINE + 1];
};

/* Opens a file, or standard input where `path` is "-".  WCK_IO with the path and the
 * system's reason.  Close with wck_lines_close, whatever was returned. */
enum wck_status wck_lines_open(struct wck_lines *lines, const char *path,
                               struct wck_error *err);

/* Reads the next line into `text`, without its line feed and a carriage return before
 * that; *more is false at the end of the file.  WCK_FORMAT, naming path and line, where
 * a line is too long or holds a byte of 0; WCK_IO. */
enum wck_status wck_lines_next(struct wck_lines *lines, bool *more,
                               struct wck_error *err);
void wck_lines_close(struct wck_lines *lines);

#endif
