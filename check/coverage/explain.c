#include "check/coverage/explain.h"

#include <math.h>
#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

const struct explain_type explain_types[EXPLAIN_TYPES] = {
    {"float64", 53, -1074, 1024},
    {"float32", 24, -149, 128},
    {"float16", 11, -24, 16},
    {"bfloat16", 8, -133, 128},
};

/* What is at hand for one question. */
struct bench {
    const struct explain_question *question;
    struct explanation *found;
    size_t pixels, outputs;
    struct trial_answers now, nudged; /* as the coordinates are, and moved */
    double *value;                    /* |gradient| where an entry is covered, else 0 */
};

/* What an upstream gradient makes of one pixel. */
struct arrival {
    __float128 sum, magnitude;
    size_t terms; /* outputs that answer, with an upstream gradient other than 0 */
};

static bool is_zero(double value)
{
    return fpclassify(value) == FP_ZERO;
}

double explain_round(const struct explain_type *type, __float128 value)
{
    __float128 unit;
    int exponent;

    if (!finiteq(value) || !(fabsq(value) > 0))
        return (double)value;
    frexpq(value, &exponent);
    exponent -= type->digits;
    unit = ldexpq(1, exponent > type->least ? exponent : type->least);
    value = rintq(value / unit) * unit;
    if (fabsq(value) >= ldexpq(1, type->most))
        return value < 0 ? -(double)INFINITY : (double)INFINITY;
    return (double)value;
}

/* An unknown upstream gradient is taken for 1: what could arrive. */
static double sent_by(const struct bench *bench, size_t plane, size_t output)
{
    const double *upstream = bench->question->upstream;

    return upstream != NULL ? upstream[plane * bench->outputs + output] : 1.0;
}

static bool answers_to(const struct trial_answers *answers, size_t p)
{
    return answers->begin[p + 1] > answers->begin[p];
}

static struct arrival arrive(const struct bench *bench, size_t plane, size_t p)
{
    struct arrival arrival = {.sum = 0};

    for (size_t k = bench->now.begin[p]; k < bench->now.begin[p + 1]; k++) {
        const struct trial_answer *answer = &bench->now.answer[k];
        double g = sent_by(bench, plane, answer->output);

        if (is_zero(g))
            continue;
        arrival.terms++;
        arrival.sum += answer->weight * g;
        arrival.magnitude += fabsq(answer->weight * g);
    }
    return arrival;
}

/* What rounding can take from the sum, in proportion to its terms: each meets as many
 * roundings as there are terms, and in a given gradient the three of its weight. */
static __float128 worst_rounding(const struct bench *bench,
                                 const struct arrival *arrival)
{
    bool given = bench->question->gradient != NULL;
    int digits = given ? bench->question->type->digits : 53;
    __float128 m = ldexpq(arrival->terms + (given ? 3 : 0), -digits);
    __float128 rate = m < 0.25L ? m / (1 - 2 * m) : 0.5L;

    return rate * arrival->magnitude;
}

/* Can the type make the sum 0 where a wide one does not?  Its own gradient is rounded
 * once; in a given one each product loses up to half the smallest number. */
static bool is_lost_to_the_type(const struct bench *bench,
                                const struct arrival *arrival)
{
    const struct explain_type *type = bench->question->type;
    __float128 half = ldexpq(1, type->least - 1);

    if (bench->question->gradient == NULL)
        return is_zero(explain_round(type, arrival->sum));
    return fabsq(arrival->sum) <=
           worst_rounding(bench, arrival) + half * arrival->terms;
}

/* Why the warp sends nothing to an entry; NULL where it does. */
static const char *explain_warp(const struct bench *bench, size_t plane, size_t p)
{
    const struct trial_warp *warp = bench->question->warp;
    struct arrival arrival = arrive(bench, plane, p);

    if (!answers_to(&bench->now, p) && !answers_to(&bench->nudged, p))
        return trial_frames(warp, p % warp->source[0], p / warp->source[0])
                   ? "skipped"
                   : "out-of-view";
    if (!answers_to(&bench->now, p))
        return "zero-weight";
    if (arrival.terms == 0) /* all ones would have sent something */
        return "upstream-zero";
    if (!finiteq(arrival.sum))
        return "non-finite";
    if (bench->question->upstream == NULL)
        return NULL;
    if (arrival.terms > 1 && fabsq(arrival.sum) <= worst_rounding(bench, &arrival))
        return "cancelled";
    return is_lost_to_the_type(bench, &arrival) ? "underflow" : NULL;
}

/* Why the subject's gradient is 0 where the warp's is not. */
static const char *explain_subject(const struct bench *bench, size_t e)
{
    const struct explain_question *question = bench->question;
    double numeric = question->numeric != NULL ? question->numeric[e] : 1.0;
    double response = question->response != NULL ? question->response[e] : 1.0;

    if (isnan(numeric) || (is_zero(numeric) && is_zero(response)))
        return "unexplained";
    if (is_zero(numeric))
        return "plateau";
    return question->upstream == NULL ? "undetermined" : "lost-in-backward";
}

