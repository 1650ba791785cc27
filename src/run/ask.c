#include "src/run/ask.h"

#include <stdlib.h>
#include <string.h>

#include "src/diagnose/detached.h"
#include "src/diagnose/diagnose.h"
#include "src/run/budget.h"
#include "src/run/fault.h"
#include "src/run/record.h"
#include "src/subject/recording.h"

/* One call: what was asked, and the recording that the answer makes of it. */
struct question {
    struct wck_npz npz; /* inputs, and then answers too */
    struct wck_subject *recorded;
    char *again;
    bool same_size; /* the subject refused any other */
};

static void question_release(struct question *question)
{
    wck_npz_release(&question->npz);
    wck_subject_free(question->recorded);
    free(question->again);
}

static void append_word(struct wck_text *text, const char *option, const char *word)
{
    if (word != NULL)
        wck_text_printf(text, " --%s %s", option, word);
}

static void append_flag(struct wck_text *text, const char *option, bool given)
{
    if (given)
        wck_text_printf(text, " --%s", option);
}

/* The command that puts call `index` again. */
static char *reproduce(const struct wck_verify_request *request, size_t index)
{
    const struct wck_calls_request *calls = request->calls;
    const struct wck_choices *choices = &calls->choices;
    struct wck_text text = {0};

    wck_text_printf(&text, "warpcheck verify ");
    wck_text_quote(&text, wck_subject_name(request->subject));
    wck_text_printf(&text, " --convention %s", calls->convention->name);
    append_word(&text, "interp", choices->interp);
    append_word(&text, "border", choices->border);
    append_word(&text, "layout", calls->layout);
    append_word(&text, "library-version", choices->version);
    if (choices->align_corners >= 0)
        wck_text_printf(&text, " --align-corners=%s",
                        choices->align_corners > 0 ? "true" : "false");
    append_flag(&text, "inverse-map", choices->inverse_map);
    append_flag(&text, "clip", choices->clip);
    append_flag(&text, "normalized-coordinates", choices->normalized);
    append_flag(&text, "ipp", choices->ipp);
    append_flag(&text, "prefilter=false", choices->unfiltered);
    if (calls->dtype != NULL)
        append_word(&text, "dtype", wck_dtype_row(*calls->dtype)->name);
    wck_text_printf(&text, " --seed %llu --call %zu", (unsigned long long)calls->seed,
                    index);
    if (request->resolution > 0.0)
        wck_text_printf(&text, " --resolution %.17g", request->resolution);
    return text.data;
}

/* The calls asked for, or those with outputs of the image's size. */
static struct wck_calls_request calls_of(const struct wck_verify_request *request,
                                         bool same_size)
{
    struct wck_calls_request calls = *request->calls;

    calls.same_size |= same_size;
    return calls;
}

static enum wck_status answer(const struct wck_verify_request *request, size_t index,
                              struct question *question, struct wck_error *err)
{
    struct wck_calls_request calls = calls_of(request, question->same_size);
    enum wck_status status = wck_calls_make(&calls, index, &question->npz, err);

    return status == WCK_OK ? wck_record_answer(request->subject, &question->npz, err)
                            : status;
}

/* Makes the call and has it answered.  Where it is refused: once more with an output of
 * the image's size, which is all that many a function makes. */
static enum wck_status put(const struct wck_verify_request *request, size_t index,
                           struct question *question, struct wck_error *err)
{
    const char *name = wck_subject_name(request->subject);
    struct wck_error first = {WCK_OK, ""};
    enum wck_status status = answer(request, index, question, &first);

    if (status == WCK_UNSUPPORTED && !request->calls->convention->same_size) {
        struct wck_error second = {WCK_OK, ""};

        question->same_size = true;
        wck_npz_release(&question->npz);
        status = answer(request, index, question, &second);
        if (status != WCK_UNSUPPORTED)
            first = second;
    }
    if (status != WCK_OK)
        return wck_error_set(err, status, "%s", first.text);
    return wck_record_open_take(&question->recorded, name, &question->npz, err);
}

/* Reduces the first finding that failed and is not known. */
static enum wck_status shrink(struct wck_verification *verification,
                              const struct wck_verify_request *request, size_t index,
                              bool same_size, struct wck_faults *faults,
                              struct wck_error *err)
{
    struct wck_calls_request calls = calls_of(request, same_size);
    const struct wck_shrink_request wanted = {
        .subject = request->subject,
        .finding =
            wck_baseline_first_new(request->baseline, &verification->findings, 0),
        .resolution = request->resolution};
    struct wck_npz inputs;
    enum wck_status status = wck_calls_make(&calls, index, &inputs, err);

