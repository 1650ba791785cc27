#include "src/report/markdown.h"

#include <string.h>

#include "src/report/utf8.h"

static const char replacement[] = "\xef\xbf\xbd";

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || (unsigned char)c == 0x7f;
}

/* What may begin markup, math or a mention: a backslash makes it a plain character. */
static bool is_special(char c)
{
    return strchr("\\`*_[]|~#@$:!", c) != NULL;
}

static void escape(struct wck_text *text, char c)
{
    if (c == '\n' || c == '\t')
        wck_text_append(text, " ", 1);
    else if (is_control(c))
        wck_text_printf(text, "%s", replacement);
    else if (c == '<')
        wck_text_printf(text, "&lt;");
    else if (c == '>')
        wck_text_printf(text, "&gt;");
    else if (c == '&')
        wck_text_printf(text, "&amp;");
    else
        wck_text_printf(text, "%s%c", is_special(c) ? "\\" : "", c);
}

void wck_markdown_escape(struct wck_text *text, const char *bytes, size_t most)
{
    struct wck_text valid = {0};

    wck_utf8_clip(&valid, bytes, most);
    for (const char *c = wck_text_string(&valid); *c != '\0'; c++)
        escape(text, *c);
    text->failed = text->failed || valid.failed;
    wck_text_release(&valid);
}

static size_t longest_run(const char *words)
{
    size_t longest = 0;

    while (*words != '\0') {
        size_t run = strspn(words, "`");

        longest = run > longest ? run : longest;
        words += run > 0 ? run : 1;
    }
    return longest;
}

static void write_fence(struct wck_text *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        wck_text_append(text, "`", 1);
    wck_text_append(text, "\n", 1);
}

void wck_markdown_code(struct wck_text *text, const char *bytes, size_t most)
{
    struct wck_text valid = {0};
    size_t run;

    wck_utf8_clip(&valid, bytes, most);
    run = longest_run(wck_text_string(&valid));
    write_fence(text, run < 3 ? 3 : run + 1);
    for (const char *c = wck_text_string(&valid); *c != '\0'; c++) {
        bool kept = !is_control(*c) || *c == '\n' || *c == '\t';

        wck_text_append(text, kept ? c : replacement, kept ? 1 : 3);
    }
    wck_text_append(text, "\n", 1);
    write_fence(text, run < 3 ? 3 : run + 1);
    text->failed = text->failed || valid.failed;
    wck_text_release(&valid);
}
