#include "src/run/inquiry.h"

#include <stdlib.h>
#include <string.h>

#include "src/io/npz.h"
#include "src/run/way.h"
#include "src/subject/recorded.h"

/* An asker's state: how a probe becomes a call. */
struct inquiry {
    const struct wck_inquiry_request *request;
    const char *layout;
    size_t asked;
};

static size_t channels_of(const char *layout)
{
    return strchr(layout, 'C') != NULL ? 3 : 1;
}

static size_t batch_of(const char *layout)
{
    return strchr(layout, 'N') != NULL ? 2 : 1;
}

/* The probe's plane in every plane of an image. */
static void spread(const struct wck_image *plane, const struct wck_image *image)
{
    for (size_t p = 0; p < wck_image_planes(image); p++) {
        for (size_t y = 0; y < image->height; y++) {
            for (size_t x = 0; x < image->width; x++)
                wck_image_set(image, p, y, x, wck_image_get(plane, 0, y, x));
        }
    }
}

/* The first plane of an answer. */
static void gather(const struct wck_image *answer, const struct wck_image *got)
{
    for (size_t y = 0; y < got->height; y++) {
        for (size_t x = 0; x < got->width; x++)
            wck_image_set(got, 0, y, x, wck_image_get(answer, 0, y, x));
    }
}

/* ---- as a problem ---- */

static enum wck_status make_problem(const struct inquiry *inquiry,
                                    const struct wck_probe *probe,
                                    struct wck_problem *problem, struct wck_error *err)
{
    const struct wck_inquiry_request *request = inquiry->request;
    struct wck_warp *warp = &problem->warp;

    *problem = (struct wck_problem){.dtype = probe->image.tensor.dtype,
                                    .layout = inquiry->layout,
                                    .batch = batch_of(inquiry->layout),
                                    .channels = channels_of(inquiry->layout)};
    *warp = (struct wck_warp){
        .kernel =
            request->kernel != NULL ? request->kernel : wck_kernel_find("bilinear"),
        .border = request->border != NULL ? request->border : wck_border_row(0),
        .border_value = &probe->border_value,
        .border_values = 1,
        .source_width = probe->image.width,
        .source_height = probe->image.height,
        .output_width = probe->got.width,
        .output_height = probe->got.height};
    if (!probe->pairs)
        return wck_map_affine(&warp->map, probe->numbers, request->direction, err);
    warp->map =
        wck_map_coordinates(probe->numbers, probe->numbers + wck_probe_samples(probe));
    return wck_warp_check(warp, err);
}

static enum wck_status ask_problem(const struct inquiry *inquiry,
                                   struct wck_probe *probe, struct wck_error *err)
{
    struct wck_subject *subject = inquiry->request->subject;
    struct wck_image image = {0}, output = {0};
    struct wck_problem problem;
    enum wck_status status = make_problem(inquiry, probe, &problem, err);

    if (status == WCK_OK)
        status = wck_problem_source(&problem, &image, err);
    if (status == WCK_OK)
        status = wck_problem_output(&problem, &output, err);
    if (status == WCK_OK) {
        spread(&probe->image, &image);
        status = wck_subject_forward(subject, &problem, &image, &output, err);
    }
    if (status == WCK_OK)
        gather(&output, &probe->got);
    free(image.tensor.data);
    free(output.tensor.data);
    return status;
}

/* ---- as a call under a convention ---- */

/* A new array of a plane's values, in the call's layout. */
static enum wck_status add_planes(struct wck_npz *npz, const char *name,
                                  const char *layout, const struct wck_image *plane,
                                  struct wck_error *err)
{
    struct wck_image image = {0};
    enum wck_status status =
        wck_image_new(&image, plane->tensor.dtype, layout, batch_of(layout),
                      channels_of(layout), plane->height, plane->width, err);

    if (status == WCK_OK) {
        spread(plane, &image);
        status = wck_npz_add_array(npz, name, &image.tensor, err);
    }
    free(image.tensor.data);
    return status;
}

/* What an array that carries numbers looks like. */
struct form {
    size_t shape[4], items;
    int rank;
    bool last; /* the two numbers of a sample lie side by side */
};

static struct form form_of(const struct wck_convention *row, const char *layout,
                           const struct wck_probe *probe)
{
    struct form form = {.items =
                            row->carrier == WCK_CARRIER_COORDS ? 1 : batch_of(layout)};

    form.last = row->carrier == WCK_CARRIER_GRID ||
                (row->carrier == WCK_CARRIER_FLOW && row->axis_last);
    if (form.items > 1)
        form.shape[form.rank++] = form.items;
    if (row->carrier == WCK_CARRIER_MATRIX) {
        form.shape[form.rank++] = row->projective ? 3 : 2;
        form.shape[form.rank++] = 3;
        return form;
    }
    if (!form.last && row->carrier != WCK_CARRIER_MAPS)
        form.shape[form.rank++] = 2;
    form.shape[form.rank++] = probe->got.height;
    form.shape[form.rank++] = probe->got.width;
    if (form.last)
        form.shape[form.rank++] = 2;
    return form;
}

