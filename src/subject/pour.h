/* Pour: a copy of an array that looks for a pattern on its way. */
#ifndef WCK_SUBJECT_POUR_H
#define WCK_SUBJECT_POUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first of `count` elements of `width` bytes that holds the pattern (its first
 * bytes); `count` where none does. */
size_t wck_pour_find(const void *data, size_t count, size_t width, uint64_t pattern);

/* Copies elements of 2, 4 or 8 bytes; true where one of those that arrived holds the
 * pattern.  What is too large for a cache to keep is written past it, in half the
 * time. */
bool wck_pour(void *to, const void *from, size_t count, size_t width, uint64_t pattern);

#endif
