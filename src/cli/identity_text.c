#include "src/cli/identity_text.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* Is the field told, though no whole description may fit?  The first three are the
 * reading's; of the rest the kernel shows by itself. */
static bool is_known(const struct wck_identity *identity, size_t field)
{
    const char *name = wck_description_field_name(field);

    if (identity->identified == WCK_IDENTIFIED)
        return true;
    if (strcmp(name, "sums") == 0)
        return false;
    if (strcmp(name, "kernel") == 0 || strcmp(name, "coordinates") == 0)
        return identity->kernel_known;
    return identity->reading_known && strcmp(name, "border") != 0;
}

static void append_rounding(const struct wck_identity *identity, struct wck_text *text)
{
    switch (identity->rounded) {
    case WCK_ROUNDED_TOLD:
        wck_text_printf(text, "%s: %s", identity->rounding->name,
                        identity->rounding->summary);
        for (size_t i = 0; i < identity->other_count; i++)
            wck_text_printf(text, "%s%s",
                            i == 0 ? "; the same on all that was asked: " : ", ",
                            identity->others[i]->name);
        break;
    case WCK_ROUNDED_BY_NO_ROW:
        wck_text_printf(text, "8-bit images are rounded as none of the table are");
        break;
    case WCK_ROUNDED_NOTHING:
        wck_text_printf(text, identity->identified == WCK_IDENTIFIED
                                  ? "pixels are copied: nothing is rounded"
                                  : "not asked");
        break;
    case WCK_ROUNDED_REFUSED:
    default:
        wck_text_printf(text,
                        "8-bit images are not taken, or answered in another type");
    }
}

static const char *id_of(enum wck_identified identified)
{
    return identified == WCK_IDENTIFIED           ? "identified"
           : identified == WCK_IDENTIFIED_IN_PART ? "in part"
                                                  : "not identified";
}

static void append_residual(const struct wck_distance *distance, struct wck_text *text)
{
    wck_text_printf(text, "%.2g at most over %zu samples, %.2g on average",
                    distance->most, distance->count, distance->mean);
    if (isfinite(distance->ratio))
        wck_text_printf(text, ", %.2g of the bound", distance->ratio);
}

/* Fields in which two descriptions read differently. */
static void append_differences(const struct wck_identity *identity,
                               const struct wck_description *other,
                               struct wck_text *text)
{
    const char *link = "";

    for (size_t f = 0; wck_description_field_name(f) != NULL; f++) {
        struct wck_text mine = {0}, its = {0};

        wck_description_field(&identity->found, identity->pairs, f, &mine);
        wck_description_field(other, identity->pairs, f, &its);
        if (strcmp(wck_text_string(&mine), wck_text_string(&its)) != 0) {
            wck_text_printf(text, "%s%s %s", link, wck_description_field_name(f),
                            wck_text_string(&its));
            link = "; ";
        }
        wck_text_release(&mine);
        wck_text_release(&its);
    }
    if (other->deviation != identity->found.deviation)
        wck_text_printf(text, "%sdeviation %s", link,
                        other->deviation != NULL ? other->deviation->name : "none");
}

static void append_fields(const struct wck_identity *identity, struct wck_text *text)
{
    for (size_t f = 0; wck_description_field_name(f) != NULL; f++) {
        wck_text_printf(text, "%-12s  ", wck_description_field_name(f));
        if (!is_known(identity, f))
            wck_text_printf(text, "unknown; nearest: ");
        wck_description_field(&identity->found, identity->pairs, f, text);
        wck_text_printf(text, "\n");
    }
    wck_text_printf(text, "%-12s  ", "rounding");
    append_rounding(identity, text);
    wck_text_printf(text, "\n");
    if (identity->found.deviation != NULL)
        wck_text_printf(text, "%-12s  %s: it %s\n", "deviation",
                        identity->found.deviation->name,
                        identity->found.deviation->summary);
}

static void append_runner_up(const struct wck_identity *identity, struct wck_text *text)
{
    const struct wck_identity_gap *gap = &identity->gap;

    if (!identity->has_runner_up)
        return;
    wck_text_printf(text, "\nRunner-up: ");
    append_differences(identity, &identity->runner_up, text);
    wck_text_printf(text, "\n  residual ");
    append_residual(&identity->runner_up_residual, text);
    if (!(fabs(gap->found - gap->runner_up) > 0.0))
        wck_text_printf(text, "\n");
    else
        wck_text_printf(text,
                        "\n  told apart, for one, at (x, y) = (%.6g, %.6g) of the "
                        "source: got %.6g, the description gives %.6g, the runner-up "
                        "%.6g\n",
                        gap->x, gap->y, gap->got, gap->found, gap->runner_up);
}

/* As many are enough for a reader to see what is left open. */
#define SAME 4

static void append_same(const struct wck_identity *identity, struct wck_text *text)
{
    struct wck_text tell = {0};

    if (identity->same_count > 0)
        wck_text_printf(text, "\nThe same on all that was asked:\n");
    for (size_t i = 0; i < identity->same_count && i < SAME; i++) {
        wck_text_printf(text, "  ");
        append_differences(identity, &identity->same[i], text);
        wck_text_printf(text, "\n");
    }
    if (identity->same_count > SAME)
        wck_text_printf(text, "  and %zu more, which --json lists\n",
                        identity->same_count - SAME);
    wck_identity_tell(identity, &tell);
    if (tell.size > 0)
        wck_text_printf(text, "What would tell them apart:\n  %s\n",
                        wck_text_string(&tell));
    wck_text_release(&tell);
}

