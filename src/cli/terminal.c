#include "src/cli/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool begins(const char *name, const char *word)
{
    return strncmp(name, word, strlen(word)) == 0;
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

/* By the locale's characters; the rest of the program keeps the C locale. */
static bool is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    bool utf8;

    if (locale == (locale_t)0)
        return false;
    utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}

static bool takes_pictures(const char *term)
{
    const char *program = environment("TERM_PROGRAM");

    if (begins(term, "screen") || begins(term, "tmux"))
        return false;
    return strcmp(term, "xterm-kitty") == 0 || strcmp(term, "xterm-ghostty") == 0 ||
           strcmp(program, "ghostty") == 0 || strcmp(program, "WezTerm") == 0 ||
           *environment("KITTY_WINDOW_ID") != '\0';
}

enum wck_sketch wck_terminal_sketch(void)
{
    const char *term = environment("TERM"), *colours = environment("COLORTERM");

    if (!isatty(STDOUT_FILENO))
        return WCK_SKETCH_NONE;
    if (*environment("NO_COLOR") != '\0' || !is_utf8())
        return WCK_SKETCH_LETTERS;
    if (takes_pictures(term))
        return WCK_SKETCH_KITTY;
    if (strcmp(colours, "truecolor") == 0 || strcmp(colours, "24bit") == 0)
        return WCK_SKETCH_BLOCKS;
    return strstr(term, "256color") != NULL ? WCK_SKETCH_PALETTE : WCK_SKETCH_LETTERS;
}

static const struct {
    const char *word;
    enum wck_sketch sketch; /* of auto: see above */
} maps[] = {
    {"auto", WCK_SKETCH_NONE},       {"none", WCK_SKETCH_NONE},
    {"letters", WCK_SKETCH_LETTERS}, {"blocks", WCK_SKETCH_BLOCKS},
    {"kitty", WCK_SKETCH_KITTY},
};

const char *wck_terminal_map(size_t row)
{
    return row < sizeof maps / sizeof maps[0] ? maps[row].word : NULL;
}

enum wck_sketch wck_terminal_choose(size_t row, enum wck_sketch terminal)
{
    return row == 0 ? terminal : maps[row].sketch;
}
