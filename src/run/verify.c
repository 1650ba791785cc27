#include "src/run/verify.h"

#include <stdlib.h>

#include "src/diagnose/diagnose.h"
#include "src/run/ask.h"
#include "src/run/plan.h"
#include "src/subject/recording.h"

static enum wck_status run_problem(const struct wck_verify_request *request,
                                   const struct wck_problem *problem,
                                   struct wck_findings *findings, struct wck_error *err)
{
    struct wck_trial trial = {
        .subject = request->subject,
        .problem = problem,
        .resolution = request->resolution,
        .findings = findings,
    };
    bool recorded = wck_subject_recording(request->subject) != NULL;
    size_t count =
        request->checker_count > 0 ? request->checker_count : wck_checker_count();
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < count && status == WCK_OK; i++) {
        const struct wck_checker *checker =
            request->checker_count > 0 ? request->checkers[i] : wck_checker_row(i);

        if (checker->for_recordings == recorded)
            status = wck_checker_run(checker, &trial, err);
    }
    return status;
}

/* The checkers asked for must be those of the subject's kind. */
static enum wck_status check_checkers(const struct wck_verify_request *request,
                                      struct wck_error *err)
{
    bool recorded = wck_subject_recording(request->subject) != NULL;

    for (size_t i = 0; i < request->checker_count; i++) {
        if (request->checkers[i]->for_recordings != recorded)
            return wck_error_set(err, WCK_INVALID,
                                 recorded ? "checker %s calls the subject, and a "
                                            "recording does not answer"
                                          : "checker %s is for recordings, as in "
                                            "recording:FILE.npz",
                                 request->checkers[i]->id);
    }
    return WCK_OK;
}

/* A recording says all of this by itself. */
static enum wck_status check_recording(const struct wck_verify_request *request,
                                       struct wck_error *err)
{
    const struct {
        const char *what;
        bool given;
    } choices[] = {
        {"kernel", request->kernel != NULL},
        {"border", request->border != NULL},
        {"border value", request->border_value != NULL},
        {"layout", request->layout != NULL},
        {"type", request->dtype != NULL},
        {"matrix", request->matrix != NULL},
        {"image size", request->source_height > 0},
        {"output size", request->output_height > 0},
        {"channels", request->channels > 0},
        {"seed", request->seed > 0},
    };

    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (choices[i].given)
            return wck_error_set(err, WCK_INVALID,
                                 "a recording brings its own warp and arrays: no %s "
                                 "can be chosen",
                                 choices[i].what);
    }
    return WCK_OK;
}

/* The problems to put: the recording's own, or those of a plan. */
static enum wck_status make_plan(const struct wck_verify_request *request,
                                 struct wck_plan *plan, struct wck_error *err)
{
    const struct wck_recording *recording = wck_subject_recording(request->subject);
    enum wck_status status = check_checkers(request, err);

    *plan = (struct wck_plan){0};
    if (status != WCK_OK)
        return status;
    if (recording == NULL)
        return wck_plan_make(plan, request, err);
    status = check_recording(request, err);
    if (status != WCK_OK)
        return status;
    plan->problems = malloc(sizeof *plan->problems);
    if (plan->problems == NULL)
        return wck_error_no_memory(err);
    plan->problems[0] = recording->problem;
    plan->count = 1;
    return WCK_OK;
}

static bool any_failed(const struct wck_findings *findings, size_t from)
{
    for (size_t i = from; i < findings->count; i++) {
        if (findings->items[i].verdict == WCK_FAIL)
            return true;
    }
    return false;
}

enum wck_status wck_verify(struct wck_verification *verification,
                           const struct wck_verify_request *request,
                           struct wck_error *err)
{
    struct wck_findings *findings = &verification->findings;
    struct wck_plan plan;
    bool *failed = NULL;
    enum wck_status status;

    *verification = (struct wck_verification){.verdict = WCK_INCONCLUSIVE};
    if (request->calls != NULL)
        return wck_ask(verification, request, err);
    status = make_plan(request, &plan, err);
    if (status != WCK_OK)
        goto done;
    failed = calloc(plan.count > 0 ? plan.count : 1, sizeof *failed);
    if (failed == NULL) {
        status = wck_error_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < plan.count; i++) {
        size_t before = findings->count;

        status = run_problem(request, &plan.problems[i], findings, err);
        failed[i] = any_failed(findings, before);
        if (status != WCK_OK)
            goto done;
        verification->problems++;
        if (request->progress != NULL)
            request->progress(request->progress_state, i + 1, plan.count);
    }
    verification->verdict = wck_findings_verdict(findings);
    if (verification->verdict == WCK_FAIL)
        status = wck_diagnose(request->subject, plan.problems, failed, plan.count,
                              &verification->diagnosis, err);
done:
    free(failed);
    wck_plan_release(&plan);
    return status;
}

void wck_verification_release(struct wck_verification *verification)
{
    wck_findings_release(&verification->findings);
    free(verification->diagnosis);
    free(verification->refusal);
    *verification = (struct wck_verification){0};
}
