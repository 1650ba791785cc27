#include "src/subject/recording.h"

#include <stdlib.h>

#include "src/subject/recorded.h"

static void close_archive(void *state)
{
    wck_recorded_release(state);
    free(state);
}

static enum wck_status open_archive(const char *name,
                                    const struct wck_subject_options *options,
                                    void **state, struct wck_error *err)
{
    struct wck_recorded *s = calloc(1, sizeof *s);
    enum wck_status status;

    (void)options;
    if (s == NULL)
        return wck_error_no_memory(err);
    status = wck_recorded_read(s, name, NULL, err);
    if (status != WCK_OK) {
        close_archive(s);
        return status;
    }
    *state = s;
    return WCK_OK;
}

enum wck_status wck_recording_subject_take(struct wck_subject **subject,
                                           const char *name, struct wck_npz *npz,
                                           struct wck_error *err)
{
    struct wck_recorded *s = calloc(1, sizeof *s);
    enum wck_status status;

    *subject = NULL;
    if (s == NULL)
        return wck_error_no_memory(err);
    status = wck_recorded_take(s, npz, name, NULL, err);
    if (status != WCK_OK) {
        close_archive(s);
        return status;
    }
    return wck_subject_of_kind_take(subject, &wck_subject_recording_kind, name, s, err);
}

struct wck_problem wck_recording_problem(const struct wck_recording *recording,
                                         size_t item)
{
    struct wck_problem problem = recording->problem;

    problem.warp = recording->items[item].warp;
    problem.batch = 1;
    return problem;
}

static const struct wck_recording *recording_of(const void *state)
{
    return &((const struct wck_recorded *)state)->recording;
}

static enum wck_status refuse(struct wck_error *err)
{
    return wck_error_set(err, WCK_UNSUPPORTED,
                         "a recording answers only for what was recorded");
}

static enum wck_status forward(void *state, const struct wck_problem *problem,
                               const struct wck_image *image,
                               const struct wck_image *output, struct wck_error *err)
{
    (void)state;
    (void)problem;
    (void)image;
    (void)output;
    return refuse(err);
}

static enum wck_status vjp(void *state, const struct wck_problem *problem,
                           const struct wck_image *image,
                           const struct wck_image *upstream,
                           const struct wck_gradients *gradients, struct wck_error *err)
{
    (void)state;
    (void)problem;
    (void)image;
    (void)upstream;
    (void)gradients;
    return refuse(err);
}

const struct wck_subject_kind wck_subject_recording_kind = {
    .prefix = "recording",
    .summary = "recording:FILE.npz, arrays that a library read and made in a real run",
    .open = open_archive,
    .close = close_archive,
    .forward = forward,
    .vjp = vjp,
    .recording = recording_of,
};
