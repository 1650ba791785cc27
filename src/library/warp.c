#include "include/warpcheck/warp.h"

#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/report/report.h"
#include "src/run/survey.h"

/* The call, in the reference's own terms. */
struct setting {
    struct wck_warp warp;
    double border_value;
    size_t channels;
};

/* What a caller of the first version knows: members came at the end later. */
#define FIRST_SIZE                                                                     \
    (offsetof(struct warpcheck_warp, channels) +                                       \
     sizeof(((struct warpcheck_warp *)0)->channels))

/* The host's locale must not write the numbers: they are read back, by the command line
 * and by programs.  The calling thread's own, for the time of a call. */
struct plain {
    locale_t own, before;
};

static enum wck_status begin(struct plain *plain, struct wck_error *err)
{
    *plain = (struct plain){.own = newlocale(LC_ALL_MASK, "C", (locale_t)0)};
    if (plain->own == (locale_t)0)
        return wck_error_no_memory(err);
    plain->before = uselocale(plain->own);
    return WCK_OK;
}

static int32_t answer(const struct plain *plain, enum wck_status status,
                      const struct wck_error *err, char *message, size_t message_size)
{
    if (plain->own != (locale_t)0) {
        uselocale(plain->before);
        freelocale(plain->own);
    }
    if (status == WCK_OK)
        return 0;
    if (message_size > 0)
        snprintf(message, message_size, "%s", err->text);
    return -1;
}

/* False where the doubles of an image have no count that fits into memory. */
static bool fits(size_t height, size_t width, size_t channels)
{
    size_t shape[3] = {height, width, channels};
    struct wck_tensor tensor = wck_tensor_contiguous(NULL, WCK_FLOAT64, 3, shape);

    return wck_tensor_count(&tensor) <= SIZE_MAX / sizeof(double);
}

static enum wck_status find_rows(struct wck_warp *warp,
                                 const struct warpcheck_warp *given,
                                 struct wck_error *err)
{
    const char *kernel = given->kernel != NULL ? given->kernel : "bilinear";
    const char *border = given->border != NULL ? given->border : "constant";

    warp->kernel = wck_kernel_find(kernel);
    warp->border = wck_border_find(border);
    if (warp->kernel == NULL)
        return wck_error_set(err, WCK_INVALID, "no such kernel: %s", kernel);
    if (warp->border == NULL)
        return wck_error_set(err, WCK_INVALID, "no such border: %s", border);
    return WCK_OK;
}

/* `setting` is pointed into, and must stay where it is. */
static enum wck_status set(struct setting *setting, const struct warpcheck_warp *caller,
                           struct wck_error *err)
{
    struct wck_warp *warp = &setting->warp;
    struct warpcheck_warp known = {0};
    enum wck_status status;

    *setting = (struct setting){0};
    if (caller == NULL || caller->size < FIRST_SIZE)
        return wck_error_set(err, WCK_INVALID, "the warp's size is not set");
    memcpy(&known, caller, caller->size < sizeof known ? caller->size : sizeof known);
    setting->border_value = known.border_value;
    setting->channels = known.channels > 0 ? known.channels : 1;
    *warp = (struct wck_warp){
        .border_value = &setting->border_value,
        .border_values = 1,
        .source_width = known.source_width,
        .source_height = known.source_height,
        .output_width = known.output_width,
        .output_height = known.output_height,
    };
    if (!fits(known.source_height, known.source_width, setting->channels) ||
        !fits(known.output_height, known.output_width, setting->channels))
        return wck_error_set(err, WCK_INVALID, "an image is too large");
    status = find_rows(warp, &known, err);
    if (status == WCK_OK)
        status = wck_map_affine(
            &warp->map, known.matrix,
            known.inverse_map != 0 ? WCK_OUTPUT_TO_SOURCE : WCK_SOURCE_TO_OUTPUT, err);
    return status == WCK_OK ? wck_warp_check(warp, err) : status;
}

/* The caller's array as an image.  A tensor's data are not const; what is given to be
 * read is only read. */
static enum wck_status view(struct wck_image *image, const double *data, size_t height,
                            size_t width, size_t channels, struct wck_error *err)
{
    size_t shape[3] = {height, width, channels};
    struct wck_tensor tensor =
        wck_tensor_contiguous((void *)(uintptr_t)data, WCK_FLOAT64, 3, shape);

    if (data == NULL)
        return wck_error_set(err, WCK_INVALID, "an array is NULL");
    return wck_image_view(image, &tensor, "HWC", err);
}

static enum wck_status view_source(struct wck_image *image,
                                   const struct setting *setting, const double *data,
                                   struct wck_error *err)
{
    return view(image, data, setting->warp.source_height, setting->warp.source_width,
                setting->channels, err);
}

static enum wck_status view_output(struct wck_image *image,
                                   const struct setting *setting, const double *data,
                                   struct wck_error *err)
{
    return view(image, data, setting->warp.output_height, setting->warp.output_width,
                setting->channels, err);
}

int32_t warpcheck_forward(const struct warpcheck_warp *warp, const double *image,
                          double *output, char *message, size_t message_size)
{
    struct wck_error err = {0};
    struct setting setting;
    struct wck_image from, to;
    struct plain plain;
    enum wck_status status = begin(&plain, &err);

    if (status == WCK_OK)
        status = set(&setting, warp, &err);
    if (status == WCK_OK)
        status = view_source(&from, &setting, image, &err);
    if (status == WCK_OK)
        status = view_output(&to, &setting, output, &err);
    if (status == WCK_OK)
        status = wck_warp_forward(&setting.warp, &from, &to, &err);
    return answer(&plain, status, &err, message, message_size);
}

