/* Scene: surveys for the tests of the writers to write. */
#ifndef CHECK_REPORT_SCENE_H
#define CHECK_REPORT_SCENE_H

#include "src/run/survey.h"

struct scene {
    struct wck_warp warp;
    struct wck_survey_request request;
    struct wck_survey survey;
    struct wck_coverage_report report;
    struct wck_image gradient; /* recorded, where the scene has one */
};

/* Image 64x64x3, moved by (10, 20): 2376 pixels covered, 1621 out of view and 99 of
 * weight 0; with its remedies. */
void scene_story(struct scene *scene);

/* A 9x7x2 image under a rotation, its gradient recorded, but lost at plane 1, row 3,
 * column 4, NaN at plane 0, row 4, column 3, and spurious where nothing is read: plane
 * 0, row 8, column 0. */
void scene_faults(struct scene *scene);

/* An image of height x width with one pixel in view. */
void scene_large(struct scene *scene, size_t height, size_t width);

void scene_release(struct scene *scene);

/* What the format of that name makes of it; release the text. */
struct wck_text scene_write(const struct scene *scene, const char *format);

#endif
