#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/report/verification.h"
#include "check/suites.h"
#include "src/report/rectangles.h"

/* Paints every rectangle of a class onto `pixels`, and counts them.  No pixel is
 * painted twice, none outside the image. */
static size_t paint(const struct wck_text *path, const struct wck_coverage *coverage,
                    unsigned char *pixels, unsigned char code)
{
    const char *at = wck_text_string(path);
    size_t count = 0;

    for (; *at != '\0'; count++) {
        size_t x, y, width, height, back;
        int size = 0;

        ck_assert_int_eq(sscanf(at, "M%zu %zuh%zuv%zuh-%zuz%n", &x, &y, &width, &height,
                                &back, &size),
                         5);
        ck_assert_int_gt(size, 0);
        ck_assert(width > 0 && height > 0 && back == width);
        ck_assert(x + width <= coverage->width && y + height <= coverage->height);
        for (size_t p = 0; p < width * height; p++) {
            size_t q = (y + p / width) * coverage->width + x + p % width;

            ck_assert_uint_eq(pixels[q], UINT8_MAX);
            pixels[q] = code;
        }
        at += size;
    }
    return count;
}

static unsigned char *paint_all(const struct wck_rectangles *rectangles,
                                const struct wck_coverage *coverage)
{
    unsigned char *pixels = malloc(coverage->pixels_total);
    size_t count = 0;

    memset(pixels, UINT8_MAX, coverage->pixels_total);
    for (size_t k = 0; k < WCK_RECTANGLE_CLASSES; k++)
        count += paint(&rectangles->path[k], coverage, pixels,
                       k < WCK_RECTANGLE_STEPS
                           ? WCK_COVERED
                           : (unsigned char)(1 + k - WCK_RECTANGLE_STEPS));
    ck_assert_uint_eq(count, rectangles->count);
    return pixels;
}

START_TEST(every_pixel_lies_in_one_rectangle_of_its_reason)
{
    struct scene scene;
    struct wck_rectangles rectangles;
    const struct wck_coverage *c = &scene.survey.coverage;
    unsigned char *pixels;

    scene_story(&scene);
    ck_assert_int_eq(wck_rectangles_make(&rectangles, c, NULL), WCK_OK);
    ck_assert_uint_eq(rectangles.block, 1);
    pixels = paint_all(&rectangles, c);
    for (size_t p = 0; p < c->pixels_total; p++)
        ck_assert_uint_eq(pixels[p], c->pixel_reason[p]);
    /* The corner, two edges and the inside; two strips of weight 0; the rest is cut
     * into what is right of all, what is below, and so on. */
    ck_assert_uint_lt(rectangles.count, 12);
    free(pixels);
    wck_rectangles_release(&rectangles);
    scene_release(&scene);
}
END_TEST

START_TEST(a_map_of_too_many_rectangles_is_made_of_larger_cells)
{
    size_t side = 300;
    unsigned char *reason = malloc(side * side);
    double *magnitude = calloc(side * side, sizeof *magnitude);
    uint32_t *reads = calloc(side * side, sizeof *reads);
    struct wck_coverage coverage = {.planes = 1,
                                    .height = side,
                                    .width = side,
                                    .reason = reason,
                                    .pixel_reason = reason,
                                    .magnitude = magnitude,
                                    .reads = reads,
                                    .weight = magnitude,
                                    .pixels_total = side * side};
    struct wck_rectangles rectangles;
    unsigned char *pixels;

    /* A chessboard of two reasons: a rectangle for each cell, whatever the order. */
    for (size_t p = 0; p < side * side; p++)
        reason[p] = (unsigned char)(1 + (p % side / 2 + p / side / 2) % 2);
    ck_assert_int_eq(wck_rectangles_make(&rectangles, &coverage, NULL), WCK_OK);
    ck_assert_uint_gt(rectangles.block, 1);
    ck_assert_uint_le(rectangles.count, WCK_RECTANGLES_MOST);
    pixels = paint_all(&rectangles, &coverage);
    for (size_t p = 0; p < side * side; p++)
        ck_assert_uint_ne(pixels[p], UINT8_MAX);
    free(pixels);
    wck_rectangles_release(&rectangles);
    free(reason);
    free(magnitude);
    free(reads);
}
END_TEST

