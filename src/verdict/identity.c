#include "src/verdict/identity.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number that starts at `at`, of digits or one of the words for what is not finite;
 * its length, or 0 where there is none. */
static size_t numeral(const char *at)
{
    const char *digits = *at == '-' || *at == '+' ? at + 1 : at;
    size_t word = strspn(digits, "abcdefghijklmnopqrstuvwxyz");
    char *end;

    if (isdigit((unsigned char)digits[0]) ||
        (digits[0] == '.' && isdigit((unsigned char)digits[1]))) {
        strtod(at, &end);
        return (size_t)(end - at);
    }
    if (word == 3 && (memcmp(digits, "nan", 3) == 0 || memcmp(digits, "inf", 3) == 0))
        return (size_t)(digits - at) + word;
    return 0;
}

/* Within a word (lanczos4, a float64) digits are no number; between sizes (5x4) the x
 * is no word. */
static bool is_in_word(const char *text, const char *at, bool after_number)
{
    if (at == text)
        return false;
    if (after_number && at[-1] == 'x')
        return false;
    return isalnum((unsigned char)at[-1]) || at[-1] == '_';
}

void wck_identity_words(const char *cause, const char *name, struct wck_text *words)
{
    size_t named = name != NULL ? strlen(name) : 0;
    const char *number = NULL; /* the end of the last one */

    for (const char *at = cause; at != NULL && *at != '\0';) {
        size_t length = 0;

        if (named > 0 && strncmp(at, name, named) == 0) {
            at += named;
            continue;
        }
        if (!is_in_word(cause, at, number != NULL && at == number + 1))
            length = numeral(at);
        wck_text_append(words, length > 0 ? "#" : at, 1);
        at += length > 0 ? length : 1;
        if (length > 0)
            number = at;
    }
}

/* FNV-1a: from 2166136261, each byte is xored in and the hash times 16777619. */
static uint32_t hash(uint32_t from, const char *text)
{
    for (; *text != '\0'; text++)
        from = (from ^ (unsigned char)*text) * UINT32_C(16777619);
    /* The terminator too, so that words cannot move from one fact to the next. */
    return from * UINT32_C(16777619);
}

void wck_finding_identify(struct wck_finding *finding, const char *problem_class)
{
    struct wck_text words = {0};
    uint32_t h = UINT32_C(2166136261);

    wck_identity_words(finding->cause, finding->subject, &words);
    h = hash(h, finding->checker);
    h = hash(h, wck_claim_id(finding->claim));
    h = hash(h, problem_class);
    h = hash(h, wck_text_string(&words));
    snprintf(finding->id, sizeof finding->id, "%.32s-%08lx", finding->checker,
             (unsigned long)h);
    wck_text_release(&words);
}
