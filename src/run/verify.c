#include "src/run/verify.h"

#include <stdlib.h>

#include "src/diagnose/diagnose.h"
#include "src/run/plan.h"

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
    size_t count =
        request->checker_count > 0 ? request->checker_count : wck_checker_count();
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < count && status == WCK_OK; i++)
        status = wck_checker_run(request->checker_count > 0 ? request->checkers[i]
                                                            : wck_checker_row(i),
                                 &trial, err);
    return status;
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
    status = wck_plan_make(&plan, request, err);
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
    *verification = (struct wck_verification){0};
}