/* The ends of the lines of a path of M and L. */
static size_t read_lines(const char *path, double ends[16])
{
    size_t count = 0;
    int size = 0;

    for (; *path == 'M' || *path == 'L'; path += size, count++) {
        ck_assert_uint_lt(count, 8);
        ck_assert_int_eq(sscanf(path + 1, "%lf %lf%n", &ends[2 * count],
                                &ends[2 * count + 1], &size),
                         2);
        size++;
    }
    ck_assert_int_eq(*path, '"');
    return count;
}

static size_t frame_of(const struct wck_text *text, double ends[16])
{
    const char *frame = strstr(wck_text_string(text), "id=\"frame\"");

    ck_assert_ptr_nonnull(frame);
    frame = strstr(frame, " d=\"");
    ck_assert_ptr_nonnull(frame);
    return read_lines(frame + strlen(" d=\""), ends);
}

START_TEST(the_frame_is_drawn_where_it_is_in_view)
{
    struct scene scene;
    struct wck_text text;
    double ends[16], scale = 640.0 / 80.0;

    scene_story(&scene);
    /* From (-10.5, -20.5) to (53.5, 43.5); in view are -10.5 and -16.5 to 63.5. */
    text = scene_write(&scene, "svg");
    ck_assert_uint_eq(frame_of(&text, ends), 6);
    /* The right side is cut at the top, the bottom is whole, the left side cut. */
    ck_assert_double_eq_tol(ends[0], 64.0 + 64.0 * scale, 1e-3);
    ck_assert_double_eq_tol(ends[1], 72.0, 1e-3);
    ck_assert_double_eq_tol(ends[3], 72.0 + 60.0 * scale, 1e-3);
    ck_assert_double_eq_tol(ends[6], 64.0, 1e-3);
    ck_assert_double_eq_tol(ends[7], 72.0 + 60.0 * scale, 1e-3);
    ck_assert_double_eq_tol(ends[11], 72.0, 1e-3);
    wck_text_release(&text);
    scene.report.framed = false; /* of a set */
    text = scene_write(&scene, "svg");
    ck_assert_ptr_null(strstr(wck_text_string(&text), "frame"));
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(a_plot_says_its_numbers_and_defines_what_it_uses)
{
    struct scene scene;
    struct wck_text text;
    const char *plot;

    scene_story(&scene);
    text = scene_write(&scene, "svg");
    plot = wck_text_string(&text);
    ck_assert_ptr_nonnull(strstr(plot, "<title>7128 of 12288 entries (58.01%)"));
    ck_assert_ptr_nonnull(strstr(plot, ">out-of-view: 1621 pixels, 4863 entries<"));
    ck_assert_ptr_nonnull(strstr(plot, ">zero-weight: 99 pixels, 297 entries<"));
    ck_assert_ptr_null(strstr(plot, "skipped"));
    ck_assert_ptr_null(strstr(plot, ">-0<"));
    for (const char *use = plot; (use = strstr(use, "url(#")) != NULL; use++) {
        char id[80];

        snprintf(id, sizeof id, "<pattern id=\"%.*s\"", (int)strcspn(use + 5, ")"),
                 use + 5);
        ck_assert_msg(strstr(plot, id) != NULL, "no %s", id);
    }
    ck_assert_uint_lt(text.size, 6000);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(a_large_image_makes_a_small_plot)
{
    struct scene scene;
    struct wck_text text;

    scene_large(&scene, 1500, 900);
    text = scene_write(&scene, "svg");
    ck_assert_uint_lt(text.size, 6000);
    ck_assert_ptr_nonnull(strstr(wck_text_string(&text), "A cell is 2x2 pixels"));
    wck_text_release(&text);
    scene.report.image_name = verification_hostile_name;
    text = scene_write(&scene, "svg");
    ck_assert_ptr_null(strstr(wck_text_string(&text), verification_hostile_name));
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

Suite *wck_svg_suite(void)
{
    Suite *suite = suite_create("svg");
    TCase *tcase = tcase_create("svg");

    tcase_add_test(tcase, every_pixel_lies_in_one_rectangle_of_its_reason);
    tcase_add_test(tcase, a_map_of_too_many_rectangles_is_made_of_larger_cells);
    tcase_add_test(tcase, the_frame_is_drawn_where_it_is_in_view);
    tcase_add_test(tcase, a_plot_says_its_numbers_and_defines_what_it_uses);
    tcase_add_test(tcase, a_large_image_makes_a_small_plot);
    suite_add_tcase(suite, tcase);
    return suite;
}
