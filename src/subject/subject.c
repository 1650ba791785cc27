#include "src/subject/subject.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/subject/builtin.h"
#include "src/subject/program.h"
#include "src/subject/recording.h"

static const struct wck_subject_kind *const kinds[] = {
    &wck_subject_builtin, &wck_subject_deviation, &wck_subject_recording_kind,
    &wck_subject_worker,  &wck_subject_python,    &wck_subject_plugin,
};

struct wck_subject {
    const struct wck_subject_kind *kind;
    void *state;
    char *name;
    size_t forward_images, backward_images;
};

size_t wck_subject_kind_count(void)
{
    return sizeof kinds / sizeof kinds[0];
}

const struct wck_subject_kind *wck_subject_kind_row(size_t row)
{
    return row < wck_subject_kind_count() ? kinds[row] : NULL;
}

/* The kind whose prefix and a colon begin `name`; NULL where there is none. */
static const struct wck_subject_kind *kind_of(const char *name)
{
    for (size_t i = 0; i < wck_subject_kind_count(); i++) {
        size_t length = strlen(kinds[i]->prefix);

        if (strncmp(name, kinds[i]->prefix, length) == 0 && name[length] == ':')
            return kinds[i];
    }
    return NULL;
}

enum wck_status wck_subject_of_kind_take(struct wck_subject **subject,
                                         const struct wck_subject_kind *kind,
                                         const char *name, void *state,
                                         struct wck_error *err)
{
    struct wck_subject *made = calloc(1, sizeof *made);
    char *copy = strdup(name);

    *subject = NULL;
    if (made == NULL || copy == NULL) {
        free(made);
        free(copy);
        kind->close(state);
        return wck_error_no_memory(err);
    }
    *made = (struct wck_subject){.kind = kind, .state = state, .name = copy};
    *subject = made;
    return WCK_OK;
}

enum wck_status wck_subject_new(struct wck_subject **subject, const char *name,
                                struct wck_error *err)
{
    return wck_subject_new_with(subject, name, &(struct wck_subject_options){0}, err);
}

/* What of the options means something to a process only; NULL: nothing. */
static const char *meant_for_process(const struct wck_subject_options *options)
{
    const struct wck_sandbox_request *sandbox = &options->sandbox;

    if (options->timeout > 0.0)
        return "timeout";
    if (options->transport != WCK_TRANSPORT_ANY)
        return "transport";
    return sandbox->off || sandbox->memory > 0 || sandbox->cpu_seconds > 0 ? "sandbox"
                                                                           : NULL;
}

enum wck_status wck_subject_new_with(struct wck_subject **subject, const char *name,
                                     const struct wck_subject_options *options,
                                     struct wck_error *err)
{
    const struct wck_subject_kind *kind = kind_of(name);
    void *state;
    enum wck_status status;

    *subject = NULL;
    if (kind == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "'%s' names no subject; try builtin:reference, or see "
                             "'warpcheck list subjects'",
                             name);
    if (options->in_process && !kind->inside)
        return wck_error_set(err, WCK_INVALID,
                             "only a plugin can be loaded into this process, as in "
                             "plugin:./my_warp.so: %s is none",
                             name);
    if ((options->in_process || !kind->apart) && meant_for_process(options) != NULL)
        return wck_error_set(err, WCK_INVALID,
                             "%s runs in no process of its own: it has no %s", name,
                             meant_for_process(options));
    status = kind->open(name + strlen(kind->prefix) + 1, options, &state, err);
    if (status != WCK_OK)
        return status;
    return wck_subject_of_kind_take(subject, kind, name, state, err);
}

void wck_subject_free(struct wck_subject *subject)
{
    if (subject == NULL)
        return;
    subject->kind->close(subject->state);
    free(subject->name);
    free(subject);
}

const char *wck_subject_name(const struct wck_subject *subject)
{
    return subject->name;
}

const struct wck_recording *wck_subject_recording(const struct wck_subject *subject)
{
    return subject->kind->recording != NULL ? subject->kind->recording(subject->state)
                                            : NULL;
}

bool wck_subject_is_lost(const struct wck_subject *subject)
{
    return subject->kind->is_lost == NULL || subject->kind->is_lost(subject->state);
}

int wck_subject_lives(const struct wck_subject *subject)
{
    return subject->kind->lives != NULL ? subject->kind->lives(subject->state)
                                        : INT_MAX;
}