static bool is_spurious(const char *reason)
{
    static const char *const nothing[] = {"out-of-view", "skipped", "zero-weight",
                                          "upstream-zero"};

    for (size_t i = 0; reason != NULL && i < sizeof nothing / sizeof nothing[0]; i++) {
        if (strcmp(reason, nothing[i]) == 0)
            return true;
    }
    return false;
}

static void explain_entry(struct bench *bench, size_t plane, size_t p)
{
    const struct explain_question *question = bench->question;
    size_t e = plane * bench->pixels + p;
    const char *reason = explain_warp(bench, plane, p);
    double value;

    if (question->gradient == NULL) {
        value = explain_round(question->type, arrive(bench, plane, p).sum);
        if (reason == NULL && !isfinite(value))
            reason = "non-finite";
    } else {
        value = question->gradient[e];
        if (!isfinite(value)) {
            reason = "non-finite";
        } else if (!is_zero(value)) {
            bench->found->spurious += is_spurious(reason);
            reason = NULL;
        } else if (reason == NULL) {
            reason = explain_subject(bench, e);
        }
    }
    bench->found->reason[e] = reason;
    bench->value[e] = reason == NULL ? fabs(value) : 0.0;
}

static bool is_reached(const struct bench *bench, const struct trial_answers *answers,
                       size_t plane, size_t p)
{
    for (size_t k = answers->begin[p]; k < answers->begin[p + 1]; k++) {
        double g = sent_by(bench, plane, answers->answer[k].output);

        if (isfinite(g) && !is_zero(g))
            return true;
    }
    return false;
}

static void count_pixel(struct bench *bench, size_t p)
{
    const struct trial_warp *warp = bench->question->warp;
    struct explanation *found = bench->found;
    size_t reached = 0;

    for (size_t plane = 0; plane < bench->question->planes; plane++) {
        reached += is_reached(bench, &bench->now, plane, p) ||
                   is_reached(bench, &bench->nudged, plane, p);
    }
    found->reachable.entries += reached;
    found->reachable.pixels += reached > 0;
    found->framed += trial_frames(warp, p % warp->source[0], p / warp->source[0]);
    found->listed += answers_to(&bench->now, p) || answers_to(&bench->nudged, p);
}

static void count_all(struct bench *bench)
{
    size_t planes = bench->question->planes, entries = planes * bench->pixels;
    double largest = 0.0;

    for (size_t p = 0; p < bench->pixels; p++)
        count_pixel(bench, p);
    for (size_t e = 0; e < entries; e++)
        largest = fmax(largest, bench->value[e]);
    for (size_t e = 0; e < entries; e++)
        bench->found->negligible +=
            bench->value[e] > 0.0 && bench->value[e] < 1e-6 * largest;
    for (size_t i = 0; i < planes * bench->outputs; i++)
        bench->found->non_finite +=
            isfinite(sent_by(bench, i / bench->outputs, i % bench->outputs)) ? 0 : 1;
}

struct explanation explain(const struct explain_question *question)
{
    const struct trial_warp *warp = question->warp;
    size_t pixels = warp->source[0] * warp->source[1];
    size_t entries = question->planes * pixels;
    struct explanation found = {
        .reason = calloc(entries, sizeof *found.reason),
    };
    __float128 nudge = trial_nudge(warp);
    struct bench bench = {
        .question = question,
        .found = &found,
        .pixels = pixels,
        .outputs = warp->output[0] * warp->output[1],
        .now = trial_answers_of(warp, 0, 0),
        .nudged = trial_answers_of(warp, nudge, nudge),
        .value = calloc(entries, sizeof *bench.value),
    };

    for (size_t e = 0; e < entries; e++)
        explain_entry(&bench, e / pixels, e % pixels);
    count_all(&bench);
    trial_answers_free(&bench.now);
    trial_answers_free(&bench.nudged);
    free(bench.value);
    return found;
}

void explanation_free(struct explanation *explanation)
{
    free(explanation->reason);
}

static __float128 weight_for(const struct trial_answers *answers, size_t p,
                             size_t output)
{
    for (size_t k = answers->begin[p]; k < answers->begin[p + 1]; k++) {
        if (answers->answer[k].output == output)
            return answers->answer[k].weight;
    }
    return 0;
}

bool explain_may_vanish(const struct trial_warp *warp, size_t pixel, double error,
                        double rounding)
{
    struct trial_answers now = trial_answers_of(warp, 0, 0), moved[4];
    bool all = true;

    for (int way = 0; way < 4; way++)
        moved[way] = trial_answers_of(warp, way % 2 == 0 ? error : -error,
                                      way / 2 == 0 ? error : -error);
    for (size_t k = now.begin[pixel]; k < now.begin[pixel + 1]; k++) {
        const struct trial_answer *answer = &now.answer[k];
        bool vanishes = fabsq(answer->weight) <= rounding;

        for (int way = 0; way < 4; way++)
            vanishes =
                vanishes || fabsq(weight_for(&moved[way], pixel, answer->output)) <=
                                rounding + (__float128)error * error;
        all = all && vanishes;
    }
    for (int way = 0; way < 4; way++)
        trial_answers_free(&moved[way]);
    trial_answers_free(&now);
    return all;
}
