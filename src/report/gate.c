/* Gates, as text and as JSON. */
#include <jansson.h>
#include <string.h>

#include "src/report/formats.h"
#include "src/report/paragraph.h"

void wck_text_gates(struct wck_text *text, const struct wck_gates *gates, bool failed)
{
    const char *lead = failed ? "FAULT: " : "- ";
    bool first = true;

    for (size_t i = 0; gates != NULL && i < gates->count; i++) {
        const struct wck_gate *gate = &gates->items[i];
        struct wck_text line = {0};

        if (gate->failed != failed)
            continue;
        if (first && !failed)
            wck_text_printf(text, "\nWhat holds, as asked for\n");
        first = false;
        wck_text_printf(&line, "%s--%s: %s.", lead, gate->name, gate->text);
        wck_paragraph_wrap(text, wck_text_string(&line), 0, strlen(lead));
        text->failed = text->failed || line.failed;
        wck_text_release(&line);
    }
}

json_t *wck_json_gates(const struct wck_gates *gates)
{
    json_t *list = json_array();

    for (size_t i = 0; gates != NULL && i < gates->count; i++) {
        const struct wck_gate *gate = &gates->items[i];
        json_t *one = json_pack("{s:s, s:f, s:f, s:b, s:s}", "gate", gate->name,
                                "limit", gate->limit, "measured", gate->measured,
                                "failed", gate->failed ? 1 : 0, "text", gate->text);

        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}
