#include "src/cli/convention_text.h"

#include <stdio.h>
#include <string.h>

#include "reference/call.h"
#include "reference/flag.h"

/* Axes in the order in which arrays hold them. */
static const char *order(const struct wck_convention *convention)
{
    if (convention->has_volumes)
        return convention->reversed ? "(z,) y, x" : "x, y(, z)";
    return convention->reversed ? "y, x" : "x, y";
}

static void print_matrix(const struct wck_convention *convention)
{
    printf("matrix, 2x3 or 3x3%s%s, alone or one a batch item; from %s; "
           "rows and columns %s",
           convention->projective ? " (a homography)" : " (last row 0 0 1)",
           convention->has_volumes ? ", of a volume 3x4 or 4x4" : "",
           convention->direction == WCK_SOURCE_TO_OUTPUT ? "source to output"
                                                         : "output to source",
           order(convention));
}

static void print_carrier(const struct wck_convention *convention)
{
    const char *deep = convention->has_volumes ? "[depth x] " : "";

    switch (convention->carrier) {
    case WCK_CARRIER_MATRIX:
        print_matrix(convention);
        break;
    case WCK_CARRIER_GRID:
        printf("grid, [batch x] %sheight x width x axes; normalised, %s", deep,
               order(convention));
        break;
    case WCK_CARRIER_MAPS:
        printf("map_x and map_y, [batch x] height x width each; pixels");
        break;
    case WCK_CARRIER_COORDS:
        printf("coords, axes x %sheight x width; pixels, %s", deep, order(convention));
        break;
    case WCK_CARRIER_FLOW:
        printf(convention->axis_last
                   ? "flow, [batch x] %sheight x width x axes; displacements in "
                     "pixels, %s"
                   : "flow, [batch x] axes x %sheight x width; displacements in "
                     "pixels, %s",
               deep, order(convention));
        break;
    }
}

/* Blank-separated words, "a, b, c". */
static void print_words(const char *words, const char *of_first)
{
    size_t length = strcspn(words, " ");

    printf("%.*s%s", (int)length, words, of_first);
    for (words += length; *words != '\0'; words += length) {
        words++;
        length = strcspn(words, " ");
        printf(", %.*s", (int)length, words);
    }
}

static void print_flags(const struct wck_convention *convention)
{
    const struct wck_flag *flag;
    bool any = false;

    for (size_t i = 0; (flag = wck_flag_row(i)) != NULL; i++) {
        if (flag->taken(convention)) {
            printf("%s%s (%s)", any ? ", " : "", flag->name, flag->summary);
            any = true;
        }
    }
    printf(any ? "\n" : "none\n");
}

void wck_convention_print(const struct wck_convention *convention)
{
    printf("%s: %s\nmap       ", convention->name, convention->summary);
    print_carrier(convention);
    if (convention->same_size)
        printf("\noutput    of the image's size, and of no other");
    printf("\ninterp    ");
    print_words(convention->interps, " (default)");
    printf("\nborder    ");
    print_words(convention->borders, " (default)");
    printf("\nfill      %s\nflags     ",
           !convention->has_fill    ? "takes no border value"
           : convention->has_scalar ? "a border value for all channels, one each, or "
                                      "2 to 4 as a cv::Scalar"
                                    : "a border value for all channels, or one each");
    print_flags(convention);
    printf("layouts   ");
    print_words(wck_convention_layouts(convention), "");
    printf(", by the number of axes; any other where it is said\nversions  ");
    if (convention->versions != NULL) {
        print_words(convention->versions, "");
        printf(" differ; the newest where none is said\n");
    } else {
        printf("no difference known\n");
    }
    printf("proven    %s\n",
           convention->proven ? "yes" : "no: there is no recording of the library");
}

/* ---- JSON ---- */

/* Words of the conventions hold no character that JSON escapes. */
static void print_array(const char *key, const char *words)
{
    printf(", \"%s\": [", key);
    for (size_t length; *words != '\0'; words += length + (words[length] == ' ')) {
        length = strcspn(words, " ");
        printf("\"%.*s\"%s", (int)length, words, words[length] == ' ' ? ", " : "");
    }
    putchar(']');
}

void wck_convention_print_json(const struct wck_convention *convention)
{
    const char *array;
    const struct wck_flag *flag;
    bool any = false;

    printf(", \"arrays\": [");
    for (size_t i = 0; (array = wck_call_array_name(convention, i)) != NULL; i++)
        printf("%s\"%s\"", i > 0 ? ", " : "", array);
    printf("], \"flags\": [");
    for (size_t i = 0; (flag = wck_flag_row(i)) != NULL; i++) {
        if (flag->taken(convention))
            printf("%s\"%s\"", any ? ", " : "", flag->name);
        any |= flag->taken(convention);
    }
    putchar(']');
    print_array("interps", convention->interps);
    print_array("borders", convention->borders);
    print_array("layouts", wck_convention_layouts(convention));
    print_array("versions", convention->versions != NULL ? convention->versions : "");
    printf(", \"border_value\": %s, \"volumes\": %s, \"proven\": %s",
           convention->has_fill ? "true" : "false",
           convention->has_volumes ? "true" : "false",
           convention->proven ? "true" : "false");
}
