#include "src/cli/verify_write.h"

#include "src/cli/apart_options.h"
#include "src/run/reproduce.h"

/* As the report has it; borrows from both. */
static struct wck_shrunk_report describe(const struct wck_shrunk *shrunk,
                                         const struct wck_reproduction *written)
{
    struct wck_shrunk_report report = {.finding = &shrunk->finding,
                                       .tried = shrunk->tried,
                                       .kept = shrunk->kept,
                                       .repeats = shrunk->repeats,
                                       .shows = shrunk->witness.recording.count > 0};

    for (size_t i = 0; i < WCK_SHRUNK_FILES; i++)
        report.files[i] = written->path[i];
    return report;
}

static struct wck_verify_report report_of(const struct wck_verify_ending *ending)
{
    const struct wck_verification *result = ending->result;

    return (struct wck_verify_report){
        .findings = &result->findings,
        .subject = ending->name,
        .verdict = ending->subject != NULL ? result->verdict : WCK_INCONCLUSIVE,
        .diagnosis = result->diagnosis,
        .baseline = ending->baseline,
        .problems = result->problems,
        .left_out = result->left_out,
        .same_size = result->same_size,
        .fills_zero = result->fills_zero,
        .rounded = result->rounded,
        .refused = result->refused,
        .refusal = result->refusal,
        .convention = ending->convention,
        .fault = ending->fault,
        .fail_on_inconclusive = ending->fail_on_inconclusive,
        .fail_on_stale = ending->fail_on_stale,
        .command = ending->command,
    };
}

enum wck_status wck_verify_write(struct wck_outputs *outputs,
                                 const struct wck_verify_ending *ending,
                                 struct wck_error *err)
{
    struct wck_text sandbox = {0};
    struct wck_reproduction written = {.path = {NULL}};
    struct wck_shrunk_report shrunk;
    struct wck_verify_report report = report_of(ending);
    const struct wck_verification *result = ending->result;
    enum wck_status status = WCK_OK;

    if (result->shrunk != NULL) {
        status = wck_reproduce(&written, result->shrunk, ending->folder, err);
        shrunk = describe(result->shrunk, &written);
        report.shrunk = &shrunk;
    }
    if (ending->subject != NULL && wck_subject_sandbox(ending->subject) != NULL)
        wck_apart_describe(wck_subject_sandbox(ending->subject), &sandbox);
    if (sandbox.size > 0)
        report.sandbox = wck_text_string(&sandbox);
    /* Files that cannot be written are no reason to keep the verdict back. */
    if (wck_outputs_verify(outputs, &report, err) != WCK_OK)
        status = err->status;
    wck_text_release(&sandbox);
    wck_reproduction_release(&written);
    return status;
}
