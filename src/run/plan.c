#include "src/run/plan.h"

#include <stdlib.h>
#include <string.h>

#include "src/run/room.h"

/* Output to source.  Rotation by 30 degrees and scale 1.1 comes last: it is not exact.
 */
static const double matrices[][6] = {
    {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5},
    {1.0, 0.0, -2.5, 0.0, 1.0, 3.0},
    {2.0, 0.25, -23.0, 0.0, 2.0, -5.0},
    {-0.5, 0.0, 12.0, 0.0, 1.0, -0.25},
    {0.952627944162882, -0.55, 3.1, 0.55, 0.952627944162882, -2.7},
};

#define MATRICES (sizeof matrices / sizeof matrices[0])

static const char *const layouts[] = {"HWC", "CHW", "NHWC", "NCHW", "HW"};
#define LARGE_HEIGHT ((size_t)263)
#define LARGE_WIDTH ((size_t)307)

#define MANY_CHANNELS ((size_t)5)

#define LAYOUTS (sizeof layouts / sizeof layouts[0])

/* The last two are put only where they are asked for. */
static const enum wck_dtype dtypes[] = {WCK_FLOAT64, WCK_FLOAT32, WCK_FLOAT16,
                                        WCK_BFLOAT16};

/* Height and width of source and output, by turns: landscape and portrait, all primes.
 */
static const size_t sizes[][4] = {{13, 17, 11, 19}, {19, 11, 17, 13}};

/* The same with sides of 1. */
static const size_t thin_sizes[][4] = {
    {1, 7, 5, 3}, {7, 1, 3, 5}, {1, 1, 2, 3}, {5, 3, 1, 1}};

#define THIN (sizeof thin_sizes / sizeof thin_sizes[0])

/* Exact as those above; more than half of the samples lie about a pixel from 0. */
static const double thin_matrix[6] = {0.5, 0.25, -0.75, 0.0, 1.0, -0.25};

/* How much a level tries. */
struct level {
    bool all_kernels;  /* else the first of each family of few taps */
    bool all_families; /* else bilinear */
    bool narrow;       /* float32 as well, where dtypes are open */
    bool all_layouts;  /* else by turns */
    bool nothing_thin; /* every kernel gets all pairs of dtype and matrix */
    bool large;        /* one large image */
    size_t seeds;
};

static const struct level levels[WCK_VERIFY_LEVELS] = {
    {.seeds = 1},
    {.all_families = true, .narrow = true, .seeds = 1},
    {.all_families = true,
     .all_kernels = true,
     .narrow = true,
     .large = true,
     .seeds = 1},
    {.all_families = true,
     .all_kernels = true,
     .narrow = true,
     .large = true,
     .all_layouts = true,
     .seeds = 1},
    {.all_families = true,
     .all_kernels = true,
     .narrow = true,
     .large = true,
     .all_layouts = true,
     .nothing_thin = true,
     .seeds = 3},
};

static const struct level *level_of(const struct wck_verify_request *request)
{
    return &levels[(request->level > 0 ? request->level : WCK_VERIFY_LEVEL) - 1];
}

/* One choice of everything that may be open. */
struct choice {
    const struct wck_kernel *kernel;
    const struct wck_border *border;
    const char *layout;
    enum wck_dtype dtype;
    size_t matrix;
    size_t seed; /* added to the first */
};

static void choose_sizes(const struct wck_verify_request *request, size_t turn,
                         struct wck_warp *warp)
{
    const size_t *size = sizes[turn % (sizeof sizes / sizeof sizes[0])];
    bool given = request->source_height > 0;

    warp->source_height = given ? request->source_height : size[0];
    warp->source_width = given ? request->source_width : size[1];
    warp->output_height = given ? warp->source_height : size[2];
    warp->output_width = given ? warp->source_width : size[3];
    if (request->output_height > 0) {
        warp->output_height = request->output_height;
        warp->output_width = request->output_width;
    }
}

/* Chosen matrices are put in both directions by turns. */
static enum wck_status choose_map(const struct wck_verify_request *request,
                                  size_t matrix, size_t turn, struct wck_map *map,
                                  struct wck_error *err)
{
    double forward[6];
    enum wck_status status;

