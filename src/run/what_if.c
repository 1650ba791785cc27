#include "src/run/what_if.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/run/landing.h"
#include "src/run/note.h"
#include "src/run/what_if_row.h"

#define JITTER 0.25 /* source pixels, exact in binary */

static enum wck_status try_kernels(struct wck_survey *survey,
                                   const struct wck_survey_request *request,
                                   struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; status == WCK_OK && i < wck_kernel_count(); i++) {
        struct wck_what_if_trial trial = wck_what_if_begin(survey, request);

        trial.warp.kernel = wck_kernel_row(i);
        if (trial.warp.kernel == request->warp->kernel ||
            wck_warp_check(&trial.warp, NULL) != WCK_OK)
            continue;
        wck_text_printf(&trial.remedy, "kernel %s", trial.warp.kernel->name);
        wck_text_printf(&trial.cost, "another output: %s", trial.warp.kernel->summary);
        if (trial.warp.kernel->order > 0)
            wck_text_printf(&trial.cost, "; the gradient is that of the coefficients");
        wck_text_printf(&trial.options, "--kernel %s", trial.warp.kernel->name);
        status = wck_what_if_finish(&trial, err);
    }
    return status;
}

static enum wck_status try_borders(struct wck_survey *survey,
                                   const struct wck_survey_request *request,
                                   struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; status == WCK_OK && i < wck_border_count(); i++) {
        struct wck_what_if_trial trial = wck_what_if_begin(survey, request);

        trial.warp.border = wck_border_row(i);
        if (trial.warp.border == request->warp->border)
            continue;
        wck_text_printf(&trial.remedy, "border %s", trial.warp.border->name);
        wck_text_printf(&trial.cost, "another output outside the image: %s",
                        trial.warp.border->summary);
        wck_text_printf(&trial.options, "--border %s", trial.warp.border->name);
        status = wck_what_if_finish(&trial, err);
    }
    return status;
}

static bool is_moved(const struct wck_landing *landing)
{
    return fabs(landing->shift_x) > 0.0 || fabs(landing->shift_y) > 0.0;
}

static void describe_output(struct wck_what_if_trial *trial,
                            const struct wck_landing *landing)
{
    bool moved = is_moved(landing);
    double outputs = (double)wck_warp_samples(&trial->warp);

    wck_text_printf(&trial->remedy, "output %zux%zu", landing->height, landing->width);
    if (moved)
        wck_text_printf(&trial->remedy, " moved by (%.0f, %.0f)", landing->shift_x,
                        landing->shift_y);
    wck_text_printf(&trial->cost,
                    "another output, the smallest that has the whole image in view: "
                    "%.3g times the output pixels",
                    outputs / (double)wck_warp_samples(trial->request->warp));
    wck_text_printf(&trial->options, "--output %zux%zu", landing->height,
                    landing->width);
    if (moved) {
        wck_text_append(&trial->options, " ", 1);
        wck_what_if_print_matrix(&trial->options, landing->matrix);
    }
}

static enum wck_status try_output(struct wck_survey *survey,
                                  const struct wck_survey_request *request,
                                  struct wck_error *err)
{
    struct wck_what_if_trial trial = wck_what_if_begin(survey, request);
    const struct wck_map *map = &request->warp->map;
    struct wck_landing landing;
    enum wck_status status;

    if (survey->coverage.pixels_covered == survey->coverage.pixels_total)
        return WCK_OK;
    status = wck_landing_find(&landing, request->warp, err);
    if (status != WCK_OK)
        return status;
    if (!landing.tried)
        return wck_note_add(
            survey, err,
            "No output size is offered that has the whole image in "
            "view: it would need more than %zu output pixels, or lies further "
            "off than 2^31 pixels.",
            WCK_LANDING_SAMPLES);
    if (landing.width <= request->warp->output_width &&
        landing.height <= request->warp->output_height && !is_moved(&landing))
        return WCK_OK; /* it is all in view already */
    trial.whole = true;
    trial.warp.output_width = landing.width;
    trial.warp.output_height = landing.height;
    trial.shift_x = (int64_t)landing.shift_x;
    trial.shift_y = (int64_t)landing.shift_y;
    status = wck_map_affine(&trial.warp.map, landing.matrix, map->direction, err);
    if (status != WCK_OK)
        return status;
    describe_output(&trial, &landing);
    return wck_what_if_finish(&trial, err);
}

/* Moves every sample by JITTER source pixels along x and y. */
static enum wck_status try_jitter(struct wck_survey *survey,
                                  const struct wck_survey_request *request,
                                  struct wck_error *err)
{
    struct wck_what_if_trial trial = wck_what_if_begin(survey, request);
    const struct wck_map *map = &request->warp->map;
    bool forward = map->direction == WCK_SOURCE_TO_OUTPUT;
    enum wck_status status;
    double m[6];

    memcpy(m, map->matrix, sizeof m);
    m[2] += forward ? -JITTER * (m[0] + m[1]) : JITTER;
    m[5] += forward ? -JITTER * (m[3] + m[4]) : JITTER;
    status = wck_map_affine(&trial.warp.map, m, map->direction, err);
    if (status != WCK_OK)
        return status;
    wck_text_printf(&trial.remedy, "jitter of 1/4 pixel");
    wck_text_printf(&trial.cost, "another output, a little blurred; draw the jitter "
                                 "anew for every step");
    wck_what_if_print_matrix(&trial.options, m);
    return wck_what_if_finish(&trial, err);
}

static enum wck_status try_straight_through(struct wck_survey *survey,
                                            const struct wck_survey_request *request,
                                            struct wck_error *err)
{
    struct wck_what_if_trial trial = wck_what_if_begin(survey, request);

    trial.surrogate = true;
    wck_text_printf(&trial.remedy, "straight-through");
    wck_text_printf(&trial.cost,
                    "each of the n taps of a sample that weighs 0 is given the "
                    "gradient of a weight of 1/n: not the true derivative");
    return wck_what_if_straight_through(&trial, err);
}

bool wck_what_if_serves(const struct wck_warp *warp)
{
    return warp->map.kind == WCK_MAP_AFFINE && warp->map.output_units == NULL &&
           warp->map.source_units == NULL;
}

enum wck_status wck_what_if_try(struct wck_survey *survey,
                                const struct wck_survey_request *request,
                                struct wck_error *err)
{
    static enum wck_status (*const remedies[])(
        struct wck_survey *, const struct wck_survey_request *, struct wck_error *) = {
        try_kernels,
        try_borders,
        try_output,
        try_jitter,
        wck_what_if_multi_sampling,
        wck_what_if_mipmap,
        wck_what_if_prefilter,
        try_straight_through,
    };
    size_t outputs = wck_warp_samples(request->warp);
    enum wck_status status = WCK_OK;

    survey->revived = calloc(survey->coverage.pixels_total, sizeof *survey->revived);
    if (survey->revived == NULL)
        return wck_error_no_memory(err);
    for (size_t i = 0; status == WCK_OK && i < sizeof remedies / sizeof *remedies; i++)
        status = remedies[i](survey, request, err);
    if (status == WCK_OK && outputs > WCK_COST_OUTPUTS)
        status = wck_note_add(survey, err,
                              "Bias and work of the what-if table are measured on %zu "
                              "of %zu outputs, spread evenly.",
                              WCK_COST_OUTPUTS, outputs);
    return status;
}