    verification->shrunk = calloc(1, sizeof *verification->shrunk);
    if (verification->shrunk == NULL)
        status = wck_error_no_memory(err);
    if (status == WCK_OK)
        status = wck_shrink_call(verification->shrunk, &wanted, &inputs, faults, err);
    wck_npz_release(&inputs);
    return status;
}

static enum wck_status diagnose(struct wck_subject *recorded,
                                const struct wck_budget *budget, char **sentence,
                                struct wck_error *err)
{
    const bool failed = true;

    return wck_diagnose(
        &(struct wck_diagnose_request){.subject = recorded,
                                       .problems =
                                           &wck_subject_recording(recorded)->problem,
                                       .failed = &failed,
                                       .count = 1,
                                       .until = wck_budget_until(budget, true)},
        sentence, err);
}

/* One call from end to end; the first that fails is also explained. */
static enum wck_status try_one(struct wck_verification *verification,
                               const struct wck_verify_request *request,
                               const struct wck_budget *budget, size_t index,
                               struct wck_faults *faults, struct wck_error *err)
{
    struct wck_findings *findings = &verification->findings;
    struct question question = {.again = reproduce(request, index)};
    struct wck_error refusal = {WCK_OK, ""};
    size_t before = findings->count;
    enum wck_status status = put(request, index, &question, &refusal);

    if (status == WCK_UNSUPPORTED) {
        verification->refused++;
        if (verification->refusal == NULL)
            verification->refusal = strdup(refusal.text);
        question_release(&question);
        return WCK_OK;
    }
    if (status != WCK_OK)
        wck_error_set(err, status, "%s", refusal.text);
    else
        status = wck_record_judge(question.recorded, request->resolution,
                                  question.again, findings, err);
    if (status == WCK_OK) {
        verification->problems++;
        verification->same_size += question.same_size ? 1 : 0;
        if (wck_findings_any_failed(findings, before)) {
            if (verification->diagnosis == NULL)
                status =
                    diagnose(question.recorded, budget, &verification->diagnosis, err);
            if (status == WCK_OK && request->shrink && verification->shrunk == NULL &&
                wck_baseline_first_new(request->baseline, findings, before) != NULL)
                status = shrink(verification, request, index, question.same_size,
                                faults, err);
        }
    }
    question_release(&question);
    return status;
}

/* A fault of the subject is noted, and ends the job only where the subject is lost. */
static enum wck_status try_all(struct wck_verification *verification,
                               const struct wck_verify_request *request, size_t count,
                               struct wck_faults *faults, struct wck_error *err)
{
    const struct wck_budget budget = wck_budget_begin(request->budget);

    for (size_t turn = 0; turn < count; turn++) {
        size_t i = wck_budget_item(&budget, turn, count);
        struct wck_error why = {WCK_OK, ""};
        enum wck_status status = WCK_OK;

        if (turn > 0 && request->call == NULL && wck_budget_is_up(&budget, false)) {
            verification->left_out = count - turn;
            break;
        }
        if (request->call == NULL || *request->call == i)
            status = try_one(verification, request, &budget, i, faults, &why);
        if (status != WCK_OK && status != WCK_SUBJECT)
            return wck_error_set(err, status, "%s", why.text);
        if (status == WCK_SUBJECT)
            wck_faults_note(faults, &why);
        if (status == WCK_SUBJECT && wck_subject_is_lost(request->subject))
            break;
        if (request->progress != NULL)
            request->progress(request->progress_state, turn + 1, count);
    }
    return WCK_OK;
}

enum wck_status wck_ask(struct wck_verification *verification,
                        const struct wck_verify_request *request, struct wck_error *err)
{
    size_t count = wck_calls_count(request->calls);
    struct wck_faults faults = {.count = 0};
    enum wck_status status;

    if (request->call != NULL && *request->call >= count)
        return wck_error_set(err, WCK_INVALID, "there is no call %zu, only 0 to %zu",
                             *request->call, count - 1);
    status = try_all(verification, request, count, &faults, err);
    if (status != WCK_OK)
        return status;
    verification->verdict = wck_findings_verdict(&verification->findings);
    status = wck_detached_say(request->subject, verification->verdict,
                              &verification->diagnosis, err);
    if (status != WCK_OK)
        return status;
    return wck_faults_conclude(&faults, &verification->verdict, err);
}
