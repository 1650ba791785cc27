#include "src/report/paragraph.h"

#include <string.h>

/* Bytes of the control character that `bytes` begins with, 0 where it is none: a byte
 * of ASCII's, or U+0080 .. U+009F, which some terminals obey too. */
static size_t control(const char *bytes)
{
    const unsigned char *byte = (const unsigned char *)bytes;

    if (byte[0] < 0x20 || byte[0] == 0x7f)
        return 1;
    return byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] < 0xa0 ? 2 : 0;
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
    for (size_t i = 0, skipped; i<size; i += skipped> 0 ? skipped : 1) {
        skipped = control(bytes + i);
        wck_text_append(text, skipped > 0 ? "?" : &bytes[i], 1);
    }
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
