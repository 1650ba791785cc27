#include "check/report/reader.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "check/io/scratch.h"
#include "src/io/png.h"

size_t reader_count(const struct wck_text *text, const char *part)
{
    size_t count = 0;

    for (const char *at = strstr(wck_text_string(text), part); at != NULL;
         at = strstr(at + 1, part))
        count++;
    return count;
}

void reader_assert_says(const struct wck_text *text, const char *part)
{
    ck_assert_msg(reader_count(text, part) > 0, "no \"%s\"", part);
}

static unsigned digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = strchr(digits, c);

    ck_assert_msg(c != '\0' && at != NULL, "'%c' is no base64", c);
    return (unsigned)(at - digits);
}

/* The bytes in base64 at `uri`, up to a quotation mark; release them. */
static struct wck_text decode(const char *uri)
{
    struct wck_text bytes = {0};

    for (; *uri != '"' && *uri != '\0'; uri += 4) {
        unsigned bits = digit(uri[0]) << 18 | digit(uri[1]) << 12;
        char out[3];

        bits |= uri[2] == '=' ? 0U : digit(uri[2]) << 6;
        bits |= uri[3] == '=' ? 0U : digit(uri[3]);
        out[0] = (char)(bits >> 16);
        out[1] = (char)(bits >> 8 & 255U);
        out[2] = (char)(bits & 255U);
        wck_text_append(&bytes, out, uri[2] == '=' ? 1 : uri[3] == '=' ? 2 : 3);
    }
    return bytes;
}

struct wck_image reader_picture(const struct wck_text *page, const char *before)
{
    const char *at = strstr(wck_text_string(page), before);
    static const char head[] = "data:image/png;base64,";
    struct wck_image image;
    struct wck_text png;

    ck_assert_msg(at != NULL, "no %s", before);
    at += strlen(before);
    ck_assert_int_eq(strncmp(at, head, sizeof head - 1), 0);
    png = decode(at + sizeof head - 1);
    ck_assert_int_eq(
        wck_png_read(scratch_file("a.png", png.data, png.size), &image, NULL), WCK_OK);
    wck_text_release(&png);
    return image;
}

/* Where the value of an attribute of the numbers of that name begins. */
static const char *attribute(const struct wck_text *page, const char *name,
                             const char *attribute)
{
    char part[64];
    const char *at;

    snprintf(part, sizeof part, "data-name=\"%s\"", name);
    at = strstr(wck_text_string(page), part);
    ck_assert_msg(at != NULL, "no numbers %s", name);
    snprintf(part, sizeof part, "data-%s=\"", attribute);
    at = strstr(at, part);
    ck_assert_ptr_nonnull(at);
    return at + strlen(part);
}

uint64_t *reader_numbers(const struct wck_text *page, const char *name, size_t count)
{
    const char *kept = attribute(page, name, "kept");
    size_t size = (size_t)(*attribute(page, name, "bytes") - '0');
    struct wck_text deflated = decode(attribute(page, name, "deflated"));
    uLongf length = size * count + 1;
    unsigned char *bytes = malloc(length);
    uint64_t *bits = calloc(count, sizeof *bits);

    ck_assert(bytes != NULL && bits != NULL);
    ck_assert_int_eq(
        uncompress(bytes, &length, (const unsigned char *)deflated.data, deflated.size),
        Z_OK);
    ck_assert_uint_eq(length, strspn(kept, "01234567") * count);
    for (size_t k = 0; k < length / count; k++) {
        size_t shift = 8 * (size - 1 - (size_t)(kept[k] - '0'));

        for (size_t i = 0; i < count; i++)
            bits[i] |= (uint64_t)bytes[k * count + i] << shift;
    }
    free(bytes);
    wck_text_release(&deflated);
    return bits;
}

double reader_double(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}
