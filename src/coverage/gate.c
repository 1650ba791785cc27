#include "src/coverage/gate.h"

#include <stdio.h>

#include "src/coverage/fill.h"

static bool is_named(const struct wck_gate_request *request, size_t p)
{
    return request->expect_zero != NULL && request->expect_zero[p] != 0;
}

static struct wck_gate *add(struct wck_gates *gates, const char *name, double limit,
                            double measured, bool failed)
{
    struct wck_gate *gate = &gates->items[gates->count++];

    *gate = (struct wck_gate){
        .name = name, .limit = limit, .measured = measured, .failed = failed};
    gates->failed = gates->failed || failed;
    return gate;
}

static void judge_zeros(struct wck_gates *gates, const struct wck_gate_request *request,
                        const struct wck_coverage *c)
{
    size_t named = 0, covered = 0, first = 0;
    struct wck_gate *gate;

    for (size_t p = 0; p < c->pixels_total; p++) {
        if (!is_named(request, p))
            continue;
        named++;
        if (c->pixel_reason[p] != WCK_COVERED)
            continue;
        if (covered++ == 0)
            first = p;
    }
    gate = add(gates, "expect-zero", 0.0, (double)covered, covered > 0);
    if (covered == 0)
        snprintf(gate->text, sizeof gate->text,
                 "none of the %zu pixels that the mask names gets a gradient", named);
    else
        snprintf(gate->text, sizeof gate->text,
                 "%zu of the %zu pixels that the mask names get a gradient, the first "
                 "at row %zu, column %zu",
                 covered, named, first / c->width, first % c->width);
}

static enum wck_status judge_share(struct wck_gates *gates,
                                   const struct wck_gate_request *request,
                                   const struct wck_coverage *c, struct wck_error *err)
{
    size_t covered = 0, total = 0;
    double percent;
    struct wck_gate *gate;

    for (size_t e = 0; e < c->entries_total; e++) {
        if (is_named(request, e % c->pixels_total))
            continue;
        total++;
        covered += c->reason[e] == WCK_COVERED;
    }
    if (total == 0)
        return wck_error_set(err, WCK_INVALID,
                             "the mask names every pixel: there is none left to cover");
    percent = 100.0 * (double)covered / (double)total;
    /* Counts are exact, so that a share which is met exactly is met. */
    gate = add(gates, "min-coverage", request->least, percent,
               100.0 * (double)covered < request->least * (double)total);
    snprintf(gate->text, sizeof gate->text,
             "%zu of %zu entries (%.10g%%) get a gradient, and %.10g%% are asked for",
             covered, total, percent, request->least);
    return WCK_OK;
}

static enum wck_status judge_hole(struct wck_gates *gates,
                                  const struct wck_gate_request *request,
                                  const struct wck_coverage *c, struct wck_error *err)
{
    struct wck_fill fill;
    size_t largest = 0, first = 0;
    struct wck_gate *gate;
    enum wck_status status = wck_fill_init(&fill, c->width, c->height, err);

    for (size_t p = 0; status == WCK_OK && p < c->pixels_total; p++)
        fill.code[p] = c->pixel_reason[p] != WCK_COVERED && !is_named(request, p);
    for (size_t p = 0; status == WCK_OK && p < c->pixels_total; p++) {
        size_t size = wck_fill_take(&fill, p);

        if (size > largest) {
            largest = size;
            first = p;
        }
    }
    wck_fill_release(&fill);
    if (status != WCK_OK)
        return status;
    gate = add(gates, "max-hole", (double)request->hole, (double)largest,
               largest > request->hole);
    snprintf(gate->text, sizeof gate->text,
             "the largest hole has %zu pixels without a gradient (from row %zu, column "
             "%zu on), and %zu are allowed",
             largest, first / c->width, first % c->width, request->hole);
    return WCK_OK;
}

enum wck_status wck_gates_judge(struct wck_gates *gates,
                                const struct wck_gate_request *request,
                                const struct wck_coverage *coverage,
                                struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    *gates = (struct wck_gates){.count = 0};
    if (request->expect_zero != NULL)
        judge_zeros(gates, request, coverage);
    if (request->has_least)
        status = judge_share(gates, request, coverage, err);
    if (status == WCK_OK && request->has_hole)
        status = judge_hole(gates, request, coverage, err);
    return status;
}
