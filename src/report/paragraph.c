#include "src/report/paragraph.h"

#include <stdio.h>
#include <string.h>

static bool is_control(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte < 0x20 || byte == 0x7f;
}

/* Bytes 10xxxxxx continue a character of UTF-8. */
static size_t columns(const char *bytes, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return count;
}

static void append_plain(struct wck_text *text, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        wck_text_append(text, is_control(bytes[i]) ? "?" : &bytes[i], 1);
}

void wck_paragraph_plain(struct wck_text *text, const char *words)
{
    append_plain(text, words, strlen(words));
}

void wck_paragraph_wrap(struct wck_text *text, const char *words, size_t at,
                        size_t indent)
{
    bool first = true;

    for (words += strspn(words, " "); *words != '\0'; words += strspn(words, " ")) {
        size_t size = strcspn(words, " "), width = columns(words, size);

        if (!first && at + 1 + width > WCK_COLUMNS) {
            wck_text_printf(text, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            wck_text_append(text, " ", 1);
            at++;
        }
        append_plain(text, words, size);
        at += width;
        words += size;
        first = false;
    }
    wck_text_append(text, "\n", 1);
}

void wck_share_print(struct wck_text *text, size_t part, size_t whole)
{
    double percent = whole > 0 ? 100.0 * ((double)part / (double)whole) : 0.0;
    char digits[32];

    if (part == 0 || part >= whole) {
        wck_text_printf(text, "%d%%", whole > 0 && part >= whole ? 100 : 0);
        return;
    }
    for (int decimals = 2; decimals <= 17; decimals++) {
        snprintf(digits, sizeof digits, "%.*f", decimals, percent);
        if (strncmp(digits, "100", 3) != 0 && strspn(digits, "0.") < strlen(digits))
            break;
    }
    wck_text_printf(text, "%s%%", digits);
}
