#include "src/report/digest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The number that begins at `at`, of which `before` is the character before; size 0
 * where none does.  "conv2" holds none. */
static struct wck_numeral numeral_at(const char *at, char before)
{
    struct wck_numeral numeral = {.digits = at};
    char *end;

    if (!isdigit((unsigned char)*at) || isalnum((unsigned char)before) ||
        before == '_' || before == '.')
        return numeral;
    numeral.value = strtod(at, &end);
    /* A full stop at the end is the sentence's. */
    numeral.size = (size_t)(end - at) - (end[-1] == '.');
    return numeral;
}

/* Reads the numerals of a text; returns how many, at most WCK_DIGEST_NUMBERS. */
static size_t read_numerals(const char *text, struct wck_numeral *numerals)
{
    size_t count = 0;
    char before = ' ';

    while (*text != '\0' && count < WCK_DIGEST_NUMBERS) {
        struct wck_numeral numeral = numeral_at(text, before);

        if (numeral.size > 0)
            numerals[count++] = numeral;
        text += numeral.size > 0 ? numeral.size : 1;
        before = text[-1];
    }
    return count;
}

/* Are two texts the same between their numerals? */
static bool same_between(const char *a, const struct wck_numeral *in_a, const char *b,
                         const struct wck_numeral *in_b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = (size_t)(in_a[i].digits - a);

        if (size != (size_t)(in_b[i].digits - b) || memcmp(a, b, size) != 0)
            return false;
        a = in_a[i].digits + in_a[i].size;
        b = in_b[i].digits + in_b[i].size;
    }
    return strcmp(a, b) == 0;
}

static bool merge(struct wck_digest_item *item, const char *text,
                  const struct wck_numeral *numerals, size_t count)
{
    struct wck_numeral first[WCK_DIGEST_NUMBERS];

    if (read_numerals(item->text, first) != count ||
        !same_between(item->text, first, text, numerals, count))
        return false;
    item->count++;
    for (size_t i = 0; i < count; i++) {
        if (numerals[i].value < item->low[i].value)
            item->low[i] = numerals[i];
        if (numerals[i].value > item->high[i].value)
            item->high[i] = numerals[i];
    }
    return true;
}

static struct wck_digest_item *new_item(struct wck_digest *digest)
{
    if (digest->count == digest->capacity) {
        size_t capacity = 2 * digest->capacity + 4;
        void *grown = realloc(digest->items, capacity * sizeof *digest->items);

        if (grown == NULL) {
            digest->failed = true;
            return NULL;
        }
        digest->items = grown;
        digest->capacity = capacity;
    }
    return &digest->items[digest->count++];
}

void wck_digest_add(struct wck_digest *digest, const char *text)
{
    struct wck_numeral numerals[WCK_DIGEST_NUMBERS];
    struct wck_digest_item *item;
    size_t count;

    if (text == NULL || digest->failed)
        return;
    count = read_numerals(text, numerals);
    for (size_t i = 0; i < digest->count; i++) {
        if (merge(&digest->items[i], text, numerals, count))
            return;
    }
    item = new_item(digest);
    if (item == NULL)
        return;
    *item = (struct wck_digest_item){.text = text, .count = 1};
    memcpy(item->low, numerals, count * sizeof *numerals);
    memcpy(item->high, numerals, count * sizeof *numerals);
}

void wck_digest_release(struct wck_digest *digest)
{
    free(digest->items);
    *digest = (struct wck_digest){0};
}

void wck_digest_form(const char *words, struct wck_text *text)
{
    struct wck_numeral numerals[WCK_DIGEST_NUMBERS];
    size_t count = read_numerals(words, numerals);

    for (size_t i = 0; i < count; i++) {
        wck_text_append(text, words, (size_t)(numerals[i].digits - words));
        wck_text_append(text, "#", 1);
        words = numerals[i].digits + numerals[i].size;
    }
    wck_text_append(text, words, strlen(words));
}

void wck_digest_print(const struct wck_digest_item *item, struct wck_text *text)
{
    struct wck_numeral first[WCK_DIGEST_NUMBERS];
    size_t count = read_numerals(item->text, first);
    const char *rest = item->text;

    for (size_t i = 0; i < count; i++) {
        const struct wck_numeral *low = &item->low[i], *high = &item->high[i];

        wck_text_append(text, rest, (size_t)(first[i].digits - rest));
        wck_text_append(text, low->digits, low->size);
        if (low->value < high->value) {
            wck_text_append(text, " to ", 4);
            wck_text_append(text, high->digits, high->size);
        }
        rest = first[i].digits + first[i].size;
    }
    wck_text_printf(text, "%s", rest);
}
