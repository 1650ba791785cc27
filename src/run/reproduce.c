#include "src/run/reproduce.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/io/file.h"

void wck_reproduction_release(struct wck_reproduction *reproduction)
{
    for (int i = 0; i < WCK_REPRODUCTION_FILES; i++)
        free(reproduction->path[i]);
    *reproduction = (struct wck_reproduction){.path = {NULL}};
}

/* ---- the pytest file ---- */

/* The next word of a command line as wck_text_quote writes it, unquoted; NULL at the
 * end. */
static const char *next_word(const char **at, struct wck_text *word)
{
    bool quoted = false;

    wck_text_release(word);
    *at += strspn(*at, " ");
    if (**at == '\0')
        return NULL;
    for (; **at != '\0' && (quoted || **at != ' '); ++*at) {
        if (**at == '\'')
            quoted = !quoted;
        else if (!quoted && **at == '\\' && (*at)[1] != '\0')
            wck_text_append(word, ++*at, 1);
        else
            wck_text_append(word, *at, 1);
    }
    return wck_text_string(word);
}

/* As Python reads it back. */
static void append_string(struct wck_text *text, const char *string)
{
    wck_text_append(text, "\"", 1);
    for (; *string != '\0'; string++) {
        unsigned char byte = (unsigned char)*string;

        if (byte == '"' || byte == '\\')
            wck_text_printf(text, "\\%c", byte);
        else if (byte < 32 || byte == 127)
            wck_text_printf(text, "\\x%02x", byte);
        else
            wck_text_append(text, string, 1);
    }
    wck_text_append(text, "\"", 1);
}

/* "--border-value" as "border_value". */
static void append_keyword(struct wck_text *text, const char *option)
{
    wck_text_printf(text, "        ");
    for (option += 2; *option != '\0' && *option != '='; option++)
        wck_text_append(text, *option == '-' ? "_" : option, 1);
    wck_text_printf(text, "=");
}

static void append_value(struct wck_text *text, const char *value)
{
    if (value == NULL)
        wck_text_printf(text, "True");
    else
        append_string(text, value);
    wck_text_printf(text, ",\n");
}

/* "warpcheck verify SUBJECT --option value --flag" as the arguments of verify().  No
 * value begins with two dashes. */
static void append_arguments(struct wck_text *text, const char *command)
{
    struct wck_text word = {0};
    const char *at = command, *next = NULL;
    bool pending = false;

    for (int skipped = 0; skipped < 2; skipped++)
        next_word(&at, &word);
    while ((next = next_word(&at, &word)) != NULL) {
        const char *equals = strchr(next, '=');

        if (strncmp(next, "--", 2) != 0) {
            if (!pending)
                wck_text_printf(text, "        ");
            append_value(text, next);
            pending = false;
            continue;
        }
        if (pending)
            append_value(text, NULL);
        append_keyword(text, next);
        pending = equals == NULL;
        if (!pending)
            append_value(text, equals + 1);
    }
    if (pending)
        append_value(text, NULL);
    wck_text_release(&word);
}

/* Text for a comment or a docstring: quotes and backslashes mean nothing in it. */
static void append_plain(struct wck_text *text, const char *words)
{
    for (; words != NULL && *words != '\0'; words++) {
        bool plain = *words != '"' && *words != '\\' && !iscntrl((unsigned char)*words);

        wck_text_append(text, plain ? words : "?", 1);
    }
}

/* The id as part of an identifier. */
static void append_identifier(struct wck_text *text, const char *id)
{
    for (; *id != '\0'; id++)
        wck_text_append(text, isalnum((unsigned char)*id) ? id : "_", 1);
}

static bool is_python(const struct wck_finding *finding)
{
    return strncmp(finding->subject, "py:", 3) == 0;
}

void wck_reproduce_pytest(const struct wck_shrunk *shrunk, const char *recording,
                          struct wck_text *text)
{
    const struct wck_finding *finding = &shrunk->finding;

