#include "src/run/conform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/run/talk.h"

#define PATIENCE 1.0 /* seconds to exit, as doc/protocol.md has it */

#define ROW(id, name, section, text) {name, section, text},
const struct wck_clause_row wck_clauses[] = {WCK_CLAUSES(ROW)};
#undef ROW

struct trial {
    struct wck_talker shared, piped;
    const struct wck_kernel *kernel; /* of all calls: one that the worker serves */
    struct wck_conformity *results;
    struct wck_error *err;
};

enum verb { FORWARD, VJP, JVP, SECOND };

#define IMAGES 4 /* of a call: an image, an upstream gradient or output, two more */

/* One call as the clauses vary it. */
struct call {
    enum wck_dtype dtype;
    const char *layout;
    size_t height, width;
    enum verb verb;
};

static const struct call usual = {WCK_FLOAT32, "HWC", 9, 11, FORWARD};

static void conclude(struct trial *t, enum wck_clause clause, enum wck_verdict verdict,
                     const char *why)
{
    struct wck_conformity *result = &t->results[clause];

    result->verdict = verdict;
    snprintf(result->why, sizeof result->why, "%s", why);
}

static enum wck_status
make_question(const struct call *call, const struct wck_kernel *kernel,
              struct wck_image image[IMAGES], struct wck_problem *problem,
              struct wck_question *question, struct wck_error *err)
{
    static const double matrix[6] = {0.75, 0.25, 1.0, -0.25, 0.75, 2.0};
    static const double border_value[] = {0.25};
    bool flat = strchr(call->layout, 'C') == NULL;
    enum wck_status status;

    *problem = (struct wck_problem){.dtype = call->dtype,
                                    .layout = call->layout,
                                    .batch = 1,
                                    .channels = flat ? 1 : 3,
                                    .seed = 1,
                                    .warp = {.kernel = kernel,
                                             .border = wck_border_find("constant"),
                                             .border_value = border_value,
                                             .border_values = 1,
                                             .source_width = call->width,
                                             .source_height = call->height,
                                             .output_width = call->width,
                                             .output_height = call->height}};
    status = wck_map_affine(&problem->warp.map, matrix, WCK_SOURCE_TO_OUTPUT, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &image[0], err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &image[1], err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &image[2], err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &image[3], err);
    if (status != WCK_OK)
        return status;
    wck_problem_random(problem, 1, &image[0]);
    if (call->verb == FORWARD)
        return wck_question_forward(question, problem, &image[0], &image[1], err);
    wck_problem_random(problem, 2, &image[call->verb == JVP ? 2 : 1]);
    wck_problem_random(problem, 3, &image[3]);
    if (call->verb == JVP)
        return wck_question_jvp(question, problem, &image[0],
                                &(struct wck_tangents){.image = &image[2]}, &image[1],
                                err);
    if (call->verb == SECOND)
        return wck_question_second(question, problem, &image[0], &image[1],
                                   &(struct wck_tangents){.image = &image[3]},
                                   &(struct wck_second){.image = &image[2]}, err);
    return wck_question_vjp(question, problem, &image[0], &image[1],
                            &(struct wck_gradients){.image = &image[2]}, err);
}

/* Puts the call.  *answer, where it is not NULL and the reply is OK, holds the array
 * that was wanted; the caller frees tensor.data. */
static enum wck_status put(struct trial *t, struct wck_talker *talker,
                           const struct call *call, wck_talk_edit *edit,
                           enum wck_reply *reply, struct wck_text *why,
                           struct wck_tensor *answer)
{
    struct wck_image images[IMAGES] = {0};
    struct wck_problem problem;
    struct wck_question question = {0};
    struct wck_image *wanted =
        &images[call->verb == VJP || call->verb == SECOND ? 2 : 1];
    enum wck_status status =
        make_question(call, t->kernel, images, &problem, &question, t->err);

    *reply = WCK_REPLY_BROKEN;
    if (status == WCK_OK)
        status = wck_talker_ask(talker, &question, edit, reply, why, t->err);
    wck_question_release(&question);
    if (answer != NULL && status == WCK_OK && *reply == WCK_REPLY_OK) {
        *answer = wanted->tensor;
        wanted->tensor.data = NULL;
    }
    for (int i = 0; i < IMAGES; i++)
        free(images[i].tensor.data);
    return status;
}

