#include "src/cli/chain_options.h"

#include <stdio.h>
#include <string.h>

#define ARROW "->"
#define WORDS 8 /* most of one --then beyond its matrix */

/* The text without what is from `end` on; false where it does not fit. */
static bool cut(const char *text, const char *end, char *to, size_t size)
{
    size_t length = end != NULL ? (size_t)(end - text) : strlen(text);

    if (length >= size)
        return false;
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

static void read_word(const char *word, const char *value, struct wck_then *then,
                      struct wck_error *err)
{
    size_t sizes[3];

    if (strcmp(word, "kernel") == 0 && value != NULL)
        then->kernel = wck_options_find_kernel(value, err);
    else if (strcmp(word, "border") == 0 && value != NULL)
        then->border = wck_options_find_border(value, err);
    else if (wck_options_is_size(word)) {
        wck_options_read_size(word, 2, sizes, err);
        then->height = sizes[0];
        then->width = sizes[1];
    } else
        wck_error_set(err, WCK_INVALID,
                      "--then takes 'MATRIX -> HxW kernel NAME border NAME', of which "
                      "all but the matrix may be left out; not '%s'",
                      word);
}

/* "HxW kernel NAME border NAME", in any order. */
static void read_words(char *text, struct wck_then *then, struct wck_error *err)
{
    char *rest = NULL;
    char *word = strtok_r(text, " \t", &rest);

    while (word != NULL && err->status == WCK_OK) {
        char *value = wck_options_is_size(word) ? NULL : strtok_r(NULL, " \t", &rest);

        read_word(word, value, then, err);
        word = strtok_r(NULL, " \t", &rest);
    }
}

static void read_then(const char *arg, struct wck_then *then, struct wck_error *err)
{
    const char *arrow = strstr(arg, ARROW);
    char matrix[512], words[256] = "";

    *then = (struct wck_then){0};
    if (!cut(arg, arrow, matrix, sizeof matrix) ||
        (arrow != NULL && !cut(arrow + strlen(ARROW), NULL, words, sizeof words))) {
        wck_error_set(err, WCK_INVALID, "--then: the text is too long");
        return;
    }
    wck_options_read_matrix(matrix, then->matrix, err);
    if (err->status == WCK_OK)
        read_words(words, then, err);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_chain_options *options = state->input;
    struct wck_error err = {0};

    if (key != WCK_KEY_THEN)
        return ARGP_ERR_UNKNOWN;
    if (options->count == WCK_LINKS - 1)
        wck_usage(state, "a chain has at most %d warps", WCK_LINKS);
    read_then(arg, &options->then[options->count++], &err);
    if (err.status != WCK_OK)
        wck_usage(state, "%s", err.text);
    return 0;
}

static const struct argp_option chain_options[] = {
    {"then", WCK_KEY_THEN, "'MATRIX -> HxW kernel NAME border NAME'", 0,
     "warp the output again, by another 2x3 matrix; all but the matrix may be left "
     "out. "
     "Once for each further warp",
     0},
    {0},
};

const struct argp wck_chain_argp = {.options = chain_options, .parser = parse};

enum wck_status wck_chain_options_links(const struct wck_chain_options *options,
                                        const struct wck_warp *first,
                                        struct wck_warp links[WCK_LINKS],
                                        struct wck_error *err)
{
    struct wck_error why = {0};

    links[0] = *first;
    for (size_t k = 0; k < options->count; k++) {
        const struct wck_then *then = &options->then[k];
        const struct wck_warp *before = &links[k];
        struct wck_warp *warp = &links[k + 1];

        *warp = *first;
        warp->source_height = before->output_height;
        warp->source_width = before->output_width;
        warp->output_height = then->height > 0 ? then->height : before->output_height;
        warp->output_width = then->width > 0 ? then->width : before->output_width;
        warp->kernel = then->kernel != NULL ? then->kernel : first->kernel;
        warp->border = then->border != NULL ? then->border : first->border;
        if (wck_map_affine(&warp->map, then->matrix, first->map.direction, &why) !=
            WCK_OK)
            return wck_error_set(err, WCK_INVALID, "warp %zu: %s", k + 2, why.text);
    }
    return WCK_OK;
}
