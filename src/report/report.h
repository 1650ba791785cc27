/* Report: what the writers are given.  A writer reads values and makes text; it never
 * computes a result. */
#ifndef WCK_REPORT_REPORT_H
#define WCK_REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "src/base/text.h"
#include "src/coverage/chain.h"
#include "src/coverage/gate.h"
#include "src/coverage/map_coverage.h"
#include "src/coverage/set.h"
#include "src/report/comparison.h"
#include "src/verdict/baseline.h"
#include "src/verdict/finding.h"

/* What a remedy changes at a pixel. */
enum wck_what_if_change { WCK_STILL_NONE, WCK_STILL_COVERED, WCK_GAINED, WCK_LOST };

/* One line of the what-if table: what a remedy would do. */
struct wck_what_if {
    char *remedy;   /* "border wrap", "output 74x84", ...; owned */
    char *cost;     /* what to beware of, in words; owned */
    char *options;  /* the options that make it so, for the command line; owned, NULL
                       where it is not one run (straight-through) */
    bool surrogate; /* the gradient would not be the true derivative */
    size_t pixels_covered, entries_covered;
    double bias, work;  /* see src/run/cost.h; NaN: of nothing */
    unsigned char *map; /* height x width of enum wck_what_if_change; owned, NULL where
                           it was not asked for */
};

/* A pattern that the expected weights of a set were tested for (src/run/evenness.h). */
struct wck_pattern {
    const char *name; /* "columns", "rows", "checkerboard"; static */
    double even, odd; /* mean weight of the even pixels and of the odd */
    double contrast;  /* of even over odd, neighbours compared, relative to the mean */
    size_t agree;     /* tiles whose contrast has the commoner sign */
    size_t needed;    /* so many would be no chance; more than there are: too few */
    size_t warps_agree, warps_needed; /* the same of the warps by themselves, where they
                                         are a sample; else 0 */
    bool significant;
};

#define WCK_PATTERNS 3

struct wck_evenness {
    double mean;      /* weight of the pixels compared; 0: there were none */
    double variation; /* of neighbours, relative to it */
    size_t tiles;
    struct wck_pattern patterns[WCK_PATTERNS];
};

/* How a text shows the map of the pixels (src/report/sketch.h). */
enum wck_sketch {
    WCK_SKETCH_NONE,
    WCK_SKETCH_LETTERS, /* any terminal, and files */
    WCK_SKETCH_PALETTE, /* half blocks, in the 256 colours of xterm */
    WCK_SKETCH_BLOCKS,  /* half blocks, in 24 bits of colour */
    WCK_SKETCH_KITTY    /* a picture by kitty's graphics protocol */
};

#define WCK_REVIVERS 32

struct wck_coverage_report {
    const struct wck_coverage *coverage;
    const struct wck_gates *gates; /* what it has to be; NULL: nothing */
    const struct wck_set *set; /* `coverage` is that of this set of warps; NULL: of one
                                  warp */
    const struct wck_chain *chain;       /* `coverage` is that of this chain of warps;
                                            NULL: of one, or a set */
    const struct wck_warp *links;        /* its warps; NULL without one */
    const struct wck_evenness *evenness; /* of the set's weights; NULL without one */
    const char *set_name;                /* of the set: a file's name, "seed 0" */
    const struct wck_image *image; /* the picture behind the heatmap; NULL: none */
    const char *subject;    /* where the gradient came from; NULL: the reference */
    const char *image_name; /* "64x64x3" or a file's name */
    const char *convention; /* one sentence: map, kernel, border, layout, dtype */
    const char *kernel, *border, *layout, *dtype, *direction;
    double matrix[9];      /* row by row, in pixels or in the call's own units */
    size_t matrix_entries; /* 6, or 9 of a homography; 0 means 6 */
    bool framed;           /* one warp by a matrix: it has ... */
    double frame[4]
                [2]; /* ... corners x, y of the output's frame (src/coverage/frame.h),
                        in pixels of the image, from the output's upper left on */
    size_t output_width, output_height;
    size_t batch, channels;
    const struct wck_map_coverage *map; /* of the map's own gradient; NULL: not asked */
    const struct wck_what_if *what_if;  /* NULL: not asked for */
    size_t what_ifs;
    const uint32_t *revived; /* height x width: bit i where what_if[i] would give the
                                pixel a gradient, i < WCK_REVIVERS; NULL: not known */
    const struct wck_warp *warp; /* whose taps the page draws; NULL: of several */
    const char *arrays; /* path, from the report's own folder, of a file that has every
                           pixel, written with it; NULL: there is none */
    const char *const *notes; /* sentences worth saying, in order */
    size_t note_count;
    const char *command;    /* the command line that makes this report again */
    enum wck_sketch sketch; /* in a text */
};

#define WCK_SHRUNK_FILES 3

/* The smallest problem that a failure was reduced to; borrowed. */
struct wck_shrunk_report {
    const struct wck_finding *finding;
    size_t tried, kept;                  /* simplifications */
    bool repeats;                        /* false: the failure did not come again */
    bool shows;                          /* in a recording of one call */
    const char *files[WCK_SHRUNK_FILES]; /* that were written; NULL for one not */
};

struct wck_verify_report {
    const struct wck_findings *findings;
    const char *subject;
    enum wck_verdict verdict;
    const char *diagnosis; /* the culprit in one sentence; NULL: none sought or found */
    const struct wck_shrunk_report *shrunk; /* NULL: not asked for, nothing failed */
    const struct wck_baseline *baseline; /* what is known, judged; NULL: none given */
    size_t problems;     /* combinations of kernel, border, layout, dtype, matrix */
    size_t left_out;     /* problems that there was no time for */
    size_t same_size;    /* put with outputs of the image's size: others are refused */
    bool fills_zero;     /* border values were 0, as the subject takes no others */
    size_t rounded;      /* problems whose coordinates were let round as by a grid's */
    size_t refused;      /* calls that were not served */
    const char *refusal; /* the first one's reason; NULL: none */
    const char *convention; /* whose calls were judged; NULL: none's */
    const char
        *sandbox; /* what the subject's went without; NULL: nothing, or it has none */
    const char *fault; /* how the subject broke on the way; NULL: it did not */
    bool fail_on_inconclusive;
    bool fail_on_stale; /* so does an entry of the baseline that no longer fails */
    const char *command;
};

/* What calls of a convention are judged by, and what they leave open. */
#define WCK_REPORT_BY_CALLS                                                            \
    "outputs and first gradients are judged; not: double backward, NaN, state, "       \
    "strides (verify without --convention asks for these)"

/* One way of writing each kind of report; a NULL function: not for this kind.  The
 * functions append to `text` (bytes: PNG is binary) and fail by status.  The same
 * report gives the same bytes.  JSON has no word for what is not finite: such a number
 * is written as the string "nan", "inf" or "-inf", and what is not there as null. */
struct wck_format {
    const char *name; /* "text", "json", "junit", ... */
    const char *summary;
    bool arrays; /* it has every pixel, for other programs */
    enum wck_status (*coverage)(const struct wck_coverage_report *report,
                                struct wck_text *text, struct wck_error *err);
    enum wck_status (*verify)(const struct wck_verify_report *report,
                              struct wck_text *text, struct wck_error *err);
    enum wck_status (*compare)(const struct wck_comparison *comparison,
                               struct wck_text *text, struct wck_error *err);
};

/* Rows 0 .. wck_format_count()-1; NULL beyond. */
size_t wck_format_count(void);
const struct wck_format *wck_format_row(size_t row);
const struct wck_format *wck_format_find(const char *name);

#endif