/* A clause whose calls may each be answered or refused, and are broken by nothing else;
 * where all are refused it is not applicable. */
static enum wck_status try_calls(struct trial *t, enum wck_clause clause,
                                 const struct call *calls, size_t count)
{
    struct wck_text why = {0};
    enum wck_verdict verdict = WCK_NOT_APPLICABLE;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < count && status == WCK_OK && verdict != WCK_FAIL; i++) {
        enum wck_reply reply;

        wck_text_release(&why);
        wck_text_printf(&why, "%s %zux%zu %s: ", wck_dtype_row(calls[i].dtype)->name,
                        calls[i].height, calls[i].width, calls[i].layout);
        status = put(t, &t->shared, &calls[i], NULL, &reply, &why, NULL);
        if (reply == WCK_REPLY_BROKEN || reply == WCK_REPLY_FAILED)
            verdict = WCK_FAIL;
        else if (reply == WCK_REPLY_OK)
            verdict = WCK_PASS;
    }
    conclude(t, clause, verdict, verdict == WCK_PASS ? "" : wck_text_string(&why));
    wck_text_release(&why);
    return status;
}

static enum wck_status try_forward(struct trial *t)
{
    const struct call wide = {WCK_FLOAT64, "HWC", 9, 11, FORWARD};
    const struct call calls[] = {usual, wide};

    return try_calls(t, WCK_CLAUSE_FORWARD, calls, 2);
}

static enum wck_status try_types(struct trial *t)
{
    struct call calls[WCK_DTYPE_COUNT];

    for (int i = 0; i < WCK_DTYPE_COUNT; i++) {
        calls[i] = usual;
        calls[i].dtype = (enum wck_dtype)i;
    }
    return try_calls(t, WCK_CLAUSE_TYPES, calls, WCK_DTYPE_COUNT);
}

static enum wck_status try_layouts(struct trial *t)
{
    static const char *const layouts[] = {"HW", "HWC", "CHW", "NHWC", "NCHW"};
    struct call calls[sizeof layouts / sizeof layouts[0]];

    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        calls[i] = usual;
        calls[i].layout = layouts[i];
    }
    return try_calls(t, WCK_CLAUSE_LAYOUTS, calls, sizeof layouts / sizeof layouts[0]);
}

static enum wck_status try_vjp(struct trial *t)
{
    const struct call calls[] = {{WCK_FLOAT32, "HWC", 9, 11, VJP},
                                 {WCK_FLOAT64, "HWC", 9, 11, VJP}};

    return try_calls(t, WCK_CLAUSE_VJP, calls, 2);
}

static enum wck_status try_jvp(struct trial *t)
{
    const struct call calls[] = {{WCK_FLOAT32, "HWC", 9, 11, JVP},
                                 {WCK_FLOAT64, "HWC", 9, 11, JVP}};

    return try_calls(t, WCK_CLAUSE_JVP, calls, 2);
}

static enum wck_status try_second(struct trial *t)
{
    const struct call calls[] = {{WCK_FLOAT32, "HWC", 9, 11, SECOND},
                                 {WCK_FLOAT64, "HWC", 9, 11, SECOND}};

    return try_calls(t, WCK_CLAUSE_SECOND, calls, 2);
}

static enum wck_status try_sizes(struct trial *t)
{
    const struct call calls[] = {{WCK_FLOAT32, "HWC", 1, 1, FORWARD},
                                 {WCK_FLOAT32, "HWC", 1, 7, FORWARD},
                                 {WCK_FLOAT32, "HWC", 211, 223, FORWARD},
                                 {WCK_FLOAT32, "HWC", 9, 11, FORWARD}};

    return try_calls(t, WCK_CLAUSE_SIZES, calls, 4);
}

/* The usual call by two talkers, or twice by one, is answered alike. */
static enum wck_status try_twice(struct trial *t, enum wck_clause clause,
                                 struct wck_talker *second)
{
    struct wck_talker *talkers[] = {&t->shared, second};
    struct wck_tensor answers[2] = {{0}};
    struct wck_text why = {0};
    enum wck_verdict verdict = WCK_PASS;
    enum wck_status status = WCK_OK;

