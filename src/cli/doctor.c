#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/command.h"
#include "src/cli/options.h"
#include "src/io/file.h"
#include "src/run/machine.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
    const char **json = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        return 0;
    case WCK_KEY_LIST_JSON:
        if (*arg == '\0')
            wck_usage(state, "--json needs the name of a file, or '-'");
        *json = arg;
        return 0;
    case ARGP_KEY_ARG:
        wck_usage(state, "one argument too many: '%s'", arg);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", WCK_KEY_LIST_JSON, "FILE", 0, "write JSON instead of a text", 0},
    {0},
};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .doc = "Say what this machine offers: measures of the sandbox that workers run in, "
           "memory, processor, Python and its modules, accelerators.",
};

static void print(const struct wck_machine *machine)
{
    const char *group = "";

    for (size_t i = 0; i < machine->count; i++) {
        const struct wck_fact *fact = &machine->facts[i];
        const char *what = fact->what;

        if (strcmp(group, fact->group) != 0)
            printf("%s%s\n", i > 0 ? "\n" : "", fact->group);
        group = fact->group;
        if (*what == '\0' && fact->matter != NULL)
            what = fact->matter;
        printf("  %-3s  ", fact->there ? "yes" : "no");
        printf(*what != '\0' ? "%-12s  %s\n" : "%s%s\n", fact->name, what);
    }
}

/* {"sandbox": [{"name": "namespace", "there": true, "what": ""}, ...], ...} */
static json_t *document(const struct wck_machine *machine)
{
    json_t *all = json_object();

    for (size_t i = 0; i < machine->count; i++) {
        const struct wck_fact *fact = &machine->facts[i];
        json_t *group = json_object_get(all, fact->group);

        if (group == NULL) {
            json_object_set_new(all, fact->group, json_array());
            group = json_object_get(all, fact->group);
        }
        json_array_append_new(group,
                              json_pack("{s:s, s:b, s:s}", "name", fact->name, "there",
                                        (int)fact->there, "what", fact->what));
    }
    return all;
}

static enum wck_status write_json(const struct wck_machine *machine, const char *path,
                                  struct wck_error *err)
{
    json_t *all = document(machine);
    char *text = json_dumps(all, JSON_INDENT(2));
    enum wck_status status = WCK_OK;

    json_decref(all);
    if (text == NULL)
        return wck_error_no_memory(err);
    if (strcmp(path, "-") == 0)
        puts(text); /* what cannot be written is noticed at the end of the program */
    else
        status = wck_file_write(path, text, strlen(text), err);
    free(text);
    return status;
}

int wck_doctor_main(int argc, char **argv)
{
    const char *json = NULL;
    struct wck_machine machine;
    struct wck_error err = {0};

    wck_options_parse(&argp, 0, argc, argv, &json);
    wck_machine_look(&machine);
    if (json == NULL)
        print(&machine);
    else if (write_json(&machine, json, &err) != WCK_OK)
        return wck_command_failed(argv[0], &err);
    return WCK_EXIT_OK;
}
