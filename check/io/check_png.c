#include <check.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/io/file.h"
#include "src/io/png.h"

#define WIDTH 7
#define HEIGHT 5

/* A picture as libpng's own writer makes it: raw rows of a colour type and depth. */
struct picture {
    int colours, depth, interlace;
    int colours_in_palette;
    bool transparent; /* a tRNS chunk: palette entry 1, or the colour 1 (1, 1) */
    bool gamma;       /* a gAMA chunk that no reader here may apply */
};

/* Sample c of pixel (x, y), as it is stored. */
static unsigned raw(const struct picture *picture, unsigned c, unsigned y, unsigned x)
{
    unsigned value = 37 * x + 101 * y + 7 * c + 1;

    if (picture->colours == PNG_COLOR_TYPE_PALETTE)
        return value % (unsigned)picture->colours_in_palette;
    return value * (picture->depth == 16 ? 257 : 1) % (1u << picture->depth);
}

static void pack(const struct picture *picture, unsigned channels, unsigned y,
                 unsigned char *row)
{
    unsigned depth = (unsigned)picture->depth;

    for (unsigned i = 0; i < WIDTH * channels; i++) {
        unsigned value = raw(picture, i % channels, y, i / channels);

        if (depth == 16) {
            row[2 * i] = (unsigned char)(value >> 8);
            row[2 * i + 1] = (unsigned char)value;
        } else {
            unsigned shift = 8 - depth - i * depth % 8;

            row[i * depth / 8] = (unsigned char)(row[i * depth / 8] | value << shift);
        }
    }
}

static void append(png_structp png, png_bytep bytes, size_t size)
{
    wck_text_append(png_get_io_ptr(png), (const char *)bytes, size);
}

static void set_extras(png_structp png, png_infop info, const struct picture *picture)
{
    static const png_color palette[] = {{10, 20, 30}, {40, 50, 60}, {70, 80, 90}};
    static const unsigned char alpha[] = {255, 100};
    static const png_color_16 colour = {.gray = 1, .red = 1, .green = 8, .blue = 15};

    if (picture->colours == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, picture->colours_in_palette);
    if (picture->transparent && picture->colours == PNG_COLOR_TYPE_PALETTE)
        png_set_tRNS(png, info, alpha, 2, NULL);
    else if (picture->transparent)
        png_set_tRNS(png, info, NULL, 0, &colour);
    if (picture->gamma)
        png_set_gAMA(png, info, 1.0);
}

static struct wck_text make(const struct picture *picture)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    unsigned char rows[HEIGHT][64] = {{0}};
    unsigned char *pointers[HEIGHT];
    struct wck_text text = {0};

    png_set_write_fn(png, &text, append, NULL);
    png_set_IHDR(png, info, WIDTH, HEIGHT, picture->depth, picture->colours,
                 picture->interlace, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    set_extras(png, info, picture);
    for (unsigned y = 0; y < HEIGHT; y++) {
        pack(picture, png_get_channels(png, info), y, rows[y]);
        pointers[y] = rows[y];
    }
    png_write_info(png, info);
    png_write_image(png, pointers);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return text;
}

static void expect_rejected(const char *path, const char *why)
{
    struct wck_image image;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_png_read(path, &image, &err), WCK_FORMAT);
    ck_assert_ptr_null(image.tensor.data);
    ck_assert_msg(strncmp(err.text, path, strlen(path)) == 0 &&
                      strstr(err.text, why) != NULL,
                  "'%s' does not say '%s'", err.text, why);
}

static struct wck_image read_picture(const struct picture *picture)
{
    struct wck_text bytes = make(picture);
    struct wck_image image;
    struct wck_error err = {0};

    ck_assert_msg(wck_png_read(scratch_file("a.png", bytes.data, bytes.size), &image,
                               &err) == WCK_OK,
                  "%s", err.text);
    wck_text_release(&bytes);
    ck_assert_uint_eq(image.width, WIDTH);
    ck_assert_uint_eq(image.height, HEIGHT);
    ck_assert_uint_eq(image.batch, 1);
    return image;
}