    for (int i = 0; i < 2 && status == WCK_OK && verdict == WCK_PASS; i++) {
        enum wck_reply reply;

        status = put(t, talkers[i], &usual, NULL, &reply, &why, &answers[i]);
        if (reply != WCK_REPLY_OK)
            verdict = reply == WCK_REPLY_REFUSED ? WCK_NOT_APPLICABLE : WCK_FAIL;
    }
    if (verdict == WCK_PASS && status == WCK_OK &&
        memcmp(answers[0].data, answers[1].data,
               wck_tensor_count(&answers[0]) * wck_dtype_row(usual.dtype)->size) != 0) {
        verdict = WCK_FAIL;
        wck_text_printf(&why, "the two answers differ");
    }
    conclude(t, clause, verdict, verdict == WCK_PASS ? "" : wck_text_string(&why));
    free(answers[0].data);
    free(answers[1].data);
    wck_text_release(&why);
    return status;
}

/* ---- messages that are not as usual ---- */

static void add_key(struct wck_text *message)
{
    struct wck_text made = {0};

    wck_text_printf(&made, "{\"conform\": {\"a\": [1, null]}, ");
    wck_text_append(&made, message->data + 1, message->size - 1);
    wck_text_release(message);
    *message = made;
}

/* Asks for a kernel that nobody has: one whose name begins with another character. */
static void ask_unknown(struct wck_text *message)
{
    char *word = strstr(message->data, "\"interp\"");

    if (word != NULL)
        word = strchr(strchr(word, ':'), '"');
    if (word != NULL)
        word[1] = '!';
}

static enum wck_status try_unknown(struct trial *t)
{
    struct wck_text why = {0};
    struct wck_error refusal = {0};
    enum wck_reply reply = WCK_REPLY_BROKEN;
    enum wck_status status = wck_talker_start(&t->piped, add_key, &refusal);

    if (status == WCK_OK)
        status = put(t, &t->piped, &usual, add_key, &reply, &why, NULL);
    else if (status == WCK_SUBJECT)
        status = WCK_OK;
    conclude(t, WCK_CLAUSE_UNKNOWN,
             reply == WCK_REPLY_OK        ? WCK_PASS
             : reply == WCK_REPLY_REFUSED ? WCK_NOT_APPLICABLE
                                          : WCK_FAIL,
             refusal.status != WCK_OK ? refusal.text : wck_text_string(&why));
    wck_text_release(&why);
    return status;
}

static enum wck_status try_refusal(struct trial *t)
{
    struct wck_text why = {0};
    enum wck_reply reply;
    enum wck_status status = put(t, &t->piped, &usual, ask_unknown, &reply, &why, NULL);
    bool refused = reply == WCK_REPLY_REFUSED || reply == WCK_REPLY_FAILED;

    if (t->results[WCK_CLAUSE_UNKNOWN].verdict == WCK_NOT_APPLICABLE) {
        conclude(t, WCK_CLAUSE_REFUSAL, WCK_NOT_APPLICABLE, wck_text_string(&why));
        conclude(t, WCK_CLAUSE_ALIVE, WCK_NOT_APPLICABLE, wck_text_string(&why));
        wck_text_release(&why);
        return status;
    }

    conclude(t, WCK_CLAUSE_REFUSAL, refused ? WCK_PASS : WCK_FAIL,
             refused                 ? ""
             : reply == WCK_REPLY_OK ? "it answered a call for a kernel that nobody has"
                                     : wck_text_string(&why));
    if (t->piped.process == NULL) {
        conclude(t, WCK_CLAUSE_ALIVE, WCK_FAIL, "it is gone after the call before");
    } else if (status == WCK_OK) {
        wck_text_release(&why);
        status = put(t, &t->piped, &usual, NULL, &reply, &why, NULL);
        conclude(t, WCK_CLAUSE_ALIVE,
                 reply == WCK_REPLY_OK        ? WCK_PASS
                 : reply == WCK_REPLY_REFUSED ? WCK_NOT_APPLICABLE
                                              : WCK_FAIL,
                 wck_text_string(&why));
    }
    wck_text_release(&why);
    return status;
}

