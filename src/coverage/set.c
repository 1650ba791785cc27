#include "src/coverage/set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum wck_status wck_set_init(struct wck_set *set, size_t height, size_t width,
                             struct wck_error *err)
{
    size_t pixels = height * width;

    *set = (struct wck_set){.height = height, .width = width};
    set->count = calloc(pixels, sizeof *set->count);
    set->reason = calloc(pixels, 1);
    set->weight = calloc(pixels, sizeof *set->weight);
    set->reads = calloc(pixels, sizeof *set->reads);
    if (set->count == NULL || set->reason == NULL || set->weight == NULL ||
        set->reads == NULL)
        return wck_error_no_memory(err);
    set->pixels_none = pixels;
    return WCK_OK;
}

void wck_set_release(struct wck_set *set)
{
    free(set->count);
    free(set->reason);
    free(set->weight);
    free(set->reads);
    *set = (struct wck_set){0};
}

static void add_pixel(struct wck_set *set, const struct wck_coverage *one, size_t p)
{
    unsigned char reason = one->pixel_reason[p];
    uint32_t room = UINT32_MAX - set->reads[p];

    set->count[p] += reason == WCK_COVERED;
    if (reason > set->reason[p])
        set->reason[p] = reason;
    set->weight[p] += one->weight[p];
    set->reads[p] += one->reads[p] < room ? one->reads[p] : room;
}

static void count_pixels(struct wck_set *set)
{
    set->pixels_all = set->pixels_some = set->pixels_none = 0;
    for (size_t p = 0; p < set->height * set->width; p++) {
        set->pixels_all += set->count[p] == set->warps;
        set->pixels_none += set->count[p] == 0;
    }
    set->pixels_some = set->height * set->width - set->pixels_all - set->pixels_none;
}

enum wck_status wck_set_add(struct wck_set *set, const struct wck_coverage *one,
                            struct wck_error *err)
{
    struct wck_set_warp warp = {set->warps + 1, one->pixels_covered};

    if (set->warps == UINT32_MAX)
        return wck_error_set(err, WCK_INVALID, "a set has at most %u warps",
                             UINT32_MAX);
    for (size_t p = 0; p < set->height * set->width; p++)
        add_pixel(set, one, p);
    if (set->warps == 0 || warp.pixels < set->least.pixels)
        set->least = warp;
    if (set->warps == 0 || warp.pixels > set->most.pixels)
        set->most = warp;
    set->pixels += (double)warp.pixels;
    set->warps++;
    count_pixels(set);
    return WCK_OK;
}

static enum wck_status allocate(struct wck_coverage *c, struct wck_error *err)
{
    size_t pixels = c->pixels_total;

    c->reason = calloc(c->entries_total, 1);
    c->pixel_reason = calloc(pixels, 1);
    c->magnitude = calloc(pixels, sizeof *c->magnitude);
    c->reads = calloc(pixels, sizeof *c->reads);
    c->weight = calloc(pixels, sizeof *c->weight);
    if (c->reason == NULL || c->pixel_reason == NULL || c->magnitude == NULL ||
        c->reads == NULL || c->weight == NULL)
        return wck_error_no_memory(err);
    return WCK_OK;
}

/* The pixel's reason, as the head of set.h has it. */
static unsigned char reason_of(const struct wck_set *set, size_t p)
{
    unsigned char reason = set->reason[p];
    bool fault =
        reason != WCK_COVERED && wck_reason_row((enum wck_reason)(reason - 1))->fault;

    return fault || set->count[p] == 0 ? reason : WCK_COVERED;
}

static void fill_pixel(const struct wck_set *set, struct wck_coverage *c, size_t p)
{
    unsigned char reason = reason_of(set, p);
    double warps = (double)set->warps;

    c->pixel_reason[p] = reason;
    c->magnitude[p] = (double)set->count[p] / warps;
    c->largest = fmax(c->largest, c->magnitude[p]);
    c->weight[p] = set->weight[p] / warps;
    c->reads[p] = set->reads[p];
    c->listed_pixels += c->reads[p] > 0;
    if (reason == WCK_COVERED)
        c->pixels_covered++;
    else
        c->reason_pixels[reason - 1]++;
}

enum wck_status wck_set_coverage(const struct wck_set *set, size_t planes,
                                 struct wck_coverage *coverage, struct wck_error *err)
{
    size_t pixels = set->height * set->width;
    struct wck_coverage *c = coverage;
    enum wck_status status;

    *c = (struct wck_coverage){.planes = planes,
                               .height = set->height,
                               .width = set->width,
                               .pixels_total = pixels};
    if (__builtin_mul_overflow(pixels, planes, &c->entries_total))
        return wck_error_set(err, WCK_INVALID, "the image is too large to index");
    status = allocate(c, err);
    if (status != WCK_OK)
        return status;
    for (size_t p = 0; p < pixels; p++)
        fill_pixel(set, c, p);
    for (size_t plane = 0; plane < planes; plane++)
        memcpy(c->reason + plane * pixels, c->pixel_reason, pixels);
    c->entries_covered = planes * c->pixels_covered;
    for (int r = 0; r < WCK_REASON_COUNT; r++)
        c->reason_entries[r] = planes * c->reason_pixels[r];
    return WCK_OK;
}
