#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "reference/convention.h"
#include "src/checker/checker.h"
#include "src/cli/choice.h"
#include "src/cli/command.h"
#include "src/cli/convention_text.h"
#include "src/cli/options.h"
#include "src/coverage/reason.h"
#include "src/deviation/deviation.h"
#include "src/report/report.h"
#include "src/subject/subject.h"

struct entry {
    const char *name, *summary;
    const struct wck_deviation *deviation; /* that it is; NULL: of something else */
};

/* A registry that can be listed. */
struct listing {
    const char *name;
    const char *summary;
    struct entry (*row)(size_t row); /* NULL names beyond the last */
};

static struct entry kernel_row(size_t row)
{
    const struct wck_kernel *kernel = wck_kernel_row(row);

    return kernel ? (struct entry){kernel->name, kernel->summary, NULL}
                  : (struct entry){0};
}

static struct entry border_row(size_t row)
{
    const struct wck_border *border = wck_border_row(row);

    return border ? (struct entry){border->name, border->summary, NULL}
                  : (struct entry){0};
}

static struct entry convention_row(size_t row)
{
    const struct wck_convention *convention = wck_convention_row(row);

    return convention ? (struct entry){convention->name, convention->summary, NULL}
                      : (struct entry){0};
}

static struct entry deviation_row(size_t row)
{
    const struct wck_deviation *deviation = wck_deviation_row(row);

    return deviation ? (struct entry){deviation->name, deviation->summary, deviation}
                     : (struct entry){0};
}

static struct entry checker_row(size_t row)
{
    const struct wck_checker *checker = wck_checker_row(row);

    return checker ? (struct entry){checker->id, checker->summary, NULL}
                   : (struct entry){0};
}

static struct entry reason_row(size_t row)
{
    const struct wck_reason_row *reason = wck_reason_row((enum wck_reason)row);

    return reason ? (struct entry){reason->id, reason->definition, NULL}
                  : (struct entry){0};
}

static struct entry format_row(size_t row)
{
    const struct wck_format *format = wck_format_row(row);

    return format ? (struct entry){format->name, format->summary, NULL}
                  : (struct entry){0};
}

static struct entry subject_row(size_t row)
{
    const struct wck_subject_kind *kind = wck_subject_kind_row(row);

    return kind ? (struct entry){kind->prefix, kind->summary, NULL} : (struct entry){0};
}

static const struct listing listings[] = {
    {"kernels", "how a sample weighs the pixels around it", kernel_row},
    {"borders", "what is read outside the image", border_row},
    {"conventions", "functions of libraries; 'conventions NAME' tells its choices",
     convention_row},
    {"deviations", "named ways to be wrong, as in deviation:NAME", deviation_row},
    {"checkers", "the tests of a subject", checker_row},
    {"reasons", "why an entry of the gradient is zero", reason_row},
    {"formats", "ways of writing a report", format_row},
    {"subjects", "what can be verified, as in builtin:reference", subject_row},
};

#define LISTINGS (sizeof listings / sizeof *listings)

static struct entry listing_row(size_t row)
{
    return row < LISTINGS
               ? (struct entry){listings[row].name, listings[row].summary, NULL}
               : (struct entry){0};
}

static const char *listing_name(size_t row)
{
    return listing_row(row).name;
}

static const struct listing contents = {"listings", "what can be listed", listing_row};

struct request {
    const struct listing *listing;
    const struct wck_convention *convention; /* NULL: all of the listing */
    bool json;
};

static const char *convention_name(size_t row)
{
    return convention_row(row).name;
}

/* The listing, and then the convention of which all is told. */
static void read_argument(struct request *request, const char *arg,
                          struct argp_state *state)
{
    bool second = state->arg_num > 0;
    struct wck_error err = {0};
    size_t row;

    if (state->arg_num > 1 || (second && request->listing->row != convention_row))
        wck_usage(state, "one listing at a time");
    row = second ? wck_choice_find("convention", convention_name, arg, &err)
                 : wck_choice_find("listing", listing_name, arg, &err);
    if (row == SIZE_MAX)
        wck_usage(state, "%s", err.text);
    if (second)
        request->convention = wck_convention_row(row);
    else
        request->listing = &listings[row];
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        return 0;
    case WCK_KEY_LIST_JSON:
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        read_argument(request, arg, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", WCK_KEY_LIST_JSON, NULL, 0, "print JSON", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "[kernels|borders|conventions [NAME]|deviations|checkers|reasons|"
                "formats|subjects]",
    .doc = "List what there is, or what can be listed.  The name of a convention tells "
           "everything that its caller may choose.",
};

/* The convention that a row is; NULL where the listing is of something else. */
static const struct wck_convention *convention_of(const struct listing *listing,
                                                  size_t row)
{
    return listing->row == convention_row ? wck_convention_row(row) : NULL;
}

static void print_table(const struct listing *listing)
{
    int width = 0;

    for (size_t i = 0; listing->row(i).name != NULL; i++) {
        int length = (int)strlen(listing->row(i).name);

        width = length > width ? length : width;
    }
    for (size_t i = 0; listing->row(i).name != NULL; i++) {
        struct entry entry = listing->row(i);
        const struct wck_convention *convention = convention_of(listing, i);
        bool unproven = convention != NULL && !convention->proven;

        printf("%-*s  %s%s\n", width, entry.name, entry.summary,
               unproven ? " (unproven: no recording)" : "");
    }
}

/* Names and summaries are ours, but a summary may quote. */
static void print_string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

static void print_member(const char *name, const char *text)
{
    printf(", \"%s\": ", name);
    print_string(text);
}

static void print_deviation(const struct wck_deviation *deviation)
{
    static const char *const scopes[] = {[WCK_SCOPE_FORWARD] = "output",
                                         [WCK_SCOPE_BACKWARD] = "gradient",
                                         [WCK_SCOPE_BOTH] = "both"};

    print_member("changes", scopes[wck_deviation_scope(deviation)]);
    print_member("kernel", deviation->kernel != NULL ? deviation->kernel : "bilinear");
    printf(", \"side\": %zu", deviation->side);
    print_member("source", deviation->source);
    print_member("remedy", deviation->remedy);
    if (deviation->equivalent != NULL)
        print_member("equivalent", deviation->equivalent);
}

static void print_object(const struct entry *entry,
                         const struct wck_convention *convention)
{
    printf("{\"name\": ");
    print_string(entry->name);
    printf(", \"summary\": ");
    print_string(entry->summary);
    if (convention != NULL)
        wck_convention_print_json(convention);
    if (entry->deviation != NULL)
        print_deviation(entry->deviation);
    putchar('}');
}

static void print_json(const struct listing *listing)
{
    puts("[");
    for (size_t i = 0; listing->row(i).name != NULL; i++) {
        struct entry entry = listing->row(i);

        printf("  ");
        print_object(&entry, convention_of(listing, i));
        puts(listing->row(i + 1).name != NULL ? "," : "");
    }
    puts("]");
}

static void print_convention(const struct wck_convention *convention, bool json)
{
    struct entry entry = {convention->name, convention->summary, NULL};

    if (!json) {
        wck_convention_print(convention);
        return;
    }
    print_object(&entry, convention);
    putchar('\n');
}

int wck_list_main(int argc, char **argv)
{
    struct request request = {.listing = &contents};

    wck_options_parse(&argp, 0, argc, argv, &request);
    if (request.convention != NULL)
        print_convention(request.convention, request.json);
    else if (request.json)
        print_json(request.listing);
    else
        print_table(request.listing);
    return WCK_EXIT_OK;
}
