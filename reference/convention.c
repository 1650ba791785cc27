#include "reference/conventions.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static const struct wck_convention *const tables[] = {
    wck_conventions_opencv, wck_conventions_torch, wck_conventions_scipy,
    wck_conventions_other, wck_conventions_own};

const struct wck_convention *wck_convention_row(size_t row)
{
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (const struct wck_convention *at = tables[i]; at->name != NULL; at++) {
            if (row-- == 0)
                return at;
        }
    }
    return NULL;
}

size_t wck_convention_count(void)
{
    size_t count = 0;

    while (wck_convention_row(count) != NULL)
        count++;
    return count;
}

/* What others call a library, or a function of it. */
static const struct {
    const char *called, *name;
} aliases[] = {
    {"cv2", "opencv"},       {"cv", "opencv"}, {"F", "torch"},
    {"pillow", "pil"},       {"sitk", "itk"},  {"SimpleITK", "itk"},
    {"onnxruntime", "onnx"}, {"ort", "onnx"},  {"ResampleImageFilter", "resample"},
};

/* Is `called`, `length` bytes of it, that name or another for it? */
static bool is_called(const char *called, size_t length, const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (strlen(aliases[i].called) == length && strcmp(aliases[i].name, name) == 0 &&
            strncasecmp(aliases[i].called, called, length) == 0)
            return true;
    }
    return strlen(name) == length && strncasecmp(name, called, length) == 0;
}

/* A library and a function, whatever modules stand between them:
 * "torch.nn.functional.grid_sample" is torch.grid_sample. */
static bool is_path_to(const char *path, const char *name)
{
    const char *function = strrchr(path, '.'), *own = strrchr(name, '.');
    char library[32];
    size_t length = strcspn(name, ".");

    if (function == NULL || own != name + length || length >= sizeof library)
        return false;
    memcpy(library, name, length);
    library[length] = '\0';
    return is_called(path, strcspn(path, "."), library) &&
           is_called(function + 1, strlen(function + 1), own + 1);
}

const struct wck_convention *wck_convention_find(const char *name)
{
    const struct wck_convention *row;

    for (size_t i = 0; (row = wck_convention_row(i)) != NULL; i++) {
        if (strcasecmp(name, row->name) == 0)
            return row;
    }
    for (size_t i = 0; (row = wck_convention_row(i)) != NULL; i++) {
        if (is_path_to(name, row->name))
            return row;
    }
    return NULL;
}

/* Is `word` one of the blank-separated words? */
static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    if (length == 0 || strchr(word, ' ') != NULL)
        return false;
    for (const char *at = words; (at = strstr(at, word)) != NULL; at += length) {
        bool begins = at == words || at[-1] == ' ';

        if (begins && (at[length] == ' ' || at[length] == '\0'))
            return true;
    }
    return false;
}

const char *wck_convention_layouts(const struct wck_convention *convention)
{
    return convention->layouts != NULL ? convention->layouts : "HW HWC NHWC";
}

const char *wck_convention_layout(const struct wck_convention *convention, int rank)
{
    static const char *const all[] = {"HW",   "HWC",  "CHW",  "DHW",
                                      "NHWC", "NCHW", "NCDHW"};
    const char *layouts = wck_convention_layouts(convention);

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if ((int)strlen(all[i]) == rank && has_word(layouts, all[i]))
            return all[i];
    }
    return NULL;
}

enum wck_status wck_bind_word(const struct wck_binding *table, const char *word,
                              struct wck_warp *warp, struct wck_error *err)
{
    while (table->word != NULL && strcmp(table->word, word) != 0)
        table++;
    if (table->word == NULL)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "'%s' is not served by the reference", word);
    if (table->kernel != NULL)
        warp->kernel = wck_kernel_find(table->kernel);
    if (table->border != NULL)
        warp->border = wck_border_find(table->border);
    if (table->fold != NULL)
        warp->fold = wck_fold_find(table->fold);
    if (table->prefilter != NULL)
        warp->prefilter = wck_prefilter_find(table->prefilter);
    return WCK_OK;
}