    if (request->matrix != NULL)
        return wck_map_affine(map, request->matrix, request->direction, err);
    if (turn % 2 == 1)
        return wck_map_affine(map, matrices[matrix], WCK_OUTPUT_TO_SOURCE, err);
    status = wck_affine_invert(matrices[matrix], forward, err);
    if (status != WCK_OK)
        return status;
    return wck_map_affine(map, forward, WCK_SOURCE_TO_OUTPUT, err);
}

static enum wck_status add(struct wck_plan *plan,
                           const struct wck_verify_request *request,
                           const struct choice *choice, struct wck_error *err)
{
    /* The sum keeps directions and sizes from going in step with the matrices. */
    size_t turn = plan->count + plan->count / 4;
    struct wck_problem problem = {
        .dtype = choice->dtype,
        .layout = choice->layout,
        .batch = strchr(choice->layout, 'N') != NULL ? 2 : 1,
        .channels = strchr(choice->layout, 'C') == NULL ? 1
                    : request->channels > 0             ? request->channels
                                                        : 3,
        .seed = (request->seed > 0 ? request->seed : 1) + choice->seed,
    };
    enum wck_status status =
        choose_map(request, choice->matrix, turn, &problem.warp.map, err);

    if (status != WCK_OK)
        return status;
    choose_sizes(request, turn / 2, &problem.warp);
    problem.warp.kernel = choice->kernel;
    problem.warp.border = choice->border;
    problem.warp.border_value = plan->border_value;
    problem.warp.border_values =
        request->border_values > 0 ? request->border_values : problem.channels;
    if (request->layout == NULL && strchr(choice->layout, 'C') == NULL)
        problem.warp.border_values = 1;
    status = wck_warp_check(&problem.warp, err);
    if (status == WCK_OK)
        status = wck_room_check(&problem.warp, problem.batch * problem.channels,
                                problem.dtype, problem.dtype, err);
    if (status != WCK_OK)
        return status;
    if (problem.warp.border_values > 1 &&
        problem.warp.border_values != problem.channels)
        return wck_error_set(err, WCK_INVALID, "%zu border values for %zu channels",
                             problem.warp.border_values, problem.channels);
    plan->problems[plan->count++] = problem;
    return WCK_OK;
}

/* A dtype and a matrix. */
struct pair {
    enum wck_dtype dtype;
    size_t matrix;
};

#define PAIRS (sizeof dtypes / sizeof dtypes[0] * MATRICES)

/* Those that the request leaves open. */
static size_t list_pairs(const struct wck_verify_request *request,
                         struct pair pairs[PAIRS])
{
    size_t count = 0;

    for (size_t d = 0; d < sizeof dtypes / sizeof dtypes[0]; d++) {
        for (size_t m = 0; m < MATRICES; m++) {
            bool rotation = m == MATRICES - 1;

            if (request->dtype != NULL ? *request->dtype != dtypes[d]
                                       : d > (level_of(request)->narrow ? 1 : 0))
                continue;
            if (request->matrix != NULL ? m > 0 : rotation && dtypes[d] != WCK_FLOAT64)
                continue;
            pairs[count++] = (struct pair){.dtype = dtypes[d], .matrix = m};
        }
    }
    return count;
}

/* The first of its family? */
static bool is_first(const struct wck_kernel *kernel)
{
    const struct wck_kernel *first = wck_kernel_row(0);

    for (size_t k = 0; strcmp(first->family, kernel->family) != 0; k++)
        first = wck_kernel_row(k);
    return first == kernel;
}

/* Is one pair a layout enough?  Beyond four taps an axis the images of one Jacobian are
 * too many for all pairs.  Other kernels get them all where they are asked for by name
 * or are the first of their family: the rest differ in a tie rule or a parameter only.
 */
static bool is_thin(const struct wck_verify_request *request,
                    const struct wck_kernel *kernel)
{
    return !level_of(request)->nothing_thin &&
           (kernel->support > 4 || (request->kernel == NULL && !is_first(kernel)));
}

/* Does the level put this kernel?  One asked for by name always. */
static bool is_wanted(const struct wck_verify_request *request,
                      const struct wck_kernel *kernel)
{
    const struct level *level = level_of(request);

    if (request->kernel != NULL)
        return request->kernel == kernel;
    if (!level->all_families)
        return strcmp(kernel->name, "bilinear") == 0;
    return level->all_kernels || (is_first(kernel) && kernel->support <= 4);
}

/* One kernel and border with all dtypes and matrices, or one by turns, and all layouts,
 * or the next by turns. */