/* Pictures whose samples come as they are stored, grey of few bits scaled. */
static const struct picture plain[] = {
    {.colours = PNG_COLOR_TYPE_GRAY, .depth = 1},
    {.colours = PNG_COLOR_TYPE_GRAY, .depth = 2},
    {.colours = PNG_COLOR_TYPE_GRAY, .depth = 4, .interlace = PNG_INTERLACE_ADAM7},
    {.colours = PNG_COLOR_TYPE_GRAY, .depth = 8, .gamma = true},
    {.colours = PNG_COLOR_TYPE_GRAY, .depth = 16},
    {.colours = PNG_COLOR_TYPE_GRAY_ALPHA, .depth = 8},
    {.colours = PNG_COLOR_TYPE_GRAY_ALPHA,
     .depth = 16,
     .interlace = PNG_INTERLACE_ADAM7},
    {.colours = PNG_COLOR_TYPE_RGB, .depth = 8, .interlace = PNG_INTERLACE_ADAM7},
    {.colours = PNG_COLOR_TYPE_RGB, .depth = 16, .gamma = true},
    {.colours = PNG_COLOR_TYPE_RGB_ALPHA, .depth = 8},
    {.colours = PNG_COLOR_TYPE_RGB_ALPHA, .depth = 16},
};

START_TEST(every_kind_of_picture_is_read_as_stored)
{
    const struct picture *picture = &plain[_i];
    struct wck_image image = read_picture(picture);
    unsigned scale = picture->depth < 8 ? 255 / ((1u << picture->depth) - 1) : 1;
    unsigned channels = (picture->colours & PNG_COLOR_MASK_COLOR ? 3u : 1u) +
                        (picture->colours & PNG_COLOR_MASK_ALPHA ? 1u : 0u);

    ck_assert_uint_eq(image.channels, channels);
    ck_assert_int_eq(image.tensor.dtype, picture->depth == 16 ? WCK_UINT16 : WCK_UINT8);
    for (unsigned y = 0; y < HEIGHT; y++) {
        for (unsigned x = 0; x < WIDTH; x++) {
            for (unsigned c = 0; c < channels; c++)
                ck_assert_double_eq(wck_image_get(&image, c, y, x),
                                    scale * raw(picture, c, y, x));
        }
    }
    free(image.tensor.data);
}
END_TEST

START_TEST(a_palette_becomes_colours)
{
    const struct picture picture = {
        .colours = PNG_COLOR_TYPE_PALETTE, .depth = _i, .colours_in_palette = 2};
    struct wck_image image = read_picture(&picture);

    ck_assert_uint_eq(image.channels, 3);
    for (unsigned y = 0; y < HEIGHT; y++) {
        for (unsigned x = 0; x < WIDTH; x++) {
            for (unsigned c = 0; c < 3; c++)
                ck_assert_double_eq(wck_image_get(&image, c, y, x),
                                    10 + 30 * raw(&picture, 0, y, x) + 10 * c);
        }
    }
    free(image.tensor.data);
}
END_TEST

START_TEST(a_transparent_palette_becomes_colours_and_alpha)
{
    const struct picture picture = {.colours = PNG_COLOR_TYPE_PALETTE,
                                    .depth = 4,
                                    .colours_in_palette = 3,
                                    .interlace = PNG_INTERLACE_ADAM7,
                                    .transparent = true};
    struct wck_image image = read_picture(&picture);

    ck_assert_uint_eq(image.channels, 4);
    for (unsigned y = 0; y < HEIGHT; y++) {
        for (unsigned x = 0; x < WIDTH; x++)
            ck_assert_double_eq(wck_image_get(&image, 3, y, x),
                                raw(&picture, 0, y, x) == 1 ? 100 : 255);
    }
    free(image.tensor.data);
}
END_TEST

START_TEST(a_transparent_colour_becomes_alpha)
{
    const struct picture picture = {
        .colours = PNG_COLOR_TYPE_RGB, .depth = 8, .transparent = true};
    struct wck_image image = read_picture(&picture);

    ck_assert_uint_eq(image.channels, 4);
    ck_assert_double_eq(wck_image_get(&image, 3, 0, 0), 0.0);
    ck_assert_double_eq(wck_image_get(&image, 3, 0, 1), 255.0);
    free(image.tensor.data);
}
END_TEST

