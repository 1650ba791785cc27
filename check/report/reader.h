/* Reader: what a page holds, read back. */
#ifndef CHECK_REPORT_READER_H
#define CHECK_REPORT_READER_H

#include <stdint.h>

#include "reference/image.h"
#include "src/base/text.h"

/* How often the part stands in the page; and a failed test where it does not. */
size_t reader_count(const struct wck_text *page, const char *part);
void reader_assert_says(const struct wck_text *page, const char *part);

/* The picture whose data URI follows `before`; the test is in a scratch folder, and
 * frees the data. */
struct wck_image reader_picture(const struct wck_text *page, const char *before);

/* The numbers of that name, `count` of them: the bits of each, to be freed; and the
 * double of such bits. */
uint64_t *reader_numbers(const struct wck_text *page, const char *name, size_t count);
double reader_double(uint64_t bits);

#endif
