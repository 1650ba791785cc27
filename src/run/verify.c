#include "src/run/verify.h"

#include <stdlib.h>

#include "src/diagnose/detached.h"
#include "src/diagnose/diagnose.h"
#include "src/run/ask.h"
#include "src/run/budget.h"
#include "src/run/fault.h"
#include "src/run/plan.h"
#include "src/run/put.h"
#include "src/subject/recording.h"

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

    if (request->shrink)
        return wck_error_set(err, WCK_INVALID,
                             "a recording does not answer: only a subject that does "
                             "can be asked for less");

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

/* What the problems of the plan showed. */
struct outcome {
    bool *failed;     /* for each problem */
    size_t first_new; /* the first put with a failure that is not known; plan->count:
                         none */
    struct wck_budget budget;
};

/* Did the subject refuse everything that it was asked since finding `from`? */
static bool is_refused(const struct wck_findings *findings, size_t from)
{
    for (size_t i = from; i < findings->count; i++) {
        if (findings->items[i].verdict != WCK_NOT_APPLICABLE)
            return false;
    }
    return true;
}

/* Puts one problem of the plan.  Of border values of our choice, where one is refused:
 * once more with 0, which is all that many a warp knows; where that is taken, it is the
 * value of all that follow. */
static enum wck_status put(struct wck_verification *verification,
                           const struct wck_verify_request *request,
                           struct wck_grid_rounding_shown *shown, struct wck_plan *plan,
                           size_t number, struct wck_faults *faults,
                           struct wck_error *err)
{
    struct wck_problem *problem = &plan->problems[number];
    struct wck_findings *findings = &verification->findings;
    size_t before = findings->count;
    enum wck_status status =
        wck_put_problem(verification, request, shown, problem, faults, err);

    if (status != WCK_OK || request->border_value != NULL ||
        plan->border_value == NULL || verification->fills_zero ||
        !problem->warp.border->fills || !is_refused(findings, before))
        return status;
    wck_plan_fill_zero(plan, true);
    wck_findings_truncate(findings, before);
    status = wck_put_problem(verification, request, shown, problem, faults, err);
    verification->fills_zero = !is_refused(findings, before);
    if (!verification->fills_zero)
        wck_plan_fill_zero(plan, false);
    return status;
}

/* Puts all problems of the plan; stops where the subject is lost, or time is up. */
static enum wck_status run_plan(struct wck_verification *verification,
                                const struct wck_verify_request *request,
                                struct wck_plan *plan, struct outcome *outcome,
                                struct wck_faults *faults, struct wck_error *err)
{
    struct wck_findings *findings = &verification->findings;
    struct wck_grid_rounding_shown shown = {.asked = {false}};
    bool failed = false;

    outcome->first_new = plan->count;

    for (size_t turn = 0; turn < plan->count; turn++) {
        size_t before = findings->count;
        size_t i = wck_budget_item(&outcome->budget, turn, plan->count);
        enum wck_status status;

        if (turn > 0 && wck_budget_is_up(&outcome->budget, failed)) {
            verification->left_out = plan->count - turn;
            break;
        }
        status = put(verification, request, &shown, plan, i, faults, err);
        outcome->failed[i] = wck_findings_any_failed(findings, before);
        failed |= outcome->failed[i];
        if (outcome->first_new == plan->count &&
            wck_baseline_first_new(request->baseline, findings, before) != NULL)
            outcome->first_new = i;
        if (status != WCK_OK)
            return status;
        verification->problems++;
        if (request->progress != NULL)
            request->progress(request->progress_state, turn + 1, plan->count);
    }
    return WCK_OK;
}

/* Reduces the first finding that failed and is not known, of the first problem that has
 * one. */
static enum wck_status shrink(struct wck_verification *verification,
                              const struct wck_verify_request *request,
                              const struct wck_plan *plan,
                              const struct outcome *outcome, struct wck_faults *faults,
                              struct wck_error *err)
{
    struct wck_shrink_request wanted = {.subject = request->subject,
                                        .resolution = request->resolution};

