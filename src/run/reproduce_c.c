/* Reproduce, C: the arrays of a recording written out, what is allowed for each answer,
 * and a program around them.  Numbers are hexadecimal, so that none is rounded. */
#include "src/run/reproduce.h"

#include <ctype.h>
#include <string.h>

#include "src/run/allowed.h"
#include "src/run/c_array.h"
#include "src/run/failure.h"
#include "src/run/record.h"

/* Text of a comment: it can end none. */
static void append_comment(struct wck_text *text, const char *words)
{
    for (; words != NULL && *words != '\0'; words++) {
        bool ends = words[0] == '*' && words[1] == '/';

        wck_text_append(text, ends || iscntrl((unsigned char)*words) ? "?" : words, 1);
    }
}

/* ---- the file ---- */

static void append_head(struct wck_text *text, const struct wck_shrunk *shrunk)
{
    const struct wck_finding *finding = &shrunk->finding;

    wck_text_printf(text, "/* %s: ", finding->id);
    append_comment(text, finding->cause);
    wck_text_printf(text, "\n *\n * Of ");
    append_comment(text, finding->subject);
    wck_text_printf(text, ", on %s.\n * Again: ", finding->problem);
    append_comment(text, finding->reproduce);
    wck_text_printf(
        text,
        "\n *\n * By itself it holds what was answered against what is allowed:\n"
        " *     cc -o failure %s.c && ./failure\n"
        " * With a plugin's sources it asks the plugin, and passes where that is "
        "right:\n"
        " *     cc -DPLUGIN -o failure %s.c my_warp.c -lm && ./failure\n"
        " * Exit status: 0 all is allowed, 1 something is not, 2 the plugin failed, 77 "
        "it\n"
        " * has no answer to this. */\n"
        "#include <math.h>\n#include <stdint.h>\n#include <stdio.h>\n"
        "#include <stdlib.h>\n#include <string.h>\n",
        finding->id, finding->id);
}

static void append_lines(struct wck_text *text, const char *const *lines)
{
    for (; *lines != NULL; lines++)
        wck_text_append(text, *lines, strlen(*lines));
}

static void append_words(struct wck_text *text, const struct wck_recording *of,
                         const char *spec, bool posed)
{
    const struct wck_choices *choices = &of->problem.choices;
    bool inverse = choices->inverse_map;
    const struct {
        const char *name, *word;
    } words[] = {
        {"CONVENTION", posed ? "warp" : of->call.convention->name},
        {"INTERP", choices->interp != NULL ? choices->interp : ""},
        {"BORDER", choices->border != NULL ? choices->border : ""},
        {"LAYOUT", of->problem.layout},
        {"SPEC", spec},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        wck_text_printf(text, "#define %s ", words[i].name);
        wck_c_string(text, words[i].word);
        wck_text_append(text, "\n", 1);
    }
    wck_text_printf(text, "#define ALIGN_CORNERS (%d)\n#define INVERSE_MAP (%d)\n\n",
                    choices->align_corners,
                    inverse ? 1
                    : posed ? 0
                            : -1);
}

/* The arrays that go in, the upstream gradient last. */
static void append_given(struct wck_text *text, const struct wck_npz *inputs)
{
    wck_text_printf(text,
                    "\nstatic const struct warpcheck_tensor *const arrays[] = {\n");
    for (size_t i = 0; i < inputs->count; i++) {
        const struct wck_npz_member *member = &inputs->members[i];

        if (member->text == NULL && strcmp(member->name, "grad_output") != 0)
            wck_text_printf(text, "    &%s_tensor,\n", member->name);
    }
    wck_text_printf(text, "    &grad_output_tensor,\n};\n");
}

static bool is_askable(const struct wck_npz *inputs, const struct wck_allowed *allowed)
{
    bool askable = true;

    for (size_t i = 0; i < inputs->count; i++)
        askable &= inputs->members[i].text != NULL ||
                   wck_c_has_type(inputs->members[i].tensor.dtype);
    for (size_t i = 0; i < allowed->count; i++)
        askable &= wck_c_has_type(allowed->items[i].got->dtype);
    return askable;
}

static void append_arrays(struct wck_text *text, const struct wck_npz *inputs,
                          const struct wck_allowed *allowed)
{
    wck_text_printf(text, "\n/* What went in. */\n");
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->members[i].text == NULL)
            wck_c_array(text, inputs->members[i].name, &inputs->members[i].tensor);
    }
    wck_text_printf(text,
                    "\n/* What was answered, and from where to where it may be. */\n");
    for (size_t i = 0; i < allowed->count; i++) {
        const struct wck_allowed_array *array = &allowed->items[i];

        wck_c_array(text, array->name, array->got);
        wck_c_ends(text, array->name, "low", array->low, array->count);
        wck_c_ends(text, array->name, "high", array->high, array->count);
    }
}

