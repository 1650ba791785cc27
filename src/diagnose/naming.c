#include "src/diagnose/naming.h"

#include <stdlib.h>
#include <string.h>

#define WORD 32

/* One library's function with one set of choices. */
struct named {
    const struct wck_convention *convention;
    struct wck_choices choices;
    char interp[WORD], border[WORD], version[WORD];
};

/* Word `i` of a list separated by blanks; false beyond the last. */
static bool word_at(const char *words, size_t i, char word[WORD])
{
    size_t length;

    if (words == NULL)
        return false;
    while (i-- > 0) {
        words = strchr(words, ' ');
        if (words == NULL)
            return false;
        words++;
    }
    length = strcspn(words, " ");
    length = length < WORD ? length : WORD - 1;
    memcpy(word, words, length);
    word[length] = '\0';
    return true;
}

/* Takes the last digit off a number whose digits count different choices. */
static size_t digit(size_t *number, size_t base)
{
    size_t least = *number % base;

    *number /= base;
    return least;
}

static size_t count_words(const char *words)
{
    char word[WORD];
    size_t count = 0;

    while (word_at(words, count, word))
        count++;
    return count;
}

/* Set number `index` of a convention's choices; false beyond the last. */
static bool choose(const struct wck_convention *convention, size_t index,
                   struct named *named)
{
    size_t versions = count_words(convention->versions);

    *named = (struct named){.convention = convention,
                            .choices = {.align_corners = -1, .axes = 2, .channels = 1}};
    if (convention->has_flag)
        named->choices.align_corners = (int)digit(&index, 2);
    if (convention->has_inverse)
        named->choices.inverse_map = digit(&index, 2) == 1;
    if (convention->has_prefilter)
        named->choices.unfiltered = digit(&index, 2) == 1;
    if (convention->has_normalized)
        named->choices.normalized = digit(&index, 2) == 1;
    if (versions > 0 && word_at(convention->versions,
                                versions - 1 - digit(&index, versions), named->version))
        named->choices.version = named->version;
    word_at(convention->borders, digit(&index, count_words(convention->borders)),
            named->border);
    return word_at(convention->interps, index, named->interp);
}

/* The description that it is; false where the reference, or such a description, does
 * not have it. */
static bool describe(const struct named *named, const struct wck_search *search,
                     struct wck_description *description)
{
    const struct wck_probe *probe = &search->probe[WCK_ASK_FIRST];
    struct wck_choices choices = named->choices;
    struct wck_warp warp = {.source_width = probe->image.width,
                            .source_height = probe->image.height,
                            .output_width = probe->got.width,
                            .output_height = probe->got.height,
                            .border_values = 1,
                            .border_value = &probe->border_value};
    const struct wck_convention *row = named->convention;

    choices.interp = named->interp;
    choices.border = named->border;
    choices.dtype = search->asker->dtype;
    choices.map_dtype = row->single_maps ? WCK_FLOAT32 : search->asker->numbers;
    if (wck_convention_bind(row, &choices, &warp, NULL) != WCK_OK || warp.transparent)
        return false;
    *description = (struct wck_description){
        .reading = {.direction =
                        choices.inverse_map ? WCK_OUTPUT_TO_SOURCE : row->direction,
                    .reversed = row->reversed,
                    .projective = row->projective,
                    .displacement = warp.map.kind == WCK_MAP_DISPLACEMENT,
                    .sign = warp.map.sign,
                    .output_units = warp.map.output_units,
                    .source_units = warp.map.source_units},
        .kernel = warp.kernel,
        .border = warp.border,
        .fold = warp.fold,
        .prefilter = warp.prefilter,
        .arithmetic = warp.arithmetic,
        .rounding = warp.rounding,
        .ignores_border_value = !row->has_fill || warp.border_values == 0};
    return true;
}

static enum wck_status append(struct wck_identity *identity, const struct named *named,
                              struct wck_error *err)
{
    const struct wck_choices *choices = &named->choices;
    struct wck_text text = {0};

    wck_text_printf(&text, "%s, interp %s, border %s", named->convention->name,
                    named->interp, named->border);
    if (choices->align_corners >= 0)
        wck_text_printf(&text, ", align_corners %s",
                        choices->align_corners > 0 ? "true" : "false");
    if (choices->inverse_map)
        wck_text_printf(&text, ", inverse_map");
    if (choices->unfiltered)
        wck_text_printf(&text, ", prefilter false");
    if (choices->normalized)
        wck_text_printf(&text, ", normalized_coordinates");
    if (choices->version != NULL)
        wck_text_printf(&text, ", version %s.x", named->version);
    if (text.failed)
        return wck_error_no_memory(err);
    identity->names[identity->name_count++] = text.data;
    return WCK_OK;
}

/* Farther than this on one question it is not worth a judgement: the nearest pixel's
 * ties may fall either way on some samples, each by less than 1. */
#define WORTH 0.05

/* May it be the one that fits?  Kernels of other families are too far off. */
static bool is_akin(const struct wck_description *description,
                    const struct wck_candidates *list)
{
    const struct wck_candidate *found = wck_candidates_fitting(list);

    return found == NULL || strcmp(wck_description_kernel(&found->description)->family,
                                   wck_description_kernel(description)->family) == 0;
}

static enum wck_status try(struct wck_identity *identity,
                           const struct wck_search *search, const struct named *named,
                           struct wck_candidates *list, struct wck_error *err)
{
    struct wck_candidates one = {0};
    struct wck_description description;
    enum wck_status status;
    double mean;

    /* What such a warp does not take it does not do. */
    if (!describe(named, search, &description) || !is_akin(&description, list) ||
        wck_search_mean(search, &description, WCK_ASK_FAR, &mean, NULL) != WCK_OK ||
        !(mean <= WORTH))
        return WCK_OK;
    wck_candidates_add(&one, &description, mean);
    status = wck_candidates_judge(&one, 0, 1, search, err);
    if (status == WCK_OK && wck_candidates_fitting(&one) != NULL) {
        wck_candidates_take(list, &one.items[0]);
        if (wck_candidates_fitting(list) != &list->items[list->count - 1])
            list->count--;
        status = append(identity, named, err);
    }
    wck_candidates_release(&one);
    return status;
}

/* The reference's own say what the description says already. */
static bool is_library(const struct wck_convention *row, bool pairs)
{
    return (row->carrier != WCK_CARRIER_MATRIX) == pairs &&
           strncmp(row->name, "reference.", strlen("reference.")) != 0;
}

enum wck_status wck_name_conventions(struct wck_identity *identity,
                                     const struct wck_search *search,
                                     struct wck_candidates *list, struct wck_error *err)
{
    struct named named;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < wck_convention_count() && status == WCK_OK; i++) {
        const struct wck_convention *row = wck_convention_row(i);

        if (!is_library(row, search->asker->pairs))
            continue;
        for (size_t k = 0; choose(row, k, &named) && status == WCK_OK &&
                           identity->name_count < WCK_IDENTITY_NAMES;
             k++)
            status = try(identity, search, &named, list, err);
    }
    return status;
}