/* Number `k` of `sample` among those of array `array`. */
static void fill_pairs(const struct wck_convention *row, const struct form *form,
                       const struct wck_probe *probe, size_t array,
                       const struct wck_tensor *to)
{
    size_t samples = wck_probe_samples(probe);
    bool alone = row->carrier == WCK_CARRIER_MAPS;

    for (size_t i = 0; i < form->items; i++) {
        for (size_t k = 0; k < (alone ? 1u : 2u); k++) {
            for (size_t s = 0; s < samples; s++) {
                size_t of_item = alone        ? i * samples + s
                                 : form->last ? (i * samples + s) * 2 + k
                                              : (i * 2 + k) * samples + s;

                wck_tensor_set(to, (ptrdiff_t)of_item,
                               probe->numbers[(alone ? array : k) * samples + s]);
            }
        }
    }
}

static void fill_matrix(const struct form *form, const struct wck_probe *probe,
                        const struct wck_tensor *to)
{
    size_t rows = form->shape[form->rank - 2];

    for (size_t i = 0; i < form->items; i++) {
        for (size_t k = 0; k < 3 * rows; k++)
            wck_tensor_set(to, (ptrdiff_t)(i * 3 * rows + k),
                           k < 6    ? probe->numbers[k]
                           : k == 8 ? 1.0
                                    : 0.0);
    }
}

/* The type that the numbers are given in, for images of type `dtype`. */
static enum wck_dtype numbers_dtype(const struct wck_convention *row,
                                    const char *layout, enum wck_dtype dtype)
{
    if (row->single_maps)
        return WCK_FLOAT32;
    /* One matrix for all is nobody's tensor. */
    if (!(wck_dtype_row(dtype)->roundoff > 0.0) ||
        (row->carrier == WCK_CARRIER_MATRIX && batch_of(layout) == 1))
        return WCK_FLOAT64;
    return dtype;
}

static enum wck_status add_numbers(const struct inquiry *inquiry,
                                   const struct wck_probe *probe, struct wck_npz *npz,
                                   struct wck_error *err)
{
    const struct wck_convention *row = inquiry->request->convention;
    enum wck_dtype dtype =
        numbers_dtype(row, inquiry->layout, probe->image.tensor.dtype);
    struct form form = form_of(row, inquiry->layout, probe);
    enum wck_status status = WCK_OK;

    for (size_t i = 0; wck_call_array_name(row, i) != NULL && status == WCK_OK; i++) {
        struct wck_tensor array;

        status = wck_tensor_new(&array, dtype, form.rank, form.shape, err);
        if (status != WCK_OK)
            return status;
        if (probe->pairs)
            fill_pairs(row, &form, probe, i, &array);
        else
            fill_matrix(&form, probe, &array);
        status = wck_npz_add_array(npz, wck_call_array_name(row, i), &array, err);
        free(array.data);
    }
    return status;
}

/* All that a recording of the call's inputs holds; grad_output for the output's size.
 */
static enum wck_status pack(const struct inquiry *inquiry,
                            const struct wck_probe *probe, struct wck_npz *npz,
                            struct wck_error *err)
{
    const struct wck_convention *row = inquiry->request->convention;
    struct wck_spec spec = {.convention = row,
                            .layout = inquiry->layout,
                            .choices = inquiry->request->choices};
    double value = probe->border_value;
    const size_t one = 1;
    struct wck_tensor border = wck_tensor_contiguous(&value, WCK_FLOAT64, 1, &one);
    struct wck_text text = {0};
    enum wck_status status =
        add_planes(npz, "image", inquiry->layout, &probe->image, err);

    if (status == WCK_OK)
        status = add_numbers(inquiry, probe, npz, err);
    if (status == WCK_OK)
        status = add_planes(npz, "grad_output", inquiry->layout, &probe->got, err);
    if (status == WCK_OK && row->has_fill)
        status = wck_npz_add_array(npz, "border_value", &border, err);
    if (status == WCK_OK)
        status = wck_spec_write(&spec, &text, err);
    if (status == WCK_OK)
        status = wck_npz_add_text(npz, "spec.json", wck_text_string(&text), err);
    wck_text_release(&text);
    return status;
}