/* ---- words as people write them ---- */

#define WORD 32 /* bytes of the longest word */

/* Lower case, without a prefix, blanks and lines: "cv2.BORDER_REFLECT_101" is
 * "reflect101".  Cut short where it is longer than any word. */
static void plain(const char *word, char to[WORD])
{
    static const char *const prefixes[] = {"cv2.", "cv.", "border_", "inter_"};
    size_t length = 0;

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t size = strlen(prefixes[i]);

        if (strncasecmp(word, prefixes[i], size) == 0)
            word += size;
    }
    for (; *word != '\0' && length + 1 < WORD; word++) {
        if (*word != '_' && *word != '-' && *word != ' ')
            to[length++] = (char)tolower((unsigned char)*word);
    }
    to[length] = '\0';
}

/* Copies the listed word that is plainly `wanted`; false where there is none. */
static bool find_plain(const char *words, const char *wanted, char word[WORD])
{
    char listed[WORD];
    size_t length;

    for (const char *at = words; *at != '\0'; at += length + (at[length] == ' ')) {
        length = strcspn(at, " ");
        memcpy(word, at, length);
        word[length] = '\0';
        plain(word, listed);
        if (strcmp(listed, wanted) == 0)
            return true;
    }
    return false;
}

/* What others call it: the first of these that the library has. */
static const struct {
    const char *called, *word;
} others[] = {
    {"linear", "bilinear"},    {"linear", "spline1"},     {"bilinear", "spline1"},
    {"cubic", "bicubic"},      {"cubic", "spline3"},      {"bicubic", "spline3"},
    {"trilinear", "bilinear"}, {"bspline", "spline3"},    {"lanczos", "lanczos4"},
    {"default", "reflect101"}, {"reflect", "reflection"}, {"zero", "zeros"},
    {"constant", "fill"},
};

static bool find_word(const char *words, const char *chosen, bool strict,
                      char word[WORD])
{
    char wanted[WORD];

    plain(chosen, wanted);
    if (find_plain(words, wanted, word))
        return true;
    if (strict)
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(others[i].called, wanted) == 0 &&
            find_plain(words, others[i].word, word))
            return true;
    }
    return false;
}

/* The word chosen as the library has it, or the default. */
static enum wck_status choose(const struct wck_convention *convention, const char *what,
                              const char *words, const char *chosen, char word[WORD],
                              struct wck_error *err)
{
    size_t length = strcspn(words, " ");

    if (chosen == NULL) {
        memcpy(word, words, length);
        word[length] = '\0';
        return WCK_OK;
    }
    if (find_word(words, chosen, convention->strict, word))
        return WCK_OK;
    return wck_error_set(err, WCK_INVALID, "%s has no %s '%.60s' (there are: %s)",
                         convention->name, what, chosen, words);
}

enum wck_status wck_convention_bind(const struct wck_convention *convention,
                                    const struct wck_choices *choices,
                                    struct wck_warp *warp, struct wck_error *err)
{
    struct wck_choices words = *choices;
    char interp[WORD], border[WORD];
    enum wck_status status =
        choose(convention, "interp", convention->interps, choices->interp, interp, err);

    if (status == WCK_OK)
        status = choose(convention, "border", convention->borders, choices->border,
                        border, err);
    if (status == WCK_OK && choices->axes == 3 && !convention->has_volumes)
        status =
            wck_error_set(err, WCK_INVALID, "%s takes no volumes", convention->name);
    if (status != WCK_OK)
        return status;
    words.interp = interp;
    words.border = border;
    warp->map.axes = choices->axes;
    warp->map.direction = convention->direction;
    if (convention->carrier == WCK_CARRIER_FLOW)
        warp->map.kind = WCK_MAP_DISPLACEMENT;
    else if (convention->carrier != WCK_CARRIER_MATRIX)
        warp->map.kind = WCK_MAP_COORDINATES;
    return convention->bind(convention, &words, warp, err);
}

