#include "src/io/npy.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/io/file.h"

#define MAGIC_BYTES 6
#define ALIGNMENT 64 /* of the data in the file, as NumPy aligns it */

static const char magic[] = "\x93NUMPY";

/* ---- the header: a Python dict of three keys ---- */

enum key { DESCR, FORTRAN_ORDER, SHAPE, KEYS };

static const char *const keys[KEYS] = {"descr", "fortran_order", "shape"};

struct header {
    const char *at, *end; /* what is not read yet */
    const char *name;     /* of the file, for messages */
    struct wck_error *err;
    bool given[KEYS];
    bool fortran, big_endian;
    enum wck_dtype dtype;
    int rank;
    size_t shape[WCK_TENSOR_RANK];
};

static enum wck_status reject(const struct header *h, const char *why)
{
    return wck_error_set(h->err, WCK_FORMAT, "%s: %s", h->name, why);
}

static void skip_blanks(struct header *h)
{
    while (h->at < h->end && isspace((unsigned char)*h->at))
        h->at++;
}

/* Reads the character if it is the next one that is not blank. */
static bool accept(struct header *h, char c)
{
    skip_blanks(h);
    if (h->at == h->end || *h->at != c)
        return false;
    h->at++;
    return true;
}

/* Reads `word` if it is next, whole. */
static bool accept_word(struct header *h, const char *word)
{
    size_t length = strlen(word);

    skip_blanks(h);
    if ((size_t)(h->end - h->at) < length || memcmp(h->at, word, length) != 0)
        return false;
    if ((size_t)(h->end - h->at) > length && isalnum((unsigned char)h->at[length]))
        return false;
    h->at += length;
    return true;
}

/* Reads a quoted string without escapes, of printable characters; false if there is
 * none, or one too long for `text`. */
static bool accept_string(struct header *h, char *text, size_t room)
{
    size_t length = 0;
    char quote;

    skip_blanks(h);
    if (h->at == h->end || (*h->at != '\'' && *h->at != '"'))
        return false;
    quote = *h->at++;
    while (h->at < h->end && *h->at != quote && isprint((unsigned char)*h->at) &&
           length + 1 < room)
        text[length++] = *h->at++;
    text[length] = '\0';
    return accept(h, quote);
}

static bool find_code(const char *code, enum wck_dtype *dtype)
{
    for (int i = 0; i < WCK_DTYPE_COUNT; i++) {
        if (strcmp(code, wck_dtype_row((enum wck_dtype)i)->code) == 0) {
            *dtype = (enum wck_dtype)i;
            return true;
        }
    }
    return false;
}

static enum wck_status read_descr(struct header *h)
{
    char type[16];
    bool ordered;

    if (accept(h, '['))
        return reject(h, "holds records; an array of one number type is needed");
    if (!accept_string(h, type, sizeof type))
        return reject(h, "is damaged: the header's 'descr' is no type");
    if (strchr(type, 'O') != NULL)
        return reject(h, "holds Python objects (pickled); numbers are needed");
    ordered = type[0] == '<' || type[0] == '>';
    h->big_endian = type[0] == '>';
    if ((ordered || type[0] == '|') && find_code(type + 1, &h->dtype) &&
        (ordered || wck_dtype_row(h->dtype)->size == 1 || h->dtype == WCK_BFLOAT16))
        return WCK_OK; /* two bytes without a type have no order for NumPy */
    return wck_error_set(
        h->err, WCK_FORMAT,
        "%s: holds type '%s'; real numbers of up to 64 bits are needed", h->name, type);
}

static enum wck_status read_fortran_order(struct header *h)
{
    h->fortran = accept_word(h, "True");
    if (!h->fortran && !accept_word(h, "False"))
        return reject(h, "is damaged: the header's 'fortran_order' is no truth value");
    return WCK_OK;
}

/* Reads a size; an L after it is Python 2's. */
static bool accept_size(struct header *h, size_t *size)
{
    const char *first;

    skip_blanks(h);
    first = h->at;
    for (*size = 0; h->at < h->end && isdigit((unsigned char)*h->at); h->at++) {
        if (*size > (PTRDIFF_MAX - 9) / 10)
            return false;
        *size = 10 * *size + (size_t)(*h->at - '0');
    }
    if (h->at == first)
        return false;
    accept(h, 'L');
    return true;
}

static enum wck_status read_shape(struct header *h)
{
    bool more = true;

