#include "src/base/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int number(const char *digits, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++)
        value = 10 * value + (digits[i] - '0');
    return value;
}

static int days_of(int year, int month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool wck_date_read(struct wck_date *date, const char *text)
{
    static const char form[] = "0000-00-00";
    int year, month, day;

    if (strlen(text) != sizeof form - 1)
        return false;
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] == '-' ? text[i] != '-' : !isdigit((unsigned char)text[i]))
            return false;
    }
    year = number(text, 4);
    month = number(text + 5, 2);
    day = number(text + 8, 2);
    if (month < 1 || month > 12 || day < 1 || day > days_of(year, month))
        return false;
    memcpy(date->text, text, sizeof date->text);
    return true;
}

bool wck_date_at(struct wck_date *date, int64_t seconds)
{
    char text[40]; /* three numbers of any size */
    time_t time = (time_t)seconds;
    struct tm day;

    if (gmtime_r(&time, &day) == NULL || day.tm_year < -1900 ||
        day.tm_year > 9999 - 1900)
        return false;
    snprintf(text, sizeof text, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1,
             day.tm_mday);
    return wck_date_read(date, text);
}

/* Years, months and days are as wide as they can be: the texts are in the order of the
 * days. */
bool wck_date_before(const struct wck_date *a, const struct wck_date *b)
{
    return strcmp(a->text, b->text) < 0;
}
