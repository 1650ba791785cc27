/* Leptonica's pixAffineGray, pixAffineColor and pixAffineSampled as a plugin: a library
 * of 8 bits, judged by its own convention.  No gradients: there are none.
 *
 *     cc -O2 -shared -fPIC -I../../include $(pkg-config --cflags lept) -o warp.so \
 *        warp.c $(pkg-config --libs lept)
 *     warpcheck verify plugin:./warp.so --convention leptonica.pixAffine --dtype uint8
 *
 * The matrix takes output to source, pixel centres lie at integers, and the output has
 * the image's size.  Interpolation is in 1/16 pixel and cut off to whole numbers, and
 * the last row reads the first one: check/vectors/RULES.md, "Leptonica". */
#include <stdio.h>
#include <string.h>

#include <allheaders.h>

#include "warpcheck/plugin.h"

static const struct warpcheck_tensor *find(const struct warpcheck_tensor *const *arrays,
                                           size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(arrays[i]->name, name) == 0)
            return arrays[i];
    }
    return NULL;
}

static int32_t answer(int32_t code, char *message, size_t size, const char *text)
{
    snprintf(message, size, "%s", text);
    return code;
}

/* Channel c of the pixel in column x of row y; one channel may have no axis. */
static uint8_t *at(const struct warpcheck_tensor *tensor, int y, int x, int c)
{
    uint8_t *data = (uint8_t *)tensor->data + tensor->byte_offset;

    return data + y * tensor->strides[0] + x * tensor->strides[1] +
           (tensor->rank == 3 ? c * tensor->strides[2] : 0);
}

static int channels_of(const struct warpcheck_tensor *image)
{
    return image->rank == 3 ? (int)image->shape[2] : 1;
}

/* 8 bits a pixel, or 32 where there are colours; NULL: no memory. */
static PIX *read_image(const struct warpcheck_tensor *image)
{
    int colours = channels_of(image) == 3;
    PIX *pix = pixCreate((int)image->shape[1], (int)image->shape[0], colours ? 32 : 8);

    for (int y = 0; pix != NULL && y < image->shape[0]; y++) {
        for (int x = 0; x < image->shape[1]; x++) {
            if (colours)
                pixSetRGBPixel(pix, x, y, *at(image, y, x, 0), *at(image, y, x, 1),
                               *at(image, y, x, 2));
            else
                pixSetPixel(pix, x, y, *at(image, y, x, 0));
        }
    }
    return pix;
}

static void write_pixel(PIX *pix, int x, int y, const struct warpcheck_tensor *output)
{
    l_int32 rgb[3];
    l_uint32 value;

    if (channels_of(output) == 3) {
        pixGetRGBPixel(pix, x, y, &rgb[0], &rgb[1], &rgb[2]);
        for (int c = 0; c < 3; c++)
            *at(output, y, x, c) = (uint8_t)rgb[c];
    } else {
        pixGetPixel(pix, x, y, &value);
        *at(output, y, x, 0) = (uint8_t)value;
    }
}

/* Sampling brings in black or white only.  Where a white image, sampled likewise, stays
 * black, the sample lies outside; any other fill is put there. */
static PIX *sample_white(PIX *like, l_float32 *matrix)
{
    PIX *white = pixCreate(pixGetWidth(like), pixGetHeight(like), 8), *sampled;

    if (white == NULL)
        return NULL;
    pixSetAll(white);
    sampled = pixAffineSampled(white, matrix, L_BRING_IN_BLACK);
    pixDestroy(&white);
    return sampled;
}

static PIX *interpolate(PIX *pix, l_float32 *matrix, const uint8_t fill[3])
{
    l_uint32 colour;

    if (pixGetDepth(pix) == 8)
        return pixAffineGray(pix, matrix, fill[0]);
    composeRGBPixel(fill[0], fill[1], fill[2], &colour);
    return pixAffineColor(pix, matrix, colour);
}

