#include "src/diagnose/identify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/diagnose/candidates.h"
#include "src/diagnose/naming.h"

/* The first of a list, which are those that may fit, and how many others are judged to
 * find the runner-up. */
#define JUDGED 16

/* A reading places samples as the warp does where not even the nearest pixel's blur, of
 * sqrt(2/3) for a floor on both axes, explains more. */
#define PLACED 0.9

/* ---- the description ---- */

static enum wck_status find(struct wck_candidates *list, struct wck_search *search,
                            struct wck_identity *identity, struct wck_error *err)
{
    enum wck_status status = wck_candidates_outside(list, search, err);
    size_t before;

    if (status == WCK_OK)
        status = wck_candidates_judge(list, 0, JUDGED, search, err);
    if (status == WCK_OK && wck_candidates_fitting(list) == NULL)
        status = wck_candidates_widen(list, search, err);
    before = list->count;
    if (status == WCK_OK && wck_candidates_fitting(list) == NULL) {
        status = wck_candidates_deviations(list, search, err);
        if (status == WCK_OK)
            status = wck_candidates_judge(list, before, SIZE_MAX / 2, search, err);
    }
    if (status == WCK_OK)
        status = wck_name_conventions(identity, search, list, err);
    before = list->count;
    if (status == WCK_OK)
        status = wck_candidates_rivals(list, search, err);
    return status == WCK_OK
               ? wck_candidates_judge(list, before, SIZE_MAX / 2, search, err)
               : status;
}

static const struct wck_fold *fold_of(const struct wck_description *d)
{
    return d->fold != NULL ? d->fold : wck_fold_row(0);
}

/* In all but what the reading says. */
static bool is_equal(const struct wck_description *a, const struct wck_description *b)
{
    /* Of one search there is one fitted kernel. */
    return a->kernel == b->kernel && a->border == b->border &&
           fold_of(a) == fold_of(b) && a->prefilter == b->prefilter &&
           a->rounding == b->rounding && a->arithmetic == b->arithmetic &&
           (a->only_zero || a->ignores_border_value == b->ignores_border_value) &&
           a->deviation == b->deviation;
}

static bool is_listed(const struct wck_identity *identity,
                      const struct wck_description *description)
{
    bool listed = is_equal(&identity->found, description);

    for (size_t i = 0; i < identity->same_count; i++)
        listed |= is_equal(&identity->same[i], description);
    return listed;
}

static void list_same(struct wck_identity *identity, const struct wck_candidates *list,
                      const struct wck_candidate *found)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct wck_candidate *at = &list->items[i];

        if (at == found || !at->fits || is_listed(identity, &at->description))
            continue;
        if (identity->same_count < WCK_IDENTITY_SAME)
            identity->same[identity->same_count++] = at->description;
    }
}

static void conclude(struct wck_identity *identity, struct wck_candidates *list,
                     const struct wck_search *search)
{
    bool only_zero = !(fabs(search->asker->border_value) > 0.0);
    const struct wck_candidate *found = wck_candidates_fitting(list);
    const struct wck_candidate *next = wck_candidates_nearest(list);
    bool placed = search->reading_count > 0 && search->apart[0] <= PLACED;

    for (size_t i = 0; i < list->count; i++)
        list->items[i].description.only_zero = only_zero;
    identity->reading_known = placed;
    identity->kernel_known = placed && search->kernel_known;
    identity->identified = !placed         ? WCK_IDENTIFIED_NOT
                           : found != NULL ? WCK_IDENTIFIED
                                           : WCK_IDENTIFIED_IN_PART;
    if (found == NULL) {
        found = next;
        next = NULL;
        for (size_t i = 0; i < list->count; i++) {
            const struct wck_candidate *at = &list->items[i];

            if (at != found && at->distance.count > 0 &&
                (next == NULL || at->distance.mean < next->distance.mean))
                next = at;
        }
    }
    if (found == NULL)
        return;
    identity->found = found->description;
    identity->residual = found->distance;
    identity->has_runner_up = next != NULL;
    if (next != NULL) {
        identity->runner_up = next->description;
        identity->runner_up_residual = next->distance;
    }
    list_same(identity, list, found);
}

/* ---- where the runner-up differs ---- */

