#include "src/run/conform.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/apart_options.h"
#include "src/cli/command.h"
#include "src/io/file.h"

struct request {
    struct wck_subject_options apart;
    const char *json;
    char **words; /* of the worker's command line, ended by NULL */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct request *request = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        state->child_inputs[0] = &request->apart;
        return 0;
    case WCK_KEY_LIST_JSON:
        if (*arg == '\0')
            wck_usage(state, "--json needs the name of a file, or '-'");
        request->json = arg;
        return 0;
    case ARGP_KEY_ARG:
        request->words = &state->argv[state->next - 1];
        state->next = state->argc; /* the rest is the worker's */
        return 0;
    case ARGP_KEY_NO_ARGS:
        wck_usage(state, "no COMMAND is given");
    case ARGP_KEY_END:
        if (request->apart.transport != WCK_TRANSPORT_ANY)
            wck_usage(state, "--transport says nothing here: both are tried");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"json", WCK_KEY_LIST_JSON, "FILE", 0, "write JSON instead of a text", 0},
    {0},
};

static const struct argp_child children[] = {{&wck_apart_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = "COMMAND [ARGUMENT]...",
    .doc =
        "Say whether a worker keeps to the worker protocol (doc/protocol.md), clause "
        "by clause.\vExit status: 0 it does, 1 a clause failed, 2 wrong usage, 3 it "
        "does not greet back, 4 input, output or memory, 5 it serves none of the "
        "calls.",
    .children = children,
};

static void print(const struct wck_conformity *results)
{
    for (int i = 0; i < WCK_CLAUSE_COUNT; i++) {
        printf("%-14s  %-12s  %s (%s)\n", wck_verdict_id(results[i].verdict),
               wck_clauses[i].name, wck_clauses[i].summary, wck_clauses[i].section);
        if (results[i].verdict != WCK_PASS)
            printf("                  %s\n", results[i].why);
    }
}

/* [{"clause": "greeting", "verdict": "pass", "section": "Messages", "why": ""}, ...] */
static enum wck_status write_json(const struct wck_conformity *results,
                                  const char *path, struct wck_error *err)
{
    json_t *all = json_array();
    enum wck_status status = WCK_OK;
    char *text;

    for (int i = 0; i < WCK_CLAUSE_COUNT; i++)
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s}", "clause", wck_clauses[i].name,
                           "verdict", wck_verdict_id(results[i].verdict), "section",
                           wck_clauses[i].section, "why", results[i].why));
    text = json_dumps(all, JSON_INDENT(2));
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

static int judge(const struct wck_conformity *results)
{
    if (results[WCK_CLAUSE_GREETING].verdict == WCK_FAIL)
        return WCK_EXIT_SUBJECT;
    for (int i = 0; i < WCK_CLAUSE_COUNT; i++) {
        if (results[i].verdict == WCK_FAIL)
            return WCK_EXIT_FAILED;
    }
    return results[WCK_CLAUSE_FORWARD].verdict == WCK_PASS ? WCK_EXIT_OK
                                                           : WCK_EXIT_UNJUDGED;
}

int wck_conform_main(int argc, char **argv)
{
    struct request request = {0};
    struct wck_conformity results[WCK_CLAUSE_COUNT] = {0};
    struct wck_error err = {0};

    wck_options_parse(&argp, ARGP_IN_ORDER, argc, argv, &request);
    if (wck_conform(results, request.words, &request.apart, &err) != WCK_OK)
        return wck_command_failed(argv[0], &err);
    if (request.json == NULL)
        print(results);
    else if (write_json(results, request.json, &err) != WCK_OK)
        return wck_command_failed(argv[0], &err);
    return judge(results);
}
