/* Convention text: everything that a convention's caller may choose, for people and for
 * programs. */
#ifndef WCK_CLI_CONVENTION_TEXT_H
#define WCK_CLI_CONVENTION_TEXT_H

#include "reference/convention.h"

/* Prints a few lines on standard output: the array that carries the map and its shape,
 * words, flags, layouts, versions, and whether recordings prove it. */
void wck_convention_print(const struct wck_convention *convention);

/* The same as members of a JSON object, each after a comma. */
void wck_convention_print_json(const struct wck_convention *convention);

#endif
