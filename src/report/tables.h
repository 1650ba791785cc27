/* Tables: the parts of the page that are words and numbers.  Each appends HTML, and
 * nothing where it has nothing to say. */
#ifndef WCK_REPORT_TABLES_H
#define WCK_REPORT_TABLES_H

#include "src/report/report.h"

/* The reasons that occur, also the map's legend, with "covered" first. */
enum wck_status wck_tables_reasons(struct wck_text *text,
                                   const struct wck_coverage *coverage,
                                   struct wck_error *err);

/* The map's legend: colour and hatch, letter and name of the reasons that occur. */
enum wck_status wck_tables_legend(struct wck_text *text,
                                  const struct wck_coverage *coverage,
                                  struct wck_error *err);

/* The regions that get no gradient, the first of src/coverage/region.h's order. */
enum wck_status wck_tables_regions(struct wck_text *text,
                                   const struct wck_coverage *coverage,
                                   struct wck_error *err);

/* The gates that failed, a paragraph each; NULL is none. */
void wck_tables_gates(struct wck_text *text, const struct wck_gates *gates);

/* Of the gradient with respect to the map (`--explain-map`): its faults, a paragraph
 * each, and the reasons that occur; nothing where it was not asked for. */
void wck_tables_map_faults(struct wck_text *text, const struct wck_map_coverage *map);
void wck_tables_map(struct wck_text *text, const struct wck_map_coverage *map);

/* Of a set of warps: in how many of them; nothing of one warp. */
void wck_tables_set(struct wck_text *text, const struct wck_coverage_report *report);

/* Of a chain of warps: in which of them entries are lost; nothing of one warp. */
void wck_tables_chain(struct wck_text *text, const struct wck_chain *chain);
void wck_tables_notes(struct wck_text *text, const struct wck_coverage_report *report);
void wck_tables_what_ifs(struct wck_text *text,
                         const struct wck_coverage_report *report);

/* The rows of a list of terms: matrix, sizes, kernel, ... */
void wck_tables_facts(struct wck_text *text, const struct wck_coverage_report *report);

#endif
