#include "src/report/uri.h"

#include <ctype.h>
#include <string.h>

static bool is_plain(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte < 0x80 && (isalnum(byte) || strchr("-._~/", c) != NULL);
}

static void append_path(struct wck_text *text, const char *path, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (path[i] != '\0' && is_plain(path[i]))
            wck_text_append(text, &path[i], 1);
        else
            wck_text_printf(text, "%%%02X", (unsigned)(unsigned char)path[i]);
    }
}

void wck_uri_of_path(const char *path, struct wck_text *text)
{
    if (*path == '/')
        wck_text_printf(text, "file://");
    append_path(text, path, strlen(path));
}

/* The kinds of subjects that are files, and whether more words follow the file's name
 * after another colon. */
static const struct {
    const char *prefix;
    bool more;
} files[] = {
    {"plugin:", false},
    {"recording:", false},
    {"py:", true},
};

void wck_uri_of_subject(const char *subject, struct wck_text *text)
{
    const char *path = subject, *colon;
    size_t size;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t length = strlen(files[i].prefix);

        if (strncmp(subject, files[i].prefix, length) != 0)
            continue;
        path = subject + length;
        colon = files[i].more ? strrchr(path, ':') : NULL;
        size = colon != NULL ? (size_t)(colon - path) : strlen(path);
        if (size == 0)
            break;
        if (*path == '/')
            wck_text_printf(text, "file://");
        append_path(text, path, size);
        return;
    }
    append_path(text, subject, strlen(subject));
}
