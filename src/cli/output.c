#include "src/cli/output.h"

#include <errno.h>
#include <string.h>

#include "src/cli/beside.h"
#include "src/io/file.h"

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool writes(const struct wck_format *format, enum wck_report_kind kind)
{
    if (kind == WCK_REPORT_COMPARE)
        return format->compare != NULL;
    return kind == WCK_REPORT_COVERAGE ? format->coverage != NULL
                                       : format->verify != NULL;
}

static void add(struct wck_outputs *outputs, const struct wck_format *format,
                const char *path, struct argp_state *state)
{
    if (*path == '\0')
        wck_usage(state, "--%s needs the name of a file, or '-'", format->name);
    for (size_t i = 0; i < outputs->count; i++) {
        if (strcmp(outputs->items[i].path, path) == 0)
            wck_usage(state, "--%s and --%s both write to '%s'",
                      outputs->items[i].format->name, format->name, path);
    }
    outputs->items[outputs->count++] =
        (struct wck_output){.format = format, .path = path};
}

/* What goes to standard output where nothing else does. */
static void add_text(struct wck_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++) {
        if (is_stdout(outputs->items[i].path))
            return;
    }
    if (!outputs->quiet)
        outputs->items[outputs->count++] =
            (struct wck_output){.format = wck_format_find("text"), .path = "-"};
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_outputs *outputs = state->input;

    if (key == ARGP_KEY_SUCCESS) {
        add_text(outputs);
        return 0;
    }
    if (key < WCK_KEY_QUIET || key >= WCK_KEY_FORMAT + WCK_OUTPUTS)
        return ARGP_ERR_UNKNOWN;
    wck_given_once(&outputs->given, key, state);
    if (key == WCK_KEY_QUIET)
        outputs->quiet = true;
    else
        add(outputs, wck_format_row((size_t)(key - WCK_KEY_FORMAT)), arg, state);
    return 0;
}

void wck_output_argp_init(struct wck_output_argp *parser, enum wck_report_kind kind)
{
    struct argp_option *option = parser->options;
    const struct wck_format *format;

    *parser = (struct wck_output_argp){0};
    for (size_t row = 0; row < WCK_OUTPUTS - 1; row++) {
        format = wck_format_row(row);
        if (format != NULL && writes(format, kind))
            *option++ = (struct argp_option){.name = format->name,
                                             .key = WCK_KEY_FORMAT + (int)row,
                                             .arg = "FILE",
                                             .doc = format->summary};
    }
    *option = (struct argp_option){
        .name = "quiet", .key = WCK_KEY_QUIET, .doc = "no text on standard output"};
    parser->argp = (struct argp){.options = parser->options, .parser = parse};
}

static enum wck_status write_stdout(const struct wck_text *text, struct wck_error *err)
{
    errno = 0;
    if (fwrite(text->data, 1, text->size, stdout) != text->size || fflush(stdout) != 0)
        return wck_error_set(err, WCK_IO, "cannot write to standard output: %s",
                             strerror(errno));
    return WCK_OK;
}

enum wck_status wck_output_write(const char *path, const struct wck_text *text,
                                 struct wck_error *err)
{
    return is_stdout(path) ? write_stdout(text, err)
                           : wck_file_write(path, text->data, text->size, err);
}

static enum wck_status write_all(const struct wck_outputs *outputs,
                                 struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < outputs->count && status == WCK_OK; i++) {
        const struct wck_output *output = &outputs->items[i];

        status = wck_output_write(output->path, &output->text, err);
    }
    return status;
}

/* Appends the path, as seen from an output, of the first other one that has arrays. */
static void find_arrays(const struct wck_outputs *outputs,
                        const struct wck_output *from, struct wck_text *path)
{
    for (size_t i = 0; i < outputs->count && path->size == 0; i++) {
        const struct wck_output *output = &outputs->items[i];

        if (output != from && output->format->arrays && !is_stdout(output->path) &&
            !is_stdout(from->path))
            wck_beside_path(from->path, output->path, path);
    }
}

static enum wck_status make_coverage(const struct wck_outputs *outputs,
                                     struct wck_output *output,
                                     const struct wck_coverage_report *report,
                                     struct wck_error *err)
{
    struct wck_coverage_report one = *report;
    struct wck_text path = {0};
    enum wck_status status;

    find_arrays(outputs, output, &path);
    one.arrays = path.size > 0 && !path.failed ? path.data : NULL;
    if (is_stdout(output->path))
        one.sketch = outputs->sketch;
    status = output->format->coverage(&one, &output->text, err);
    wck_text_release(&path);
    return status;
}

enum wck_status wck_outputs_coverage(struct wck_outputs *outputs,
                                     const struct wck_coverage_report *report,
                                     struct wck_error *err)
{
    for (size_t i = 0; i < outputs->count; i++) {
        enum wck_status status =
            make_coverage(outputs, &outputs->items[i], report, err);

        if (status != WCK_OK)
            return status;
    }
    return write_all(outputs, err);
}

enum wck_status wck_outputs_verify(struct wck_outputs *outputs,
                                   const struct wck_verify_report *report,
                                   struct wck_error *err)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct wck_output *output = &outputs->items[i];
        enum wck_status status = output->format->verify(report, &output->text, err);

        if (status != WCK_OK)
            return status;
    }
    return write_all(outputs, err);
}

enum wck_status wck_outputs_compare(struct wck_outputs *outputs,
                                    const struct wck_comparison *comparison,
                                    struct wck_error *err)
{
    for (size_t i = 0; i < outputs->count; i++) {
        struct wck_output *output = &outputs->items[i];
        enum wck_status status =
            output->format->compare(comparison, &output->text, err);

        if (status != WCK_OK)
            return status;
    }
    return write_all(outputs, err);
}

void wck_outputs_release(struct wck_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        wck_text_release(&outputs->items[i].text);
}
