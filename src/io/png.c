#include "src/io/png.h"

#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/io/file.h"

/* Deflate makes at best 258 bytes of two bits: a picture of more bytes than its file
 * can hold is cut short, whatever its header says. */
#define DEFLATE_RATIO 1032

/* A picture on its way in or out.  All that libpng's longjmp crosses lives here. */
struct work {
    png_structp png;
    png_infop info;
    const unsigned char *bytes; /* reading: what is left of the file */
    size_t left;
    struct wck_text *text; /* writing */
    struct wck_image *image;
    unsigned char **rows;
    enum wck_status status;
    char why[200];
};

PNG_NORETURN static void on_error(png_structp png, png_const_charp message)
{
    struct work *work = png_get_error_ptr(png);

    if (work->status == WCK_OK)
        work->status = WCK_FORMAT;
    snprintf(work->why, sizeof work->why, "%s", message);
    png_longjmp(png, 1);
}

/* What libpng can live with, we can. */
static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void fail(struct work *work, enum wck_status status, const char *why)
{
    work->status = status;
    png_error(work->png, why);
}

/* Runs the steps until their end or libpng's first error. */
static void run(struct work *work, void (*steps)(struct work *work))
{
    if (setjmp(png_jmpbuf(work->png)) == 0)
        steps(work);
}

/* ---- reading ---- */

static void read_bytes(png_structp png, png_bytep to, size_t size)
{
    struct work *work = png_get_io_ptr(png);

    if (size > work->left)
        fail(work, WCK_FORMAT, "the file is cut short");
    memcpy(to, work->bytes, size);
    work->bytes += size;
    work->left -= size;
}

/* Asks for whole samples of 8 or 16 bits, palettes and transparency spelt out. */
static void set_transformations(struct work *work)
{
    const uint16_t one = 1;
    unsigned char first;

    png_set_expand(work->png);
    memcpy(&first, &one, 1);
    if (first == 1 && png_get_bit_depth(work->png, work->info) == 16)
        png_set_swap(work->png);
    png_set_interlace_handling(work->png);
}

static void allocate(struct work *work)
{
    bool wide = png_get_bit_depth(work->png, work->info) == 16;
    size_t height = png_get_image_height(work->png, work->info);
    size_t width = png_get_image_width(work->png, work->info);
    size_t channels = png_get_channels(work->png, work->info);
    size_t row = png_get_rowbytes(work->png, work->info);
    struct wck_image *image = work->image;

    if (row > WCK_PNG_BYTES / height)
        fail(work, WCK_FORMAT, "the picture takes more than 1 GiB");
    if (wck_image_new(image, wide ? WCK_UINT16 : WCK_UINT8, "HWC", 1, channels, height,
                      width, NULL) == WCK_OK)
        work->rows = calloc(height, sizeof *work->rows);
    if (work->rows == NULL)
        fail(work, WCK_NO_MEMORY, wck_status_text(WCK_NO_MEMORY));
    for (size_t y = 0; y < height; y++)
        work->rows[y] = (unsigned char *)image->tensor.data + y * row;
}

static void read_steps(struct work *work)
{
    size_t row;

    png_set_read_fn(work->png, work, read_bytes);
    png_read_info(work->png, work->info);
    row = png_get_rowbytes(work->png, work->info);
    if (row >
        (work->left + 1) * DEFLATE_RATIO / png_get_image_height(work->png, work->info))
        fail(work, WCK_FORMAT, "the file is cut short");
    set_transformations(work);
    png_read_update_info(work->png, work->info);
    allocate(work);
    png_read_image(work->png, work->rows);
    png_read_end(work->png, NULL);
}

static void decode(struct work *work)
{
    work->png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, work, on_error, on_warning);
    work->info = work->png != NULL ? png_create_info_struct(work->png) : NULL;
    if (work->info != NULL)
        run(work, read_steps);
    else
        work->status = WCK_NO_MEMORY;
    png_destroy_read_struct(&work->png, &work->info, NULL);
    free(work->rows);
}

