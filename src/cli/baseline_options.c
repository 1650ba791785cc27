#include "src/cli/baseline_options.h"

#include <stdlib.h>
#include <time.h>

#include "src/cli/options.h"
#include "src/run/baseline_file.h"

#define DAY 86400 /* seconds */
#define LIFE 90   /* days that an entry is written for */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct wck_baseline_options *options = state->input;
    bool writes = key == WCK_KEY_WRITE_BASELINE;
    const char *name = writes ? "--write-baseline" : "--baseline";
    const char **path = writes ? &options->write : &options->path;

    if (key != WCK_KEY_BASELINE && !writes)
        return ARGP_ERR_UNKNOWN;
    if (*path != NULL)
        wck_usage(state, "%s is given twice", name);
    if (*arg == '\0')
        wck_usage(state, "%s needs the name of a file", name);
    *path = arg;
    return 0;
}

static const struct argp_option rows[] = {
    {"baseline", WCK_KEY_BASELINE, "FILE", 0,
     "what FILE names by its id, with a reason and a date to expire on, is no failure "
     "until then",
     0},
    {"write-baseline", WCK_KEY_WRITE_BASELINE, "FILE", 0,
     "write such a file of all that fails, for 90 days, the reasons to be filled in",
     0},
    {0},
};

const struct argp wck_baseline_argp = {.options = rows, .parser = parse};

static enum wck_status read_clock(int64_t *now, struct wck_error *err)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;

    if (epoch == NULL) {
        *now = (int64_t)time(NULL);
        return WCK_OK;
    }
    if (wck_options_read_count(epoch, &seconds, NULL) != WCK_OK || seconds > INT64_MAX)
        return wck_error_set(err, WCK_INVALID,
                             "SOURCE_DATE_EPOCH is '%s', not a number of seconds",
                             epoch);
    *now = (int64_t)seconds;
    return WCK_OK;
}

enum wck_status wck_baseline_options_read(struct wck_baseline_options *options,
                                          struct wck_error *err)
{
    int64_t now = 0;
    enum wck_status status;

    if (options->path == NULL && options->write == NULL)
        return WCK_OK;
    status = read_clock(&now, err);
    if (status != WCK_OK)
        return status;
    if (!wck_date_at(&options->baseline.today, now) ||
        now > INT64_MAX - (int64_t)LIFE * DAY ||
        !wck_date_at(&options->expires, now + (int64_t)LIFE * DAY))
        return wck_error_set(err, WCK_INVALID,
                             "the clock is beyond the year 9999: no date can be said");
    return options->path != NULL
               ? wck_baseline_read(&options->baseline, options->path, err)
               : WCK_OK;
}

struct wck_baseline *wck_baseline_options_given(struct wck_baseline_options *options)
{
    return options->path != NULL ? &options->baseline : NULL;
}

enum wck_status wck_baseline_options_write(const struct wck_baseline_options *options,
                                           const struct wck_findings *findings,
                                           struct wck_error *err)
{
    if (options->write == NULL)
        return WCK_OK;
    return wck_baseline_write(options->write,
                              options->path != NULL ? &options->baseline : NULL,
                              findings, &options->expires, err);
}

void wck_baseline_options_release(struct wck_baseline_options *options)
{
    wck_baseline_release(&options->baseline);
}