bool wck_subject_varies(const struct wck_subject *subject)
{
    return subject->kind->varies != NULL && subject->kind->varies(subject->state);
}

const char *wck_subject_lost(const struct wck_subject *subject, size_t index)
{
    return subject->kind->lost != NULL ? subject->kind->lost(subject->state, index)
                                       : NULL;
}

/* Through an arena, also in this process; a pipe has no buffers of the host's. */
bool wck_subject_fills_outputs(const struct wck_subject *subject)
{
    return subject->kind->apart;
}

const char *wck_subject_flattens(const struct wck_subject *subject, bool outputs)
{
    return subject->kind->flattens != NULL
               ? subject->kind->flattens(subject->state, outputs)
               : NULL;
}

const struct wck_sandbox *wck_subject_sandbox(const struct wck_subject *subject)
{
    return subject->kind->sandbox != NULL ? subject->kind->sandbox(subject->state)
                                          : NULL;
}

enum wck_status wck_subject_forward(struct wck_subject *subject,
                                    const struct wck_problem *problem,
                                    const struct wck_image *image,
                                    const struct wck_image *output,
                                    struct wck_error *err)
{
    subject->forward_images += image->batch;
    return subject->kind->forward(subject->state, problem, image, output, err);
}

enum wck_status
wck_subject_vjp(struct wck_subject *subject, const struct wck_problem *problem,
                const struct wck_image *image, const struct wck_image *upstream,
                const struct wck_gradients *gradients, struct wck_error *err)
{
    subject->backward_images += image->batch;
    return subject->kind->vjp(subject->state, problem, image, upstream, gradients, err);
}

enum wck_status wck_subject_jvp(struct wck_subject *subject,
                                const struct wck_problem *problem,
                                const struct wck_image *image,
                                const struct wck_tangents *tangents,
                                const struct wck_image *output, struct wck_error *err)
{
    if (subject->kind->jvp == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "%s:... has no forward mode",
                             subject->kind->prefix);
    subject->forward_images += image->batch;
    return subject->kind->jvp(subject->state, problem, image, tangents, output, err);
}

enum wck_status
wck_subject_second(struct wck_subject *subject, const struct wck_problem *problem,
                   const struct wck_image *image, const struct wck_image *upstream,
                   const struct wck_tangents *along, const struct wck_second *second,
                   struct wck_error *err)
{
    if (subject->kind->second == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "%s:... has no double backward",
                             subject->kind->prefix);
    subject->backward_images += image->batch;
    return subject->kind->second(subject->state, problem, image, upstream, along,
                                 second, err);
}

enum wck_status wck_subject_answer(struct wck_subject *subject,
                                   const struct wck_recorded *asked,
                                   struct wck_npz *answers, struct wck_error *err)
{
    if (subject->kind->answer == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "%s:... knows no library's convention",
                             subject->kind->prefix);
    return subject->kind->answer(subject->state, asked, answers, err);
}

/* Moves a new image, which nobody has touched yet, to where the subject reads it. */
static void move(struct wck_subject *subject, struct wck_image *image)
{
    size_t width = wck_dtype_row(image->tensor.dtype)->size;
    void *lent = NULL;

    if (subject->kind->lend != NULL)
        lent = subject->kind->lend(subject->state,
                                   wck_tensor_count(&image->tensor) * width);
    if (lent == NULL)
        return;
    free(image->tensor.data);
    image->tensor.data = lent;
}

enum wck_status wck_subject_source(struct wck_subject *subject,
                                   const struct wck_problem *problem,
                                   struct wck_image *image, struct wck_error *err)
{
    enum wck_status status = wck_problem_source(problem, image, err);

    if (status == WCK_OK)
        move(subject, image);
    return status;
}

enum wck_status wck_subject_upstream(struct wck_subject *subject,
                                     const struct wck_problem *problem,
                                     struct wck_image *image, struct wck_error *err)
{
    enum wck_status status = wck_problem_output(problem, image, err);

    if (status == WCK_OK)
        move(subject, image);
    return status;
}

void wck_subject_free_image(struct wck_subject *subject, struct wck_image *image)
{
    if (subject->kind->take_back == NULL ||
        !subject->kind->take_back(subject->state, image->tensor.data))
        free(image->tensor.data);
    image->tensor.data = NULL;
}

size_t wck_subject_forward_images(const struct wck_subject *subject)
{
    return subject->forward_images;
}

size_t wck_subject_backward_images(const struct wck_subject *subject)
{
    return subject->backward_images;
}
