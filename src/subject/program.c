#include "src/subject/program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wordexp.h>

#include "src/subject/worker.h"

static enum wck_status open_command(const char *name,
                                    const struct wck_subject_options *options,
                                    void **state, struct wck_error *err)
{
    struct wck_worker *worker = NULL;
    wordexp_t words;
    int code = wordexp(name, &words, WRDE_NOCMD);
    enum wck_status status;

    if (code == WRDE_NOSPACE)
        return wck_error_no_memory(err);
    if (code != 0)
        return wck_error_set(err, WCK_INVALID,
                             "'%s' is no plain command line: no shell runs it, so it "
                             "has no | & ; < > ( ) { }, $(...) or open quotes",
                             name);
    status = words.we_wordc > 0
                 ? wck_worker_open(&worker, words.we_wordv, options, err)
                 : wck_error_set(err, WCK_INVALID, "worker: is followed by no command");
    wordfree(&words);
    *state = worker;
    return status;
}

/* Starts a worker of those words; the last is the subject's own name. */
static enum wck_status start(char *const *words, const char *name,
                             const struct wck_subject_options *options, void **state,
                             struct wck_error *err)
{
    char *argv[8] = {NULL}, *last = strdup(name);
    struct wck_worker *worker = NULL;
    size_t count = 0;
    enum wck_status status;

    if (last == NULL)
        return wck_error_no_memory(err);
    while (words[count] != NULL) {
        argv[count] = words[count];
        count++;
    }
    argv[count] = last;
    status = wck_worker_open(&worker, argv, options, err);
    free(last);
    *state = worker;
    return status;
}

static enum wck_status open_python(const char *name,
                                   const struct wck_subject_options *options,
                                   void **state, struct wck_error *err)
{
    char *chosen = getenv("WARPCHECK_PYTHON");
    char python[] = "python3", flag[] = "-m", module[] = "warpcheck.worker";
    char *words[] = {chosen != NULL && *chosen != '\0' ? chosen : python, flag, module,
                     NULL};

    struct wck_error why = {WCK_OK, ""};
    enum wck_status status;

    if (strchr(name, ':') == NULL)
        return wck_error_set(err, WCK_INVALID,
                             "'%s' names no function: FILE.py:FUNCTION or "
                             "package.module:FUNCTION",
                             name);
    status = start(words, name, options, state, &why);
    if (status == WCK_SUBJECT &&
        strstr(why.text, "No module named 'warpcheck'") != NULL)
        return wck_error_set(err, status,
                             "%s has no package warpcheck: 'pip install "
                             "adapters/python', and see doc/python.md",
                             words[0]);
    return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", why.text);
}

static enum wck_status open_inside(const char *name, void **state,
                                   struct wck_error *err)
{
    struct wck_worker *worker;
    enum wck_status status = wck_worker_open_inside(&worker, name, err);

    *state = worker;
    return status;
}

static enum wck_status open_plugin(const char *name,
                                   const struct wck_subject_options *options,
                                   void **state, struct wck_error *err)
{
    char *chosen = getenv("WARPCHECK");
    char serve[] = "serve", self[PATH_MAX];
    char *words[] = {chosen, serve, NULL};
    ssize_t length;

    if (access(name, R_OK) != 0)
        return wck_error_set(err, WCK_IO, "%s: cannot be read", name);
    if (options->in_process)
        return open_inside(name, state, err);
    if (chosen == NULL || *chosen == '\0') {
        length = readlink("/proc/self/exe", self, sizeof self - 1);
        if (length < 0)
            return wck_error_set(err, WCK_IO,
                                 "/proc/self/exe: cannot tell which program this is");
        self[length] = '\0';
        words[0] = self;
    }
    return start(words, name, options, state, err);
}

/* What answers is a process of its own, whoever started it. */
#define ANSWERED_BY_WORKER                                                             \
    .close = wck_worker_close, .forward = wck_worker_forward, .vjp = wck_worker_vjp,   \
    .jvp = wck_worker_jvp, .second = wck_worker_second, .answer = wck_worker_answer,   \
    .is_lost = wck_worker_is_lost, .lives = wck_worker_lives,                          \
    .varies = wck_worker_varies, .lost = wck_worker_lost,                              \
    .flattens = wck_worker_flattens, .lend = wck_worker_lend,                          \
    .take_back = wck_worker_take_back, .sandbox = wck_worker_sandbox

const struct wck_subject_kind wck_subject_worker = {
    .prefix = "worker",
    .summary = "worker:COMMAND, a program that speaks the worker protocol",
    .apart = true,
    .open = open_command,
    ANSWERED_BY_WORKER,
};

const struct wck_subject_kind wck_subject_python = {
    .prefix = "py",
    .summary = "py:FILE.py:FUNCTION or py:package.module:FUNCTION, a Python function",
    .apart = true,
    .open = open_python,
    ANSWERED_BY_WORKER,
};

const struct wck_subject_kind wck_subject_plugin = {
    .prefix = "plugin",
    .summary = "plugin:FILE.so, a shared library as include/warpcheck/plugin.h has it",
    .apart = true,
    .inside = true,
    .open = open_plugin,
    ANSWERED_BY_WORKER,
};
