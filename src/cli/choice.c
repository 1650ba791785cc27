#include "src/cli/choice.h"

#include <stdint.h>
#include <string.h>

#include "src/base/text.h"

#define LONGEST 64 /* names of registries are shorter; what is typed may not be */

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Levenshtein's distance: the fewest letters to insert, delete or replace.  SIZE_MAX
 * for what is too long to be a name. */
static size_t distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1];
    size_t length = strlen(b);

    if (length > LONGEST || strlen(a) > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];

            row[j] = smallest(above + 1, row[j - 1] + 1,
                              diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
            diagonal = above;
        }
    }
    return row[length];
}

size_t wck_choice_nearest(wck_choice_name *name, const char *given)
{
    size_t nearest = SIZE_MAX, least = SIZE_MAX;

    for (size_t row = 0; name(row) != NULL; row++) {
        size_t d = distance(given, name(row));

        if (d < least) {
            least = d;
            nearest = row;
        }
    }
    /* Up to a third of the letters may be wrong, and one of two or three. */
    return least <= (strlen(given) + 2) / 3 ? nearest : SIZE_MAX;
}

/* As many of the names as an error has room for. */
static void append_names(struct wck_text *text, wck_choice_name *name)
{
    static const char more[] = ", ...)";
    const size_t room = sizeof((struct wck_error *)NULL)->text - sizeof more;

    for (size_t row = 0; name(row) != NULL; row++) {
        if (text->size + strlen(name(row)) + strlen(" (there are: ") > room) {
            if (row > 0)
                wck_text_printf(text, "%s", more);
            return;
        }
        wck_text_printf(text, "%s%s", row == 0 ? " (there are: " : ", ", name(row));
    }
    wck_text_printf(text, ")");
}

static void say_unknown(const char *what, wck_choice_name *name, const char *given,
                        struct wck_error *err)
{
    size_t nearest = wck_choice_nearest(name, given);
    struct wck_text text = {0};

    wck_text_printf(&text, "unknown %s '%s'", what, given);
    if (nearest != SIZE_MAX)
        wck_text_printf(&text, "; did you mean '%s'?", name(nearest));
    append_names(&text, name);
    wck_error_set(err, WCK_INVALID, "%s", wck_text_string(&text));
    wck_text_release(&text);
}

size_t wck_choice_find(const char *what, wck_choice_name *name, const char *given,
                       struct wck_error *err)
{
    for (size_t row = 0; name(row) != NULL; row++) {
        if (strcmp(name(row), given) == 0)
            return row;
    }
    say_unknown(what, name, given, err);
    return SIZE_MAX;
}
