/* Text: a string that grows, and reading numbers out of strings. */
#ifndef WCK_BASE_TEXT_H
#define WCK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* {0} is an empty text.  A failed allocation is remembered in `failed` and later calls
 * do nothing, so that a writer checks once, at its end. */
struct wck_text {
    char *data; /* always terminated once anything was added; owned */
    size_t size;
    size_t capacity;
    bool failed;
};

void wck_text_release(struct wck_text *text);
void wck_text_append(struct wck_text *text, const char *bytes, size_t size);
void wck_text_printf(struct wck_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a word in single quotes, as a shell reads it back. */
void wck_text_quote(struct wck_text *text, const char *word);

/* Appends part/whole as a percentage with that many decimals, and with as many more as
 * it takes to tell it from 0% and 100%, which are written, without decimals, where
 * nothing or everything is there.  A share of nothing is 0%. */
void wck_text_share(struct wck_text *text, size_t part, size_t whole, int decimals);

/* The characters so far; "" for an empty or failed text.  Borrowed. */
const char *wck_text_string(const struct wck_text *text);

/* Reads "HxW" or "HxWxC" ('x' or 'X'): positive decimal integers, nothing else around.
 * Returns how many were read (at most `most`), or 0 where the text is not of this form,
 * a number is 0 or too large for size_t. */
size_t wck_text_read_sizes(const char *text, size_t *sizes, size_t most);

/* Reads finite numbers separated by blanks, commas or semicolons, nothing else around.
 * Returns how many were read (at most `most`), or 0 where the text is not of this form,
 * a number is not finite, or there are more. */
size_t wck_text_read_numbers(const char *text, double *numbers, size_t most);

#endif
