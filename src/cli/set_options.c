#include "src/cli/set_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/progress.h"

struct wck_set_options wck_set_options_default(void)
{
    return (struct wck_set_options){.draws = {.scale = {1.0, 1.0}}};
}

bool wck_set_options_any(const struct wck_set_options *options)
{
    return options->matrices != NULL || options->draws.count > 0;
}

/* "LOW:HIGH", or one number for both; finite, within the limits, these left out. */
static void read_range(const char *text, const char *option, double above, double below,
                       struct wck_range *range, struct wck_error *err)
{
    const char *colon = strchr(text, ':');
    size_t low = colon != NULL ? (size_t)(colon - text) : strlen(text);
    char first[64] = "";
    bool read = low < sizeof first;

    if (read)
        memcpy(first, text, low);
    read =
        read && wck_text_read_numbers(first, &range->low, 1) == 1 &&
        wck_text_read_numbers(colon != NULL ? colon + 1 : first, &range->high, 1) == 1;
    if (!read)
        wck_error_set(err, WCK_INVALID,
                      "--%s takes a range LOW:HIGH of finite numbers, not '%s'", option,
                      text);
    else if (range->low > range->high)
        wck_error_set(err, WCK_INVALID, "--%s %s: the range is empty", option, text);
    else if (!(range->low > above && range->high < below))
        wck_error_set(err, WCK_INVALID, "--%s %s: it has to be above %g and below %g",
                      option, text, above, below);
}

static void read_random(const char *arg, struct wck_draws *draws, struct wck_error *err)
{
    if (wck_options_read_count(arg, &draws->count, err) != WCK_OK)
        return;
    if (draws->count == 0 || draws->count > UINT32_MAX)
        wck_error_set(err, WCK_INVALID, "--random takes 1 to %u warps, not %s",
                      UINT32_MAX, arg);
}

/* Ranges beyond this are slips, and their sums with sizes would lose the pixels. */
#define FAR 1e9

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_set_options *options = state->input;
    struct wck_draws *draws = &options->draws;
    struct wck_error err = {0};

    wck_given_once(&options->given, key, state);
    switch (key) {
    case WCK_KEY_MATRICES:
        options->matrices = arg;
        break;
    case WCK_KEY_RANDOM:
        read_random(arg, draws, &err);
        break;
    case WCK_KEY_ROTATE:
        read_range(arg, "rotate", -FAR, FAR, &draws->rotate, &err);
        break;
    case WCK_KEY_SCALE:
        read_range(arg, "scale", 0.0, FAR, &draws->scale, &err);
        break;
    case WCK_KEY_SHIFT:
        read_range(arg, "shift", -FAR, FAR, &draws->shift, &err);
        break;
    case WCK_KEY_SHEAR:
        read_range(arg, "shear", -90.0, 90.0, &draws->shear, &err);
        break;
    case WCK_KEY_SEED:
        wck_options_read_count(arg, &draws->seed, &err);
        break;
    case ARGP_KEY_END:
        snprintf(options->seed, sizeof options->seed, "seed %llu",
                 (unsigned long long)draws->seed);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return 0;
}

static const struct argp_option set_options[] = {
    {"matrices", WCK_KEY_MATRICES, "FILE", 0,
     "a matrix a line, six or nine numbers, '#' begins a comment; '-' is standard "
     "input",
     0},
    {"random", WCK_KEY_RANDOM, "N", 0,
     "N random warps about the centre, from the ranges below (default: none of it)", 0},
    {"rotate", WCK_KEY_ROTATE, "LOW:HIGH", 0, "degrees, counter-clockwise", 0},
    {"scale", WCK_KEY_SCALE, "LOW:HIGH", 0, "factor", 0},
    {"shift", WCK_KEY_SHIFT, "LOW:HIGH", 0, "pixels of the output, along each axis", 0},
    {"shear", WCK_KEY_SHEAR, "LOW:HIGH", 0, "degrees, of the columns", 0},
    {"seed", WCK_KEY_SEED, "N", 0, "seed of the random warps (default: 0)", 0},
    {0},
};

