#include "src/checker/mapped.h"

#include <stdlib.h>

enum wck_status wck_mapped_init(struct wck_mapped *mapped,
                                const struct wck_problem *problem,
                                struct wck_error *err)
{
    enum wck_dtype dtype = wck_problem_coordinate_dtype(problem);
    size_t samples = wck_warp_samples(&problem->warp);
    struct wck_block one;
    enum wck_status status;

    *mapped = (struct wck_mapped){.problem = *problem};
    status = wck_block_init(&one, &problem->warp, 1, err);
    if (status != WCK_OK)
        return status;
    mapped->x = calloc(2 * samples, sizeof *mapped->x);
    if (mapped->x == NULL) {
        wck_block_release(&one);
        return wck_error_no_memory(err);
    }
    mapped->y = mapped->x + samples;
    for (size_t i = 0; i < samples; i++) {
        wck_block_fill(&one, &problem->warp, i, 1);
        mapped->x[i] = wck_dtype_round(dtype, one.x[0]);
        mapped->y[i] = wck_dtype_round(dtype, one.y[0]);
    }
    wck_block_release(&one);
    mapped->problem.warp.map = wck_map_coordinates(mapped->x, mapped->y);
    return WCK_OK;
}

void wck_mapped_release(struct wck_mapped *mapped)
{
    free(mapped->x);
}

enum wck_status wck_mapped_judge(struct wck_trial *trial,
                                 enum wck_status (*judge)(struct wck_trial *trial,
                                                          struct wck_trial *by,
                                                          struct wck_error *err),
                                 struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""}, why = {WCK_OK, ""};
    struct wck_trial by = *trial;
    struct wck_mapped mapped;
    enum wck_status status = judge(trial, trial, &refusal);

    if (status == WCK_UNSUPPORTED && wck_map_has_matrix(&trial->problem->warp.map) &&
        wck_warp_axes(&trial->problem->warp) == 2) {
        status = wck_mapped_init(&mapped, trial->problem, &why);
        by.problem = &mapped.problem;
        if (status == WCK_OK)
            status = judge(trial, &by, &why);
        wck_mapped_release(&mapped);
        if (status != WCK_OK && status != WCK_UNSUPPORTED)
            return wck_error_set(err, status, "%s", why.text);
    }
    return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", refusal.text);
}