    wck_text_printf(text, "\"\"\"%s: ", finding->id);
    append_plain(text, finding->cause);
    wck_text_printf(text, "\n\nOf ");
    append_plain(text, finding->subject);
    wck_text_printf(text, ", on %s.\n", finding->problem);
    if (is_python(finding))
        wck_text_printf(text,
                        "Run it where the name of the subject means the same.\n\"\"\"\n"
                        "\nimport warpcheck\n");
    else
        wck_text_printf(text, "\"\"\"\n\nimport pathlib\n\nimport warpcheck\n");
    wck_text_printf(text, "\n\ndef test_");
    append_identifier(text, finding->id);
    wck_text_printf(text, "():\n");
    if (is_python(finding)) {
        wck_text_printf(text, "    verification = warpcheck.verify(\n");
        append_arguments(text, finding->reproduce);
        wck_text_printf(text, "    )\n");
    } else {
        wck_text_printf(text, "    recording = pathlib.Path(__file__).with_name(");
        append_string(text, recording);
        wck_text_printf(text, ")\n    verification = warpcheck.verify(f\"recording:"
                              "{recording}\")\n");
    }
    wck_text_printf(text,
                    "    assert verification.verdict == \"pass\", verification.text\n");
}

/* ---- files ---- */

static enum wck_status make_folder(const char *folder, struct wck_error *err)
{
    if (mkdir(folder, 0777) == 0 || errno == EEXIST)
        return WCK_OK;
    return wck_error_set(err, WCK_IO, "%s: %s", folder, strerror(errno));
}

/* Writes the file and keeps its path. */
static enum wck_status write_text(const struct wck_text *text, struct wck_text *path,
                                  char **kept, struct wck_error *err)
{
    enum wck_status status;

    if (text->failed || path->failed)
        return wck_error_no_memory(err);
    status = wck_file_write(path->data, text->data, text->size, err);
    if (status == WCK_OK) {
        *kept = path->data;
        *path = (struct wck_text){0};
    }
    return status;
}

static void append_path(struct wck_text *path, const char *folder,
                        const struct wck_finding *finding,
                        enum wck_reproduction_file file)
{
    wck_text_printf(path, "%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/");
    if (file == WCK_REPRODUCTION_PYTEST) {
        wck_text_printf(path, "test_");
        append_identifier(path, finding->id);
        wck_text_printf(path, ".py");
    } else {
        wck_text_printf(path, "%s%s", finding->id,
                        file == WCK_REPRODUCTION_C ? ".c" : ".npz");
    }
}

/* One file's text; WCK_UNSUPPORTED where there is none. */
static enum wck_status make_text(const struct wck_shrunk *shrunk,
                                 enum wck_reproduction_file file, struct wck_text *text,
                                 struct wck_error *err)
{
    bool shows = shrunk->witness.recording.count > 0;
    struct wck_text name = {0};

    if (!shows && !(file == WCK_REPRODUCTION_PYTEST && is_python(&shrunk->finding)))
        return WCK_UNSUPPORTED;
    switch (file) {
    case WCK_REPRODUCTION_RECORDING:
        return wck_npz_encode(&shrunk->witness.recording, text, err);
    case WCK_REPRODUCTION_C:
        return wck_reproduce_c(shrunk, text, err);
    case WCK_REPRODUCTION_PYTEST:
    case WCK_REPRODUCTION_FILES:
    default:
        wck_text_printf(&name, "%s.npz", shrunk->finding.id);
        wck_reproduce_pytest(shrunk, wck_text_string(&name), text);
        wck_text_release(&name);
        return WCK_OK;
    }
}

enum wck_status wck_reproduce(struct wck_reproduction *reproduction,
                              const struct wck_shrunk *shrunk, const char *folder,
                              struct wck_error *err)
{
    enum wck_status status;

    *reproduction = (struct wck_reproduction){.path = {NULL}};
    status = make_folder(folder, err);
    for (int i = 0; i < WCK_REPRODUCTION_FILES && status == WCK_OK; i++) {
        enum wck_reproduction_file file = (enum wck_reproduction_file)i;
        struct wck_text text = {0}, path = {0};
        struct wck_error why = {WCK_OK, ""};

        append_path(&path, folder, &shrunk->finding, file);
        status = make_text(shrunk, file, &text, &why);
        if (status == WCK_OK)
            status = write_text(&text, &path, &reproduction->path[i], &why);
        if (status == WCK_UNSUPPORTED)
            status = WCK_OK;
        else if (status != WCK_OK)
            wck_error_set(err, status, "%s", why.text);
        wck_text_release(&text);
        wck_text_release(&path);
    }
    return status;
}