static void note_gap(struct wck_identity *identity, const struct wck_probe *probe,
                     const double *found, const double *other)
{
    size_t samples = wck_probe_samples(probe), worst = samples;
    double *place = calloc(2 * samples, sizeof *place);
    double most = fabs(identity->gap.found - identity->gap.runner_up);

    for (size_t s = 0; s < samples; s++) {
        if (fabs(found[s] - other[s]) > most) {
            most = fabs(found[s] - other[s]);
            worst = s;
        }
    }
    if (place != NULL && worst < samples &&
        wck_reading_place(&identity->found.reading, probe, place, place + samples,
                          NULL) == WCK_OK)
        identity->gap = (struct wck_identity_gap){
            .x = place[worst],
            .y = place[samples + worst],
            .got = wck_image_get(&probe->got, 0, worst / probe->got.width,
                                 worst % probe->got.width),
            .found = found[worst],
            .runner_up = other[worst]};
    free(place);
}

/* On the random images: a gap there is what a user may see. */
static void find_gap(struct wck_identity *identity, const struct wck_search *search)
{
    for (int k = 0; k < WCK_ASK_COUNT && identity->has_runner_up; k++) {
        const struct wck_probe *probe = &search->probe[k];
        size_t samples = wck_probe_samples(probe);
        double *value = calloc(2 * samples, sizeof *value);

        if (value != NULL && k != WCK_ASK_STEPS && k != WCK_ASK_IMPULSE &&
            wck_description_predict(&identity->found, probe, value, NULL) == WCK_OK &&
            wck_description_predict(&identity->runner_up, probe, value + samples,
                                    NULL) == WCK_OK)
            note_gap(identity, probe, value, value + samples);
        free(value);
    }
}

/* ---- whole numbers ---- */

/* Notes a row that lies `mean` from the answer, where none before lies nearer. */
static void note_rounding(struct wck_identity *identity, const struct wck_rounding *row,
                          double mean, double *least)
{
    if (mean > *least)
        return;
    if (mean < *least) {
        *least = mean;
        identity->other_count = 0;
        identity->rounding = row;
        identity->rounded = WCK_ROUNDED_TOLD;
    } else if (identity->other_count < WCK_IDENTITY_ROUNDINGS) {
        identity->others[identity->other_count++] = row;
    }
}

/* Sums round before they are rounded to whole numbers, so of those that are halfway
 * some fall to the other side: of a cubic with two digits every fortieth is.  A row of
 * another kind is off by a quarter on average, where every other sum is halfway, or by
 * a half. */
#define SIDES 0.1

static enum wck_status match_rounding(struct wck_identity *identity,
                                      const struct wck_search *search,
                                      const struct wck_probe *probe,
                                      struct wck_error *err)
{
    enum wck_status status = WCK_OK;
    double least = SIDES;

    identity->rounded = WCK_ROUNDED_BY_NO_ROW;
    for (size_t i = 0; i < wck_rounding_count() && status == WCK_OK; i++) {
        struct wck_description tried = identity->found;
        struct wck_distance distance = {0};

        tried.rounding = wck_rounding_row(i);
        /* OpenCV's vector loops: none of floats. */
        if (!wck_probe_is_whole(&search->probe[WCK_ASK_FIRST]) &&
            (tried.rounding->octets || tried.rounding->rim))
            continue;
        status = wck_description_compare(&tried, probe, NULL, false, &distance, err);
        if (status == WCK_OK)
            note_rounding(identity, tried.rounding, distance.mean, &least);
    }
    return status;
}

/* An 8-bit image, sampled half a pixel off: every other sum is halfway between two
 * whole numbers for a bilinear warp. */
static enum wck_status ask_rounding(struct wck_identity *identity,
                                    const struct wck_search *search,
                                    struct wck_error *err)
{
    static const double halves[] = {1.0, 0.0, 3.5, 0.0, 1.0, 2.0};
    static const size_t source[] = {37, 31}, output[] = {23, 19};
    struct wck_asker asker = *search->asker;
    struct wck_error refusal = {WCK_OK, ""};
    struct wck_probe probe = {0};
    enum wck_status status;