    if (!accept(h, '('))
        return reject(h, "is damaged: the header's 'shape' is no tuple");
    while (!accept(h, ')')) {
        if (h->rank == WCK_TENSOR_RANK)
            return wck_error_set(h->err, WCK_FORMAT, "%s: has more than %d axes",
                                 h->name, WCK_TENSOR_RANK);
        if (!more || !accept_size(h, &h->shape[h->rank]))
            return reject(h, "is damaged: the header's 'shape' holds what is no size");
        h->rank++;
        more = accept(h, ',');
    }
    return WCK_OK;
}

static enum wck_status read_value(struct header *h, int key)
{
    switch (key) {
    case DESCR:
        return read_descr(h);
    case FORTRAN_ORDER:
        return read_fortran_order(h);
    default:
        return read_shape(h);
    }
}

static enum wck_status read_pair(struct header *h)
{
    char text[16];
    int key = 0;

    if (!accept_string(h, text, sizeof text))
        return reject(h, "is damaged: the header is no dict");
    while (key < KEYS && strcmp(text, keys[key]) != 0)
        key++;
    if (key == KEYS || h->given[key] || !accept(h, ':'))
        return reject(h, "is damaged: the header has an unknown key, or one twice");
    h->given[key] = true;
    return read_value(h, key);
}

static enum wck_status read_header(struct header *h)
{
    bool more = true;

    if (!accept(h, '{'))
        return reject(h, "is damaged: the header is no dict");
    while (!accept(h, '}')) {
        enum wck_status status =
            more ? read_pair(h) : reject(h, "is damaged: the header is no dict");

        if (status != WCK_OK)
            return status;
        more = accept(h, ',');
    }
    skip_blanks(h);
    if (h->at < h->end)
        return reject(h, "is damaged: the header goes on after its dict");
    for (int key = 0; key < KEYS; key++) {
        if (!h->given[key])
            return wck_error_set(h->err, WCK_FORMAT,
                                 "%s: is damaged: the header has no '%s'", h->name,
                                 keys[key]);
    }
    return WCK_OK;
}

/* ---- reading ---- */

/* Finds the header and the data in the bytes of a file. */
static enum wck_status split(const unsigned char *bytes, size_t size, struct header *h,
                             size_t *data)
{
    size_t length, start;

    if (size < MAGIC_BYTES || memcmp(bytes, magic, MAGIC_BYTES) != 0)
        return reject(h, "is no .npy array");
    if (size < MAGIC_BYTES + 4)
        return reject(h, "is cut short");
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return wck_error_set(h->err, WCK_FORMAT,
                             "%s: has .npy version %d.%d; 1.0 to 3.0 can be read",
                             h->name, bytes[6], bytes[7]);
    start = bytes[6] == 1 ? 10 : 12;
    if (size < start)
        return reject(h, "is cut short");
    length = bytes[8] + 256 * (size_t)bytes[9];
    if (bytes[6] > 1)
        length += 65536 * (bytes[10] + 256 * (size_t)bytes[11]);
    if (length > size - start)
        return reject(h, "is cut short");
    h->at = (const char *)bytes + start;
    h->end = h->at + length;
    *data = start + length;
    return WCK_OK;
}

/* Bytes that the shape asks for; sizes of 0 do not hide an overflow of the others,
 * whose product is a stride.  SIZE_MAX where they are too many. */
static size_t data_size(const struct header *h)
{
    size_t size = wck_dtype_row(h->dtype)->size;
    bool empty = false;

    for (int i = 0; i < h->rank; i++) {
        empty |= h->shape[i] == 0;
        if (h->shape[i] > 0 && __builtin_mul_overflow(size, h->shape[i], &size))
            return SIZE_MAX;
    }
    return size > PTRDIFF_MAX ? SIZE_MAX : empty ? 0 : size;
}

static bool is_big_endian_machine(void)
{
    const uint16_t one = 1;
    unsigned char first;

    memcpy(&first, &one, 1);
    return first == 0;
}

static void copy_reversed(char *to, const char *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = from[size - 1 - i];
}

static void load(const struct header *h, const void *from, size_t size, void *to)
{
    size_t one = wck_dtype_row(h->dtype)->size;

    if (h->big_endian == is_big_endian_machine() || one == 1)
        memcpy(to, from, size);
    else {
        for (size_t at = 0; at < size; at += one)
            copy_reversed((char *)to + at, (const char *)from + at, one);
    }
}

