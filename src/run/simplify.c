#include "src/run/simplify.h"

#include <math.h>
#include <string.h>

void wck_simpler_of(struct wck_simpler *copy, const struct wck_problem *problem)
{
    struct wck_problem from = *problem;

    for (size_t i = 0; i < from.warp.border_values; i++)
        copy->border_value[i] = from.warp.border_value[i];
    copy->problem = from;
    copy->problem.warp.border_value = copy->border_value;
}

/* ---- smaller ---- */

/* As many border values as there are channels, or one. */
static void set_channels(struct wck_problem *problem, size_t channels)
{
    problem->channels = channels;
    if (problem->warp.border_values > channels)
        problem->warp.border_values = channels;
}

/* The simplest first. */
static bool simplify_layout(struct wck_simpler *simpler, size_t attempt)
{
    static const char *const layouts[] = {"HW", "HWC", "CHW", "NHWC"};
    struct wck_problem *problem = &simpler->problem;

    for (size_t i = 0; i <= attempt; i++) {
        if (strcmp(layouts[i], problem->layout) == 0)
            return false;
    }
    problem->layout = layouts[attempt];
    if (strchr(problem->layout, 'N') == NULL)
        problem->batch = 1;
    if (strchr(problem->layout, 'C') == NULL)
        set_channels(problem, 1);
    return true;
}

static bool drop_channels(struct wck_simpler *simpler, size_t attempt)
{
    size_t channels = simpler->problem.channels;
    const size_t fewer[] = {1, channels / 2, channels - 1};

    if (channels < 2 || fewer[attempt] == 0)
        return false;
    set_channels(&simpler->problem, fewer[attempt]);
    return true;
}

/* How many of n to cut off: half, a quarter, two (what fails at odd sizes only still
 * does), one. */
static size_t cut_of(size_t n, size_t attempt)
{
    const size_t cuts[] = {n / 2, n / 4, 2, 1};

    return n > cuts[attempt] ? cuts[attempt] : 0;
}

/* The same map with source coordinates and output positions counted from other origins:
 * `source` and `output` are the pixels that become number 0. */
static bool move_origins(struct wck_map *map, const double source[2],
                         const double output[2])
{
    bool forward = map->direction == WCK_SOURCE_TO_OUTPUT;
    const double *from = forward ? source : output, *to = forward ? output : source;
    double m[6];

    memcpy(m, map->matrix, sizeof m);
    for (int row = 0; row < 2; row++)
        m[3 * row + 2] += m[3 * row] * from[0] + m[3 * row + 1] * from[1] - to[row];
    return wck_map_affine(map, m, map->direction, NULL) == WCK_OK;
}

/* Attempts: at the end or at the start, of columns or of rows, half, a quarter, two
 * or one. */
#define CUTS 16

static bool cut(struct wck_simpler *simpler, size_t attempt, bool output)
{
    struct wck_warp *warp = &simpler->problem.warp;
    size_t axis = attempt / 2 % 2;
    size_t *extents[2][2] = {{&warp->source_width, &warp->source_height},
                             {&warp->output_width, &warp->output_height}};
    size_t *extent = extents[output ? 1 : 0][axis];
    size_t pixels = cut_of(*extent, attempt / 4);
    double origin[2] = {0.0, 0.0};
    const double zero[2] = {0.0, 0.0};

    if (pixels == 0)
        return false;
    *extent -= pixels;
    if (attempt % 2 == 0)
        return true;
    origin[axis] = (double)pixels;
    return move_origins(&warp->map, output ? zero : origin, output ? origin : zero);
}

static bool cut_output(struct wck_simpler *simpler, size_t attempt)
{
    return cut(simpler, attempt, true);
}

static bool cut_source(struct wck_simpler *simpler, size_t attempt)
{
    return cut(simpler, attempt, false);
}

/* ---- simpler numbers ---- */

static bool is_multiple(double value, double unit)
{
    return fpclassify(value / unit - nearbyint(value / unit)) == FP_ZERO;
}

/* How simple a number is, 0 the simplest: what it had better be, whole, a half, any. */
static int rank_of(double value, double best)
{
    if (fpclassify(value - best) == FP_ZERO)
        return 0;
    return is_multiple(value, 1.0) ? 1 : is_multiple(value, 0.5) ? 2 : 3;
}

