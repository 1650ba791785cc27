#include "check/coverage/trial.h"

#include <quadmath.h>
#include <stdlib.h>
#include <string.h>

#include "check/oracle/oracle.h"

#define SPAN (2 * ORACLE_REACH + 1)
/* Zeros of the oracle's sines are so but for the last of 34 digits; what is not 0 is
 * here of at least a nudge's fifth power. */
#define NOTHING 1e-30L
#define LARGEST_NUDGE 0x1p-10L

static size_t pixels_of(const size_t size[2])
{
    return size[0] * size[1];
}

/* The map from output to source. */
static void carry_back(const struct trial_warp *warp, __float128 m[6])
{
    const double *a = warp->matrix;
    __float128 d = (__float128)a[0] * a[4] - (__float128)a[1] * a[3];

    for (int i = 0; i < 6; i++)
        m[i] = warp->collapses ? 0 : a[i];
    if (!warp->to_output || warp->collapses)
        return;
    m[0] = a[4] / d;
    m[1] = -a[1] / d;
    m[3] = -a[3] / d;
    m[4] = a[0] / d;
    m[2] = -(m[0] * a[2] + m[1] * a[5]);
    m[5] = -(m[3] * a[2] + m[4] * a[5]);
}

/* Coordinate of output o along an axis. */
static __float128 place(const struct trial_warp *warp, const __float128 m[6], size_t o,
                        int axis)
{
    const __float128 *row = m + (ptrdiff_t)3 * axis;

    return row[0] * (o % warp->output[0]) + row[1] * (o / warp->output[0]) + row[2];
}

/* One axis of a sample: what the pixels of that axis weigh, folded pixels added up. */
struct axis_answers {
    int count;
    size_t at[SPAN];
    __float128 weight[SPAN];
};

static struct axis_answers answer_axis(const struct trial_warp *warp, int axis,
                                       __float128 u)
{
    struct axis_answers to = {.count = 0};
    int n = (int)warp->source[axis];

    for (int k = -ORACLE_REACH; k <= ORACLE_REACH; k++) {
        __float128 weight = oracle_weight(warp->kernel, u, k, 0);
        int at = oracle_border(warp->border, u, k, n), same = 0;

        if (at < 0 || fabsq(weight) < NOTHING)
            continue;
        while (same < to.count && to.at[same] != (size_t)at)
            same++;
        if (same == to.count) {
            to.at[to.count] = (size_t)at;
            to.weight[to.count++] = 0;
        }
        to.weight[same] += weight;
    }
    return to;
}

/* Answers in the order of the outputs. */
struct heap {
    size_t count, capacity;
    struct trial_answer *answer;
    size_t *pixel;
};

static void take(struct heap *heap, size_t pixel, size_t output, __float128 weight)
{
    if (heap->count == heap->capacity) {
        heap->capacity = 2 * heap->capacity + 1024;
        heap->answer = realloc(heap->answer, heap->capacity * sizeof *heap->answer);
        heap->pixel = realloc(heap->pixel, heap->capacity * sizeof *heap->pixel);
    }
    heap->pixel[heap->count] = pixel;
    heap->answer[heap->count++] =
        (struct trial_answer){.output = output, .weight = weight};
}

static void ask(const struct trial_warp *warp, const __float128 u[2], size_t output,
                struct heap *heap)
{
    struct axis_answers x = answer_axis(warp, 0, u[0]);
    struct axis_answers y = answer_axis(warp, 1, u[1]);

    for (int k = 0; k < x.count * y.count; k++) {
        int i = k % x.count, j = k / x.count;

        if (fabsq(x.weight[i]) > NOTHING && fabsq(y.weight[j]) > NOTHING)
            take(heap, y.at[j] * warp->source[0] + x.at[i], output,
                 x.weight[i] * y.weight[j]);
    }
}

/* Pixel by pixel, and within one in the order of the outputs. */
static struct trial_answers sort(const struct heap *heap, size_t pixels)
{
    struct trial_answers to = {
        .begin = calloc(pixels + 2, sizeof *to.begin),
        .answer = calloc(heap->count + 1, sizeof *to.answer),
    };

