/* Json, coverage of a set: in how many of the warps the entries get a gradient. */
#include <jansson.h>

#include "src/report/formats.h"
#include "src/report/utf8.h"

static json_int_t whole(size_t count)
{
    return (json_int_t)count;
}

/* Pixels in all warps, in some and in none, or entries, `planes` to a pixel. */
static json_t *shares(const struct wck_set *set, size_t planes)
{
    return json_pack("{s:I, s:I, s:I}", "all", whole(set->pixels_all * planes), "some",
                     whole(set->pixels_some * planes), "none",
                     whole(set->pixels_none * planes));
}

static json_t *extreme(const struct wck_set_warp *warp)
{
    return json_pack("{s:I, s:I}", "warp", whole(warp->number), "pixels",
                     whole(warp->pixels));
}

static json_t *pattern(const struct wck_pattern *one)
{
    return json_pack("{s:s, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:b}", "pattern",
                     one->name, "even", one->even, "odd", one->odd, "contrast",
                     one->contrast, "agree", whole(one->agree), "needed",
                     whole(one->needed), "warps_agree", whole(one->warps_agree),
                     "warps_needed", whole(one->warps_needed), "significant",
                     one->significant ? 1 : 0);
}

static json_t *weight(const struct wck_evenness *evenness)
{
    json_t *list = json_array();

    for (int k = 0; k < WCK_PATTERNS; k++)
        json_array_append_new(list, pattern(&evenness->patterns[k]));
    if (json_array_size(list) != WCK_PATTERNS) {
        json_decref(list);
        return NULL;
    }
    return json_pack("{s:f, s:f, s:I, s:o}", "mean", evenness->mean, "variation",
                     evenness->variation, "tiles", whole(evenness->tiles), "patterns",
                     list);
}

json_t *wck_json_set(const struct wck_coverage_report *report)
{
    const struct wck_set *set = report->set;
    struct wck_text name = {0};
    json_t *value;

    if (set == NULL)
        return json_null();
    wck_utf8_repair(&name, report->set_name);
    value = json_pack("{s:s, s:I, s:o, s:o, s:f, s:o, s:o, s:o}", "name",
                      wck_text_string(&name), "warps", whole(set->warps), "pixels",
                      shares(set, 1), "entries", shares(set, report->coverage->planes),
                      "mean_pixels", set->pixels / (double)set->warps, "least",
                      extreme(&set->least), "most", extreme(&set->most), "weight",
                      weight(report->evenness));
    wck_text_release(&name);
    return value;
}
