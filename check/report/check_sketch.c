/* The map in a text: check_text_report.c has the rest of it. */
#include <check.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/suites.h"
#include "src/report/paragraph.h"

static void assert_says(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) != NULL, "no \"%s\" in\n%s", part,
                  wck_text_string(text));
}

static void assert_silent(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) == NULL, "\"%s\" in\n%s", part,
                  wck_text_string(text));
}

/* Commands are to be copied, so they stay on one line. */
static void assert_narrow(const struct wck_text *text)
{
    for (const char *line = wck_text_string(text); *line != '\0';) {
        size_t size = strcspn(line, "\n");

        ck_assert_msg(size <= WCK_COLUMNS || strstr(line, "warpcheck ") != NULL,
                      "%zu columns: %.*s", size, (int)size, line);
        line += size + (line[size] == '\n');
    }
}

static struct wck_text sketch_of(struct scene *scene, enum wck_sketch sketch)
{
    scene->report.sketch = sketch;
    return scene_write(scene, "text");
}

START_TEST(a_map_in_letters_shows_every_fault_and_the_gradients_size)
{
    struct scene scene;
    struct wck_text text;
    const char *map;

    scene_faults(&scene);
    text = sketch_of(&scene, WCK_SKETCH_LETTERS);
    /* 9 rows of 7 are 5 lines; the faults are at (4, 3) and (3, 4). */
    map = strstr(wck_text_string(&text), "gradient.npy.\n\n");
    ck_assert_ptr_nonnull(map);
    map += strlen("gradient.npy.\n\n");
    ck_assert_int_eq(map[8 + 4], 'b');
    ck_assert_int_eq(map[16 + 3], 'n');
    ck_assert_ptr_eq(strstr(map, "A character is 2x1 pixels: '.' to '@' small"),
                     map + 5 * 8);
    assert_says(&text, "; b lost-in-backward; n\nnon-finite\n");
    wck_text_release(&text);
    scene.report.sketch = WCK_SKETCH_NONE;
    text = scene_write(&scene, "text");
    assert_silent(&text, "A character is");
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

/* Lines of a text up to its legend, the longest of them in `columns`. */
static size_t count_lines(const struct wck_text *text, size_t *columns)
{
    const char *line = strstr(wck_text_string(text), "float32.\n\n");
    size_t lines = 0;

    ck_assert_ptr_nonnull(line);
    *columns = 0;
    for (line += strlen("float32.\n\n"); strncmp(line, "A character", 11) != 0;
         lines++) {
        size_t size = strcspn(line, "\n");

        *columns = size > *columns ? size : *columns;
        line += size + 1;
    }
    return lines;
}

START_TEST(a_map_is_no_larger_than_a_screen)
{
    static const size_t sizes[][4] = {
        /* height, width; lines, columns */
        {36, 76, 18, 76}, {37, 76, 10, 38}, {1000, 10, 18, 1},  {10, 1000, 1, 72},
        {2, 2, 1, 2},     {3, 1, 2, 1},     {720, 1280, 18, 64}};
    struct scene scene;
    struct wck_text text;
    size_t columns;

    scene_large(&scene, sizes[_i][0], sizes[_i][1]);
    text = sketch_of(&scene, WCK_SKETCH_LETTERS);
    ck_assert_uint_eq(count_lines(&text, &columns), sizes[_i][2]);
    ck_assert_uint_eq(columns, sizes[_i][3]);
    assert_narrow(&text);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(a_map_in_colours_sets_a_colour_only_where_it_changes)
{
    struct scene scene;
    struct wck_text text;
    const char *upper;
    size_t colours = 0;

    scene_story(&scene);
    text = sketch_of(&scene, WCK_SKETCH_PALETTE);
    upper = strstr(wck_text_string(&text), "float32.\n\n");
    ck_assert_ptr_nonnull(upper);
    /* The corner, which border replicate gives most; the edge; what is out of view. */
    for (const char *c = upper; *c != '\0' && strncmp(c, "\033[0m", 4) != 0; c++)
        colours += strncmp(c, "\033[38;5;", 7) == 0;
    ck_assert_uint_eq(colours, 3);
    /* The lightest colour of the ramp, 240 252 234, is (255, 255, 215) of the cube. */
    assert_says(&text, "\n\n\033[38;5;230m\033[48;5;");
    assert_says(&text, "\xe2\x96\x80\xe2\x96\x80\xe2\x96\x80");
    assert_says(&text, "\033[0m zero-weight\n");
    wck_text_release(&text);
    text = sketch_of(&scene, WCK_SKETCH_BLOCKS);
    assert_says(&text, "\n\n\033[38;2;240;252;234m\033[48;2;");
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(a_picture_is_sent_in_pieces_of_which_the_last_says_so)
{
    struct scene scene;
    struct wck_text text;
    const char *piece;
    size_t pieces = 0, last = 0;

    scene_faults(&scene);
    text = sketch_of(&scene, WCK_SKETCH_KITTY);
    piece = strstr(wck_text_string(&text), "\033_Ga=T,f=100,q=2,c=7,r=5,m=");
    for (; piece != NULL; piece = strstr(piece + 1, "\033_G"), pieces++) {
        const char *data = strchr(piece, ';') + 1;

        ck_assert_uint_le(strcspn(data, "\033"), 4096);
        ck_assert_int_eq(strncmp(data + strcspn(data, "\033"), "\033\\", 2), 0);
        ck_assert_uint_eq(last, 0);
        last = data[-2] == '0';
    }
    ck_assert_uint_gt(pieces, 0);
    ck_assert_uint_eq(last, 1);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

Suite *wck_sketch_suite(void)
{
    Suite *suite = suite_create("sketch");
    TCase *tcase = tcase_create("sketch");

    tcase_add_test(tcase, a_map_in_letters_shows_every_fault_and_the_gradients_size);
    tcase_add_loop_test(tcase, a_map_is_no_larger_than_a_screen, 0, 7);
    tcase_add_test(tcase, a_map_in_colours_sets_a_colour_only_where_it_changes);
    tcase_add_test(tcase, a_picture_is_sent_in_pieces_of_which_the_last_says_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