/* Where something became simpler, and nothing less simple, sets the matrix. */
static bool set_matrix(struct wck_map *map, const double matrix[6])
{
    static const double identity[6] = {1.0, 0.0, 0.0, 0.0, 1.0, 0.0};
    int gain = 0;

    for (int i = 0; i < 6; i++) {
        int change =
            rank_of(matrix[i], identity[i]) - rank_of(map->matrix[i], identity[i]);

        if (change > 0)
            return false;
        gain -= change;
    }
    return gain > 0 && wck_map_affine(map, matrix, map->direction, NULL) == WCK_OK;
}

/* The identity's linear part; without shear or rotation; one entry as the identity's.
 */
static bool simplify_linear(struct wck_simpler *simpler, size_t attempt)
{
    static const struct {
        bool entry[6]; /* is made the identity's */
    } attempts[] = {
        {{true, true, false, true, true, false}},
        {{false, true, false, true, false, false}},
        {{false, true}},
        {{false, false, false, true}},
        {{true}},
        {{false, false, false, false, true}},
    };
    struct wck_map *map = &simpler->problem.warp.map;
    double m[6];

    for (int i = 0; i < 6; i++)
        m[i] = !attempts[attempt].entry[i] ? map->matrix[i]
               : i == 0 || i == 4          ? 1.0
                                           : 0.0;
    return set_matrix(map, m);
}

/* Attempts: all six entries, the linear ones, the shift, one by one. */
#define ROUNDS 9

static bool is_rounded(size_t attempt, size_t entry)
{
    bool shift = entry % 3 == 2;

    return attempt == 0   ? true
           : attempt == 1 ? !shift
           : attempt == 2 ? shift
                          : entry == attempt - 3;
}

static bool round_matrix(struct wck_simpler *simpler, size_t attempt, double unit)
{
    struct wck_map *map = &simpler->problem.warp.map;
    double m[6];

    for (size_t i = 0; i < 6; i++)
        /* Plus 0: no -0. */
        m[i] = is_rounded(attempt, i) ? unit * nearbyint(map->matrix[i] / unit) + 0.0
                                      : map->matrix[i];
    return set_matrix(map, m);
}

/* No shift at all, or none along an axis. */
static bool drop_shift(struct wck_simpler *simpler, size_t attempt)
{
    struct wck_map *map = &simpler->problem.warp.map;
    double m[6];

    memcpy(m, map->matrix, sizeof m);
    if (attempt != 2)
        m[2] = 0.0;
    if (attempt != 1)
        m[5] = 0.0;
    return set_matrix(map, m);
}

static bool make_whole(struct wck_simpler *simpler, size_t attempt)
{
    return round_matrix(simpler, attempt, 1.0);
}

static bool make_halves(struct wck_simpler *simpler, size_t attempt)
{
    return round_matrix(simpler, attempt, 0.5);
}

/* 0; or, where a value has to be there, 1; for all channels.  Only where it is read:
 * else no option says it. */
static bool simplify_border_value(struct wck_simpler *simpler, size_t attempt)
{
    struct wck_warp *warp = &simpler->problem.warp;
    const double value = (double)attempt;

    if (warp->border_values == 0 || warp->border->fold(-1, 1) != WCK_BORDER_VALUE)
        return false;
    if (warp->border_values == 1 && (rank_of(simpler->border_value[0], 0.0) == 0 ||
                                     rank_of(simpler->border_value[0], value) == 0))
        return false;
    warp->border_values = 1;
    simpler->border_value[0] = value;
    return true;
}

static const struct wck_simplification rows[] = {
    {"layout", "a simpler layout", 4, simplify_layout},
    {"channels", "fewer channels", 3, drop_channels},
    {"output", "a smaller output", CUTS, cut_output},
    {"image", "a smaller image", CUTS, cut_source},
    {"linear", "the linear part nearer to the identity", 6, simplify_linear},
    {"shift", "no shift", 3, drop_shift},
    {"whole", "whole numbers in the matrix", ROUNDS, make_whole},
    {"halves", "multiples of 1/2 in the matrix", ROUNDS, make_halves},
    {"border-value", "a border value of 0, or 1", 2, simplify_border_value},
};

size_t wck_simplification_count(void)
{
    return sizeof rows / sizeof rows[0];
}

const struct wck_simplification *wck_simplification_row(size_t row)
{
    return row < wck_simplification_count() ? &rows[row] : NULL;
}
