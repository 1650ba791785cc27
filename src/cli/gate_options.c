#include "src/cli/gate_options.h"

#include <math.h>
#include <stdlib.h>

#include "src/cli/input.h"

static void read_least(const char *arg, struct wck_gate_request *request,
                       struct wck_error *err)
{
    request->has_least = true;
    if (wck_text_read_numbers(arg, &request->least, 1) != 1 ||
        !(request->least >= 0.0 && request->least <= 100.0))
        wck_error_set(err, WCK_INVALID,
                      "--min-coverage takes percent, 0 to 100, not '%s'", arg);
}

static void read_hole(const char *arg, struct wck_gate_request *request,
                      struct wck_error *err)
{
    uint64_t pixels = 0;

    request->has_hole = true;
    wck_options_read_count(arg, &pixels, err);
    request->hole = (size_t)pixels;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_gate_options *options = state->input;
    struct wck_error err = {0};

    switch (key) {
    case WCK_KEY_EXPECT_ZERO:
        options->expect_zero = arg;
        break;
    case WCK_KEY_MIN_COVERAGE:
        read_least(arg, &options->request, &err);
        break;
    case WCK_KEY_MAX_HOLE:
        read_hole(arg, &options->request, &err);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    wck_given_once(&options->given, key, state);
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return 0;
}

static const struct argp_option gate_options[] = {
    {"expect-zero", WCK_KEY_EXPECT_ZERO, "FILE", 0,
     "a mask, .png or .npy: where it is not 0 there must be no gradient, and the other "
     "gates do not look",
     0},
    {"min-coverage", WCK_KEY_MIN_COVERAGE, "PERCENT", 0,
     "of the entries that must get a gradient", 0},
    {"max-hole", WCK_KEY_MAX_HOLE, "PIXELS", 0,
     "most pixels without a gradient that hang together by their edges", 0},
    {0},
};

const struct argp wck_gate_argp = {.options = gate_options, .parser = parse};

const char *wck_gate_options_first(const struct wck_gate_options *options)
{
    for (size_t i = 0; gate_options[i].name != NULL; i++) {
        if (wck_given_has(&options->given, gate_options[i].key))
            return gate_options[i].name;
    }
    return NULL;
}

/* Channels of the mask that are read. */
static size_t channels_of(const struct wck_input *mask)
{
    size_t channels = mask->image.channels;
    bool alpha = wck_input_ends_in(mask->path, ".png") && channels % 2 == 0;

    return alpha ? channels - 1 : channels;
}

static enum wck_status fill_mask(const struct wck_input *mask, unsigned char *named,
                                 struct wck_error *err)
{
    const struct wck_image *image = &mask->image;
    size_t pixels = wck_image_pixels(image);

    for (size_t plane = 0; plane < channels_of(mask); plane++) {
        for (size_t p = 0; p < pixels; p++) {
            double value =
                wck_image_get(image, plane, p / image->width, p % image->width);

            if (isnan(value))
                return wck_error_set(err, WCK_FORMAT, "%s: a mask with NaN in it",
                                     mask->path);
            if (value < 0.0 || value > 0.0)
                named[p] = 1;
        }
    }
    return WCK_OK;
}

enum wck_status wck_gate_options_read(struct wck_gate_options *options, size_t height,
                                      size_t width, struct wck_error *err)
{
    const char *path = options->expect_zero;
    struct wck_input mask;
    enum wck_status status;

    if (path == NULL)
        return WCK_OK;
    options->request.expect_zero = options->mask = calloc(height * width, 1);
    if (options->mask == NULL)
        return wck_error_no_memory(err);
    status = wck_input_read(&mask, path, NULL, err);
    if (status == WCK_OK && (mask.image.height != height || mask.image.width != width))
        status =
            wck_error_set(err, WCK_INVALID, "the image is %zux%zu, but %s is %zux%zu",
                          height, width, path, mask.image.height, mask.image.width);
    if (status == WCK_OK)
        status = fill_mask(&mask, options->mask, err);
    wck_input_release(&mask);
    return status;
}

void wck_gate_options_release(struct wck_gate_options *options)
{
    free(options->mask);
    *options = (struct wck_gate_options){.expect_zero = NULL};
}