const struct argp wck_set_argp = {.options = set_options, .parser = parse};

static void check_ranges(const struct wck_set_options *options,
                         const struct argp_state *state)
{
    static const struct {
        int key;
        const char *option;
    } ranges[] = {{WCK_KEY_ROTATE, "rotate"},
                  {WCK_KEY_SCALE, "scale"},
                  {WCK_KEY_SHIFT, "shift"},
                  {WCK_KEY_SHEAR, "shear"},
                  {WCK_KEY_SEED, "seed"}};

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (wck_given_has(&options->given, ranges[i].key))
            wck_usage(state, "--%s says nothing without --random", ranges[i].option);
    }
}

static bool has_range(const struct wck_set_options *options)
{
    const struct wck_given *given = &options->given;

    return wck_given_has(given, WCK_KEY_ROTATE) ||
           wck_given_has(given, WCK_KEY_SCALE) || wck_given_has(given, WCK_KEY_SHIFT) ||
           wck_given_has(given, WCK_KEY_SHEAR);
}

void wck_set_options_check(const struct wck_set_options *options,
                           const struct wck_warp_options *warp,
                           const struct argp_state *state)
{
    bool random = options->draws.count > 0, file = options->matrices != NULL;

    if (file + random + wck_given_has(&warp->given, WCK_KEY_MATRIX) > 1)
        wck_usage(state, "--matrix, --matrices and --random each say the warp: give "
                         "one of them");
    if (random && warp->direction == WCK_OUTPUT_TO_SOURCE)
        wck_usage(state, "--inverse-map does not go with --random, whose matrices go "
                         "from source to output");
    if (!random)
        check_ranges(options, state);
    else if (!has_range(options))
        wck_usage(state, "--random without a range makes the same warp each time: say "
                         "--rotate, --scale, --shift or --shear");
}

static enum wck_status run_matrices(const struct wck_set_options *options,
                                    enum wck_direction direction,
                                    struct wck_set_request *request,
                                    struct wck_set_survey *survey,
                                    struct wck_error *err)
{
    struct wck_matrices matrices;
    enum wck_status status = wck_matrices_open(&matrices, options->matrices,
                                               request->survey.warp, direction, err);

    request->next = wck_matrices_next;
    request->state = &matrices;
    request->name = options->matrices;
    request->warps = direction == WCK_SOURCE_TO_OUTPUT
                         ? "by matrices from source to output"
                         : "by matrices from output to source";
    if (status == WCK_OK)
        status = wck_set_survey_run(survey, request, err);
    wck_matrices_close(&matrices);
    return status;
}

static enum wck_status run_draws(const struct wck_set_options *options,
                                 struct wck_set_request *request,
                                 struct wck_set_survey *survey, struct wck_error *err)
{
    struct wck_draws draws = options->draws;

    draws.warp = request->survey.warp;
    request->next = wck_draws_next;
    request->state = &draws;
    request->name = options->seed;
    request->warps = "by random matrices from source to output";
    request->sample = true;
    request->total = (size_t)draws.count;
    return wck_set_survey_run(survey, request, err);
}

enum wck_status wck_set_options_run(const struct wck_set_options *options,
                                    enum wck_direction direction,
                                    struct wck_set_request *request,
                                    struct wck_set_survey *survey,
                                    struct wck_error *err)
{
    struct wck_progress progress = wck_progress_begin("warps");
    enum wck_status status;

    request->progress = wck_progress_tell;
    request->progress_state = &progress;
    status = options->matrices != NULL
                 ? run_matrices(options, direction, request, survey, err)
                 : run_draws(options, request, survey, err);
    wck_progress_end(&progress);
    request->progress = NULL;
    request->progress_state = NULL;
    return status;
}