    for (size_t k = 0; k < heap->count; k++)
        to.begin[heap->pixel[k] + 2]++;
    for (size_t p = 0; p <= pixels; p++)
        to.begin[p + 1] += to.begin[p];
    for (size_t k = 0; k < heap->count; k++)
        to.answer[to.begin[heap->pixel[k] + 1]++] = heap->answer[k];
    return to;
}

struct trial_answers trial_answers_of(const struct trial_warp *warp, __float128 right,
                                      __float128 down)
{
    struct heap heap = {.count = 0};
    struct trial_answers answers;
    __float128 m[6];

    carry_back(warp, m);
    for (size_t o = 0; o < pixels_of(warp->output); o++) {
        const __float128 u[2] = {place(warp, m, o, 0) + right,
                                 place(warp, m, o, 1) + down};

        ask(warp, u, o, &heap);
    }
    answers = sort(&heap, pixels_of(warp->source));
    free(heap.answer);
    free(heap.pixel);
    return answers;
}

void trial_answers_free(struct trial_answers *answers)
{
    free(answers->begin);
    free(answers->answer);
}

__float128 trial_nudge(const struct trial_warp *warp)
{
    /* Knots of splines of even degree lie half-way between the pixels. */
    __float128 least = LARGEST_NUDGE, m[6], half = 0.5;
    bool halves = strcmp(warp->kernel, "spline2") == 0;

    if (strncmp(warp->kernel, "nearest", 7) == 0 ||
        strcmp(warp->kernel, "bilinear-floor-ceil") == 0)
        return 0;
    carry_back(warp, m);
    for (size_t o = 0; o < pixels_of(warp->output); o++) {
        for (int axis = 0; axis < 2; axis++) {
            __float128 u = place(warp, m, o, axis) + (halves ? half : 0);
            __float128 room = (floorq(u) + 1 - u) / 2;

            least = room < least ? room : least;
        }
    }
    return least;
}

/* On which side of the line from a to b is p, in units of their distance: 0 within the
 * last digits. */
static int side(const __float128 a[2], const __float128 b[2], const __float128 p[2])
{
    __float128 across = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
    __float128 size = fabsq(b[0] - a[0]) + fabsq(b[1] - a[1]);

    return fabsq(across) <= NOTHING * size * (1 + fabsq(p[0]) + fabsq(p[1])) ? 0
           : across > 0                                                      ? 1
                                                                             : -1;
}

static bool between(__float128 a, __float128 b, __float128 p)
{
    __float128 slack = NOTHING * (1 + fabsq(a) + fabsq(b));

    return p >= fminq(a, b) - slack && p <= fmaxq(a, b) + slack;
}

bool trial_frames(const struct trial_warp *warp, size_t x, size_t y)
{
    const __float128 p[2] = {x, y}, half = 0.5;
    const __float128 right = warp->output[0] - half, bottom = warp->output[1] - half;
    const __float128 outline[4][2] = {
        {-half, -half}, {right, -half}, {right, bottom}, {-half, bottom}};
    __float128 m[6], corner[4][2];
    int winding = 0;

    carry_back(warp, m);
    for (int k = 0; k < 4; k++) {
        for (int axis = 0; axis < 2; axis++)
            corner[k][axis] = m[3 * axis] * outline[k][0] +
                              m[3 * axis + 1] * outline[k][1] + m[3 * axis + 2];
    }
    for (int k = 0; k < 4; k++) {
        const __float128 *a = corner[k], *b = corner[(k + 1) % 4];
        int where = side(a, b, p);

        if (where == 0 && between(a[0], b[0], p[0]) && between(a[1], b[1], p[1]))
            return true;
        winding += where > 0 && a[1] <= p[1] && p[1] < b[1];
        winding -= where < 0 && b[1] <= p[1] && p[1] < a[1];
    }
    return winding != 0;
}
