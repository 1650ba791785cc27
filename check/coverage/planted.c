/* The subjects of drawn cases: a pull-back in the gradient's own type, a loss that is
 * planted in it, and what moving the image does to its output. */
#include <math.h>
#include <quadmath.h>
#include <stdlib.h>

#include "check/coverage/drawn.h"

/* What a subject is made with. */
struct maker {
    struct drawn *drawn;
    struct wck_rng *rng;
    struct trial_answers answers;
    size_t pixels, outputs, planes;
};

static double upstream_of(const struct maker *m, size_t plane, size_t output)
{
    return m->drawn->upstream[plane * m->outputs + output];
}

/* ---- gradients ---- */

/* Product by product, each rounded, and added in turn. */
static double pull_back(const struct maker *m, size_t plane, size_t p)
{
    const struct explain_type *type = m->drawn->type;
    double sum = 0.0;

    for (size_t k = m->answers.begin[p]; k < m->answers.begin[p + 1]; k++) {
        const struct trial_answer *answer = &m->answers.answer[k];
        double g = upstream_of(m, plane, answer->output);

        sum = explain_round(type,
                            (__float128)sum + explain_round(type, g * answer->weight));
    }
    return sum;
}

static void make_honest(struct maker *m)
{
    m->drawn->gradient = calloc(m->planes * m->pixels, sizeof(double));
    for (size_t e = 0; e < m->planes * m->pixels; e++)
        m->drawn->gradient[e] = pull_back(m, e / m->pixels, e % m->pixels);
}

static void make_detached(struct maker *m)
{
    m->drawn->gradient = calloc(m->planes * m->pixels, sizeof(double));
}

static void make_without_a_plane(struct maker *m)
{
    size_t plane = (size_t)wck_rng_below(m->rng, m->planes);

    make_honest(m);
    for (size_t p = 0; p < m->pixels; p++)
        m->drawn->gradient[plane * m->pixels + p] = 0.0;
}

static void make_without_rows(struct maker *m)
{
    make_honest(m);
    for (size_t e = 0; e < m->planes * m->pixels; e++) {
        if (e / m->drawn->warp.source[0] % 3 == 1)
            m->drawn->gradient[e] = 0.0;
    }
}

/* '=' for '+=': the last output that answers is all there is. */
static void make_overwritten(struct maker *m)
{
    make_honest(m);
    for (size_t e = 0; e < m->planes * m->pixels; e++) {
        size_t p = e % m->pixels, last = m->answers.begin[p + 1];

        if (last > m->answers.begin[p])
            m->drawn->gradient[e] = explain_round(
                m->drawn->type,
                upstream_of(m, e / m->pixels, m->answers.answer[last - 1].output) *
                    m->answers.answer[last - 1].weight);
    }
}

/* A gradient of some size at one entry in five, whatever the warp. */
static void make_leaking(struct maker *m)
{
    double large = ldexp(1.0, m->drawn->type->most - 1);

    make_honest(m);
    for (size_t e = 0; e < m->planes * m->pixels; e++) {
        if (wck_rng_below(m->rng, 5) == 0)
            m->drawn->gradient[e] = large;
    }
}

static void make_partly_nan(struct maker *m)
{
    make_honest(m);
    for (size_t e = 0; e < m->planes * m->pixels; e++) {
        if (wck_rng_below(m->rng, 9) == 0)
            m->drawn->gradient[e] = e % 2 == 0 ? (double)NAN : (double)INFINITY;
    }
}

static void make_detached_from_who_knows(struct maker *m)
{
    make_without_rows(m);
    m->drawn->unknown = true;
}

/* ---- the image moved ---- */

/* The subject's output for a number of the image, and for a sum. */
struct body {
    __float128 (*take)(__float128 pixel), (*store)(__float128 sum);
    size_t blind; /* the pixel in so many that it does not read; 0: none */
};

static __float128 as_it_is(__float128 value)
{
    return value;
}

/* Change of sum(upstream output) where the entry's number, a whole one, is moved by
 * `step`, over the step. */