static enum wck_status read_answer(const struct inquiry *inquiry,
                                   const struct wck_npz *answers,
                                   const struct wck_probe *probe, struct wck_error *err)
{
    const struct wck_tensor *output = wck_npz_array(answers, "output");
    struct wck_image view;

    if (output == NULL ||
        wck_image_view(&view, output, inquiry->layout, NULL) != WCK_OK ||
        view.width != probe->got.width || view.height != probe->got.height)
        return wck_error_set(err, WCK_SUBJECT, "its output does not fit the call");
    if (output->dtype != probe->got.tensor.dtype &&
        !(wck_dtype_row(probe->got.tensor.dtype)->roundoff > 0.0))
        return wck_error_set(err, WCK_UNSUPPORTED, "its output is of another type");
    gather(&view, &probe->got);
    return WCK_OK;
}

static enum wck_status ask_call(const struct inquiry *inquiry, struct wck_probe *probe,
                                struct wck_error *err)
{
    const struct wck_recorded_inputs inputs = {0};
    struct wck_npz npz = {0}, answers = {0};
    struct wck_recorded asked = {0};
    enum wck_status status = pack(inquiry, probe, &npz, err);

    if (status == WCK_OK)
        status = wck_recorded_take(&asked, &npz, "call", &inputs, err);
    if (status == WCK_OK)
        status = wck_subject_answer(inquiry->request->subject, &asked, &answers, err);
    if (status == WCK_OK)
        status = read_answer(inquiry, &answers, probe, err);
    wck_npz_release(&npz);
    wck_npz_release(&answers);
    wck_recorded_release(&asked);
    return status;
}

static enum wck_status ask(void *state, struct wck_probe *probe, struct wck_error *err)
{
    struct inquiry *inquiry = state;
    const struct wck_inquiry_request *request = inquiry->request;
    enum wck_status status = request->convention != NULL
                                 ? ask_call(inquiry, probe, err)
                                 : ask_problem(inquiry, probe, err);

    if (request->progress != NULL)
        request->progress(request->progress_state, ++inquiry->asked, 0);
    return status;
}

/* ---- what the subject takes ---- */

/* One way to ask. */
static enum wck_status try_one(struct wck_identity *identity,
                               const struct wck_inquiry_request *request,
                               const struct wck_way *way, struct wck_error *err)
{
    struct inquiry inquiry = {.request = request, .layout = way->layout};
    const struct wck_convention *row = request->convention;
    struct wck_asker asker = {
        .pairs = way->pairs,
        .dtype = way->dtype,
        .numbers =
            row != NULL ? numbers_dtype(row, way->layout, way->dtype) : WCK_FLOAT64,
        .border_value = wck_way_fill(way),
        .same_size = way->same_size,
        .ask = ask,
        .state = &inquiry};

    wck_identity_release(identity);
    return wck_identify(identity, &asker, err);
}

/* The first that is not refused. */
static enum wck_status try_all(struct wck_identity *identity,
                               const struct wck_inquiry_request *request,
                               struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    enum wck_status status = WCK_UNSUPPORTED;

    for (size_t i = 0; i < WCK_WAYS && status == WCK_UNSUPPORTED; i++) {
        struct wck_error why = {WCK_OK, ""};
        struct wck_way way;

        if (!wck_way_at(&way, request, i))
            continue;
        status = try_one(identity, request, &way, &why);
        if (status == WCK_UNSUPPORTED)
            wck_error_set(&refusal, status, "%s", why.text);
        else if (status != WCK_OK)
            return wck_error_set(err, status, "%s", why.text);
    }
    return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", refusal.text);
}

#define WORD 32

/* The first word of a list, the default: some functions have to be told it. */
static void first_word(const char *words, char word[WORD])
{
    size_t length = strcspn(words, " ");

    length = length < WORD ? length : WORD - 1;
    memcpy(word, words, length);
    word[length] = '\0';
}

enum wck_status wck_inquire(struct wck_identity *identity,
                            const struct wck_inquiry_request *request,
                            struct wck_error *err)
{
    struct wck_inquiry_request said = *request;
    char interp[WORD], border[WORD];

    *identity = (struct wck_identity){0};
    if (wck_subject_recording(request->subject) != NULL)
        return wck_error_set(err, WCK_INVALID,
                             "a recording does not answer: 'warpcheck verify' says "
                             "what it is nearest to");
    if (request->convention != NULL) {
        first_word(request->convention->interps, interp);
        first_word(request->convention->borders, border);
        if (said.choices.interp == NULL)
            said.choices.interp = interp;
        if (said.choices.border == NULL)
            said.choices.border = border;
    }
    return try_all(identity, &said, err);
}
