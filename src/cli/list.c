#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "reference/convention.h"
#include "src/checker/checker.h"
#include "src/cli/choice.h"
#include "src/cli/command.h"
#include "src/cli/options.h"
#include "src/coverage/reason.h"
#include "src/deviation/deviation.h"
#include "src/report/report.h"
#include "src/subject/subject.h"

struct entry {
    const char *name, *summary;
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

    return kernel ? (struct entry){kernel->name, kernel->summary} : (struct entry){0};
}

static struct entry border_row(size_t row)
{
    const struct wck_border *border = wck_border_row(row);

    return border ? (struct entry){border->name, border->summary} : (struct entry){0};
}

static struct entry convention_row(size_t row)
{
    const struct wck_convention *convention = wck_convention_row(row);

    return convention ? (struct entry){convention->name, convention->summary}
                      : (struct entry){0};
}

static struct entry deviation_row(size_t row)
{
    const struct wck_deviation *deviation = wck_deviation_row(row);

    return deviation ? (struct entry){deviation->name, deviation->summary}
                     : (struct entry){0};
}

static struct entry checker_row(size_t row)
{
    const struct wck_checker *checker = wck_checker_row(row);

    return checker ? (struct entry){checker->id, checker->summary} : (struct entry){0};
}

static struct entry reason_row(size_t row)
{
    const struct wck_reason_row *reason = wck_reason_row((enum wck_reason)row);

    return reason ? (struct entry){reason->id, reason->definition} : (struct entry){0};
}

static struct entry format_row(size_t row)
{
    const struct wck_format *format = wck_format_row(row);

    return format ? (struct entry){format->name, format->summary} : (struct entry){0};
}

static struct entry subject_row(size_t row)
{
    const struct wck_subject_kind *kind = wck_subject_kind_row(row);

    return kind ? (struct entry){kind->prefix, kind->summary} : (struct entry){0};
}

static const struct listing listings[] = {
    {"kernels", "how a sample weighs the pixels around it", kernel_row},
    {"borders", "what is read outside the image", border_row},
    {"conventions", "functions of libraries whose recordings can be verified",
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
    return row < LISTINGS ? (struct entry){listings[row].name, listings[row].summary}
                          : (struct entry){0};
}

static const char *listing_name(size_t row)
{
    return listing_row(row).name;
}

static const struct listing contents = {"listings", "what can be listed", listing_row};

struct request {
    const struct listing *listing;
    bool json;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;
    struct wck_error err = {0};
    size_t row;

    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        return 0;
    case WCK_KEY_LIST_JSON:
        request->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            wck_usage(state, "one listing at a time");
        row = wck_choice_find("listing", listing_name, arg, &err);
        if (row == SIZE_MAX)
            wck_usage(state, "%s", err.text);
        request->listing = &listings[row];
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
    .args_doc = "[kernels|borders|conventions|deviations|checkers|reasons|formats|"
                "subjects]",
    .doc = "List what there is, or what can be listed.",
};

static void print_table(const struct listing *listing)
{
    int width = 0;

    for (size_t i = 0; listing->row(i).name != NULL; i++) {
        int length = (int)strlen(listing->row(i).name);

        width = length > width ? length : width;
    }
    for (size_t i = 0; listing->row(i).name != NULL; i++)
        printf("%-*s  %s\n", width, listing->row(i).name, listing->row(i).summary);
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

static void print_json(const struct listing *listing)
{
    struct entry entry = listing->row(0);

    puts("[");
    for (size_t i = 1; entry.name != NULL; i++) {
        printf("  {\"name\": ");
        print_string(entry.name);
        printf(", \"summary\": ");
        print_string(entry.summary);
        entry = listing->row(i);
        puts(entry.name != NULL ? "}," : "}");
    }
    puts("]");
}

int wck_list_main(int argc, char **argv)
{
    struct request request = {.listing = &contents};

    wck_options_parse(&argp, 0, argc, argv, &request);
    if (request.json)
        print_json(request.listing);
    else
        print_table(request.listing);
    return WCK_EXIT_OK;
}