START_TEST(what_is_no_picture_is_rejected)
{
    expect_rejected(scratch_file("text.png", "hello, world", 12), "it is no PNG");
    expect_rejected(scratch_file("empty.png", "", 0), "it is no PNG");
}
END_TEST

START_TEST(a_missing_picture_is_an_error_of_input)
{
    struct wck_image image;
    struct wck_error err = {0};

    ck_assert_int_eq(wck_png_read(scratch_path("none.png"), &image, &err), WCK_IO);
    ck_assert_ptr_null(image.tensor.data);
    ck_assert_ptr_nonnull(strstr(err.text, "none.png: No such file"));
}
END_TEST

START_TEST(a_picture_cut_short_anywhere_is_rejected)
{
    struct wck_text bytes = make(&plain[_i]);

    for (size_t size = 8; size < bytes.size; size++)
        expect_rejected(scratch_file("part.png", bytes.data, size), "cut short");
    wck_text_release(&bytes);
}
END_TEST

START_TEST(a_damaged_byte_never_does_more_than_fail)
{
    struct wck_text bytes = make(&plain[7]);
    size_t rejected = 0;

    for (size_t i = 8; i < bytes.size; i++) {
        struct wck_image image;

        bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
        rejected += wck_png_read(scratch_file("bad.png", bytes.data, bytes.size),
                                 &image, NULL) == WCK_FORMAT;
        free(image.tensor.data);
        bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
    }
    /* Every chunk here is critical and has a checksum. */
    ck_assert_uint_eq(rejected, bytes.size - 8);
    wck_text_release(&bytes);
}
END_TEST