/* 0: no memory. */
static int warp(PIX *pix, l_float32 *matrix, int nearest, const uint8_t fill[3],
                const struct warpcheck_tensor *output)
{
    PIX *inside = nearest ? sample_white(pix, matrix) : NULL;
    PIX *made = nearest ? pixAffineSampled(pix, matrix, L_BRING_IN_BLACK)
                        : interpolate(pix, matrix, fill);
    int made_all = made != NULL && (!nearest || inside != NULL);
    l_uint32 is_inside = 255;

    for (int y = 0; made_all && y < output->shape[0]; y++) {
        for (int x = 0; x < output->shape[1]; x++) {
            if (nearest)
                pixGetPixel(inside, x, y, &is_inside);
            if (is_inside)
                write_pixel(made, x, y, output);
            for (int c = 0; !is_inside && c < channels_of(output); c++)
                *at(output, y, x, c) = fill[c];
        }
    }
    pixDestroy(&made);
    pixDestroy(&inside);
    return made_all;
}

/* A whole number of 8 bits for each channel; 0 where a border value is none. */
static int read_fill(const struct warpcheck_tensor *border, int channels,
                     uint8_t fill[3])
{
    for (int c = 0; border != NULL && c < channels; c++) {
        double value = ((const double *)border->data)[border->shape[0] == 1 ? 0 : c];

        if (!(value >= 0.0 && value <= 255.0))
            return 0;
        fill[c] = (uint8_t)value;
        if (value > fill[c])
            return 0;
    }
    return 1;
}

/* What is asked, for which there is no answer; NULL: it is served. */
static const char *refusal(const struct warpcheck_call *call,
                           const struct warpcheck_tensor *image,
                           const struct warpcheck_tensor *matrix,
                           const struct warpcheck_tensor *output)
{
    int channels = image != NULL ? channels_of(image) : 0;

    if (strcmp(call->interp, "bilinear") != 0 && strcmp(call->interp, "nearest") != 0)
        return "bilinear and nearest only";
    if (matrix == NULL || matrix->rank != 2 || output == NULL)
        return "one matrix, and no gradients";
    if ((channels != 1 && channels != 3) || image->shape[0] != output->shape[0] ||
        image->shape[1] != output->shape[1])
        return "outputs of the image's size only, of one or three channels";
    return NULL;
}

static int32_t forward(const struct warpcheck_call *call, char *message, size_t size)
{
    const struct warpcheck_tensor *image =
        find(call->arrays, call->array_count, "image");
    const struct warpcheck_tensor *matrix =
        find(call->arrays, call->array_count, "matrix");
    const struct warpcheck_tensor *border =
        find(call->arrays, call->array_count, "border_value");
    const struct warpcheck_tensor *output =
        find(call->wanted, call->wanted_count, "output");
    const char *why = refusal(call, image, matrix, output);
    l_float32 entries[6];
    uint8_t fill[3] = {0};
    PIX *pix;
    int made;

    if (why == NULL && !read_fill(border, channels_of(image), fill))
        why = "border values of 8 bits only";
    if (why != NULL)
        return answer(WARPCHECK_UNSUPPORTED, message, size, why);
    for (int i = 0; i < 6; i++)
        entries[i] = (l_float32)((const double *)matrix->data)[i];
    pix = read_image(image);
    made = pix != NULL &&
           warp(pix, entries, strcmp(call->interp, "nearest") == 0, fill, output);
    pixDestroy(&pix);
    return made ? WARPCHECK_OK : answer(WARPCHECK_FAILED, message, size, "no memory");
}

static void describe(struct warpcheck_capabilities *capabilities)
{
    static const char *const conventions[] = {"leptonica.pixAffine", NULL};
    static const char *const arrays[] = {"matrix", NULL};
    static const char *const gradients[] = {NULL};
    static const char *const dtypes[] = {"uint8", NULL};
    static const char *const layouts[] = {"HW", "HWC", NULL};
    static char name[64];
    char *version = getLeptonicaVersion();

    snprintf(name, sizeof name, "%s", version != NULL ? version : "Leptonica");
    lept_free(version);
    capabilities->name = name;
    capabilities->conventions = conventions;
    capabilities->arrays = arrays;
    capabilities->gradients = gradients;
    capabilities->dtypes = dtypes;
    capabilities->layouts = layouts;
}

const struct warpcheck_plugin *warpcheck_plugin(void);

const struct warpcheck_plugin *warpcheck_plugin(void)
{
    static const struct warpcheck_plugin plugin = {.size = sizeof plugin,
                                                   .major = WARPCHECK_PLUGIN_MAJOR,
                                                   .minor = WARPCHECK_PLUGIN_MINOR,
                                                   .describe = describe,
                                                   .forward = forward};

    return &plugin;
}
