#include "src/cli/moved_options.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_moved_options *options = state->input;

    switch (key) {
    case WCK_KEY_NUMERIC:
        options->numeric = arg;
        break;
    case WCK_KEY_RESPONSE:
        options->response = arg;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    wck_given_once(&options->given, key, state);
    return 0;
}

static const struct argp_option moved_options[] = {
    {"numeric", WCK_KEY_NUMERIC, "FILE", 0,
     "the loss's difference quotient by small steps, an .npy of the gradient's shape: "
     "where it is 0 too, the output or the image is rounded",
     0},
    {"response", WCK_KEY_RESPONSE, "FILE", 0,
     "the same by full-scale steps: where it is 0 as well, the pixel is not read", 0},
    {0},
};

const struct argp wck_moved_argp = {.options = moved_options, .parser = parse};

void wck_moved_options_check(const struct wck_moved_options *options, bool recorded,
                             struct argp_state *state)
{
    if (options->numeric != NULL && !recorded)
        wck_usage(state, "--numeric is read beside --gradient");
    if (options->response != NULL && options->numeric == NULL)
        wck_usage(state, "--response is read beside --numeric");
}

static enum wck_status read_one(struct wck_input *input, const char *path,
                                const struct wck_survey_request *survey,
                                struct wck_error *err)
{
    const struct wck_image *gradient = survey->gradient, *image = &input->image;
    enum wck_status status = wck_input_read(input, path, survey->layout, err);

    if (status != WCK_OK)
        return status;
    if (image->batch == gradient->batch && image->channels == gradient->channels &&
        image->height == gradient->height && image->width == gradient->width)
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID,
                         "%s has another shape than the gradient: %zux%zu with %zu "
                         "channels and a batch of %zu is needed",
                         path, gradient->height, gradient->width, gradient->channels,
                         gradient->batch);
}

enum wck_status wck_moved_options_read(struct wck_moved_options *options,
                                       struct wck_survey_request *survey,
                                       struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (options->numeric != NULL) {
        status = read_one(&options->by_little, options->numeric, survey, err);
        survey->numeric = &options->by_little.image;
    }
    if (status == WCK_OK && options->response != NULL) {
        status = read_one(&options->by_a_lot, options->response, survey, err);
        survey->response = &options->by_a_lot.image;
    }
    return status;
}

void wck_moved_options_release(struct wck_moved_options *options)
{
    wck_input_release(&options->by_little);
    wck_input_release(&options->by_a_lot);
    *options = (struct wck_moved_options){.numeric = NULL};
}
