#include "src/report/utf8.h"

/* Well-formed sequences, Unicode standard, table 3-7: the range of the first byte and
 * of the second; all later ones are 80..bf. */
static const struct {
    unsigned char first[2], second[2];
    size_t length;
} forms[] = {
    {{0x01, 0x7f}, {0x00, 0xff}, 1}, {{0xc2, 0xdf}, {0x80, 0xbf}, 2},
    {{0xe0, 0xe0}, {0xa0, 0xbf}, 3}, {{0xe1, 0xec}, {0x80, 0xbf}, 3},
    {{0xed, 0xed}, {0x80, 0x9f}, 3}, {{0xee, 0xef}, {0x80, 0xbf}, 3},
    {{0xf0, 0xf0}, {0x90, 0xbf}, 4}, {{0xf1, 0xf3}, {0x80, 0xbf}, 4},
    {{0xf4, 0xf4}, {0x80, 0x8f}, 4},
};

static bool is_in(char byte, const unsigned char *range)
{
    return (unsigned char)byte >= range[0] && (unsigned char)byte <= range[1];
}

size_t wck_utf8_length(const char *bytes)
{
    static const unsigned char later[] = {0x80, 0xbf};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t length = forms[i].length, good = 1;

        if (!is_in(bytes[0], forms[i].first))
            continue;
        while (good < length && is_in(bytes[good], good == 1 ? forms[i].second : later))
            good++;
        return good == length ? length : 0;
    }
    return 0;
}

static const char replacement[] = "\xef\xbf\xbd";
static const char ellipsis[] = "\xe2\x80\xa6";

/* Appends the character, or what stands for a stray byte; returns the bytes read. */
static size_t append_character(struct wck_text *text, const char *bytes)
{
    size_t length = wck_utf8_length(bytes);

    if (length > 0)
        wck_text_append(text, bytes, length);
    else
        wck_text_append(text, replacement, sizeof replacement - 1);
    return length > 0 ? length : 1;
}

void wck_utf8_repair(struct wck_text *text, const char *bytes)
{
    while (*bytes != '\0')
        bytes += append_character(text, bytes);
}

void wck_utf8_clip(struct wck_text *text, const char *bytes, size_t most)
{
    size_t read = 0, length;

    for (; bytes[read] != '\0'; read += length) {
        length = wck_utf8_length(bytes + read);
        length += length == 0;
        if (read + length > most) {
            wck_text_append(text, ellipsis, sizeof ellipsis - 1);
            return;
        }
        append_character(text, bytes + read);
    }
}
