#include "src/report/markup.h"

#include <string.h>

#include "src/report/utf8.h"

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n': /* a reader of attributes makes a blank of a plain one */
        return "&#10;";
    case '\t':
        return "&#9;";
    default:
        return NULL;
    }
}

static bool is_control(char c)
{
    unsigned char byte = (unsigned char)c;

    return (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7f;
}

/* Bytes of what XML forbids at `bytes`: a control character, U+FFFE or U+FFFF; else 0.
 */
static size_t forbidden(const char *bytes)
{
    if (is_control(*bytes))
        return 1;
    return strncmp(bytes, "\xef\xbf\xbe", 3) == 0 ||
                   strncmp(bytes, "\xef\xbf\xbf", 3) == 0
               ? 3
               : 0;
}

void wck_markup_escape(struct wck_text *text, const char *bytes)
{
    struct wck_text valid = {0};

    wck_utf8_repair(&valid, bytes);
    for (const char *c = wck_text_string(&valid); *c != '\0';) {
        const char *name = entity(*c);
        size_t size = forbidden(c);

        if (size > 0)
            wck_text_append(text, "\xef\xbf\xbd", 3);
        else if (name != NULL)
            wck_text_append(text, name, strlen(name));
        else
            wck_text_append(text, c, 1);
        c += size > 0 ? size : 1;
    }
    text->failed = text->failed || valid.failed;
    wck_text_release(&valid);
}

void wck_markup_clip(struct wck_text *text, const char *bytes, size_t most)
{
    struct wck_text clipped = {0};

    wck_utf8_clip(&clipped, bytes, most);
    wck_markup_escape(text, wck_text_string(&clipped));
    text->failed = text->failed || clipped.failed;
    wck_text_release(&clipped);
}

void wck_markup_attribute(struct wck_text *text, const char *name, const char *value,
                          size_t most)
{
    wck_text_printf(text, " %s=\"", name);
    wck_markup_clip(text, value, most);
    wck_text_append(text, "\"", 1);
}

/* RFC 4648: three bytes are four characters of six bits, the last padded with '='. */
void wck_markup_base64(struct wck_text *text, const char *bytes, size_t size)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < size; i += 3) {
        size_t taken = size - i < 3 ? size - i : 3;
        unsigned bits = 0;
        char out[] = "====";

        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < taken ? (unsigned char)bytes[i + k] : 0U);
        for (size_t k = 0; k <= taken; k++)
            out[k] = digits[bits >> (18 - 6 * k) & 63U];
        wck_text_append(text, out, 4);
    }
}

void wck_markup_picture(struct wck_text *text, const struct wck_text *png)
{
    wck_text_printf(text, "data:image/png;base64,");
    wck_markup_base64(text, wck_text_string(png), png->size);
}