/* ---- matrices ---- */

/* Entry of the library's matrix that the reference keeps in row i, column j; `columns`
 * are the library's.  Reversed axes run backwards, the offset's column stays. */
static size_t own_entry(const struct wck_convention *convention, int axes, int i, int j,
                        size_t columns)
{
    int row = i, column = j;

    if (convention->reversed) {
        row = i < axes ? axes - 1 - i : i;
        column = j < axes ? axes - 1 - j : j;
    }
    return (size_t)row * columns + (size_t)column;
}

/* The kind of map that a matrix of this shape is. */
static enum wck_status kind_of(const struct wck_convention *convention, int axes,
                               const double *matrix, size_t rows, size_t columns,
                               enum wck_map_kind *kind, struct wck_error *err)
{
    size_t side = (size_t)axes + 1;
    const double *last = matrix + (rows - 1) * columns;
    bool affine = true;

    *kind = WCK_MAP_AFFINE;
    if (columns != side || (rows != side && rows != (size_t)axes))
        return wck_error_set(err, WCK_INVALID,
                             "the matrix is %zux%zu; a map of %d axes takes %dx%zu",
                             rows, columns, axes, axes, side);
    if (rows == (size_t)axes)
        return WCK_OK;
    for (size_t j = 0; j < columns; j++)
        affine &= fpclassify(last[j] - (j + 1 == columns ? 1.0 : 0.0)) == FP_ZERO;
    if (convention->projective && axes == 2)
        *kind = WCK_MAP_HOMOGRAPHY;
    else if (!affine)
        return wck_error_set(err, WCK_INVALID,
                             "the last row of the matrix is not 0 ... 0 1");
    return WCK_OK;
}

/* OpenCV's rule for a singular matrix: every sample reads pixel (0, 0). */
static enum wck_status singular(struct wck_map *map, const double *matrix,
                                enum wck_status status)
{
    for (int i = 0; i < WCK_MATRIX; i++) {
        if (i < wck_map_entries(map) && !isfinite(matrix[i]))
            return status;
        map->backward[i] = 0.0;
    }
    return WCK_OK;
}

enum wck_status wck_convention_matrix(const struct wck_convention *convention,
                                      const struct wck_choices *choices,
                                      const double *matrix, size_t rows, size_t columns,
                                      struct wck_warp *warp, struct wck_error *err)
{
    const struct wck_map bound = warp->map;
    double own[WCK_MATRIX] = {0.0};
    struct wck_error why = {0};
    int axes = wck_map_axes(&bound), used;
    enum wck_map_kind kind;
    enum wck_status status =
        kind_of(convention, axes, matrix, rows, columns, &kind, err);

    if (status != WCK_OK)
        return status;
    used = kind == WCK_MAP_HOMOGRAPHY ? 3 : axes;
    for (int i = 0; i < used; i++) {
        for (int j = 0; j <= axes; j++)
            own[i * (axes + 1) + j] =
                matrix[own_entry(convention, axes, i, j, columns)];
    }
    status = wck_map_matrix(
        &warp->map, kind, axes, own,
        choices->inverse_map ? WCK_OUTPUT_TO_SOURCE : bound.direction, &why);
    if (status != WCK_OK && convention->zero_singular)
        status = singular(&warp->map, own, status);
    if (status != WCK_OK)
        return wck_error_set(err, status, "%s", why.text);
    warp->map.output_units = bound.output_units;
    warp->map.source_units = bound.source_units;
    return WCK_OK;
}

void wck_convention_matrix_gradient(const struct wck_convention *convention,
                                    const struct wck_warp *warp, const double *gradient,
                                    size_t rows, size_t columns, double *own)
{
    int axes = wck_map_axes(&warp->map), side = axes + 1;

    for (size_t i = 0; i < rows * columns; i++)
        own[i] = 0.0;
    for (int i = 0; i < wck_map_entries(&warp->map); i++)
        own[own_entry(convention, axes, i / side, i % side, columns)] = gradient[i];
}