    if (!request->shrink || outcome->first_new == plan->count ||
        (faults->count > 0 && wck_subject_is_lost(request->subject)))
        return WCK_OK;
    wanted.problem = &plan->problems[outcome->first_new];
    wanted.finding =
        wck_baseline_first_new(request->baseline, &verification->findings, 0);
    verification->shrunk = calloc(1, sizeof *verification->shrunk);
    if (verification->shrunk == NULL)
        return wck_error_no_memory(err);
    return wck_shrink(verification->shrunk, &wanted, faults, err);
}

/* The verdict, and who did it. */
static enum wck_status conclude(struct wck_verification *verification,
                                const struct wck_verify_request *request,
                                const struct wck_plan *plan,
                                const struct outcome *outcome,
                                struct wck_faults *faults, struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = WCK_OK;

    verification->verdict = wck_findings_verdict(&verification->findings);
    if (verification->verdict == WCK_FAIL)
        status =
            wck_diagnose(&(struct wck_diagnose_request){.subject = request->subject,
                                                        .problems = plan->problems,
                                                        .failed = outcome->failed,
                                                        .count = plan->count,
                                                        .until = wck_budget_until(
                                                            &outcome->budget, false)},
                         &verification->diagnosis, &why);
    if (status == WCK_SUBJECT)
        wck_faults_note(faults, &why);
    else if (status != WCK_OK)
        return wck_error_set(err, status, "%s", why.text);
    status = wck_detached_say(request->subject, verification->verdict,
                              &verification->diagnosis, err);
    if (status == WCK_OK)
        status = shrink(verification, request, plan, outcome, faults, err);
    if (status != WCK_OK)
        return status;
    return wck_faults_conclude(faults, &verification->verdict, err);
}

static enum wck_status verify_plan(struct wck_verification *verification,
                                   const struct wck_verify_request *request,
                                   struct wck_error *err)
{
    struct wck_plan plan;
    struct wck_faults faults = {.count = 0};
    struct outcome outcome = {.budget = wck_budget_begin(request->budget)};
    enum wck_status status = make_plan(request, &plan, err);

    if (status == WCK_OK) {
        outcome.failed = calloc(plan.count > 0 ? plan.count : 1, sizeof(bool));
        if (outcome.failed == NULL)
            status = wck_error_no_memory(err);
    }
    if (status == WCK_OK)
        status = run_plan(verification, request, &plan, &outcome, &faults, err);
    if (status == WCK_OK || faults.count > 0)
        status = conclude(verification, request, &plan, &outcome, &faults, err);
    free(outcome.failed);
    wck_plan_release(&plan);
    return status;
}

/* Was everything put that is put by default, and did every checker judge it? */
static bool is_whole(const struct wck_verify_request *request,
                     const struct wck_verification *verification)
{
    bool narrowed = request->kernel != NULL || request->border != NULL ||
                    request->layout != NULL || request->dtype != NULL ||
                    request->matrix != NULL || request->source_height > 0 ||
                    request->output_height > 0 || request->channels > 0 ||
                    request->checker_count > 0;

    return request->calls == NULL && !narrowed &&
           wck_subject_recording(request->subject) == NULL &&
           (request->level == 0 || request->level >= WCK_VERIFY_LEVEL) &&
           verification->left_out == 0;
}

enum wck_status wck_verify(struct wck_verification *verification,
                           const struct wck_verify_request *request,
                           struct wck_error *err)
{
    enum wck_status status;

    *verification = (struct wck_verification){.verdict = WCK_INCONCLUSIVE};
    status = request->calls != NULL ? wck_ask(verification, request, err)
                                    : verify_plan(verification, request, err);
    if (request->baseline != NULL)
        wck_baseline_judge(request->baseline, &verification->findings,
                           status == WCK_OK && is_whole(request, verification));
    return status;
}

void wck_verification_release(struct wck_verification *verification)
{
    wck_findings_release(&verification->findings);
    free(verification->diagnosis);
    if (verification->shrunk != NULL)
        wck_shrunk_release(verification->shrunk);
    free(verification->shrunk);
    free(verification->refusal);
    *verification = (struct wck_verification){0};
}
