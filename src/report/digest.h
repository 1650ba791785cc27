/* Digest: many texts that differ in their numbers only, as one text with ranges: "4
 * images" and "9 images" become "4 to 9 images". */
#ifndef WCK_REPORT_DIGEST_H
#define WCK_REPORT_DIGEST_H

#include "src/base/text.h"

#define WCK_DIGEST_NUMBERS 16 /* of a text; those after them must be equal */

/* A number as it is written in a text. */
struct wck_numeral {
    const char *digits;
    size_t size;
    double value;
};

struct wck_digest_item {
    const char *text; /* the first of its kind; borrowed */
    size_t count;     /* texts of its kind */
    struct wck_numeral low[WCK_DIGEST_NUMBERS], high[WCK_DIGEST_NUMBERS];
};

/* {0} is an empty digest. */
struct wck_digest {
    struct wck_digest_item *items; /* in the order in which they first came */
    size_t count, capacity;
    bool failed; /* memory was out */
};

/* Adds a text, which must outlive the digest; NULL is nothing. */
void wck_digest_add(struct wck_digest *digest, const char *text);
void wck_digest_release(struct wck_digest *digest);

/* Appends the text with '#' in place of each number: the same for all texts that differ
 * in their numbers only. */
void wck_digest_form(const char *words, struct wck_text *text);

/* Appends the text of the item, with ranges. */
void wck_digest_print(const struct wck_digest_item *item, struct wck_text *text);

#endif