static void set_fortran_strides(struct wck_tensor *tensor)
{
    ptrdiff_t stride = 1;

    for (int i = 0; i < tensor->rank; i++) {
        tensor->stride[i] = stride;
        stride *= (ptrdiff_t)tensor->shape[i];
    }
}

enum wck_status wck_npy_decode(const char *name, const void *bytes, size_t size,
                               struct wck_tensor *tensor, struct wck_error *err)
{
    struct header header = {.name = name, .err = err};
    size_t start = 0, wanted;
    enum wck_status status = split(bytes, size, &header, &start);

    *tensor = (struct wck_tensor){0};
    if (status == WCK_OK)
        status = read_header(&header);
    if (status != WCK_OK)
        return status;
    wanted = data_size(&header);
    if (wanted > size - start)
        return wck_error_set(err, WCK_FORMAT,
                             "%s: is cut short: %zu bytes of data, its shape asks for "
                             "more",
                             name, size - start);
    if (wanted < size - start)
        return wck_error_set(err, WCK_FORMAT,
                             "%s: is damaged: %zu bytes of data, its shape asks for "
                             "%zu",
                             name, size - start, wanted);
    status = wck_tensor_new(tensor, header.dtype, header.rank, header.shape, err);
    if (status != WCK_OK)
        return status;
    load(&header, (const char *)bytes + start, wanted, tensor->data);
    if (header.fortran)
        set_fortran_strides(tensor);
    return WCK_OK;
}

enum wck_status wck_npy_read(const char *path, struct wck_tensor *tensor,
                             struct wck_error *err)
{
    void *bytes;
    size_t size;
    enum wck_status status = wck_file_read(path, &bytes, &size, err);

    *tensor = (struct wck_tensor){0};
    if (status == WCK_OK)
        status = wck_npy_decode(path, bytes, size, tensor, err);
    free(bytes);
    return status;
}

/* ---- writing ---- */

static void append_header(const struct wck_tensor *tensor, struct wck_text *text)
{
    const struct wck_dtype_row *row = wck_dtype_row(tensor->dtype);
    struct wck_text dict = {0};
    size_t blanks;

    wck_text_printf(&dict, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                    row->size == 1 ? '|' : '<', row->code);
    for (int i = 0; i < tensor->rank; i++)
        wck_text_printf(&dict, "%zu%s", tensor->shape[i],
                        i + 1 < tensor->rank ? ", "
                        : tensor->rank == 1  ? ","
                                             : "");
    wck_text_printf(&dict, "), }");
    /* Ten bytes stand before the dict, and a newline behind it. */
    blanks = ALIGNMENT - (10 + dict.size + 1) % ALIGNMENT;
    wck_text_printf(&dict, "%*s\n", (int)(blanks % ALIGNMENT), "");
    wck_text_append(text, magic, MAGIC_BYTES);
    /* At most six sizes of twenty digits: the length fits the first byte or two. */
    wck_text_append(
        text, (const char[]){1, 0, (char)(dict.size % 256), (char)(dict.size / 256)},
        4);
    if (dict.failed)
        text->failed = true;
    else
        wck_text_append(text, dict.data, dict.size);
    wck_text_release(&dict);
}

/* Offset of the n-th element in C order. */
static ptrdiff_t element(const struct wck_tensor *tensor, size_t n)
{
    ptrdiff_t offset = 0;

    for (int i = tensor->rank; i-- > 0;) {
        offset += (ptrdiff_t)(n % tensor->shape[i]) * tensor->stride[i];
        n /= tensor->shape[i];
    }
    return offset;
}

enum wck_status wck_npy_encode(const struct wck_tensor *tensor, struct wck_text *text,
                               struct wck_error *err)
{
    size_t one = wck_dtype_row(tensor->dtype)->size, count = wck_tensor_count(tensor);

    append_header(tensor, text);
    for (size_t n = 0; n < count && !text->failed; n++) {
        const char *at =
            (const char *)tensor->data + element(tensor, n) * (ptrdiff_t)one;
        char bytes[8];

        if (is_big_endian_machine())
            copy_reversed(bytes, at, one);
        else
            memcpy(bytes, at, one);
        wck_text_append(text, bytes, one);
    }
    return text->failed ? wck_error_no_memory(err) : WCK_OK;
}