int32_t warpcheck_vjp(const struct warpcheck_warp *warp, const double *grad_output,
                      double *grad_image, char *message, size_t message_size)
{
    struct wck_error err = {0};
    struct setting setting;
    struct wck_image upstream, gradient;
    struct wck_gradients wanted = {.image = &gradient};
    struct plain plain;
    enum wck_status status = begin(&plain, &err);

    if (status == WCK_OK)
        status = set(&setting, warp, &err);
    if (status == WCK_OK)
        status = view_output(&upstream, &setting, grad_output, &err);
    if (status == WCK_OK)
        status = view_source(&gradient, &setting, grad_image, &err);
    if (status == WCK_OK)
        /* Linear in the image: any image of its shape has this gradient. */
        status = wck_warp_vjp(&setting.warp, &gradient, &upstream, &wanted, &err);
    return answer(&plain, status, &err, message, message_size);
}

/* Release the survey, whatever was returned; the request borrows the rest. */
static enum wck_status survey_of(struct wck_survey *survey,
                                 struct wck_survey_request *request,
                                 struct setting *setting, struct wck_image *upstream,
                                 const struct warpcheck_warp *warp,
                                 const double *grad_output, struct wck_error *err)
{
    enum wck_status status = set(setting, warp, err);

    *survey = (struct wck_survey){0};
    if (status == WCK_OK && grad_output != NULL)
        status = view_output(upstream, setting, grad_output, err);
    if (status != WCK_OK)
        return status;
    request->warp = &setting->warp;
    request->layout = "HWC";
    request->channels = setting->channels;
    request->dtype = WCK_FLOAT64;
    request->upstream = grad_output != NULL ? upstream : NULL;
    request->uniform =
        1.0 / ((double)wck_warp_samples(&setting->warp) * (double)setting->channels);
    return wck_survey_run(survey, request, err);
}

int32_t warpcheck_reasons(const struct warpcheck_warp *warp, const double *grad_output,
                          char *reasons, char *message, size_t message_size)
{
    struct wck_error err = {0};
    struct wck_survey survey = {0};
    struct wck_survey_request request = {0};
    struct setting setting;
    struct wck_image upstream;
    struct plain plain;
    enum wck_status status = begin(&plain, &err);

    if (status == WCK_OK)
        status =
            survey_of(&survey, &request, &setting, &upstream, warp, grad_output, &err);
    if (status == WCK_OK && reasons == NULL)
        status = wck_error_set(&err, WCK_INVALID, "an array is NULL");
    for (size_t i = 0; status == WCK_OK && i < survey.coverage.pixels_total; i++) {
        unsigned char reason = survey.coverage.pixel_reason[i];

        reasons[i] = reason == WCK_COVERED
                         ? '.'
                         : wck_reason_row((enum wck_reason)(reason - 1))->letter;
    }
    wck_survey_release(&survey);
    return answer(&plain, status, &err, message, message_size);
}

/* The command line that says the same; an upstream gradient has to be saved first. */
static void write_command(struct wck_text *text, const struct wck_warp *warp,
                          const struct wck_survey_request *request)
{
    const double *m = warp->map.matrix;

    wck_text_printf(
        text,
        "warpcheck coverage --image %zux%zux%zu --layout HWC --matrix '%.17g "
        "%.17g %.17g; %.17g %.17g %.17g' --output %zux%zu --kernel %s "
        "--border %s --dtype float64 --what-if",
        warp->source_height, warp->source_width, request->channels, m[0], m[1], m[2],
        m[3], m[4], m[5], warp->output_height, warp->output_width, warp->kernel->name,
        warp->border->name);
    if (warp->map.direction == WCK_OUTPUT_TO_SOURCE)
        wck_text_printf(text, " --inverse-map");
    /* A border that folds does not read it, and the command line refuses it. */
    if (warp->border->fold(-1, 1) == WCK_BORDER_VALUE &&
        (*warp->border_value < 0.0 || *warp->border_value > 0.0))
        wck_text_printf(text, " --border-value %.17g", *warp->border_value);
    if (request->upstream != NULL)
        wck_text_printf(text, " --upstream grad_output.npy");
}

/* The survey as the command line prints it. */
static enum wck_status write(struct wck_text *text, const struct wck_survey *survey,
                             const struct wck_survey_request *request,
                             struct wck_error *err)
{
    struct wck_coverage_report report = wck_survey_report(survey, request);
    struct wck_text command = {0};
    char name[80];
    enum wck_status status;

    snprintf(name, sizeof name, "%zux%zux%zu", request->warp->source_height,
             request->warp->source_width, request->channels);
    write_command(&command, request->warp, request);
    report.image_name = name;
    report.command = wck_text_string(&command);
    status = command.failed ? wck_error_no_memory(err)
                            : wck_format_find("text")->coverage(&report, text, err);
    wck_text_release(&command);
    return status;
}

int32_t warpcheck_report(const struct warpcheck_warp *warp, const double *grad_output,
                         char **report, char *message, size_t message_size)
{
    struct wck_error err = {0};
    struct wck_survey survey = {0};
    struct wck_survey_request request = {.what_if = true};
    struct setting setting;
    struct wck_image upstream;
    struct wck_text text = {0};
    struct plain plain;
    enum wck_status status = begin(&plain, &err);

    if (report == NULL)
        status = wck_error_set(&err, WCK_INVALID, "there is nowhere to put the report");
    else
        *report = NULL;
    if (status == WCK_OK)
        status =
            survey_of(&survey, &request, &setting, &upstream, warp, grad_output, &err);
    if (status == WCK_OK)
        status = write(&text, &survey, &request, &err);
    if (status == WCK_OK)
        *report = text.data;
    else
        wck_text_release(&text);
    wck_survey_release(&survey);
    return answer(&plain, status, &err, message, message_size);
}

void warpcheck_free(char *report)
{
    free(report);
}