void wck_identity_text(const struct wck_identity *identity, const char *subject,
                       struct wck_text *text)
{
    wck_text_printf(text, "%s: %s, by %zu questions\n\n", subject,
                    id_of(identity->identified), identity->questions);
    if (identity->identified == WCK_IDENTIFIED_NOT) {
        wck_text_printf(text, "Its samples lie where no reading of the numbers has "
                              "them: no matrix, axis order, pixel centre or kernel "
                              "explains the answers.\n");
        return;
    }
    append_fields(identity, text);
    wck_text_printf(text, "\nResidual: ");
    append_residual(&identity->residual, text);
    wck_text_printf(text, "\n");
    if (identity->name_count > 0)
        wck_text_printf(text, "\nConventions that give the same:\n");
    for (size_t i = 0; i < identity->name_count; i++)
        wck_text_printf(text, "  %s\n", identity->names[i]);
    append_runner_up(identity, text);
    append_same(identity, text);
}

/* ---- JSON ---- */

static json_t *text_take(struct wck_text *text)
{
    json_t *string = json_string(wck_text_string(text));

    wck_text_release(text);
    return string;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *residual(const struct wck_distance *distance)
{
    return json_pack("{s:o, s:o, s:o, s:I}", "most", number(distance->most), "mean",
                     number(distance->mean), "bounds", number(distance->ratio),
                     "samples", (json_int_t)distance->count);
}

/* The rows by name, so that a program need read no sentence. */
static json_t *rows(const struct wck_description *d, bool pairs)
{
    const struct wck_kernel *kernel = wck_description_kernel(d);
    const struct wck_units *units = d->reading.source_units;

    return json_pack(
        "{s:s?, s:b, s:b, s:o, s:s, s:s, s:o, s:s, s:s?, s:s?, s:b, s:o, s:b, s:s?}",
        "direction",
        pairs                                          ? NULL
        : d->reading.direction == WCK_SOURCE_TO_OUTPUT ? "source-to-output"
                                                       : "output-to-source",
        "reversed", d->reading.reversed, "displacement", d->reading.displacement,
        "sign", number(d->reading.sign < 0.0 ? -1.0 : 1.0), "units",
        units != NULL ? units->name : "pixels", "kernel", kernel->name, "a",
        strcmp(kernel->family, "cubic") == 0 ? json_real(kernel->a) : json_null(),
        "border", d->border->name, "fold",
        d->fold != NULL && d->fold != wck_fold_row(0) ? d->fold->name : NULL,
        "prefilter", d->prefilter != NULL ? d->prefilter->name : NULL,
        "ignores_border_value", d->ignores_border_value, "quantum",
        number(d->quantum > 0.0        ? d->quantum
               : d->arithmetic != NULL ? d->arithmetic->quantum
                                       : 0.0),
        "truncated", d->truncated, "deviation",
        d->deviation != NULL ? d->deviation->name : NULL);
}

static json_t *fields(const struct wck_identity *identity)
{
    json_t *all = json_object();
    struct wck_text text = {0};

    for (size_t f = 0; wck_description_field_name(f) != NULL; f++) {
        struct wck_text value = {0};

        wck_description_field(&identity->found, identity->pairs, f, &value);
        json_object_set_new(all, wck_description_field_name(f),
                            json_pack("{s:b, s:o}", "known", is_known(identity, f),
                                      "value", text_take(&value)));
    }
    append_rounding(identity, &text);
    json_object_set_new(all, "rounding",
                        json_pack("{s:b, s:o}", "known",
                                  identity->rounded == WCK_ROUNDED_TOLD, "value",
                                  text_take(&text)));
    return all;
}

static json_t *same(const struct wck_identity *identity)
{
    json_t *all = json_array();

    for (size_t i = 0; i < identity->same_count; i++)
        json_array_append_new(all, rows(&identity->same[i], identity->pairs));
    return all;
}

static json_t *names(const struct wck_identity *identity)
{
    json_t *all = json_array();

    for (size_t i = 0; i < identity->name_count; i++)
        json_array_append_new(all, json_string(identity->names[i]));
    return all;
}

static void add_runner_up(const struct wck_identity *identity, json_t *document)
{
    const struct wck_identity_gap *gap = &identity->gap;

    if (identity->has_runner_up)
        json_object_set_new(document, "runner_up",
                            json_pack("{s:o, s:o, s:{s:o, s:o, s:o, s:o, s:o}}", "rows",
                                      rows(&identity->runner_up, identity->pairs),
                                      "residual",
                                      residual(&identity->runner_up_residual), "apart",
                                      "x", number(gap->x), "y", number(gap->y), "got",
                                      number(gap->got), "found", number(gap->found),
                                      "runner_up", number(gap->runner_up)));
}

char *wck_identity_json(const struct wck_identity *identity, const char *subject)
{
    struct wck_text tell = {0};
    json_t *document = json_pack("{s:s, s:s, s:I}", "subject", subject, "identified",
                                 id_of(identity->identified), "questions",
                                 (json_int_t)identity->questions);
    char *text;

    if (identity->identified != WCK_IDENTIFIED_NOT) {
        wck_identity_tell(identity, &tell);
        json_object_set_new(document, "fields", fields(identity));
        json_object_set_new(document, "rows", rows(&identity->found, identity->pairs));
        json_object_set_new(document, "rounding",
                            identity->rounded == WCK_ROUNDED_TOLD
                                ? json_string(identity->rounding->name)
                                : json_null());
        json_object_set_new(document, "residual", residual(&identity->residual));
        json_object_set_new(document, "conventions", names(identity));
        json_object_set_new(document, "same", same(identity));
        json_object_set_new(document, "would_tell", text_take(&tell));
        add_runner_up(identity, document);
    }
    text = json_dumps(document, JSON_INDENT(2));
    json_decref(document);
    return text;
}