static double move(const struct maker *m, const struct body *body,
                   const __float128 *output, size_t e, __float128 step)
{
    size_t p = e % m->pixels, plane = e / m->pixels;
    const __float128 at = 40 + (int)(e * 37 % 101);
    __float128 change = body->take(at + step) - body->take(at), sum = 0;

    if (body->blind > 0 && p % body->blind == 0)
        return 0.0;
    for (size_t k = m->answers.begin[p]; k < m->answers.begin[p + 1]; k++) {
        const struct trial_answer *answer = &m->answers.answer[k];
        __float128 before = output[plane * m->outputs + answer->output];
        __float128 moved = body->store(before + answer->weight * change);
        double g = upstream_of(m, plane, answer->output);

        if (fpclassify(g) != FP_ZERO)
            sum += g * (moved - body->store(before));
    }
    return (double)(sum / step);
}

/* Measures the subject at an image of whole numbers from 40 to 140; a full step is
 * then half the range of 8 bits. */
static void move_all(struct maker *m, const struct body *body)
{
    size_t entries = m->planes * m->pixels;
    __float128 *output = calloc(m->planes * m->outputs, sizeof *output);

    m->drawn->numeric = calloc(entries, sizeof(double));
    m->drawn->response = calloc(entries, sizeof(double));
    for (size_t e = 0; e < entries; e++) {
        size_t p = e % m->pixels, plane = e / m->pixels;

        for (size_t k = m->answers.begin[p]; k < m->answers.begin[p + 1]; k++)
            output[plane * m->outputs + m->answers.answer[k].output] +=
                m->answers.answer[k].weight * (40 + (int)(e * 37 % 101));
    }
    for (size_t e = 0; e < entries; e++) {
        m->drawn->numeric[e] = move(m, body, output, e, 0x1p-20L);
        m->drawn->response[e] = move(m, body, output, e, 115);
    }
    free(output);
}

static void make_rounded(struct maker *m)
{
    make_detached(m);
    move_all(m, &(struct body){.take = as_it_is, .store = rintq});
}

static void make_cast(struct maker *m)
{
    make_detached(m);
    move_all(m, &(struct body){.take = truncq, .store = as_it_is});
}

static void make_detached_and_moved(struct maker *m)
{
    make_without_rows(m);
    move_all(m, &(struct body){.take = as_it_is, .store = as_it_is});
}

static void make_blind(struct maker *m)
{
    make_detached(m);
    move_all(m, &(struct body){.take = as_it_is, .store = as_it_is, .blind = 3});
}

static void make_rounded_without_response(struct maker *m)
{
    make_rounded(m);
    free(m->drawn->response);
    m->drawn->response = NULL;
    for (size_t e = 0; e < m->planes * m->pixels; e += 5)
        m->drawn->numeric[e] = (double)NAN;
}

static void make_none(struct maker *m)
{
    (void)m;
}

static const struct {
    const char *name;
    void (*make)(struct maker *m);
} subjects[] = {
    {"none: the warp's own gradient", make_none},
    {"honest", make_honest},
    {"detached", make_detached},
    {"a plane dropped", make_without_a_plane},
    {"rows dropped", make_without_rows},
    {"= for +=", make_overwritten},
    {"leaking", make_leaking},
    {"partly NaN", make_partly_nan},
    {"rows dropped, no upstream told", make_detached_from_who_knows},
    {"output rounded to uint8", make_rounded},
    {"image cast to integers", make_cast},
    {"rows dropped, and moved", make_detached_and_moved},
    {"blind to every third pixel", make_blind},
    {"rounded, not measured well", make_rounded_without_response},
};

size_t drawn_subjects(void)
{
    return sizeof subjects / sizeof subjects[0];
}

const char *drawn_subject(size_t row)
{
    return subjects[row].name;
}

void drawn_give(struct drawn *drawn, size_t row, struct wck_rng *rng)
{
    struct maker maker = {
        .drawn = drawn,
        .rng = rng,
        .answers = trial_answers_of(&drawn->warp, 0, 0),
        .pixels = drawn->warp.source[0] * drawn->warp.source[1],
        .outputs = drawn->warp.output[0] * drawn->warp.output[1],
        .planes = drawn->batch * drawn->channels,
    };

    subjects[row].make(&maker);
    drawn->subject = subjects[row].name;
    trial_answers_free(&maker.answers);
}
