#include "src/cli/coverage_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/io/npy.h"

static struct wck_shape shape_of(const struct wck_input *input)
{
    const struct wck_image *image = &input->image;
    bool says_batch = strchr(input->layout, 'N') != NULL;

    return (struct wck_shape){says_batch ? image->batch : 0, image->channels,
                              image->height, image->width};
}

static void print_shape(const struct wck_shape *shape, char text[100])
{
    int used =
        shape->batch > 1 ? snprintf(text, 100, "a batch of %zu, ", shape->batch) : 0;

    snprintf(text + used, 100 - (size_t)used, "%zux%zux%zu", shape->height,
             shape->width, shape->channels);
}

/* Fails unless `file`, of which `path` is the name, has the shape that `what` has. */
static enum wck_status agree(const char *what, struct wck_shape *known,
                             const struct wck_input *file, struct wck_error *err)
{
    struct wck_shape shape = shape_of(file);
    char is[100], has[100];

    if (known->batch == 0)
        known->batch = shape.batch;
    if ((shape.batch == known->batch || shape.batch == 0) &&
        shape.channels == known->channels && shape.height == known->height &&
        shape.width == known->width)
        return WCK_OK;
    print_shape(known, is);
    print_shape(&shape, has);
    return wck_error_set(err, WCK_INVALID, "the %s is %s, but %s is %s", what, is,
                         file->path, has);
}

static enum wck_status read_image(struct wck_coverage_job *job,
                                  const struct wck_coverage_options *request,
                                  struct wck_error *err)
{
    size_t sizes[3];
    enum wck_status status;

    if (wck_options_is_size(request->image)) {
        status = wck_options_read_size(request->image, 3, sizes, err);
        job->shape = (struct wck_shape){0, sizes[2], sizes[0], sizes[1]};
        job->layout = sizes[2] > 1 ? "HWC" : "HW";
        return status;
    }
    status = wck_input_read(&job->image, request->image, request->warp.layout, err);
    if (status != WCK_OK)
        return status;
    job->shape = shape_of(&job->image);
    job->layout = job->image.layout;
    return WCK_OK;
}

static enum wck_status read_gradient(struct wck_coverage_job *job,
                                     const struct wck_coverage_options *request,
                                     struct wck_error *err)
{
    enum wck_status status = wck_input_read_gradient(&job->gradient, request->gradient,
                                                     request->warp.layout, err);

    if (status != WCK_OK)
        return status;
    job->layout = job->gradient.layout;
    if (request->image == NULL)
        job->shape = shape_of(&job->gradient);
    return agree("image", &job->shape, &job->gradient, err);
}

/* The warp whose output the loss sees. */
static const struct wck_warp *last_of(const struct wck_coverage_job *job)
{
    return job->count > 1 ? &job->links[job->count - 1] : &job->warp;
}

static enum wck_status read_upstream(struct wck_coverage_job *job,
                                     const struct wck_coverage_options *request,
                                     struct wck_error *err)
{
    struct wck_shape output = job->shape;
    enum wck_status status =
        wck_input_read(&job->upstream, request->upstream, request->warp.layout, err);

    if (status != WCK_OK)
        return status;
    if (!wck_given_has(&request->warp.given, WCK_KEY_OUTPUT) && job->count == 1) {
        job->warp.output_height = job->upstream.image.height;
        job->warp.output_width = job->upstream.image.width;
    }
    output.height = last_of(job)->output_height;
    output.width = last_of(job)->output_width;
    status = agree("output", &output, &job->upstream, err);
    job->shape.batch = output.batch;
    return status;
}

static enum wck_status set_warp(struct wck_coverage_job *job,
                                const struct wck_warp_options *options,
                                struct wck_error *err)
{
    const struct wck_shape *shape = &job->shape;
    bool one = wck_given_has(&options->given, WCK_KEY_MATRIX);
    bool resized = wck_given_has(&options->given, WCK_KEY_OUTPUT);

    job->warp = (struct wck_warp){
        .kernel = options->kernel,
        .border = options->border,
        .border_value = options->border_value,
        .border_values = options->border_values,
        .source_width = shape->width,
        .source_height = shape->height,
        .output_width = resized ? options->output_width : shape->width,
        .output_height = resized ? options->output_height : shape->height,
    };
    if (options->border_values > 1 && options->border_values != shape->channels)
        return wck_error_set(err, WCK_INVALID,
                             "%zu border values for %zu channels: give one, or one for "
                             "each channel",
                             options->border_values, shape->channels);
    return one ? wck_map_affine(&job->warp.map, options->matrix, options->direction,
                                err)
               : WCK_OK;
}

static enum wck_status set_layout(struct wck_coverage_job *job, const char *layout,
                                  struct wck_error *err)
{
    if (layout != NULL)
        job->layout = layout;
    if (job->shape.channels > 1 && strchr(job->layout, 'C') == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "layout %s has no axis for the %zu channels", job->layout,
                             job->shape.channels);
    return WCK_OK;
}

static enum wck_status read_matrix_gradient(struct wck_coverage_job *job,
                                            const char *path, struct wck_error *err)
{
    struct wck_tensor read, numbers = wck_tensor_contiguous(
                                job->matrix_gradient, WCK_FLOAT64, 2, (size_t[]){2, 3});
    enum wck_status status = wck_npy_read(path, &read, err);

    if (status == WCK_OK &&
        (read.rank != 2 || read.shape[0] != 2 || read.shape[1] != 3))
        status = wck_error_set(err, WCK_FORMAT, "%s: a matrix gradient is 2x3", path);
    if (status == WCK_OK)
        status = wck_tensor_copy(&read, &numbers, err);
    free(read.data);
    job->has_matrix_gradient = status == WCK_OK;
    return status;
}

enum wck_status wck_coverage_job_read(struct wck_coverage_job *job,
                                      const struct wck_coverage_options *request,
                                      struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    if (request->image != NULL)
        status = read_image(job, request, err);
    if (status == WCK_OK && request->gradient != NULL)
        status = read_gradient(job, request, err);
    if (status == WCK_OK)
        status = set_layout(job, request->warp.layout, err);
    if (status == WCK_OK)
        status = set_warp(job, &request->warp, err);
    job->count = 1 + request->chain.count;
    if (status == WCK_OK && job->count > 1)
        status = wck_chain_options_links(&request->chain, &job->warp, job->links, err);
    if (status == WCK_OK && request->upstream != NULL)
        status = read_upstream(job, request, err);
    if (status == WCK_OK && request->matrix_gradient != NULL)
        status = read_matrix_gradient(job, request->matrix_gradient, err);
    if (job->shape.batch == 0)
        job->shape.batch = 1;
    return status;
}

double wck_coverage_job_uniform(const struct wck_coverage_job *job,
                                const struct wck_coverage_options *request)
{
    double planes = (double)(job->shape.batch * job->shape.channels);
    bool recorded = request->gradient != NULL || request->matrix_gradient != NULL;

    return wck_coverage_options_uniform(
        request, recorded, (double)wck_warp_samples(last_of(job)) * planes);
}

void wck_coverage_job_release(struct wck_coverage_job *job)
{
    wck_input_release(&job->image);
    wck_input_release(&job->gradient);
    wck_input_release(&job->upstream);
}
