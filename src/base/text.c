#include "src/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct wck_text *text, size_t more)
{
    size_t need = text->size + more + 1;
    size_t capacity = text->capacity ? text->capacity : 64;
    char *data;

    if (text->failed)
        return false;
    if (need <= text->capacity)
        return true;
    while (capacity < need)
        capacity *= 2;
    data = realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void wck_text_release(struct wck_text *text)
{
    free(text->data);
    *text = (struct wck_text){0};
}

void wck_text_append(struct wck_text *text, const char *bytes, size_t size)
{
    if (!reserve(text, size))
        return;
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void wck_text_printf(struct wck_text *text, const char *format, ...)
{
    va_list args, again;
    int size;

    va_start(args, format);
    va_copy(again, args);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        text->failed = true;
    else if (reserve(text, (size_t)size)) {
        vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
        text->size += (size_t)size;
    }
    va_end(again);
}

void wck_text_quote(struct wck_text *text, const char *word)
{
    wck_text_append(text, "'", 1);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            wck_text_printf(text, "'\\''");
        else
            wck_text_append(text, word, 1);
    }
    wck_text_append(text, "'", 1);
}

void wck_text_share(struct wck_text *text, size_t part, size_t whole, int decimals)
{
    double percent = 100.0 * ((double)part / (double)whole);
    char digits[40];

    if (part == 0 || part >= whole) {
        wck_text_printf(text, part == 0 ? "0%%" : "100%%");
        return;
    }
    /* With seventeen decimals a double that is not 100 does not look like it. */
    for (; decimals <= 17; decimals++) {
        snprintf(digits, sizeof digits, "%.*f", decimals, percent);
        if (strncmp(digits, "100", 3) != 0 && strspn(digits, "0.") < strlen(digits))
            break;
    }
    wck_text_printf(text, "%s%%", digits);
}

const char *wck_text_string(const struct wck_text *text)
{
    return text->data != NULL && !text->failed ? text->data : "";
}

size_t wck_text_read_sizes(const char *text, size_t *sizes, size_t most)
{
    size_t count = 0;

    for (;;) {
        unsigned long long value;
        char *end;

        if (!isdigit((unsigned char)*text) || count == most)
            return 0;
        errno = 0;
        value = strtoull(text, &end, 10);
        if (errno != 0 || value == 0 || value > PTRDIFF_MAX)
            return 0;
        sizes[count++] = (size_t)value;
        if (*end == '\0')
            return count;
        if (*end != 'x' && *end != 'X')
            return 0;
        text = end + 1;
    }
}

size_t wck_text_read_numbers(const char *text, double *numbers, size_t most)
{
    static const char separators[] = " \t\n,;";
    size_t count = 0;

    for (;;) {
        double value;
        char *end;

        text += strspn(text, separators);
        if (*text == '\0')
            return count;
        value = strtod(text, &end);
        if (end == text || !isfinite(value) || count == most)
            return 0;
        if (*end != '\0' && strchr(separators, *end) == NULL)
            return 0;
        numbers[count++] = value;
        text = end;
    }
}
