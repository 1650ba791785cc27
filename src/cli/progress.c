#include "src/cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "src/base/clock.h"

#define QUIET 0.5    /* seconds before anything is said */
#define INTERVAL 0.1 /* seconds between two lines */

struct wck_progress wck_progress_begin(const char *what)
{
    return (struct wck_progress){
        .what = what, .terminal = isatty(STDERR_FILENO), .began = wck_clock_seconds()};
}

/* "12 s", "3 min", "2 h 10 min" */
static int print_time(char *text, size_t size, double left)
{
    if (left < 59.5)
        return snprintf(text, size, "%.0f s", ceil(left));
    if (left < 3570.0)
        return snprintf(text, size, "%.0f min", left / 60.0);
    return snprintf(text, size, "%.0f h %.0f min", floor(left / 3600.0),
                    floor(fmod(left, 3600.0) / 60.0));
}

/* Writes over the line that stands there. */
static void show(struct wck_progress *progress, size_t done, size_t total, double now)
{
    char line[120], left[40];
    int width;

    if (total > 0 && done <= total) {
        print_time(left, sizeof left,
                   (now - progress->began) * (double)(total - done) / (double)done);
        width = snprintf(line, sizeof line, "%zu of %zu %s, about %s left", done, total,
                         progress->what, left);
    } else {
        width = snprintf(line, sizeof line, "%zu %s", done, progress->what);
    }
    fprintf(stderr, "\r%-*s", progress->width, line);
    fflush(stderr);
    progress->width = width > progress->width ? width : progress->width;
    progress->told = now;
}

void wck_progress_tell(void *state, size_t done, size_t total)
{
    struct wck_progress *progress = state;
    double now;

    if (!progress->terminal || done == 0)
        return;
    now = wck_clock_seconds();
    if (now - progress->began >= QUIET && now - progress->told >= INTERVAL)
        show(progress, done, total, now);
}

void wck_progress_end(struct wck_progress *progress)
{
    if (progress->width > 0)
        fprintf(stderr, "\r%*s\r", progress->width, "");
    progress->width = 0;
}
