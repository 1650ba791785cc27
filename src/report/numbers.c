#include "src/report/numbers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "src/report/markup.h"

#define QUICK ((size_t)1 << 22) /* more bytes than these are deflated in a hurry */

/* Where the machine keeps the byte of a place, 0 for the most significant. */
static size_t offset_of(size_t size, size_t place)
{
    uint64_t wide = UINT64_C(1) << (8 * (size - 1 - place));
    uint32_t narrow = (uint32_t)wide;
    unsigned char bytes[sizeof wide] = {0};
    size_t offset = 0;

    if (size == sizeof narrow)
        memcpy(bytes, &narrow, sizeof narrow);
    else if (size == sizeof wide)
        memcpy(bytes, &wide, sizeof wide);
    while (offset + 1 < size && bytes[offset] == 0)
        offset++;
    return offset;
}

/* Takes out the bytes of one place; false where all are 0. */
static bool take_place(const struct wck_numbers *numbers, size_t place,
                       unsigned char *bytes)
{
    const unsigned char *from = numbers->values;
    unsigned any = 0;

    from += offset_of(numbers->size, place);
    for (size_t i = 0; i < numbers->count; i++, from += numbers->size) {
        bytes[i] = *from;
        any |= *from;
    }
    return any != 0;
}

/* Appends the bytes deflated, in base64. */
static enum wck_status append_deflated(struct wck_text *text,
                                       const unsigned char *bytes, size_t size,
                                       struct wck_error *err)
{
    uLongf bound = compressBound(size);
    unsigned char *deflated = malloc(bound);
    int level = size > QUICK ? Z_BEST_SPEED : Z_DEFAULT_COMPRESSION;

    if (deflated == NULL || compress2(deflated, &bound, bytes, size, level) != Z_OK) {
        free(deflated);
        return wck_error_no_memory(err);
    }
    wck_markup_base64(text, (const char *)deflated, bound);
    free(deflated);
    return WCK_OK;
}

enum wck_status wck_numbers_append(struct wck_text *text,
                                   const struct wck_numbers *numbers,
                                   struct wck_error *err)
{
    unsigned char *bytes = malloc(numbers->count * numbers->size + 1);
    size_t used = 0;
    enum wck_status status;

    if (bytes == NULL)
        return wck_error_no_memory(err);
    wck_text_printf(text,
                    "<template class=\"numbers\" data-name=\"%s\" data-bytes=\"%zu\" "
                    "data-count=\"%zu\" "
                    "data-kept=\"",
                    numbers->name, numbers->size, numbers->count);
    for (size_t place = 0; place < numbers->size; place++) {
        if (!take_place(numbers, place, bytes + used))
            continue;
        wck_text_printf(text, "%zu", place);
        used += numbers->count;
    }
    wck_text_printf(text, "\" data-deflated=\"");
    status = append_deflated(text, bytes, used, err);
    wck_text_printf(text, "\"></template>\n");
    free(bytes);
    return status;
}