/* A picture of one pixel's data whose header says another size. */
static const char *lying_picture(unsigned width, unsigned height)
{
    struct wck_text bytes =
        make(&(struct picture){.colours = PNG_COLOR_TYPE_RGB, .depth = 8});
    unsigned char *header = (unsigned char *)bytes.data + 12;
    unsigned crc = 0xffffffff;
    const char *path;

    for (int i = 0; i < 4; i++) {
        header[4 + i] = (unsigned char)(width >> (24 - 8 * i));
        header[8 + i] = (unsigned char)(height >> (24 - 8 * i));
    }
    for (int i = 0; i < 17; i++) {
        crc ^= header[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    for (int i = 0; i < 4; i++)
        header[17 + i] = (unsigned char)(~crc >> (24 - 8 * i));
    path = scratch_file("liar.png", bytes.data, bytes.size);
    wck_text_release(&bytes);
    return path;
}

START_TEST(a_picture_that_its_file_cannot_hold_is_rejected)
{
    expect_rejected(lying_picture(1000000, 1000000), "cut short");
    expect_rejected(lying_picture(5, HEIGHT + 1), "no picture can be read: ");
}
END_TEST

START_TEST(a_picture_of_no_size_is_rejected)
{
    expect_rejected(lying_picture(0, 5), "IHDR");
    expect_rejected(lying_picture(2000000000, 1), "IHDR");
}
END_TEST

/* ---- writing ---- */

static struct wck_image drawing(const char *layout, enum wck_dtype dtype,
                                size_t channels)
{
    struct wck_image image;

    ck_assert_int_eq(
        wck_image_new(&image, dtype, layout, 1, channels, HEIGHT, WIDTH, NULL), WCK_OK);
    for (size_t c = 0; c < channels; c++) {
        for (size_t y = 0; y < HEIGHT; y++) {
            for (size_t x = 0; x < WIDTH; x++)
                wck_image_set(&image, c, y, x,
                              (double)((37 * x + 101 * y + 7 * c) % 256 *
                                       (dtype == WCK_UINT16 ? 257 - y : 1)));
        }
    }
    return image;
}

START_TEST(a_picture_comes_back_as_it_was_encoded)
{
    static const struct {
        const char *layout;
        enum wck_dtype dtype;
        size_t channels;
    } kinds[] = {{"HW", WCK_UINT8, 1},   {"HWC", WCK_UINT8, 3}, {"NCHW", WCK_UINT8, 4},
                 {"CHW", WCK_UINT8, 3},  {"CHW", WCK_UINT8, 2}, {"HW", WCK_UINT16, 1},
                 {"CHW", WCK_UINT16, 3}, {"HWC", WCK_UINT16, 4}};
    struct wck_image image =
        drawing(kinds[_i].layout, kinds[_i].dtype, kinds[_i].channels);
    struct wck_image again;
    struct wck_text bytes = {0}, same = {0};

    ck_assert_int_eq(wck_png_encode(&image, &bytes, NULL), WCK_OK);
    ck_assert_int_eq(wck_png_encode(&image, &same, NULL), WCK_OK);
    ck_assert_uint_eq(bytes.size, same.size);
    ck_assert_mem_eq(bytes.data, same.data, bytes.size);
    ck_assert_int_eq(
        wck_png_read(scratch_file("a.png", bytes.data, bytes.size), &again, NULL),
        WCK_OK);
    ck_assert_uint_eq(again.channels, kinds[_i].channels);
    ck_assert_int_eq(again.tensor.dtype, kinds[_i].dtype);
    for (size_t c = 0; c < again.channels; c++) {
        for (size_t y = 0; y < HEIGHT; y++) {
            for (size_t x = 0; x < WIDTH; x++)
                ck_assert_double_eq(wck_image_get(&again, c, y, x),
                                    wck_image_get(&image, c, y, x));
        }
    }
    wck_text_release(&bytes);
    wck_text_release(&same);
    free(image.tensor.data);
    free(again.tensor.data);
}
END_TEST

START_TEST(only_pictures_are_encoded)
{
    struct wck_image five = drawing("HWC", WCK_UINT8, 5);
    struct wck_image image = drawing("HWC", WCK_UINT8, 3);
    struct wck_text text = {0};

    ck_assert_int_eq(wck_png_encode(&five, &text, NULL), WCK_INVALID);
    image.tensor.dtype = WCK_INT8;
    ck_assert_int_eq(wck_png_encode(&image, &text, NULL), WCK_INVALID);
    image.tensor.dtype = WCK_UINT8;
    image.batch = 2;
    ck_assert_int_eq(wck_png_encode(&image, &text, NULL), WCK_INVALID);
    image.batch = 1;
    image.depth = 2;
    ck_assert_int_eq(wck_png_encode(&image, &text, NULL), WCK_INVALID);
    image.depth = 1;
    text.failed = true;
    ck_assert_int_eq(wck_png_encode(&image, &text, NULL), WCK_NO_MEMORY);
    text.failed = false;
    image.width = 2000000; /* beyond what libpng takes */
    image.column_stride = 0;
    ck_assert_int_eq(wck_png_encode(&image, &text, NULL), WCK_INVALID);
    wck_text_release(&text);
    free(five.tensor.data);
    free(image.tensor.data);
}
END_TEST

Suite *wck_png_suite(void)
{
    const int kinds = sizeof plain / sizeof plain[0];
    Suite *suite = suite_create("png");
    TCase *tests = tcase_create("png");

    tcase_add_checked_fixture(tests, scratch_make, scratch_remove);
    tcase_add_loop_test(tests, every_kind_of_picture_is_read_as_stored, 0, kinds);
    tcase_add_loop_test(tests, a_palette_becomes_colours, 1, 3);
    tcase_add_test(tests, a_transparent_palette_becomes_colours_and_alpha);
    tcase_add_test(tests, a_transparent_colour_becomes_alpha);
    tcase_add_test(tests, what_is_no_picture_is_rejected);
    tcase_add_test(tests, a_missing_picture_is_an_error_of_input);
    tcase_add_loop_test(tests, a_picture_cut_short_anywhere_is_rejected, 0, kinds);
    tcase_add_test(tests, a_damaged_byte_never_does_more_than_fail);
    tcase_add_test(tests, a_picture_that_its_file_cannot_hold_is_rejected);
    tcase_add_test(tests, a_picture_of_no_size_is_rejected);
    tcase_add_loop_test(tests, a_picture_comes_back_as_it_was_encoded, 0, 8);
    tcase_add_test(tests, only_pictures_are_encoded);
    suite_add_tcase(suite, tests);
    return suite;
}