    asker.dtype = WCK_UINT8;
    if (asker.border_value > 0.0)
        asker.border_value = 37.0;
    status = wck_probe_init(&probe, &asker, source, output, err);
    if (status == WCK_OK) {
        wck_probe_random(&probe, 91);
        status = wck_reading_numbers(&identity->found.reading, halves, &probe, err);
    }
    if (status == WCK_OK) {
        identity->questions++;
        /* Not meant for it: no more than that is said of the warp. */
        if (wck_probe_ask(&probe, &asker, &refusal) != WCK_OK)
            identity->rounded = WCK_ROUNDED_REFUSED;
        else
            status = match_rounding(identity, search, &probe, err);
    }
    wck_probe_release(&probe);
    return status;
}

/* ---- all of it ---- */

enum wck_status wck_identify(struct wck_identity *identity,
                             const struct wck_asker *asker, struct wck_error *err)
{
    struct wck_candidates list = {0};
    struct wck_search search;
    enum wck_status status = wck_search_init(&search, asker, err);

    *identity =
        (struct wck_identity){.pairs = asker->pairs, .rounded = WCK_ROUNDED_NOTHING};
    if (status == WCK_OK)
        status = wck_search_reading(&search, err);
    if (status == WCK_OK && search.best.kernel != NULL) {
        status = wck_search_quantum(&search, err);
        if (status == WCK_OK)
            status = wck_search_kernel(&search, err);
        if (status == WCK_OK)
            status = find(&list, &search, identity, err);
    }
    if (status == WCK_OK) {
        conclude(identity, &list, &search);
        find_gap(identity, &search);
        identity->questions = search.questions;
    }
    if (status == WCK_OK && identity->identified == WCK_IDENTIFIED &&
        wck_description_kernel(&identity->found)->smoothness >= 0)
        status = ask_rounding(identity, &search, err);
    wck_candidates_release(&list);
    wck_search_release(&search);
    return status;
}

void wck_identity_release(struct wck_identity *identity)
{
    for (size_t i = 0; i < identity->name_count; i++)
        free(identity->names[i]);
    *identity = (struct wck_identity){0};
}

/* ---- what was left open ---- */

static void sentence(struct wck_text *text, bool differs, const char *what)
{
    if (differs)
        wck_text_printf(text, "%s%s", text->size > 0 ? "; " : "", what);
}

static bool names_version(const struct wck_identity *identity, const char *version)
{
    for (size_t i = 0; i < identity->name_count; i++) {
        if (strstr(identity->names[i], version) != NULL)
            return true;
    }
    return false;
}

void wck_identity_tell(const struct wck_identity *identity, struct wck_text *text)
{
    bool kernel = false, border = false, precision = false, prefilter = false;
    bool rounding = false, reads_value;
    const struct wck_description *found = &identity->found;

    reads_value = found->border != NULL && wck_description_reads_value(found);
    for (size_t i = 0; i < identity->same_count; i++) {
        const struct wck_description *other = &identity->same[i];

        kernel |= found->kernel != other->kernel;
        border |= found->border != other->border || fold_of(found) != fold_of(other);
        prefilter |= found->prefilter != other->prefilter;
        rounding |= found->rounding != other->rounding;
        precision |= found->arithmetic != other->arithmetic;
    }
    sentence(text, kernel,
             "kernels of one family: a sample exactly halfway between two pixels, or "
             "on one, outside the image under a border that is not constant; or the "
             "coordinate's gradient there");
    sentence(
        text,
        names_version(identity, "version 4") && names_version(identity, "version 5"),
        "versions of OpenCV: images of float32 (--dtype float32), on which version "
        "5 keeps no 1/32 pixel; lanczos4 is the same in both");
    sentence(text, reads_value && found->only_zero,
             "border value: one that is not 0, which the subject does not take");
    sentence(text, border,
             "borders: a kernel that reaches farther, or the coordinate's gradient at "
             "the edge and outside, which a moved coordinate stops or turns");
    sentence(
        text, rounding,
        "roundings: sums that single precision rounds to the other side of a half, "
        "of many images");
    sentence(text, prefilter,
             "prefilters: an image of a few pixels, where their start is felt "
             "everywhere");
    sentence(text, precision,
             "coordinates: an image thousands of pixels wide, where single precision "
             "is coarser");
}