/* ---- what all the calls before have shown, and the end ---- */

static void sum_up(struct trial *t)
{
    struct wck_text why = {0};
    bool said = t->shared.chatter.size > 0 || t->piped.chatter.size > 0;
    bool answered = t->results[WCK_CLAUSE_FORWARD].verdict == WCK_PASS ||
                    t->results[WCK_CLAUSE_TYPES].verdict == WCK_PASS ||
                    t->results[WCK_CLAUSE_VJP].verdict == WCK_PASS;

    if (answered || t->shared.damage.size > 0)
        conclude(t, WCK_CLAUSE_OUTPUTS, t->shared.damage.size > 0 ? WCK_FAIL : WCK_PASS,
                 wck_text_string(&t->shared.damage));
    else
        conclude(t, WCK_CLAUSE_OUTPUTS, WCK_NOT_APPLICABLE, "no call was answered");
    conclude(t, WCK_CLAUSE_SILENCE, said ? WCK_FAIL : WCK_PASS,
             wck_text_string(t->shared.chatter.size > 0 ? &t->shared.chatter
                                                        : &t->piped.chatter));
    if (wck_talker_start(&t->shared, NULL, NULL) == WCK_OK)
        wck_talker_end(&t->shared, PATIENCE, &why);
    else
        wck_text_printf(&why, "it could not be started again");
    conclude(t, WCK_CLAUSE_END, why.size > 0 ? WCK_FAIL : WCK_PASS,
             wck_text_string(&why));
    wck_text_release(&why);
}

/* By bilinear, or by the nearest pixel where the worker refuses that. */
static enum wck_status try_kernels(struct trial *t)
{
    enum wck_status status;

    t->kernel = wck_kernel_find("bilinear");
    status = try_forward(t);
    if (status != WCK_OK ||
        t->results[WCK_CLAUSE_FORWARD].verdict != WCK_NOT_APPLICABLE)
        return status;
    t->kernel = wck_kernel_find("nearest");
    return try_forward(t);
}

static enum wck_status try_all(struct trial *t)
{
    static enum wck_status (*const tries[])(struct trial *) = {
        try_kernels, try_types, try_layouts, try_vjp, try_jvp, try_second, try_sizes,
    };
    struct wck_error refusal = {0};
    enum wck_status status = wck_talker_start(&t->shared, NULL, &refusal);

    for (int i = 0; i < WCK_CLAUSE_COUNT; i++)
        conclude(t, (enum wck_clause)i, WCK_NOT_APPLICABLE, "it does not greet back");
    if (status == WCK_SUBJECT) {
        conclude(t, WCK_CLAUSE_GREETING, WCK_FAIL, refusal.text);
        return WCK_OK;
    }
    if (status != WCK_OK)
        return wck_error_set(t->err, status, "%s", refusal.text);
    conclude(t, WCK_CLAUSE_GREETING, WCK_PASS, "");
    for (size_t i = 0; i < sizeof tries / sizeof tries[0] && status == WCK_OK; i++)
        status = tries[i](t);
    if (status == WCK_OK)
        status = try_twice(t, WCK_CLAUSE_REPEAT, &t->shared);
    if (status == WCK_OK)
        status = try_unknown(t);
    if (status == WCK_OK)
        status = try_twice(t, WCK_CLAUSE_PIPE, &t->piped);
    if (status == WCK_OK)
        status = try_refusal(t);
    if (status == WCK_OK)
        sum_up(t);
    return status;
}

enum wck_status wck_conform(struct wck_conformity results[WCK_CLAUSE_COUNT],
                            char *const *argv,
                            const struct wck_subject_options *options,
                            struct wck_error *err)
{
    struct trial t = {.results = results, .err = err};
    enum wck_status status = wck_talker_init(&t.shared, argv, true, options, err);

    if (status == WCK_OK) {
        status = wck_talker_init(&t.piped, argv, false, options, err);
        if (status == WCK_OK)
            status = try_all(&t);
        wck_talker_release(&t.piped);
    }
    wck_talker_release(&t.shared);
    return status;
}