static void append_plugin(struct wck_text *text, const struct wck_npz *inputs,
                          const struct wck_allowed *allowed)
{
    if (!is_askable(inputs, allowed)) {
        wck_text_printf(text,
                        "#error C has no such type: no plugin can be asked here\n");
        return;
    }
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->members[i].text == NULL)
            wck_c_view(text, inputs->members[i].name, &inputs->members[i].tensor);
    }
    for (size_t i = 0; i < allowed->count; i++)
        wck_c_view(text, allowed->items[i].name, allowed->items[i].got);
    append_given(text, inputs);
}

static void append_main(struct wck_text *text, const struct wck_npz *inputs,
                        const struct wck_allowed *allowed)
{
    append_lines(text, wck_failure_judge);
    wck_text_printf(text, "\nint main(void)\n{\n    int wrong = 0, judged = 0;\n\n");
    /* Only a plugin reads them. */
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->members[i].text == NULL)
            wck_text_printf(text, "    (void)%s;\n", inputs->members[i].name);
    }
    for (size_t i = 0; i < allowed->count; i++)
        wck_text_printf(text,
                        "    if (ASK(%s, %d)) {\n        JUDGE(%s);\n"
                        "        judged++;\n    }\n",
                        allowed->items[i].name,
                        strcmp(allowed->items[i].name, "output") != 0,
                        allowed->items[i].name);
    append_lines(text, wck_failure_end);
}

/* The inputs as a plugin gets them: where a problem is put, always with a border value.
 */
static enum wck_status give(const struct wck_witness *witness, struct wck_npz *given,
                            struct wck_error *err)
{
    double none[WCK_PROBLEM_CHANNELS] = {0.0};
    enum wck_status status = wck_record_copy(&witness->inputs, given, err);
    struct wck_tensor tensor;

    if (status != WCK_OK || witness->problem == NULL ||
        wck_npz_array(given, "border_value") != NULL)
        return status;
    tensor = wck_tensor_contiguous(none, WCK_FLOAT64, 1, &witness->problem->channels);
    return wck_npz_add_array(given, "border_value", &tensor, err);
}

/* spec.json as a plugin gets it. */
static void append_spec(const struct wck_witness *witness, struct wck_text *text)
{
    const struct wck_problem *problem = witness->problem;

    if (problem == NULL)
        wck_text_printf(text, "%s", wck_npz_text(&witness->inputs, "spec.json"));
    else
        wck_text_printf(
            text,
            "{\"convention\": \"warp\", \"interp\": \"%s\", \"border\": "
            "\"%s\", \"layout\": \"%s\", \"inverse_map\": %s}",
            problem->warp.kernel->name, problem->warp.border->name, problem->layout,
            problem->warp.map.direction == WCK_OUTPUT_TO_SOURCE ? "true" : "false");
}

static void append_file(struct wck_text *text, const struct wck_shrunk *shrunk,
                        const struct wck_recording *of, const struct wck_npz *given,
                        const struct wck_allowed *allowed)
{
    struct wck_text spec = {0};

    append_spec(&shrunk->witness, &spec);
    append_head(text, shrunk);
    append_arrays(text, given, allowed);
    append_lines(text, wck_failure_tensors);
    append_words(text, of, wck_text_string(&spec), shrunk->witness.problem != NULL);
    append_plugin(text, given, allowed);
    append_lines(text, wck_failure_ask);
    append_main(text, given, allowed);
    wck_text_release(&spec);
}

enum wck_status wck_reproduce_c(const struct wck_shrunk *shrunk, struct wck_text *text,
                                struct wck_error *err)
{
    struct wck_npz copy = {0}, given = {0};
    struct wck_subject *recorded = NULL;
    struct wck_allowed allowed = {.count = 0};
    enum wck_status status = wck_record_copy(&shrunk->witness.recording, &copy, err);

    if (status == WCK_OK)
        status = wck_record_open_take(&recorded, "recorded", &copy, err);
    if (status == WCK_OK)
        status = wck_allowed_make(&allowed, wck_subject_recording(recorded), err);
    if (status == WCK_OK && allowed.beyond == 0)
        status =
            wck_error_set(err, WCK_UNSUPPORTED, "each number by itself is allowed");
    if (status == WCK_OK)
        status = give(&shrunk->witness, &given, err);
    if (status == WCK_OK)
        append_file(text, shrunk, wck_subject_recording(recorded), &given, &allowed);
    wck_allowed_release(&allowed);
    wck_subject_free(recorded);
    wck_npz_release(&given);
    wck_npz_release(&copy);
    return status;
}