enum wck_status wck_png_read(const char *path, struct wck_image *image,
                             struct wck_error *err)
{
    struct work work = {.image = image};
    void *bytes;
    size_t size;
    enum wck_status status = wck_file_read(path, &bytes, &size, err);

    *image = (struct wck_image){0};
    if (status != WCK_OK)
        return status;
    if (size >= 8 && png_sig_cmp(bytes, 0, 8) == 0) {
        work.bytes = bytes;
        work.left = size;
        decode(&work);
    } else {
        work.status = WCK_FORMAT;
        snprintf(work.why, sizeof work.why, "it is no PNG");
    }
    free(bytes);
    if (work.status == WCK_OK)
        return WCK_OK;
    free(image->tensor.data);
    *image = (struct wck_image){0};
    if (work.status == WCK_NO_MEMORY)
        return wck_error_no_memory(err);
    return wck_error_set(err, work.status, "%s: no picture can be read: %s", path,
                         work.why);
}

/* ---- writing ---- */

static void append_bytes(png_structp png, png_bytep bytes, size_t size)
{
    struct work *work = png_get_io_ptr(png);

    wck_text_append(work->text, (const char *)bytes, size);
    if (work->text->failed)
        fail(work, WCK_NO_MEMORY, wck_status_text(WCK_NO_MEMORY));
}

static void no_flush(png_structp png)
{
    (void)png;
}

/* One pixel's channel, the high byte first where there are two. */
static void put(unsigned char *to, double value, size_t size)
{
    unsigned whole = (unsigned)value;

    if (size == 2)
        *to++ = (unsigned char)(whole >> 8);
    *to = (unsigned char)(whole & 0xff);
}

static void write_steps(struct work *work)
{
    static const int colours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                  PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    const struct wck_image *image = work->image;
    size_t size = wck_dtype_row(image->tensor.dtype)->size;

    png_set_write_fn(work->png, work, append_bytes, no_flush);
    png_set_IHDR(work->png, work->info, (png_uint_32)image->width,
                 (png_uint_32)image->height, (int)size * 8,
                 colours[image->channels - 1], PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(work->png, work->info);
    for (size_t y = 0; y < image->height; y++) {
        for (size_t x = 0; x < image->width; x++) {
            for (size_t c = 0; c < image->channels; c++)
                put(work->rows[0] + (x * image->channels + c) * size,
                    wck_image_get(image, c, y, x), size);
        }
        png_write_row(work->png, work->rows[0]);
    }
    png_write_end(work->png, NULL);
}

static void encode(struct work *work)
{
    work->png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, work, on_error, on_warning);
    work->info = work->png != NULL ? png_create_info_struct(work->png) : NULL;
    if (work->info != NULL)
        run(work, write_steps);
    else
        work->status = WCK_NO_MEMORY;
    png_destroy_write_struct(&work->png, &work->info);
}

enum wck_status wck_png_encode(const struct wck_image *image, struct wck_text *text,
                               struct wck_error *err)
{
    struct wck_image copy = *image;
    unsigned char *row;
    struct work work = {.text = text, .image = &copy, .rows = &row};
    size_t channels = image->channels;
    enum wck_dtype dtype = image->tensor.dtype;

    if (image->batch != 1 || image->depth != 1 ||
        (dtype != WCK_UINT8 && dtype != WCK_UINT16) || channels > 4)
        return wck_error_set(err, WCK_INVALID,
                             "a PNG is made of uint8 or uint16 with 1 to 4 channels, "
                             "one picture at a time");
    row = calloc(image->width, channels * wck_dtype_row(dtype)->size);
    if (row == NULL)
        return wck_error_no_memory(err);
    encode(&work);
    free(row);
    if (work.status == WCK_OK)
        return WCK_OK;
    if (work.status == WCK_NO_MEMORY)
        return wck_error_no_memory(err);
    return wck_error_set(err, WCK_INVALID, "no PNG can be made: %s", work.why);
}