static enum wck_status add_all(struct wck_plan *plan,
                               const struct wck_verify_request *request,
                               struct choice choice, struct wck_error *err)
{
    struct pair pairs[PAIRS];
    size_t count = list_pairs(request, pairs);
    bool thin = is_thin(request, choice.kernel);
    bool by_turns = !level_of(request)->all_layouts;

    for (size_t l = 0; l < LAYOUTS; l++) {
        size_t first = thin ? plan->count % count : 0;

        for (size_t i = first; i < (thin ? first + 1 : count); i++) {
            size_t next = by_turns ? plan->count % LAYOUTS : l;
            enum wck_status status;

            choice.layout = request->layout != NULL ? request->layout : layouts[next];
            choice.dtype = pairs[i].dtype;
            choice.matrix = pairs[i].matrix;
            status = add(plan, request, &choice, err);
            if (status != WCK_OK)
                return status;
        }
        if (request->layout != NULL || by_turns)
            break;
    }
    return WCK_OK;
}

static enum wck_status add_kernels(struct wck_plan *plan,
                                   const struct wck_verify_request *request,
                                   size_t seed, struct wck_error *err)
{
    for (size_t k = 0; k < wck_kernel_count(); k++) {
        for (size_t b = 0; b < wck_border_count(); b++) {
            struct choice choice = {
                .kernel = wck_kernel_row(k), .border = wck_border_row(b), .seed = seed};
            enum wck_status status;

            if (!is_wanted(request, choice.kernel) ||
                (request->border != NULL && request->border != choice.border))
                continue;
            status = add_all(plan, request, choice, err);
            if (status != WCK_OK)
                return status;
        }
    }
    return WCK_OK;
}

static bool wants_thin(const struct wck_verify_request *request)
{
    return level_of(request)->large && request->source_height == 0 &&
           request->output_height == 0 && request->matrix == NULL &&
           (request->dtype == NULL || *request->dtype == WCK_FLOAT64) &&
           request->layout == NULL && request->channels == 0;
}

/* Where sizes, types and the kernel leave room for it. */
static bool wants_large(const struct wck_verify_request *request)
{
    return level_of(request)->large && request->source_height == 0 &&
           request->output_height == 0 && request->matrix == NULL &&
           (request->kernel == NULL ||
            strcmp(request->kernel->name, "bilinear") == 0) &&
           (request->dtype == NULL || *request->dtype == WCK_FLOAT64) &&
           (request->layout == NULL || strcmp(request->layout, "HW") == 0);
}

/* Past what 8 bits count along an axis, and 16 bits in all: one plane, moved by a
 * little, so that nearly all of it is read. */
static enum wck_status add_large(struct wck_plan *plan,
                                 const struct wck_verify_request *request,
                                 struct wck_error *err)
{
    struct wck_verify_request large = *request;
    const struct choice choice = {.kernel = wck_kernel_find("bilinear"),
                                  .border = request->border != NULL ? request->border
                                                                    : wck_border_row(0),
                                  .layout = "HW",
                                  .dtype = WCK_FLOAT64};

    large.source_height = LARGE_HEIGHT;
    large.source_width = LARGE_WIDTH;
    large.matrix = matrices[1];
    large.direction = WCK_OUTPUT_TO_SOURCE;
    large.border_values = request->border_values > 1 ? 1 : request->border_values;
    return add(plan, &large, &choice, err);
}

/* Where sizes leave room for them: one plane, of one channel by turns. */
static enum wck_status add_thin(struct wck_plan *plan,
                                const struct wck_verify_request *request,
                                const struct wck_kernel *kernel, struct wck_error *err)
{
    struct wck_verify_request thin = *request;
    enum wck_status status = WCK_OK;

    thin.matrix = thin_matrix;
    thin.direction = WCK_OUTPUT_TO_SOURCE;
    thin.border_values = request->border_values > 1 ? 1 : request->border_values;
    thin.channels = 1;
    for (size_t k = 0; k < THIN * wck_border_count() && status == WCK_OK; k++) {
        const size_t *size = thin_sizes[k % THIN];
        const struct choice choice = {.kernel = kernel,
                                      .border = wck_border_row(k / THIN),
                                      .layout = k % 2 == 0 ? "HW" : "CHW",
                                      .dtype = WCK_FLOAT64};

        thin.source_height = size[0];
        thin.source_width = size[1];
        thin.output_height = size[2];
        thin.output_width = size[3];
        if (request->border == NULL || request->border == choice.border)
            status = add(plan, &thin, &choice, err);
    }
    return status;
}

