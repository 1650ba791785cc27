#include "src/io/lines.h"

#include <errno.h>
#include <string.h>

enum wck_status wck_lines_open(struct wck_lines *lines, const char *path,
                               struct wck_error *err)
{
    *lines = (struct wck_lines){.path = path};
    lines->file = strcmp(path, "-") == 0 ? fdopen(0, "r") : fopen(path, "r");
    if (lines->file == NULL)
        return wck_error_set(err, WCK_IO, "%s: %s", path, strerror(errno));
    return WCK_OK;
}

enum wck_status wck_lines_next(struct wck_lines *lines, bool *more,
                               struct wck_error *err)
{
    size_t size = 0;
    int byte;

    errno = 0;
    lines->number++;
    while ((byte = getc(lines->file)) != EOF && byte != '\n') {
        if (byte == '\0')
            return wck_error_set(err, WCK_FORMAT,
                                 "%s, line %zu: a byte of 0 in a text file",
                                 lines->path, lines->number);
        if (size == WCK_LINE)
            return wck_error_set(err, WCK_FORMAT,
                                 "%s, line %zu: longer than %d characters", lines->path,
                                 lines->number, WCK_LINE);
        lines->text[size++] = (char)byte;
    }
    if (ferror(lines->file))
        return wck_error_set(err, WCK_IO, "%s: %s", lines->path, strerror(errno));
    *more = byte != EOF || size > 0;
    if (size > 0 && lines->text[size - 1] == '\r')
        size--;
    lines->text[size] = '\0';
    return WCK_OK;
}

void wck_lines_close(struct wck_lines *lines)
{
    if (lines->file != NULL)
        fclose(lines->file);
    *lines = (struct wck_lines){0};
}