/* Bilinear, and the first kernel of four taps, whose windows are wider than the image.
 */
static enum wck_status add_all_thin(struct wck_plan *plan,
                                    const struct wck_verify_request *request,
                                    struct wck_error *err)
{
    enum wck_status status = WCK_OK;
    bool wide = false;

    for (size_t k = 0; k < wck_kernel_count() && status == WCK_OK; k++) {
        const struct wck_kernel *kernel = wck_kernel_row(k);
        bool four = !wide && kernel->support == 4;

        wide = wide || four;
        if ((four || strcmp(kernel->name, "bilinear") == 0) &&
            (request->kernel == NULL || request->kernel == kernel))
            status = add_thin(plan, request, kernel, err);
    }
    return status;
}

/* More channels than colours and a mask are. */
static enum wck_status add_channels(struct wck_plan *plan,
                                    const struct wck_verify_request *request,
                                    struct wck_error *err)
{
    struct wck_verify_request many = *request;
    const struct choice choice = {.kernel = wck_kernel_find("bilinear"),
                                  .border = request->border != NULL ? request->border
                                                                    : wck_border_row(0),
                                  .layout = "HWC",
                                  .dtype = WCK_FLOAT64};

    many.border_values = request->border_values > 1 ? 1 : request->border_values;
    many.channels = MANY_CHANNELS;
    return add(plan, &many, &choice, err);
}

static enum wck_status check(const struct wck_verify_request *request,
                             struct wck_error *err)
{
    if (request->level < 0 || request->level > WCK_VERIFY_LEVELS)
        return wck_error_set(err, WCK_INVALID, "levels are 1 to %d", WCK_VERIFY_LEVELS);
    if (request->channels > WCK_PROBLEM_CHANNELS ||
        request->border_values > WCK_PROBLEM_CHANNELS)
        return wck_error_set(err, WCK_INVALID, "verify takes up to %d channels",
                             WCK_PROBLEM_CHANNELS);
    if (request->layout != NULL && !wck_layout_valid(request->layout))
        return wck_error_set(err, WCK_INVALID, "'%s' is not a layout", request->layout);
    if (request->dtype != NULL && !(wck_dtype_row(*request->dtype)->roundoff > 0.0))
        return wck_error_set(err, WCK_INVALID, "verify takes floats, not %s",
                             wck_dtype_row(*request->dtype)->name);
    return WCK_OK;
}

enum wck_status wck_plan_make(struct wck_plan *plan,
                              const struct wck_verify_request *request,
                              struct wck_error *err)
{
    enum wck_status status = check(request, err);
    size_t most;

    *plan = (struct wck_plan){0};
    if (status != WCK_OK)
        return status;
    most = 2 + 2 * THIN * wck_border_count() +
           level_of(request)->seeds * wck_kernel_count() * wck_border_count() *
               LAYOUTS * PAIRS;
    plan->problems = calloc(most, sizeof *plan->problems);
    plan->border_value = calloc(WCK_PROBLEM_CHANNELS, sizeof *plan->border_value);
    if (plan->problems == NULL || plan->border_value == NULL)
        return wck_error_no_memory(err);
    wck_plan_fill_zero(plan, false);
    for (size_t c = 0; request->border_values > 0 && c < WCK_PROBLEM_CHANNELS; c++)
        plan->border_value[c] = request->border_value[c % request->border_values];
    for (size_t s = 0; s < level_of(request)->seeds && status == WCK_OK; s++)
        status = add_kernels(plan, request, s, err);
    if (status == WCK_OK && wants_large(request))
        status = add_large(plan, request, err);
    if (status == WCK_OK && wants_thin(request))
        status = add_all_thin(plan, request, err);
    if (status == WCK_OK && wants_thin(request) && wants_large(request))
        status = add_channels(plan, request, err);
    return status;
}

void wck_plan_fill_zero(struct wck_plan *plan, bool zero)
{
    for (size_t c = 0; c < WCK_PROBLEM_CHANNELS; c++)
        plan->border_value[c] = zero ? 0.0 : 0.4375 + 0.03125 * (double)c;
}

void wck_plan_release(struct wck_plan *plan)
{
    free(plan->problems);
    free(plan->border_value);
    *plan = (struct wck_plan){0};
}
